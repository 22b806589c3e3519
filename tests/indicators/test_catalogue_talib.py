"""Every indicator that the independent library TA-Lib has, against it, over 700 bars of a seeded walk."""

import numpy as np
import pytest
import talib

from hts.indicators.catalogue import INDICATORS
from hts.indicators.moving import simple
from tests.indicators.bars import a_walk, same

B = a_walk()
HLC = B.range

# Name, parameters, what the library says, number of the first bar from which both must agree.
CASES = [
    ("sma", (20,), lambda: [talib.SMA(B.close, 20)], 0),
    ("ema", (20,), lambda: [talib.EMA(B.close, 20)], 0),
    ("wma", (20,), lambda: [talib.WMA(B.close, 20)], 0),
    ("dema", (20,), lambda: [talib.DEMA(B.close, 20)], 0),
    ("tema", (15,), lambda: [talib.TEMA(B.close, 15)], 0),
    ("bollinger", (20, 2.0), lambda: talib.BBANDS(B.close, 20, 2.0, 2.0), 0),
    (
        "donchian",
        (20,),
        lambda: [talib.MAX(B.high, 20), (talib.MAX(B.high, 20) + talib.MIN(B.low, 20)) / 2, talib.MIN(B.low, 20)],
        0,
    ),
    ("keltner", (20, 10, 2.0), lambda: [talib.EMA(B.close, 20) + k * 2 * talib.ATR(*HLC, 10) for k in (1, 0, -1)], 0),
    ("envelope", (20, 5.0), lambda: [talib.SMA(B.close, 20) * k for k in (1.05, 1, 0.95)], 0),
    ("parabolic", (0.02, 0.2), lambda: [talib.SAR(B.high, B.low, 0.02, 0.2)], 0),
    ("macd", (12, 26, 9), lambda: talib.MACD(B.close, 12, 26, 9), 33),
    ("rsi", (14, 9), lambda: [talib.RSI(B.close, 14), talib.SMA(talib.RSI(B.close, 14)[14:], 9)], 0),
    ("stochastic_slow", (14, 3, 3), lambda: talib.STOCH(*HLC, 14, 3, 0, 3, 0), 17),
    ("stochastic_fast", (14, 3), lambda: talib.STOCHF(*HLC, 14, 3, 0), 15),
    ("stochastic_rsi", (14, 14, 3), lambda: talib.STOCHRSI(B.close, 14, 14, 3, 0), 29),
    ("atr", (14,), lambda: [talib.ATR(*HLC, 14)], 0),
    ("dmi", (14,), lambda: [talib.PLUS_DI(*HLC, 14), talib.MINUS_DI(*HLC, 14), talib.ADX(*HLC, 14)], 0),
    ("cci", (20,), lambda: [talib.CCI(*HLC, 20)], 0),
    ("williams", (14,), lambda: [talib.WILLR(*HLC, 14)], 0),
    ("roc", (12,), lambda: [talib.ROC(B.close, 12)], 0),
    ("momentum", (10,), lambda: [talib.MOM(B.close, 10)], 0),
    ("trix", (12, 9), lambda: [talib.TRIX(B.close, 12), talib.SMA(talib.TRIX(B.close, 12)[34:], 9)], 0),
    ("aroon", (25,), lambda: talib.AROON(B.high, B.low, 25)[::-1], 0),
    ("ultimate", (7, 14, 28), lambda: [talib.ULTOSC(*HLC, 7, 14, 28)], 0),
    ("ppo", (12, 26), lambda: [100 * (talib.EMA(B.close, 12) / talib.EMA(B.close, 26) - 1)], 0),
    ("disparity", (20,), lambda: [100 * B.close / talib.SMA(B.close, 20)], 0),
    ("obv", (9,), lambda: [talib.OBV(B.close, B.qty), talib.SMA(talib.OBV(B.close, B.qty), 9)], 0),
    ("accumulation", (), lambda: [talib.AD(*HLC, B.qty)], 0),
    ("chaikin", (3, 10), lambda: [talib.ADOSC(*HLC, B.qty, 3, 10)], 0),
    ("mfi", (14,), lambda: [talib.MFI(*HLC, B.qty, 14)], 0),
    ("volume", (20,), lambda: [talib.SMA(B.qty, 20)], 0),
]


@pytest.mark.parametrize(("name", "parameters", "library", "begin"), CASES, ids=[case[0] for case in CASES])
def test_as_the_library_says(name, parameters, library, begin):
    lines = INDICATORS[name].compute(B, *parameters)
    expected = [np.r_[np.full(len(B.close) - len(line), np.nan), line] for line in library()]
    assert len(lines) == len(expected) == len(INDICATORS[name].outputs)
    for output, line, wanted in zip(INDICATORS[name].outputs, lines, expected, strict=True):
        assert np.isfinite(line[-1])
        assert same(line, wanted, begin=begin), output.name


def test_a_long_walk_stays_with_the_library():
    """Block after block the recursion must not drift from the plain loop of the library."""
    close = a_walk(20_000).close
    assert same(INDICATORS["ema"].compute(a_walk(20_000), 200)[0], talib.EMA(close, 200))
    assert same(INDICATORS["rsi"].compute(a_walk(20_000), 14, 9)[0], talib.RSI(close, 14))
    assert same(simple(close, 200), talib.SMA(close, 200))
