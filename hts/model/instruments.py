"""Listed issues and their tick tables."""

from bisect import bisect_right
from typing import Final

from msgspec import Struct

from hts.model.enums import Market, SecurityType
from hts.model.units import Notional, Px, Qty
from hts.model.venues import HOME_VENUE

CURRENCY_DECIMALS: Final = {"KRW": 0, "JPY": 0, "USD": 2}


class TickTable(Struct, frozen=True, kw_only=True):
    """Price bands: from `starts[i]` (inclusive) on, the price step is `steps[i]`. `starts[0]` is 0."""

    starts: tuple[int, ...]
    steps: tuple[int, ...]

    def __post_init__(self) -> None:
        assert self.starts[:1] == (0,), self.starts
        assert len(self.starts) == len(self.steps), self
        assert list(self.starts) == sorted(set(self.starts)), self.starts
        assert all(step > 0 for step in self.steps), self.steps

    def step_at(self, px: int) -> int:
        """Tick of the band that `px` lies in."""
        return self.steps[bisect_right(self.starts, px) - 1]

    def is_valid(self, px: int) -> bool:
        """Whether `px` is positive and on the grid."""
        return px > 0 and px % self.step_at(px) == 0

    def floor(self, px: int) -> Px:
        """Highest valid price not above `px`; 0 when there is none."""
        return Px(px - px % self.step_at(px))

    def ceil(self, px: int) -> Px:
        """Lowest valid price not below `px`."""
        low = self.floor(px)
        return low if low == px else self.up(low)

    def up(self, px: int) -> Px:
        """Next valid price above a price that is on the grid."""
        return Px(px + self.step_at(px))

    def down(self, px: int) -> Px:
        """Next valid price below a price that is on the grid; the step is the one of the band below the price."""
        return Px(px - self.step_at(px - 1))

    def move(self, px: int, ticks: int) -> Px:
        """`px` moved by a signed number of ticks, stopping at the lowest step."""
        moved = Px(px)
        for _ in range(abs(ticks)):
            nxt = self.up(moved) if ticks > 0 else self.down(moved)
            if nxt <= 0:
                break
            moved = nxt
        return moved


class Instrument(Struct, frozen=True, kw_only=True):
    """One listed issue on one trading day.

    `px_decimals` scales `Px` to the currency's unit: 0 for won, 2 for dollars in cents.
    `base_px`, `upper_px`, `lower_px` hold for `trading_date` (YYYYMMDD). The same issue has an entry in the list of
    each venue that trades it; `venue` says whose list this is.
    """

    symbol: str  # the venue's short code, "005930", "0126Z0"
    isin: str
    isin_is_synthetic: bool = False
    market: Market
    name_ko: str
    name_en: str
    name_ja: str = ""
    currency: str = "KRW"
    px_decimals: int = 0
    lot: Qty = Qty(1)
    is_etf: bool = False
    listed_shares: Qty = Qty(0)  # 0 when unknown
    ticks: TickTable
    trading_date: int = 0
    base_px: Px
    upper_px: Px
    lower_px: Px
    prev_close_px: Px = Px(0)
    prev_volume: Qty = Qty(0)
    prev_value: Notional = Notional(0)
    venue: str = HOME_VENUE
    listing_venue: str = HOME_VENUE  # where the issue is listed; other venues trade it by its rules
    other_venues: tuple[str, ...] = ()  # where else it may trade on this day
    security_type: SecurityType = SecurityType.COMMON_STOCK
    multiplier: int = 1  # of a contract: what one point is worth in the currency

    @property
    def money_decimals(self) -> int:
        """Digits of the currency's smallest unit; of an unknown currency those of the prices."""
        return CURRENCY_DECIMALS.get(self.currency, self.px_decimals)

    def money(self, px: int, qty: int) -> Notional:
        """What `qty` at `px` is worth in the currency's smallest unit, nearest."""
        units = px * qty * self.multiplier * 10**self.money_decimals
        scale = 10**self.px_decimals
        return Notional(units // scale if units % scale == 0 else (2 * units + scale) // (2 * scale))

    def shares_for(self, money: int, px: int) -> Qty:
        """Whole lots that `money` in the currency's smallest unit pays for at a price above 0, never above it."""
        scale = px * self.multiplier * 10**self.money_decimals
        return Qty(money * 10**self.px_decimals // scale // int(self.lot) * int(self.lot))

    def average_px(self, value: int, qty: int) -> Px:
        """The price at which `qty` is worth `value`, nearest: `money` the other way round. Both are positive."""
        units = value * 10**self.px_decimals
        scale = qty * self.multiplier * 10**self.money_decimals
        return Px((2 * units + scale) // (2 * scale))
