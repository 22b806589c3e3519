"""Values to test with: every field has a sane default, a scenario names only what it is about."""

from hts.model.enums import CxlRejResponseTo, ExecType, Market, OrdStatus, OrdType, Phase, Side, TimeInForce
from hts.model.instruments import Instrument, TickTable
from hts.model.intents import CancelOrder, NewOrder, ReplaceOrder
from hts.model.quotes import BookUpdate, TradeUpdate
from hts.model.records import CancelEntered, OrderEntered, ReplaceEntered
from hts.model.reports import ExecutionReport, OrderCancelReject
from hts.oms.order import Order, entered

ACCOUNT = "8801-2745-01"
SYMBOL = "005930"
VENUE = "KRX"
DATE = 20261123
TRADE_NS = 1_795_392_000_000_000_000
MONO_NS = 1_000_000_000
AT = {"trade_ns": TRADE_NS, "mono_ns": MONO_NS}

KRX_TICKS = TickTable(starts=(0, 2_000, 5_000, 20_000, 50_000, 200_000, 500_000), steps=(1, 5, 10, 50, 100, 500, 1_000))


def an_instrument(symbol: str = SYMBOL, **fields) -> Instrument:
    values = {
        "isin": f"KR7{symbol}003",
        "market": Market.KOSPI,
        "name_ko": "삼성전자",
        "name_en": "Samsung Electronics",
        "ticks": KRX_TICKS,
        "trading_date": DATE,
        "base_px": 71_000,
        "upper_px": 92_300,
        "lower_px": 49_700,
        "prev_close_px": 71_000,
    }
    return Instrument(symbol=symbol, **{**values, **fields})


def an_intent(request_id: str = "r1", **fields) -> NewOrder:
    values = {
        "account": ACCOUNT,
        "symbol": SYMBOL,
        "side": Side.BUY,
        "ord_type": OrdType.LIMIT,
        "time_in_force": TimeInForce.DAY,
        "px": 71_000,
        "qty": 10,
    }
    return NewOrder(request_id=request_id, **{**values, **fields})


def a_cancel_intent(cl_ord_id: int, request_id: str = "c1", **fields) -> CancelOrder:
    return CancelOrder(request_id=request_id, account=ACCOUNT, cl_ord_id=cl_ord_id, **fields)


def a_replace_intent(cl_ord_id: int, px: int, qty: int, request_id: str = "a1", **fields) -> ReplaceOrder:
    return ReplaceOrder(request_id=request_id, account=ACCOUNT, cl_ord_id=cl_ord_id, px=px, qty=qty, **fields)


def an_entry(cl_ord_id: int = 1, **fields) -> OrderEntered:
    values = {
        "venue": VENUE,
        "request_id": f"r{cl_ord_id}",
        "account": ACCOUNT,
        "symbol": SYMBOL,
        "side": Side.BUY,
        "ord_type": OrdType.LIMIT,
        "time_in_force": TimeInForce.DAY,
        "px": 71_000,
        "qty": 10,
        "reserved": 710_100,
    }
    return OrderEntered(cl_ord_id=cl_ord_id, **{**AT, **values, **fields})


def an_order(cl_ord_id: int = 1, **fields) -> Order:
    """An order on its way: PENDING_NEW."""
    return entered(an_entry(cl_ord_id, **fields))


def a_cancel_entry(cl_ord_id: int, orig_cl_ord_id: int = 1, **fields) -> CancelEntered:
    return CancelEntered(cl_ord_id=cl_ord_id, orig_cl_ord_id=orig_cl_ord_id, **{**AT, "request_id": "c1", **fields})


def a_replace_entry(cl_ord_id: int, orig_cl_ord_id: int = 1, **fields) -> ReplaceEntered:
    values = {"request_id": "a1", "px": 70_900, "qty": 10, "reserved": 709_100}
    return ReplaceEntered(cl_ord_id=cl_ord_id, orig_cl_ord_id=orig_cl_ord_id, **{**AT, **values, **fields})


_STATUS_SAID = {
    ExecType.NEW: OrdStatus.NEW,
    ExecType.CANCELED: OrdStatus.CANCELED,
    ExecType.REJECTED: OrdStatus.REJECTED,
    ExecType.EXPIRED: OrdStatus.EXPIRED,
    ExecType.PENDING_CANCEL: OrdStatus.PENDING_CANCEL,
    ExecType.PENDING_REPLACE: OrdStatus.PENDING_REPLACE,
    ExecType.PENDING_NEW: OrdStatus.PENDING_NEW,
}
_ENDS = (ExecType.CANCELED, ExecType.REJECTED, ExecType.EXPIRED)


def a_report(exec_type: ExecType = ExecType.NEW, venue_seq: int = 1, **fields) -> ExecutionReport:
    """LeavesQty and OrdStatus follow from the other fields unless given."""
    values = {
        "venue": VENUE,
        "cl_ord_id": 1,
        "venue_order_id": 9001,
        "account": ACCOUNT,
        "symbol": SYMBOL,
        "side": Side.BUY,
        "ord_type": OrdType.LIMIT,
        "time_in_force": TimeInForce.DAY,
        "px": 71_000,
        "order_qty": 10,
        "cum_qty": 0,
        "transact_ns": TRADE_NS,
        **fields,
    }
    left = values["order_qty"] - values["cum_qty"]
    values.setdefault("leaves_qty", 0 if exec_type in _ENDS else left)
    working = (OrdStatus.PARTIALLY_FILLED if values["cum_qty"] else OrdStatus.NEW) if left else OrdStatus.FILLED
    values.setdefault("ord_status", _STATUS_SAID.get(exec_type, working))
    return ExecutionReport(exec_type=exec_type, venue_seq=venue_seq, **values)


def a_fill(last_qty: int, cum_qty: int, venue_seq: int = 2, last_px: int = 71_000, **fields) -> ExecutionReport:
    return a_report(
        ExecType.TRADE,
        venue_seq,
        **{"last_qty": last_qty, "cum_qty": cum_qty, "last_px": last_px, "exec_id": 500 + venue_seq, **fields},
    )


def a_cancel_reject(cl_ord_id: int, venue_seq: int = 3, **fields) -> OrderCancelReject:
    values = {
        "venue": VENUE,
        "orig_cl_ord_id": 1,
        "response_to": CxlRejResponseTo.CANCEL,
        "ord_status": OrdStatus.NEW,
        "reason_code": 10,
        "transact_ns": TRADE_NS,
    }
    return OrderCancelReject(cl_ord_id=cl_ord_id, venue_seq=venue_seq, **{**values, **fields})


def a_book(bid: int = 70_900, ask: int = 71_000, symbol: str = SYMBOL, phase: Phase = Phase.CONTINUOUS) -> BookUpdate:
    levels = (ask, bid, 100, 100, *([0] * 36))
    return BookUpdate(symbol, TRADE_NS, levels, 100, 100, 0, 0, phase)


def a_trade(px: int, qty: int = 10, symbol: str = SYMBOL) -> TradeUpdate:
    return TradeUpdate(symbol, TRADE_NS, px, qty, "1", px, px, px, qty, px * qty, Phase.CONTINUOUS)
