"""What the four paths work on: the state, the venues, and the batch of effects they fill.

A `Batch` keeps the write-ahead order by construction: `record` applies a fact to the state and appends it, `send` comes
after the records it belongs to, and what terminals see is built at the end, once, from the state as it then stands.

An order of a client is appended first and applied when it is on the wire (`record_late`): nothing can come in between.
"""

from collections.abc import Callable, Mapping
from typing import Any

from hts.engine.account_views import Books
from hts.engine.authority import Authority
from hts.engine.config import EngineConfig, FeeFunction
from hts.engine.core_state import CoreState
from hts.engine.fee_rates import FeeRates
from hts.engine.latency import Latency
from hts.engine.venue import Decode, Venue
from hts.engine.verdicts import Verdicts
from hts.engine.views import order_view, status_view, work_view
from hts.engine.waiting_room import WaitingRoom
from hts.engine.work_desk import Desk
from hts.engine.work_state import Work
from hts.model.denials import Denial
from hts.model.effects import Append, Effect, Effects, Publish, Reply, Send, SetTimer, SyncThen
from hts.model.enums import DisconnectPolicy, Side
from hts.model.instruments import Instrument
from hts.model.records import AnyRecord, IdBlockReserved, OrderEntered
from hts.model.requests import AnyRequest, NewOrderSingle, OrderCancelReplaceRequest, StartSession
from hts.model.units import ClOrdID
from hts.model.views import (
    AnyView,
    FillView,
    NoticeView,
    OrderView,
    OutcomeView,
    StatusView,
)
from hts.model.work import WorkView
from hts.oms.order import Order
from hts.risk.alerts import AlertSink
from hts.risk.checks import Pass
from hts.risk.proposal import Act, Proposal
from hts.risk.told import judged
from hts.rules.account_rules import AccountRules
from hts.rules.fees import CostRates

RECONCILE_PATIENCE_NS = 60_000_000_000  # then the others are traded at without it

WORK_TIMER = "work"


