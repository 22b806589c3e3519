from hts.model.causes import Cause
from hts.model.denials import Denial, Rule, Unit
from hts.model.effects import Append, Publish, Reply, Send
from hts.model.enums import DisconnectPolicy, ExecType, OrdStatus, OrdType, Phase, Side
from hts.model.intents import CancelAll, CancelLast, Flatten, SetDisconnectPolicy, SetKillSwitch
from hts.model.quotes import PhaseUpdate
from hts.model.records import CancelEntered, KillSwitchSet
from hts.model.reports import SessionDown
from hts.model.requests import NewOrderSingle, OrderCancelRequest, OrderMassCancelRequest
from hts.model.views import NoticeView, OutcomeView, StatusView
from tests.engine.kit import CASH, Desk, a_ready_desk, a_snapshot, records, replies, requests, views
from tests.engine.test_order_path import account_view, order_view
from tests.support.builders import (
    ACCOUNT,
    AT,
    SYMBOL,
    TRADE_NS,
    VENUE,
    a_cancel_intent,
    a_cancel_reject,
    a_fill,
    a_replace_intent,
    a_report,
    an_intent,
)


def a_desk_with(*intents, **fields):
    """Every order accepted."""
    desk = a_ready_desk(**fields)
    for n, intent in enumerate(intents, 1):
        desk.intent(intent)
        values = {"side": intent.side, "symbol": intent.symbol, "order_qty": intent.qty, "px": intent.px}
        desk.report(a_report(venue_seq=desk.next_seq, cl_ord_id=n, **values))
    desk.sent.clear()
    return desk


def a_desk_holding(qty=10):
    desk = a_desk_with(an_intent())
    desk.report(a_fill(qty, qty, desk.next_seq))
    return desk


def denial(effects):
    return replies(effects)[0].denial


def test_cancel_is_journaled_sent_shown_and_answered_in_this_order():
    desk = a_desk_with(an_intent())
    request = {"cl_ord_id": 2, "orig_cl_ord_id": 1, "request_id": "c1"}
    assert desk.intent(a_cancel_intent(1)) == (
        Append(CancelEntered(**request, **AT)),
        Send(VENUE, OrderCancelRequest(**request, account=ACCOUNT, symbol=SYMBOL, side=Side.BUY)),
        Publish(
            order_view(venue_order_id=9001, ord_status=OrdStatus.PENDING_CANCEL, cause=Cause.CANCEL_ASKED, ack_us=1)
        ),
        Publish(account_view(reserved=710_106, buying_power=CASH - 710_106)),
        Reply(1, OutcomeView(request_id="c1", accepted=True, order_id=1)),
    )


def test_cancel_finds_the_order_by_any_id_of_its_chain():
    desk = a_desk_with(an_intent())
    desk.intent(a_replace_intent(1, 70_900, 10))
    replaced = {"cl_ord_id": 2, "orig_cl_ord_id": 1, "px": 70_900}
    desk.report(a_report(ExecType.REPLACED, desk.next_seq, **replaced))
    (request,) = requests(desk.intent(a_cancel_intent(1)))
    assert (request.cl_ord_id, request.orig_cl_ord_id) == (3, 2)


def test_cancels_pass_every_rule_but_need_an_order():
    desk = a_desk_with(an_intent())
    desk.intent(SetKillSwitch(request_id="k", account=ACCOUNT, on=True))
    assert denial(desk.intent(a_cancel_intent(1, "c1"))) == Denial(rule=Rule.REQUEST_PENDING)
    assert denial(desk.intent(a_cancel_intent(99, "c2"))) == Denial(rule=Rule.UNKNOWN_ORDER)
    desk.report(a_report(ExecType.CANCELED, desk.next_seq, cl_ord_id=2, orig_cl_ord_id=1))
    assert denial(desk.intent(a_cancel_intent(1, "c3"))) == Denial(rule=Rule.ORDER_DONE, detail="CANCELED")


def test_amend_waits_for_the_answer_before_it():
    desk = a_ready_desk()
    desk.intent(an_intent())
    assert denial(desk.intent(a_replace_intent(1, 70_900, 10, "a0"))) == Denial(rule=Rule.REQUEST_PENDING)
    desk.report(a_report(venue_seq=desk.next_seq))
    assert denial(desk.intent(a_replace_intent(1, 70_900, 10, "a1"))) is None
    assert denial(desk.intent(a_replace_intent(1, 70_800, 10, "a2"))) == Denial(rule=Rule.REQUEST_PENDING)


