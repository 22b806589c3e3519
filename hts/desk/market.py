"""What the terminal knows of the market: the latest value per symbol, and what changed since the last frame.

Panels never subscribe to ticks. Quotes arrive here as fast as they come; once per frame `drain` says which symbols
changed, and panels read the latest values.
"""

from collections.abc import Iterable

from msgspec import Struct

from hts.desk.venue_bars import BarsKey, longer
from hts.desk.venue_quotes import NEW_TRADES_MAX, VenueQuotes, VenueSymbol
from hts.model.enums import Phase
from hts.model.instruments import Instrument
from hts.model.quotes import AnyQuote, BookUpdate, InstrumentDef, PhaseUpdate, TradeUpdate
from hts.model.venues import HOME_VENUE
from hts.model.views import BarsView


class MarketChanges(Struct, frozen=True, kw_only=True):
    """What changed since the frame before. `trades` holds each symbol's new trades, oldest first.

    All but the last three fields is the home view's: each symbol as the venue tells it that lists it.
    """

    instruments: bool = False
    books: frozenset[str] = frozenset()
    trades: dict[str, tuple[TradeUpdate, ...]] = {}
    phases: bool = False
    bars: frozenset[tuple[str, int]] = frozenset()  # (symbol, timeframe_s) with new history
    elsewhere: frozenset[VenueSymbol] = frozenset()  # what changed at other venues than the symbol's home
    trades_elsewhere: dict[VenueSymbol, tuple[TradeUpdate, ...]] = {}
    bars_elsewhere: frozenset[BarsKey] = frozenset()

    def touches(self, symbol: str) -> bool:
        """Whether the symbol's book or last trade changed."""
        return symbol in self.books or symbol in self.trades

    def __bool__(self) -> bool:
        home = self.instruments or self.books or self.trades or self.phases or self.bars
        return bool(home or self.elsewhere or self.bars_elsewhere)


NOTHING = MarketChanges()


