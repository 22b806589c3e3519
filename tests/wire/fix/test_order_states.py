"""Order state change matrices (FIX 4.4 volume 4): the reports as FIX messages, read and applied to our order.

A row is what the venue says: ClOrdID, ExecType, OrdStatus, OrderQty, CumQty, LeavesQty, LastQty. X is the order, Y
and Z are requests on it. While a request of ours is on its way our order shows it, also where a report crosses it that
does not know of it yet: such rows end with what our order shows.
"""

import pytest

from hts.model.enums import CxlRejResponseTo, ExecType, OrdStatus
from hts.model.reports import ExecutionReport
from hts.oms.order import Order, apply_report, refuse_request, request_cancel, request_replace
from hts.oms.order_state import IllegalTransitionError
from hts.wire.fix.orders import OrderMessages
from tests.support.builders import SYMBOL, VENUE, a_cancel_entry, a_cancel_reject, a_replace_entry, a_report, an_order
from tests.wire.fix.kit import a_dictionary
from tests.wire.fix.test_application import received

E, S = ExecType, OrdStatus
IDS = {"X": 1, "Y": 2, "Z": 3}
QTY = 10_000
ACCEPTED = ("X", E.NEW, S.NEW, QTY, 0, QTY, 0)
FIRST_FILL = ("X", E.TRADE, S.PARTIALLY_FILLED, QTY, 1_000, 9_000, 1_000)


def pending_replace(cl: str, qty: int, cum: int) -> tuple:
    return (cl, E.PENDING_REPLACE, S.PENDING_REPLACE, qty, cum, qty - cum, 0)


