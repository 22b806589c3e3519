"""A parent's sums from its children, and how much more of it may be placed. Nothing of it is kept."""

from collections.abc import Iterable

from msgspec import Struct

from hts.model.units import Notional, Qty
from hts.oms.order import Order


class FamilySums(Struct, frozen=True, kw_only=True):
    """Over all children: filled, still working, and the value of the fills. `parts` is how many children there are."""

    cum_qty: Qty
    leaves_qty: Qty
    filled_value: Notional
    parts: int

    @property
    def placed_qty(self) -> int:
        """Shares that are filled or can still be."""
        return self.cum_qty + self.leaves_qty

    def room(self, parent_qty: int) -> int:
        """Shares of the parent that no child stands for."""
        return max(0, parent_qty - self.placed_qty)


def family_sums(children: Iterable[Order]) -> FamilySums:
    """An amend on its way counts with what it asks for where that is more: it may be granted at any moment."""
    cum, leaves, value, parts = 0, 0, 0, 0
    for child in children:
        cum += child.cum_qty
        leaves += max([child.leaves_qty, *(p.qty - child.cum_qty for p in child.pending if not p.is_cancel)])
        value += child.filled_value
        parts += 1
    return FamilySums(cum_qty=Qty(cum), leaves_qty=Qty(leaves), filled_value=Notional(value), parts=parts)
