"""The FIX/FAST feed: golden datagrams, round trips, and a reader that is never wrong about a book it says it knows."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.app.fast_feed import load_feed_templates
from hts.base.errors import RemoteProtocolError
from hts.model.enums import Phase
from hts.model.quotes import BOOK_DEPTH, BookUpdate, PhaseUpdate, TradeUpdate
from hts.wire.fast.decoder import FastDecoder
from hts.wire.fast.feed_reader import FeedReader, Hole
from hts.wire.fast.market_feed import (
    DATAGRAM_MAX,
    Alive,
    BookChange,
    BookSnapshot,
    Datagram,
    FeedWriter,
    apply,
    changes,
    listed,
    read_datagram,
)
from tests.support.builders import SYMBOL, TRADE_NS, a_book, an_instrument
from tests.support.fuzz import fuzz_rounds
from tests.wire.fix.strategies import books, times_ns

TEMPLATES = load_feed_templates()
CHANGE = BookChange(symbol=SYMBOL, trade_ns=7, phase=Phase.CONTINUOUS, levels=((True, 70_900, 5), (False, 71_000, 0)))
TRADE = TradeUpdate(SYMBOL, TRADE_NS, 71_000, 3, "1", 70_000, 72_000, 69_900, 1_000, 71_000_000, Phase.CONTINUOUS)
ITEMS = [
    listed(an_instrument()),
    PhaseUpdate("", TRADE_NS, Phase.OPEN_CALL, TRADE_NS + 60),
    PhaseUpdate(SYMBOL, TRADE_NS, Phase.VI_CALL, 0),
    BookSnapshot(book=a_book(), last_seq=3),
    CHANGE,
    TRADE,
    Alive(trade_ns=5),
]


def read(data):
    return read_datagram(FastDecoder(TEMPLATES), data)


def test_a_golden_heartbeat():
    """A map with the bit of the template, template 5, the time: each with the stop bit."""
    [data] = FeedWriter(TEMPLATES, 7).datagrams([Alive(trade_ns=5)])
    assert data == bytes.fromhex("00000007 00000001 c0 85 85")


def test_a_golden_change():
    """Map: template and symbol are there, the phase (code 5) too. Then, by the template: 2, the time's difference to 0,
    the symbol, the phase, two entries. The first entry is as the initial values say (change, bid): its map is empty.
    """
    change = BookChange(symbol="AB", trade_ns=7, phase=Phase.CONTINUOUS, levels=((True, 100, 5), (False, 101, 0)))
    [data] = FeedWriter(TEMPLATES, 7).datagrams([change])
    golden = "00000007 00000001 f0 82 87 41c2 85 82 80 00e4 86 e0 82 81 81 80"
    assert data == bytes.fromhex(golden)
    assert read(data) == Datagram(7, 1, [change])


def test_everything_comes_back_in_order_in_one_datagram():
    [data] = FeedWriter(TEMPLATES, 7).datagrams(ITEMS)
    assert read(data) == Datagram(7, 1, ITEMS)
    assert len(data) < 600


def test_datagrams_are_numbered_bounded_and_stand_for_themselves():
    writer = FeedWriter(TEMPLATES, 7)
    items = [BookSnapshot(book=a_book(), last_seq=n) for n in range(200)]
    found = writer.datagrams(items)
    assert len(found) > 2
    assert max(map(len, found)) <= DATAGRAM_MAX
    read_again = [read(data) for data in found]  # each with a decoder that has seen nothing
    assert [one.seq for one in read_again] == list(range(1, len(found) + 1))
    assert [item for one in read_again for item in one.items] == items
    assert writer.next_seq == len(found) + 1


@given(book=books(), last_seq=st.integers(0, 2**32 - 1))
def test_snapshots_round_trip(book, last_seq):
    item = BookSnapshot(book=book, last_seq=last_seq)
    assert read(FeedWriter(TEMPLATES, 7).datagrams([item])[0]) == Datagram(7, 1, [item])


@given(before=books(), after=books())
def test_changes_lead_from_one_book_to_the_next(before, after):
    change = changes(before, after)
    assert read(FeedWriter(TEMPLATES, 7).datagrams([change])[0]) == Datagram(7, 1, [change])
    assert apply(before, change) == after


numbers = st.integers(0, 10**12)


@given(
    trade=st.builds(
        TradeUpdate, st.just(SYMBOL), times_ns, numbers, numbers, st.sampled_from(["", "1", "2"]), numbers, numbers,
        numbers, numbers, numbers, st.sampled_from(Phase),
    )
)  # fmt: skip
def test_trades_round_trip(trade):
    assert read(FeedWriter(TEMPLATES, 7).datagrams([trade])[0]) == Datagram(7, 1, [trade])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (bytes(8), "more than 8 bytes expected, found 8"),
        (bytes.fromhex("00000007 00000001 c0 85"), "a whole message expected"),
        (bytes.fromhex("00000007 00000001 c0 89 85"), "D9"),
    ],
)
def test_what_is_no_datagram_is_refused_and_the_next_one_read(data, told):
    decoder = FastDecoder(TEMPLATES)
    with pytest.raises(RemoteProtocolError, match=told):
        read_datagram(decoder, data)
    assert read_datagram(decoder, bytes.fromhex("00000007 00000002 c0 85 85")) == Datagram(7, 2, [Alive(trade_ns=5)])


def test_a_hole_makes_books_unknown_until_they_are_told_again():
    writer, reader = FeedWriter(TEMPLATES, 7), FeedReader(TEMPLATES)
    first, lost, change, again = (
        writer.datagrams([item])[0]
        for item in (ITEMS[3], Alive(trade_ns=1), CHANGE, BookSnapshot(book=a_book(), last_seq=3))
    )
    assert reader.receive_datagram(first) == [a_book()]
    assert reader.receive_datagram(first) == []
    assert reader.receive_datagram(change) == [Hole(seq=2, count=1)]
    assert reader.receive_datagram(lost) == []
    assert reader.books == {}
    assert reader.receive_datagram(again) == [a_book()]
    stats = reader.stats
    assert (stats.missing, stats.past, stats.unknown_book, stats.datagrams) == (1, 2, 1, 3)


def test_a_venue_that_begins_anew_is_followed():
    reader, old, new = FeedReader(TEMPLATES), FeedWriter(TEMPLATES, 7), FeedWriter(TEMPLATES, 8)
    for item in (ITEMS[3], *ITEMS[4:]):
        reader.receive_datagram(old.datagrams([item])[0])
    assert list(reader.books) == [SYMBOL]
    assert reader.receive_datagram(new.datagrams([Alive(trade_ns=1)])[0]) == [Alive(trade_ns=1)]
    assert reader.receive_datagram(old.datagrams([ITEMS[3]])[0]) == []
    assert (reader.stats.restarts, reader.stats.past, reader.session, reader.next_seq) == (1, 1, 8, 2)
    assert reader.books == {}


def test_damaged_and_lost_datagrams_never_make_a_wrong_book():
    dice = random.Random(3)
    writer, reader = FeedWriter(TEMPLATES, 7), FeedReader(TEMPLATES)
    venue: dict[str, BookUpdate] = {}
    told = 0
    for n in range(fuzz_rounds(1_500)):
        symbol = f"S{dice.randrange(4)}"
        levels = [0] * (4 * BOOK_DEPTH)
        for column, prices in ((0, range(100, 104)), (1, range(99, 95, -1))):
            for level, px in enumerate(prices):
                levels[4 * level + column], levels[4 * level + 2 + column] = px, dice.randrange(1, 9)
        after = BookUpdate(symbol, n + 1, tuple(levels), sum(levels[2::4]), sum(levels[3::4]), 0, 0, Phase.CONTINUOUS)
        before = venue.get(symbol)
        is_whole = before is None or dice.random() < 0.2
        venue[symbol] = after
        item = BookSnapshot(book=after, last_seq=0) if is_whole else changes(before, after)
        [data] = writer.datagrams([item])
        if dice.random() < 0.1:
            reader.receive_datagram(data[: dice.randrange(len(data))])  # damaged: as good as lost
        elif dice.random() < 0.9:
            reader.receive_datagram(data)
            known = reader.books.get(symbol)
            assert known is None or known == after, n
            told += known is not None
    assert told > 300
