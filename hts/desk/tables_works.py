"""What the core works on for the account: routed orders, algorithms, conditional orders; newest first.

The progress of a timed algorithm stands against its schedule: what should have filled by now is the mark on the bar.
"""

from msgspec import Struct

from hts.desk.figures import clock_text, px_text, qty_text
from hts.desk.market import MarketState
from hts.desk.orders import OrdersState
from hts.desk.tables import Column, ListTable
from hts.desk.texts import Texts
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
from hts.model.work import AlgoSpec, BasketSpec, QuoteSpec, RouteSpec, WorkState, WorkView

OVER_SHOWN_MAX = 50  # of what is over; the rest is in the day's report


class WorkRow(Struct, frozen=True, kw_only=True):
    """One piece of work. `due_qty` is what its schedule wants filled by now, 0 without a schedule."""

    view: WorkView
    name: str
    px_decimals: int
    due_qty: int

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
    return texts(_CONDITIONS[type(view.spec.order.condition)])


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
        return clock_text(condition.trade_ns)
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


def work_columns(texts: Texts) -> tuple[Column[WorkRow], ...]:
    """Time, issue, side, kind, terms, quantity, filled, at work, progress, state."""

    def head(key: str) -> str:
        return texts(f"works.{key}")

    def state(row: WorkRow) -> str:
        cause = row.view.cause
        quotes = isinstance(row.view.spec, QuoteSpec) and not row.view.state.is_over
        told = (quotes or row.view.state in (WorkState.ENDED, WorkState.FAILED)) and texts.has(cause)
        return texts(cause) if told else texts(f"work.{row.view.state.value}")

    return (
        Column(
            key="time", head=head("time"), rank=3, width=62, text=lambda r: clock_text(r.view.started_ns),
            order=lambda r: r.view.started_ns, role="body_quiet", is_right=False,
        ),
        Column(key="name", head=head("name"), width=92, text=lambda r: r.name, order=lambda r: r.name, is_right=False),
        Column(
            key="side", head=head("side"), width=36, text=lambda r: texts(f"side.{r.view.side.name.lower()}"),
            order=lambda r: r.view.side.value, tone=lambda r: r.view.side.sign, role="body_medium", is_right=False,
        ),
        Column(
            key="kind", head=head("kind"), width=62, text=lambda r: kind_text(r.view, texts),
            order=lambda r: kind_text(r.view, texts), role="body_medium", is_right=False,
        ),
        Column(
            key="terms", head=head("terms"), width=84, text=lambda r: terms_text(r.view, texts, r.px_decimals),
            order=lambda r: terms_text(r.view, texts, r.px_decimals), role="price",
        ),
        Column(key="qty", head=head("qty"), width=52, text=lambda r: qty_text(r.view.qty), order=lambda r: r.view.qty),
        Column(
            key="filled", head=head("filled"), width=52, text=lambda r: qty_text(r.view.cum_qty),
            order=lambda r: r.view.cum_qty, role="price_strong",
        ),
        Column(
            key="working", head=head("working"), rank=2, width=52, text=lambda r: qty_text(r.view.working_qty),
            order=lambda r: r.view.working_qty, tone=lambda _row: 2,
        ),
        Column(
            key="progress", head=head("progress"), rank=1, width=96, is_right=False,
            text=lambda r: f"{r.filled_permille / 10:.0f}%", order=lambda r: r.filled_permille,
        ),
        Column(
            key="state", head=head("state"), width=96, text=state, order=lambda r: r.view.state.value, is_right=False
        ),
    )  # fmt: skip


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
        for point in view.points:
            if point.trade_ns > trade_ns:
                break
            due = point.cum_qty
        return WorkRow(
            view=view,
            name=self._texts.name(issue) if issue is not None else view.symbol,
            px_decimals=issue.px_decimals if issue is not None else 0,
            due_qty=due,
        )
