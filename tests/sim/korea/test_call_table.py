"""Worked cases of the call auction, through the whole venue: orders in, the expected price and quantity out.

`B 272500x50 | S Mx7`: a bid of 50 at 272,500, a market offer of 7; `+3` is three ticks above the base price. Samsung's
base price is 272,000, its limits are 190,500 and 353,500.
"""

import pytest

from hts.model.enums import OrdType, Side
from tests.support.krx_day import a_krx, until
from tests.support.plain_venue import run
from tests.support.venue import enter

TABLE = """
most volume at one price: B 272500x50 B 272000x100 B 271500x200 | S 271000x80 S 271500x120 S 272000x150 -> 271500 x 200
a bigger offer below moves it down: B 272500x50 B 271500x200 | S 271000x180 S 272000x10 -> 271500 x 180
a bigger bid above moves it up: B 273000x180 B 271500x10 | S 271000x50 S 272500x200 -> 272500 x 180
both sides whole at one price: B 272000x10 | S 272000x10 -> 272000 x 10
bids left over: B 272000x10 | S 272000x4 -> 272000 x 4
offers left over: B 272000x4 | S 272000x10 -> 272000 x 4
three bids share one offer: B 273000x1 B 272500x1 B 272000x1 | S 272000x3 -> 272000 x 3
a far offer does not matter: B 272000x5 | S 272000x5 S 300000x9 -> 272000 x 5
a far bid does not matter: B 272000x5 B 250000x9 | S 272000x5 -> 272000 x 5
crossed by one step: B 272500x7 | S 272000x7 -> 272000 x 7
crossed wide, equal: B 280000x7 | S 265000x7 -> 272000 x 7
crossed wide, bid bigger: B 280000x9 | S 265000x7 -> 280000 x 7
crossed wide, offer bigger: B 280000x7 | S 265000x9 -> 265000 x 7
last inside the plateau: B 275000x5 | S 270000x5 -> 272000 x 5
last at its top: B 272000x5 | S 270000x5 -> 272000 x 5
last at its bottom: B 275000x5 | S 272000x5 -> 272000 x 5
last above it: B 271000x5 | S 269000x5 -> 271000 x 5
last below it: B 275000x5 | S 273000x5 -> 273000 x 5
last just above it: B 271500x5 | S 270000x5 -> 271500 x 5
last just below it: B 275000x5 | S 272500x5 -> 272500 x 5
plateau between two quotes of each side: B 274000x5 B 270500x3 | S 270000x5 S 273500x3 -> 272000 x 5
plateau cut by a second bid: B 275000x5 B 272500x1 | S 270000x5 -> 272500 x 5
plateau cut by a second offer: B 275000x5 | S 270000x5 S 271500x1 -> 271500 x 5
plateau cut from both sides: B 275000x5 B 271000x2 | S 270000x5 S 273000x2 -> 272000 x 5
two prices only, last at the lower: B 272500x3 | S 272000x3 -> 272000 x 3
two prices only, last below both: B 273000x3 | S 272500x3 -> 272500 x 3
two prices only, last above both: B 271500x3 | S 271000x3 -> 271500 x 3
no orders: | -> -
only bids: B 272000x5 | -> -
only offers: | S 272000x5 -> -
sides apart: B 271500x5 | S 272000x5 -> -
only market bids: B Mx5 | -> -
only market offers: | S Mx5 -> -
market against market, equal: B Mx5 | S Mx5 -> 272000 x 5
market against market, bids bigger: B Mx8 | S Mx5 -> 272500 x 5
market against market, offers bigger: B Mx5 | S Mx8 -> 271500 x 5
market bid against an offer: B Mx5 | S 275000x5 -> 275000 x 5
market bid against a low offer: B Mx5 | S 265000x5 -> 272000 x 5
market bid against two offers: B Mx7 | S 270000x5 S 274000x5 -> 274000 x 7
market offer against a bid: B 270000x5 | S Mx5 -> 270000 x 5
market offer against a high bid: B 280000x5 | S Mx5 -> 272000 x 5
market offer against two bids: B 274000x5 B 270000x5 | S Mx7 -> 270000 x 7
market bid beside a limit bid: B Mx3 B 272000x5 | S 272000x6 -> 272000 x 6
market bid beats a limit bid at a higher price: B Mx3 B 273000x5 | S 273500x2 -> 273500 x 2
market offer beside a limit offer: B 272000x6 | S Mx3 S 272000x5 -> 272000 x 6
market on both sides with limits: B Mx3 B 272000x5 | S Mx4 S 272500x5 -> 272000 x 4
market on both sides, limits crossed: B Mx3 B 273000x5 | S Mx4 S 271500x5 -> 271500 x 8
market bid and an offer at the upper limit: B Mx3 | S 353500x3 -> 353500 x 3
market offer and a bid at the lower limit: B 190500x3 | S Mx3 -> 190500 x 3
market bid beside a bid at the upper limit: B 353500x2 B Mx2 | S 300000x3 -> 353500 x 3
market offer beside an offer at the lower limit: B 250000x3 | S 190500x2 S Mx2 -> 190500 x 3
locked at the upper limit: B 353500x100 | S 353500x10 -> 353500 x 10
locked at the lower limit: B 190500x10 | S 190500x100 -> 190500 x 10
bids at the upper limit, offers below: B 353500x100 | S 300000x10 S 353500x5 -> 353500 x 15
offers at the lower limit, bids above: B 250000x10 B 190500x5 | S 190500x100 -> 190500 x 15
both at opposite limits: B 353500x5 | S 190500x5 -> 272000 x 5
opposite limits, bid bigger: B 353500x9 | S 190500x5 -> 353500 x 5
opposite limits, offer bigger: B 353500x5 | S 190500x9 -> 190500 x 5
upper limit bid, nothing offered: B 353500x100 | -> -
a fund's tick is five won (069500): B +10x5 | S +0x5 -> 80000 x 5
a cheap issue (034020): B +3x5 B +1x5 | S -2x6 -> 105800 x 6
a step band is crossed (000660): B +20x5 | S -20x7 -> 1698000 x 5
a KOSDAQ issue (196170): B +4x10 B +2x20 | S -1x5 S +1x12 S +3x30 -> 401000 x 17
one share: B 272000x1 | S 272000x1 -> 272000 x 1
hundreds of thousands of shares: B 272500x300000 B 272000x200000 | S 271500x250000 S 272000x150000 -> 272000 x 400000
equal volume, surplus on either side: B 272500x10 B 272000x5 | S 271500x10 S 272500x5 -> 272000 x 10
"""


