"""The book without limits under prices that jump and drift far beyond its window, against the naive one."""

import random

import pytest

from hts.model.enums import TimeInForce
from hts.model.instruments import TickTable
from hts.sim.grid import OpenGrid
from hts.sim.matching import BUY, SELL
from hts.sim.window_book import NO_REACH, WINDOW, WindowBook
from tests.sim.naive_book import NaiveBook

DAY, IOC, FOK = TimeInForce.DAY, TimeInForce.IOC, TimeInForce.FOK


@pytest.mark.parametrize("spread", [5, WINDOW // 2, WINDOW * 3, WINDOW * 50])
def test_seeded_commands_equal_the_naive_matcher(spread):
    dice = random.Random(spread)
    fast, naive = WindowBook(), NaiveBook()
    handle_of = {}
    middle = 100_000
    for number in range(6000):
        middle = max(spread, middle + dice.randrange(-spread // 4 - 1, spread // 4 + 2))
        what = dice.random()
        if what < 0.62:
            side = dice.randrange(2)
            away = dice.randrange(-spread // 3, spread)
            level = max(0, middle - away if side == BUY else middle + away)
            if dice.random() < 0.05:
                level = NO_REACH if side == BUY else 0
            tif = IOC if level in (0, NO_REACH) else dice.choice((DAY, DAY, DAY, IOC, FOK))
            qty, fills = dice.randrange(1, 30), []
            handle, left = fast.enter(side, level, qty, tif, fills)
            key, naive_left, naive_fills = naive.enter(side, level, qty, tif)
            keys = {handle: key for key, handle in handle_of.items()}
            assert [(keys[h], at, q) for h, at, q in fills] == naive_fills
            assert left == naive_left
            alive = {order[0] for order in naive.orders}
            handle_of = {key: handle for key, handle in handle_of.items() if key in alive}
            if key is not None:
                handle_of[key] = handle
        elif what < 0.9 and handle_of:
            key = dice.choice(list(handle_of))
            naive.cancel(key)
            fast.remove(handle_of.pop(key))
        elif handle_of:
            key = dice.choice(list(handle_of))
            qty = fast.qty[handle_of[key]]
            if qty > 1:
                naive.reduce(key, qty // 2)
                fast.reduce(handle_of[key], qty // 2)
        if number % 50 == 0:
            assert fast.content() == naive.content()
            for side, queue in ((BUY, fast.bids), (SELL, fast.asks)):
                mine = [(level, sum(qtys)) for s, level, qtys in naive.content() if s == side]
                assert queue.best == (mine[0][0] if mine else -1)
                assert (queue.count, queue.total_qty) == (
                    sum(1 for order in naive.orders if order[1] == side), sum(qty for _, qty in mine),
                )  # fmt: skip
                assert [fast.shown_qty(side, level) for level, _ in mine] == [qty for _, qty in mine]
    assert fast.content() == naive.content()


def test_the_window_is_laid_anew_where_the_best_has_gone():
    book = WindowBook()
    book.add(SELL, 10, 1)
    far = [book.add(SELL, 10 + at * WINDOW, at) for at in range(1, 5)]
    fills = []
    assert book.take(BUY, NO_REACH, 1, fills) == 0
    assert (book.asks.best, book.shown_qty(SELL, 10 + WINDOW)) == (10 + WINDOW, 1)
    book.remove(far[0])
    assert book.asks.best == 10 + 2 * WINDOW
    book.add(SELL, 3, 7)
    assert list(book.levels_from_best(SELL)) == [
        3, 10 + 2 * WINDOW, 10 + 3 * WINDOW, 10 + 4 * WINDOW,
    ]  # fmt: skip
    assert book.column(SELL, 2, 4) == [0, 7, 0]


def test_levels_of_an_open_grid_are_counted_through_the_bands():
    grid = OpenGrid(TickTable(starts=(0, 100, 500), steps=(1, 5, 10)))
    assert [grid.prices[level] for level in (0, 99, 100, 101, 179, 180, 181)] == [0, 99, 100, 105, 495, 500, 510]
    assert [grid.level_of[px] for px in (0, 99, 100, 105, 495, 500, 510)] == [0, 99, 100, 101, 179, 180, 181]
    assert [grid.level_at_most(px) for px in (-1, 0, 104, 509)] == [-1, 0, 100, 180]
    assert [grid.level_at_least(px) for px in (-1, 0, 101, 501)] == [0, 0, 101, 181]
