"""What volume says of prices."""

import numpy as np

from hts.indicators.moving import sums
from hts.indicators.oscillators import changes, ratio
from hts.indicators.recursion import Floats, nothing, smoothed
from hts.indicators.rolling import Range


def on_balance(close: Floats, qty: Floats) -> Floats:
    """OBV: volume added while prices rise and taken away while they fall, begun with the first bar's."""
    if not len(close):
        return nothing(0)
    signed = np.r_[qty[0], np.sign(np.diff(close)) * qty[1:]]
    total: Floats = np.cumsum(signed)
    return total


def money_flow(bars: Range, qty: Floats) -> Floats:
    """Volume times the close's place in the bar, from -1 at the low to +1 at the high."""
    high, low, close = bars
    return qty * ratio((close - low) - (high - close), high - low, 0.0)


def accumulation(bars: Range, qty: Floats) -> Floats:
    """The accumulation/distribution line: money flow since the first bar."""
    total: Floats = np.cumsum(money_flow(bars, qty))
    return total


def chaikin_oscillator(bars: Range, qty: Floats, fast: int, slow: int) -> Floats:
    """Difference of two EMAs of the accumulation line, both begun with its first value."""
    line = accumulation(bars, qty)
    out = nothing(len(line))
    if len(line) >= max(slow, 1):
        quick, calm = (smoothed(line, 2.0 / (length + 1), float(line[0])) for length in (fast, slow))
        out[max(fast, slow) - 1 :] = (quick - calm)[max(fast, slow) - 1 :]
    return out


def chaikin_money_flow(bars: Range, qty: Floats, length: int) -> Floats:
    """Money flow of the last bars as a share of their volume."""
    return ratio(sums(money_flow(bars, qty), length), sums(qty, length), 0.0)


def money_flow_index(bars: Range, qty: Floats, length: int) -> Floats:
    """MFI: share of rising turnover in all turnover of the last bars, in percent; 50 when none moved."""
    typical = (bars[0] + bars[1] + bars[2]) / 3
    moves = changes(typical)
    flow = np.where(np.isfinite(moves), typical * qty, np.nan)
    gains, losses = (
        sums(np.where(np.isfinite(moves), flow * is_it, np.nan), length) for is_it in (moves > 0, moves < 0)
    )
    # Both sums come from differences of totals: what should be nothing may be a crumb.
    return 100 * ratio(np.maximum(gains, 0.0), np.maximum(gains, 0.0) + np.maximum(losses, 0.0), 0.5)


def volume_ratio(close: Floats, qty: Floats, length: int) -> Floats:
    """VR: volume of rising bars, unchanged ones by half, in percent of that of falling bars; 100 when none fell."""
    moves = changes(close)
    known = np.isfinite(moves)
    rising = np.where(known, qty * ((moves > 0) + (moves == 0) / 2), np.nan)
    falling = np.where(known, qty * ((moves < 0) + (moves == 0) / 2), np.nan)
    return 100 * ratio(sums(rising, length), sums(falling, length), 1.0)


def profile(high: Floats, low: Floats, qty: Floats, edges: Floats) -> Floats:
    """Volume between each two neighbouring `edges` of price (rising), each bar's spread evenly over its range."""
    traded = qty > 0
    high, low, qty = high[traded], low[traded], qty[traded]
    if not len(qty) or len(edges) < 2:
        return np.zeros(max(len(edges) - 1, 0))
    points = high == low
    spans = ~points
    rows = np.zeros(len(edges) - 1)
    if spans.any():
        depth = (edges[:, None] - low[spans]) / (high[spans] - low[spans])
        rows += np.diff((np.clip(depth, 0.0, 1.0) * qty[spans]).sum(axis=1))
    # A bar of one price belongs to the row that begins at or below it; the last edge closes the last row.
    at = np.searchsorted(edges, low[points], side="right") - 1
    at = np.where(low[points] == edges[-1], len(rows) - 1, at)
    inside = (at >= 0) & (at < len(rows))
    rows += np.bincount(at[inside], weights=qty[points][inside], minlength=len(rows))
    return rows
