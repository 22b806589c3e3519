"""The members' trades of the day, so that the venue can break one or set it right afterwards.

Theory of operation. A trade is kept by its match, with the sides that belong to members (the house's own flow has no
books of its own). Breaking it takes its shares out of what those orders have filled, tells each side by a report that
names the fill (ExecRefID), and does not bring the shares back: what still works is that much smaller, and says so. A
correction puts another price, or fewer shares, in the trade's place, under a new ExecID. A trade that was corrected can
be corrected or broken again, under its newest number.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hts.model.enums import OrdStatus
from hts.model.units import ClOrdID, ExecID, Px, Qty
from hts.sim.commands import BreakTrade
from hts.sim.events import Announced, OrderRestated, OrderTraded, SimEvent, TradeBroken, TradeCorrected
from hts.sim.exchange_state import TradeSide
from hts.sim.members import INTERNAL
from hts.sim.order import Order

if TYPE_CHECKING:
    from hts.sim.exchange import Exchange


class TradeBook:
    """Sides by match, in order of time."""

    def __init__(self) -> None:
        self._sides: dict[int, list[TradeSide]] = {}

    def note(self, events: Iterable[SimEvent]) -> None:
        """Remember the members' fills among these events."""
        for event in events:
            if type(event) is OrderTraded and event.session not in INTERNAL:
                side = TradeSide(
                    event.match_id, event.session, event.order_id, event.exec_id, event.last_px, event.last_qty,
                    event.liquidity,
                )  # fmt: skip
                self._sides.setdefault(event.match_id, []).append(side)

    def sides(self) -> tuple[TradeSide, ...]:
        """All of them, for a checkpoint."""
        return tuple(side for sides in self._sides.values() for side in sides)

    def load(self, sides: Iterable[TradeSide]) -> None:
        """Take over what a checkpoint kept."""
        for side in sides:
            self._sides.setdefault(side.match_id, []).append(side)

    @property
    def matches(self) -> tuple[int, ...]:
        """Every trade that can be undone, oldest first."""
        return tuple(self._sides)

    def of_match(self, match_id: int) -> tuple[TradeSide, ...]:
        """The members' sides of a trade."""
        return tuple(self._sides.get(match_id, ()))

    def match_of_fill(self, exec_id: int) -> int:
        """The match of a member's fill; 0 when there is none."""
        return next((match for match, sides in self._sides.items() if any(s.exec_id == exec_id for s in sides)), 0)

    def undo(self, exchange: "Exchange", command: BreakTrade) -> list[SimEvent]:
        """Break or correct a trade; nothing for one that is not there, or not different."""
        sides = self._sides.get(command.match_id, [])
        qty = command.qty if command.px else 0
        if not sides or any(command.px and (command.px, qty or side.qty) == (side.px, side.qty) for side in sides):
            return []
        if any(qty > side.qty for side in sides):
            return []
        events: list[SimEvent] = []
        after = [self._undo_side(exchange, side, command, events) for side in sides]
        if command.px:
            self._sides[command.match_id] = after
        else:
            del self._sides[command.match_id]
        what = "trade_corrected" if command.px else "trade_broken"
        symbol = exchange.members[sides[0].session].by_id[ClOrdID(sides[0].order_id)].symbol
        values = (("match_id", command.match_id),)
        return [*events, Announced(trade_ns=exchange.trade_ns, symbol=symbol, what=what, values=values)]

    @staticmethod
    def _undo_side(exchange: "Exchange", side: TradeSide, command: BreakTrade, events: list[SimEvent]) -> TradeSide:
        order = exchange.members[side.session].by_id[ClOrdID(side.order_id)]
        exchange.numbers.exec_id += 1
        exec_id = ExecID(exchange.numbers.exec_id)
        now_qty = (command.qty or side.qty) if command.px else 0
        gone = side.qty - now_qty
        works = _take_back(order, gone)
        kind: type[TradeBroken | TradeCorrected] = TradeCorrected if command.px else TradeBroken
        undone: TradeBroken | TradeCorrected = order.event(
            kind,
            exchange.trade_ns,
            exec_id=exec_id,
            exec_ref_id=ExecID(side.exec_id),
            match_id=side.match_id,
            last_px=Px(command.px or side.px),
            last_qty=Qty(now_qty if command.px else side.qty),
            undone_px=Px(side.px),
            undone_qty=Qty(side.qty),
            liquidity=side.liquidity,
        )
        events.append(undone)
        if works and gone:
            order.leaves_qty -= gone
            order.order_qty -= gone
            events.append(order.event(OrderRestated, exchange.trade_ns))
        px = command.px or side.px
        return TradeSide(side.match_id, side.session, side.order_id, exec_id, px, now_qty, side.liquidity)


def _take_back(order: Order, gone: int) -> bool:
    """The order has filled `gone` shares less. Whether it works: then they are open until it is made smaller."""
    order.cum_qty -= gone
    if order.ord_status.is_terminal:
        if order.ord_status is OrdStatus.FILLED and gone:
            order.ord_status = OrdStatus.CANCELED
        return False
    order.leaves_qty += gone
    order.ord_status = OrdStatus.PARTIALLY_FILLED if order.cum_qty else OrdStatus.NEW
    return True
