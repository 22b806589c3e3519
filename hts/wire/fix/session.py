"""The FIX session, initiator and acceptor, without I/O.

Theory of operation. Every message to the peer carries the next number, administrative ones too, and is stored before
it leaves. Every message from the peer is dealt with in the order of its number: one that comes too early waits and the
missing ones are asked for, one that comes too late is a possible duplicate or the end of the session.

    DISCONNECTED --connected--> LOGON_SENT (initiator) / LOGON_AWAITED (acceptor)
    LOGON_SENT / LOGON_AWAITED --Logon--> UP
    UP --logout()--> LOGOUT_SENT --Logout or time-out--> CLOSING
    any --fault, refusal, peer's Logout--> CLOSING --disconnected--> DISCONNECTED

In CLOSING the owner writes what `data_to_send` still holds and closes the connection; input is ignored. What is
garbled is skipped as if it had not come. The table of the states is in hts.wire.fix.states, the rules are in
hts.wire.fix.logon and hts.wire.fix.receive.
"""

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.wire.fix.codec import Fields
from hts.wire.fix.config import SessionConfig
from hts.wire.fix.core import SessionCore
from hts.wire.fix.events import GarbledReceived, SessionEvent
from hts.wire.fix.framing import FrameReader, Garbled
from hts.wire.fix.keep_alive import Due
from hts.wire.fix.logon import Admit, receive_first, send_logon
from hts.wire.fix.receive import TEST_REQ_ID, receive
from hts.wire.fix.shapes import Inspector
from hts.wire.fix.signing import Signing
from hts.wire.fix.states import Role, State, Step
from hts.wire.fix.store import FixStore

TEST_REQ = b"TEST"  # one TestRequest(1) is open at a time, so its id need not differ
UNSIGNED = Signing()
_LOGON_STATES = (State.LOGON_SENT, State.LOGON_AWAITED)
_OVER = (State.DISCONNECTED, State.CLOSING)


