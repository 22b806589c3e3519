"""An order and its exits as one intent: one record, kept together through fills, amends, refusals and crashes."""

import pytest
from msgspec.structs import replace

from hts.model.bracket import Exits, px_from
from hts.model.conditional import ConditionalOrder, FillCondition, PriceCondition
from hts.model.denials import Rule
from hts.model.enums import ExecType, OrdType, Side, TimeInForce
from hts.model.intents import AmendWork, CancelAll, ControlWork, PlaceConditionals, ReplaceOrder
from hts.model.records import OrderEntered, WorkAmended, WorkMoved, WorkStarted
from hts.model.reports import RequestsLost, SessionUp
from hts.model.units import ClOrdID
from hts.model.work import WorkAct, WorkState
from tests.engine.floor import a_floor
from tests.engine.kit import mass_status_end, replies
from tests.engine.test_work_condition import last
from tests.support.builders import ACCOUNT, DATE, SYMBOL, TRADE_NS, an_instrument, an_intent

BOTH = Exits(take_ticks=10, stop_ticks=5)
TAKE, STOP = 2, 3  # ids of the exits of order 1


def entered(floor=None, *, exits=BOTH, px=71_000, qty=100, **fields):
    floor = floor or a_floor()
    floor.intent(an_intent("b1", px=px, qty=qty, exits=exits, **fields))
    return floor


def states(floor, *numbers):
    return [floor.state(number)[0] for number in numbers or (TAKE, STOP)]


def spec(floor, number):
    return floor.work(number).spec.order


def test_order_and_exits_are_one_record_and_wait():
    floor = entered()
    (record,) = [one for one in floor.desk.journal if isinstance(one, OrderEntered)]
    assert [one.cond_id for one in record.exits] == [TAKE, STOP]
    assert not any(isinstance(one, WorkStarted) for one in floor.desk.journal)
    assert states(floor) == ["waiting", "waiting"]
    take, stop = spec(floor, TAKE), spec(floor, STOP)
    assert (take.condition, take.px, take.ord_type) == (FillCondition(), 72_000, OrdType.LIMIT)
    assert (stop.condition, stop.px, stop.ord_type) == (PriceCondition(is_above=False, px=70_500), 0, OrdType.MARKET)
    assert {(one.side, one.qty, one.protects, one.group_id, one.venue) for one in (take, stop)} == {
        (Side.SELL, 100, 1, TAKE, "KRX")
    }


def test_the_answer_names_the_order_and_a_repeat_changes_nothing():
    floor = a_floor()
    intent = an_intent("b1", px=71_000, qty=100, exits=BOTH)
    (first,) = replies(floor.intent(intent))
    (again,) = replies(floor.intent(intent))
    assert (first.accepted, first.order_id, again) == (True, 1, first)
    assert len(floor.orders) == 1
    (after,) = replies(floor.restart().intent(intent))
    assert after == first


def test_fills_in_parts_arm_and_scale_the_exits():
    floor = entered()
    floor.accept(1)
    floor.fill(1, 30)
    assert floor.orders[1:] == [(4, "KRX", "SELL", 30, 72_000, "DAY")]
    assert states(floor) == ["running", "running"]
    floor.accept(4)
    floor.fill(1, 70)
    assert floor.orders[2][1:5] == ("KRX", "SELL", 70, 72_000)
    floor.accept(floor.orders[2][0])
    floor.tell(last(70_500))
    assert sorted(floor.cancels) == [4, floor.orders[2][0]]
    for number in list(floor.cancels):
        floor.cancel(number)
    assert [order[2:5] for order in floor.orders[3:]] == [("SELL", 100, 0)]


def test_an_order_without_a_limit_gets_its_exits_with_the_first_fill():
    floor = entered(px=0, ord_type=OrdType.MARKET)
    assert (spec(floor, TAKE).px, spec(floor, STOP).condition.px) == (0, 0)
    floor.accept(1)
    floor.tell(last(70_000))
    assert states(floor) == ["waiting", "waiting"]  # nothing to compare with yet
    floor.fill(1, 40, px=71_300)
    assert (spec(floor, TAKE).px, spec(floor, STOP).condition.px) == (72_300, 70_800)
    assert floor.orders[1][1:5] == ("KRX", "SELL", 40, 72_300)
    floor.accept(4)
    floor.fill(1, 60, px=71_900)
    assert spec(floor, STOP).condition.px == 70_800  # what has been said to the trader stands


