"""What every venue refuses, as pure functions of the profile; the book below trusts what has passed here.

The order of the checks is the order in which a venue's gateway looks: phase, type, quantity, price. What only one
venue asks stands in its own rules.
"""

from hts.model.enums import OrdType, Phase, TimeInForce
from hts.model.instruments import TickTable
from hts.model.reasons import Reason
from hts.sim import negotiated
from hts.sim.commands import Amend, Enter
from hts.sim.issue import HIDDEN_TYPES, STOP_TYPES, Issue
from hts.sim.order import Order
from hts.sim.profile import AT_ONCE, VenueProfile

QTY_MAX = 1_000_000_000  # nine digits, the width of the order layout's field
PRICED_TYPES = frozenset({OrdType.LIMIT, OrdType.STOP_LIMIT, OrdType.LIMIT_OR_CLOSE})
OWN_PX_TYPES = frozenset({OrdType.BEST_COUNTER, OrdType.BEST_OWN})  # the venue gives the price


def entry_refusal(profile: VenueProfile, issue: Issue, command: Enter, trade_ns: int) -> Reason:
    """Why a new order is refused now; NONE when it is taken."""
    if command.counterparty:
        return _negotiated_refusal(issue, command, trade_ns)
    fixed = issue.rules.goes_to_fixed(issue, command)
    if fixed:
        if not issue.fixed.is_open:
            return closed(issue.fixed_phase)
        rule = profile.phase_rule(issue.fixed_phase)
    else:
        if not issue.phase.takes_orders and not profile.phase_rule(issue.phase).takes:
            return closed(issue.phase)
        rule = profile.phase_rule(issue.phase)
    if not rule.takes:
        return closed(issue.phase)
    if command.time_in_force not in rule.takes.get(command.ord_type, ()):
        return Reason.TYPE_NOT_ALLOWED
    if not 0 < command.qty < QTY_MAX:
        return Reason.BAD_QTY
    if command.qty % issue.instrument.lot:
        return Reason.BAD_LOT
    reason = extras_refusal(profile, issue, command, trade_ns)
    if reason is not Reason.NONE:
        return reason
    if fixed:
        return Reason.NONE if command.px in (0, issue.fixed.px) else Reason.PRICE_LIMIT
    reason = _px_refusal(issue, command)
    return issue.rules.refusal(issue, command, trade_ns) if reason is Reason.NONE else reason


def _negotiated_refusal(issue: Issue, command: Enter, trade_ns: int) -> Reason:
    if issue.phase is Phase.HALTED:
        return Reason.HALTED
    if not 0 < command.qty < QTY_MAX:
        return Reason.BAD_QTY
    if command.qty % issue.instrument.lot:
        return Reason.BAD_LOT
    return negotiated.refusal(issue, command, trade_ns)


def amend_refusal(profile: VenueProfile, issue: Issue, order: Order, command: Amend) -> Reason:
    """Why an amend of a working order is refused; NONE when it is taken."""
    if order.counterparty:
        return Reason.TYPE_NOT_ALLOWED  # agreed is agreed
    rule = profile.phase_rule(issue.fixed_phase if order.home is not None and issue.fixed.is_open else issue.phase)
    if not rule.takes or not rule.amends:
        return closed(issue.phase)
    reason = _amended_qty_refusal(issue, order, command)
    if reason is not Reason.NONE:
        return reason
    ord_type = command.ord_type or order.ord_type
    if ord_type is not order.ord_type and order.time_in_force not in rule.takes.get(ord_type, ()):
        return Reason.TYPE_NOT_ALLOWED
    is_market = order.is_market if ord_type is order.ord_type else ord_type is OrdType.MARKET
    if is_market and command.px:
        return Reason.TYPE_NOT_ALLOWED  # a market order has no price to amend
    is_same = (command.px, command.qty, ord_type) == (order.px, order.order_qty, order.ord_type)
    if is_same and command.stop_px in (0, order.stop_px) and command.display_qty in (0, order.display_qty):
        return Reason.NOTHING_CHANGED
    if command.stop_px and not (order.acts_as in STOP_TYPES and _is_stop_px(issue, command.stop_px)):
        return Reason.BAD_STOP_PX
    acts_as = order.acts_as if ord_type is order.ord_type else ord_type
    if acts_as in PRICED_TYPES:
        reason = price_refusal(issue.instrument.ticks, issue.rules.limits(issue), command.px)
    return issue.rules.amend_refusal(issue, order, command) if reason is Reason.NONE else reason


