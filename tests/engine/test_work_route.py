"""Orders routed over KRX and NXT by the running core: placed, placed again, ended, and alive after a crash."""

import pytest
from msgspec.structs import replace

from hts.model.denials import Rule
from hts.model.enums import DisconnectPolicy, OrdType, Phase, Side
from hts.model.intents import CancelAll, ControlWork, Flatten, RouteOrder, SetDisconnectPolicy, SetKillSwitch
from hts.model.queries import RequestRoute
from hts.model.records import RouteDecided
from hts.model.reports import SessionUp
from hts.model.routing import Remainder, RouteRequest, Urgency
from hts.model.work import WorkAct
from hts.risk.eligibility import Eligibility
from hts.risk.limits import RiskLimits
from hts.router.best_execution import saved_best_single_nano, saving_nano
from tests.engine.floor import Floor, a_floor, book, status, work_views
from tests.engine.kit import mass_status_end, records, replies
from tests.support.builders import ACCOUNT, DATE, SYMBOL, TRADE_NS

REST = Remainder.POST


def sweep(request_id="r1", qty=100, px=71_100, remainder=REST, side=Side.BUY, **more):
    request = RouteRequest(side=side, qty=qty, px=px, remainder=remainder, **more)
    return RouteOrder(request_id=request_id, account=ACCOUNT, symbol=SYMBOL, request=request)


def test_a_sweep_goes_to_both_venues_in_one_breath_and_is_one_outcome():
    floor = a_floor()
    effects = floor.intent(sweep())
    assert floor.orders == [
        (2, "KRX", "BUY", 50, 71_000, "IOC"),
        (3, "NXT", "BUY", 30, 71_100, "IOC"),
        (4, "KRX", "BUY", 20, 71_100, "DAY"),
    ]
    assert [request.request_id for request in floor.new_orders] == ["~1-1", "~1-2", "~1-3"]
    assert [(view.accepted, view.order_id) for view in replies(effects)] == [(True, 1)]
    assert [(view.work_id, view.working_qty, view.children) for view in work_views(effects)] == [(1, 100, (2, 3, 4))]
    assert replies(floor.intent(sweep()))[0].order_id == 1  # the same request again does nothing
    assert len(floor.orders) == 3


def test_slices_for_the_faster_venue_wait_for_the_slower_one():
    floor = a_floor()
    floor.desk.engine.core.desk.note_ack("KRX", 900)
    floor.desk.engine.core.desk.note_ack("NXT", 400)
    floor.intent(sweep())
    assert [order[1] for order in floor.orders] == ["KRX", "NXT"]  # KRX's part, and the rest in NXT's quicker queue
    floor.pass_time(499_000)
    assert len(floor.orders) == 2
    floor.pass_time(1_000)
    assert floor.orders[2][1:4] == ("NXT", "BUY", 30)


def test_what_an_ioc_did_not_find_is_placed_again_elsewhere():
    floor = a_floor()
    floor.intent(sweep(qty=80, remainder=Remainder.CANCEL))
    floor.accept(2, 3)
    floor.fill(3, 10)
    floor.tell(book("NXT", asks=((71_200, 30),), bids=((70_900, 10),)))
    floor.tell(book("KRX", asks=((71_000, 50), (71_100, 70)), bids=((70_900, 80),)))
    floor.cancel(3)
    assert floor.orders[2:] == [(4, "KRX", "BUY", 20, 71_000, "IOC")]


def even(floor, qty=50):
    """The same is offered at both venues."""
    for venue in ("KRX", "NXT"):
        floor.tell(book(venue, asks=((71_100, qty),), bids=((70_900, 80),)))


def test_parts_of_one_order_may_be_the_same():
    floor = a_floor(limits=RiskLimits())
    even(floor)
    floor.intent(sweep(remainder=Remainder.CANCEL))
    assert floor.orders == [(2, "KRX", "BUY", 50, 71_100, "IOC"), (3, "NXT", "BUY", 50, 71_100, "IOC")]


