"""Matching outside of calls: an incoming order against the book, hidden orders and the fixed-price board.

The resting order's price is the trade's price, better prices trade first; at one price shown orders go before hidden
ones, each by time. An order that meets nothing but shown orders sweeps level by level; where hidden orders, bands of
pairs, least quantities or icebergs that are told by order are in play, it picks one resting order after the other.
"""

from typing import TYPE_CHECKING

from hts.model.enums import OrdStatus, OrdType, TimeInForce
from hts.model.reasons import Reason
from hts.sim import by_order
from hts.sim.auction import deemed_resting_px
from hts.sim.events import OrderCanceled, OrderRestated, SimEvent
from hts.sim.issue_rules import Beyond, Pair
from hts.sim.matching import BUY, SELL
from hts.sim.order import Order

if TYPE_CHECKING:
    from hts.sim.issue import Issue

_AT_ONCE = frozenset({TimeInForce.IOC, TimeInForce.FOK})
_HIDDEN_TYPES = frozenset({OrdType.MIDPOINT, OrdType.PRIMARY_PEG})


def enter(issue: "Issue", order: Order, trade_ns: int, events: list[SimEvent]) -> None:
    """Match an order in continuous trading, then rest, cancel or complete it."""
    side = BUY if order.is_buy else SELL
    reason = Reason.NO_LIQUIDITY
    outcome = Beyond.REST
    if not _may_begin(issue, order, side):
        if order.time_in_force is TimeInForce.FOK and issue.rules.has_band:
            outcome = _beyond_of(issue, order, side, trade_ns, events)
    elif _is_plain(issue, order, side):
        outcome = _sweep(issue, order, side, trade_ns, events)
    else:
        found = _pick(issue, order, trade_ns, events)
        if isinstance(found, Reason):
            outcome, reason = Beyond.CANCEL, found
        else:
            outcome = found
    if order.leaves_qty and not order.ord_status.is_terminal:
        _leave(issue, order, trade_ns, events, outcome=outcome, reason=reason)


def enter_fixed(issue: "Issue", order: Order, trade_ns: int, events: list[SimEvent]) -> None:
    """An order for the fixed-price board."""
    board = issue.fixed
    while board.is_matching and order.leaves_qty:
        resting = board.against(order)
        if resting is None:
            break
        _trade_fixed(issue, resting, order, trade_ns, events)
    if not order.leaves_qty:
        return
    if order.time_in_force in _AT_ONCE:
        cancel(order, Reason.NO_LIQUIDITY, trade_ns, events)
    else:
        board.add(order)


def match_fixed(issue: "Issue", trade_ns: int, events: list[SimEvent]) -> None:
    """What the fixed-price board has collected trades by time."""
    while (pair := issue.fixed.pairs()) is not None:
        older, younger = sorted(pair, key=lambda order: order.venue_order_id)
        issue.fixed.discard(younger)
        _trade_fixed(issue, older, younger, trade_ns, events)
        if younger.leaves_qty:
            issue.fixed.put_back(younger)


def cross_hidden(issue: "Issue", trade_ns: int, events: list[SimEvent]) -> bool:
    """Two hidden orders that have come to meet trade once; False when none do."""
    buys, sells = issue.hidden.sides
    if not buys or not sells:
        return False
    bid = _best_hidden(issue, BUY, frozenset())
    ask = _best_hidden(issue, SELL, frozenset())
    if bid is None or ask is None or bid[1] < ask[1]:
        return False
    (resting, px), (incoming, _) = sorted((bid, ask), key=lambda found: found[0].venue_order_id)
    qty = min(resting.leaves_qty, incoming.leaves_qty)
    if qty < max(resting.min_qty, incoming.min_qty):
        return False
    if issue.rules.has_pairs and issue.rules.pair(issue, incoming, resting) is not Pair.TRADE:
        return False
    _trade_hidden(issue, resting, incoming, trade_ns, events, px=px, qty=qty)
    if incoming.leaves_qty == 0:
        issue.hidden.discard(incoming)
    return True


