"""Tokyo's day on the engine: openings, quotes, sessions, closes. Toyota's base price is 3,000 yen (30,000), the width
of quotes 70 yen from there up and 50 below, the daily limits 2,300 and 3,700 yen.
"""

import pytest

from hts.model.enums import OrdType, Phase, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.units import ClOrdID, Px, Qty
from hts.rules.dates import NS
from hts.sim.commands import Amend, Enter
from hts.sim.events import (
    Announced,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderRestated,
    OrderTraded,
    PhaseChanged,
)
from hts.sim.exchange import Exchange
from tests.support.foreign_rules import foreign_rules
from tests.support.native_market import DAY, kind_of

SYMBOL = "7203"
BUY, SELL = Side.BUY, Side.SELL
MINUTES_3 = 180 * NS


class Tokyo:
    """One issue's day; `events` are those of the newest call."""

    def __init__(self, at="08:30:00"):
        self.kind = kind_of("TSE")
        instruments = [i for i in foreign_rules().instruments("TSE", DAY) if i.symbol == SYMBOL]
        self.exchange = Exchange(self.kind.profile(DAY), tuple(instruments), DAY, 1)
        self.next_id = 0
        self.to(at)

    def ns(self, text):
        hours, minutes, seconds = map(int, text.split(":"))
        return self.kind.midnight_ns(DAY) + (hours * 3600 + minutes * 60 + seconds) * NS

    def to(self, at):
        self.events = self.exchange.advance(self.ns(at) if isinstance(at, str) else at)
        return self.words()

    def enter(self, side, px, qty, member="A", **more):
        self.next_id += 1
        more.setdefault("ord_type", OrdType.LIMIT if px else OrdType.MARKET)
        command = Enter(session=member, cl_ord_id=ClOrdID(self.next_id), symbol=SYMBOL, side=side, px=Px(px),
                        qty=Qty(qty), **more)  # fmt: skip
        self.events = self.exchange.apply(command, self.exchange.trade_ns)
        return self.words()

    @property
    def issue(self):
        return self.exchange.issues[SYMBOL]

    def words(self):
        """What is told, in short."""
        found = []
        for event in self.events:
            match event:
                case OrderTraded(is_aggressor=False) if event.side is BUY:
                    found.append(("auction", event.last_px, event.last_qty, event.session))
                case OrderTraded(is_aggressor=True):
                    found.append(("trade", event.last_px, event.last_qty))
                case OrderRejected():
                    found.append(("rejected", event.reason))
                case OrderCanceled() | OrderExpired():
                    found.append((type(event).__name__, event.cl_ord_id, event.reason))
                case OrderRestated():
                    found.append(("restated", event.cl_ord_id, event.reason))
                case PhaseChanged():
                    found.append(("phase", event.phase))
                case Announced():
                    found.append((event.what, *(value for name, value in event.values if name != "until_ns")))
        return found


def phases(words):
    return [word[1] for word in words if word[0] == "phase"]


# -- the opening --


def test_an_opening_within_a_width():
    tokyo = Tokyo()
    tokyo.enter(BUY, 30_050, 300)
    tokyo.enter(SELL, 29_980, 300)
    assert tokyo.issue.expected() == (30_000, 300)
    words = tokyo.to("09:00:00")
    assert ("auction", 30_000, 300, "A") in words
    assert tokyo.issue.phase is Phase.CONTINUOUS


def test_an_opening_without_a_cross_just_begins():
    tokyo = Tokyo()
    tokyo.enter(BUY, 29_900, 300)
    tokyo.enter(SELL, 30_100, 300)
    assert phases(tokyo.to("09:00:00")) == [Phase.CONTINUOUS]


def test_a_special_quote_walks_until_sellers_are_reached():
    tokyo = Tokyo()
    tokyo.enter(BUY, 0, 300)
    tokyo.enter(SELL, 31_800, 500)
    words = tokyo.to("09:00:00")
    assert ("special_quote", 1, 30_700) in words
    assert tokyo.issue.phase is Phase.SPECIAL_QUOTE
    assert tokyo.to("09:02:59") == []
    assert ("special_quote", 1, 31_400) in tokyo.to("09:03:00")
    words = tokyo.to("09:06:00")  # 3,210 yen reaches 3,180
    assert ("auction", 31_800, 300, "A") in words
    assert phases(words) == [Phase.CONTINUOUS]


