"""The client's side: logs in from the next number it wants, counts the venue's messages, comes back where it was.

The number that the venue answers with must be the one that was asked for. A higher one means that the venue has
dropped messages: they are reported as a gap, and the count goes on from there. A lower one means that the venue counts
something else than we do (it has lost a day, or we have): that is a fault, because new messages under old numbers
would be taken for repeats. 0 asks for the newest message; blank asks for the session that runs now.
"""

from hts.base.errors import RemoteProtocolError
from hts.wire.layout.codec import BinaryLayout
from hts.wire.soupbin.connection import UNSENT_MAX, SoupConnection, SoupTimes, State
from hts.wire.soupbin.events import GapFound, LoggedOn, LoggedOut, LoginRefused, Sequenced, SessionEnded, Unsequenced
from hts.wire.soupbin.packets import DEBUG, SEQUENCED, UNSEQUENCED, Packet, packet


class SoupClient(SoupConnection):
    """One login at a venue, over all its connections.

    session    the venue's name of the day; blank before the first login
    next_seq   the number of the next sequenced message; what the next login asks for
    running    what we run, for the people of the venue: a debug packet after each login, "" for none
    has_paused the venue has said a heartbeat since the login: it had nothing more to say for a second
    """

    heartbeat = "R"

    def __init__(
        self,
        layout: BinaryLayout,
        *,
        username: str,
        password: str,
        session: str = "",
        next_seq: int = 1,
        times: SoupTimes = SoupTimes(),  # noqa: B008  a frozen value
        unsent_max: int = UNSENT_MAX,
        running: str = "",
    ) -> None:
        super().__init__(layout, times, unsent_max)
        self.session = session
        self.next_seq = next_seq
        self.has_paused = False
        self._username = username
        self._password = password
        self._running = running

    def connected(self, mono_ns: int) -> None:
        """A fresh connection stands: log in."""
        super().connected(mono_ns)
        self.has_paused = False
        login = {
            "username": self._username,
            "password": self._password,
            "requested_session": self.session,
            "requested_sequence_number": self.next_seq,
        }
        self._put(self._layout.encode("login_request", login), mono_ns)

    def logout(self, mono_ns: int) -> None:
        """Ask for the end; the venue closes at once, and so do we."""
        if self.state in (State.LOGIN, State.UP):
            self._put(packet("O"), mono_ns)
            self._end(LoggedOut())

    def new_session(self) -> None:
        """Forget session and number: the next login takes the session that runs then, from its start."""
        self.session = ""
        self.next_seq = 1

    def _receive(self, found: Packet, mono_ns: int) -> None:
        if self.state is State.UP and found.type == SEQUENCED:
            self._events.append(Sequenced(seq=self.next_seq, message=found.payload))
            self.next_seq += 1
            return
        if self.state is State.UP and found.type == UNSEQUENCED:
            self._events.append(Unsequenced(message=found.payload))
            return
        message = self._layout.decode(found.raw)
        if message.name == "login_accepted" and self.state is State.LOGIN:
            self._accepted(message.fields["session"].rstrip(" "), message.fields["sequence_number"])
            if self._running:
                self._put(packet(DEBUG, self._running.encode("ascii")), mono_ns)
        elif message.name == "login_rejected" and self.state is State.LOGIN:
            code = message.fields["reject_reason_code"]
            self._end(LoginRefused(code=code, text=f"login of {self._username} refused, code {code}"))
        elif message.name == "end_of_session" and self.state is State.UP:
            self._end(SessionEnded(session=self.session))
        elif message.name == "server_heartbeat" and self.state is State.UP:
            self.has_paused = True
        else:
            raise self._unexpected(found)

    def _accepted(self, session: str, seq: int) -> None:
        if self.session and session != self.session:
            raise RemoteProtocolError(f"session {self.session!r} expected, found {session!r}")
        wanted = self.next_seq
        if seq < max(wanted, 1):
            raise RemoteProtocolError(f"sequence number {max(wanted, 1)} or more expected, found {seq}")
        self.session = session
        self.next_seq = seq
        self.state = State.UP
        self._events.append(LoggedOn(session=session, next_seq=seq, username=self._username))
        if wanted and seq > wanted:
            self._events.append(GapFound(expected=wanted, found=seq))
