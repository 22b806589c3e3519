"""Values of the model as FIX can carry them, for the property tests."""

from hypothesis import strategies as st

from hts.model.enums import CashMargin, CxlRejResponseTo, ExecType, OrdStatus, OrdType, Side, TimeInForce
from hts.model.quotes import BOOK_DEPTH, BookUpdate
from hts.model.reasons import Reason
from hts.model.reports import ExecutionReport, OrderCancelReject, OrderMassCancelReport
from hts.model.requests import (
    NewOrderSingle,
    OrderCancelReplaceRequest,
    OrderCancelRequest,
    OrderMassCancelRequest,
    OrderMassStatusRequest,
)
from hts.wire.fix.orders import OrderStatusRequest
from tests.support.builders import TRADE_NS, VENUE

DECIMALS = {"005930": 0, "AAPL": 2, "7203": 1}
SEQ = 7  # of every message that `received` makes
ids = st.integers(1, 10**17)
maybe_ids = st.just(0) | ids
px = st.integers(0, 10**12)
qty = st.integers(0, 10**12)
times_ns = st.integers(TRADE_NS, TRADE_NS + 10**17)
symbols = st.sampled_from(sorted(DECIMALS))
dates = st.integers(1990, 2090).flatmap(lambda y: st.integers(1, 12).map(lambda m: y * 10_000 + m * 100 + 15))


def words(max_size: int = 20):
    """Text of any language without the delimiter; not empty."""
    letters = st.characters(min_codepoint=0x20, max_codepoint=0xD7A3, exclude_categories=("Cs", "Cc"))
    return st.text(letters, min_size=1, max_size=max_size)


maybe_words = st.just("") | words()
reasons = st.just(0) | st.sampled_from([int(reason) for reason in Reason]) | st.integers(1_000, 10**8)


@st.composite
def terms(draw, side):
    credit = draw(st.sampled_from(CashMargin))
    return {
        "stop_px": draw(px),
        "display_qty": draw(qty),
        "min_qty": draw(qty),
        "post_only": draw(st.booleans()),
        "is_short": draw(st.booleans()) if side is Side.SELL or credit is CashMargin.MARGIN_CLOSE else False,
        "expire_ns": draw(st.just(0) | times_ns),
        "credit": credit,
        "loan_date": draw(st.just(0) | dates),
        "strategy": draw(maybe_words),
        "user": draw(maybe_words),
        "parent_id": draw(maybe_ids),
    }


@st.composite
def order_fields(draw):
    side = draw(st.sampled_from(Side))
    return {
        "cl_ord_id": draw(ids),
        "request_id": draw(maybe_words),
        "account": draw(words()),
        "symbol": draw(symbols),
        "side": side,
        "ord_type": draw(st.sampled_from(OrdType)),
        "time_in_force": draw(st.sampled_from(TimeInForce)),
        "px": draw(px),
        **draw(terms(side)),
    }


new_orders = st.builds(lambda known, qty: NewOrderSingle(**known, qty=qty), order_fields(), qty)
named = {
    "cl_ord_id": ids,
    "orig_cl_ord_id": ids,
    "request_id": maybe_words,
    "account": words(),
    "symbol": symbols,
    "side": st.sampled_from(Side),
}
cancels = st.builds(OrderCancelRequest, **named)
replaces = st.builds(OrderCancelReplaceRequest, **named, px=px, qty=qty)
mass_cancels = st.builds(OrderMassCancelRequest, cl_ord_id=ids, account=maybe_words, symbol=st.just("") | symbols)
mass_statuses = st.builds(OrderMassStatusRequest, mass_status_req_id=ids)
status_requests = st.builds(
    OrderStatusRequest,
    cl_ord_id=ids,
    account=maybe_words,
    symbol=symbols,
    side=st.sampled_from(Side),
    status_req_id=maybe_words,
)
said = {"venue": st.just(VENUE), "venue_seq": st.just(SEQ)}


@st.composite
def executions(draw):
    is_told = draw(st.booleans())
    return ExecutionReport(
        **draw(order_fields()),
        venue=VENUE,
        venue_seq=SEQ,
        orig_cl_ord_id=draw(maybe_ids),
        venue_order_id=draw(maybe_ids),
        exec_id=draw(maybe_ids),
        exec_ref_id=draw(maybe_ids),
        exec_type=draw(st.sampled_from(ExecType)),
        ord_status=draw(st.sampled_from([status for status in OrdStatus if status is not OrdStatus.DENIED])),
        order_qty=draw(qty),
        last_px=draw(px) if is_told else 0,
        last_qty=draw(qty) if is_told else 0,
        leaves_qty=draw(qty),
        cum_qty=draw(qty),
        reason_code=draw(reasons),
        text=draw(maybe_words),
        transact_ns=draw(times_ns),
    )


cancel_rejects = st.builds(
    OrderCancelReject,
    **said,
    cl_ord_id=ids,
    orig_cl_ord_id=ids,
    response_to=st.sampled_from(CxlRejResponseTo),
    ord_status=st.sampled_from([OrdStatus.NEW, OrdStatus.FILLED, OrdStatus.PENDING_REPLACE]),
    reason_code=reasons,
    transact_ns=times_ns,
)
mass_cancel_reports = st.builds(
    OrderMassCancelReport,
    **said,
    cl_ord_id=ids,
    account=maybe_words,
    symbol=st.just("") | symbols,
    reason_code=reasons,
    count=st.integers(0, 10**6),
    transact_ns=times_ns,
)


@st.composite
def books(draw, symbol="005930"):
    from hts.model.enums import Phase

    levels = [0] * (4 * BOOK_DEPTH)
    for column, is_bid in ((0, False), (1, True)):
        prices = draw(st.lists(st.integers(1, 200), max_size=BOOK_DEPTH, unique=True))
        for level, price in enumerate(sorted(prices, reverse=is_bid)):
            levels[4 * level + column] = price
            levels[4 * level + 2 + column] = draw(st.integers(1, 9))
    asks, bids = sum(levels[2::4]), sum(levels[3::4])
    phase = draw(st.sampled_from([Phase.CONTINUOUS, Phase.OPEN_CALL, Phase.VI_CALL]))
    return BookUpdate(symbol, draw(times_ns), tuple(levels), asks, bids, 0, 0, phase)
