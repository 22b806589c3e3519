"""Working orders, and those that were refused today with the sentence that says why.

Only symbols whose orders changed are looked at again, so that thousands of finished orders cost nothing. An order that
left the working set is kept when it was denied or rejected; filled and cancelled ones have gone to the fills table.
"""

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from itertools import islice

from msgspec import Struct

from hts.desk.figures import clock_text, moneys_text, px_text, qty_text, us_text
from hts.desk.market import MarketState
from hts.desk.order_details import last_day
from hts.desk.orders import OrdersState
from hts.desk.ratios import divide
from hts.desk.sentences import end_text
from hts.desk.tables import Column, KeyedTable, side_tone
from hts.desk.tables_issue import code_column
from hts.desk.tables_positions import date_text
from hts.desk.tables_works import kind_text
from hts.desk.texts import Texts
from hts.model.enums import OrdStatus, OrdType, Side
from hts.model.instruments import Instrument
from hts.model.units import ClOrdID
from hts.model.views import OrderView
from hts.model.work import WorkView

REFUSED = (OrdStatus.DENIED, OrdStatus.REJECTED)
NOTHING = frozenset[ClOrdID]()


class OrderRow(Struct, frozen=True, kw_only=True):
    """One order. `reached` counts the squares that are lit: sent, accepted, filled in part.

    `sentence` says why it was refused, and is empty otherwise. `waiting` is what a limit buy would cost, in the
    currency's smallest unit. `route` is the kind of work that it is a part of, "" for an order of its own.
    """

    view: OrderView
    name: str
    px_decimals: int
    reached: int
    sentence: str
    currency: str = ""
    waiting: int = 0
    route: str = ""

    @property
    def key(self) -> ClOrdID:
        """First ClOrdID of the chain."""
        return self.view.order_id

    @property
    def average_px(self) -> int:
        """Average price of what has filled, 0 for nothing."""
        return divide(self.view.filled_value, self.view.cum_qty) if self.view.cum_qty else 0

    @property
    def reason(self) -> str:
        """The sentence's first part: the rule and its figures, without what to do."""
        return re.split(r"[.。] ?(?=\D)", self.sentence)[0]

    def wish(self, texts: Texts) -> str:
        """What was asked for: `190,900 × 100`, or the market's word in the price's place."""
        view = self.view
        px = px_text(view.px, self.px_decimals) if view.ord_type is OrdType.LIMIT else texts("ord_type.market")
        return f"{px} × {qty_text(view.order_qty)}"


def order_columns(texts: Texts) -> tuple[Column[OrderRow], ...]:
    """미체결: time, name, side, type, price, quantity, leaves, venue, state with its milliseconds."""

    def head(key: str) -> str:
        return texts(f"orders.{key}")

    return (
        Column(
            key="time",
            head=head("time"),
            rank=1,
            width=64,
            text=lambda r: clock_text(r.view.entered_ns),
            order=lambda r: r.view.entered_ns,
            role="body_quiet",
            is_right=False,
        ),
        *number_columns(head),
        Column(key="name", head=head("name"), width=82, text=lambda r: r.name, order=lambda r: r.name, is_right=False),
        code_column(texts("table.code"), 13, lambda r: r.view.symbol),
        side_column(texts, head("side"), 36),
        Column(
            key="request",
            head=head("request"),
            rank=10,
            width=62,
            text=lambda r: request_text(r.view, texts),
            order=lambda r: request_text(r.view, texts),
            is_right=False,
        ),
        Column(
            key="type",
            head=head("type"),
            rank=2,
            width=46,
            text=lambda r: texts(f"ord_type.{r.view.ord_type.name.lower()}"),
            order=lambda r: r.view.ord_type.value,
            is_right=False,
        ),
        Column(
            key="tif",
            head=head("tif"),
            rank=5,
            width=52,
            text=lambda r: tif_text(r.view, texts),
            order=lambda r: tif_text(r.view, texts),
            is_right=False,
        ),
        *_figure_columns(texts, head),
        *_more_columns(texts, head),
    )