def test_cancel_all_takes_one_side_and_answers_with_the_count():
    sell = an_intent("s", side=Side.SELL, px=72_000, qty=3)
    desk = a_desk_holding()
    for n, intent in enumerate((an_intent("b1"), an_intent("b2", px=70_000), sell)):
        desk.intent(intent)
        values = {"side": intent.side, "order_qty": intent.qty, "px": intent.px, "cl_ord_id": 2 + n}
        desk.report(a_report(venue_seq=desk.next_seq, **values))
    effects = desk.intent(CancelAll(request_id="x", account=ACCOUNT, side=Side.BUY))
    assert [r.orig_cl_ord_id for r in requests(effects)] == [2, 3]
    assert replies(effects) == [OutcomeView(request_id="x", accepted=True, count=2)]
    rest = desk.intent(CancelAll(request_id="y", account=ACCOUNT))
    assert [r.orig_cl_ord_id for r in requests(rest)] == [4]
    assert replies(desk.intent(CancelAll(request_id="x", account=ACCOUNT)))[0].count == 2


def test_cancel_last_takes_the_newest_that_is_not_yet_cancelled():
    desk = a_desk_with(an_intent("r1"), an_intent("r2"))
    ids = [
        [r.orig_cl_ord_id for r in requests(desk.intent(CancelLast(request_id=f"l{n}", account=ACCOUNT)))]
        for n in range(3)
    ]
    assert ids == [[2], [1], []]
    assert denial(desk.intent(CancelLast(request_id="l9", account=ACCOUNT))) == Denial(rule=Rule.NOTHING_TO_DO)


def test_nothing_is_sent_while_the_venue_is_down():
    desk = a_desk_with(an_intent())
    desk.report(SessionDown(venue=VENUE, reason="cut"))
    down = Denial(rule=Rule.VENUE_DOWN)
    intents = [
        an_intent("x1"),
        a_cancel_intent(1, "x2"),
        a_replace_intent(1, 70_900, 10, "x3"),
        CancelAll(request_id="x4", account=ACCOUNT),
        CancelLast(request_id="x5", account=ACCOUNT),
        Flatten(request_id="x6", account=ACCOUNT, symbol=SYMBOL),
    ]
    found = [(denial(effects), requests(effects)) for effects in map(desk.intent, intents)]
    assert found == [(down, [])] * 6


def test_kill_switch_cancels_all_blocks_and_stays():
    desk = a_desk_with(an_intent("r1"), an_intent("r2"))
    effects = desk.intent(SetKillSwitch(request_id="k", account=ACCOUNT, on=True, reason="why"))
    all_at_once, *one_by_one = requests(effects)
    assert all_at_once == OrderMassCancelRequest(cl_ord_id=3, account=ACCOUNT)
    assert [(r.cl_ord_id, r.orig_cl_ord_id) for r in one_by_one] == [(4, 1), (5, 2)]
    assert next(r for r in records(effects) if isinstance(r, KillSwitchSet)).mass_cancels == (("KRX", 3),)
    assert [(v.kill_switch, v.kill_reason) for v in views(effects) if isinstance(v, StatusView)] == [(True, "why")]
    killed = Denial(rule=Rule.KILL_SWITCH, detail="why")
    assert denial(desk.intent(an_intent("r3"))) == killed
    born_again = Desk(desk.journal)
    assert born_again.engine.core.state.guards.account(ACCOUNT).is_killed


def test_flatten_of_an_idle_symbol_closes_at_once():
    desk = a_desk_holding()
    effects = desk.intent(Flatten(request_id="f", account=ACCOUNT, symbol=SYMBOL, user="kim"))
    (request,) = requests(effects)
    assert (request.side, request.ord_type, request.px, request.qty) == (Side.SELL, OrdType.MARKET, 0, 10)
    assert desk.engine.core.state.orders.find(2).user == "kim"
    assert replies(effects) == [OutcomeView(request_id="f", accepted=True, order_id=2)]


def flatten_waiting():
    """Ten shares held, five more wanted, and a flatten on its way."""
    desk = a_desk_holding()
    desk.intent(an_intent("b", qty=5))
    desk.report(a_report(venue_seq=desk.next_seq, cl_ord_id=2, order_qty=5))
    effects = desk.intent(Flatten(request_id="f", account=ACCOUNT, symbol=SYMBOL, user="kim"))
    assert [type(r).__name__ for r in requests(effects)] == ["OrderCancelRequest"]
    assert [type(r).__name__ for r in records(effects)] == ["CancelEntered", "FlattenEntered"]
    assert replies(effects) == [OutcomeView(request_id="f", accepted=True, count=1)]
    return desk


