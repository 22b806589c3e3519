import pytest

from hts.model.enums import CxlRejResponseTo, LastLiquidityInd, Market, OrdStatus, OrdType, Phase, TimeInForce
from hts.model.quotes import TradeUpdate
from hts.model.reasons import Reason
from hts.sim.commands import KillSwitch, MassCancel, MassStatus, PublicPrint
from hts.sim.events import (
    BookChanged,
    CancelRefused,
    KillSwitchChanged,
    MassCanceled,
    MassStatusEnded,
    OrderAccepted,
    OrderStated,
    OrderTraded,
    PhaseChanged,
    Traded,
)
from hts.sim.figures import DayFigures
from hts.sim.korea.krx_profile import ORDERS_PER_SECOND
from hts.sim.members import WHOLE_MEMBER
from tests.support.venue import (
    ACCOUNT,
    BUY,
    HYNIX,
    NS,
    SAMSUNG,
    SELL,
    amend,
    an_exchange,
    at,
    cancel,
    enter,
    run,
    words,
)  # fmt: skip

IOC, FOK = TimeInForce.IOC, TimeInForce.FOK
BOOK = ("book", SAMSUNG)


def test_two_orders_meet_and_both_sides_are_told_before_the_public_is():
    exchange = an_exchange()
    resting, taking = enter(1, SELL, 272_000, 10), enter(2, BUY, 272_500, 4, session="HTS02")
    events = exchange.apply(resting, at("09:02:00")) + exchange.apply(taking, at("09:02:01"))
    order = {"account": ACCOUNT, "symbol": SAMSUNG, "ord_type": OrdType.LIMIT, "time_in_force": TimeInForce.DAY}
    ask = {
        "session": "HTS01", "order_id": 1, "cl_ord_id": 1, "request_id": "r-1", "venue_order_id": 1, "side": SELL,
        "px": 272_000, "order_qty": 10, **order,
    }  # fmt: skip
    bid = {
        "session": "HTS02", "order_id": 2, "cl_ord_id": 2, "request_id": "r-2", "venue_order_id": 2, "side": BUY,
        "px": 272_500, "order_qty": 4, **order,
    }  # fmt: skip
    first, second = at("09:02:00"), at("09:02:01")
    added, removed = {"liquidity": LastLiquidityInd.ADDED}, {"liquidity": LastLiquidityInd.REMOVED}
    fill = {"trade_ns": second, "match_id": 1, "last_px": 272_000, "last_qty": 4, "cum_qty": 4}
    new = {"ord_status": OrdStatus.NEW, "cum_qty": 0}
    assert events == (
        OrderAccepted(trade_ns=first, leaves_qty=10, **ask, **new),
        BookChanged(trade_ns=first, symbol=SAMSUNG),
        OrderAccepted(trade_ns=second, leaves_qty=4, **bid, **new),
        OrderTraded(
            exec_id=1, leaves_qty=6, ord_status=OrdStatus.PARTIALLY_FILLED, is_aggressor=False, **ask, **fill, **added
        ),
        OrderTraded(exec_id=2, leaves_qty=0, ord_status=OrdStatus.FILLED, is_aggressor=True, **bid, **fill, **removed),
        Traded(
            trade=TradeUpdate(
                SAMSUNG, second, 272_000, 4, "1", 272_000, 272_000, 272_000, 4, 1_088_000, Phase.CONTINUOUS
            ),
            match_id=1,
            maker_id=1,
        ),
        BookChanged(trade_ns=second, symbol=SAMSUNG),
    )


def test_an_immediate_order_trades_what_there_is_and_the_rest_is_cancelled():
    exchange = an_exchange()
    run(exchange, enter(1, SELL, 272_000, 10))
    assert run(exchange, enter(2, BUY, 272_000, 15, time_in_force=IOC)) == [
        ("accepted", 2, 15), ("traded", 1, 272_000, 10, 0), ("traded", 2, 272_000, 10, 5), ("print", 272_000, 10, "1"),
        ("canceled", 2, 0, "NO_LIQUIDITY"), BOOK,
    ]  # fmt: skip


