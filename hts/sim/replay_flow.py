"""Recorded orders by id as commands of session "REPLAY": what market-by-order recordings have in common.

Whatever a recording calls its events, they are these:

    added        a limit order stands in the book
    reduced      it lost a part without a trade, and kept its place
    deleted      it is gone without a trade
    changed      another price or a larger quantity: it lost its place
    executed     it traded: an incoming immediate-or-cancel order of the other side at its price, so that an order of
                 the user's that stands ahead in the queue, or better, is filled first
    printed      a trade that never touched the visible book

The ids that events name and the recording never introduced are said in `notes`; the flow goes on.
"""

from typing import Final

from msgspec import Struct

from hts.model.enums import Side, TimeInForce
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.commands import REPLAY, Amend, AnyCommand, Cancel, Enter
from hts.sim.replay import HiddenPrint, TimedCommand

NOTES_MAX: Final = 1000  # kept; how many more there are is counted


class Standing(Struct):
    """An order of the recording as it stands. `order_qty` is OrderQty(38): filled shares included."""

    cl_ord_id: ClOrdID
    is_buy: bool
    px: int
    order_qty: int
    leaves: int


class OrderFlow:
    """Collects the commands of one issue."""

    def __init__(self, symbol: str) -> None:
        self.commands: list[TimedCommand] = []
        self.prints: list[HiddenPrint] = []
        self.notes: list[str] = []
        self.notes_left_out = 0
        self.standing: dict[int, Standing] = {}  # by the recording's order id
        self.prices: set[int] = set()
        self._symbol = symbol
        self._last_id = 0
        self._now_ns = 0
        self._line = 0

    def at(self, trade_ns: int, line: int) -> None:
        """When and where the next events are recorded; time never runs backwards."""
        self._now_ns = max(self._now_ns, trade_ns)
        self._line = line

    def added(self, order_id: int, *, is_buy: bool, px: int, qty: int) -> None:
        if order_id in self.standing:
            self.note(f"order {order_id} is added again")
            self.deleted(order_id)
        if qty <= 0 or px <= 0:
            self.note(f"order {order_id}: a price and a quantity expected, found {px} and {qty}")
            return
        cl_ord_id = self._enter(is_buy=is_buy, px=px, qty=qty, tif=TimeInForce.DAY)
        self.standing[order_id] = Standing(cl_ord_id=cl_ord_id, is_buy=is_buy, px=px, order_qty=qty, leaves=qty)

    def reduced(self, order_id: int, qty: int) -> None:
        order = self._known(order_id)
        if order is None:
            return
        if qty >= order.leaves:
            self.deleted(order_id)
        elif qty > 0:
            order.leaves -= qty
            order.order_qty -= qty
            cl_ord_id, orig = self._next_id(), order.cl_ord_id
            amend = Amend(
                session=REPLAY, cl_ord_id=cl_ord_id, orig_cl_ord_id=orig, px=Px(order.px), qty=Qty(order.order_qty)
            )
            self._append(amend)

    def deleted(self, order_id: int) -> None:
        order = self._known(order_id)
        if order is not None:
            del self.standing[order_id]
            self._append(Cancel(session=REPLAY, cl_ord_id=self._next_id(), orig_cl_ord_id=order.cl_ord_id))

    def changed(self, order_id: int, new_id: int, *, px: int, qty: int) -> None:
        order = self._known(order_id)
        if order is None:
            return
        if new_id == order_id and px == order.px and qty <= order.leaves:
            self.reduced(order_id, order.leaves - qty)
            return
        self.deleted(order_id)
        self.added(new_id, is_buy=order.is_buy, px=px, qty=qty)

    def executed(self, order_id: int, qty: int, px: int = 0) -> None:
        """`px`: the price of the trade where it is not the order's own."""
        order = self._known(order_id)
        if order is None:
            return
        taken = min(qty, order.leaves)
        if px and px != order.px:
            self.reduced(order_id, taken)
            self.printed(px, taken, "")
            return
        self._enter(is_buy=not order.is_buy, px=order.px, qty=taken, tif=TimeInForce.IOC)
        self._filled(order_id, order, taken)

    def swept(self, *, is_buy: bool, px: int, fills: list[tuple[int, int]]) -> None:
        """One incoming order took several resting ones (order id, quantity), the worst of them at `px`."""
        known = [(order_id, order, qty) for order_id, qty in fills if (order := self._known(order_id)) is not None]
        qty = sum(min(qty, order.leaves) for _, order, qty in known)
        if qty:
            self._enter(is_buy=is_buy, px=px, qty=qty, tif=TimeInForce.IOC)
        for order_id, order, filled in known:
            self._filled(order_id, order, min(filled, order.leaves))

    def printed(self, px: int, qty: int, side: str) -> None:
        """`side` of the aggressor as in TradeUpdate."""
        self.prints.append(HiddenPrint(trade_ns=self._now_ns, px=Px(px), qty=Qty(qty), side=side))

    def note(self, text: str) -> None:
        """Something that could not be replayed."""
        if len(self.notes) < NOTES_MAX:
            self.notes.append(f"record {self._line}: {text}")
        else:
            self.notes_left_out += 1

    # -- inside --

    def _known(self, order_id: int) -> Standing | None:
        order = self.standing.get(order_id)
        if order is None:
            self.note(f"order {order_id} was never added")
        return order

    def _filled(self, order_id: int, order: Standing, qty: int) -> None:
        order.leaves -= qty
        if not order.leaves:
            self.standing.pop(order_id, None)

    def _enter(self, *, is_buy: bool, px: int, qty: int, tif: TimeInForce) -> ClOrdID:
        cl_ord_id = self._next_id()
        self.prices.add(px)
        self._append(
            Enter(
                session=REPLAY,
                cl_ord_id=cl_ord_id,
                account=REPLAY,
                symbol=self._symbol,
                side=Side.BUY if is_buy else Side.SELL,
                time_in_force=tif,
                px=Px(px),
                qty=Qty(qty),
            )
        )
        return cl_ord_id

    def _append(self, command: AnyCommand) -> None:
        self.commands.append(TimedCommand(trade_ns=self._now_ns, line=self._line, command=command))

    def _next_id(self) -> ClOrdID:
        self._last_id += 1
        return ClOrdID(self._last_id)
