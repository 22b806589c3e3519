"""What a share costs at a venue, everything included, in nano (see hts.model.routing).

A buy costs its value and the fees. A sell "costs" minus its proceeds after fees and tax. So less is better on both
sides, and within one venue a worse price never has a lower cost.
"""

from hts.model.enums import Side
from hts.model.routing import NANO, RouteRequest, VenueDepth

_PPM = 1_000_000


def taker_terms(request: RouteRequest, venue: VenueDepth) -> tuple[int, int]:
    """(a, b): a share taken at `px` costs a * px + b nano. Misses and delay weigh as the request says."""
    costs = venue.costs
    risk_ppb = 0
    if request.miss_ppb or request.delay_ppb_per_ms:
        risk_ppb = request.miss_ppb * (_PPM - venue.fill_ppm) // _PPM
        risk_ppb += request.delay_ppb_per_ms * venue.latency_us // 1_000
    if request.side is Side.BUY:
        return NANO + costs.taker_ppb + risk_ppb, costs.per_share_nano
    return costs.taker_ppb + costs.sell_tax_ppb + risk_ppb - NANO, costs.per_share_nano


def maker_terms(side: Side, venue: VenueDepth) -> tuple[int, int]:
    """(a, b): a share that rested and traded at `px` costs a * px + b nano; in a call it trades in the auction."""
    costs = venue.costs
    fee_ppb = costs.maker_ppb
    per_share = costs.per_share_nano if costs.rest_share_nano is None else costs.rest_share_nano
    if venue.phase.is_call:
        fee_ppb = fee_ppb if costs.auction_ppb is None else costs.auction_ppb
        per_share = per_share if costs.auction_share_nano is None else costs.auction_share_nano
    if side is Side.BUY:
        return NANO + fee_ppb, per_share
    return fee_ppb + costs.sell_tax_ppb - NANO, per_share


def levels_of(side: Side, venue: VenueDepth) -> tuple[tuple[int, int], ...]:
    """The levels that an order of this side can take."""
    return venue.asks if side is Side.BUY else venue.bids


def is_within(side: Side, px: int, limit_px: int) -> bool:
    """Whether a counter price is acceptable; a limit of 0 accepts every price."""
    if not limit_px:
        return True
    return px <= limit_px if side is Side.BUY else px >= limit_px
