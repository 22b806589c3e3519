"""The order that waits for its time: once, also when it was paused meanwhile."""

from hts.model.algo import AlgoKind, AlgoParams
from hts.model.conditional import ConditionalOrder, TimeCondition
from hts.model.enums import Side
from hts.model.intents import AmendWork, ControlWork, PlaceConditionals, StartAlgo
from hts.model.work import WorkAct
from tests.engine.floor import a_floor
from tests.support.builders import ACCOUNT, SYMBOL, TRADE_NS

S = 1_000_000_000


def reserved(**fields):
    """To be placed ten seconds from now."""
    values = {
        "algo_id": 0, "kind": AlgoKind.SCHEDULED, "account": "", "symbol": SYMBOL, "side": Side.BUY, "qty": 100,
        "px": 70_500, "start_ns": TRADE_NS + 10 * S,
    }  # fmt: skip
    floor = a_floor()
    floor.intent(StartAlgo(request_id="a1", account=ACCOUNT, params=AlgoParams(**values | fields)))
    assert floor.orders == []
    return floor


def steer(floor, act, request_id):
    return floor.intent(ControlWork(request_id=request_id, account=ACCOUNT, work_id=1, act=act))


def test_it_goes_at_its_time():
    floor = reserved()
    floor.pass_time(10 * S + 2)
    assert floor.orders == [(2, "NXT", "BUY", 100, 70_500, "DAY")]


def test_a_time_that_passes_in_a_pause_is_made_up_for_at_the_resume():
    floor = reserved()
    steer(floor, WorkAct.PAUSE, "p")
    floor.pass_time(30 * S)
    assert floor.orders == []
    steer(floor, WorkAct.RESUME, "r")
    assert [order[2:5] for order in floor.orders] == [("BUY", 100, 70_500)]


def test_one_that_a_pause_took_back_is_placed_again_for_what_is_left():
    floor = reserved()
    floor.pass_time(10 * S + 2)
    floor.accept(2)
    floor.fill(2, 30)
    steer(floor, WorkAct.PAUSE, "p")
    floor.cancel(2)
    assert (len(floor.orders), floor.state(1)[0]) == (1, "paused")
    steer(floor, WorkAct.RESUME, "r")
    assert [order[3] for order in floor.orders] == [100, 70]
    again = floor.restart()  # and the pause is no reason to place it once more
    assert [order[3] for order in again.orders] == [100, 70]


def test_beyond_its_end_a_resume_ends_it():
    floor = reserved(end_ns=TRADE_NS + 20 * S)
    steer(floor, WorkAct.PAUSE, "p")
    floor.pass_time(30 * S)
    steer(floor, WorkAct.RESUME, "r")
    assert (floor.orders, floor.state(1)) == ([], ("ended", "algo.end.time"))


def test_taken_back_by_hand_it_is_over():
    floor = reserved()
    floor.pass_time(10 * S + 2)
    floor.accept(2)
    floor.cancel(2)
    assert (len(floor.orders), floor.state(1)) == (1, ("ended", "algo.end.taken_back"))


def test_rejected_by_the_venue_it_has_failed():
    floor = reserved()
    floor.pass_time(10 * S + 2)
    floor.reject(2)
    assert (len(floor.orders), floor.state(1)) == (1, ("failed", "algo.end.refused"))


def test_what_a_pause_took_back_can_be_amended():
    floor = reserved()
    floor.pass_time(10 * S + 2)
    floor.accept(2)
    steer(floor, WorkAct.PAUSE, "p")
    floor.cancel(2)
    floor.intent(AmendWork(request_id="m", account=ACCOUNT, work_id=1, px=70_600))
    steer(floor, WorkAct.RESUME, "r")
    assert [order[4] for order in floor.orders] == [70_500, 70_600]


def test_a_reserved_order_of_the_form_keeps_to_the_same():
    floor = a_floor()
    order = ConditionalOrder(
        cond_id=0, account="", symbol=SYMBOL, condition=TimeCondition(trade_ns=TRADE_NS + 10 * S), side=Side.BUY,
        qty=100, px=70_500,
    )  # fmt: skip
    floor.intent(PlaceConditionals(request_id="c1", account=ACCOUNT, orders=(order,)))
    steer(floor, WorkAct.PAUSE, "p")
    floor.pass_time(30 * S)
    assert floor.orders == []
    steer(floor, WorkAct.RESUME, "r")
    floor.pass_time(1)
    assert [order[2:4] for order in floor.orders] == [("BUY", 100)]
