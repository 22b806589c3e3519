from fractions import Fraction

import pytest

from hts.model.enums import Market, Side
from hts.rules.fees import CostRates, cost_rates, truncate
from tests.support.market_rules import market_tables, recorded_facts

TABLE = market_tables()["fees"]
KOSPI_2026 = cost_rates(TABLE, market=Market.KOSPI, is_etf=False, trading_date=20261123)


def test_a_share_pays_fee_on_both_sides_and_tax_on_sells():
    value = 272_000 * 37  # 10,064,000
    assert CostRates(fee=Fraction(15, 100_000), sell_tax=Fraction(2, 1000)) == KOSPI_2026
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
