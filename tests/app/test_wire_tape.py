"""Bytes are found again by order; the oldest go first, and the answer says so."""

from hts.app.wire_tape import CHUNK_BYTES_MAX, WireTape
from hts.model.enums import CxlRejResponseTo, ExecType, OrdStatus, OrdType, Side, TimeInForce
from hts.model.reports import ExecutionReport, OrderCancelReject
from hts.model.requests import NewOrderSingle, OrderCancelReplaceRequest, OrderCancelRequest, OrderMassStatusRequest
from hts.model.trace import TraceView, WireChunk

TERMS = {"request_id": "r", "account": "a", "symbol": "005930", "side": Side.BUY}
ORDER = {"ord_type": OrdType.LIMIT, "time_in_force": TimeInForce.DAY, "px": 70_000}


def new(cl_ord_id):
    return NewOrderSingle(cl_ord_id=cl_ord_id, **TERMS, **ORDER, qty=10)


def report(cl_ord_id, exec_type=ExecType.NEW, orig=0):
    return ExecutionReport(
        venue="KRX", venue_seq=1, cl_ord_id=cl_ord_id, orig_cl_ord_id=orig, venue_order_id=1, exec_type=exec_type,
        ord_status=OrdStatus.NEW, **TERMS, **ORDER, order_qty=10, leaves_qty=10, cum_qty=0, transact_ns=1,
    )  # fmt: skip


def told_of(tape, order_id):
    view = tape.completed(TraceView(order_id=order_id, ids=(order_id,)), {"KRX": "ums"})
    return view, [(chunk.is_sent, chunk.mono_ns, chunk.data, chunk.before) for chunk in view.chunks]


def test_request_answer_amend_and_cancel_of_one_order():
    tape = WireTape()
    tape.sent("KRX", new(1), b"new", 10)
    tape.sent("KRX", new(2), b"other", 11)
    tape.received("KRX", b"ack1 ack2", 20)
    tape.told("KRX", report(1))
    tape.told("KRX", report(2))
    tape.sent("KRX", OrderCancelReplaceRequest(cl_ord_id=3, orig_cl_ord_id=1, px=1, qty=1, **TERMS), b"amend", 30)
    tape.received("KRX", b"replaced", 40)
    tape.told("KRX", report(3, ExecType.REPLACED, orig=1))
    tape.sent("KRX", OrderCancelRequest(cl_ord_id=4, orig_cl_ord_id=3, **TERMS), b"cancel", 50)
    tape.received("KRX", b"no", 60)
    refused = OrderCancelReject(
        venue="KRX", venue_seq=2, cl_ord_id=4, orig_cl_ord_id=3, response_to=CxlRejResponseTo.CANCEL,
        ord_status=OrdStatus.NEW, reason_code=1, transact_ns=1,
    )  # fmt: skip
    tape.told("KRX", refused)
    view, bytes_of = told_of(tape, 1)
    assert bytes_of == [
        (True, 10, b"new", b""),
        (False, 20, b"ack1 ack2", b""),
        (True, 30, b"amend", b""),
        (False, 40, b"replaced", b"ack1 ack2"),
        (True, 50, b"cancel", b""),
        (False, 60, b"no", b"replaced"),
    ]
    assert view.chunks[0] == WireChunk(venue="KRX", protocol="ums", is_sent=True, mono_ns=10, data=b"new")
    assert (view.ids, view.forgotten) == ((1, 3, 4), False)
    assert told_of(tape, 2)[1] == [(True, 11, b"other", b""), (False, 20, b"ack1 ack2", b"")]


def test_two_reports_of_an_order_in_one_chunk_are_one_entry():
    tape = WireTape()
    tape.received("KRX", b"ack fill", 20)
    tape.told("KRX", report(1))
    tape.told("KRX", report(1, ExecType.TRADE))
    assert told_of(tape, 1)[1] == [(False, 20, b"ack fill", b"")]


def test_the_oldest_bytes_go_first_and_the_answer_says_so():
    tape = WireTape(bytes_max=250)
    for order_id in range(1, 5):
        tape.sent("KRX", new(order_id), b"x" * 100, order_id)
    tape.sent("KRX", OrderCancelRequest(cl_ord_id=9, orig_cl_ord_id=4, **TERMS), b"c" * 10, 9)
    assert [len(told_of(tape, order_id)[1]) for order_id in (1, 2, 3, 4)] == [0, 0, 1, 2]
    assert [told_of(tape, order_id)[0].forgotten for order_id in (1, 2, 3, 4)] == [True, True, False, False]
    assert tape._bytes == 210


def test_a_day_sent_again_is_no_single_orders():
    tape = WireTape()
    tape.received("KRX", b"status", 20)
    tape.told("KRX", report(1, ExecType.ORDER_STATUS))
    tape.received("KRX", b"y" * (CHUNK_BYTES_MAX + 1), 30)
    tape.told("KRX", report(1))
    tape.sent("KRX", OrderMassStatusRequest(mass_status_req_id=1), b"status?", 1)
    tape.sent("KRX", new(1), b"", 1)  # the gateway had no session: nothing left
    assert told_of(tape, 1)[1] == []
