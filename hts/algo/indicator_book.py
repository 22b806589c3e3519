"""The indicator conditions of one issue: prices make bars, closed bars are told to the lines that watch them.

A bar closes when its time is over: at the first price of a later bar or, where nobody trades, when the clock says so.
A bar without a price is no bar. A line that has not been given its past yet only waits; the bars that close meanwhile
are told to it behind the past.
"""

from collections.abc import Iterable

from hts.algo.indicator_line import IndicatorLine
from hts.model.conditional import IndicatorCondition, Triggered
from hts.model.quotes import Bar
from hts.model.units import ClOrdID

_NS = 1_000_000_000


class RunningBar:
    """The bar of one timeframe that runs now, and who watches."""

    __slots__ = ("close_px", "lines", "number", "waiting")

    def __init__(self) -> None:
        self.number = -1
        self.close_px = 0
        self.lines: dict[ClOrdID, IndicatorLine] = {}
        self.waiting: dict[ClOrdID, tuple[IndicatorCondition, list[tuple[int, int]]]] = {}


class IndicatorBook:
    """All of one issue."""

    def __init__(self) -> None:
        self._bars: dict[int, RunningBar] = {}

    def __len__(self) -> int:
        return sum(len(bar.lines) + len(bar.waiting) for bar in self._bars.values())

    @property
    def is_waiting(self) -> bool:
        """Whether somebody waits for the past."""
        return any(bar.waiting for bar in self._bars.values())

    def add(self, cond_id: ClOrdID, condition: IndicatorCondition) -> None:
        """Watch, once the past has come."""
        bar = self._bars.setdefault(condition.timeframe_s, RunningBar())
        bar.waiting[cond_id] = (condition, [])

    def remove(self, cond_id: ClOrdID) -> None:
        """Watch no more."""
        for bar in self._bars.values():
            bar.lines.pop(cond_id, None)
            bar.waiting.pop(cond_id, None)

    def learn(self, minutes: Iterable[Bar], trade_ns: int) -> list[Triggered]:
        """The past by minutes, for all that wait for it. What closed while it was asked for may be true at once."""
        past = list(minutes)
        found = []
        for timeframe_s, bar in self._bars.items():
            for cond_id, (condition, since) in bar.waiting.items():
                line = bar.lines[cond_id] = IndicatorLine(condition)
                first = since[0][0] if since else max(bar.number, trade_ns // (timeframe_s * _NS))
                for close_px in _closes(past, timeframe_s, first):
                    line.take(close_px)
                met = [close_px for _, close_px in since if line.take(close_px)]
                if met:
                    found.append(Triggered(cond_id=cond_id, px=met[0]))
            bar.waiting.clear()
        return found

    def price(self, px: int, trade_ns: int) -> list[Triggered]:
        """A last price; which conditions the bars that it closed made true."""
        found: list[Triggered] = []
        for timeframe_s, bar in self._bars.items():
            number = trade_ns // (timeframe_s * _NS)
            if number > bar.number:
                found += _close(bar)
                bar.number = number
            bar.close_px = px
        return found

    def clock(self, trade_ns: int) -> list[Triggered]:
        """Time has passed without a price."""
        found: list[Triggered] = []
        for timeframe_s, bar in self._bars.items():
            if bar.close_px and trade_ns >= (bar.number + 1) * timeframe_s * _NS:
                found += _close(bar)
        return found

    def next_close_ns(self, trade_ns: int) -> int:
        """When the next bar of any timeframe ends."""
        return min((trade_ns // (step := timeframe_s * _NS) + 1) * step for timeframe_s in self._bars)


def _close(bar: RunningBar) -> list[Triggered]:
    """Tell the close of the running bar to everybody; nothing where no price was seen in it."""
    px, bar.close_px = bar.close_px, 0
    if not px:
        return []
    for _, since in bar.waiting.values():
        since.append((bar.number, px))
    return [Triggered(cond_id=cond_id, px=px) for cond_id, line in bar.lines.items() if line.take(px)]


def _closes(minutes: Iterable[Bar], timeframe_s: int, before: int) -> list[int]:
    """Closes of whole bars made of minutes, those from number `before` on left out."""
    last: dict[int, int] = {}
    for minute in minutes:
        number = minute.start_ns // (timeframe_s * _NS)
        if number < before:
            last[number] = int(minute.close_px)
    return [last[number] for number in sorted(last)]