def would_trade(issue: "Issue", order: Order) -> bool:
    """Whether the order would take something at once; what the rules let it pass by does not count."""
    skipped: set[int] = set()
    while (found := _best_resting(issue, order, skipped)) is not None and _reaches(issue, order, found[1]):
        if not issue.rules.has_pairs or issue.rules.pair(issue, order, found[0]) is not Pair.SKIP:
            return True
        skipped.add(found[0].venue_order_id)
    return False


def available(issue: "Issue", order: Order) -> int:
    """What the other side holds within the order's limit, counted up to its quantity."""
    side = BUY if order.is_buy else SELL
    other = SELL if order.is_buy else BUY
    total = 0
    for hidden in issue.hidden.sides[other]:
        px = issue.rules.hidden_px(issue, hidden)
        if px and _reaches(issue, order, px):
            total += hidden.leaves_qty
    limit = _limit_level(issue, order, side)
    for level in issue.book.levels_from_best(other):
        if total >= order.leaves_qty or (level > limit if side == BUY else level < limit):
            break
        total += issue.book.column(other, level, level)[0]
    return min(total, order.leaves_qty)


def cancel(order: Order, reason: Reason, trade_ns: int, events: list[SimEvent]) -> None:
    """An order that is nowhere any more ends."""
    order.end(OrdStatus.CANCELED)
    events.append(order.event(OrderCanceled, trade_ns, reason=reason))


# -- inside --


def _may_begin(issue: "Issue", order: Order, side: int) -> bool:
    """Whether all or the least quantity can be had, where the order asks for it."""
    if order.time_in_force is TimeInForce.FOK:
        if _is_plain(issue, order, side):
            if _far_px(issue, order, side):
                return False
            return issue.book.can_fill(side, _reach(issue, order, side), order.leaves_qty)
        return available(issue, order) >= order.leaves_qty
    return not order.min_qty or available(issue, order) >= min(order.min_qty, order.leaves_qty)


def _is_plain(issue: "Issue", order: Order, side: int) -> bool:
    """Whether only shown orders are in play, none of them looked at singly."""
    rules = issue.rules
    return not (
        issue.hidden.sides[side ^ 1]
        or rules.has_pairs
        or order.smp_mode
        or order.is_hidden
        or order.acts_as in _HIDDEN_TYPES
        or (issue.tells_orders and issue.book.reserve)
    )


def _sweep(issue: "Issue", order: Order, side: int, trade_ns: int, events: list[SimEvent]) -> Beyond:
    book, rules, other = issue.book, issue.rules, issue.book.sides[side ^ 1]
    limit = issue.level(order)
    asked_px = 0
    while order.leaves_qty and other.count:
        if other.best > limit if side == BUY else other.best < limit:
            break
        far_px = _far_px(issue, order, side)
        if far_px:
            outcome = rules.beyond(issue, order, far_px, trade_ns, events)
            if outcome is not Beyond.GO_ON:
                return outcome
            assert far_px != asked_px, f"{issue.instrument.symbol}: a band that lets {far_px} pass contains it"
            asked_px = far_px
            continue
        reach = _reach(issue, order, side)
        deemed_px = deemed_resting_px(issue, side ^ 1) if issue.market_qty[side ^ 1] else 0
        fills: list[tuple[int, int, int]] = []
        left = book.take(side, reach, order.leaves_qty, fills)
        for handle, at, qty in fills:
            resting = issue.owner[handle]
            assert resting is not None, handle
            px = _market_px(order, deemed_px) if resting.is_market else issue.grid.prices[at]
            issue.trade(resting, order, trade_ns, events, px=px, qty=qty)
        book.refilled.clear()
        if not left or reach == limit or not other.count or (other.best > limit if side == BUY else other.best < limit):
            break
        outcome = rules.beyond(issue, order, issue.grid.prices[other.best], trade_ns, events)
        if outcome is not Beyond.GO_ON:
            return outcome
    return Beyond.REST


