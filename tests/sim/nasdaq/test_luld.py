"""Limit up, limit down, the short-sale test and odd lots, worked by hand."""

from hts.rules.dates import NS
from hts.sim.nasdaq.luld import Luld, LuldState
from hts.sim.nasdaq.odd_lots import protected_px
from hts.sim.nasdaq.short_sale import ShortSaleTest
from tests.support.foreign_rules import foreign_rules

OPEN = 34_200 * NS  # 09:30 after midnight
RULE = foreign_rules().luld_rule(20261124)


def issue(tier=1):
    found = Luld(RULE, tier, 0, {})
    found.open(1_000_000, OPEN)
    return found


def test_bands_of_the_opening_price():
    luld = issue()
    assert (luld.state, luld.lower_px, luld.upper_px) == (LuldState.NORMAL, 950_000, 1_050_000)
    assert (issue(tier=2).lower_px, issue(tier=2).upper_px) == (900_000, 1_100_000)


def test_the_reference_follows_a_mean_that_is_a_percent_away():
    luld = issue()
    assert not luld.on_trade(1_020_000, OPEN + 10 * NS)  # not before thirty seconds
    assert not luld.on_timer(OPEN + 29 * NS)
    assert luld.on_trade(1_020_000, OPEN + 30 * NS)
    assert (luld.reference_px, luld.lower_px, luld.upper_px) == (1_020_000, 969_000, 1_071_000)


def test_a_small_move_leaves_it():
    luld = issue()
    assert not luld.on_trade(1_009_900, OPEN + 60 * NS)
    assert luld.reference_px == 1_000_000


def test_old_trades_leave_the_mean():
    luld = issue()
    luld.on_trade(1_000_000, OPEN + NS)
    assert not luld.on_trade(1_018_000, OPEN + 100 * NS)  # mean 1,009,000
    assert luld.on_timer(OPEN + 302 * NS)  # the first is five minutes old: 1,018,000 alone
    assert luld.reference_px == 1_018_000


def test_limit_state_pause_and_reopening():
    luld = issue()
    assert luld.on_quote(990_000, 950_000, OPEN + NS)  # the best offer is at the lower band
    assert (luld.state, luld.until_ns) == (LuldState.LIMIT, OPEN + 16 * NS)
    assert not luld.on_timer(OPEN + 15 * NS)
    assert luld.on_timer(OPEN + 16 * NS)
    assert (luld.state, luld.until_ns) == (LuldState.PAUSED, OPEN + 316 * NS)
    assert luld.open(940_000, OPEN + 316 * NS)
    assert (luld.state, luld.lower_px, luld.upper_px) == (LuldState.NORMAL, 893_000, 987_000)


def test_a_limit_state_that_resolves():
    luld = issue()
    assert luld.on_quote(1_050_000, 1_060_000, OPEN + NS)
    assert not luld.on_quote(1_050_000, 0, OPEN + 2 * NS)
    assert luld.on_quote(1_049_900, 1_050_000, OPEN + 3 * NS)
    assert (luld.state, luld.until_ns) == (LuldState.NORMAL, 0)


def test_orders_reach_as_far_as_the_bands():
    luld = issue()
    assert luld.collared(1_100_000, is_buy=True) == 1_050_000
    assert luld.collared(0, is_buy=True) == 1_050_000
    assert luld.collared(900_000, is_buy=False) == 950_000
    assert luld.collared(1_000_000, is_buy=False) == 1_000_000
    luld.close()
    assert luld.collared(1_100_000, is_buy=True) == 1_100_000


def test_marks_bring_everything_back():
    marks = {}
    luld = Luld(RULE, 1, 0, marks)
    luld.open(1_000_000, OPEN)
    luld.on_trade(1_000_000, OPEN + NS)
    luld.on_trade(1_018_000, OPEN + 100 * NS)
    again = Luld(RULE, 1, 0, dict(marks))
    assert again.on_timer(OPEN + 302 * NS)
    assert again.reference_px == 1_018_000


def test_the_short_sale_test():
    test = ShortSaleTest(2_340_000, {})
    assert (test.is_on, test.action) == (False, 0)
    assert not test.refuses(1, 2_340_000, is_market=False)
    assert not test.on_trade(2_340_100)
    assert test.on_trade(2_340_000)
    assert not test.on_trade(2_000_000)  # once a day
    assert (test.is_on, test.action) == (True, 1)
    assert not test.refuses(2_330_100, 2_330_000, is_market=False)
    assert test.refuses(2_330_000, 2_330_000, is_market=False)
    assert test.refuses(0, 2_330_000, is_market=True)
    assert not test.refuses(1, 0, is_market=False)  # no bid to compare with


def test_the_day_after_a_trigger():
    test = ShortSaleTest(2_340_000, {}, was_triggered=True)
    assert (test.is_on, test.action) == (True, 2)
    assert test.on_trade(2_340_000)
    assert test.action == 1


def test_odd_lots_make_no_protected_price_alone():
    assert protected_px([(1_000_100, 30), (1_000_000, 200)], 100) == 1_000_000
    assert protected_px([(1_000_100, 30), (1_000_000, 70), (999_900, 5)], 100) == 1_000_000
    assert protected_px([(1_000_100, 100)], 100) == 1_000_100
    assert protected_px([(1_000_100, 99)], 100) == 0
