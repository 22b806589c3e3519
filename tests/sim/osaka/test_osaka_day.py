"""Osaka on the engine: night and day, calls, and the steps of the price limits. The base price is 50,000."""

from hts.model.enums import Phase, Side
from hts.model.reasons import Reason
from tests.support.venue_day import VenueDay

BUY, SELL = Side.BUY, Side.SELL
SYMBOL = "NK225F-202612"


def osaka(at="10:00:00"):
    return VenueDay("OSE", SYMBOL, at)


def test_the_opening_call():
    day = osaka("08:30:00")
    day.enter(BUY, 50_100, 5)
    day.enter(SELL, 50_000, 3)
    words = day.to("08:45:00")
    assert ("passive_buy", 50_100, 3, "A") in words
    assert day.phase is Phase.CONTINUOUS


def test_a_trade_at_the_bound_of_a_step_stops_the_contract():
    day = osaka()
    assert day.enter(BUY, 54_010, 1) == [("rejected", Reason.PRICE_LIMIT)]  # 8 % are 4,000 points
    day.enter(SELL, 54_000, 2)
    words = day.enter(BUY, 54_000, 1)
    assert words == [("trade", 54_000, 1), ("phase", Phase.HALTED)]
    assert day.enter(BUY, 53_000, 1) == [("rejected", Reason.HALTED)]
    assert ("phase", Phase.CONTINUOUS) in day.to("10:10:00")
    assert day.enter(BUY, 56_000, 1)[0] == ("trade", 54_000, 1)  # the next step: 12 %
    assert day.enter(BUY, 56_010, 1) == [("rejected", Reason.PRICE_LIMIT)]


def test_the_last_step_does_not_stop():
    day = osaka()
    for minute, px in ((0, 54_000), (20, 56_000), (40, 58_000)):
        day.to(f"10:{minute:02}:00")
        day.enter(SELL, px, 2)
        day.enter(BUY, px, 1)
        day.cancel(day.next_id - 1)
    assert day.phase is Phase.CONTINUOUS
    assert day.enter(BUY, 58_000, 1) == []


def test_orders_of_the_night_live_into_the_day():
    day = osaka("08:30:00")
    fresh = type(day.exchange)(day.kind.profile(day.day), day.exchange.instruments, day.day, 1)
    day.exchange = fresh
    day.to(day.kind.schedule(day.day).steps[1].start_ns)
    assert day.phase is Phase.AFTER_MARKET
    day.enter(BUY, 49_000, 1)
    assert day.to("10:00:00") != []
    assert day.exchange.depth(SYMBOL).total_bid_qty == 1
    assert ("OrderExpired", 1, Reason.SESSION_END) in day.to("15:45:00")
