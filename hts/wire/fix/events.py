"""What a FIX session tells its owner, in the order in which it happened."""

from typing import Union

from msgspec import Struct

from hts.wire.fix.codec import FixMessage


class LoggedOn(Struct, frozen=True, kw_only=True):
    """Both Logons(A) were exchanged. `was_reset`: both numberings began anew."""

    next_in_seq: int
    next_out_seq: int
    heartbeat_s: int
    was_reset: bool


class LoggedOut(Struct, frozen=True, kw_only=True):
    """The session ended with a Logout(5); the owner closes the connection."""

    text: str
    by_peer: bool


class MessageReceived(Struct, frozen=True, kw_only=True):
    """An application message, in order, exactly once per session.

    `poss_dup` is PossDupFlag(43), `poss_resend` PossResend(97): the application must see whether it knows the message.
    The number is stored as received when the owner comes for the next event.
    """

    seq: int
    poss_dup: bool
    poss_resend: bool
    message: FixMessage


class MessageRefused(Struct, frozen=True, kw_only=True):
    """We answered message `seq` with a Reject(3). `reason` is SessionRejectReason(373), `ref_tag` 0 for none."""

    seq: int
    msg_type: str
    reason: int
    ref_tag: int


class RejectReceived(Struct, frozen=True, kw_only=True):
    """The peer answered our message `ref_seq_num` with a Reject(3); our program or theirs is wrong."""

    ref_seq_num: int
    ref_tag: int
    reason: int
    text: str


class GapFound(Struct, frozen=True, kw_only=True):
    """Numbers [expected, found) are missing and will come again."""

    expected: int
    found: int


class Withheld(Struct, frozen=True, kw_only=True):
    """The peer asked for messages [begin, end] again, and some of them are never sent again: it goes without them."""

    begin: int
    end: int


class SequenceWasReset(Struct, frozen=True, kw_only=True):
    """The peer set its next number in SequenceReset-Reset(4); what lay between is lost for good."""

    expected: int
    new_seq: int


class GarbledReceived(Struct, frozen=True, kw_only=True):
    """Bytes that are no message were skipped."""

    text: str
    size: int


class SessionFault(Struct, frozen=True, kw_only=True):
    """The session ends because the peer broke the protocol or fell silent; the owner closes the connection."""

    text: str


SessionEvent = Union[
    LoggedOn,
    LoggedOut,
    MessageReceived,
    MessageRefused,
    RejectReceived,
    GapFound,
    Withheld,
    SequenceWasReset,
    GarbledReceived,
    SessionFault,
]
