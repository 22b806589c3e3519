"""Volatility interruptions. Samsung is in the KOSPI 200 group (3 %, 2 % at the close), its base price 272,000."""

import pytest

from hts.model.enums import OrdType, Phase, Side, TimeInForce
from hts.model.instruments import Instrument
from hts.rules.kr_rules import issue_day
from hts.sim.korea.interruption import band
from tests.support.krx_day import ALTEOGEN, KODEX, NEW, NS, SAMSUNG, a_krx, at, until
from tests.support.market_rules import market_rules
from tests.support.plain_venue import run
from tests.support.venue import cancel, enter

BUY, SELL = Side.BUY, Side.SELL
IOC, FOK = TimeInForce.IOC, TimeInForce.FOK


def base_of(symbol: str) -> Instrument:
    return next(i for i in market_rules().instruments(NEW) if i.symbol == symbol)


@pytest.mark.parametrize(
    ("px", "interrupts"),
    [
        (280_000, False),
        (280_500, True),
        (264_000, False),
        (263_500, True),
    ],  # 272,000 x 1.03 = 280,160, x 0.97 = 263,840
)
def test_a_provisional_price_three_percent_away_interrupts_before_it_prints(px, interrupts):
    exchange = a_krx()
    side, other = (BUY, SELL) if px > 272_000 else (SELL, BUY)
    run(exchange, enter(1, other, px, 5))
    told = run(exchange, enter(2, side, px, 3))
    assert (exchange.phase(SAMSUNG) is Phase.VI_CALL) == interrupts
    assert (("traded", 1, px, 3, 2) in told) != interrupts


@pytest.mark.parametrize(
    ("symbol", "ratio"), [(SAMSUNG, "0.03"), (ALTEOGEN, "0.06"), (KODEX, "0.03"), ("0126Z0", "0.06")]
)
def test_each_group_has_its_own_ratio(symbol, ratio):
    day = issue_day(market_rules().kr_rules, base_of(symbol), NEW)
    assert float(day.vi.dynamic[Phase.CONTINUOUS]) == float(ratio)
    assert float(day.vi.dynamic[Phase.CLOSE_CALL]) == {"0.03": 0.02, "0.06": 0.04}[ratio]
    assert float(day.vi.static) == 0.1


def test_trades_up_to_the_band_print_and_the_rest_waits_in_the_call():
    exchange = a_krx()
    run(exchange, enter(1, SELL, 273_000, 5), enter(2, SELL, 280_500, 5))
    assert run(exchange, enter(3, BUY, 281_000, 8)) == [
        ("accepted", 3, 8),
        ("traded", 1, 273_000, 5, 0), ("traded", 3, 273_000, 5, 3), ("print", 273_000, 5, "1"),
        # measured from the 272,000 before the order: its own trade at 273,000 does not move the band
        ("announced", "vi", ("kind", 1), ("px", 280_500), ("last_px", 273_000), ("static_px", 272_000)),
        ("phase", SAMSUNG, "vi_call"),
    ]  # fmt: skip
    assert exchange.phase_until_ns(SAMSUNG) == exchange.trade_ns + 120 * NS
    assert exchange.expected(SAMSUNG) == (280_500, 3)


def test_the_call_ends_within_half_a_minute_after_two_and_its_price_is_the_new_reference():
    exchange = a_krx()
    run(exchange, enter(1, SELL, 290_000, 5), enter(2, BUY, 290_000, 3))
    assert exchange.phase(SAMSUNG) is Phase.VI_CALL
    assert until(exchange, "09:02:59") == []
    told = until(exchange, "09:03:30")
    assert told[-2:] == [("print", 290_000, 3, ""), ("phase", SAMSUNG, "continuous")]
    assert band(exchange.issues[SAMSUNG], exchange.issues[SAMSUNG].rules.day.vi) == (281_301, 298_699)
    assert exchange.issues[SAMSUNG].rules.marks["static_px"] == 290_000


def test_the_price_of_the_interruption_itself_interrupts_no_more():
    exchange = a_krx()
    run(exchange, enter(1, SELL, 280_500, 5), enter(2, BUY, 280_500, 3))
    run(exchange, cancel(3, 1), enter(4, SELL, 330_000, 9), enter(5, BUY, 330_000, 9))
    told = until(exchange, "09:03:30")
    assert ("print", 330_000, 9, "") in told
    assert exchange.phase(SAMSUNG) is Phase.CONTINUOUS


def test_the_static_band_counts_from_the_last_call():
    exchange = a_krx()
    px = 272_000
    number = 0
    while exchange.phase(SAMSUNG) is Phase.CONTINUOUS:  # small steps: never dynamic
        px += 2000
        number += 2
        told = run(exchange, enter(number, SELL, px, 1), enter(number + 1, BUY, px, 1))
    assert px == 300_000  # 272,000 x 1.1 = 299,200
    assert told[2] == ("announced", "vi", ("kind", 2), ("px", 300_000), ("last_px", 298_000), ("static_px", 272_000))


@pytest.mark.parametrize(
    ("tif", "words"), [(IOC, [("canceled", 2, 0, "NO_LIQUIDITY")]), (FOK, [("canceled", 2, 0, "NO_LIQUIDITY")])]
)
def test_an_order_for_at_once_interrupts_and_is_gone(tif, words):
    exchange = a_krx()
    run(exchange, enter(1, SELL, 285_000, 5))
    told = run(exchange, enter(2, BUY, 285_000, 5, time_in_force=tif))
    assert told[-1:] == words
    assert exchange.phase(SAMSUNG) is Phase.VI_CALL
    assert exchange.expected(SAMSUNG) is None


