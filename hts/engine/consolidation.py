"""The consolidated book as the running core sees it: which venues count now, and what of their books is our own."""

from hts.engine.core import Core
from hts.engine.venue import Venue
from hts.marketdata.consolidated import ConsolidatedBook, Source, consolidate
from hts.model.enums import OrdType, Side
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


def own_sizes(core: Core, symbol: str) -> dict[tuple[str, Side, int], int]:
    """What a venue shows of our orders: of an iceberg only its shown part, of an order without a price nothing."""
    sizes: dict[tuple[str, Side, int], int] = {}
    for order in core.state.orders.all_working():
        if order.symbol != symbol or not order.venue_order_id or order.ord_type is OrdType.MARKET:
            continue
        shown = min(order.leaves_qty, order.display_qty) if order.display_qty else order.leaves_qty
        place = (order.venue, order.side, int(order.px))
        sizes[place] = sizes.get(place, 0) + shown
    return sizes
