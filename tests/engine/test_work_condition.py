"""Conditional orders in the running core: watched, sent, kept together, and the same after a crash in every state."""

from itertools import count

import pytest

from hts.model.conditional import (
    Carry,
    ConditionalOrder,
    FillCondition,
    GapRule,
    PriceCondition,
    PriceSource,
    TimeCondition,
    TrailCondition,
)
from hts.model.denials import Rule
from hts.model.enums import OrdType, Phase, Side
from hts.model.intents import CancelAll, ControlWork, PlaceConditionals
from hts.model.reports import SessionUp
from hts.model.work import WorkAct, WorkState
from tests.engine.floor import a_floor, book, trade
from tests.engine.kit import replies
from tests.support.builders import ACCOUNT, DATE, SYMBOL, TRADE_NS, an_intent

BELOW = PriceCondition(is_above=False, px=70_500)
FILLED = FillCondition()
LATER = count(1)


def cond(condition=BELOW, side=Side.BUY, qty=10, **fields):
    return ConditionalOrder(cond_id=0, account="", symbol=SYMBOL, condition=condition, side=side, qty=qty, **fields)


def place(*orders, request_id="p1"):
    return PlaceConditionals(request_id=request_id, account=ACCOUNT, orders=orders)


def bought(floor, qty=100):
    """A position to sell from."""
    floor.intent(an_intent("b1", px=71_000, qty=qty))
    (number,) = [order[0] for order in floor.orders]
    floor.accept(number)
    floor.fill(number, qty)
    return number


def last(px, venue="KRX"):
    return trade(px, venue=venue, at_ns=TRADE_NS + next(LATER))


STOP = cond(BELOW, Side.SELL)


def test_a_stop_waits_and_is_sent_once_at_the_price():
    floor = a_floor()
    bought(floor)
    floor.intent(place(STOP))
    floor.tell(last(70_600))
    assert len(floor.orders) == 1
    floor.tell(last(70_500))
    assert floor.orders[1][1:] == ("KRX", "SELL", 10, 0, "DAY")
    assert floor.state(2) == ("done", "conditional.end.sent")
    floor.tell(last(70_400))
    assert len(floor.orders) == 2


def test_the_last_price_of_any_venue_counts_unless_one_is_named():
    floor = a_floor()
    bought(floor)
    only = PriceCondition(is_above=False, px=70_500, venue="KRX")
    floor.intent(place(STOP, cond(only, Side.SELL)))
    floor.tell(last(70_400, "NXT"))
    assert [floor.state(number)[0] for number in (2, 3)] == ["done", "running"]


def test_a_day_without_a_trade_has_no_last_price():
    """The day's only trade was broken: its figures come with the base price, at which nobody traded."""
    floor = a_floor()
    bought(floor)
    floor.intent(place(STOP))
    floor.tell(last(70_600), trade(70_000, 0, qty=0, at_ns=TRADE_NS + next(LATER)))
    assert (len(floor.orders), floor.state(2)[0]) == (1, "running")
    floor.tell(last(70_500))
    assert floor.state(2) == ("done", "conditional.end.sent")


def test_a_break_out_on_the_ask_buys():
    floor = a_floor()
    floor.intent(place(cond(PriceCondition(is_above=True, px=71_500, source=PriceSource.ASK))))
    floor.tell(book("KRX", asks=((71_500, 10),), bids=((71_400, 10),)))
    assert floor.orders == []  # NXT still offers at 71,100
    floor.tell(book("NXT", asks=((71_600, 10),), bids=((71_400, 10),)))
    assert floor.orders[0][1:4] == ("KRX", "BUY", 10)


def test_a_stop_limit_goes_through_the_market_by_its_offset():
    floor = a_floor()
    bought(floor)
    floor.intent(place(cond(BELOW, Side.SELL, ord_type=OrdType.LIMIT, px_offset_ticks=3)))
    floor.tell(last(70_450))
    assert floor.orders[1][2:5] == ("SELL", 10, 70_100)


def test_a_time_condition_sends_at_its_time():
    floor = a_floor()
    floor.intent(place(cond(TimeCondition(trade_ns=TRADE_NS + 5_000_000_000))))
    floor.pass_time(4_000_000_000, TRADE_NS + 4_000_000_000)
    assert floor.orders == []
    floor.pass_time(1_000_000_001, TRADE_NS + 5_000_000_001)
    assert floor.orders[0][2:4] == ("BUY", 10)


def test_one_of_a_group_ends_the_others():
    floor = a_floor()
    bought(floor)
    above = PriceCondition(is_above=True, px=72_000)
    floor.intent(place(cond(BELOW, Side.SELL, group_id=1), cond(above, Side.SELL, group_id=1), STOP))
    floor.tell(last(72_000))
    assert [floor.state(number)[0] for number in (2, 3, 4)] == ["ended", "done", "running"]
    assert len(floor.orders) == 2


