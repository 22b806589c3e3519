from hts.desk.cautions import FLATTEN_WINDOW_NS
from hts.desk.sending import Refusal
from hts.model.alerts import AlertKind, AlertView, Severity
from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.intents import (
    AckAlert,
    CancelAll,
    CancelLast,
    CancelOrder,
    Flatten,
    NewOrder,
    ReplaceOrder,
    SetKillSwitch,
)
from hts.model.work import WorkAct
from tests.support.desk_feed import ACCOUNT, busy_desk, quiet_desk, status

SAMSUNG = "005930"
COMMON = {"account": ACCOUNT, "key_ns": 1_000_000_000_000}
LOCKED = Refusal(key="refusal.locked")


def new(number, side, px, qty, ord_type=OrdType.LIMIT, **changes):
    return NewOrder(
        request_id=f"test-{number}", symbol=SAMSUNG, side=side, ord_type=ord_type, px=px, qty=qty, **COMMON, **changes
    )


def test_order_names_send_at_bid_ask_and_market():
    desk = quiet_desk()
    desk.actions.arm(True)
    names = ("buy.bid", "buy.ask", "buy.market", "sell.bid", "sell.ask", "sell.market")
    assert [desk.commands.run(name) for name in names] == [None] * 6
    assert desk.sent == [
        new(1, Side.BUY, 191_300, 50),
        new(2, Side.BUY, 191_400, 50),
        new(3, Side.BUY, 0, 50, OrdType.MARKET),
        new(4, Side.SELL, 191_300, 50),
        new(5, Side.SELL, 191_400, 50),
        new(6, Side.SELL, 0, 50, OrdType.MARKET),
    ]


def test_locked_terminal_sends_no_order_and_says_why():
    desk = busy_desk()
    refusals = [desk.commands.run(name) for name in ("buy.bid", "sell.market", "form.send")]
    assert refusals == [LOCKED] * 3
    assert desk.actions.replace(1, 190_800) == LOCKED
    assert desk.sent == []
    assert desk.actions.last_refusal == LOCKED


def test_cancels_pass_while_locked():
    desk = busy_desk()
    desk.actions.cancel(3)
    desk.commands.run("cancel.all")
    desk.commands.run("cancel.last")
    desk.actions.cancel_all(SAMSUNG, Side.SELL)
    assert desk.sent == [
        CancelOrder(request_id="test-1", cl_ord_id=3, **COMMON),
        CancelAll(request_id="test-2", **COMMON),
        CancelLast(request_id="test-3", **COMMON),
        CancelAll(request_id="test-4", symbol=SAMSUNG, side=Side.SELL, **COMMON),
    ]


def test_flatten_needs_two_presses_within_two_seconds():
    desk = busy_desk()
    asked = Refusal(key="refusal.flatten_again", values={"symbol": SAMSUNG, "qty": "320"})
    assert desk.commands.run("flatten") == asked
    desk.now_ns += FLATTEN_WINDOW_NS + 1
    assert desk.commands.run("flatten") == asked
    assert desk.actions.is_flatten_asked(SAMSUNG)
    assert desk.sent == []
    desk.now_ns += FLATTEN_WINDOW_NS
    assert desk.commands.run("flatten") is None
    assert desk.sent == [Flatten(request_id="test-1", account=ACCOUNT, key_ns=desk.now_ns, symbol=SAMSUNG)]
    assert desk.commands.run("flatten") == asked


def test_flatten_of_another_issue_asks_again():
    desk = busy_desk()
    desk.commands.run("flatten")
    desk.selection.choose("000660")
    assert desk.commands.run("flatten").key == "refusal.flatten_again"
    assert desk.sent == []


def test_everything_is_cancelled_then_closed_on_the_second_press_also_when_locked():
    desk = busy_desk()
    held = [position.symbol for position in desk.orders.positions.values() if position.qty]
    desk.commands.run("flatten")
    asked = desk.commands.run("flatten_all")  # the question about one issue is not answered by it
    assert (asked.key, asked.values["held"]) == ("refusal.flatten_all_again", str(len(held)))
    desk.now_ns += FLATTEN_WINDOW_NS + 1
    assert desk.commands.run("flatten_all") == asked
    assert desk.sent == []
    assert desk.commands.run("flatten_all") is None
    assert [(type(intent), intent.symbol) for intent in desk.sent] == [
        (CancelAll, ""),
        *((Flatten, symbol) for symbol in held),
    ]
    assert desk.commands.run("flatten_all").key == "refusal.flatten_all_again"


def test_closing_everything_asks_also_where_closing_one_does_not_and_says_when_there_is_nothing():
    desk = busy_desk()
    desk.actions.settings.set("entry.confirm_flatten", value=False)
    assert desk.commands.run("flatten_all").key == "refusal.flatten_all_again"
    desk.orders.clear()
    assert desk.commands.run("flatten_all") == Refusal(key="refusal.nothing_open")
    assert desk.sent == []


