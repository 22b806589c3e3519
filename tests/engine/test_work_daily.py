"""Reserved for a period: each day at its time, the rest of it alone, until all has filled or the last day is over."""

import msgspec
import pytest
from msgspec.structs import replace

from hts.model.conditional import Carry, ConditionalOrder, TimeCondition
from hts.model.denials import Rule
from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.intents import ControlWork, PlaceConditionals
from hts.model.records import WorkMoved
from hts.model.reports import SessionUp
from hts.model.work import WorkAct, WorkState
from tests.engine.floor import a_floor, replay
from tests.engine.kit import mass_status_end, replies
from tests.support.builders import ACCOUNT, DATE, SYMBOL, TRADE_NS

S = 1_000_000_000
DAY = 86_400 * S
AT = TRADE_NS + 10 * S


def reserved(floor, **fields):
    values = {
        "carry": Carry.DAILY,
        "until_date": DATE + 1,
        "until_filled": True,
        "venue": "KRX",
        "px": 70_500,
        "ord_type": OrdType.LIMIT,
    }
    order = ConditionalOrder(
        cond_id=0, account="", symbol=SYMBOL, condition=TimeCondition(trade_ns=AT), side=Side.BUY, qty=100,
        **values | fields,
    )  # fmt: skip
    return floor.intent(PlaceConditionals(request_id="c1", account=ACCOUNT, orders=(order,)))


def new_day(floor, day=1, venue="KRX"):
    """The venue's logon tells it, and its mass status knows no orders any more."""
    up = SessionUp(venue=venue, epoch=1 + day, trading_date=DATE + day, trade_ns=TRADE_NS, speed_milli=1000)
    asked = floor.desk.report(up)
    floor.desk.report(replace(mass_status_end(asked, floor._next(venue)), venue=venue))


def sent(floor):
    return [(order[1], order[3]) for order in floor.orders]


def wanted(floor):
    return floor.work(1).spec.order.qty


@pytest.fixture
def floor():
    made = a_floor()
    reserved(made)
    made.pass_time(10 * S + 2)
    made.accept(2)
    return made


def test_what_has_not_filled_is_sent_the_next_day_at_the_same_time(floor):
    floor.fill(2, 30)
    assert (sent(floor), floor.state(1)) == ([("KRX", 100)], ("waiting", "conditional.until_tomorrow"))
    new_day(floor)
    assert (wanted(floor), floor.state(1)) == (70, ("running", "conditional.rearmed"))
    floor.pass_time(DAY - 5 * S)
    assert sent(floor) == [("KRX", 100)]
    floor.pass_time(6 * S)
    assert sent(floor) == [("KRX", 100), ("KRX", 70)]
    floor.accept(3)
    floor.fill(3, 70)
    assert floor.state(1) == ("done", "conditional.end.filled")
    assert replay(floor.desk.journal) == floor.desk.engine.state_hash


def test_all_of_it_filled_is_over_at_once(floor):
    floor.fill(2, 100)
    assert floor.state(1) == ("done", "conditional.end.filled")
    new_day(floor)
    floor.pass_time(2 * DAY)
    assert sent(floor) == [("KRX", 100)]


def test_after_its_last_day_it_is_over(floor):
    new_day(floor)
    floor.pass_time(DAY)
    assert len(floor.orders) == 2
    new_day(floor, 2)
    (end,) = [one for one in floor.desk.journal if isinstance(one, WorkMoved) and one.state.is_over]
    assert (end.state, end.cause) == (WorkState.ENDED, "conditional.end.period")
    floor.pass_time(DAY)
    assert len(floor.orders) == 2


def test_without_a_last_day_it_goes_on(floor):
    again = a_floor()
    reserved(again, until_date=0)
    for day in range(4):
        if day:
            new_day(again, day)
        again.pass_time(DAY)
    assert sent(again) == [("KRX", 100)] * 4


