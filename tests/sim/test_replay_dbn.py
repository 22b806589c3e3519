"""A market-by-order recording on the real exchange: the same book after every event, the user in the true place."""

import pytest
import zstandard

from hts.base.errors import RemoteProtocolError
from hts.model.enums import Side, TimeInForce
from hts.model.units import ClOrdID, Px, Qty
from hts.rules.dates import krx_local_ns
from hts.sim.commands import Enter
from hts.sim.events import CancelRefused, OrderCanceled, OrderRejected, OrderTraded
from hts.sim.exchange import Exchange
from hts.sim.korea.krx_profile import krx_profile
from hts.sim.replay import ReplayListing
from hts.sim.replay_dbn import apply_record, behind_the_last_crossed, book_after, list_records, load_dbn
from hts.wire.dbn.mbo import MboRecord, mbo_records
from hts.wire.dbn.metadata import parse_metadata
from tests.support.market_rules import market_rules
from tests.support.recordings import recording

DAY = 20261123
START_NS = krx_local_ns(DAY, 9 * 3600)
LAST = 0x80


def listed(listing: ReplayListing) -> Exchange:
    replays = {listing.instrument.symbol: (listing.start_ns, 0)}
    exchange = Exchange(krx_profile(market_rules(), DAY), (listing.instrument,), DAY, 1, replays=replays)
    exchange.advance(listing.start_ns)
    return exchange


def play(exchange: Exchange, listing: ReplayListing, since: int = 0, up_to: int | None = None) -> list:
    """Events of the commands of records up to a number; what the recording did must all be possible."""
    found = []
    for timed in listing.commands[since:]:
        if up_to is not None and timed.line > up_to:
            break
        found += exchange.apply(timed.command, timed.trade_ns)
    return found


def shown(exchange: Exchange, symbol: str, levels: int = 5) -> tuple[list, list]:
    rows = exchange.depth(symbol).levels
    quads = [rows[at : at + 4] for at in range(0, len(rows), 4)][:levels]
    return [(bid, qty) for _, bid, _, qty in quads if qty], [(ask, qty) for ask, _, qty, _ in quads if qty]


def by_level(book: dict, scale: int, levels: int = 5) -> tuple[list, list]:
    """The recording's own book, kept by the plainest means."""
    sides = ({}, {})
    for order in book.values():
        px = order.px // scale
        sides[order.is_buy][px] = sides[order.is_buy].get(px, 0) + order.qty
    return sorted(sides[True].items(), reverse=True)[:levels], sorted(sides[False].items())[:levels]


def test_left_alone_the_book_equals_the_recorded_one():
    path = recording("mbo", "esh4-glbx-mdp3-20231225.mbo.dbn.zst")
    data = zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read()
    listing = load_dbn(data, START_NS)
    instrument = listing.instrument
    assert (instrument.symbol, instrument.px_decimals, instrument.ticks.steps) == ("ESH4", 2, (25,))
    records = list(mbo_records(data, parse_metadata(data)))[:30_000]
    begin = behind_the_last_crossed(list(mbo_records(data, parse_metadata(data))))
    exchange, (book, _) = listed(listing), book_after(records[:begin])
    commands, refused, compared = iter(listing.commands), [], 0
    timed = next(commands)
    for record in records[begin - 1 :]:
        if record.number > begin:
            apply_record(book, record)
        if not record.is_last and record.number != begin:
            continue
        while timed.line <= record.number:
            refused += [
                (timed.line, event)
                for event in exchange.apply(timed.command, timed.trade_ns)
                if isinstance(event, OrderRejected | CancelRefused)
                or (isinstance(event, OrderCanceled) and event.time_in_force is TimeInForce.IOC)
            ]
            timed = next(commands)
        if record.number % 7 == 0:
            compared += 1
            assert shown(exchange, "ESH4") == by_level(book, 10**7), record
    assert refused == []
    assert compared > 1500


def record(
    number: int, action: str, order_id: int, px: int, qty: int, *, side: str = "B", flags: int = LAST
) -> MboRecord:
    return MboRecord(number, 1, 1_000_000 * number, order_id, px * 10**9, qty, flags, action, side, number)


def a_recording(*more: MboRecord) -> list[MboRecord]:
    """Two bids of 3 and 4 at 10, an ask of 5 at 12; then `more`."""
    return [
        record(1, "A", 1, 10, 3),
        record(2, "A", 2, 10, 4),
        record(3, "A", 3, 12, 5, side="A"),
        *more,
    ]


