"""The order state change matrices of FIX 4.4 and 5.0 SP2 (volume 4, appendix D) as rows; see test_order_states.py.

A row is what the venue says: ClOrdID, ExecType, OrdStatus, OrderQty, CumQty, LeavesQty, LastQty, and more by name. X
is the order, Y and Z are requests on it. "cancel Y" and "replace Y 8000" are requests of ours on their way,
"refused Y" with the status told is an OrderCancelReject(9). More by name: `px` of a fill, `exec` and `ref` for
ExecID(17) and ExecRefID(19), `reason`, and `shows` where our order knows of a request that the report does not (a
report that crosses it), or where it is over while the venue still shows the request.
"""

from hts.model.enums import ExecType as E
from hts.model.enums import OrdStatus as S
from hts.model.reasons import Reason

QTY = 10_000
P_CXL, P_REP, PART = S.PENDING_CANCEL, S.PENDING_REPLACE, S.PARTIALLY_FILLED


def row(cl, exec_type, status, quantities, **more):
    order_qty, cum_qty, leaves_qty, last_qty = quantities
    return {"cl": cl, "type": exec_type, "status": status, "order_qty": order_qty, "cum_qty": cum_qty,
            "leaves_qty": leaves_qty, "last_qty": last_qty, **more}  # fmt: skip


def trade(cl, status, order_qty, cum_qty, last_qty, **more):
    return row(cl, E.TRADE, status, (order_qty, cum_qty, order_qty - cum_qty, last_qty), **more)


def pending(cl, status, order_qty, cum_qty, **more):
    kind = E.PENDING_CANCEL if status is P_CXL else E.PENDING_REPLACE
    return row(cl, kind, status, (order_qty, cum_qty, order_qty - cum_qty, 0), **more)


def replaced(cl, status, order_qty, cum_qty, **more):
    return row(cl, E.REPLACED, status, (order_qty, cum_qty, order_qty - cum_qty, 0), **more)


def canceled(cl, cum_qty, order_qty=QTY, **more):
    return row(cl, E.CANCELED, S.CANCELED, (order_qty, cum_qty, 0, 0), **more)


def restated(status, order_qty, cum_qty, **more):
    return row("X", E.RESTATED, status, (order_qty, cum_qty, order_qty - cum_qty, 0), **more)


def told(status, cum_qty, leaves_qty, **more):
    """The answer to an OrderStatusRequest(H)."""
    return row("X", E.ORDER_STATUS, status, (QTY, cum_qty, leaves_qty, 0), **more)


def corrected(kind, quantities, **more):
    return row("X", kind, more.pop("status"), quantities, **more)


NEW = row("X", E.NEW, S.NEW, (QTY, 0, QTY, 0))
REJECTED = row("X", E.REJECTED, S.REJECTED, (QTY, 0, 0, 0))
FILL_1000 = trade("X", PART, QTY, 1_000, 1_000)
FILL_2000 = trade("X", PART, QTY, 2_000, 2_000)
PARTLY = [NEW, FILL_1000]
# A GT order on its first day and the next morning.
DAY_1 = [NEW, FILL_2000, row("X", E.DONE_FOR_DAY, S.DONE_FOR_DAY, (QTY, 2_000, 8_000, 0))]
RENEWED = restated(PART, QTY, 2_000)

VANILLA = {
    "A.1.a filled order": [
        NEW, FILL_2000, trade("X", PART, QTY, 3_000, 1_000), trade("X", S.FILLED, QTY, QTY, 7_000),
    ],
    "A.1.a rejected order": [REJECTED],
    "A.1.a rejected after it was accepted": [NEW, REJECTED],
    "A.1.b part-filled day order, done for day": [
        NEW, FILL_2000, trade("X", PART, QTY, 3_000, 1_000),
        row("X", E.DONE_FOR_DAY, S.DONE_FOR_DAY, (QTY, 3_000, 0, 0)),
    ],
    "A.1.b part-filled day order, expired": [*PARTLY, row("X", E.EXPIRED, S.EXPIRED, (QTY, 1_000, 0, 0))],
}  # fmt: skip

