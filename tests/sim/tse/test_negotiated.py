"""Trades agreed on off the floor (ToSTNeT-1). Toyota's last price is 3,000 yen (30,000): 7 % of it either way."""

import pytest

from hts.model.enums import OrdType, Phase, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.commands import Amend, Cancel, Halt, MassCancel
from hts.sim.events import (
    Announced,
    BookChanged,
    CancelRefused,
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderTraded,
    Traded,
)
from hts.sim.exchange import Exchange
from tests.sim.tse.test_tse_day import SYMBOL, Tokyo

BUY, SELL = Side.BUY, Side.SELL


def told(tokyo):
    """The newest events in short: kind, member, and what it is about."""
    found = []
    for event in tokyo.events:
        match event:
            case OrderTraded():
                found.append(("fill", event.session, event.last_px, event.last_qty, event.match_id, event.is_aggressor))
            case Announced():
                found.append((event.what, *event.values))
            case OrderAccepted() | OrderCanceled() | OrderExpired():
                found.append((type(event).__name__, event.session))
            case BookChanged():
                found.append(("book",))
    return found


def agreed(tokyo, side, member, other, *terms):
    px, qty = terms or (30_500, 1_000)
    tokyo.enter(side, px, qty, member, counterparty=other)
    return told(tokyo)


@pytest.fixture
def tokyo():
    return Tokyo("08:30:00")


def test_both_sides_make_the_trade_beside_the_book(tokyo):
    assert agreed(tokyo, SELL, "A", "B") == [("OrderAccepted", "A"), ("book",)]
    assert agreed(tokyo, BUY, "B", "A") == [
        ("OrderAccepted", "B"),
        ("fill", "A", 30_500, 1_000, 1, False),
        ("fill", "B", 30_500, 1_000, 1, False),
        ("negotiated", ("px", 30_500), ("qty", 1_000), ("match_id", 1)),
        ("book",),
    ]
    assert not [event for event in tokyo.events if isinstance(event, Traded)]
    assert (tokyo.issue.last_px, tokyo.issue.figures.cum_qty) == (30_000, 0)
    assert not [order for member in tokyo.exchange.members.values() for order in member.working.values()]


@pytest.mark.parametrize(
    ("member", "other", "px", "qty"),
    [("C", "A", 30_500, 1_000), ("B", "C", 30_500, 1_000), ("B", "A", 30_510, 1_000), ("B", "A", 30_500, 900)],
    ids=["stranger", "other partner", "price", "quantity"],
)
def test_what_was_not_agreed_waits(tokyo, member, other, px, qty):
    agreed(tokyo, SELL, "A", "B")
    assert agreed(tokyo, BUY, member, other, px, qty) == [("OrderAccepted", member), ("book",)]


def test_a_member_crosses_two_customers(tokyo):
    agreed(tokyo, SELL, "A", "A")
    assert ("negotiated", ("px", 30_500), ("qty", 1_000), ("match_id", 1)) in agreed(tokyo, BUY, "A", "A")


def test_orders_of_the_book_are_not_met(tokyo):
    tokyo.to("09:00:00")
    tokyo.enter(BUY, 30_000, 1_000, "C")
    assert agreed(tokyo, SELL, "A", "B", 30_000, 1_000) == [("OrderAccepted", "A"), ("book",)]
    tokyo.enter(SELL, 30_000, 1_000, "D")
    assert [word[:2] for word in told(tokyo) if word[0] == "fill"] == [("fill", "C"), ("fill", "D")]


@pytest.mark.parametrize(
    ("px", "reason"),
    [
        (27_900, None),
        (27_890, Reason.PRICE_LIMIT),
        (32_100, None),
        (32_110, Reason.PRICE_LIMIT),
        (30_505, Reason.BAD_TICK),
        (0, Reason.TYPE_NOT_ALLOWED),
    ],
)
def test_seven_percent_around_the_last_price(tokyo, px, reason):
    words = tokyo.enter(BUY, px, 100, "A", counterparty="B", ord_type=OrdType.LIMIT)
    assert [word for word in words if word[0] == "rejected"] == ([("rejected", reason)] if reason else [])


