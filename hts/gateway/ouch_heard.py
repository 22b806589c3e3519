"""What the order protocols over SoupBinTCP tell, as values that are the same for all of them.

Orders are named by tokens, which are our ClOrdIDs. What a message leaves out is filled in by hts.gateway.ouch_orders.
"""

from typing import Any, Union

from msgspec import Struct

from hts.model.enums import CashMargin, CxlRejResponseTo, LastLiquidityInd, OrdType, Side, TimeInForce
from hts.model.reasons import Reason

Said = tuple[str, dict[str, Any]]


class Accepted(Struct, frozen=True, kw_only=True):
    """A new order stands. `account` is empty where the protocol does not tell it.

    `is_dead`: it was taken and is over at once, and nothing more is told of it.
    """

    token: int
    side: Side
    symbol: str
    px: int
    qty: int
    ord_type: OrdType = OrdType.LIMIT
    time_in_force: TimeInForce = TimeInForce.DAY
    venue_order_id: int
    account: str = ""
    is_short: bool = False
    credit: CashMargin = CashMargin.CASH
    is_dead: bool = False


class Replaced(Struct, frozen=True, kw_only=True):
    """The order `previous` has other terms. `qty` is what is left of it; `venue_order_id` 0: as before; `is_dead` as
    above.
    """

    token: int
    previous: int
    px: int
    qty: int
    venue_order_id: int = 0
    is_dead: bool = False


class Restated(Struct, frozen=True, kw_only=True):
    """The venue has changed an order unasked. `qty` is the whole order's."""

    token: int
    px: int
    qty: int
    reason: Reason


class Executed(Struct, frozen=True, kw_only=True):
    """Shares traded. `number` names the fill."""

    token: int
    qty: int
    px: int
    number: int
    liquidity: LastLiquidityInd = LastLiquidityInd.UNKNOWN


class Canceled(Struct, frozen=True, kw_only=True):
    """`qty` shares no longer work, None: all that was left.

    `asked` is the cancel's own token, 0 for none; None where the protocol does not tell. `is_expired`: the day is over.
    """

    token: int
    qty: int | None
    reason: Reason
    asked: int | None = None
    is_expired: bool = False


class Broken(Struct, frozen=True, kw_only=True):
    """The venue took the fill `number` back, and its shares do not come back to the book."""

    token: int
    number: int


class Undone(Struct, frozen=True, kw_only=True):
    """The fill `undone` never was; `qty` at `px` is in its place, 0 for nothing. A Restated may follow."""

    token: int
    number: int
    undone: int
    undone_px: int
    undone_qty: int
    px: int
    qty: int
    liquidity: LastLiquidityInd = LastLiquidityInd.UNKNOWN


class Rejected(Struct, frozen=True, kw_only=True):
    """A new order, a replacement or a cancel was refused. `order`: its terms, where they are told."""

    token: int
    reason: Reason
    code: str
    order: Accepted | None = None


class Refused(Struct, frozen=True, kw_only=True):
    """The request `token` about the order `orig` was refused."""

    token: int
    orig: int
    to: CxlRejResponseTo
    reason: Reason


class CancelRejected(Struct, frozen=True, kw_only=True):
    """A cancel of the order was refused."""

    token: int


class AllCanceled(Struct, frozen=True, kw_only=True):
    """A mass cancel was carried out; each order was told before. `count` None: not told."""

    token: int
    count: int | None
    reason: Reason = Reason.NONE


class Switched(Struct, frozen=True, kw_only=True):
    """The venue's kill switch for the account stands as `on` says. `token` 0: the venue's own act."""

    token: int
    account: str
    on: bool
    count: int


Heard = Union[
    Accepted,
    Replaced,
    Restated,
    Executed,
    Canceled,
    Broken,
    Undone,
    Rejected,
    Refused,
    CancelRejected,
    AllCanceled,
    Switched,
]
