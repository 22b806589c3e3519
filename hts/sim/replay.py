"""A recorded session listed on the simulated venue.

Theory of operation
-------------------
The recording says what happened; here it becomes what was asked for: commands of session "REPLAY" at their recorded
times, moved so that the first event happens at `start_ns`. The user's orders stand in the same queues.

    the book before the first event   one order per level, entered at `start_ns`: who stood there is not known
    1 submission                      limit order
    2 partial cancel                  amend to the quantity that is left of what was entered
    3 deletion                        cancel
    4 execution of a resting order    an incoming immediate-or-cancel order of the other side, at that price: if an
                                      order of the user's stands ahead in the queue, or better, it is filled first
    5 hidden execution, 6 cross       nothing enters the book; listed in `prints` for the public
    7 halt                            not replayed; said in `notes`

Orders that rested before the start have ids that the recording never introduced: events on them act on the level's
order of unknown owners. With the recorded book at hand, levels that come into view from below the recorded depth are
entered at that moment (and what was cancelled out of view is cancelled), so that, left alone, the simulated book
equals the recorded one after every event.

What the user trades takes quantity that the recording used otherwise: a later cancel of an order already filled is
refused, a later execution takes from the next in the queue. The recording does not react to the user.
"""

from collections.abc import Sequence

from msgspec import Struct

from hts.model.enums import Market, Side, TimeInForce
from hts.model.instruments import Instrument, TickTable
from hts.model.units import ClOrdID, Px, Qty
from hts.rules.dates import krx_date
from hts.sim.commands import REPLAY, Amend, AnyCommand, Cancel, Enter
from hts.wire.lobster.book import Depth, check_lengths
from hts.wire.lobster.messages import PRICE_SCALE, EventType, LobsterError, LobsterMessage, parse_messages
from hts.wire.lobster.orderbook import BookRow, parse_orderbook

AAPL_SYMBOL, AAPL_ISIN = "AAPL", "US0378331005"
_CENT = PRICE_SCALE // 100
_BAND_PCT = 20  # the limits stand this far beyond all recorded visible prices


class TimedCommand(Struct, frozen=True, kw_only=True):
    """A command and the trade time at which the recording asks for it. `line` 0: the book at the start."""

    trade_ns: int
    line: int
    command: AnyCommand


class HiddenPrint(Struct, frozen=True, kw_only=True):
    """A trade that never touched the visible book. `side` is the aggressor: "1" buy, "2" sell, "" in a cross.

    `px` is rounded down to the cent where a hidden order traded between two cents.
    """

    trade_ns: int
    px: Px
    qty: Qty
    side: str


class ReplayListing(Struct, frozen=True, kw_only=True):
    """What the venue lists and what it is fed with, in order."""

    instrument: Instrument
    start_ns: int
    end_ns: int  # of the last event
    commands: tuple[TimedCommand, ...]
    prints: tuple[HiddenPrint, ...]
    notes: tuple[str, ...]  # what is in the recording and could not be replayed


def load_replay(
    message_text: str,
    book_text: str | None,
    start_ns: int,
    *,
    symbol: str = AAPL_SYMBOL,
    isin: str = AAPL_ISIN,
    name: str = "Apple Inc.",
) -> ReplayListing:
    """List a LOBSTER recording. Without `book_text` the book starts empty. Raises LobsterError."""
    messages = parse_messages(message_text)
    rows = parse_orderbook(book_text) if book_text is not None else ()
    if rows:
        check_lengths(messages, rows)
    flow = _Flow(symbol, start_ns - messages[0].time_ns)
    if rows:
        flow.begin(messages[0], rows[0])
    for i, message in enumerate(messages):
        flow.replay(message)
        if i and rows:
            flow.come_into_view(message, rows[i - 1], rows[i])
    return ReplayListing(
        instrument=_instrument(messages, rows, symbol=symbol, isin=isin, name=name, trading_date=krx_date(start_ns)),
        start_ns=start_ns,
        end_ns=start_ns + messages[-1].time_ns - messages[0].time_ns,
        commands=tuple(flow.commands),
        prints=tuple(flow.prints),
        notes=tuple(flow.notes),
    )


