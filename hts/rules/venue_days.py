"""The phases of a trading day at the Japanese and US venues, by date.

A trading date has one schedule. Where a night session belongs to it, the schedule begins on the evening of the trading
day before (its steps carry "-1", those after midnight "-1+1"). Two steps at the same instant are meant: Nasdaq's
crosses and Tokyo's morning close are auctions of a moment.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from hts.model.enums import Phase
from hts.rules.calendar import Calendar
from hts.rules.dates import (
    KRX_UTC_OFFSET_S,
    add_days,
    krx_local_ns,
    parse_date,
    parse_time_s,
    row_at,
    to_date,
    to_int,
)
from hts.rules.sessions import DaySchedule, FixedStep, PhaseStep

TOKYO_OFFSET_S = KRX_UTC_OFFSET_S
NEW_YORK_STANDARD_S = -5 * 3600
NEW_YORK_SUMMER_S = -4 * 3600
_SUNDAY = 6
_TIME_LENGTH = len("HH:MM:SS")


def new_york_offset_s(yyyymmdd: int) -> int:
    """Seconds from UTC to New York on a trading day: summer time from March's second Sunday to November's first."""
    year = yyyymmdd // 10_000
    begins, ends = _nth_sunday(year, 3, 2), _nth_sunday(year, 11, 1)
    return NEW_YORK_SUMMER_S if begins <= yyyymmdd < ends else NEW_YORK_STANDARD_S


def local_ns(yyyymmdd: int, second_of_day: int, offset_s: int) -> int:
    """UTC nanoseconds of a local time."""
    return krx_local_ns(yyyymmdd, second_of_day + KRX_UTC_OFFSET_S - offset_s)


def japanese_day(table: Mapping[str, Any], calendar: Calendar, venue: str, trading_date: int) -> DaySchedule:
    """The day of TSE, JNX, ODX or OSE from the parsed jp_sessions.toml."""
    row = row_at([r for r in table["day"] if r["venue"] == venue], trading_date)
    schedule = _schedule(row["steps"], calendar, venue, trading_date, KRX_UTC_OFFSET_S)
    if venue != "TSE" or trading_date < parse_date(table["tostnet2"][0]["from"]):
        return schedule
    return replace(schedule, fixed=_closing_price_board(table, trading_date))


def us_day(table: Mapping[str, Any], calendar: Calendar, venue: str, trading_date: int) -> DaySchedule:
    """The day of a US venue from the parsed us_equities.toml; days that end early have their own steps."""
    row = row_at([r for r in table["day"] if r["venue"] == venue], trading_date)
    steps = row["early"] if calendar.is_early(trading_date) else row["steps"]
    return _schedule(steps, calendar, venue, trading_date, new_york_offset_s(trading_date))


def margin_windows(table: Mapping[str, Any], venue: str, trading_date: int) -> tuple[tuple[int, int], ...]:
    """When a PTS takes margin orders, as [start, end) in UTC nanoseconds."""
    row = row_at([r for r in table["day"] if r["venue"] == venue], trading_date)
    return tuple(
        (krx_local_ns(trading_date, parse_time_s(start)), krx_local_ns(trading_date, parse_time_s(end)))
        for start, end in row.get("margin", ())
    )


def closing_price_windows(table: Mapping[str, Any], trading_date: int) -> tuple[tuple[int, int, str], ...]:
    """ToSTNeT-2: [start, end) in UTC nanoseconds, and which price holds."""
    row = row_at(table["tostnet2"], trading_date)
    return tuple(
        (
            krx_local_ns(trading_date, parse_time_s(window["from"])),
            krx_local_ns(trading_date, parse_time_s(window["to"])),
            window["price"],
        )
        for window in row["windows"]
    )


def _closing_price_board(table: Mapping[str, Any], trading_date: int) -> tuple[FixedStep, ...]:
    found: list[FixedStep] = []
    for start_ns, end_ns, price in closing_price_windows(table, trading_date):
        phase = Phase.PRE_CLOSE_PRICE if price == "previous_close" else Phase.POST_CLOSE_PRICE
        found.append(FixedStep(phase=phase, start_ns=start_ns, until_ns=end_ns))
        found.append(FixedStep(phase=Phase.CLOSED, start_ns=end_ns))
    _, day_ends_ns = negotiated_window(table, trading_date)
    found.append(FixedStep(phase=Phase.CLOSED, start_ns=day_ends_ns))  # nothing more opens; until then it is the day
    return tuple(found)


def negotiated_window(table: Mapping[str, Any], trading_date: int) -> tuple[int, int]:
    """ToSTNeT-1: [start, end) in UTC nanoseconds."""
    start, end = row_at(table["tostnet1"], trading_date)["window"]
    return krx_local_ns(trading_date, parse_time_s(start)), krx_local_ns(trading_date, parse_time_s(end))


def _schedule(
    steps: list[Mapping[str, Any]], calendar: Calendar, venue: str, trading_date: int, offset_s: int
) -> DaySchedule:
    found = tuple(
        PhaseStep(phase=Phase(step["phase"]), start_ns=_instant(step["at"], calendar, trading_date, offset_s))
        for step in steps
    )
    starts = [step.start_ns for step in found]
    assert starts == sorted(starts), found
    return DaySchedule(trading_date=trading_date, regime=venue, steps=found)


def _instant(text: str, calendar: Calendar, trading_date: int, offset_s: int) -> int:
    day, mark = trading_date, text[_TIME_LENGTH:]
    if mark.startswith("-1"):
        day = calendar.previous_trading_day(day)
        mark = mark[2:]
    if mark == "+1":
        day = add_days(day, 1)
        mark = ""
    assert not mark, text
    return local_ns(day, parse_time_s(text[:_TIME_LENGTH]), offset_s)


def _nth_sunday(year: int, month: int, number: int) -> int:
    first = to_date(year * 10_000 + month * 100 + 1)
    days = (_SUNDAY - first.weekday()) % 7 + 7 * (number - 1)
    return to_int(first + timedelta(days=days))