def test_the_same_part_goes_again_where_it_found_nothing():
    floor = a_floor(limits=RiskLimits())
    floor.intent(sweep(qty=30, px=71_000, remainder=Remainder.CANCEL))
    floor.accept(2)
    floor.tell(book("KRX", asks=((71_000, 50),), bids=((70_900, 80),)))
    floor.cancel(2)
    assert [order[1:] for order in floor.orders] == [("KRX", "BUY", 30, 71_000, "IOC")] * 2


def test_another_order_with_the_same_parts_is_a_bouncing_key():
    floor = a_floor(limits=RiskLimits())
    even(floor)
    floor.intent(sweep("r1", remainder=Remainder.CANCEL))
    floor.intent(sweep("r2", remainder=Remainder.CANCEL))
    assert len(floor.orders) == 2


def test_the_same_part_over_and_over_is_a_loop():
    floor = a_floor(limits=RiskLimits(orders_per_second=0))
    floor.intent(sweep(qty=30, px=71_000, remainder=Remainder.CANCEL))
    for cl_ord_id in range(2, 40):
        if floor.state(1)[0] == "running":
            floor.accept(cl_ord_id)
            floor.tell(book("KRX", asks=((71_000, 50),), bids=((70_900, 80),)))
            floor.cancel(cl_ord_id)
    assert len(floor.orders) == RiskLimits().burst_orders_max
    assert floor.state(1) == ("failed", "work.end.refused")


def test_done_when_the_children_have_it_all():
    floor = a_floor()
    floor.intent(sweep(qty=80))
    floor.accept(2, 3)
    floor.fill(2, 50)
    assert floor.state(1) == ("running", "")
    floor.fill(3, 30)
    assert floor.state(1) == ("done", "work.end.filled")


def test_a_rejecting_venue_is_left_for_the_other():
    floor = a_floor()
    floor.intent(sweep(qty=30))
    assert floor.orders == [(2, "KRX", "BUY", 30, 71_000, "IOC")]
    floor.reject(2)
    assert floor.orders[1:] == [(3, "NXT", "BUY", 30, 71_100, "IOC")]


def test_a_resting_child_gives_way_to_a_better_offer_elsewhere():
    floor = a_floor()
    floor.intent(sweep(qty=40, px=70_900))
    (resting,) = floor.orders
    assert resting[2:] == ("BUY", 40, 70_900, "DAY")
    floor.accept(2)
    other = "NXT" if resting[1] == "KRX" else "KRX"
    floor.tell(book(other, asks=((70_900, 25),), bids=((70_800, 10),)))
    assert floor.cancels == [2]
    floor.cancel(2)
    assert next((order[1], order[3], order[5]) for order in floor.orders[1:]) == (other, 25, "IOC")
    assert sum(order[3] for order in floor.orders[1:]) == 40


def test_a_halt_moves_the_rest_to_the_venue_that_trades():
    floor = a_floor()
    floor.tell(book("NXT", asks=(), bids=((70_900, 500),)))  # a long queue
    floor.intent(sweep(qty=40, px=70_900))
    assert floor.orders[0][1] == "KRX"
    floor.accept(2)
    floor.tell(book("KRX", phase=Phase.HALTED))
    assert floor.cancels == [2]
    floor.cancel(2)
    assert floor.orders[1][1] == "NXT"


def test_a_venue_that_is_down_gets_nothing():
    floor = a_floor()
    floor.lose("KRX")
    floor.intent(sweep(qty=30))
    assert [order[1] for order in floor.orders] == ["NXT"]


@pytest.mark.parametrize(
    "stop",
    [
        ControlWork(request_id="c1", account=ACCOUNT, work_id=1, act=WorkAct.CANCEL),
        CancelAll(request_id="c1", account=ACCOUNT),
        Flatten(request_id="c1", account=ACCOUNT, symbol=SYMBOL),
        SetKillSwitch(request_id="c1", account=ACCOUNT, on=True),
    ],
    ids=lambda intent: type(intent).__name__,
)
def test_whatever_cancels_ends_the_work_and_places_nothing_again(stop):
    floor = a_floor()
    floor.intent(sweep(qty=40, px=70_900))
    floor.accept(2)
    floor.intent(stop)
    assert floor.cancels == [2]
    floor.cancel(2)
    assert floor.state(1)[0] == "ended"
    floor.tell(book("KRX", asks=((70_900, 100),), bids=()))
    assert len(floor.orders) == 1


