import math

import msgspec
import numpy as np
import pytest
import talib
from hypothesis import given, settings

from hts.desk.screener_eval import Columns, matches, values
from hts.desk.screener_expr import Arithmetic, Both, Call, Name, Negative, Not, Number, parse
from hts.desk.screener_universe import DAY_S
from hts.model.enums import Market
from hts.model.quotes import Bar
from hts.model.views import BarsView
from tests.desk.scene import NAVER, NAVER_ISSUE, NINE, SAMSUNG, SAMSUNG_ISSUE, SECOND, a_trade
from tests.desk.test_screener_expr import conditions
from tests.desk.test_screener_universe import Desk

KODEX = "069500"
QUIET = "000001"
DAY = DAY_S * SECOND
MIDNIGHT = NINE - 9 * 3600 * SECOND


def closes(count, seed):
    """A path that goes up and down and never repeats."""
    return [200_000 + round(9_000 * math.sin(i * 0.7 + seed) + 400 * i * math.cos(seed)) for i in range(count)]


def a_desk():
    """Four issues: a share and an ETF with long history, one with five days, one that never traded."""
    issues = (
        msgspec.structs.replace(NAVER_ISSUE, prev_volume=2_000_000, listed_shares=160_000_000),
        msgspec.structs.replace(NAVER_ISSUE, symbol=KODEX, is_etf=True, market=Market.KOSDAQ),
        SAMSUNG_ISSUE,
        msgspec.structs.replace(SAMSUNG_ISSUE, symbol=QUIET),
    )
    desk = Desk(*issues)
    desk.frame(
        a_trade(qty=30),
        a_trade(qty=20, side="2"),
        a_trade(KODEX, px=215_000, qty=9),
        a_trade(SAMSUNG, px=245_000, qty=9, side="2"),
    )
    for symbol, count, seed in ((NAVER, 60, 1.0), (KODEX, 40, 2.0), (SAMSUNG, 5, 3.0)):
        bars = []
        for i, close in enumerate(closes(count, seed)):
            start_ns = MIDNIGHT - (count - i) * DAY
            bars.append(Bar(start_ns, close, close + 100 * (i % 7), close - 100 * (i % 5), close, 1_000 + i, 1))
        desk.market.on_bars(BarsView(symbol=symbol, timeframe_s=DAY_S, bars=tuple(bars)))
    desk.frame()
    return desk


@pytest.fixture(scope="module")
def universe():
    return a_desk().universe


@pytest.fixture
def columns(universe):
    return Columns(universe, frozenset({NAVER}))


def found(columns, text):
    mask = matches(parse(text), columns).tolist()
    return [symbol for symbol, meets in zip((NAVER, KODEX, SAMSUNG, QUIET), mask, strict=True) if meets]


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("change > 8.9", [NAVER, SAMSUNG]),  # +8.94 % and +29.84 %
        ("change < 0", [KODEX]),
        ("change = 0", [QUIET]),
        ("etf", [KODEX]),
        ("kosdaq or held", [NAVER, KODEX]),
        ("limit_up", [SAMSUNG]),
        ("limit_down", []),
        ("strength = 150", [NAVER]),  # 30 bought, 20 sold
        ("strength >= 0", [NAVER, SAMSUNG]),  # nothing was sold of the others: not known
        ("not strength >= 0", [KODEX, QUIET]),
        ("surge > 210 and surge < 211", [NAVER]),  # 4,218,905 of 2,000,000
        ("surge > 400,000", [KODEX, SAMSUNG]),  # of 1,039 and 1,004, as the history tells
        ("cap = 160m * price", [NAVER]),
        ("gap > 1.6 and gap < 1.61", [NAVER, KODEX]),  # 221,500 on 218,000
        ("open > 0", [NAVER, KODEX, SAMSUNG]),
        ("from_high < -10", [KODEX]),
        ("vwap > 233,911 and vwap < 233,913", [NAVER, KODEX, SAMSUNG]),
        ("volume / 0 > 1 or volume / 0 <= 1", []),
        ("price > 0 and not price > 0", []),
    ],
)
def test_a_condition_finds_its_issues(columns, text, symbols):
    assert found(columns, text) == symbols


def series(universe, symbol, count, seed):
    px = int(universe.figure("px")[universe.row_of(symbol)])
    return np.array([*closes(count, seed), px], np.float64)


@pytest.mark.parametrize("days", [2, 5, 14, 39])
def test_averages_and_rsi_are_those_of_an_independent_library(universe, columns, days):
    for symbol, count, seed in ((NAVER, 60, 1.0), (KODEX, 40, 2.0)):
        path = series(universe, symbol, count, seed)
        row = universe.row_of(symbol)
        for name, expected in (("ma", talib.SMA), ("ema", talib.EMA), ("rsi", talib.RSI)):
            for ago in (0, 1):
                past = path[: len(path) - ago]
                assert columns.call(Call(name, days, ago))[row] == pytest.approx(expected(past, days)[-1], rel=1e-9)


