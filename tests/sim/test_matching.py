import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.model.enums import TimeInForce
from hts.model.instruments import TickTable
from hts.sim.grid import BoundedGrid
from hts.sim.matching import BUY, SELL, PriceTimeBook
from tests.sim.naive_book import NaiveBook

DAY, IOC, FOK = TimeInForce.DAY, TimeInForce.IOC, TimeInForce.FOK


def a_book(*orders: tuple[int, int, int]) -> tuple[PriceTimeBook, list[int]]:
    book = PriceTimeBook(40)
    return book, [book.add(*order) for order in orders]


def test_the_best_price_trades_first_and_the_earlier_order_within_it():
    book, (far, early, late) = a_book((SELL, 12, 5), (SELL, 11, 5), (SELL, 11, 5))
    fills = []
    assert book.enter(BUY, 12, 12, DAY, fills) == (0, 0)
    assert fills == [(early, 11, 5), (late, 11, 5), (far, 12, 2)]
    assert book.content() == ((SELL, 12, (3,)),)


def test_the_rest_of_a_day_order_becomes_the_best_bid():
    book, _ = a_book((SELL, 11, 5), (BUY, 9, 7))
    fills = []
    handle, left = book.enter(BUY, 11, 8, DAY, fills)
    assert (left, book.content(), book.bids.best, book.asks.best) == (3, ((BUY, 11, (3,)), (BUY, 9, (7,))), 11, -1)
    assert book.qty[handle] == 3


def test_immediate_or_cancel_leaves_nothing_behind():
    book, (ask,) = a_book((SELL, 11, 5))
    fills = []
    assert book.enter(BUY, 11, 8, IOC, fills) == (0, 3)
    assert (fills, book.content()) == ([(ask, 11, 5)], ())


def test_fill_or_kill_trades_all_or_nothing():
    book, (near, far) = a_book((SELL, 11, 5), (SELL, 13, 5))
    fills = []
    assert [book.enter(BUY, 12, 6, FOK, fills), book.enter(BUY, 13, 11, FOK, fills), fills] == [(0, 6), (0, 11), []]
    assert book.enter(BUY, 13, 10, FOK, fills) == (0, 0)
    assert fills == [(near, 11, 5), (far, 13, 5)]


def test_a_reduced_order_keeps_its_place():
    book, (first, second) = a_book((BUY, 9, 10), (BUY, 9, 10))
    book.reduce(first, 6)
    fills = []
    book.enter(SELL, 9, 5, DAY, fills)
    assert fills == [(first, 9, 4), (second, 9, 1)]


def test_taking_orders_out_of_a_queue_at_head_middle_and_tail():
    book, handles = a_book(*[(BUY, 9, qty) for qty in (1, 2, 3, 4, 5)])
    assert [book.remove(handles[at]) for at in (0, 2, 4)] == [1, 3, 5]
    assert book.content() == ((BUY, 9, (2, 4)),)
    assert [book.remove(handles[at]) for at in (3, 1)] == [4, 2]
    assert (book.content(), book.bids.best, book.bids.total_qty) == ((), -1, 0)


def test_the_best_price_is_found_again_across_a_gap():
    book, (best, _) = a_book((SELL, 5, 1), (SELL, 39, 2))
    book.remove(best)
    assert book.asks.best == 39


def test_an_order_that_is_gone_cannot_be_removed_or_reduced():
    book, (handle,) = a_book((SELL, 5, 1))
    book.remove(handle)
    for act in (lambda: book.remove(handle), lambda: book.reduce(handle, 1)):
        with pytest.raises(AssertionError):
            act()


def test_a_grid_holds_every_valid_price_of_the_day():
    ticks = TickTable(starts=(0, 100), steps=(1, 5))
    grid = BoundedGrid(ticks, 97, 115)
    assert grid.prices == [97, 98, 99, 100, 105, 110, 115]
    assert [grid.level_of[px] for px in grid.prices] == list(range(7))
    with pytest.raises(AssertionError):
        BoundedGrid(ticks, 97, 113)


def state_hash(content) -> str:
    return hashlib.blake2b(repr(content).encode()).hexdigest()


class Pair:
    """The fast book and the naive one under the same commands."""

    def __init__(self):
        self.fast, self.naive = PriceTimeBook(40), NaiveBook()
        self.handle_of, self.key_of = {}, {}

    def enter(self, side, level, qty, time_in_force):
        fills = []
        handle, left = self.fast.enter(side, level, qty, time_in_force, fills)
        key, naive_left, naive_fills = self.naive.enter(side, level, qty, time_in_force)
        assert [(self.key_of[h], at, q) for h, at, q in fills] == naive_fills
        assert (left, bool(handle)) == (naive_left, key is not None)
        self.forget_filled()
        if handle:
            self.handle_of[key], self.key_of[handle] = handle, key

    def forget_filled(self):
        alive = {order[0] for order in self.naive.orders}
        for key in [key for key in self.handle_of if key not in alive]:
            del self.key_of[self.handle_of.pop(key)]

    def cancel(self, pick):
        if self.handle_of:
            key = list(self.handle_of)[pick % len(self.handle_of)]
            self.naive.cancel(key)
            handle = self.handle_of.pop(key)
            del self.key_of[handle]
            self.fast.remove(handle)

    def reduce(self, pick, by):
        if self.handle_of:
            key = list(self.handle_of)[pick % len(self.handle_of)]
            handle = self.handle_of[key]
            if 0 < by < self.fast.qty[handle]:
                self.naive.reduce(key, by)
                self.fast.reduce(handle, by)

    def check(self):
        content = self.fast.content()
        assert state_hash(content) == state_hash(self.naive.content())
        for side, columns in ((BUY, self.fast.bids), (SELL, self.fast.asks)):
            mine = [(level, queue) for s, level, queue in content if s == side]
            assert columns.best == (mine[0][0] if mine else -1)
            assert columns.count == sum(len(queue) for _, queue in mine)
            assert columns.total_qty == sum(columns.total) == sum(sum(queue) for _, queue in mine)


def test_a_hundred_thousand_seeded_commands_equal_the_naive_matcher():
    dice = random.Random(20261123)
    pair = Pair()
    for number in range(100_000):
        what = dice.random()
        if what < 0.5:
            side = dice.randrange(2)
            level = min(39, max(0, 20 + (dice.randrange(-3, 8) * (1 if side else -1))))
            pair.enter(side, level, dice.randrange(1, 30), dice.choice((DAY, DAY, DAY, IOC, FOK)))
        elif what < 0.6:
            pair.enter(*dice.choice(((BUY, 39), (SELL, 0))), dice.randrange(1, 60), dice.choice((IOC, FOK)))
        elif what < 0.9:
            pair.cancel(dice.randrange(1000))
        else:
            pair.reduce(dice.randrange(1000), dice.randrange(1, 20))
        if number % 500 == 0:
            pair.check()
    pair.check()


COMMANDS = st.lists(
    st.one_of(
        st.tuples(
            st.just("enter"), st.integers(0, 1), st.integers(0, 39), st.integers(1, 9), st.sampled_from((DAY, IOC, FOK))
        ),
        st.tuples(st.just("cancel"), st.integers(0, 50)),
        st.tuples(st.just("reduce"), st.integers(0, 50), st.integers(1, 8)),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(COMMANDS)
def test_any_commands_equal_the_naive_matcher(commands):
    pair = Pair()
    for name, *arguments in commands:
        getattr(pair, name)(*arguments)
        pair.check()
