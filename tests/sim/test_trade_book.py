"""Trades that the venue breaks or corrects: what members hear, what is left of their orders, what a restart knows."""

import pytest

from hts.model.enums import OrdStatus, Side
from hts.model.units import Px, Qty
from hts.sim.commands import VENUE, BreakTrade, Cancel
from hts.sim.events import Announced, OrderRestated, OrderTraded, TradeBroken, TradeCorrected
from tests.support.venue import an_exchange, enter

BUYER, SELLER = "HTS01", "HTS02"
PX = 272_000


def traded(bought=10, sold=4):
    """A buy order of `bought` shares filled by a sale of `sold`: the exchange, and both sides' fills."""
    exchange = an_exchange("10:00:00")
    exchange.apply(enter(1, Side.BUY, PX, bought, session=BUYER), exchange.trade_ns)
    events = exchange.apply(enter(1, Side.SELL, PX, sold, session=SELLER), exchange.trade_ns)
    fills = {event.session: event for event in events if isinstance(event, OrderTraded)}
    assert set(fills) == {BUYER, SELLER}
    return exchange, fills[BUYER], fills[SELLER]


def undo(exchange, match_id, px=0, qty=0):
    command = BreakTrade(session=VENUE, match_id=match_id, px=Px(px), qty=Qty(qty))
    return exchange.apply(command, exchange.trade_ns)


def row(event):
    return (
        type(event).__name__, event.session, event.order_qty, event.leaves_qty, event.cum_qty, event.ord_status,
    )  # fmt: skip


def test_a_broken_trade_is_told_to_both_sides_and_its_shares_do_not_come_back():
    exchange, bought, sold = traded()
    events = undo(exchange, bought.match_id)
    assert [row(event) for event in events[:-1]] == [
        ("TradeBroken", BUYER, 10, 10, 0, OrdStatus.NEW),
        ("OrderRestated", BUYER, 6, 6, 0, OrdStatus.NEW),
        ("TradeBroken", SELLER, 4, 0, 0, OrdStatus.CANCELED),
    ]
    broken = [event for event in events if isinstance(event, TradeBroken)]
    assert [(e.exec_ref_id, e.last_px, e.last_qty) for e in broken] == [(bought.exec_id, PX, 4), (sold.exec_id, PX, 4)]
    assert len({bought.exec_id, sold.exec_id, *(e.exec_id for e in broken)}) == 4
    assert (events[-1].what, dict(events[-1].values)) == ("trade_broken", {"match_id": bought.match_id})
    assert isinstance(events[-1], Announced)
    assert exchange.depth("005930").levels[3] == 6
    assert undo(exchange, bought.match_id) == ()


def test_what_is_left_of_a_broken_order_trades_and_ends_as_before():
    exchange, bought, _ = traded()
    undo(exchange, bought.match_id)
    events = exchange.apply(enter(2, Side.SELL, PX, 6, session=SELLER), exchange.trade_ns)
    (fill,) = [event for event in events if isinstance(event, OrderTraded) and event.session == BUYER]
    assert row(fill) == ("OrderTraded", BUYER, 6, 0, 6, OrdStatus.FILLED)


def test_a_correction_takes_the_trade_s_place_under_a_new_number_and_can_be_corrected_again():
    exchange, bought, sold = traded()
    first = [e for e in undo(exchange, bought.match_id, PX + 500) if isinstance(e, TradeCorrected)]
    assert [(e.exec_ref_id, e.last_px, e.last_qty, e.cum_qty, e.leaves_qty) for e in first] == [
        (bought.exec_id, PX + 500, 4, 4, 6), (sold.exec_id, PX + 500, 4, 4, 0),
    ]  # fmt: skip
    assert [e.ord_status for e in first] == [OrdStatus.PARTIALLY_FILLED, OrdStatus.FILLED]
    fewer = undo(exchange, bought.match_id, PX + 500, 3)
    again = [e for e in fewer if isinstance(e, TradeCorrected)]
    assert [(e.exec_ref_id, e.undone_qty, e.last_qty, e.cum_qty) for e in again] == [
        (first[0].exec_id, 4, 3, 3), (first[1].exec_id, 4, 3, 3),
    ]  # fmt: skip
    assert [row(e) for e in fewer if isinstance(e, OrderRestated)] == [
        ("OrderRestated", BUYER, 9, 6, 3, OrdStatus.PARTIALLY_FILLED)
    ]
    (gone,) = [e for e in undo(exchange, bought.match_id) if isinstance(e, TradeBroken) and e.session == SELLER]
    assert (gone.exec_ref_id, gone.last_qty, gone.cum_qty) == (again[1].exec_id, 3, 0)


@pytest.mark.parametrize(("px", "qty"), [(PX, 0), (PX, 4), (PX, 5), (PX + 500, 5)])
def test_a_correction_that_changes_nothing_or_adds_shares_is_no_correction(px, qty):
    exchange, bought, _ = traded()
    before = exchange.trades.sides(), exchange.numbers.exec_id
    assert undo(exchange, bought.match_id, px, qty) == ()
    assert (exchange.trades.sides(), exchange.numbers.exec_id) == before


def test_the_bust_of_an_order_that_was_cancelled_leaves_it_cancelled():
    exchange, bought, _ = traded()
    cancel = Cancel(session=BUYER, cl_ord_id=7, orig_cl_ord_id=1)
    exchange.apply(cancel, exchange.trade_ns)
    events = [e for e in undo(exchange, bought.match_id) if getattr(e, "session", "") == BUYER]
    assert [row(event) for event in events] == [("TradeBroken", BUYER, 10, 0, 0, OrdStatus.CANCELED)]


def test_a_restart_knows_what_can_be_undone():
    exchange, bought, _ = traded()
    undo(exchange, bought.match_id, PX + 500)
    again = an_exchange("10:00:00")
    fresh = type(again)(exchange.profile, exchange.instruments, exchange.trading_date, 7)
    fresh.load(exchange.save())
    assert fresh.state_hash() == exchange.state_hash()
    assert undo(fresh, bought.match_id) == undo(exchange, bought.match_id)