def bracket(entry, qty=100):
    return place(
        cond(FILLED, Side.SELL, qty, ord_type=OrdType.LIMIT, px=72_000, protects=entry, group_id=1),
        cond(BELOW, Side.SELL, qty, protects=entry, group_id=1),
        request_id="k1",
    )


def entered(floor, qty=100):
    floor.intent(an_intent("b1", px=71_000, qty=qty))
    floor.accept(1)
    floor.intent(bracket(1, qty))
    return floor


def test_a_bracket_arms_with_the_first_fill_and_grows_with_the_entry():
    floor = entered(a_floor())
    assert [floor.state(number)[0] for number in (2, 3)] == ["waiting", "waiting"]
    floor.fill(1, 30)
    assert floor.orders[1:] == [(4, "KRX", "SELL", 30, 72_000, "DAY")]
    assert floor.state(3) == ("running", "conditional.armed")
    floor.accept(4)
    floor.fill(1, 70)
    assert floor.orders[2][1:5] == ("KRX", "SELL", 70, 72_000)


def test_a_stop_before_the_first_fill_sends_nothing():
    floor = entered(a_floor())
    floor.tell(last(70_400))
    assert len(floor.orders) == 1


def test_the_stop_takes_the_profit_taker_back_before_it_sells():
    floor = entered(a_floor())
    floor.fill(1, 100)
    floor.accept(4)
    floor.fill(4, 40)
    floor.tell(last(70_500))
    assert floor.cancels == [4]
    assert len(floor.orders) == 2
    floor.fill(4, 10)  # crosses the cancel
    floor.cancel(4)
    assert floor.orders[2][1:5] == ("KRX", "SELL", 50, 0)
    assert [floor.state(number)[0] for number in (2, 3)] == ["ended", "done"]


def test_a_stop_takes_back_an_entry_that_still_works_and_closes_what_crossed():
    floor = entered(a_floor())
    floor.fill(1, 30)
    floor.accept(4)
    floor.tell(last(70_500))
    assert sorted(floor.cancels) == [1, 4]
    floor.cancel(4)
    sold = floor.orders[2]
    assert sold[2:4] == ("SELL", 30)
    floor.accept(sold[0])
    floor.fill(sold[0], 30, px=70_400)
    floor.fill(1, 20)  # crosses the cancel of the entry
    assert floor.orders[3][2:4] == ("SELL", 20)
    floor.cancel(1)
    assert floor.state(3)[0] == "done"


def test_a_taken_profit_leaves_no_orphan():
    floor = entered(a_floor())
    floor.fill(1, 100)
    floor.accept(4)
    floor.fill(4, 100)
    assert [floor.state(number)[0] for number in (2, 3)] == ["done", "ended"]
    floor.tell(last(70_400))
    assert len(floor.orders) == 2


def test_an_entry_that_dies_unfilled_takes_its_bracket_along():
    floor = entered(a_floor())
    floor.cancel(1)
    assert [floor.state(number)[0] for number in (2, 3)] == ["ended", "ended"]


def test_a_partly_filled_entry_keeps_its_bracket():
    floor = entered(a_floor())
    floor.fill(1, 30)
    floor.accept(4)
    floor.cancel(1)
    assert floor.state(3)[0] == "running"
    floor.tell(last(70_500))
    floor.cancel(4)
    assert floor.orders[2][2:4] == ("SELL", 30)


def test_a_gap_beyond_its_limit_holds_until_the_price_is_near_again():
    floor = a_floor()
    bought(floor)
    held = cond(BELOW, Side.SELL, gap_ticks=5, gap_rule=GapRule.HOLD)
    floor.intent(place(held))
    floor.tell(last(69_000))
    assert (len(floor.orders), floor.state(2)[0]) == (1, "running")
    floor.tell(last(70_100))
    assert floor.orders[1][2:4] == ("SELL", 10)


def test_a_gap_that_closes_arms_the_stop_anew():
    floor = a_floor()
    bought(floor)
    floor.intent(place(cond(BELOW, Side.SELL, gap_ticks=5, gap_rule=GapRule.HOLD)))
    floor.tell(last(69_000))
    floor.tell(last(71_000))
    assert len(floor.orders) == 1
    floor.tell(last(70_500))
    assert floor.orders[1][2:4] == ("SELL", 10)


def test_pause_and_resume_watch_again():
    floor = a_floor()
    bought(floor)
    floor.intent(place(STOP))
    floor.intent(ControlWork(request_id="c1", account=ACCOUNT, work_id=2, act=WorkAct.PAUSE))
    floor.tell(last(70_400))
    assert (len(floor.orders), floor.state(2)[0]) == (1, "paused")
    floor.intent(ControlWork(request_id="c2", account=ACCOUNT, work_id=2, act=WorkAct.RESUME))
    floor.tell(last(70_300))
    assert floor.orders[1][2:4] == ("SELL", 10)


def test_cancel_all_forgets_conditions():
    floor = a_floor()
    bought(floor)
    floor.intent(place(STOP))
    floor.intent(CancelAll(request_id="c", account=ACCOUNT))
    floor.tell(last(70_400))
    assert (len(floor.orders), floor.state(2)[0]) == (1, "ended")


