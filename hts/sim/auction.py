"""The KRX call auction as pure functions: its price, deemed prices of market orders, and allocation at a limit.

The price (Business Regulation section 23): the quantity that can trade is greatest, everything better than the price
trades on both sides. Where several prices qualify, the last price is taken if it is among them; below them the lowest,
above them the highest; between two of them the next one above. Every valid price of the plateau qualifies, whether
or not a quote stands there (our reading of the text amended in 2025-02; `call_price` is the only place that knows).
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from hts.model.enums import LastLiquidityInd
from hts.model.instruments import TickTable
from hts.sim import by_order
from hts.sim.matching import BUY, SELL

if TYPE_CHECKING:
    from hts.sim.events import SimEvent
    from hts.sim.issue import Issue
    from hts.sim.order import Order

T = TypeVar("T")

FIRST_TIER_LOTS = 100


class CallPrice(NamedTuple):
    """Where a call would uncross, and how much."""

    px: int
    qty: int


class LimitQuotes(NamedTuple):
    """Lowest and highest price of one side's limit orders; both 0 when it has none."""

    lowest_px: int
    highest_px: int


NO_QUOTES = LimitQuotes(0, 0)


def call_price(
    prices: Sequence[int], bids: Sequence[int], asks: Sequence[int], last_px: int, *, low: int, high: int
) -> CallPrice | None:
    """The auction's price, or None when nothing can trade.

    `bids[level]`, `asks[level]`: quantity quoted at `prices[level]`, market orders at their deemed price. `low` is the
    best ask's level, `high` the best bid's: outside of them one side has nothing.
    """
    if low < 0 or high < low:
        return None
    supply = list(accumulate(asks[low : high + 1]))
    demand = list(accumulate(reversed(bids[low : high + 1])))[::-1]
    volumes = [min(pair) for pair in zip(demand, supply, strict=True)]
    qty = max(volumes)
    if qty == 0:
        return None
    matched = [
        level
        for level, volume in enumerate(volumes, low)
        if volume == qty and demand[level - low] - bids[level] <= qty and supply[level - low] - asks[level] <= qty
    ]
    assert matched, (prices[low], prices[high], qty)
    first, last = matched[0], matched[-1]
    assert len(matched) == last - first + 1, matched
    return CallPrice(prices[min(max(bisect_left(prices, last_px), first), last)], qty)


def deemed_prices(
    ticks: TickTable,
    limits: tuple[int, int],
    last_px: int,
    bids: LimitQuotes,
    asks: LimitQuotes,
    *,
    market_qty: tuple[int, int],
) -> tuple[int, int]:
    """(bid, ask): the prices that market orders of a call count as.

    `limits` is (lower, upper), `market_qty` (bid, ask). Only market orders on both sides: both count as one price at
    the last one, a step towards the bigger side. Otherwise a market order betters its own side by a step and meets
    the other side's farthest quote.
    """
    lower, upper = limits
    floor, ceil = ticks.floor(last_px), ticks.ceil(last_px)
    if bids == NO_QUOTES and asks == NO_QUOTES:
        if market_qty[0] == market_qty[1]:
            px = int(ceil)
        elif market_qty[0] > market_qty[1]:
            px = min(ticks.up(floor), upper)
        else:
            px = max(ticks.down(ceil), lower)
        return px, px
    bid = max(ceil, asks.highest_px)
    if bids.highest_px:
        bid = max(bid, min(ticks.up(bids.highest_px), upper))
    ask = min(px for px in (floor, bids.lowest_px) if px)
    if asks.lowest_px:
        ask = min(ask, max(ticks.down(asks.lowest_px), lower))
    return min(bid, upper), max(ask, lower)