def test_the_last_terminal_takes_the_work_with_it_where_that_is_the_policy():
    floor = a_floor()
    floor.intent(SetDisconnectPolicy(request_id="p", account=ACCOUNT, policy=DisconnectPolicy.CANCEL))
    floor.intent(sweep(qty=40, px=70_900))
    floor.accept(2)
    for count in (1, 0):
        floor.desk.take(floor.desk.engine.on_clients(count, *floor.desk.at()))
    assert floor.cancels == [2]
    floor.cancel(2)
    assert floor.state(1)[0] == "ended"


def test_a_sweep_that_must_not_rest_ends_when_nobody_offers():
    floor = a_floor()
    effects = floor.intent(sweep(px=70_000, remainder=Remainder.CANCEL))
    assert floor.orders == []
    assert floor.state(1) == ("ended", "work.end.nothing_within_limit")
    assert replies(effects)[0].accepted


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"qty": 0}, Rule.BAD_QTY),
        ({"qty": -1}, Rule.BAD_QTY),
        ({"px": 71_050}, Rule.BAD_TICK),
    ],
)
def test_what_can_never_be_placed_is_denied(fields, rule):
    floor = a_floor()
    (outcome,) = replies(floor.intent(sweep(**fields)))
    assert (outcome.accepted, outcome.denial.rule) == (False, rule)
    assert floor.orders == []


def test_risk_sees_the_whole_before_any_child():
    floor = Floor(cash=1_000_000)
    for venue in ("KRX", "NXT"):
        floor.log_on(venue)
    floor.tell(book("KRX", asks=((71_000, 50),), bids=((70_900, 80),)))
    floor.tell(book("NXT", asks=((71_000, 50),), bids=((70_900, 80),)))
    floor.intent(sweep(qty=60))
    (outcome,) = replies(floor.intent(sweep("r2", qty=60)))
    assert (outcome.accepted, outcome.denial.rule) == (False, Rule.CASH)
    assert floor.orders == []


def test_a_crash_continues_where_it_stopped():
    floor = a_floor()
    floor.intent(sweep())
    floor.accept(2, 3, 4)
    floor.fill(2, 50)
    again = floor.restart()
    assert again.state(1) == ("running", "")
    assert again.work(1).children == [2, 3, 4]
    assert again.orders == floor.orders  # nothing is placed twice
    again.tell(book("NXT", asks=((71_200, 30),), bids=((70_900, 10),)))
    again.cancel(3)
    assert [order[2:4] for order in again.orders[3:]] == [("BUY", 30)]


def test_a_child_that_the_journal_lost_is_found_by_its_request_id():
    floor = a_floor()
    floor.intent(sweep(qty=80))
    cut = [record for record in floor.desk.journal if getattr(record, "cl_ord_id", 0) not in {2, 3}]
    lost = [floor.order(2), floor.order(3)]
    again = Floor(cut)
    for venue in ("KRX", "NXT"):
        again.log_on(venue, *(status(order) for order in lost if order.venue == venue))
    assert again.work(1).children == [2, 3]
    assert again.orders == []  # what they may still fill is not placed again


def test_why_it_went_there_can_be_asked():
    floor = a_floor()
    effects = floor.intent(sweep())
    (decided,) = [record.decision for record in records(effects) if isinstance(record, RouteDecided)]
    assert [(venue.venue, venue.asks) for venue in decided.seen] == [
        ("KRX", ((71_000, 50), (71_200, 50))),
        ("NXT", ((71_100, 30),)),
    ]
    assert decided.seen[0].costs.taker_ppb == 150_000
    (answer,) = replies(floor.desk.engine.on_query(1, RequestRoute(work_id=1), *floor.desk.at()))
    (told,) = answer.decisions
    assert replace(told, plan=decided.plan) == decided
    # KRX alone: 50 at 71,000 and nothing within 71,100; NXT alone: 30 at 71,100. Fees of 1.5 and 1.4 hundredths.
    assert [(one.venue, one.qty) for one in told.plan.alternatives] == [("KRX", 50), ("NXT", 30)]
    assert answer.savings == ((saved_best_single_nano(told), saving_nano(told, told.plan.simple)),)
    assert answer.savings[0][0] >= 0


