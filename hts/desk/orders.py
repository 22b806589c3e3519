"""What the terminal knows of its own orders: views from the core, indexed the way panels ask.

Nothing here guesses: an order is shown as the core last described it. `working_at` is what a ladder row shows.
"""

from msgspec import Struct

from hts.model.alerts import AlertView, Severity
from hts.model.algo_plan import AlgoPlanView
from hts.model.enums import Side
from hts.model.instruments import Instrument
from hts.model.units import ClOrdID
from hts.model.views import (
    AccountView,
    AnyView,
    FillView,
    NoticeView,
    OrderView,
    OutcomeView,
    PositionView,
    StatusView,
)
from hts.model.work import PlanView, RouteView, WorkView


class OrderChanges(Struct, frozen=True, kw_only=True):
    """What changed since the frame before. `symbols`: those whose orders or position changed."""

    symbols: frozenset[str] = frozenset()
    orders: bool = False
    fills: bool = False
    positions: bool = False
    account: bool = False
    status: bool = False
    notices: bool = False
    works: bool = False
    plans: bool = False

    @property
    def is_money(self) -> bool:
        """Whether orders, fills, holdings or cash changed: what every panel must tell alike."""
        return self.orders or self.fills or self.positions or self.account

    def __bool__(self) -> bool:
        return self != NOTHING


NOTHING = OrderChanges()