def test_the_user_waits_behind_who_was_there_and_before_who_comes():
    listing = list_records(
        a_recording(
            record(4, "A", 4, 10, 2),
            record(5, "T", 9, 10, 4, side="A", flags=0),
            record(6, "F", 1, 10, 3, flags=0),
            record(7, "F", 2, 10, 1, flags=0),
            record(8, "C", 1, 10, 3, flags=0),
            record(9, "M", 2, 10, 3),
            record(10, "T", 9, 10, 3, side="A", flags=0),
            record(11, "F", 2, 10, 3, flags=0),
            record(12, "C", 2, 10, 3),
            record(13, "T", 9, 10, 1, side="A", flags=0),
            record(14, "F", 4, 10, 1, flags=0),
            record(15, "M", 4, 10, 1),
        ),
        "X",
        START_NS,
    )
    exchange = listed(listing)
    three = sum(timed.line < 4 for timed in listing.commands)
    play(exchange, listing, up_to=3)
    user = Enter(session="HTS01", cl_ord_id=ClOrdID(1), account="A", symbol="X", side=Side.BUY, px=Px(10), qty=Qty(1))
    exchange.apply(user, exchange.trade_ns)
    mine = {}
    for timed in listing.commands[three:]:
        for event in exchange.apply(timed.command, timed.trade_ns):
            if isinstance(event, OrderTraded) and event.session == "HTS01":
                mine[timed.line] = event.last_qty
    assert mine == {13: 1}, "after the 3 and 4 that stood before, ahead of the 2 that came later"


def test_an_order_that_meets_its_owner_s_other_side_is_told_after_what_it_cancels():
    listing = list_records(
        a_recording(record(4, "A", 4, 12, 2, flags=0), record(5, "C", 3, 12, 5, side="A")), "X", START_NS
    )
    exchange = listed(listing)
    assert not [e for e in play(exchange, listing) if isinstance(e, OrderTraded)]
    assert shown(exchange, "X") == ([(12, 2), (10, 7)], [])


def test_an_iceberg_shows_its_next_part_at_the_end_of_the_queue():
    listing = list_records(
        a_recording(
            record(4, "T", 9, 10, 3, side="A", flags=0),
            record(5, "F", 1, 10, 3, flags=0),
            record(6, "M", 1, 10, 3),
            record(7, "T", 9, 10, 4, side="A", flags=0),
            record(8, "F", 2, 10, 4, flags=0),
            record(9, "C", 2, 10, 4),
        ),
        "X",
        START_NS,
    )
    exchange = listed(listing)
    play(exchange, listing)
    assert shown(exchange, "X") == ([(10, 3)], [(12, 5)])
    assert listing.notes == ()


def test_a_crossed_book_before_the_opening_is_no_part_of_the_replay():
    crossed = record(4, "A", 4, 13, 2)
    opening = [
        record(5, "T", 0, 12, 2, side="N", flags=0),
        record(6, "F", 4, 13, 2, flags=0),
        record(7, "F", 3, 12, 2, side="A", flags=0),
        record(8, "C", 4, 13, 2, flags=0),
        record(9, "M", 3, 12, 3, side="A"),
    ]
    listing = list_records(a_recording(crossed, *opening, record(10, "A", 5, 9, 1)), "X", START_NS)
    exchange = listed(listing)
    play(exchange, listing)
    assert shown(exchange, "X") == ([(10, 7), (9, 1)], [(12, 3)])
    assert listing.prints == ()


def test_a_trade_with_another_instrument_is_printed_and_taken_out():
    listing = list_records(
        a_recording(
            record(4, "T", 0, 10, 2, side="N", flags=0), record(5, "F", 1, 10, 2, flags=0), record(6, "M", 1, 10, 1)
        ),
        "X",
        START_NS,
    )
    exchange = listed(listing)
    play(exchange, listing)
    assert shown(exchange, "X") == ([(10, 5)], [(12, 5)])
    assert [(p.px, p.qty, p.side) for p in listing.prints] == [(10, 2, "")]


def test_what_was_never_added_is_noted():
    listing = list_records(a_recording(record(4, "C", 77, 10, 1)), "X", START_NS)
    assert listing.notes == ("record 4: order 77 was never added",)


def test_an_empty_recording_is_refused():
    with pytest.raises(RemoteProtocolError, match="market-by-order records expected, found none"):
        list_records([], "X", START_NS)
