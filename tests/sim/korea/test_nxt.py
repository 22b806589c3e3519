"""Nextrade: its sessions and types, and what it takes over from KRX."""

from itertools import product

import pytest

from hts.model.enums import OrdType, Phase, Side, TimeInForce
from hts.sim.commands import Halt, ReferencePx
from hts.sim.exchange import Exchange
from hts.sim.korea import KrxLink, nxt_profile
from tests.support.krx_day import NEW, OLD, SAMSUNG, a_krx, at, index, rules_with, until
from tests.support.plain_venue import run, words
from tests.support.venue import SEED, cancel, enter

BUY, SELL = Side.BUY, Side.SELL
T, C = OrdType, TimeInForce
DAY, IOC, FOK, GTX, AT_CLOSE = C.DAY, C.IOC, C.FOK, C.GTX, C.AT_CLOSE


def an_nxt(time="09:01:00", *, day=NEW, volumes=None, designated=()):
    rules = rules_with(*designated)
    exchange = Exchange(nxt_profile(rules, day, volumes), rules.at("NXT").instruments(day), day, SEED)
    exchange.advance(at(time, day))
    return exchange


def both(time, *, day=NEW):
    """KRX and Nextrade, linked; `step(command or None, time)` moves both."""
    krx, nxt = a_krx("07:00:00", day=day), an_nxt("07:00:00", day=day)
    link = KrxLink(krx, has_own_vi=day == NEW)

    def step(*commands, upto="", on=krx):
        now = at(upto, day) if upto else max(krx.trade_ns, nxt.trade_ns)
        told = []
        while True:  # in the order of venue time, KRX first
            dues = [due for venue in (krx, nxt) if (due := venue.next_timer_ns()) is not None and due <= now]
            if not dues:
                break
            told += pass_on(krx.advance(min(dues)))
            told += nxt.advance(min(dues))
        for command in commands:
            events = on.apply(command, now)
            told += pass_on(events) if on is krx else events
        krx.advance(now), nxt.advance(now)
        return words(told)

    def pass_on(events):
        passed = []
        for command in link.commands(events):
            passed += nxt.apply(command, krx.trade_ns)
        return passed

    step(upto=time)
    return krx, nxt, step


MAIN = {
    *((kind, tif) for kind in (T.LIMIT, T.BEST_COUNTER, T.MIDPOINT) for tif in (DAY, IOC, FOK)),
    (T.MARKET, IOC), (T.MARKET, FOK), (T.BEST_OWN, DAY), (T.STOP_LIMIT, DAY),
}  # fmt: skip
OTHER = {*((kind, tif) for kind in (T.LIMIT, T.BEST_COUNTER) for tif in (DAY, IOC, FOK)), (T.BEST_OWN, DAY)}
FIXED = {(T.LIMIT, AT_CLOSE), (T.MARKET, AT_CLOSE)}


@pytest.mark.parametrize(
    ("time", "day", "taken"),
    [
        ("07:59:00", NEW, set()),
        ("08:10:00", NEW, OTHER | {(kind, GTX) for kind in (T.LIMIT, T.BEST_COUNTER, T.BEST_OWN)}),
        ("08:10:00", OLD, OTHER),
        ("08:55:00", NEW, set()),
        ("09:10:00", NEW, MAIN),
        ("15:05:00", NEW, MAIN | FIXED),
        ("15:25:00", NEW, FIXED),
        ("15:35:00", NEW, {(T.LIMIT, DAY)} | FIXED),
        ("15:45:00", NEW, OTHER | FIXED),
        ("16:10:00", NEW, OTHER),
        ("20:00:00", NEW, set()),
    ],
)
def test_each_type_and_condition_in_each_phase(time, day, taken):
    exchange = an_nxt(time, day=day)
    found = set()
    for number, (kind, tif) in enumerate(product(OrdType, TimeInForce)):
        priced = kind in (T.LIMIT, T.STOP_LIMIT, T.LIMIT_OR_CLOSE) and tif is not AT_CLOSE
        more = {"stop_px": 272_000} if kind in (T.STOP, T.STOP_LIMIT) else {}
        more |= {"expire_ns": 1 << 62} if tif is C.GTD else {}
        px = 272_000 if priced else 0
        command = enter(number, BUY, px, 1, ord_type=kind, time_in_force=tif, session=f"M{number // 40}", **more)
        if run(exchange, command)[0][0] == "accepted":
            found.add((kind, tif))
    assert found == taken