def simultaneous_allocation(quantities: Sequence[int], available: int, lot: int = 1) -> list[int]:
    """Shares of `available` for orders at the limit price, in the order given (oldest first).

    Enforcement Rules section 34: three tiers (100 lots each; half of what is left, half a lot rounded up; the rest),
    in each the bigger order first, the earlier of equal ones. Only for openings whose price is a daily limit.
    """
    turn = sorted(range(len(quantities)), key=lambda at: (-quantities[at], at))
    shares = [0] * len(quantities)
    for tier in range(3):
        for at in turn:
            left = quantities[at] - shares[at]
            lots = -(-left // lot)
            wanted = (FIRST_TIER_LOTS, (lots + 1) // 2, lots)[tier] * lot
            share = min(wanted, left, available)
            shares[at] += share
            available -= share
    return shares


def by_time(queue: Iterable[tuple[T, int]], qty: int) -> list[tuple[T, int]]:
    """Shares of `qty` for (order, quantity) in the order given, until it is used up."""
    fills: list[tuple[T, int]] = []
    for order, wanted in queue:
        if qty == 0:
            break
        share = min(wanted, qty)
        fills.append((order, share))
        qty -= share
    assert qty == 0, qty
    return fills


def paired(bids: Iterable[tuple[T, int]], asks: Iterable[tuple[T, int]]) -> list[tuple[T, T, int]]:
    """Both sides of an uncross as trades (bid, ask, quantity): the best and oldest of each side with each other."""
    offers = iter(asks)
    ask, offered = next(offers, (None, 0))
    trades: list[tuple[T, T, int]] = []
    for bid, bid_qty in bids:
        wanted = bid_qty
        while wanted:
            assert ask is not None, "the sides of an uncross have the same quantity"
            qty = min(wanted, offered)
            trades.append((bid, ask, qty))
            wanted -= qty
            offered -= qty
            if offered == 0:
                ask, offered = next(offers, (None, 0))
    return trades


def auction_queue(issue: "Issue", side: int, px: int) -> list[tuple["Order", int]]:
    """Orders of one side that take part at a price, with what they have left: best price first, then by time."""
    grid = issue.grid
    limit = grid.level_at_least(px) if side == BUY else grid.level_at_most(px)
    queue: list[tuple[Order, int]] = []
    for level in issue.book.levels_from_best(side):
        if level < limit if side == BUY else level > limit:
            break
        orders = [order for handle in issue.book.queue(side, level) if (order := issue.owner[handle]) is not None]
        queue += [(order, order.leaves_qty) for order in orders]
    return queue


def uncross(issue: "Issue", found: CallPrice, trade_ns: int, events: list["SimEvent"]) -> None:
    """End a call: everything that can trade does, at one price."""
    queues = [issue.rules.auction_fills(issue, side, found) for side in (BUY, SELL)]
    for bid, ask, qty in paired(queues[BUY], queues[SELL]):
        issue.numbers.match_id += 1
        for order in (bid, ask):
            order.fill(qty)
            issue.tell_fill(order, events, px=found.px, qty=qty, trade_ns=trade_ns, liquidity=LastLiquidityInd.AUCTION)
    for order, qty in (*queues[BUY], *queues[SELL]):
        _settle_in_book(issue, order, trade_ns, events, px=found.px, qty=qty)
    events.append(issue.prints(found.px, found.qty, "", trade_ns, issue.numbers.match_id))
    issue.rules.traded(issue, found.px, trade_ns)


def _settle_in_book(
    issue: "Issue", order: "Order", trade_ns: int, events: list["SimEvent"], *, px: int, qty: int
) -> None:
    """The book follows what an order got in the auction."""
    handle = order.handle
    if order.is_market:
        issue.market_qty[BUY if order.is_buy else SELL] -= qty
    if order.leaves_qty:
        issue.book.reduce(handle, qty)
    else:
        issue.book.remove(handle)
    if issue.tells_orders:
        by_order.executed(issue, order, trade_ns, events, px=px, qty=qty, is_printable=False)
    if not order.leaves_qty:
        issue.owner[handle] = None
        order.handle = 0


def deemed_resting_px(issue: "Issue", side: int) -> int:
    """What a resting market order counts as: a step better than the best limit order of its own side, or the last
    price; 0 when none rests.
    """
    if not issue.market_qty[side]:
        return 0
    best, ticks = issue.best_px(side), issue.instrument.ticks
    if side == BUY:
        return min(ticks.up(best) if best else ticks.ceil(issue.last_px), issue.instrument.upper_px)
    return max(ticks.down(best) if best else ticks.floor(issue.last_px), issue.instrument.lower_px)
