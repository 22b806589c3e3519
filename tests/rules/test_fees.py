from fractions import Fraction

import pytest

from hts.model.enums import Market, Side
from hts.rules.fees import CostRates, cost_rates, dividend_tax, rounded, tax_grown, truncate
from tests.support.account_rules import account_tables
from tests.support.market_rules import market_tables, recorded_facts

TABLE = market_tables()["fees"]
KOSPI_2026 = cost_rates(TABLE, market=Market.KOSPI, is_etf=False, trading_date=20261123)


def test_a_share_pays_fee_on_both_sides_and_tax_on_sells():
    value = 272_000 * 37  # 10,064,000
    assert CostRates(fee=Fraction(15, 100_000), sell_tax=Fraction(2, 1000), tax_by_day=True) == KOSPI_2026
    assert [KOSPI_2026.fee_of(value), KOSPI_2026.tax_of(value, Side.BUY), KOSPI_2026.tax_of(value, Side.SELL)] == [
        1509, 0, 20_128,
    ]  # fmt: skip


def test_costs_are_cut_never_rounded_up():
    assert [truncate(value, Fraction(15, 100_000)) for value in (0, 6666, 6667, 13_333, 13_334)] == [0, 0, 1, 1, 2]


def test_an_etf_and_a_replayed_issue_pay_no_tax():
    etf = cost_rates(TABLE, market=Market.KOSPI, is_etf=True, trading_date=20261123)
    replay = cost_rates(TABLE, market=Market.REPLAY, is_etf=False, trading_date=20261123)
    assert [etf.sell_tax, replay.sell_tax, etf.fee] == [0, 0, KOSPI_2026.fee]


@pytest.mark.parametrize("market", [Market.KOSPI, Market.KOSDAQ])
def test_tax_by_year_is_the_recorded_one(market):
    rows = recorded_facts("costs")["kr"]["sell_tax"]["row"]
    days = [int(row["from"].replace("-", "")) for row in rows]
    found = [cost_rates(TABLE, market=market, is_etf=False, trading_date=day).sell_tax for day in days]
    assert found == [Fraction(row[market.name]["total"]) for row in rows]
    assert len(found) == 4


def test_the_fee_is_the_recorded_one():
    assert KOSPI_2026.fee == Fraction(recorded_facts("costs")["kr"]["broker_fee"]["hts_online"])


def test_a_negative_value_is_our_bug():
    with pytest.raises(AssertionError):
        truncate(-1, Fraction(1, 10))


FOREIGN = account_tables()["foreign_fees"]


def test_fills_of_a_day_pay_what_the_day_together_pays():
    values = [333_333, 1, 499, 70_001]
    paid, before = 0, 0
    for value in values:
        paid += tax_grown(KOSPI_2026, Side.SELL, value, 1, before)
        before += value
    assert paid == KOSPI_2026.tax_of(sum(values), Side.SELL) == 807  # 403,834 x 0.2 %, cut once
    assert sum(KOSPI_2026.tax_of(value, Side.SELL) for value in values) == 806  # cut four times


def test_konex_pays_less():
    assert cost_rates(TABLE, market=Market.KONEX, is_etf=False, trading_date=20261123).sell_tax == Fraction(1, 1000)


@pytest.mark.parametrize(
    ("date", "qty", "cents"),
    [
        (20250513, 1_000, 2780 + 17),  # 27.80 per million; 0.166 dollars of activity fee, begun cents
        (20250514, 1_000, 0 + 17),
        (20260404, 1_000, 2060 + 20),
        (20261001, 1_000, 2060),  # a quarter without activity fee
        (20270104, 100_000, 2060 + 1161),  # 23.20 dollars, at most 11.61 per trade
    ],
)
def test_sale_in_new_york_pays_the_regulators(date, qty, cents):
    rates = cost_rates(TABLE, market=Market.NASDAQ, is_etf=False, trading_date=date, foreign=FOREIGN)
    million_dollars = 100_000_000
    assert rates.tax_of(million_dollars, Side.SELL, qty) == cents
    assert rates.tax_of(million_dollars, Side.BUY, qty) == 0
    assert rates.tax_of(1, Side.SELL) == (0 if date in (20250514, 20250513 + 1) else 1)


def test_tokyo_is_free_and_new_york_pays_the_broker():
    japan = cost_rates(TABLE, market=Market.TSE, is_etf=False, trading_date=20261124, foreign=FOREIGN)
    assert (japan.fee, japan.sell_tax) == (0, 0)
    america = cost_rates(TABLE, market=Market.NASDAQ, is_etf=False, trading_date=20261124, foreign=FOREIGN)
    assert america.fee_of(1_234_567) == 864  # 0.07 %, cut


def test_dividends_are_withheld_by_market():
    assert [dividend_tax(TABLE, market, 20261229) for market in ("KR", "JP", "US")] == [
        Fraction(154, 1000), Fraction(20_315, 100_000), Fraction(15, 100),
    ]  # fmt: skip


def test_rounding_modes():
    half = Fraction(5, 2)
    assert [rounded(half, mode) for mode in ("down", "up", "half_up")] == [2, 3, 3]
    with pytest.raises(AssertionError):
        rounded(half, "sideways")
    with pytest.raises(AssertionError):
        rounded(-half, "down")
