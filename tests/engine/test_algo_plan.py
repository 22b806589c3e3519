"""The plan of an algorithm, asked before it is started: what is told is what then trades."""

import pytest
from msgspec.structs import replace

from hts.algo.timed import points_with
from hts.engine.state_hash import state_hash
from hts.engine.views import work_view
from hts.model.algo import AlgoKind, AlgoParams, Impact, SchedulePoint, VolumeCurve
from hts.model.algo_plan import AlgoPlanView, PlanCosts
from hts.model.effects import Reply, RequestHistory
from hts.model.enums import Side
from hts.model.intents import AmendWork, StartAlgo
from hts.model.queries import RequestAlgoPlan
from hts.model.quotes import Bar
from hts.model.units import QTY_MAX
from hts.model.views import BarsView
from hts.model.work import Benchmark, WorkView
from hts.wire.link.messages import encode_body
from tests.engine.floor import a_floor, book, trade, work_views
from tests.support.builders import ACCOUNT, SYMBOL, TRADE_NS

S = 1_000_000_000
DAY = 86_400 * S
IMPACT = Impact(sigma_micro=2_000_000, eta_micro=500_000)


def params(kind=AlgoKind.TWAP, **fields):
    values = {"algo_id": 0, "account": "", "symbol": SYMBOL, "side": Side.BUY, "qty": 100, "px": 71_100}
    values |= {"start_ns": TRADE_NS, "end_ns": TRADE_NS + 600 * S, "interval_ns": 60 * S}
    return AlgoParams(kind=kind, **values | fields)


def ask(floor, asked, *, learns=False):
    effects = floor.desk.engine.on_query(1, RequestAlgoPlan(params=asked, learns=learns), *floor.desk.at())
    (reply,) = [one for one in effects if isinstance(one, Reply)]
    assert (reply.client, type(reply.view), reply.view.asked) == (1, AlgoPlanView, asked)
    return reply.view, [one for one in effects if isinstance(one, RequestHistory)]


def history(days=(2, 1), minutes=420):
    """A thousand shares a minute, three thousand in the last two hours; the price swings by twenty."""
    midnight = TRADE_NS // DAY * DAY
    bars = tuple(
        Bar(midnight - day * DAY + minute * 60 * S, 1, 1, 1, 71_000 + minute % 2 * 20, 1_000, 1)
        for day in days
        for minute in range(minutes)
    )
    return BarsView(symbol=SYMBOL, timeframe_s=60, bars=bars, venue="KRX")


def tell(floor, bars):
    effects = floor.desk.engine.on_bars(bars, *floor.desk.at())
    return [one.view for one in effects if isinstance(one, Reply)]


@pytest.mark.parametrize("randomise_pct", [0, 40])
def test_the_schedule_is_the_one_that_is_traded_and_asking_starts_nothing(randomise_pct):
    floor = a_floor()
    before = state_hash(floor.desk.engine.core.state)
    asked = params(qty=95, randomise_pct=randomise_pct, seed=7, start_ns=0)
    view, questions = ask(floor, asked)
    assert (view.params.start_ns, view.refusals, view.is_learning, questions) == (TRADE_NS, (), False, [])
    assert (floor.orders, state_hash(floor.desk.engine.core.state)) == ([], before)
    assert (len(view.points), view.points[-1].cum_qty) == (10, 95)
    started = work_views(floor.intent(StartAlgo(request_id="a1", account=ACCOUNT, params=view.params)))[-1]
    assert started.points == view.points


def test_costs_are_those_of_the_book_and_the_model():
    floor = a_floor()
    view, _ = ask(floor, params(impact=IMPACT))
    # Mid of 70,900 and 71,000; half of the spread of 100 on 100 shares; ten shares a minute: 0.5 x 10/60 x 10 each.
    # Risk: 2 won a root second, on 90, 80 ... 0 shares for a minute each: 2 sqrt(60 x 28,500).
    fee, tax = floor.desk.engine.core.fee(Side.BUY, 7_095_000, floor.desk.engine.core.listing(SYMBOL), 20261120)
    assert view.costs == PlanCosts(value=7_095_000, spread=5_000, fee=fee, tax=tax, impact=8, risk=2_615)
    assert view.arrival_px == 70_950


