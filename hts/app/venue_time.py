"""The calendar of a venue's place: its date and its midnight."""

from typing import Final

from hts.rules.dates import KRX_UTC_OFFSET_S, krx_date
from hts.rules.venue_days import TOKYO_OFFSET_S, local_ns, new_york_offset_s

NS: Final = 1_000_000_000


def venue_date(venue: str, trade_ns: int) -> int:
    """The venue's calendar day of a time, YYYYMMDD."""
    return krx_date(trade_ns + (_offset_s(venue, krx_date(trade_ns)) - KRX_UTC_OFFSET_S) * NS)


def venue_midnight_ns(venue: str, date: int) -> int:
    """UTC nanoseconds at which the venue's day begins."""
    return local_ns(date, 0, _offset_s(venue, date))


def _offset_s(venue: str, date: int) -> int:
    """The venue's hours ahead of UTC, in seconds."""
    return new_york_offset_s(date) if venue == "NASDAQ" else TOKYO_OFFSET_S