class Core:
    """Everything one engine owns."""

    def __init__(
        self,
        config: EngineConfig,
        decode: Mapping[str, Decode],
        fee: FeeFunction,
        rules: AccountRules | None = None,
    ) -> None:
        self.config = config
        self.fee = fee
        self.rules = rules
        if rules is not None:
            rules.check_fee_sets([account.fee_set for account in config.accounts])
        self.state = self.fresh_state()
        self.fees = FeeRates(rules, lambda: self.state.book)
        self.venues = {name: Venue(name, decode[name]) for name in config.venues}
        self.home = self.venues[config.venues[0]]
        self.latency = Latency()
        self.verdicts = Verdicts()
        self.desk = Desk()
        self.waiting = WaitingRoom(config.waiting_max)
        self.late: list[OrderEntered] = []  # handed out to be written and sent, and not applied yet
        self.alerts = AlertSink()
        self.authority = Authority(asks_login=config.asks_login, four_eyes=config.four_eyes)
        self.changed_from = ""  # build and settings of the process before, where they were others
        self.is_halted = False
        self.unjournaled: dict[ClOrdID, Order] = {}  # orders as a halted core shows them, never kept
        self.unjournaled_cancels: set[ClOrdID] = set()  # orders that a halted core has asked the venue to cancel
        self.clients = 0
        self.other_builds: tuple[str, ...] = ()  # attached terminals of another build, which may only look
        self.trade_ns = 0  # the newest that was told
        self.mono_ns = 0  # likewise
        self.sync_token = 0
        self.promises: dict[int, tuple[int, str, str]] = {}  # hts.engine.promises: client, account, request id
        self.started_ns = 0
        self.traded_before: tuple[str, ...] = ()  # venues that an earlier process had a session at
        self.slow_told_ns = -(1 << 62)  # when a slow order was last told
        self.bar_clients: dict[tuple[str, str, int], set[int]] = {}

    def fresh_state(self) -> CoreState:
        """A state that knows the settings and nothing else."""
        config = self.config
        return CoreState(config.venues, config.house, config.rates, config.id_block_size)

    def rates(self, account: str, issue: Instrument, trading_date: int) -> CostRates:
        """Fee and tax rates of an issue on a day for an account. Only a core with account rules is asked."""
        return self.fees.of(account, issue, trading_date)

    @property
    def books(self) -> Books:
        """The account side as terminals see it."""
        return Books(self.state, self.rules, self.mark_px, self.fees.plan)

    @property
    def is_ready(self) -> bool:
        """Whether the core has recovered: ids on disk, journal writable, and at least one venue was reconciled."""
        if self.is_halted or not self.state.ids.has_usable:
            return False
        return self.home.link.was_up or any(v.link.was_up for v in self.venues.values())

    def is_reconciled(self, mono_ns: int) -> bool:
        """Whether every venue that we traded at has told its orders since this process began, or is away for long.

        After a power cut the journal may lack orders that hold shares and cash at a venue that is not back yet: what
        another venue is offered must not be promised twice.
        """
        if not self.traded_before:  # as on a first day: nothing to wait for
            return True
        return not self.untold or mono_ns - self.started_ns >= RECONCILE_PATIENCE_NS

    @property
    def untold(self) -> list[str]:
        """Venues that we traded at and that have not told their orders since this process began."""
        return [name for name in self.traded_before if not self.venues[name].link.was_up]

    def is_up(self, venue: str) -> bool:
        """Whether requests may be sent to the venue."""
        found = self.venues.get(venue)
        return found is not None and found.is_up

    def route(self, venue: str, symbol: str) -> Venue | None:
        """Where an order goes: the venue it names, else the first that lists the symbol, else the home venue."""
        if venue:
            return self.venues.get(venue)
        if symbol in self.home.market.instruments:
            return self.home
        return next((one for one in self.venues.values() if symbol in one.market.instruments), self.home)

    def venues_of(self, symbol: str) -> list[Venue]:
        """Those that list the issue today; the ones that are up and take limit orders in it now come first."""
        listing = [venue for venue in self.venues.values() if symbol in venue.market.instruments]
        return sorted(listing, key=lambda venue: not self._takes(venue, symbol))

    def _takes(self, venue: Venue, symbol: str) -> bool:
        phase = venue.market.phase_of(symbol)
        return venue.is_up and phase.takes_orders and self.config.eligibility.takes_limit(venue.name, phase)

    def listing(self, symbol: str) -> Instrument | None:
        """The issue as the first venue that lists it today does."""
        for venue in self.venues.values():
            if symbol in venue.market.instruments:
                return venue.market.instruments[symbol]
        return None

    def mark_px(self, symbol: str) -> int:
        """What a holding is valued at: the first venue that lists the symbol says; 0 when none does."""
        for venue in self.venues.values():
            instrument = venue.market.instruments.get(symbol)
            if instrument is not None:
                return venue.market.books.mark_px(instrument)
        return 0

    def base_px(self, symbol: str) -> int:
        """The price from which a day's result is counted; 0 where no venue lists the symbol."""
        found = (venue.market.instruments.get(symbol) for venue in self.venues.values())
        return next((instrument.base_px for instrument in found if instrument is not None), 0)

    def in_house(self, unit: str, amount: int) -> int:
        """What limits reckon an amount at."""
        return self.state.in_house(unit, amount)

    def gain_in_house(self, unit: str, amount: int) -> int:
        """What limits reckon a gain at."""
        return self.state.gain_in_house(unit, amount)

    @property
    def cancels_on_disconnect(self) -> bool:
        """Whether a venue is to cancel when our session breaks."""
        return DisconnectPolicy.CANCEL in self.state.policies.values()

    def session_request(self, venue: str) -> StartSession:
        """From where the venue's session goes on, and what is to happen when it breaks."""
        day = self.state.day(venue)
        return StartSession(
            epoch=day.epoch, next_in_seq=day.next_in_seq, cancel_on_disconnect=self.cancels_on_disconnect
        )

    def status(self, venue: Venue) -> StatusView:
        """Health of the core and of one venue."""
        return status_view(self, venue)

    def catch_up(self) -> list[OrderEntered]:
        """Apply what was handed out; these records. Called once their requests are on the wire."""
        late, self.late = self.late, []
        for record in late:
            self.state.apply(record)
        return late

    def order_view(self, order: Order) -> OrderView:
        """An order with its latencies."""
        return order_view(order, *self.latency.of(order.order_id))

    def work_view(self, work: Work) -> WorkView:
        """A piece of work with its schedule as it is traded."""
        issue = self.listing(work.symbol)
        bins = tuple(self.desk.bins.get(work.work_id, ()))
        return work_view(self.state, work, bins, int(issue.lot) if issue is not None else 1)


