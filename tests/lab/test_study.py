"""The algorithm study's machinery on a short order: everything is filled, seeds repeat, figures are what they say."""

import pytest
from msgspec.structs import replace

from hts.algo.schedule import schedule
from hts.lab.study import BP, USUAL, Learnt, Result, play
from hts.lab.study_cases import EQUAL_RISK, MARKET, SLICES, Task, algo_params, equal_risk_end, holding_risk
from hts.lab.study_figures import figures, interval
from hts.lab.study_market import BIN_NS, DAY, Setting, StudyMarket
from hts.lab.study_trader import SESSION, Parent, Trader
from hts.model.algo import AlgoState, Finish, Impact, PlaceChild, VolumeCurve
from hts.model.enums import Side
from hts.rules.dates import krx_local_ns
from hts.sim.commands import Enter
from tests.support.market_rules import market_rules

START_S = 34_200
START_NS = krx_local_ns(DAY, START_S)
S = 1_000_000_000
LEARNT = Learnt(
    curve=VolumeCurve(start_ns=START_NS, bin_ns=BIN_NS, volumes=(10_000,)),
    impact=Impact(sigma_micro=100_000_000, eta_micro=100_000_000),
)
PLAN = replace(USUAL, cases=(MARKET, SLICES, "twap", "is", "iceberg"), qty=4_000, end_s=START_S + 300, interval_s=15)


@pytest.fixture(scope="module")
def results():
    return [play(PLAN, market_rules(), LEARNT, seed) for seed in (1, 2)]


def test_every_case_is_there_and_a_seed_repeats(results):
    assert [one.case for one in results[0]] == list(PLAN.cases)
    short = replace(PLAN, cases=(SLICES, "is"))
    assert play(short, market_rules(), LEARNT, 1) == (results[0][1], results[0][3])


def test_a_market_order_pays_for_its_haste_and_one_order_does_it(results):
    for market, slices, twap, *_ in results:
        assert market.orders in (1, 2)  # two: the rest of an interruption is swept
        assert market.cost_bps > slices.cost_bps > twap.cost_bps
        assert 0 < twap.participation_pct < 60


def test_cost_is_shortfall_without_what_the_day_did():
    """A buy at the middle price of its moment costs nothing, wherever the price went; a spread paid is half of it."""
    setting = Setting(rules=market_rules())
    market = StudyMarket(setting, 3, START_NS)
    market.run(START_NS + 30 * S)
    worth = market.worth(market.now_ns)
    book = market.book()
    assert abs((book.levels[0] + book.levels[1]) / 2 / worth - 1) * BP < 60
    assert market.volume_between(START_NS, market.now_ns + 1)[0] == sum(market.bins)


def test_a_trader_whose_strategy_gives_up_sweeps_what_is_left():
    market = StudyMarket(Setting(rules=market_rules()), 3, START_NS)
    asked = []

    def lazy(view, seen):
        asked.append((len(view.children), view.placed))
        if not view.placed:
            return (PlaceChild(qty=500, px=seen.bid_px),)
        return (Finish(state=AlgoState.ENDED, cause=""),) if seen.trade_ns > START_NS + 20 * S else ()

    trader = Trader(Parent(side=Side.BUY, qty=500, start_ns=START_NS, end_ns=START_NS + 30 * S), lazy)
    market.run(START_NS + 60 * S, trader)
    assert asked[0] == (0, 0) and asked[-1] == (1, 1)
    assert trader.filled == 500
    assert trader.orders == (2 if trader.left_at_end else 1)


def test_nothing_of_the_trader_reaches_the_exchange_before_its_start():
    market = StudyMarket(Setting(rules=market_rules()), 3, START_NS)
    sent = []

    class Watched(Trader):
        def act(self, market):
            found = super().act(market)
            sent.extend((market.now_ns, command) for command in found if isinstance(command, Enter))
            return found

    trader = Watched(
        Parent(side=Side.SELL, qty=100, start_ns=START_NS, end_ns=START_NS + 5 * S),
        lambda view, seen: () if view.children else (PlaceChild(qty=100, px=seen.bid_px),),
    )
    market.run(START_NS + 5 * S, trader)
    assert [(at_ns > START_NS, command.session, command.qty) for at_ns, command in sent] == [(True, SESSION, 100)]


def task(**changes):
    fields = {
        "side": Side.BUY, "qty": 10_000, "start_ns": START_NS, "end_ns": START_NS + 1_200 * S, "interval_ns": 20 * S,
        "curve": LEARNT.curve, "impact": LEARNT.impact, "urgency_pico": round((4 / 1_200) ** 2 / 100 * 1e12),
        "participation_ppm": 65_000, "own_px": 100, "counter_px": 101, "seed": 1,
    }  # fmt: skip
    return Task(**fields | changes)


def test_the_twap_of_equal_risk_holds_as_much_for_as_long():
    asked = task()
    hasty = holding_risk(schedule(algo_params("is", asked)), asked)
    level = holding_risk(schedule(algo_params(EQUAL_RISK, asked)), asked)
    assert level == pytest.approx(hasty, rel=0.02)
    # by hand: with k = 4 / 1,200 s Almgren and Chriss hold about 1 / (2 k) = 150 s, a TWAP a third of its length
    assert 130 < hasty < 170
    assert 400 < (equal_risk_end(asked) - START_NS) / S < 500


def result(case, cost, shortfall):
    return Result(
        case=case, shortfall_bps=shortfall, cost_bps=cost, tracking_bps=0.0, curve_error=0.0, left_pct=0.0,
        participation_pct=1.0, orders=1,
    )  # fmt: skip


def test_figures_pair_the_seeds():
    plan = replace(PLAN, cases=(SLICES, "twap"))
    seeds = [(result(SLICES, 10.0 + n, 5.0 * n), result("twap", 7.0 + n, 0.0)) for n in range(20)]
    slices, twap = figures(plan, seeds)
    assert twap.against[SLICES].value == twap.against[SLICES].low == twap.against[SLICES].high == -3
    assert twap.against[SLICES].is_below_zero and not slices.against["twap"].is_below_zero
    assert slices.cost_bps.value == 19.5
    assert slices.cost_bps.low < 17.5 and slices.cost_bps.high > 21.5
    assert slices.risk_bps.value == pytest.approx(5 * 5.766, abs=0.01)  # of 0..19


def test_an_interval_is_the_same_every_time_and_narrows_with_more_seeds():
    assert interval([1.0, 2.0, 3.0]) == interval([1.0, 2.0, 3.0])
    few, many = interval([0.0, 1.0] * 5), interval([0.0, 1.0] * 500)
    assert many.high - many.low < (few.high - few.low) / 5
