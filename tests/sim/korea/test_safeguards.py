"""Circuit breaker, sidecar, short sales, self-match prevention, caps, halts, and issues that trade by the call."""

import pytest

from hts.model.enums import Phase, Side
from hts.rules.kr_rules import qty_cap
from hts.sim.commands import Halt, KillSwitch
from tests.support.krx_day import ALTEOGEN, KODEX, NEW, OLD, SAMSUNG, a_krx, at, index, until
from tests.support.market_rules import market_rules
from tests.support.plain_venue import run
from tests.support.venue import amend, cancel, enter

BUY, SELL = Side.BUY, Side.SELL
BREAKER = ("announced", "circuit_breaker")


def stage_events(told):
    return [(dict(word[2:])["stage"]) for word in told if word[:2] == BREAKER]


# -- circuit breaker --


@pytest.mark.parametrize(
    ("time", "percent", "fires"),
    [
        ("10:00:00", -8, True),
        ("10:00:00", -7.9, False),
        ("10:00:00", 8, False),
        ("14:49:00", -8, True),
        ("14:49:30", -8, False),  # its minute would end after 14:50
        ("15:00:00", -16, False),  # stages 1 and 2 not after 14:50
    ],
)
def test_a_fall_of_eight_percent_for_a_minute_halts_the_market(time, percent, fires):
    exchange = a_krx(time)
    assert stage_events(run(exchange, index("KOSPI", percent))) == []
    told = until(exchange, time[:3] + f"{int(time[3:5]) + 1:02}" + time[5:])
    assert stage_events(told) == ([1] if fires else [])
    assert (exchange.phase(SAMSUNG) is Phase.HALTED, exchange.phase(ALTEOGEN)) == (
        fires,
        Phase.CONTINUOUS,
    )  # fmt: skip  each market has its own


def test_the_minute_begins_anew_when_the_index_recovers_in_between():
    exchange = a_krx("10:00:00")
    run(exchange, index("KOSPI", -9))
    run(exchange, index("KOSPI", -7), at_ns=at("10:00:59"))
    run(exchange, index("KOSPI", -9), at_ns=at("10:01:30"))
    assert stage_events(until(exchange, "10:02:29")) == []
    assert stage_events(until(exchange, "10:02:30")) == [1]


def test_the_clock_starts_a_minute_after_the_opening():
    exchange = a_krx("09:00:30")
    run(exchange, index("KOSPI", -9))
    assert stage_events(until(exchange, "09:01:59")) == []
    assert stage_events(until(exchange, "09:02:00")) == [1]


def test_a_halted_market_takes_cancels_only_then_a_call_of_ten_minutes():
    exchange = a_krx("10:00:00")
    run(exchange, enter(1, BUY, 271_000, 5), enter(2, SELL, 273_000, 5), index("KOSPI", -9))
    until(exchange, "10:01:00")
    assert run(exchange, enter(3, BUY, 271_000, 1), amend(4, 1, 272_000, 5), cancel(5, 1)) == [
        ("rejected", 3, "CIRCUIT_BREAKER"), ("refused", 4, 1, "HALTED", "NEW"), ("canceled", 5, 1, "BY_TRADER"),
    ]  # fmt: skip
    assert exchange.phase_until_ns(SAMSUNG) == at("10:21:00")
    until(exchange, "10:21:00")
    assert exchange.phase(SAMSUNG) is Phase.RESUME_CALL
    assert run(exchange, enter(6, BUY, 353_500, 5)) == [("accepted", 6, 5)]
    told = until(exchange, "10:32:00")
    assert ("print", 273_000, 5, "") in told
    assert exchange.phase(SAMSUNG) is Phase.CONTINUOUS


