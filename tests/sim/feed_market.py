"""A hand-written exchange for the feed: books, figures and phases are what the test put there."""

import msgspec

from hts.model.enums import Phase
from hts.model.quotes import TradeUpdate
from hts.sim.events import BookChanged, PhaseChanged, Traded
from hts.sim.figures import NO_TRADES
from tests.wire.mdcs.samples import BOOK, MIDNIGHT_NS, OPEN_NS, SECOND

UNTIL_NS = MIDNIGHT_NS + (15 * 3600 + 20 * 60) * SECOND


class FeedMarket:
    def __init__(self, symbols):
        self.phases = {"": Phase.CONTINUOUS}
        self.books = {symbol: msgspec.structs.replace(BOOK, symbol=symbol, trade_ns=OPEN_NS) for symbol in symbols}
        self.figures = {}

    def depth(self, symbol, levels=10):
        assert levels == 10
        return msgspec.structs.replace(self.books[symbol], phase=self.phase(symbol))

    def day(self, symbol):
        return self.figures.get(symbol, NO_TRADES)

    def phase(self, symbol=""):
        return self.phases.get(symbol, self.phases[""])

    def phase_until_ns(self, symbol=""):
        return UNTIL_NS

    def change_book(self, symbol, qty, trade_ns):
        book = self.books[symbol]
        levels = (*book.levels[:2], qty, *book.levels[3:])
        self.books[symbol] = msgspec.structs.replace(book, levels=levels, trade_ns=trade_ns)
        return BookChanged(trade_ns=trade_ns, symbol=symbol)

    def trade(self, symbol, px, qty, trade_ns):
        self.figures[symbol] = figures = self.day(symbol).after(px, qty)
        phase = self.phase(symbol)
        return Traded(
            trade=TradeUpdate(
                symbol,
                trade_ns,
                px,
                qty,
                "1",
                figures.open_px,
                figures.high_px,
                figures.low_px,
                figures.cum_qty,
                figures.cum_value,
                phase,
            )
        )

    def change_phase(self, phase, trade_ns, symbol=""):
        self.phases[symbol] = phase
        return PhaseChanged(trade_ns=trade_ns, symbol=symbol, phase=phase, until_ns=UNTIL_NS)
