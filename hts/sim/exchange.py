"""The simulated exchange: a deterministic state machine from commands and time to events.

The same profile, instruments, date, seed and commands at the same trade times give the same events, ids and state hash.
Changes happen at their own exact time, however late `advance` is called, and before a later command. A refusal is an
event. What reaches a book is checked here and in hts.sim.checks.
"""

import hashlib
from collections.abc import Callable, Mapping

import msgspec

from hts.model.enums import OrdStatus, OrdType, Phase
from hts.model.instruments import Instrument
from hts.model.quotes import BOOK_DEPTH, BookUpdate
from hts.model.reasons import Reason
from hts.sim import exchange_day, exchange_saved, firm_cancels
from hts.sim.agenda import Agenda
from hts.sim.auction import CallPrice
from hts.sim.checks import OWN_PX_TYPES, amend_refusal, closed, entry_refusal
from hts.sim.commands import (
    ActOfVenue,
    Amend,
    AnyCommand,
    BlockMember,
    BreakTrade,
    Cancel,
    CancelFor,
    Enter,
    Halt,
    IndexPrint,
    KillSwitch,
    MassCancel,
    MassStatus,
    PublicPrint,
    ReferencePx,
)
from hts.sim.crossing import would_trade
from hts.sim.events import (
    BookChanged,
    KillSwitchChanged,
    MassStatusEnded,
    OrderAccepted,
    OrderAmended,
    OrderCanceled,
    OrderEvent,
    OrderStated,
    SimEvent,
)
from hts.sim.exchange_state import ExchangeState
from hts.sim.figures import DayFigures
from hts.sim.issue import Issue, Numbers
from hts.sim.members import WHOLE_MEMBER, Member, scope_of
from hts.sim.order import Order, refused, rejected
from hts.sim.profile import VenueProfile
from hts.sim.trade_book import TradeBook


