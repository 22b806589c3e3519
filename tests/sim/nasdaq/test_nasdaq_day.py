"""Nasdaq's day on the engine. Apple closed at 260 dollars; prices in hundredths of a cent."""

import pytest

from hts.model.enums import OrdType, Phase, Side, TimeInForce
from hts.model.reasons import Reason
from hts.sim.exchange import Exchange
from hts.sim.nasdaq.luld import LuldState
from tests.support.venue_day import VenueDay

BUY, SELL = Side.BUY, Side.SELL
GTC, AT_OPEN, AT_CLOSE = TimeInForce.GTC, TimeInForce.AT_OPEN, TimeInForce.AT_CLOSE
USD = 10_000


def apple(at="09:00:00", day=20261124):
    return VenueDay("NASDAQ", "AAPL", at, day)


def named(words, name):
    return [word for word in words if word[0] == name]


# -- crosses --


def test_the_opening_cross_takes_on_open_orders_and_the_continuous_book():
    day = apple()
    day.enter(BUY, 260_00 * 100, 300, time_in_force=GTC)
    day.enter(SELL, 260_10 * 100, 300, time_in_force=GTC)
    day.enter(BUY, 0, 500, time_in_force=AT_OPEN)
    day.enter(SELL, 259_90 * 100, 200, time_in_force=AT_OPEN)
    assert day.exchange.depth("AAPL").total_bid_qty == 300  # on-open orders wait apart
    words = day.to("09:30:00")
    # 500 at market against 200 and 300: everything pairs at 260.10.
    assert sorted(word[2] for word in named(words, "passive_buy")) == [200, 300]
    assert {word[1] for word in named(words, "passive_buy")} == {260_10 * 100}
    assert day.phase is Phase.CONTINUOUS
    assert (day.issue.rules.luld.reference_px, day.issue.rules.luld.state) == (260_10 * 100, LuldState.NORMAL)


def test_what_a_cross_does_not_fill_of_on_open_orders_ends():
    day = apple()
    day.enter(BUY, 0, 500, time_in_force=AT_OPEN)
    words = day.to("09:30:00")
    assert ("OrderExpired", 1, Reason.SESSION_END) in words
    assert day.phase is Phase.CONTINUOUS


@pytest.mark.parametrize(
    ("at", "px", "times", "is_taken"),
    [
        ("09:27:59", 0, AT_OPEN, True),
        ("09:28:00", 0, AT_OPEN, False),
        ("09:29:29", 260 * USD, AT_OPEN, True),
        ("09:29:30", 260 * USD, AT_OPEN, False),
        ("15:54:59", 0, AT_CLOSE, True),
        ("15:55:00", 0, AT_CLOSE, False),
        ("15:57:59", 260 * USD, AT_CLOSE, True),
        ("15:58:00", 260 * USD, AT_CLOSE, False),
    ],
)
def test_cut_off_times(at, px, times, is_taken):
    words = apple(at).enter(BUY, px, 100, time_in_force=times)
    assert words == ([] if is_taken else [("rejected", Reason.PHASE_CLOSED)])


def test_imbalances_are_told_before_the_cross():
    day = apple("09:24:00")
    day.enter(BUY, 0, 500, time_in_force=AT_OPEN)
    day.enter(SELL, 259_90 * 100, 200, time_in_force=AT_OPEN)
    assert named(day.to("09:24:59"), "imbalance") == []
    words = named(day.to("09:25:00"), "imbalance")
    # Paired 200, 300 more to buy at any price from 259.90 on: the nearest to the close of the day before.
    assert words == [("imbalance", 200, 300, 1, 260_00 * 100, 260_00 * 100, 260_00 * 100, ord("L"), 0)]
    assert len(named(day.to("09:25:10"), "imbalance")) == 10


def test_orders_for_market_hours_wait_for_the_opening():
    day = apple()
    day.enter(BUY, 261 * USD, 100)
    day.enter(SELL, 259 * USD, 100, time_in_force=GTC)
    assert day.exchange.depth("AAPL").total_bid_qty == 0
    assert named(day.to("09:29:59"), "passive_buy") == []
    assert [word[2] for word in named(day.to("09:30:00"), "passive_buy")] == [100]


def test_without_cross_orders_nothing_is_told():
    day = apple("09:24:00")
    assert named(day.to("09:29:59"), "imbalance") == []


def test_the_closing_cross():
    day = apple("15:40:00")
    day.enter(BUY, 259_95 * 100, 100)
    day.enter(SELL, 260_05 * 100, 100, time_in_force=GTC)
    day.enter(BUY, 0, 300, time_in_force=AT_CLOSE)
    day.enter(SELL, 260_00 * 100, 250, time_in_force=AT_CLOSE)
    words = day.to("16:00:00")
    assert {word[1] for word in named(words, "passive_buy")} == {260_05 * 100}
    assert sum(word[2] for word in named(words, "passive_buy")) == 300
    assert ("OrderExpired", 1, Reason.SESSION_END) in words  # market hours are over
    assert day.phase is Phase.AFTER_MARKET
    assert day.exchange.depth("AAPL").total_ask_qty == 50  # the one for extended hours lives on
    assert day.enter(BUY, 260_05 * 100, 50, time_in_force=GTC)[-1][0] == "trade"


def test_an_early_close():
    day = apple("12:59:59", day=20261127)
    assert day.phase is Phase.CONTINUOUS
    day.to("13:00:00")
    assert day.phase is Phase.AFTER_MARKET


# -- bands --


def opened():
    """A market whose reference price is 260 dollars: bands 247 and 273."""
    day = apple("10:00:00")
    assert (day.issue.rules.luld.lower_px, day.issue.rules.luld.upper_px) == (247 * USD, 273 * USD)
    return day