def _amended_qty_refusal(issue: Issue, order: Order, command: Amend) -> Reason:
    if not 0 < command.qty < QTY_MAX:
        return Reason.BAD_QTY
    if command.qty > order.order_qty and not issue.rules.qty_may_grow:
        return Reason.QTY_INCREASE
    if command.qty <= order.cum_qty:
        return Reason.QTY_BELOW_CUM
    return Reason.BAD_LOT if command.qty % issue.instrument.lot else Reason.NONE


def extras_refusal(profile: VenueProfile, issue: Issue, command: Enter, trade_ns: int) -> Reason:
    """What a venue does not trade is refused by name, never silently ignored."""
    if (command.ord_type in STOP_TYPES) != bool(command.stop_px):
        return Reason.BAD_STOP_PX
    if (command.time_in_force is TimeInForce.GTD) != bool(command.expire_ns) or 0 < command.expire_ns <= trade_ns:
        return Reason.BAD_EXPIRY
    if command.is_plain:
        return Reason.NONE
    lot = issue.instrument.lot
    if command.stop_px and not _is_stop_px(issue, command.stop_px):
        return Reason.BAD_STOP_PX
    if command.display_qty and (
        not profile.takes_iceberg or command.display_qty > command.qty or command.display_qty % lot
    ):
        return Reason.BAD_DISPLAY_QTY
    if command.is_hidden and not profile.takes_hidden:
        return Reason.BAD_DISPLAY_QTY
    if command.min_qty and not _takes_min_qty(profile, command):
        return Reason.BAD_MIN_QTY
    if command.post_only and (not profile.takes_post_only or command.time_in_force in AT_ONCE):
        return Reason.TYPE_NOT_ALLOWED
    return Reason.NONE


def _takes_min_qty(profile: VenueProfile, command: Enter) -> bool:
    """A least quantity is for orders that nobody sees waiting: at once, or hidden."""
    unseen = command.time_in_force in AT_ONCE or command.is_hidden or command.ord_type in HIDDEN_TYPES
    return profile.takes_min_qty and unseen and command.min_qty <= command.qty


def _is_stop_px(issue: Issue, px: int) -> bool:
    return price_refusal(issue.instrument.ticks, issue.rules.limits(issue), px) is Reason.NONE


def _px_refusal(issue: Issue, command: Enter) -> Reason:
    """The price against the type: named, forbidden, or given by the venue."""
    if command.ord_type in PRICED_TYPES:
        return price_refusal(issue.instrument.ticks, issue.rules.limits(issue), command.px)
    if command.ord_type in HIDDEN_TYPES:
        if not command.px:
            return Reason.NONE
        return price_refusal(issue.instrument.ticks, issue.rules.limits(issue), command.px)
    if command.px:
        return Reason.TYPE_NOT_ALLOWED
    if command.ord_type in OWN_PX_TYPES and not issue.rules.entry_px(issue, command):
        return Reason.NO_REFERENCE
    return Reason.NONE


def price_refusal(ticks: TickTable, limits: tuple[int, int], px: int) -> Reason:
    """A price must lie within the limits and on the grid."""
    if not limits[0] <= px <= limits[1]:
        return Reason.PRICE_LIMIT
    return Reason.NONE if ticks.is_valid(px) else Reason.BAD_TICK


def closed(phase: Phase) -> Reason:
    """Why nothing is taken in a phase that takes no orders."""
    return Reason.HALTED if phase is Phase.HALTED else Reason.PHASE_CLOSED
