"""The venue's side: one stream of numbered messages a day, and a session for each connection that reads it.

A connection reads the stream at its own pace: `pump` moves messages from the stream while less than `unsent_max` bytes
wait for the peer, so a peer that does not read costs nothing but its place. Requests for a number beyond the next one
are refused with S (our choice: the specification does not say), and so is a session name that is not the stream's.
Usernames and passwords are compared without regard to case, as the specification wants.
"""

from collections.abc import Mapping

from hts.base.errors import LocalProtocolError
from hts.wire.layout.codec import BinaryLayout
from hts.wire.soupbin.connection import UNSENT_MAX, SoupConnection, SoupTimes, State
from hts.wire.soupbin.events import LoggedOn, LoggedOut, LoginRefused, Remarked, SessionEnded, Unsequenced
from hts.wire.soupbin.packets import SEQUENCED, UNSEQUENCED, Packet, packet

NOT_AUTHORIZED, NOT_AVAILABLE = "A", "S"


class SoupStream:
    """The day's numbered messages of one session; the first has number 1."""

    def __init__(self, session: str) -> None:
        assert 1 <= len(session) <= 10, session
        self.session = session
        self.is_ended = False
        self._packets: list[bytes] = []

    @property
    def next_seq(self) -> int:
        """The number that the next message gets."""
        return len(self._packets) + 1

    def append(self, message: bytes) -> int:
        """Number a message; returns the number. Call `pump` of the connections afterwards."""
        if self.is_ended:
            raise LocalProtocolError(f"session {self.session}: no message after its end expected, found one")
        self._packets.append(packet(SEQUENCED, message))
        return len(self._packets)

    def end(self) -> None:
        """Nothing follows any more."""
        self.is_ended = True

    def packet_of(self, seq: int) -> bytes | None:
        """The packet of a message, None when there is none yet."""
        return self._packets[seq - 1] if 1 <= seq <= len(self._packets) else None


class SoupServer(SoupConnection):
    """One connection of a client to a stream. `accounts` are passwords by username; `username` is who logged in.

    `streams`: users with a stream of their own; the others read `stream`.
    """

    heartbeat = "H"

    def __init__(
        self,
        layout: BinaryLayout,
        stream: SoupStream,
        accounts: Mapping[str, str],
        *,
        streams: Mapping[str, SoupStream] | None = None,
        times: SoupTimes = SoupTimes(),  # noqa: B008  a frozen value
        unsent_max: int = UNSENT_MAX,
    ) -> None:
        super().__init__(layout, times, unsent_max)
        self.username = ""
        self.next_seq = 0
        self._is_remarked = False
        self._stream = stream
        self._accounts = {name.upper(): password.upper() for name, password in accounts.items()}
        self._streams = {name.upper(): own for name, own in (streams or {}).items()}

    def connected(self, mono_ns: int) -> None:
        """A client has connected; its login must come."""
        super().connected(mono_ns)
        self.username = ""
        self._is_remarked = False

    def pump(self, mono_ns: int) -> None:
        """Take what the stream has for this client; call after `append`, and after `data_to_send` until it is empty."""
        if self.state is not State.UP:
            return
        while (data := self._stream.packet_of(self.next_seq)) is not None:
            # The second half of the room is for heartbeats and answers.
            if len(self._unsent) + len(data) > max(self._unsent_max // 2, len(data)):
                return
            self._put(data, mono_ns)
            self.next_seq += 1
        if self._stream.is_ended:
            self._put(packet("Z"), mono_ns)
            self._end(SessionEnded(session=self._stream.session))

    def on_timer(self, mono_ns: int) -> None:
        """Goes on with the stream; heartbeat, which says that there was no more of it, and time-outs."""
        self.pump(mono_ns)
        super().on_timer(mono_ns)

    def _remark(self, found: Packet) -> None:
        if self.state is State.UP and not self._is_remarked:
            self._is_remarked = True  # one is told, however many come
            self._events.append(Remarked(text=found.payload))

    def _receive(self, found: Packet, mono_ns: int) -> None:
        if self.state is State.UP and found.type == UNSEQUENCED:
            self._events.append(Unsequenced(message=found.payload))
            return
        message = self._layout.decode(found.raw)
        if message.name == "logout_request":
            self._end(LoggedOut())
        elif message.name == "login_request" and self.state is State.LOGIN:
            self._login(message.fields, mono_ns)
        elif message.name != "client_heartbeat" or self.state is not State.UP:
            raise self._unexpected(found)

    def _login(self, login: Mapping[str, str | int], mono_ns: int) -> None:
        username, password = str(login["username"]), str(login["password"])
        session, seq = str(login["requested_session"]).strip(" "), int(login["requested_sequence_number"])
        stream = self._streams.get(username.upper(), self._stream)
        if self._accounts.get(username.upper()) != password.upper():
            self._refuse(NOT_AUTHORIZED, f"a known user with its password expected, found {username!r}", mono_ns)
        elif session not in ("", stream.session):
            self._refuse(NOT_AVAILABLE, f"session {stream.session!r} expected, found {session!r}", mono_ns)
        elif seq > stream.next_seq:
            self._refuse(NOT_AVAILABLE, f"number up to {stream.next_seq} expected, found {seq}", mono_ns)
        else:
            # 0 asks for the newest message, which is the one before the next number.
            self.next_seq = seq or max(stream.next_seq - 1, 1)
            self._stream = stream
            self.username = username
            answer = {"session": stream.session, "sequence_number": self.next_seq}
            self._put(self._layout.encode("login_accepted", answer), mono_ns)
            self.state = State.UP
            self._events.append(LoggedOn(session=stream.session, next_seq=self.next_seq, username=username))
            self.pump(mono_ns)

    def _refuse(self, code: str, text: str, mono_ns: int) -> None:
        self._put(self._layout.encode("login_rejected", {"reject_reason_code": code}), mono_ns)
        self._end(LoginRefused(code=code, text=text))
