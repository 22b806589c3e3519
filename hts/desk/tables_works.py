"""What the core works on for the account: routed orders, algorithms, conditional orders; newest first.

The progress of a timed algorithm stands against its schedule: what should have filled by now is the mark on the bar.
"""

from msgspec import Struct

from hts.desk.figures import clock_text, px_text, qty_text, signed_text
from hts.desk.market import MarketState
from hts.desk.orders import OrdersState
from hts.desk.ratios import divide
from hts.desk.tables import Column, ListTable, side_tone
from hts.desk.texts import Texts
from hts.desk.venue_tabs import COMBINED, trades_of, venue_of
from hts.model.conditional import (
    ConditionalOrder,
    FillCondition,
    IndicatorCondition,
    PriceCondition,
    TimeCondition,
    TrailCondition,
    TrailUnit,
)
from hts.model.units import ClOrdID
from hts.model.work import AlgoSpec, BasketSpec, Benchmark, QuoteSpec, RouteSpec, WorkState, WorkView

TENTHS = 100_000  # of a basis point in one
OVER_SHOWN_MAX = 50  # of what is over; the rest is in the day's report


class WorkRow(Struct, frozen=True, kw_only=True):
    """One piece of work. `due_qty` is what its schedule wants filled by now, 0 without a schedule or when it is
    over.

    `arrival_tenths`, `vwap_tenths`: how much worse its average is than the price when it began, and than what the
    market has traded at since, in tenths of a basis point; negative is better, None where there is nothing to compare.
    """

    view: WorkView
    name: str
    px_decimals: int
    due_qty: int
    average_px: int = 0
    arrival_tenths: int | None = None
    vwap_tenths: int | None = None

    @property
    def key(self) -> ClOrdID:
        """The work's id."""
        return self.view.work_id

    @property
    def filled_permille(self) -> int:
        """Filled part of the whole."""
        return self.view.cum_qty * 1_000 // self.view.qty if self.view.qty else 0

    @property
    def due_permille(self) -> int:
        """Part of the whole that should have filled."""
        return self.due_qty * 1_000 // self.view.qty if self.view.qty else 0


def kind_text(view: WorkView, texts: Texts) -> str:
    """SOR, the algorithm's name, or the kind of condition."""
    if isinstance(view.spec, RouteSpec):
        return texts("works.sor")
    if isinstance(view.spec, BasketSpec):
        return texts("works.basket")
    if isinstance(view.spec, QuoteSpec):
        return texts("works.quoting")
    if isinstance(view.spec, AlgoSpec):
        return texts(f"algo.{view.spec.params.kind.value}")
    order = view.spec.order
    return texts("works.daily" if order.until_date else _CONDITIONS[type(order.condition)])


HOUR_MINUTE = len("09:01")
_CONDITIONS = {
    PriceCondition: "works.price",
    TrailCondition: "works.trail",
    TimeCondition: "works.time_condition",
    IndicatorCondition: "works.indicator",
    FillCondition: "works.profit",
}


def terms_text(view: WorkView, texts: Texts, px_decimals: int) -> str:
    """The limit of a routed order or an algorithm, the condition of a conditional order."""
    spec = view.spec
    if isinstance(spec, RouteSpec):
        return px_text(spec.request.px, px_decimals) if spec.request.px else texts("ord_type.market")
    if isinstance(spec, AlgoSpec):
        return px_text(spec.params.px, px_decimals) if spec.params.px else texts("ord_type.market")
    if isinstance(spec, BasketSpec):
        return texts("works.lines", lines=str(len(spec.lines)))
    if isinstance(spec, QuoteSpec):
        return f"±{px_text(spec.params.half_spread_ppm, 4)}%"
    return condition_text(spec.order, texts, px_decimals)


