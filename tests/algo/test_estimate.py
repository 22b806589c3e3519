"""What a plan is expected to cost, and what is told of those that have no schedule."""

import pytest
from msgspec.structs import replace

from hts.algo.estimate import half_ns, impact_and_risk, trade_off
from hts.algo.participation import foretold
from hts.algo.schedule import schedule, urgency_for
from hts.algo.single import iceberg, pieces
from hts.model.algo import AlgoKind, AlgoView, Impact, SchedulePoint, VolumeCurve
from tests.algo.market import T0, S, child, market, params, running

IMPACT = Impact(sigma_micro=3_000_000, eta_micro=2_000_000)


def test_cost_and_risk_by_hand():
    points = (SchedulePoint(T0, 60), SchedulePoint(T0 + 10 * S, 100))
    # 60 shares in 10 s and 40 in 5 s cost 2 x (60 x 6 + 40 x 8); 40 shares wait 10 s: 3 x sqrt(10 x 1,600).
    assert impact_and_risk(points, T0 + 15 * S, IMPACT) == (1_360, 379)
    assert impact_and_risk((), T0, IMPACT) == (0, 0)
    assert half_ns(points) == T0


def test_the_evenest_schedule_costs_least_impact():
    even, hasty = params(AlgoKind.TWAP), params(AlgoKind.IS, impact=IMPACT, urgency_pico=10_000_000_000)
    costs = [impact_and_risk(schedule(one), one.end_ns, IMPACT) for one in (even, hasty)]
    assert costs[0][0] < costs[1][0]
    assert costs[0][1] > costs[1][1]


def test_urgency_is_told_by_how_hasty_the_window_becomes():
    window_ns = params().end_ns - params().start_ns
    assert urgency_for(IMPACT, 0.0, window_ns) == 0
    assert urgency_for(replace(IMPACT, sigma_micro=0), 3.0, window_ns) == 0
    offered = trade_off(params(AlgoKind.IS, impact=IMPACT), 1)
    quarter = next(one for one in offered if one.urgency_pico == urgency_for(IMPACT, 3.0, window_ns))
    assert quarter.half_ns - T0 <= window_ns // 4
    assert trade_off(params(AlgoKind.IS, impact=None), 1) == ()


@pytest.mark.parametrize("randomise_pct", [0, 50])
def test_pieces_are_those_that_the_iceberg_then_shows(randomise_pct):
    asked = params(AlgoKind.ICEBERG, qty=1_000, display_qty=130, randomise_pct=randomise_pct, seed=3, end_ns=0)
    told, count = pieces(asked, 10, 100)
    view, shown = running(), []
    while sum(shown) < asked.qty:
        (action,) = iceberg(asked, view, market(lot=10), asked.qty - sum(shown), 0)
        shown.append(int(action.qty))
        view = AlgoView(state=view.state, children=(child(),), placed=len(shown))
    assert (list(told), count) == (shown, len(shown))


def test_an_outlook_begins_with_the_window_and_ends_with_the_order():
    curve = VolumeCurve(start_ns=T0 - 600 * S, bin_ns=300 * S, volumes=(1, 1, 1_000, 1_000, 1_000, 1_000))
    asked = params(AlgoKind.POV, participation_ppm=500_000, qty=1_500, end_ns=T0 + 1_200 * S)
    told = foretold(asked, curve, 100)
    assert [((point.trade_ns - T0) // S, point.cum_qty) for point in told] == [(0, 0), (300, 1_000), (600, 1_500)]
    assert foretold(replace(asked, participation_ppm=1_000_000), curve, 1)[1].cum_qty == 1_500
    late = replace(asked, start_ns=T0 + 9_000 * S, end_ns=T0 + 9_600 * S)
    assert [point.cum_qty for point in foretold(late, curve, 1)] == [0, 0]
