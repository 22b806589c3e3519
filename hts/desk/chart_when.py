"""A time that a trader types to go to on a chart: a date, a day of this year, a time of the newest day."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

DATE: Final = re.compile(
    r"(?:(?:(?P<year>\d{4})[-./ ]?)?(?P<month>\d{1,2})[-./ ]?(?P<day>\d{2}|(?<=[-./ ])\d))?\s*"
    r"(?:(?P<hour>\d{1,2}):(?P<minute>\d{2}))?",
    re.ASCII,
)
KST: Final = timezone(timedelta(hours=9))
TEXT_MAX: Final = 20
LEAP_GAP: Final = 9  # so many years hold a 29th of February


def when_of(text: str, newest_ns: int) -> int | None:
    """Nanoseconds of the day's beginning or of the minute by the clock of Seoul and Tokyo; None for no time.

    `2026-03-02`, `20260302`, `3-2`, `0302`, `03-02 10:30`, `10:30`. Without a year it is the newest such day that is
    not after the chart's last bar; without a day, that bar's.
    """
    found = DATE.fullmatch(text.strip()[:TEXT_MAX])
    if found is None or not text.strip():
        return None
    newest = datetime.fromtimestamp(newest_ns / 1e9, UTC).astimezone(KST)
    part = {name: int(value) for name, value in found.groupdict().items() if value is not None}
    month, day = part.get("month", newest.month), part.get("day", newest.day)
    hour, minute = part.get("hour", 0), part.get("minute", 0)
    is_yearless = "month" in part and "year" not in part
    for year in range(newest.year, newest.year - LEAP_GAP, -1) if is_yearless else (part.get("year", newest.year),):
        try:
            made = datetime(year, month, day, hour, minute, tzinfo=KST)
        except ValueError:  # no such day
            continue
        if not is_yearless or made <= newest:
            return int(made.timestamp()) * 1_000_000_000
    return None
