"""What the chart shows of the trader's own: orders as lines that can be dragged, the average price, fills."""

from collections.abc import Callable, Iterable
from enum import Enum

from msgspec import Struct

from hts.desk.chart import Series
from hts.desk.figures import qty_text
from hts.desk.ladder_stops import StopState, stop_cells
from hts.desk.market import MarketState
from hts.desk.orders import OrdersState
from hts.desk.ratios import divide
from hts.desk.texts import Texts
from hts.desk.venue_tabs import HOME, is_at, last_px_of
from hts.model.enums import OrdStatus, OrdType, Side
from hts.model.instruments import Instrument
from hts.model.units import ClOrdID
from hts.model.views import FillView

FILLS_SHOWN_MAX = 200


class LineKind(Enum):
    """What a line of the trader's own is; the value ends the key of its text."""

    ORDER = "order"
    STOP = "stop"
    PROFIT = "profit"
    TRAIL = "trail"


class OrderLine(Struct, frozen=True, kw_only=True):
    """A working limit order. `is_pending`: the venue has not confirmed what was asked last.

    A stop or an exit that the core watches for is one too: `work_ids` are then those at its price, `order_id` the first
    of them, and it is pending while it waits for what it protects.
    """

    order_id: ClOrdID
    side: Side
    px: int
    qty: int
    is_pending: bool
    kind: LineKind = LineKind.ORDER
    work_ids: tuple[ClOrdID, ...] = ()
    can_move: bool = True

    def text(self, texts: Texts) -> str:
        """`매수 100`, `스톱 매도 60`."""
        side = texts(f"side.{self.side.name.lower()}")
        return texts(f"chart.{self.kind.value}", side=side, qty=qty_text(self.qty))


class FillMark(Struct, frozen=True, kw_only=True):
    """Fills of one side in one bar; `px` is their mean."""

    index: int
    side: Side
    px: int
    qty: int


class Marks(Struct, frozen=True, kw_only=True):
    """Everything of the trader's own on one chart. average_px and position_qty are 0 when flat."""

    orders: tuple[OrderLine, ...] = ()
    fills: tuple[FillMark, ...] = ()
    position_qty: int = 0
    average_px: int = 0
    money_decimals: int = 0  # of the result
    pnl: int = 0
    pnl_bp: int = 0
    base_px: int = 0
    last_px: int = 0
    direction: int = 0


def always(_venue: str, _trade_ns: int) -> bool:
    """Bars of the whole day show every fill."""
    return True


def marks_of(  # noqa: PLR0917
    instrument: Instrument,
    series: Series,
    market: MarketState,
    orders: OrdersState,
    venue: str = HOME,
    shows: Callable[[str, int], bool] = always,
) -> Marks:
    """The marks of an issue as they are now; orders, fills and the last price are those of a venue's tab.

    `shows` tells whether the bars hold a time: a fill outside of them has no bar to stand at.
    """
    symbol = instrument.symbol
    working = [view for view in orders.working(symbol) if is_at(venue, view.venue)]
    position = orders.positions.get(symbol)
    qty = position.qty if position is not None else 0
    last_px = last_px_of(market, symbol, venue)
    cost, pnl = (
        (abs(position.cost), orders.open_pnl(symbol, last_px, instrument)) if position is not None and qty else (0, 0)
    )
    return Marks(
        orders=tuple(
            OrderLine(
                order_id=view.order_id,
                side=view.side,
                px=view.px,
                qty=view.leaves_qty,
                is_pending=view.ord_status not in (OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED),
            )
            for view in working
            if view.ord_type is OrdType.LIMIT
        )
        + stop_lines(instrument, orders),
        fills=fill_marks(
            (f for f in orders.fills if f.symbol == symbol and is_at(venue, f.venue) and shows(f.venue, f.trade_ns)),
            series,
        ),
        position_qty=qty,
        average_px=instrument.average_px(cost, abs(qty)) if qty else 0,
        pnl=pnl,
        money_decimals=instrument.money_decimals,
        pnl_bp=divide(pnl * 10_000, cost) if cost else 0,
        base_px=instrument.base_px,
        last_px=last_px,
        direction=market.direction(symbol, last_px),
    )


def stop_lines(instrument: Instrument, orders: OrdersState) -> tuple[OrderLine, ...]:
    """What the core watches for in the issue, one line per side and price, from the highest down."""
    cells = stop_cells(orders.works.values(), instrument)
    return tuple(
        OrderLine(
            order_id=cell.work_ids[0],
            side=side,
            px=px,
            qty=cell.qty,
            is_pending=cell.state is not StopState.ARMED,
            kind=LineKind.PROFIT if cell.is_profit else LineKind.TRAIL if cell.is_trail else LineKind.STOP,
            work_ids=cell.work_ids,
            can_move=cell.can_move,
        )
        for (side, px), cell in sorted(cells.items(), key=lambda one: -one[0][1])
    )


def fill_marks(fills: Iterable[FillView], series: Series) -> tuple[FillMark, ...]:
    """One mark per bar and side, the newest FILLS_SHOWN_MAX of them."""
    sums: dict[tuple[int, Side], tuple[int, int]] = {}
    for fill in fills:
        index = series.index_at(fill.trade_ns - series.day_shift_ns)
        if index >= 0:
            qty, value = sums.get((index, fill.side), (0, 0))
            sums[index, fill.side] = (qty + fill.qty, value + fill.qty * fill.px)
    marks = [
        FillMark(index=index, side=side, px=divide(value, qty), qty=qty) for (index, side), (qty, value) in sums.items()
    ]
    return tuple(marks[-FILLS_SHOWN_MAX:])


def snapped(instrument: Instrument, px: float) -> int:
    """The valid price nearest to where a line was dropped, within the day's limits."""
    bounded = min(max(int(px), instrument.lower_px, 1), instrument.upper_px)
    low = instrument.ticks.floor(bounded)
    high = instrument.ticks.up(low)
    nearest = high if high - px < px - low else low
    return min(max(nearest, instrument.lower_px), instrument.upper_px)


def stepped(instrument: Instrument, px: float, ticks: int) -> float:
    """So many ticks up, or down when negative; a price between two ticks stays as far from them."""
    whole = int(px)
    if whole == px and instrument.ticks.is_valid(whole):
        return instrument.ticks.move(whole, ticks)
    return px + ticks * instrument.ticks.step_at(max(whole, 1))
