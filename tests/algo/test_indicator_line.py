"""Indicator lines close by close against numbers made by hand, and against the definitions in floats."""

from statistics import pstdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.algo.indicator_book import IndicatorBook
from hts.algo.indicator_line import IndicatorLine, is_computable, minutes_wanted
from hts.model.conditional import IndicatorCondition, IndicatorKind, Triggered
from hts.model.quotes import Bar

SMA, EMA, RSI, UPPER, LOWER = IndicatorKind
S = 1_000_000_000
MINUTE = 60 * S


def condition(indicator=SMA, period=3, **fields):
    return IndicatorCondition(**{"indicator": indicator, "period": period, "is_above": True} | fields)


def met(asked, *closes):
    line = IndicatorLine(asked)
    return [number for number, close in enumerate(closes) if line.take(close)]


CASES = {
    # means: 20, 20, 21.7, 23.3
    "crosses its average": (condition(), (10, 30, 20, 10, 35, 25), [4]),
    "one that is above from the start does not cross": (condition(), (10, 20, 30, 40), []),
    "it counts where crossing is not asked": (condition(crosses=False), (10, 20, 30, 40), [2, 3]),
    "touching is meeting": (condition(), (20, 20, 14, 17), [3]),  # 14 < 18, then 17 = (20 + 14 + 17) / 3
    "crosses back and again": (condition(), (10, 10, 9, 12, 9, 12), [3, 5]),
    "below": (condition(is_above=False), (10, 20, 30, 20), [3]),
    # EMA of 2: 15, then weight 2/3: 11.67, 20.56
    "an EMA": (condition(EMA, 2), (10, 20, 10, 25), [3]),
    # RSI of 2: changes +10 -10: 50; then -10: up 2.5, down 7.5: 25; then +10: up 6.25, down 3.75: 62.5
    "an RSI": (condition(RSI, 2, level_milli=62_500), (10, 20, 10, 0, 10), [4]),
    "an RSI from above": (condition(RSI, 2, level_milli=25_000, is_above=False), (10, 20, 10, 0), [3]),
    "an RSI without a move is in the middle": (condition(RSI, 2, level_milli=50_001), (7, 7, 7, 7), []),
    # mean 10, deviation 0: then 10 10 16: mean 12, deviation 2.83, band at 1.4 = 15.96
    "the upper band": (condition(UPPER, 3, width_milli=1_400), (10, 10, 10, 9, 16), [4]),
    "the upper band is too far": (condition(UPPER, 3, width_milli=1_500), (10, 10, 9, 16), []),
    "the lower band": (condition(LOWER, 3, width_milli=1_400, is_above=False), (10, 10, 11, 4), [3]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.items(), ids=lambda case: case[0])
def test_lines(case):
    asked, closes, bars = case[1]
    assert met(asked, *closes) == bars


@settings(max_examples=60)
@given(
    st.lists(st.integers(1, 10_000), min_size=1, max_size=40), st.integers(2, 9), st.sampled_from((SMA, UPPER, LOWER)),
    st.booleans(),
)  # fmt: skip
def test_averages_and_bands_are_the_definitions(closes, period, kind, is_above):
    line = IndicatorLine(condition(kind, period, is_above=is_above, crosses=False))
    for at, close in enumerate(closes):
        found = line.take(close)
        window = closes[max(at + 1 - period, 0) : at + 1]
        if len(window) < period:
            assert not found
            continue
        away = {SMA: 0, UPPER: 2, LOWER: -2}[kind] * pstdev(window)
        gap = close - sum(window) / period - away
        if abs(gap) > 0.01:
            assert found == (gap > 0 if is_above else gap < 0)


@pytest.mark.parametrize(
    "bad",
    [
        condition(period=0), condition(EMA, 1), condition(period=501), condition(timeframe_s=30),
        condition(timeframe_s=90), condition(timeframe_s=7_200), condition(RSI, 14),
        condition(RSI, 14, level_milli=100_000), condition(SMA, 5, level_milli=1), condition(UPPER, 20, width_milli=0),
    ],
)  # fmt: skip
def test_terms_that_cannot_be_computed(bad):
    assert not is_computable(bad)


def test_terms_that_can_and_the_past_they_want():
    assert is_computable(condition(RSI, 14, level_milli=30_000)) and is_computable(condition(period=1))
    assert minutes_wanted(condition(EMA, 20, timeframe_s=300)) == 410


def bar(minute, close):
    return Bar(minute * MINUTE, close, close, close, close, 1, close)


def test_the_book_makes_bars_and_joins_the_past_to_what_came_meanwhile():
    book = IndicatorBook()
    book.add(1, condition(timeframe_s=120))
    assert book.is_waiting
    assert book.price(30, 10 * MINUTE) == []  # bar 5 runs
    assert book.price(12, 11 * MINUTE) == []
    assert book.price(12, 12 * MINUTE + 1) == []  # bar 5 closed at 12 while the past was asked for
    # past bars 2, 3, 4 close at 10, 13, 10; the minutes of bars 5 and 6 are ours
    past = [bar(5, 10), bar(6, 11), bar(7, 13), bar(9, 10), bar(10, 99), bar(11, 99), bar(12, 99)]
    assert book.learn(past, 12 * MINUTE + 2) == [Triggered(cond_id=1, px=12)]  # above (13 + 10 + 12) / 3 = 11.67
    assert not book.is_waiting


def test_a_bar_ends_with_the_clock_where_nobody_trades():
    book = IndicatorBook()
    book.add(1, condition(period=2))
    book.learn([bar(1, 20), bar(2, 10)], 3 * MINUTE)
    assert book.price(20, 3 * MINUTE) == []
    assert book.clock(4 * MINUTE - 1) == []
    assert book.clock(4 * MINUTE) == [Triggered(cond_id=1, px=20)]
    assert book.clock(5 * MINUTE) == []  # no price, no bar
    assert book.next_close_ns(5 * MINUTE + 7) == 6 * MINUTE
    book.remove(1)
    assert len(book) == 0