def test_a_fill_or_kill_order_that_cannot_fill_trades_nothing():
    exchange = an_exchange()
    run(exchange, enter(1, SELL, 272_000, 10))
    assert run(exchange, enter(2, BUY, 272_000, 11, time_in_force=FOK)) == [
        ("accepted", 2, 11), ("canceled", 2, 0, "NO_LIQUIDITY"), BOOK,
    ]  # fmt: skip
    assert run(exchange, enter(3, BUY, 0, 10, time_in_force=FOK))[-3:] == [
        ("traded", 3, 272_000, 10, 0), ("print", 272_000, 10, "1"), BOOK,
    ]  # fmt: skip


REFUSALS = [
    (enter(1, BUY, 272_000, 1, ord_type=OrdType.LIMIT, stop_px=272_000), Reason.BAD_STOP_PX),
    (enter(1, BUY, 272_000, 1, symbol="999999"), Reason.UNKNOWN_SYMBOL),
    (enter(1, BUY, 272_100, 1), Reason.BAD_TICK),
    (enter(1, BUY, 354_000, 1), Reason.PRICE_LIMIT),
    (enter(1, SELL, 190_000, 1), Reason.PRICE_LIMIT),
    (enter(1, BUY, -500, 1), Reason.PRICE_LIMIT),
    (enter(1, BUY, 0, 1, ord_type=OrdType.LIMIT), Reason.PRICE_LIMIT),
    (enter(1, BUY, 272_000, 1, ord_type=OrdType.MARKET), Reason.TYPE_NOT_ALLOWED),
    (enter(1, BUY, 272_000, 0), Reason.BAD_QTY),
    (enter(1, BUY, 272_000, -1), Reason.BAD_QTY),
    (enter(1, BUY, 272_000, 1_000_000_000), Reason.BAD_QTY),
]


@pytest.mark.parametrize(("command", "reason"), REFUSALS, ids=[f"{r.name}-{n}" for n, (_, r) in enumerate(REFUSALS)])
def test_what_the_exchange_refuses(command, reason):
    exchange = an_exchange()
    assert run(exchange, command) == [("rejected", 1, reason.name)]
    assert exchange.order_state("HTS01") == ()


def test_orders_at_the_daily_limits_are_taken():
    exchange = an_exchange()
    assert run(exchange, enter(1, BUY, 190_500, 1), enter(2, SELL, 353_500, 1)) == [
        ("accepted", 1, 1), BOOK, ("accepted", 2, 1), BOOK,
    ]  # fmt: skip


@pytest.mark.parametrize("time", ["07:00:00", "08:15:00", "20:00:00"])
def test_a_closed_market_takes_no_orders(time):
    exchange = an_exchange(time)
    assert run(exchange, enter(1, BUY, 272_000, 1)) == [("rejected", 1, "PHASE_CLOSED")]


@pytest.mark.parametrize("time", ["08:50:00", "15:25:00"])
@pytest.mark.parametrize("time_in_force", [IOC, FOK])
def test_a_call_takes_no_immediate_orders(time, time_in_force):
    exchange = an_exchange(time)
    assert run(exchange, enter(1, BUY, 272_000, 1, time_in_force=time_in_force)) == [
        ("rejected", 1, "TYPE_NOT_ALLOWED")
    ]


def test_an_id_is_used_once_per_member_whatever_became_of_it():
    exchange = an_exchange()
    run(exchange, enter(1, BUY, 272_000, 1), enter(2, BUY, 272_100, 1), cancel(3, 1))
    assert run(exchange, *(enter(n, BUY, 272_000, 1) for n in (1, 2, 3)), cancel(2, 1), amend(3, 1, 1, 1)) == [
        *(("rejected", n, "DUPLICATE_CL_ORD_ID") for n in (1, 2, 3)),
        ("refused", 2, 1, "DUPLICATE_CL_ORD_ID", "CANCELED"),
        ("refused", 3, 1, "DUPLICATE_CL_ORD_ID", "CANCELED"),
    ]
    assert run(exchange, enter(1, BUY, 272_000, 1, session="HTS02"))[0] == ("accepted", 1, 1)