CANCEL = {
    "B.1.a cancel of a zero-filled order": [NEW, "cancel Y", pending("Y", P_CXL, QTY, 0), canceled("Y", 0)],
    "B.1.a refused at once": [NEW, "cancel Y", ("refused Y", S.NEW)],
    "B.1.a refused after it was pending": [NEW, "cancel Y", pending("Y", P_CXL, QTY, 0), ("refused Y", S.NEW)],
    "B.1.b cancel of a part-filled order, executions while it is active": [
        NEW, FILL_2000, "cancel Y", trade("X", PART, QTY, 5_000, 3_000, shows=P_CXL),
        pending("Y", P_CXL, QTY, 5_000), trade("X", P_CXL, QTY, 6_000, 1_000), canceled("Y", 6_000),
    ],
    "B.1.b refused while executions go on": [
        NEW, FILL_2000, "cancel Y", trade("X", PART, QTY, 5_000, 3_000, shows=P_CXL),
        pending("Y", P_CXL, QTY, 5_000), trade("X", P_CXL, QTY, 6_000, 1_000), ("refused Y", PART),
    ],
    "B.1.c order that is filled before the cancel can be accepted": [
        NEW, FILL_2000, "cancel Y", trade("X", PART, QTY, 5_000, 3_000, shows=P_CXL),
        pending("Y", P_CXL, QTY, 5_000), trade("X", P_CXL, QTY, QTY, 5_000, shows=S.FILLED),
        ("refused Y", S.FILLED),
    ],
    "B.1.d cancel of an order that is not yet acknowledged": [
        "cancel Y", pending("Y", P_CXL, QTY, 0), row("X", E.NEW, P_CXL, (QTY, 0, QTY, 0)), canceled("Y", 0),
    ],
    "B.1.d refused": [
        "cancel Y", pending("Y", P_CXL, QTY, 0), row("X", E.NEW, P_CXL, (QTY, 0, QTY, 0)), ("refused Y", S.NEW),
    ],
    "B.1.d the order itself is rejected": ["cancel Y", pending("Y", P_CXL, QTY, 0), REJECTED],
    "B.1.e acknowledgement and cancel cross": [
        "cancel Y", row("X", E.NEW, S.NEW, (QTY, 0, QTY, 0), shows=P_CXL), pending("Y", P_CXL, QTY, 0),
        canceled("Y", 0),
    ],
    "B.1.f cancel of an order that the venue does not know": ["cancel Y", ("refused Y", S.REJECTED, S.PENDING_NEW)],
}  # fmt: skip