def test_the_stages_follow_each_other_and_the_third_closes_the_market_at_any_hour():
    exchange = a_krx("10:00:00")
    run(exchange, enter(1, BUY, 271_000, 5), index("KOSPI", -14.5))
    assert stage_events(until(exchange, "10:02:00")) == [1]
    run(exchange, index("KOSPI", -15.2), at_ns=at("10:40:00"))  # 0.7 % further: not enough
    assert stage_events(until(exchange, "10:45:00")) == []
    run(exchange, index("KOSPI", -15.5))
    assert stage_events(until(exchange, "10:47:00")) == [2]
    run(exchange, index("KOSPI", -20), at_ns=at("15:00:00"))
    told = until(exchange, "15:02:00")
    assert stage_events(told) == [3]
    assert ("expired", 1, "SESSION_END") in told
    assert (exchange.phase(SAMSUNG), exchange.phase(ALTEOGEN)) == (Phase.CLOSED, Phase.CONTINUOUS)
    until(exchange, "16:30:00")
    assert (exchange.phase(SAMSUNG), exchange.phase(ALTEOGEN)) == (Phase.CLOSED, Phase.AFTER_MARKET)


def test_a_resumption_that_meets_the_close_goes_over_into_it():
    exchange = a_krx("14:48:50")
    run(exchange, enter(1, BUY, 271_000, 5), index("KOSPI", -9))
    until(exchange, "14:49:50")
    until(exchange, "15:25:00")
    assert exchange.phase(SAMSUNG) is Phase.CLOSE_CALL


# -- sidecar --


@pytest.mark.parametrize(
    ("figures", "way"),
    [
        ({"KOSPI200F": 5}, "up"),
        ({"KOSPI200F": -5}, "down"),
        ({"KOSPI200F": 4.9}, ""),
        ({"KOSDAQ150F": 6, "KOSDAQ150": 3}, "up"),
        ({"KOSDAQ150F": 6, "KOSDAQ150": 2.9}, ""),
        ({"KOSDAQ150F": 6}, ""),
        ({"KOSDAQ150F": -6, "KOSDAQ150": -3}, "down"),
    ],
)
def test_a_minute_of_the_leading_future_sets_the_sidecar_off(figures, way):
    exchange = a_krx("10:00:00")
    run(exchange, *(index(name, percent) for name, percent in figures.items()))
    told = until(exchange, "10:01:00")
    found = [dict(word[2:])["way"] for word in told if word[:2] == ("announced", "sidecar")]
    assert found == {"up": [1], "down": [-1], "": []}[way]


def test_program_orders_of_the_driving_side_rest_for_five_minutes():
    exchange = a_krx("10:00:00")
    run(exchange, enter(1, BUY, 271_000, 5, is_program=True), enter(2, BUY, 271_000, 3), index("KOSPI200F", 5.5))
    until(exchange, "10:01:00")
    run(exchange, enter(3, BUY, 272_000, 4, is_program=True), enter(4, SELL, 273_000, 2, is_program=True))
    assert exchange.depth(SAMSUNG).levels[:4] == (273_000, 271_000, 2, 3)
    assert [w[1] for w in run(exchange, enter(5, SELL, 271_000, 4)) if w[0] == "traded"] == [2, 5]
    told = until(exchange, "10:06:00")
    assert [word[1] for word in told if word[0] == "traded"] == [5, 1]  # the first to come back
    assert exchange.depth(SAMSUNG).levels[:4] == (273_000, 272_000, 2, 4)
    run(exchange, index("KOSPI200F", 7))
    assert until(exchange, "10:20:00") == []  # once a day


@pytest.mark.parametrize(
    ("time", "fires"), [("09:03:00", False), ("09:04:00", True), ("14:49:00", True), ("14:49:30", False)]
)
def test_the_sidecar_has_its_hours(time, fires):
    exchange = a_krx(time)
    run(exchange, index("KOSPI200F", 6))
    told = until(exchange, time[:3] + f"{int(time[3:5]) + 1:02}" + time[5:])
    assert any(word[:2] == ("announced", "sidecar") for word in told) == fires


# -- short sales --


def short(number, px, **more):
    return enter(number, SELL, px, 1, is_short=True, **more)


def trade(exchange, number, px):
    run(exchange, enter(number, SELL, px, 1), enter(number + 1, BUY, px, 1))


