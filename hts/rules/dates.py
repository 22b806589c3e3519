"""Days as ints YYYYMMDD, KRX-local times as UTC nanoseconds, and rows that hold from a date on."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

NS = 1_000_000_000
KRX_UTC_OFFSET_S = 9 * 3600
# Seconds after midnight in Korea at which a venue's trading day begins: New York trades through our night, and Osaka's
# evening belongs to the next day.
DAY_BEGINS_S = {"NASDAQ": 12 * 3600, "OSE": -27_000}
_EPOCH_DAY = date(1970, 1, 1).toordinal()


def parse_date(text: str) -> int:
    """20261123 for "2026-11-23". ValueError when it is no date."""
    day = date.fromisoformat(text)
    return to_int(day)


def to_int(day: date) -> int:
    """A calendar day as YYYYMMDD."""
    return day.year * 10_000 + day.month * 100 + day.day


def to_date(yyyymmdd: int) -> date:
    """YYYYMMDD as a calendar day."""
    return date(yyyymmdd // 10_000, yyyymmdd // 100 % 100, yyyymmdd % 100)


def add_days(yyyymmdd: int, days: int) -> int:
    """`days` calendar days later."""
    return to_int(to_date(yyyymmdd) + timedelta(days=days))


def parse_time_s(text: str) -> int:
    """Seconds after midnight of "HH:MM:SS"."""
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    assert 0 <= hours < 24, text
    assert 0 <= minutes < 60, text
    assert 0 <= seconds < 60, text
    return hours * 3600 + minutes * 60 + seconds


def krx_local_ns(yyyymmdd: int, second_of_day: int) -> int:
    """UTC nanoseconds since the epoch of a KRX-local time (UTC+9, no summer time)."""
    days = to_date(yyyymmdd).toordinal() - _EPOCH_DAY
    return (days * 86_400 + second_of_day - KRX_UTC_OFFSET_S) * NS


def krx_date(trade_ns: int) -> int:
    """The KRX-local calendar day of a venue time."""
    days = (trade_ns // NS + KRX_UTC_OFFSET_S) // 86_400
    return to_int(date.fromordinal(days + _EPOCH_DAY))


def to_int_of_day(second: int) -> int:
    """YYYYMMDD of a second since the epoch."""
    return to_int(date.fromordinal(second // 86_400 + _EPOCH_DAY))


def krx_second(trade_ns: int) -> int:
    """The second of the KRX-local day of a venue time."""
    return (trade_ns // NS + KRX_UTC_OFFSET_S) % 86_400


def row_at(rows: Iterable[Mapping[str, Any]], yyyymmdd: int) -> Mapping[str, Any]:
    """The newest row whose `from` is not after the day. LookupError when all begin later."""
    begun = [row for row in rows if parse_date(row["from"]) <= yyyymmdd]
    if not begun:
        raise LookupError(f"no rule holds on {yyyymmdd}: every row begins later")
    return max(begun, key=lambda row: parse_date(row["from"]))
