"""The state that the journal rebuilds: `apply(record)` is the only way in which it changes.

Theory of operation. The four paths decide, build a record and apply it here at once (a client's order when it has
left: `hts.engine.core.Batch.record_late`); the journal writes the same record before anything leaves the house.
Replay applies the same records again. So the state after a crash is the state before it, and `state_hash` can prove
that. Nothing in here reads a clock, a price or a table of rates: what a decision needed from outside stands in the
record.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

from hts.account.book import AccountBook
from hts.engine.core_fills import FILLS_SHOWN_MAX, book
from hts.engine.facts import CopyDay, Plan, VenueDay
from hts.engine.limit_rates import LimitRates
from hts.engine.risk_facts import open_order, order_scopes, set_kill_switch
from hts.engine.set_aside import SetAside
from hts.engine.work_state import Works
from hts.model.denials import Rule
from hts.model.enums import CxlRejResponseTo, DisconnectPolicy, ExecType
from hts.model.instruments import Instrument
from hts.model.reasons import LocalCause
from hts.model.records import (
    AccountOpened,
    AlgoLearnt,
    AnyRecord,
    CancelEntered,
    CancelForgotten,
    CopySessionStarted,
    CoreStarted,
    DisconnectPolicySet,
    FlattenEntered,
    IdBlockReserved,
    InstrumentListed,
    IntentDenied,
    IntentDone,
    KillSwitchSet,
    OrderClosed,
    OrderEntered,
    ReplaceEntered,
    ReportReceived,
    RouteDecided,
    TrailsMoved,
    VenueSeqSeen,
    VenueSessionStarted,
    WorkAmended,
    WorkMoved,
    WorkStarted,
)
from hts.model.records_risk import LimitsSet, ReleaseRequested, TradingStateSet
from hts.model.reports import ExecutionReport, OrderCancelReject
from hts.model.units import NO_ID, ClOrdID, Notional
from hts.model.views import FillView, OutcomeView
from hts.oms.idempotency import Outcomes
from hts.oms.ids import BLOCK_SIZE, ClOrdIDs
from hts.oms.order import (
    Order,
    adopted,
    close,
    denied,
    entered,
    forget_request,
    refuse_request,
    request_cancel,
    request_replace,
)
from hts.oms.order_report import UNDOES, apply_report, fill_of
from hts.oms.orders import Orders
from hts.oms.unsaid import unsaid_of
from hts.risk.guards import Guards, HouseLimits
from hts.risk.reckoning import AS_THEY_ARE, Rates, price_unit


class CoreState:
    """Orders, outcomes, ids, money, risk memory, the venues' days. `venues`: those that this core trades at."""

    def __init__(
        self, venues: tuple[str, ...], house: HouseLimits, rates: Rates = AS_THEY_ARE, id_block_size: int = BLOCK_SIZE
    ) -> None:
        self.venues = venues
        self.runs = 0
        self.version = ""  # build and settings of the process that runs, or ran last
        self.orders = Orders()
        self.ids = ClOrdIDs(id_block_size)
        self.outcomes = Outcomes()
        self.book = AccountBook()
        self.ledger = self.book.ledger
        limit_rates = LimitRates(rates, self.book)
        self.in_house, self.gain_in_house = limit_rates.in_house, limit_rates.gain_in_house
        self.guards = Guards(house, self.in_house)
        self.policies: dict[str, DisconnectPolicy] = {}
        self.works = Works()
        self.aside = SetAside()
        self.flattening: dict[tuple[str, str], FlattenEntered] = {}
        self.listed: dict[tuple[str, str], Instrument] = {}  # by venue and symbol
        self._days: dict[str, VenueDay] = {venue: VenueDay() for venue in venues}
        self.copies: dict[str, CopyDay] = {}  # of those venues whose drop copy was heard
        self.fills: deque[FillView] = deque(maxlen=FILLS_SHOWN_MAX)
        self._planned: tuple[ExecutionReport, Notional, str, Plan] | None = None
        self._apply: dict[type, Callable[[Any], None]] = {
            CoreStarted: self._core_started,
            AccountOpened: self._account_opened,
            IdBlockReserved: self._id_block_reserved,
            InstrumentListed: self._instrument_listed,
            OrderEntered: self._order_entered,
            CancelEntered: self._cancel_entered,
            ReplaceEntered: self._replace_entered,
            FlattenEntered: self._flatten_entered,
            IntentDone: self._intent_done,
            IntentDenied: self._intent_denied,
            ReportReceived: self._report_received,
            VenueSeqSeen: self._venue_seq_seen,
            VenueSessionStarted: self._venue_session_started,
            CopySessionStarted: self._copy_session_started,
            OrderClosed: self._order_closed,
            CancelForgotten: self._cancel_forgotten,
            KillSwitchSet: self._kill_switch_set,
            TradingStateSet: self._trading_state_set,
            ReleaseRequested: self._release_requested,
            LimitsSet: self._limits_set,
            DisconnectPolicySet: self._disconnect_policy_set,
            **dict.fromkeys(self.book.record_types, self.book.apply),
            WorkStarted: self._work_started,
            WorkMoved: self._work_moved,
            WorkAmended: self._work_amended,
            RouteDecided: self.works.decide,
            AlgoLearnt: self.works.learn,
            TrailsMoved: self.works.follow,
        }

    def apply(self, record: AnyRecord) -> None:
        """Make a fact true. The same for live records and for replayed ones."""
        self._apply[type(record)](record)
        self._planned = None

    def day(self, venue: str) -> VenueDay:
        """The venue's day; one of a venue that a core of other settings traded at is kept."""
        day = self._days.get(venue)
        if day is None:
            day = self._days[venue] = VenueDay()
        return day

    @property
    def today(self) -> int:
        """The newest trading date that a venue has told; 0 before the first."""
        return max((day.trading_date for day in self._days.values()), default=0)

    def issue(self, symbol: str) -> Instrument | None:
        """An issue as the first venue lists it that we dealt in it at."""
        return next((self.listed[venue, symbol] for venue in self._days if (venue, symbol) in self.listed), None)

    def days(self) -> list[tuple[str, VenueDay]]:
        """All venues' days, by name."""
        return sorted(self._days.items())

    def plan_report(self, report: ExecutionReport, reserved: Notional, system: str = "") -> Plan:
        """What applying `report` would do. Raises IllegalTransitionError or ReportMismatchError; changes nothing."""
        before = self.orders.find(report.cl_ord_id) or self.orders.find(report.orig_cl_ord_id)
        currency = self.currency(report.account, report.venue, report.symbol)
        order = before or adopted(report, reserved, currency, system)
        undone = self.orders.booked(report.venue, report.exec_ref_id) if report.exec_type in UNDOES else None
        after = apply_report(order, report, reserved, undone)
        plan = Plan(before=before, after=after, fill=fill_of(order, report, undone))
        self._planned = (report, reserved, system, plan)
        return plan

    def _plan_of(self, record: ReportReceived, report: ExecutionReport) -> Plan:
        """The plan that was just made of this very report, where no record came in between; else a new one."""
        if self._planned is not None:
            planned, reserved, system, plan = self._planned
            if planned is report and reserved == record.reserved and system == record.system:
                return plan
        return self.plan_report(report, record.reserved, record.system)

    def currency(self, account: str, venue: str, symbol: str) -> str:
        """In which the account deals in a symbol at a venue: the issue's, whether it has money of that yet or not."""
        issue = self.listed.get((venue, symbol))
        return issue.currency if issue is not None else self.ledger.home_currency(account)

    def unit(self, order: Order) -> str:
        """What the order's price times its quantity counts in."""
        issue = self.listed.get((order.venue, order.symbol))
        return price_unit(issue) if issue is not None and issue.currency == order.currency else order.currency

    # -- the process and its accounts

    def _core_started(self, record: CoreStarted) -> None:
        self.runs += 1
        self.version = f"{record.build} {record.config_hash}".strip()
        self.ids.start_run()
        self.guards.start_run()

    def _account_opened(self, record: AccountOpened) -> None:
        self.ledger.open(record.account, record.currency, record.cash)
        self.policies.setdefault(record.account, record.disconnect_policy)

    def _id_block_reserved(self, record: IdBlockReserved) -> None:
        self.ids.reserve(record.first, record.last)

    def _instrument_listed(self, record: InstrumentListed) -> None:
        instrument = record.instrument
        self.listed[instrument.venue, instrument.symbol] = instrument

    # -- intents

    def _order_entered(self, record: OrderEntered) -> None:
        self.ids.note_used(record.exits[-1].cond_id if record.exits else record.cl_ord_id)
        order = entered(record, self.currency(record.account, record.venue, record.symbol))
        self._put(None, order)
        key = (record.symbol, record.side, record.ord_type, int(record.px), int(record.qty))
        self.guards.note_order(order_scopes(order), key, record.mono_ns, record.parent_id)
        self._accept(record.account, record.request_id, order.order_id)
        self._end_flatten(record.account, record.symbol, record.request_id)
        self.works.order_entered(record)

    def _cancel_entered(self, record: CancelEntered) -> None:
        self.ids.note_used(record.cl_ord_id)
        order = self._order(record.orig_cl_ord_id)
        self._put(order, request_cancel(order, record))
        self.guards.note_cancel(order_scopes(order), record.mono_ns)
        self._accept(order.account, record.request_id, order.order_id)

    def _replace_entered(self, record: ReplaceEntered) -> None:
        self.ids.note_used(record.cl_ord_id)
        order = self._order(record.orig_cl_ord_id)
        self._put(order, request_replace(order, record))
        self.guards.note_amend(order_scopes(order), record.mono_ns)
        self._accept(order.account, record.request_id, order.order_id)

    def _flatten_entered(self, record: FlattenEntered) -> None:
        self.flattening[record.account, record.symbol] = record
        self._accept(record.account, record.request_id, NO_ID, len(record.order_ids))

    def _intent_done(self, record: IntentDone) -> None:
        self._accept(record.account, record.request_id, NO_ID, record.count)
        for (account, symbol), flatten in list(self.flattening.items()):
            if account == record.account and flatten.request_id == record.request_id:
                del self.flattening[account, symbol]

    def _intent_denied(self, record: IntentDenied) -> None:
        if record.cl_ord_id:
            self.ids.note_used(record.cl_ord_id)
            order = denied(record, self.venues[0])
            self._put(None, order)
            if record.denial.rule is Rule.SELF_TRADE:
                self.guards.note_self_cross(order_scopes(order), record.mono_ns)
        outcome = OutcomeView(
            request_id=record.request_id, accepted=False, order_id=record.cl_ord_id, denial=record.denial, count=0
        )
        self.outcomes.keep(record.account, outcome)
        self._end_flatten(record.account, record.symbol, record.request_id)
        if record.parent_id:
            self.works.child_denied(record)

    def _kill_switch_set(self, record: KillSwitchSet) -> None:
        set_kill_switch(self.guards, record)
        for _, cl_ord_id in (*record.mass_cancels, *record.behalf_cancels):
            self.ids.note_used(cl_ord_id)
        self._accept(record.account, record.request_id, NO_ID)

    def _trading_state_set(self, record: TradingStateSet) -> None:
        self.guards.set_state(record.scope, record.state, record.cause, record.detail)
        self._accept(record.account, record.request_id, NO_ID)

    def _limits_set(self, record: LimitsSet) -> None:
        self.guards.set_limits(record.scope, record.limits, is_queued=record.is_queued)
        self._accept(record.account, record.request_id, NO_ID)

    def _release_requested(self, record: ReleaseRequested) -> None:
        self.guards.ask_release(record)
        self._accept(record.account, record.request_id, NO_ID)

    def _disconnect_policy_set(self, record: DisconnectPolicySet) -> None:
        self.policies[record.account] = record.policy
        self._accept(record.account, record.request_id, NO_ID)

    # -- reports

    def _report_received(self, record: ReportReceived) -> None:
        report = record.report
        if record.copies_to:
            self.copies[report.venue].next_in_seq = record.copies_to
        else:
            self._read(report.venue, report.venue_seq)
        if isinstance(report, OrderCancelReject):
            order = self.orders.find(report.cl_ord_id) or self._order(report.orig_cl_ord_id)
            self._put(order, refuse_request(order, report))
            if report.response_to is CxlRejResponseTo.REPLACE:
                self.guards.note_reject(order_scopes(order), record.mono_ns)
            return
        plan = self._plan_of(record, report)
        self._put(plan.before, plan.after)
        if record.system:
            self.copies[report.venue].told[plan.after.order_id] = report.venue_seq
        else:
            self.ids.note_used(report.cl_ord_id)
            if record.copies_to and plan.fill is not None and plan.before is not None:
                self.orders.unsaid[report.venue, report.exec_id] = unsaid_of(plan.before, plan.after)
        if report.exec_type is ExecType.REJECTED and not record.system:
            self.guards.note_reject(order_scopes(plan.after), record.mono_ns)
        self.orders.link(report.cl_ord_id, plan.after.order_id)
        # The outcomes of a lost journal tail come back with the reports; where one is known it stands.
        self._accept(report.account, report.request_id, plan.after.order_id)
        if plan.before is None:
            self.works.child_found(plan.after)
            part = self.works.of_child(plan.after.order_id)
            if part is not None:
                self.aside.follow(part.work_id, None, plan.after, self.ledger)
        self.works.child_reported(plan.after, plan.fill, record.trade_ns)
        if plan.fill is not None:
            book(self, plan.after, plan.fill, record, report)

    def _venue_seq_seen(self, record: VenueSeqSeen) -> None:
        self._read(record.venue, record.venue_seq)
        if record.exec_id:
            self.orders.unsaid.pop((record.venue, record.exec_id), None)

    def _copy_session_started(self, record: CopySessionStarted) -> None:
        self.copies[record.venue] = CopyDay(epoch=record.epoch, trading_date=record.trading_date)

    def _venue_session_started(self, record: VenueSessionStarted) -> None:
        venue = record.venue
        assert record.epoch != self.day(venue).epoch, record
        self._days[venue] = VenueDay(epoch=record.epoch, trading_date=record.trading_date)
        if record.is_renumbered:
            return
        self._drop_flattens(venue)
        self.orders.start_day(venue, self.works.counted_by_exits())
        self.ledger.start_day(venue, record.trading_date)
        if venue == self.venues[0]:
            self.guards.start_day()
        self.works.forget_over()
        self.fills = deque((fill for fill in self.fills if fill.venue != venue), maxlen=FILLS_SHOWN_MAX)

    def _drop_flattens(self, venue: str) -> None:
        """A wish that waits for an order of yesterday ends with it."""
        for place, wish in list(self.flattening.items()):
            orders = [self.orders.find(order_id) for order_id in wish.order_ids]
            if any(order is None or order.venue == venue for order in orders):
                del self.flattening[place]

    def _order_closed(self, record: OrderClosed) -> None:
        order = self._order(record.cl_ord_id)
        self._put(order, close(order, LocalCause(record.cause)))

    def _cancel_forgotten(self, record: CancelForgotten) -> None:
        order = self._order(record.cl_ord_id)
        self._put(order, forget_request(order, record.cl_ord_id))

    # -- work

    def _work_started(self, record: WorkStarted) -> None:
        self.ids.note_used(record.exits[-1].cond_id if record.exits else record.work_id)
        self.works.start(record)
        self.aside.start(record, self.ledger)
        self._accept(record.account, record.request_id, record.work_id)

    def _work_amended(self, record: WorkAmended) -> None:
        self.works.amend(record)
        self._accept(record.account, record.request_id, record.work_id)

    def _work_moved(self, record: WorkMoved) -> None:
        self.works.move(record)
        if self.aside.pots:
            self.aside.move(self.works.get(record.work_id), self.works, self.ledger)
        self._accept(record.account, record.request_id, record.work_id)

    # -- leaves

    def _order(self, cl_ord_id: ClOrdID) -> Order:
        order = self.orders.find(cl_ord_id)
        assert order is not None, cl_ord_id
        return order

    def _put(self, before: Order | None, after: Order) -> None:
        """Replace an order's value, what it holds of the account's cash, and what risk reserves for it."""
        self.orders.put(after)
        self.guards.set_order(open_order(after, self.unit(after)))
        change = after.held - (before.held if before else 0)
        if change:
            self.ledger.hold(after.account, after.currency, change)
        if self.aside.pots and after.parent_id:
            self.aside.follow(after.parent_id, before, after, self.ledger)

    def _read(self, venue: str, venue_seq: int) -> None:
        day = self.day(venue)
        assert venue_seq >= day.next_in_seq, (venue, venue_seq, day.next_in_seq)
        day.next_in_seq = venue_seq + 1

    def _accept(self, account: str, request_id: str, order_id: ClOrdID, count: int = 1) -> None:
        if request_id and self.outcomes.find(account, request_id) is None:
            outcome = OutcomeView(request_id=request_id, accepted=True, order_id=order_id, count=count)
            self.outcomes.keep(account, outcome)

    def _end_flatten(self, account: str, symbol: str, request_id: str) -> None:
        flatten = self.flattening.get((account, symbol))
        if flatten is not None and flatten.request_id == request_id:
            del self.flattening[account, symbol]
