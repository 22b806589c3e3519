"""The published book of an issue by level."""

from typing import TYPE_CHECKING

from hts.model.quotes import BOOK_DEPTH, BookUpdate
from hts.sim.auction import CallPrice
from hts.sim.matching import BUY, SELL

if TYPE_CHECKING:
    from hts.sim.issue import Issue

CALL_DEPTH = 3  # levels published during a call


def build(issue: "Issue", expected: CallPrice | None, count: int, trade_ns: int) -> BookUpdate:
    """The book now; in a call what the uncross would leave."""
    rows: list[list[tuple[int, int]]] = [[], []]
    if issue.is_disclosed:
        count = min(count, CALL_DEPTH) if issue.phase.is_call else count
        skip = expected.qty if expected else 0
        rows = [visible(issue, side, skip, count) for side in (BUY, SELL)]
    else:
        expected = None
    flat: list[int] = []
    for at in range(BOOK_DEPTH):
        bid = rows[BUY][at] if at < len(rows[BUY]) else (0, 0)
        ask = rows[SELL][at] if at < len(rows[SELL]) else (0, 0)
        flat += (ask[0], bid[0], ask[1], bid[1])
    return BookUpdate(
        symbol=issue.symbol,
        trade_ns=trade_ns,
        levels=tuple(flat),
        total_ask_qty=issue.book.asks.total_qty if issue.is_disclosed else 0,
        total_bid_qty=issue.book.bids.total_qty if issue.is_disclosed else 0,
        expected_px=expected.px if expected else 0,
        expected_qty=expected.qty if expected else 0,
        phase=issue.phase,
        venue=issue.venue,
    )


def visible(issue: "Issue", side: int, skip: int, count: int) -> list[tuple[int, int]]:
    """(price, quantity) from the best, the first `skip` shares left out; market orders at their deemed price."""
    market, book, prices = issue.market_qty[side], issue.book, issue.grid.prices
    rows: list[tuple[int, int]] = []
    if market > skip:
        rows.append((issue.rules.shown_market_px(issue, side), market - skip))
    skip = max(skip - market, 0)
    extreme = issue.grid.reach[side]
    for level in book.levels_from_best(side):
        qty = book.shown_qty(side, level) - (market if level == extreme else 0)
        if qty <= skip:
            skip -= qty
            continue
        px = prices[level]
        if rows and rows[-1][0] == px:
            qty += rows.pop()[1]
        elif len(rows) >= count:
            break
        rows.append((px, qty - skip))
        skip = 0
    return rows[:count]
