from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.desk.heatmap import COLUMNS, NO_ROW, STEPS_NS, Cell, Dot, HeatMap, heat
from tests.desk.scene import NAVER_ISSUE, NINE, SECOND, a_book, a_trade

STEP = STEPS_NS[0]
AT = NINE


def book(at_ns, **changes):
    return a_book(trade_ns=at_ns, **changes)


def row(heat_map, px):
    return heat_map.grid.index(px)


@pytest.mark.parametrize(
    ("qty", "byte"), [(0, 0), (1, 10), (2, 16), (1_023, 100), (1_000_000, 199), (10**12, 255), (-3, 0)]
)
def test_a_quantity_is_ten_times_its_binary_logarithm(qty, byte):
    assert heat(qty) == byte


def test_a_book_fills_its_column_and_the_next_one_replaces_it():
    seen = HeatMap(NAVER_ISSUE)
    seen.on_book(book(AT, asks=(7,), bids=(3,)))
    seen.on_book(book(AT + 1, ask=238_000, asks=(15,), bids=(3,)))
    ring, number = seen.levels[0], AT // STEP
    column = ring.cells[:, number % COLUMNS]
    assert {int(i): int(column[i]) for i in np.flatnonzero(column)} == {
        row(seen, 238_000): 40,
        row(seen, 237_000): 20,
    }
    assert (ring.bid[number % COLUMNS], ring.ask[number % COLUMNS]) == (row(seen, 237_000), row(seen, 238_000))


def test_columns_repeat_while_no_book_comes():
    seen = HeatMap(NAVER_ISSUE)
    seen.on_book(book(AT))
    seen.advance(AT + 3 * STEP)
    ring, first = seen.levels[0], AT // STEP
    columns = [ring.cells[:, (first + i) % COLUMNS].tolist() for i in range(4)]
    assert columns == [columns[0]] * 4
    assert (ring.first, ring.last) == (first, first + 3)


def test_a_late_book_changes_nothing():
    seen = HeatMap(NAVER_ISSUE)
    seen.on_book(book(AT + STEP))
    before = seen.levels[0].cells.copy()
    seen.on_book(book(AT, asks=(999,)))
    assert (seen.levels[0].cells == before).all()


def test_after_a_pause_longer_than_the_ring_only_the_standing_book_is_left():
    seen = HeatMap(NAVER_ISSUE)
    seen.on_book(book(AT))
    seen.on_trades([a_trade(trade_ns=AT)])
    later = AT + 2 * COLUMNS * STEP
    seen.advance(later)
    ring = seen.levels[0]
    assert (ring.first, ring.last, ring.dots) == (later // STEP, later // STEP, {})
    filled = np.flatnonzero(ring.cells.any(axis=0)).tolist()
    assert filled == [(later // STEP) % COLUMNS]


def test_trades_stand_in_their_column_by_aggressor():
    seen = HeatMap(NAVER_ISSUE)
    seen.on_book(book(AT))
    for qty, side in ((5, "1"), (7, "2"), (9, ""), (1, "1")):
        seen.on_trades([a_trade(qty=qty, side=side, trade_ns=AT)])
    expected = {row(seen, 237_500): Dot(6, 7, 9)}
    assert [level.dots[AT // level.step_ns] for level in seen.levels] == [expected] * 3
    assert Dot(6, 7, 9).qty == 22


def test_the_cursor_reads_what_stood_and_traded():
    seen = HeatMap(NAVER_ISSUE)
    seen.on_book(book(AT, asks=(7,), bids=(3,)))
    seen.on_trades([a_trade(qty=5, trade_ns=AT)])
    number = AT // STEP
    assert seen.cell(0, number, row(seen, 237_500)) == Cell(
        trade_ns=number * STEP, px=237_500, ask_qty=7, bid_qty=0, buy_qty=5, sell_qty=0
    )
    assert [seen.cell(0, number + 1, 3), seen.cell(0, number, -1), seen.cell(0, number, 10**6)] == [None] * 3


def test_the_middle_is_the_expected_price_in_a_call():
    from hts.model.enums import Phase

    seen = HeatMap(NAVER_ISSUE)
    found = [seen.reference_row]
    seen.on_book(book(AT, asks=(), bids=()))
    seen.on_trades([a_trade(px=230_000, trade_ns=AT)])
    found.append(seen.reference_row)
    seen.on_book(book(AT))
    found.append(seen.reference_row)
    seen.on_book(book(AT, phase=Phase.OPEN_CALL, expected_px=225_000, expected_qty=1))
    found.append(seen.reference_row)
    assert found == [row(seen, px) for px in (218_000, 230_000, 237_000, 225_000)]


@dataclass
class Naive:
    """A picture as a dict of cells, repeated by hand."""

    step: int
    cells: dict = field(default_factory=dict)
    last: int = -1

    def advance(self, number):
        if self.last >= 0:
            for new in range(self.last + 1, number + 1):
                for (column, px), value in list(self.cells.items()):
                    if column == new - 1:
                        self.cells[new, px] = value
        self.last = max(self.last, number)

    def put(self, one):
        number = one.trade_ns // self.step
        self.advance(number)
        if number < self.last:
            return
        self.cells = {key: value for key, value in self.cells.items() if key[0] != number}
        for prices, sizes in ((one.levels[0::4], one.levels[2::4]), (one.levels[1::4], one.levels[3::4])):
            self.cells |= {(number, px): heat(qty) for px, qty in zip(prices, sizes, strict=True) if qty}


moves = st.lists(
    st.tuples(st.integers(-1, 6), st.integers(0, 4), st.lists(st.integers(1, 99), max_size=4)), min_size=1, max_size=12
)


@settings(max_examples=40, deadline=None)
@given(moves)
def test_the_ring_shows_what_a_dict_of_cells_would(steps):
    seen, naive, at = HeatMap(NAVER_ISSUE), Naive(STEP), NINE
    for quarter, ticks, sizes in steps:
        at += quarter * STEP
        one = book(at, ask=237_500 + 500 * ticks, bid=237_000, asks=sizes, bids=sizes[:2])
        seen.on_book(one)
        naive.put(one)
    ring = seen.levels[0]
    size = len(seen.grid)
    window = ring.window(ring.first - 2, ring.last + 1, -3, size + 2)
    expected = np.zeros_like(window)
    for (number, px), value in naive.cells.items():
        expected[size + 2 - row(seen, px), number - ring.first + 2] = value
    assert (window == expected).all()


def test_an_empty_map_has_an_empty_window():
    seen = HeatMap(NAVER_ISSUE)
    seen.advance(NINE + SECOND)
    ring = seen.levels[0]
    assert (ring.window(0, 9, 0, 4).any(), ring.last, ring.bid[0]) == (False, -1, NO_ROW)
