import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.marketdata.bars import BarSeries, bar_start_ns
from hts.model.quotes import Bar
from tests.wire.mdcs.samples import MIDNIGHT_NS, OPEN_NS, SECOND, TRADE


def a_trade(seconds, px, qty):
    return msgspec.structs.replace(TRADE, trade_ns=OPEN_NS + seconds * SECOND, px=px, qty=qty)


def naive(trades, timeframe_s):
    """Group by bar, then look at each group as a whole."""
    groups = {}
    for trade in trades:
        groups.setdefault((trade.trade_ns - MIDNIGHT_NS) // (timeframe_s * SECOND), []).append(trade)
    return tuple(
        Bar(
            MIDNIGHT_NS + number * timeframe_s * SECOND,
            group[0].px,
            max(t.px for t in group),
            min(t.px for t in group),
            group[-1].px,
            sum(t.qty for t in group),
            sum(t.px * t.qty for t in group),
        )
        for number, group in sorted(groups.items())
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20_000), st.integers(1, 900), st.integers(1, 99)), max_size=60),
    st.sampled_from([1, 60, 300, 3600]),
)
def test_bars_equal_the_naive_ones(rows, timeframe_s):
    trades = [a_trade(*row) for row in sorted(rows)]
    series = BarSeries(timeframe_s)
    for trade in trades:
        series.apply_trade(trade)
    assert series.bars() == naive(trades, timeframe_s)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2_000), st.integers(1, 900), st.integers(1, 99)), max_size=60),
    st.integers(0, 60),
    st.integers(0, 60),
)
def test_history_and_own_bars_join_wherever_they_meet(rows, heard_from, told_until):
    trades = [a_trade(*row) for row in sorted(rows)]
    series = BarSeries(60)
    told_until = max(told_until, heard_from)
    for trade in trades[heard_from:]:
        series.apply_trade(trade)
    whole = naive(trades, 60)
    series.merge(naive(trades[:told_until], 60))
    own = {bar.start_ns: bar for bar in naive(trades[heard_from:], 60)}
    told = {bar.start_ns: bar for bar in naive(trades[:told_until], 60)}
    assert [b.start_ns for b in series.bars()] == [b.start_ns for b in whole]
    assert all(b.qty == max(t[b.start_ns].qty for t in (own, told) if b.start_ns in t) for b in series.bars())


def test_day_begins_at_korean_midnight():
    assert bar_start_ns(OPEN_NS, 86_400) == MIDNIGHT_NS
    assert bar_start_ns(MIDNIGHT_NS - 1, 86_400) == MIDNIGHT_NS - 86_400 * SECOND


def test_day_bar_is_told_by_the_newest_figures():
    series = BarSeries(86_400)
    assert series.apply_trade(TRADE) == Bar(MIDNIGHT_NS, 71_400, 71_700, 71_300, 71_600, 1_010, 72_316_000)
    yesterday = Bar(MIDNIGHT_NS - 86_400 * SECOND, 1, 2, 1, 2, 5, 9)
    series.merge((yesterday,))
    assert [bar.start_ns for bar in series.bars()] == [yesterday.start_ns, MIDNIGHT_NS]


def test_snapshot_figures_are_no_trade():
    series = BarSeries(60)
    assert series.apply_trade(a_trade(0, 100, 0)) is None
    assert len(series) == 0


def test_late_trade_of_an_earlier_minute_keeps_the_order():
    series = BarSeries(60)
    series.apply_trade(a_trade(70, 100, 1))
    series.apply_trade(a_trade(10, 90, 2))
    assert [(bar.close_px, bar.qty) for bar in series.bars()] == [(90, 2), (100, 1)]


def test_oldest_bars_fall_off():
    series = BarSeries(60, limit=3)
    for minute in range(5):
        series.apply_trade(a_trade(minute * 60, 100 + minute, 1))
    series.merge(())
    assert [bar.close_px for bar in series.bars()] == [102, 103, 104]
    assert [bar.close_px for bar in series.bars(2)] == [103, 104]
    assert series.bars(0) == ()


def test_wrong_timeframe_is_a_programmer_error():
    with pytest.raises(AssertionError):
        BarSeries(0)