def test_exits_stay_within_the_days_limits():
    floor = entered(exits=Exits(take_ticks=99_999, stop_ticks=99_999))
    issue = an_instrument(SYMBOL)
    assert (spec(floor, TAKE).px, spec(floor, STOP).condition.px) == (issue.upper_px, issue.lower_px)


def test_one_exit_alone_is_possible():
    floor = entered(exits=Exits(stop_ticks=5))
    floor.accept(1)
    floor.fill(1, 100)
    assert (len(floor.orders), floor.state(2)[0], spec(floor, 2).group_id) == (1, "running", 0)
    floor.tell(last(70_500))
    assert floor.orders[1][2:5] == ("SELL", 100, 0)
    assert floor.work(3) is None


def test_a_short_entry_is_left_by_buying():
    floor = a_floor()
    floor.intent(an_intent("h1", px=71_000, qty=100))
    floor.accept(1)
    floor.fill(1, 100)
    floor.intent(an_intent("s1", px=71_000, qty=60, side=Side.SELL, exits=BOTH))
    take, stop = spec(floor, 3), spec(floor, 4)
    assert (take.side, take.px, stop.side, stop.condition) == (
        Side.BUY, 70_000, Side.BUY, PriceCondition(is_above=True, px=71_500),
    )  # fmt: skip


@pytest.mark.parametrize("exits", [Exits(), Exits(take_ticks=-1), Exits(stop_ticks=-3), Exits(take_ticks=100_001)])
def test_exits_that_make_no_sense_refuse_the_order_whole(exits):
    floor = a_floor()
    (answer,) = replies(floor.intent(an_intent("b1", px=71_000, qty=100, exits=exits)))
    assert (answer.denial.rule, answer.denial.detail) == (Rule.CONDITION, "conditional.refusal.exits")
    assert (floor.orders, list(floor.desk.engine.core.state.works)) == ([], [])


def test_an_order_that_risk_refuses_has_no_exits():
    floor = a_floor()
    (answer,) = replies(floor.intent(an_intent("b1", px=71_050, qty=100, exits=BOTH)))
    assert answer.denial.rule is Rule.BAD_TICK
    assert list(floor.desk.engine.core.state.works) == []


def rejected(floor):
    floor.reject(1)


def canceled(floor):
    floor.accept(1)
    floor.cancel(1)


def lost(floor):
    floor.desk.report(RequestsLost(venue="KRX", cl_ord_ids=(1,)))


@pytest.mark.parametrize("dies", [rejected, canceled, lost], ids=lambda f: f.__name__)
def test_an_entry_that_dies_unfilled_leaves_no_orphan(dies):
    floor = entered()
    dies(floor)
    assert states(floor) == ["ended", "ended"]
    floor.tell(last(70_000))
    assert len(floor.orders) == 1
    assert states(floor.restart()) == ["ended", "ended"]


def test_an_entry_that_is_amended_to_more_shares_is_protected_whole():
    floor = entered()
    floor.accept(1)
    floor.fill(1, 30)
    floor.accept(4)
    floor._say(1, ExecType.REPLACED, order_qty=150, leaves_qty=120, cum_qty=30)  # by the venue: ours is not raised here
    assert (floor.work(TAKE).qty, floor.work(STOP).qty) == (150, 150)
    floor.fill(1, 120)
    assert [order[2:5] for order in floor.orders[1:]] == [("SELL", 30, 72_000), ("SELL", 120, 72_000)]


def test_a_broken_fill_of_the_entry_takes_back_what_would_sell_too_much():
    floor = entered()
    floor.accept(1)
    floor.fill(1, 30)
    floor.accept(4)
    floor.fill(1, 70)
    newest = floor.orders[2][0]
    floor.accept(newest)
    floor._say(1, ExecType.TRADE_CANCEL, exec_id=9, exec_ref_id=2, last_qty=70, last_px=71_000, cum_qty=30)
    assert floor.cancels == [newest]
    floor.cancel(newest)
    open_qty = sum(floor.order(order[0]).leaves_qty for order in floor.orders[1:])
    assert open_qty == 30


def test_a_partly_filled_bracket_survives_a_dead_terminal_and_a_dead_core():
    floor = entered()
    floor.accept(1)
    floor.fill(1, 30)
    floor.accept(4)
    again = floor.restart()
    again.fill(1, 20)
    assert [order[2:5] for order in again.orders[1:]] == [("SELL", 30, 72_000), ("SELL", 20, 72_000)]


