"""A call auction's book as cumulated quantities: what would trade at which price."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from itertools import accumulate
from typing import NamedTuple

from hts.model.enums import Side


class Uncross(NamedTuple):
    """One price for both sides, and how much trades there."""

    px: int
    qty: int


class CallBook:
    """Both sides of a book as cumulated quantities; `bids` and `asks` are limit quantities by price."""

    def __init__(
        self, bids: Mapping[int, int], asks: Mapping[int, int], *, market_bid: int = 0, market_ask: int = 0
    ) -> None:
        self.market_bid = market_bid
        self.market_ask = market_ask
        self._bid_px = sorted(bids)
        self._ask_px = sorted(asks)
        self._bid_sum = [0, *accumulate(bids[px] for px in self._bid_px)]
        self._ask_sum = [0, *accumulate(asks[px] for px in self._ask_px)]

    @property
    def bid_prices(self) -> list[int]:
        """Prices of limit buys, the lowest first."""
        return self._bid_px

    @property
    def ask_prices(self) -> list[int]:
        """Prices of limit sells, the lowest first."""
        return self._ask_px

    @property
    def prices(self) -> list[int]:
        """Every price that carries a limit order."""
        return sorted({*self._bid_px, *self._ask_px})

    @property
    def bid_total(self) -> int:
        """Everything that wants to buy."""
        return self.market_bid + self._bid_sum[-1]

    @property
    def ask_total(self) -> int:
        """Everything that wants to sell."""
        return self.market_ask + self._ask_sum[-1]

    def demand(self, px: int, *, better: bool = False) -> int:
        """What would buy at `px`; `better`: only what would pay more, market orders first of all."""
        cut = bisect_right if better else bisect_left
        return self.bid_total - self._bid_sum[cut(self._bid_px, px)]

    def supply(self, px: int, *, better: bool = False) -> int:
        """What would sell at `px`; `better`: only what would take less."""
        cut = bisect_left if better else bisect_right
        return self.market_ask + self._ask_sum[cut(self._ask_px, px)]

    def qty_at(self, px: int) -> int:
        """How much both sides would trade at `px`."""
        return min(self.demand(px), self.supply(px))

    def qualifies(self, px: int) -> bool:
        """Whether everything better than `px` executes on both sides."""
        qty = self.qty_at(px)
        return qty > 0 and self.demand(px, better=True) <= qty and self.supply(px, better=True) <= qty

    def pressure(self, low_px: int, high_px: int) -> Side | None:
        """Which side pushes out of the bounds when no price within them qualifies; None when nothing crosses."""
        crosses = self._bid_px and self._ask_px and self._bid_px[-1] >= self._ask_px[0]
        if not (crosses or self.market_bid or self.market_ask):
            return None
        if self.demand(high_px) > self.supply(high_px):
            return Side.BUY
        return Side.SELL if self.supply(low_px) > self.demand(low_px) else None
