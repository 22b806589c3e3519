"""The messages of the UMS layout as values, named as in FIX; docs/wire/ums.md gives offsets and meanings.

administrative   Logon Heartbeat TestRequest ResendRequest SequenceReset Logout     use no sequence number
from the client  EnterOrder CancelOrder AmendOrder MassCancel MassStatusRequest KillSwitchRequest
from the venue   Execution CancelReject MassStatusEnd MassCancelReport KillSwitchNotice
"""

from enum import IntEnum
from typing import Union

from msgspec import Struct

from hts.model.enums import (
    CashMargin,
    CxlRejResponseTo,
    ExecType,
    LastLiquidityInd,
    OrdStatus,
    OrdType,
    Side,
    TimeInForce,
)


class SessionReason(IntEnum):
    """Why a Logout was sent (reason field of Logout)."""

    NONE = 0  # a wish, no fault
    BAD_VERSION = 1
    UNKNOWN_COMP_ID = 2
    BAD_PASSWORD = 3
    WRONG_PEER = 4  # TargetCompID(56) is somebody else
    REPLACED = 5  # a newer logon of the same comp id took over
    SEQ_TOO_LOW = 6
    SEQ_TOO_HIGH = 7  # the peer claims to have received what was never sent
    MALFORMED = 8
    UNKNOWN_TYPE = 9
    BAD_LENGTH = 10
    UNEXPECTED_MESSAGE = 11
    PEER_SILENT = 12
    LOGON_TIMEOUT = 13
    LOGOUT_TIMEOUT = 14
    BAD_HEARTBEAT = 15
    BAD_EPOCH = 16
    RESEND_FAILED = 17  # a gap was asked for and never filled
    READ_ONLY = 18  # a drop copy session takes no requests
    SLOW_PEER = 19  # unsent bytes over the limit
    DAY_END = 20


class Logon(Struct, frozen=True, kw_only=True):
    """Logon(A), both ways. `running`: the client's build and the fingerprint of its settings."""

    version: int
    comp_id: str
    peer_id: str
    password: str
    epoch: int
    next_expected_seq: int
    heartbeat_ms: int
    cancel_on_disconnect: bool
    trading_date: int
    speed_milli: int
    running: str = ""

    def __repr__(self) -> str:
        return f"Logon(comp_id={self.comp_id!r}, epoch={self.epoch}, next_expected_seq={self.next_expected_seq})"


class Heartbeat(Struct, frozen=True, kw_only=True):
    """Heartbeat(0); `test_req_id` is 0 unless it answers a TestRequest."""

    test_req_id: int = 0


class TestRequest(Struct, frozen=True, kw_only=True):
    """TestRequest(1)."""

    __test__ = False  # not a test class for pytest

    test_req_id: int


class ResendRequest(Struct, frozen=True, kw_only=True):
    """ResendRequest(2), open-ended."""

    begin_seq: int


class SequenceReset(Struct, frozen=True, kw_only=True):
    """SequenceReset(4) as gap fill: from the header's number up to `new_seq` - 1 nothing will come."""

    new_seq: int


class Logout(Struct, frozen=True, kw_only=True):
    """Logout(5). `reason` is a SessionReason, or a number that a newer peer knows."""

    reason: int
    text: str


class EnterOrder(Struct, frozen=True, kw_only=True):
    """NewOrderSingle(D)."""

    cl_ord_id: int
    request_id: str
    account: str
    symbol: str
    side: Side
    ord_type: OrdType
    time_in_force: TimeInForce
    px: int
    qty: int
    stop_px: int = 0
    display_qty: int = 0
    min_qty: int = 0
    expire_ns: int = 0
    post_only: bool = False
    is_short: bool = False
    is_hidden: bool = False
    is_program: bool = False
    client_type: str = ""
    smp_id: str = ""
    smp_mode: int = 0
    credit: CashMargin = CashMargin.CASH
    loan_date: int = 0


class CancelOrder(Struct, frozen=True, kw_only=True):
    """OrderCancelRequest(F)."""

    cl_ord_id: int
    orig_cl_ord_id: int
    request_id: str
    account: str
    symbol: str
    side: Side


