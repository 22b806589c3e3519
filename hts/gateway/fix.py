"""FIX order gateway, FIX 4.4 and 5.0 SP2: requests to FIX messages, FIX messages to reports, a session kept up.

Theory of operation. The gateway owns one FixSession as initiator and tells the shell when to dial and to hang up. It
decides nothing about orders:

    StartSession  dial, log on; NextExpectedMsgSeqNum(789) tells the venue from where to send again, so that nothing
                  has to be asked for
    a request     is encoded at once when the session is up, else comes back as RequestsLost; so does one that the
                  venue answers with Reject(3) or BusinessMessageReject(j): it never reached its order book
    a report      carries the number of its message

Our own orders are never sent again: what the venue asks for is filled as a gap, and the mass status tells what became
of it; where that happens while the session stands, it is told to stand anew, so that the status is asked for.

A FIX session has no day of its own: a new trading date, or a reset of the numbers, is a new epoch. A logon that was
refused is tried again with ResetSeqNumFlag(141), as is the first of a new date. Where it was refused since we have lost
numbers of ours, the next one has the number that the venue waits for.

Epochs. How often the numbers began anew is the store's to know, and the day the journal's: the store keeps what the one
lacks to make the other's epoch (`note`). A process that died of a reset, before the journal had it, so finds the epoch.

Numbers. The engine's `venue_seq` is MsgSeqNum(34) times two, since the last report of a mass status is two things:
the report of an order, and the end of the status. ClOrdIDs travel as they are; names of the venue that are no numbers
(ExecID, OrderID) are folded into numbers, always the same for the same name.
"""

import re
from collections import deque
from collections.abc import Callable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.gateway.actions import Dial, Hangup
from hts.gateway.kept_line import KeptLine
from hts.gateway.redial import RedialPlan
from hts.model.reports import AnyReport, MassStatusEnd, RequestsLost, SessionUp
from hts.model.requests import AnyRequest, EndSession, OrderMassStatusRequest, StartSession
from hts.model.units import ClOrdID
from hts.wire.fix.application import Decimals
from hts.wire.fix.codec import Fields, FixMessage
from hts.wire.fix.config import SessionConfig
from hts.wire.fix.events import (
    LoggedOn,
    LoggedOut,
    MessageReceived,
    RejectReceived,
    SessionEvent,
    SessionFault,
    Withheld,
)
from hts.wire.fix.orders import OrderMessages
from hts.wire.fix.session import FixSession
from hts.wire.fix.shapes import Inspector
from hts.wire.fix.signing import Sign, Signing
from hts.wire.fix.states import Role
from hts.wire.fix.store import FixStore

MS: Final = 1_000_000
REPORTS: Final = frozenset({"8", "9", "r"})
NEVER_RESENT: Final = frozenset({"D", "F", "G", "q", "AF"})
SENT_KEPT: Final = 10_000
EPOCHS_PER_DAY: Final = 100
TOO_LOW: Final = re.compile(r"MsgSeqNum too low, expecting (\d{1,18})\b")  # as FIX engines word it


class FixConfig(Struct, frozen=True, kw_only=True):
    """How to reach the venue. `wall_offset_ns`: SendingTime(52) is the monotonic time plus this.

    `speed_milli` is the venue clock's speed, which FIX does not tell. `sending_time_within_s`: the venue's SendingTime
    may differ so much from ours, 0 for any.
    """

    venue: str
    sender_comp_id: str
    target_comp_id: str
    password: str = ""
    heartbeat_s: int = 30
    logon_timeout_ns: int = 10_000 * MS
    dial_timeout_ns: int = 5_000 * MS
    redial: RedialPlan = RedialPlan()
    wall_offset_ns: int = 0
    sending_time_within_s: int = 120
    speed_milli: int = 1000
    running: str = ""  # our build and the fingerprint of our settings, told at each logon

    def __repr__(self) -> str:
        return f"FixConfig(venue={self.venue!r}, sender_comp_id={self.sender_comp_id!r})"


