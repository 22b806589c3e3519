"""Round trips out of fills: from flat to flat, by average cost or first in first out, exact to the smallest unit.

The rounding is that of the accounts: closing q of Q shares moves cost * q // Q out of the cost, towards zero, and fees
and taxes lower the result at once. So the results of all trips, open ones included, add up to the account's own
realised result. An issue held in several ways (own money, each loan) has a row of trips for each.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from enum import Enum

from msgspec import Struct, field

from hts.desk.ratios import divide
from hts.model.enums import Side
from hts.model.past_fills import PastFill
from hts.model.quotes import Bar
from hts.model.units import ClOrdID

DAY_NS = 86_400_000_000_000
MINUTE_NS = 60_000_000_000
Key = tuple[str, str, str, int]  # account, symbol, row of holdings, ExecID of the first fill


class Method(Enum):
    """How what was sold is matched with what was bought."""

    AVERAGE = "average"
    FIFO = "fifo"


class Entry(Struct, kw_only=True):
    """What one order added to a trip; `work_id` is the routed order that it is a part of. Sums as of a RoundTrip."""

    work_id: ClOrdID
    qty: int = 0
    value: int = 0
    paid: int = 0


class RoundTrip(Struct, kw_only=True):
    """One trip. Values are money; `net` is the result after costs, `mae` and `mfe` the worst and best on the way.

    `qty` is the largest position, signed by the side that opened it; `entry_value` and `exit_value` are of all fills
    that added and that closed, `entry_paid` and `exit_paid` their prices times shares, in the scale of the prices. An
    open trip has no `close_ns`. `risk` is what the first stop, at `stop_px`, would have let be lost; 0 without one.
    """

    key: Key
    currency: str
    side: Side
    open_ns: int
    open_date: int
    close_ns: int = 0
    close_date: int = 0
    position: int = 0
    qty: int = 0
    entry_qty: int = 0
    entry_value: int = 0
    entry_paid: int = 0
    exit_qty: int = 0
    exit_value: int = 0
    exit_paid: int = 0
    fees: int = 0
    taxes: int = 0
    net: int = 0
    strategy: str = ""
    fills: int = 0
    order_ids: dict[ClOrdID, None] = field(default_factory=dict)
    mae: int = 0
    mfe: int = 0
    has_excursion: bool = False
    entries: dict[ClOrdID, Entry] = field(default_factory=dict)
    stop_px: int = 0
    risk: int = 0
    is_judged: bool = False  # the risk of a trip that is over

    @property
    def symbol(self) -> str:
        """The issue."""
        return self.key[1]

    @property
    def is_open(self) -> bool:
        """Whether shares are still held."""
        return not self.close_ns

    @property
    def entry_px(self) -> int:
        """Average price of what was added, nearest."""
        return (2 * self.entry_paid + self.entry_qty) // (2 * self.entry_qty) if self.entry_qty else 0

    @property
    def exit_px(self) -> int:
        """Average price of what was closed, nearest."""
        return (2 * self.exit_paid + self.exit_qty) // (2 * self.exit_qty) if self.exit_qty else 0

    @property
    def r_centi(self) -> int | None:
        """The result as a multiple of the first risk, in hundredths; None without one, and while the trip is open."""
        return divide(self.net * 100, self.risk) if self.risk and not self.is_open else None

    @property
    def costs(self) -> int:
        """Fees and taxes."""
        return self.fees + self.taxes

    @property
    def held_ns(self) -> int:
        """From the first fill to the last."""
        return max(self.close_ns - self.open_ns, 0) if self.close_ns else 0


class Realised(Struct, frozen=True):
    """What one fill did to the result; `invested` is what then stood in positions, at cost, long and short together."""

    trade_ns: int
    trade_date: int
    currency: str
    amount: int
    invested: int = 0


class _Lot(Struct):
    qty: int  # signed
    cost: int
    date: int


class _Row:
    """One row of holdings on its way."""

    def __init__(self) -> None:
        self.lots: list[_Lot] = []
        self.trip: RoundTrip | None = None

    @property
    def qty(self) -> int:
        return sum(lot.qty for lot in self.lots)

    @property
    def invested(self) -> int:
        """At cost, whichever side."""
        return sum(abs(lot.cost) for lot in self.lots)


class Journal:
    """Feed fills in the order in which they happened; `trips` come out, `realised` says what each fill did."""

    def __init__(self, method: Method = Method.AVERAGE) -> None:
        self.method = method
        self.trips: list[RoundTrip] = []
        self.realised: list[Realised] = []
        self._rows: dict[tuple[str, str, str], _Row] = {}
        self._invested = 0

    def feed(self, fills: Iterable[PastFill]) -> None:
        """Take fills that were not taken back."""
        for past in fills:
            self._take(past)

    def _take(self, past: PastFill) -> None:
        fill = past.fill
        row = self._rows.setdefault((fill.account, fill.symbol, past.row.partition(" ")[0]), _Row())
        held, before = row.qty, row.invested
        closing = min(fill.qty, abs(held)) if held * fill.side.sign < 0 else 0
        closing_value = past.value * closing // fill.qty
        costs = fill.fee + fill.tax
        gain = -costs
        if closing:
            moved = self._close(row, closing)
            gain += -fill.side.sign * closing_value - moved
            assert row.trip is not None, past
            self._count(row.trip, past, closing, closing_value, gain, is_entry=False)
            row.trip.position = row.qty
            if not row.qty:
                row.trip.close_ns, row.trip.close_date, row.trip = fill.trade_ns, past.trade_date, None
        opening = fill.qty - closing
        if opening:
            if row.trip is None:
                row.trip = self._begin(past)
            opened = past.value - closing_value
            self._open(row, fill.side.sign * opening, fill.side.sign * opened, past.trade_date)
            # Costs of a fill that closes and opens belong to what it closed: they are told once.
            entry_gain = 0 if closing else gain
            self._count(row.trip, past, opening, opened, entry_gain, is_entry=True, costs=not closing)
            row.trip.position = row.qty
            row.trip.qty = max(row.trip.qty, row.qty, key=abs)
        self._invested += row.invested - before
        self.realised.append(Realised(fill.trade_ns, past.trade_date, past.currency, gain, self._invested))

    def _begin(self, past: PastFill) -> RoundTrip:
        fill = past.fill
        trip = RoundTrip(
            key=(fill.account, fill.symbol, past.row.partition(" ")[0], fill.exec_id),
            currency=past.currency,
            side=fill.side,
            open_ns=fill.trade_ns,
            open_date=past.trade_date,
            strategy=past.strategy,
        )
        self.trips.append(trip)
        return trip

    def _open(self, row: _Row, qty: int, cost: int, date: int) -> None:
        """Average cost keeps one lot; first in first out one for each day and price."""
        last = row.lots[-1] if row.lots else None
        is_like = last is not None and last.date == date and last.cost * qty == cost * last.qty
        if last is not None and (self.method is Method.AVERAGE or is_like):
            last.qty += qty
            last.cost += cost
        else:
            row.lots.append(_Lot(qty, cost, date))

    def _close(self, row: _Row, closing: int) -> int:
        """Take shares out, oldest first; the signed cost that went with them."""
        moved, left = 0, closing
        while left:
            lot = row.lots[0]
            size = abs(lot.qty)
            if size > left:
                part = share(lot.cost, left, size)
                lot.cost -= part
                lot.qty -= left if lot.qty > 0 else -left
                return moved + part
            moved += lot.cost
            left -= size
            del row.lots[0]
        return moved

    @staticmethod
    def _count(
        trip: RoundTrip, past: PastFill, qty: int, value: int, gain: int, *, is_entry: bool, costs: bool = True
    ) -> None:
        fill = past.fill
        if is_entry:
            trip.entry_qty += qty
            trip.entry_value += value
            trip.entry_paid += fill.px * qty
            entry = trip.entries.setdefault(fill.order_id, Entry(work_id=past.work_id))
            entry.qty += qty
            entry.value += value
            entry.paid += fill.px * qty
        else:
            trip.exit_qty += qty
            trip.exit_value += value
            trip.exit_paid += fill.px * qty
        if costs:
            trip.fees += fill.fee
            trip.taxes += fill.tax
            trip.fills += 1
        trip.net += gain
        trip.order_ids.setdefault(fill.order_id)


def share(amount: int, part: int, whole: int) -> int:
    """The part of an amount that belongs to `part` of `whole` shares, rounded towards zero."""
    moved = abs(amount) * part // whole
    return moved if amount > 0 else -moved


def note_excursion(trip: RoundTrip, bars: Sequence[Bar], now_ns: int) -> None:
    """The worst and the best open result on the way, by the minutes (oldest first) that lie within the trip."""
    end = trip.close_ns or now_ns
    sign = trip.side.sign
    best = worst = trip.entry_px
    seen = False
    first = bisect_right(bars, trip.open_ns - MINUTE_NS, key=_start)
    for place in range(first, bisect_right(bars, end, lo=first, key=_start)):
        bar, seen = bars[place], True
        high, low = (bar.high_px, bar.low_px) if sign > 0 else (bar.low_px, bar.high_px)
        best = max(best, high) if sign > 0 else min(best, high)
        worst = min(worst, low) if sign > 0 else max(worst, low)
    if seen:
        # What a step of the price is worth in money, the entry itself tells.
        size, worth, paid = sign * abs(trip.qty), trip.entry_value, max(trip.entry_paid, 1)
        trip.mfe = divide((best - trip.entry_px) * size * worth, paid)
        trip.mae = divide((worst - trip.entry_px) * size * worth, paid)
        trip.has_excursion = True


def _start(bar: Bar) -> int:
    return bar.start_ns
