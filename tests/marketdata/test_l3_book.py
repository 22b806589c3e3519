"""The order-by-order book: priority, totals, what it refuses, and 100,000 commands against a naive one."""

import random

import pytest

from hts.base.errors import RemoteProtocolError
from hts.marketdata.l3_book import L3Books

ISSUE = 7


def three_bids():
    book = L3Books()
    book.add(ISSUE, 1, True, 100, 5000)
    book.add(ISSUE, 2, True, 200, 5000)
    book.add(ISSUE, 3, True, 300, 4900)
    return book


def test_orders_queue_in_the_order_of_their_arrival():
    book = three_bids()
    book.add(ISSUE, 4, False, 50, 5100)
    assert book.levels(ISSUE, is_bid=True) == ((5000, 300, 2), (4900, 300, 1))
    assert book.levels(ISSUE, is_bid=True, depth=1) == ((5000, 300, 2),)
    assert book.levels(ISSUE, is_bid=False) == ((5100, 50, 1),)
    assert book.queue(ISSUE, 5000, is_bid=True) == ((1, 100), (2, 200))
    assert (book.ahead_of(1), book.ahead_of(2), book.ahead_of(3)) == (0, 100, 0)
    assert (book.best(ISSUE, is_bid=True), book.best(ISSUE, is_bid=False)) == ((5000, 300, 2), (5100, 50, 1))
    assert (len(book), book.books()) == (4, (ISSUE,))


def test_a_reduction_keeps_the_place_and_a_replacement_loses_it():
    book = three_bids()
    book.reduce(1, 40)
    assert book.queue(ISSUE, 5000, is_bid=True) == ((1, 60), (2, 200))
    book.replace(1, 9, 60, 5000)
    assert book.queue(ISSUE, 5000, is_bid=True) == ((2, 200), (9, 60))
    book.replace(2, 2, 10, 5000)
    assert book.queue(ISSUE, 5000, is_bid=True) == ((9, 60), (2, 10))


def test_an_order_that_is_used_up_or_deleted_takes_its_level_along():
    book = three_bids()
    book.reduce(3, 300)
    book.delete(1)
    assert book.levels(ISSUE, is_bid=True) == ((5000, 200, 1),)
    book.delete(2)
    assert (book.best(ISSUE, is_bid=True), len(book)) == (None, 0)


def test_an_unknown_book_is_empty():
    assert (L3Books().best(1, is_bid=True), L3Books().levels(1, is_bid=False)) == (None, ())


WRONG = {
    "add twice": (lambda b: b.add(ISSUE, 1, True, 1, 1), "order 1: a new one with a quantity expected"),
    "add nothing": (lambda b: b.add(ISSUE, 9, True, 0, 1), "order 9: a new one with a quantity expected, found 0"),
    "add beyond": (lambda b: b.add(ISSUE, 9, True, 1, 1), "order 9: up to 3 live orders expected, found more"),
    "reduce too much": (lambda b: b.reduce(1, 101), "order 1: up to 100 expected, found 101"),
    "reduce none": (lambda b: b.reduce(9, 1), "order 9: an order of the book expected, found none"),
    "delete none": (lambda b: b.delete(9), "order 9: an order of the book expected, found none"),
    "replace none": (lambda b: b.replace(9, 10, 1, 1), "order 9: an order of the book expected, found none"),
    "replace by another": (lambda b: b.replace(1, 2, 1, 1), "order 2: a new one with a quantity expected"),
    "replace by nothing": (lambda b: b.replace(1, 9, 0, 1), "order 9: a new one with a quantity expected, found 0"),
    "ahead of none": (lambda b: b.ahead_of(9), "order 9: an order of the book expected, found none"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_changes_nothing(name):
    change, text = WRONG[name]
    book = L3Books(orders_max=3)
    book.add(ISSUE, 1, True, 100, 5000)
    book.add(ISSUE, 2, True, 200, 5000)
    book.add(ISSUE, 3, True, 300, 4900)
    before = book.levels(ISSUE, is_bid=True), book.queue(ISSUE, 5000, is_bid=True), len(book)
    with pytest.raises(RemoteProtocolError, match=text):
        change(book)
    assert (book.levels(ISSUE, is_bid=True), book.queue(ISSUE, 5000, is_bid=True), len(book)) == before


def test_clear_forgets_everything():
    book = three_bids()
    book.clear()
    assert (len(book), book.books()) == (0, ())


def test_a_hundred_thousand_commands_leave_what_a_plain_list_leaves():
    dice = random.Random(1)
    book, naive = L3Books(), []  # (order, issue, is_bid, qty, px) in time order
    next_id = 1
    for _ in range(100_000):
        kind = dice.randrange(5)
        if (kind < 2 and len(naive) < 60) or not naive:
            order = [next_id, dice.randrange(3), dice.random() < 0.5, dice.randrange(1, 100), dice.randrange(1, 9)]
            naive.append(order)
            book.add(order[1], next_id, *order[2:])
            next_id += 1
            continue
        place = dice.randrange(len(naive))
        order = naive[place]
        if kind == 2:
            qty = dice.randrange(1, order[3] + 1)
            order[3] -= qty
            book.reduce(order[0], qty)
            if not order[3]:
                del naive[place]
        elif kind == 3:
            book.delete(order[0])
            del naive[place]
        else:
            del naive[place]
            naive.append([next_id, order[1], order[2], dice.randrange(1, 100), dice.randrange(1, 9)])
            book.replace(order[0], next_id, *naive[-1][3:])
            next_id += 1
    assert len(book) == len(naive)
    for issue, is_bid, px in {(o[1], o[2], o[4]) for o in naive}:
        expected = tuple((o[0], o[3]) for o in naive if (o[1], o[2], o[4]) == (issue, is_bid, px))
        assert book.queue(issue, px, is_bid=is_bid) == expected
