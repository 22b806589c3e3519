"""Which venue's market a ladder shows and trades at: one tab per venue, and one for all of them together."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from msgspec import Struct

from hts.desk.market import MarketChanges, MarketState
from hts.desk.texts import Texts
from hts.desk.venue_bars import as_one
from hts.model.instruments import Instrument
from hts.model.quotes import Bar, BookUpdate, TradeUpdate

_Quote = TypeVar("_Quote", BookUpdate, TradeUpdate)

HOME = ""
"""The one tab, unseen, of an issue that trades at one venue."""

COMBINED = "ALL"

SymbolTab = tuple[str, str]
"""A symbol and the tab that it is shown on."""


class Tab(Struct, frozen=True, kw_only=True):
    """A tab's venue, or COMBINED, and its caption."""

    venue: str
    text: str


def tabs_of(market: MarketState, symbol: str, texts: Texts) -> tuple[Tab, ...]:
    """The tabs of an issue; none when it trades at one venue alone."""
    venues = market.venues_of(symbol)
    if len(venues) < 2:
        return ()
    return (*(Tab(venue=one, text=one) for one in venues), Tab(venue=COMBINED, text=texts("ladder.combined")))


def venue_of(market: MarketState, symbol: str, chosen: str) -> str:
    """Where the issue is shown and traded when `chosen` is wished for: HOME where it trades at one venue alone."""
    if len(market.venues.lists.get(symbol, ())) < 2:  # most issues, without asking for the day's list
        return HOME
    venues = market.venues_of(symbol)
    if len(venues) < 2:
        return HOME
    return chosen if chosen in venues or chosen == COMBINED else venues[0]


def best_prices(market: MarketState, symbol: str, venue: str) -> tuple[int, int]:
    """(lowest ask, highest bid) of a tab; 0 where there is none."""
    if venue == HOME:
        return market.best_ask(symbol), market.best_bid(symbol)
    ask = bid = 0
    for book in books_of(market, symbol, venue):
        px = book.levels[0]
        if px and (not ask or px < ask):
            ask = px
        bid = max(bid, book.levels[1])
    return ask, bid


def last_px_of(market: MarketState, symbol: str, venue: str) -> int:
    """The newest trade of a tab; the home's last price before the first."""
    if venue == HOME:
        return market.last_px(symbol)
    trades = trades_of(market, symbol, venue)
    if len(trades) == 1:
        return trades[0].px
    newest = max(trades, key=lambda trade: trade.trade_ns, default=None)
    return newest.px if newest is not None else market.last_px(symbol)


def phases_text(market: MarketState, symbol: str, venue: str, texts: Texts) -> str:
    """The phase of a tab's venue; on COMBINED each venue's, named."""
    venues = market.venues_of(symbol) if venue == COMBINED else (venue,)
    phases = [texts(f"phase.{market.venues.phase_of(one, symbol).value}") for one in venues]
    if venue != COMBINED:
        return phases[0]
    return "  ".join(f"{one} {phase}" for one, phase in zip(venues, phases, strict=True))


def books_of(market: MarketState, symbol: str, venue: str) -> tuple[BookUpdate, ...]:
    """Books of a tab, the home's first; empty before the first."""
    if venue == HOME:
        book = market.books.get(symbol)
        return (book,) if book is not None else ()
    return _told(market.venues.books, symbol, _venues(market, symbol, venue))


def trades_of(market: MarketState, symbol: str, venue: str) -> tuple[TradeUpdate, ...]:
    """Each venue's newest trade, the home's first."""
    if venue == HOME:
        trade = market.trades.get(symbol)
        return (trade,) if trade is not None else ()
    return _told(market.venues.trades, symbol, _venues(market, symbol, venue))


def _told(quotes: Mapping[tuple[str, str], _Quote], symbol: str, venues: Sequence[str]) -> tuple[_Quote, ...]:
    """Those that there are; asked within a key's stroke, so without a generator."""
    found = []
    for one in venues:
        quote = quotes.get((one, symbol))
        if quote is not None:
            found.append(quote)
    return tuple(found)


def venues_shown(market: MarketState, issue: Instrument, venue: str) -> tuple[str, ...]:
    """The venues of a tab, the home's first."""
    if venue == COMBINED:
        return tuple(sorted(market.venues_of(issue.symbol), key=lambda one: one != issue.venue))
    return (venue or issue.venue,)


def history_of(market: MarketState, issue: Instrument, venue: str, timeframe_s: int) -> tuple[Bar, ...] | None:
    """What is known of a tab's past; None before the first answer of any of its venues."""
    found = []
    for one in venues_shown(market, issue, venue):
        key = (issue.symbol, timeframe_s)
        view = market.bars.get(key) if one == issue.venue else market.venues.bars.get((one, *key))
        if view is not None:
            found.append(view.bars)
    return (found[0] if len(found) == 1 else as_one(found)) if found else None


def has_new_book(changes: MarketChanges, issue: Instrument, venue: str) -> bool:
    """Whether a book of a tab changed."""
    if venue in {HOME, COMBINED, issue.venue} and issue.symbol in changes.books:
        return True
    return any(at == issue.symbol and venue in {where, COMBINED} for where, at in changes.elsewhere)


def is_at(venue: str, of_order: str) -> bool:
    """Whether an order or a fill at a venue belongs to a tab."""
    return venue in {HOME, COMBINED, of_order}


def caption(venue: str, texts: Texts) -> str:
    """What a tab is called; empty for HOME."""
    return texts("ladder.combined") if venue == COMBINED else venue


def new_trades(changes: MarketChanges, symbol: str, venue: str) -> list[TradeUpdate]:
    """Trades of a tab since the frame before, oldest first."""
    found = list(changes.trades.get(symbol, ()))
    if venue == HOME:
        return found
    for (_, of_symbol), trades in changes.trades_elsewhere.items():
        if of_symbol == symbol:
            found.extend(trades)
    found.sort(key=lambda trade: trade.trade_ns)
    return [trade for trade in found if venue in (COMBINED, trade.venue)]


def _venues(market: MarketState, symbol: str, venue: str) -> Sequence[str]:
    return market.venues_of(symbol) if venue == COMBINED else (venue,)
