import pytest
from msgspec.structs import replace

from hts.desk.chart import Series
from hts.desk.chart_marks import FillMark, Marks, OrderLine, marks_of, snapped, stepped
from hts.model.enums import OrdStatus, OrdType, Side
from hts.model.quotes import Bar, InstrumentDef
from tests.desk.scene import NAVER, NAVER_ISSUE, NINE, SAMSUNG, SECOND, Scene, a_fill, a_position, a_trade, an_order


def three_bars() -> Series:
    series = Series(60)
    series.replace([Bar(NINE + i * 60 * SECOND, 100, 100, 100, 100, 1, 100) for i in range(3)])
    return series


def test_own_orders_average_and_fills_become_marks():
    scene = Scene()
    scene.market.on_quote(a_trade(px=237_500))
    for view in (
        an_order(1, Side.BUY, 236_000, 50),
        an_order(2, Side.SELL, 240_000, 30, ord_status=OrdStatus.PENDING_REPLACE),
        an_order(3, Side.SELL, 0, 30, ord_type=OrdType.MARKET),
        an_order(4, Side.SELL, 190_000, 30, SAMSUNG),
        a_position(),
        a_fill(1, Side.BUY, 230_000, 10, trade_ns=NINE + 61 * SECOND),
        a_fill(2, Side.BUY, 231_001, 20, trade_ns=NINE + 119 * SECOND),
        a_fill(3, Side.SELL, 232_000, 5, trade_ns=NINE + 62 * SECOND),
        a_fill(4, Side.SELL, 232_000, 5, trade_ns=NINE - SECOND),
        a_fill(5, Side.SELL, 190_000, 5, SAMSUNG, trade_ns=NINE),
    ):
        scene.orders.on_view(view)
    assert marks_of(NAVER_ISSUE, three_bars(), scene.market, scene.orders) == Marks(
        orders=(
            OrderLine(order_id=1, side=Side.BUY, px=236_000, qty=50, is_pending=False),
            OrderLine(order_id=2, side=Side.SELL, px=240_000, qty=30, is_pending=True),
        ),
        fills=(
            FillMark(index=1, side=Side.BUY, px=230_667, qty=30),
            FillMark(index=1, side=Side.SELL, px=232_000, qty=5),
        ),
        position_qty=80,
        average_px=233_063,
        pnl=354_960,
        pnl_bp=190,
        base_px=218_000,
        last_px=237_500,
        direction=1,
    )


def test_without_orders_and_holdings_only_the_market_is_marked():
    scene = Scene()
    assert marks_of(NAVER_ISSUE, three_bars(), scene.market, scene.orders) == Marks(base_px=218_000, last_px=218_000)
    assert NAVER_ISSUE.symbol == NAVER


def test_a_dropped_line_takes_the_nearest_valid_price_within_the_limits():
    dropped = (237_249.0, 237_251.0, 199_960.0, 999_999.0, -5.0)
    assert [snapped(NAVER_ISSUE, px) for px in dropped] == [237_000, 237_500, 200_000, 283_000, 153_000]


def test_a_holding_in_dollars_is_marked_by_its_price_and_told_in_cents():
    scene = Scene()
    issue = replace(NAVER_ISSUE, currency="USD", px_decimals=4)
    scene.market.on_quote(InstrumentDef(instrument=issue))
    scene.market.on_quote(a_trade(NAVER, px=2_510_000))
    scene.orders.on_view(a_position(NAVER, 10, 250_000))  # at 250.0000 dollars, in cents
    marks = marks_of(issue, three_bars(), scene.market, scene.orders)
    assert (marks.average_px, marks.pnl, marks.money_decimals, marks.pnl_bp) == (2_500_000, 1_000, 2, 40)


@pytest.mark.parametrize(
    ("px", "ticks", "expected"),
    [
        (200_000, -1, 199_900),  # the step of the band below
        (199_900, 2, 200_500),
        (237_000, 10, 242_000),
        (237_123.5, -2, 236_123.5),  # between ticks it stays between them
    ],
)
def test_keys_move_a_price_by_ticks(px, ticks, expected):
    assert stepped(NAVER_ISSUE, px, ticks) == expected


def test_a_fill_outside_of_the_bars_that_are_shown_has_no_mark():
    scene = Scene()
    for number in (1, 2):
        scene.orders.on_view(a_fill(number, Side.BUY, 218_000, 10))
    times = [fill.trade_ns for fill in scene.orders.fills]
    shown = [
        marks_of(NAVER_ISSUE, three_bars(), scene.market, scene.orders, shows=shows).fills
        for shows in (lambda _venue, _ns: True, lambda venue, ns: venue == "KRX" and ns == times[0])
    ]
    assert [sum(mark.qty for mark in marks) for marks in shown] == [20, 10]