class Exchange:
    """All issues and members of one venue's trading day."""

    def __init__(
        self,
        profile: VenueProfile,
        instruments: tuple[Instrument, ...],
        trading_date: int,
        seed: int,
        *,
        replays: Mapping[str, tuple[int, int]] | None = None,
    ) -> None:
        self.profile = profile
        self.trading_date = trading_date
        self.trade_ns = 0
        self.market_phase = Phase.CLOSED
        self.market_until_ns = 0
        self.numbers = Numbers()
        self.agenda = Agenda(profile.timetable(trading_date, seed, replays))
        self.market = profile.market()
        self.members: dict[str, Member] = {}
        self.trades = TradeBook()
        self.issues = {
            instrument.symbol: Issue(
                instrument,
                profile.rules(instrument),
                profile.grid(instrument),
                self.numbers,
                self.agenda,
                seed=seed,
                tells_orders=profile.tells_orders,
                venue=profile.venue,
            )
            for instrument in instruments
        }
        self._replay_until = {symbol: until_ns for symbol, (_, until_ns) in (replays or {}).items()}
        self._acts: dict[type[AnyCommand], Callable[..., list[SimEvent]]] = {
            Enter: self._enter,
            Cancel: self._cancel,
            Amend: self._amend,
            MassCancel: lambda member, told: firm_cancels.mass_cancel(self, member, told),
            CancelFor: lambda member, told: firm_cancels.cancel_for(self, member, told),
            MassStatus: self._mass_status,
            KillSwitch: self._kill_switch,
            PublicPrint: lambda _, told: [self.issues[told.symbol].prints(told.px, told.qty, told.side, self.trade_ns)],
            **dict.fromkeys((Halt, IndexPrint, ReferencePx, BlockMember, BreakTrade), self._act_of_venue),
        }

    def apply(self, command: AnyCommand, trade_ns: int) -> tuple[SimEvent, ...]:
        """Everything that follows from a command, scheduled changes up to `trade_ns` first."""
        before = self.advance(trade_ns)
        self.trades.note(after := self._acts[type(command)](self.member(command.session), command))
        return (*before, *after)

    def member(self, session: str) -> Member:
        """The member of an order session; a new one is let in."""
        member = self.members.get(session)
        if member is None:
            member = self.members[session] = Member(session)
        return member

    def next_timer_ns(self) -> int | None:
        """Trade time of the next scheduled change; None after the last one of the day."""
        return self.agenda.next_ns()

    def advance(self, trade_ns: int) -> tuple[SimEvent, ...]:
        """Carry out the scheduled changes up to `trade_ns`, each at its own time."""
        events: list[SimEvent] = []
        while (change := self.agenda.take(trade_ns)) is not None:
            self.trade_ns = max(self.trade_ns, change.at_ns)
            exchange_day.carry_out(self, change, events)
        self.trade_ns = max(self.trade_ns, trade_ns)
        self.trades.note(events)
        return tuple(events)

    @property
    def is_day_over(self) -> bool:
        """Nothing more will happen on this trading day."""
        return self.agenda.done == len(self.agenda.timetable)

    @property
    def day_end_ns(self) -> int:
        """Trade time of the day's last scheduled change."""
        return self.agenda.timetable[-1].at_ns

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """The day's list."""
        return tuple(issue.instrument for issue in self.issues.values())

    def depth(self, symbol: str, levels: int = BOOK_DEPTH) -> BookUpdate:
        """The published book now."""
        return self.issues[symbol].depth(levels, self.trade_ns)

    def day(self, symbol: str) -> DayFigures:
        """The day's figures so far."""
        return self.issues[symbol].figures

    def close_px(self, symbol: str) -> int:
        """The official close: the next day's base price."""
        issue = self.issues[symbol]
        return issue.rules.close_px(issue)

    def phase(self, symbol: str = "") -> Phase:
        """The phase of an issue, or of the market."""
        return self.issues[symbol].phase if symbol else self.market_phase

    def phase_until_ns(self, symbol: str = "") -> int:
        """Scheduled start of the phase after the running one; 0 when there is none."""
        if symbol in self._replay_until:
            return self._replay_until[symbol]
        if symbol and self.issues[symbol].phase is not self.market_phase:
            return self.issues[symbol].until_ns
        return self.market_until_ns or next((c.at_ns for c in self.agenda.timetable if not self.agenda.done), 0)

    def expected(self, symbol: str) -> CallPrice | None:
        """Where a running call would uncross now."""
        return self.issues[symbol].expected()

    def order_state(self, session: str) -> tuple[OrderStated, ...]:
        """All orders of a member's day, working or not, in order of acceptance."""
        member = self.members.get(session)
        return tuple(order.event(OrderStated, self.trade_ns) for order in member.orders) if member else ()

    def state_hash(self) -> str:
        """Equal hashes: the same orders, queues, figures, phases and numbers."""
        state = msgspec.structs.replace(self.save(), trade_ns=0)
        return hashlib.blake2b(msgspec.msgpack.encode(state), digest_size=16).hexdigest()

    def save(self) -> ExchangeState:
        """The whole state, for `load` in a process to come."""
        return exchange_saved.save(self)

    def load(self, state: ExchangeState) -> None:
        """Take over a saved state of the same day; this exchange must be new."""
        exchange_saved.load(self, state)

    def standing(self) -> list[SimEvent]:
        """Working orders and phases as events: what a listener that joins now would have to know."""
        return exchange_saved.standing(self)

    # -- commands --

    def _enter(self, member: Member, command: Enter) -> list[SimEvent]:
        reason = self._refusal(member, command)
        if reason is not Reason.NONE:
            if reason is not Reason.DUPLICATE_CL_ORD_ID:
                member.note_id(command.cl_ord_id)
            return [rejected(command, self.trade_ns, reason)]
        issue = self.issues[command.symbol]
        fixed = issue.rules.goes_to_fixed(issue, command)
        order = self._new_order(issue, command, fixed=fixed)
        if command.post_only and issue.phase.is_continuous and would_trade(issue, order):
            member.note_id(command.cl_ord_id)
            return [rejected(command, self.trade_ns, Reason.POST_ONLY)]
        self.numbers.venue_order_id += 1
        order.venue_order_id = self.numbers.venue_order_id
        member.add(order)
        events: list[SimEvent] = [order.event(OrderAccepted, self.trade_ns)]
        issue.enter(order, self.trade_ns, events, fixed=fixed)
        issue.settle(self.trade_ns, events)
        return self.closed_off(events, issue.symbol)

    @staticmethod
    def _new_order(issue: Issue, command: Enter, *, fixed: bool) -> Order:
        order = Order(command, 0)
        if fixed:
            order.px = issue.fixed.px
            order.act_as(OrdType.LIMIT)
        elif command.ord_type in OWN_PX_TYPES:
            order.px = issue.rules.entry_px(issue, command)
            order.act_as(OrdType.LIMIT)
        elif command.ord_type is OrdType.LIMIT_OR_CLOSE:
            order.act_as(OrdType.LIMIT)
        return order

    def _refusal(self, member: Member, command: Enter) -> Reason:
        if member.is_duplicate(command.cl_ord_id):
            return Reason.DUPLICATE_CL_ORD_ID
        if not member.may_enter(self.trade_ns, self.profile.orders_per_second):
            return Reason.THROTTLED
        issue = self.issues.get(command.symbol)
        if issue is None:
            return Reason.UNKNOWN_SYMBOL
        if member.is_blocked:
            return Reason.MEMBER_BLOCKED
        if member.is_killed(command):
            return Reason.KILL_SWITCH
        reason = self.market.refusal(self, command, issue.instrument)
        if reason is not Reason.NONE:
            return reason
        reason = entry_refusal(self.profile, issue, command, self.trade_ns)
        if reason is Reason.HALTED:
            return Reason(issue.rules.marks.get(exchange_day.HALT_REASON, Reason.HALTED.value))
        return reason

    def _cancel(self, member: Member, command: Cancel) -> list[SimEvent]:
        order = member.by_id.get(command.orig_cl_ord_id)
        if member.is_duplicate(command.cl_ord_id):
            return [refused(command, order, self.trade_ns, Reason.DUPLICATE_CL_ORD_ID)]
        member.note_id(command.cl_ord_id)
        if order is None:
            return [refused(command, order, self.trade_ns, Reason.UNKNOWN_ORDER)]
        if order.ord_status.is_terminal:
            return [refused(command, order, self.trade_ns, Reason.TOO_LATE)]
        issue = self.issues[order.symbol]
        if not self.profile.phase_rule(issue.phase).cancels:
            return [refused(command, order, self.trade_ns, closed(issue.phase))]
        events: list[SimEvent] = []
        issue.remove(order, self.trade_ns, events)
        order.end(OrdStatus.CANCELED)
        told = order.event(
            OrderCanceled,
            self.trade_ns,
            cl_ord_id=command.cl_ord_id,
            orig_cl_ord_id=order.cl_ord_id,
            request_id=command.request_id,
            reason=Reason.BY_TRADER,
        )
        issue.settle(self.trade_ns, events)
        return self.closed_off([told, *events], issue.symbol)

    def _amend(self, member: Member, command: Amend) -> list[SimEvent]:
        order = member.by_id.get(command.orig_cl_ord_id)
        reason = self._amend_refusal(member, order, command)
        if reason is not Reason.NONE or order is None:
            if reason is not Reason.DUPLICATE_CL_ORD_ID:
                member.note_id(command.cl_ord_id)
            return [refused(command, order, self.trade_ns, reason)]
        issue = self.issues[order.symbol]
        replaced = order.cl_ord_id
        member.chain(order, command.cl_ord_id)
        events: list[SimEvent] = []
        reenters = exchange_day.amend(self, issue, order, command, events)
        told = order.event(OrderAmended, self.trade_ns, orig_cl_ord_id=replaced, request_id=command.request_id)
        events.insert(0, told)
        if reenters:
            issue.enter(order, self.trade_ns, events)
        issue.settle(self.trade_ns, events)
        return self.closed_off(events, issue.symbol)

    def _amend_refusal(self, member: Member, order: Order | None, command: Amend) -> Reason:
        if member.is_duplicate(command.cl_ord_id):
            return Reason.DUPLICATE_CL_ORD_ID
        if order is None:
            return Reason.UNKNOWN_ORDER
        if order.ord_status.is_terminal:
            return Reason.TOO_LATE
        if member.is_blocked:
            return Reason.MEMBER_BLOCKED
        if member.is_killed(order):
            return Reason.KILL_SWITCH
        return amend_refusal(self.profile, self.issues[order.symbol], order, command)

    def _kill_switch(self, member: Member, command: KillSwitch) -> list[SimEvent]:
        is_duplicate = bool(command.cl_ord_id) and member.is_duplicate(command.cl_ord_id)
        scope = scope_of(command)
        picked = member.picked(scope) if command.on and not is_duplicate else []
        if not is_duplicate:
            member.set_kill_switch(scope, on=command.on)
        if command.cl_ord_id:
            member.note_id(command.cl_ord_id)
        events = self.cancel_all(picked, Reason.KILL_SWITCH)
        events.append(
            KillSwitchChanged(
                trade_ns=self.trade_ns,
                session=member.session,
                cl_ord_id=command.cl_ord_id,
                account=command.account,
                on=scope in member.killed or WHOLE_MEMBER in member.killed,
                count=len(picked),
                reason=Reason.DUPLICATE_CL_ORD_ID if is_duplicate else Reason.NONE,
                symbol=command.symbol,
                side=command.side,
                smp_id=command.smp_id,
                request_id=command.request_id,
            )
        )
        return self.closed_off(events, *(order.symbol for order in picked))

    def _mass_status(self, member: Member, command: MassStatus) -> list[SimEvent]:
        stated, number, who = self.order_state(member.session), command.mass_status_req_id, member.session
        ended = MassStatusEnded(trade_ns=self.trade_ns, session=who, mass_status_req_id=number, count=len(stated))
        return [*stated, ended]

    def _act_of_venue(self, _: Member, command: ActOfVenue) -> list[SimEvent]:
        if isinstance(command, BreakTrade):
            return self.trades.undo(self, command)
        events: list[SimEvent] = []
        if isinstance(command, BlockMember):
            self.member(command.member).is_blocked = command.on
        if isinstance(command, Halt):
            exchange_day.halt(self, command, events)
        self.market.told(self, command, events)
        return self.closed_off(events)

    # -- common --

    def cancel_all(self, orders: list[Order], reason: Reason) -> list[SimEvent]:
        """Working orders end, unasked."""
        events: list[SimEvent] = []
        for order in orders:
            by_order: list[SimEvent] = []
            self.issues[order.symbol].remove(order, self.trade_ns, by_order)
            order.end(OrdStatus.CANCELED)
            events += [order.event(OrderCanceled, self.trade_ns, reason=reason), *by_order]
        return events

    def closed_off(self, events: list[SimEvent], *symbols: str) -> list[SimEvent]:
        """Forget what has ended; one BookChanged per touched issue closes the list."""
        self.forget_ended(events)
        events.extend(BookChanged(trade_ns=self.trade_ns, symbol=symbol) for symbol in dict.fromkeys(symbols))
        return events

    def forget_ended(self, events: list[SimEvent]) -> None:
        """Orders that have ended are no longer working."""
        for event in events:
            if isinstance(event, OrderEvent) and event.ord_status.is_terminal:
                member = self.members[event.session]
                order = member.by_id.get(event.order_id)
                if order is not None and order.ord_status.is_terminal:
                    member.forget_ended(order)