def test_a_record_that_a_power_cut_took_back_took_the_exits_along():
    """Order and exits are both in the journal, or neither is: cut it anywhere."""
    floor = entered()
    floor.accept(1)
    floor.fill(1, 30)
    for length in range(len(floor.desk.journal) + 1):
        kept = floor.desk.journal[:length]
        has_entry = any(isinstance(one, OrderEntered) and one.exits for one in kept)
        again = type(floor)(kept)
        assert (again.work(STOP) is not None) is has_entry


# -- crash in every state


def waiting(floor):
    floor.accept(1)
    return "waiting"


def armed(floor):
    floor.accept(1)
    floor.fill(1, 30)
    floor.accept(4)
    return "running"


def triggered(floor):
    armed(floor)
    floor.tell(last(70_500))
    return "triggered"


def paused(floor):
    armed(floor)
    floor.intent(ControlWork(request_id="c1", account=ACCOUNT, work_id=STOP, act=WorkAct.PAUSE))
    return "paused"


def done(floor):
    triggered(floor)
    floor.cancel(4)
    floor.cancel(1)
    return "done"


def ended(floor):
    waiting(floor)
    floor.intent(CancelAll(request_id="c1", account=ACCOUNT))
    return "ended"


REACHED = (waiting, armed, triggered, paused, done, ended)


@pytest.mark.parametrize("reach", REACHED, ids=lambda f: f.__name__)
def test_a_crash_in_every_state_changes_nothing(reach):
    floor = entered()
    state = reach(floor)
    assert floor.state(STOP)[0] == state
    again = floor.restart()
    assert [again.state(number) for number in (TAKE, STOP)] == [floor.state(number) for number in (TAKE, STOP)]
    assert (spec(again, TAKE), spec(again, STOP)) == (spec(floor, TAKE), spec(floor, STOP))
    assert again.orders == floor.orders


@pytest.mark.parametrize("reach", [waiting, armed], ids=lambda f: f.__name__)
def test_after_a_crash_each_share_that_filled_is_sold_once(reach):
    floor = entered()
    reach(floor)
    again = floor.restart()
    again.fill(1, again.order(1).leaves_qty)
    for number in [order[0] for order in again.orders[1:] if not again.order(order[0]).venue_order_id]:
        again.accept(number)
    again.tell(last(70_500))
    for number in list(again.cancels):
        again.cancel(number)
    working = [again.order(order[0]) for order in again.orders[1:] if again.order(order[0]).is_working]
    assert [(one.ord_type, one.leaves_qty) for one in working] == [(OrdType.MARKET, 100)]


# -- amends


def amend(number, px, request_id="m1"):
    return AmendWork(request_id=request_id, account=ACCOUNT, work_id=number, px=px)


def test_a_stop_of_a_pair_moves_and_its_partner_stays():
    floor = entered()
    armed(floor)
    partner = spec(floor, TAKE)
    (answer,) = replies(floor.intent(amend(STOP, 70_800)))
    assert (answer.accepted, answer.order_id) == (True, STOP)
    assert spec(floor, STOP).condition.px == 70_800
    assert (spec(floor, TAKE), states(floor)) == (partner, ["running", "running"])
    assert floor.cancels == []
    floor.tell(last(70_800))
    floor.cancel(4)
    assert floor.orders[-1][2:5] == ("SELL", 30, 0)


def test_the_old_price_is_not_watched_any_more():
    floor = entered()
    armed(floor)
    floor.intent(amend(STOP, 70_200))
    floor.tell(last(70_500))
    assert states(floor) == ["running", "running"]
    again = floor.restart()
    again.tell(last(70_500))
    assert states(again) == ["running", "running"]
    again.tell(last(70_200))
    assert again.state(STOP)[0] == "triggered"


def test_a_waiting_exit_moves_and_keeps_its_place_when_the_entry_fills():
    floor = entered()
    floor.accept(1)
    floor.intent(amend(TAKE, 72_500))
    floor.intent(amend(STOP, 70_800, "m2"))
    assert states(floor) == ["waiting", "waiting"]
    floor.fill(1, 100)
    assert floor.orders[1][2:5] == ("SELL", 100, 72_500)
    assert spec(floor, STOP).condition.px == 70_800


