"""Where an order would go, asked without entering it."""

from hts.engine.state_hash import state_hash
from hts.model.queries import RequestPlan
from hts.model.routing import RouteRefusal, RouteRequest
from tests.engine.floor import a_floor
from tests.engine.test_work_route import sweep
from tests.support.builders import SYMBOL


def plan(floor, request, symbol=SYMBOL):
    (reply,) = floor.desk.engine.on_query(1, RequestPlan(symbol=symbol, request=request), *floor.desk.at())
    assert (reply.view.symbol, reply.view.request) == (symbol, request)
    return reply.view.plan


def test_the_plan_is_what_the_order_then_does_and_enters_nothing():
    floor = a_floor()
    before = state_hash(floor.desk.engine.core.state)
    request = sweep().request
    told = [(part.venue, part.qty, part.px) for part in plan(floor, request).slices]
    assert told == [("KRX", 50, 71_000), ("NXT", 30, 71_100), ("KRX", 20, 71_100)]
    assert (floor.orders, state_hash(floor.desk.engine.core.state)) == ([], before)
    floor.intent(sweep())
    assert [(venue, qty, px) for _, venue, _, qty, px, _ in floor.orders] == told


def test_what_cannot_be_placed_says_why():
    floor = a_floor()
    request = sweep().request
    assert plan(floor, request, symbol="NOPE").refusal is RouteRefusal.NO_VENUE
    assert plan(floor, RouteRequest(side=request.side, qty=0)).refusal is RouteRefusal.BAD_QTY
