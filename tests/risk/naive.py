"""All rules stated a second time, naively: every reason why an order may not leave, in any order."""

from hts.model.denials import Rule
from hts.model.enums import CashMargin, OrdType, Phase, SecurityType, Side, TimeInForce
from hts.model.scopes import HaltCause, TradingState
from hts.risk.proposal import Act

CLOSED = {Phase.CLOSED, Phase.PRE_OPEN, Phase.PAUSE, Phase.HALTED}
CALLS = {
    Phase.OPEN_CALL,
    Phase.CLOSE_CALL,
    Phase.VI_CALL,
    Phase.RESUME_CALL,
    Phase.SPECIAL_QUOTE,
    Phase.SINGLE_PRICE,
}
CONTINUOUS = {Phase.CONTINUOUS, Phase.PRE_MARKET, Phase.AFTER_MARKET}


def reasons(order, act):
    """The set of rules that refuse."""
    found = state_reasons(order, act)
    if order.instrument is None:
        return found | {Rule.UNKNOWN_SYMBOL}
    found |= shape_reasons(order, act) | money_reasons(order, act)
    for guard in order.guards:
        found |= limit_reasons(order, guard, act)
    return found


def state_reasons(order, act):
    found = set()
    if not (order.is_ready and order.has_listing):
        found.add(Rule.NOT_READY)
    if not order.venue_up:
        found.add(Rule.VENUE_DOWN)
    if not order.account_known:
        found.add(Rule.UNKNOWN_ACCOUNT)
    for guard in order.guards:
        if guard.state is TradingState.HALTED:
            found.add(Rule.KILL_SWITCH if guard.cause is HaltCause.KILL_SWITCH else Rule.HALTED)
        if guard.state is TradingState.REDUCING and not reduces(order, guard):
            found.add(Rule.REDUCING)
        if order.symbol in guard.restricted and not reduces(order, guard):
            found.add(Rule.RESTRICTED)
    if order.phase in CLOSED:
        found.add(Rule.PHASE_CLOSED)
    if act is not Act.AMEND and order.phase in CALLS and order.time_in_force is not TimeInForce.DAY:
        found.add(Rule.TYPE_NOT_ALLOWED)
    if act is Act.AMEND:
        if (order.px, order.qty) == (order.old_px, order.old_qty):
            found.add(Rule.NOTHING_TO_DO)
        if order.ord_type is OrdType.MARKET and order.px != order.old_px:
            found.add(Rule.TYPE_NOT_ALLOWED)
    return found


def held(order, guard):
    return order.held_qty if guard is order.guards[0] else guard.exposure.of(order.symbol).qty


def added(order):
    return 0 if order.order_id else order.qty


def opened(order, guard, side):
    return guard.exposure.of(order.symbol).open_qty[side]


def reduces(order, guard):
    most = held(order, guard) if order.side is Side.SELL else -held(order, guard)
    return most > 0 and opened(order, guard, order.side) + added(order) <= most


def shape_reasons(order, act):
    found, issue = set(), order.instrument
    if order.qty <= order.cum_qty:
        found.add(Rule.BAD_QTY)
    if order.qty > 999_999_999:
        found.add(Rule.QTY_LIMIT)
    most = issue.listed_shares or 999_999_999
    total = max(opened(order, guard, order.side) + order.qty for guard in order.guards)
    if (order.qty if order.order_id else total) > most:
        found.add(Rule.LISTED_SHARES)
    if act is Act.FLATTEN:
        return found
    if order.qty % issue.lot:
        found.add(Rule.BAD_LOT)
    if act is Act.AMEND and order.qty > order.old_qty:
        found.add(Rule.QTY_INCREASE)
    if order.ord_type is OrdType.LIMIT:
        if order.px > issue.upper_px:
            found.add(Rule.PRICE_ABOVE_LIMIT)
        if order.px < max(1, issue.lower_px):
            found.add(Rule.PRICE_BELOW_LIMIT)
        if order.px <= 0 or order.px % issue.ticks.step_at(order.px):
            found.add(Rule.BAD_TICK)
    last = order.last_px
    is_far = order.px <= last * 0.7 or order.px >= last * 1.3
    if order.px and order.ord_type is OrdType.LIMIT and 0.9 <= order.qty / last <= 1.1 and is_far:
        found.add(Rule.PX_QTY_SWAP)
    if act is Act.NEW and is_money(order):
        found.add(Rule.UNIT_MIX)
    return found


