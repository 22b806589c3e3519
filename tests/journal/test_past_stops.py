"""First stops out of a journal's bytes: of brackets, of conditional orders, of trails, of orders at the venue."""

from msgspec.structs import replace

from hts.model.bracket import Exits, exit_orders, priced
from hts.model.conditional import ConditionalOrder, PriceCondition, TrailBegun, TrailCondition, TrailUnit
from hts.model.enums import CashMargin, OrdType, Side
from hts.model.past_fills import PastStop
from hts.model.records import InstrumentListed, TrailsMoved, WorkAmended, WorkStarted
from hts.model.routing import RouteRequest
from hts.model.work import ConditionSpec, RouteSpec, TrailChange, WorkState
from tests.desk.scene import NAVER_ISSUE
from tests.journal.test_past_fills import AT, entered, report, scanned, session

ISSUE = replace(NAVER_ISSUE, symbol="005930", lower_px=49_700, upper_px=92_300)
ACCOUNT = "paper"
DAY = 20261120


def stops(*records):
    _, found = scanned(session(DAY), *records)
    return [one for one in found if isinstance(one, PastStop)]


def a_stop(stop_id=31, px=69_000, **more):
    known = {"account": ACCOUNT, "symbol": ISSUE.symbol, "side": Side.SELL, "trade_ns": 5, "trade_date": DAY}
    return PastStop(**known | {"stop_id": stop_id, "px": px} | more)


def bracket(protects, px=70_000, side=Side.BUY, ids=(30, 31)):
    exits = exit_orders(
        Exits(take_ticks=20, stop_ticks=10), side, ids, protects=protects, account=ACCOUNT, symbol=ISSUE.symbol,
        venue="", qty=3,
    )  # fmt: skip
    return tuple(priced(one, ISSUE, px) for one in exits) if px else exits


def entry(cl_ord_id=7, **changes):
    return entered(cl_ord_id, account=ACCOUNT, symbol=ISSUE.symbol, **changes)


def work(order, work_id=31, **more):
    known = {"request_id": "r", "account": ACCOUNT, "symbol": ISSUE.symbol, "side": Side.SELL, "qty": 3}
    spec = ConditionSpec(order=order) if isinstance(order, ConditionalOrder) else order
    return WorkStarted(**AT, **known | more, work_id=work_id, spec=spec, state=WorkState.RUNNING)


def a_condition(condition, **more):
    known = {"cond_id": 31, "account": ACCOUNT, "symbol": ISSUE.symbol, "side": Side.SELL, "qty": 3}
    return ConditionalOrder(**known | more, condition=condition)


def amended(order):
    return WorkAmended(**AT, work_id=order.cond_id, order=order)


STOP_PX = int(ISSUE.ticks.move(70_000, -10))


def test_a_brackets_stop_is_told_with_the_first_fill_of_its_entry_and_once():
    exits = bracket(7)
    assert stops(entry(exits=exits)) == []
    told = stops(entry(exits=exits), report(cl_ord_id=7), report(cl_ord_id=7, exec_id=2))
    assert told == [a_stop(px=STOP_PX, protects=7, trade_ns=told[0].trade_ns)]


def test_a_stop_that_was_moved_counts_as_it_stood_when_the_entry_filled():
    exits = bracket(7)
    moved = replace(exits[1], condition=replace(exits[1].condition, px=69_500))
    before = stops(entry(exits=exits), amended(moved), report(cl_ord_id=7))
    after = stops(entry(exits=exits), report(cl_ord_id=7), amended(moved))
    assert [[one.px for one in told] for told in (before, after)] == [[69_500], [STOP_PX]]


def test_the_stop_of_an_entry_without_a_limit_follows_from_its_first_fill():
    exits = bracket(7, px=0)
    known = priced(exits[1], ISSUE, 70_000)
    taken = priced(exits[0], ISSUE, 70_000)
    told = stops(entry(exits=exits), report(cl_ord_id=7), amended(taken), amended(known), amended(known))
    assert [(one.px, one.protects) for one in told] == [(STOP_PX, 7)]


def test_the_bracket_around_a_routed_order_is_known_by_the_routed_order():
    request = RouteRequest(side=Side.BUY, qty=3, px=70_000)
    routed = work(RouteSpec(request=request), 20, exits=bracket(20))
    told = stops(routed, entry(8, parent_id=20), report(cl_ord_id=8))
    assert [(one.px, one.protects) for one in told] == [(STOP_PX, 20)]


def test_a_stop_that_was_placed_by_itself_is_told_at_once_and_a_profit_taker_is_none():
    stop = a_condition(PriceCondition(is_above=False, px=69_000))
    taker = a_condition(PriceCondition(is_above=True, px=75_000))
    assert stops(work(stop), work(taker), amended(replace(stop, condition=replace(stop.condition, px=1)))) == [a_stop()]
    covered = a_condition(PriceCondition(is_above=True, px=71_000), side=Side.BUY, credit=CashMargin.MARGIN_CLOSE)
    assert stops(work(covered, side=Side.BUY)) == [a_stop(px=71_000, side=Side.BUY, row="short")]


def test_a_stop_behind_a_fill_is_not_older_than_it():
    stop = a_condition(PriceCondition(is_above=False, px=69_000))
    filled = report(cl_ord_id=7, transact_ns=900)
    assert [one.trade_ns for one in stops(work(stop), filled, work(stop))] == [5, 900]


def test_a_trails_first_stop_lies_its_distance_from_where_it_began():
    listed = InstrumentListed(**AT, instrument=ISSUE)
    begun = TrailsMoved(**AT, change=TrailChange(symbol=ISSUE.symbol, begun=(TrailBegun(cond_id=31, px=70_000),)))
    for unit, distance, px in (
        (TrailUnit.PX, 700, 69_300), (TrailUnit.PPM, 20_000, 68_600), (TrailUnit.TICKS, 10, STOP_PX),
    ):  # fmt: skip
        trail = a_condition(TrailCondition(distance=distance, unit=unit))
        assert stops(listed, work(trail), begun, begun) == [a_stop(px=px)], unit


def test_a_stop_order_at_the_venue_is_one():
    order = entry(7, side=Side.SELL, ord_type=OrdType.STOP_LIMIT, stop_px=69_000, px=68_900)
    assert stops(order, replace(order, cl_ord_id=8, ord_type=OrdType.LIMIT, stop_px=0)) == [
        a_stop(7, trade_ns=order.trade_ns)
    ]