def test_before_any_other_price_has_traded_a_short_sale_must_be_above_the_last():
    exchange = a_krx()
    assert run(exchange, short(1, 272_000), short(2, 272_500)) == [
        ("rejected", 1, "SHORT_SALE_PRICE"), ("accepted", 2, 1),
    ]  # fmt: skip
    run(exchange, cancel(3, 2))
    trade(exchange, 10, 272_000)  # the opening price equals the base price
    assert run(exchange, short(4, 272_000))[0][0] == "rejected"


@pytest.mark.parametrize(
    ("prices", "px", "ok"),
    [
        ((272_500,), 272_500, True),  # the last price is an uptick
        ((272_500,), 272_000, False),
        ((271_500,), 271_500, False),  # a downtick
        ((271_500,), 272_000, True),  # above the last price is free
        ((271_500, 272_000, 272_000), 272_000, True),  # the same price keeps the uptick
        ((272_500, 272_000, 272_000), 272_000, False),
    ],
)
def test_at_the_last_price_only_after_an_uptick(prices, px, ok):
    exchange = a_krx()
    for place, traded_px in enumerate(prices):
        trade(exchange, 10 + 2 * place, traded_px)
    told = run(exchange, short(1, px))
    assert told[0][0] == ("accepted" if ok else "rejected")


def test_short_sales_at_the_market_of_banned_issues_and_of_funds():
    exchange = a_krx(designated=((ALTEOGEN, "short_ban"),))
    fund = exchange.issues[KODEX].instrument.base_px
    told = run(
        exchange,
        short(1, 0),
        short(2, exchange.issues[ALTEOGEN].instrument.upper_px, symbol=ALTEOGEN),
        short(3, fund - 100, symbol=KODEX),
        short(4, 271_000, client_type="L"),
    )
    assert told == [
        ("rejected", 1, "SHORT_SALE_PRICE"), ("rejected", 2, "SHORT_SALE_BANNED"), ("accepted", 3, 1),
        ("accepted", 4, 1),
    ]  # fmt: skip


def test_a_short_sale_cannot_be_moved_where_it_could_not_have_been_entered():
    exchange = a_krx()
    run(exchange, short(1, 273_000))
    assert run(exchange, amend(2, 1, 272_000, 1), amend(3, 1, 272_500, 1)) == [
        ("refused", 2, 1, "SHORT_SALE_PRICE", "NEW"), ("amended", 3, 1, 272_500, 1),
    ]  # fmt: skip


# -- self-match prevention --


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        (0, [("traded", 1, 272_000, 3, 2), ("traded", 2, 272_000, 3, 0), ("print", 272_000, 3, "1")]),
        (1, [("canceled", 1, 0, "SELF_MATCH")]),
        (2, [("canceled", 2, 0, "SELF_MATCH")]),
        (3, [("restated", 1, "SELF_MATCH", 2), ("canceled", 2, 0, "SELF_MATCH")]),
    ],
)
def test_two_orders_of_one_account_group_do_not_trade(mode, told):
    exchange = a_krx()
    run(exchange, enter(1, SELL, 272_000, 5, smp_id="H1", smp_mode=3))
    assert run(exchange, enter(2, BUY, 272_000, 3, smp_id="H1", smp_mode=mode))[1:] == told


def test_the_later_orders_mode_counts_and_others_trade():
    exchange = a_krx()
    run(exchange, enter(1, SELL, 272_000, 5, smp_id="H1", smp_mode=2), enter(2, SELL, 272_500, 5, smp_id="H2"))
    told = run(exchange, enter(3, BUY, 272_500, 3, smp_id="H1", smp_mode=1))
    assert told[1:3] == [("canceled", 1, 0, "SELF_MATCH"), ("traded", 2, 272_500, 3, 2)]


def test_self_match_prevention_comes_before_an_interruption():
    exchange = a_krx()
    run(exchange, enter(1, SELL, 285_000, 5, smp_id="H1"))
    assert run(exchange, enter(2, BUY, 285_000, 3, smp_id="H1", smp_mode=2))[1:] == [("canceled", 2, 0, "SELF_MATCH")]
    assert exchange.phase(SAMSUNG) is Phase.CONTINUOUS


# -- caps, halts, kill switch --


