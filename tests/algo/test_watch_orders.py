"""The watch orders of one holding, by hand."""

import pytest

from hts.algo.watch_orders import Holding, is_sensible, watch_orders
from hts.model.conditional import Carry, ConditionalOrder, PriceCondition, TrailCondition, TrailUnit, WatchTerms
from hts.model.enums import Side
from hts.model.instruments import TickTable

TICKS = TickTable(starts=(0,), steps=(50,))
HELD = Holding(symbol="A", qty=105, base_px=10_010, lot=10, ticks=TICKS)
ALL = WatchTerms(profit_ppm=50_000, loss_ppm=30_000, trail_ppm=20_000, break_out_ppm=100_000, add_pct=50, daily=True)


def order(condition, side, qty, group_id=0, *, closes=True, carry=Carry.DAILY):
    return ConditionalOrder(
        cond_id=0, account="", symbol="A", condition=condition, side=side, qty=qty, group_id=group_id, carry=carry,
        closes=closes,
    )  # fmt: skip


def price(px, *, is_above):
    return PriceCondition(is_above=is_above, px=px)


def test_a_long_holding_is_watched_in_every_way():
    assert watch_orders(HELD, ALL, 3) == (
        order(price(10_550, is_above=True), Side.SELL, 100, 3),  # 10,510.5 up to the grid
        order(price(9_700, is_above=False), Side.SELL, 100, 3),  # 9,709.7 down to it
        order(TrailCondition(distance=20_000, unit=TrailUnit.PPM), Side.SELL, 100, 3),
        order(price(11_050, is_above=True), Side.BUY, 50, closes=False),
    )


def test_a_short_one_mirrors_and_a_single_close_needs_no_group():
    short = Holding(symbol="A", qty=-20, base_px=10_000, lot=10, ticks=TICKS)
    assert watch_orders(short, WatchTerms(loss_ppm=30_000, break_out_ppm=100_000), 3) == (
        order(price(10_300, is_above=True), Side.BUY, 20, carry=Carry.DAY),
        order(price(9_000, is_above=False), Side.SELL, 20, closes=False, carry=Carry.DAY),
    )


@pytest.mark.parametrize(("qty", "base_px"), [(9, 10_000), (-9, 10_000), (100, 0)])
def test_less_than_a_lot_and_a_holding_without_a_price_are_left_out(qty, base_px):
    assert watch_orders(Holding(symbol="A", qty=qty, base_px=base_px, lot=10, ticks=TICKS), ALL, 1) == ()


@pytest.mark.parametrize(
    "bad",
    [
        WatchTerms(), WatchTerms(profit_ppm=-1, loss_ppm=5), WatchTerms(loss_ppm=1_000_000),
        WatchTerms(trail_ppm=1_000_000), WatchTerms(loss_ppm=1, add_pct=0), WatchTerms(loss_ppm=1, add_pct=101),
        WatchTerms(loss_ppm=1, orders_max=0), WatchTerms(loss_ppm=1, orders_max=201),
    ],
)  # fmt: skip
def test_terms_that_say_nothing_or_too_much(bad):
    assert not is_sensible(bad)
    assert is_sensible(ALL)