SCENARIOS = {
    "filled order": [
        ACCEPTED,
        ("X", E.TRADE, S.PARTIALLY_FILLED, QTY, 2_000, 8_000, 2_000),
        ("X", E.TRADE, S.PARTIALLY_FILLED, QTY, 3_000, 7_000, 1_000),
        ("X", E.TRADE, S.FILLED, QTY, QTY, 0, 7_000),
    ],
    "rejected order": [("X", E.REJECTED, S.REJECTED, QTY, 0, 0, 0)],
    "accepted order that is rejected": [ACCEPTED, ("X", E.REJECTED, S.REJECTED, QTY, 0, 0, 0)],
    "part-filled day order expires": [FIRST_FILL, ("X", E.EXPIRED, S.EXPIRED, QTY, 1_000, 0, 0)],
    "cancel of a zero-filled order": [
        ACCEPTED,
        "cancel Y",
        ("Y", E.PENDING_CANCEL, S.PENDING_CANCEL, QTY, 0, QTY, 0),
        ("Y", E.CANCELED, S.CANCELED, QTY, 0, 0, 0),
    ],
    "cancel of a zero-filled order is refused": [ACCEPTED, "cancel Y", ("refused", "Y", S.NEW)],
    "cancel of a part-filled order, executions while it is active": [
        ACCEPTED,
        ("X", E.TRADE, S.PARTIALLY_FILLED, QTY, 2_000, 8_000, 2_000),
        "cancel Y",
        ("X", E.TRADE, S.PARTIALLY_FILLED, QTY, 5_000, 5_000, 3_000, S.PENDING_CANCEL),
        ("Y", E.PENDING_CANCEL, S.PENDING_CANCEL, QTY, 5_000, 5_000, 0),
        ("X", E.TRADE, S.PENDING_CANCEL, QTY, 6_000, 4_000, 1_000),
        ("Y", E.CANCELED, S.CANCELED, QTY, 6_000, 0, 0),
    ],
    "cancel of a part-filled order is refused while executions go on": [
        ACCEPTED,
        FIRST_FILL,
        "cancel Y",
        ("Y", E.PENDING_CANCEL, S.PENDING_CANCEL, QTY, 1_000, 9_000, 0),
        ("X", E.TRADE, S.PENDING_CANCEL, QTY, 2_000, 8_000, 1_000),
        ("refused", "Y", S.PARTIALLY_FILLED),
    ],
    "order that is filled before the cancel is accepted": [
        ACCEPTED,
        FIRST_FILL,
        "cancel Y",
        ("Y", E.PENDING_CANCEL, S.PENDING_CANCEL, QTY, 1_000, 9_000, 0),
        ("X", E.TRADE, S.FILLED, QTY, QTY, 0, 9_000),
        ("refused", "Y", S.FILLED),
    ],
    "cancel of an order that is not yet acknowledged": [
        "cancel Y",
        ("Y", E.PENDING_CANCEL, S.PENDING_CANCEL, QTY, 0, QTY, 0),
        ("X", E.NEW, S.PENDING_CANCEL, QTY, 0, QTY, 0),
        ("Y", E.CANCELED, S.CANCELED, QTY, 0, 0, 0),
    ],
    "acknowledgement and cancel cross": [
        "cancel Y",
        ("X", E.NEW, S.NEW, QTY, 0, QTY, 0, S.PENDING_CANCEL),
        ("Y", E.CANCELED, S.CANCELED, QTY, 0, 0, 0),
    ],
    "replace to increase the quantity of a zero-filled order": [
        ACCEPTED,
        "replace Y 11000",
        pending_replace("Y", QTY, 0),
        ("Y", E.REPLACED, S.NEW, 11_000, 0, 11_000, 0),
        ("Y", E.TRADE, S.PARTIALLY_FILLED, 11_000, 1_000, 10_000, 1_000),
        ("Y", E.TRADE, S.PARTIALLY_FILLED, 11_000, 3_000, 8_000, 2_000),
    ],
    "replace to increase the quantity of a part-filled order, execution while it is pending": [
        ACCEPTED,
        FIRST_FILL,
        "replace Y 12000",
        pending_replace("Y", QTY, 1_000),
        ("X", E.TRADE, S.PENDING_REPLACE, QTY, 1_100, 8_900, 100),
        ("Y", E.REPLACED, S.PARTIALLY_FILLED, 12_000, 1_100, 10_900, 0),
        ("Y", E.TRADE, S.FILLED, 12_000, 12_000, 0, 10_900),
    ],
    "replace of the price is refused because the order was filled": [
        ACCEPTED,
        FIRST_FILL,
        "replace Y 10000",
        ("X", E.TRADE, S.FILLED, QTY, QTY, 0, 9_000),
        ("refused", "Y", S.FILLED),
    ],
    "replace to decrease crosses an execution, above CumQty: replaced, then filled": [
        ACCEPTED,
        FIRST_FILL,
        "replace Y 8000",
        ("X", E.TRADE, S.PARTIALLY_FILLED, QTY, 1_500, 8_500, 500, S.PENDING_REPLACE),
        pending_replace("Y", QTY, 1_500),
        ("X", E.TRADE, S.PENDING_REPLACE, QTY, 1_600, 8_400, 100),
        ("Y", E.REPLACED, S.PARTIALLY_FILLED, 8_000, 1_600, 6_400, 0),
        ("Y", E.TRADE, S.FILLED, 8_000, 8_000, 0, 6_400),
    ],
    "replace to decrease crosses an execution, equal to CumQty": [
        ACCEPTED,
        "replace Y 7000",
        ("X", E.TRADE, S.PARTIALLY_FILLED, QTY, 7_000, 3_000, 7_000, S.PENDING_REPLACE),
        ("Y", E.REPLACED, S.FILLED, 7_000, 7_000, 0, 0),
    ],
    "replace to decrease crosses an execution, below CumQty: amended to CumQty": [
        ACCEPTED,
        "replace Y 7000",
        ("X", E.TRADE, S.PARTIALLY_FILLED, QTY, 8_000, 2_000, 8_000, S.PENDING_REPLACE),
        ("Y", E.REPLACED, S.FILLED, 8_000, 8_000, 0, 0),
    ],
    "two replaces one after the other, both accepted": [
        ACCEPTED,
        FIRST_FILL,
        "replace Y 8000",
        pending_replace("Y", QTY, 1_000),
        ("X", E.TRADE, S.PENDING_REPLACE, QTY, 1_500, 8_500, 500),
        ("Y", E.REPLACED, S.PARTIALLY_FILLED, 8_000, 1_500, 6_500, 0),
        ("Y", E.TRADE, S.PARTIALLY_FILLED, 8_000, 3_500, 4_500, 2_000),
        "replace Z 6000",
        pending_replace("Z", 8_000, 3_500),
        ("Z", E.REPLACED, S.PARTIALLY_FILLED, 6_000, 3_500, 2_500, 0),
        ("Z", E.TRADE, S.FILLED, 6_000, 6_000, 0, 2_500),
    ],
    "a replace is refused before it is pending, another one accepted": [
        ACCEPTED,
        FIRST_FILL,
        "replace Y 8000",
        ("refused", "Y", S.PARTIALLY_FILLED),
        "replace Z 6000",
        pending_replace("Z", QTY, 1_000),
        ("Z", E.REPLACED, S.PARTIALLY_FILLED, 6_000, 1_000, 5_000, 0),
    ],
    "a replace is refused after it was pending, another one accepted": [
        ACCEPTED,
        FIRST_FILL,
        "replace Y 8000",
        pending_replace("Y", QTY, 1_000),
        ("refused", "Y", S.PARTIALLY_FILLED),
        "replace Z 6000",
        ("Z", E.REPLACED, S.PARTIALLY_FILLED, 6_000, 1_000, 5_000, 0),
    ],
    "two replaces at once, dealt with one after the other": [
        ACCEPTED,
        FIRST_FILL,
        "replace Y 8000",
        "replace Z 6000",
        pending_replace("Y", QTY, 1_000),
        ("Y", E.REPLACED, S.PARTIALLY_FILLED, 8_000, 1_000, 7_000, 0, S.PENDING_REPLACE),
        pending_replace("Z", 8_000, 1_000),
        ("Z", E.REPLACED, S.PARTIALLY_FILLED, 6_000, 1_000, 5_000, 0),
    ],
    "unsolicited cancel of a part-filled order": [
        ACCEPTED,
        FIRST_FILL,
        ("X", E.CANCELED, S.CANCELED, QTY, 1_000, 0, 0),
    ],
    "unsolicited replace of a part-filled order": [
        ACCEPTED,
        FIRST_FILL,
        ("X", E.RESTATED, S.PARTIALLY_FILLED, 9_000, 1_000, 8_000, 0),
    ],
    "fill or kill that cannot be filled": [ACCEPTED, ("X", E.CANCELED, S.CANCELED, QTY, 0, 0, 0)],
    "immediate or cancel that is hit in part": [ACCEPTED, FIRST_FILL, ("X", E.CANCELED, S.CANCELED, QTY, 1_000, 0, 0)],
    "possible resend of a known order: its state is told again": [
        ACCEPTED,
        FIRST_FILL,
        ("X", E.ORDER_STATUS, S.PARTIALLY_FILLED, QTY, 1_000, 9_000, 0),
    ],
}

