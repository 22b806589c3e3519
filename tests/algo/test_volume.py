"""The learnt volume curve and its correction through the day."""

from math import exp, log

import pytest

from hts.algo.impact import fit_impact
from hts.algo.volume import BIN_SIGMA, DRIFT_SIGMA, SCALE_SIGMA, day_scale, learn_curve, updated_curve
from hts.model.algo import Impact, VolumeCurve


def test_days_count_by_their_shape_not_by_their_size():
    curve = learn_curve([(100, 300), (3_000, 1_000), (0, 0), (5,)], 0, 60)
    # shapes (0.25, 0.75) and (0.75, 0.25), mean total 2,200
    assert curve == VolumeCurve(start_ns=0, bin_ns=60, volumes=(1_100, 1_100))


def test_nothing_to_learn_from_is_an_error():
    with pytest.raises(ValueError, match="at least one day with volume expected, found 2"):
        learn_curve([(0, 0), ()], 0, 60)


def test_the_filter_is_the_kalman_recursion():
    prior = SCALE_SIGMA**2 + DRIFT_SIGMA**2
    first = prior / (prior + BIN_SIGMA**2) * log(201 / 101)
    assert day_scale((100, 100), (200,)) == pytest.approx(first)
    left = prior * (1 - prior / (prior + BIN_SIGMA**2)) + DRIFT_SIGMA**2
    gain = left / (left + BIN_SIGMA**2)
    assert day_scale((100, 100), (200, 50)) == pytest.approx(first + gain * (log(51 / 101) - first))


def test_a_busy_morning_raises_the_rest_of_the_day():
    curve = VolumeCurve(start_ns=0, bin_ns=60, volumes=(100, 100, 100, 100))
    scale = exp(day_scale(curve.volumes, (300, 300)))
    assert updated_curve(curve, (300, 300, 10)).volumes == (300, 300, round(100 * scale), round(100 * scale))
    assert updated_curve(curve, (300, 300, 900)).volumes[2] == 900
    assert updated_curve(curve, ()) == curve


def test_impact_from_closes_spread_and_volume():
    # changes +60, -60, +60: variance 4,800; per second sqrt(80); one hundredth of 36,000 in 3,600 s is 0.1 a second
    assert fit_impact([1_000, 1_060, 1_000, 1_060], 10, 36_000, 3_600) == Impact(
        sigma_micro=8_944_272, eta_micro=100_000_000
    )
    with pytest.raises(ValueError, match="three closes"):
        fit_impact([1_000, 1_010], 10, 1, 1)
