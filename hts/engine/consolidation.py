"""The consolidated book as the running core sees it: which venues count now, and what of their books is our own."""

from collections.abc import Mapping

from hts.engine.core import Core
from hts.engine.venue import Venue
from hts.marketdata.consolidated import ConsolidatedBook, Source, consolidate
from hts.model.enums import Side
from hts.model.views import LinkState


def consolidated_book(core: Core, symbol: str) -> ConsolidatedBook:
    """All venues' books of one issue, our own orders taken out."""
    return consolidate(symbol, (_source(venue, symbol) for venue in core.venues.values()), own_sizes(core, symbol))


def _source(venue: Venue, symbol: str) -> Source:
    market = venue.market
    return Source(
        venue=venue.name,
        book=market.books.book(symbol),
        phase=market.phase_of(symbol),
        is_up=venue.is_up,
        is_live=market.link is LinkState.UP,
        is_eligible=symbol in market.instruments,
    )


def own_sizes(core: Core, symbol: str) -> Mapping[tuple[str, Side, int], int]:
    """What a venue shows of our orders: of an iceberg only its shown part, of an order without a price nothing."""
    return core.state.orders.shown(symbol)
