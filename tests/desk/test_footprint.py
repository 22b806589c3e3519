from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.desk.footprint import (
    MINUTE_NS,
    MINUTES_KEPT,
    VALUE_SHARE,
    FootBar,
    Footprint,
    Traded,
    areas,
    imbalances,
)
from tests.desk.scene import NAVER_ISSUE, NINE, a_trade


def at(minute, px, qty, side):
    return a_trade(px=px, qty=qty, side=side, trade_ns=NINE + minute * MINUTE_NS + qty)


def a_footprint(*trades, timeframe_min=1, group=1):
    made = Footprint(NAVER_ISSUE)
    made.timeframe_min, made.group = timeframe_min, group
    made.on_trades(trades)
    return made


def test_a_bar_has_what_was_sold_and_bought_at_each_price():
    made = a_footprint(
        at(0, 237_000, 10, "2"),
        at(0, 237_500, 30, "1"),
        at(0, 237_500, 5, "2"),
        at(0, 238_000, 8, ""),
        at(1, 237_000, 1, "1"),
    )
    row = made.row_of(237_000)
    assert made.bars(9)[0] == FootBar(
        start_ns=NINE,
        open_px=237_000,
        high_px=238_000,
        low_px=237_000,
        close_px=238_000,
        rows={row: Traded(10, 0, 0), row + 1: Traded(5, 30, 0), row + 2: Traded(0, 0, 8)},
        poc=row + 1,
        value_low=row,
        value_high=row + 1,
        bought=frozenset({row + 1}),
        sold=frozenset(),
    )
    assert [(bar.delta, bar.qty) for bar in made.bars(9)] == [(15, 53), (1, 1)]
    assert (made.delta_before(NINE + MINUTE_NS), made.since_ns, made.last_px) == (15, NINE, 237_000)


def test_longer_bars_are_sums_and_begin_on_the_hour():
    made = a_footprint(*(at(m, 237_000, m + 1, "1") for m in range(7)), timeframe_min=5)
    assert [(bar.start_ns, bar.qty) for bar in made.bars(9)] == [(NINE, 15), (NINE + 5 * MINUTE_NS, 13)]
    assert [bar.qty for bar in made.bars(1)] == [13]


def test_rows_hold_several_ticks():
    made = a_footprint(at(0, 237_000, 1, "1"), at(0, 237_500, 2, "1"), at(0, 238_000, 4, "2"), group=2)
    (bar,) = made.bars(1)
    assert sum(row.qty for row in bar.rows.values()) == 7
    assert all(made.row_of(px) in bar.rows for px in (237_000, 237_500, 238_000))
    assert made.row_px(made.row_of(237_500)) in {237_000, 237_500}


def test_a_late_print_of_an_older_minute_changes_nothing():
    made = a_footprint(at(3, 237_000, 1, "1"), at(1, 250_000, 9, "1"))
    assert [bar.qty for bar in made.bars(9)] == [1]


def test_only_a_days_minutes_are_kept():
    made = a_footprint(*(at(m, 237_000, 1, "1") for m in range(MINUTES_KEPT + 5)))
    assert len(made.bars(10**6)) == MINUTES_KEPT
    assert made.since_ns == NINE + 5 * MINUTE_NS


@pytest.mark.parametrize(
    ("volumes", "expected"),
    [
        ({}, (-1, -1, -1)),
        ({5: 10}, (5, 5, 5)),
        ({1: 10, 2: 50, 3: 20, 4: 15, 5: 5}, (2, 2, 3)),  # 50 + 20 = 70 of 100
        ({1: 20, 2: 50, 3: 20, 4: 10}, (2, 2, 3)),  # of equal neighbours the upper one
        ({1: 25, 2: 40, 3: 5, 4: 30}, (2, 1, 3)),  # 40, 65 with the lower, 70 with the upper
        ({1: 50, 9: 50}, (1, 1, 9)),  # over the empty rows between
    ],
)
def test_the_value_area_grows_from_the_point_of_control(volumes, expected):
    assert areas({row: Traded(qty, 0, 0) for row, qty in volumes.items()}) == expected


@settings(max_examples=60)
@given(st.dictionaries(st.integers(0, 12), st.integers(1, 50), min_size=1))
def test_the_value_area_holds_its_share_and_no_row_too_many(volumes):
    poc, low, high = areas({row: Traded(0, qty, 0) for row, qty in volumes.items()})
    total = sum(volumes.values())

    def inside(first, last):
        return sum(qty for row, qty in volumes.items() if first <= row <= last)

    assert min(volumes) <= low <= poc <= high <= max(volumes)
    assert volumes[poc] == max(volumes.values())
    assert inside(low, high) * 100 >= total * VALUE_SHARE
    assert low == high or min(inside(low + 1, high), inside(low, high - 1)) * 100 < total * VALUE_SHARE


def test_imbalances_compare_across_one_row():
    """At 3 buyers took 30 against 10 sold at 2: three times. At 1, 40 were sold against 5 bought at 2."""
    rows = {1: Traded(40, 0), 2: Traded(10, 5), 3: Traded(9, 30), 4: Traded(0, 26)}
    assert imbalances(rows) == (frozenset({3}), frozenset({1}))


def test_a_side_that_met_nobody_outweighs_nothing():
    assert imbalances({1: Traded(0, 0), 2: Traded(0, 99)}) == (frozenset(), frozenset())


trades = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 8), st.integers(1, 90), st.sampled_from(["1", "2", ""])), max_size=40
)


@settings(max_examples=40)
@given(trades, st.sampled_from([1, 3, 5]), st.sampled_from([1, 2, 5]))
def test_bars_and_profile_are_what_a_plain_count_gives(moves, timeframe_min, group):
    made = Footprint(NAVER_ISSUE)
    made.timeframe_min, made.group = timeframe_min, group
    sold, bought, total = Counter(), Counter(), Counter()
    for minute, tick, qty, side in sorted(moves):
        trade = a_trade(px=237_000 + 500 * tick, qty=qty, side=side, trade_ns=NINE + minute * MINUTE_NS)
        made.on_trades([trade])
        made.bars(3)  # what was asked for before must not stand in the way
        key = (NINE + minute // timeframe_min * timeframe_min * MINUTE_NS, made.row_of(trade.px))
        total[key] += qty
        sold[key] += qty * (side == "2")
        bought[key] += qty * (side == "1")
    found = {(bar.start_ns, row): traded for bar in made.bars(99) for row, traded in bar.rows.items()}
    assert {key: traded.qty for key, traded in found.items()} == total
    assert all(found[key].sell_qty == sold[key] and found[key].buy_qty == bought[key] for key in found)
    by_row = Counter()
    for (_, row), qty in total.items():
        by_row[row] += qty
    assert {row: traded.qty for row, traded in made.profile().rows.items()} == by_row
