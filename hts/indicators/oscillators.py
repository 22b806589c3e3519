"""Oscillators: how far and how fast prices moved, mostly between fixed bounds."""

import numpy as np

from hts.indicators.moving import exponential, simple, sums
from hts.indicators.recursion import Floats, nothing, wilder
from hts.indicators.rolling import Range, highest, lowest, mean_deviation, true_range


def ratio(part: Floats, whole: Floats, otherwise: float) -> Floats:
    """The part over the whole; `otherwise` where the whole is nothing."""
    out = np.where(np.isfinite(part) & np.isfinite(whole), otherwise, np.nan)
    np.divide(part, whole, out=out, where=np.isfinite(part) & np.isfinite(whole) & (whole != 0))
    return out


def changes(values: Floats, length: int = 1) -> Floats:
    """Difference from `length` bars before (momentum)."""
    out = nothing(len(values))
    out[length:] = values[length:] - values[:-length]
    return out


def rate_of_change(values: Floats, length: int) -> Floats:
    """Change from `length` bars before in percent (ROC)."""
    before = nothing(len(values))
    before[length:] = values[:-length]
    return 100 * ratio(changes(values, length), before, 0.0)


def rsi(close: Floats, length: int) -> Floats:
    """Wilder's relative strength: the share of rises in all movement; 50 when nothing moved."""
    moves = changes(close)
    gains = wilder(np.maximum(moves, 0.0), length)
    losses = wilder(np.maximum(-moves, 0.0), length)
    return 100 * ratio(gains, gains + losses, 0.5)


def place_in_range(high: Floats, low: Floats, close: Floats, length: int) -> Floats:
    """Where the close stands between the last `length` bars' lowest (0) and highest (100); 50 without a range."""
    bottom = lowest(low, length)
    return 100 * ratio(close - bottom, highest(high, length) - bottom, 0.5)


def stochastic_fast(bars: Range, length: int, signal: int) -> tuple[Floats, Floats]:
    """%K and its average %D; `bars` are highs, lows, closes."""
    fast = place_in_range(*bars, length)
    return fast, simple(fast, signal)


def stochastic_slow(bars: Range, length: int, slowing: int, signal: int) -> tuple[Floats, Floats]:
    """%K averaged over `slowing` bars, and its average %D."""
    slow = simple(place_in_range(*bars, length), slowing)
    return slow, simple(slow, signal)


def stochastic_rsi(close: Floats, length: int, stochastic: int, signal: int) -> tuple[Floats, Floats]:
    """The RSI's place in its own range, and its average."""
    strength = rsi(close, length)
    return stochastic_fast((strength, strength, strength), stochastic, signal)


def williams(bars: Range, length: int) -> Floats:
    """Williams %R: 0 at the highest, -100 at the lowest."""
    return place_in_range(*bars, length) - 100


def cci(bars: Range, length: int) -> Floats:
    """Commodity channel index of the typical price."""
    high, low, close = bars
    typical = (high + low + close) / 3
    return ratio(typical - simple(typical, length), 0.015 * mean_deviation(typical, length), 0.0)


def macd(close: Floats, fast: int, slow: int, signal: int) -> tuple[Floats, Floats, Floats]:
    """Difference of two EMAs that begin on the same bar, its EMA, and what is between them."""
    quick = nothing(len(close))
    skipped = max(slow - fast, 0)
    quick[skipped:] = exponential(close[skipped:], fast)
    line = quick - exponential(close, slow)
    average = exponential(line, signal)
    return line, average, line - average


def trix(close: Floats, length: int, signal: int) -> tuple[Floats, Floats]:
    """Change per bar, in percent, of the EMA of the EMA of the EMA; and its average."""
    line = rate_of_change(exponential(exponential(exponential(close, length), length), length), 1)
    return line, simple(line, signal)


def ultimate(bars: Range, lengths: tuple[int, int, int]) -> Floats:
    """Larry Williams' ultimate oscillator over three lengths, weighted 4, 2, 1."""
    high, low, close = bars
    pressure, span = nothing(len(close)), true_range(high, low, close)
    pressure[1:] = close[1:] - np.minimum(low[1:], close[:-1])
    parts = [ratio(sums(pressure, length), sums(span, length), 0.5) for length in lengths]
    return 100 * (4 * parts[0] + 2 * parts[1] + parts[2]) / 7


def disparity(close: Floats, length: int) -> Floats:
    """The close in percent of its average."""
    return 100 * ratio(close, simple(close, length), 1.0)


def psychological(close: Floats, length: int) -> Floats:
    """Share of rising bars among the last `length`, in percent."""
    moves = changes(close)
    return 100 * sums(np.where(np.isfinite(moves), (moves > 0) * 1.0, np.nan), length) / length


def price_oscillator(close: Floats, fast: int, slow: int) -> Floats:
    """Difference of two averages in percent of the slow one (PPO)."""
    base = exponential(close, slow)
    return 100 * ratio(exponential(close, fast) - base, base, 0.0)