def test_an_order_that_answers_a_special_quote_ends_it_at_once():
    tokyo = Tokyo()
    tokyo.enter(BUY, 0, 300)
    tokyo.to("09:00:30")
    words = tokyo.enter(SELL, 30_500, 200, member="B")
    assert words == []
    words = tokyo.enter(SELL, 30_600, 100, member="B")
    # Every price from 3,060 yen to the quote executes all 300: the nearest to the quote is taken.
    assert [word for word in words if word[0] == "auction"] == [
        ("auction", 30_700, 200, "A"),
        ("auction", 30_700, 100, "A"),
    ]
    assert phases(words) == [Phase.CONTINUOUS]


def test_before_the_opening_orders_share_by_participant():
    tokyo = Tokyo()
    for member, qty in (("A", 300), ("B", 500), ("A", 200), ("C", 100)):
        tokyo.enter(BUY, 30_000, qty, member=member)
    tokyo.enter(SELL, 30_000, 600, member="D")
    words = tokyo.to("09:00:00")
    got = {}
    for word in words:
        if word[0] == "auction":
            got[word[3]] = got.get(word[3], 0) + word[2]
    # A and B want 500 each, C 100: A B C A B A.
    assert got == {"A": 300, "B": 200, "C": 100}


def test_on_open_orders_are_void_after_the_opening():
    tokyo = Tokyo()
    tokyo.enter(BUY, 29_000, 100, time_in_force=TimeInForce.AT_OPEN)
    words = tokyo.to("09:00:00")
    assert ("OrderExpired", 1, Reason.SESSION_END) in words
    assert tokyo.enter(BUY, 29_000, 100, time_in_force=TimeInForce.AT_OPEN) == [("rejected", Reason.TYPE_NOT_ALLOWED)]


# -- continuous trading --


def opened(at="10:00:00"):
    """A morning whose last price is 3,000 yen and whose book is empty."""
    tokyo = Tokyo()
    tokyo.enter(BUY, 30_000, 100)
    tokyo.enter(SELL, 30_000, 100)
    tokyo.to(at)
    return tokyo


def test_a_jump_stops_in_a_special_quote():
    tokyo = opened()
    tokyo.enter(SELL, 30_600, 100)
    tokyo.enter(SELL, 30_800, 500)
    words = tokyo.enter(BUY, 31_500, 300)
    # 3,060 is within 70 yen; the next print at 3,080 is within a width of 3,060 too, and all within two of 3,000.
    assert [word[:2] for word in words if word[0] == "trade"] == [("trade", 30_600), ("trade", 30_800)]
    tokyo = opened()
    tokyo.enter(SELL, 30_800, 500)
    words = tokyo.enter(BUY, 31_500, 300)
    assert ("special_quote", 1, 30_700) in words
    assert phases(words) == [Phase.SPECIAL_QUOTE]
    words = tokyo.to(tokyo.ns("10:03:00"))
    assert ("auction", 30_800, 300, "A") in words


def test_a_buyer_who_meets_an_offer_far_below_stops_in_a_special_quote_downwards():
    tokyo = opened()
    tokyo.enter(SELL, 29_100, 500)  # nobody bids: it rests, more than a width below the last price
    assert tokyo.enter(BUY, 29_900, 300) == [("special_quote", 2, 29_300), ("phase", Phase.SPECIAL_QUOTE)]
    assert tokyo.to("10:03:00") == [("auction", 29_100, 300, "A"), ("phase", Phase.CONTINUOUS)]


def test_many_prints_stop_in_a_sequential_trade_quote():
    tokyo = opened()
    for px in (30_500, 31_000, 31_400, 31_600, 32_000):
        tokyo.enter(SELL, px, 100)
    words = tokyo.enter(BUY, 33_000, 500)
    assert [word[1] for word in words if word[0] == "trade"] == [30_500, 31_000, 31_400]
    assert ("sequential_quote", 1, 31_400) in words  # two widths from 3,000
    assert tokyo.to("10:00:59") == []
    words = tokyo.to("10:01:00")
    assert [word for word in words if word[0] == "auction"] == [("auction", 32_000, 100, "A")] * 2
    assert tokyo.issue.phase is Phase.CONTINUOUS


