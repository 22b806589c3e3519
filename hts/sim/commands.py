"""What the simulated exchange is asked to do.

Every command names the entering member by `session` (the comp id of its order session; background flow enters as
"AGENTS", a replayed recording as "REPLAY"). `in_seq` is the member's inbound sequence number that carried it (0 when
none did): stored with the command, it restores the session's numbering after a restart. Commands are complete: the
same commands at the same `trade_ns` give the same events, and the events alone number the outbound messages.
"""

from typing import Union

from msgspec import Struct

from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.units import NO_ID, NO_PX, ClOrdID, Px, Qty

AGENTS = "AGENTS"
REPLAY = "REPLAY"


class Command(Struct, frozen=True, kw_only=True):
    """Common part. `cl_ord_id` is the request's own id; unique per member and day."""

    session: str
    cl_ord_id: ClOrdID = NO_ID
    in_seq: int = 0


class Enter(Command, frozen=True, kw_only=True, tag="enter"):
    """NewOrderSingle(D). `px` is 0 for a market order."""

    request_id: str = ""
    account: str = ""
    symbol: str
    side: Side
    ord_type: OrdType = OrdType.LIMIT
    time_in_force: TimeInForce = TimeInForce.DAY
    px: Px = NO_PX
    qty: Qty


class Cancel(Command, frozen=True, kw_only=True, tag="cancel"):
    """OrderCancelRequest(F). `orig_cl_ord_id` is any ClOrdID of the order's chain."""

    orig_cl_ord_id: ClOrdID
    request_id: str = ""


class Amend(Command, frozen=True, kw_only=True, tag="amend"):
    """OrderCancelReplaceRequest(G). `qty` is the new OrderQty(38), filled shares included."""

    orig_cl_ord_id: ClOrdID
    request_id: str = ""
    px: Px
    qty: Qty


class MassCancel(Command, frozen=True, kw_only=True, tag="mass_cancel"):
    """OrderMassCancelRequest(q), or the venue's own act for a member (cancel on disconnect).

    Empty `account` or `symbol`: all of them. `reason` is told in each cancelled order's report.
    """

    account: str = ""
    symbol: str = ""
    reason: Reason = Reason.MASS_CANCEL


class MassStatus(Command, frozen=True, kw_only=True, tag="mass_status"):
    """OrderMassStatusRequest(AF): one OrderStated per order of the day, then MassStatusEnded."""

    mass_status_req_id: int


class PublicPrint(Command, frozen=True, kw_only=True, tag="print"):
    """A trade of a recording that never touched its visible book; `side` as in TradeUpdate."""

    symbol: str
    side: str
    px: Px
    qty: Qty


class KillSwitch(Command, frozen=True, kw_only=True, tag="kill_switch"):
    """Throw or release the kill switch: by the member's request, or the venue's own act (`cl_ord_id` 0).

    Thrown, it cancels what works and refuses orders and amends of the account (empty: of the member).
    """

    account: str = ""
    on: bool


AnyCommand = Union[Enter, Cancel, Amend, MassCancel, MassStatus, KillSwitch, PublicPrint]
