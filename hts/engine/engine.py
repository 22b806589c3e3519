"""The engine: one state, four paths. Calls run to completion and return what is to be done.

    order_path    intents of terminals and scripts           recovery      start, sessions, reconciliation
    report_path   the venue's answers                        tick_path     market data

Times are arguments everywhere. Nothing in here performs I/O; the runner executes the effects, all records of a batch
first, in one write.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain

from hts.account.position import Position
from hts.base.errors import CorruptRecord
from hts.engine import copies, recovery, sessions, tick_path
from hts.engine.admission import proposal_view
from hts.engine.config import EngineConfig, FeeFunction
from hts.engine.consolidation import consolidated_book
from hts.engine.core import WORK_TIMER, Core
from hts.engine.facts import VenueDay
from hts.engine.latency import NO_STAMPS, Latency, Stamps
from hts.engine.order_path import on_intent, on_rate_timer
from hts.engine.report_path import on_cancel_reject, on_execution_report, on_venue_act
from hts.engine.risk_views import risk_view
from hts.engine.state_hash import state_hash as hash_of
from hts.engine.tracing import latency_view, plan_view, route_view, trace_of
from hts.engine.venue import Decode
from hts.engine.waiting import RATE_TIMER
from hts.engine.work_path import on_work_timer
from hts.engine.work_plan import on_algo_plan
from hts.journal.image import decode_into, encode
from hts.marketdata.consolidated import ConsolidatedBook
from hts.model.effects import Effects, Reply
from hts.model.enums import Side
from hts.model.instruments import Instrument
from hts.model.intents import AnyIntent
from hts.model.queries import AnyQuery, RequestAlgoPlan, RequestLatency, RequestPlan, RequestRisk, RequestRoute
from hts.model.quotes import (
    BookUpdate,
    MdBroken,
    MdDown,
    MdFault,
    MdUp,
    Packet,
    PhaseUpdate,
    RetransmitRefused,
    Snapshot,
    TradeUpdate,
)
from hts.model.records import AnyRecord
from hts.model.reports import (
    AnyReport,
    BehalfRefused,
    CopyDown,
    CopyUnread,
    CopyUp,
    ExecutionReport,
    KillSwitchNotice,
    MassStatusEnd,
    OrderCancelReject,
    OrderMassCancelReport,
    ReportCopied,
    RequestsLost,
    SessionDown,
    SessionUp,
)
from hts.model.requests import AnyRequest, NewOrderSingle, StartSession
from hts.model.session import Session
from hts.model.trace import TraceView
from hts.model.units import ClOrdID
from hts.model.views import AnyView, BarsView
from hts.rules.account_rules import AccountRules


class Engine:
    """The core's logic. `decode` gives the quotes of a packet's payload, by venue; `rules` are those of the accounts.

    Without rules each fill costs what `fee` says and settles at once.
    """

    def __init__(
        self,
        config: EngineConfig,
        decode: Mapping[str, Decode],
        fee: FeeFunction,
        rules: AccountRules | None = None,
    ) -> None:
        self._core = Core(config, decode, fee, rules)

    # -- life

    def recover(self, records: Iterable[AnyRecord]) -> None:
        """Apply the journal. Called once, before `start`."""
        for record in records:
            self._core.state.apply(record)

    def image(self) -> bytes:
        """The whole recoverable state as bytes."""
        return encode(self._core.state)

    def restore(self, image: bytes, state_hash: str) -> bool:
        """Take the state of an image, before `recover`, if it hashes to `state_hash` ("": in any case).

        Raises CorruptRecord when the bytes are not of such a state; either way nothing has changed then.
        """
        state = self._core.fresh_state()
        try:
            decode_into(state, image)
            found = hash_of(state)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise CorruptRecord(f"a state of another shape: {error}") from error
        if state_hash and found != state_hash:
            return False
        self._core.state = state
        return True

    def start(self, trade_ns: int, mono_ns: int, wall_ns: int) -> Effects:
        """Begin; the same after a first installation, a clean stop and a crash."""
        return recovery.start(self._core, trade_ns, mono_ns, wall_ns)

    @property
    def is_ready(self) -> bool:
        """Whether the core has recovered and a venue's session is up: an order would be checked and sent."""
        return self._core.is_ready and any(venue.is_up for venue in self._core.venues.values())

    @property
    def state_hash(self) -> str:
        """One line for the whole recoverable state."""
        return hash_of(self._core.state)

    @property
    def core(self) -> Core:
        """For checkers and the doctor: look, do not touch."""
        return self._core

    @property
    def latency(self) -> Latency:
        """How long orders take."""
        return self._core.latency

    # -- trading

    def on_intent(self, client: int, intent: AnyIntent, trade_ns: int, mono_ns: int) -> Effects:
        """A terminal wants something."""
        urgent, rest = on_intent(self._core, client, intent, trade_ns, mono_ns)
        return (*urgent, *rest())

    def begin_intent(
        self, client: int, intent: AnyIntent, trade_ns: int, mono_ns: int
    ) -> tuple[Effects, Callable[[], Effects]]:
        """The same in two steps: what a terminal sees is built when the request is on the wire."""
        return on_intent(self._core, client, intent, trade_ns, mono_ns)

    def on_login(self, client: int, session: Session, trade_ns: int, mono_ns: int) -> Effects:
        """A client has proved who it is."""
        return sessions.on_login(self._core, client, session, trade_ns, mono_ns)

    def on_logout(self, client: int) -> Effects:
        """A client has logged out or is gone."""
        sessions.on_logout(self._core, client)
        return ()

    def on_lock(self, client: int, *, is_locked: bool) -> Effects:
        """A client's session is locked, or unlocked by the person it belongs to."""
        sessions.on_lock(self._core, client, is_locked=is_locked)
        return ()

    def on_touch(self, client: int, act: str, trade_ns: int, mono_ns: int) -> Effects:
        """A client's person touched the key for an act that asked for it."""
        return sessions.on_touch(self._core, client, act, trade_ns, mono_ns)

    def on_query(self, client: int, query: AnyQuery, trade_ns: int, mono_ns: int) -> Effects:
        """A terminal asks something; one that is nobody yet is told nothing."""
        if not self._core.authority.sees(client):
            return ()
        if isinstance(query, RequestRoute):
            return (Reply(client, route_view(self._core, query.work_id)),)
        if isinstance(query, RequestPlan):
            return (Reply(client, plan_view(self._core, query, mono_ns)),)
        if isinstance(query, RequestAlgoPlan):
            return on_algo_plan(self._core, client, query, trade_ns, mono_ns)
        if isinstance(query, RequestRisk):
            return (Reply(client, risk_view(self._core, trade_ns, mono_ns, query.all_of)),)
        if isinstance(query, RequestLatency):
            return (Reply(client, latency_view(self._core, trade_ns, mono_ns)),)
        return tick_path.on_query(self._core, client, query)

    def trace(self, client: int, order_id: ClOrdID, trade_ns: int, mono_ns: int) -> TraceView | None:
        """An order's way so far, without its bytes, which the runner keeps; None for a client that is nobody yet."""
        if not self._core.authority.sees(client):
            return None
        return trace_of(self._core, order_id, trade_ns, mono_ns)

    def copies_request(self, venue: str) -> StartSession:
        """From where the venue's drop copy goes on."""
        day = self._core.state.copies.get(venue) or VenueDay()
        return StartSession(epoch=day.epoch, next_in_seq=day.next_in_seq, cancel_on_disconnect=False)

    def on_report(self, report: AnyReport, trade_ns: int, mono_ns: int) -> Effects:
        """The venue, or its gateway, says something."""
        core = self._core
        if isinstance(report, ReportCopied):
            return copies.on_copied(core, report, trade_ns, mono_ns)
        if isinstance(report, BehalfRefused):
            return copies.on_behalf_refused(core, report, trade_ns, mono_ns)
        effects = self._on_report(report, trade_ns, mono_ns)
        waiting = core.venues[report.venue].copies
        if waiting.undos or waiting.parked:
            return (*effects, *copies.take_waiting(core, report.venue, trade_ns, mono_ns))
        return effects

    def _on_report(self, report: AnyReport, trade_ns: int, mono_ns: int) -> Effects:
        core = self._core
        if isinstance(report, ExecutionReport):
            return on_execution_report(core, report, trade_ns, mono_ns)
        if isinstance(report, OrderCancelReject):
            return on_cancel_reject(core, report, trade_ns, mono_ns)
        if isinstance(report, MassStatusEnd):
            return recovery.on_mass_status_end(core, report, trade_ns, mono_ns)
        if isinstance(report, OrderMassCancelReport | KillSwitchNotice):
            return on_venue_act(core, report, trade_ns, mono_ns)
        if isinstance(report, RequestsLost):
            return recovery.on_requests_lost(core, report, trade_ns, mono_ns)
        if isinstance(report, SessionUp):
            return recovery.on_session_up(core, report, trade_ns, mono_ns)
        if isinstance(report, CopyUp):
            return copies.on_copy_up(core, report, trade_ns, mono_ns)
        if isinstance(report, CopyDown):
            return copies.on_copy_down(core, report, trade_ns, mono_ns)
        if isinstance(report, CopyUnread):
            return copies.on_copy_unread(core, report, trade_ns, mono_ns)
        assert isinstance(report, SessionDown), report
        return recovery.on_session_down(core, report, trade_ns, mono_ns)

    def on_line_heard(self, venue: str, mono_ns: int) -> None:
        """The order line brought bytes, be it a heartbeat."""
        self._core.venues[venue].link.heard_ns = mono_ns

    def on_sent(self, request: AnyRequest, mono_ns: int, stamps: Stamps = NO_STAMPS) -> None:
        """The runner has handed a request's bytes to the wire; for the latency figures only."""
        if isinstance(request, NewOrderSingle):
            self._core.latency.request_sent(request.cl_ord_id, mono_ns, stamps)

    def on_published(self, report: ExecutionReport, mono_ns: int) -> None:
        """What a report changed is with the terminals' connections; likewise."""
        order = self._core.state.orders.find(report.cl_ord_id)
        if order is not None:
            self._core.latency.published(order.order_id, mono_ns)

    # -- market data

    def on_packet(self, packet: Packet, trade_ns: int, mono_ns: int) -> Effects:
        """A packet of one line."""
        return tick_path.on_packet(self._core, packet, trade_ns, mono_ns)

    def on_snapshot(self, snapshot: Snapshot, trade_ns: int, mono_ns: int) -> Effects:
        """The whole state of the feed."""
        effects = tick_path.on_snapshot(self._core, snapshot, trade_ns, mono_ns)
        if self._core.venues[snapshot.venue].is_session_started:
            return effects
        return (*effects, *recovery.on_listing(self._core, trade_ns, mono_ns))

    def on_retransmit_refused(self, refused: RetransmitRefused, trade_ns: int, mono_ns: int) -> Effects:
        """Only a snapshot helps."""
        return tick_path.on_retransmit_refused(self._core, refused, trade_ns, mono_ns)

    def on_md_up(self, up: MdUp, trade_ns: int, mono_ns: int) -> Effects:
        """The feed speaks."""
        return tick_path.on_md_up(self._core, up, trade_ns, mono_ns)

    def on_md_down(self, down: MdDown, trade_ns: int, mono_ns: int) -> Effects:
        """The feed is silent."""
        return tick_path.on_md_down(self._core, down, trade_ns, mono_ns)

    def on_md_broken(self, broken: MdBroken, trade_ns: int, mono_ns: int) -> Effects:
        """A feed's books do not add up."""
        return tick_path.on_md_broken(self._core, broken, trade_ns, mono_ns)

    def on_md_fault(self, fault: MdFault, trade_ns: int, mono_ns: int) -> Effects:
        """The feed sent something unusable."""
        return tick_path.on_md_fault(self._core, fault, trade_ns, mono_ns)

    def on_bars(self, bars: BarsView, trade_ns: int, mono_ns: int) -> Effects:
        """History that a client asked for."""
        return tick_path.on_bars(self._core, bars, trade_ns, mono_ns)

    def consolidated_book(self, symbol: str) -> ConsolidatedBook:
        """What an order in the symbol could trade with now, over all venues."""
        return consolidated_book(self._core, symbol)

    # -- the process

    def on_timer(self, timer: str, trade_ns: int, mono_ns: int) -> Effects:
        """A timer that a SetTimer asked for."""
        if timer.startswith(tick_path.MD_TIMER):
            return tick_path.on_md_timer(self._core, timer.removeprefix(tick_path.MD_TIMER), trade_ns, mono_ns)
        if timer == WORK_TIMER:
            return on_work_timer(self._core, trade_ns, mono_ns)
        if timer == RATE_TIMER:
            return on_rate_timer(self._core, trade_ns, mono_ns)
        assert timer == recovery.STATUS_TIMER, timer
        return recovery.on_status_timer(self._core, trade_ns, mono_ns)

    def on_synced(self, token: int, trade_ns: int, mono_ns: int) -> Effects:
        """The journal up to the SyncThen with this token is on disk."""
        return recovery.on_synced(self._core, token, trade_ns, mono_ns)

    def on_journal_failed(self, detail: str, trade_ns: int, mono_ns: int) -> Effects:
        """The journal could not be written or synced: trading halts."""
        return recovery.on_journal_failed(self._core, detail, trade_ns, mono_ns)

    def on_clients(self, count: int, trade_ns: int, mono_ns: int) -> Effects:
        """How many terminals are attached now."""
        return recovery.on_clients(self._core, count, trade_ns, mono_ns)

    def on_other_builds(self, names: tuple[str, ...]) -> None:
        """Which terminals of another build are attached now; the next look at how things are tells it."""
        self._core.other_builds = names

    # -- a newly attached terminal

    def snapshot_views(self) -> tuple[AnyView, ...]:
        """The whole trading state."""
        return tuple(self.views_now())

    def views_now(self) -> Iterator[AnyView]:
        """The same as it is now, built one by one as they are taken: orders and holdings can be many.

        What changes while they are taken is told by a view of its own.
        """
        core = self._core
        state = core.state
        first: list[AnyView] = [core.status(venue) for venue in core.venues.values()]
        first.extend(core.books.account(money) for money in state.ledger.all_money())
        positions = map(self._position_view, list(state.ledger.positions()))
        orders = map(core.order_view, list(state.orders))
        views: list[AnyView] = [*state.fills]
        views.extend(core.alerts.alerts)
        views.extend(core.work_view(work) for work in state.works)
        views.extend(proposal_view(held, core.mono_ns) for held in core.authority.waiting(core.mono_ns))
        return chain(first, positions, orders, views)

    def _position_view(self, position: Position) -> AnyView:
        open_qty = self._core.state.orders.open_qty(position.account, position.symbol, Side.SELL)
        return self._core.books.position(position, open_qty)

    def snapshot_quotes(self) -> tuple[Instrument | PhaseUpdate | BookUpdate | TradeUpdate, ...]:
        """Venue by venue: the day's issues, the phases, the newest book and trade of every issue."""
        core = self._core
        return tuple(quote for venue in core.venues.values() for quote in venue.market.snapshot(core.trade_ns))
