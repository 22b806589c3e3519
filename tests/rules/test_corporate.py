from fractions import Fraction

import pytest

from hts.rules.corporate import base_px, theoretical_px
from hts.rules.krx_ticks import tick_table
from tests.support.account_rules import account_rules, account_tables
from tests.support.market_rules import recorded_facts

TICKS = tick_table(account_tables()["ticks_limits"], is_etf=False, trading_date=20261123)


@pytest.mark.parametrize(
    ("kind", "close", "terms", "base"),
    [
        ("rights", 10_000, (2, 10, 7_000), 9_500),
        ("rights", 6_900, (2, 10, 7_000), 6_900),  # nobody pays more than the market asks: no adjustment
        ("bonus", 25_300, (1, 1, 0), 12_650),
        ("bonus", 33_350, (3, 10, 0), 25_700),  # 25,653 goes up to the tick of 50
        ("stock_dividend", 51_200, (3, 100, 0), 49_750),
        ("split", 272_000, (5, 1, 0), 54_400),
        ("reverse_split", 1_234, (1, 10, 0), 12_340),
        ("cash_dividend", 71_000, (0, 1, 0), 71_000),
        ("spin_off", 71_000, (1, 10, 0), 71_000),
        ("merger", 30_000, (3, 2, 0), 20_000),
    ],
)
def test_base_price_after_an_event(kind, close, terms, base):
    new, old, issue_px = terms
    assert base_px(kind, close, TICKS, new=new, old=old, issue_px=issue_px) == base


def test_recorded_examples():
    for row in recorded_facts("corporate_actions")["example"]:
        new, old = row.get("new", row.get("den")), row.get("old", row.get("num"))
        found = base_px(row["kind"], row["close"], TICKS, new=new, old=old, issue_px=row.get("issue", 0))
        assert found == row["base"], row


def test_price_keeps_what_the_holder_has():
    assert theoretical_px("bonus", 33_350, new=3, old=10) * 13 == 33_350 * 10
    assert theoretical_px("rights", 10_000, new=2, old=10, issue_px=7_000) == Fraction(114_000, 12)


def test_bounds_and_customs_are_dated():
    rules = account_rules().corporate
    assert rules.limits(20261123).stock_dividend_ratio == Fraction(1, 4)
    assert [rules.open_orders(market, 20261123) for market in ("KR", "JP", "US")] == ["cancel", "cancel", "adjust"]
    assert [rules.days_before_record(market, 20261123) for market in ("KR", "JP", "US")] == [1, 1, 0]
