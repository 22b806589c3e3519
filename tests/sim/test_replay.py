"""A recorded session as commands, and on the real exchange."""

from itertools import groupby

import pytest
from msgspec.structs import replace

from hts.model.enums import Market, Phase, Side, TimeInForce
from hts.model.units import ClOrdID, Px, Qty
from hts.rules.dates import krx_local_ns
from hts.sim.commands import REPLAY, Amend, Cancel, Enter
from hts.sim.events import CancelRefused, OrderCanceled, OrderRejected, OrderTraded, Traded
from hts.sim.exchange import Exchange
from hts.sim.korea.krx_profile import krx_profile
from hts.sim.replay import HiddenPrint, ReplayListing, load_replay
from hts.wire.lobster.messages import LobsterError
from hts.wire.lobster.orderbook import parse_orderbook
from tests.support.lobster import recorded_texts
from tests.support.market_rules import market_rules

DAY = 20261123
START_NS = krx_local_ns(DAY, 9 * 3600 + 60)
BOOK = "5859400,200,5853300,118,5859800,150,5853000,40"


def listed(listing: ReplayListing) -> Exchange:
    replays = {listing.instrument.symbol: (listing.start_ns, 0)}
    exchange = Exchange(krx_profile(market_rules(), DAY), (listing.instrument,), DAY, 1, replays=replays)
    exchange.advance(listing.start_ns)
    assert exchange.phase("AAPL") is Phase.CONTINUOUS
    return exchange


