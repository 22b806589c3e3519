"""An issue's figures of the trading day."""

from typing import NamedTuple


class DayFigures(NamedTuple):
    """Of the trading day so far; zeros before the first trade."""

    open_px: int = 0
    high_px: int = 0
    low_px: int = 0
    last_px: int = 0
    cum_qty: int = 0
    cum_value: int = 0

    def after(self, px: int, qty: int) -> "DayFigures":
        """The figures after one more trade."""
        return DayFigures(
            open_px=self.open_px or px,
            high_px=max(self.high_px, px),
            low_px=min(self.low_px or px, px),
            last_px=px,
            cum_qty=self.cum_qty + qty,
            cum_value=self.cum_value + px * qty,
        )


NO_TRADES = DayFigures()