def test_an_immediate_order_shows_no_quote():
    tokyo = opened()
    tokyo.enter(SELL, 30_800, 500)
    words = tokyo.enter(BUY, 31_500, 300, time_in_force=TimeInForce.IOC)
    assert words == [("OrderCanceled", 4, Reason.NO_LIQUIDITY)]
    assert tokyo.issue.phase is Phase.CONTINUOUS


def test_a_market_order_that_finds_nobody_shows_a_special_quote():
    tokyo = opened()
    words = tokyo.enter(BUY, 0, 300)
    assert ("special_quote", 1, 30_700) in words
    words = tokyo.enter(SELL, 30_400, 300)
    assert ("auction", 30_700, 300, "A") in words  # the seller answers the quote
    assert tokyo.issue.phase is Phase.CONTINUOUS


# -- closes --


def test_the_morning_ends_with_an_itayose_of_on_close_orders():
    tokyo = opened()
    tokyo.enter(SELL, 30_100, 300)
    tokyo.enter(BUY, 0, 200, time_in_force=TimeInForce.AT_CLOSE)
    assert tokyo.exchange.depth(SYMBOL).total_bid_qty == 0
    words = tokyo.to("11:30:00")
    assert ("auction", 30_100, 200, "A") in words
    assert phases(words) == [Phase.CLOSE_CALL, Phase.PAUSE]
    assert tokyo.enter(BUY, 30_000, 100) == [("rejected", Reason.PHASE_CLOSED)]


def test_funari_orders_become_market_orders_at_the_close():
    tokyo = opened("15:00:00")
    tokyo.enter(BUY, 29_000, 200, ord_type=OrdType.LIMIT_OR_CLOSE)
    tokyo.enter(SELL, 30_200, 500)
    words = tokyo.to("15:25:00")
    assert ("restated", 3, Reason.CONVERTED) in words
    words = tokyo.to("15:30:00")
    assert ("auction", 30_200, 200, "A") in words
    assert ("OrderExpired", 4, Reason.SESSION_END) in words


def test_a_close_beyond_two_widths_is_a_special_execution():
    tokyo = opened("15:26:00")
    tokyo.enter(BUY, 0, 500)
    tokyo.enter(SELL, 31_300, 200)
    tokyo.enter(SELL, 32_500, 400)
    words = tokyo.to("15:30:00")
    assert ("auction", 31_400, 200, "A") in words


def test_a_close_at_the_daily_limit_is_allocated_by_participant():
    tokyo = Tokyo()
    tokyo.enter(BUY, 36_500, 100)
    tokyo.enter(SELL, 36_500, 100)
    # Pinned all day: the special quote walks to the limit of 3,700 yen.
    for member, qty in (("A", 1500), ("B", 900), ("C", 500), ("D", 300), ("E", 100)):
        tokyo.enter(BUY, 0, qty, member=member)
    tokyo.to("15:26:00")
    tokyo.enter(SELL, 36_900, 700, member="S")
    words = tokyo.to("15:30:00")
    got = {}
    for word in words:
        if word[0] == "auction":
            assert word[1] == 37_000
            got[word[3]] = got.get(word[3], 0) + word[2]
    # The published example: 800 shares by one lot each in turn. A's limit order of the morning counts with A's.
    assert got == {"A": 200, "B": 200, "C": 200, "D": 100, "E": 100}


def test_conditions_are_closed_in_the_closing_call():
    tokyo = opened("15:26:00")
    assert tokyo.enter(BUY, 30_000, 100, ord_type=OrdType.LIMIT_OR_CLOSE) == [("rejected", Reason.TYPE_NOT_ALLOWED)]
    assert tokyo.enter(BUY, 30_000, 100, time_in_force=TimeInForce.IOC) == [("rejected", Reason.TYPE_NOT_ALLOWED)]
    assert tokyo.enter(BUY, 30_000, 100) == []


# -- closing-price trades --