QUANTITY = {
    "C.1.a replace to increase a zero-filled order": [
        NEW, "replace Y 11000", pending("Y", P_REP, QTY, 0), replaced("Y", S.NEW, 11_000, 0),
        trade("Y", PART, 11_000, 1_000, 1_000), trade("Y", PART, 11_000, 3_000, 2_000),
    ],
    "C.1.a refused": [NEW, "replace Y 11000", pending("Y", P_REP, QTY, 0), ("refused Y", S.NEW)],
    "C.1.b replace to increase a part-filled order, execution while it is pending": [
        *PARTLY, "replace Y 12000", pending("Y", P_REP, QTY, 1_000), trade("X", P_REP, QTY, 1_100, 100),
        replaced("Y", PART, 12_000, 1_100), trade("Y", S.FILLED, 12_000, 12_000, 10_900),
    ],
    "C.1.b refused": [
        *PARTLY, "replace Y 12000", pending("Y", P_REP, QTY, 1_000), trade("X", P_REP, QTY, 1_100, 100),
        ("refused Y", PART),
    ],
    "C.1.c replace to increase a filled order": [
        NEW, trade("X", S.FILLED, QTY, QTY, QTY), "replace Y 12000", pending("Y", P_REP, QTY, QTY, shows=S.FILLED),
        replaced("Y", PART, 12_000, QTY), trade("Y", S.FILLED, 12_000, 12_000, 2_000),
    ],
    "C.1.c refused": [NEW, trade("X", S.FILLED, QTY, QTY, QTY), "replace Y 12000", ("refused Y", S.FILLED)],
    "C.2.a replace of the price is refused as a fill has occurred": [
        *PARTLY, "replace Y 10000", trade("X", S.FILLED, QTY, QTY, 9_000), ("refused Y", S.FILLED),
    ],
    "C.3.a replace to decrease crosses an execution, above CumQty": [
        *PARTLY, "replace Y 8000", trade("X", PART, QTY, 1_500, 500, shows=P_REP), pending("Y", P_REP, QTY, 1_500),
        trade("X", P_REP, QTY, 1_600, 100), replaced("Y", PART, 8_000, 1_600),
        trade("Y", S.FILLED, 8_000, 8_000, 6_400),
    ],
    "C.3.a refused": [
        *PARTLY, "replace Y 8000", trade("X", PART, QTY, 1_500, 500, shows=P_REP), pending("Y", P_REP, QTY, 1_500),
        trade("X", P_REP, QTY, 1_600, 100), ("refused Y", PART),
    ],
    "C.3.b replace to decrease crosses an execution, equal to CumQty": [
        NEW, "replace Y 7000", trade("X", PART, QTY, 7_000, 7_000, shows=P_REP), replaced("Y", S.FILLED, 7_000, 7_000),
    ],
    "C.3.c replace to decrease crosses an execution, below CumQty": [
        NEW, "replace Y 7000", trade("X", PART, QTY, 8_000, 8_000, shows=P_REP), replaced("Y", S.FILLED, 8_000, 8_000),
    ],
}  # fmt: skip

CHAINS = {
    "D.1.a one replace is accepted, then another": [
        *PARTLY, "replace Y 8000", pending("Y", P_REP, QTY, 1_000), trade("X", P_REP, QTY, 1_500, 500),
        replaced("Y", PART, 8_000, 1_500), trade("Y", PART, 8_000, 3_500, 2_000), "replace Z 6000",
        pending("Z", P_REP, 8_000, 3_500), trade("Y", P_REP, 8_000, 4_000, 500), replaced("Z", PART, 6_000, 4_000),
        trade("Z", S.FILLED, 6_000, 6_000, 2_000),
    ],
    "D.1.b one replace is refused before it is pending, another is accepted": [
        *PARTLY, "replace Y 8000", ("refused Y", PART), trade("X", PART, QTY, 1_500, 500), "replace Z 6000",
        pending("Z", P_REP, QTY, 1_500), replaced("Z", PART, 6_000, 1_500), trade("Z", PART, 6_000, 5_000, 3_500),
    ],
    "D.1.c one replace is refused after it was pending, another is accepted": [
        *PARTLY, "replace Y 8000", pending("Y", P_REP, QTY, 1_000), trade("X", P_REP, QTY, 1_500, 500),
        ("refused Y", PART), trade("X", PART, QTY, 3_500, 2_000), "replace Z 6000", pending("Z", P_REP, QTY, 3_500),
        replaced("Z", PART, 6_000, 3_500), trade("Z", PART, 6_000, 5_000, 1_500),
    ],
    "D.2.a two replaces at once, dealt with one after the other": [
        *PARTLY, "replace Y 8000", "replace Z 7000", pending("Y", P_REP, QTY, 1_000),
        replaced("Y", PART, 8_000, 1_000, shows=P_REP), pending("Z", P_REP, 8_000, 1_000),
        replaced("Z", PART, 7_000, 1_000), trade("Z", S.FILLED, 7_000, 7_000, 6_000),
    ],
    "D.2.b two replaces at once, both pending before either is done": [
        *PARTLY, "replace Y 8000", "replace Z 7000", pending("Y", P_REP, QTY, 1_000),
        pending("Z", P_REP, 8_000, 1_000, ours=(QTY, 1_000, 9_000)), replaced("Y", P_REP, 8_000, 1_000),
        replaced("Z", PART, 7_000, 1_000), trade("Z", S.FILLED, 7_000, 7_000, 6_000),
    ],
    "D.2.c two replaces at once, the second is refused because the first is pending": [
        *PARTLY, "replace Y 8000", "replace Z 7000", pending("Y", P_REP, QTY, 1_000), ("refused Z", P_REP),
        replaced("Y", PART, 8_000, 1_000), trade("Y", PART, 8_000, 3_000, 2_000),
    ],
    "D.2 a cancel is sent while a replace is pending": [
        *PARTLY, "replace Y 8000", pending("Y", P_REP, QTY, 1_000), "cancel Z",
        replaced("Y", PART, 8_000, 1_000, shows=P_CXL), pending("Z", P_CXL, 8_000, 1_000),
        canceled("Z", 1_000, order_qty=8_000),
    ],
}  # fmt: skip

