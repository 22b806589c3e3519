"""Osaka's night belongs to the next day that it trades; elsewhere a day is one of the calendar."""

import pytest

from hts.app.venue_time import trading_date, venue_date, venue_midnight_ns
from hts.rules.dates import krx_local_ns

HOUR_NS = 3_600 * 1_000_000_000


def at(date, hour, minute=0):
    """Of Seoul and Tokyo."""
    return venue_midnight_ns("OSE", date) + hour * HOUR_NS + minute * HOUR_NS // 60


@pytest.mark.parametrize(
    ("date", "hour", "minute", "found"),
    [
        (20261124, 8, 45, 20261124),
        (20261124, 15, 59, 20261124),  # the day has ended, its rolling goes on
        (20261124, 16, 0, 20261125),
        (20261124, 17, 0, 20261125),
        (20261124, 23, 59, 20261125),
        (20261125, 0, 0, 20261125),  # within the night nothing changes
        (20261125, 5, 59, 20261125),
        (20261127, 17, 0, 20261130),  # Friday's night is Monday's
        (20261128, 5, 59, 20261130),
        (20261229, 12, 0, 20261229),
        (20261230, 17, 0, 20270104),  # over the turn of the year
        (20270101, 3, 0, 20270104),
    ],
)
def test_the_day_that_osaka_trades(date, hour, minute, found):
    assert trading_date("OSE", at(date, hour, minute)) == found


@pytest.mark.parametrize("hour", [0, 9, 16, 17, 23])
def test_elsewhere_in_the_east_it_is_the_day_of_the_calendar(hour):
    for venue in ("KRX", "NXT", "TSE", "JNX", "ODX"):
        assert trading_date(venue, at(20261128, hour)) == venue_date(venue, at(20261128, hour)) == 20261128


def test_new_york_s_evening_is_the_same_day_s():
    assert trading_date("NASDAQ", krx_local_ns(20261125, 9 * 3600 + 59 * 60)) == 20261124  # 19:59 there
    assert trading_date("NASDAQ", krx_local_ns(20261124, 23 * 3600 + 30 * 60)) == 20261124  # 9:30
