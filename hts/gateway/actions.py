"""What a gateway wants its shell to do with the connection, beside sending `data_to_send`.

The shell answers Dial with `connected` or `disconnected`, and Hangup with `disconnected` once the connection is closed.
Before it closes, it writes what `data_to_send` still holds: a Logout that says why.
"""

from msgspec import Struct


class Dial(Struct, frozen=True, kw_only=True, tag="dial"):
    """Open a connection to the venue. `host` is the number of the host: 0 is the primary."""

    host: int = 0


class Hangup(Struct, frozen=True, kw_only=True, tag="hangup"):
    """Close the connection, or give up opening it."""

    reason: str


class Ask(Struct, frozen=True, kw_only=True, tag="ask"):
    """Send one datagram to the feed's re-request service; its answers are packets of line "R"."""

    data: bytes