def _far_px(issue: "Issue", order: Order, side: int) -> int:
    """The first resting price, where it lies beyond the band already; else 0.

    A buyer may meet an offer far below the last price: that trade is as far away as one above. A resting market order
    comes first, at its deemed price.
    """
    other = issue.book.sides[side ^ 1]
    if not issue.rules.has_band or not other.count:
        return 0
    low, high = issue.rules.band(issue)
    if issue.market_qty[side ^ 1]:
        px = _market_px(order, deemed_resting_px(issue, side ^ 1))
        return px if not low <= px <= high else 0
    px = issue.grid.prices[other.best]
    return px if (px < low if side == BUY else px > high) else 0


def _reach(issue: "Issue", order: Order, side: int) -> int:
    """The level to which the order may trade: its own limit, or the band's end where that is nearer."""
    limit = issue.level(order)
    if not issue.rules.has_band:
        return limit
    low, high = issue.rules.band(issue)
    return min(limit, issue.grid.level_at_most(high)) if side == BUY else max(limit, issue.grid.level_at_least(low))


def _beyond_of(issue: "Issue", order: Order, side: int, trade_ns: int, events: list[SimEvent]) -> Beyond:
    """A fill-or-kill order that only the band kept from trading: the band's rule acts, the order is cancelled."""
    if order.acts_as in _HIDDEN_TYPES:
        return Beyond.CANCEL
    limit, reach = issue.level(order), _reach(issue, order, side)
    far_px = _far_px(issue, order, side)
    if far_px and issue.book.can_fill(side, limit, order.leaves_qty):
        issue.rules.beyond(issue, order, far_px, trade_ns, events)
    elif reach != limit and issue.book.can_fill(side, limit, order.leaves_qty):
        worse = (at for at in issue.book.levels_from_best(side ^ 1) if (at > reach if side == BUY else at < reach))
        issue.rules.beyond(issue, order, issue.grid.prices[next(worse)], trade_ns, events)
    return Beyond.CANCEL


def _pick(issue: "Issue", order: Order, trade_ns: int, events: list[SimEvent]) -> Beyond | Reason:
    """One resting order after the other; a Reason when the venue cancels the incoming one for it."""
    rules = issue.rules
    skipped: set[int] = set()
    band = rules.band(issue)  # of the moment the order came: its own trades do not move it
    while order.leaves_qty:
        found = _best_resting(issue, order, skipped)
        if found is None or not _reaches(issue, order, found[1]):
            return Beyond.REST
        resting, px, shown = found
        pair = rules.pair(issue, order, resting) if rules.has_pairs or order.smp_mode else Pair.TRADE
        if pair is Pair.TRADE and rules.has_band and not band[0] <= px <= band[1]:
            outcome = rules.beyond(issue, order, px, trade_ns, events)
            if outcome is not Beyond.GO_ON:
                return outcome
            band = rules.band(issue)
        elif pair is Pair.SKIP or (not shown and resting.min_qty > order.leaves_qty):
            skipped.add(resting.venue_order_id)
        elif pair is Pair.CANCEL_RESTING:
            issue.remove(resting, trade_ns, events)
            cancel(resting, Reason.SELF_MATCH, trade_ns, events)
        elif pair is Pair.CANCEL_INCOMING:
            return Reason.SELF_MATCH
        else:
            qty = min(order.leaves_qty, issue.book.qty[resting.handle] if shown else resting.leaves_qty)
            if pair is Pair.REDUCE_BOTH:
                _reduce_both(issue, resting, order, trade_ns, events, qty=qty)
            elif shown:
                issue.book.hit(resting.handle, qty)
                issue.trade(resting, order, trade_ns, events, px=px, qty=qty)
                by_order.refilled(issue, trade_ns, events)
            else:
                _trade_hidden(issue, resting, order, trade_ns, events, px=px, qty=qty)
    return Beyond.REST


def _leave(
    issue: "Issue", order: Order, trade_ns: int, events: list[SimEvent], *, outcome: Beyond, reason: Reason
) -> None:
    """What becomes of the part that has not traded."""
    rests = order.time_in_force not in _AT_ONCE and outcome is not Beyond.CANCEL
    if order.is_market and not issue.rules.market_rests:
        rests = False
    if not rests:
        cancel(order, reason, trade_ns, events)
    elif order.is_hidden or order.acts_as in _HIDDEN_TYPES:
        issue.hidden.add(order)
    else:
        issue.rest(order, trade_ns, events)