def levels_of(exchange: Exchange, levels: int = 10) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Asks and bids as the recording writes them."""
    book = exchange.depth("AAPL", levels).levels
    asks = [(px * 100, qty) for px, qty in zip(book[0::4], book[2::4], strict=True) if px]
    bids = [(px * 100, qty) for px, qty in zip(book[1::4], book[3::4], strict=True) if px]
    return asks, bids


def test_left_alone_the_book_equals_the_recorded_one_after_every_event():
    message_text, book_text = recorded_texts()
    listing = load_replay(message_text, book_text, START_NS)
    assert (listing.notes, len(listing.prints)) == ((), 61)
    exchange = listed(listing)
    rows = parse_orderbook(book_text)
    books = {0: rows[0]}
    refused = []
    for line, commands in groupby(listing.commands, key=lambda timed: timed.line):
        for timed in commands:
            events = exchange.apply(timed.command, timed.trade_ns)
            refused += [e for e in events if isinstance(e, OrderRejected | CancelRefused)]
            # What the recording executed was there: nothing of an incoming order is left.
            refused += [e for e in events if isinstance(e, OrderCanceled) and e.time_in_force is TimeInForce.IOC]
        books[line] = levels_of(exchange)
    assert refused == []
    expected = {line: ([*row.asks], [*row.bids]) for line, row in enumerate(rows, 1) if line in books}
    assert len(expected) == 999 - 61
    assert {line: book for line, book in books.items() if line} == expected


def test_the_issue_is_in_cents_with_limits_wide_of_the_recording():
    listing = load_replay("34200.5,1,7,18,5853300,1\n34205.75,5,0,3,5900000,1", f"{BOOK}\n{BOOK}", START_NS)
    instrument = listing.instrument
    assert (instrument.symbol, instrument.isin, instrument.market) == ("AAPL", "US0378331005", Market.REPLAY)
    assert (instrument.currency, instrument.px_decimals, instrument.trading_date) == ("USD", 2, DAY)
    assert (instrument.ticks.starts, instrument.ticks.steps) == ((0,), (1,))
    assert (instrument.lower_px, instrument.base_px, instrument.upper_px) == (46_824, 58_563, 70_800)
    assert (listing.start_ns, listing.end_ns) == (START_NS, START_NS + 5_250_000_000)


def test_each_event_becomes_its_command():
    book = "5859400,200,5853300,118,5859800,150,5853000,40"
    messages = (
        "34200,1,7,18,5853300,1\n"  # enters behind the 100 that rested there
        "34200.1,2,7,8,5853300,1\n"
        "34200.2,4,9,30,5853300,1\n"  # 9 rested before the start
        "34200.3,3,9,70,5853300,1\n"
        "34200.4,3,7,10,5853300,1\n"
        "34200.5,5,0,5,5856350,-1\n"
        "34200.6,6,0,50,5856300,1\n"
        "34200.7,7,0,0,0,-1"
    )
    rows = [
        book,
        book.replace("118", "110"),
        book.replace("118", "80"),
        book.replace("118", "10"),
        *["5859400,200,5853000,40,5859800,150,-9999999999,0"] * 4,
    ]
    listing = load_replay(messages, "\n".join(rows), START_NS)
    assert [(t.trade_ns - START_NS, t.line, t.command) for t in listing.commands] == [
        (0, 0, an_order(1, Side.SELL, 58_594, 200)),
        (0, 0, an_order(2, Side.SELL, 58_598, 150)),
        (0, 0, an_order(3, Side.BUY, 58_533, 100)),
        (0, 0, an_order(4, Side.BUY, 58_530, 40)),
        (0, 1, an_order(5, Side.BUY, 58_533, 18)),
        (100_000_000, 2, an_amend(6, 5, 58_533, 10)),
        (200_000_000, 3, an_order(7, Side.SELL, 58_533, 30, TimeInForce.IOC)),
        (300_000_000, 4, a_cancel(8, 3)),
        (400_000_000, 5, a_cancel(9, 5)),
    ]
    assert listing.prints == (
        HiddenPrint(trade_ns=START_NS + 500_000_000, px=Px(58_563), qty=Qty(5), side="1"),
        HiddenPrint(trade_ns=START_NS + 600_000_000, px=Px(58_563), qty=Qty(50), side=""),
    )
    assert listing.notes == (
        "line 6: a hidden trade between two cents is printed at the lower one",
        "line 8: trading halt message 0 is not replayed",
    )


def test_a_part_of_what_rested_before_the_start_is_amended_away():
    rows = f"{BOOK}\n{BOOK.replace('118', '60')}"
    listing = load_replay("34200,5,0,1,5853300,1\n34201,3,9,58,5853300,1", rows, START_NS)
    assert listing.commands[-1].command == an_amend(5, 3, 58_533, 60)


def test_a_level_that_surfaces_is_entered_when_it_does_and_shrinks_when_it_comes_back_smaller():
    messages = "34200,1,7,5,5854000,1\n34201,3,7,5,5854000,1\n34202,3,9,118,5853300,1"
    rows = (
        "5859400,200,5854000,5,5859800,150,5853300,118\n"
        "5859400,200,5853300,118,5859800,150,5853100,40\n"
        "5859400,200,5853100,40,5859800,150,5853000,25"
    )
    listing = load_replay(messages, rows, START_NS)
    assert [(t.line, t.command) for t in listing.commands[3:]] == [
        (1, an_order(4, Side.BUY, 58_540, 5)),
        (2, a_cancel(5, 4)),
        (2, an_order(6, Side.BUY, 58_531, 40)),
        (3, a_cancel(7, 3)),
        (3, an_order(8, Side.BUY, 58_530, 25)),
    ]


def test_a_known_order_cancelled_out_of_view_is_the_one_of_that_size():
    """Of 5, 6 and 7 shares at 585.34, 6 leave while two better bids hide the level; then the order of 7 is executed."""
    messages = (
        "34200,1,7,5,5853400,1\n34200,1,8,6,5853400,1\n34200,1,9,7,5853400,1\n34201,1,10,5,5854000,1\n"
        "34201,1,11,5,5854100,1\n34202,3,11,5,5854100,1\n34203,4,9,12,5853400,1"
    )
    ask = "5859400,200,{},5859800,150,{}"
    rows = [
        ask.format("5853400,5", "5853300,1"),
        ask.format("5853400,11", "5853300,1"),
        ask.format("5853400,18", "5853300,1"),
        ask.format("5854000,5", "5853400,18"),
        ask.format("5854100,5", "5854000,5"),
        ask.format("5854000,5", "5853400,12"),
        ask.format("5854000,5", "5853300,1"),
    ]
    listing = load_replay(messages, "\n".join(rows), START_NS)
    assert [(t.line, t.command) for t in listing.commands if t.line >= 6] == [
        (6, a_cancel(9, 8)),
        (6, a_cancel(10, 5)),
        (7, an_order(11, Side.SELL, 58_534, 12, TimeInForce.IOC)),
    ]


def test_an_order_cancelled_after_its_whole_execution_is_noted():
    listing = load_replay("34200,1,7,5,5853400,1\n34201,4,7,5,5853400,1\n34202,3,7,5,5853400,1", None, START_NS)
    assert [t.line for t in listing.commands] == [1, 2]
    assert listing.notes == ("line 3: 5 of 5 shares to cancel are not in the book",)


def test_without_recorded_books_the_messages_stand_alone():
    listing = load_replay("34200,1,7,18,5853300,1\n34201,3,9,5,5850000,1\n34202,4,11,5,5859000,-1", None, START_NS)
    assert [t.command for t in listing.commands] == [
        an_order(1, Side.BUY, 58_533, 18),
        an_order(2, Side.BUY, 58_590, 5, TimeInForce.IOC),
    ]
    assert listing.notes == (
        "line 2: 5 of 5 shares to cancel are not in the book",
        "line 3: 5 of 5 executed shares are not in the book",
    )
    assert listing.instrument.base_px == 58_533


def test_a_visible_order_between_two_cents_is_refused():
    with pytest.raises(LobsterError, match="line 1: expected a visible order's price in whole cents, found 5853350"):
        load_replay("34200,1,7,18,5853350,1", None, START_NS)


def test_the_users_order_stands_in_the_queue_and_is_filled_in_its_turn():
    """100 rest, then the user joins, then 50 more: of 120 that are sold, 100 go ahead of the user's 20."""
    messages = "34200,1,7,100,5853300,1\n34201,1,8,50,5853300,1\n34202,4,7,100,5853300,1\n34203,4,8,20,5853300,1"
    listing = load_replay(messages, None, START_NS)
    exchange = listed(listing)
    commands = [(t.trade_ns, t.command) for t in listing.commands]
    users = replace(an_order(1, Side.BUY, 58_533, 20), session="HTS01")
    events = []
    for trade_ns, command in (commands[0], (START_NS + 5, users), *commands[1:]):
        events += exchange.apply(command, trade_ns)
    fills = [(e.session, e.order_id, e.last_qty) for e in events if isinstance(e, OrderTraded) and not e.is_aggressor]
    assert fills == [(REPLAY, 1, 100), ("HTS01", 1, 20)]
    assert [(e.trade.px, e.trade.qty, e.trade.side) for e in events if isinstance(e, Traded)] == [
        (58_533, 100, "2"),
        (58_533, 20, "2"),
    ]
    assert levels_of(exchange) == ([], [(5_853_300, 50)])