class MarketState:
    """Latest book, trade and phase per symbol.

    instruments   symbol -> Instrument, in the order of the venue's list
    books         symbol -> latest BookUpdate
    trades        symbol -> latest TradeUpdate
    bars          (symbol, timeframe_s) -> latest BarsView
    phase         of the whole market, with `phase_until_ns` (0 when unknown)
    trade_ns      newest venue time seen
    venues        the same by venue and symbol, home or not
    """

    def __init__(self) -> None:
        self.instruments: dict[str, Instrument] = {}
        self.books: dict[str, BookUpdate] = {}
        self.trades: dict[str, TradeUpdate] = {}
        self.bars: dict[tuple[str, int], BarsView] = {}
        self.phase = Phase.CLOSED
        self.phase_until_ns = 0
        self.trade_ns = 0
        self.venues = VenueQuotes()
        self._symbol_phases: dict[str, Phase] = {}
        self._instruments_changed = False
        self._phases_changed = False
        self._dirty_books: set[str] = set()
        self._new_trades: dict[str, list[TradeUpdate]] = {}
        self._new_bars: set[tuple[str, int]] = set()
        self._bars_elsewhere: set[BarsKey] = set()

    def on_quote(self, quote: AnyQuote) -> None:
        """Take one market data value. Each symbol is shown as its own venue tells it: the one that lists it."""
        if isinstance(quote, BookUpdate):
            self._on_book(quote)
            return
        is_home = self._is_shown(quote)
        self.venues.take(quote, is_home=is_home)
        if not is_home:
            return
        if isinstance(quote, TradeUpdate):
            self._on_trade(quote)
        elif isinstance(quote, PhaseUpdate):
            self._on_phase(quote)
        else:
            self._on_instrument(quote)

    def _on_book(self, book: BookUpdate) -> None:
        """Nine of ten values are books."""
        symbol, venue = book.symbol, book.venue
        home = self.instruments.get(symbol)
        is_home = home is None or home.venue == venue
        self.venues.take_book((venue, symbol), book, is_home=is_home)
        if is_home:
            self.books[symbol] = book
            self._dirty_books.add(symbol)
            self._at(book.trade_ns)

    def _is_shown(self, quote: AnyQuote) -> bool:
        """Other venues' books and phases do not replace those of the venue whose list has the symbol."""
        if isinstance(quote, InstrumentDef):
            new = quote.instrument
            known = self.instruments.get(new.symbol)
            return known is None or new.venue in (known.venue, new.listing_venue)
        known = self.instruments.get(quote.symbol) if quote.symbol else next(iter(self.instruments.values()), None)
        return known is None or quote.venue == known.venue

    def on_bars(self, view: BarsView) -> None:
        """Take history that a panel asked for: that of the venue that lists the issue, or of another one."""
        home, key = self.instruments.get(view.symbol), (view.symbol, view.timeframe_s)
        if home is not None and view.venue != home.venue:
            elsewhere = (view.venue, *key)
            self.venues.bars[elsewhere] = longer(self.venues.bars.get(elsewhere), view)
            self._bars_elsewhere.add(elsewhere)
            return
        self.bars[key] = longer(self.bars.get(key), view)
        self._new_bars.add(key)

    def forget_bars(self, symbol: str, view: BarsView) -> None:
        """Let go of an answer that nobody looks at any more; one that came since stays."""
        key = (symbol, view.timeframe_s)
        if self.bars.get(key) is view:
            del self.bars[key]

    def seed(self, quotes: Iterable[AnyQuote]) -> None:
        """Take many values, as after attaching to a running core."""
        for quote in quotes:
            self.on_quote(quote)

    def _on_trade(self, trade: TradeUpdate) -> None:
        self.trades[trade.symbol] = trade
        waiting = self._new_trades.setdefault(trade.symbol, [])
        waiting.append(trade)
        if len(waiting) > NEW_TRADES_MAX:
            del waiting[0]
        self._at(trade.trade_ns)

    def _on_phase(self, update: PhaseUpdate) -> None:
        if update.symbol:
            self._symbol_phases[update.symbol] = update.phase
        else:
            self.phase = update.phase
            self.phase_until_ns = update.until_ns
            self._symbol_phases.clear()
        self._phases_changed = True
        self._at(update.trade_ns)

    def _on_instrument(self, definition: InstrumentDef) -> None:
        self.instruments[definition.instrument.symbol] = definition.instrument
        self._instruments_changed = True

    def _at(self, trade_ns: int) -> None:
        self.trade_ns = max(self.trade_ns, trade_ns)

    def drain(self) -> MarketChanges:
        """What changed since the last call."""
        flags = self._instruments_changed or self._phases_changed
        bars = self._new_bars or self._bars_elsewhere
        if not (flags or self._dirty_books or self._new_trades or bars or self.venues):
            return NOTHING
        elsewhere, trades_elsewhere = self.venues.drain()
        changes = MarketChanges(
            instruments=self._instruments_changed,
            books=frozenset(self._dirty_books),
            trades={symbol: tuple(trades) for symbol, trades in self._new_trades.items()},
            phases=self._phases_changed,
            bars=frozenset(self._new_bars),
            elsewhere=elsewhere,
            trades_elsewhere=trades_elsewhere,
            bars_elsewhere=frozenset(self._bars_elsewhere),
        )
        self._instruments_changed = self._phases_changed = False
        self._dirty_books.clear()
        self._new_trades.clear()
        self._new_bars.clear()
        self._bars_elsewhere.clear()
        return changes

    def phase_of(self, symbol: str) -> Phase:
        """The issue's own phase (halted, say), else the market's."""
        return self._symbol_phases.get(symbol, self.phase)

    def venues_of(self, symbol: str) -> tuple[str, ...]:
        """Where the issue trades on its home's trading day, in the venues' order; empty for an unknown symbol."""
        home = self.instruments.get(symbol)
        return self.venues.venues_of(symbol, home.trading_date) if home is not None else ()

    def home_of(self, symbol: str) -> str:
        """The venue that lists the issue, whose history is its own; the usual one for an unknown symbol."""
        home = self.instruments.get(symbol)
        return home.venue if home is not None else HOME_VENUE

    def last_px(self, symbol: str) -> int:
        """Last trade of the day, else the base price; 0 for an unknown symbol."""
        trade = self.trades.get(symbol)
        if trade is not None:
            return trade.px
        instrument = self.instruments.get(symbol)
        return instrument.base_px if instrument is not None else 0

    def best_ask(self, symbol: str) -> int:
        """Best ask of the published book; 0 for none."""
        book = self.books.get(symbol)
        return book.levels[0] if book is not None else 0

    def best_bid(self, symbol: str) -> int:
        """Best bid of the published book; 0 for none."""
        book = self.books.get(symbol)
        return book.levels[1] if book is not None else 0

    def direction(self, symbol: str, px: int) -> int:
        """+1 above the day's base price, -1 below, 0 at it or for an unknown symbol."""
        instrument = self.instruments.get(symbol)
        if instrument is None:
            return 0
        return (px > instrument.base_px) - (px < instrument.base_px)
