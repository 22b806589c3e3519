"""A bracket: an order and both of its exits, wanted as one.

The exits are conditional orders that protect the order. Their prices lie so many ticks from the order's limit; those of
an order without a limit follow from its first fill.
"""

from msgspec import Struct
from msgspec.structs import replace

from hts.model.conditional import ConditionalOrder, FillCondition, PriceCondition
from hts.model.enums import CashMargin, OrdType, Side
from hts.model.instruments import Instrument
from hts.model.units import NO_PX, ClOrdID, Px, Qty

TICKS_MAX = 100_000


class Exits(Struct, frozen=True, kw_only=True):
    """How far from the entry's price a profit is taken (limit) and a loss is stopped (market), in ticks; 0: not."""

    take_ticks: int = 0
    stop_ticks: int = 0

    @property
    def count(self) -> int:
        """How many exits there are."""
        return bool(self.take_ticks) + bool(self.stop_ticks)

    @property
    def is_sensible(self) -> bool:
        """At least one exit, each on its side of the entry and within reason."""
        ticks = (self.take_ticks, self.stop_ticks)
        return any(ticks) and all(0 <= one <= TICKS_MAX for one in ticks)


def px_from(issue: Instrument, px: int, ticks: int) -> Px:
    """So many ticks (with their sign) from a price, within the day's limits where the issue has some."""
    moved = int(issue.ticks.move(issue.ticks.floor(px), ticks))
    return Px(min(max(moved, int(issue.lower_px)), int(issue.upper_px) or moved))


def exit_orders(
    exits: Exits, entry: Side, ids: tuple[ClOrdID, ...], *, protects: ClOrdID, account: str, symbol: str, venue: str,
    qty: int, credit: CashMargin = CashMargin.CASH,
) -> tuple[ConditionalOrder, ...]:  # fmt: skip
    """Both exits, without their prices; `ids` are as many as there are exits, the first names their group.

    `credit` is the entry's: what was bought on credit is sold to pay it back.
    """
    leaving = Side.SELL if entry is Side.BUY else Side.BUY
    blank = ConditionalOrder(
        cond_id=ids[0], account=account, symbol=symbol, condition=FillCondition(), side=leaving, qty=Qty(qty),
        venue=venue, protects=protects, group_id=ids[0] if len(ids) > 1 else ClOrdID(0), scales=True,
        credit=CashMargin.MARGIN_CLOSE if credit is CashMargin.MARGIN_OPEN else CashMargin.CASH,
    )  # fmt: skip
    found = []
    if exits.take_ticks:
        found.append(replace(blank, ord_type=OrdType.LIMIT, entry_ticks=entry.sign * exits.take_ticks))
    if exits.stop_ticks:
        stop = PriceCondition(is_above=entry is Side.SELL, px=NO_PX)
        found.append(
            replace(blank, cond_id=ids[len(found)], condition=stop, entry_ticks=-entry.sign * exits.stop_ticks)
        )
    return tuple(found)


def is_priced(order: ConditionalOrder) -> bool:
    """Whether the price of an exit is known: it comes from the entry's."""
    if not order.entry_ticks:
        return True
    return bool(order.condition.px if isinstance(order.condition, PriceCondition) else order.px)


def priced(order: ConditionalOrder, issue: Instrument, entry_px: int) -> ConditionalOrder:
    """An exit with its price."""
    return at_px(order, px_from(issue, entry_px, order.entry_ticks))


def at_px(order: ConditionalOrder, px: int) -> ConditionalOrder:
    """A conditional order that comes true at another price, its limit moved by as much where it has one.

    A resting profit-taker's price is its limit alone.
    """
    condition = order.condition
    if not isinstance(condition, PriceCondition):
        return replace(order, px=Px(px))
    limit = Px(int(order.px) + px - int(condition.px)) if order.px else order.px
    return replace(order, condition=replace(condition, px=Px(px)), px=limit)
