"""What the checks said of one order, rule by rule, for a person who asks why.

The checks themselves answer with the first denial or with nothing, and nobody may slow them down. So the proposal is
kept as it was judged, with what only the guards knew then (`Stake`); the figures of all rules follow from both when
somebody asks. What a guard knows is taken right after the decision: an order that passed is among it by then, a denied
one is added.
"""

from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import CashMargin, OrdType, Side
from hts.model.trace import CheckTold
from hts.model.units import QTY_MAX
from hts.risk.book_reach import shown_within
from hts.risk.checks import FLOW_RULES, HARD_RULES, LIMIT_RULES, MONEY_RULES, HardRule, LimitRule
from hts.risk.checks_price import bound_px
from hts.risk.guard import Guard
from hts.risk.limits import OFF, RiskLimits
from hts.risk.proposal import Act, Proposal
from hts.risk.throttle import SECOND_NS

_RULES: Final = frozenset(
    [rule for hard in (*HARD_RULES, *MONEY_RULES) for rule in hard.rules]
    + [one.rule for one in (*LIMIT_RULES, *FLOW_RULES)]
)
COUNTED_MAX: Final = 100  # a wider window is not counted: that would cost more than the check itself
_BP: Final = 10_000

Figure = tuple[int, int, Unit]  # figure, limit, what both count
Asked = Figure | None  # None: the rule is not about such an order


class Stake(Struct, frozen=True, kw_only=True):
    """What one scope had at stake with the order; 0 where its limits do not look at it.

    `orders` and `messages`: when the newest ones went out, of windows that are counted.
    """

    label: str
    limits: RiskLimits
    working: int = 0
    position: int = 0
    gross: int = 0
    net: int = 0
    loss: int = 0
    orders: tuple[int, ...] = ()
    messages: tuple[int, ...] = ()


class Judged(Struct, frozen=True, kw_only=True):
    """An order as it was judged. `denial` None: it passed."""

    order: Proposal
    act: Act
    denial: Denial | None
    stakes: tuple[Stake, ...]


def judged(order: Proposal, act: Act, denial: Denial | None, guards: tuple[Guard, ...]) -> Judged:
    """Keep it; to be called right after the decision, before anything else happens.

    `guards` are those of the order's scopes as they are now: a scope's first order was judged by one that is not kept.
    """
    stakes = tuple(_stake(order, guard, denial) for guard in guards if guard.limits is not OFF)
    return Judged(order=order, act=act, denial=denial, stakes=stakes)


def _stake(order: Proposal, guard: Guard, denial: Denial | None) -> Stake:
    symbol = order.symbol
    limits, exposure = guard.limits, guard.exposure
    more = order.new_qty if denial is not None else 0
    gross = net = position = loss = 0
    if limits.position_qty_max:
        position = abs(exposure.of(symbol).worst_qty(order.side, more))
    if (limits.gross_value_max or limits.net_value_max) and order.instrument is not None:
        gross, net = exposure.gross_and_net(order.marks, replace(order.opened, leaves_qty=more))
    if limits.daily_loss_max:
        loss = max(0, -exposure.pnl(order.marks))
    return Stake(
        label=guard.label,
        limits=limits,
        working=exposure.working + (1 if more else 0),
        position=position,
        gross=gross,
        net=abs(net),
        loss=loss,
        orders=guard.rate.state if limits.orders_per_second <= COUNTED_MAX else (),
        messages=guard.messages.state if limits.messages_per_second <= COUNTED_MAX else (),
    )


def _rate(sent_ns: tuple[int, ...], order: Proposal, most: int) -> Asked:
    return sum(order.mono_ns - at < SECOND_NS for at in sent_ns), most, Unit.PER_SECOND


def told(found: Judged) -> tuple[CheckTold, ...]:
    """Every rule that was asked, in the order in which it was asked; the last one denied, or all passed."""
    rows = []
    denial = found.denial
    # A denial by something that is no rule of the lists (who asks, the whole that it is a part of, its exits) comes
    # before them: the rules were not asked, and some cannot be of an order whose issue nobody has found.
    if denial is not None and denial.rule not in _RULES:
        return (_denied(denial),)
    for row in _rows(found):
        if denial is not None and (row.rule, row.scope) == (denial.rule, denial.scope):
            rows.append(_denied(denial))
            return tuple(rows)
        rows.append(row)
    return (_denied(denial),) if denial is not None else tuple(rows)


