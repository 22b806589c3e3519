import msgspec

from hts.marketdata.book import Books
from tests.support.builders import a_trade
from tests.wire.mdcs.samples import BOOK, SAMSUNG, TRADE


def test_latest_book_and_trade_win():
    books = Books()
    books.apply_book(BOOK)
    newer = msgspec.structs.replace(BOOK, levels=(71_700, 71_600, *BOOK.levels[2:]))
    books.apply_book(newer)
    books.apply_trade(TRADE)
    assert (books.book("005930"), books.last_trade("005930"), books.symbols()) == (newer, TRADE, ("005930",))
    assert (books.best_ask("005930"), books.best_bid("005930"), books.last_px("005930")) == (71_700, 71_600, 71_600)
    assert books.mark_px(SAMSUNG) == 71_600


def test_unknown_issue_has_zeros_and_is_marked_at_its_base():
    books = Books()
    books.apply_book(BOOK)
    books.apply_trade(TRADE)
    books.clear()
    assert (books.book("005930"), books.last_trade("005930"), books.symbols()) == (None, None, ())
    assert (books.best_ask("005930"), books.best_bid("005930"), books.last_px("005930")) == (0, 0, 0)
    assert books.mark_px(SAMSUNG) == SAMSUNG.base_px


def test_the_price_before_the_last_that_was_another():
    books = Books()
    found = []
    for px in (71_000, 71_000, 71_100, 71_100, 71_000):
        books.apply_trade(a_trade(px))
        found.append(books.different_px("005930"))
    assert found == [0, 0, 71_000, 71_000, 71_100]
    books.clear()
    assert books.different_px("005930") == 0
