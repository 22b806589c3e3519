"""Market data for a reader that takes it once in a while: the latest book per issue, the newest trades per issue.

Bound: one book, one phase and `trades_max` trades per issue; what is older is dropped and counted, never the newest.
"""

from collections import deque

from hts.model.quotes import AnyQuote, BookUpdate, InstrumentDef, PhaseUpdate, TradeUpdate

TRADES_MAX = 64


class Conflator:
    """Put quotes in at any pace, drain them at the reader's."""

    def __init__(self, trades_max: int = TRADES_MAX) -> None:
        self._trades_max = trades_max
        self._definitions: dict[str, InstrumentDef] = {}
        self._phases: dict[str, PhaseUpdate] = {}
        self._books: dict[str, BookUpdate] = {}
        self._trades: dict[str, deque[TradeUpdate]] = {}
        self.conflated = 0  # quotes that a newer one replaced

    def put(self, quote: AnyQuote) -> None:
        """Take one quote."""
        match quote:
            case BookUpdate():
                self.conflated += quote.symbol in self._books
                self._books[quote.symbol] = quote
            case TradeUpdate():
                trades = self._trades.setdefault(quote.symbol, deque(maxlen=self._trades_max))
                self.conflated += len(trades) == self._trades_max
                trades.append(quote)
            case PhaseUpdate():
                self.conflated += quote.symbol in self._phases
                self._phases[quote.symbol] = quote
            case InstrumentDef():
                symbol = quote.instrument.symbol
                self.conflated += symbol in self._definitions
                self._definitions[symbol] = quote

    def drain(self) -> list[AnyQuote]:
        """What waits: issues, phases, trades in their order, then books."""
        quotes: list[AnyQuote] = [*self._definitions.values(), *self._phases.values()]
        for trades in self._trades.values():
            quotes += trades
        quotes += self._books.values()
        self._definitions, self._phases, self._books, self._trades = {}, {}, {}, {}
        return quotes