def a_case(line):
    name, _, rest = line.partition(": ")
    text, _, found = rest.rpartition(" -> ")
    symbol = name[-7:-1] if name.endswith(")") else "005930"
    return name, symbol, text, None if found == "-" else tuple(int(part) for part in found.split(" x "))


CASES = [a_case(line) for line in TABLE.strip().splitlines()]


def orders(instrument, text):
    number = 0
    for part, side in zip(text.split("|"), (Side.BUY, Side.SELL), strict=True):
        for word in part.split():
            if word in ("B", "S"):
                continue
            number += 1
            px, qty = word.split("x")
            if px == "M":
                yield enter(number, side, 0, int(qty), ord_type=OrdType.MARKET, symbol=instrument.symbol)
                continue
            at = instrument.ticks.move(instrument.base_px, int(px)) if px[0] in "+-" else int(px)
            yield enter(number, side, at, int(qty), symbol=instrument.symbol)


@pytest.mark.parametrize(("name", "symbol", "text", "found"), CASES, ids=[case[0] for case in CASES])
def test_a_worked_case(name, symbol, text, found):
    exchange = a_krx("15:25:00")
    instrument = exchange.issues[symbol].instrument
    asked = list(orders(instrument, text))
    assert [word[0] for word in run(exchange, *asked)] == ["accepted"] * len(asked), name
    assert exchange.expected(symbol) == found
    book = exchange.depth(symbol)
    assert (book.expected_px, book.expected_qty) == (found or (0, 0))
    told = until(exchange, "15:34:00")  # the close, and an interruption that makes it longer
    prints = [word[1:3] for word in told if word[0] == "print"]
    assert prints == ([found] if found else [])
    bought = sum(word[3] for word in told if word[0] == "traded")
    assert bought == (2 * found[1] if found else 0)


