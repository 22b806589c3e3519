"""Cross prices and imbalances worked by hand. Prices in hundredths of a cent; the grid is the cent."""

from fractions import Fraction

import pytest

from hts.model.instruments import TickTable
from hts.sim.call_book import CallBook, Uncross
from hts.sim.nasdaq.cross import Imbalance, collar, cross_price, imbalance, variation

TICKS = TickTable(starts=(0, 10_000), steps=(1, 100))


def usd(text):
    return round(float(text) * 10_000)


def book(bids, asks, **market):
    return CallBook({usd(p): q for p, q in bids.items()}, {usd(p): q for p, q in asks.items()}, **market)


def crossed(bids, asks, reference="10.00", **market):
    return cross_price(book(bids, asks, **market), TICKS, usd(reference), low_px=usd("5"), high_px=usd("20"))


@pytest.mark.parametrize(
    ("bids", "asks", "more", "expected"),
    [
        ({"10.02": 500}, {"9.98": 500}, {}, ("10.00", 500)),  # every price from 9.98 to 10.02: the reference
        ({"10.02": 700}, {"9.98": 500}, {}, ("10.02", 500)),  # imbalance 200 everywhere: where shares stay behind
        ({"10.02": 500}, {"9.98": 700}, {}, ("9.98", 500)),
        ({"10.05": 300, "10.01": 400}, {"9.99": 200, "10.03": 300}, {}, ("10.03", 300)),
        ({}, {"10.10": 900}, {"market_bid": 400}, ("10.10", 400)),
        ({}, {"10.10": 300, "10.40": 300}, {"market_bid": 400}, ("10.40", 400)),
        ({}, {"10.10": 300}, {"market_bid": 400}, ("10.10", 300)),  # the rest stays: unlike Tokyo, it executes
        ({"9.90": 300}, {}, {"market_ask": 500}, ("9.90", 300)),
        ({}, {}, {"market_bid": 300, "market_ask": 200}, ("10.00", 200)),
        ({"9.90": 100}, {"10.10": 100}, {}, None),
    ],
)
def test_cross_prices(bids, asks, more, expected):
    assert crossed(bids, asks, **more) == (None if expected is None else Uncross(usd(expected[0]), expected[1]))


def test_the_smaller_imbalance_wins_among_equal_volumes():
    # 300 pair at 10.00 (imbalance 200 buys) and at 10.01 (imbalance 0: the bids at 10.00 are out).
    assert crossed({"10.01": 300, "10.00": 200}, {"9.99": 300}, reference="10.00") == Uncross(usd("10.01"), 300)


def test_a_collar_holds_the_price():
    low, high = collar(usd("10.00"), Fraction(10, 100), usd("0.50"))
    assert (low, high) == (usd("9.00"), usd("11.00"))
    found = cross_price(book({}, {"12.00": 500}, market_bid=300), TICKS, usd("10"), low_px=low, high_px=high)
    assert found is None
    assert collar(usd("2.00"), Fraction(10, 100), usd("0.50")) == (usd("1.50"), usd("2.50"))


def test_an_imbalance_message():
    on_close = CallBook({}, {}, market_bid=800, market_ask=500)
    whole = CallBook({usd("10.00"): 100}, {usd("10.04"): 200, usd("10.06"): 300}, market_bid=800, market_ask=500)
    found = imbalance(on_close, whole, TICKS, best_bid=usd("10.00"), best_ask=usd("10.04"), last_px=usd("10.01"))
    # Reference: inside 10.00..10.04 most shares pair at 10.04: 800 against 500 + 200.
    assert found == Imbalance(
        paired=700, imbalance=100, direction="B", far_px=usd("10.02"), near_px=usd("10.06"),
        reference_px=usd("10.04"), variation="L",
    )  # fmt: skip


def test_an_imbalance_without_on_close_orders():
    empty = CallBook({}, {})
    whole = CallBook({usd("10.00"): 100}, {usd("10.04"): 200})
    found = imbalance(empty, whole, TICKS, best_bid=usd("10.00"), best_ask=usd("10.04"), last_px=usd("10.01"))
    assert (found.paired, found.direction, found.far_px, found.near_px, found.variation) == (0, "O", 0, 0, " ")


@pytest.mark.parametrize(
    ("near", "letter"),
    [("10.00", "L"), ("10.09", "L"), ("10.10", "1"), ("9.75", "2"), ("10.99", "9"), ("11.00", "A"), ("8.00", "B"),
     ("14.00", "C")],
)  # fmt: skip
def test_variation_letters(near, letter):
    assert variation(usd(near), usd("10.00")) == letter
