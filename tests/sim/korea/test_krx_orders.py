"""Order types of KRX: what each phase takes, prices that the venue gives, what becomes of them with the phases."""

from itertools import product

import pytest

from hts.model.enums import OrdType, Phase, Side, TimeInForce
from hts.sim.commands import Amend
from tests.support.krx_day import KODEX, NEW, OLD, SAMSUNG, a_krx, at, until
from tests.support.plain_venue import run
from tests.support.venue import amend, cancel, enter

BUY, SELL = Side.BUY, Side.SELL
T, C = OrdType, TimeInForce
DAY, IOC, FOK, AT_CLOSE = C.DAY, C.IOC, C.FOK, C.AT_CLOSE

CALL = {(T.LIMIT, DAY), (T.MARKET, DAY)}
FIXED = {(T.LIMIT, AT_CLOSE), (T.MARKET, AT_CLOSE)}
OFF_HOURS = FIXED | {(T.LIMIT, DAY), (T.MARKET, DAY)}
CONTINUOUS = {
    *((kind, tif) for kind in (T.LIMIT, T.MARKET, T.BEST_COUNTER, T.MIDPOINT) for tif in (DAY, IOC, FOK)),
    (T.LIMIT_OR_CLOSE, DAY), (T.BEST_OWN, DAY), (T.STOP_LIMIT, DAY),
}  # fmt: skip
AFTER = {*((kind, tif) for kind in (T.LIMIT, T.BEST_COUNTER) for tif in (DAY, IOC, FOK)), (T.BEST_OWN, DAY)}
TAKEN = [
    ("07:30:00", None, set()),
    ("08:10:00", None, set()),
    ("08:35:00", None, CALL | {(T.LIMIT_OR_CLOSE, DAY)} | FIXED),
    ("08:45:00", None, CALL | {(T.LIMIT_OR_CLOSE, DAY)}),
    ("10:00:00", None, CONTINUOUS),
    ("15:25:00", None, CALL),
    ("15:35:00", None, OFF_HOURS),
    ("15:45:00", None, OFF_HOURS),
    ("16:30:00", None, AFTER),
    ("20:30:00", None, set()),
    ("16:05:00", OLD, {(T.LIMIT, DAY)}),
    ("18:30:00", OLD, set()),
]


def asked(number, kind, tif, px, **more):
    priced = kind in (T.LIMIT, T.STOP_LIMIT, T.LIMIT_OR_CLOSE) and tif is not AT_CLOSE
    more |= {"stop_px": px} if kind in (T.STOP, T.STOP_LIMIT) else {}
    more |= {"expire_ns": 1 << 62} if tif is C.GTD else {}
    return enter(number, BUY, px if priced else 0, 1, ord_type=kind, time_in_force=tif, **more)


@pytest.mark.parametrize(("time", "day", "taken"), TAKEN, ids=[f"{t}{d or ''}" for t, d, _ in TAKEN])
def test_each_type_and_condition_in_each_phase(time, day, taken):
    symbol = "0126Z0"  # Nextrade does not trade it: the off-hours single price may
    exchange = a_krx("07:00:00" if time < "09" else "10:00:00", day=day or NEW)
    px = exchange.issues[symbol].instrument.base_px
    if time >= "09":
        run(exchange, *(enter(n, side, px, 1, symbol=symbol) for n, side in ((901, SELL), (902, BUY))))
    until(exchange, time)
    if time == "10:00:00":
        run(exchange, enter(903, SELL, px + 5000, 99, symbol=symbol), enter(904, BUY, px - 5000, 99, symbol=symbol))
    found = set()
    for number, (kind, tif) in enumerate(product(OrdType, TimeInForce)):
        told = run(exchange, asked(number, kind, tif, px, symbol=symbol, session=f"M{number // 40}"))
        if told[0][0] == "accepted":
            found.add((kind, tif))
        else:
            assert told[0][2] in ("TYPE_NOT_ALLOWED", "PHASE_CLOSED", "BAD_STOP_PX", "BAD_EXPIRY")
    assert found == taken