def test_risk_can_refuse_when_the_time_has_come_and_that_is_told():
    floor = a_floor()
    floor.intent(place(STOP))  # nothing to sell
    floor.tell(last(70_400))
    assert floor.orders == []
    assert floor.state(1) == ("failed", "work.end.refused")


def crashed_waiting(floor):
    return entered(floor), 3, "waiting"


def crashed_armed(floor):
    entered(floor).fill(1, 30)
    floor.accept(4)
    return floor, 3, "running"


def crashed_triggered(floor):
    entered(floor).fill(1, 100)
    floor.accept(4)
    floor.tell(last(70_500))
    return floor, 3, "triggered"


def crashed_paused(floor):
    entered(floor).fill(1, 30)
    floor.accept(4)
    floor.intent(ControlWork(request_id="c1", account=ACCOUNT, work_id=3, act=WorkAct.PAUSE))
    return floor, 3, "paused"


def crashed_sent(floor):
    entered(floor).fill(1, 100)
    floor.accept(4)
    floor.tell(last(70_500))
    floor.cancel(4)
    return floor, 3, "done"


def crashed_ending(floor):
    entered(floor).fill(1, 30)
    floor.accept(4)
    floor.intent(ControlWork(request_id="c1", account=ACCOUNT, work_id=2, act=WorkAct.CANCEL))
    return floor, 2, "ending"


def crashed_ended(floor):
    entered(floor).cancel(1)
    return floor, 3, "ended"


def crashed_failed(floor):
    floor.intent(place(STOP))  # nothing to sell
    floor.tell(last(70_400))
    return floor, 1, "failed"


CRASHES = (
    crashed_waiting, crashed_armed, crashed_triggered, crashed_paused, crashed_sent, crashed_ending, crashed_ended,
    crashed_failed,
)  # fmt: skip


def test_every_state_is_crashed_in():
    states = {reach(a_floor())[2] for reach in CRASHES}
    assert states == {state.value for state in WorkState}


@pytest.mark.parametrize("reach", CRASHES, ids=lambda f: f.__name__)
def test_a_crash_in_every_state_changes_nothing(reach):
    floor, number, state = reach(a_floor())
    assert floor.state(number)[0] == state
    again = floor.restart()
    assert again.state(number) == floor.state(number)
    assert again.orders == floor.orders


def test_after_a_crash_in_the_middle_the_stop_still_sells_exactly_once():
    floor, _, _ = crashed_triggered(a_floor())
    again = floor.restart()
    again.cancel(4)
    assert [order[2:4] for order in again.orders[2:]] == [("SELL", 100)]
    assert again.state(3)[0] == "done"


def new_day(floor):
    up = SessionUp(venue="KRX", epoch=2, trading_date=DATE + 1, trade_ns=TRADE_NS, speed_milli=1000)
    return floor.desk.report(up)


def test_a_new_day_ends_what_does_not_carry():
    floor = a_floor()
    floor.intent(place(STOP, cond(BELOW, Side.SELL, carry=Carry.UNTIL_CANCELED)))
    new_day(floor)
    states = {work.work_id: work.state.value for work in floor.desk.engine.core.state.works}
    assert states == {1: "ended", 2: "running"}


@pytest.mark.parametrize(
    ("order", "rule"),
    [
        (cond(qty=0), Rule.BAD_QTY),
        (cond(PriceCondition(is_above=True, px=0)), Rule.CONDITION),
        (cond(TrailCondition(distance=0)), Rule.CONDITION),
        (cond(TimeCondition(trade_ns=TRADE_NS)), Rule.CONDITION),
        (cond(PriceCondition(is_above=True, px=1, venue="TSE")), Rule.UNKNOWN_VENUE),
        (cond(FILLED, protects=99), Rule.UNKNOWN_ORDER),
        (cond(ord_type=OrdType.LIMIT, px=71_050), Rule.BAD_TICK),
    ],
    ids=lambda value: getattr(value, "value", ""),
)
def test_what_can_never_come_true_or_be_sent_is_denied_whole(order, rule):
    floor = a_floor()
    (outcome,) = replies(floor.intent(place(cond(), order)))
    assert (outcome.accepted, outcome.denial.rule) == (False, rule)
    assert list(floor.desk.engine.core.state.works) == []


def test_a_closed_market_makes_the_order_due_but_risk_says_no():
    floor = a_floor()
    bought(floor)
    floor.intent(place(STOP))
    floor.tell(book("KRX", phase=Phase.CLOSED))
    floor.tell(last(70_400, "NXT"))
    assert floor.state(2)[0] == "failed"


@pytest.mark.parametrize("fields", [{"gap_ticks": 10_001}, {"px_offset_ticks": 10_001}, {"px_offset_ticks": -10_001}])
def test_distances_that_would_be_counted_for_long_are_refused(fields):
    (outcome,) = replies(a_floor().intent(place(cond(**fields))))
    assert outcome.denial.detail == "conditional.refusal.distance"
