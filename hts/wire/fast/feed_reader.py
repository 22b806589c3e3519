"""Follows a FIX/FAST feed: datagrams in, items in order out; a hole makes books unknown until their snapshot comes.

Theory of operation. Datagrams have numbers from 1. One that was seen, or is older, is dropped. When numbers are
missing nothing is asked for, because the feed has no service that could be asked: every book is unknown from then on,
changes of unknown books are dropped, and the snapshots that the venue sends in turn bring one book after the other
back. Prints, phases and issues are passed on as they come. A higher session is a venue that began anew: no book is
known; a lower one is from the past.
"""

from msgspec import Struct

from hts.base.errors import RemoteProtocolError
from hts.model.quotes import BookUpdate
from hts.wire.fast.decoder import FastDecoder
from hts.wire.fast.market_feed import BookChange, BookSnapshot, FeedItem, apply, read_datagram
from hts.wire.fast.templates import TemplateSet

BOOKS_MAX = 100_000


class Hole(Struct, frozen=True, kw_only=True):
    """Datagrams [seq, seq + count) did not come; no book is known any more."""

    seq: int
    count: int


class FeedStats(Struct, kw_only=True):
    """Counters since the start."""

    datagrams: int = 0
    missing: int = 0
    past: int = 0
    malformed: int = 0
    unknown_book: int = 0
    restarts: int = 0


class FeedReader:
    """One feed. `books` are those that are known."""

    def __init__(self, templates: TemplateSet) -> None:
        self.books: dict[str, BookUpdate] = {}
        self.session = 0
        self.next_seq = 0  # 0: whatever comes first
        self.stats = FeedStats()
        self._decoder = FastDecoder(templates)

    def receive_datagram(self, data: bytes) -> list[FeedItem | Hole | BookUpdate]:
        """What a datagram brings; books stand for themselves, whole, after each change."""
        try:
            datagram = read_datagram(self._decoder, data)
        except RemoteProtocolError:
            self.stats.malformed += 1
            return []
        found: list[FeedItem | Hole | BookUpdate] = []
        if datagram.session > self.session:
            self.stats.restarts += self.session > 0
            self.session, self.next_seq = datagram.session, 0
            self.books.clear()
        seq = datagram.seq
        if datagram.session < self.session or seq < self.next_seq:
            self.stats.past += 1
            return []
        if self.next_seq and seq > self.next_seq:
            found.append(Hole(seq=self.next_seq, count=seq - self.next_seq))
            self.stats.missing += seq - self.next_seq
            self.books.clear()
        self.next_seq = seq + 1
        self.stats.datagrams += 1
        for item in datagram.items:
            self._take(item, found)
        return found

    def _take(self, item: FeedItem, found: list[FeedItem | Hole | BookUpdate]) -> None:
        if isinstance(item, BookSnapshot):
            symbol = item.book.symbol
            if symbol in self.books or len(self.books) < BOOKS_MAX:
                self.books[symbol] = item.book
                found.append(item.book)
        elif isinstance(item, BookChange):
            book = self.books.get(item.symbol)
            if book is None:
                self.stats.unknown_book += 1
                return
            self.books[item.symbol] = after = apply(book, item)
            found.append(after)
        else:
            found.append(item)