def _denied(denial: Denial) -> CheckTold:
    return CheckTold(
        rule=denial.rule,
        is_passed=False,
        figure=denial.figure,
        limit=denial.limit,
        unit=denial.unit,
        scope=denial.scope,
        detail=denial.detail,
    )


def _rows(found: Judged) -> Iterator[CheckTold]:
    yield from _hard_rows(found, HARD_RULES)
    for stake in found.stakes:
        yield from _limit_rows(found, stake, LIMIT_RULES)
    yield from _hard_rows(found, MONEY_RULES)
    for stake in found.stakes:
        yield from _limit_rows(found, stake, FLOW_RULES)


def _hard_rows(found: Judged, rules: tuple[HardRule, ...]) -> Iterator[CheckTold]:
    order, denial = found.order, found.denial
    for hard in rules:
        if found.act not in hard.acts:
            continue
        for rule in hard.rules:
            if rule is Rule.QTY_LIMIT and order.qty <= QTY_MAX:
                continue  # the field's width; the house's own limit is told by its scope
            if denial is not None and rule is denial.rule:
                yield CheckTold(rule=rule, scope=denial.scope)
                continue
            figure = _HARD[rule](order) if rule in _HARD else (0, 0, Unit.NONE)
            if figure is not None:
                yield CheckTold(rule=rule, figure=figure[0], limit=figure[1], unit=figure[2])


def _limit_rows(found: Judged, stake: Stake, rules: tuple[LimitRule, ...]) -> Iterator[CheckTold]:
    denial = found.denial
    for one in rules:
        if found.act in one.acts and one.is_on(stake.limits):
            is_denied = denial is not None and (denial.rule, denial.scope) == (one.rule, stake.label)
            figure = (0, 0, Unit.NONE) if is_denied else _LIMITS[one.rule](found.order, stake)
            if figure is not None:
                yield CheckTold(rule=one.rule, figure=figure[0], limit=figure[1], unit=figure[2], scope=stake.label)


def _priced(px: Callable[[Proposal], int]) -> Callable[[Proposal], Asked]:
    """A limit of the price; an order without one, and an issue without limits, is not asked."""
    return lambda order: (order.px, px(order), Unit.PX) if order.px and px(order) else None


def _holdings(order: Proposal) -> Asked:
    if order.side is Side.BUY or order.is_short:
        return None
    return order.open_qty, order.sellable_qty, Unit.QTY


_HARD: Final[dict[Rule, Callable[[Proposal], Asked]]] = {
    Rule.KILL_SWITCH: lambda _order: (0, 0, Unit.NONE),
    Rule.BAD_QTY: lambda order: (order.qty, order.cum_qty + 1, Unit.QTY),
    Rule.LISTED_SHARES: lambda order: (order.qty, order.listed.listed_shares or QTY_MAX, Unit.QTY),
    Rule.BAD_LOT: lambda order: (order.qty, order.listed.lot, Unit.QTY),
    Rule.QTY_INCREASE: lambda order: (order.qty, order.old_qty, Unit.QTY),
    Rule.PRICE_ABOVE_LIMIT: _priced(lambda order: order.listed.upper_px),
    Rule.PRICE_BELOW_LIMIT: _priced(lambda order: order.listed.lower_px),
    Rule.BAD_TICK: _priced(lambda order: order.listed.ticks.step_at(order.px)),
    Rule.CASH: lambda order: (order.needed, order.buying_power, Unit.NOTIONAL) if order.needed else None,
    Rule.HOLDINGS: _holdings,
    Rule.POSITION_ORIGIN: lambda order: (order.open_qty, order.sellable_qty, Unit.QTY) if order.unproved_qty else None,
    Rule.CREDIT: lambda order: (0, 0, Unit.NONE) if order.is_short or order.credit is not CashMargin.CASH else None,
    Rule.SHORT_SALE: lambda order: (order.new_qty, order.permissions.located_qty, Unit.QTY) if order.is_short else None,
    Rule.SHORT_PRICE: lambda order: (order.px, order.short_floor_px, Unit.PX) if order.short_floor_px else None,
}