def condition_text(order: ConditionalOrder, texts: Texts, px_decimals: int) -> str:
    """What is waited for, as short as a cell."""
    condition = order.condition
    if isinstance(condition, PriceCondition):
        sign = "≥" if condition.is_above else "≤"
        return f"{sign} {px_text(condition.px, px_decimals)}"
    if isinstance(condition, TrailCondition):
        return f"{'+' if condition.is_above else '−'}{_distance_text(condition, texts, px_decimals)}"
    if isinstance(condition, TimeCondition):
        clock, until = clock_text(condition.trade_ns), order.until_date
        date = f"{until // 100 % 100:02d}-{until % 100:02d}"
        return texts("works.each_day", time=clock[:HOUR_MINUTE], date=date) if until else clock
    if isinstance(condition, IndicatorCondition):
        sign = "≥" if condition.is_above else "≤"
        level = f" {condition.level_milli / 1_000:g}" if condition.level_milli else ""
        return f"{sign} {condition.indicator.value}{condition.period}{level}"
    return px_text(order.px, px_decimals)


def _distance_text(condition: TrailCondition, texts: Texts, px_decimals: int) -> str:
    if condition.unit is TrailUnit.PX:
        return px_text(condition.distance, px_decimals)
    if condition.unit is TrailUnit.PPM:
        return f"{px_text(condition.distance, 4)}%"
    return texts("works.ticks", ticks=str(condition.distance))


def end_ns(view: WorkView) -> int:
    """When an algorithm ends; 0 for no such time."""
    return view.spec.params.end_ns if isinstance(view.spec, AlgoSpec) else 0


def work_columns(texts: Texts) -> tuple[Column[WorkRow], ...]:
    """Time, issue, side, kind, terms, quantities, progress, its price against benchmarks, end, state."""

    def head(key: str) -> str:
        return texts(f"works.{key}")

    def state(row: WorkRow) -> str:
        cause = row.view.cause
        quotes = isinstance(row.view.spec, QuoteSpec) and not row.view.state.is_over
        told = (quotes or row.view.state in (WorkState.ENDED, WorkState.FAILED)) and texts.has(cause)
        return texts(cause) if told else texts(f"work.{row.view.state.value}")

    return (
        Column(
            key="time", head=head("time"), rank=3, width=64, text=lambda r: clock_text(r.view.started_ns),
            order=lambda r: r.view.started_ns, role="body_quiet", is_right=False,
        ),
        Column(key="name", head=head("name"), width=104, text=lambda r: r.name, order=lambda r: r.name, is_right=False),
        Column(
            key="side", head=head("side"), width=36, text=lambda r: texts(f"side.{r.view.side.name.lower()}"),
            order=lambda r: r.view.side.value, tone=lambda r: side_tone(r.view.side), role="body_medium",
            is_right=False,
        ),
        Column(
            key="kind", head=head("kind"), width=62, text=lambda r: kind_text(r.view, texts),
            order=lambda r: kind_text(r.view, texts), role="body_medium", is_right=False,
        ),
        Column(
            key="terms", head=head("terms"), width=80, text=lambda r: terms_text(r.view, texts, r.px_decimals),
            order=lambda r: terms_text(r.view, texts, r.px_decimals), role="price",
        ),
        Column(key="qty", head=head("qty"), width=48, text=lambda r: qty_text(r.view.qty), order=lambda r: r.view.qty),
        Column(
            key="filled", head=head("filled"), width=48, text=lambda r: qty_text(r.view.cum_qty),
            order=lambda r: r.view.cum_qty, role="price_strong",
        ),
        Column(
            key="working", head=head("working"), rank=2, width=48, text=lambda r: qty_text(r.view.working_qty),
            order=lambda r: r.view.working_qty, tone=lambda _row: 2,
        ),
        Column(
            key="due", head=head("due"), rank=3, width=48, text=lambda r: qty_text(r.due_qty) if r.due_qty else "—",
            order=lambda r: r.due_qty,
        ),
        Column(
            key="progress", head=head("progress"), rank=1, width=68, is_right=False,
            text=lambda r: f"{r.filled_permille / 10:.0f}%", order=lambda r: r.filled_permille,
        ),
        Column(
            key="average", head=head("average"), rank=4, width=72, role="price",
            text=lambda r: px_text(r.average_px, r.px_decimals) if r.average_px else "—", order=lambda r: r.average_px,
        ),
        Column(
            key="arrival", head=head("arrival"), rank=4, width=70, text=lambda r: tenths_text(r.arrival_tenths),
            order=lambda r: r.arrival_tenths or 0,
        ),
        Column(
            key="vwap", head=head("vwap"), rank=5, width=70, text=lambda r: tenths_text(r.vwap_tenths),
            order=lambda r: r.vwap_tenths or 0,
        ),
        Column(
            key="until", head=head("until"), rank=6, width=62, role="body_quiet",
            text=lambda r: clock_text(end_ns(r.view)) if end_ns(r.view) else "—", order=lambda r: end_ns(r.view),
        ),
        Column(
            key="state", head=head("state"), width=152, text=state, order=lambda r: r.view.state.value, is_right=False
        ),
    )  # fmt: skip


