"""What the router and the algorithms see of the market, built from the venues' books when it is asked for."""

from collections.abc import Mapping, Sequence

from hts.engine.consolidation import own_sizes
from hts.engine.core import Core
from hts.engine.venue import Venue
from hts.engine.work_costs import costs
from hts.model.algo import MarketView
from hts.model.conditional import Quote
from hts.model.enums import Phase, Side
from hts.model.quotes import BOOK_DEPTH, BookUpdate
from hts.model.routing import VenueDepth
from hts.model.views import LinkState
from hts.model.work import Benchmark

_BUY, _SELL, _UP = Side.BUY, Side.SELL, LinkState.UP  # members have a name of their own here: they are found faster
OwnSizes = Mapping[tuple[str, Side, int], int]


def depths(
    core: Core, account: str, symbol: str, side: Side, mono_ns: int, *, only: str = ""
) -> tuple[VenueDepth, ...]:
    """Every venue of this core that lists the issue (or only the named one), own orders taken out, at the account's
    fees.
    """
    own = own_sizes(core, symbol)
    return tuple(
        _depth(core, venue, account, symbol, side, mono_ns=mono_ns, own=own)
        for venue in core.venues.values()
        if symbol in venue.market.instruments and (not only or venue.name == only)
    )


def _depth(
    core: Core, venue: Venue, account: str, symbol: str, side: Side, *, mono_ns: int, own: OwnSizes
) -> VenueDepth:
    market = venue.market
    book = market.books.book(symbol)
    trade = market.books.last_trade(symbol)
    phase, eligibility = market.phase_of(symbol), core.config.eligibility
    return VenueDepth(
        venue=venue.name,
        bids=levels(venue.name, book, _BUY, own),
        asks=levels(venue.name, book, _SELL, own),
        phase=phase,
        is_eligible=eligibility.takes_limit(venue.name, phase),
        has_midpoint=eligibility.takes_midpoint(venue.name, phase),
        is_up=venue.is_up and market.link is _UP,
        lot=int(market.instruments[symbol].lot),
        costs=costs(core, venue, account, symbol, side),
        latency_us=core.desk.latency_us(venue.name),
        fill_ppm=core.state.works.found_ppm(venue.name),
        age_ms=max(market.age_ms(mono_ns), 0),
        queue_qty_per_s=trade.cum_qty // 3_600 if trade else 0,  # only the ratio between venues matters
    )


def levels(venue: str, book: BookUpdate | None, side: Side, own: OwnSizes) -> tuple[tuple[int, int], ...]:
    """(price, quantity) of one side of a published book, best first; levels that only we quote are gone."""
    if book is None:
        return ()
    first = 1 if side is _BUY else 0
    pxs, qtys = book.levels[first : 4 * BOOK_DEPTH : 4], book.levels[first + 2 : 4 * BOOK_DEPTH : 4]
    if not own and min(pxs) > 0 and min(qtys) > 0:  # a full book that nobody of us is in
        return tuple(zip(pxs, qtys, strict=True))
    found = zip(pxs[: pxs.index(0)] if 0 in pxs else pxs, qtys, strict=False)
    ours = {px: qty for (name, its_side, px), qty in own.items() if name == venue and its_side is side}
    return tuple((px, left) for px, qty in found if (left := qty - ours.get(px, 0)) > 0)


def quote_of(core: Core, symbol: str, venue: str) -> Quote:
    """Last and best prices at a venue, or over all of them. A day whose trades were all broken has no last price."""
    if venue:
        market = core.venues[venue].market
        trade, book = market.books.last_trade(symbol), market.books.book(symbol)
        return Quote(
            venue=venue,
            last_px=trade.px if trade and trade.cum_qty else 0,
            bid_px=book.levels[1] if book else 0,
            ask_px=book.levels[0] if book else 0,
        )
    quotes = [quote_of(core, symbol, one) for one in core.venues if symbol in core.venues[one].market.instruments]
    trades = [trade for one in core.venues.values() if (trade := one.market.books.last_trade(symbol)) is not None]
    newest = max((trade for trade in trades if trade.cum_qty), key=lambda trade: trade.trade_ns, default=None)
    return Quote(
        last_px=newest.px if newest else 0,
        bid_px=max((quote.bid_px for quote in quotes), default=0),
        ask_px=min((quote.ask_px for quote in quotes if quote.ask_px), default=0),
    )


def benchmark(core: Core, symbol: str) -> Benchmark:
    """The market now, to measure an algorithm by."""
    quote = quote_of(core, symbol, "")
    trades = [trade for venue in core.venues.values() if (trade := venue.market.books.last_trade(symbol)) is not None]
    return Benchmark(
        px=(quote.bid_px + quote.ask_px) // 2 if quote.bid_px and quote.ask_px else core.mark_px(symbol),
        market_qty=sum(trade.cum_qty for trade in trades),
        market_value=sum(trade.cum_value for trade in trades),
    )


def market_view(core: Core, symbol: str, trade_ns: int, venues: Sequence[VenueDepth]) -> MarketView:
    """One issue as an algorithm sees it: the best of the venues that it may use."""
    trading = [venue for venue in venues if venue.is_up and venue.phase.is_continuous]
    bids = [venue.bids[0] for venue in trading if venue.bids]
    asks = [venue.asks[0] for venue in trading if venue.asks]
    bid_px = max((px for px, _ in bids), default=0)
    ask_px = min((px for px, _ in asks), default=0)
    instrument = core.listing(symbol)
    assert instrument is not None, symbol
    up = [venue.phase for venue in venues if venue.is_up]
    return MarketView(
        trade_ns=trade_ns,
        phase=_phase(up),
        bid_px=bid_px,
        bid_qty=sum(qty for px, qty in bids if px == bid_px),
        ask_px=ask_px,
        ask_qty=sum(qty for px, qty in asks if px == ask_px),
        last_px=core.mark_px(symbol),
        upper_px=int(instrument.upper_px),
        lower_px=int(instrument.lower_px),
        lot=int(instrument.lot),
        ticks=instrument.ticks,
        traded=core.desk.traded(symbol),
    )


def _phase(phases: Sequence[Phase]) -> Phase:
    """The phase that counts over several venues: continuous trading where there is any, else the first venue's."""
    trading = next((phase for phase in phases if phase.is_continuous), None)
    return trading or (phases[0] if phases else Phase.HALTED)
