import pytest

from hts.rules.calendar import Calendar
from tests.support.market_rules import market_tables, recorded_facts

CALENDAR = Calendar.parse(market_tables()["calendar"])


def test_the_next_trading_day_skips_weekends_and_closed_days():
    after = [20261122, 20261123, 20261127, 20261224, 20261230, 20260213]
    assert [CALENDAR.next_trading_day(day) for day in after] == [
        20261123, 20261124, 20261130, 20261228, 20270104, 20260219,
    ]  # fmt: skip


def test_the_previous_trading_day_walks_back():
    assert [CALENDAR.previous_trading_day(day) for day in (20261123, 20260219, 20260102)] == [
        20261120, 20260213, 20251230,
    ]  # fmt: skip


def test_days_before_come_oldest_first():
    assert CALENDAR.trading_days_before(20261123, 3) == (20261118, 20261119, 20261120)


def test_a_year_that_is_not_listed_knows_the_fixed_days():
    assert [CALENDAR.is_trading_day(day) for day in (20300101, 20300102, 20300105)] == [False, True, False]


def test_closed_days_of_2026_are_the_recorded_ones():
    recorded = {int(day.replace("-", "")) for day in recorded_facts("costs")["calendar"]["y2026"]["XKRX"]}
    assert {20260000 + month_day for month_day in CALENDAR.closed[2026]} == recorded


def test_a_table_that_is_closed_all_year_is_refused():
    every_day = [f"{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 32)]
    closed = Calendar.parse({"every_year": every_day, "year": []})
    with pytest.raises(LookupError, match="no trading day"):
        closed.next_trading_day(20261122)
