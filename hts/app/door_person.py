"""A person at a paired terminal who shows no token but logs in with a key, without I/O: one connection of the door.

The terminal's certificate says which machine it is, and nothing about who sits there. So the core asks, as it asks at
its own machine: it is the relying party, the door only carries LOGIN frames to it and its answers back. Every intent is
judged by the core alone, as the person's; the door keeps the rate. A core that asks nobody who is there lets no such
terminal in.
"""

from collections.abc import Mapping
from typing import Any

from hts.app.door_session import Answer, RateBucket, decode_frame, fault
from hts.app.paths import HomePaths
from hts.base.errors import RemoteProtocolError
from hts.wire.link.frames import FrameType
from hts.wire.link.login import ShowToken, decode_login

PREFIX = "terminal:"


class PersonSession:
    """State of one connection. The first part of `user` tells the core's audit trail that it came through the door."""

    def __init__(self, terminal: str, address: str) -> None:
        self.user = f"{PREFIX}{terminal}@{address}"
        self._bucket = RateBucket()

    def check_again(self, wall_ns: int) -> bool:  # noqa: ARG002  no token ends here; the core ends the session
        """Whether it may go on."""
        return True

    def receive_frame(self, kind: FrameType, body: bytes, mono_ns: int, wall_ns: int) -> Answer:  # noqa: ARG002
        """One frame of the terminal, after its hello."""
        if not self._bucket.may_speak(mono_ns):
            return fault("rate", f"at most {self._bucket.rate_per_s} messages a second")
        try:
            if kind is not FrameType.LOGIN:
                return Answer(wish=decode_frame(kind, body))
            request = decode_login(body)
        except RemoteProtocolError as error:
            return fault("message", str(error))
        if isinstance(request, ShowToken):  # its address is the door's to say
            return fault("token", "expected a token in the request that opens the connection, found one in a frame")
        return Answer(login=request)


def terminal_of(paths: HomePaths, certificate: Mapping[str, Any] | None) -> str:
    """The name under which the terminal with this certificate, as `ssl` tells it, was paired; empty for others."""
    if not certificate:
        return ""
    from hts.app import house

    serial = int(str(certificate["serialNumber"]), 16)
    return next((one.name for one in house.devices(paths) if int(one.serial, 16) == serial and not one.revoked), "")
