"""What the engine can do for any venue: order types and conditions beyond limit and market."""

import pytest

from hts.model.enums import OrdType, Side, TimeInForce
from hts.sim.commands import BlockMember
from tests.support.plain_venue import a_plain_exchange, enter, run
from tests.support.venue import amend, cancel

BUY, SELL = Side.BUY, Side.SELL
MID, PEG, STOP, STOP_LIMIT = OrdType.MIDPOINT, OrdType.PRIMARY_PEG, OrdType.STOP, OrdType.STOP_LIMIT


@pytest.fixture(params=[True, False], ids=["bounded", "unbounded"])
def exchange(request):
    return a_plain_exchange(is_bounded=request.param)


@pytest.fixture(params=[True, False], ids=["bounded", "unbounded"])
def told_by_order(request):
    return a_plain_exchange(is_bounded=request.param, tells_orders=True)


def traded(words):
    return [word[1:4] for word in words if word[0] == "traded"]


def test_an_iceberg_shows_a_part_and_loses_its_place_with_each_new_one(exchange):
    run(exchange, enter(1, SELL, 95, 10, display_qty=4), enter(2, SELL, 95, 3))
    assert exchange.depth("PLAIN").levels[:4] == (95, 0, 7, 0)
    assert traded(run(exchange, enter(3, BUY, 95, 9))) == [
        (1, 95, 4), (3, 95, 4), (2, 95, 3), (3, 95, 3), (1, 95, 2), (3, 95, 2),
    ]  # fmt: skip
    assert exchange.depth("PLAIN").levels[:4] == (95, 0, 2, 0)
    assert exchange.order_state("HTS01")[0].leaves_qty == 4


def test_an_iceberg_is_told_order_by_order_with_each_part_anew(told_by_order):
    assert run(told_by_order, enter(1, SELL, 95, 10, display_qty=4)) == [("accepted", 1, 10), ("added", 1, 95, 4)]
    assert run(told_by_order, enter(2, BUY, 95, 6)) == [
        ("accepted", 2, 6),
        ("traded", 1, 95, 4, 6), ("traded", 2, 95, 4, 2), ("executed", 1, 95, 4, 0), ("print", 95, 4, "1"),
        ("added", 1, 95, 4),
        ("traded", 1, 95, 2, 4), ("traded", 2, 95, 2, 0), ("executed", 1, 95, 2, 2), ("print", 95, 2, "1"),
    ]  # fmt: skip
    assert run(told_by_order, amend(3, 1, 95, 8))[1:] == []  # the reserve shrinks unseen
    assert run(told_by_order, amend(4, 1, 95, 7))[1:] == [("reduced", 1, 1, 1)]
    assert run(told_by_order, cancel(5, 1))[1:] == [("deleted", 1)]


def test_shown_orders_are_told_one_by_one(told_by_order):
    assert run(told_by_order, enter(1, BUY, 90, 5), enter(2, BUY, 91, 5), amend(3, 1, 92, 5), cancel(4, 2)) == [
        ("accepted", 1, 5), ("added", 1, 90, 5),
        ("accepted", 2, 5), ("added", 2, 91, 5),
        ("amended", 3, 1, 92, 5), ("deleted", 1), ("added", 1, 92, 5),
        ("canceled", 4, 2, "BY_TRADER"), ("deleted", 2),
    ]  # fmt: skip


def test_a_fill_or_kill_order_counts_what_icebergs_hold_back(exchange):
    run(exchange, enter(1, SELL, 95, 10, display_qty=4))
    assert run(exchange, enter(2, BUY, 95, 11, time_in_force=TimeInForce.FOK))[1:] == [
        ("canceled", 2, 0, "NO_LIQUIDITY"),
    ]  # fmt: skip
    assert sum(qty for _, _, qty in traded(run(exchange, enter(3, BUY, 95, 10, time_in_force=TimeInForce.FOK)))) == 20


def test_a_hidden_order_trades_after_the_shown_ones_of_its_price(exchange):
    run(exchange, enter(1, SELL, 95, 3, is_hidden=True), enter(2, SELL, 95, 3), enter(3, SELL, 94, 3, is_hidden=True))
    assert exchange.depth("PLAIN").levels[:4] == (95, 0, 3, 0)
    assert traded(run(exchange, enter(4, BUY, 95, 8)))[::2] == [(3, 94, 3), (2, 95, 3), (1, 95, 2)]


def test_a_midpoint_order_trades_between_the_quotes_and_sleeps_without_them(exchange):
    run(exchange, enter(1, BUY, 0, 5, ord_type=MID))
    assert run(exchange, enter(2, SELL, 90, 2))[-1] == ("accepted", 2, 2)
    run(exchange, cancel(3, 2), enter(4, BUY, 90, 1), enter(5, SELL, 97, 1))
    assert exchange.depth("PLAIN").levels[:4] == (97, 90, 1, 1)
    assert traded(run(exchange, enter(6, SELL, 91, 3))) == [(1, 93, 3), (6, 93, 3)]
    assert traded(run(exchange, enter(7, SELL, 94, 3))) == []