@pytest.mark.parametrize(
    ("base_px", "shares", "cap"),
    [
        (100_000, 200_000_000, 1_000_000),  # 20 trillion: 100 billion won / base price
        (100_000, 100_000_000, 1_000_000),  # 10 trillion exactly
        (10_000, 999_999_999, 9_999_999),  # below it: 1 % of the shares
        (1000, 99_999_999, 1_000_000),  # below 100 billion: a billion won / base price
        (1000, 10_000_000, 500_000),  # below 20 billion: 5 % of the shares
        (1000, 0, 0),  # number of shares unknown: no cap
    ],
)
def test_the_largest_order_goes_by_the_value_of_the_company(base_px, shares, cap):
    issue = market_rules().instruments(NEW)[0]
    fields = {name: getattr(issue, name) for name in issue.__struct_fields__}
    changed = type(issue)(**fields | {"base_px": base_px, "listed_shares": shares})
    assert qty_cap(market_rules().kr_rules, changed, NEW) == cap


def test_an_order_above_the_cap_is_refused():
    exchange = a_krx()
    cap = exchange.issues[SAMSUNG].rules.day.qty_cap
    assert cap == 100_000_000_000 // 272_000
    assert run(exchange, enter(1, BUY, 272_000, cap), enter(2, BUY, 272_000, cap + 1)) == [
        ("accepted", 1, cap), ("rejected", 2, "QTY_CAP"),
    ]  # fmt: skip


def halt(on, symbol=SAMSUNG):
    return Halt(session="VENUE", symbol=symbol, on=on)


def test_a_halted_issue_stays_so_through_the_market_and_resumes_by_a_call():
    exchange = a_krx("10:00:00")
    run(exchange, enter(1, BUY, 271_000, 5))
    assert run(exchange, halt(True)) == [("phase", SAMSUNG, "halted")]
    assert run(exchange, enter(2, BUY, 271_000, 1), enter(3, BUY, 40_000, 1, symbol=KODEX))[0] == (
        "rejected",
        2,
        "HALTED",
    )
    assert run(exchange, halt(False), at_ns=at("11:00:00")) == [("phase", SAMSUNG, "resume_call")]
    run(exchange, enter(4, SELL, 271_000, 2))
    told = until(exchange, "11:30:30")
    assert told[-2:] == [("print", 271_000, 2, ""), ("phase", SAMSUNG, "continuous")]


def test_an_issue_halted_before_the_opening_misses_it():
    exchange = a_krx("08:50:00")
    run(exchange, halt(True))
    until(exchange, "09:01:00")
    assert (exchange.phase(), exchange.phase(SAMSUNG)) == (Phase.CONTINUOUS, Phase.HALTED)


def test_the_kill_switch_takes_an_issue_a_side_or_an_account_group():
    exchange = a_krx()
    run(exchange, enter(1, BUY, 271_000, 1), enter(2, SELL, 273_000, 1, smp_id="H1"))
    scopes = ({"side": BUY}, {"smp_id": "H1"}, {"symbol": SAMSUNG})
    told = [run(exchange, KillSwitch(session="HTS01", on=True, **scope)) for scope in scopes]
    assert [[word for word in words if word[0] == "canceled"] for words in told] == [
        [("canceled", 1, 0, "KILL_SWITCH")], [("canceled", 2, 0, "KILL_SWITCH")], [],
    ]  # fmt: skip
    assert run(exchange, enter(3, SELL, 273_000, 1)) == [("rejected", 3, "KILL_SWITCH")]
    for scope in scopes:
        run(exchange, KillSwitch(session="HTS01", on=False, **scope))
    assert run(exchange, enter(4, BUY, 271_000, 1)) == [("accepted", 4, 1)]


# -- issues that trade by the call --


