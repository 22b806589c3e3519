"""Books, trades and phases by (venue, symbol): what each venue itself tells of an issue, beside the home view.

Everything that arrives is kept here with one look-up. What changed elsewhere than at an issue's home venue is named
once per frame, as (venue, symbol); the home's own changes are MarketChanges' as before.
"""

from collections import deque

from hts.desk.venue_bars import BarsKey
from hts.model.enums import Phase
from hts.model.instruments import Instrument
from hts.model.quotes import AnyQuote, BookUpdate, InstrumentDef, PhaseUpdate, TradeUpdate
from hts.model.venues import VENUE_PLACE
from hts.model.views import BarsView

NEW_TRADES_MAX = 512  # per venue, symbol and frame; a slow frame keeps the newest

VenueSymbol = tuple[str, str]
"""Venue and symbol; an empty symbol is the whole venue."""


class VenueQuotes:
    """Latest values by (venue, symbol); `lists` has each issue's entries, by symbol and venue.

    `bars` is history away from home: an issue's own venue is in MarketState.bars.
    """

    def __init__(self) -> None:
        self.books: dict[VenueSymbol, BookUpdate] = {}
        self.trades: dict[VenueSymbol, TradeUpdate] = {}
        self.lists: dict[str, dict[str, Instrument]] = {}
        self.bars: dict[BarsKey, BarsView] = {}
        self._phases: dict[VenueSymbol, Phase] = {}
        self._changed: set[VenueSymbol] = set()
        self._new_trades: dict[VenueSymbol, deque[TradeUpdate]] = {}

    def take_book(self, key: VenueSymbol, book: BookUpdate, *, is_home: bool) -> None:
        """Keep one book."""
        self.books[key] = book
        if not is_home:
            self._changed.add(key)

    def take(self, quote: AnyQuote, *, is_home: bool) -> None:
        """Keep one value that is no book; what `is_home` changes is told by the home view."""
        if isinstance(quote, InstrumentDef):
            issue = quote.instrument
            key = (issue.venue, issue.symbol)
            self.lists.setdefault(issue.symbol, {})[issue.venue] = issue
        else:
            key = (quote.venue, quote.symbol)
        if isinstance(quote, TradeUpdate):
            self.trades[key] = quote
        elif isinstance(quote, PhaseUpdate):
            self._on_phase(quote)
        if not is_home:
            self._changed.add(key)
            if isinstance(quote, TradeUpdate):
                self._new_trades.setdefault(key, deque(maxlen=NEW_TRADES_MAX)).append(quote)

    def _on_phase(self, update: PhaseUpdate) -> None:
        """A venue's new phase ends those of its issues."""
        if not update.symbol:
            self._phases = {key: phase for key, phase in self._phases.items() if key[0] != update.venue}
        self._phases[update.venue, update.symbol] = update.phase

    def venues_of(self, symbol: str, trading_date: int) -> tuple[str, ...]:
        """Venues whose list of that day has the issue, in the venues' order."""
        found = [one.venue for one in self.lists.get(symbol, {}).values() if one.trading_date == trading_date]
        found.sort(key=VENUE_PLACE.__getitem__)
        return tuple(found)

    def phase_of(self, venue: str, symbol: str) -> Phase:
        """The issue's own phase at a venue (halted, say), else the venue's; CLOSED before the first."""
        return self._phases.get((venue, symbol), self._phases.get((venue, ""), Phase.CLOSED))

    def drain(self) -> tuple[frozenset[VenueSymbol], dict[VenueSymbol, tuple[TradeUpdate, ...]]]:
        """What changed away from home since the last call, and the new trades there, oldest first."""
        found = (frozenset(self._changed), {key: tuple(trades) for key, trades in self._new_trades.items()})
        self._changed.clear()
        self._new_trades.clear()
        return found

    def __bool__(self) -> bool:
        """Whether `drain` would tell of anything."""
        return bool(self._changed)
