from datetime import UTC, datetime, timedelta, timezone

import pytest

from hts.model.enums import Phase
from hts.rules import venue_days
from tests.support.foreign_rules import foreign_rules, foreign_tables

RULES = foreign_rules()
JAPAN = timezone(timedelta(hours=9))


def told(schedule, zone):
    return [(step.phase, f"{datetime.fromtimestamp(step.start_ns / 1e9, zone):%d %H:%M:%S}") for step in schedule.steps]


def test_tokyo_since_the_closing_auction():
    assert told(RULES.schedule("TSE", 20261124), JAPAN) == [
        (Phase.OPEN_CALL, "24 08:00:00"),
        (Phase.CONTINUOUS, "24 09:00:00"),
        (Phase.CLOSE_CALL, "24 11:30:00"),
        (Phase.PAUSE, "24 11:30:00"),
        (Phase.OPEN_CALL, "24 12:05:00"),
        (Phase.CONTINUOUS, "24 12:30:00"),
        (Phase.CLOSE_CALL, "24 15:25:00"),
        (Phase.CLOSED, "24 15:30:00"),
    ]


def test_tokyo_before_it_ended_at_three():
    assert told(RULES.schedule("TSE", 20241101), JAPAN)[-2:] == [
        (Phase.CLOSE_CALL, "01 15:00:00"),
        (Phase.CLOSED, "01 15:00:00"),
    ]
    assert told(RULES.schedule("TSE", 20241105), JAPAN)[-1] == (Phase.CLOSED, "05 15:30:00")


def test_a_night_session_belongs_to_the_next_trading_day():
    # 2026-11-23 is a holiday: the night before the 24th begins on Friday the 20th and ends on Saturday.
    assert told(RULES.schedule("JNX", 20261124), JAPAN) == [
        (Phase.AFTER_MARKET, "20 17:00:00"),
        (Phase.PAUSE, "21 06:00:00"),
        (Phase.CONTINUOUS, "24 08:20:00"),
        (Phase.CLOSED, "24 16:30:00"),
    ]
    osaka = told(RULES.schedule("OSE", 20261125), JAPAN)
    assert osaka[1:3] == [(Phase.AFTER_MARKET, "24 17:00:00"), (Phase.CLOSE_CALL, "25 05:55:00")]
    assert osaka[-2:] == [(Phase.CLOSE_CALL, "25 15:40:00"), (Phase.CLOSED, "25 15:45:00")]


def test_odx_has_a_day_only():
    assert told(RULES.schedule("ODX", 20261124), JAPAN) == [
        (Phase.CONTINUOUS, "24 08:20:00"),
        (Phase.CLOSED, "24 16:00:00"),
    ]


@pytest.mark.parametrize(
    ("day", "utc_open"),
    [(20260306, 14.5), (20260309, 13.5), (20261030, 13.5), (20261102, 14.5)],
    ids=["winter", "summer", "last of summer", "winter again"],
)
def test_new_york_keeps_summer_time(day, utc_open):
    opens = next(s.start_ns for s in RULES.schedule("NASDAQ", day).steps if s.phase is Phase.CONTINUOUS)
    at = datetime.fromtimestamp(opens / 1e9, UTC)
    assert at.hour + at.minute / 60 == utc_open


def test_the_day_after_thanksgiving_ends_early():
    steps = RULES.schedule("NASDAQ", 20261127).steps
    zone = timezone(timedelta(hours=-5))
    assert told(RULES.schedule("NASDAQ", 20261127), zone)[-3:] == [
        (Phase.CLOSE_CALL, "27 13:00:00"),
        (Phase.AFTER_MARKET, "27 13:00:00"),
        (Phase.CLOSED, "27 17:00:00"),
    ]
    assert len(steps) == 6


def test_calendars():
    assert RULES.jp_calendar.next_trading_day(20261120) == 20261124
    assert RULES.us_calendar.next_trading_day(20261125) == 20261127
    assert (RULES.us_calendar.is_early(20261127), RULES.us_calendar.is_early(20261130)) == (True, False)


def test_windows_beside_the_auction_market():
    sessions = foreign_tables()["jp_sessions"]
    second = [(price, (end - start) // 60_000_000_000) for start, end, price in
              venue_days.closing_price_windows(sessions, 20261124)]  # fmt: skip
    assert second == [("previous_close", 25), ("morning_close", 45), ("close", 60)]
    assert [(step.phase, step.until_ns > 0) for step in RULES.schedule("TSE", 20261124).fixed] == [
        (Phase.PRE_CLOSE_PRICE, True),
        (Phase.CLOSED, False),
        (Phase.POST_CLOSE_PRICE, True),
        (Phase.CLOSED, False),
        (Phase.POST_CLOSE_PRICE, True),
        (Phase.CLOSED, False),
        (Phase.CLOSED, False),  # the end of negotiated trades, and of the day
    ]
    assert RULES.schedule("TSE", 20241101).fixed == ()
    start, end = venue_days.negotiated_window(sessions, 20261124)
    assert (end - start) // 60_000_000_000 == 580
    assert len(venue_days.margin_windows(sessions, "JNX", 20261124)) == 2
    assert venue_days.margin_windows(sessions, "TSE", 20261124) == ()
