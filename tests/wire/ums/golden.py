"""Frames written by hand from the table in docs/wire/ums.md, one per message type."""

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
from hts.wire.ums.messages import (
    AmendOrder,
    CancelOrder,
    CancelReject,
    EnterOrder,
    Execution,
    Heartbeat,
    KillSwitchNotice,
    KillSwitchRequest,
    Logon,
    Logout,
    MassCancel,
    MassCancelReport,
    MassStatusEnd,
    MassStatusRequest,
    ResendRequest,
    SequenceReset,
    TestRequest,
)


def _bytes(*parts):
    """Hex digits for numbers, bytes for text."""
    return b"".join(p if isinstance(p, bytes) else bytes.fromhex(p) for p in parts)


def _head(length, kind, flags, seq):
    return _bytes(length, kind, flags, seq, "00 00 01 9c 00 00 00 00")


SENDING_NS = 0x0000_019C_0000_0000
REQUEST = b"req-0001                            "  # 36
ACCOUNT = b"8801-2745-01    "  # 16
SAMSUNG = b"005930      "  # 12
NOTHING_36 = b" " * 36

# (message, number, PossDup, frame)
GOLDEN = [
    (
        Logon(
            version=1, comp_id="HTS01", peer_id="KRX", password="sesame", epoch=3, next_expected_seq=258,
            heartbeat_ms=1000, cancel_on_disconnect=True, trading_date=20261123, speed_milli=1000,
            running="0.1.0+3f9ac2d1 0badcafe.deadbeef",
        ),
        5, False,
        _head("00 a7", b"A", "00", "00 00 00 05")
        + _bytes("00 01", b"HTS01           ", b"KRX             ", b"sesame                          ")
        + _bytes("00 00 00 03", "00 00 01 02", "00 00 03 e8", "01", "01 35 29 03", "00 00 03 e8")
        + b"0.1.0+3f9ac2d1 0badcafe.deadbeef" + b" " * 32,
    ),
    (Heartbeat(test_req_id=7), 6, False, _head("00 14", b"0", "00", "00 00 00 06") + _bytes("00 00 00 07")),
    (TestRequest(test_req_id=8), 6, False, _head("00 14", b"1", "00", "00 00 00 06") + _bytes("00 00 00 08")),
    (ResendRequest(begin_seq=9), 6, False, _head("00 14", b"2", "00", "00 00 00 06") + _bytes("00 00 00 09")),
    (SequenceReset(new_seq=10), 9, False, _head("00 14", b"4", "00", "00 00 00 09") + _bytes("00 00 00 0a")),
    (
        Logout(reason=6, text="number 5 expected, found 3"),
        6, False,
        _head("00 72", b"5", "00", "00 00 00 06") + _bytes("00 06", b"number 5 expected, found 3" + b" " * 70),
    ),
    (
        EnterOrder(
            cl_ord_id=1, request_id="req-0001", account="8801-2745-01", symbol="005930", side=Side.BUY,
            ord_type=OrdType.LIMIT, time_in_force=TimeInForce.DAY, px=71_000, qty=10, stop_px=70_900, display_qty=4,
            min_qty=2, expire_ns=256, post_only=True, is_short=False, is_hidden=True, is_program=False,
            client_type="P", smp_id="HSA00001", smp_mode=3, credit=CashMargin.MARGIN_OPEN, loan_date=20261123,
        ),
        7, False,
        _head("00 9e", b"D", "00", "00 00 00 07")
        + _bytes("00 00 00 00 00 00 00 01", REQUEST, ACCOUNT, SAMSUNG, b"1", b"2", b"0")
        + _bytes("00 00 00 00 00 01 15 58", "00 00 00 00 00 00 00 0a")
        + _bytes("00 00 00 00 00 01 14 f4", "00 00 00 00 00 00 00 04", "00 00 00 00 00 00 00 02")
        + _bytes("00 00 00 00 00 00 01 00", "01", "00", "01", "00", b"P", b"HSA00001", "03", b"2", "01 35 29 03"),
    ),
    (
        CancelOrder(
            cl_ord_id=2, orig_cl_ord_id=1, request_id="req-0001", account="8801-2745-01", symbol="005930",
            side=Side.SELL,
        ),
        8, False,
        _head("00 61", b"F", "00", "00 00 00 08")
        + _bytes("00 00 00 00 00 00 00 02", "00 00 00 00 00 00 00 01", REQUEST, ACCOUNT, SAMSUNG, b"2"),
    ),
    (
        AmendOrder(
            cl_ord_id=3, orig_cl_ord_id=1, request_id="req-0001", account="8801-2745-01", symbol="005930",
            side=Side.BUY, px=70_900, qty=4, stop_px=71_000, display_qty=2, ord_type=OrdType.BEST_OWN,
        ),
        9, False,
        _head("00 82", b"G", "00", "00 00 00 09")
        + _bytes("00 00 00 00 00 00 00 03", "00 00 00 00 00 00 00 01", REQUEST, ACCOUNT, SAMSUNG, b"1")
        + _bytes("00 00 00 00 00 01 14 f4", "00 00 00 00 00 00 00 04")
        + _bytes("00 00 00 00 00 01 15 58", "00 00 00 00 00 00 00 02", b"y"),
    ),
    (
        MassCancel(cl_ord_id=4, account="8801-2745-01", symbol=""),
        10, False,
        _head("00 34", b"q", "00", "00 00 00 0a")
        + _bytes("00 00 00 00 00 00 00 04", ACCOUNT, b"            "),
    ),
    (
        MassStatusRequest(mass_status_req_id=0x0102030405060708),
        11, False,
        _head("00 18", b"S", "00", "00 00 00 0b") + _bytes("01 02 03 04 05 06 07 08"),
    ),
    (
        KillSwitchRequest(cl_ord_id=6, account="8801-2745-01", on=True, symbol="005930", side=Side.SELL),
        11, False,
        _head("00 3e", b"K", "00", "00 00 00 0b")
        + _bytes("00 00 00 00 00 00 00 06", ACCOUNT, "01", SAMSUNG, b"2", b"        "),
    ),
    (
        Execution(
            cl_ord_id=3, orig_cl_ord_id=1, venue_order_id=44, exec_id=55, exec_type=ExecType.TRADE,
            ord_status=OrdStatus.PARTIALLY_FILLED, side=Side.BUY, ord_type=OrdType.LIMIT,
            time_in_force=TimeInForce.IOC, reason_code=13, px=71_000, order_qty=10, last_px=70_900, last_qty=4,
            leaves_qty=6, cum_qty=4, transact_ns=256, request_id="", account="8801-2745-01", symbol="0126Z0",
            stop_px=71_000, display_qty=3, min_qty=2, expire_ns=256, post_only=False, is_short=True, text="no bid",
            exec_ref_id=54, last_liquidity_ind=LastLiquidityInd.REMOVED,
        ),
        12, True,
        _head("01 0f", b"8", "01", "00 00 00 0c")
        + _bytes("00 00 00 00 00 00 00 03", "00 00 00 00 00 00 00 01", "00 00 00 00 00 00 00 2c")
        + _bytes("00 00 00 00 00 00 00 37", b"F", b"1", b"1", b"2", b"3", "00 0d")
        + _bytes("00 00 00 00 00 01 15 58", "00 00 00 00 00 00 00 0a")
        + _bytes("00 00 00 00 00 01 14 f4", "00 00 00 00 00 00 00 04")
        + _bytes("00 00 00 00 00 00 00 06", "00 00 00 00 00 00 00 04", "00 00 00 00 00 00 01 00")
        + _bytes(NOTHING_36, ACCOUNT, b"0126Z0      ")
        + _bytes("00 00 00 00 00 01 15 58", "00 00 00 00 00 00 00 03", "00 00 00 00 00 00 00 02")
        + _bytes("00 00 00 00 00 00 01 00", "00", "01", b"no bid" + b" " * 42, b"1", "00 00 00 00")
        + _bytes("00 00 00 00 00 00 00 36", b"2"),
    ),
    (
        CancelReject(
            cl_ord_id=2, orig_cl_ord_id=1, response_to=CxlRejResponseTo.REPLACE, ord_status=OrdStatus.FILLED,
            reason_code=10, transact_ns=256, request_id="req-0001", text="gone",
        ),
        13, False,
        _head("00 80", b"9", "00", "00 00 00 0d")
        + _bytes("00 00 00 00 00 00 00 02", "00 00 00 00 00 00 00 01", b"2", b"2", "00 0a")
        + _bytes("00 00 00 00 00 00 01 00", REQUEST, b"gone" + b" " * 44),
    ),
    (
        MassStatusEnd(mass_status_req_id=1, count=20, transact_ns=256),
        14, False,
        _head("00 24", b"E", "00", "00 00 00 0e")
        + _bytes("00 00 00 00 00 00 00 01", "00 00 00 14", "00 00 00 00 00 00 01 00"),
    ),
    (
        MassCancelReport(
            cl_ord_id=4, account="8801-2745-01", symbol="005930", reason_code=0, count=2, transact_ns=256
        ),
        15, False,
        _head("00 42", b"r", "00", "00 00 00 0f")
        + _bytes("00 00 00 00 00 00 00 04", ACCOUNT, SAMSUNG, "00 00", "00 00 00 02", "00 00 00 00 00 00 01 00"),
    ),
    (
        KillSwitchNotice(
            cl_ord_id=6, account="", on=True, reason_code=8, count=3, transact_ns=256, side=None, smp_id="G1"
        ),
        16, False,
        _head("00 4c", b"k", "00", "00 00 00 10")
        + _bytes("00 00 00 00 00 00 00 06", b"                ", "01", "00 08", "00 00 00 03")
        + _bytes("00 00 00 00 00 00 01 00", b"            ", b" ", b"G1      "),
    ),
]  # fmt: skip