def test_a_core_that_was_killed_goes_on_with_the_rest_and_makes_up_for_the_time(floor):
    floor.fill(2, 30)
    again = floor.restart()
    new_day(again)
    assert (wanted(again), sent(again)) == (70, [("KRX", 100)])
    again.pass_time(DAY + 60 * S)
    assert sent(again) == [("KRX", 100), ("KRX", 70)]


def test_refused_today_it_is_tried_tomorrow():
    floor = a_floor(cash=1)
    reserved(floor)
    floor.pass_time(10 * S + 2)
    assert (sent(floor), floor.state(1)) == ([], ("waiting", "conditional.refused_today"))
    floor.pass_time(60 * S)
    new_day(floor)
    assert floor.state(1) == ("running", "conditional.rearmed")
    floor.pass_time(DAY)
    assert floor.state(1) == ("waiting", "conditional.refused_today")


@pytest.mark.parametrize("first", ["KRX", "NXT"])
@pytest.mark.parametrize("is_paused", [False, True])
def test_whichever_venue_begins_first_what_filled_elsewhere_counts_once(first, is_paused):
    floor = a_floor()
    reserved(floor, venue="NXT")
    floor.pass_time(10 * S + 2)
    floor.accept(2)
    floor.fill(2, 40)
    if is_paused:
        floor.intent(ControlWork(request_id="p", account=ACCOUNT, work_id=1, act=WorkAct.PAUSE))
    for venue in (first, {"KRX": "NXT", "NXT": "KRX"}[first]):
        new_day(floor, venue=venue)
    assert wanted(floor) == 60
    assert replay(floor.desk.journal) == floor.desk.engine.state_hash
    if is_paused:
        floor.intent(ControlWork(request_id="r", account=ACCOUNT, work_id=1, act=WorkAct.RESUME))
    floor.pass_time(DAY)
    assert sent(floor) == [("NXT", 100), ("NXT", 60)]


@pytest.mark.parametrize("filled", [30, 100])
def test_an_order_in_a_night_session_is_the_next_days_and_its_fills_count(filled):
    floor = a_floor()
    reserved(floor, venue="NXT", until_date=DATE + 2)
    new_day(floor, venue="NXT")  # its night session
    floor.pass_time(10 * S + 2)
    floor.accept(2)
    new_day(floor)
    assert floor.state(1) == ("waiting", "conditional.until_tomorrow")
    floor.fill(2, filled)
    floor.pass_time(DAY - 5 * S)
    new_day(floor, 2, venue="NXT")
    floor.pass_time(6 * S)
    rest = [("NXT", 70)] if filled == 30 else []
    assert sent(floor) == [("NXT", 100), *rest]
    assert (floor.work(1) is None) is (not rest)  # all of it filled is over, and forgotten
    assert replay(floor.desk.journal) == floor.desk.engine.state_hash


def test_cancelled_it_takes_its_order_of_today_back(floor):
    floor.intent(ControlWork(request_id="x", account=ACCOUNT, work_id=1, act=WorkAct.CANCEL))
    floor.cancel(2)
    assert floor.state(1)[0] == "ended"
    new_day(floor)
    floor.pass_time(DAY)
    assert len(floor.orders) == 1


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"carry": Carry.UNTIL_CANCELED}, "conditional.refusal.period"),
        ({"carry": Carry.DAY, "until_filled": False}, "conditional.refusal.period"),
        ({"until_date": DATE - 1}, "conditional.refusal.past"),
        ({"time_in_force": TimeInForce.GTC}, "conditional.refusal.day_order"),
    ],
)
def test_what_can_never_be_is_refused(fields, why):
    (outcome,) = replies(reserved(a_floor(), **fields))
    assert (outcome.denial.rule, outcome.denial.detail) == (Rule.CONDITION, why)


def test_orders_of_journals_from_before_read_as_ever():
    before = {
        "cond_id": 1, "account": "a", "symbol": SYMBOL, "condition": {"type": "time", "trade_ns": AT}, "side": "1",
        "qty": 5, "carry": "daily",
    }  # fmt: skip
    order = msgspec.convert(before, ConditionalOrder, strict=False)
    assert (order.until_date, order.until_filled) == (0, False)