def test_there_are_as_many_cases_as_there_should_be():
    assert len(CASES) >= 60


@pytest.mark.parametrize(
    ("quantities", "offered", "fills"),
    [
        ((1000, 200, 10_000, 5000), 13_100, [(1, 550), (2, 150), (3, 9850), (4, 2550)]),  # the published example
        ((100, 100), 100, [(1, 100)]),  # a hundred each: the earlier of equal ones first
        ((50, 300), 200, [(1, 50), (2, 150)]),
        ((300, 50), 120, [(1, 100), (2, 20)]),
        ((101, 101), 203, [(1, 101), (2, 101)]),
        ((1, 1, 1), 2, [(1, 1), (2, 1)]),
        ((1000,), 7, [(1, 7)]),
    ],
)
def test_an_opening_at_the_upper_limit_by_tiers(quantities, offered, fills):
    exchange = a_krx("08:50:00")
    run(exchange, *(enter(n, Side.BUY, 353_500, qty) for n, qty in enumerate(quantities, 1)))
    run(exchange, enter(90, Side.SELL, 353_500, offered))
    told = until(exchange, "09:04:00")
    assert [(word[1], word[3]) for word in merged(told) if word[1] != 90] == fills


def merged(told):
    """Fills of each order added up, in the order of their first."""
    found = {}
    for word in told:
        if word[0] == "traded":
            before = found.get(word[1], (*word[:3], 0))
            found[word[1]] = (*word[:3], before[3] + word[3])
    return list(found.values())


def test_market_orders_count_as_bids_at_the_limit_in_the_tiers():
    exchange = a_krx("08:50:00")
    run(exchange, enter(1, Side.BUY, 353_500, 400), enter(2, Side.BUY, 0, 400), enter(90, Side.SELL, 353_500, 300))
    assert [(word[1], word[3]) for word in merged(until(exchange, "09:04:00")) if word[1] != 90] == [(1, 200), (2, 100)]


def test_an_opening_below_the_limit_goes_by_price_and_time():
    exchange = a_krx("08:50:00")
    run(exchange, enter(1, Side.BUY, 280_000, 400), enter(2, Side.BUY, 280_000, 400), enter(9, Side.SELL, 280_000, 300))
    assert [word[1] for word in until(exchange, "09:01:00") if word[0] == "traded"] == [1, 9]


def test_an_offer_side_is_shared_out_at_the_lower_limit():
    exchange = a_krx("08:50:00")
    run(exchange, *(enter(n, Side.SELL, 190_500, qty) for n, qty in enumerate((300, 500), 1)))
    run(exchange, enter(90, Side.BUY, 190_500, 250))
    assert [(w[1], w[3]) for w in merged(until(exchange, "09:04:00")) if w[1] != 90] == [(1, 100), (2, 150)]


def test_clients_go_before_members_own_accounts_in_funds():
    exchange = a_krx("08:50:00")
    upper = exchange.issues["069500"].instrument.upper_px
    run(exchange, enter(1, Side.BUY, upper, 500, symbol="069500", client_type="P"))
    run(exchange, enter(2, Side.BUY, upper, 200, symbol="069500"), enter(90, Side.SELL, upper, 250, symbol="069500"))
    assert [(w[1], w[3]) for w in merged(until(exchange, "09:04:00")) if w[1] != 90] == [(2, 200), (1, 50)]
