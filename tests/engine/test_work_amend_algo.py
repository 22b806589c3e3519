"""An algorithm amended under way, and one that is held until its schedule was looked at."""

import pytest

from hts.model.algo import AlgoKind, AlgoParams
from hts.model.denials import Rule
from hts.model.enums import Side
from hts.model.intents import AmendWork, ControlWork, StartAlgo, StartBasket
from hts.model.quotes import Bar
from hts.model.records import WorkAmended
from hts.model.views import BarsView
from hts.model.work import BasketLine, WorkAct
from tests.engine.floor import a_floor, work_views
from tests.engine.kit import replies
from tests.support.builders import ACCOUNT, SYMBOL, TRADE_NS

S = 1_000_000_000


def algo(kind=AlgoKind.TWAP, **fields):
    values = {"algo_id": 0, "account": "", "symbol": SYMBOL, "side": Side.BUY, "qty": 100, "px": 71_100}
    values |= {"start_ns": TRADE_NS, "end_ns": TRADE_NS + 600 * S, "interval_ns": 60 * S}
    return StartAlgo(request_id="a1", account=ACCOUNT, params=AlgoParams(kind=kind, **values | fields))


def amend(floor, request_id="m1", **terms):
    return floor.intent(AmendWork(request_id=request_id, account=ACCOUNT, work_id=1, user="kim", **terms))


def denial(effects):
    (outcome,) = replies(effects)
    return (outcome.denial.rule, outcome.denial.detail)


def state(floor):
    return floor.desk.engine.core.state.works.find(1).state.value


def a_twap():
    """Its first slice of ten works at 70,900."""
    floor = a_floor()
    floor.intent(algo())
    floor.accept(2)
    assert floor.orders == [(2, "NXT", "BUY", 10, 70_900, "DAY")]
    return floor


def test_more_shares_over_a_longer_time_are_a_new_schedule():
    floor = a_twap()
    effects = amend(floor, qty=300, end_ns=TRADE_NS + 1_200 * S)
    view = work_views(effects)[-1]
    assert (view.qty, len(view.points), view.points[-1].cum_qty) == (300, 20, 300)
    assert replies(effects)[0].accepted
    (record,) = [one for one in floor.desk.journal if isinstance(one, WorkAmended)]
    assert (record.request_id, record.user, record.params.qty, record.order) == ("m1", "kim", 300, None)
    assert sum(order[3] for order in floor.orders) == 15  # a slice is now of fifteen shares


def test_what_works_beyond_a_new_limit_is_taken_back_and_stands_anew_within_it():
    floor = a_twap()
    amend(floor, px=70_800)
    assert floor.cancels == [2]
    assert len(floor.orders) == 1, "nothing is placed before it is known what became of the first"
    floor.cancel(2)
    assert floor.orders[1][2:5] == ("BUY", 10, 70_800)


def test_a_limit_that_allows_more_leaves_what_works():
    floor = a_twap()
    amend(floor, px=71_200)
    assert (floor.cancels, len(floor.orders)) == ([], 1)


def test_the_piece_of_an_iceberg_goes_where_its_limit_goes():
    floor = a_floor()
    floor.intent(algo(AlgoKind.ICEBERG, qty=25, display_qty=10, end_ns=0, px=70_800))
    floor.accept(2)
    amend(floor, px=70_900)
    assert floor.cancels == [2]
    floor.cancel(2)
    assert floor.orders[1][2:5] == ("BUY", 10, 70_900)


@pytest.mark.parametrize(
    ("terms", "rule", "detail"),
    [
        ({"qty": 9}, Rule.PARENT_QTY, ""),  # ten work
        ({"end_ns": TRADE_NS - 1}, Rule.ALGO, "algo.refusal.bad_window"),
        ({"px": 70_955}, Rule.ALGO, "algo.refusal.bad_tick"),
        ({"qty": -1}, Rule.ALGO, "algo.refusal.bad_qty"),
        ({}, Rule.NOTHING_TO_DO, ""),
        ({"qty": 100, "px": 71_100}, Rule.NOTHING_TO_DO, ""),
    ],
)
def test_terms_that_cannot_be_are_denied_and_change_nothing(terms, rule, detail):
    floor = a_twap()
    assert denial(amend(floor, **terms)) == (rule, detail)
    assert [one for one in floor.desk.journal if isinstance(one, WorkAmended)] == []
    assert int(floor.desk.engine.core.state.works.find(1).qty) == 100


