"""The calendar of a venue's place: its date, the date of the day that it trades, its midnight."""

from typing import Final

from hts.app.foreign_tables import foreign_rules
from hts.rules.dates import KRX_UTC_OFFSET_S, krx_date
from hts.rules.venue_days import TOKYO_OFFSET_S, local_ns, new_york_offset_s

NS: Final = 1_000_000_000
OSAKA: Final = "OSE"
_TO_MIDNIGHT_NS: Final = 8 * 3600 * NS  # from four in the afternoon on Osaka's next day is next: its night


def venue_date(venue: str, trade_ns: int) -> int:
    """The venue's calendar day of a time, YYYYMMDD."""
    return krx_date(trade_ns + (_offset_s(venue, krx_date(trade_ns)) - KRX_UTC_OFFSET_S) * NS)


def trading_date(venue: str, trade_ns: int) -> int:
    """The date of the day that a venue trades at a time, or will trade next."""
    if venue != OSAKA:
        return venue_date(venue, trade_ns)
    date, calendar = venue_date(venue, trade_ns + _TO_MIDNIGHT_NS), foreign_rules().calendar(venue)
    return date if calendar.is_trading_day(date) else calendar.next_trading_day(date)


def venue_midnight_ns(venue: str, date: int) -> int:
    """UTC nanoseconds at which the venue's day begins."""
    return local_ns(date, 0, _offset_s(venue, date))


def _offset_s(venue: str, date: int) -> int:
    """The venue's hours ahead of UTC, in seconds."""
    return new_york_offset_s(date) if venue == "NASDAQ" else TOKYO_OFFSET_S