def test_a_repeat_of_an_amend_moves_nothing_again():
    floor = entered()
    armed(floor)
    (first,) = replies(floor.intent(amend(STOP, 70_800)))
    floor.intent(amend(STOP, 70_600, "m2"))
    (again,) = replies(floor.intent(amend(STOP, 70_800)))
    assert (again, spec(floor, STOP).condition.px) == (first, 70_600)


def test_a_moved_profit_taker_in_the_book_is_where_the_next_one_goes():
    floor = entered()
    armed(floor)
    floor.intent(ReplaceOrder(request_id="a1", account=ACCOUNT, cl_ord_id=4, px=72_300, qty=30))
    floor.replaced(4)
    floor.fill(1, 20)
    assert floor.orders[-1][2:5] == ("SELL", 20, 72_300)


def refused(floor, intent):
    before = [one for one in floor.desk.journal if isinstance(one, WorkAmended | WorkMoved)]
    (answer,) = replies(floor.intent(intent))
    assert [one for one in floor.desk.journal if isinstance(one, WorkAmended | WorkMoved)] == before
    return answer.denial.rule, answer.denial.detail


def test_what_cannot_be_amended_says_why():
    floor = entered()
    armed(floor)
    assert refused(floor, amend(TAKE, 72_500)) == (Rule.CONDITION, "conditional.refusal.in_book")
    assert refused(floor, amend(STOP, 0, "m2")) == (Rule.CONDITION, "conditional.refusal.price")
    assert refused(floor, amend(STOP, 70_550, "m3"))[0] is Rule.BAD_TICK
    assert refused(floor, amend(STOP, 70_500, "m4"))[0] is Rule.NOTHING_TO_DO
    assert refused(floor, amend(99, 70_500, "m5"))[0] is Rule.UNKNOWN_ORDER
    assert refused(floor, replace(amend(STOP, 70_800, "m6"), account="other"))[0] is Rule.UNKNOWN_ACCOUNT
    floor.tell(last(70_500))
    assert refused(floor, amend(STOP, 70_800, "m7")) == (Rule.ORDER_DONE, WorkState.TRIGGERED.name)


def test_what_an_exit_sold_that_is_over_still_counts_when_another_venue_begins_a_day():
    floor = entered()
    floor.accept(1)
    floor.fill(1, 100)
    floor.accept(4)
    floor.fill(4, 40)
    floor.intent(ControlWork(request_id="c1", account=ACCOUNT, work_id=TAKE, act=WorkAct.CANCEL))
    floor.cancel(4)
    assert states(floor) == ["ended", "running"]
    up = SessionUp(venue="NXT", epoch=2, trading_date=DATE + 1, trade_ns=TRADE_NS, speed_milli=1000)
    asked = floor.desk.report(up)
    floor.desk.report(replace(mass_status_end(asked, floor._next("NXT")), venue="NXT"))
    floor.tell(last(70_500))
    assert [order[2:5] for order in floor.orders[2:]] == [("SELL", 60, 0)]


def test_a_stop_whose_limit_would_move_below_zero_stays():
    floor = a_floor()
    stop = ConditionalOrder(
        cond_id=ClOrdID(0), account=ACCOUNT, symbol=SYMBOL, side=Side.BUY, qty=10, ord_type=OrdType.LIMIT, px=60_000,
        condition=PriceCondition(is_above=True, px=80_000),
    )  # fmt: skip
    floor.intent(PlaceConditionals(request_id="p", account=ACCOUNT, orders=(stop,)))
    assert refused(floor, amend(1, 20_000)) == (Rule.CONDITION, "conditional.refusal.price")
    assert refused(floor, amend(1, 10_000, "m2")) == (Rule.CONDITION, "conditional.refusal.price")
    assert (spec(floor, 1).condition.px, spec(floor, 1).px) == (80_000, 60_000)


@pytest.mark.parametrize("time_in_force", [TimeInForce.GTC, TimeInForce.GTD])
def test_an_order_that_lasts_longer_than_its_exits_is_refused(time_in_force):
    """The exits end with the day: what such an order fills on the next one would stand without them."""
    floor = a_floor()
    (answer,) = replies(floor.intent(an_intent("b1", qty=10, exits=BOTH, time_in_force=time_in_force)))
    assert (answer.denial.detail, floor.orders) == ("conditional.refusal.lasting", [])


def test_an_issue_without_limits_bounds_no_exit():
    issue = replace(an_instrument(SYMBOL), lower_px=0, upper_px=0)
    assert (px_from(issue, 71_000, 10), px_from(issue, 71_000, -5)) == (72_000, 70_500)
