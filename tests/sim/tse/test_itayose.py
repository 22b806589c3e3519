"""Itayose prices worked by hand. One yen is ten; the grid has whole yens."""

import random

import pytest

from hts.model.enums import Side
from hts.model.instruments import TickTable
from hts.sim.call_book import CallBook, Uncross
from hts.sim.tse.itayose import uncross

TICKS = TickTable(starts=(0,), steps=(10,))
LOW, HIGH = 900, 1100


def found(bids, asks, *, last=1000, market_bid=0, market_ask=0, low=LOW, high=HIGH):
    book = CallBook(dict(bids), dict(asks), market_bid=market_bid, market_ask=market_ask)
    return uncross(book, TICKS, last, low_px=low, high_px=high)


@pytest.mark.parametrize(
    ("name", "bids", "asks", "more", "expected"),
    [
        ("one price fits", {1010: 50, 1005: 100}, {990: 80, 1000: 120}, {}, (1000, 150)),
        ("sell side is bigger", {1000: 100}, {1000: 300}, {}, (1000, 100)),
        ("buy side is bigger", {1000: 300}, {1000: 100}, {}, (1000, 100)),
        ("nothing crosses", {990: 100}, {1010: 100}, {}, None),
        ("one side is empty", {1000: 100}, {}, {}, None),
        ("run of prices: the last one is inside", {1050: 100}, {950: 100}, {}, (1000, 100)),
        ("run of prices: the last one is above", {980: 100}, {950: 100}, {}, (980, 100)),
        ("run of prices: the last one is below", {1050: 100}, {1020: 100}, {}, (1020, 100)),
        ("the bigger bid draws the price up", {1050: 200}, {950: 100}, {}, (1050, 100)),
        ("the bigger ask draws it down", {1050: 100}, {950: 200}, {}, (950, 100)),
        ("three levels each", {1020: 30, 1010: 40, 1000: 50}, {980: 20, 990: 60, 1000: 70}, {}, (1000, 120)),
        ("market orders only, equal", {}, {}, {"market_bid": 100, "market_ask": 100}, (1000, 100)),
        ("market orders only, buys are more", {}, {}, {"market_bid": 200, "market_ask": 100}, None),
        ("market orders only, sells are more", {}, {}, {"market_bid": 100, "market_ask": 200}, None),
        ("market buys meet limit sells", {}, {1010: 300}, {"market_bid": 200}, (1010, 200)),
        ("market buys fill two levels", {}, {1010: 100, 1030: 300}, {"market_bid": 200}, (1030, 200)),
        ("market buys cannot all fill", {}, {1010: 100}, {"market_bid": 200}, None),
        ("market sells meet limit buys", {980: 300}, {}, {"market_ask": 200}, (980, 200)),
        ("market sells cannot all fill", {980: 100}, {}, {"market_ask": 200}, None),
        ("market orders on both sides and limits", {1000: 100}, {1000: 100}, {"market_bid": 100, "market_ask": 50},
         (1000, 150)),
        ("market surplus climbs to where sells are", {990: 500}, {1020: 100}, {"market_bid": 150, "market_ask": 50},
         (1020, 150)),
        ("outside of the bounds", {1200: 100}, {1150: 100}, {}, None),
        ("partly outside: the bound qualifies", {1200: 100}, {1050: 100}, {}, (1050, 100)),
        ("last below the bounds", {1100: 100}, {900: 100}, {"last": 800}, (900, 100)),
        ("a lone lot at the price", {1000: 1}, {1000: 1}, {}, (1000, 1)),
    ],
)  # fmt: skip
def test_the_price_and_quantity(name, bids, asks, more, expected):
    assert found(bids, asks, **more) == (None if expected is None else Uncross(*expected))


@pytest.mark.parametrize(
    ("bids", "asks", "more", "side"),
    [
        ({}, {1010: 100}, {"market_bid": 200}, Side.BUY),
        ({980: 100}, {}, {"market_ask": 200}, Side.SELL),
        ({1200: 100}, {1150: 100}, {}, Side.BUY),
        ({800: 100}, {750: 100}, {}, Side.SELL),
        ({990: 100}, {1010: 100}, {}, None),
        ({1150: 100}, {1160: 100}, {}, None),  # both beyond the bounds, yet nothing crosses
        ({}, {}, {"market_bid": 100}, Side.BUY),
        ({}, {}, {"market_bid": 100, "market_ask": 300}, Side.SELL),
    ],
)
def test_which_side_pushes(bids, asks, more, side):
    book = CallBook(bids, asks, market_bid=more.get("market_bid", 0), market_ask=more.get("market_ask", 0))
    assert book.pressure(LOW, HIGH) is side


def naive(bids, asks, last, market):
    """Every price of the range, straight from the three conditions."""
    market_bid, market_ask = market
    fits = []
    for px in range(LOW, HIGH + 1, 10):
        demand = market_bid + sum(q for p, q in bids.items() if p >= px)
        supply = market_ask + sum(q for p, q in asks.items() if p <= px)
        qty = min(demand, supply)
        above = market_bid + sum(q for p, q in bids.items() if p > px)
        below = market_ask + sum(q for p, q in asks.items() if p < px)
        if qty and above <= qty and below <= qty:
            fits.append((abs(px - last), px, qty))
    return Uncross(min(fits)[1], min(fits)[2]) if fits else None


@pytest.mark.parametrize("seed", range(20))
def test_the_same_as_trying_every_price(seed):
    dice = random.Random(seed)
    for _ in range(100):
        bids = {dice.randrange(880, 1121, 10): dice.randrange(1, 9) for _ in range(dice.randrange(5))}
        asks = {dice.randrange(880, 1121, 10): dice.randrange(1, 9) for _ in range(dice.randrange(5))}
        last = dice.randrange(880, 1121, 10)
        market = dice.choice([(0, 0), (dice.randrange(9), dice.randrange(9))])
        expected = naive(bids, asks, last, market)
        assert found(bids, asks, last=last, market_bid=market[0], market_ask=market[1]) == expected