def test_a_limit_order_over_the_band_is_re_priced_to_it_and_the_band_holds():
    day = opened()
    day.enter(SELL, 275 * USD, 100)
    words = day.enter(BUY, 280 * USD, 100)
    assert named(words, "restated") == [("restated", 2, Reason.REPRICED, 273 * USD)]
    assert day.exchange.depth("AAPL").levels[:2] == (275 * USD, 273 * USD)
    assert day.issue.rules.luld.state is LuldState.LIMIT
    words = day.to("10:00:15")
    assert ("phase", Phase.VI_CALL) in words
    assert day.issue.rules.luld.state is LuldState.PAUSED
    day.enter(SELL, 272 * USD, 40)
    words = day.to("10:05:15")
    # Forty pair anywhere from 272 to 273; buyers remain unexecuted at 273.
    assert [word[1:3] for word in named(words, "passive_buy")] == [(273 * USD, 40)]
    assert day.phase is Phase.CONTINUOUS
    assert day.issue.rules.luld.state is not LuldState.PAUSED


def test_a_limit_state_that_is_traded_away():
    day = opened()
    day.enter(SELL, 275 * USD, 100)
    day.enter(BUY, 280 * USD, 100)
    day.enter(SELL, 273 * USD, 100)
    assert day.issue.rules.luld.state is LuldState.NORMAL
    assert ("phase", Phase.VI_CALL) not in day.to("10:00:20")


def test_a_market_order_does_not_trade_over_the_band():
    day = opened()
    day.enter(SELL, 272 * USD, 100)
    day.enter(SELL, 275 * USD, 100)
    words = day.enter(BUY, 0, 200)
    assert words[0] == ("trade", 272 * USD, 100)
    assert words[1] == ("OrderCanceled", 3, Reason.NO_LIQUIDITY)
    assert len(named(words, "trade")) == 1


# -- shorts --


def test_the_short_sale_test_is_thrown_by_a_fall_of_ten_percent():
    day = opened()
    # The bands follow the trades down: 260, 248, 236, and then 234 dollars.
    for minute, px in ((10, 248), (20, 236)):
        day.to(f"10:{minute}:00")
        day.enter(BUY, px * USD, 10)
        assert named(day.enter(SELL, px * USD, 10, is_short=True), "trade") == [("trade", px * USD, 10)]
    assert day.issue.rules.luld.reference_px == 236 * USD
    day.enter(BUY, 234 * USD, 10)
    words = day.enter(SELL, 234 * USD, 10)
    assert ("short_sale", 1) in words
    day.enter(BUY, 235 * USD, 10)
    assert day.enter(SELL, 235 * USD, 10, is_short=True) == [("rejected", Reason.SHORT_SALE_PRICE)]
    assert day.enter(SELL, 0, 10, is_short=True) == [("rejected", Reason.SHORT_SALE_PRICE)]
    assert day.enter(SELL, 235_01 * 100, 10, is_short=True) == []
    assert named(day.enter(SELL, 235 * USD, 10), "trade") == [("trade", 235 * USD, 10)]  # a long sale is free


# -- order types --


def test_hidden_and_reserve_orders():
    day = opened()
    day.enter(SELL, 260 * USD, 500, display_qty=100)
    day.enter(SELL, 260 * USD, 100, is_hidden=True)
    assert day.exchange.depth("AAPL").levels[:4] == (260 * USD, 0, 100, 0)
    words = day.enter(BUY, 260 * USD, 550)
    assert sum(word[2] for word in named(words, "trade")) == 550


def test_a_midpoint_peg_meets_at_the_middle():
    day = opened()
    day.enter(BUY, 259_90 * 100, 100)
    day.enter(SELL, 260_10 * 100, 100)
    day.enter(SELL, 0, 50, ord_type=OrdType.MIDPOINT)
    words = day.enter(BUY, 260_05 * 100, 50)
    assert named(words, "trade") == [("trade", 260_00 * 100, 50)]


def test_post_only_does_not_take():
    day = opened()
    day.enter(SELL, 260 * USD, 100)
    assert day.enter(BUY, 260 * USD, 100, post_only=True) == [("rejected", Reason.POST_ONLY)]


def test_a_stop_wakes():
    day = opened()
    day.enter(SELL, 261 * USD, 100)
    day.enter(SELL, 262 * USD, 100)
    day.enter(BUY, 0, 50, ord_type=OrdType.STOP, stop_px=261 * USD)
    words = day.enter(BUY, 261 * USD, 10)
    assert ("restated", 3, Reason.TRIGGERED, 0) in words
    assert named(words, "trade") == [("trade", 261 * USD, 10), ("trade", 261 * USD, 50)]


def test_a_good_till_time_order_ends_at_its_time():
    day = opened()
    day.enter(BUY, 259 * USD, 100, time_in_force=TimeInForce.GTD, expire_ns=day.ns("10:30:00"))
    assert day.to("10:29:59") == []
    assert ("OrderExpired", 1, Reason.SESSION_END) in day.to("10:30:00")


def test_a_saved_day_goes_on_the_same():
    def played():
        day = opened()
        day.enter(SELL, 275 * USD, 100)
        day.enter(BUY, 280 * USD, 100)
        day.enter(BUY, 0, 100, time_in_force=AT_CLOSE)
        day.to("10:00:10")
        return day

    first, second = played(), played()
    second.exchange = Exchange(second.kind.profile(second.day), second.exchange.instruments, second.day, 1)
    second.exchange.load(first.exchange.save())
    assert second.exchange.state_hash() == first.exchange.state_hash()
    assert first.to("16:01:00") == second.to("16:01:00")
    assert second.exchange.state_hash() == first.exchange.state_hash()
