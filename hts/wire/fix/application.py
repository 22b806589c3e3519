"""Application messages."""

from hts.wire.fix.codec import Fields, FixMessage


def business_reject(message: FixMessage, reason: int, text: str) -> Fields:
    """BusinessMessageReject(j)."""
    ref_seq = message.get(34) or b"0"
    return ((45, ref_seq), (58, text.encode()), (372, message.values[2]), (380, b"%d" % reason))
