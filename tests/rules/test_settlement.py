import pytest

from hts.model.enums import TimeInForce
from hts.rules.settlement import calendar_days
from tests.support.account_rules import account_rules

SETTLEMENT = account_rules().settlement


@pytest.mark.parametrize(
    ("venue", "trade_date", "settle_date"),
    [
        ("KRX", 20261123, 20261125),
        ("NXT", 20261123, 20261125),
        ("KRX", 20260922, 20260928),  # Chuseok: the 24th and 25th are closed, then a weekend
        ("KRX", 20261229, 20270104),  # year's end: the 31st and New Year are closed
        ("TSE", 20260918, 20260925),  # three holidays from the 21st on
        ("JNX", 20261120, 20261125),  # the 23rd is closed in Tokyo
        ("NASDAQ", 20261125, 20261127),  # Thanksgiving
        ("NASDAQ", 20240520, 20240522),  # two days until the 24th of May 2024
        ("NASDAQ", 20240528, 20240529),
        ("OSE", 20261124, 20261125),
    ],
)
def test_trade_settles_by_its_own_calendar(venue, trade_date, settle_date):
    assert SETTLEMENT.settle_date(venue, trade_date) == settle_date


def test_only_orders_with_a_longer_life_see_the_next_day():
    def lives(venue, tif, expire_date=0):
        return SETTLEMENT.carries_over(venue, tif, expire_date, 20261124)

    assert [lives("KRX", tif) for tif in (TimeInForce.DAY, TimeInForce.GTC, TimeInForce.GTD)] == [False] * 3
    assert lives("NASDAQ", TimeInForce.GTC) and lives("OSE", TimeInForce.GTC)
    assert not lives("NASDAQ", TimeInForce.DAY)
    assert lives("OSE", TimeInForce.GTD, 20261124) and not lives("OSE", TimeInForce.GTD, 20261123)


def test_days_between():
    assert SETTLEMENT.business_days_between("KR", 20261120, 20261123) == 1
    assert SETTLEMENT.business_days_between("KR", 20261123, 20261123) == 0
    assert SETTLEMENT.business_days_between("JP", 20261120, 20261125) == 2
    assert (SETTLEMENT.later("KR", 20260922, 2), SETTLEMENT.earlier("KR", 20260928, 2)) == (20260928, 20260922)
    assert calendar_days(20261127, 20261201) == 4
