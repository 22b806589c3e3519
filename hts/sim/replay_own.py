"""A day that the simulator played itself, listed as a recording: one of its issues, from its opening to its close.

The day's commands are carried out again, which tells what every shown order did. While the issue was in a call (an
interruption, the close) nothing is replayed: where trading goes on after it, the book is brought to what the call has
left, and the call's trade is printed. Orders that waited at the opening stand in the replayed book in their order.
"""

from collections import Counter
from collections.abc import Iterable

from msgspec.structs import replace

from hts.base.errors import RemoteProtocolError
from hts.model.enums import Phase
from hts.model.instruments import Instrument
from hts.model.units import Px
from hts.sim.commands import Enter
from hts.sim.events import (
    BookOrderAdded,
    BookOrderDeleted,
    BookOrderExecuted,
    BookOrderReduced,
    SimEvent,
    Traded,
)
from hts.sim.exchange import Exchange
from hts.sim.issue import Issue
from hts.sim.log_records import Logged, LogRecord, Tick
from hts.sim.replay import ReplayListing
from hts.sim.replay_flow import OrderFlow
from hts.sim.replay_listing import listing_of


def load_own(records: list[LogRecord], exchange: Exchange, start_ns: int, symbol: str = "") -> ReplayListing:
    """List one issue of a recorded day; without a symbol the one with the most orders. Raises RemoteProtocolError.

    `exchange` is the day's, new; `records` are the whole log of it.
    """
    issue = exchange.issues[_chosen(records, exchange, symbol)]
    issue.tells_orders = True
    name = f"R{issue.symbol[1:]}"  # the issue itself is listed too
    take = _Take(issue, OrderFlow(name), start_ns)
    for line, record in enumerate(records, start=1):
        if isinstance(record, Tick):
            take.events(exchange.advance(record.trade_ns), record.trade_ns, line)
        elif isinstance(record, Logged):
            take.events(exchange.apply(record.command, record.trade_ns), record.trade_ns, line)
    if not take.opened_ns:
        raise RemoteProtocolError(f"own recording: continuous trading of {issue.symbol} expected, found none")
    times = (start_ns, start_ns + take.last_ns - take.opened_ns)
    decimals, currency = issue.instrument.px_decimals, issue.instrument.currency
    listing = listing_of(take.flow, name, decimals=decimals, times_ns=times, currency=currency)
    return replace(listing, instrument=_listed(listing.instrument, issue.instrument))


class _Take:
    """Follows one issue. `opened_ns`: when it first traded continuously, `last_ns`: when it last did."""

    def __init__(self, issue: Issue, flow: OrderFlow, start_ns: int) -> None:
        self.flow = flow
        self.opened_ns = self.last_ns = 0
        self._issue = issue
        self._start_ns = start_ns
        self._book: dict[int, tuple[bool, int, int]] = {}  # by venue order id, in time order: buy, price, shown
        self._is_live = False

    def events(self, events: Iterable[SimEvent], trade_ns: int, line: int) -> None:
        """What one record led to."""
        for event in events:
            self._one(event, trade_ns, line)
        is_live = self._issue.phase is Phase.CONTINUOUS
        if is_live and not self._is_live:
            self.opened_ns = self.opened_ns or trade_ns
            self._at(trade_ns, line)
            self._bring_up()
        self._is_live = is_live
        if is_live:
            self.last_ns = trade_ns

    def _at(self, trade_ns: int, line: int) -> None:
        self.flow.at(self._start_ns + trade_ns - self.opened_ns, line)

    def _one(self, event: SimEvent, trade_ns: int, line: int) -> None:
        flow = self.flow if self._is_live and self._issue.phase is Phase.CONTINUOUS else None
        if flow is not None:
            self._at(trade_ns, line)
        match event:
            case BookOrderAdded(symbol=self._issue.symbol):
                self._added(event, flow)
            case BookOrderExecuted() | BookOrderReduced() | BookOrderDeleted() if event.symbol == self._issue.symbol:
                self._less(event, flow)
            case Traded() if event.trade.symbol == self._issue.symbol and not event.maker_id and self.opened_ns:
                self._at(trade_ns, line)
                self.flow.printed(int(event.trade.px), int(event.trade.qty), event.trade.side)

    def _added(self, event: BookOrderAdded, flow: OrderFlow | None) -> None:
        is_buy = event.side.sign > 0
        self._book[event.venue_order_id] = (is_buy, event.px, event.qty)
        if flow is not None:
            flow.added(event.venue_order_id, is_buy=is_buy, px=event.px, qty=event.qty)

    def _less(self, event: BookOrderExecuted | BookOrderReduced | BookOrderDeleted, flow: OrderFlow | None) -> None:
        number = event.venue_order_id
        is_buy, px, _ = self._book.pop(number) if isinstance(event, BookOrderDeleted) else self._book[number]
        if not isinstance(event, BookOrderDeleted):
            self._book[number] = (is_buy, px, event.leaves_qty)
            if not event.leaves_qty:
                del self._book[number]
        if flow is None:
            return
        if isinstance(event, BookOrderExecuted):
            flow.executed(number, event.qty, event.px)
        elif isinstance(event, BookOrderReduced):
            flow.reduced(number, event.by)
        else:
            flow.deleted(number)

    def _bring_up(self) -> None:
        """The replayed book becomes what the recorded one is now."""
        for number, order in tuple(self.flow.standing.items()):
            left = self._book.get(number)
            if left is None or left[:2] != (order.is_buy, order.px) or left[2] > order.leaves:
                self.flow.deleted(number)
            elif left[2] < order.leaves:
                self.flow.reduced(number, order.leaves - left[2])
        for number, (is_buy, px, qty) in self._book.items():
            if number not in self.flow.standing:
                self.flow.added(number, is_buy=is_buy, px=px, qty=qty)


def _chosen(records: list[LogRecord], exchange: Exchange, symbol: str) -> str:
    if symbol:
        if symbol not in exchange.issues:
            raise RemoteProtocolError(f"own recording: an issue of the day expected, found {symbol}")
        return symbol
    counts = Counter(r.command.symbol for r in records if isinstance(r, Logged) and isinstance(r.command, Enter))
    busiest = next((name for name, _ in counts.most_common() if name in exchange.issues), "")
    if not busiest:
        raise RemoteProtocolError("own recording: orders expected, found none")
    return busiest


def _listed(found: Instrument, own: Instrument) -> Instrument:
    """Under the issue's own steps, lots and limits: prices of the user's are then those of the recorded day."""
    return replace(
        found, name_ko=f"{own.name_ko} R", name_en=f"{own.name_en} R", name_ja=f"{own.name_ja or own.name_en} R",
        ticks=own.ticks, lot=own.lot, base_px=own.base_px, prev_close_px=own.base_px,
        upper_px=Px(max(own.upper_px, found.upper_px)), lower_px=Px(min(own.lower_px, found.lower_px)),
    )  # fmt: skip
