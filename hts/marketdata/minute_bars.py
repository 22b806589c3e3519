"""Bars of what was traded since somebody listens: for venues that publish no history."""

from collections.abc import Iterable, Sequence
from typing import Final

from hts.model.quotes import Bar
from hts.rules.dates import KRX_UTC_OFFSET_S

MINUTE_NS: Final = 60_000_000_000
NS: Final = 1_000_000_000
DAY_S: Final = 86_400
MINUTES_MAX: Final = 5_000  # of an issue; the older half goes when there are more


class MinuteBars:
    """Minutes by issue, oldest first. `day_begins_s`: when the venue's trading day begins, after midnight in Korea."""

    def __init__(self, day_begins_s: int = 0) -> None:
        self._day_begins_ns = (day_begins_s - KRX_UTC_OFFSET_S) * NS  # after midnight of the world's time
        self._minutes: dict[str, list[Bar]] = {}

    def begin_day(self) -> None:
        """Yesterday's minutes stay, within the bound."""
        for symbol, bars in self._minutes.items():
            if len(bars) > MINUTES_MAX // 2:
                self._minutes[symbol] = bars[-MINUTES_MAX // 2 :]

    def trade(self, symbol: str, trade_ns: int, px: int, qty: int) -> None:
        """Count one trade in; a late one belongs to the newest minute."""
        bars = self._minutes.setdefault(symbol, [])
        start_ns = trade_ns - trade_ns % MINUTE_NS
        one = Bar(start_ns, px, px, px, px, qty, px * qty)
        if bars and bars[-1].start_ns >= start_ns:
            bars[-1] = _joined(bars[-1], one)
            return
        bars.append(one)
        if len(bars) > MINUTES_MAX:
            del bars[: len(bars) - MINUTES_MAX // 2]

    def take_back(self, symbol: str, start_ns: int, px: int, qty: int, left: Sequence[tuple[int, int]]) -> None:
        """A trade of the minute that begins then never was; `left`: price and quantity of those that are known of it.

        Where they are not all, its prices stay.
        """
        bars = self._minutes.get(symbol, [])
        at = next((at for at in range(len(bars) - 1, -1, -1) if bars[at].start_ns <= start_ns), None)
        if at is None or bars[at].start_ns != start_ns or bars[at].qty < qty:
            return
        before = bars[at]
        after_qty, after_value = before.qty - qty, before.value - px * qty
        told = [one[0] for one in left]
        if sum(one[1] for one in left) != after_qty:
            told = [before.open_px, before.high_px, before.low_px, before.close_px]
        if told:
            bars[at] = Bar(start_ns, told[0], max(told), min(told), told[-1], after_qty, after_value)
        else:
            del bars[at]

    def bars(self, symbol: str, timeframe_s: int, count: int) -> tuple[Bar, ...]:
        """The newest `count` bars of whole minutes; none for a timeframe that is no multiple of a minute.

        A day is the venue's trading day, wherever midnight is.
        """
        if timeframe_s % 60 or timeframe_s <= 0 or count <= 0:
            return ()
        begins_ns = self._day_begins_ns if timeframe_s == DAY_S else 0
        return tuple(_grouped(self._minutes.get(symbol, ()), timeframe_s * NS, begins_ns)[-count:])


def _grouped(minutes: Iterable[Bar], frame_ns: int, begins_ns: int) -> list[Bar]:
    found: list[Bar] = []
    for bar in minutes:
        start_ns = bar.start_ns - (bar.start_ns - begins_ns) % frame_ns
        moved = Bar(start_ns, bar.open_px, bar.high_px, bar.low_px, bar.close_px, bar.qty, bar.value)
        if found and found[-1].start_ns == start_ns:
            found[-1] = _joined(found[-1], moved)
        else:
            found.append(moved)
    return found


def _joined(first: Bar, later: Bar) -> Bar:
    return Bar(
        first.start_ns,
        first.open_px,
        max(first.high_px, later.high_px),
        min(first.low_px, later.low_px),
        later.close_px,
        first.qty + later.qty,
        first.value + later.value,
    )
