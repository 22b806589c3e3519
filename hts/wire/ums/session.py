"""The UMS session, client (initiator) and venue (acceptor) side, without I/O.

Theory of operation. Each side numbers its application messages from 1 on every venue day (epoch). Administrative
messages carry the next number without using it up, so that they show a loss at the tail but never create a hole: the
venue's numbering depends on what happened at the exchange alone.

    DISCONNECTED --connected--> LOGON_SENT (client) / LOGON_AWAITED (venue)
    LOGON_SENT / LOGON_AWAITED --Logon--> UP
    UP --logout()--> LOGOUT_SENT --Logout or time-out--> CLOSING
    any --fault, refusal, peer's Logout--> CLOSING --disconnected--> DISCONNECTED

In CLOSING the owner writes what `data_to_send` still holds and closes the connection; input is ignored.

Logon tells in both directions the next number its sender expects (FIX 789). The venue sends what the client has not
received at once, flagged PossDup. The client never repeats an order: it takes over the number that the venue expects,
and what it sent from there on is lost (SentLost). A ResendRequest is answered in the same spirit: the venue repeats,
the client fills the gap. The receiver of a gap drops everything up to the missing number, which arrives again.

An epoch that differs restarts both numberings at 1: the venue answers with its own and sends its day from the start.
"""

from collections import deque

from hts.base.errors import LocalProtocolError
from hts.wire.ums.codec import BadFrame, Frame, FrameReader, as_poss_dup, encode, one_line
from hts.wire.ums.events import GapFound, LoggedOn, LoggedOut, MessageReceived, ProtocolFault, SentLost, SessionEvent
from hts.wire.ums.keep_alive import MS, Due, KeepAlive
from hts.wire.ums.layout import UmsLayout
from hts.wire.ums.logon import Refusal, client_refusal, common_refusal, venue_refusal
from hts.wire.ums.messages import (
    AdminMessage,
    ClientMessage,
    Heartbeat,
    Logon,
    Logout,
    ResendRequest,
    SequenceReset,
    SessionReason,
    TestRequest,
    VenueMessage,
)
from hts.wire.ums.states import Role, State

LOGON_TIMEOUT_NS = 5_000 * MS
LOGOUT_TIMEOUT_NS = 2_000 * MS
UNSENT_LIMIT = 64 * 1024 * 1024  # a whole day's resend fits; more means that the peer does not read