class AmendOrder(Struct, frozen=True, kw_only=True):
    """OrderCancelReplaceRequest(G)."""

    cl_ord_id: int
    orig_cl_ord_id: int
    request_id: str
    account: str
    symbol: str
    side: Side
    px: int
    qty: int
    stop_px: int = 0
    display_qty: int = 0
    ord_type: OrdType | None = None


class MassCancel(Struct, frozen=True, kw_only=True):
    """OrderMassCancelRequest(q)."""

    cl_ord_id: int
    account: str
    symbol: str


class MassStatusRequest(Struct, frozen=True, kw_only=True):
    """OrderMassStatusRequest(AF)."""

    mass_status_req_id: int


class KillSwitchRequest(Struct, frozen=True, kw_only=True):
    """Throw or release the venue's kill switch. Empty `account`, `symbol`, `smp_id`, no `side`: all of the member."""

    cl_ord_id: int
    account: str
    on: bool
    symbol: str = ""
    side: Side | None = None
    smp_id: str = ""


class Execution(Struct, frozen=True, kw_only=True):
    """ExecutionReport(8)."""

    cl_ord_id: int
    orig_cl_ord_id: int
    venue_order_id: int
    exec_id: int
    exec_type: ExecType
    ord_status: OrdStatus
    side: Side
    ord_type: OrdType
    time_in_force: TimeInForce
    reason_code: int
    px: int
    order_qty: int
    last_px: int
    last_qty: int
    leaves_qty: int
    cum_qty: int
    transact_ns: int
    request_id: str
    account: str
    symbol: str
    stop_px: int = 0
    display_qty: int = 0
    min_qty: int = 0
    expire_ns: int = 0
    post_only: bool = False
    is_short: bool = False
    text: str = ""
    credit: CashMargin = CashMargin.CASH
    loan_date: int = 0
    exec_ref_id: int = 0
    last_liquidity_ind: LastLiquidityInd = LastLiquidityInd.UNKNOWN


class CancelReject(Struct, frozen=True, kw_only=True):
    """OrderCancelReject(9)."""

    cl_ord_id: int
    orig_cl_ord_id: int
    response_to: CxlRejResponseTo
    ord_status: OrdStatus
    reason_code: int
    transact_ns: int
    request_id: str
    text: str = ""


class MassStatusEnd(Struct, frozen=True, kw_only=True):
    """All orders of the day have been reported in answer to a MassStatusRequest."""

    mass_status_req_id: int
    count: int
    transact_ns: int


class MassCancelReport(Struct, frozen=True, kw_only=True):
    """OrderMassCancelReport(r), after the reports of the cancelled orders."""

    cl_ord_id: int
    account: str
    symbol: str
    reason_code: int
    count: int
    transact_ns: int


class KillSwitchNotice(Struct, frozen=True, kw_only=True):
    """The kill switch stands as `on` says; `cl_ord_id` is 0 when the venue threw it. `count` orders were cancelled."""

    cl_ord_id: int
    account: str
    on: bool
    reason_code: int
    count: int
    transact_ns: int
    symbol: str = ""
    side: Side | None = None
    smp_id: str = ""


AdminMessage = Union[Logon, Heartbeat, TestRequest, ResendRequest, SequenceReset, Logout]
ClientMessage = Union[EnterOrder, CancelOrder, AmendOrder, MassCancel, MassStatusRequest, KillSwitchRequest]
VenueMessage = Union[Execution, CancelReject, MassStatusEnd, MassCancelReport, KillSwitchNotice]
AnyMessage = Union[AdminMessage, ClientMessage, VenueMessage]

MESSAGE_CLASSES: dict[str, type[Struct]] = {
    cls.__name__: cls
    for cls in (
        Logon,
        Heartbeat,
        TestRequest,
        ResendRequest,
        SequenceReset,
        Logout,
        EnterOrder,
        CancelOrder,
        AmendOrder,
        MassCancel,
        MassStatusRequest,
        KillSwitchRequest,
        Execution,
        CancelReject,
        MassStatusEnd,
        MassCancelReport,
        KillSwitchNotice,
    )
}
