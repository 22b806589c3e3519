"""An exhaustive solver: every split of the quantity over the venues, each venue's cost counted share by share."""

from fractions import Fraction

from hts.model.enums import Side


def venue_costs(request, venue, qty_max):
    """Shares -> exact total cost of that many at this venue alone; only whole lots within limit and depth."""
    side_levels = venue.asks if request.side is Side.BUY else venue.bids
    shares = []
    for px, qty in side_levels:
        beyond = request.px and (px > request.px if request.side is Side.BUY else px < request.px)
        if beyond:
            break
        shares += [px] * min(qty, qty_max)
    if venue.order_qty_max:
        shares = shares[: venue.order_qty_max]
    found = {0: Fraction(0)}
    total = Fraction(0)
    for count, px in enumerate(shares[:qty_max], 1):
        fee = Fraction(px * venue.costs.taker_ppb, 10**9) + Fraction(venue.costs.per_share_nano, 10**9)
        if request.side is Side.BUY:
            total += px + fee
        else:
            total -= px - fee - Fraction(px * venue.costs.sell_tax_ppb, 10**9)
        if count % venue.lot == 0:
            found[count] = total + Fraction(venue.costs.per_order_nano, 10**9)
    return found


def best(request, venues):
    """(shares, cost): the most that can be had, and the least it can cost."""
    states = {0: Fraction(0)}
    for venue in venues:
        costs = venue_costs(request, venue, request.qty)
        grown = {}
        for taken, cost in states.items():
            for more, price in costs.items():
                if taken + more <= request.qty:
                    total = cost + price
                    if taken + more not in grown or total < grown[taken + more]:
                        grown[taken + more] = total
        states = grown
    most = max(states)
    return most, states[most]