UNSOLICITED = {
    "E.1.a telephoned order: the first we hear of it is its acceptance": ["unknown", NEW, FILL_1000],
    "E.1.b unsolicited cancel of a part-filled order": [*PARTLY, canceled("X", 1_000)],
    "E.1.c unsolicited replacement of a part-filled order": [
        NEW, restated(S.NEW, 11_000, 0), trade("X", PART, 11_000, 1_000, 1_000), restated(PART, 12_000, 1_000),
    ],
    "E.1.d unsolicited reduction of the quantity": [*PARTLY, restated(PART, 9_000, 1_000)],
    "E.1.d unsolicited reduction to what was filled": [*PARTLY, restated(S.FILLED, 1_000, 1_000)],
}  # fmt: skip

REFUSALS = {
    "F.1.a an order with a known ClOrdID is rejected; the first order stands": [
        *PARTLY, {**REJECTED, "reason": Reason.DUPLICATE_CL_ORD_ID, "impossible": True},
        trade("X", PART, QTY, 2_000, 1_000),
    ],
    "F.1.b possible resend of a known order: its state is told again": [NEW, told(S.NEW, 0, QTY)],
    "F.1.b possible resend of an unknown order: it is new": [NEW],
    "F.1.c rejected because it was submitted by voice before": [REJECTED],
    "G.1.a status of an order that the venue does not know": [told(S.REJECTED, 0, 0, reason=Reason.UNKNOWN_ORDER)],
    "G.1.b nothing done": [NEW, told(S.NEW, 0, QTY, text="nothing done")],
    "G.1.c status asked for again and again": [
        told(S.PENDING_NEW, 0, QTY, shows=S.PENDING_NEW), NEW, told(S.NEW, 0, QTY), FILL_2000,
        told(PART, 2_000, 8_000), trade("X", S.FILLED, QTY, QTY, 8_000), told(S.FILLED, QTY, 0),
    ],
    "G.1.c status of an order that is being cancelled": [
        NEW, FILL_2000, "cancel Y", pending("Y", P_CXL, QTY, 2_000), told(P_CXL, 2_000, 8_000),
        canceled("Y", 2_000), told(S.CANCELED, 2_000, 0),
    ],
    "I.1.a fill or kill that cannot be filled": [NEW, canceled("X", 0, reason=Reason.NO_LIQUIDITY)],
    "I.1.b immediate or cancel that cannot be hit": [NEW, canceled("X", 0, reason=Reason.NO_LIQUIDITY)],
    "I.1.b immediate or cancel that is hit in part": [*PARTLY, canceled("X", 1_000, reason=Reason.NO_LIQUIDITY)],
}  # fmt: skip

GT = {
    "H.1.a partially filled, renewed and partially filled the next day": [
        *DAY_1, RENEWED, trade("X", PART, QTY, 3_000, 1_000),
    ],
    "H.1.b a 2:1 split overnight, then filled": [
        *DAY_1, restated(PART, 20_000, 4_000), trade("X", PART, 20_000, 9_000, 5_000),
        trade("X", S.FILLED, 20_000, 20_000, 11_000),
    ],
    "H.1.c renewed and cancelled the next day": [
        *DAY_1, RENEWED, "cancel Y", pending("Y", P_CXL, QTY, 2_000), canceled("Y", 2_000),
    ],
    "H.1.c the cancel is refused": [
        *DAY_1, RENEWED, "cancel Y", pending("Y", P_CXL, QTY, 2_000), ("refused Y", PART),
    ],
    "H.1.d renewed, then replaced to increase": [
        *DAY_1, RENEWED, "replace Y 15000", pending("Y", P_REP, QTY, 2_000), trade("X", P_REP, QTY, 3_000, 1_000),
        replaced("Y", PART, 15_000, 3_000),
    ],
    "H.1 cancelled overnight, the cancel refused: still done for the day": [
        *DAY_1, "cancel Y", ("refused Y", S.DONE_FOR_DAY), RENEWED,
    ],
    "H.1 expires after the close": [*DAY_1, row("X", E.EXPIRED, S.EXPIRED, (QTY, 2_000, 0, 0))],
}  # fmt: skip

