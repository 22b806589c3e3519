"""Whether a Logon can be accepted: pure checks, so that the venue can ask before it gives an old connection away."""

from hmac import compare_digest

from hts.wire.ums.messages import Logon, SessionReason

HEARTBEAT_MS_MIN = 100
HEARTBEAT_MS_MAX = 60_000

Refusal = tuple[SessionReason, str]


def common_refusal(logon: Logon, *, version: int, comp_id: str, peer_id: str) -> Refusal | None:
    """What either side checks; `comp_id` is the checking side's own. None when nothing is wrong."""
    if logon.version != version:
        return SessionReason.BAD_VERSION, f"version {version} expected, found {logon.version}"
    if logon.comp_id != peer_id:
        return SessionReason.UNKNOWN_COMP_ID, f"comp id {peer_id} expected, found {logon.comp_id}"
    if logon.peer_id != comp_id:
        return SessionReason.WRONG_PEER, f"logon to {comp_id} expected, found {logon.peer_id}"
    if logon.next_expected_seq < 1:
        return SessionReason.MALFORMED, f"next expected number 1 or more expected, found {logon.next_expected_seq}"
    if not HEARTBEAT_MS_MIN <= logon.heartbeat_ms <= HEARTBEAT_MS_MAX:
        limits = f"{HEARTBEAT_MS_MIN} to {HEARTBEAT_MS_MAX}"
        return SessionReason.BAD_HEARTBEAT, f"heartbeat of {limits} ms expected, found {logon.heartbeat_ms}"
    return None


def client_refusal(logon: Logon, *, epoch: int, next_in_seq: int, seq: int) -> Refusal | None:
    """What the client checks in the venue's answer; `seq` is the answer's header number."""
    if logon.epoch < 1:
        return SessionReason.BAD_EPOCH, f"epoch 1 or more expected, found {logon.epoch}"
    if logon.epoch == epoch and seq < next_in_seq:
        return SessionReason.SEQ_TOO_LOW, f"Logon: number {next_in_seq} or more expected, found {seq}"
    return None


def venue_refusal(logon: Logon, *, password: str, epoch: int, next_out_seq: int) -> Refusal | None:
    """What the venue checks in a client's Logon."""
    if not compare_digest(logon.password.encode(), password.encode()):
        return SessionReason.BAD_PASSWORD, f"the password of {logon.comp_id} expected, found another one"
    if logon.epoch == epoch and logon.next_expected_seq > next_out_seq:
        found = logon.next_expected_seq
        return SessionReason.SEQ_TOO_HIGH, f"next expected number up to {next_out_seq} expected, found {found}"
    return None
