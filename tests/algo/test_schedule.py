"""Schedules by hand, and what every schedule keeps to."""

from math import sinh, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.algo.schedule import due_qty, next_point_ns, schedule, shortfall_fraction, slice_count, volume_fractions
from hts.model.algo import AlgoKind, Impact, SchedulePoint, VolumeCurve
from tests.algo.market import T0, S, params

CURVE = VolumeCurve(start_ns=T0, bin_ns=300 * S, volumes=(3_000, 1_000))
IMPACT = Impact(sigma_micro=2_000_000, eta_micro=500_000)


def test_twap_is_equal_parts_in_lots():
    points = schedule(params(qty=1_000, end_ns=T0 + 180 * S), lot=100)
    assert points == (
        SchedulePoint(T0, 300),
        SchedulePoint(T0 + 60 * S, 600),
        SchedulePoint(T0 + 120 * S, 1_000),
    )


def test_vwap_follows_the_curve_within_and_across_bins():
    points = schedule(params(AlgoKind.VWAP, interval_ns=150 * S, curve=CURVE))
    assert [point.cum_qty for point in points] == [375, 750, 875, 1_000]
    # from the middle of the first bin on: 1,500 of 2,500 expected shares lie before its end
    assert volume_fractions(CURVE, (T0 + 150 * S, T0 + 300 * S, T0 + 600 * S)) == [0, 0.6, 1]


def test_a_silent_curve_falls_back_to_time():
    silent = VolumeCurve(start_ns=T0, bin_ns=300 * S, volumes=(0, 0))
    assert volume_fractions(silent, (T0, T0 + 150 * S, T0 + 600 * S)) == [0, 0.25, 1]


def test_shortfall_is_the_formula_of_almgren_and_chriss():
    asked = params(AlgoKind.IS, urgency_pico=100_000_000, impact=IMPACT)
    kappa = sqrt(0.0001 * 2.0**2 / 0.5)
    assert shortfall_fraction(asked, T0 + 200 * S) == pytest.approx(1 - sinh(kappa * 400) / sinh(kappa * 600))


def test_shortfall_is_faster_the_more_the_risk_weighs_and_twap_without():
    done = [
        shortfall_fraction(params(AlgoKind.IS, urgency_pico=urgency, impact=IMPACT), T0 + 60 * S)
        for urgency in (0, 10**7, 10**8, 10**9, 10**18)
    ]
    assert done[0] == pytest.approx(0.1)
    assert done == sorted(done)
    assert done[-1] == 1.0


def test_due_is_what_the_passed_points_say():
    points = schedule(params())
    assert [due_qty(points, T0 + at * S) for at in (-1, 0, 59, 60, 600)] == [0, 100, 100, 200, 1_000]
    assert next_point_ns(points, T0) == T0 + 60 * S
    assert next_point_ns(points, T0 + 540 * S) is None


def test_slices_are_at_least_one_and_bounded():
    assert slice_count(params(end_ns=T0 + S)) == 1
    assert slice_count(params(end_ns=T0 + 10**6 * S, interval_ns=S)) == 2_000


@given(
    kind=st.sampled_from((AlgoKind.TWAP, AlgoKind.VWAP, AlgoKind.IS)),
    lots=st.integers(1, 5_000),
    lot=st.sampled_from((1, 10, 100)),
    seconds=st.integers(1, 30_000),
    interval=st.integers(1, 3_600),
    randomise=st.integers(0, 50),
    seed=st.integers(0, 2**40),
    volumes=st.lists(st.integers(0, 10**7), min_size=1, max_size=80),
    urgency=st.integers(0, 10**13),
)
def test_every_schedule_rises_in_lots_inside_its_window_to_the_whole(
    *, kind, lots, lot, seconds, interval, randomise, seed, volumes, urgency
):
    asked = params(
        kind, qty=lots * lot, end_ns=T0 + seconds * S, interval_ns=interval * S, randomise_pct=randomise, seed=seed,
        curve=VolumeCurve(start_ns=T0, bin_ns=300 * S, volumes=tuple(volumes)), impact=IMPACT, urgency_pico=urgency,
    )  # fmt: skip
    points = schedule(asked, lot)
    times = [point.trade_ns for point in points]
    sums = [point.cum_qty for point in points]
    assert times == sorted(times) and sums == sorted(sums)
    assert asked.start_ns <= times[0] and times[-1] < asked.end_ns
    assert all(qty % lot == 0 for qty in sums) and sums[-1] == asked.qty
    assert schedule(asked, lot) == points


def test_the_seed_decides_the_variation():
    plans = {schedule(params(qty=10_000, randomise_pct=30, seed=seed)) for seed in range(20)}
    assert len(plans) == 20
