"""The checks before an order leaves the house: one pure function per rule, in the order of the lists below.

A check sees the proposal (and, where it is about a limit, the guard of one scope), and says nothing (None) or why
not. Cancels are not proposals: they always pass. Texts are not made here; a Denial carries the rule, the figure that
broke and the limit.

    hard rules      hold whatever the limits are; nobody can set them
    limit rules     are asked once per scope that has the limit, so the tightest scope wins
    flow rules      rates and repetitions, last: waiting a moment mends them

`check` is the only way to a `Pass`, and a request for an order leaves the engine with nothing else
(`hts.engine.core.Batch.send`).
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from msgspec import Struct

from hts.model.denials import Denial, Rule
from hts.model.enums import Side
from hts.risk import checks_flow, checks_money, checks_price, checks_size, checks_state
from hts.risk.guard import Guard
from hts.risk.limits import OFF, RiskLimits
from hts.risk.proposal import Act, Proposal

HardCheck = Callable[[Proposal], Denial | None]
LimitCheck = Callable[[Proposal, Guard], Denial | None]

_ALL: Final = frozenset(Act)
_NEW: Final = frozenset({Act.NEW})
_AMEND: Final = frozenset({Act.AMEND})
_SIZED: Final = frozenset({Act.NEW, Act.AMEND})  # closing a position lowers the risk: size does not stand in its way


class HardRule(Struct, frozen=True, kw_only=True):
    """`rules`: what it may deny for. `acts`: what it is asked about."""

    rules: tuple[Rule, ...]
    check: HardCheck
    acts: frozenset[Act]


class LimitRule(Struct, frozen=True, kw_only=True):
    """A rule with limits: it is asked of a scope where any of the `fields` is not zero."""

    rule: Rule
    fields: tuple[str, ...]
    check: LimitCheck
    acts: frozenset[Act]

    def is_on(self, limits: RiskLimits) -> bool:
        """Whether a scope with these limits has it."""
        return any(getattr(limits, name) for name in self.fields)


def _hard(check: HardCheck, acts: frozenset[Act], *rules: Rule) -> HardRule:
    return HardRule(rules=rules, check=check, acts=acts)


def _limit(check: LimitCheck, acts: frozenset[Act], rule: Rule, *fields: str) -> LimitRule:
    return LimitRule(rule=rule, fields=fields, check=check, acts=acts)


HARD_RULES: Final = (
    _hard(checks_state.not_ready, _ALL, Rule.NOT_READY),
    _hard(checks_state.venue_down, _ALL, Rule.VENUE_DOWN),
    _hard(checks_state.unknown_account, _ALL, Rule.UNKNOWN_ACCOUNT),
    _hard(checks_state.halted, _ALL, Rule.KILL_SWITCH, Rule.HALTED),
    _hard(checks_state.unknown_symbol, _ALL, Rule.UNKNOWN_SYMBOL),
    _hard(checks_state.restricted, _ALL, Rule.RESTRICTED),
    _hard(checks_state.scopes_full, _NEW, Rule.SCOPES_FULL),
    _hard(checks_state.phase_closed, _ALL, Rule.PHASE_CLOSED),
    _hard(checks_state.venue_not_eligible, _ALL, Rule.VENUE_NOT_ELIGIBLE),
    _hard(checks_state.type_not_allowed, _NEW | {Act.FLATTEN}, Rule.TYPE_NOT_ALLOWED),
    _hard(checks_state.market_amend, _AMEND, Rule.TYPE_NOT_ALLOWED),
    _hard(checks_state.nothing_to_do, _AMEND, Rule.NOTHING_TO_DO),
    _hard(checks_size.bad_qty, _ALL, Rule.BAD_QTY),
    _hard(checks_state.reducing, _ALL, Rule.REDUCING),
    _hard(checks_size.listed_shares, _ALL, Rule.LISTED_SHARES),
    _hard(checks_size.px_qty_swap, _SIZED, Rule.PX_QTY_SWAP),
    _hard(checks_size.bad_lot, _SIZED, Rule.BAD_LOT),
    _hard(checks_size.qty_increase, _AMEND, Rule.QTY_INCREASE),
    _hard(checks_price.price_limits, _SIZED, Rule.PRICE_ABOVE_LIMIT, Rule.PRICE_BELOW_LIMIT),
    _hard(checks_price.bad_tick, _SIZED, Rule.BAD_TICK),
    _hard(checks_size.unit_mix, _NEW, Rule.UNIT_MIX),
    _hard(checks_size.wire_qty, _ALL, Rule.QTY_LIMIT),
)

LIMIT_RULES: Final = (
    _limit(checks_price.price_band, _SIZED, Rule.PRICE_BAND, "price_band_bp", "price_band_ticks"),
    _limit(checks_price.collar, _SIZED, Rule.COLLAR, "collar_bp", "collar_ticks"),
    _limit(checks_size.qty_limit, _SIZED, Rule.QTY_LIMIT, "order_qty_max"),
    _limit(checks_size.value_limit, _SIZED, Rule.VALUE_LIMIT, "order_value_max"),
    _limit(checks_size.listed_share, _SIZED, Rule.LISTED_SHARE_BP, "listed_share_bp"),
    _limit(checks_size.average_volume, _SIZED, Rule.AVERAGE_VOLUME_BP, "average_volume_bp"),
    _limit(checks_state.stale_data, _SIZED, Rule.STALE_DATA, "stale_data_ms"),
    _limit(checks_price.market_walk, _NEW, Rule.MARKET_WALK, "market_walk_bp"),
    _limit(checks_flow.working_orders, _NEW, Rule.WORKING_ORDERS, "working_orders_max"),
    _limit(checks_money.position_qty, _SIZED, Rule.POSITION_QTY, "position_qty_max"),
    _limit(checks_money.gross_value, _SIZED, Rule.GROSS_VALUE, "gross_value_max"),
    _limit(checks_money.net_value, _SIZED, Rule.NET_VALUE, "net_value_max"),
    _limit(checks_money.daily_loss, _SIZED, Rule.DAILY_LOSS, "daily_loss_max"),
    _limit(checks_flow.duplicate, _NEW, Rule.DUPLICATE, "duplicate_window_ms"),
    _limit(checks_flow.duplicate_burst, _NEW, Rule.DUPLICATE_BURST, "burst_orders_max"),
)

MONEY_RULES: Final = (
    _hard(checks_money.credit, _NEW, Rule.CREDIT),
    _hard(checks_money.cash, _SIZED, Rule.CASH),
    _hard(checks_money.holdings, _NEW | {Act.FLATTEN}, Rule.HOLDINGS),
    _hard(checks_money.position_origin, _NEW | {Act.FLATTEN}, Rule.POSITION_ORIGIN),
    _hard(checks_money.short_sale, _NEW, Rule.SHORT_SALE),
    _hard(checks_money.short_price, _SIZED, Rule.SHORT_PRICE),
    _hard(checks_money.self_trade, _SIZED, Rule.SELF_TRADE),
)

FLOW_RULES: Final = (
    _limit(checks_flow.order_rate, _SIZED, Rule.ORDER_RATE, "orders_per_second"),
    _limit(checks_flow.message_rate, _ALL, Rule.MESSAGE_RATE, "messages_per_second"),
)
"""What waiting mends; the engine may let an order wait for these instead of refusing it."""

FLOW: Final = frozenset(rule.rule for rule in FLOW_RULES)


class Pass(Struct, frozen=True, kw_only=True):
    """All rules said yes to exactly this. Made by `check` alone."""

    account: str
    venue: str
    symbol: str
    side: Side
    px: int
    qty: int

    @property
    def terms(self) -> tuple[str, str, str, Side, int, int]:
        """What was asked about."""
        return (self.account, self.venue, self.symbol, self.side, self.px, self.qty)


def check(order: Proposal, act: Act) -> Denial | Pass:
    """Ask every rule that the act has; the first denial wins."""
    for hard in _HARD[act]:
        denial = hard(order)
        if denial is not None:
            return denial
    limited = [(guard, active(guard.limits, act)) for guard in order.guards if guard.limits is not OFF]
    for guard, (sized, _) in limited:
        for limit_check in sized:
            denial = limit_check(order, guard)
            if denial is not None:
                return denial
    for money in _MONEY[act]:
        denial = money(order)
        if denial is not None:
            return denial
    for guard, (_, flow) in limited:
        for limit_check in flow:
            denial = limit_check(order, guard)
            if denial is not None:
                return denial
    return Pass(
        account=order.account, venue=order.venue, symbol=order.symbol, side=order.side, px=order.px, qty=order.qty
    )  # fmt: skip


@lru_cache(maxsize=1_024)
def active(limits: RiskLimits, act: Act) -> tuple[tuple[LimitCheck, ...], tuple[LimitCheck, ...]]:
    """The limit checks and the flow checks that these limits switch on."""
    sized, flow = (
        tuple(rule.check for rule in rules if act in rule.acts and rule.is_on(limits))
        for rules in (LIMIT_RULES, FLOW_RULES)
    )
    return sized, flow


_HARD: Final = {act: tuple(rule.check for rule in HARD_RULES if act in rule.acts) for act in Act}
_MONEY: Final = {act: tuple(rule.check for rule in MONEY_RULES if act in rule.acts) for act in Act}