class Batch:
    """Effects of one call, in the order in which the runner may execute them."""

    def __init__(self, core: Core, trade_ns: int, mono_ns: int) -> None:
        assert not core.late, core.late
        self.core = core
        core.trade_ns, core.mono_ns = trade_ns, mono_ns
        self.trade_ns = trade_ns
        self.mono_ns = mono_ns
        self._effects: list[Effect] = []
        self._late: list[OrderEntered] = []
        self._then: Callable[[], None] | None = None
        self._orders: dict[ClOrdID, None] = {}
        self._fills: list[FillView] = []
        self._positions: dict[tuple[str, str], None] = {}
        self._accounts: dict[tuple[str, str], None] = {}
        self._last: list[Effect] = []
        self._statuses: dict[str, Venue] = {}
        self._works: dict[ClOrdID, Work] = {}
        self._judged: list[tuple[ClOrdID, Proposal, Act, Denial | None]] = []
        self._asked: dict[ClOrdID, Work] = {}
        self.sights: dict[tuple[Any, ...], Any] = {}  # of the market, for all work that looks in this batch

    def record(self, record: AnyRecord) -> None:
        """Make a fact true and journal it."""
        self.core.state.apply(record)
        self._effects.append(Append(record))

    def record_late(self, record: OrderEntered) -> None:
        """Journal an order now, make it true and show it in `rest`; the batch may look for it nowhere before."""
        self._late.append(record)
        self._effects.append(Append(record))

    def then(self, act: Callable[[], None]) -> None:
        """Do this first of all in `rest`."""
        self._then = act

    def send(self, venue: str, request: AnyRequest) -> None:
        """Hand a request to a venue; its record must already be in the batch. Orders and amends go by `send_order`."""
        assert not isinstance(request, NewOrderSingle | OrderCancelReplaceRequest), request
        self._effects.append(Send(venue, request))

    def send_order(self, venue: str, passed: Pass, request: NewOrderSingle | OrderCancelReplaceRequest) -> None:
        """Hand over what can trade: only with the pass of risk for exactly this."""
        asked = (request.account, venue, request.symbol, request.side, request.px, request.qty)
        assert asked == passed.terms, (asked, passed)
        self._effects.append(Send(venue, request))

    def judge(self, order_id: ClOrdID, order: Proposal, act: Act, found: Pass | Denial) -> None:
        """Keep what risk said, once the order has left."""
        self._judged.append((order_id, order, act, found if isinstance(found, Denial) else None))

    def add(self, effect: Effect) -> None:
        """Any other effect, in its place."""
        self._effects.append(effect)

    def touch(self, order: Order) -> None:
        """Show this order, and what its change may have moved, when the batch ends."""
        self._orders[order.order_id] = None
        if order.denial is None:
            if order.side is Side.SELL:
                self._positions[order.account, order.symbol] = None
            else:
                self._accounts[order.account, order.currency] = None

    def show_work(self, work: Work) -> None:
        """Show this piece of work when the batch ends."""
        self._works[work.work_id] = work

    def ask_work(self, work: Work) -> None:
        """Something of it changed: it is to be asked what follows (hts.engine.work_step.settle)."""
        self._asked[work.work_id] = work

    def next_asked(self) -> Work | None:
        """The work to ask next; None when all have answered."""
        if not self._asked:
            return None
        return self._asked.pop(next(iter(self._asked)))

    def set_work_timer(self) -> None:
        """Be called when the next piece of work wants to be asked."""
        due_ns = self.core.desk.next_wake_ns
        if due_ns is not None:
            self.add(SetTimer(WORK_TIMER, due_ns))

    def show_fill(self, fill: FillView, currency: str) -> None:
        """Show a fill, and the holding and cash it moved."""
        self._fills.append(fill)
        self._positions[fill.account, fill.symbol] = None
        self._accounts[fill.account, currency] = None

    def show_money(self, account: str, currency: str) -> None:
        """Show what an account has of a currency when the batch ends."""
        self._accounts[account, currency] = None

    def show_holding(self, account: str, symbol: str) -> None:
        """Show what an account has of an issue when the batch ends."""
        self._positions[account, symbol] = None

    def show_books(self) -> None:
        """Show all holdings and money when the batch ends: a night, or an event, moved them."""
        ledger = self.core.state.ledger
        self._positions.update(((one.account, one.symbol), None) for one in ledger.positions())
        self._accounts.update(((one.account, one.currency), None) for one in ledger.all_money())

    def show_status(self, venue: Venue | None = None) -> None:
        """Show the health of the core and of this venue, or of all, when the batch ends."""
        for one in self.core.venues.values() if venue is None else (venue,):
            self._statuses[one.name] = one

    def notice(self, key: str, detail: str = "", *, is_warning: bool = True) -> None:
        """Tell every terminal once."""
        view = NoticeView(key=f"notice.{key}", detail=detail, is_warning=is_warning, trade_ns=self.trade_ns)
        self._last.append(Publish(view))

    def show(self, view: AnyView) -> None:
        """Show any other view when the batch ends."""
        self._last.append(Publish(view))

    def reply(self, client: int, account: str, request_id: str) -> None:
        """Answer with the outcome that the state keeps."""
        outcome = self.core.state.outcomes.find(account, request_id)
        assert outcome is not None, request_id
        self._last.append(Reply(client, outcome))

    def effects(self) -> Effects:
        """Records and requests as they came, then what terminals see, then answers, then the next block of ids."""
        return (*self.urgent(), *self.rest())

    def urgent(self) -> Effects:
        """Records and requests as they came. Once; `rest` follows when they are on their way."""
        effects, self._effects = self._effects, []
        self.core.late = self._late
        return tuple(effects)

    def rest(self) -> Effects:
        """What terminals see, answers, the next block of ids. Nothing may happen to the core between the two."""
        core, effects = self.core, self._effects
        state = core.state
        for record in core.catch_up():
            self.touch(state.orders.get(record.cl_ord_id))
        then, self._then = self._then, None  # it holds this batch: a ring would stay behind each order
        if then is not None:
            then()
        for order_id, order, act, denial in self._judged:
            guards = order.guards
            if denial is None and not all(guard.exposure.working for guard in guards):
                guards = state.guards.all_of(tuple([guard.scope for guard in guards]))  # the first order of a scope
            core.verdicts.note(order_id, judged(order, act, denial, guards))
        for touched in self._orders:
            effects.append(Publish(core.order_view(state.orders.get(touched))))
        for fill in self._fills:
            effects.append(Publish(fill))
        for account, symbol in self._positions:
            position = state.ledger.position(account, symbol)
            if position is not None:
                open_qty = state.orders.open_qty(account, symbol, Side.SELL)
                effects.append(Publish(core.books.position(position, open_qty)))
        for account, currency in self._accounts:
            money = state.ledger.money(account, currency)
            if money is not None:
                effects.append(Publish(core.books.account(money)))
        for work in self._works.values():
            effects.append(Publish(core.work_view(work)))
        for venue in self._statuses.values():
            effects.append(Publish(core.status(venue)))
        effects.extend(self._last)
        if state.ids.needs_block and not core.is_halted:
            self.reserve_ids()
        return tuple(effects)

    def reserve_ids(self) -> None:
        """Journal the next block of ClOrdIDs; it is used once it is on disk."""
        core = self.core
        first, last = core.state.ids.next_block()
        self.record(IdBlockReserved(first=first, last=last, trade_ns=self.trade_ns, mono_ns=self.mono_ns))
        core.sync_token += 1
        core.state.ids.wait_for_sync(core.sync_token)
        self._effects.append(SyncThen(core.sync_token))


def refusal(client: int, request_id: str, denial: Denial) -> Effects:
    """An answer that is kept nowhere: the request id is unusable, or the journal is."""
    return (Reply(client, OutcomeView(request_id=request_id, accepted=False, denial=denial, count=0)),)