def test_two_midpoint_orders_meet_as_soon_as_there_is_a_middle(exchange):
    run(exchange, enter(1, BUY, 0, 5, ord_type=MID), enter(2, SELL, 0, 3, ord_type=MID), enter(3, BUY, 90, 1))
    assert run(exchange, enter(4, SELL, 96, 1)) == [
        ("accepted", 4, 1), ("traded", 1, 93, 3, 2), ("traded", 2, 93, 3, 0), ("print", 93, 3, "2"),
    ]  # fmt: skip


def test_a_pegged_order_follows_its_own_side_up_to_its_limit(exchange):
    run(exchange, enter(1, BUY, 92, 5, ord_type=PEG), enter(2, BUY, 91, 1))
    assert traded(run(exchange, enter(3, SELL, 91, 3)))[::2] == [(2, 91, 1)]  # its own side has gone with order 2
    run(exchange, cancel(4, 3), enter(5, BUY, 95, 1))
    assert traded(run(exchange, enter(6, SELL, 92, 3)))[::2] == [(5, 95, 1)]
    run(exchange, cancel(7, 6), enter(8, BUY, 90, 1))
    assert traded(run(exchange, enter(9, SELL, 90, 3)))[::2] == [(8, 90, 1)]
    run(exchange, cancel(10, 9), enter(11, BUY, 90, 4))
    assert traded(run(exchange, enter(12, SELL, 90, 6)))[::2] == [(11, 90, 4)]


def test_a_hidden_order_with_a_least_quantity_waits_for_a_big_one(exchange):
    run(exchange, enter(1, BUY, 95, 10, is_hidden=True, min_qty=5))
    assert traded(run(exchange, enter(2, SELL, 95, 4, time_in_force=TimeInForce.IOC))) == []
    assert traded(run(exchange, enter(3, SELL, 95, 6, time_in_force=TimeInForce.IOC))) == [(1, 95, 6), (3, 95, 6)]


def test_an_immediate_order_with_a_least_quantity_trades_that_much_or_nothing(exchange):
    run(exchange, enter(1, SELL, 95, 4))
    ioc = {"time_in_force": TimeInForce.IOC, "min_qty": 5}
    assert run(exchange, enter(2, BUY, 95, 9, **ioc))[1:] == [("canceled", 2, 0, "NO_LIQUIDITY")]
    run(exchange, enter(3, SELL, 95, 1))
    assert traded(run(exchange, enter(4, BUY, 95, 9, **ioc)))[::2] == [(1, 95, 4), (3, 95, 1)]


def test_post_only_rests_or_is_refused(exchange):
    run(exchange, enter(1, SELL, 95, 4))
    assert run(exchange, enter(2, BUY, 95, 1, post_only=True), enter(3, BUY, 94, 1, post_only=True)) == [
        ("rejected", 2, "POST_ONLY"), ("accepted", 3, 1),
    ]  # fmt: skip


def test_a_stop_wakes_when_its_price_trades_and_may_wake_the_next(exchange):
    run(exchange, enter(1, BUY, 96, 1), enter(2, BUY, 94, 1), enter(3, BUY, 90, 9))
    run(
        exchange,
        enter(4, SELL, 0, 1, ord_type=STOP, stop_px=93),
        enter(5, SELL, 90, 2, ord_type=STOP_LIMIT, stop_px=94),
    )
    assert run(exchange, enter(6, SELL, 96, 1))[-1] == ("print", 96, 1, "2")
    assert run(exchange, enter(7, SELL, 94, 1)) == [
        ("accepted", 7, 1), ("traded", 2, 94, 1, 0), ("traded", 7, 94, 1, 0), ("print", 94, 1, "2"),
        ("restated", 5, "TRIGGERED", 2), ("traded", 3, 90, 2, 7), ("traded", 5, 90, 2, 0), ("print", 90, 2, "2"),
        ("restated", 4, "TRIGGERED", 1), ("traded", 3, 90, 1, 6), ("traded", 4, 90, 1, 0), ("print", 90, 1, "2"),
    ]  # fmt: skip


def test_sell_stops_wake_from_the_highest_buy_stops_from_the_lowest_then_by_time(exchange):
    run(exchange, enter(1, SELL, 95, 1), *(enter(n, SELL, 99, 1) for n in range(10, 14)))
    stops = ((2, 98), (3, 97), (4, 98), (5, 97))
    run(exchange, *(enter(n, BUY, 99, 1, ord_type=STOP_LIMIT, stop_px=px) for n, px in stops))
    run(exchange, cancel(20, 1), enter(6, SELL, 98, 1))
    woken = run(exchange, enter(7, BUY, 98, 1))
    assert [word[1] for word in woken if word[0] == "restated"] == [3, 5, 2, 4]


