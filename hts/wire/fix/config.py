"""What both sides of a FIX session agreed on."""

from msgspec import Struct

from hts.wire.fix.codec import Fields
from hts.wire.fix.framing import MESSAGE_BYTES_MAX
from hts.wire.fix.schedule import Schedule
from hts.wire.fix.states import Role

SECOND = 1_000_000_000


class SessionConfig(Struct, frozen=True, kw_only=True):
    """`sender_comp_id` is our SenderCompID(49), `target_comp_id` the peer's.

    heartbeat_s            HeartBtInt(108) of the initiator; the acceptor takes the initiator's
    reset_on_logon         each Logon(A) begins the numbering anew, ResetSeqNumFlag(141)
    next_expected          tell NextExpectedMsgSeqNum(789) in Logon(A), so that gaps are filled without being asked for
    last_processed         tell LastMsgSeqNumProcessed(369) in each message
    resend_chunk           at most so many messages per ResendRequest(2), 0 for all at once
    never_resent           MsgTypes(35) that are filled as a gap instead of sent again: orders that would be stale
    sending_time_within_s  SendingTime(52) may differ so much from our time, 0 for any
    schedule               when the session may be up, None for always
    logon_fields           more fields of our Logon(A), sorted by tag
    time_digits            digits of the second in SendingTime(52): 0, 3, 6 or 9
    """

    role: Role
    sender_comp_id: str
    target_comp_id: str
    heartbeat_s: int = 30
    reset_on_logon: bool = False
    next_expected: bool = False
    last_processed: bool = False
    resend_chunk: int = 0
    never_resent: frozenset[str] = frozenset()
    sending_time_within_s: int = 120
    schedule: Schedule | None = None
    logon_fields: Fields = ()
    time_digits: int = 3
    logon_timeout_ns: int = 10 * SECOND
    logout_timeout_ns: int = 2 * SECOND
    message_bytes_max: int = MESSAGE_BYTES_MAX
    unsent_bytes_max: int = 128 << 20
