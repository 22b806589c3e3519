"""Fee sets by venue, liquidity, tier and day, against figures reckoned by hand from the recorded facts."""

import copy
from decimal import Decimal
from fractions import Fraction

import pytest

from hts.base.errors import ConfigError
from hts.model.enums import LastLiquidityInd, Market, Side
from hts.rules.account_rules import AccountRules
from hts.rules.fee_sets import FeePlan, check, names, row_of, tier_of, window
from hts.rules.fees import cost_rates, market_code
from tests.support.account_rules import account_tables
from tests.support.builders import an_instrument
from tests.support.market_rules import recorded_facts

TABLES = account_tables()
TABLE, FOREIGN = TABLES["fees"], TABLES["foreign_fees"]
ADDED, REMOVED, AUCTION, UNKNOWN = (
    LastLiquidityInd.ADDED, LastLiquidityInd.REMOVED, LastLiquidityInd.AUCTION, LastLiquidityInd.UNKNOWN,
)  # fmt: skip
PASSED_ON = FeePlan(name="passed_on")


def rates(venue, date=20261123, plan=PASSED_ON, market=Market.KOSPI):
    return cost_rates(TABLE, market=market, is_etf=False, trading_date=date, foreign=FOREIGN, venue=venue, plan=plan)


@pytest.mark.parametrize(
    ("venue", "liquidity", "won"),
    [  # of 10,000,000 won: commission 1,000, depository 136.33, and KRX 227.63 or Nextrade 134, 182, 158
        ("KRX", ADDED, 1_363),
        ("KRX", REMOVED, 1_363),
        ("KRX", AUCTION, 1_363),
        ("NXT", ADDED, 1_270),
        ("NXT", REMOVED, 1_318),
        ("NXT", AUCTION, 1_294),
        ("NXT", UNKNOWN, 1_318),
    ],
)
def test_a_venues_fee_is_passed_on_to_the_won(venue, liquidity, won):
    assert rates(venue).fee_of(10_000_000, 100, liquidity) == won


def test_rates_are_the_recorded_brokers():
    facts = recorded_facts("costs")["kr"]["venue_fee"]["broker_preset_example"]
    krx, nxt = rates("KRX").terms, rates("NXT").terms
    assert [rate.rate for rate in krx.rates] == [Fraction(facts["KRX"])] * 3
    assert [rate.rate for rate in nxt.rates] == [
        Fraction(facts["NXT_maker"]), Fraction(facts["NXT_taker"]), Fraction(facts["NXT_auction"]),
    ]  # fmt: skip


