import pytest

from hts.model.causes import Cause
from hts.model.denials import Denial, Rule, Unit
from hts.model.effects import Append, Publish, Reply, Send
from hts.model.enums import CashMargin, OrdStatus, OrdType, Side
from hts.model.records import InstrumentListed, IntentDenied, OrderEntered
from hts.model.requests import NewOrderSingle
from hts.model.views import AccountView, OrderView, OutcomeView
from tests.engine.kit import CASH, a_ready_desk, records, replies, requests, views
from tests.support.builders import ACCOUNT, AT, SYMBOL, TRADE_NS, VENUE, an_instrument, an_intent

ORDER = {
    "request_id": "r1",
    "account": ACCOUNT,
    "symbol": SYMBOL,
    "side": Side.BUY,
    "ord_type": OrdType.LIMIT,
    "time_in_force": an_intent().time_in_force,
    "px": 71_000,
}


def order_view(**fields):
    values = {
        **ORDER,
        "order_id": 1,
        "cl_ord_id": 1,
        "venue": VENUE,
        "venue_order_id": 0,
        "order_qty": 10,
        "leaves_qty": 10,
        "cum_qty": 0,
        "filled_value": 0,
        "ord_status": OrdStatus.PENDING_NEW,
        "entered_ns": TRADE_NS,
    }
    return OrderView(**{**values, **fields})


def account_view(**fields):
    values = {"cash": CASH, "reserved": 0, "buying_power": CASH, "realised": 0, "fees": 0, "taxes": 0}
    return AccountView(account=ACCOUNT, currency="KRW", **{**values, **fields})


def test_new_order_is_journaled_sent_shown_and_answered_in_this_order():
    desk = a_ready_desk()
    effects = desk.intent(an_intent(), client=7)
    assert effects == (
        Append(InstrumentListed(instrument=an_instrument(), **AT)),
        Append(OrderEntered(**ORDER, venue=VENUE, cl_ord_id=1, qty=10, reserved=710_106, **AT)),
        Send(VENUE, NewOrderSingle(**ORDER, cl_ord_id=1, qty=10)),
        Publish(order_view()),
        Publish(account_view(reserved=710_106, buying_power=CASH - 710_106)),
        Reply(7, OutcomeView(request_id="r1", accepted=True, order_id=1)),
    )


def test_issue_is_journaled_once_a_day():
    desk = a_ready_desk()
    first, second = desk.intent(an_intent("r1")), desk.intent(an_intent("r2"))
    assert [type(r).__name__ for r in records(first) + records(second)] == [
        "InstrumentListed",
        "OrderEntered",
        "OrderEntered",
    ]


def test_same_request_id_is_answered_with_the_first_outcome():
    desk = a_ready_desk()
    desk.intent(an_intent())
    outcome = OutcomeView(request_id="r1", accepted=True, order_id=1)
    assert desk.intent(an_intent(), client=9) == (Reply(9, outcome),)
    assert desk.intent(an_intent(qty=99), client=9) == (Reply(9, outcome),)


def test_denied_order_leaves_a_row_and_nothing_leaves_the_house():
    desk = a_ready_desk()
    effects = desk.intent(an_intent(qty=0))
    denial = Denial(rule=Rule.BAD_QTY, figure=0, limit=1, unit=Unit.QTY)
    row = order_view(order_qty=0, leaves_qty=0, ord_status=OrdStatus.DENIED, cause=Cause.DENIED, denial=denial)
    assert effects == (
        Append(IntentDenied(**ORDER, cl_ord_id=1, qty=0, denial=denial, **AT)),
        Publish(row),
        Reply(1, OutcomeView(request_id="r1", accepted=False, order_id=1, denial=denial, count=0)),
    )


def test_denial_is_remembered_as_well():
    desk = a_ready_desk()
    desk.intent(an_intent(qty=0))
    again = desk.intent(an_intent(qty=10))
    assert [type(e).__name__ for e in again] == ["Reply"]
    assert not again[0].view.accepted