def days_of(universe, symbol, count, seed):
    """High, low and close of the past days and of today, as the desk told them."""
    path = closes(count, seed)
    highs = [close + 100 * (i % 7) for i, close in enumerate(path)]
    lows = [close - 100 * (i % 5) for i, close in enumerate(path)]
    today = [int(universe.figure(name)[universe.row_of(symbol)]) for name in ("high_px", "low_px", "px")]
    return [np.array([*past, now], np.float64) for past, now in zip((highs, lows, path), today, strict=True)]


@pytest.mark.parametrize("days", [2, 5, 14, 38])
@pytest.mark.parametrize("ago", [0, 1])
def test_bands_and_oscillators_are_those_of_an_independent_library(universe, columns, days, ago):
    for symbol, count, seed in ((NAVER, 60, 1.0), (KODEX, 40, 2.0)):
        high, low, close = (one[: len(one) - ago] for one in days_of(universe, symbol, count, seed))
        upper, _, lower = talib.BBANDS(close, days, 2.0, 2.0)
        expected = {
            "close": close[-1 - days],
            "deviation": talib.STDDEV(close, days)[-1],
            "band_up": upper[-1],
            "band_down": lower[-1],
            "stochastic": talib.STOCHF(high, low, close, days, 1)[0][-1],
            "cci": talib.CCI(high, low, close, days)[-1],
            "atr": talib.ATR(high, low, close, days)[-1],
        }
        row = universe.row_of(symbol)
        told = {name: float(columns.call(Call(name, days, ago))[row]) for name in expected}
        assert told == pytest.approx(expected, rel=1e-7)


def test_extremes_and_mean_volume_are_of_the_days_before(columns):
    path = closes(60, 1.0)
    highs = [close + 100 * (i % 7) for i, close in enumerate(path)]
    lows = [close - 100 * (i % 5) for i, close in enumerate(path)]
    assert columns.call(Call("highest", 20))[0] == max(highs[-20:])
    assert columns.call(Call("lowest", 20, 3))[0] == min(lows[-23:-3])
    assert columns.call(Call("avg_volume", 4))[0] == sum(range(1_056, 1_060)) / 4


def test_too_little_history_meets_nothing(columns):
    for text in (
        "atr(6) > 0",
        "cci(7) > -999",
        "close(6) > 0",
        "band_up(7) > 0",
        "rsi(14) > 0",
        "ma(20) > 0",
        "ema(20) > 0",
        "highest(6) > 0",
        "avg_volume(6) > 0",
    ):
        assert SAMSUNG not in found(columns, text)
    assert SAMSUNG in found(columns, "ma(6) > 0 and rsi(5) >= 0 and highest(5) > 0")
    assert found(columns, "ma(120) > 0 or rsi(1) < 0") == []


def plain_value(node, at, columns):
    """One issue at a time, with plain floats."""
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Name):
        return float(columns.figure(node.name)[at])
    if isinstance(node, Call):
        return float(columns.call(node)[at])
    if isinstance(node, Negative):
        return -plain_value(node.of, at, columns)
    left, right = plain_value(node.left, at, columns), plain_value(node.right, at, columns)
    if node.sign == "/":
        return math.nan if right == 0 or math.isnan(right) else left / right
    return {"+": left + right, "-": left - right, "*": left * right}[node.sign]


def plain(node, at, columns):
    if isinstance(node, Both):
        sides = (plain(node.left, at, columns), plain(node.right, at, columns))
        return all(sides) if node.word == "and" else any(sides)
    if isinstance(node, Not):
        return not plain(node.of, at, columns)
    if isinstance(node, Name):
        return bool(columns.truth(node.name)[at])
    left, right = plain_value(node.left, at, columns), plain_value(node.right, at, columns)
    if math.isnan(left) or math.isnan(right):
        return False
    compared = {
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
        "=": left == right,
        "!=": left != right,
    }
    return compared[node.sign]


UNIVERSE = a_desk().universe
COLUMNS = Columns(UNIVERSE, frozenset({NAVER}))


@settings(max_examples=80, deadline=None)
@given(conditions)
def test_all_issues_at_once_are_what_each_is_alone(node):
    alone = [plain(node, at, COLUMNS) for at in range(len(UNIVERSE))]
    assert matches(node, COLUMNS).tolist() == alone


def test_a_figure_beyond_a_float_meets_nothing_and_breaks_nothing(columns):
    assert found(columns, "9" * 400 + " - " + "9" * 400 + " > 0") == []


def test_arithmetic_by_columns(columns):
    node = Arithmetic("/", Arithmetic("-", Name("price"), Name("base")), Number(500.0))
    assert values(node, columns).tolist() == [39.0, -6.0, 112.6, 0.0]
