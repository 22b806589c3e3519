"""The consolidated book, against hand-made books and against a naive one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hts.marketdata.consolidated import LeftOut, Level, Source, consolidate
from hts.model.enums import Phase, Side
from hts.model.quotes import BOOK_DEPTH, BookUpdate
from tests.support.builders import SYMBOL, TRADE_NS


def a_book(venue, asks=(), bids=(), phase=Phase.CONTINUOUS):
    levels = [0] * 4 * BOOK_DEPTH
    for row, (px, qty) in enumerate(asks):
        levels[4 * row], levels[4 * row + 2] = px, qty
    for row, (px, qty) in enumerate(bids):
        levels[4 * row + 1], levels[4 * row + 3] = px, qty
    return BookUpdate(SYMBOL, TRADE_NS, tuple(levels), 0, 0, 0, 0, phase, venue)


def a_source(venue, asks=(), bids=(), **fields):
    return Source(
        **{"venue": venue, "book": a_book(venue, asks, bids), "phase": Phase.CONTINUOUS, **fields},
    )


KRX = a_source("KRX", asks=[(71_100, 30), (71_200, 50)], bids=[(71_000, 20), (70_900, 10)])
NXT = a_source("NXT", asks=[(71_100, 5), (71_300, 7)], bids=[(71_050, 4), (71_000, 6)])


def level(px, *parts):
    return Level(px=px, qty=sum(qty for _, qty in parts), parts=parts)


def test_levels_of_two_venues_are_added_up_best_first():
    book = consolidate(SYMBOL, [KRX, NXT])
    assert book.asks == (
        level(71_100, ("KRX", 30), ("NXT", 5)),
        level(71_200, ("KRX", 50)),
        level(71_300, ("NXT", 7)),
    )
    assert book.bids == (
        level(71_050, ("NXT", 4)),
        level(71_000, ("KRX", 20), ("NXT", 6)),
        level(70_900, ("KRX", 10)),
    )
    assert (book.venues, book.left_out, book.is_crossed) == (("KRX", "NXT"), (), False)
    assert (book.best_ask, book.best_bid) == (71_100, 71_050)
    assert (book.levels(Side.BUY), book.levels(Side.SELL)) == (book.asks, book.bids)


def test_three_japanese_venues_add_up():
    parts = [a_source(venue, asks=[(2_500, 100)]) for venue in ("TSE", "JNX", "ODX")]
    assert consolidate("7203", parts).asks == (level(2_500, ("TSE", 100), ("JNX", 100), ("ODX", 100)),)


def test_own_orders_are_no_liquidity():
    own = {("NXT", Side.BUY, 71_050): 4, ("KRX", Side.SELL, 71_100): 10, ("KRX", Side.BUY, 71_100): 9}
    book = consolidate(SYMBOL, [KRX, NXT], own)
    assert book.bids[0] == level(71_000, ("KRX", 20), ("NXT", 6))
    assert book.asks[0] == level(71_100, ("KRX", 20), ("NXT", 5))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"is_up": False}, LeftOut.VENUE_DOWN),
        ({"is_live": False}, LeftOut.STALE),
        ({"is_eligible": False}, LeftOut.NOT_ELIGIBLE),
        ({"phase": Phase.CLOSE_CALL}, LeftOut.PHASE),
        ({"phase": Phase.PAUSE}, LeftOut.PHASE),
        ({"phase": Phase.HALTED}, LeftOut.PHASE),
        ({"phase": Phase.POST_CLOSE_PRICE}, LeftOut.PHASE),
        ({"book": None}, LeftOut.NO_BOOK),
    ],
)
def test_a_venue_that_cannot_trade_now_is_left_out_and_named(fields, why):
    book = consolidate(SYMBOL, [KRX, replace(NXT, **fields)])
    assert (book.venues, book.left_out) == (("KRX",), (("NXT", why),))
    assert book == replace(consolidate(SYMBOL, [KRX]), left_out=(("NXT", why),))


@pytest.mark.parametrize("phase", [Phase.PRE_MARKET, Phase.AFTER_MARKET])
def test_sessions_before_and_after_the_main_one_count(phase):
    assert consolidate(SYMBOL, [replace(NXT, phase=phase)]).venues == ("NXT",)


def test_a_crossed_market_shows():
    book = consolidate(SYMBOL, [a_source("KRX", asks=[(100, 1)]), a_source("NXT", bids=[(101, 1)])])
    assert book.is_crossed


def test_nothing_at_all():
    book = consolidate(SYMBOL, [])
    assert (book.asks, book.bids, book.best_ask, book.best_bid, book.is_crossed) == ((), (), 0, 0, False)


SIDES = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 9)), max_size=6, unique_by=lambda level: level[0])


@given(st.lists(st.tuples(SIDES, SIDES), max_size=4), st.dictionaries(st.integers(1, 12), st.integers(1, 9)))
def test_sums_are_those_of_a_naive_book(sides, own_bids):
    names = ("KRX", "NXT", "TSE", "JNX")
    sources = [
        a_source(name, asks=sorted(asks), bids=sorted(bids, reverse=True))
        for name, (asks, bids) in zip(names, sides, strict=False)
    ]
    own = {("NXT", Side.BUY, px): qty for px, qty in own_bids.items()}
    naive: dict[int, int] = {}
    for name, (_, bids) in zip(names, sides, strict=False):
        for px, qty in bids:
            naive[px] = naive.get(px, 0) + max(0, qty - (own_bids.get(px, 0) if name == "NXT" else 0))
    book = consolidate(SYMBOL, sources, own)
    assert [(one.px, one.qty) for one in book.bids] == sorted(((p, q) for p, q in naive.items() if q), reverse=True)
    assert [one.px for one in book.asks] == sorted({px for asks, _ in sides for px, _ in asks})
