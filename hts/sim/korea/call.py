"""The KRX call auction of an issue: deemed prices of market orders, and 동시호가 at a daily limit.

A market order in a call is deemed at a price (Business Regulation section 23); it ranks before every limit order but
equals those at the daily limit. The tiers of the simultaneous allocation hold where an opening, a reopening or a
resumption prices at a daily limit, on the side that wants more than it gets; never at the close (section 22(3)).
"""

from hts.model.enums import Phase
from hts.sim.auction import (
    NO_QUOTES,
    CallPrice,
    LimitQuotes,
    auction_queue,
    by_time,
    call_price,
    deemed_prices,
    simultaneous_allocation,
)
from hts.sim.issue import Issue
from hts.sim.matching import BUY, SELL
from hts.sim.order import Order

SIMULTANEOUS_PHASES = frozenset({Phase.OPEN_CALL, Phase.RESUME_CALL})


def krx_call_price(issue: Issue) -> CallPrice | None:
    """Where the running call would uncross now, market orders at their deemed prices."""
    book = issue.book
    low, high = issue.best_level(SELL), issue.best_level(BUY)
    if low < 0 or high < 0:
        return None
    last_px = issue.last_px
    if not any(issue.market_qty):
        if high < low:
            return None
        bids, asks = book.column(BUY, low, high), book.column(SELL, low, high)
        return call_price(_prices(issue, low, high), bids, asks, last_px, low=0, high=high - low)
    top = issue.grid.reach[BUY]
    columns = (book.column(BUY, 0, top), book.column(SELL, 0, top))
    for side, px in enumerate(deemed(issue)):
        columns[side][issue.grid.reach[side]] -= issue.market_qty[side]
        columns[side][issue.grid.level_of[px]] += issue.market_qty[side]
    levels = range(top + 1)
    low = next((level for level in levels if columns[SELL][level]), -1)
    high = next((level for level in reversed(levels) if columns[BUY][level]), -1)
    return call_price(_prices(issue, 0, top), columns[BUY], columns[SELL], last_px, low=low, high=high)


def deemed(issue: Issue) -> tuple[int, int]:
    """(bid, ask): what market orders of the running call count as."""
    instrument = issue.instrument
    return deemed_prices(
        instrument.ticks,
        (instrument.lower_px, instrument.upper_px),
        issue.last_px,
        limit_quotes(issue, BUY),
        limit_quotes(issue, SELL),
        market_qty=(issue.market_qty[BUY], issue.market_qty[SELL]),
    )


def limit_quotes(issue: Issue, side: int) -> LimitQuotes:
    """The range of one side's limit orders."""
    extreme, market = issue.grid.reach[side], issue.market_qty[side]
    levels = [
        level
        for level in issue.book.levels_from_best(side)
        if level != extreme or issue.book.shown_qty(side, level) > market
    ]
    if not levels:
        return NO_QUOTES
    prices = (issue.grid.prices[levels[0]], issue.grid.prices[levels[-1]])
    return LimitQuotes(min(prices), max(prices))


def krx_auction_fills(issue: Issue, side: int, found: CallPrice) -> list[tuple[Order, int]]:
    """Shares of one side of an uncross: by price and time, or by tiers at a daily limit."""
    queue = auction_queue(issue, side, found.px)
    limit_px = issue.instrument.upper_px if side == BUY else issue.instrument.lower_px
    if issue.phase not in SIMULTANEOUS_PHASES or found.px != limit_px:
        return by_time(queue, found.qty)
    if issue.instrument.is_etf:  # customers before the members' own accounts
        queue.sort(key=lambda wanted: wanted[0].client_type not in ("", "A"))
        clients = sum(qty for order, qty in queue if order.client_type in ("", "A"))
        first = _tiers(issue, [row for row in queue if row[0].client_type in ("", "A")], min(clients, found.qty))
        rest = [row for row in queue if row[0].client_type not in ("", "A")]
        return first + _tiers(issue, rest, found.qty - min(clients, found.qty))
    return _tiers(issue, queue, found.qty)


def _tiers(issue: Issue, queue: list[tuple[Order, int]], qty: int) -> list[tuple[Order, int]]:
    shares = simultaneous_allocation([wanted for _, wanted in queue], qty, issue.instrument.lot)
    return [(order, share) for (order, _), share in zip(queue, shares, strict=True) if share]


def _prices(issue: Issue, low: int, high: int) -> list[int]:
    return [issue.grid.prices[level] for level in range(low, high + 1)]
