"""Watch orders on all holdings in one act: sent once, never more than is held, armed anew each day, kept by a crash."""

import pytest
from msgspec.structs import replace

from hts.model.conditional import Carry, WatchTerms
from hts.model.denials import Rule
from hts.model.enums import Side
from hts.model.intents import CancelAll, ControlWork, WatchHoldings
from hts.model.reports import SessionUp
from hts.model.work import WorkAct
from tests.engine.floor import a_floor, trade
from tests.engine.kit import replies
from tests.support.builders import ACCOUNT, DATE, SYMBOL, TRADE_NS, an_intent

TERMS = WatchTerms(profit_ppm=20_000, loss_ppm=10_000)  # of 71,000: 72,500 (72,420 up), 70,200 (70,290 down)
DAILY = replace(TERMS, daily=True)
LATER = iter(range(1, 10_000))


def watch(terms=TERMS, request_id="w1", **fields):
    return WatchHoldings(request_id=request_id, account=ACCOUNT, terms=terms, **fields)


def a_holder(qty=100):
    floor = a_floor()
    floor.intent(an_intent("b1", px=71_000, qty=qty))
    floor.accept(1)
    floor.fill(1, qty)
    return floor


def last(floor, px):
    return floor.tell(trade(px, at_ns=TRADE_NS + next(LATER)))


def states(floor):
    return [work.state.value for work in floor.desk.engine.core.state.works]


def new_day(floor, day=1):
    up = SessionUp(venue="KRX", epoch=1 + day, trading_date=DATE + day, trade_ns=TRADE_NS, speed_milli=1000)
    return floor.desk.report(up)


def test_one_act_watches_profit_and_loss_and_the_first_ends_the_other():
    floor = a_holder()
    (outcome,) = replies(floor.intent(watch()))
    assert outcome.accepted
    assert [int(floor.work(number).spec.order.condition.px) for number in (2, 3)] == [72_500, 70_200]
    last(floor, 70_200)
    assert [order[2:5] for order in floor.orders[1:]] == [("SELL", 100, 0)]
    assert states(floor) == ["ended", "done"]


def test_a_trail_follows_from_where_it_is():
    floor = a_holder()
    floor.intent(watch(WatchTerms(trail_ppm=10_000)))
    last(floor, 72_000)
    last(floor, 71_300)
    assert len(floor.orders) == 1
    last(floor, 71_200)  # one per cent below 72,000 is 71,280
    assert floor.orders[1][2:4] == ("SELL", 100)


def test_a_break_out_adds():
    floor = a_holder()
    floor.intent(watch(WatchTerms(break_out_ppm=10_000, add_pct=20, from_last=True)))
    last(floor, 71_700)
    assert floor.orders == floor.orders[:1]
    last(floor, 71_800)
    assert floor.orders[1][2:4] == ("BUY", 20)


def test_never_more_than_is_held_when_it_comes_true():
    floor = a_holder()
    floor.intent(watch())
    floor.intent(an_intent("s1", side=Side.SELL, px=71_500, qty=70))
    floor.accept(4)
    last(floor, 70_200)
    assert floor.orders[2][2:4] == ("SELL", 30)  # 70 are being sold already


def test_nothing_left_to_close_ends_it_unsent():
    floor = a_holder()
    floor.intent(watch())
    floor.intent(an_intent("s1", side=Side.SELL, px=71_500, qty=100))
    floor.accept(4)
    last(floor, 70_200)
    assert len(floor.orders) == 2
    assert states(floor) == ["ended", "ended"]


def test_daily_ones_rest_until_tomorrow_and_are_armed_anew():
    floor = a_holder()
    floor.intent(watch(DAILY))
    last(floor, 70_200)
    assert states(floor) == ["waiting", "waiting"]
    last(floor, 69_000)
    assert len(floor.orders) == 2
    floor.accept(4)
    floor.cancel(4)  # nothing was sold: it is still held tomorrow
    new_day(floor)
    floor.log_on("KRX")
    assert states(floor) == ["running", "running"]
    last(floor, 70_000)
    assert [order[2:4] for order in floor.orders[2:]] == [("SELL", 100)]


def test_a_daily_trail_forgets_yesterdays_extreme():
    floor = a_holder()
    floor.intent(watch(WatchTerms(trail_ppm=10_000, daily=True)))
    last(floor, 75_000)
    assert floor.work(2).extreme_px == 75_000
    new_day(floor)
    assert (floor.work(2).extreme_px, floor.state(2)) == (0, ("running", "conditional.rearmed"))


def test_others_end_with_the_day():
    floor = a_holder()
    floor.intent(watch())
    new_day(floor)
    assert {work.spec.order.carry for work in floor.desk.engine.core.state.works} == {Carry.DAY}
    assert states(floor) == ["ended", "ended"]


@pytest.mark.parametrize("moves", [(), (70_200,), (70_200, 69_000)], ids=["armed", "sent", "waiting for tomorrow"])
def test_a_crash_changes_nothing(moves):
    floor = a_holder()
    floor.intent(watch(DAILY))
    for px in moves:
        last(floor, px)
    again = floor.restart()
    assert [again.state(number) for number in (2, 3)] == [floor.state(number) for number in (2, 3)]
    last(again, 70_100)
    assert len(again.orders) == 2


def test_one_cancel_ends_all_of_them():
    floor = a_holder()
    floor.intent(watch(DAILY))
    floor.intent(ControlWork(request_id="c1", account=ACCOUNT, work_id=2, act=WorkAct.CANCEL))
    assert states(floor) == ["ended", "running"]
    floor.intent(CancelAll(request_id="c2", account=ACCOUNT))
    new_day(floor)
    last(floor, 70_000)
    assert len(floor.orders) == 1


@pytest.mark.parametrize(
    ("asked", "rule", "detail"),
    [
        (watch(WatchTerms()), Rule.CONDITION, "conditional.refusal.watch"),
        (watch(replace(TERMS, orders_max=1)), Rule.CONDITION, "conditional.refusal.too_many"),
        (watch(symbols=("000660",)), Rule.NOTHING_TO_DO, ""),
    ],
)
def test_what_is_refused_is_refused_whole(asked, rule, detail):
    floor = a_holder()
    (outcome,) = replies(floor.intent(asked))
    assert (outcome.denial.rule, outcome.denial.detail) == (rule, detail)
    assert states(floor) == []


def test_the_issues_can_be_named():
    floor = a_holder()
    (outcome,) = replies(floor.intent(watch(symbols=(SYMBOL,))))
    assert outcome.accepted and states(floor) == ["running", "running"]