def _figure_columns(texts: Texts, head: Callable[[str], str]) -> tuple[Column[OrderRow], ...]:
    """Prices, quantities, where, and the state with its milliseconds."""

    def state(row: OrderRow) -> str:
        return f"{texts(f'status.{row.view.ord_status.name.lower()}')} {latency_text(row.view)}"

    def px(row: OrderRow) -> str:
        return px_text(row.view.px, row.px_decimals) if row.view.px else "—"

    return (
        Column(key="px", head=head("px"), width=76, text=px, order=lambda r: r.view.px, role="price"),
        Column(
            key="qty",
            head=head("qty"),
            rank=3,
            width=40,
            text=lambda r: qty_text(r.view.order_qty),
            order=lambda r: r.view.order_qty,
        ),
        Column(
            key="leaves",
            head=head("leaves"),
            width=48,
            text=lambda r: qty_text(r.view.leaves_qty),
            order=lambda r: r.view.leaves_qty,
            tone=lambda _row: 2,
            role="price_strong",
        ),
        Column(
            key="average",
            head=head("average"),
            rank=6,
            width=76,
            text=lambda r: px_text(r.average_px, r.px_decimals) if r.average_px else "—",
            order=lambda r: r.average_px,
        ),
        Column(
            key="credit",
            head=head("credit"),
            rank=8,
            width=54,
            text=lambda r: texts(f"credit.{r.view.credit.name.lower()}"),
            order=lambda r: r.view.credit.value,
            is_right=False,
        ),
        Column(
            key="venue",
            head=head("venue"),
            rank=4,
            width=38,
            text=lambda r: r.view.venue,
            order=lambda r: r.view.venue,
            is_right=False,
        ),
        Column(key="state", head=head("state"), width=88, text=state, order=lambda r: r.reached, is_right=False),
    )


def _more_columns(texts: Texts, head: Callable[[str], str]) -> tuple[Column[OrderRow], ...]:
    """What only some orders have: who sent it as a part of what, its trigger, its loan, its strategy."""

    def stop(row: OrderRow) -> str:
        return px_text(row.view.stop_px, row.px_decimals) if row.view.stop_px else "—"

    return (
        Column(key="route", head=head("route"), rank=9, width=58, text=lambda r: r.route or texts("orders.direct"),
               order=lambda r: (r.route, r.view.parent_id), is_right=False),
        Column(key="stop", head=head("stop"), rank=12, width=76, text=stop, order=lambda r: r.view.stop_px),
        Column(key="loan", head=head("loan"), rank=14, width=72, text=lambda r: date_text(r.view.loan_date),
               order=lambda r: r.view.loan_date, is_right=False, role="body_quiet"),
        Column(key="strategy", head=head("strategy"), rank=15, width=72, text=lambda r: r.view.strategy or "—",
               order=lambda r: r.view.strategy, is_right=False, role="body_quiet"),
    )  # fmt: skip


def tif_text(view: OrderView, texts: Texts) -> str:
    """기간·집행조건: how long it stands; until a date that one."""
    if view.expire_ns:
        return date_text(last_day(view.expire_ns, view.venue))
    return texts(f"tif.{view.time_in_force.name.lower()}")


def number_columns(head: Callable[[str], str]) -> tuple[Column[OrderRow], ...]:
    """주문번호, 원주문번호: the order's own number, and that of the request it stands by now where it was amended."""
    return (
        Column(
            key="number",
            head=head("number"),
            rank=7,
            width=66,
            text=lambda r: str(r.view.cl_ord_id),
            order=lambda r: r.view.cl_ord_id,
            role="body_quiet",
        ),
        Column(
            key="origin",
            head=head("origin"),
            rank=11,
            width=66,
            text=lambda r: str(r.view.order_id) if r.view.order_id != r.view.cl_ord_id else "—",
            order=lambda r: r.view.order_id,
            role="body_quiet",
        ),
    )


def request_text(view: OrderView, texts: Texts) -> str:
    """정정/취소구분: what is being asked of the order now, or was last."""
    if view.ord_status is OrdStatus.PENDING_CANCEL:
        return texts("orders.cancelling")
    if view.ord_status is OrdStatus.PENDING_REPLACE:
        return texts("orders.amending")
    return texts("orders.amended") if view.cl_ord_id != view.order_id else "—"


def side_column(texts: Texts, head: str, width: int) -> Column[OrderRow]:
    """The side in its word and colour."""
    return Column(
        key="side",
        head=head,
        width=width,
        text=lambda r: texts(f"side.{r.view.side.name.lower()}"),
        order=lambda r: r.view.side.value,
        tone=lambda r: side_tone(r.view.side),
        role="body_medium",
        is_right=False,
    )


