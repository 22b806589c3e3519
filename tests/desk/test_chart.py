import random

import pytest

from hts.desk.chart import LEVEL_FACTOR, Series
from hts.desk.chart_frames import aggregate, bucket
from hts.model.quotes import Bar
from tests.desk.scene import NINE, SECOND, a_trade

MINUTE = 60 * SECOND
DAY = 86_400 * SECOND


def minute_bars(count: int, seed: int = 5) -> tuple[Bar, ...]:
    dice = random.Random(seed)
    bars = []
    for i in range(count):
        day, minute = divmod(i, 390)
        prices = [dice.randrange(900, 1_100) for _ in range(4)]
        qty = dice.randrange(0, 50)
        start_ns = NINE + day * DAY + minute * MINUTE
        bars.append(Bar(start_ns, prices[0], max(prices), min(prices), prices[3], qty, qty * prices[3]))
    return tuple(bars)


def merged(bars: list[Bar]) -> tuple:
    lows, highs = [b.low_px for b in bars], [b.high_px for b in bars]
    qty, value = sum(b.qty for b in bars), sum(b.value for b in bars)
    return (bars[0].open_px, max(highs), min(lows), bars[-1].close_px, qty, value)


@pytest.mark.parametrize("timeframe_s", [60, 180, 300, 900, 3600])
def test_minute_bars_make_coarser_bars_as_by_hand(timeframe_s):
    bars = minute_bars(800)
    groups: dict[int, list[Bar]] = {}
    for bar in bars:
        groups.setdefault(bucket(bar.start_ns, timeframe_s), []).append(bar)
    start_ns, columns = aggregate(bars, timeframe_s)
    assert start_ns.tolist() == list(groups)
    assert [tuple(column) for column in columns.T] == [merged(group) for group in groups.values()]


def test_buckets_are_counted_from_midnight_in_korea():
    assert [bucket(NINE + 61 * SECOND, s) - NINE for s in (60, 3600, 86_400)] == [MINUTE, 0, -9 * 3600 * SECOND]


def rows(series: Series) -> list[tuple]:
    return [tuple(int(v) for v in column) for column in series.columns.T]


def test_trades_make_the_last_bar_and_begin_new_ones():
    series = Series(60)
    series.replace((Bar(NINE, 100, 105, 99, 101, 10, 1_010),))
    for at_s, px, qty in ((30, 107, 3), (59, 98, 1), (61, 102, 5), (10, 1, 1)):
        series.on_trade(a_trade(px=px, qty=qty, at_s=at_s))
    assert rows(series) == [(100, 107, 98, 98, 14, 1_010 + 321 + 98), (102, 102, 102, 102, 5, 510)]
    assert (series.version, series.appended) == (4, 2)


@pytest.mark.parametrize("qty", [1, 0])
def test_a_day_bar_takes_the_days_own_figures(qty):
    series = Series(86_400)
    series.on_trade(a_trade(px=237_500, qty=qty))
    assert rows(series) == [(221_500, 239_000, 220_500, 237_500, 4_218_905, 4_218_905 * 233_912)]


@pytest.mark.parametrize("timeframe", [60, -10])
def test_figures_alone_make_no_bar(timeframe):
    series = Series(timeframe)
    series.replace((Bar(NINE, 100, 105, 99, 101, 10, 1_010),))
    series.on_trade(a_trade(px=110, qty=0, at_s=30))
    series.on_trade(a_trade(px=110, qty=0, at_s=90))
    assert rows(series) == [(100, 105, 99, 101, 10, 1_010)]


def test_an_empty_series_shows_nothing_and_takes_a_first_trade():
    series = Series(60)
    series.replace(())
    assert (len(series), series.extent(0, 10), series.window(0, 10, 5).columns.shape[1]) == (0, (0.0, 0.0, 0.0), 0)
    series.on_trade(a_trade(px=100, qty=2, at_s=0))
    assert rows(series) == [(100, 100, 100, 100, 2, 200)]