class FixSession:
    """One session with one peer. Times are arguments: `trade_ns` stamps messages, `mono_ns` drives the timers."""

    def __init__(
        self,
        config: SessionConfig,
        inspector: Inspector,
        store: FixStore | None = None,
        admit: Admit | None = None,
        signing: Signing = UNSIGNED,
    ) -> None:
        self._inspector = inspector
        self._core = SessionCore(config, inspector.dictionary, store if store is not None else FixStore(), signing)
        self._reader = FrameReader(config.message_bytes_max)
        self._admit: Admit = admit if admit is not None else _everybody
        self._begin = b"8=" + inspector.dictionary.begin_string.encode() + b"\x01"
        self._change_ns: int | None = None  # monotonic time at which the schedule's window ends

    @property
    def state(self) -> State:
        return self._core.state

    @property
    def is_up(self) -> bool:
        """Both sides have logged on."""
        return self._core.state is State.UP

    @property
    def is_closing(self) -> bool:
        """The owner is to write what is unsent and close the connection."""
        return self._core.state is State.CLOSING

    @property
    def next_in_seq(self) -> int:
        """The number of the next message from the peer."""
        return self._core.inbound.expected

    @property
    def next_out_seq(self) -> int:
        """The number of the next message to the peer."""
        return self._core.store.next_out_seq

    def connected(self, trade_ns: int, mono_ns: int) -> None:
        """A fresh connection stands; the initiator logs on. Outside of the schedule the session closes at once."""
        self.disconnected()
        core = self._at(trade_ns, mono_ns)
        config = core.config
        core.alive.start(mono_ns)
        core.inbound.restart(core.inbound.expected)
        is_initiator = config.role is Role.INITIATOR
        core.step(Step.DIALED if is_initiator else Step.ANSWERED)
        if not self._open_window():
            core.fault("a connection within the session's hours expected")
            return
        if is_initiator:
            core.reset_asked = config.reset_on_logon
            if config.reset_on_logon:
                core.reset()
            send_logon(core, with_reset=config.reset_on_logon)

    def disconnected(self) -> None:
        """The connection is gone: half-read and unsent bytes are forgotten, numbers stay."""
        self._core.step(Step.DISCONNECTED)
        self._core.unsent.clear()
        self._core.reset_asked = False
        self._reader.clear()
        self._change_ns = None

    def receive_data(self, data: bytes, trade_ns: int, mono_ns: int) -> None:
        """Bytes from the peer, in any cut. Take the events with `next_event` before the next call."""
        core = self._at(trade_ns, mono_ns)
        if core.state in _OVER:
            return
        self._reader.append(data)
        while core.state not in _OVER:
            found = self._reader.next_frame()
            if found is None:
                break
            if isinstance(found, Garbled):
                self._garbled(found.text, found.size)
            else:
                core.alive.heard(mono_ns)
                self._receive(found)
        if core.state in _OVER:
            self._reader.clear()
        elif self._reader.is_hopeless:
            core.fault("FIX messages expected, found other bytes only")
        elif core.state in _LOGON_STATES and self._reader.junk_bytes:
            core.fault("Logon(A) expected first, found other bytes")
        core.save_in()

    def next_event(self) -> SessionEvent | None:
        """The oldest event not yet taken. Coming for one says that the one before is done with."""
        core = self._core
        event = core.events.popleft() if core.events else None
        core.taken(event)
        return event

    def send(
        self, msg_type: str, fields: Fields, trade_ns: int, mono_ns: int, header: Fields = (), *, note: int = 0
    ) -> int:
        """Number, store and send an application message; returns its number. Fields are written as given.

        `note` is stored with it, see FixStore.

        An acceptor may send at any time: what cannot leave now is asked for by the peer at its next logon. An
        initiator must be logged on, else LocalProtocolError.
        """
        core = self._at(trade_ns, mono_ns)
        if core.state is not State.UP and core.config.role is Role.INITIATOR:
            raise LocalProtocolError(f"session up expected before MsgType(35) {msg_type}, found {core.state.value}")
        seq = core.store.next_out_seq
        frame = core.frame(msg_type, seq, fields, header)
        core.store.save_sent(seq, frame, note)
        if core.state is State.UP:
            core.put(frame)
        return seq

    def reset(self, trade_ns: int, mono_ns: int) -> None:
        """Begin both numberings anew within the session: Logon(A) with ResetSeqNumFlag(141)."""
        core = self._at(trade_ns, mono_ns)
        if core.state is not State.UP:
            raise LocalProtocolError(f"session up expected before a reset, found {core.state.value}")
        core.reset()
        core.reset_asked = True
        send_logon(core, with_reset=True)

    def logout(self, text: str, trade_ns: int, mono_ns: int) -> None:
        """Say good-bye and wait for the peer's."""
        core = self._at(trade_ns, mono_ns)
        if core.state is State.UP:
            core.logout(text)
        elif core.state in _LOGON_STATES:
            core.fault(text)

    def data_to_send(self) -> bytes:
        """Bytes for the peer since the last call."""
        data = bytes(self._core.unsent)
        self._core.unsent.clear()
        return data

    def next_timer_ns(self) -> int | None:
        """Monotonic time of the next `on_timer`, None when nothing is due."""
        core = self._core
        if core.state in _LOGON_STATES:
            return core.state_since_ns + core.config.logon_timeout_ns
        if core.state is State.LOGOUT_SENT:
            return core.state_since_ns + core.config.logout_timeout_ns
        if core.state is not State.UP:
            return None
        times = [at for at in (core.alive.next_ns(), self._change_ns) if at is not None]
        return min(times, default=None)

    def on_timer(self, trade_ns: int, mono_ns: int) -> None:
        """Heartbeats and time-outs that are due at `mono_ns`; early and late calls are harmless."""
        due = self.next_timer_ns()
        if due is None or mono_ns < due:
            return
        core = self._at(trade_ns, mono_ns)
        if core.state in _LOGON_STATES:
            core.fault("Logon(A) in time expected")
        elif core.state is State.LOGOUT_SENT:
            # FIX 4.4 volume 2, "Logout": who waits in vain for the answer closes the connection.
            core.logged_out("Logout(5) in time expected", by_peer=False)
        elif self._change_ns is not None and mono_ns >= self._change_ns:
            self._change_ns = None
            core.logout("the session's hours are over")
        else:
            self._keep_alive(core.alive.due(mono_ns))

    def _at(self, trade_ns: int, mono_ns: int) -> SessionCore:
        self._core.trade_ns = trade_ns
        self._core.mono_ns = mono_ns
        return self._core

    def _open_window(self) -> bool:
        """Whether the schedule allows a session now; a window that began after the numbering begins it anew."""
        core = self._core
        schedule = core.config.schedule
        if schedule is None:
            return True
        start_ns = schedule.session_start_ns(core.trade_ns)
        if start_ns is None:
            return False
        if core.store.created_ns < start_ns:
            core.reset()
        self._change_ns = core.mono_ns + schedule.next_change_ns(core.trade_ns) - core.trade_ns
        return True

    def _garbled(self, text: str, size: int) -> None:
        """Test cases 2.d, 2.m, 2.t, 3.b, 3.c: what is garbled is ignored, and its number is not counted."""
        core = self._core
        core.events.append(GarbledReceived(text=text, size=size))
        if core.state in _LOGON_STATES:
            # Test case 1.d: before the Logon(A) nothing is worth waiting for.
            core.fault("Logon(A) expected first, found a garbled message")

    def _receive(self, frame: bytes) -> None:
        core = self._core
        is_first = core.state in _LOGON_STATES
        if not frame.startswith(self._begin):
            # Test cases 1.d and 2.i: BeginString(8) is that of the session.
            if is_first:
                core.fault("BeginString(8) of the session expected, found another")
            elif core.state is State.UP:
                core.logout("Incorrect BeginString")
            return
        try:
            message, refusal = self._inspector.inspect(frame)
        except RemoteProtocolError as error:
            self._garbled(str(error), len(frame))
            return
        if is_first:
            receive_first(core, message, refusal, self._admit)
        else:
            receive(core, message, refusal or core.signing.incoming(message, core.trade_ns))

    def _keep_alive(self, action: Due | None) -> None:
        core = self._core
        if action is Due.SILENT:
            # Test case 6: the line is dead, so nothing more is said.
            core.fault("an answer to TestRequest(1) expected, found silence")
        elif action is Due.RESEND_FAILED:
            core.end(f"message {core.inbound.expected} again expected, found none")
        elif action is Due.ASK_AGAIN:
            core.ask()
        elif action is Due.TEST:
            core.alive.tested(core.mono_ns)
            core.write("1", ((TEST_REQ_ID, TEST_REQ),))
        elif action is Due.HEARTBEAT:
            core.write("0")


def _everybody(_message: object) -> str:
    return ""