class FixOrderGateway:
    """One order session. `date_of` gives the venue's trading date of a venue time."""

    def __init__(
        self,
        config: FixConfig,
        inspector: Inspector,
        px_decimals: Decimals,
        date_of: Callable[[int], int],
        store: FixStore | None = None,
        *,
        sign: Sign | None = None,
    ) -> None:
        """`sign`: the venue asks for signed orders."""
        self.venue = config.venue
        self._config = config
        self._date_of = date_of
        self._inspector = inspector
        self._store = store if store is not None else FixStore()
        self._messages = OrderMessages(inspector.dictionary, px_decimals)
        self._signing = Signing(sign=sign)
        self._session = FixSession(_session_config(config), inspector, self._store, signing=self._signing)
        self._events: deque[AnyReport | Dial | Hangup] = deque()
        self._line = KeptLine(
            config.venue, config.redial, config.dial_timeout_ns, self._events, before_dial=self._begin_session
        )
        self._epoch = 0
        self._trade_ns = 0
        self._wants_reset = False
        self._is_renumbered = False  # within the day
        self._status_asked = 0  # MassStatusReqID(584) of the newest request
        self._sent: dict[int, ClOrdID] = {}  # by MsgSeqNum(34), the newest SENT_KEPT

    @property
    def is_up(self) -> bool:
        """Requests reach the venue."""
        return self._line.is_open and self._session.is_up

    # -- what the engine wants

    def send(self, request: AnyRequest, trade_ns: int, mono_ns: int) -> None:
        """Carry out a request; what cannot leave comes back as RequestsLost."""
        self._trade_ns = trade_ns
        if isinstance(request, StartSession):
            self._start(request, mono_ns)
        elif isinstance(request, EndSession):
            self._end(mono_ns)
        else:
            self._send_message(request, trade_ns, mono_ns)

    def _start(self, request: StartSession, mono_ns: int) -> None:
        if not self._line.is_off:
            return  # FIX has no field for what is to happen when the session breaks: the venue's profile says it
        self._epoch = request.epoch
        if self._began_anew_after(request.epoch):
            self._epoch, self._is_renumbered = self._store.note + self._store.generation, True
        elif request.epoch:
            self._meet_journal(-(-request.next_in_seq // 2))
        self._line.want(mono_ns)

    def _began_anew_after(self, epoch: int) -> bool:
        """Whether the numbers began anew within the day, and the journal does not know: a process died in between."""
        known = self._store.note + self._store.generation
        return bool(self._store.note and epoch) and epoch < known < (epoch // EPOCHS_PER_DAY + 1) * EPOCHS_PER_DAY

    def _meet_journal(self, lacking: int) -> None:
        """What the journal has need not come again; where the store is ahead, reports were never acted upon."""
        is_forgotten = self._store.next_out_seq == 1  # as after a power cut
        if is_forgotten or lacking < self._store.next_in_seq:
            self._store.save_in(lacking)

    def _end(self, mono_ns: int) -> None:
        if self._line.end():
            self._session.logout("", *self._at(mono_ns))
            self._drain()

    def _send_message(self, request: AnyRequest, trade_ns: int, mono_ns: int) -> None:
        if isinstance(request, OrderMassStatusRequest):
            self._status_asked = request.mass_status_req_id
        cl_ord_id = None if isinstance(request, OrderMassStatusRequest) else getattr(request, "cl_ord_id", None)
        if not self.is_up:
            self._lose(cl_ord_id)
            return
        try:
            body = self._messages.request(request, trade_ns)
            seq = self._session.send(body.msg_type, body.fields, *self._at(mono_ns), body.header)
        except LocalProtocolError:
            self._lose(cl_ord_id)  # FIX cannot say it: nothing left the house
            return
        if cl_ord_id is not None:
            self._sent[seq] = cl_ord_id
            if len(self._sent) > SENT_KEPT:
                del self._sent[next(iter(self._sent))]
        self._drain()

    def _lose(self, cl_ord_id: ClOrdID | None, text: str = "") -> None:
        if cl_ord_id is not None:
            self._events.append(RequestsLost(venue=self.venue, cl_ord_ids=(cl_ord_id,), text=text))

    # -- the connection

    def connected(self, trade_ns: int, mono_ns: int) -> None:
        """The shell has opened the connection."""
        self._trade_ns = trade_ns
        if self._line.opened():
            self._session.connected(*self._at(mono_ns))
            self._drain()

    def disconnected(self, reason: str, trade_ns: int, mono_ns: int) -> None:
        """The connection is gone, or could not be opened."""
        self._trade_ns = trade_ns
        if not self._line.lost(reason):
            return
        self._session.disconnected()
        self._drain()
        self._line.rest(mono_ns)

    def receive_data(self, data: bytes, trade_ns: int, mono_ns: int) -> None:
        """Bytes from the venue, in any cut."""
        self._trade_ns = trade_ns
        if not self._line.is_open:
            return
        self._session.receive_data(data, *self._at(mono_ns))
        self._drain()

    def next_event(self) -> AnyReport | Dial | Hangup | None:
        """The oldest report or instruction not yet taken."""
        return self._events.popleft() if self._events else None

    def data_to_send(self) -> bytes:
        """Bytes for the venue since the last call."""
        return self._session.data_to_send()

    def next_timer_ns(self) -> int | None:
        """Monotonic time of the next `on_timer`, None when nothing is due."""
        return self._line.next_timer_ns(self._session.next_timer_ns())

    def on_timer(self, trade_ns: int, mono_ns: int) -> None:
        """What is due at `mono_ns`; early and late calls are harmless."""
        self._trade_ns = trade_ns
        due = self.next_timer_ns()
        if due is not None and mono_ns >= due and self._line.on_timer(mono_ns):
            self._session.on_timer(*self._at(mono_ns))
            self._drain()

    def _begin_session(self) -> None:
        """A new day, or a logon that was refused, begins the numbers anew: the mass status tells what is missing."""
        self._open_session(reset=self._wants_reset or self._is_new_day)

    @property
    def _is_new_day(self) -> bool:
        return bool(self._epoch) and self._date_of(self._trade_ns) != self._epoch // EPOCHS_PER_DAY

    def _open_session(self, *, reset: bool) -> None:
        config = _session_config(self._config, reset=reset)
        self._session = FixSession(config, self._inspector, self._store, signing=self._signing)
        self._wants_reset = False

    def _at(self, mono_ns: int) -> tuple[int, int]:
        """The two times of the session: SendingTime(52) is a clock on the wall, whatever the hour at the venue."""
        return mono_ns + self._config.wall_offset_ns, mono_ns

    # -- what the venue says

    def _drain(self) -> None:
        while (event := self._session.next_event()) is not None:
            self._take(event)

    def _take(self, event: SessionEvent) -> None:
        if isinstance(event, MessageReceived):
            self._message(event.message)
        elif isinstance(event, LoggedOn):
            self._logged_on(event)
        elif isinstance(event, Withheld):
            self._stands()
        elif isinstance(event, RejectReceived):
            self._lose(self._sent.pop(event.ref_seq_num, None), event.text)
        elif isinstance(event, LoggedOut):
            was_up = self._line.was_up
            if not was_up and not (event.by_peer and self._learn_number(event.text)):
                self._wants_reset = True
                self._line.refused()
            self._line.end_of_session("logged_out" if was_up else "refused", event.text)
        elif isinstance(event, SessionFault):
            # The venue has lost its numbers: what it sends would be taken for what we have, for ever. A clean begin.
            self._wants_reset |= not self._line.was_up and TOO_LOW.search(event.text) is not None
            self._line.end_of_session("protocol_fault", event.text)

    def _learn_number(self, text: str) -> bool:
        """Whether the venue says which of our numbers it waits for: we have lost ours, as a power cut does it.

        We go on from there: a reset would drop what the venue still has to tell.
        """
        found = TOO_LOW.search(text)
        if found is None or int(found[1]) < self._store.next_out_seq:
            return False
        if int(found[1]) > self._store.next_out_seq:
            self._store.skip_out(int(found[1]))
        return True

    def _logged_on(self, event: LoggedOn) -> None:
        date = self._date_of(self._trade_ns)
        if self._epoch // EPOCHS_PER_DAY != date:
            self._epoch, self._is_renumbered = date * EPOCHS_PER_DAY, False
        elif event.was_reset:
            self._epoch, self._is_renumbered = self._epoch + 1, True
        self._store.save_note(self._epoch - self._store.generation)
        self._line.stood()
        self._stands()

    def _stands(self) -> None:
        self._events.append(
            SessionUp(
                venue=self.venue,
                epoch=self._epoch,
                trading_date=self._epoch // EPOCHS_PER_DAY,
                trade_ns=self._trade_ns,
                speed_milli=self._config.speed_milli,
                is_renumbered=self._is_renumbered,
            )
        )

    def _message(self, message: FixMessage) -> None:
        if message.msg_type == "j":
            self._lose(self._sent.pop(message.integer(45), None), message.text(58))
        elif message.msg_type in REPORTS:
            try:
                self._events.extend(self._reports(message))
            except RemoteProtocolError as error:
                # It is about an order of ours: begin the session again, and let the mass status tell all of them.
                self._line.end_of_session("protocol_fault", f"message {message.integer(34)}: {error}")

    def _reports(self, message: FixMessage) -> list[AnyReport]:
        """The report of a message; the last one of a mass status is its end as well.

        What another mass status than the newest said of an order is not told: it may be of long ago, where a venue that
        has lost its numbers tells its day again.
        """
        seq = message.integer(34)
        ends_status = message.msg_type == "8" and message.is_set(912) and 584 in message
        end = MassStatusEnd(
            venue=self.venue,
            venue_seq=2 * seq + 1,
            mass_status_req_id=message.integer(584) if ends_status else 0,
            count=message.integer(911) if ends_status else 0,
            transact_ns=self._trade_ns,
        )
        is_old = 584 in message and message.integer(584) != self._status_asked
        if ends_status and (is_old or 11 not in message):
            return [end]
        if is_old:
            return []
        report = self._messages.read_report(message, self.venue)
        numbered = _numbered(report, 2 * seq)
        return [numbered, end] if ends_status and not isinstance(report, MassStatusEnd) else [numbered]


def _numbered(report: AnyReport, venue_seq: int) -> AnyReport:
    return replace(report, venue_seq=venue_seq)


def _session_config(config: FixConfig, *, reset: bool = False) -> SessionConfig:
    return SessionConfig(
        role=Role.INITIATOR,
        sender_comp_id=config.sender_comp_id,
        target_comp_id=config.target_comp_id,
        heartbeat_s=config.heartbeat_s,
        reset_on_logon=reset,
        next_expected=True,
        never_resent=NEVER_RESENT,
        sending_time_within_s=config.sending_time_within_s,
        logon_timeout_ns=config.logon_timeout_ns,
        logon_fields=_logon_fields(config),
    )


def _logon_fields(config: FixConfig) -> Fields:
    """RawData(96) says what we run, in each version that has a Logon(A); Password(554) is the session's."""
    running = config.running.encode("ascii")
    told = ((95, b"%d" % len(running)), (96, running)) if running else ()
    return (*told, (554, config.password.encode("ascii"))) if config.password else told
