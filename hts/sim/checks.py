"""What the exchange refuses, as pure functions; the book below trusts what has passed here."""

from hts.model.enums import OrdType, Phase, TimeInForce
from hts.model.instruments import Instrument
from hts.model.reasons import Reason
from hts.sim.commands import Amend, Enter
from hts.sim.order import Order

TAKEN_TYPES = (OrdType.LIMIT, OrdType.MARKET)
TAKEN_TIMES = (TimeInForce.DAY, TimeInForce.IOC, TimeInForce.FOK)
QTY_MAX = 1_000_000_000  # nine digits, the width of the order layout's field


def entry_refusal(instrument: Instrument, phase: Phase, command: Enter) -> Reason:
    """Why a new order is refused in this phase; NONE when it is taken."""
    if not phase.takes_orders:
        return closed(phase)
    if command.ord_type not in TAKEN_TYPES or command.time_in_force not in TAKEN_TIMES:
        return Reason.TYPE_NOT_ALLOWED
    if phase.is_call and command.time_in_force is not TimeInForce.DAY:
        return Reason.TYPE_NOT_ALLOWED
    if not command.is_plain and (reason := extras_refusal(command)):
        return reason
    if not 0 < command.qty < QTY_MAX:
        return Reason.BAD_QTY
    if command.qty % instrument.lot:
        return Reason.BAD_LOT
    if command.ord_type is OrdType.MARKET:
        return Reason.TYPE_NOT_ALLOWED if command.px else Reason.NONE
    return price_refusal(instrument, command.px)


def amend_refusal(instrument: Instrument, phase: Phase, order: Order, command: Amend) -> Reason:
    """Why an amend of a working order is refused; NONE when it is taken."""
    if not phase.takes_orders:
        return closed(phase)
    if command.qty <= 0:
        return Reason.BAD_QTY
    if command.qty > order.order_qty:
        return Reason.QTY_INCREASE
    if command.qty <= order.cum_qty:
        return Reason.QTY_BELOW_CUM
    if command.qty % instrument.lot:
        return Reason.BAD_LOT
    if order.is_market and command.px:
        return Reason.TYPE_NOT_ALLOWED  # a market order has no price to amend
    if command.px == order.px and command.qty == order.order_qty:
        return Reason.NOTHING_CHANGED
    return Reason.NONE if order.is_market else price_refusal(instrument, command.px)


def extras_refusal(command: Enter) -> Reason:
    """What this venue does not trade is refused, never silently ignored."""
    if command.stop_px:
        return Reason.BAD_STOP_PX
    if command.display_qty or command.is_hidden:
        return Reason.BAD_DISPLAY_QTY
    if command.min_qty:
        return Reason.BAD_MIN_QTY
    if command.expire_ns:
        return Reason.BAD_EXPIRY
    return Reason.TYPE_NOT_ALLOWED if command.post_only else Reason.NONE


def price_refusal(instrument: Instrument, px: int) -> Reason:
    """A limit price must lie within the day's limits and on the grid."""
    if not instrument.lower_px <= px <= instrument.upper_px:
        return Reason.PRICE_LIMIT
    return Reason.NONE if instrument.ticks.is_valid(px) else Reason.BAD_TICK


def closed(phase: Phase) -> Reason:
    """Why nothing is taken in a phase that takes no orders."""
    return Reason.HALTED if phase is Phase.HALTED else Reason.PHASE_CLOSED
