"""Footprint: what was bought and sold at each price of each bar, its delta, point of control, value area, imbalances.

Built from the prints that the terminal saw, by who was the aggressor; prints of auctions count in the volume and on
neither side. Minutes are kept, longer bars are their sums. A row is `group` ticks of the day's price axis.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from hts.desk.ladder_grid import PriceGrid
from hts.model.instruments import Instrument
from hts.model.quotes import TradeUpdate

MINUTE_NS = 60_000_000_000
KST_NS = 9 * 3600 * 1_000_000_000
MINUTES_KEPT = 960  # 08:00 to 24:00
VALUE_SHARE = 70  # percent of the volume that the value area holds
IMBALANCE = 3  # one side against the other, one row apart diagonally
GROUPS = (1, 2, 5, 10, 20)
TIMEFRAMES_MIN = (1, 3, 5, 15, 30)


class Traded(Struct, frozen=True):
    """What traded in a row: sold into bids, bought from asks, in auctions."""

    sell_qty: int = 0
    buy_qty: int = 0
    call_qty: int = 0

    @property
    def qty(self) -> int:
        """All of it."""
        return self.sell_qty + self.buy_qty + self.call_qty

    @property
    def delta(self) -> int:
        """Bought less sold."""
        return self.buy_qty - self.sell_qty


NOTHING = Traded()
Rows = Mapping[int, Traded]


class FootBar(Struct, frozen=True, kw_only=True):
    """One bar. Rows are numbers of price rows; `poc`, `value_low` and `value_high` are rows too."""

    start_ns: int
    open_px: int
    high_px: int
    low_px: int
    close_px: int
    rows: dict[int, Traded]
    poc: int
    value_low: int
    value_high: int
    bought: frozenset[int]  # rows where buyers outweigh by IMBALANCE
    sold: frozenset[int]

    @property
    def qty(self) -> int:
        """Volume of the bar."""
        return sum(row.qty for row in self.rows.values())

    @property
    def delta(self) -> int:
        """Bought less sold."""
        return sum(row.delta for row in self.rows.values())


class Profile(Struct, frozen=True, kw_only=True):
    """Volume by row over all bars, with its point of control and value area; rows are -1 when nothing traded."""

    rows: dict[int, Traded]
    poc: int
    value_low: int
    value_high: int


class _Minute:
    """Prints of one minute by index of the price axis: [sold, bought, in auctions]."""

    def __init__(self, start_ns: int, px: int) -> None:
        self.start_ns = start_ns
        self.open_px = self.high_px = self.low_px = self.close_px = px
        self.at: dict[int, list[int]] = {}
        self.delta = 0

    def add(self, index: int, trade: TradeUpdate) -> None:
        self.high_px, self.low_px = max(self.high_px, trade.px), min(self.low_px, trade.px)
        self.close_px = trade.px
        self.at.setdefault(index, [0, 0, 0])[{"2": 0, "1": 1}.get(trade.side, 2)] += trade.qty
        self.delta += trade.qty * ((trade.side == "1") - (trade.side == "2"))


class Footprint:
    """One issue. `timeframe_min` and `group` say how `bars` are made."""

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.grid = PriceGrid(instrument)
        self.timeframe_min = TIMEFRAMES_MIN[0]
        self.group = GROUPS[0]
        self.version = 0
        self.last_px = 0
        self._minutes: list[_Minute] = []
        self._made: dict[tuple[int, int, int], FootBar] = {}  # finished bars by start, time frame, group

    @property
    def since_ns(self) -> int:
        """Beginning of the first minute that is known; 0 for none."""
        return self._minutes[0].start_ns if self._minutes else 0

    def on_trades(self, trades: Iterable[TradeUpdate]) -> None:
        """Prints, oldest first; one of a minute before the last one comes too late to matter."""
        for trade in trades:
            start_ns = trade.trade_ns // MINUTE_NS * MINUTE_NS
            if not self._minutes or start_ns > self._minutes[-1].start_ns:
                self._minutes.append(_Minute(start_ns, trade.px))
                if len(self._minutes) > MINUTES_KEPT:
                    del self._minutes[0]
            if start_ns == self._minutes[-1].start_ns:
                self._minutes[-1].add(self.grid.index(trade.px), trade)
                self.last_px = trade.px
                self.version += 1

    def row_of(self, px: int) -> int:
        """Number of the row that holds a price."""
        return self.grid.index(px) // self.group

    def row_px(self, row: int) -> int:
        """Lowest price of a row; 0 outside the day's limits."""
        return self.grid.px(row * self.group)

    def bars(self, count: int) -> list[FootBar]:
        """The newest bars, oldest first, at most `count`."""
        span = self.timeframe_min * MINUTE_NS
        found: list[tuple[int, list[_Minute]]] = []
        for minute in reversed(self._minutes):
            start_ns = (minute.start_ns + KST_NS) // span * span - KST_NS
            if not found or start_ns != found[-1][0]:
                if len(found) == count:
                    break
                found.append((start_ns, []))
            found[-1][1].append(minute)
        return [self._bar(start_ns, parts[::-1], is_last=i == 0) for i, (start_ns, parts) in enumerate(found)][::-1]

    def delta_before(self, start_ns: int) -> int:
        """Bought less sold in all that is known before a bar."""
        return sum(minute.delta for minute in self._minutes if minute.start_ns < start_ns)

    def profile(self) -> Profile:
        """All that is known, by row."""
        rows = self._rows(self._minutes)
        poc, low, high = areas(rows)
        return Profile(rows=rows, poc=poc, value_low=low, value_high=high)

    def _bar(self, start_ns: int, parts: list[_Minute], *, is_last: bool) -> FootBar:
        key = (start_ns, self.timeframe_min, self.group)
        made = self._made.get(key)
        if made is not None and not is_last:
            return made
        rows = self._rows(parts)
        poc, low, high = areas(rows)
        bought, sold = imbalances(rows)
        bar = FootBar(
            start_ns=start_ns,
            open_px=parts[0].open_px,
            high_px=max(part.high_px for part in parts),
            low_px=min(part.low_px for part in parts),
            close_px=parts[-1].close_px,
            rows=rows,
            poc=poc,
            value_low=low,
            value_high=high,
            bought=bought,
            sold=sold,
        )
        if not is_last:
            if len(self._made) > MINUTES_KEPT:
                self._made.clear()
            self._made[key] = bar
        return bar

    def _rows(self, parts: Iterable[_Minute]) -> dict[int, Traded]:
        sums: dict[int, list[int]] = {}
        for part in parts:
            for index, (sold, bought, called) in part.at.items():
                row = sums.setdefault(index // self.group, [0, 0, 0])
                row[0] += sold
                row[1] += bought
                row[2] += called
        return {row: Traded(*sums[row]) for row in sorted(sums)}


def areas(rows: Rows) -> tuple[int, int, int]:
    """Point of control and the value area's lowest and highest row; -1 for nothing traded.

    The point of control is the row with the most volume, the lowest of equals. From it the area grows by the larger of
    its two neighbours, by the upper one of equals, until it holds VALUE_SHARE percent.
    """
    if not rows:
        return -1, -1, -1
    poc = max(rows, key=lambda row: (rows[row].qty, -row))
    wanted = sum(row.qty for row in rows.values()) * VALUE_SHARE
    low = high = poc
    inside = rows[poc].qty
    first, last = min(rows), max(rows)
    while inside * 100 < wanted:
        below = rows.get(low - 1, NOTHING).qty if low > first else -1
        above = rows.get(high + 1, NOTHING).qty if high < last else -1
        if above >= below:
            high += 1
            inside += above
        else:
            low -= 1
            inside += below
    return poc, low, high


def imbalances(rows: Rows) -> tuple[frozenset[int], frozenset[int]]:
    """Rows where buyers, and where sellers, outweigh the other side's row one step away by IMBALANCE.

    Who buys at a row meets who sold one row below; a side that met nobody outweighs nothing.
    """
    bought = {
        row for row, traded in rows.items() if 0 < rows.get(row - 1, NOTHING).sell_qty * IMBALANCE <= traded.buy_qty
    }
    sold = {
        row for row, traded in rows.items() if 0 < rows.get(row + 1, NOTHING).buy_qty * IMBALANCE <= traded.sell_qty
    }
    return frozenset(bought), frozenset(sold)