def naive_level(series: Series, width: int) -> list[list[int]]:
    bars = [Bar(0, *row) for row in rows(series)]
    return [list(merged(bars[i : i + width])) for i in range(0, len(bars), width)]


def test_coarser_levels_equal_the_naive_ones_after_history_and_after_trades():
    series = Series(60)
    series.replace(minute_bars(1_000))
    dice = random.Random(11)
    for i in range(700):  # beyond the capacity that history left
        at_s = (1_000 // 390) * 86_400 + (220 + 2 * i) * 60
        series.on_trade(a_trade(px=dice.randrange(900, 1_100), qty=dice.randrange(1, 9), at_s=at_s))
        series.on_trade(a_trade(px=dice.randrange(900, 1_100), qty=dice.randrange(1, 9), at_s=at_s))
    count = len(series)
    assert count == 1_700
    for level in (0, 1, 2, 3):
        width = LEVEL_FACTOR**level
        window = series.window(0, count - 1, width)
        assert (window.first, window.width) == (0, width)
        assert window.columns.T.astype(int).tolist() == naive_level(series, width)


def test_a_window_takes_the_finest_level_that_fits():
    series = Series(60)
    series.replace(minute_bars(1_000))
    windows = [series.window(*w) for w in ((100, 199, 1), (100, 199, 1.01), (-5, 5_000, 16), (990, 999, 10))]
    assert [(w.first, w.width, w.columns.shape[1]) for w in windows] == [
        (100, 1, 100),
        (100, 4, 25),
        (0, 16, 63),
        (976, 16, 2),
    ]


def test_bars_are_found_by_time():
    series = Series(300)
    series.replace(minute_bars(20))
    assert [series.index_at(NINE + s * SECOND) for s in (-1, 0, 299, 300, 9_999)] == [-1, 0, 0, 1, 3]


def test_the_extent_of_what_is_seen():
    series = Series(60)
    series.replace((Bar(NINE, 5, 9, 4, 6, 70, 1), Bar(NINE + MINUTE, 6, 8, 2, 7, 30, 1)))
    assert [series.extent(0, 0), series.extent(0, 1)] == [(4.0, 9.0, 70.0), (2.0, 9.0, 70.0)]


def test_a_place_between_bars_is_a_time_and_back():
    series = Series(300)
    series.replace(minute_bars(400))  # over a night
    for x in (-2.5, 0.0, 3.25, 77.5, 78.0, 80.9, 90.0):
        assert abs(series.x_of(series.time_at(x)) - x) < 1e-6
    assert Series(60).time_at(3.0) == 0


def test_bars_of_so_many_trades_begin_with_the_trade_after():
    series = Series(-10)
    for i in range(23):
        series.on_trade(a_trade(px=100 + i, qty=2, at_s=i))
    assert [(int(c[0]), int(c[3]), int(c[4])) for c in series.columns.T] == [
        (100, 109, 20),
        (110, 119, 20),
        (120, 122, 6),
    ]
    assert series.source_s == 0


def test_cut_bars_leave_levels_as_if_they_had_never_been():
    series, other = Series(60), Series(60)
    series.replace(minute_bars(300))
    series.window(0, 300, 16)  # the levels are built
    series.cut(205)
    other.take(series.start_ns.copy(), series.columns.copy())
    for width in (1, 4, 16, 64):
        assert series.window(0, 204, width).columns.tolist() == other.window(0, 204, width).columns.tolist()


def test_the_version_tells_of_every_change():
    series = Series(60)
    versions = [series.version]
    for act in (
        lambda: series.replace(minute_bars(5)),
        lambda: series.on_trade(a_trade(px=100, qty=1, at_s=4 * 60)),
        lambda: series.cut(3),
    ):
        act()
        versions.append(series.version)
    assert sorted(set(versions)) == versions