def test_impatience_costs_impact_and_saves_risk():
    floor = a_floor()
    view, _ = ask(floor, params(AlgoKind.IS, qty=100_000, impact=IMPACT, px=0))
    impacts = [one.impact for one in view.trade_off]
    risks = [one.risk for one in view.trade_off]
    assert (len(view.trade_off), view.trade_off[0].urgency_pico) == (9, 0)
    assert (impacts, risks) == (sorted(impacts), sorted(risks, reverse=True))
    assert view.trade_off[0].half_ns > view.trade_off[-1].half_ns


def test_history_is_asked_for_once_and_makes_the_whole_answer():
    floor = a_floor()
    asked = params(AlgoKind.VWAP)
    view, questions = ask(floor, asked, learns=True)
    assert (view.points, view.refusals, view.is_learning) == ((), (), True)
    assert [(one.symbol, one.venue) for one in questions] == [(SYMBOL, "KRX")]
    (full,) = tell(floor, history())
    assert (full.asked, full.is_learning, len(full.points)) == (asked, False, 10)
    assert (full.params.curve.volumes[0], full.params.impact is not None) == (5_000, True)
    assert tell(floor, history()) == []
    again, questions = ask(floor, full.params, learns=True)
    assert (again.points, questions) == (full.points, [])
    started = work_views(floor.intent(StartAlgo(request_id="a1", account=ACCOUNT, params=full.params)))[-1]
    assert started.points == full.points


def test_history_that_is_on_its_way_is_not_asked_for_twice():
    floor = a_floor()
    for number, wanted in ((1, 1), (2, 0)):
        _, questions = ask(floor, params(qty=100 * number), learns=True)
        assert len(questions) == wanted
    floor.desk.mono_ns += 6 * S  # it did not come
    _, questions = ask(floor, params(qty=300), learns=True)
    assert len(questions) == 1
    (full,) = tell(floor, history())
    assert (full.asked.qty, full.params.impact is not None) == (300, True)


def test_without_history_there_is_a_refusal_or_no_estimate():
    floor = a_floor()
    ask(floor, params(AlgoKind.VWAP), learns=True)
    (full,) = tell(floor, history(days=()))
    assert (full.refusals, full.points) == (("algo.refusal.needs_curve",), ())
    ask(floor, params(), learns=True)
    (full,) = tell(floor, history(days=()))
    assert (full.refusals, len(full.points), full.costs.risk) == ((), 10, 0)


def test_participation_is_told_as_what_the_cap_allows():
    floor = a_floor()
    curve = VolumeCurve(start_ns=TRADE_NS - 300 * S, bin_ns=300 * S, volumes=(900, 400, 800, 5_000))
    view, _ = ask(floor, params(AlgoKind.POV, participation_ppm=200_000, qty=1_000, curve=curve))
    # A fifth of all means a fourth of what the others trade.
    points = ((0, 0), (300, 100), (600, 300))
    assert view.points == tuple(SchedulePoint(TRADE_NS + at * S, cum) for at, cum in points)


def test_pieces_and_the_one_order_are_told_without_a_time():
    floor = a_floor()
    view, _ = ask(floor, params(AlgoKind.ICEBERG, qty=100, display_qty=30, end_ns=0))
    assert (view.pieces, view.pieces_count, view.points) == ((30, 30, 30, 10), 4, ())
    view, _ = ask(floor, params(AlgoKind.ICEBERG, qty=1_000_000, display_qty=10, end_ns=0))
    assert (len(view.pieces), view.pieces_count) == (200, 10_000)
    view, _ = ask(floor, params(AlgoKind.SCHEDULED, start_ns=TRADE_NS + 5 * S, end_ns=0))
    assert view.points == (SchedulePoint(TRADE_NS + 5 * S, 100),)
    view, _ = ask(floor, params(AlgoKind.SNIPER, end_ns=0))
    assert (view.points, view.pieces, view.refusals) == ((), (), ())


def test_all_that_is_wrong_is_told_at_once():
    floor = a_floor()
    view, _ = ask(floor, params(qty=0, px=71_050, randomise_pct=51, end_ns=TRADE_NS, interval_ns=1))
    assert view.refusals == tuple(
        f"algo.refusal.{one}" for one in ("bad_qty", "bad_tick", "bad_randomise", "bad_window", "bad_interval")
    )
    view, _ = ask(floor, params(AlgoKind.POV, participation_ppm=1_000_001, end_ns=TRADE_NS - 1, start_ns=TRADE_NS - 9))
    assert view.refusals == ("algo.refusal.window_past", "algo.refusal.bad_participation")
    view, questions = ask(floor, params(symbol="NOPE"), learns=True)
    assert (view.refusals, questions) == (("algo.refusal.no_issue",), [])