def test_a_cancel_takes_the_rest_away():
    exchange = an_exchange()
    run(exchange, enter(1, SELL, 272_000, 10), enter(2, BUY, 272_000, 4))
    assert run(exchange, cancel(3, 1)) == [("canceled", 3, 1, "BY_TRADER"), BOOK]
    assert [(e.cl_ord_id, e.cum_qty, e.leaves_qty, e.ord_status) for e in exchange.order_state("HTS01")] == [
        (1, 4, 0, OrdStatus.CANCELED), (2, 4, 0, OrdStatus.FILLED),
    ]  # fmt: skip


def test_cancels_of_what_is_not_there_or_gone_are_refused():
    exchange = an_exchange()
    run(exchange, enter(1, SELL, 272_000, 1), enter(2, BUY, 272_000, 1))
    assert run(exchange, cancel(3, 1), cancel(4, 99), cancel(5, 1, session="HTS02")) == [
        ("refused", 3, 1, "TOO_LATE", "FILLED"),
        ("refused", 4, 99, "UNKNOWN_ORDER", "REJECTED"),
        ("refused", 5, 1, "UNKNOWN_ORDER", "REJECTED"),
    ]


def test_fewer_shares_keep_the_place_and_another_price_loses_it():
    exchange = an_exchange()
    run(exchange, enter(1, SELL, 272_000, 10), enter(2, SELL, 272_000, 10), enter(3, SELL, 272_500, 5))
    assert run(exchange, amend(4, 1, 272_000, 6)) == [("amended", 4, 1, 272_000, 6), BOOK]
    assert run(exchange, amend(5, 2, 272_500, 10), amend(6, 5, 272_000, 9)) == [
        ("amended", 5, 2, 272_500, 10), BOOK, ("amended", 6, 5, 272_000, 9), BOOK,
    ]  # fmt: skip
    assert [word for word in run(exchange, enter(7, BUY, 0, 7)) if word[0] == "traded" and word[1] != 7] == [
        ("traded", 4, 272_000, 6, 0), ("traded", 6, 272_000, 1, 8),
    ]  # fmt: skip


def test_an_amended_price_that_crosses_trades_at_once():
    exchange = an_exchange()
    run(exchange, enter(1, SELL, 272_000, 5), enter(2, BUY, 271_000, 8))
    assert run(exchange, amend(3, 2, 272_500, 8)) == [
        ("amended", 3, 2, 272_500, 8),
        ("traded", 1, 272_000, 5, 0), ("traded", 3, 272_000, 5, 3), ("print", 272_000, 5, "1"),
        BOOK,
    ]  # fmt: skip


def test_amends_that_the_rules_forbid():
    exchange = an_exchange()
    run(exchange, enter(1, SELL, 272_000, 10), enter(2, BUY, 272_000, 4))
    asks = [
        amend(11, 1, 272_000, 11), amend(12, 1, 272_000, 4), amend(13, 1, 272_000, 10), amend(14, 1, 272_100, 10),
        amend(15, 1, 400_000, 10), amend(16, 1, 272_500, 0), amend(17, 2, 272_500, 4), amend(18, 99, 1, 1),
        amend(11, 1, 272_500, 10),
    ]  # fmt: skip
    assert [word[3] for word in run(exchange, *asks)] == [
        "QTY_INCREASE", "QTY_BELOW_CUM", "NOTHING_CHANGED", "BAD_TICK", "PRICE_LIMIT", "BAD_QTY", "TOO_LATE",
        "UNKNOWN_ORDER", "DUPLICATE_CL_ORD_ID",
    ]  # fmt: skip
    refused = exchange.apply(amend(30, 1, 272_000, 11), exchange.trade_ns)
    assert refused == (
        CancelRefused(
            trade_ns=exchange.trade_ns, session="HTS01", cl_ord_id=30, orig_cl_ord_id=1, request_id="r-30",
            response_to=CxlRejResponseTo.REPLACE, ord_status=OrdStatus.PARTIALLY_FILLED, reason=Reason.QTY_INCREASE,
        ),
    )  # fmt: skip


