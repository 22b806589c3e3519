"""The day's volume by time: learnt from past days, corrected while the day runs.

The curve is the mean of past days, each scaled to the same total, so that one wild day does not bend it. While the day
runs a Kalman filter follows how busy it is: the logarithm of (actual / expected) of a bin is the day's scale plus
noise. A slow start makes the rest of the day look slower too, by as much as the filter trusts what it has seen.
"""

from collections.abc import Sequence
from math import exp, log

from msgspec.structs import replace

from hts.model.algo import VolumeCurve

SCALE_SIGMA = 0.5  # how much whole days differ, in log units: a busy day has about 1.6 times the volume
BIN_SIGMA = 0.6  # how much one bin differs from its day
DRIFT_SIGMA = 0.05  # how much the scale wanders from bin to bin


def learn_curve(days: Sequence[Sequence[int]], start_ns: int, bin_ns: int) -> VolumeCurve:
    """The expected curve from the bins of past days; days without volume or of another length are left out.

    Raises ValueError when nothing is left to learn from.
    """
    longest = max((len(day) for day in days), default=0)
    whole = [day for day in days if len(day) == longest and sum(day) > 0]
    if not whole:
        raise ValueError(f"at least one day with volume expected, found {len(days)} days without")
    average = sum(sum(day) for day in whole) // len(whole)
    means = [sum(day[i] / sum(day) for day in whole) / len(whole) for i in range(longest)]
    return VolumeCurve(start_ns=start_ns, bin_ns=bin_ns, volumes=tuple(round(average * mean) for mean in means))


def updated_curve(curve: VolumeCurve, actual: Sequence[int]) -> VolumeCurve:
    """The curve with what has traded in it, the rest scaled by the filter's estimate.

    `actual` are the bins so far; the last one still runs and counts once it exceeds what was expected of it.
    """
    if len(actual) < 1:
        return curve
    scale = exp(day_scale(curve.volumes, actual[:-1]))
    rest = [round(volume * scale) for volume in curve.volumes[len(actual) - 1 :]]
    if rest:
        rest[0] = max(rest[0], actual[-1])
    return replace(curve, volumes=(*actual[:-1][: len(curve.volumes)], *rest))


def day_scale(expected: Sequence[int], actual: Sequence[int]) -> float:
    """The filtered logarithm of the day's volume against the expected one, after the given complete bins."""
    scale, variance = 0.0, SCALE_SIGMA**2
    for want, have in zip(expected, actual, strict=False):
        if want <= 0:
            continue
        variance += DRIFT_SIGMA**2
        gain = variance / (variance + BIN_SIGMA**2)
        scale += gain * (log((have + 1) / (want + 1)) - scale)
        variance *= 1 - gain
    return scale
