"""Indicator conditions in the running core: past asked for, bars closed, sent once, and the same after a crash."""

import pytest

from hts.model.conditional import ConditionalOrder, IndicatorCondition, IndicatorKind
from hts.model.denials import Rule
from hts.model.effects import RequestHistory
from hts.model.enums import OrdType, Side
from hts.model.intents import ControlWork, PlaceConditionals
from hts.model.quotes import Bar
from hts.model.views import BarsView
from hts.model.work import WorkAct
from tests.engine.floor import a_floor, trade
from tests.engine.kit import replies
from tests.support.builders import ACCOUNT, SYMBOL, TRADE_NS

MINUTE = 60_000_000_000
NOW = TRADE_NS // MINUTE  # number of the running minute
CROSS = IndicatorCondition(indicator=IndicatorKind.SMA, period=3, is_above=True)
BAND = IndicatorCondition(indicator=IndicatorKind.LOWER, period=3, is_above=False, width_milli=1_400)
RSI = IndicatorCondition(indicator=IndicatorKind.RSI, period=2, is_above=False, level_milli=30_000)
FLAT = (71_000, 71_000, 71_000, 70_900)


def place(condition, side=Side.BUY, request_id="p1", **fields):
    order = ConditionalOrder(
        cond_id=0, account="", symbol=SYMBOL, condition=condition, side=side, qty=10, ord_type=OrdType.LIMIT,
        px=70_000, **fields,
    )  # fmt: skip
    return PlaceConditionals(request_id=request_id, account=ACCOUNT, orders=(order,))


def past(floor, *closes):
    """Minutes that end before the running one."""
    bars = tuple(Bar((NOW - len(closes) + at) * MINUTE, px, px, px, px, 1, px) for at, px in enumerate(closes))
    view = BarsView(venue="KRX", symbol=SYMBOL, timeframe_s=60, bars=bars)
    floor.desk.take(floor.desk.engine.on_bars(view, *floor.desk.at()))


def minute(floor, number, px, venue="KRX"):
    """A trade in the minute that is so many after the running one."""
    return floor.tell(trade(px, venue=venue, at_ns=(NOW + number) * MINUTE + 1_000))


def a_watch(condition=CROSS, **fields):
    floor = a_floor()
    effects = floor.intent(place(condition, **fields))
    asked = [effect for effect in effects if isinstance(effect, RequestHistory)]
    assert [(one.venue, one.symbol, one.timeframe_s, one.count) for one in asked] == [
        ("KRX", SYMBOL, 60, 4 * condition.period + 2)
    ]
    past(floor, *FLAT)
    return floor


def test_a_close_that_crosses_its_average_sends_once():
    floor = a_watch()
    minute(floor, 0, 71_300)
    assert floor.orders == []  # the bar still runs
    minute(floor, 1, 71_000)  # closes above (71,000 + 70,900 + 71,300) / 3
    assert [order[2:5] for order in floor.orders] == [("BUY", 10, 70_000)]
    assert (floor.state(1), floor.work(1).trigger_px) == (("done", "conditional.end.sent"), 71_300)
    minute(floor, 2, 71_500)
    minute(floor, 3, 71_600)
    assert len(floor.orders) == 1


def test_a_close_that_stays_below_sends_nothing():
    floor = a_watch()
    minute(floor, 0, 70_900)
    minute(floor, 1, 70_800)
    assert (floor.orders, floor.state(1)[0]) == ([], "running")


def test_trades_of_another_venue_make_no_bars():
    floor = a_watch()
    minute(floor, 0, 71_300, "NXT")
    minute(floor, 1, 71_300, "NXT")
    assert floor.orders == []


def test_a_quiet_minute_closes_by_the_clock():
    floor = a_watch()
    minute(floor, 0, 71_300)
    floor.pass_time(MINUTE, (NOW + 1) * MINUTE + 10)
    assert len(floor.orders) == 1


def test_the_lower_band_is_touched():
    floor = a_watch(BAND)
    minute(floor, 0, 71_000)
    minute(floor, 1, 69_000)  # closed at 71,000: inside
    assert floor.orders == []
    minute(floor, 2, 69_000)  # 70,900 71,000 69,000: mean 70,300, deviation 920
    assert len(floor.orders) == 1


def test_an_rsi_below_its_level():
    floor = a_watch(RSI)
    minute(floor, 0, 71_400)
    minute(floor, 1, 70_000)
    assert floor.orders == []
    minute(floor, 2, 70_000)
    assert len(floor.orders) == 1


def test_nothing_is_sent_before_the_past_is_known():
    floor = a_floor()
    floor.intent(place(CROSS))
    for number in range(8):
        minute(floor, number, 71_000 + 100 * number)
    assert floor.orders == []


def test_bars_that_close_while_the_past_is_asked_for_count():
    floor = a_floor()
    floor.intent(place(CROSS))
    minute(floor, 0, 71_300)
    minute(floor, 1, 71_300)
    past(floor, *FLAT)
    assert len(floor.orders) == 1


def test_a_paused_one_sleeps_and_asks_for_its_past_again():
    floor = a_watch()
    floor.intent(ControlWork(request_id="c1", account=ACCOUNT, work_id=1, act=WorkAct.PAUSE))
    minute(floor, 0, 71_300)
    minute(floor, 1, 71_300)
    assert floor.orders == []
    effects = floor.intent(ControlWork(request_id="c2", account=ACCOUNT, work_id=1, act=WorkAct.RESUME))
    assert [effect for effect in effects if isinstance(effect, RequestHistory)]


def test_a_crash_while_it_watches_asks_for_the_past_and_triggers_as_before():
    floor = a_watch()
    minute(floor, 0, 71_300)
    again = floor.restart()
    assert again.state(1) == floor.state(1)
    past(again, *FLAT)
    minute(again, 0, 71_300)
    minute(again, 1, 71_000)
    assert len(again.orders) == 1


def test_a_crash_after_it_was_sent_sends_nothing_again():
    floor = a_watch()
    minute(floor, 0, 71_300)
    minute(floor, 1, 71_000)
    again = floor.restart()
    past(again, *FLAT)
    minute(again, 0, 71_300)
    minute(again, 1, 71_000)
    assert (again.orders, again.state(1)) == (floor.orders, floor.state(1))


@pytest.mark.parametrize(
    "bad",
    [
        IndicatorCondition(indicator=IndicatorKind.SMA, period=0, is_above=True),
        IndicatorCondition(indicator=IndicatorKind.RSI, period=14, is_above=True),
        IndicatorCondition(indicator=IndicatorKind.EMA, period=5, timeframe_s=45, is_above=True),
    ],
)
def test_one_that_cannot_be_computed_is_refused(bad):
    floor = a_floor()
    (outcome,) = replies(floor.intent(place(bad)))
    assert (outcome.denial.rule, outcome.denial.detail) == (Rule.CONDITION, "conditional.refusal.indicator")
