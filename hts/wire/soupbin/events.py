"""What a SoupBinTCP session tells its owner."""

from typing import Union

from msgspec import Struct


class LoggedOn(Struct, frozen=True, kw_only=True):
    """The login was accepted; `next_seq` is the number of the next sequenced message. `username` is the client's."""

    session: str
    next_seq: int
    username: str


class LoginRefused(Struct, frozen=True, kw_only=True):
    """LoginRejected: code A (not authorized) or S (session not available). The connection closes."""

    code: str
    text: str


class Sequenced(Struct, frozen=True, kw_only=True):
    """A numbered message of the venue; numbers come without gap or double."""

    seq: int
    message: bytes


class Unsequenced(Struct, frozen=True, kw_only=True):
    """A message without number: the client's, rarely the venue's."""

    message: bytes


class Remarked(Struct, frozen=True, kw_only=True):
    """The first debug packet after a login, at the venue's side: text for people."""

    text: bytes


class SessionEnded(Struct, frozen=True, kw_only=True):
    """EndOfSession: the day is over; the session name means nothing any more."""

    session: str


class LoggedOut(Struct, frozen=True, kw_only=True):
    """The client asked for the end of the connection; it closes."""


class GapFound(Struct, frozen=True, kw_only=True):
    """The venue no longer has messages that we have not seen: [expected, found) are lost to us."""

    expected: int
    found: int


class PeerSilent(Struct, frozen=True, kw_only=True):
    """Nothing was heard for too long; the connection closes."""

    text: str


class ProtocolFault(Struct, frozen=True, kw_only=True):
    """The peer broke the protocol; the connection closes. What was expected, what was found."""

    text: str


SoupEvent = Union[
    LoggedOn,
    LoginRefused,
    Sequenced,
    Unsequenced,
    Remarked,
    SessionEnded,
    LoggedOut,
    GapFound,
    PeerSilent,
    ProtocolFault,
]