def test_an_order_lives_from_the_pre_market_to_the_after_market_unless_it_is_for_its_session():
    exchange = an_nxt("08:10:00")
    run(exchange, enter(1, BUY, 271_000, 1), enter(2, BUY, 271_000, 1, time_in_force=GTX))
    assert until(exchange, "08:50:00") == [("expired", 2, "SESSION_END"), ("phase", "", "pause")]
    assert run(exchange, enter(3, SELL, 271_000, 1)) == [("rejected", 3, "PHASE_CLOSED")]
    until(exchange, "16:30:00")
    assert [w[1] for w in run(exchange, enter(4, SELL, 271_000, 1)) if w[0] == "traded"] == [1, 4]


def test_the_main_market_waits_for_krx_to_have_opened():
    exchange = an_nxt("09:00:29")
    assert exchange.phase() is Phase.PAUSE
    assert until(exchange, "09:00:30") == [("phase", "", "continuous")]


def test_midpoint_and_stop_orders_end_with_the_main_market():
    exchange = an_nxt()
    run(exchange, enter(1, BUY, 271_000, 1), enter(2, BUY, 0, 1, ord_type=T.MIDPOINT))
    run(exchange, enter(3, SELL, 270_000, 1, ord_type=T.STOP_LIMIT, stop_px=270_000))
    assert [w for w in until(exchange, "15:20:00") if w[0] == "expired"] == [
        ("expired", 2, "SESSION_END"), ("expired", 3, "SESSION_END"),
    ]  # fmt: skip


def test_the_after_market_opens_by_a_call():
    exchange = an_nxt("15:35:00")
    run(exchange, enter(1, SELL, 271_000, 3), enter(2, BUY, 273_000, 3))
    assert exchange.expected(SAMSUNG) == (272_000, 3)
    assert until(exchange, "15:40:00")[-2:] == [("print", 272_000, 3, ""), ("phase", "", "after_market")]


def test_krxs_close_trades_as_soon_as_it_is_known():
    exchange = an_nxt("15:05:00")
    fixed = {"time_in_force": AT_CLOSE}
    run(exchange, enter(1, BUY, 0, 5, **fixed), enter(2, SELL, 0, 3, **fixed))
    assert until(exchange, "15:30:05") == [("phase", "", "pause"), ("phase", "", "open_call")]
    told = ReferencePx(session="VENUE", symbol=SAMSUNG, kind="close", px=273_500)
    assert run(exchange, told) == [
        ("traded", 1, 273_500, 3, 2), ("traded", 2, 273_500, 3, 0), ("print", 273_500, 3, "2"),
    ]  # fmt: skip
    assert run(exchange, enter(3, SELL, 273_500, 2, **fixed))[1] == ("traded", 1, 273_500, 2, 0)
    assert run(exchange, enter(4, SELL, 273_000, 2, **fixed)) == [("rejected", 4, "PRICE_LIMIT")]
    assert exchange.close_px(SAMSUNG) == 273_500


def test_short_sales_are_for_the_main_market():
    for time, told in (("08:10:00", "rejected"), ("10:00:00", "accepted"), ("16:10:00", "rejected")):
        assert run(an_nxt(time), enter(1, SELL, 280_000, 1, is_short=True))[0][0] == told


def test_an_issue_stops_when_it_has_traded_its_share_of_krxs_volume():
    exchange = an_nxt(volumes={SAMSUNG: 10})
    run(exchange, enter(1, SELL, 272_000, 10), enter(2, BUY, 272_000, 10))
    assert run(exchange, enter(3, BUY, 272_000, 1)) == [("rejected", 3, "VOLUME_CAP")]


def test_only_the_days_list_is_traded():
    exchange = an_nxt(designated=(("000660", "nxt_out"), ("196170", "overheat")))
    assert not {"000660", "196170", "069500", "0126Z0"} & set(exchange.issues)
    assert SAMSUNG in exchange.issues
    assert run(exchange, enter(1, BUY, 100_000, 1, symbol="000660")) == [("rejected", 1, "UNKNOWN_SYMBOL")]