def test_amend_keeps_the_quantity_unless_told():
    desk = busy_desk()
    desk.actions.arm(True)
    desk.actions.replace(6, 107_600)
    desk.actions.replace(6, 107_600, 150)
    assert desk.sent == [
        ReplaceOrder(request_id="test-1", cl_ord_id=6, px=107_600, qty=200, **COMMON),
        ReplaceOrder(request_id="test-2", cl_ord_id=6, px=107_600, qty=150, **COMMON),
    ]
    assert desk.actions.replace(99, 1) == Refusal(key="refusal.no_order")


def test_link_down_refuses_everything():
    desk = busy_desk()
    desk.actions.arm(True)
    desk.link_is_up = False
    assert [desk.commands.run(name) for name in ("buy.bid", "cancel.all")] == [Refusal(key="refusal.link_down")] * 2


def test_no_quote_and_no_issue_are_refused():
    desk = quiet_desk()
    desk.actions.arm(True)
    del desk.market.books[SAMSUNG]
    assert desk.commands.run("buy.bid") == Refusal(key="refusal.no_price")
    desk.selection.choose("999999")
    assert desk.commands.run("buy.market") == Refusal(key="refusal.no_symbol")


def test_kill_switch_also_locks():
    desk = quiet_desk()
    desk.actions.arm(True)
    desk.commands.run("kill.on")
    assert desk.sent == [SetKillSwitch(request_id="test-1", on=True, **COMMON)]
    assert not desk.actions.is_armed


def test_quantity_presets_and_unknown_names():
    desk = quiet_desk()
    desk.commands.run("qty.6")
    assert desk.selection.qty == 500
    assert desk.commands.run("dance") == Refusal(key="refusal.no_action", values={"name": "dance"})


def test_a_sent_order_clears_the_last_refusal():
    desk = quiet_desk()
    desk.commands.run("buy.bid")
    desk.actions.arm(True)
    desk.actions.enter(SAMSUNG, Side.BUY, 190_000, time_in_force=TimeInForce.IOC)
    assert desk.actions.last_refusal is None
    assert desk.sent == [new(1, Side.BUY, 190_000, 50, time_in_force=TimeInForce.IOC)]


def test_release_of_the_kill_switch_takes_two_presses():
    desk = quiet_desk()
    desk.commands.run("kill.off")
    desk.orders.on_view(status(kill_switch=True, release_code="0417"))
    desk.commands.run("kill.off")
    desk.commands.run("kill.on")
    assert [(intent.on, intent.code) for intent in desk.sent] == [(False, ""), (False, "0417"), (True, "")]


def test_a_sweep_is_routed_up_to_three_ticks_beyond_the_best_offer():
    desk = quiet_desk()
    desk.actions.arm(True)
    assert [desk.commands.run(name) for name in ("buy.sweep", "sell.sweep")] == [None] * 2
    assert [(intent.request.side, intent.request.px, intent.request.qty) for intent in desk.sent] == [
        (Side.BUY, 191_700, 50),
        (Side.SELL, 191_000, 50),
    ]


def test_work_can_be_stopped_also_when_locked_but_not_begun():
    desk = quiet_desk()
    assert desk.actions.route(SAMSUNG, Side.BUY, 191_400) == LOCKED
    assert desk.actions.control_work(7, WorkAct.CANCEL) is None
    assert [(intent.work_id, intent.act) for intent in desk.sent] == [(7, WorkAct.CANCEL)]


def test_the_alert_in_the_banner_is_acknowledged():
    desk = quiet_desk()
    assert desk.commands.run("alert.ack") == Refusal(key="refusal.no_alert")
    kind, grave = AlertKind.ORDERS_DOWN, Severity.CRITICAL
    desk.orders.on_view(AlertView(alert_id=7, kind=kind, severity=grave, subject="KRX", first_ns=1, last_ns=1))
    desk.commands.run("alert.ack")
    assert [(type(intent), intent.alert_id) for intent in desk.sent] == [(AckAlert, 7)]


class Spy:
    """Which of the sent intents left in haste."""

    def __init__(self):
        self.depth = 0

    def __enter__(self):
        self.depth += 1

    def __exit__(self, *_):
        self.depth -= 1


def test_what_sends_an_order_is_run_in_haste_and_what_opens_a_panel_is_not():
    desk, spy, seen = busy_desk(), Spy(), {}
    desk.actions.haste = spy
    desk.actions.arm(True)
    desk.commands.register("panel.chart", lambda: seen.update({"panel.chart": spy.depth}))
    send = desk.actions._send
    for name in ("buy.bid", "sell.market", "cancel.all", "cancel.last", "order.up", "form.send"):
        desk.actions._send = lambda intent, name=name: seen.update({name: spy.depth}) or send(intent)
        desk.commands.run(name)
        assert desk.commands.is_hasty(name)
    desk.commands.run("panel.chart")
    assert not desk.commands.is_hasty("panel.chart")
    assert (seen.pop("panel.chart"), set(seen.values()), spy.depth) == (0, {1}, 0)
    assert {"buy.bid", "sell.market", "cancel.all", "order.up"} <= seen.keys()
