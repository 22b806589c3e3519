from hypothesis import given
from hypothesis import strategies as st

from hts.desk.combined import CombinedBook, Level, as_update, combine, with_day
from hts.model.enums import Phase
from tests.desk.scene import a_book, a_trade


def small(**changes):
    return a_book(**{"asks": (10, 20), "bids": (30, 40), "ask": 237_500, "bid": 237_000, **changes})


KRX = small()
NXT = small(
    venue="NXT", asks=(1, 2, 3), bids=(5,), ask=238_000, bid=237_500, total_ask_qty=6, trade_ns=KRX.trade_ns + 1
)


def test_quantities_are_added_per_price_and_each_venues_part_is_named():
    assert combine((KRX, NXT)) == CombinedBook(
        asks=(
            Level(237_500, 10, (("KRX", 10),)),
            Level(238_000, 21, (("KRX", 20), ("NXT", 1))),
            Level(238_500, 2, (("NXT", 2),)),
            Level(239_000, 3, (("NXT", 3),)),
        ),
        bids=(
            Level(237_500, 5, (("NXT", 5),)),
            Level(237_000, 30, (("KRX", 30),)),
            Level(236_500, 40, (("KRX", 40),)),
        ),
    )
    assert [level.qty_elsewhere("KRX") for level in combine((KRX, NXT)).asks] == [0, 1, 2, 3]


def test_a_ladder_takes_all_levels_and_the_sums():
    book = as_update(combine((KRX, NXT)), (KRX, NXT))
    assert book == a_book(
        levels=(237_500, 237_500, 10, 5, 238_000, 237_000, 21, 30, 238_500, 236_500, 2, 40, 239_000, 0, 3, 0),
        total_ask_qty=36,
        total_bid_qty=75,
        trade_ns=NXT.trade_ns,
    )


def test_the_first_venue_that_takes_orders_tells_phase_and_expected_price():
    closed = small(phase=Phase.CLOSED)
    early = small(venue="NXT", phase=Phase.PRE_MARKET)
    call = small(phase=Phase.CLOSE_CALL, expected_px=237_000, expected_qty=9)
    paused = small(venue="NXT", phase=Phase.PAUSE)

    def told(*books):
        book = as_update(combine(books), books)
        return book.phase, book.expected_px, book.expected_qty

    assert told(closed, early) == (Phase.PRE_MARKET, 0, 0)
    assert told(call, paused) == (Phase.CLOSE_CALL, 237_000, 9)
    assert told(closed, paused) == (Phase.CLOSED, 0, 0)


def test_empty_books_make_an_empty_one():
    none = small(asks=(), bids=())
    assert combine((none,)) == CombinedBook(asks=(), bids=())
    assert as_update(combine((none,)), (none,)).levels == (0, 0, 0, 0)


QUANTITIES = st.lists(st.integers(0, 9), max_size=10)


@given(QUANTITIES, QUANTITIES, st.integers(-5, 5))
def test_it_agrees_with_counting_share_by_share(here, there, shift):
    books = (small(asks=here), small(venue="NXT", asks=there, ask=237_500 + 500 * shift))
    counted: dict[int, int] = {}
    for book in books:
        for px, qty in zip(book.levels[0::4], book.levels[2::4], strict=True):
            if px:
                counted[px] = counted.get(px, 0) + qty
    asks = combine(books).asks
    assert [(level.px, level.qty) for level in asks] == sorted(counted.items())
    assert all(level.qty == sum(qty for _, qty in level.parts) for level in asks)


def test_a_trade_carries_the_day_of_both_venues():
    krx = a_trade(px=237_500, high_px=239_000, low_px=220_500, cum_qty=100, cum_value=1_000, open_px=221_500)
    nxt = a_trade(venue="NXT", px=237_000, high_px=240_000, low_px=221_000, cum_qty=7, cum_value=70, open_px=222_000)
    assert with_day(nxt, (krx, nxt)) == a_trade(
        venue="NXT", px=237_000, high_px=240_000, low_px=220_500, cum_qty=107, cum_value=1_070, open_px=221_500
    )
