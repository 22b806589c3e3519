"""Books drawn as lists of levels."""

from hts.model.enums import Phase
from hts.model.quotes import BookUpdate
from tests.support.builders import SYMBOL, TRADE_NS


def a_deep_book(asks, bids, symbol=SYMBOL, phase=Phase.CONTINUOUS, **fields) -> BookUpdate:
    """Lists of (price, quantity), best first."""
    levels = []
    for level in range(10):
        ask = asks[level] if level < len(asks) else (0, 0)
        bid = bids[level] if level < len(bids) else (0, 0)
        levels += [ask[0], bid[0], ask[1], bid[1]]
    totals = (sum(qty for _, qty in asks), sum(qty for _, qty in bids))
    return BookUpdate(symbol, TRADE_NS, tuple(levels), *totals, 0, 0, phase, **fields)
