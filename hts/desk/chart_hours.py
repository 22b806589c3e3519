"""The regular session alone (정규장만 보기): what of a venue's bars and trades lies within it, and days made of it.

Venues tell days whole, from the first pre-market trade to the last of the evening. A day of the regular session is
the sum of its minutes, as far back as minutes are told; days before that stay as they are told.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from hts.desk.chart_frames import DAY_NS, DAY_S, KST_NS, NS_PER_S
from hts.desk.market import MarketState
from hts.desk.regular_hours import Hours
from hts.desk.venue_bars import as_one
from hts.desk.venue_tabs import venues_shown
from hts.model.instruments import Instrument
from hts.model.quotes import Bar
from hts.rules.dates import to_int_of_day

MINUTE_S = 60


def is_regular(hours: Hours, venue: str, trade_ns: int, begin_s: int) -> bool:
    """Whether something that happened then belongs to the regular session."""
    begin_ns, end_ns = hours(venue, _date(_day(trade_ns, begin_s)))
    return not end_ns or begin_ns <= trade_ns < end_ns


def _day(trade_ns: int, begin_s: int) -> int:
    return (trade_ns + KST_NS - begin_s * NS_PER_S) // DAY_NS


def _date(day: int) -> int:
    return to_int_of_day(day * DAY_S)


def _by_day(bars: Sequence[Bar], begin_s: int) -> Iterator[tuple[int, list[Bar]]]:
    for day, group in groupby(bars, lambda bar: _day(bar.start_ns, begin_s)):
        yield day, list(group)


def regular_minutes(bars: Sequence[Bar], hours: Hours, venue: str, begin_s: int) -> tuple[Bar, ...]:
    """The minutes within the session of their day."""
    found: list[Bar] = []
    for day, minutes in _by_day(bars, begin_s):
        begin_ns, end_ns = hours(venue, _date(day))
        found += minutes if not end_ns else [bar for bar in minutes if begin_ns <= bar.start_ns < end_ns]
    return tuple(found)


def regular_days(
    days: Sequence[Bar], minutes: Sequence[Bar], hours: Hours, venue: str, begin_s: int
) -> tuple[Bar, ...]:
    """Days as told, those whose minutes are all known made of the session's; one without a trade in it is none.

    The oldest day of the minutes is known from its session's first minute on only, unless it is the only one.
    """
    found = {_day(bar.start_ns, begin_s): bar for bar in days}
    groups = list(_by_day(minutes, begin_s))
    for number, (day, bars) in enumerate(groups):
        begin_ns, end_ns = hours(venue, _date(day))
        is_cut = not number and len(groups) > 1 and bars[0].start_ns > begin_ns
        if not end_ns or is_cut:
            continue
        told = found.pop(day, None)
        inside = [bar for bar in bars if begin_ns <= bar.start_ns < end_ns]
        if inside:
            found[day] = _sum(inside, told.start_ns if told is not None else inside[0].start_ns)
    return tuple(found[day] for day in sorted(found))


def _sum(bars: Sequence[Bar], start_ns: int) -> Bar:
    return Bar(
        start_ns=start_ns,
        open_px=bars[0].open_px,
        high_px=max(bar.high_px for bar in bars),
        low_px=min(bar.low_px for bar in bars),
        close_px=bars[-1].close_px,
        qty=sum(bar.qty for bar in bars),
        value=sum(bar.value for bar in bars),
    )


def regular_history(
    market: MarketState, issue: Instrument, venue: str, timeframe_s: int, *, hours: Hours, begin_s: int
) -> tuple[Bar, ...] | None:
    """What is known of the regular sessions of a tab's past; None before the first answer of any of its venues."""
    found = []
    for one in venues_shown(market, issue, venue):
        told, minutes = (_told(market, issue, one, source_s) for source_s in (timeframe_s, MINUTE_S))
        if timeframe_s != DAY_S and told is not None:
            found.append(regular_minutes(told, hours, one, begin_s))
        elif timeframe_s == DAY_S and (told is not None or minutes is not None):
            found.append(regular_days(told or (), minutes or (), hours, one, begin_s))
    return (found[0] if len(found) == 1 else as_one(found)) if found else None


def _told(market: MarketState, issue: Instrument, venue: str, timeframe_s: int) -> tuple[Bar, ...] | None:
    key = (issue.symbol, timeframe_s)
    view = market.bars.get(key) if venue == issue.venue else market.venues.bars.get((venue, *key))
    return view.bars if view is not None else None