def test_a_running_algorithm_tells_the_market_it_began_in_and_ended_in():
    floor = a_floor()
    started = work_views(
        floor.intent(StartAlgo(request_id="a1", account=ACCOUNT, params=params(qty=10, interval_ns=600 * S)))
    )[-1]
    begun = Benchmark(px=70_950, market_qty=720_000, market_value=71_000 * 720_000)
    assert (started.arrival, started.market) == (begun, None)
    floor.accept(2)
    floor.tell(trade(71_200, cum_qty=360_100), book("KRX", asks=((71_400, 50),), bids=((70_900, 80),)))
    floor.fill(2, 10)
    ended = Benchmark(px=71_000, market_qty=720_100, market_value=71_000 * 360_000 + 71_200 * 360_100)
    for one in (floor, floor.restart()):
        (view,) = [view for view in one.desk.engine.snapshot_views() if isinstance(view, WorkView)]
        assert (view.state.value, view.arrival, view.market) == ("done", begun, ended)


def test_urgency_is_amended_under_way():
    floor = a_floor()
    asked = params(AlgoKind.IS, impact=IMPACT, qty=1_000, px=0)
    floor.intent(StartAlgo(request_id="a1", account=ACCOUNT, params=asked))
    effects = floor.intent(AmendWork(request_id="m1", account=ACCOUNT, work_id=1, urgency_pico=5_000_000_000))
    wanted = replace(asked, algo_id=1, account=ACCOUNT, urgency_pico=5_000_000_000)
    view, _ = ask(floor, wanted)
    assert work_views(effects)[-1].points == view.points
    assert view.points[0].cum_qty > 100


def test_the_schedule_that_is_shown_is_in_lots_and_follows_the_day_as_the_traded_one_does():
    floor = a_floor()
    curve = VolumeCurve(start_ns=TRADE_NS, bin_ns=300 * S, volumes=(500, 500, 500))
    asked = params(AlgoKind.VWAP, curve=curve, qty=1_000, end_ns=TRADE_NS + 900 * S, interval_ns=300 * S)
    floor.intent(StartAlgo(request_id="a1", account=ACCOUNT, params=asked))
    state, work = floor.desk.engine.core.state, floor.work(1)
    assert [point.cum_qty for point in work_view(state, work, (), 100).points] == [300, 600, 1_000]
    busy = work_view(state, work, (1_000, 500), 100)
    assert busy.points == points_with(work.spec.params, (1_000, 500), 100)
    assert [point.cum_qty for point in busy.points] != [300, 600, 1_000]
    floor.desk.engine.core.desk.bins[1] = [1_000, 500]
    shown = floor.desk.engine.core.work_view(work)
    assert shown.points == points_with(work.spec.params, (1_000, 500), 1)


WILD = Impact(sigma_micro=10**9, eta_micro=10**9)


@pytest.mark.parametrize(
    ("asked", "refusals"),
    [
        (params(qty=QTY_MAX + 1), ("algo.refusal.bad_qty",)),
        (params(AlgoKind.PEG, qty=10**15), ("algo.refusal.bad_qty",)),
        (params(qty=QTY_MAX, impact=WILD, interval_ns=S, end_ns=TRADE_NS + 5 * S), ()),
        (params(AlgoKind.IS, qty=QTY_MAX, impact=WILD, interval_ns=S, end_ns=TRADE_NS + 5 * S), ()),
        (
            params(AlgoKind.VWAP, curve=VolumeCurve(start_ns=TRADE_NS, bin_ns=0, volumes=(5,))),
            ("algo.refusal.needs_curve",),
        ),
    ],
)
def test_figures_beyond_all_measure_are_refused_or_told_without_costs_and_the_answer_can_travel(asked, refusals):
    view, _ = ask(a_floor(), asked)
    assert encode_body(view)
    assert (view.refusals, view.costs, view.trade_off) == (refusals, None, ())