class UmsSession:
    """One member's order session. Times are arguments: `trade_ns` stamps frames, `mono_ns` drives the timers.

    epoch           the venue's day; for a client the last one seen, 0 for none
    running         what Logon tells of our build and settings, at most 64 characters
    next_in_seq     number of the next application message from the peer
    next_out_seq    number of the next application message to the peer
    """

    def __init__(
        self,
        layout: UmsLayout,
        *,
        role: Role,
        comp_id: str,
        peer_id: str,
        password: str,
        heartbeat_ns: int = 1_000 * MS,
        next_in_seq: int = 1,
        next_out_seq: int = 1,
        epoch: int = 0,
        cancel_on_disconnect: bool = False,
        trading_date: int = 0,
        speed_milli: int = 0,
        unsent_limit: int = UNSENT_LIMIT,
        logon_timeout_ns: int = LOGON_TIMEOUT_NS,
        running: str = "",
    ) -> None:
        assert next_in_seq >= 1, next_in_seq
        assert next_out_seq >= 1, next_out_seq
        assert role is Role.INITIATOR or (epoch >= 1 and next_out_seq == 1), (epoch, next_out_seq)
        self.comp_id = comp_id
        self.peer_id = peer_id
        self.epoch = epoch
        self.next_in_seq = next_in_seq
        self.next_out_seq = next_out_seq
        self.cancel_on_disconnect = cancel_on_disconnect
        self.state = State.DISCONNECTED
        self._layout = layout
        self._role = role
        self._peer_sender = "venue" if role is Role.INITIATOR else "client"
        self._password = password
        self._running = running
        self._alive = KeepAlive(heartbeat_ns)
        self._trading_date = trading_date
        self._speed_milli = speed_milli
        self._unsent_limit = unsent_limit
        self._logon_timeout_ns = logon_timeout_ns
        self._reader = FrameReader(layout)
        self._events: deque[SessionEvent] = deque()
        self._unsent = bytearray()
        self._sent: list[bytes] = []  # the venue's application frames of the day, for resend
        self._state_since_ns = 0
        self._test_req_id = 0

    @property
    def is_up(self) -> bool:
        """Both sides have logged on."""
        return self.state is State.UP

    @property
    def is_closing(self) -> bool:
        """The owner is to write what is unsent and close the connection."""
        return self.state is State.CLOSING

    def connected(self, trade_ns: int, mono_ns: int) -> None:
        """A fresh connection stands; the client logs on."""
        self.disconnected()
        self._alive.start(mono_ns)
        if self._role is Role.ACCEPTOR:
            self._enter(State.LOGON_AWAITED, mono_ns)
            return
        self._enter(State.LOGON_SENT, mono_ns)
        self._write(self._logon(0, 0, self._password), trade_ns, mono_ns)

    def disconnected(self) -> None:
        """The connection is gone: half-read and unsent bytes are forgotten, numbers stay."""
        self.state = State.DISCONNECTED
        self._reader.clear()
        self._unsent.clear()

    def receive_data(self, data: bytes, trade_ns: int, mono_ns: int) -> None:
        """Bytes from the peer, in any cut. Take the events with `next_event` before the next call."""
        if self.state in (State.DISCONNECTED, State.CLOSING):
            return
        self._reader.append(data)
        while not self.is_closing:
            try:
                frame = self._reader.next_frame()
            except BadFrame as error:
                self._end(error.reason, str(error), trade_ns, mono_ns)
                break
            if frame is None:
                return
            self._alive.heard(mono_ns)
            self._receive(frame, trade_ns, mono_ns)
        self._reader.clear()

    def next_event(self) -> SessionEvent | None:
        """The oldest event not yet taken."""
        return self._events.popleft() if self._events else None

    def send(self, message: ClientMessage | VenueMessage, trade_ns: int, mono_ns: int, body: bytes = b"") -> int:
        """Number an application message and send it; returns its number. `body`: see hts.wire.ums.codec.

        The venue may call this at any time: what cannot leave now is sent after the next logon. The client must be
        logged on, else LocalProtocolError.
        """
        if self._role is Role.INITIATOR and self.state is not State.UP:
            raise LocalProtocolError(f"session up expected before {type(message).__name__}, found {self.state.value}")
        seq = self.next_out_seq
        frame = encode(self._layout, message, seq, trade_ns, body=body)
        self.next_out_seq = seq + 1
        if self._role is Role.ACCEPTOR:
            self._sent.append(frame)
        if self.state is State.UP:
            self._put(frame, mono_ns)
        return seq

    def logout(self, reason: SessionReason, text: str, trade_ns: int, mono_ns: int) -> None:
        """Say good-bye. Without a fault the peer's answer is awaited; with one the connection closes at once."""
        if self.state in (State.DISCONNECTED, State.CLOSING, State.LOGOUT_SENT):
            return
        if reason is SessionReason.NONE and self.state is State.UP:
            self._write(Logout(reason=reason, text=one_line(self._layout, text)), trade_ns, mono_ns)
            self._enter(State.LOGOUT_SENT, mono_ns)
            return
        self._end(reason, text, trade_ns, mono_ns, is_fault=False)

    def data_to_send(self) -> bytes:
        """Bytes for the peer since the last call."""
        data = bytes(self._unsent)
        self._unsent.clear()
        return data

    def refusal(self, logon: Logon) -> Refusal | None:
        """Why the venue would refuse the peer's Logon, or None. Changes nothing."""
        assert self._role is Role.ACCEPTOR, self._role
        return common_refusal(
            logon, version=self._layout.version, comp_id=self.comp_id, peer_id=self.peer_id
        ) or venue_refusal(logon, password=self._password, epoch=self.epoch, next_out_seq=self.next_out_seq)

    def next_timer_ns(self) -> int | None:
        """Monotonic time of the next `on_timer`, None when nothing is due."""
        if self.state in (State.LOGON_SENT, State.LOGON_AWAITED):
            return self._state_since_ns + self._logon_timeout_ns
        if self.state is State.LOGOUT_SENT:
            return self._state_since_ns + LOGOUT_TIMEOUT_NS
        return self._alive.next_ns() if self.state is State.UP else None

    def on_timer(self, trade_ns: int, mono_ns: int) -> None:
        """Heartbeats and time-outs that are due at `mono_ns`; early and late calls are harmless."""
        due = self.next_timer_ns()
        if due is None or mono_ns < due:
            return
        if self.state in (State.LOGON_SENT, State.LOGON_AWAITED):
            text = f"Logon within {self._logon_timeout_ns // MS} ms expected"
            self._end(SessionReason.LOGON_TIMEOUT, text, trade_ns, mono_ns)
        elif self.state is State.LOGOUT_SENT:
            self._enter(State.CLOSING, mono_ns)
            text = f"Logout within {LOGOUT_TIMEOUT_NS // MS} ms expected"
            self._events.append(LoggedOut(reason=SessionReason.LOGOUT_TIMEOUT, text=text, by_peer=False))
        else:
            for action in self._alive.due(mono_ns):
                self._keep_alive(action, trade_ns, mono_ns)

    def _keep_alive(self, action: Due, trade_ns: int, mono_ns: int) -> None:
        within = f"within {self._alive.interval_ms} ms expected"
        if action is Due.RESEND_FAILED:
            text = f"message {self.next_in_seq} again {within}"
            self._end(SessionReason.RESEND_FAILED, text, trade_ns, mono_ns)
        elif action is Due.SILENT:
            self._end(SessionReason.PEER_SILENT, f"answer to TestRequest {within}", trade_ns, mono_ns)
        elif action is Due.TEST:
            self._test_req_id += 1
            self._alive.tested(mono_ns)
            self._write(TestRequest(test_req_id=self._test_req_id), trade_ns, mono_ns)
        else:
            self._write(Heartbeat(), trade_ns, mono_ns)

    def _receive(self, frame: Frame, trade_ns: int, mono_ns: int) -> None:
        message = frame.message
        if isinstance(message, Logout):
            self._receive_logout(message, trade_ns, mono_ns)
        elif self.state in (State.LOGON_SENT, State.LOGON_AWAITED):
            if isinstance(message, Logon):
                self._receive_logon(message, frame, trade_ns, mono_ns)
            else:
                text = f"Logon expected, found {frame.layout.name}"
                self._end(SessionReason.UNEXPECTED_MESSAGE, text, trade_ns, mono_ns)
        elif isinstance(message, Logon) or frame.layout.sender not in ("both", self._peer_sender):
            text = f"a message of a running session expected, found {frame.layout.name}"
            self._end(SessionReason.UNEXPECTED_MESSAGE, text, trade_ns, mono_ns)
        elif isinstance(message, ResendRequest):
            self._resend(message.begin_seq, trade_ns, mono_ns)
            self._is_in_sequence(frame, trade_ns, mono_ns)
        elif self._is_in_sequence(frame, trade_ns, mono_ns):
            self._receive_in_sequence(frame, trade_ns, mono_ns)

    def _is_in_sequence(self, frame: Frame, trade_ns: int, mono_ns: int) -> bool:
        """Whether the frame carries the expected number; a gap is asked for once, the past is a fault or a repeat."""
        if self.state is State.CLOSING:
            return False
        expected = self.next_in_seq
        if frame.seq == expected:
            return True
        if frame.seq < expected:
            if not frame.poss_dup:
                text = f"{frame.layout.name}: number {expected} expected, found {frame.seq}"
                self._end(SessionReason.SEQ_TOO_LOW, text, trade_ns, mono_ns)
            return False
        if not self._alive.is_resend_awaited:
            self._alive.asked_again(mono_ns)
            self._events.append(GapFound(expected=expected, found=frame.seq))
            self._write(ResendRequest(begin_seq=expected), trade_ns, mono_ns)
        return False

    def _receive_in_sequence(self, frame: Frame, trade_ns: int, mono_ns: int) -> None:
        message = frame.message
        if isinstance(message, TestRequest):
            self._write(Heartbeat(test_req_id=message.test_req_id), trade_ns, mono_ns)
        elif isinstance(message, SequenceReset):
            if message.new_seq <= frame.seq:
                text = f"SequenceReset: new number above {frame.seq} expected, found {message.new_seq}"
                self._end(SessionReason.MALFORMED, text, trade_ns, mono_ns)
                return
            self.next_in_seq = message.new_seq
            self._alive.gap_filled()
        elif not isinstance(message, Heartbeat | Logon | Logout | ResendRequest):
            self.next_in_seq = frame.seq + 1
            self._alive.gap_filled()
            self._events.append(
                MessageReceived(seq=frame.seq, poss_dup=frame.poss_dup, sending_ns=frame.sending_ns, message=message)
            )

    def _receive_logon(self, logon: Logon, frame: Frame, trade_ns: int, mono_ns: int) -> None:
        is_new_epoch = logon.epoch != self.epoch
        if self._role is Role.ACCEPTOR:
            refusal = self.refusal(logon)
        else:
            refusal = common_refusal(
                logon, version=self._layout.version, comp_id=self.comp_id, peer_id=self.peer_id
            ) or client_refusal(logon, epoch=self.epoch, next_in_seq=self.next_in_seq, seq=frame.seq)
        if refusal is not None:
            self._end(*refusal, trade_ns, mono_ns, is_fault=False)
        elif self._role is Role.ACCEPTOR:
            self._accept(logon, is_new_epoch, trade_ns, mono_ns)
        else:
            self._take_over(logon, is_new_epoch, frame.sending_ns, mono_ns)

    def _take_over(self, logon: Logon, is_new_epoch: bool, venue_ns: int, mono_ns: int) -> None:
        """The client's half: the venue's numbers hold."""
        if is_new_epoch:
            self.next_in_seq = 1
        lost = SentLost(first_seq=logon.next_expected_seq, end_seq=self.next_out_seq)
        self.epoch = logon.epoch
        self.next_out_seq = logon.next_expected_seq
        self._alive.interval_ns = logon.heartbeat_ms * MS
        self._logged_on(logon, is_new_epoch, venue_ns, mono_ns)
        if lost.first_seq < lost.end_seq and not is_new_epoch:
            self._events.append(lost)

    def _accept(self, logon: Logon, is_new_epoch: bool, trade_ns: int, mono_ns: int) -> None:
        """The venue's half: answer with our numbers, then send what the client has not received."""
        self._alive.interval_ns = logon.heartbeat_ms * MS
        self.cancel_on_disconnect = logon.cancel_on_disconnect
        self._write(self._logon(self._trading_date, self._speed_milli, ""), trade_ns, mono_ns)
        self._logged_on(logon, is_new_epoch, trade_ns, mono_ns)
        begin_seq = 1 if is_new_epoch else logon.next_expected_seq
        if begin_seq < self.next_out_seq:
            self._resend(begin_seq, trade_ns, mono_ns)

    def _logged_on(self, logon: Logon, is_new_epoch: bool, venue_ns: int, mono_ns: int) -> None:
        self._enter(State.UP, mono_ns)
        self._events.append(
            LoggedOn(
                epoch=self.epoch,
                is_new_epoch=is_new_epoch,
                next_in_seq=self.next_in_seq,
                next_out_seq=self.next_out_seq,
                trading_date=logon.trading_date,
                speed_milli=logon.speed_milli,
                venue_ns=venue_ns,
                running=logon.running,
            )
        )

    def _receive_logout(self, logout: Logout, trade_ns: int, mono_ns: int) -> None:
        if self.state is State.UP:
            self._write(Logout(reason=SessionReason.NONE, text=""), trade_ns, mono_ns)
        by_peer = self.state is not State.LOGOUT_SENT
        self._enter(State.CLOSING, mono_ns)
        self._events.append(LoggedOut(reason=logout.reason, text=logout.text, by_peer=by_peer))

    def _resend(self, begin_seq: int, trade_ns: int, mono_ns: int) -> None:
        end_seq = self.next_out_seq
        if not 1 <= begin_seq < end_seq:
            text = f"ResendRequest: first number 1 to {end_seq - 1} expected, found {begin_seq}"
            self._end(SessionReason.SEQ_TOO_HIGH, text, trade_ns, mono_ns)
        elif self._role is Role.ACCEPTOR:
            for frame in self._sent[begin_seq - 1 :]:
                self._put(as_poss_dup(self._layout, frame), mono_ns)
        else:
            # An order that is repeated late may trade at a price nobody wants any more: it is given up instead.
            self._put(encode(self._layout, SequenceReset(new_seq=end_seq), begin_seq, trade_ns), mono_ns)
            self._events.append(SentLost(first_seq=begin_seq, end_seq=end_seq))

    def _logon(self, trading_date: int, speed_milli: int, password: str) -> Logon:
        return Logon(
            version=self._layout.version,
            comp_id=self.comp_id,
            peer_id=self.peer_id,
            password=password,
            epoch=self.epoch,
            next_expected_seq=self.next_in_seq,
            heartbeat_ms=self._alive.interval_ms,
            cancel_on_disconnect=self.cancel_on_disconnect,
            trading_date=trading_date,
            speed_milli=speed_milli,
            running=self._running,
        )

    def _end(self, reason: SessionReason, text: str, trade_ns: int, mono_ns: int, *, is_fault: bool = True) -> None:
        line = one_line(self._layout, text)
        self._write(Logout(reason=reason, text=line), trade_ns, mono_ns)
        if self.state is State.CLOSING:
            return
        self._enter(State.CLOSING, mono_ns)
        fault = ProtocolFault(reason=reason, text=line)
        self._events.append(fault if is_fault else LoggedOut(reason=reason, text=line, by_peer=False))

    def _enter(self, state: State, mono_ns: int) -> None:
        self.state = state
        self._state_since_ns = mono_ns

    def _write(self, message: AdminMessage, trade_ns: int, mono_ns: int) -> None:
        self._put(encode(self._layout, message, self.next_out_seq, trade_ns), mono_ns)

    def _put(self, frame: bytes, mono_ns: int) -> None:
        if self.state is State.CLOSING:
            return
        if len(self._unsent) + len(frame) > self._unsent_limit:
            self._unsent.clear()
            text = f"unsent bytes up to {self._unsent_limit} expected, found more: the peer does not read"
            self._enter(State.CLOSING, mono_ns)
            self._events.append(ProtocolFault(reason=SessionReason.SLOW_PEER, text=text))
            return
        self._unsent += frame
        self._alive.said(mono_ns)