def test_closing_price_trades_by_time():
    tokyo = opened("11:29:00")
    fixed = {"time_in_force": TimeInForce.GTX}
    assert tokyo.enter(BUY, 0, 300, **fixed) == [("rejected", Reason.PHASE_CLOSED)]
    tokyo.to("11:30:00")
    assert tokyo.enter(BUY, 0, 300, member="B", **fixed) == []
    assert tokyo.enter(SELL, 30_010, 100, **fixed) == [("rejected", Reason.PRICE_LIMIT)]  # the morning close is 3,000
    assert tokyo.enter(SELL, 30_000, 100, **fixed)[-1] == ("trade", 30_000, 100)
    assert tokyo.exchange.depth(SYMBOL).total_bid_qty == 0
    words = tokyo.to("12:15:00")
    assert ("OrderExpired", 4, Reason.SESSION_END) in words
    assert tokyo.enter(SELL, 0, 100, **fixed) == [("rejected", Reason.PHASE_CLOSED)]
    tokyo.to("15:31:00")
    tokyo.enter(SELL, 0, 100, **fixed)
    assert tokyo.enter(BUY, 0, 100, **fixed) == [("trade", 30_000, 100)]


def test_before_the_opening_the_previous_close_holds():
    tokyo = Tokyo("08:30:00")
    fixed = {"time_in_force": TimeInForce.GTX}
    tokyo.enter(SELL, 0, 100, **fixed)
    assert tokyo.enter(BUY, 0, 100, **fixed) == [("trade", 30_000, 100)]
    tokyo.to("08:45:00")
    assert tokyo.enter(BUY, 0, 100, **fixed) == [("rejected", Reason.PHASE_CLOSED)]


# -- short sales --


def test_the_price_rule_for_short_sales():
    tokyo = opened()
    assert tokyo.enter(SELL, 0, 6_000, is_short=True) == [("rejected", Reason.SHORT_SALE_PRICE)]
    assert tokyo.enter(SELL, 31_000, 6_000, is_short=True) == []
    tokyo.issue.rules.traded(tokyo.issue, 27_000, tokyo.exchange.trade_ns)  # ten percent down
    tokyo.issue.figures = tokyo.issue.figures.after(27_000, 100)
    assert tokyo.enter(SELL, 27_000, 6_000, is_short=True) == [("rejected", Reason.SHORT_SALE_PRICE)]
    assert tokyo.enter(SELL, 27_000, 5_000, is_short=True) == []  # fifty lots and less are free
    assert tokyo.enter(SELL, 27_010, 6_000, is_short=True) == []


# -- the state --


@pytest.mark.parametrize("at", ["09:01:00", "09:04:00", "12:10:00", "15:27:00"])
def test_a_saved_day_goes_on_the_same(at):
    def played():
        tokyo = Tokyo()
        tokyo.enter(BUY, 0, 300)
        tokyo.enter(SELL, 31_800, 200)
        tokyo.enter(BUY, 29_000, 200, ord_type=OrdType.LIMIT_OR_CLOSE)
        tokyo.to(at)
        return tokyo

    first, second = played(), played()
    second.exchange = Exchange(second.kind.profile(DAY), second.exchange.instruments, DAY, 1)
    second.exchange.load(first.exchange.save())
    assert second.exchange.state_hash() == first.exchange.state_hash()
    for tokyo in (first, second):
        if at != "12:10:00":
            tokyo.enter(SELL, 31_000, 400, member="B")
    assert first.to("15:31:00") == second.to("15:31:00")
    assert second.exchange.state_hash() == first.exchange.state_hash()


def test_a_smaller_order_keeps_its_place_a_bigger_one_is_refused():
    tokyo = opened()
    tokyo.enter(BUY, 29_900, 300)
    for qty, refused in ((200, False), (400, True)):
        tokyo.next_id += 1
        command = Amend(session="A", cl_ord_id=ClOrdID(tokyo.next_id), orig_cl_ord_id=ClOrdID(3), px=Px(29_900),
                        qty=Qty(qty))  # fmt: skip
        events = tokyo.exchange.apply(command, tokyo.exchange.trade_ns)
        assert (getattr(events[0], "reason", None) is Reason.QTY_INCREASE) == refused