@pytest.mark.parametrize("kind", ["liquidation", "overheat"])
def test_a_designated_issue_trades_by_a_call_every_thirty_minutes(kind):
    exchange = a_krx("08:50:00", designated=((SAMSUNG, kind),))
    assert until(exchange, "09:01:00")[-1] == ("phase", SAMSUNG, "single_price")
    assert exchange.phase_until_ns(SAMSUNG) == at("09:30:00")
    run(exchange, enter(1, SELL, 272_000, 1), enter(2, BUY, 272_000, 1))
    prints = [e for e in exchange.advance(at("15:40:00")) if hasattr(e, "trade") and e.trade.symbol == SAMSUNG]
    assert len(prints) == 1
    assert at("09:30:00") <= prints[0].trade.trade_ns <= at("09:30:30")
    assert run(exchange, enter(3, BUY, 0, 1))[0][0] == "accepted"  # at the closing price again


def test_the_last_unit_goes_over_into_the_closing_call():
    exchange = a_krx("15:10:00", designated=((SAMSUNG, "overheat"),))
    assert exchange.phase(SAMSUNG) is Phase.SINGLE_PRICE
    run(exchange, enter(1, SELL, 272_000, 1), enter(2, BUY, 272_000, 1))
    assert until(exchange, "15:20:00") == [("phase", "", "close_call")]
    assert ("print", 272_000, 1, "") in until(exchange, "15:31:00")


def test_a_liquidation_has_no_price_limits_and_only_limit_orders():
    exchange = a_krx("09:10:00", designated=((SAMSUNG, "liquidation"),))
    told = run(
        exchange, enter(1, SELL, 1, 1), enter(2, BUY, 2_000_000, 1), enter(3, BUY, 0, 1), enter(4, BUY, 272_100, 1)
    )
    assert [word[0] for word in told] == ["accepted", "accepted", "rejected", "rejected"]
    assert [word[2] for word in told[2:]] == ["TYPE_NOT_ALLOWED", "BAD_TICK"]


def test_the_off_hours_single_price_is_ten_percent_around_the_close_every_ten_minutes():
    symbol = "0126Z0"
    exchange = a_krx("10:00:00", day=OLD)
    issue = exchange.issues[symbol]
    px = issue.instrument.base_px
    run(exchange, enter(1, SELL, px, 1, symbol=symbol), enter(2, BUY, px, 1, symbol=symbol))
    until(exchange, "16:01:00")
    low, high = issue.rules.limits(issue)
    assert (issue.instrument.ticks.is_valid(low), issue.instrument.ticks.is_valid(high)) == (True, True)
    assert px * 9 // 10 <= low < high <= px * 11 // 10
    up = issue.instrument.ticks.up
    assert run(exchange, enter(3, BUY, up(high), 1, symbol=symbol)) == [("rejected", 3, "PRICE_LIMIT")]
    run(exchange, enter(4, SELL, px, 2, symbol=symbol), enter(5, BUY, px, 1, symbol=symbol))
    prints = [e.trade for e in exchange.advance(at("16:10:30", OLD)) if hasattr(e, "trade")]
    assert [(trade.symbol, trade.px, trade.qty) for trade in prints] == [(symbol, px, 1)]
    run(exchange, enter(6, BUY, px, 1, symbol=symbol))
    assert len([e for e in exchange.advance(at("16:20:30", OLD)) if hasattr(e, "trade")]) == 1
    assert exchange.phase(SAMSUNG) is Phase.CLOSED  # Nextrade trades it
    assert exchange.close_px(symbol) == px


def test_a_single_price_three_percent_away_is_made_longer():
    symbol = "0126Z0"
    exchange = a_krx("10:00:00", day=OLD)
    issue = exchange.issues[symbol]
    px = issue.instrument.base_px
    run(exchange, enter(1, SELL, px, 1, symbol=symbol), enter(2, BUY, px, 1, symbol=symbol))
    until(exchange, "16:01:00")
    far = issue.instrument.ticks.ceil(px * 107 // 100)
    run(exchange, enter(3, SELL, far, 1, symbol=symbol), enter(4, BUY, far, 1, symbol=symbol))
    assert [e.what for e in exchange.advance(at("16:10:30", OLD)) if hasattr(e, "what")] == ["vi"]
    prints = [e.trade.trade_ns for e in exchange.advance(at("16:14:00", OLD)) if hasattr(e, "trade")]
    assert len(prints) == 1
    assert at("16:12:00", OLD) <= prints[0] <= at("16:13:00", OLD)