@pytest.mark.parametrize("request_id", ["", "x" * 25, "가"])
def test_unusable_request_id_is_refused_without_a_record(request_id):
    desk = a_ready_desk()
    denial = Denial(rule=Rule.BAD_REQUEST_ID)
    answer = OutcomeView(request_id=request_id, accepted=False, denial=denial, count=0)
    assert desk.intent(an_intent(request_id)) == (Reply(1, answer),)


def test_unknown_account_is_denied():
    desk = a_ready_desk()
    effects = desk.intent(an_intent(account="nobody"))
    assert replies(effects)[0].denial == Denial(rule=Rule.UNKNOWN_ACCOUNT, detail="nobody")
    assert requests(effects) == []


def test_market_buy_holds_cash_at_the_upper_limit():
    desk = a_ready_desk()
    effects = desk.intent(an_intent(ord_type=OrdType.MARKET, px=0))
    assert records(effects)[-1].reserved == 92_300 * 10 + 138


def test_market_order_with_a_price_is_denied():
    desk = a_ready_desk()
    effects = desk.intent(an_intent(ord_type=OrdType.MARKET))
    assert replies(effects)[0].denial == Denial(rule=Rule.TYPE_NOT_ALLOWED, detail="MARKET")


def test_cash_of_working_orders_is_not_spent_twice():
    desk = a_ready_desk(cash=1_000_000)
    desk.intent(an_intent("r1"))
    denied = replies(desk.intent(an_intent("r2")))[0].denial
    assert denied == Denial(rule=Rule.CASH, figure=710_106, limit=1_000_000 - 710_106, unit=Unit.NOTIONAL)


def test_unknown_symbol_is_denied():
    desk = a_ready_desk()
    denied = replies(desk.intent(an_intent(symbol="999999")))[0].denial
    assert denied == Denial(rule=Rule.UNKNOWN_SYMBOL, detail="999999")


def test_key_time_of_the_same_clock_gives_the_latency():
    desk = a_ready_desk()
    effects = desk.intent(an_intent(key_ns=desk.mono_ns - 250_000))
    assert [v.sent_us for v in views(effects) if isinstance(v, OrderView)] == [250]
    stranger = desk.intent(an_intent("r2", key_ns=desk.mono_ns + 5))
    assert [v.sent_us for v in views(stranger) if isinstance(v, OrderView)] == [0]


def test_next_block_of_ids_is_reserved_while_half_is_left():
    desk = a_ready_desk(id_block_size=4)
    names = [[type(e).__name__ for e in desk.intent(an_intent(f"r{n}"))][-2:] for n in range(3)]
    assert names == [["Publish", "Reply"], ["Append", "SyncThen"], ["Publish", "Reply"]]
    desk.intent(an_intent("r8"))
    refused = desk.intent(an_intent("r9"))
    assert replies(refused)[0].denial == Denial(rule=Rule.NOT_READY)
    desk.engine.on_synced(2, *desk.at())
    assert replies(desk.intent(an_intent("r10")))[0].order_id == 5


def test_terms_of_an_intent_stand_in_the_record_the_request_and_the_view():
    desk = a_ready_desk()
    terms = {"stop_px": 70_500, "display_qty": 2, "min_qty": 1, "post_only": True, "expire_ns": TRADE_NS, "user": "kim"}
    terms |= {"credit": CashMargin.MARGIN_CLOSE, "loan_date": 20261002, "strategy": "vwap"}
    effects = desk.intent(an_intent(**terms), client=7)
    assert effects[1:4] == (
        Append(OrderEntered(**ORDER, **terms, venue=VENUE, cl_ord_id=1, qty=10, reserved=710_106, **AT)),
        Send(VENUE, NewOrderSingle(**ORDER, **terms, cl_ord_id=1, qty=10)),
        Publish(order_view(**terms)),
    )
