"""Prices at the limit less one tick, at the limit, and one beyond."""

from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import OrdType, Phase, Side
from hts.risk.proposal import Act
from tests.risk.kit import a_guard, by_guard, denial_of, denials
from tests.support.books import a_deep_book
from tests.support.builders import a_book, an_instrument


def px_denial(rule, figure, limit):
    return Denial(rule=rule, figure=figure, limit=limit, unit=Unit.PX)


def test_upper_and_lower_limit_of_the_day():
    assert denials("px", [92_200, 92_300, 92_400], last_px=92_000) == [
        None,
        None,
        px_denial(Rule.PRICE_ABOVE_LIMIT, 92_400, 92_300),
    ]
    below = [px_denial(Rule.PRICE_BELOW_LIMIT, px, 49_700) for px in (49_650, 0, -100)]
    assert denials("px", [49_750, 49_700, 49_650, 0, -100]) == [None, None, *below]


def test_issue_without_daily_limits_still_has_a_price():
    issue = an_instrument(upper_px=0, lower_px=0)
    assert denials("px", [500_000, 1, 0], instrument=issue) == [None, None, px_denial(Rule.PRICE_BELOW_LIMIT, 0, 0)]


def test_price_stands_on_the_tick_grid_of_its_band():
    assert denials("px", [71_000, 71_050, 71_100, 49_950, 49_960]) == [
        None,
        px_denial(Rule.BAD_TICK, 71_050, 100),
        None,
        None,
        px_denial(Rule.BAD_TICK, 49_960, 50),
    ]


BAND = {"price_band_bp": 300, "price_band_ticks": 10}


def test_buy_stays_within_the_band_above_the_last_price():
    """3% of 71,000 is 2,130, more than ten ticks of 100."""
    guards = (a_guard(**BAND),)
    refused = px_denial(Rule.PRICE_BAND, 73_200, 73_130)
    assert denials("px", [73_000, 73_100, 73_200, 60_000], guards=guards) == [None, None, refused, None]


def test_sell_stays_within_the_band_below_the_last_price():
    guards = (a_guard(**BAND),)
    refused = px_denial(Rule.PRICE_BAND, 68_800, 68_870)
    found = denials("px", [69_000, 68_900, 68_800, 80_000], side=Side.SELL, guards=guards)
    assert found == [None, None, refused, None]


def test_band_of_a_cheap_issue_is_in_ticks():
    issue = an_instrument(base_px=100, upper_px=130, lower_px=70)
    found = denials("px", [109, 110, 111], instrument=issue, last_px=100, books=(), guards=(a_guard(**BAND),))
    assert found == [None, None, px_denial(Rule.PRICE_BAND, 111, 110)]


def test_band_holds_for_amends_too():
    amend = {"old_px": 70_900, "old_qty": 10, "order_id": 1, "guards": (a_guard(**BAND),)}
    assert denials("px", [73_100, 73_200], Act.AMEND, **amend) == [None, px_denial(Rule.PRICE_BAND, 73_200, 73_130)]


COLLAR = {"collar_bp": 100, "collar_ticks": 2}


def test_collar_is_around_the_best_price_of_all_venues():
    """The best ask is 70,500 at one of two venues: 1% of it is 705."""
    books = (a_book(bid=70_400, ask=71_000), a_book(bid=70_300, ask=70_500))
    guards = (a_guard(**COLLAR),)
    refused = px_denial(Rule.COLLAR, 71_300, 71_205)
    assert denials("px", [71_100, 71_200, 71_300], books=books, guards=guards) == [None, None, refused]
    below = px_denial(Rule.COLLAR, 69_600, 69_696)
    assert denials("px", [69_700, 69_600], side=Side.SELL, books=books, guards=guards) == [None, below]


def test_collar_ends_on_a_price_that_can_be_said():
    """1% of 70,000 is seven steps of 100; two steps of a cheap issue are more than 1% of it."""
    guards = (a_guard(**COLLAR),)
    books = (a_book(bid=69_900, ask=70_000),)
    refused = px_denial(Rule.COLLAR, 70_800, 70_700)
    assert denials("px", [70_600, 70_700, 70_800], books=books, guards=guards) == [None, None, refused]
    issue = an_instrument(base_px=100, upper_px=130, lower_px=70)
    cheap = {"instrument": issue, "last_px": 100, "side": Side.SELL, "books": (a_book(bid=100, ask=101),)}
    assert denials("px", [99, 98, 97], guards=guards, **cheap) == [None, None, px_denial(Rule.COLLAR, 97, 98)]


def test_collar_holds_in_continuous_trading_with_a_counter_side_only():
    guards = (a_guard(**COLLAR),)
    empty = a_book(bid=70_900, ask=0)
    assert denial_of(px=80_000, books=(empty,), guards=guards) is None
    assert denial_of(px=80_000, phase=Phase.OPEN_CALL, guards=guards) is None
    assert denial_of(px=80_000, guards=guards) == px_denial(Rule.COLLAR, 80_000, 71_710)


def market_order(**fields):
    return {"ord_type": OrdType.MARKET, "px": 0, "sellable_qty": 10_000, **fields}


def test_market_order_needs_shown_quantity_within_its_walk():
    """1% of 71,000 is 710: the asks up to 71,700 count, 300 + 200 shares; those at 71,800 do not."""
    book = a_deep_book(asks=[(71_000, 300), (71_700, 200), (71_800, 900)], bids=[(70_900, 50), (70_300, 60)])
    guards = (a_guard(market_walk_bp=100),)
    refused = Denial(rule=Rule.MARKET_WALK, figure=501, limit=500, unit=Unit.QTY)
    found = denials("qty", [499, 500, 501], books=(book,), guards=guards, **market_order())
    assert found == [None, None, refused]
    thin = Denial(rule=Rule.MARKET_WALK, figure=111, limit=110, unit=Unit.QTY)
    found = denials("qty", [109, 110, 111], books=(book,), guards=guards, **market_order(side=Side.SELL))
    assert found == [None, None, thin]


def test_walk_is_measured_from_where_the_market_was():
    """The last price has been pushed from 71,000 to 69,000; 2% of 71,000 ends at 69,580, above every bid."""
    book = a_deep_book(asks=[], bids=[(69_000, 500)])
    guards = (a_guard(market_walk_bp=200),)
    fields = market_order(side=Side.SELL, last_px=69_000, books=(book,), guards=guards)
    refused = Denial(rule=Rule.MARKET_WALK, figure=10, limit=0, unit=Unit.QTY)
    assert denials("reference_px", [0, 69_000, 71_000], **fields) == [None, None, refused]


def test_market_order_counts_all_venues_and_no_empty_book():
    one = a_deep_book(asks=[(71_000, 300)], bids=[])
    other = a_deep_book(asks=[(71_100, 200)], bids=[])
    guards = (a_guard(market_walk_bp=100),)
    assert denial_of(qty=500, books=(one, other), guards=guards, **market_order()) is None
    nothing = Denial(rule=Rule.MARKET_WALK, figure=1, limit=0, unit=Unit.QTY)
    assert denial_of(qty=1, books=(), guards=guards, **market_order()) == nothing


def test_zero_switches_a_limit_off():
    guards = [a_guard(), a_guard(price_band_bp=1), a_guard(collar_bp=1)]
    found = by_guard(guards, px=80_000)
    assert [denial and denial.rule for denial in found] == [None, Rule.PRICE_BAND, Rule.COLLAR]