def test_a_market_order_has_no_price_to_amend():
    exchange = an_exchange("08:50:00")
    run(exchange, enter(1, BUY, 0, 10))
    assert run(exchange, amend(2, 1, 272_000, 10), amend(3, 1, 0, 6)) == [
        ("refused", 2, 1, "TYPE_NOT_ALLOWED", "NEW"), ("amended", 3, 1, 0, 6), BOOK,
    ]  # fmt: skip


def test_a_mass_cancel_takes_one_account_or_one_issue():
    exchange = an_exchange()
    run(
        exchange,
        enter(1, BUY, 271_000, 1),
        enter(2, BUY, 1_700_000, 1, symbol=HYNIX),
        enter(3, BUY, 271_500, 1, account="other"),
    )
    assert run(exchange, MassCancel(session="HTS01", account=ACCOUNT, symbol=HYNIX)) == [
        ("canceled", 2, 0, "MASS_CANCEL"), ("book", HYNIX),
    ]  # fmt: skip
    assert run(exchange, MassCancel(session="HTS02")) == []
    assert run(exchange, MassCancel(session="HTS01", reason=Reason.CANCEL_ON_DISCONNECT)) == [
        ("canceled", 1, 0, "CANCEL_ON_DISCONNECT"), ("canceled", 3, 0, "CANCEL_ON_DISCONNECT"), BOOK,
    ]  # fmt: skip


def test_a_mass_cancel_by_request_is_answered_with_its_count():
    exchange = an_exchange()
    run(exchange, enter(1, BUY, 271_000, 1), enter(2, BUY, 271_500, 1))
    now = at("09:10:00")
    common = {"trade_ns": now, "session": "HTS01", "cl_ord_id": 9, "account": ACCOUNT, "symbol": SAMSUNG}
    command = MassCancel(session="HTS01", cl_ord_id=9, account=ACCOUNT, symbol=SAMSUNG)
    assert exchange.apply(command, now)[-2] == MassCanceled(**common, count=2)
    assert exchange.apply(command, now) == (MassCanceled(**common, count=0, reason=Reason.DUPLICATE_CL_ORD_ID),)


def test_a_kill_switch_cancels_and_refuses_until_it_is_released():
    exchange = an_exchange()
    run(exchange, enter(1, BUY, 271_000, 1), enter(2, BUY, 271_500, 1, account="other"))
    now = at("09:10:00")
    *ended, changed, book = exchange.apply(KillSwitch(session="HTS01", cl_ord_id=3, account=ACCOUNT, on=True), now)
    assert words(ended) == [("canceled", 1, 0, "KILL_SWITCH")]
    assert changed == KillSwitchChanged(trade_ns=now, session="HTS01", cl_ord_id=3, account=ACCOUNT, on=True, count=1)
    assert words([book]) == [BOOK]
    hashed = exchange.state_hash()
    assert run(exchange, enter(4, BUY, 271_000, 1)) == [("rejected", 4, "KILL_SWITCH")]
    assert exchange.state_hash() != hashed
    assert run(exchange, enter(5, BUY, 271_000, 1, account="other"))[0][0] == "accepted"
    run(exchange, KillSwitch(session="HTS01", account="other", on=True))
    again = an_exchange()
    again.load(exchange.save())
    assert again.state_hash() == exchange.state_hash()
    for one in (exchange, again):
        assert run(one, enter(6, BUY, 271_000, 1, account="other")) == [("rejected", 6, "KILL_SWITCH")]
        (released,) = one.apply(KillSwitch(session="HTS01", cl_ord_id=7, on=False), now)
        assert (released.on, released.count, released.cl_ord_id) == (False, 0, 7)
        assert run(one, enter(8, BUY, 271_000, 1))[0][0] == "accepted"
        (double,) = one.apply(KillSwitch(session="HTS01", cl_ord_id=7, on=True), now)
        assert (double.on, double.reason) == (False, Reason.DUPLICATE_CL_ORD_ID)