def table_of(*rows):
    """What venues take: (venue, phase, types)."""
    return Eligibility.parse(
        {
            "allow": [
                {"venue": venue, "phases": [phase], "types": types, "conditions": ["DAY", "IOC"]}
                for venue, phase, types in rows
            ]
        }
    )


def a_floor_with(table):
    floor = a_floor()
    core = floor.desk.engine.core
    core.config = replace(core.config, eligibility=table)
    return floor


def test_a_venue_that_takes_no_such_order_now_gets_nothing_and_the_record_says_why():
    floor = a_floor_with(table_of(("KRX", "CLOSE_CALL", ["LIMIT"]), ("NXT", "CONTINUOUS", ["LIMIT"])))
    floor.intent(sweep(qty=30))
    assert floor.orders == [(2, "NXT", "BUY", 30, 71_100, "IOC")]
    (record,) = [one for one in floor.desk.journal if isinstance(one, RouteDecided)]
    assert [(seen.venue, seen.is_eligible) for seen in record.decision.seen] == [("KRX", False), ("NXT", True)]


def test_an_order_for_the_middle_goes_where_the_rules_offer_it():
    both = table_of(("KRX", "CONTINUOUS", ["LIMIT", "MIDPOINT"]), ("NXT", "CONTINUOUS", ["LIMIT"]))
    floor = a_floor_with(both)
    floor.intent(sweep(urgency=Urgency.MIDPOINT))
    assert floor.orders == [(2, "KRX", "BUY", 100, 71_100, "DAY")]
    assert [request.ord_type for request in floor.new_orders] == [OrdType.MIDPOINT]
    floor = a_floor_with(table_of(("KRX", "CONTINUOUS", ["LIMIT"]), ("NXT", "CONTINUOUS", ["LIMIT"])))
    floor.intent(sweep(urgency=Urgency.MIDPOINT))
    assert [request.ord_type for request in floor.new_orders] == [OrdType.LIMIT], "in the book, where none offers it"


def test_a_new_day_of_one_venue_places_nothing_again_that_it_has_filled():
    """The venue's orders of yesterday are forgotten: the order that counted on them ends instead."""
    floor = a_floor()
    floor.intent(sweep())
    floor.accept(2, 3, 4)
    floor.fill(3, 30, 71_100)
    floor.fill(2, 50, 71_000)
    before = list(floor.orders)
    up = SessionUp(venue="NXT", epoch=2, trading_date=DATE + 1, trade_ns=TRADE_NS, speed_milli=1000)
    asked = floor.desk.report(up)
    floor.desk.report(replace(mass_status_end(asked, 1, 0), venue="NXT"))
    assert floor.cancels == [4], "what still works elsewhere is taken back"
    floor.tell(book("NXT", asks=((71_000, 500),), bids=((70_900, 10),)))
    floor.cancel(4)
    floor.pass_time(10**9)
    (work,) = floor.desk.engine.core.state.works
    assert (work.state.value, work.cause, floor.orders) == ("ended", "work.end.day", before)


def test_a_new_day_of_a_venue_where_it_has_no_orders_leaves_work_alone():
    floor = a_floor()
    floor.intent(sweep(qty=40))  # the KRX has it all
    floor.accept(2)
    up = SessionUp(venue="NXT", epoch=2, trading_date=DATE + 1, trade_ns=TRADE_NS, speed_milli=1000)
    asked = floor.desk.report(up)
    floor.desk.report(replace(mass_status_end(asked, 1, 0), venue="NXT"))
    floor.fill(2, 40, 71_000)
    (work,) = floor.desk.engine.core.state.works
    assert work.state.value == "done"


def test_a_child_that_fills_after_it_was_over_takes_back_what_took_its_place():
    floor = a_floor()
    floor.intent(sweep(px=70_000, remainder=Remainder.POST))
    floor.accept(2)
    floor.cancel(2)
    assert [order[3] for order in floor.orders] == [100, 100]
    floor.accept(3)
    floor.fill(2, 100)
    assert floor.cancels == [3]
    floor.cancel(3)
    (work,) = floor.desk.engine.core.state.works
    assert (work.state.value, work.cause, len(floor.orders)) == ("done", "work.end.filled", 2)
