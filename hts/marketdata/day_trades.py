"""The day of each issue out of its trades: open, high, low, last, volume and value; a trade may be taken back.

Trades that the feed names by a match are kept, KEPT_MAX over all issues: what a broken one leaves follows from the
others. Beyond that the issue with the most loses its oldest quarter. A break of a trade that was let go is not carried
out, and counted; where some of an issue's are not kept, a break takes volume and value alone.
"""

from typing import Final

from hts.marketdata.kept_prints import KeptPrints, Print

KEPT_MAX: Final = 2_000_000  # 64 MB
_LET_GO: Final = 4  # a quarter


class DayTrades:
    """One issue. `cum_qty` 0: no trade stands."""

    __slots__ = ("cum_qty", "cum_value", "high", "kept", "last", "low", "open")

    def __init__(self) -> None:
        self.open = self.high = self.low = self.last = 0
        self.cum_qty = 0
        self.cum_value = 0
        self.kept = KeptPrints()

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
            self.kept.add(match, Print(trade_ns, px, qty))

    def take_back(self, match: int) -> Print | None:
        """A trade was broken; None for one that is not kept."""
        gone = self.kept.take(match)
        if gone is None:
            return None
        self.cum_qty -= gone.qty
        self.cum_value -= gone.px * gone.qty
        if self.kept.qty == self.cum_qty:
            self.open, self.last = self.kept.ends()
            if gone.px in {self.high, self.low}:
                self.high, self.low = self.kept.extremes()
        return gone


class MarketDay:
    """All issues of a venue. `missed`: breaks that could not be carried out, since the trade was kept no longer."""

    def __init__(self) -> None:
        self.missed = 0
        self._days: dict[str, DayTrades] = {}
        self._kept = 0

    def begin(self) -> None:
        """A new day."""
        self._days = {}
        self._kept = 0

    def of(self, symbol: str) -> DayTrades | None:
        """None before the issue's first trade."""
        return self._days.get(symbol)

    def trade(self, symbol: str, trade_ns: int, px: int, qty: int, match: int = 0) -> DayTrades:
        """Count one trade in; see DayTrades."""
        day = self._days.get(symbol)
        if day is None:
            day = self._days[symbol] = DayTrades()
        day.trade(trade_ns, px, qty, match)
        if match:
            self._kept += 1
            if self._kept > KEPT_MAX:
                self._let_go()
        return day

    def _let_go(self) -> None:
        busiest = max((day.kept for day in self._days.values()), key=len)
        count = -(-len(busiest) // _LET_GO)
        busiest.drop(count)
        self._kept -= count

    def take_back(self, match: int) -> tuple[str, Print] | None:
        """A trade was broken: whose it was and what. None where nothing was, or could be, taken back."""
        for symbol, day in self._days.items():
            gone = day.take_back(match)
            if gone is not None:
                return symbol, gone
        self.missed += any(day.kept.may_have_dropped(match) for day in self._days.values())
        return None