def test_a_kill_switch_refuses_amends_and_lets_cancels_pass():
    exchange = an_exchange()
    run(exchange, enter(1, BUY, 271_000, 5))
    exchange.members["HTS01"].killed.add(WHOLE_MEMBER)  # an order that came to rest before, by another road
    assert run(exchange, amend(2, 1, 271_000, 4)) == [("refused", 2, 1, "KILL_SWITCH", "NEW")]
    assert run(exchange, cancel(3, 1))[0][0] == "canceled"


def test_mass_status_states_every_order_of_the_day():
    exchange = an_exchange()
    run(exchange, enter(1, BUY, 271_000, 1), enter(2, BUY, 271_500, 2), amend(3, 2, 272_000, 2), cancel(4, 1))
    events = exchange.apply(MassStatus(session="HTS01", mass_status_req_id=5), at("09:10:00"))
    assert [(type(e), e.order_id, e.cl_ord_id, e.ord_status, e.leaves_qty) for e in events[:-1]] == [
        (OrderStated, 1, 1, OrdStatus.CANCELED, 0), (OrderStated, 2, 3, OrdStatus.NEW, 2),
    ]  # fmt: skip
    assert events[-1] == MassStatusEnded(trade_ns=at("09:10:00"), session="HTS01", mass_status_req_id=5, count=2)


def test_the_day_runs_by_itself_and_calls_end_at_random_within_half_a_minute():
    exchange = an_exchange("07:00:00")
    told = [event for event in exchange.advance(at("21:00:00")) if isinstance(event, PhaseChanged) and not event.symbol]
    assert [event.phase for event in told] == [
        Phase.PRE_OPEN, Phase.OPEN_CALL, Phase.CONTINUOUS, Phase.CLOSE_CALL, Phase.ACCEPT, Phase.POST_CLOSE_PRICE,
        Phase.AFTER_MARKET, Phase.CLOSED,
    ]  # fmt: skip
    assert [event.until_ns for event in told] == [
        at("08:30:00"), at("09:00:00"), at("15:20:00"), at("15:30:00"), at("15:40:00"), at("16:00:00"),
        at("20:00:00"), 0,
    ]  # fmt: skip
    late = [told[2].trade_ns - at("09:00:00"), told[4].trade_ns - at("15:30:00")]
    assert all(0 <= ns <= 30 * NS for ns in late)
    assert [told[0].trade_ns, told[1].trade_ns, told[3].trade_ns] == [at("08:00:00"), at("08:30:00"), at("15:20:00")]
    assert exchange.is_day_over
    assert exchange.next_timer_ns() is None


def test_the_random_end_comes_from_the_seed():
    def open_ns(seed):
        events = an_exchange("08:59:59", seed=seed).advance(at("09:00:30"))
        return next(e.trade_ns for e in events if isinstance(e, PhaseChanged))

    assert open_ns(1) == open_ns(1)
    assert len({open_ns(seed) for seed in range(20)}) > 15