BEST = [  # quotes (bid, ask), side, type, price that it takes; the last price is 272,000
    ((271_500, 272_500), BUY, T.BEST_COUNTER, 272_500),
    ((271_500, 272_500), SELL, T.BEST_COUNTER, 271_500),
    ((271_500, 0), BUY, T.BEST_COUNTER, 272_000),  # a step above the best bid
    ((0, 272_500), SELL, T.BEST_COUNTER, 272_000),  # a step below the best ask
    ((0, 272_500), BUY, T.BEST_COUNTER, 272_500),
    ((271_500, 0), SELL, T.BEST_COUNTER, 271_500),
    ((0, 0), BUY, T.BEST_COUNTER, 272_000),
    ((0, 0), SELL, T.BEST_COUNTER, 272_000),
    ((271_500, 272_500), BUY, T.BEST_OWN, 271_500),
    ((271_500, 272_500), SELL, T.BEST_OWN, 272_500),
    ((0, 272_500), BUY, T.BEST_OWN, 272_000),
    ((271_500, 0), SELL, T.BEST_OWN, 272_000),
]


@pytest.mark.parametrize(("quotes", "side", "kind", "px"), BEST)
def test_the_price_of_an_order_at_the_best(quotes, side, kind, px):
    exchange = a_krx()
    if quotes[0]:
        run(exchange, enter(1, BUY, quotes[0], 1))
    if quotes[1]:
        run(exchange, enter(2, SELL, quotes[1], 1))
    events = exchange.apply(enter(3, side, 0, 2, ord_type=kind), exchange.trade_ns)
    assert (events[0].px, events[0].ord_type) == (px, kind)


def test_a_rest_of_an_order_at_the_best_stays_at_that_price():
    exchange = a_krx()
    run(exchange, enter(1, SELL, 272_500, 1), enter(2, SELL, 273_000, 9))
    run(exchange, enter(3, BUY, 0, 5, ord_type=T.BEST_COUNTER))
    assert exchange.depth(SAMSUNG).levels[:4] == (273_000, 272_500, 9, 4)


def test_a_midpoint_order_trades_at_the_floor_of_the_middle_off_the_grid():
    exchange = a_krx()
    run(exchange, enter(1, BUY, 271_500, 1), enter(2, SELL, 272_000, 1), enter(3, BUY, 0, 4, ord_type=T.MIDPOINT))
    assert exchange.depth(SAMSUNG).levels[:4] == (272_000, 271_500, 1, 1)  # it is not shown
    assert run(exchange, enter(4, SELL, 271_500, 3))[1:4] == [
        ("traded", 3, 271_750, 3, 1), ("traded", 4, 271_750, 3, 0), ("print", 271_750, 3, "2"),
    ]  # fmt: skip


def test_midpoint_and_sleeping_stop_orders_end_when_the_closing_call_begins():
    exchange = a_krx("15:19:00")
    run(exchange, enter(1, BUY, 271_500, 1), enter(2, SELL, 272_500, 1), enter(3, BUY, 0, 4, ord_type=T.MIDPOINT))
    run(exchange, enter(4, SELL, 270_000, 1, ord_type=T.STOP_LIMIT, stop_px=270_000))
    assert until(exchange, "15:20:00") == [
        ("expired", 3, "SESSION_END"), ("expired", 4, "SESSION_END"), ("phase", "", "close_call"),
    ]  # fmt: skip


