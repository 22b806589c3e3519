from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.app.terminal_market import hours_by_day
from hts.desk.chart_hours import is_regular, regular_days, regular_history, regular_minutes
from hts.desk.market import MarketState
from hts.desk.regular_hours import WHOLE, always_whole
from hts.model.quotes import Bar, InstrumentDef
from hts.model.views import BarsView
from hts.rules.dates import krx_local_ns
from tests.desk.scene import NAVER, NAVER_ISSUE, SECOND

HOURS = hours_by_day()
MINUTE = 60 * SECOND
MONDAY, TUESDAY = 20261130, 20261201


def at(date, clock):
    hours, minutes = clock.split(":")
    return krx_local_ns(date, int(hours) * 3600 + int(minutes) * 60)


def session(venue, date):
    return [(ns - krx_local_ns(date, 0)) // MINUTE for ns in HOURS(venue, date)]


def clock(hours, minutes):
    return hours * 60 + minutes


@pytest.mark.parametrize(
    ("venue", "date", "begin", "end"),
    [
        ("KRX", MONDAY, clock(9, 0), clock(15, 31)),  # the closing auction at its random end too
        ("KRX", 20261119, clock(10, 0), clock(16, 31)),  # the day of the entrance exam
        ("KRX", 20260102, clock(10, 0), clock(15, 31)),
        ("NXT", MONDAY, clock(9, 0), clock(15, 21)),
        ("TSE", MONDAY, clock(9, 0), clock(15, 31)),
        ("JNX", MONDAY, clock(8, 20), clock(16, 31)),
        ("OSE", MONDAY, clock(8, 45), clock(15, 46)),
        ("NASDAQ", MONDAY, clock(23, 30), clock(30, 0)),  # the evening begins with the minute of the close
        ("NASDAQ", 20261127, clock(23, 30), clock(27, 0)),  # the day after Thanksgiving ends early
        ("NASDAQ", 20260706, clock(22, 30), clock(29, 0)),  # summer time
    ],
)
def test_the_regular_session_of_a_day_by_the_venues_own_table(venue, date, begin, end):
    assert session(venue, date) == [begin, end]


def test_before_the_first_rules_and_at_unknown_venues_nothing_is_left_out():
    assert [HOURS("NXT", 20240105), HOURS("XYZ", MONDAY)] == [WHOLE, WHOLE]


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("08:59", False), ("09:00", True), ("15:30", True), ("15:31", False), ("19:59", False)],
)
def test_a_time_is_within_the_session_or_not(clock, expected):
    assert is_regular(HOURS, "KRX", at(MONDAY, clock), 0) is expected


def a_bar(date, clock, px=100, qty=10):
    return Bar(at(date, clock), px, px + 2, px - 2, px + 1, qty, px * qty)


def test_minutes_of_pre_market_and_evening_are_left_out():
    minutes = [a_bar(MONDAY, clock) for clock in ("08:10", "09:00", "12:00", "15:30", "15:45", "19:10")]
    kept = regular_minutes(minutes, HOURS, "KRX", 0)
    assert kept == tuple(minutes[1:4])
    assert regular_minutes(minutes, always_whole, "KRX", 0) == tuple(minutes)


def test_a_day_is_made_of_its_sessions_minutes_and_keeps_its_place():
    day = Bar(at(TUESDAY, "00:00"), 90, 120, 80, 118, 60, 6_000)
    minutes = [
        a_bar(MONDAY, "15:30"),
        a_bar(TUESDAY, "08:10", px=90),
        a_bar(TUESDAY, "09:00", px=100),
        a_bar(TUESDAY, "15:30", px=105, qty=20),
        a_bar(TUESDAY, "19:00", px=118),
    ]
    whole = Bar(at(MONDAY, "00:00"), 95, 99, 91, 97, 500, 48_000)
    assert regular_days((whole, day), minutes, HOURS, "KRX", 0) == (
        whole,  # its minutes are not all known
        Bar(day.start_ns, 100, 107, 98, 106, 30, 3_100),
    )


def test_a_day_of_the_evening_alone_is_none():
    day = Bar(at(TUESDAY, "00:00"), 90, 120, 80, 118, 60, 6_000)
    assert regular_days((day,), [a_bar(TUESDAY, "17:00")], HOURS, "KRX", 0) == ()


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3 * 1440 - 1), st.integers(50, 150), st.integers(1, 9)), max_size=60))
def test_days_are_what_their_minutes_are_one_by_one(entries):
    begin = at(MONDAY, "00:00")
    known = {480: (480, 77, 1), **{entry[0]: entry for entry in entries}}  # from before the first session on
    minutes = [Bar(begin + m * MINUTE, px, px + 3, px - 3, px, qty, px * qty) for m, px, qty in sorted(known.values())]
    inside = [known[m] for m in sorted(known) if 540 <= m % 1440 < 931]
    days = [list(group) for _, group in groupby(inside, lambda entry: entry[0] // 1440)]
    assert [
        (d.open_px, d.high_px, d.low_px, d.close_px, d.qty) for d in regular_days((), minutes, HOURS, "KRX", 0)
    ] == [
        (day[0][1], max(e[1] for e in day) + 3, min(e[1] for e in day) - 3, day[-1][1], sum(e[2] for e in day))
        for day in days
    ]


def test_osakas_night_belongs_to_no_day_session():
    friday = 20261127
    night = a_bar(friday, "21:00")
    assert regular_minutes([night, a_bar(MONDAY, "10:00")], HOURS, "OSE", -27_000) == (a_bar(MONDAY, "10:00"),)


def test_the_past_of_a_tab_is_filtered_by_each_venues_own_hours():
    market = MarketState()
    market.on_quote(InstrumentDef(instrument=NAVER_ISSUE))
    minutes = tuple(a_bar(MONDAY, clock) for clock in ("08:30", "09:00", "15:25", "17:00"))
    known = [regular_history(market, NAVER_ISSUE, "", 60, hours=HOURS, begin_s=0)]
    market.on_bars(BarsView(symbol=NAVER, timeframe_s=60, bars=minutes))
    known.append(regular_history(market, NAVER_ISSUE, "", 60, hours=HOURS, begin_s=0))
    known.append(regular_history(market, NAVER_ISSUE, "", 86_400, hours=HOURS, begin_s=0))
    assert known[:2] == [None, minutes[1:3]]
    assert [bar.qty for bar in known[2]] == [20]