def test_a_stop_that_is_due_at_once_wakes_at_once(exchange):
    run(exchange, enter(1, BUY, 95, 1), enter(2, SELL, 95, 1), enter(3, SELL, 96, 5))
    assert run(exchange, enter(4, BUY, 96, 1, ord_type=STOP_LIMIT, stop_px=95))[1] == ("restated", 4, "TRIGGERED", 1)


def test_a_good_till_date_order_ends_at_its_time(exchange):
    run(exchange, enter(1, BUY, 90, 1, time_in_force=TimeInForce.GTD, expire_ns=25), enter(2, BUY, 90, 1))
    exchange.advance(24)
    assert [s.leaves_qty for s in exchange.order_state("HTS01")] == [1, 1]
    exchange.advance(25)
    assert [s.ord_status.name for s in exchange.order_state("HTS01")] == ["EXPIRED", "NEW"]


def test_orders_for_the_close_wait_for_it(exchange):
    at_close = {"time_in_force": TimeInForce.AT_CLOSE}
    run(exchange, enter(1, BUY, 95, 4, **at_close), enter(2, SELL, 96, 9))
    assert run(exchange, enter(3, SELL, 94, 2))[-1] == ("accepted", 3, 2)  # the waiting order is not in the book
    exchange.advance(30)
    assert exchange.expected("PLAIN") == (95, 2)
    exchange.advance(40)
    assert exchange.day("PLAIN")[3:5] == (95, 2)


def test_orders_for_the_open_do_not_outlive_it():
    exchange = a_plain_exchange(10)
    at_open = {"time_in_force": TimeInForce.AT_OPEN}
    run(exchange, enter(1, BUY, 95, 4, **at_open), enter(2, SELL, 95, 3), enter(3, BUY, 94, 1))
    exchange.advance(20)
    assert [(s.cum_qty, s.ord_status.name) for s in exchange.order_state("HTS01")] == [
        (3, "EXPIRED"), (3, "FILLED"), (0, "NEW"),
    ]  # fmt: skip


def test_the_fixed_price_board_collects_then_trades_by_time():
    exchange = a_plain_exchange(12)
    gtc = {"time_in_force": TimeInForce.GTC}
    run(exchange, enter(1, BUY, 0, 5, **gtc), enter(2, BUY, 0, 5, **gtc), enter(3, SELL, 0, 7, **gtc))
    assert traded(run(exchange, enter(4, SELL, 95, 1), at_ns=14)) == [(1, 95, 5), (3, 95, 5), (2, 95, 2), (3, 95, 2)]
    assert traded(run(exchange, enter(5, SELL, 0, 4, **gtc))) == [(2, 95, 3), (5, 95, 3)]
    exchange.advance(16)
    assert [s.ord_status.name for s in exchange.order_state("HTS01")] == [
        "FILLED",
        "FILLED",
        "FILLED",
        "NEW",
        "EXPIRED",
    ]


def test_a_blocked_member_may_only_cancel(exchange):
    run(exchange, enter(1, BUY, 90, 1), BlockMember(session="VENUE", member="HTS01", on=True))
    assert run(exchange, enter(2, BUY, 90, 1), amend(3, 1, 91, 1), cancel(4, 1)) == [
        ("rejected", 2, "MEMBER_BLOCKED"), ("refused", 3, 1, "MEMBER_BLOCKED", "NEW"), ("canceled", 4, 1, "BY_TRADER"),
    ]  # fmt: skip
    run(exchange, BlockMember(session="VENUE", member="HTS01", on=False))
    assert run(exchange, enter(5, BUY, 90, 1)) == [("accepted", 5, 1)]


@pytest.mark.parametrize(
    ("orders", "found"),
    [
        (((BUY, 0, 5), (SELL, 0, 3)), (95, 3)),  # market against market: the last price
        (((BUY, 0, 5), (SELL, 97, 3)), (97, 3)),
        (((BUY, 0, 5), (SELL, 90, 5)), (95, 5)),
        (((BUY, 0, 5), (SELL, 90, 7)), (90, 5)),
        (((BUY, 92, 5), (SELL, 0, 5)), (92, 5)),
        (((BUY, 0, 2), (BUY, 93, 5), (SELL, 91, 3), (SELL, 0, 1)), (93, 4)),
    ],
)
def test_a_call_with_market_orders_prices_without_limits_too(orders, found):
    exchange = a_plain_exchange(30, is_bounded=False)
    run(exchange, *(enter(number, *order) for number, order in enumerate(orders, 1)))
    assert exchange.expected("PLAIN") == found
    exchange.advance(40)
    assert exchange.day("PLAIN")[3:5] == found
