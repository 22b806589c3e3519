"""A terminal that speaks the link's own frames through the door, without I/O: what of its bytes the core may see.

    request         path /link, the token as Bearer of the HTTP request; none where a paired terminal's person logs in
    first message   one HELLO frame; the core's token and the name of the door's token are put into it here
    then            INTENT and QUERY frames, judged one by one as those of scripts are; of a person LOGIN frames too

Every message is binary and holds whole frames. An order that the token does not allow is answered as the core answers
one that it denies; a message that is malformed, too long or too early ends the connection, and the last frame, REFUSED,
says why.
"""

from typing import Final, Protocol

from msgspec import Struct
from msgspec.structs import replace

from hts.app.door_session import Answer, Fault
from hts.base.errors import RemoteProtocolError
from hts.link.server import INPUT_MAX, INPUT_UNTIL_HELLO_MAX
from hts.model.denials import Denial, Rule
from hts.model.intents import Intent
from hts.model.views import OutcomeView
from hts.wire.link.frames import HEADER, FrameReader, FrameType, frame
from hts.wire.link.messages import Refused, decode_hello, encode_body

LINK_PATH: Final = "/link"


class LinkAnswer(Struct, frozen=True, kw_only=True):
    """Frames for the core, frames for the client, and why the connection ends, if it does."""

    to_core: bytes = b""
    to_client: bytes = b""
    end: str = ""


class Judge(Protocol):
    """What is asked of who came: DoorSession for a token, hts.app.door_person.PersonSession for a person."""

    @property
    def user(self) -> str: ...

    def receive_frame(self, kind: FrameType, body: bytes, mono_ns: int, wall_ns: int) -> Answer: ...


class LinkSession:
    """State of one connection that was let in."""

    def __init__(self, session: Judge) -> None:
        self._session = session

    def hello(self, message: str | bytes, core_token: str) -> bytes:
        """The client's HELLO as the core is to hear it: under the token's name and with the core's own secret.

        Raises RemoteProtocolError.
        """
        frames = _whole_frames(message, INPUT_UNTIL_HELLO_MAX)
        if len(frames) != 1 or frames[0][0] is not FrameType.HELLO:
            found = ", ".join(kind.name for kind, _ in frames) or "none"
            raise RemoteProtocolError(f"first message: expected one HELLO frame, found {found}")
        hello = decode_hello(frames[0][1])
        return frame(FrameType.HELLO, encode_body(replace(hello, token=core_token, name=self._session.user)))

    def receive(self, message: str | bytes, mono_ns: int, wall_ns: int) -> LinkAnswer:
        """One message of the client."""
        to_core, to_client = [], []
        end = ""
        try:
            for kind, body in _whole_frames(message, INPUT_MAX):
                answer = self._session.receive_frame(kind, body, mono_ns, wall_ns)
                if answer.fault is not None and (answer.closes or answer.fault.kind != "scope"):
                    end = answer.fault.reason
                    break
                if answer.fault is not None:
                    to_client.append(_denied(answer.fault))
                elif answer.login is not None:
                    to_core.append(frame(FrameType.LOGIN, encode_body(answer.login)))
                elif answer.wish is not None:
                    what = FrameType.INTENT if isinstance(answer.wish, Intent) else FrameType.QUERY
                    to_core.append(frame(what, encode_body(answer.wish)))
        except RemoteProtocolError as error:
            end = str(error)
        return LinkAnswer(to_core=b"".join(to_core), to_client=b"".join(to_client), end=end)


def refused(reason: str) -> bytes:
    """The last frame for a client."""
    return frame(FrameType.REFUSED, encode_body(Refused(reason=reason)))


def _denied(fault: Fault) -> bytes:
    denial = Denial(rule=Rule.NO_PERMISSION, detail=fault.reason)
    outcome = OutcomeView(request_id=fault.request_id, accepted=False, denial=denial, count=0)
    return frame(FrameType.VIEW, encode_body(outcome))


def _whole_frames(message: str | bytes, length_max: int) -> list[tuple[FrameType, bytes]]:
    if isinstance(message, str):
        raise RemoteProtocolError("message: expected a binary one with frames of the link, found text")
    found = [(kind, body) for kind, _, body in FrameReader(length_max).receive_data(message)]
    left = len(message) - sum(HEADER.size + len(body) for _, body in found)
    if left:
        raise RemoteProtocolError(f"message: expected whole frames, found {left} bytes of one more")
    return found