def is_money(order):
    last = order.last_px
    if order.side is Side.BUY:
        return order.needed > order.buying_power >= order.qty >= last
    worth = order.sellable_qty * last
    return order.qty > order.sellable_qty and worth > 0 and worth * 9 <= order.qty * 10 <= worth * 11


def money_reasons(order, act):
    found, is_sell = set(), order.side is Side.SELL
    if act is not Act.FLATTEN and order.needed > max(0, order.buying_power):
        found.add(Rule.CASH)
    plain = is_sell and not order.is_short
    left = order.qty - order.cum_qty
    if act is not Act.AMEND and plain:
        if left > order.sellable_qty and order.instrument.security_type is not SecurityType.FUTURE:
            found.add(Rule.HOLDINGS)
        if order.unproved_qty and left > max(0, order.sellable_qty - order.unproved_qty):
            found.add(Rule.POSITION_ORIGIN)
    if act is Act.NEW:
        if order.is_short and not order.permissions.short:
            found.add(Rule.CREDIT)
        if order.credit is CashMargin.MARGIN_OPEN and not order.is_short and not order.permissions.margin:
            found.add(Rule.CREDIT)
        if order.is_short and order.qty > order.permissions.located_qty:
            found.add(Rule.SHORT_SALE)
    if act is not Act.FLATTEN:
        has_px = order.ord_type is OrdType.LIMIT and order.px != 0
        if order.is_short and order.short_floor_px and not (has_px and order.px >= order.short_floor_px):
            found.add(Rule.SHORT_PRICE)
        if meets_own(order):
            found.add(Rule.SELF_TRADE)
    return found


def shown(order):
    """(price, quantity) of the other side in all books, best first."""
    ask = order.side is Side.BUY
    flat = [
        (book.levels[at + (0 if ask else 1)], book.levels[at + (2 if ask else 3)])
        for book in order.books
        for at in range(0, 40, 4)
    ]
    return sorted(((px, qty) for px, qty in flat if px and qty), reverse=not ask)


def meets_own(order):
    px = order.px if order.ord_type is OrdType.LIMIT else 0
    if not px:
        left = order.qty - order.cum_qty
        for level, qty in shown(order):
            px, left = level, left - qty
            if left <= 0:
                break
    resting = order.guards[0].exposure.of(order.symbol).resting[order.side.other]
    own = [own_px for order_id, own_px in resting.items() if order_id != order.order_id]
    if not px:
        return False
    return any(own_px <= px for own_px in own) if order.side is Side.BUY else any(own_px >= px for own_px in own)