def test_venues_rows_are_the_recorded_ones():
    facts = recorded_facts("costs")["kr"]["venue_fee"]
    krx, nxt = (next(row for row in TABLE["venue_fee"] if row["venue"] == venue) for venue in ("KRX", "NXT"))
    assert {krx[kind] for kind in ("added", "removed", "auction")} == {facts["KRX"]}
    assert (nxt["added"], nxt["removed"], nxt["auction"]) == (
        facts["NXT_maker"], facts["NXT_taker"], facts["NXT_auction"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("date", "won"),
    [(20251212, (1_363, 1_363)), (20251215, (1_270, 1_318)), (20260213, (1_270, 1_318)), (20260219, (1_363, 1_363))],
)
def test_the_exchange_was_cheaper_for_two_months(date, won):
    found = rates("KRX", date)
    assert (found.fee_of(10_000_000, 1, ADDED), found.fee_of(10_000_000, 1, REMOVED)) == won


def test_before_a_venue_opened_nothing_of_it_is_passed_on():
    assert [rates("NXT", date).fee_of(10_000_000, 1, REMOVED) for date in (20250303, 20250304)] == [1_136, 1_318]


def test_taxes_are_those_of_every_account():
    assert rates("NXT").tax_of(10_000_000, Side.SELL) == 20_000
    assert rates("NXT").tax_of(10_000_000, Side.BUY) == 0


def test_a_campaign_charges_what_venue_and_depository_take():
    found = rates("NXT", plan=FeePlan(name="venue_only"))
    assert [found.fee_of(10_000_000, 1, liquidity) for liquidity in (ADDED, REMOVED, AUCTION)] == [270, 318, 294]


def test_of_new_york_the_most_that_may_be_passed_on_is_per_share():
    """1,000 shares for 12,345.67 dollars: 8.64 of commission; who takes pays 3.00 more, from 2027-11 on 1.00."""
    value, qty = 1_234_567, 1_000
    for date, taken in ((20261124, 1_164), (20271029, 1_164), (20271101, 964)):
        found = rates("NASDAQ", date, market=Market.NASDAQ)
        assert [found.fee_of(value, qty, how) for how in (ADDED, REMOVED, AUCTION, UNKNOWN)] == [864, *[taken] * 3]


@pytest.mark.parametrize(
    ("market", "venue", "plan"),
    [
        (Market.TSE, "TSE", PASSED_ON),  # no row for Japan
        (Market.REPLAY, "KRX", PASSED_ON),
        (Market.KOSPI, "KRX", FeePlan(name="of another time")),
        (Market.KOSPI, "KRX", FeePlan()),
    ],
)
def test_where_a_set_says_nothing_the_plain_fee_holds(market, venue, plan):
    plain = cost_rates(TABLE, market=market, is_etf=False, trading_date=20261123, foreign=FOREIGN)
    assert rates(venue, plan=plan, market=market) == plain


def test_on_a_japanese_commission_there_is_a_tax():
    table = {**TABLE, "fee_set": [{"name": "x", "market": "JP", "from": "2023-01-01", "broker_rate": Decimal("0.001"),
                                   "passes_venue": False}]}  # fmt: skip
    found = cost_rates(
        table, market=Market.TSE, is_etf=False, trading_date=20261123, foreign=FOREIGN, venue="TSE",
        plan=FeePlan(name="x"),
    )  # fmt: skip
    assert found.fee_of(1_000_000) == 1_100


@pytest.mark.parametrize(
    ("traded", "tier"), [(0, 0), (999_999_999, 0), (10**9, 1), (9_999_999_999, 1), (10**10, 2), (10**12, 2)]
)
def test_a_tier_begins_at_its_bound(traded, tier):
    assert tier_of(row_of(TABLE, "by_volume", "KR", 20261123), traded, "KR") == tier


def test_bounds_are_in_the_currencys_own_unit():
    row = {"tiers": [{"traded": 0}, {"traded": 1_000}]}
    assert [tier_of(row, traded, "US") for traded in (99_999, 100_000)] == [0, 1]


@pytest.mark.parametrize(("tier", "won"), [(0, 1_318), (1, 918), (2, 618), (9, 618)])
def test_a_higher_tier_lowers_the_brokers_part_alone(tier, won):
    found = rates("NXT", plan=FeePlan(name="by_volume", tier=tier))
    assert found.fee_of(10_000_000, 1, REMOVED) == won


def test_windows_end_before_the_day():
    monthly = {"tiers": [], "window": "month"}
    before = {"tiers": [], "window": "month_before"}
    assert [window(monthly, date) for date in (20261123, 20261101)] == [(20261101, 20261122), (20261101, 20261031)]
    assert [window(before, date) for date in (20261123, 20270101)] == [(20261001, 20261031), (20261201, 20261231)]
    assert window({}, 20261123) is None


def test_the_sets_are_named_once_each():
    assert names(TABLE) == ("passed_on", "venue_only", "by_volume")
    assert [market_code(market) for market in (Market.KOSDAQ, Market.OSE, Market.NASDAQ, Market.REPLAY)] == [
        "KR", "JP", "US", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fee": {"mode": "down", "scope": "week"}}, "a scope of fill, order, day"),
        ({"fee": {"mode": "sideways", "scope": "day"}}, "and a mode"),
        ({"at_least": 100}, "found scope fill"),
        ({"per_order": 100, "fee": {"mode": "down", "scope": "day"}}, "found scope day"),
        ({"at_least": -1, "fee": {"mode": "down", "scope": "day"}}, "0 or more"),
        ({"tiers": [{"traded": 5, "broker_rate": 0}], "window": "month"}, "tiers from 0 upwards"),
        ({"tiers": [{"traded": 0, "broker_rate": 0}] * 2, "window": "month"}, "tiers from 0 upwards"),
        ({"tiers": [{"traded": 0, "broker_rate": 0}], "window": "year"}, "window of month, month_before"),
    ],
)
def test_a_set_that_cannot_be_meant_so_is_refused_by_name(changes, words):
    tables = copy.deepcopy(TABLES)
    row = {"name": "mine", "market": "KR", "from": "2026-01-01", "broker_rate": 0.0001, "passes_venue": True}
    tables["fees"]["fee_set"].append(row | changes)
    with pytest.raises(ValueError, match=words):
        check(tables["fees"])
    with pytest.raises(ConfigError, match="fee set mine of KR from 2026-01-01"):
        AccountRules.parse(tables)


def test_costs_of_an_issue_go_by_the_venue_that_lists_it():
    rules = AccountRules.parse(TABLES)
    found = [rules.costs(an_instrument(venue=venue), 20261123, PASSED_ON).fee for venue in ("KRX", "NXT")]
    assert found == [Fraction(136_396, 10**9), Fraction(131_833, 10**9)]
    low, high = rules.costs(an_instrument(venue="NXT"), 20261123, PASSED_ON).fee_range(10_000_000, 1)
    assert (low, high) == (1_270, 1_318)
    assert rules.costs(an_instrument(venue="NXT"), 20261123).fee_range(10_000_000, 1) == (1_500, 1_500)