def market_now(market: MarketState, symbol: str) -> Benchmark:
    """What the day has traded so far, over all venues of the issue."""
    trades = trades_of(market, symbol, venue_of(market, symbol, COMBINED))
    return Benchmark(
        market_qty=sum(trade.cum_qty for trade in trades), market_value=sum(trade.cum_value for trade in trades)
    )


def arrival_tenths(view: WorkView) -> int | None:
    """Against the price when it began."""
    if view.arrival is None or not view.arrival.px or not view.cum_qty:
        return None
    at_arrival = view.arrival.px * view.cum_qty
    return divide(view.side.sign * (view.filled_value - at_arrival) * TENTHS, at_arrival)


def vwap_tenths(view: WorkView, until: Benchmark) -> int | None:
    """Against the volume-weighted price of the market between its begin and `until`."""
    if view.arrival is None or not view.cum_qty:
        return None
    qty, value = until.market_qty - view.arrival.market_qty, until.market_value - view.arrival.market_value
    if qty <= 0 or value <= 0:
        return None
    return divide(view.side.sign * (view.filled_value * qty - value * view.cum_qty) * TENTHS, value * view.cum_qty)


def tenths_text(tenths: int | None) -> str:
    """Basis points with a sign and one decimal: "+3.4"."""
    return signed_text(tenths, 1) if tenths is not None else "—"


class WorksTable(ListTable[WorkRow]):
    """Work that runs first, what is over behind it."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(work_columns(texts))
        self._texts = texts
        self.running_count = 0

    def update(self, market: MarketState, orders: OrdersState, trade_ns: int) -> None:
        """Take the work as the core last told it; `trade_ns` places the marks of schedules."""
        views = sorted(orders.works.values(), key=lambda view: -view.work_id)
        running = [view for view in views if not view.state.is_over]
        over = [view for view in views if view.state.is_over][:OVER_SHOWN_MAX]
        self.running_count = len(running)
        self.replace(self._row(view, market, trade_ns) for view in (*running, *over))

    def _row(self, view: WorkView, market: MarketState, trade_ns: int) -> WorkRow:
        issue = market.instruments.get(view.symbol)
        due = 0
        for point in view.points if not view.state.is_over else ():
            if point.trade_ns > trade_ns:
                break
            due = point.cum_qty
        is_algo = isinstance(view.spec, AlgoSpec)
        return WorkRow(
            average_px=divide(view.filled_value, view.cum_qty) if view.cum_qty and view.symbol else 0,
            arrival_tenths=arrival_tenths(view) if is_algo else None,
            vwap_tenths=vwap_tenths(view, view.market or market_now(market, view.symbol)) if is_algo else None,
            view=view,
            name=self._texts.name(issue) if issue is not None else view.symbol,
            px_decimals=issue.px_decimals if issue is not None else 0,
            due_qty=due,
        )
