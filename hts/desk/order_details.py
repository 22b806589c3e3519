"""What only some orders need: the day until which one stands, and which loan one pays back; words by the market.

Days are offered by their use, not by a calendar: the end of this and the next week, of this and the next month. A day
on which the venue is closed is as good as the one before it.
"""

from datetime import timedelta

from msgspec import Struct

from hts.model.enums import CashMargin, Market, Side, TimeInForce
from hts.model.instruments import Instrument
from hts.model.views import LotView, PositionView
from hts.rules.dates import KRX_UTC_OFFSET_S, NS, add_days, to_date, to_int, to_int_of_day
from hts.rules.venue_days import NEW_YORK_STANDARD_S, local_ns

FRIDAY = 4
OLDEST = 0  # in the place of a loan's date: the oldest first
MARGIN, SHORT = "margin", "short"  # kinds of loans of a holding's lots
JAPANESE = frozenset({"TSE", "JNX", "ODX", "OSE"})


class Expiry(Struct, frozen=True, kw_only=True):
    """A last day. `key` names it in the text catalogue ("order_entry.until.week"), `expire_ns` is the day's end."""

    key: str
    date: int
    expire_ns: int


def market_words(issue: Instrument | None) -> str:
    """Whose words an order in an issue is spoken of in: "kr", "jp" or "us"; part of text keys."""
    if issue is None or issue.venue in {"KRX", "NXT"}:
        return "kr"
    return "jp" if issue.venue in JAPANESE else "us"


def last_day(expire_ns: int, venue: str) -> int:
    """The day (YYYYMMDD) at whose end, by the venue's clock, an order is over; 0 for none."""
    offset_s = NEW_YORK_STANDARD_S if venue == "NASDAQ" else KRX_UTC_OFFSET_S
    return to_int_of_day(expire_ns // NS + offset_s) if expire_ns else 0


def expiries(trade_ns: int, issue: Instrument) -> tuple[Expiry, ...]:
    """The last days to choose from, by the clock of the issue's market, each later than the one before."""
    offset_s = NEW_YORK_STANDARD_S if issue.market is Market.NASDAQ else KRX_UTC_OFFSET_S
    today = to_int_of_day(trade_ns // NS + offset_s)
    friday = add_days(today, (FRIDAY - to_date(today).weekday()) % 7)
    month = _month_end(today)
    days = (
        ("week", friday),
        ("next_week", add_days(friday, 7)),
        ("month", month),
        ("next_month", _month_end(add_days(month, 1))),
    )
    found: dict[int, str] = {}
    for key, date in days:
        found.setdefault(date, key)
    return tuple(
        Expiry(
            key=f"order_entry.until.{found[date]}", date=date, expire_ns=local_ns(add_days(date, 1), 0, offset_s) - 1
        )
        for date in sorted(found)
    )


def _month_end(date: int) -> int:
    first_of_next = (to_date(date).replace(day=28) + timedelta(days=4)).replace(day=1)
    return to_int(first_of_next - timedelta(days=1))


def periods(first_ns: int, trade_ns: int, issue: Instrument) -> tuple[Expiry, ...]:
    """The last days of an order that is reserved for each day from its first time on."""
    return tuple(one for one in expiries(trade_ns, issue) if one.expire_ns > first_ns)


def needs_expiry(time_in_force: TimeInForce) -> bool:
    """Whether the venue asks until when it stands."""
    return time_in_force is TimeInForce.GTD


def loans_to_close(position: PositionView | None, side: Side) -> tuple[LotView, ...]:
    """The loans of a holding that a sale of bought shares or a purchase of borrowed ones pays back, oldest first."""
    kind = MARGIN if side is Side.SELL else SHORT
    lots = [lot for lot in (position.lots if position is not None else ()) if lot.credit == kind and lot.qty]
    return tuple(sorted(lots, key=lambda lot: lot.loan_date))


def credit_key(credit: CashMargin, side: Side, issue: Instrument | None) -> str:
    """Text key of a kind of payment in the market's words: opening and closing have words of their own by side."""
    kind = {
        CashMargin.CASH: "cash",
        CashMargin.MARGIN_OPEN: "open_buy" if side is Side.BUY else "open_sell",
        CashMargin.MARGIN_CLOSE: "close_buy" if side is Side.BUY else "close_sell",
    }[credit]
    return f"credit.{market_words(issue)}.{kind}"
