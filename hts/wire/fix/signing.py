r"""Signed messages: SignatureLength(93) and Signature(89) in the trailer, over the text of the message.

    8=FIX.4.4|9=n|35=D|34=7|...|93=1404|89=<bytes>|10=nnn|
    \________/     \__________/
      the text: BeginString(8), then everything from MsgType(35) to the delimiter before SignatureLength(93)

BodyLength(9) and CheckSum(10) count the signature itself, and so cannot be under it. The number, both names and the
time of sending are: a signed message means something once, in its own session alone. A message that is sent again as a
possible duplicate has another header, so that what is signed must be among what is never sent again.

How a signature is made and judged is the owner's: see `Sign` and `Judge`.
"""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from hts.wire.fix.codec import SOH, TRAILER_BYTES, FixMessage, wrap
from hts.wire.fix.validate import Refusal, SessionRejectReason

SIGNATURE: Final = 89
SIGNATURE_LENGTH: Final = 93
ORDERS: Final = frozenset({"D", "F", "G", "q"})  # what enters, changes or ends an order

Sign = Callable[[bytes], bytes]
Judge = Callable[[bytes, bytes, int], str]  # text, signature, wall time; why it is refused, or nothing


class Signing(Struct, frozen=True, kw_only=True):
    """What one side of a session does about signatures. `sign` its own messages, `judge` the peer's."""

    sign: Sign | None = None
    judge: Judge | None = None
    msg_types: frozenset[str] = ORDERS

    def outgoing(self, msg_type: str, frame: bytes) -> bytes:
        """The frame, signed where its type asks for it."""
        return frame if self.sign is None or msg_type not in self.msg_types else signed(frame, self.sign)

    def incoming(self, message: FixMessage, wall_ns: int) -> Refusal | None:
        """Why a message of the peer's is refused for its signature."""
        if self.judge is None or message.msg_type not in self.msg_types:
            return None
        signature = message.get(SIGNATURE)
        if signature is None:
            return Refusal(
                reason=SessionRejectReason.REQUIRED_TAG_MISSING,
                ref_tag=SIGNATURE,
                detail="the venue takes signed orders alone; Signature(89) expected",
            )
        text = signed_text(message, signature)
        why = "SignatureLength(93) and Signature(89) expected right before CheckSum(10)"
        if text is not None:
            why = self.judge(text, signature, wall_ns)
        return Refusal(reason=SessionRejectReason.SIGNATURE_PROBLEM, ref_tag=SIGNATURE, detail=why) if why else None


def signed(frame: bytes, sign: Sign) -> bytes:
    """The same message with its signature."""
    begin, _, rest = frame[2:-TRAILER_BYTES].partition(SOH)
    rest = rest.partition(SOH)[2]
    return wrap(begin, rest + _trailer(sign(_text(begin, rest))))


def signed_text(message: FixMessage, signature: bytes) -> bytes | None:
    """What `signature` is over; None where it does not stand at the message's end."""
    rest = message.frame[:-TRAILER_BYTES]
    trailer = _trailer(signature)
    if not rest.endswith(SOH + trailer):
        return None
    begin, _, rest = rest[2 : -len(trailer)].partition(SOH)
    return _text(begin, rest.partition(SOH)[2])


def _text(begin: bytes, rest: bytes) -> bytes:
    return b"8=" + begin + SOH + rest


def _trailer(signature: bytes) -> bytes:
    return b"%d=%d\x01%d=%b\x01" % (SIGNATURE_LENGTH, len(signature), SIGNATURE, signature)
