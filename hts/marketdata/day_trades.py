"""The day of one issue out of its trades: open, high, low, last, volume and value; a trade may be taken back.

Trades that the feed names by a match are kept, the newest KEPT_MAX of an issue: what a broken one leaves follows from
the others. Where some are not kept, a break takes volume and value alone.
"""

from typing import Final, NamedTuple

KEPT_MAX: Final = 200_000


class Print(NamedTuple):
    """One trade as it was told."""

    trade_ns: int
    px: int
    qty: int


class DayTrades:
    """`cum_qty` 0: no trade stands."""

    __slots__ = ("_kept", "cum_qty", "cum_value", "high", "last", "low", "open")

    def __init__(self) -> None:
        self.open = self.high = self.low = self.last = 0
        self.cum_qty = 0
        self.cum_value = 0
        self._kept: dict[int, Print] = {}

    def trade(self, trade_ns: int, px: int, qty: int, match: int = 0) -> None:
        """Count one trade in; `match` 0: it cannot be taken back."""
        if not self.cum_qty:
            self.open = self.high = self.low = px
        self.last = px
        self.high = max(self.high, px)
        self.low = min(self.low, px)
        self.cum_qty += qty
        self.cum_value += px * qty
        if match:
            self._kept[match] = Print(trade_ns, px, qty)
            if len(self._kept) > KEPT_MAX:
                del self._kept[next(iter(self._kept))]

    def take_back(self, match: int) -> Print | None:
        """A trade was broken; None for one that is not known."""
        gone = self._kept.pop(match, None)
        if gone is None:
            return None
        self.cum_qty -= gone.qty
        self.cum_value -= gone.px * gone.qty
        left = list(self._kept.values())
        if sum(one.qty for one in left) == self.cum_qty:
            prices = [one.px for one in left] or [0]
            self.open, self.high, self.low, self.last = prices[0], max(prices), min(prices), prices[-1]
        return gone

    def between(self, start_ns: int, end_ns: int) -> list[Print]:
        """The kept trades of a span, oldest first."""
        return [one for one in self._kept.values() if start_ns <= one.trade_ns < end_ns]
