"""The broker's fee of a fill: by the account's plan of that day, on the bill that the fill belongs to.

What a bill is says the plan (hts.rules.fee_terms): the fill alone, its order's day, or the day of its issue and side.
The other fills of a bill are reckoned again from what they were, at the rates of their own venues, so that a fill which
is taken back or corrected leaves the bill as though it had never been, or had always been so.
"""

from collections.abc import Sequence
from fractions import Fraction

from hts.account.booking import Booking
from hts.engine.core import Core
from hts.model.enums import LastLiquidityInd
from hts.model.instruments import Instrument
from hts.model.units import Notional
from hts.oms.order import Order
from hts.rules.fee_terms import DAY, FILL, NOTHING
from hts.rules.fees import CostRates


def fee_of(
    core: Core, order: Order, rates: CostRates, others: Sequence[Booking], *, value: Notional, qty: int,
    liquidity: LastLiquidityInd,
) -> Notional:  # fmt: skip
    """Of a fill that comes on top of `others`, the day's fills of its account, issue and side."""
    if rates.fees is None:
        return rates.fee_of(value)
    exact = rates.fees.exact(value, qty, liquidity)
    return rates.fees.grown(_exact(core, rates, _on_bill(rates, order, others)), exact)


def corrected_fee(
    core: Core, order: Order, rates: CostRates, others: Sequence[Booking], *, value: Notional, qty: int,
    liquidity: LastLiquidityInd,
) -> Notional:  # fmt: skip
    """Of a fill that takes another's place: what makes the bill right, the others being charged what they were."""
    if rates.fees is None or rates.fees.scope == FILL:
        return rates.fee_of(value, qty, liquidity)
    rest = _on_bill(rates, order, others)
    total = sum(_exact(core, rates, rest), NOTHING) + rates.fees.exact(value, qty, liquidity)
    return Notional(rates.fees.bill(total) - sum(one.fee for one in rest))


def fee_off(core: Core, order: Order, rates: CostRates, others: Sequence[Booking]) -> Notional:
    """By what the others' bill changes once a fill is gone that was rounded, or charged a least, together with them."""
    if rates.fees is None or rates.fees.scope == FILL:
        return Notional(0)
    rest = _on_bill(rates, order, others)
    if not any(one.exec_id for one in rest):  # nobody is left who could bear it
        return Notional(0)
    return Notional(rates.fees.bill(sum(_exact(core, rates, rest), NOTHING)) - sum(one.fee for one in rest))


def _on_bill(rates: CostRates, order: Order, others: Sequence[Booking]) -> list[Booking]:
    if rates.terms.scope == DAY:
        return list(others)
    return [one for one in others if one.order_id == order.order_id]


def _exact(core: Core, rates: CostRates, bookings: Sequence[Booking]) -> list[Fraction]:
    """What each fill adds to its bill, at its own venue's rates."""
    found = []
    for one in bookings:
        issue: Instrument | None = core.state.listed.get((one.venue, one.symbol))
        own = core.rates(one.account, issue, one.trade_date) if issue is not None else rates
        found.append(own.terms.exact(one.value, one.qty, one.liquidity))
    return found