def test_a_cap_above_all_the_market_is_denied():
    floor = a_floor()
    floor.intent(algo(AlgoKind.POV, participation_ppm=100_000))
    assert denial(amend(floor, participation_ppm=1_000_001)) == (Rule.ALGO, "algo.refusal.bad_participation")
    assert replies(amend(floor, "m2", participation_ppm=200_000))[0].accepted
    assert floor.desk.engine.core.state.works.find(1).spec.params.participation_ppm == 200_000


def test_what_is_over_or_a_part_of_a_basket_is_not_amended():
    floor = a_twap()
    floor.fill(2, 10, 70_900)
    floor.intent(ControlWork(request_id="c", account=ACCOUNT, work_id=1, act=WorkAct.CANCEL))
    assert denial(amend(floor, qty=200)) == (Rule.ORDER_DONE, "ENDED")
    floor = a_floor()
    floor.intent(
        StartBasket(
            request_id="b", account=ACCOUNT, minutes=5, lines=(BasketLine(symbol=SYMBOL, side=Side.BUY, qty=10),)
        )
    )
    part = AmendWork(request_id="m", account=ACCOUNT, work_id=2, qty=20)
    assert denial(floor.intent(part)) == (Rule.PARENT, "1")


def test_the_same_request_amends_once_and_a_crash_forgets_nothing():
    floor = a_twap()
    first = replies(amend(floor, px=70_800, qty=200))
    assert replies(amend(floor, px=70_800, qty=200)) == first
    assert len([one for one in floor.desk.journal if isinstance(one, WorkAmended)]) == 1
    again = floor.restart()
    work = again.desk.engine.core.state.works.find(1)
    assert (int(work.qty), int(work.spec.params.px)) == (200, 70_800)
    assert again.cancels == [2], "it is taken back once"
    again.cancel(2)
    assert again.orders[1][2:5] == ("BUY", 20, 70_800)


def test_a_held_algorithm_shows_its_schedule_and_places_nothing_until_it_is_told_to():
    floor = a_floor()
    view = work_views(floor.intent(algo(is_held=True)))[-1]
    assert (view.state.value, len(view.points)) == ("paused", 10)
    assert floor.restart().orders == floor.orders == []
    floor.intent(ControlWork(request_id="go", account=ACCOUNT, work_id=1, act=WorkAct.RESUME))
    assert (state(floor), floor.orders) == ("running", [(2, "NXT", "BUY", 10, 70_900, "DAY")])


def test_a_held_one_that_has_to_learn_is_held_when_it_has_learnt():
    floor = a_floor()
    floor.intent(algo(AlgoKind.VWAP, is_held=True))
    midnight = TRADE_NS // (86_400 * S) * 86_400 * S
    bars = tuple(Bar(midnight - 86_400 * S + minute * 60 * S, 1, 1, 1, 1, 1_000, 1) for minute in range(420))
    view = BarsView(symbol=SYMBOL, timeframe_s=60, bars=bars, venue="KRX")
    effects = floor.desk.take(floor.desk.engine.on_bars(view, *floor.desk.at()))
    assert (state(floor), floor.orders) == ("paused", [])
    assert work_views(effects)[-1].points[-1].cum_qty == 100


def test_a_scheduled_order_that_is_out_is_amended_itself():
    """It places no other: its limit would take it back for good."""
    floor = a_floor()
    floor.intent(algo(AlgoKind.SCHEDULED, px=70_900, start_ns=TRADE_NS + S, interval_ns=0))
    assert (floor.orders, replies(amend(floor, px=70_800))[0].accepted) == ([], True)
    floor.pass_time(2 * S, TRADE_NS + 2 * S)
    ((number, *_, px, _),) = floor.orders
    floor.accept(number)
    for at, terms in enumerate(({"px": 70_700}, {"px": 71_000}, {"qty": 200})):
        assert denial(amend(floor, f"n{at}", **terms)) == (Rule.CONDITION, "conditional.refusal.in_book")
    assert replies(amend(floor, "e", end_ns=TRADE_NS + 900 * S))[0].accepted
    assert (px, floor.cancels, state(floor)) == (70_800, [], "running")