def test_what_the_user_took_is_missing_later_and_nothing_breaks():
    messages = "34200,1,7,100,5853300,1\n34201,3,7,100,5853300,1"
    listing = load_replay(messages, None, START_NS)
    exchange = listed(listing)
    exchange.apply(listing.commands[0].command, START_NS)
    users = replace(an_order(1, Side.SELL, 58_533, 100), session="HTS01")
    exchange.apply(users, START_NS + 1)
    events = exchange.apply(listing.commands[1].command, listing.commands[1].trade_ns)
    assert [type(e) for e in events] == [CancelRefused]


def an_order(cl_ord_id: int, side: Side, px: int, qty: int, tif: TimeInForce = TimeInForce.DAY) -> Enter:
    return Enter(
        session=REPLAY,
        cl_ord_id=ClOrdID(cl_ord_id),
        account=REPLAY,
        symbol="AAPL",
        side=side,
        time_in_force=tif,
        px=Px(px),
        qty=Qty(qty),
    )


def an_amend(cl_ord_id: int, order_id: int, px: int, qty: int) -> Amend:
    names = {"session": REPLAY, "cl_ord_id": ClOrdID(cl_ord_id), "orig_cl_ord_id": ClOrdID(order_id)}
    return Amend(**names, px=Px(px), qty=Qty(qty))


def a_cancel(cl_ord_id: int, order_id: int) -> Cancel:
    return Cancel(session=REPLAY, cl_ord_id=ClOrdID(cl_ord_id), orig_cl_ord_id=ClOrdID(order_id))