class _Resting(Struct):
    """What the recording knows of an order. `order_id` 0: the recording never introduced it."""

    cl_ord_id: ClOrdID  # the id that named it last
    order_id: int
    is_buy: bool
    price: int  # the recording's: dollars times 10,000
    order_qty: int  # OrderQty(38): filled shares included, cancelled ones not
    leaves: int


class _Flow:
    """Turns events into commands, keeping the recording's own book beside."""

    def __init__(self, symbol: str, shift_ns: int) -> None:
        self.commands: list[TimedCommand] = []
        self.prints: list[HiddenPrint] = []
        self.notes: list[str] = []
        self._symbol = symbol
        self._shift_ns = shift_ns
        self._last_id = 0
        self._orders: dict[int, _Resting] = {}
        self._queues: dict[tuple[bool, int], list[_Resting]] = {}  # by side and price, oldest first
        self._depth = Depth()

    def begin(self, first: LobsterMessage, row: BookRow) -> None:
        """Enter what rested before the first event, the touch first."""
        self._depth = Depth.before(first, row)
        asks, bids = self._depth.levels(row.depth)
        for is_buy, levels in ((False, asks), (True, bids)):
            for price, size in levels:
                self._rest(first.time_ns, 0, is_buy=is_buy, price=price, size=size)

    def replay(self, message: LobsterMessage) -> None:
        """The commands of one event."""
        at, line, is_buy = message.time_ns, message.line, message.is_buy
        match message.event_type:
            case EventType.SUBMISSION:
                self._rest(at, line, is_buy=is_buy, price=message.price, size=message.size, order_id=message.order_id)
            case EventType.PARTIAL_CANCEL | EventType.DELETION:
                self._reduce(message)
            case EventType.EXECUTION:
                tif = TimeInForce.IOC
                self._enter(at, line, is_buy=not is_buy, price=message.price, size=message.size, tif=tif)
                self._filled(message)
            case EventType.HIDDEN_EXECUTION | EventType.CROSS:
                self._print(message)
            case EventType.HALT:
                self.notes.append(f"line {line}: trading halt message {message.price} is not replayed")
        self._depth.apply(message)

    def come_into_view(self, message: LobsterMessage, before: BookRow, after: BookRow) -> None:
        """Levels that surface stand for orders never introduced; what left out of view is cancelled."""
        at, line = message.time_ns, message.line
        for is_buy, (price, size) in self._depth.adopt(before, after):
            if size > 0:
                self._rest(at, line, is_buy=is_buy, price=price, size=size)
            else:
                self._cancel_out_of_view(message, self._queues.get((is_buy, price), []), -size)

    # -- the recording's orders --

    def _rest(self, at_ns: int, line: int, *, is_buy: bool, price: int, size: int, order_id: int = 0) -> None:
        cl_ord_id = self._enter(at_ns, line, is_buy=is_buy, price=price, size=size)
        resting = _Resting(
            cl_ord_id=cl_ord_id, order_id=order_id, is_buy=is_buy, price=price, order_qty=size, leaves=size
        )
        self._queues.setdefault((is_buy, price), []).append(resting)
        if order_id:
            self._orders[order_id] = resting

    def _reduce(self, message: LobsterMessage) -> None:
        """A cancel: of the order it names, else of the level's orders that were never introduced, newest first."""
        known = self._orders.get(message.order_id)
        if known is not None:
            whole = message.event_type is EventType.DELETION
            self._take_off(message, known, known.leaves if whole else min(message.size, known.leaves))
            return
        size = message.size
        queue = self._queues.get((message.is_buy, message.price), [])
        for resting in [r for r in reversed(queue) if not r.order_id]:
            taken = min(size, resting.leaves)
            if taken:
                self._take_off(message, resting, taken)
            size -= taken
        if size:
            self.notes.append(f"line {message.line}: {size} of {message.size} shares to cancel are not in the book")

    def _cancel_out_of_view(self, message: LobsterMessage, queue: list[_Resting], size: int) -> None:
        """Whose orders they were is not recorded: one of just that size if there is one, else the newest."""
        same = [r for r in queue if r.leaves == size]
        for resting in same[-1:] or list(reversed(queue)):
            taken = min(size, resting.leaves)
            if taken:
                self._take_off(message, resting, taken)
            size -= taken

    def _filled(self, message: LobsterMessage) -> None:
        """Keep the recording's remainders, so that later cancels ask for the right quantity."""
        known = self._orders.get(message.order_id)
        queue = self._queues.get((message.is_buy, message.price), [])
        size = message.size
        for resting in [known] if known is not None else [r for r in queue if not r.order_id]:
            taken = min(size, resting.leaves)
            resting.leaves -= taken
            size -= taken
            self._forget_empty(resting)
        if size:
            self.notes.append(f"line {message.line}: {size} of {message.size} executed shares are not in the book")

    def _forget_empty(self, resting: _Resting) -> None:
        if resting.leaves:
            return
        self._queues[resting.is_buy, resting.price].remove(resting)
        self._orders.pop(resting.order_id, None)

    # -- commands --

    def _take_off(self, message: LobsterMessage, resting: _Resting, size: int) -> None:
        """Cancel the order, or amend it when something is left."""
        resting.leaves -= size
        resting.order_qty -= size
        cl_ord_id, orig_id = self._next_id(), resting.cl_ord_id
        command: AnyCommand = Cancel(session=REPLAY, cl_ord_id=cl_ord_id, orig_cl_ord_id=orig_id)
        if resting.leaves:
            px, qty = _cents(message.line, resting.price), Qty(resting.order_qty)
            command = Amend(session=REPLAY, cl_ord_id=cl_ord_id, orig_cl_ord_id=orig_id, px=px, qty=qty)
        self._append(message.time_ns, message.line, command)
        self._forget_empty(resting)

    def _enter(
        self, at_ns: int, line: int, *, is_buy: bool, price: int, size: int, tif: TimeInForce = TimeInForce.DAY
    ) -> ClOrdID:
        cl_ord_id = self._next_id()
        command = Enter(
            session=REPLAY,
            cl_ord_id=cl_ord_id,
            account=REPLAY,
            symbol=self._symbol,
            side=Side.BUY if is_buy else Side.SELL,
            time_in_force=tif,
            px=_cents(line, price),
            qty=Qty(size),
        )
        self._append(at_ns, line, command)
        return cl_ord_id

    def _print(self, message: LobsterMessage) -> None:
        side = "" if message.event_type is EventType.CROSS else "2" if message.is_buy else "1"
        if message.price % _CENT:
            self.notes.append(f"line {message.line}: a hidden trade between two cents is printed at the lower one")
        px, at_ns = Px(message.price // _CENT), message.time_ns + self._shift_ns
        self.prints.append(HiddenPrint(trade_ns=at_ns, px=px, qty=Qty(message.size), side=side))

    def _append(self, at_ns: int, line: int, command: AnyCommand) -> None:
        self.commands.append(TimedCommand(trade_ns=at_ns + self._shift_ns, line=line, command=command))

    def _next_id(self) -> ClOrdID:
        self._last_id += 1
        return ClOrdID(self._last_id)


def _cents(line: int, price: int) -> Px:
    if price % _CENT:
        raise LobsterError(f"line {line}: expected a visible order's price in whole cents, found {price} / 10000")
    return Px(price // _CENT)


def _instrument(
    messages: Sequence[LobsterMessage],
    rows: Sequence[BookRow],
    *,
    symbol: str,
    isin: str,
    name: str,
    trading_date: int,
) -> Instrument:
    """Prices in cents, a cent as the tick, and limits wide of anything recorded."""
    prices = {m.price // _CENT for m in messages if m.event_type is not EventType.HALT}
    prices.update(price // _CENT for row in rows for price, _ in (*row.asks, *row.bids))
    first = rows[0] if rows else None
    if first is not None and first.asks and first.bids:
        base = (first.asks[0][0] + first.bids[0][0]) // (2 * _CENT)
    else:
        base = messages[0].price // _CENT
    return Instrument(
        symbol=symbol,
        isin=isin,
        market=Market.REPLAY,
        name_ko=name,
        name_en=name,
        name_ja=name,
        currency="USD",
        px_decimals=2,
        ticks=TickTable(starts=(0,), steps=(1,)),
        trading_date=trading_date,
        base_px=Px(base),
        upper_px=Px(max(prices) * (100 + _BAND_PCT) // 100),
        lower_px=Px(max(1, min(prices) * (100 - _BAND_PCT) // 100)),
        prev_close_px=Px(base),
    )
