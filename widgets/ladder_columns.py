"""Where the ladder's columns stand, and where the pointer is among them."""

from dataclasses import dataclass
from typing import Final

from hts.model.enums import Side

DIGIT_INSET: Final = 7  # from the digits of a size to the price column
PRICE_RIGHT: Final = 54  # from the price's last digit to the cell's right edge: room for `+13.07`
VOLUME_WIDTH: Final = 52
WIDTH_FOR_VOLUME: Final = 430  # a narrower ladder keeps its room for own orders
PRICE_WIDTH: Final = 134
PRICE_WIDTH_WIDE: Final = 148  # seven digits and a tag
SIZE_SHARE: Final = (11, 24)  # of what is left on one side
SIZE_WIDTH_MIN: Final = 60
SIZE_WIDTH_MAX: Final = 96
STOP_WIDTH: Final = 44
WIDTH_FOR_STOPS: Final = 490  # a narrower ladder shows stops at the outer edge of the own orders


@dataclass(frozen=True, slots=True)
class Columns:
    """Left edges of the ladder's columns and its width; a column ends where the next begins."""

    own_sell: int  # what is left of it is the STOP area of sales
    ask: int
    price: int
    volume: int
    bid: int
    own_buy: int
    buy_stop: int  # the STOP area of purchases, to the edge
    width: int

    @classmethod
    def fit(cls, width: int, upper_px_text: str) -> "Columns":
        """Columns for a width; the price column is wider for seven digits, a narrow ladder has no volumes."""
        price = PRICE_WIDTH_WIDE if len(upper_px_text) > len("999,999") else PRICE_WIDTH
        volume = VOLUME_WIDTH if width >= WIDTH_FOR_VOLUME else 0
        stop = STOP_WIDTH if width >= WIDTH_FOR_STOPS else 0
        half = max((width - 2 * stop - price - volume) // 2, 0)
        size = min(max(half * SIZE_SHARE[0] // SIZE_SHARE[1], SIZE_WIDTH_MIN), SIZE_WIDTH_MAX, max(half, 1))
        left = half - size
        return cls(
            own_sell=stop,
            ask=stop + left,
            price=stop + half,
            volume=stop + half + price,
            bid=stop + half + price + volume,
            own_buy=stop + half + price + volume + size,
            buy_stop=width - stop,
            width=width,
        )

    @property
    def edges(self) -> tuple[int, ...]:
        """Where the vertical hairlines stand."""
        inner = (self.ask, self.price, self.volume, self.bid, self.own_buy)
        return (self.own_sell, *inner, self.buy_stop) if self.has_stops else inner

    @property
    def has_stops(self) -> bool:
        """Whether stops have columns of their own."""
        return self.buy_stop < self.width

    def is_stop_at(self, x: int) -> bool:
        """Whether x lies in a STOP area."""
        return self.has_stops and (0 <= x < self.own_sell or self.buy_stop <= x < self.width)

    def side_at(self, x: int) -> Side | None:
        """Which side's order a click at x means; None on price and volume."""
        if 0 <= x < self.price:
            return Side.SELL
        return Side.BUY if self.bid <= x < self.width else None


@dataclass(frozen=True, slots=True)
class Hover:
    """Where the pointer is: a row's price, the side of its column, and the quantity a click would send."""

    px: int = 0
    side: Side | None = None
    qty: int = 0
    is_stop: bool = False
