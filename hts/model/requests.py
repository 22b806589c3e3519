"""What the core sends to a venue, before encoding. Gateways translate these to wire messages and decide nothing."""

from typing import Union

from msgspec import Struct

from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.terms import OrderTerms
from hts.model.units import ClOrdID, Px, Qty, VenueOrderID


class StartSession(Struct, frozen=True, kw_only=True, tag="start"):
    """Connect and log on. `epoch` and `next_in_seq` come from the journal: which day's session we last saw (0 for
    none) and the sequence number of the next venue message that we have not stored. Where a session is wanted already,
    the connection is left as it is and `cancel_on_disconnect` is told at the next logon.
    """

    epoch: int
    next_in_seq: int
    cancel_on_disconnect: bool


class EndSession(Struct, frozen=True, kw_only=True, tag="end"):
    """Log out and close the connection."""


class NewOrderSingle(OrderTerms, frozen=True, kw_only=True, tag="D"):
    """NewOrderSingle(D)."""

    cl_ord_id: ClOrdID
    request_id: str
    account: str
    symbol: str
    side: Side
    ord_type: OrdType
    time_in_force: TimeInForce
    px: Px
    qty: Qty


class OrderCancelRequest(Struct, frozen=True, kw_only=True, tag="F"):
    """OrderCancelRequest(F). `cl_ord_id` is the request's own; `orig_cl_ord_id` names the order."""

    cl_ord_id: ClOrdID
    orig_cl_ord_id: ClOrdID
    request_id: str
    account: str
    symbol: str
    side: Side


class OrderCancelReplaceRequest(Struct, frozen=True, kw_only=True, tag="G"):
    """OrderCancelReplaceRequest(G). `qty` is the new OrderQty(38), filled shares included."""

    cl_ord_id: ClOrdID
    orig_cl_ord_id: ClOrdID
    request_id: str
    account: str
    symbol: str
    side: Side
    px: Px
    qty: Qty


class OrderMassCancelRequest(Struct, frozen=True, kw_only=True, tag="q"):
    """OrderMassCancelRequest(q): every working order of the account, or of one symbol."""

    cl_ord_id: ClOrdID
    account: str
    symbol: str = ""


class OrderMassStatusRequest(Struct, frozen=True, kw_only=True, tag="AF"):
    """OrderMassStatusRequest(AF): all orders of the day, working or not."""

    mass_status_req_id: int


class CancelOnBehalf(Struct, frozen=True, kw_only=True, tag="F*"):
    """Cancel an order of another system, by the venue's own number; it leaves by the drop copy's line."""

    cl_ord_id: ClOrdID
    system: str
    venue_order_id: VenueOrderID
    account: str
    symbol: str
    side: Side


class MassCancelOnBehalf(Struct, frozen=True, kw_only=True, tag="q*"):
    """Cancel every working order of the account, whichever system entered it; by the same line."""

    cl_ord_id: ClOrdID
    account: str


class KillSwitchRequest(Struct, frozen=True, kw_only=True, tag="kill"):
    """Throw or release the venue's kill switch for an account; empty: for the member."""

    cl_ord_id: ClOrdID
    account: str
    on: bool


AnyRequest = Union[
    StartSession,
    EndSession,
    NewOrderSingle,
    OrderCancelRequest,
    OrderCancelReplaceRequest,
    OrderMassCancelRequest,
    OrderMassStatusRequest,
    CancelOnBehalf,
    MassCancelOnBehalf,
    KillSwitchRequest,
]