# What the venues that we trade at cannot say is refused, not guessed.
REFUSED = {
    "done for the day": [ACCEPTED, ("X", E.DONE_FOR_DAY, S.DONE_FOR_DAY, QTY, 0, QTY, 0)],
    "stopped": [ACCEPTED, ("X", E.STOPPED, S.STOPPED, QTY, 0, QTY, 0)],
    "suspended": [ACCEPTED, ("X", E.SUSPENDED, S.SUSPENDED, QTY, 0, QTY, 0)],
    "calculated": [ACCEPTED, ("X", E.CALCULATED, S.CALCULATED, QTY, 0, QTY, 0)],
    "trade corrected": [ACCEPTED, FIRST_FILL, ("X", E.TRADE_CORRECT, S.PARTIALLY_FILLED, QTY, 1_000, 9_000, 0)],
    "trade cancelled": [ACCEPTED, FIRST_FILL, ("X", E.TRADE_CANCEL, S.NEW, QTY, 1_000, 9_000, 0)],
}
MESSAGES = OrderMessages(a_dictionary(), lambda _symbol: 0)


def through_fix(report):
    """The report as the peer's FIX message tells it."""
    return MESSAGES.read_report(received("FIX.4.4", MESSAGES.report(report), seq=report.venue_seq), VENUE)


def an_execution(row: tuple, seq: int) -> ExecutionReport:
    cl, exec_type, status, qty, cum, leaves, last = row[:7]
    return a_report(
        exec_type,
        venue_seq=seq,
        cl_ord_id=IDS[cl],
        orig_cl_ord_id=0 if cl == "X" else 1,
        ord_status=status,
        order_qty=qty,
        cum_qty=cum,
        leaves_qty=leaves,
        last_qty=last,
        last_px=71_000 if last else 0,
        symbol=SYMBOL,
        exec_id=seq,
    )


def played(rows: list) -> list[tuple[Order, tuple]]:
    """The order after each row."""
    order, found = an_order(qty=QTY), []
    for seq, row in enumerate(rows, 1):
        if isinstance(row, str):
            kind, cl, *qty = row.split()
            if kind == "cancel":
                order = request_cancel(order, a_cancel_entry(IDS[cl]))
            else:
                order = request_replace(order, a_replace_entry(IDS[cl], qty=int(qty[0])))
            continue
        if row[0] == "refused":
            reject = a_cancel_reject(IDS[row[1]], venue_seq=seq, ord_status=row[2], response_to=CxlRejResponseTo.CANCEL)
            order = refuse_request(order, through_fix(reject))
        else:
            order = apply_report(order, through_fix(an_execution(row, seq)))
        found.append((order, row))
    return found


@pytest.mark.parametrize("rows", SCENARIOS.values(), ids=SCENARIOS)
def test_matrix(rows):
    for order, row in played(rows):
        if row[0] == "refused":
            assert order.ord_status is row[2]
            continue
        assert (order.order_qty, order.cum_qty, order.leaves_qty) == row[3:6], row
        assert order.ord_status is (row[7] if len(row) > 7 else row[2]), row


@pytest.mark.parametrize("rows", REFUSED.values(), ids=REFUSED)
def test_what_our_venues_cannot_say_is_refused(rows):
    with pytest.raises(IllegalTransitionError):
        played(rows)