def _best_resting(issue: "Issue", order: Order, skipped: "set[int] | frozenset[int]") -> tuple[Order, int, bool] | None:
    """(order, price, whether it is shown) that an incoming order meets first."""
    other = SELL if order.is_buy else BUY
    shown = _best_shown(issue, order, other, skipped)
    hidden = _best_hidden(issue, other, skipped) if issue.hidden.sides[other] else None
    if hidden is None:
        return (*shown, True) if shown else None
    if shown is not None and (shown[1] <= hidden[1] if order.is_buy else shown[1] >= hidden[1]):
        return (*shown, True)
    return (*hidden, False)


def _best_shown(
    issue: "Issue", order: Order, other: int, skipped: "set[int] | frozenset[int]"
) -> tuple[Order, int] | None:
    for level in issue.book.levels_from_best(other):
        for handle in issue.book.queue(other, level):
            resting = issue.owner[handle]
            assert resting is not None, handle
            if resting.venue_order_id in skipped:
                continue
            if resting.is_market:
                return resting, _market_px(order, deemed_resting_px(issue, other))
            return resting, issue.grid.prices[level]
    return None


def _best_hidden(issue: "Issue", side: int, skipped: "set[int] | frozenset[int]") -> tuple[Order, int] | None:
    best: tuple[Order, int] | None = None
    for order in issue.hidden.sides[side]:
        px = issue.rules.hidden_px(issue, order)
        if not px or order.venue_order_id in skipped:
            continue
        if best is None or (px > best[1] if side == BUY else px < best[1]):
            best = (order, px)
    return best


def _reaches(issue: "Issue", order: Order, px: int) -> bool:
    """Whether the order's limit allows the price."""
    if order.is_market:
        return True
    limit = issue.rules.hidden_px(issue, order) if order.acts_as in _HIDDEN_TYPES else order.px
    return bool(limit) and (px <= limit if order.is_buy else px >= limit)


def _limit_level(issue: "Issue", order: Order, side: int) -> int:
    if order.acts_as not in _HIDDEN_TYPES:
        return issue.level(order)
    px = issue.rules.hidden_px(issue, order)
    if not px:
        return -1 if side == BUY else 1 << 60
    return issue.grid.level_at_most(px) if side == BUY else issue.grid.level_at_least(px)


def _market_px(incoming: Order, deemed_px: int) -> int:
    """Price of a trade with a resting market order: deemed, or the incoming limit where that reaches further."""
    if incoming.is_market or not incoming.px:
        return deemed_px
    return min(deemed_px, incoming.px) if incoming.is_buy else max(deemed_px, incoming.px)


def _trade_hidden(
    issue: "Issue", resting: Order, incoming: Order, trade_ns: int, events: list[SimEvent], *, px: int, qty: int
) -> None:
    issue.trade(resting, incoming, trade_ns, events, px=px, qty=qty, shown=False)
    if resting.leaves_qty == 0:
        issue.hidden.discard(resting)


def _trade_fixed(issue: "Issue", resting: Order, incoming: Order, trade_ns: int, events: list[SimEvent]) -> None:
    qty = min(resting.leaves_qty, incoming.leaves_qty)
    issue.trade(resting, incoming, trade_ns, events, px=issue.fixed.px, qty=qty, shown=False)
    if resting.leaves_qty == 0:
        issue.fixed.discard(resting)


def _reduce_both(
    issue: "Issue", resting: Order, incoming: Order, trade_ns: int, events: list[SimEvent], *, qty: int
) -> None:
    """Self-match prevention: what would have traded is cancelled on both sides."""
    for order in (resting, incoming):
        if qty < order.leaves_qty:
            order.order_qty -= qty
            if order is resting:
                issue.reduce(order, qty, trade_ns, events)
            else:
                order.leaves_qty -= qty
            events.append(order.event(OrderRestated, trade_ns, reason=Reason.SELF_MATCH))
            continue
        if order is resting:
            issue.remove(order, trade_ns, events)
        cancel(order, Reason.SELF_MATCH, trade_ns, events)
