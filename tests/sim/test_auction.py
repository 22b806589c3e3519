import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.model.instruments import TickTable
from hts.sim.auction import NO_QUOTES, CallPrice, LimitQuotes, call_price, deemed_prices, simultaneous_allocation
from tests.support.market_rules import recorded_facts

TICKS = TickTable(starts=(0, 2000, 5000, 20_000, 50_000, 200_000, 500_000), steps=(1, 5, 10, 50, 100, 500, 1000))


def uncross(bids, asks, last_px, grid):
    prices = list(range(grid[0], grid[1] + 1, grid[2]))
    columns = [[sum(q for px, q in quotes if px == at) for at in prices] for quotes in (bids, asks)]
    low = min((prices.index(px) for px, _ in asks), default=-1)
    high = max((prices.index(px) for px, _ in bids), default=-1)
    return call_price(prices, *columns, last_px, low=low, high=high)


def by_the_text(bids, asks, last_px, prices):
    """The rule as a list of sentences: greatest volume, all better quotes fill, then the last price decides."""
    volume = {px: min(sum(q for p, q in bids if p >= px), sum(q for p, q in asks if p <= px)) for px in prices}
    most = max(volume.values())
    if most == 0:
        return None
    good = [
        px
        for px in prices
        if volume[px] == most
        and sum(q for p, q in bids if p > px) <= most
        and sum(q for p, q in asks if p < px) <= most
    ]
    if last_px >= max(good):
        return CallPrice(max(good), most)
    return CallPrice(min(px for px in good if px >= last_px), most)


def test_the_published_examples():
    examples = recorded_facts("orders")["krx"]["call"]["example"]
    found = [uncross(row["bids"], row["asks"], row["last"], row["grid"]) for row in examples]
    assert found == [CallPrice(row["price"], row["volume"]) for row in examples]
    assert len(found) == 5


def test_the_greatest_volume_decides():
    bids = [(10_100, 50), (10_050, 100), (10_000, 200)]
    asks = [(9950, 80), (10_000, 120), (10_050, 150)]
    assert uncross(bids, asks, 10_000, (9900, 10_150, 10)) == CallPrice(10_000, 200)


@pytest.mark.parametrize(
    ("last_px", "px"), [(10_050, 10_050), (10_200, 10_100), (9900, 10_000), (10_005, 10_010), (10_100, 10_100)]
)
def test_on_a_plateau_the_last_price_decides(last_px, px):
    assert uncross([(10_100, 100)], [(10_000, 100)], last_px, (9800, 10_300, 10)) == CallPrice(px, 100)


def test_nothing_trades_when_the_sides_do_not_meet():
    grid = (9900, 10_200, 10)
    assert uncross([(10_000, 5)], [(10_010, 5)], 10_000, grid) is None
    assert uncross([], [(10_010, 5)], 10_000, grid) is None
    assert uncross([(10_000, 5)], [], 10_000, grid) is None


QUOTES = st.lists(st.tuples(st.integers(100, 120), st.integers(1, 30)), max_size=8)


@given(QUOTES, QUOTES, st.integers(95, 125))
def test_the_price_is_the_one_of_the_text(bids, asks, last_px):
    assert uncross(bids, asks, last_px, (100, 120, 1)) == by_the_text(bids, asks, last_px, range(100, 121))


LIMITS = (190_500, 353_500)


@pytest.mark.parametrize(("market_qty", "px"), [((5, 5), 272_000), ((6, 5), 272_500), ((5, 6), 271_500)])
def test_market_orders_alone_meet_at_the_last_price_or_a_step_towards_the_bigger_side(market_qty, px):
    assert deemed_prices(TICKS, LIMITS, 272_000, NO_QUOTES, NO_QUOTES, market_qty=market_qty) == (px, px)


def test_market_orders_alone_stay_within_the_limits():
    assert deemed_prices(TICKS, LIMITS, 353_500, NO_QUOTES, NO_QUOTES, market_qty=(6, 5)) == (353_500, 353_500)
    assert deemed_prices(TICKS, LIMITS, 190_500, NO_QUOTES, NO_QUOTES, market_qty=(5, 6)) == (190_500, 190_500)


def test_a_market_order_betters_its_side_and_meets_the_other_sides_farthest_quote():
    bids, asks = LimitQuotes(260_000, 271_000), LimitQuotes(273_000, 280_000)
    assert deemed_prices(TICKS, LIMITS, 272_000, bids, asks, market_qty=(1, 1)) == (280_000, 260_000)
    assert deemed_prices(TICKS, LIMITS, 272_000, LimitQuotes(271_500, 274_000), NO_QUOTES, market_qty=(1, 1)) == (
        274_500,
        271_500,
    )
    assert deemed_prices(TICKS, LIMITS, 272_000, NO_QUOTES, LimitQuotes(270_000, 270_500), market_qty=(1, 1)) == (
        272_000,
        269_500,
    )


def test_an_odd_last_price_is_rounded_towards_the_market_order():
    assert deemed_prices(TICKS, LIMITS, 272_250, LimitQuotes(271_000, 271_000), NO_QUOTES, market_qty=(1, 1)) == (
        272_500,
        271_000,
    )
    assert deemed_prices(TICKS, LIMITS, 272_250, NO_QUOTES, LimitQuotes(273_000, 273_000), market_qty=(1, 1)) == (
        273_000,
        272_000,
    )


def test_a_quote_at_the_limit_cannot_be_bettered():
    bids, asks = LimitQuotes(353_500, 353_500), LimitQuotes(190_500, 190_500)
    assert deemed_prices(TICKS, LIMITS, 272_000, bids, asks, market_qty=(1, 1)) == (353_500, 190_500)


def test_the_published_allocation_example():
    example = recorded_facts("orders")["krx"]["simultaneous"]["example"]
    quantities = [qty for _, qty in example["orders"]]
    assert simultaneous_allocation(quantities, example["available"]) == example["fills"]


def test_allocation_by_hand():
    # First 100 each (bigger first), then half of the rest, then the rest; equal sizes by age.
    assert simultaneous_allocation([1000, 200, 10_000, 5000], 13_100) == [550, 150, 9850, 2550]
    assert simultaneous_allocation([50, 150, 150], 170) == [0, 100, 70]
    assert simultaneous_allocation([301, 301], 202) == [102, 100]


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=10), st.integers(0, 30_000))
def test_allocation_gives_what_there_is_and_no_more_than_asked(quantities, available):
    shares = simultaneous_allocation(quantities, available)
    assert sum(shares) == min(available, sum(quantities))
    assert all(0 <= share <= qty for share, qty in zip(shares, quantities, strict=True))
