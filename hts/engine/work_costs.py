"""What the router weighs as a venue's costs: the very rates that the account's fills will be charged by.

A fill that takes is charged as one that removed, a slice that rests as one that added, one in a call as an auction's.
Rates become parts per billion and charges nano of the price's step, both rounded up; the most that a levy per share
comes to in one trade, and the least that a bill comes to, are not weighed.
"""

from fractions import Fraction

from msgspec.structs import replace

from hts.engine.core import Core
from hts.engine.venue import Venue
from hts.model.enums import Side
from hts.model.instruments import Instrument
from hts.model.routing import NANO, NO_COSTS, VenueCosts
from hts.model.units import Notional
from hts.rules.account_rules import AccountRules
from hts.rules.fees import CostRates

_PROBE = 1_000_000_000_000  # a value at which a fee of one part per billion is a whole thousand


def costs(core: Core, venue: Venue, account: str, symbol: str, side: Side) -> VenueCosts:
    """Of the venue's day, worked out once per account, issue and side."""
    issue = venue.market.instruments[symbol]
    key = (account, venue.name, symbol, side, issue.trading_date)
    known = core.desk.costs.get(key)
    if known is None:
        known = core.desk.costs[key] = _costs(core, account, issue, side)
    return known


def _costs(core: Core, account: str, issue: Instrument, side: Side) -> VenueCosts:
    if core.rules is None:  # parts of the test kit: one fee for all
        fee, tax = core.fee(side, Notional(_PROBE), issue, issue.trading_date)
        if not fee and not tax:
            return NO_COSTS
        return VenueCosts(taker_ppb=fee // 1_000, maker_ppb=fee // 1_000, sell_tax_ppb=tax // 1_000)
    rates = core.rates(account, issue, issue.trading_date)
    return weighed(rates, side, steps_per_unit(core.rules, issue))


def steps_per_unit(rules: AccountRules, issue: Instrument) -> Fraction:
    """How many steps of price times quantity are one smallest unit of the currency (ten tenths of a yen)."""
    scale = 10**12  # whatever a share is worth, so many of them are worth whole units
    return Fraction(scale, rules.value(issue, 1, scale))


def weighed(rates: CostRates, side: Side, steps: Fraction) -> VenueCosts:
    """The rates in the router's units."""
    levy = rates.per_share if side is Side.SELL else Fraction(0)
    terms = rates.terms
    added, removed, auction = terms.rates
    found = VenueCosts(
        taker_ppb=_up(removed.rate * NANO),
        maker_ppb=_up(added.rate * NANO),
        sell_tax_ppb=_up(rates.sell_tax * NANO) if side is Side.SELL else 0,
        per_share_nano=_up((removed.per_share + levy) * steps * NANO),
        per_order_nano=_up(terms.per_order * steps * NANO),
    )
    if rates.fees is None:
        return found
    return replace(
        found,
        auction_ppb=_up(auction.rate * NANO),
        rest_share_nano=_up((added.per_share + levy) * steps * NANO),
        auction_share_nano=_up((auction.per_share + levy) * steps * NANO),
    )


def _up(amount: Fraction) -> int:
    return -(-amount.numerator // amount.denominator)
