"""Quoting an ETF as its liquidity provider: the promise to the exchange, and the two prices that keep it."""

from enum import Enum

from msgspec import Struct

from hts.model.instruments import TickTable
from hts.model.units import Px, Qty


class Obligation(Struct, frozen=True, kw_only=True):
    """The exchange's terms. `spread_ppm_max`: (ask - bid) / bid. `react_s`: within so long after the spread got wider
    or a side went empty, quotes of `qty_min` must stand on both sides. The terms of markets: docs/routing.md.
    """

    spread_ppm_max: int
    qty_min: Qty
    react_s: int = 300


class InavPart(Struct, frozen=True, kw_only=True):
    """One issue of the fund's basket: so many shares in a creation unit."""

    symbol: str
    qty: int


class InavBasket(Struct, frozen=True, kw_only=True):
    """What the fund holds (PDF): `parts` and `cash` (price units) stand behind `unit_qty` shares of the fund."""

    parts: tuple[InavPart, ...]
    unit_qty: int
    cash: int = 0


class QuoteParams(Struct, frozen=True, kw_only=True):
    """How we quote. `half_spread_ppm` around the fair value; `skew_ppm` moves both prices down by so much at a full
    inventory of `inventory_max` (up when short). `hedge_qty`: inventory beyond it asks for a hedge.
    """

    half_spread_ppm: int
    qty: Qty
    inventory_max: Qty
    skew_ppm: int = 0
    hedge_qty: Qty = Qty(0)
    stale_ms: int = 3_000  # no price of the basket's feeds may be older
    move_ticks: int = 1  # quotes are left alone while they are this near
    hedge_symbol: str = ""  # empty: a hedge that is due is only told
    hedge_ratio_ppm: int = 1_000_000  # shares of it for each share of the fund


class EtfView(Struct, frozen=True, kw_only=True):
    """What the quoter sees. `inav_px` is the indicative net asset value in price units, `inav_age_ms` its age."""

    inav_px: int
    inav_age_ms: int
    bid_px: int  # of others; 0 for none
    ask_px: int
    inventory: int
    upper_px: int
    lower_px: int
    ticks: TickTable
    is_continuous: bool


class TwoSided(Struct, frozen=True, kw_only=True):
    """The quotes to have in the book; a quantity of 0 is no quote on that side. `hedge` in shares, a buy is > 0."""

    bid_px: Px = Px(0)
    bid_qty: Qty = Qty(0)
    ask_px: Px = Px(0)
    ask_qty: Qty = Qty(0)
    hedge: int = 0
    pulled: str = ""  # why there are no quotes; key of the text catalogue


class Duty(Enum):
    """What the obligation asks for now."""

    NONE = "none"  # the market is within the limit, or the phase is exempt
    DUE = "due"  # quotes must stand before the time is over
    BREACHED = "breached"


class DutyState(Struct, frozen=True, kw_only=True):
    """The monitor's memory: since when the market has been outside the limit (0: it is not), and breaches so far."""

    outside_since_ns: int = 0
    breaches: int = 0
    duty: Duty = Duty.NONE
