"""Fitting the cost model of Almgren and Chriss to an issue's past: how it wanders, and what haste costs.

Volatility is the standard deviation of one-minute price changes. Temporary impact follows their own rule of thumb:
trading one hundredth of the day's volume over the day costs one spread.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt

from hts.model.algo import Impact

_MICRO = 1_000_000
MINUTE_S = 60


def fit_impact(closes: Sequence[int], spread_px: int, day_volume: int, day_s: int) -> Impact:
    """From one-minute closes (price units), the usual spread, and the day's volume in `day_s` seconds of trading.

    Raises ValueError when there is too little to fit.
    """
    if len(closes) < 3 or day_volume <= 0 or day_s <= 0:
        raise ValueError(f"three closes and a volume expected, found {len(closes)} and {day_volume}")
    changes = [after - before for before, after in pairwise(closes)]
    mean = sum(changes) / len(changes)
    variance = sum((change - mean) ** 2 for change in changes) / (len(changes) - 1)
    rate = day_volume / 100 / day_s
    return Impact(
        sigma_micro=round(sqrt(variance / MINUTE_S) * _MICRO), eta_micro=max(round(spread_px / rate * _MICRO), 1)
    )
