"""Days of venues that tell no history: of their trading days, as a chart counts them."""

from datetime import datetime, timedelta, timezone

import pytest

from hts.desk.chart import Series
from hts.marketdata.minute_bars import DAY_S, MinuteBars
from hts.marketdata.order_feed import OrderFeed
from hts.rules.dates import DAY_BEGINS_S
from tests.desk.scene import a_trade

KST = timezone(timedelta(hours=9))


def at(day, hour, minute=0):
    return int(datetime(2026, 11, day, hour, minute, tzinfo=KST).timestamp()) * 1_000_000_000


# New York from its early hours to its late ones, Osaka's evening and the day after it, the PTS before Tokyo opens.
@pytest.mark.parametrize(
    ("venue", "times"),
    [
        ("NASDAQ", [at(20, 18), at(20, 23, 30), at(21, 5), at(21, 9, 30)]),
        ("OSE", [at(19, 17), at(20, 5, 59), at(20, 8, 45), at(20, 15, 44)]),
        ("JNX", [at(20, 8, 20), at(20, 9), at(20, 16, 30)]),
    ],
)
def test_a_day_is_the_venues_trading_day(venue, times):
    bars = OrderFeed(venue, lambda *_: (), lambda _: None).bars
    for number, time_ns in enumerate(times, 1):
        bars.trade("X", time_ns, 100 + number, 1)
    (day,) = bars.bars("X", DAY_S, 9)
    assert (day.open_px, day.close_px, day.qty) == (101, 100 + len(times), len(times))
    chart = Series(DAY_S, DAY_BEGINS_S.get(venue, 0))
    chart.replace((day,))
    assert chart.start_ns.tolist() == [at(20, 0)]
    chart.on_trade(a_trade("X", px=150, qty=1, trade_ns=times[-1], venue=venue))
    assert len(chart) == 1, "a trade goes on with the day that its history began"


def test_shorter_bars_begin_at_whole_times():
    bars = MinuteBars(DAY_BEGINS_S["NASDAQ"])
    for minute in (30, 31, 36):
        bars.trade("X", at(20, 23, minute), 100, 1)
    assert [bar.start_ns for bar in bars.bars("X", 300, 9)] == [at(20, 23, 30), at(20, 23, 35)]
    assert [bar.start_ns for bar in bars.bars("X", 3_600, 9)] == [at(20, 23)]