CANCELED = {"cl_ord_id": 3, "orig_cl_ord_id": 2, "order_qty": 5}


def test_flatten_closes_what_is_held_when_the_cancels_are_confirmed():
    desk = flatten_waiting()
    seq = desk.next_seq
    assert requests(desk.report(a_fill(2, 2, seq, cl_ord_id=2, order_qty=5, exec_id=9))) == []
    effects = desk.report(a_report(ExecType.CANCELED, seq + 1, cum_qty=2, **CANCELED))
    (request,) = requests(effects)
    assert (type(request), request.qty, request.request_id) == (NewOrderSingle, 12, "f")
    assert desk.engine.core.state.flattening == {}


def test_flatten_survives_a_crash():
    desk = flatten_waiting()
    again = Desk(desk.journal)
    again.start()
    again.take(again.engine.on_snapshot(a_snapshot(), *again.at()))
    ready = again.log_on(reports=[a_report(ExecType.CANCELED, desk.next_seq, **CANCELED)])
    (request,) = [r for r in requests(ready) if isinstance(r, NewOrderSingle)]
    assert (request.qty, request.request_id) == (10, "f")
    assert again.engine.core.state.orders.find(request.cl_ord_id).user == "kim"


def test_flatten_gives_up_when_the_venue_refuses_the_cancel():
    desk = flatten_waiting()
    effects = desk.report(a_cancel_reject(3, desk.next_seq, orig_cl_ord_id=2))
    assert [v.key for v in views(effects) if isinstance(v, NoticeView)] == [
        "notice.cancel_refused",
        "notice.flatten_failed",
    ]
    assert (requests(effects), desk.engine.core.state.flattening) == ([], {})


def test_flatten_without_anything_to_close():
    desk = a_ready_desk()
    effects = desk.intent(Flatten(request_id="f", account=ACCOUNT, symbol=SYMBOL, user="kim"))
    assert denial(effects) == Denial(rule=Rule.NOTHING_TO_DO)


def test_second_flatten_waits_for_the_first():
    desk = flatten_waiting()
    effects = desk.intent(Flatten(request_id="g", account=ACCOUNT, symbol=SYMBOL))
    assert denial(effects) == Denial(rule=Rule.REQUEST_PENDING)


def test_flatten_whose_end_is_denied_ends_there():
    desk = flatten_waiting()
    snapshot = a_snapshot(next_seq=5, quotes=(PhaseUpdate("", TRADE_NS, Phase.CLOSED, 0),))
    desk.take(desk.engine.on_snapshot(snapshot, *desk.at()))
    effects = desk.report(a_report(ExecType.CANCELED, desk.next_seq, **CANCELED))
    assert [type(r).__name__ for r in records(effects)] == ["ReportReceived", "IntentDenied"]
    assert desk.engine.core.state.flattening == {}


def test_last_terminal_goes_and_the_policy_decides():
    for policy, canceled in ((DisconnectPolicy.KEEP, []), (DisconnectPolicy.CANCEL, [1])):
        desk = a_desk_with(an_intent())
        desk.intent(SetDisconnectPolicy(request_id="p", account=ACCOUNT, policy=policy))
        assert requests(desk.engine.on_clients(1, *desk.at())) == []
        assert [r.orig_cl_ord_id for r in requests(desk.engine.on_clients(0, *desk.at()))] == canceled


def test_shares_on_offer_are_not_sold_twice():
    desk = a_desk_holding()
    assert denial(desk.intent(an_intent("s1", side=Side.SELL, qty=6))) is None
    refused = denial(desk.intent(an_intent("s2", side=Side.SELL, qty=5)))
    assert refused == Denial(rule=Rule.HOLDINGS, figure=5, limit=4, unit=Unit.QTY)


def test_amend_may_spend_what_the_order_itself_holds():
    desk = a_desk_with(an_intent(), cash=720_107)
    too_much = Denial(rule=Rule.CASH, figure=720_108, limit=720_107, unit=Unit.NOTIONAL)
    assert denial(desk.intent(a_replace_intent(1, 72_000, 10, "a1"))) == too_much
    assert denial(desk.intent(a_replace_intent(1, 71_900, 10, "a2"))) is None