def test_a_fill_or_kill_order_that_cannot_be_filled_at_all_interrupts_nothing():
    exchange = a_krx()
    run(exchange, enter(1, SELL, 285_000, 5), enter(2, BUY, 285_000, 6, time_in_force=FOK))
    assert exchange.phase(SAMSUNG) is Phase.CONTINUOUS


def test_a_market_order_interrupts_like_any_other():
    exchange = a_krx()
    run(exchange, enter(1, SELL, 285_000, 5), enter(2, BUY, 0, 5))
    assert exchange.phase(SAMSUNG) is Phase.VI_CALL


def test_an_interruption_near_the_end_goes_over_into_the_closing_call():
    exchange = a_krx("15:19:00")
    run(exchange, enter(1, SELL, 285_000, 5), enter(2, BUY, 285_000, 3))
    told = until(exchange, "15:29:59")
    assert told == [("phase", "", "close_call")]
    assert exchange.expected(SAMSUNG) == (285_000, 3)


@pytest.mark.parametrize(
    ("start", "px", "first", "last", "extended"),
    [
        ("08:50:00", 299_000, "09:00:00", "09:00:30", False),  # below 10 %; the opening knows no dynamic one
        ("08:50:00", 299_500, "09:02:00", "09:03:00", True),
        ("08:50:00", 245_000, "09:00:00", "09:00:30", False),
        ("08:50:00", 244_500, "09:02:00", "09:03:00", True),
        ("15:25:00", 277_000, "15:30:00", "15:30:30", False),  # 2 % at the close: 277,440
        ("15:25:00", 277_500, "15:32:00", "15:33:00", True),
        ("15:25:00", 266_500, "15:32:00", "15:33:00", True),
        ("15:25:00", 267_000, "15:30:00", "15:30:30", False),
    ],
)
def test_a_call_that_prices_too_far_goes_on_for_two_minutes(start, px, first, last, extended):
    exchange = a_krx(start)
    run(exchange, enter(1, SELL, px, 5), enter(2, BUY, px, 5))
    events = exchange.advance(at("15:50:00"))
    prints = [event.trade for event in events if hasattr(event, "trade") and event.trade.symbol == SAMSUNG]
    assert [trade.px for trade in prints] == [px]
    assert at(first) <= prints[0].trade_ns <= at(last)
    assert any(getattr(event, "what", "") == "vi" for event in events) == extended


def test_a_call_is_made_longer_once_whatever_it_prices_then():
    exchange = a_krx("08:50:00")
    run(exchange, enter(1, SELL, 300_000, 5), enter(2, BUY, 300_000, 5))
    exchange.advance(at("09:01:00"))
    assert (exchange.phase(), exchange.phase(SAMSUNG)) == (Phase.CONTINUOUS, Phase.OPEN_CALL)
    run(exchange, cancel(3, 1), cancel(4, 2), enter(5, SELL, 350_000, 1), enter(6, BUY, 350_000, 1))
    assert ("print", 350_000, 1, "") in until(exchange, "09:03:00")
    assert exchange.phase(SAMSUNG) is Phase.CONTINUOUS


def test_an_interruption_takes_no_orders_for_at_once_and_no_pegs():
    exchange = a_krx()
    run(exchange, enter(1, SELL, 285_000, 5), enter(2, BUY, 285_000, 3))
    told = run(
        exchange,
        enter(3, BUY, 285_000, 1, time_in_force=IOC),
        enter(4, BUY, 0, 1, ord_type=OrdType.MIDPOINT),
        enter(5, BUY, 0, 1, ord_type=OrdType.BEST_COUNTER),
        enter(6, BUY, 285_000, 1),
    )
    assert told == [
        ("rejected", 3, "TYPE_NOT_ALLOWED"), ("rejected", 4, "TYPE_NOT_ALLOWED"), ("rejected", 5, "TYPE_NOT_ALLOWED"),
        ("accepted", 6, 1),
    ]  # fmt: skip


def test_liquidations_and_overheated_issues_and_first_days_are_not_interrupted():
    for kind in ("liquidation", "overheat", "ipo"):
        exchange = a_krx(designated=(("028300", kind),))
        assert exchange.issues["028300"].rules.day.vi is None
        assert exchange.issues["028300"].rules.has_band is False


def test_below_a_thousand_won_three_ticks_never_interrupt():
    exchange = a_krx()
    issue = exchange.issues[SAMSUNG]
    rule = issue.rules.day.vi
    assert rule.small_base_px == 1000
    instrument = issue.instrument
    cheap = type(instrument)(**{f: getattr(instrument, f) for f in instrument.__struct_fields__} | {"base_px": 50})
    issue.instrument = cheap
    assert band(issue, rule) == (47, 53)  # 3 % of 50 won are less than two ticks


def test_the_after_market_is_interrupted_and_goes_on():
    exchange = a_krx("16:01:00")
    run(exchange, enter(1, SELL, 285_000, 5), enter(2, BUY, 285_000, 3))
    assert exchange.phase(SAMSUNG) is Phase.VI_CALL
    until(exchange, "16:04:00")
    assert (exchange.phase(SAMSUNG), exchange.day(SAMSUNG).last_px) == (Phase.AFTER_MARKET, 285_000)
    assert exchange.close_px(SAMSUNG) == 272_000  # the official close stays
