"""The simulated exchange: a deterministic state machine from commands and time to events.

The same instruments, date, seed and commands at the same trade times give the same events, ids and state hash.
Scheduled changes happen at their own time, however late `advance` is called. A refusal is an event. What reaches the
book is checked here.
"""

import hashlib
from collections.abc import Callable, Mapping

import msgspec

from hts.model.enums import Market, OrdStatus, Phase
from hts.model.instruments import Instrument
from hts.model.quotes import BOOK_DEPTH, BookUpdate
from hts.model.reasons import Reason
from hts.rules.market_rules import MarketRules
from hts.sim.auction import CallPrice
from hts.sim.checks import amend_refusal, entry_refusal
from hts.sim.commands import Amend, AnyCommand, Cancel, Enter, KillSwitch, MassCancel, MassStatus, PublicPrint
from hts.sim.events import (
    BookChanged,
    KillSwitchChanged,
    MassCanceled,
    MassStatusEnded,
    OrderAccepted,
    OrderAmended,
    OrderCanceled,
    OrderExpired,
    OrderStated,
    OrderTraded,
    PhaseChanged,
    SimEvent,
)
from hts.sim.exchange_state import ExchangeState
from hts.sim.figures import DayFigures
from hts.sim.issue import Issue, Numbers
from hts.sim.members import WHOLE_MEMBER, Member, Scope, scope_of
from hts.sim.order import Order, refused, rejected
from hts.sim.timetable import Change, day_changes