CANCELED, CORRECT = E.TRADE_CANCEL, E.TRADE_CORRECT
AFTERWARDS = {
    "J.1.a filled order, fills corrected and cancelled": [
        NEW, trade("X", PART, QTY, 1_000, 1_000, px=100, exec=3), trade("X", S.FILLED, QTY, QTY, 9_000, px=110, exec=4),
        corrected(CANCELED, (QTY, 9_000, 1_000, 0), status=PART, ref=3, value=9_000 * 110),
        corrected(CORRECT, (QTY, 9_000, 1_000, 9_000), status=PART, px=100, ref=4, exec=6, value=9_000 * 100),
        trade("X", S.FILLED, QTY, QTY, 1_000, px=120, exec=7, value=1_020_000),
        corrected(CORRECT, (QTY, QTY, 0, 9_000), status=S.FILLED, px=120, ref=6, exec=8, value=QTY * 120),
        "replace Y 12000", pending("Y", P_REP, QTY, QTY, shows=S.FILLED), replaced("Y", PART, 12_000, QTY),
        corrected(CORRECT, (12_000, 10_500, 1_500, 9_500), status=PART, px=120, ref=8, exec=11, value=10_500 * 120),
    ],
    "J.1.b cancelled order, its fill is cancelled and a new one told": [
        NEW, trade("X", PART, QTY, 5_000, 5_000, px=50, exec=2), "cancel Y", pending("Y", P_CXL, QTY, 5_000),
        canceled("Y", 5_000), corrected(CANCELED, (QTY, 0, 0, 0), status=S.CANCELED, ref=2, value=0),
        row("X", E.TRADE, S.CANCELED, (QTY, 4_000, 0, 4_000), px=51, exec=6, value=4_000 * 51),
    ],
    "J.1.c GT order, fills of both days corrected": [
        NEW, trade("X", PART, QTY, 2_000, 2_000, px=100, exec=2),
        row("X", E.DONE_FOR_DAY, S.DONE_FOR_DAY, (QTY, 2_000, 8_000, 0)), RENEWED,
        trade("X", PART, QTY, 3_000, 1_000, px=110, exec=5),
        corrected(CORRECT, (QTY, 2_500, 7_500, 1_500), status=PART, px=100, ref=2, exec=6, value=260_000),
        corrected(CORRECT, (QTY, 2_000, 8_000, 500), status=PART, px=110, ref=5, exec=7, value=205_000),
    ],
    "J.1.d day order, done for day, then a fill corrected and one cancelled": [
        NEW, trade("X", PART, QTY, 2_000, 2_000, px=100, exec=2), trade("X", PART, QTY, 3_000, 1_000, px=110, exec=3),
        row("X", E.DONE_FOR_DAY, S.DONE_FOR_DAY, (QTY, 3_000, 0, 0)),
        corrected(CORRECT, (QTY, 2_500, 0, 1_500), status=S.DONE_FOR_DAY, px=100, ref=2, exec=5, value=260_000),
        corrected(CANCELED, (QTY, 1_500, 0, 1_000), status=S.DONE_FOR_DAY, px=110, ref=3, exec=6, value=150_000),
    ],
    "J.1 a fill is cancelled while a cancel is pending": [
        NEW, trade("X", PART, QTY, 2_000, 2_000, px=100, exec=2), "cancel Y", pending("Y", P_CXL, QTY, 2_000),
        corrected(CANCELED, (QTY, 0, QTY, 2_000), status=P_CXL, px=100, ref=2, value=0), canceled("Y", 0),
    ],
    "J.1 the only fill is cancelled: nothing was done": [
        NEW, trade("X", S.FILLED, QTY, QTY, QTY, px=100, exec=2),
        corrected(CANCELED, (QTY, 0, QTY, QTY), status=S.NEW, px=100, ref=2, value=0),
    ],
}  # fmt: skip