def _bound(
    from_px: Callable[[Proposal], int], bp: Callable[[RiskLimits], int], ticks: Callable[[RiskLimits], int]
) -> Callable[[Proposal, Stake], Asked]:
    """A price that may not lie further than a bound from another one."""

    def asked(order: Proposal, stake: Stake) -> Asked:
        begin = from_px(order)
        if not order.has_limit_px or not begin:
            return None
        return order.px, bound_px(order, begin, bp(stake.limits), ticks(stake.limits)), Unit.PX

    return asked


def _part(whole: Callable[[Proposal], int], most: Callable[[RiskLimits], int]) -> Callable[[Proposal, Stake], Asked]:
    """A part of a whole in hundredths of a percent; an unknown whole says nothing."""

    def asked(order: Proposal, stake: Stake) -> Asked:
        of = whole(order)
        return (-(-order.qty * _BP // of), most(stake.limits), Unit.BP) if of > 0 else None

    return asked


def _walk(order: Proposal, stake: Stake) -> Asked:
    if order.ord_type is not OrdType.MARKET or not order.phase.is_continuous:
        return None
    bound = bound_px(order, order.reference_px or order.last_px, stake.limits.market_walk_bp,
                     stake.limits.price_band_ticks)  # fmt: skip
    return order.open_qty, shown_within(order.books, order.side, bound), Unit.QTY


_LIMITS: Final[dict[Rule, Callable[[Proposal, Stake], Asked]]] = {
    Rule.PRICE_BAND: _bound(
        lambda order: order.last_px, lambda limits: limits.price_band_bp, lambda limits: limits.price_band_ticks
    ),
    Rule.COLLAR: _bound(
        lambda order: order.counter_px if order.phase.is_continuous else 0,
        lambda limits: limits.collar_bp,
        lambda limits: limits.collar_ticks,
    ),
    Rule.QTY_LIMIT: lambda order, stake: (order.qty, stake.limits.order_qty_max, Unit.QTY),
    Rule.VALUE_LIMIT: lambda order, stake: (order.value, stake.limits.order_value_max, Unit.NOTIONAL),
    Rule.LISTED_SHARE_BP: _part(lambda order: order.listed.listed_shares, lambda limits: limits.listed_share_bp),
    Rule.AVERAGE_VOLUME_BP: _part(lambda order: order.average_volume, lambda limits: limits.average_volume_bp),
    Rule.STALE_DATA: lambda order, stake: (max(0, order.md_age_ms), stake.limits.stale_data_ms, Unit.MS),
    Rule.MARKET_WALK: _walk,
    Rule.WORKING_ORDERS: lambda _order, stake: (stake.working, stake.limits.working_orders_max, Unit.COUNT),
    Rule.POSITION_QTY: lambda _order, stake: (stake.position, stake.limits.position_qty_max, Unit.QTY),
    Rule.GROSS_VALUE: lambda _order, stake: (stake.gross, stake.limits.gross_value_max, Unit.NOTIONAL),
    Rule.NET_VALUE: lambda _order, stake: (stake.net, stake.limits.net_value_max, Unit.NOTIONAL),
    Rule.DAILY_LOSS: lambda _order, stake: (stake.loss, stake.limits.daily_loss_max, Unit.NOTIONAL),
    Rule.DUPLICATE: lambda _order, _stake: (0, 0, Unit.NONE),
    Rule.DUPLICATE_BURST: lambda _order, _stake: (0, 0, Unit.NONE),
    Rule.ORDER_RATE: lambda order, stake: _rate(stake.orders, order, stake.limits.orders_per_second),
    Rule.MESSAGE_RATE: lambda order, stake: _rate(stake.messages, order, stake.limits.messages_per_second),
}
