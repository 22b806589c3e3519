"""A DBN market-by-order recording, listed on the simulated venue.

Theory of operation. The recording may begin with a snapshot of the book and with hours in which orders are collected
and may cross; the replay begins behind the event that ends the last crossed book, with every order that then stands
entered in its true place in the queue. From there on a trade (T) with the fills (F) behind it becomes one incoming
order that takes their sum, and the C or M that a fill is followed by is left out: the simulated book has done it, but
for an iceberg's next part, which is entered anew. Trades without an aggressor (against other instruments, at an
auction) are taken out of the book and printed.

Prices are scaled to the smallest decimal that all of them need; the tick is their largest common step.
"""

from collections import deque
from collections.abc import Iterable, Iterator

from msgspec import Struct

from hts.base.errors import RemoteProtocolError
from hts.sim.replay import ReplayListing
from hts.sim.replay_flow import OrderFlow
from hts.sim.replay_listing import listing_of, price_scale
from hts.wire.dbn.mbo import MboRecord, mbo_records
from hts.wire.dbn.metadata import SCHEMA_MBO, parse_metadata

DECIMALS = 9  # of the recording's prices


class _Order(Struct):
    is_buy: bool
    px: int
    qty: int


def load_dbn(data: bytes, start_ns: int, symbol: str = "") -> ReplayListing:
    """List the recording's instrument; `symbol` where there are several. Raises RemoteProtocolError."""
    metadata = parse_metadata(data)
    if metadata.schema != SCHEMA_MBO:
        raise RemoteProtocolError(f"DBN: market by order (schema 0) expected, found schema {metadata.schema}")
    names = {int(m.name): m.symbol for m in metadata.mappings if m.name.isdigit()}
    records = list(mbo_records(data, metadata))
    wanted = next((number for number, name in names.items() if name == symbol), None)
    if symbol and wanted is None:
        raise RemoteProtocolError(f"DBN: one of {', '.join(sorted(names.values()))} expected, found {symbol}")
    instruments = {record.instrument for record in records}
    if wanted is None and len(instruments) != 1:
        raise RemoteProtocolError(f"DBN: one instrument expected, found {len(instruments)}; name it with --symbol")
    chosen = wanted if wanted is not None else instruments.pop()
    own = [record for record in records if record.instrument == chosen]
    return list_records(own, names.get(chosen, str(chosen)), start_ns)


def list_records(records: list[MboRecord], symbol: str, start_ns: int) -> ReplayListing:
    """The listing of one instrument's records. Raises RemoteProtocolError when there are none."""
    if not records:
        raise RemoteProtocolError("DBN: market-by-order records expected, found none")
    scale, decimals = price_scale((record.px for record in records if record.px), DECIMALS)
    begin = behind_the_last_crossed(records)
    flow = _DbnFlow(symbol, scale)
    book, _ = book_after(records[:begin])
    first_ns = records[begin].event_ns if begin < len(records) else records[-1].event_ns
    flow.begin(book, start_ns)
    for event in _events(records[begin:]):
        flow.take(event, start_ns - first_ns)
    end_ns = start_ns + records[-1].event_ns - first_ns
    return listing_of(flow.flow, symbol, decimals=decimals, times_ns=(start_ns, end_ns))