def test_the_venue_has_interruptions_of_its_own_since_it_has_calls():
    assert an_nxt(day=OLD).issues[SAMSUNG].rules.day.vi is None
    exchange = an_nxt()
    run(exchange, enter(1, SELL, 285_000, 5), enter(2, BUY, 285_000, 3))
    assert exchange.phase(SAMSUNG) is Phase.VI_CALL
    assert until(exchange, "09:03:00")[-2:] == [("print", 285_000, 3, ""), ("phase", SAMSUNG, "continuous")]


def test_krx_halts_stop_an_issue_here_and_its_resumption_is_a_call_of_half_a_minute():
    _, nxt, step = both("10:00:00")
    step(enter(1, BUY, 271_000, 5), on=nxt)
    assert step(Halt(session="VENUE", symbol=SAMSUNG, on=True))[-1] == ("phase", SAMSUNG, "halted")
    assert step(enter(2, BUY, 271_000, 5), on=nxt) == [("rejected", 2, "CIRCUIT_BREAKER")]
    assert step(cancel(3, 1), on=nxt) == [("canceled", 3, 1, "BY_TRADER")]
    step(Halt(session="VENUE", symbol=SAMSUNG, on=False), upto="10:30:00")
    assert nxt.phase(SAMSUNG) is Phase.HALTED  # KRX holds its call first
    step(upto="11:01:00")
    assert nxt.phase(SAMSUNG) in (Phase.RESUME_CALL, Phase.CONTINUOUS)
    step(upto="11:01:31")
    assert nxt.phase(SAMSUNG) is Phase.CONTINUOUS


def test_krxs_circuit_breaker_holds_here_at_once_and_until_krx_has_reopened():
    krx, nxt, step = both("10:00:00")
    step(index("KOSPI", -9))
    step(upto="10:00:59")
    assert nxt.phase(SAMSUNG) is Phase.CONTINUOUS
    step(upto="10:01:00")
    assert (krx.phase(SAMSUNG), nxt.phase(SAMSUNG), nxt.phase("247540")) == (
        Phase.HALTED, Phase.HALTED, Phase.CONTINUOUS,
    )  # fmt: skip
    step(upto="10:30:59")
    assert nxt.phase(SAMSUNG) is Phase.HALTED
    step(upto="10:32:01")
    assert nxt.phase(SAMSUNG) is Phase.CONTINUOUS


@pytest.mark.parametrize(("day", "stops"), [(OLD, True), (NEW, False)])
def test_krxs_interruptions_stop_the_venue_only_before_it_had_its_own(day, stops):
    krx, nxt, step = both("10:00:00", day=day)
    step(enter(1, SELL, 285_000, 5))
    step(enter(2, BUY, 285_000, 3))
    assert krx.phase(SAMSUNG) is Phase.VI_CALL
    assert nxt.phase(SAMSUNG) is (Phase.HALTED if stops else Phase.CONTINUOUS)
    step(upto="10:03:00")
    assert nxt.phase(SAMSUNG) is Phase.CONTINUOUS


def test_the_days_course_is_linked_to_krxs_close():
    krx, nxt, step = both("15:05:00")
    step(enter(1, SELL, 273_000, 1))
    step(enter(2, BUY, 273_000, 1))
    step(enter(3, BUY, 0, 5, time_in_force=AT_CLOSE), enter(4, SELL, 0, 5, time_in_force=AT_CLOSE), on=nxt)
    told = step(upto="15:31:00")
    assert ("print", 273_000, 5, "2") in told
    assert nxt.close_px(SAMSUNG) == krx.close_px(SAMSUNG) == 273_000


def test_program_orders_rest_here_too_while_the_sidecar_holds():
    exchange = an_nxt("10:00:00")
    run(exchange, enter(1, BUY, 271_000, 5, is_program=True), index("KOSPI200F", 5.5))
    until(exchange, "10:01:00")
    assert exchange.depth(SAMSUNG).total_bid_qty == 0
    until(exchange, "10:06:00")
    assert exchange.depth(SAMSUNG).total_bid_qty == 5


def test_the_venue_names_itself_in_what_it_tells():
    exchange = an_nxt()
    assert exchange.depth(SAMSUNG).venue == "NXT"
