"""Which working order keys act on: the picked one, never another in its place."""

import pytest
from msgspec.structs import replace

from hts.desk.actions import Refusal
from hts.desk.order_entry import Tab
from hts.desk.picked import picked_order, picked_text
from hts.model.enums import OrdStatus, Side
from hts.model.intents import CancelOrder, ReplaceOrder
from hts.model.units import NO_ID, Qty
from tests.support.desk_feed import order, quiet_desk, texts

SAMSUNG, HYNIX = "005930", "000660"
NOBODY = Refusal(key="refusal.none_picked")


@pytest.fixture
def desk():
    """Three orders of Samsung (1, 2, 4) and one of Hynix (3), the newest last."""
    made = quiet_desk()
    made.actions.arm(on=True)
    for order_id, symbol, side, px in (
        (1, SAMSUNG, Side.BUY, 190_000),
        (2, SAMSUNG, Side.SELL, 193_000),
        (3, HYNIX, Side.BUY, 960_000),
        (4, SAMSUNG, Side.BUY, 189_000),
    ):
        made.orders.on_view(order(order_id, symbol, side, px, 10))
    return made


def end(desk, order_id):
    view = desk.orders.orders[order_id]
    desk.orders.on_view(replace(view, ord_status=OrdStatus.FILLED, leaves_qty=Qty(0), cum_qty=view.order_qty))


def test_steps_go_from_the_newest_round_the_issue(desk):
    seen = []
    for by in (1, 1, 1, 1, -1):
        seen.append(desk.form.step_pick(by).order_id)
        assert desk.selection.picked == seen[-1]
    assert seen == [4, 2, 1, 4, 1]
    assert (desk.selection.symbol(), desk.sent) == (SAMSUNG, [])


def test_steps_over_all_issues_turn_to_theirs(desk):
    seen = []
    for _ in range(4):
        view = desk.form.step_pick(1, everywhere=True)
        seen.append((view.order_id, desk.selection.symbol(), desk.selection.picked))
    assert seen == [(4, SAMSUNG, 4), (3, HYNIX, 3), (2, SAMSUNG, 2), (1, SAMSUNG, 1)]


def test_amend_and_cancel_keys_act_on_the_picked_order(desk):
    assert desk.commands.run("order.up") is None  # none is picked: the newest
    desk.form.step_pick(1)
    desk.form.step_pick(1)
    for name in ("order.up", "order.down", "cancel.picked"):
        assert desk.commands.run(name) is None
    assert [(type(one), one.cl_ord_id, getattr(one, "px", 0)) for one in desk.sent] == [
        (ReplaceOrder, 4, 189_100),
        (ReplaceOrder, 2, 193_100),
        (ReplaceOrder, 2, 192_900),
        (CancelOrder, 2, 0),
    ]


def test_the_amend_tab_speaks_of_the_picked_order(desk):
    desk.form.step_pick(1)
    desk.form.step_pick(1)
    desk.commands.run("form.amend")
    assert (desk.form.tab, desk.form.amended.order_id, desk.form.px, desk.form.side) == (
        Tab.AMEND,
        2,
        193_000,
        Side.SELL,
    )
    desk.commands.run("px.up")
    assert desk.commands.run("form.send") is None
    assert [(one.cl_ord_id, one.px) for one in desk.sent] == [(2, 193_100)]


def test_one_that_ended_is_not_replaced_by_another(desk):
    """It was filled as the key came down: the newest must not move in its place."""
    desk.form.step_pick(1)
    desk.form.step_pick(1)
    desk.commands.run("form.amend")
    end(desk, 2)
    ended = Refusal(key="refusal.picked_ended")
    for name in ("order.up", "order.up", "cancel.picked", "form.send"):
        assert desk.commands.run(name) == ended
    assert (desk.sent, desk.actions.last_refusal) == ([], ended)
    desk.form.step_pick(1)
    assert desk.commands.run("order.up") is None
    assert [one.cl_ord_id for one in desk.sent] == [4]


def test_one_of_another_issue_is_not_acted_on_from_here(desk):
    desk.selection.pick(3)  # its row was chosen in the table of orders
    elsewhere = Refusal(key="refusal.picked_elsewhere", values={"symbol": HYNIX})
    assert desk.commands.run("order.up") == elsewhere
    assert desk.commands.run("cancel.picked") == elsewhere
    assert desk.sent == []


def test_what_lets_go_of_a_pick(desk):
    def picks(act):
        desk.selection.choose(SAMSUNG)
        desk.form.step_pick(1)
        act()
        return desk.selection.picked

    assert picks(lambda: None) == 4
    assert picks(lambda: desk.selection.choose(HYNIX)) == NO_ID
    assert picks(lambda: desk.selection.choose(HYNIX, 3)) == 4  # another group's issue
    assert picks(lambda: desk.commands.run("buy.bid")) == NO_ID  # keys act on the new one
    assert picks(lambda: desk.commands.run("cancel.all")) == NO_ID
    desk.selection.choose(HYNIX, 2)
    assert picks(lambda: desk.selection.activate(2)) == NO_ID


def test_nothing_to_pick_says_so(desk):
    assert desk.commands.run("cancel.picked") == NOBODY
    for order_id in (1, 2, 4):
        end(desk, order_id)
    assert desk.form.step_pick(1) == Refusal(key="refusal.none_working_here")
    assert desk.commands.run("order.up") == Refusal(key="refusal.no_order")
    end(desk, 3)
    assert desk.form.step_pick(1, everywhere=True) == Refusal(key="refusal.none_working")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Picked: Samsung Electronics Sell 10 at 193,000 (2 of 3)"),
        ("ko", "선택: 삼성전자 매도 10주 193,000 (2/3)"),
        ("ja", "選択: "),
    ],
)
def test_it_is_said_which_one_it_is(desk, language, said):
    desk.form.step_pick(1)
    view = desk.form.step_pick(1)
    assert picked_order(desk.orders, desk.selection) is view
    assert picked_text(desk.orders, desk.market, view, texts(language), everywhere=False).startswith(said)