@pytest.mark.parametrize(
    ("at", "taken"),
    [("08:19:59", False), ("08:20:00", True), ("11:45:00", True), ("16:45:00", True), ("18:00:00", False)],
)
def test_from_twenty_past_eight_to_six(at, taken):
    tokyo = Tokyo(at)
    words = tokyo.enter(BUY, 30_000, 100, "A", counterparty="B")
    assert (("rejected", Reason.PHASE_CLOSED) not in words) is taken


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"time_in_force": TimeInForce.IOC}, Reason.TYPE_NOT_ALLOWED),
        ({"display_qty": Qty(100)}, Reason.TYPE_NOT_ALLOWED),
        ({"stop_px": Px(30_000)}, Reason.TYPE_NOT_ALLOWED),
        ({"post_only": True}, Reason.TYPE_NOT_ALLOWED),
    ],
)
def test_conditions_of_the_book_are_refused(tokyo, more, reason):
    assert ("rejected", reason) in tokyo.enter(BUY, 30_000, 1_000, "A", counterparty="B", **more)


@pytest.mark.parametrize(("qty", "reason"), [(150, Reason.BAD_LOT), (0, Reason.BAD_QTY)])
def test_lots(tokyo, qty, reason):
    assert ("rejected", reason) in tokyo.enter(BUY, 30_000, qty, "A", counterparty="B")


def test_a_halted_issue_has_none(tokyo):
    tokyo.to("09:00:00")
    tokyo.exchange.apply(Halt(session="VENUE", symbol=SYMBOL, on=True), tokyo.exchange.trade_ns)
    assert tokyo.issue.phase is Phase.HALTED
    assert [word[0] for word in tokyo.enter(BUY, 30_000, 100, "A", counterparty="B")] == ["rejected"]


def test_who_waits_can_cancel_and_not_amend(tokyo):
    agreed(tokyo, SELL, "A", "B")
    amend = Amend(session="A", cl_ord_id=ClOrdID(50), orig_cl_ord_id=ClOrdID(1), px=Px(30_400), qty=Qty(1_000))
    (refused,) = tokyo.exchange.apply(amend, tokyo.exchange.trade_ns)
    assert isinstance(refused, CancelRefused)
    assert refused.reason is Reason.TYPE_NOT_ALLOWED
    cancel = Cancel(session="A", cl_ord_id=ClOrdID(51), orig_cl_ord_id=ClOrdID(1))
    tokyo.events = tokyo.exchange.apply(cancel, tokyo.exchange.trade_ns)
    assert told(tokyo) == [("OrderCanceled", "A"), ("book",)]
    assert agreed(tokyo, BUY, "B", "A") == [("OrderAccepted", "B"), ("book",)]


def test_a_mass_cancel_takes_them_too(tokyo):
    agreed(tokyo, SELL, "A", "B")
    tokyo.events = tokyo.exchange.apply(MassCancel(session="A"), tokyo.exchange.trade_ns)
    assert told(tokyo) == [("OrderCanceled", "A"), ("book",)]


def test_they_outlive_the_close_and_end_at_six(tokyo):
    agreed(tokyo, SELL, "A", "B")
    tokyo.to("17:59:59")
    assert tokyo.issue.phase is Phase.CLOSED
    assert [order.session for order in tokyo.issue.negotiated] == ["A"]
    tokyo.to("18:00:00")
    assert ("OrderExpired", "A") in told(tokyo)
    assert tokyo.exchange.is_day_over


def test_a_restart_in_between_changes_nothing(tokyo):
    agreed(tokyo, SELL, "A", "B")
    again = Tokyo("08:30:00")
    again.exchange = Exchange(tokyo.kind.profile(tokyo.exchange.trading_date), tokyo.exchange.instruments,
                              tokyo.exchange.trading_date, 1)  # fmt: skip
    again.exchange.load(tokyo.exchange.save())
    assert again.exchange.state_hash() == tokyo.exchange.state_hash()
    again.next_id = tokyo.next_id
    assert agreed(again, BUY, "B", "A") == agreed(tokyo, BUY, "B", "A")
    assert again.exchange.state_hash() == tokyo.exchange.state_hash()