def beyond(order, from_px, bp, ticks, px):
    room = max(from_px * bp // 10_000, order.instrument.ticks.step_at(from_px) * ticks)
    return px > from_px + room if order.side is Side.BUY else px < from_px - room


def limit_reasons(order, guard, act):
    found = flow_reasons(order, guard, act)
    if act is Act.FLATTEN:
        return found
    limits, issue = guard.limits, order.instrument
    if order.ord_type is OrdType.LIMIT:
        if (limits.price_band_bp or limits.price_band_ticks) and beyond(
            order, order.last_px, limits.price_band_bp, limits.price_band_ticks, order.px
        ):
            found.add(Rule.PRICE_BAND)
        prices = shown(order)
        has_collar = (limits.collar_bp or limits.collar_ticks) and prices and order.phase in CONTINUOUS
        if has_collar and beyond(order, prices[0][0], limits.collar_bp, limits.collar_ticks, order.px):
            found.add(Rule.COLLAR)
    left = order.qty - order.cum_qty
    worst = order.px or (issue.upper_px if order.side is Side.BUY else order.last_px)
    whole = order.average_qty or issue.prev_volume
    checks = {
        Rule.QTY_LIMIT: (order.qty, limits.order_qty_max),
        Rule.VALUE_LIMIT: (worst * left, limits.order_value_max),
        Rule.LISTED_SHARE_BP: (order.qty * 10_000, limits.listed_share_bp * issue.listed_shares),
        Rule.AVERAGE_VOLUME_BP: (order.qty * 10_000, limits.average_volume_bp * whole),
        Rule.STALE_DATA: (order.md_age_ms if order.md_age_ms >= 0 else 10**9, limits.stale_data_ms),
    }
    found |= {rule for rule, (figure, limit) in checks.items() if limit and figure > limit}
    if act is Act.NEW and order.ord_type is OrdType.MARKET and order.phase in CONTINUOUS and limits.market_walk_bp:
        near = [
            qty
            for px, qty in shown(order)
            if not beyond(
                order, order.reference_px or order.last_px, limits.market_walk_bp, limits.price_band_ticks, px
            )
        ]
        if sum(near) < left:
            found.add(Rule.MARKET_WALK)
    return found | position_reasons(order, guard)


def position_reasons(order, guard):
    limits, issue = guard.limits, guard.exposure.of(order.symbol)
    if reduces(order, guard):
        return set()
    found = set()
    sign = 1 if order.side is Side.BUY else -1
    then = issue.qty + sign * (opened(order, guard, order.side) + added(order))
    against = issue.qty - sign * opened(order, guard, order.side.other)
    mark = order.marks.mark_px(order.symbol)
    if limits.position_qty_max and abs(then) > limits.position_qty_max:
        found.add(Rule.POSITION_QTY)
    if limits.gross_value_max and max(abs(then), abs(against)) * mark > limits.gross_value_max:
        found.add(Rule.GROSS_VALUE)
    if limits.net_value_max and abs(then) * mark > limits.net_value_max:
        found.add(Rule.NET_VALUE)
    loss = -(issue.flow + issue.qty * mark - issue.start_qty * order.marks.base_px(order.symbol))
    if limits.daily_loss_max and loss >= limits.daily_loss_max:
        found.add(Rule.DAILY_LOSS)
    return found


def flow_reasons(order, guard, act):
    found, limits, now = set(), guard.limits, order.mono_ns
    key = (order.symbol, order.side, order.ord_type, order.px, order.qty)
    second = 1_000_000_000
    if limits.messages_per_second and sum(now - t < second for t in guard.messages.state) >= limits.messages_per_second:
        found.add(Rule.MESSAGE_RATE)
    if act is Act.FLATTEN:
        return found
    if limits.orders_per_second and sum(now - t < second for t in guard.rate.state) >= limits.orders_per_second:
        found.add(Rule.ORDER_RATE)
    if act is Act.NEW:
        same = [now - t for t, *rest in guard.recent.state if tuple(rest) == plain(key)]
        if any(age < limits.duplicate_window_ms * 1_000_000 for age in same):
            found.add(Rule.DUPLICATE)
        burst = sum(age < limits.burst_window_ms * 1_000_000 for age in same)
        if limits.burst_orders_max and burst >= limits.burst_orders_max:
            found.add(Rule.DUPLICATE_BURST)
        if limits.working_orders_max and guard.exposure.working >= limits.working_orders_max:
            found.add(Rule.WORKING_ORDERS)
    return found


def plain(key):
    symbol, side, ord_type, px, qty = key
    return (symbol, side.value, ord_type.value, px, qty)