def test_conditional_orders_become_market_orders_by_price_then_time():
    exchange = a_krx("15:19:00")
    limit_or_close = {"ord_type": T.LIMIT_OR_CLOSE}
    prices = ((1, 270_000), (2, 271_000), (3, 270_000), (4, 271_000))
    run(exchange, *(enter(n, BUY, px, 1, **limit_or_close) for n, px in prices))
    assert until(exchange, "15:20:00") == [
        ("restated", 2, "CONVERTED", 1), ("restated", 4, "CONVERTED", 1), ("restated", 1, "CONVERTED", 1),
        ("restated", 3, "CONVERTED", 1), ("phase", "", "close_call"),
    ]  # fmt: skip
    run(exchange, enter(5, SELL, 272_000, 2), enter(6, BUY, 0, 1))
    told = until(exchange, "15:31:00")
    assert [word[1] for word in told if word[0] == "traded"] == [2, 5, 4, 5]


def test_a_conditional_order_at_the_limit_it_can_never_better_is_refused():
    exchange = a_krx()
    told = run(
        exchange,
        enter(1, BUY, 353_500, 1, ord_type=T.LIMIT_OR_CLOSE),
        enter(2, SELL, 190_500, 1, ord_type=T.LIMIT_OR_CLOSE),
        enter(3, BUY, 190_500, 1, ord_type=T.LIMIT_OR_CLOSE),
    )
    assert [word[:3] for word in told] == [
        ("rejected", 1, "TYPE_NOT_ALLOWED"), ("rejected", 2, "TYPE_NOT_ALLOWED"), ("accepted", 3, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(("px", "ok"), [(273_000, True), (273_100, False), (354_000, False), (190_000, False)])
def test_a_stop_price_must_be_on_the_grid_and_within_the_limits(px, ok):
    told = run(a_krx(), enter(1, BUY, 280_000, 1, ord_type=T.STOP_LIMIT, stop_px=px))
    assert told == [("accepted", 1, 1)] if ok else [("rejected", 1, "BAD_STOP_PX")]


def test_a_woken_stop_stands_behind_whoever_stood_there_before_it_woke():
    exchange = a_krx()
    run(exchange, enter(1, BUY, 274_000, 1, ord_type=T.STOP_LIMIT, stop_px=273_000), enter(2, BUY, 272_000, 5))
    run(exchange, enter(3, SELL, 274_000, 9), enter(4, BUY, 272_500, 1), enter(5, SELL, 273_000, 1))
    run(exchange, enter(6, SELL, 280_000, 1))
    told = run(exchange, enter(7, BUY, 273_000, 1))
    assert told[-4:] == [
        ("restated", 1, "TRIGGERED", 1),
        ("traded", 3, 274_000, 1, 8), ("traded", 1, 274_000, 1, 0), ("print", 274_000, 1, "1"),
    ]  # fmt: skip
    quiet = a_krx()
    run(quiet, enter(1, SELL, 273_000, 1, ord_type=T.STOP_LIMIT, stop_px=271_000), enter(2, SELL, 273_000, 1))
    run(quiet, enter(3, BUY, 271_000, 1), enter(4, SELL, 271_000, 1))
    assert [word[1] for word in run(quiet, enter(5, BUY, 273_000, 1)) if word[0] == "traded"] == [2, 5]


def test_a_smaller_quantity_keeps_the_place_a_new_price_or_type_does_not():
    exchange = a_krx()
    run(exchange, enter(1, BUY, 271_500, 5), enter(2, BUY, 271_500, 5), enter(3, BUY, 271_000, 5))
    run(exchange, amend(11, 1, 271_500, 4), amend(13, 3, 271_500, 5))
    retyped = Amend(session="HTS01", cl_ord_id=12, orig_cl_ord_id=2, px=271_500, qty=5, ord_type=T.LIMIT_OR_CLOSE)
    run(exchange, retyped)
    assert [w[1] for w in run(exchange, enter(20, SELL, 271_500, 14)) if w[0] == "traded" and w[1] != 20] == [
        11,
        13,
        12,
    ]
    assert run(exchange, amend(30, 20, 0, 15), cancel(31, 11)) == [
        ("refused", 30, 20, "TOO_LATE", "FILLED"), ("refused", 31, 11, "TOO_LATE", "FILLED"),
    ]  # fmt: skip


def test_a_quantity_cannot_be_raised():
    exchange = a_krx()
    run(exchange, enter(1, BUY, 271_500, 5))
    assert run(exchange, amend(2, 1, 271_500, 6)) == [("refused", 2, 1, "QTY_INCREASE", "NEW")]


def test_the_closing_price_of_the_day_before_trades_beside_the_opening_call():
    exchange = a_krx("08:31:00")
    fixed = {"time_in_force": AT_CLOSE}
    told = run(
        exchange, enter(1, SELL, 0, 5, **fixed), enter(2, BUY, 272_000, 3, **fixed), enter(3, BUY, 272_000, 9),
        enter(4, BUY, 271_500, 1, **fixed),
    )  # fmt: skip
    assert told == [
        ("accepted", 1, 5), ("accepted", 2, 3),
        ("traded", 1, 272_000, 3, 2), ("traded", 2, 272_000, 3, 0), ("print", 272_000, 3, "1"),
        ("accepted", 3, 9), ("rejected", 4, "PRICE_LIMIT"),
    ]  # fmt: skip
    assert until(exchange, "08:40:00") == [("expired", 1, "SESSION_END")]
    assert exchange.depth(SAMSUNG).total_bid_qty == 9


def test_the_closing_price_of_the_day_trades_after_it():
    exchange = a_krx("15:25:00")
    run(exchange, enter(1, SELL, 273_000, 1), enter(2, BUY, 273_000, 1))
    until(exchange, "15:35:00")
    run(exchange, enter(3, BUY, 0, 5), enter(4, BUY, 0, 5), enter(5, SELL, 0, 7))
    told = until(exchange, "15:40:00")
    assert [word[:4] for word in told if word[0] == "traded"] == [
        ("traded", 3, 273_000, 5), ("traded", 5, 273_000, 5), ("traded", 4, 273_000, 2), ("traded", 5, 273_000, 2),
    ]  # fmt: skip
    assert run(exchange, enter(6, SELL, 273_000, 1))[1] == ("traded", 4, 273_000, 1, 2)
    assert until(exchange, "16:00:00") == [("expired", 4, "SESSION_END"), *ended_funds()]


def ended_funds():
    """The after-market begins, funds have none."""
    return [("phase", "", "after_market"), ("phase", KODEX, "closed")]


def test_regular_orders_end_with_the_close():
    exchange = a_krx("15:25:00")
    run(exchange, enter(1, SELL, 280_000, 1))
    assert until(exchange, "15:31:00") == [("expired", 1, "SESSION_END"), ("phase", "", "accept")]


@pytest.mark.parametrize(
    ("bid", "ask", "close"),
    [
        (0, 270_000, 270_000),  # an ask below the base price becomes the close
        (274_000, 0, 274_000),  # a bid above it
        (271_000, 0, 272_000),
        (0, 273_000, 272_000),
        (0, 0, 272_000),
    ],
)
def test_a_day_without_a_trade_closes_at_a_quote_that_betters_the_base_price(bid, ask, close):
    exchange = a_krx("15:25:00")
    if bid:
        run(exchange, enter(1, BUY, bid, 1))
    if ask:
        run(exchange, enter(2, SELL, ask, 1))
    until(exchange, "15:31:00")
    assert exchange.close_px(SAMSUNG) == close


def test_a_day_with_trades_closes_at_the_last_one_whatever_is_quoted():
    exchange = a_krx("15:19:00")
    run(exchange, enter(1, SELL, 273_000, 1), enter(2, BUY, 273_000, 1), enter(3, SELL, 270_000, 1))
    until(exchange, "15:31:00")
    assert exchange.close_px(SAMSUNG) == 273_000
    assert at("15:31:00") == exchange.trade_ns


def test_funds_have_no_after_market():
    exchange = a_krx("16:01:00")
    assert exchange.phase(KODEX) is Phase.CLOSED
    assert run(exchange, enter(1, BUY, 40_000, 1, symbol=KODEX)) == [("rejected", 1, "PHASE_CLOSED")]
