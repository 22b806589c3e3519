"""What the running core knows from the market data of one venue: issues, books, phases, and whether the line speaks.

None of it is journaled.
"""

from hts.engine.feed_losses import FeedLosses
from hts.marketdata.book import Books
from hts.marketdata.sequencer import Sequencer, SequencerConfig
from hts.model.enums import Phase
from hts.model.instruments import Instrument
from hts.model.quotes import BookUpdate, PhaseUpdate, TradeUpdate
from hts.model.views import LinkState

_MS = 1_000_000
REFERENCE_NS = 60_000_000_000


class Market:
    """The day's list, the newest books, the phases."""

    def __init__(self, venue: str) -> None:
        self.venue = venue
        self.sequencer = Sequencer(SequencerConfig(venue=venue))
        self.losses = FeedLosses()
        self.books = Books()
        self.instruments: dict[str, Instrument] = {}
        self.phase = Phase.CLOSED  # of the venue as a whole
        self.phase_until_ns = 0
        self.phases: dict[str, Phase] = {}  # of single issues, where it was told
        self.link = LinkState.CONNECTING
        self.link_detail = ""
        self._heard_ns: int | None = None
        self._references: dict[str, tuple[int, int]] = {}  # symbol -> price, since when

    def hear(self, mono_ns: int) -> None:
        """The line spoke, be it a heartbeat."""
        self._heard_ns = mono_ns

    def go_silent(self) -> None:
        """Nobody knows how old the prices are."""
        self._heard_ns = None

    def age_ms(self, mono_ns: int) -> int:
        """How long the line has been silent; -1 when it is down or never spoke."""
        return -1 if self._heard_ns is None else (mono_ns - self._heard_ns) // _MS

    def phase_of(self, symbol: str) -> Phase:
        """The issue's own phase where it was told, else the venue's."""
        return self.phases.get(symbol, self.phase)

    def mark_px(self, symbol: str) -> int:
        """The day's last price, else the base price; 0 for an issue that is not listed."""
        instrument = self.instruments.get(symbol)
        return self.books.mark_px(instrument) if instrument else 0

    def reference_px(self, symbol: str, mono_ns: int) -> int:
        """The last price as it was up to a minute ago; it moves once a minute, so that nobody can push it along."""
        px, since_ns = self._references.get(symbol, (0, 0))
        if not px or mono_ns - since_ns >= REFERENCE_NS:
            px = self.mark_px(symbol)
            self._references[symbol] = (px, mono_ns)
        return px

    def list_issue(self, instrument: Instrument) -> None:
        """An issue of the day; a later trading date than before starts a new day."""
        known = next(iter(self.instruments.values()), None)
        if known is not None and instrument.trading_date > known.trading_date:
            self.instruments = {}
            self._references = {}
            self.phases = {}
            self.books.clear()
        self.instruments[instrument.symbol] = instrument

    def change_phase(self, update: PhaseUpdate) -> None:
        """A market-operation message; one for the whole market overrides what single issues said before."""
        if update.symbol:
            self.phases[update.symbol] = update.phase
            return
        self.phase = update.phase
        self.phase_until_ns = update.until_ns
        self.phases = {}

    def snapshot(self, trade_ns: int) -> tuple[Instrument | PhaseUpdate | BookUpdate | TradeUpdate, ...]:
        """Issues, phases, books and last trades, in the order in which a terminal can use them."""
        phases = [PhaseUpdate("", trade_ns, self.phase, self.phase_until_ns, self.venue)]
        phases.extend(PhaseUpdate(symbol, trade_ns, phase, 0, self.venue) for symbol, phase in self.phases.items())
        books = (self.books.book(symbol) for symbol in self.instruments)
        trades = (self.books.last_trade(symbol) for symbol in self.instruments)
        newest = (quote for quote in (*books, *trades) if quote is not None)
        return (*self.instruments.values(), *phases, *newest)
