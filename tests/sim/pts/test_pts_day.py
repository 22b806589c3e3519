"""Japannext and ODX on the engine."""

import pytest

from hts.model.enums import CashMargin, OrdType, Phase, Side, TimeInForce
from hts.model.reasons import Reason
from tests.support.native_market import DAY
from tests.support.venue_day import VenueDay

BUY, SELL = Side.BUY, Side.SELL


def test_providers_of_liquidity_pass_each_other_by_at_odx():
    day = VenueDay("ODX", "7203", "10:00:00")
    day.enter(SELL, 30_000, 100, member="L1", client_type="L")
    day.enter(SELL, 30_001, 100, member="C1")
    words = day.enter(BUY, 30_001, 200, member="L2", client_type="L")
    assert words == [("trade", 30_001, 100)]
    assert day.enter(BUY, 30_000, 100, member="C2") == [("trade", 30_000, 100)]


def test_at_japannext_they_may_meet():
    day = VenueDay("JNX", "7203", "10:00:00")
    day.enter(SELL, 30_000, 100, member="L1", client_type="L")
    assert day.enter(BUY, 30_000, 100, member="L2", client_type="L") == [("trade", 30_000, 100)]


@pytest.mark.parametrize(
    ("venue", "at", "is_taken"),
    [
        ("JNX", "08:19:59", False),
        ("JNX", "08:20:00", True),
        ("JNX", "16:29:59", True),
        ("JNX", "16:30:00", False),
        ("ODX", "15:59:59", True),
        ("ODX", "16:00:00", False),
    ],
)
def test_hours(venue, at, is_taken):
    words = VenueDay(venue, "7203", at).enter(BUY, 29_000, 100)
    assert words == ([] if is_taken else [("rejected", Reason.PHASE_CLOSED)])


def test_the_night_is_the_evening_before_and_ends_its_orders():
    day = VenueDay("JNX", "7203", "08:00:00")
    day.exchange = type(day.exchange)(day.kind.profile(DAY), day.exchange.instruments, DAY, 1)
    schedule = day.kind.schedule(DAY)
    day.to(schedule.steps[0].start_ns)
    assert day.phase is Phase.AFTER_MARKET
    day.enter(BUY, 29_000, 100)
    words = day.to(schedule.steps[1].start_ns)
    assert ("OrderExpired", 1, Reason.SESSION_END) in words
    assert day.phase is Phase.PAUSE


def test_types_that_a_pts_does_not_take():
    day = VenueDay("JNX", "7203", "10:00:00")
    assert day.enter(BUY, 0, 100) == [("rejected", Reason.TYPE_NOT_ALLOWED)]
    assert day.enter(BUY, 29_000, 100, time_in_force=TimeInForce.AT_CLOSE) == [("rejected", Reason.TYPE_NOT_ALLOWED)]
    assert day.enter(BUY, 29_000, 100, ord_type=OrdType.LIMIT_OR_CLOSE) == [("rejected", Reason.TYPE_NOT_ALLOWED)]
    assert day.enter(BUY, 40_000, 100) == [("rejected", Reason.PRICE_LIMIT)]  # Tokyo's daily limits hold


@pytest.mark.parametrize(
    ("at", "is_taken"),
    [("08:59:59", False), ("09:00:00", True), ("11:30:00", False), ("12:30:00", True), ("15:30:00", False)],
)
def test_margin_orders_keep_tokyo_s_hours(at, is_taken):
    words = VenueDay("JNX", "7203", at).enter(BUY, 29_000, 100, credit=CashMargin.MARGIN_OPEN)
    assert words == ([] if is_taken else [("rejected", Reason.NOT_ELIGIBLE)])


def test_a_least_quantity_and_post_only():
    day = VenueDay("JNX", "7203", "10:00:00")
    day.enter(SELL, 30_000, 100)
    assert day.enter(BUY, 30_000, 300, time_in_force=TimeInForce.IOC, min_qty=200) == [
        ("OrderCanceled", 2, Reason.NO_LIQUIDITY)
    ]
    assert day.enter(BUY, 30_000, 100, post_only=True) == [("rejected", Reason.POST_ONLY)]