class Exchange:
    """All issues and members of one trading day."""

    def __init__(
        self,
        rules: MarketRules,
        instruments: tuple[Instrument, ...],
        trading_date: int,
        seed: int,
        *,
        replays: Mapping[str, tuple[int, int]] | None = None,
    ) -> None:
        self.trading_date = trading_date
        self.trade_ns = 0
        self.market_phase = Phase.CLOSED
        self._numbers = Numbers()
        self._issues = {instrument.symbol: Issue(instrument, self._numbers) for instrument in instruments}
        self._members: dict[str, Member] = {}
        self._changes = day_changes(rules.schedule(trading_date), seed, replays)
        self._next_change = 0
        self._replay_until = {symbol: until_ns for symbol, (_, until_ns) in (replays or {}).items()}
        self._acts: dict[type[AnyCommand], Callable[..., list[SimEvent]]] = {
            Enter: self._enter,
            Cancel: self._cancel,
            Amend: self._amend,
            MassCancel: self._mass_cancel,
            MassStatus: self._mass_status,
            KillSwitch: self._kill_switch,
            PublicPrint: self._public_print,
        }

    def apply(self, command: AnyCommand, trade_ns: int) -> tuple[SimEvent, ...]:
        """Everything that follows from a command, scheduled changes up to `trade_ns` first."""
        before = self.advance(trade_ns)
        member = self._members.get(command.session)
        if member is None:
            member = self._members[command.session] = Member(command.session)
        return (*before, *self._acts[type(command)](member, command))

    def next_timer_ns(self) -> int | None:
        """Trade time of the next scheduled change; None after the last one of the day."""
        return self._changes[self._next_change].at_ns if self._next_change < len(self._changes) else None

    def advance(self, trade_ns: int) -> tuple[SimEvent, ...]:
        """Carry out the scheduled changes up to `trade_ns`, each at its own time."""
        events: list[SimEvent] = []
        while self._next_change < len(self._changes) and self._changes[self._next_change].at_ns <= trade_ns:
            change = self._changes[self._next_change]
            self._next_change += 1
            self.trade_ns = max(self.trade_ns, change.at_ns)
            self._carry_out(change, events)
        self.trade_ns = max(self.trade_ns, trade_ns)
        return tuple(events)

    @property
    def is_day_over(self) -> bool:
        """Nothing more will happen on this trading day."""
        return self._next_change == len(self._changes)

    @property
    def day_end_ns(self) -> int:
        """Trade time of the day's last scheduled change."""
        return self._changes[-1].at_ns

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """The day's list."""
        return tuple(issue.instrument for issue in self._issues.values())

    def depth(self, symbol: str, levels: int = BOOK_DEPTH) -> BookUpdate:
        """The published book now."""
        return self._issues[symbol].depth(levels, self.trade_ns)

    def day(self, symbol: str) -> DayFigures:
        """The day's figures so far."""
        return self._issues[symbol].figures

    def phase(self, symbol: str = "") -> Phase:
        """The phase of an issue, or of the market."""
        return self._issues[symbol].phase if symbol else self.market_phase

    def phase_until_ns(self, symbol: str = "") -> int:
        """Scheduled start of the phase after the running one; 0 when there is none."""
        if symbol in self._replay_until:
            return self._replay_until[symbol]
        done = [change for change in self._changes[: self._next_change] if not change.symbol]
        return done[-1].until_ns if done else next((c.at_ns for c in self._changes if not c.symbol), 0)

    def expected(self, symbol: str) -> CallPrice | None:
        """Where a running call would uncross now."""
        return self._issues[symbol].expected()

    def order_state(self, session: str) -> tuple[OrderStated, ...]:
        """All orders of a member's day, working or not, in order of acceptance."""
        member = self._members.get(session)
        return tuple(order.event(OrderStated, self.trade_ns) for order in member.orders) if member else ()

    def state_hash(self) -> str:
        """Equal hashes: the same orders, queues, figures, phases and numbers."""
        state = msgspec.structs.replace(self.save(), trade_ns=0)
        return hashlib.blake2b(msgspec.msgpack.encode(state), digest_size=16).hexdigest()

    def save(self) -> ExchangeState:
        """The whole state, for `load` in a process to come."""
        return ExchangeState(
            trading_date=self.trading_date,
            trade_ns=self.trade_ns,
            market_phase=self.market_phase,
            next_change=self._next_change,
            exec_id=self._numbers.exec_id,
            match_id=self._numbers.match_id,
            venue_order_id=self._numbers.venue_order_id,
            issues=tuple(issue.save() for issue in self._issues.values()),
            members=tuple(member.save() for member in self._members.values()),
        )

    def load(self, state: ExchangeState) -> None:
        """Take over a saved state of the same day; this exchange must be new."""
        assert not self._members, "load into a new exchange"
        assert state.trading_date == self.trading_date, (state.trading_date, self.trading_date)
        self.trade_ns = state.trade_ns
        self.market_phase = state.market_phase
        self._next_change = state.next_change
        self._numbers.exec_id = state.exec_id
        self._numbers.match_id = state.match_id
        self._numbers.venue_order_id = state.venue_order_id
        orders: dict[int, Order] = {}
        for member in state.members:
            self._members[member.session] = loaded = Member.load(member)
            orders |= {order.venue_order_id: order for order in loaded.by_id.values()}
        for issue in state.issues:
            self._issues[issue.symbol].load(issue, [orders[number] for number in issue.queue])

    def standing(self) -> list[SimEvent]:
        """Working orders and phases as events: what a listener that joins now would have to know."""
        orders = [order for member in self._members.values() for order in member.working.values()]
        events: list[SimEvent] = [order.event(OrderAccepted, self.trade_ns) for order in orders]
        for symbol, issue in (("", None), *self._issues.items()):
            if issue is None or issue.phase is not self.market_phase:
                phase = self.market_phase if issue is None else issue.phase
                events.append(
                    PhaseChanged(
                        trade_ns=self.trade_ns, symbol=symbol, phase=phase, until_ns=self.phase_until_ns(symbol)
                    )
                )
        return events

    # -- commands --

    def _enter(self, member: Member, command: Enter) -> list[SimEvent]:
        reason = self._refusal(member, command)
        if reason is not Reason.NONE:
            if reason is not Reason.DUPLICATE_CL_ORD_ID:
                member.note_id(command.cl_ord_id)
            return [rejected(command, self.trade_ns, reason)]
        self._numbers.venue_order_id += 1
        order = Order(command, self._numbers.venue_order_id)
        member.add(order)
        events: list[SimEvent] = [order.event(OrderAccepted, self.trade_ns)]
        self._issues[command.symbol].enter(order, self.trade_ns, events)
        return self._closed_off(events, order)

    def _refusal(self, member: Member, command: Enter) -> Reason:
        if member.is_duplicate(command.cl_ord_id):
            return Reason.DUPLICATE_CL_ORD_ID
        if not member.may_enter(self.trade_ns):
            return Reason.THROTTLED
        issue = self._issues.get(command.symbol)
        if issue is None:
            return Reason.UNKNOWN_SYMBOL
        if member.is_killed(command):
            return Reason.KILL_SWITCH
        return entry_refusal(issue.instrument, issue.phase, command)

    def _cancel(self, member: Member, command: Cancel) -> list[SimEvent]:
        order = member.by_id.get(command.orig_cl_ord_id)
        if member.is_duplicate(command.cl_ord_id):
            return [refused(command, order, self.trade_ns, Reason.DUPLICATE_CL_ORD_ID)]
        member.note_id(command.cl_ord_id)
        if order is None:
            return [refused(command, order, self.trade_ns, Reason.UNKNOWN_ORDER)]
        if order.ord_status.is_terminal:
            return [refused(command, order, self.trade_ns, Reason.TOO_LATE)]
        self._issues[order.symbol].remove(order)
        order.end(OrdStatus.CANCELED)
        event = order.event(
            OrderCanceled,
            self.trade_ns,
            cl_ord_id=command.cl_ord_id,
            orig_cl_ord_id=order.cl_ord_id,
            request_id=command.request_id,
            reason=Reason.BY_TRADER,
        )
        return self._closed_off([event], order)

    def _amend(self, member: Member, command: Amend) -> list[SimEvent]:
        order = member.by_id.get(command.orig_cl_ord_id)
        reason = self._amend_refusal(member, order, command)
        if reason is not Reason.NONE or order is None:
            if reason is not Reason.DUPLICATE_CL_ORD_ID:
                member.note_id(command.cl_ord_id)
            return [refused(command, order, self.trade_ns, reason)]
        issue = self._issues[order.symbol]
        replaced = order.cl_ord_id
        member.chain(order, command.cl_ord_id)
        moves = command.px != order.px
        by = order.order_qty - command.qty
        order.order_qty = command.qty
        if moves:
            issue.remove(order)
            order.px = command.px
            order.leaves_qty -= by
        elif by:
            issue.reduce(order, by)
        events: list[SimEvent] = [
            order.event(OrderAmended, self.trade_ns, orig_cl_ord_id=replaced, request_id=command.request_id)
        ]
        if moves:
            issue.enter(order, self.trade_ns, events)
        return self._closed_off(events, order)

    def _amend_refusal(self, member: Member, order: Order | None, command: Amend) -> Reason:
        if member.is_duplicate(command.cl_ord_id):
            return Reason.DUPLICATE_CL_ORD_ID
        if order is None:
            return Reason.UNKNOWN_ORDER
        if order.ord_status.is_terminal:
            return Reason.TOO_LATE
        if member.is_killed(order):
            return Reason.KILL_SWITCH
        issue = self._issues[order.symbol]
        return amend_refusal(issue.instrument, issue.phase, order, command)

    def _mass_cancel(self, member: Member, command: MassCancel) -> list[SimEvent]:
        is_duplicate = bool(command.cl_ord_id) and member.is_duplicate(command.cl_ord_id)
        picked = [] if is_duplicate else member.picked(Scope(command.account, command.symbol))
        events = self._end(picked, OrderCanceled, OrdStatus.CANCELED, command.reason)
        if command.cl_ord_id:
            member.note_id(command.cl_ord_id)
            events.append(
                MassCanceled(
                    trade_ns=self.trade_ns,
                    session=member.session,
                    cl_ord_id=command.cl_ord_id,
                    account=command.account,
                    symbol=command.symbol,
                    count=len(picked),
                    reason=Reason.DUPLICATE_CL_ORD_ID if is_duplicate else Reason.NONE,
                )
            )
        return self._closed_off(events, *picked)

    def _kill_switch(self, member: Member, command: KillSwitch) -> list[SimEvent]:
        is_duplicate = bool(command.cl_ord_id) and member.is_duplicate(command.cl_ord_id)
        scope = scope_of(command)
        picked = member.picked(scope) if command.on and not is_duplicate else []
        if not is_duplicate:
            member.set_kill_switch(scope, on=command.on)
        if command.cl_ord_id:
            member.note_id(command.cl_ord_id)
        events = self._end(picked, OrderCanceled, OrdStatus.CANCELED, Reason.KILL_SWITCH)
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
            )
        )
        return self._closed_off(events, *picked)

    def _mass_status(self, member: Member, command: MassStatus) -> list[SimEvent]:
        stated = self.order_state(member.session)
        ended = MassStatusEnded(
            trade_ns=self.trade_ns,
            session=member.session,
            mass_status_req_id=command.mass_status_req_id,
            count=len(stated),
        )
        return [*stated, ended]

    def _public_print(self, _: Member, told: PublicPrint) -> list[SimEvent]:
        return [self._issues[told.symbol].print_hidden(told.px, told.qty, told.side, self.trade_ns)]

    # -- the day --

    def _carry_out(self, change: Change, events: list[SimEvent]) -> None:
        issues = [issue for issue in self._issues.values() if self._is_meant(issue, change)]
        ends = change.phase is Phase.CLOSED
        if not change.repeats:
            for issue in issues:
                issue.uncross(self.trade_ns, events)
            self._forget_ended(events)
        if ends:
            working = [order for issue in issues for order in issue.resting()]
            events += self._end(working, OrderExpired, OrdStatus.EXPIRED, Reason.SESSION_END)
            self._forget_ended(events)
        for issue in issues:
            issue.changed_phase(change.phase, is_disclosed=change.disclosed)
        if not change.repeats:
            events += self._phase_events(change)
        events += [BookChanged(trade_ns=self.trade_ns, symbol=issue.instrument.symbol) for issue in issues]

    def _is_meant(self, issue: Issue, change: Change) -> bool:
        if change.symbol:
            return issue.instrument.symbol == change.symbol
        if issue.instrument.market is not Market.REPLAY:
            return True
        return change.phase is Phase.CLOSED and issue.phase is not Phase.CLOSED  # the venue's day ends for all

    def _phase_events(self, change: Change) -> list[PhaseChanged]:
        told = PhaseChanged(trade_ns=self.trade_ns, symbol=change.symbol, phase=change.phase, until_ns=change.until_ns)
        if change.symbol:
            return [told]
        self.market_phase = change.phase
        # A market-wide change reads as everyone's: replayed issues say again where they are.
        return [told] + [
            PhaseChanged(trade_ns=self.trade_ns, symbol=symbol, phase=issue.phase, until_ns=self.phase_until_ns(symbol))
            for symbol, issue in self._issues.items()
            if issue.instrument.market is Market.REPLAY
        ]

    # -- common --

    def _end(
        self, orders: list[Order], kind: type[OrderCanceled | OrderExpired], status: OrdStatus, reason: Reason
    ) -> list[SimEvent]:
        events: list[SimEvent] = []
        for order in orders:
            self._issues[order.symbol].remove(order)
            order.end(status)
            self._members[order.session].forget_ended(order)
            events.append(order.event(kind, self.trade_ns, reason=reason))
        return events

    def _closed_off(self, events: list[SimEvent], *orders: Order) -> list[SimEvent]:
        """Forget what has ended; one BookChanged per touched issue closes the list."""
        self._forget_ended(events)
        touched = dict.fromkeys(order.symbol for order in orders)
        events.extend(BookChanged(trade_ns=self.trade_ns, symbol=symbol) for symbol in touched)
        return events

    def _forget_ended(self, events: list[SimEvent]) -> None:
        for event in events:
            if isinstance(event, (OrderTraded, OrderCanceled)) and event.leaves_qty == 0:
                member = self._members[event.session]
                order = member.by_id.get(event.order_id)
                if order is not None and order.ord_status.is_terminal:
                    member.forget_ended(order)
