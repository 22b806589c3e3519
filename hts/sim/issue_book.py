"""An issue's book as a call auction sees it: limit orders by price, market orders apart."""

from collections.abc import Mapping

from hts.sim.call_book import CallBook
from hts.sim.issue import Issue
from hts.sim.matching import BUY, SELL


def call_book(
    issue: Issue,
    more_bids: Mapping[int, int] | None = None,
    more_asks: Mapping[int, int] | None = None,
    *,
    market_bid: int = 0,
    market_ask: int = 0,
) -> CallBook:
    """What rests in the book, and what else is to join it."""
    found = [dict(more_bids or {}), dict(more_asks or {})]
    for side in (BUY, SELL):
        market, extreme = issue.market_qty[side], issue.grid.reach[side]
        for level in issue.book.levels_from_best(side):
            qty = issue.book.shown_qty(side, level) - (market if level == extreme else 0)
            if qty:
                px = issue.grid.prices[level]
                found[side][px] = found[side].get(px, 0) + qty
    return CallBook(
        found[BUY],
        found[SELL],
        market_bid=issue.market_qty[BUY] + market_bid,
        market_ask=issue.market_qty[SELL] + market_ask,
    )