class OrdersTable(KeyedTable[OrderRow]):
    """Working and refused orders, newest first. `waiting` is what the working limit buys would cost, by currency."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(order_columns(texts), natural=lambda row: -row.key)
        self._texts = texts
        self._working: dict[str, AbstractSet[ClOrdID]] = {}
        self._source: dict[ClOrdID, OrderView] = {}
        self._seen = 0
        self._hidden_to = ClOrdID(0)  # refused orders up to this one have been read
        self.working_count = 0
        self.waiting: dict[str, int] = {}
        self.last_refused: OrderRow | None = None

    def update(self, market: MarketState, orders: OrdersState, symbols: AbstractSet[str]) -> None:
        """Look again at the orders of the symbols that changed."""
        if orders.orders is not self._source:  # the core sent a new snapshot
            self._source = orders.orders
            self._working.clear()
            self.clear()
            self.waiting.clear()
            self.working_count = self._seen = 0
        for view in islice(orders.orders.values(), self._seen, None):
            if view.ord_status in REFUSED:
                self._put(view, market, orders)
        self._seen = len(orders.orders)
        for symbol in symbols:
            now = orders.working(symbol)
            ids = frozenset(view.order_id for view in now)
            for gone in self._working.get(symbol, NOTHING) - ids:
                self._leave(gone, market, orders)
            self._working[symbol] = ids
            for view in now:
                self._put(view, market, orders)

    def hide_refused(self) -> int:
        """Take what was refused out of the list, it has been read; how many those were."""
        gone = [row.key for row in self.rows() if row.view.ord_status in REFUSED]
        for key in gone:
            self.remove(key)
        self._hidden_to = max((*gone, self._hidden_to))
        self.last_refused = None
        return len(gone)

    def _leave(self, order_id: ClOrdID, market: MarketState, orders: OrdersState) -> None:
        self._count(self.remove(order_id), -1)
        view = orders.orders.get(order_id)
        if view is not None and view.ord_status in REFUSED:
            self._put(view, market, orders)

    def _put(self, view: OrderView, market: MarketState, orders: OrdersState) -> None:
        before = self.get(view.order_id)
        is_read = view.ord_status in REFUSED and view.order_id <= self._hidden_to
        if is_read or (before is not None and before.view is view):
            return
        issue = market.instruments.get(view.symbol)
        decimals = issue.px_decimals if issue is not None else 0
        refused = view.ord_status in REFUSED
        row = OrderRow(
            view=view,
            name=self._texts.name(issue) if issue is not None else view.symbol,
            px_decimals=decimals,
            reached=reached(view),
            sentence=end_text(view, self._texts, decimals) if refused else "",
            currency=issue.currency if issue is not None else "",
            waiting=_waiting(view, issue),
            route=route_text(view, orders.works, self._texts),
        )
        self._count(before, -1)
        self.put(row)
        self._count(row, 1)
        if refused and (self.last_refused is None or row.key >= self.last_refused.key):
            self.last_refused = row

    def _count(self, row: OrderRow | None, sign: int) -> None:
        """Keep the sums true when a row comes (1) or goes (-1)."""
        if row is None or row.view.ord_status.is_terminal:
            return
        self.working_count += sign
        if row.waiting:
            waiting = self.waiting.get(row.currency, 0) + sign * row.waiting
            if waiting:
                self.waiting[row.currency] = waiting
            else:
                del self.waiting[row.currency]

    @property
    def waiting_text(self) -> str:
        """What waits, with the currencies' codes where it is more than one; empty for nothing."""
        return moneys_text(self.waiting) if self.waiting else ""


def route_text(view: OrderView, works: Mapping[ClOrdID, WorkView], texts: Texts) -> str:
    """What the core made an order for: SOR, an algorithm's name, a stop; "" for one that was asked for itself."""
    work = works.get(view.parent_id) if view.parent_id else None
    if work is not None:
        return kind_text(work, texts)
    return texts("orders.part") if view.parent_id else ""


def _waiting(view: OrderView, issue: Instrument | None) -> int:
    if view.side is not Side.BUY or view.ord_type is not OrdType.LIMIT:
        return 0
    return issue.money(view.px, view.leaves_qty) if issue is not None else view.px * view.leaves_qty


def reached(view: OrderView) -> int:
    """How far an order has come: 1 sent, 2 accepted by the venue, 3 filled at least in part; 0 when denied."""
    if view.cum_qty:
        return 3
    if view.ord_status is OrdStatus.DENIED:
        return 0
    return 1 if view.ord_status in (OrdStatus.PENDING_NEW, OrdStatus.REJECTED) else 2


def latency_text(view: OrderView) -> str:
    """Milliseconds from the key to the venue's acceptance, a dash while they are unknown."""
    return us_text(view.sent_us + view.ack_us) if view.ack_us else "—"
