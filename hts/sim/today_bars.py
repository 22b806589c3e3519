"""Minute bars of the running day, from the public prints: what the history of the past days does not have yet."""

from collections.abc import Iterable

from hts.model.quotes import Bar, TradeUpdate

MINUTE_S = 60
DAY_S = 86_400
SECOND_NS = 1_000_000_000
KST_OFFSET_NS = 9 * 3600 * SECOND_NS


def bar_start_ns(trade_ns: int, timeframe_s: int) -> int:
    """First nanosecond of the bar that `trade_ns` falls into, in Korean time."""
    span = timeframe_s * SECOND_NS
    return (trade_ns + KST_OFFSET_NS) // span * span - KST_OFFSET_NS


class TodayBars:
    """Per issue the minutes that had a trade; bounded by the minutes of a day."""

    def __init__(self) -> None:
        self._minutes: dict[str, dict[int, Bar]] = {}

    def apply(self, trade: TradeUpdate) -> None:
        """Add one print."""
        minutes = self._minutes.setdefault(trade.symbol, {})
        bar = Bar(bar_start_ns(trade.trade_ns, MINUTE_S), *(trade.px,) * 4, trade.qty, trade.px * trade.qty)
        old = minutes.get(bar.start_ns)
        minutes[bar.start_ns] = bar if old is None else _joined(bar.start_ns, old, bar)

    def bars(self, symbol: str, timeframe_s: int) -> tuple[Bar, ...]:
        """Today's bars, oldest first; empty for a time frame that is not made of whole minutes."""
        if timeframe_s % MINUTE_S:
            return ()
        found: dict[int, Bar] = {}
        for minute in self._minutes.get(symbol, {}).values():
            start_ns = bar_start_ns(minute.start_ns, timeframe_s)
            old = found.get(start_ns)
            found[start_ns] = _joined(start_ns, old, minute) if old is not None else _moved(start_ns, minute)
        return tuple(found[start_ns] for start_ns in sorted(found))

    def minutes(self) -> tuple[tuple[str, tuple[Bar, ...]], ...]:
        """Every minute by issue, for `resume`."""
        return tuple((symbol, tuple(minutes.values())) for symbol, minutes in self._minutes.items())

    def resume(self, saved: Iterable[tuple[str, Iterable[Bar]]]) -> None:
        """Take over the minutes of an earlier process."""
        self._minutes = {symbol: {bar.start_ns: bar for bar in bars} for symbol, bars in saved}


def _joined(start_ns: int, old: Bar, new: Bar) -> Bar:
    return Bar(
        start_ns,
        old.open_px,
        max(old.high_px, new.high_px),
        min(old.low_px, new.low_px),
        new.close_px,
        old.qty + new.qty,
        old.value + new.value,
    )


def _moved(start_ns: int, bar: Bar) -> Bar:
    return Bar(start_ns, bar.open_px, bar.high_px, bar.low_px, bar.close_px, bar.qty, bar.value)
