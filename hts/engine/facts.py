"""Small values of the core's state: how far a venue's day was read, and what a report would do."""

from msgspec import Struct, field

from hts.model.units import ClOrdID
from hts.oms.order import Fill, Order


class VenueDay(Struct, kw_only=True):
    """How far we have read one venue's messages. `next_in_seq` is the first one that is not stored."""

    epoch: int = 0
    trading_date: int = 0
    next_in_seq: int = 1


class CopyDay(VenueDay, kw_only=True):
    """How far we have read a venue's drop copy, and what it last told of each order of other systems."""

    told: dict[ClOrdID, int] = field(default_factory=dict)


class Plan(Struct, frozen=True, kw_only=True):
    """What a report would do: the order before (None when it was unknown) and after it, and the fill it brings."""

    before: Order | None
    after: Order
    fill: Fill | None