HALTS = {
    "K.1.a trading halt: the order is suspended and reinstated": [
        *PARTLY, row("X", E.SUSPENDED, S.SUSPENDED, (QTY, 1_000, 9_000, 0)), restated(PART, QTY, 1_000),
        trade("X", PART, QTY, 2_000, 1_000),
    ],
    "K.1.a trading halt: the order stays as it is": [*PARTLY, trade("X", PART, QTY, 2_000, 1_000)],
    "K.1.a accepted during a halt": [
        row("X", E.SUSPENDED, S.SUSPENDED, (QTY, 0, QTY, 0)), NEW, trade("X", PART, QTY, 1_000, 1_000),
    ],
    "K.1.a a cancel of a suspended order is refused": [
        *PARTLY, row("X", E.SUSPENDED, S.SUSPENDED, (QTY, 1_000, 9_000, 0)), "cancel Y",
        pending("Y", P_CXL, QTY, 1_000), ("refused Y", S.SUSPENDED),
    ],
    "K.1.b trading halt: the order is cancelled": [*PARTLY, canceled("X", 1_000, reason=Reason.HALTED)],
    "K.1.b suspended, then cancelled": [
        *PARTLY, row("X", E.SUSPENDED, S.SUSPENDED, (QTY, 1_000, 9_000, 0)),
        canceled("X", 1_000, reason=Reason.CIRCUIT_BREAKER),
    ],
    "L.1.a a guarantee before the execution": [
        NEW, row("X", E.STOPPED, S.STOPPED, (QTY, 0, QTY, 1_000), px=50),
        trade("X", S.STOPPED, QTY, 1_000, 1_000, px=49), trade("X", S.FILLED, QTY, QTY, 9_000, px=50),
    ],
    "L.1.a a stopped order is cancelled": [
        NEW, row("X", E.STOPPED, S.STOPPED, (QTY, 0, QTY, 1_000), px=50), "cancel Y", pending("Y", P_CXL, QTY, 0),
        canceled("Y", 0),
    ],
    "L.1.b a quantity that the venue worked out": [NEW, FILL_2000, trade("X", S.FILLED, QTY, QTY, 8_000)],
    "the day's costs are told after the end": [
        NEW, trade("X", S.FILLED, QTY, QTY, QTY), row("X", E.CALCULATED, S.FILLED, (QTY, QTY, 0, 0)),
    ],
}  # fmt: skip

MATRICES = {
    **VANILLA, **CANCEL, **QUANTITY, **CHAINS, **UNSOLICITED, **REFUSALS, **GT, **AFTERWARDS, **HALTS,
}  # fmt: skip

# What cannot be is refused, not guessed.
IMPOSSIBLE = {
    "a fill of a filled order": [NEW, trade("X", S.FILLED, QTY, QTY, QTY), trade("X", S.FILLED, QTY, QTY, 1)],
    "acceptance of a cancelled order": [NEW, canceled("X", 0), NEW],
    "a cancelled order is restated": [NEW, canceled("X", 0), restated(S.NEW, QTY, 0)],
    "a rejected order trades": [REJECTED, FILL_1000],
    "more is taken back than was filled": [
        *PARTLY, corrected(CANCELED, (QTY, 0, QTY, 2_000), status=S.NEW, px=1, ref=9),
    ],
    "restated with a fill that nobody told": [*PARTLY, restated(PART, QTY, 2_000)],
    "done for the day with a fill that nobody told": [
        *PARTLY, row("X", E.DONE_FOR_DAY, S.DONE_FOR_DAY, (QTY, 2_000, 0, 0)),
    ],
}  # fmt: skip
