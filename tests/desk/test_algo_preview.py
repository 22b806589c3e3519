"""A plan as it is painted: bars, their sum, the curve; and the lines of figures beside them."""

import pytest
from msgspec.structs import replace

from hts.desk.algo_preview import BARS_MAX, PlanBar, bp_text, choices_of, cost_lines, picture_of, shape_lines
from hts.model.algo import AlgoKind, AlgoParams, Impact, SchedulePoint, VolumeCurve
from hts.model.algo_plan import AlgoPlanView, PlanCosts, TradeOff
from hts.model.enums import Side
from tests.desk.scene import NINE, SAMSUNG
from tests.support.desk_feed import instruments, texts

S = 1_000_000_000
ISSUE = instruments()[0]


def plan(kind=AlgoKind.TWAP, points=(), **fields):
    params = AlgoParams(
        algo_id=0, kind=kind, account="", symbol=SAMSUNG, side=Side.BUY, qty=100, start_ns=NINE, end_ns=NINE + 600 * S,
        **fields.pop("params", {}),
    )  # fmt: skip
    made = tuple(SchedulePoint(NINE + at * S, cum) for at, cum in points)
    return AlgoPlanView(asked=params, params=params, trade_ns=NINE, points=made, **fields)


def test_a_schedule_is_bars_that_reach_to_the_next_point_and_the_end():
    picture = picture_of(plan(points=((0, 40), (300, 100))))
    assert picture.bars == (PlanBar(NINE, NINE + 300 * S, 40, 40), PlanBar(NINE + 300 * S, NINE + 600 * S, 60, 100))
    assert (picture.begin, picture.end, picture.whole, picture.now) == (NINE, NINE + 600 * S, 100, 0)


def test_a_cap_grows_between_its_points_before_the_curve():
    curve = VolumeCurve(start_ns=NINE - 300 * S, bin_ns=300 * S, volumes=(1, 2, 3, 4))
    picture = picture_of(plan(AlgoKind.POV, ((0, 0), (300, 30), (600, 70)), params={"curve": curve}))
    assert [(bar.qty, bar.cum) for bar in picture.bars] == [(30, 30), (40, 70)]
    assert picture.is_cap
    assert picture.curve == ((NINE, NINE + 300 * S, 2), (NINE + 300 * S, NINE + 600 * S, 3))


def test_pieces_have_numbers_and_no_times_and_nothing_has_no_bars():
    picture = picture_of(plan(AlgoKind.ICEBERG, pieces=(40, 40, 20), pieces_count=3))
    assert (picture.is_timed, [bar.cum for bar in picture.bars]) == (False, [40, 80, 100])
    assert picture_of(plan(AlgoKind.SNIPER)).bars == ()


def test_more_slices_than_can_be_told_apart_are_put_together():
    points = tuple((at, at + 1) for at in range(1_000))
    bars = picture_of(plan(points=points)).bars
    assert (len(bars) <= BARS_MAX, sum(bar.qty for bar in bars), bars[-1].cum) == (True, 1_000, 1_000)


def test_under_way_it_shows_where_it_stands():
    from tests.desk.test_algo_form import an_algo

    picture = picture_of(plan(points=((0, 100),)), an_algo(), NINE + 7)
    assert (picture.now, picture.done) == (NINE + 7, 120)


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(1, 1_000, "10.0"), (-5, 100_000, "−0.5"), (0, 7, "0.0"), (3, 0, "0.0"), (1, 10**9, "0.0")],
)
def test_basis_points(part, whole, text):
    assert bp_text(part, whole) == text


def test_lines_say_how_it_is_cut_and_what_it_costs():
    scene_texts = texts("en")
    costs = PlanCosts(value=1_000_000, spread=200, fee=100, tax=50, impact=650, risk=3_000)
    told = plan(
        points=((0, 40), (300, 100)),
        costs=costs,
        arrival_px=10_000,
        params={"impact": Impact(sigma_micro=1, eta_micro=1)},
    )
    assert [figure for _, figure, _ in shape_lines(told, scene_texts)] == ["2 slices", "50 shares", "09:05:00"]
    assert [figure for _, figure, _ in cost_lines(told, ISSUE, scene_texts)] == [
        "10,000", "1,000,000", "200  2.0bp", "150  1.5bp", "650  6.5bp", "1,000  10.0bp", "3,000  30.0bp",
    ]  # fmt: skip
    assert len(cost_lines(replace(told, costs=None), ISSUE, scene_texts)) == 0
    assert shape_lines(plan(AlgoKind.SNIPER, params={"min_qty": 7}), scene_texts)[0][1] == "7 shares"
    assert shape_lines(plan(AlgoKind.POV, ((0, 0), (600, 25))), scene_texts)[0][1] == "25  25.00%"
    assert shape_lines(plan(AlgoKind.SCHEDULED, ((5, 100),)), scene_texts)[0][1] == "09:00:05"
    assert shape_lines(plan(AlgoKind.ICEBERG, pieces=(1,), pieces_count=400), scene_texts)[0][1] == "400 pieces"
    assert shape_lines(plan(), scene_texts) == ()


def test_the_choice_that_is_nearest_is_marked():
    offered = tuple(TradeOff(urgency_pico=10**at, impact=at, risk=9 - at, half_ns=NINE) for at in range(3))
    told = plan(
        AlgoKind.IS, trade_off=offered, costs=PlanCosts(value=100, spread=0, fee=0, tax=0), params={"urgency_pico": 12}
    )
    assert [one.is_chosen for one in choices_of(told)] == [False, True, False]
    assert choices_of(plan()) == ()
