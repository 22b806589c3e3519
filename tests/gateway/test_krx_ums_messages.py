from hts.gateway.krx_ums_messages import to_message, to_report
from hts.model.enums import CashMargin, ExecType, LastLiquidityInd, OrdStatus, OrdType, Side, TimeInForce
from hts.model.reports import ExecutionReport, KillSwitchNotice, MassStatusEnd, OrderMassCancelReport
from hts.model.requests import (
    KillSwitchRequest,
    NewOrderSingle,
    OrderCancelReplaceRequest,
    OrderCancelRequest,
    OrderMassCancelRequest,
    OrderMassStatusRequest,
)
from hts.wire.ums import messages as ums
from hts.wire.ums.events import MessageReceived
from tests.support.wire_ums import an_execution

COMMON = {"request_id": "r", "account": "8801-2745-01", "symbol": "005930", "side": Side.SELL}
MORE = {
    "stop_px": 7,
    "display_qty": 2,
    "min_qty": 1,
    "expire_ns": 9,
    "post_only": True,
    "is_short": True,
    "credit": CashMargin.MARGIN_CLOSE,
    "loan_date": 20261123,
}
LIMIT = {"ord_type": OrdType.MARKET, "time_in_force": TimeInForce.FOK}


def test_each_request_has_its_message():
    requests = [
        NewOrderSingle(cl_ord_id=1, **COMMON, **LIMIT, px=5, qty=6),
        NewOrderSingle(cl_ord_id=1, **COMMON, **LIMIT, px=5, qty=6, **MORE),
        OrderCancelRequest(cl_ord_id=2, orig_cl_ord_id=1, **COMMON),
        OrderCancelReplaceRequest(cl_ord_id=3, orig_cl_ord_id=1, **COMMON, px=7, qty=8),
        OrderMassCancelRequest(cl_ord_id=4, account="8801-2745-01", symbol="005930"),
        OrderMassStatusRequest(mass_status_req_id=5),
        KillSwitchRequest(cl_ord_id=6, account="", on=True),
    ]
    assert [to_message(r) for r in requests] == [
        ums.EnterOrder(cl_ord_id=1, **COMMON, **LIMIT, px=5, qty=6),
        ums.EnterOrder(cl_ord_id=1, **COMMON, **LIMIT, px=5, qty=6, **MORE),
        ums.CancelOrder(cl_ord_id=2, orig_cl_ord_id=1, **COMMON),
        ums.AmendOrder(cl_ord_id=3, orig_cl_ord_id=1, **COMMON, px=7, qty=8),
        ums.MassCancel(cl_ord_id=4, account="8801-2745-01", symbol="005930"),
        ums.MassStatusRequest(mass_status_req_id=5),
        ums.KillSwitchRequest(cl_ord_id=6, account="", on=True),
    ]


def a_message(message):
    return MessageReceived(seq=9, poss_dup=True, sending_ns=1, message=message)


def test_an_execution_keeps_every_field():
    message = an_execution(
        5,
        orig_cl_ord_id=4,
        exec_id=77,
        exec_ref_id=76,
        exec_type=ExecType.TRADE,
        ord_status=OrdStatus.PARTIALLY_FILLED,
        side=Side.SELL,
        time_in_force=TimeInForce.IOC,
        reason_code=13,
        last_px=70_900,
        last_qty=3,
        leaves_qty=7,
        cum_qty=3,
        stop_px=71_000,
        display_qty=2,
        min_qty=1,
        expire_ns=9,
        post_only=True,
        is_short=True,
        credit=CashMargin.MARGIN_OPEN,
        loan_date=20261123,
        text="no bid",
        last_liquidity_ind=LastLiquidityInd.AUCTION,
    )
    report = to_report(a_message(message), "KRX")
    assert isinstance(report, ExecutionReport)
    fields = {name: getattr(report, name) for name in ExecutionReport.__struct_fields__}
    local = {name: fields.pop(name) for name in ("venue", "venue_seq", "poss_dup")}
    assert local == {"venue": "KRX", "venue_seq": 9, "poss_dup": True}
    carried = set(ums.Execution.__struct_fields__)
    plain = {name: fields.pop(name) for name in set(fields) - carried}
    assert set(plain) == {"strategy", "user", "parent_id", "cum_value"}  # ours, or said by other messages or FIX alone
    assert not any(plain.values())
    assert fields == {name: getattr(message, name) for name in fields}
    assert set(fields) == carried


def test_the_end_of_a_mass_status_is_a_report():
    message = ums.MassStatusEnd(mass_status_req_id=5, count=2, transact_ns=3)
    assert to_report(a_message(message), "KRX") == MassStatusEnd(
        venue="KRX", venue_seq=9, mass_status_req_id=5, count=2, transact_ns=3
    )


def test_acts_on_many_orders_are_reports():
    common = {"cl_ord_id": 4, "account": "8801-2745-01", "reason_code": 8, "count": 2, "transact_ns": 3}
    head = {"venue": "KRX", "venue_seq": 9}
    cancelled = ums.MassCancelReport(symbol="005930", **common)
    assert to_report(a_message(cancelled), "KRX") == OrderMassCancelReport(symbol="005930", **head, **common)
    killed = ums.KillSwitchNotice(on=True, **common)
    assert to_report(a_message(killed), "KRX") == KillSwitchNotice(on=True, **head, **common)