def test_the_day_ends_with_what_is_left_expiring():
    exchange = an_exchange("15:25:00")
    run(exchange, enter(1, BUY, 271_000, 5), enter(2, SELL, 273_000, 5, symbol=SAMSUNG))
    told = words(exchange.advance(at("15:30:30")))
    assert [word for word in told if word[0] != "book"] == [
        ("expired", 1, "SESSION_END"), ("expired", 2, "SESSION_END"), ("phase", "", "accept"),
    ]  # fmt: skip
    assert [order.ord_status for order in exchange.order_state("HTS01")] == [OrdStatus.EXPIRED] * 2
    assert exchange.depth(SAMSUNG).total_bid_qty == 0


def test_scheduled_changes_come_before_a_later_command_and_at_their_own_time():
    exchange = an_exchange("08:50:00")
    run(exchange, enter(1, BUY, 272_000, 5), enter(2, SELL, 272_000, 5))
    events = exchange.apply(enter(3, BUY, 271_000, 1, time_in_force=IOC), at("09:05:00"))
    told = words(events)
    assert told[0][0] == "traded"
    assert told[-3:] == [("accepted", 3, 1), ("canceled", 3, 0, "NO_LIQUIDITY"), BOOK]
    assert at("09:00:00") <= events[0].trade_ns <= at("09:00:30")


def test_a_replayed_issue_trades_through_the_phases_of_others():
    exchange = an_exchange("08:59:00", with_apple=True)
    assert exchange.phase("AAPL") is Phase.CLOSED
    told = words(exchange.advance(at("09:01:00")))
    assert [word for word in told if word[0] == "phase"] == [
        ("phase", "AAPL", "continuous"), ("phase", "", "continuous"), ("phase", "AAPL", "continuous"),
    ]  # fmt: skip
    of_apple = {"symbol": "AAPL"}
    assert run(
        exchange,
        enter(1, SELL, 58_541, 100, **of_apple),
        enter(2, BUY, 0, 150, **of_apple),
        time="15:25:00",
    ) == [
        ("phase", "", "close_call"), ("phase", "AAPL", "continuous"),
        *(("book", i.symbol) for i in exchange.instruments if i.market is not Market.REPLAY),
        ("accepted", 1, 100), ("book", "AAPL"),
        ("accepted", 2, 150), ("traded", 1, 58_541, 100, 0), ("traded", 2, 58_541, 100, 50),
        ("print", 58_541, 100, "1"),
        ("canceled", 2, 0, "NO_LIQUIDITY"), ("book", "AAPL"),
    ]  # fmt: skip


def test_a_hidden_trade_of_a_recording_is_printed_and_counted():
    exchange = an_exchange("10:00:00", with_apple=True)
    hidden = PublicPrint(session="REPLAY", symbol="AAPL", side="2", px=58_540, qty=7)
    assert run(exchange, hidden) == [("print", 58_540, 7, "2")]
    assert exchange.day("AAPL") == DayFigures(58_540, 58_540, 58_540, 58_540, 7, 7 * 58_540)


def test_flow_of_the_house_leaves_no_trace_of_finished_orders():
    exchange = an_exchange()
    run(exchange, enter(1, SELL, 272_000, 5, session="AGENTS"), enter(2, BUY, 272_000, 5, session="AGENTS"))
    run(exchange, enter(3, SELL, 272_000, 5, session="AGENTS"), cancel(4, 3, session="AGENTS"))
    assert exchange.order_state("AGENTS") == ()
    assert run(exchange, cancel(5, 3, session="AGENTS")) == [("refused", 5, 3, "UNKNOWN_ORDER", "REJECTED")]


def test_a_member_enters_at_most_so_many_orders_in_a_second_of_the_venue():
    exchange = an_exchange()
    commands = [enter(number, BUY, 271_000, 1) for number in range(1, ORDERS_PER_SECOND + 2)]
    events = [exchange.apply(command, at("09:02:00"))[0] for command in commands]
    assert [event.reason for event in events] == [Reason.NONE] * ORDERS_PER_SECOND + [Reason.THROTTLED]
    [accepted, *_] = exchange.apply(enter(1000, BUY, 271_000, 1), at("09:02:01"))
    assert accepted.reason is Reason.NONE