class OrdersState:
    """Orders, fills, positions and money of one account.

    orders      order_id -> latest OrderView, in the order of entry
    fills       FillViews, oldest first
    positions   symbol -> PositionView, also of symbols sold out today
    account     AccountView in the currency that the core told first, None before it said anything
    monies      (account, currency) -> AccountView, of all accounts
    status      StatusView of the core's first venue, likewise
    statuses    venue -> its StatusView
    notices     NoticeViews, oldest first
    works       routed orders, algorithms and conditional orders by id
    routes      best-execution records that were asked for, by work
    plans       where an order of an issue would go, as last asked
    algo_plan   what an algorithm would do, as last asked
    alerts      alert_id -> AlertView: those that stand, or are not yet acknowledged
    refusals    OutcomeViews that were refused, oldest first, with the symbol they were meant for where known
    """

    def __init__(self, account: str) -> None:
        self.account_id = account
        self.account: AccountView | None = None
        self.monies: dict[tuple[str, str], AccountView] = {}
        self.status: StatusView | None = None
        self.statuses: dict[str, StatusView] = {}
        self.other_build = ""  # the core's, where it is not ours: we may only look
        self.notices: list[NoticeView] = []
        self.works: dict[ClOrdID, WorkView] = {}
        self.routes: dict[ClOrdID, RouteView] = {}
        self.plans: dict[str, PlanView] = {}
        self.algo_plan: AlgoPlanView | None = None
        self.alerts: dict[int, AlertView] = {}
        self.refusals: list[OutcomeView] = []
        self.clear()
        self.is_whole = True  # not in the middle of a snapshot

    def clear(self) -> None:
        """Forget orders, fills and positions: a full snapshot follows. Until its end nothing is known to be gone."""
        self.is_whole = False
        self.orders: dict[ClOrdID, OrderView] = {}
        self.fills: list[FillView] = []
        self.alerts.clear()
        self.works.clear()
        self.positions: dict[str, PositionView] = {}
        self._fill_keys: set[tuple[int, int]] = set()
        self._working: dict[str, dict[ClOrdID, OrderView]] = {}
        self._levels: dict[tuple[str, Side, int], tuple[OrderView, ...]] = {}
        self._symbols: set[str] = set()
        self._flags: set[str] = {"orders", "fills", "positions", "account", "status"}

    def on_view(self, view: AnyView) -> None:
        """Take one view; those of other accounts are not ours to show."""
        if isinstance(view, OrderView):
            self._on_order(view)
        elif isinstance(view, FillView):
            self._on_fill(view)
        elif isinstance(view, PositionView):
            if view.account == self.account_id:
                self.positions[view.symbol] = view
                self._mark("positions", view.symbol)
        elif isinstance(view, AccountView):
            self.monies[view.account, view.currency] = view
            if view.account == self.account_id and (self.account is None or self.account.currency == view.currency):
                self.account = view
            self._mark("account")
        elif isinstance(view, StatusView):
            self.statuses[view.venue] = view
            if self.status is None or self.status.venue == view.venue:
                self.status = view
            self._mark("status")
        elif isinstance(view, OutcomeView):
            if not view.accepted:
                self.refusals.append(view)
                self._mark("notices")
        elif isinstance(view, AlertView):
            self._on_alert(view)
        elif isinstance(view, WorkView):
            if view.account == self.account_id:
                self.works[view.work_id] = view
                self._mark("works")
        elif isinstance(view, RouteView):
            self.routes[view.work_id] = view
            self._mark("works")
        elif isinstance(view, PlanView):
            self.plans[view.symbol] = view
            self._mark("plans")
        elif isinstance(view, AlgoPlanView):
            self.algo_plan = view
            self._mark("plans")
        elif isinstance(view, NoticeView):
            self.notices.append(view)
            self._mark("notices")

    def _on_order(self, view: OrderView) -> None:
        if view.account != self.account_id:
            return
        before = self.orders.get(view.order_id)
        self.orders[view.order_id] = view
        if before is not None and before.px != view.px:
            self._drop_level(before)
        working = self._working.setdefault(view.symbol, {})
        if view.ord_status.is_terminal:
            working.pop(view.order_id, None)
        else:
            working[view.order_id] = view
        self._drop_level(view)
        self._mark("orders", view.symbol)

    def _on_alert(self, view: AlertView) -> None:
        """One that is over and acknowledged is forgotten, as the core forgets it."""
        if view.is_over and view.acknowledged_by:
            self.alerts.pop(view.alert_id, None)
        else:
            self.alerts[view.alert_id] = view
        self._mark("notices")

    def _drop_level(self, view: OrderView) -> None:
        self._levels.pop((view.symbol, view.side, view.px), None)

    def _on_fill(self, view: FillView) -> None:
        key = (view.exec_id, view.order_id)
        if view.account != self.account_id:
            return
        if key in self._fill_keys:
            self._restate(view)
            return
        self._fill_keys.add(key)
        if view.exec_ref_id:
            gone = (view.venue, view.exec_ref_id)
            self.fills = [fill for fill in self.fills if (fill.venue, fill.exec_id) != gone]
        if view.qty:
            self.fills.append(view)
        self._mark("fills", view.symbol)

    def _restate(self, view: FillView) -> None:
        """A known fill is charged something else now: it stays where it stood."""
        if view.exec_ref_id == view.exec_id and view not in self.fills:
            key = (view.exec_id, view.order_id)
            self.fills = [view if (fill.exec_id, fill.order_id) == key else fill for fill in self.fills]
            self._mark("fills", view.symbol)

    def _mark(self, flag: str, symbol: str = "") -> None:
        self._flags.add(flag)
        if symbol:
            self._symbols.add(symbol)

    def drain(self) -> OrderChanges:
        """What changed since the last call."""
        if not self._flags:
            return NOTHING
        changes = OrderChanges(symbols=frozenset(self._symbols), **dict.fromkeys(self._flags, True))
        self._flags.clear()
        self._symbols.clear()
        return changes

    def worst_alert(self) -> AlertView | None:
        """The newest of the gravest alerts that stand and nobody has acknowledged; mere information stays quiet."""
        opened = [alert for alert in self.alerts.values() if not alert.is_over and not alert.acknowledged_by]
        for severity in (Severity.CRITICAL, Severity.WARNING):
            of_it = [alert for alert in opened if alert.severity is severity]
            if of_it:
                return max(of_it, key=lambda alert: alert.last_ns)
        return None

    def knows(self, number: int) -> bool:
        """Whether an order or a piece of work has this number."""
        return ClOrdID(number) in self.orders or ClOrdID(number) in self.works

    def working(self, symbol: str = "") -> tuple[OrderView, ...]:
        """Working orders, of one symbol or of all, oldest first."""
        if symbol:
            return tuple(self._working.get(symbol, {}).values())
        return tuple(order for order in self.orders.values() if not order.ord_status.is_terminal)

    def working_at(self, symbol: str, side: Side, px: int) -> tuple[OrderView, ...]:
        """Working orders of one side at one price."""
        key = (symbol, side, px)
        found = self._levels.get(key)
        if found is None:
            found = tuple(o for o in self._working.get(symbol, {}).values() if o.side is side and o.px == px)
            self._levels[key] = found
        return found

    def position_qty(self, symbol: str) -> int:
        """Signed holding."""
        position = self.positions.get(symbol)
        return position.qty if position is not None else 0

    def open_pnl(self, symbol: str, last_px: int, issue: Instrument | None) -> int:
        """Unrealised result at `last_px`, before costs, in the smallest unit of the issue's currency."""
        position = self.positions.get(symbol)
        if position is None:
            return 0
        worth = issue.money(last_px, position.qty) if issue is not None else position.qty * last_px
        return worth - position.cost
