"""The latest book and day figures of each issue. Every update replaces the one before, so nothing can drift."""

from hts.model.instruments import Instrument
from hts.model.quotes import BookUpdate, TradeUpdate
from hts.model.units import NO_PX, Px


class Books:
    """Latest values by symbol; bounded by the number of listed issues."""

    def __init__(self) -> None:
        self._books: dict[str, BookUpdate] = {}
        self._trades: dict[str, TradeUpdate] = {}
        self._different: dict[str, int] = {}

    def clear(self) -> None:
        """Forget everything: a new trading day."""
        self._books = {}
        self._trades = {}
        self._different = {}

    def apply_book(self, book: BookUpdate) -> None:
        """Replace the issue's book."""
        self._books[book.symbol] = book

    def apply_trade(self, trade: TradeUpdate) -> None:
        """Replace the issue's last trade and day figures (also from a snapshot, where the quantity is 0)."""
        before = self._trades.get(trade.symbol)
        if before is not None and before.px != trade.px:
            self._different[trade.symbol] = before.px
        self._trades[trade.symbol] = trade

    def book(self, symbol: str) -> BookUpdate | None:
        """The newest book, or None."""
        return self._books.get(symbol)

    def last_trade(self, symbol: str) -> TradeUpdate | None:
        """The newest trade with the day's figures, or None before the first."""
        return self._trades.get(symbol)

    def best_ask(self, symbol: str) -> Px:
        """Lowest offered price; 0 when there is none."""
        book = self._books.get(symbol)
        return Px(book.levels[0]) if book is not None else NO_PX

    def best_bid(self, symbol: str) -> Px:
        """Highest bid price; 0 when there is none."""
        book = self._books.get(symbol)
        return Px(book.levels[1]) if book is not None else NO_PX

    def last_px(self, symbol: str) -> Px:
        """Price of the newest trade; 0 before the first of the day."""
        trade = self._trades.get(symbol)
        return Px(trade.px) if trade is not None else NO_PX

    def different_px(self, symbol: str) -> Px:
        """The last traded price that was another one than the newest; 0 when there was none."""
        return Px(self._different.get(symbol, 0))

    def mark_px(self, instrument: Instrument) -> Px:
        """What a holding is valued at: the last price of the day, else the base price."""
        trade = self._trades.get(instrument.symbol)
        return Px(trade.px or instrument.base_px) if trade is not None else instrument.base_px

    def symbols(self) -> tuple[str, ...]:
        """Issues of which a book is known, in the order they came."""
        return tuple(self._books)
