"""A bracket around an order over all venues."""

from msgspec.structs import replace

from hts.model.bracket import Exits
from hts.model.effects import Publish
from hts.model.enums import Side
from hts.model.intents import ControlWork, RouteOrder
from hts.model.records import WorkStarted
from hts.model.reports import SessionUp
from hts.model.routing import Remainder, RouteRequest
from hts.model.views import OrderView
from hts.model.work import WorkAct
from tests.engine.floor import a_floor, replay
from tests.engine.kit import mass_status_end, replies
from tests.engine.test_bracket import BOTH, STOP, TAKE, spec, states
from tests.engine.test_work_condition import last
from tests.support.builders import ACCOUNT, DATE, SYMBOL, TRADE_NS


def routed(floor=None, *, px=71_100, exits=BOTH, remainder=Remainder.POST):
    floor = floor or a_floor()
    request = RouteRequest(side=Side.BUY, qty=100, px=px, remainder=remainder)
    floor.intent(RouteOrder(request_id="r1", account=ACCOUNT, symbol=SYMBOL, request=request, exits=exits))
    return floor


def test_a_routed_order_and_its_exits_are_one_record_and_scale_with_all_its_parts():
    floor = routed()
    (record,) = [one for one in floor.desk.journal if isinstance(one, WorkStarted)]
    assert ([one.cond_id for one in record.exits], states(floor)) == ([TAKE, STOP], ["waiting", "waiting"])
    parts = [order[0] for order in floor.orders]
    assert [order[1] for order in floor.orders] == ["KRX", "NXT", "KRX"]
    floor.accept(*parts)
    floor.fill(parts[0], 50)
    floor.fill(parts[1], 30)
    exits = [order for order in floor.orders if order[2] == "SELL"]
    assert [order[3:5] for order in exits] == [(50, 72_100), (30, 72_100)]
    floor.accept(*[order[0] for order in exits])
    floor.tell(last(70_600))
    for number in list(floor.cancels):
        floor.cancel(number)
    sold = [order[3] for order in floor.orders if order[2] == "SELL" and order[4] == 0]
    assert sold == [80]


def test_a_routed_order_without_a_limit_takes_the_average_of_its_first_fills():
    floor = routed(px=0, remainder=Remainder.CANCEL)
    parts = [order[0] for order in floor.orders]
    floor.accept(*parts)
    assert spec(floor, TAKE).px == 0
    floor.fill(parts[0], 10, px=71_000)
    assert (spec(floor, TAKE).px, spec(floor, STOP).condition.px) == (72_000, 70_500)


def test_a_routed_order_that_ends_unfilled_leaves_no_orphan_and_a_crash_changes_nothing():
    floor = routed()
    again = floor.restart()
    assert states(again) == ["waiting", "waiting"]
    again.intent(ControlWork(request_id="c1", account=ACCOUNT, work_id=1, act=WorkAct.CANCEL))
    for order in again.orders:
        again.cancel(order[0])
    assert states(again) == ["ended", "ended"]


def test_exits_that_make_no_sense_refuse_a_routed_order_whole():
    floor = a_floor()
    request = RouteRequest(side=Side.BUY, qty=100, px=71_100)
    wish = RouteOrder(request_id="r1", account=ACCOUNT, symbol=SYMBOL, request=request, exits=Exits(stop_ticks=-1))
    (answer,) = replies(floor.intent(wish))
    assert (answer.denial.detail, floor.orders) == ("conditional.refusal.exits", [])


def next_day(floor, venue="NXT"):
    up = SessionUp(venue=venue, epoch=2, trading_date=DATE + 1, trade_ns=TRADE_NS, speed_milli=1000)
    asked = floor.desk.report(up)
    floor.desk.report(replace(mass_status_end(asked, floor._next(venue)), venue=venue))
    return [one.view for one in asked if isinstance(one, Publish) and isinstance(one.view, OrderView)]


def test_exits_of_an_order_that_is_done_live_on_when_another_venue_begins_a_day():
    floor = routed(exits=Exits(stop_ticks=5))
    for part in [order[0] for order in floor.orders]:
        floor.accept(part)
        floor.fill(part, floor.order(part).leaves_qty)
    assert (floor.state(1)[0], floor.state(2)[0]) == ("done", "running")
    (kept,) = [order for order in floor.desk.engine.core.state.orders if order.venue == "NXT"]
    assert [(view.order_id, view.venue_order_id) for view in next_day(floor)] == [(kept.order_id, 0)]
    floor.tell(last(70_600))
    assert [order[2:5] for order in floor.orders if order[2] == "SELL"] == [("SELL", 100, 0)]
    assert replay(floor.desk.journal) == floor.desk.engine.state_hash
