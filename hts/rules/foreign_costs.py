"""What a fill costs in Japan and the United States beyond the broker's commission, and when it settles."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from hts.model.enums import Side
from hts.rules.calendar import Calendar
from hts.rules.dates import row_at
from hts.rules.krx_limits import exact

MILLION = 1_000_000


def us_sell_fees_usd(
    table: Mapping[str, Any], side: Side, value_usd: Fraction, qty: int, trading_date: int
) -> Fraction:
    """Section 31 fee and trading activity fee of one fill, in dollars to the cent, rounded up; buys pay none."""
    if side is Side.BUY:
        return Fraction(0)
    section31 = value_usd * exact(row_at(table["us_sec31"], trading_date)["usd_per_million"]) / MILLION
    activity = row_at(table["us_taf"], trading_date)
    taf = min(qty * exact(activity["usd_per_share"]), exact(activity["cap_usd"]))
    return _up_to_cent(section31) + _up_to_cent(taf)


def settlement_date(table: Mapping[str, Any], calendar: Calendar, kind: str, trading_date: int) -> int:
    """The day on which a trade is settled; `kind`: TSE, PTS or NASDAQ."""
    day = trading_date
    for _ in range(row_at(table["settlement"], trading_date)[kind]):
        day = calendar.next_trading_day(day)
    return day


def _up_to_cent(usd: Fraction) -> Fraction:
    return Fraction(-(-usd * 100 // 1), 100)
