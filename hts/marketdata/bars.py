"""Bars from trades, joined with the history that the venue sends.

A bar covers [start, start + timeframe) of Korean time; spans without a trade have no bar. History and our own bars may
overlap: the venue's bar may miss the newest trades, ours may miss those before we listened. Of two bars with the same
start the one with the larger quantity has seen more and stays.
"""

from collections import OrderedDict

from hts.model.quotes import Bar, TradeUpdate

SECOND_NS = 1_000_000_000
KST_OFFSET_NS = 9 * 3600 * SECOND_NS
DAY_S = 86_400


def bar_start_ns(trade_ns: int, timeframe_s: int) -> int:
    """First nanosecond of the bar that `trade_ns` falls into; days begin at midnight in Korea."""
    span = timeframe_s * SECOND_NS
    return (trade_ns + KST_OFFSET_NS) // span * span - KST_OFFSET_NS


class BarSeries:
    """Newest `limit` bars of one issue and time frame, oldest first."""

    def __init__(self, timeframe_s: int, limit: int = 2_000) -> None:
        assert timeframe_s > 0, timeframe_s
        assert limit > 0, limit
        self.timeframe_s = timeframe_s
        self._limit = limit
        self._bars: OrderedDict[int, Bar] = OrderedDict()

    def __len__(self) -> int:
        return len(self._bars)

    def apply_trade(self, trade: TradeUpdate) -> Bar | None:
        """Add one trade; returns the bar it is now in. A quantity of 0 (day figures of a snapshot) is no trade."""
        if self.timeframe_s == DAY_S:
            return self._apply_day(trade)
        if trade.qty == 0:
            return None
        start_ns = bar_start_ns(trade.trade_ns, self.timeframe_s)
        px, qty = trade.px, trade.qty
        old = self._bars.get(start_ns)
        if old is None:
            bar = Bar(start_ns, px, px, px, px, qty, px * qty)
        else:
            high_px, low_px = max(old.high_px, px), min(old.low_px, px)
            bar = Bar(start_ns, old.open_px, high_px, low_px, px, old.qty + qty, old.value + px * qty)
        self._put(bar)
        return bar

    def _apply_day(self, trade: TradeUpdate) -> Bar:
        """A day's bar is told by each trade in full, also by a snapshot."""
        start_ns = bar_start_ns(trade.trade_ns, DAY_S)
        bar = Bar(start_ns, trade.open_px, trade.high_px, trade.low_px, trade.px, trade.cum_qty, trade.cum_value)
        self._put(bar)
        return bar

    def merge(self, history: tuple[Bar, ...]) -> None:
        """Join bars of the venue with ours."""
        for bar in history:
            old = self._bars.get(bar.start_ns)
            if old is None or old.qty < bar.qty:
                self._bars[bar.start_ns] = bar
        self._bars = OrderedDict(sorted(self._bars.items()))
        self._trim()

    def bars(self, count: int | None = None) -> tuple[Bar, ...]:
        """The newest `count` bars (all when None), oldest first."""
        found = tuple(self._bars.values())
        return found if count is None else found[-count:] if count > 0 else ()

    def _put(self, bar: Bar) -> None:
        is_late = bar.start_ns not in self._bars and self._bars and bar.start_ns < next(reversed(self._bars))
        self._bars[bar.start_ns] = bar
        if is_late:
            self._bars = OrderedDict(sorted(self._bars.items()))
        self._trim()

    def _trim(self) -> None:
        while len(self._bars) > self._limit:
            self._bars.popitem(last=False)