class _DbnFlow:
    """Turns events of records into the flow of orders."""

    def __init__(self, symbol: str, scale: int) -> None:
        self.flow = OrderFlow(symbol)
        self._scale = scale
        self._done: dict[int, int] = {}  # what fills have taken and the recording has not said yet, by order id
        self._is_buy: dict[int, bool] = {}  # of orders whose shown part is filled: an iceberg may show its next one

    def begin(self, book: dict[int, _Order], start_ns: int) -> None:
        """Every standing order in the order in which it took its place."""
        self.flow.at(start_ns, 0)
        for order_id, order in book.items():
            self.flow.added(order_id, is_buy=order.is_buy, px=order.px // self._scale, qty=order.qty)

    def take(self, event: list[MboRecord], shift_ns: int) -> None:
        """All records of one event, what is only cancelled first and what is only added last: an order that would
        meet its owner's other side (self-match prevention) is told before the orders that its coming has cancelled.
        """
        waiting = deque(_in_cause_order(event))
        while waiting:
            record = waiting.popleft()
            self.flow.at(record.event_ns + shift_ns, record.number)
            if record.action == "T":
                self._trade(record, waiting)
            elif record.action == "F":
                self._lone_fill(record)
            else:
                self._book(record)

    def _trade(self, trade: MboRecord, waiting: deque[MboRecord]) -> None:
        """A trade and its fills. Those of an aggressor are one incoming order."""
        fills: list[MboRecord] = []
        while waiting and waiting[0].action == "F":
            fills.append(waiting.popleft())
        px = trade.px // self._scale
        own = [f for f in fills if f.order_id in self.flow.standing and f.side != trade.side]
        side = {"B": "1", "A": "2"}.get(trade.side, "")
        if not side or not own or any(self._differs(fill) for fill in own):
            self.flow.printed(px, trade.qty, side)
            return  # what the fills took comes as cancels and modifies
        shown = sum(min(fill.qty, self.flow.standing[fill.order_id].leaves) for fill in own)
        for fill in own:
            self._done[fill.order_id] = self._done.get(fill.order_id, 0) + fill.qty
            self._is_buy[fill.order_id] = fill.side == "B"
        self.flow.swept(is_buy=trade.side == "B", px=px, fills=[(fill.order_id, fill.qty) for fill in own])
        if trade.qty > shown:
            self.flow.printed(px, trade.qty - shown, side)

    def _differs(self, fill: MboRecord) -> bool:
        return self.flow.standing[fill.order_id].px != fill.px // self._scale

    def _lone_fill(self, fill: MboRecord) -> None:
        """A fill without its trade: the counterpart is another instrument."""
        self.flow.printed(fill.px // self._scale, fill.qty, "")

    def _book(self, record: MboRecord) -> None:
        order_id = record.order_id
        if record.action == "A":
            is_buy = record.side == "B"
            self.flow.added(order_id, is_buy=is_buy, px=record.px // self._scale, qty=record.qty)
        elif record.action == "R":
            for standing in list(self.flow.standing):
                self.flow.deleted(standing)
        elif record.action == "C":
            self._cancel(order_id, record.qty)
        elif record.action == "M":
            self._modify(record)

    def _cancel(self, order_id: int, qty: int) -> None:
        done = self._done.pop(order_id, 0)
        left = qty - done
        if left > 0 and (order_id in self.flow.standing or not done):
            self.flow.reduced(order_id, left)
        elif left < 0:
            self._done[order_id] = -left

    def _modify(self, record: MboRecord) -> None:
        done = self._done.pop(record.order_id, 0)
        order = self.flow.standing.get(record.order_id)
        px = record.px // self._scale
        if order is None and done:
            is_buy = self._is_buy[record.order_id]
            self.flow.added(record.order_id, is_buy=is_buy, px=px, qty=record.qty)
        elif order is None or order.px != px or order.leaves != record.qty:
            self.flow.changed(record.order_id, record.order_id, px=px, qty=record.qty)


def _in_cause_order(event: list[MboRecord]) -> list[MboRecord]:
    if len(event) == 1:
        return event
    added = {record.order_id for record in event if record.action == "A"}
    filled = {record.order_id for record in event if record.action in "TF"}
    first = [r for r in event if r.action in "CM" and r.order_id not in added and r.order_id not in filled]
    last = [r for r in event if r.order_id in added and r.action in "ACM"]
    moved = {r.number for r in (*first, *last)}
    return [*first, *(r for r in event if r.number not in moved), *last]


def _events(records: Iterable[MboRecord]) -> Iterator[list[MboRecord]]:
    """Records grouped up to the last one of each event."""
    event: list[MboRecord] = []
    for record in records:
        event.append(record)
        if record.is_last:
            yield event
            event = []
    if event:
        yield event


def book_after(records: Iterable[MboRecord]) -> tuple[dict[int, _Order], int]:
    """The orders that stand, in the order in which they took their place, and how often an id was unknown."""
    book: dict[int, _Order] = {}
    unknown = 0
    for record in records:
        unknown += not apply_record(book, record)
    return book, unknown


def apply_record(book: dict[int, _Order], record: MboRecord) -> bool:
    """One record; False where it names an order that is not there."""
    action, order_id = record.action, record.order_id
    if action == "A":
        book[order_id] = _Order(record.side == "B", record.px, record.qty)
    elif action == "R":
        book.clear()
    elif action in "CM":
        order = book.get(order_id)
        if order is None:
            return False
        if action == "C":
            order.qty -= record.qty
            if order.qty <= 0:
                del book[order_id]
        elif record.px != order.px or record.qty > order.qty:
            del book[order_id]  # to the end of its queue
            book[order_id] = _Order(order.is_buy, record.px, record.qty)
        else:
            order.qty = record.qty
    return True


def behind_the_last_crossed(records: list[MboRecord]) -> int:
    """Place of the first record behind the snapshot and behind the last event that ended a crossed book."""
    best = _Best()
    book: dict[int, _Order] = {}
    begin, was_crossed = 0, False
    for place, record in enumerate(records):
        before = book.get(record.order_id)
        old = (before.is_buy, before.px) if before is not None else None
        if record.action == "R":
            best = _Best()
        apply_record(book, record)
        after = book.get(record.order_id)
        best.move(old, (after.is_buy, after.px) if after is not None else None)
        if record.is_snapshot or (record.is_last and was_crossed):
            begin = place + 1
        was_crossed = best.is_crossed if record.is_last or record.is_snapshot else was_crossed
    return begin


class _Best:
    """How many orders stand at each price of each side, and whether the sides cross."""

    def __init__(self) -> None:
        self._counts: tuple[dict[int, int], dict[int, int]] = ({}, {})
        self._bid: int | None = None
        self._ask: int | None = None

    def move(self, old: tuple[bool, int] | None, new: tuple[bool, int] | None) -> None:
        """An order left a price, or took one."""
        if old == new:
            return
        for place, by in ((old, -1), (new, 1)):
            if place is None:
                continue
            is_buy, px = place
            side = self._counts[is_buy]
            side[px] = side.get(px, 0) + by
            if not side[px]:
                del side[px]
            best = self._bid if is_buy else self._ask
            if by > 0:
                better = best is None or (px > best if is_buy else px < best)
                self._set(px if better else best, is_buy=is_buy)
            elif px == best and px not in side:
                self._set((max(side) if is_buy else min(side)) if side else None, is_buy=is_buy)

    @property
    def is_crossed(self) -> bool:
        """Whether a buyer pays as much as a seller asks."""
        return self._bid is not None and self._ask is not None and self._bid >= self._ask

    def _set(self, px: int | None, *, is_buy: bool) -> None:
        if is_buy:
            self._bid = px
        else:
            self._ask = px
