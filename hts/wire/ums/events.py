"""What an order session tells its owner, in the order in which it happened."""

from typing import Union

from msgspec import Struct

from hts.wire.ums.messages import ClientMessage, VenueMessage


class LoggedOn(Struct, frozen=True, kw_only=True):
    """Both Logons were exchanged. `is_new_epoch`: the numbering began anew, older messages are gone.

    For the client `next_out_seq` is the number the venue waits for, and `venue_ns` the venue's time of its answer.
    `running` is what the peer says of its build and settings.
    """

    epoch: int
    is_new_epoch: bool
    next_in_seq: int
    next_out_seq: int
    trading_date: int
    speed_milli: int
    venue_ns: int
    running: str = ""


class LoggedOut(Struct, frozen=True, kw_only=True):
    """The session ended with a Logout; the owner closes the connection. `reason` is a SessionReason."""

    reason: int
    text: str
    by_peer: bool


class MessageReceived(Struct, frozen=True, kw_only=True):
    """The application message numbered `seq`, in order, exactly once."""

    seq: int
    poss_dup: bool
    sending_ns: int
    message: ClientMessage | VenueMessage


class GapFound(Struct, frozen=True, kw_only=True):
    """Numbers [expected, found) are missing and were asked for again."""

    expected: int
    found: int


class SentLost(Struct, frozen=True, kw_only=True):
    """Our messages [first_seq, end_seq) never reached the venue and never will: the client does not repeat orders."""

    first_seq: int
    end_seq: int


class ProtocolFault(Struct, frozen=True, kw_only=True):
    """The peer broke the protocol or fell silent; a Logout says so and the owner closes the connection."""

    reason: int
    text: str


SessionEvent = Union[LoggedOn, LoggedOut, MessageReceived, GapFound, SentLost, ProtocolFault]
