"""Credit is locked at a terminal until its trader unlocks it: nothing borrows, what is owed can be closed."""

import pytest
from msgspec.structs import replace

from hts.desk.actions import Refusal, Wanted
from hts.desk.basket_form import BasketForm
from hts.desk.own_money import is_lent_to, lacking, may_borrow
from hts.model.enums import CashMargin, Side
from hts.model.units import Qty
from hts.model.views import LotView
from tests.support.desk_feed import account, position, quiet_desk, texts

SAMSUNG = "005930"
LOCKED, NONE = Refusal(key="refusal.credit_locked"), Refusal(key="refusal.credit_none")
ON_LOAN = LotView(open_date=20261103, qty=Qty(5), cost=1, credit="margin", loan_date=20261103)
OWN = LotView(open_date=20261103, qty=Qty(5), cost=1)


@pytest.fixture
def desk():
    made = quiet_desk()
    made.actions.arm(on=True)
    for name in ("entry.warn_qty", "entry.warn_krw", "entry.warn_ticks"):
        made.actions.settings.set(name, 0)
    made.orders.on_view(replace(account(), kind="kr_margin", cash=1_000_000, reserved=400_000, buying_power=3_000_000))
    return made


def unlock(desk):
    desk.actions.settings.set("entry.credit", value=True)


def test_the_key_of_payment_says_why_and_changes_nothing(desk):
    assert desk.commands.run("form.credit") == LOCKED
    assert desk.form.choose_credit(CashMargin.MARGIN_OPEN) == LOCKED
    assert (desk.form.credit, desk.form.credits) == (CashMargin.CASH, (CashMargin.CASH,))
    assert desk.form.credit_kinds == tuple(CashMargin)
    desk.orders.on_view(account())  # one without credit: there is nothing to unlock
    assert desk.commands.run("form.credit") == NONE


def test_unlocked_it_goes_round_and_locked_again_it_is_cash(desk):
    unlock(desk)
    seen = []
    for _ in range(3):
        assert desk.commands.run("form.credit") is None
        seen.append(desk.form.payment)
    assert seen == [CashMargin.MARGIN_OPEN, CashMargin.MARGIN_CLOSE, CashMargin.CASH]
    desk.form.choose_credit(CashMargin.MARGIN_OPEN)
    desk.actions.settings.reset("entry.credit")
    assert (desk.form.payment, desk.form.paid_by) == (CashMargin.CASH, CashMargin.CASH)
    desk.selection.set_px(191_400)
    desk.selection.set_qty(3)
    assert desk.form.send() is None
    assert [one.credit for one in desk.sent] == [CashMargin.CASH]


@pytest.mark.parametrize(("lot", "kinds"), [(OWN, 1), (ON_LOAN, 2)])
def test_what_is_held_on_credit_can_be_closed_while_it_is_locked(desk, lot, kinds):
    desk.orders.on_view(replace(position(SAMSUNG, 5, 190_000, 191_400), lots=(lot,)))
    assert desk.form.credits == (CashMargin.CASH, CashMargin.MARGIN_CLOSE)[:kinds]
    assert (desk.form.next_credit() is None) is (kinds == 2)


def test_an_answer_to_a_question_of_before_the_lock_does_not_borrow(desk):
    unlock(desk)
    desk.actions.settings.set("entry.confirm", value=True)
    wanted = Wanted(symbol=SAMSUNG, side=Side.BUY, px=191_400, qty=1, credit=CashMargin.MARGIN_OPEN)
    assert desk.actions.place(wanted).key == "refusal.confirm_order_buy"
    desk.actions.settings.reset("entry.credit")
    assert desk.actions.confirm() == LOCKED
    assert desk.sent == []


@pytest.mark.parametrize(
    ("change", "qty", "short"),
    [
        # Own money is 600,000: three at 191,400 are 574,200, four 765,600.
        ({"leaves_unpaid": True}, 3, 0),
        ({"leaves_unpaid": True}, 4, 165_600),
        ({"kind": "us_margin"}, 4, 165_600),
        ({}, 4, 0),  # an account that cannot leave anything unpaid: the core says no by itself
    ],
)
def test_a_purchase_beyond_own_money_is_refused_where_the_core_would_lend(desk, change, qty, short):
    desk.orders.on_view(replace(desk.orders.account, **change))
    issue = desk.market.instruments[SAMSUNG]
    assert lacking(desk.orders, issue, Side.BUY, CashMargin.CASH, px=191_400, qty=qty) == short
    refusal = desk.actions.place(Wanted(symbol=SAMSUNG, side=Side.BUY, px=191_400, qty=qty))
    assert refusal == (Refusal(key="refusal.credit_short", values={"lacking": f"{short:,}"}) if short else None)
    assert len(desk.sent) == (not short)
    unlock(desk)
    assert desk.actions.place(Wanted(symbol=SAMSUNG, side=Side.BUY, px=191_400, qty=qty)) is None


def test_a_reserved_purchase_and_a_market_one_are_held_to_it_too(desk):
    desk.orders.on_view(replace(desk.orders.account, leaves_unpaid=True))
    wanted = Wanted(symbol=SAMSUNG, side=Side.BUY, px=191_400, qty=4)
    assert desk.actions.reserve(wanted, 1).key == "refusal.credit_short"
    issue = desk.market.instruments[SAMSUNG]
    at_any = 3 * issue.upper_px - 600_000
    assert lacking(desk.orders, issue, Side.BUY, CashMargin.CASH, px=0, qty=3) == at_any > 0


def test_a_stop_and_a_basket_are_held_to_it_too(desk):
    desk.orders.on_view(replace(desk.orders.account, leaves_unpaid=True))
    assert desk.actions.stop(SAMSUNG, Side.BUY, 195_000, 4).key == "refusal.credit_short"
    assert desk.actions.stop(SAMSUNG, Side.BUY, 195_000, 3) is None
    assert desk.actions.stop(SAMSUNG, Side.SELL, 185_000, 99) is None
    form = BasketForm(desk.market, desk.actions)
    form.load("b.csv", "symbol,side,qty,px\n005930,buy,2,191400\n105560,buy,2,148100\n000660,sell,1,\n")
    short = Refusal(key="refusal.credit_short", values={"lacking": "79,000"})  # 679,000 of 600,000
    assert form.start(texts("en"), 1) == short
    unlock(desk)
    assert form.start(texts("en"), 1).key == "basket_form.again"


def test_a_sale_a_repayment_and_buying_back_lack_nothing(desk):
    desk.orders.on_view(replace(desk.orders.account, leaves_unpaid=True))
    issue = desk.market.instruments[SAMSUNG]
    assert lacking(desk.orders, issue, Side.SELL, CashMargin.CASH, px=191_400, qty=99) == 0
    assert lacking(desk.orders, issue, Side.BUY, CashMargin.MARGIN_CLOSE, px=191_400, qty=99) == 0
    desk.orders.on_view(position(SAMSUNG, -9, 190_000, 191_400))
    assert lacking(desk.orders, issue, Side.BUY, CashMargin.CASH, px=191_400, qty=9) == 0
    assert lacking(desk.orders, issue, Side.BUY, CashMargin.CASH, px=191_400, qty=13) == 165_600
    assert not is_lent_to(None)


@pytest.mark.parametrize(
    ("change", "unlocked", "borrows"),
    [({}, False, False), ({}, True, True), ({"kind": "cash"}, True, False), ({"leaves_unpaid": True}, False, False)],
)
def test_the_top_line_says_credit_only_where_an_order_could_borrow(desk, change, unlocked, borrows):
    desk.orders.on_view(replace(desk.orders.account, **change))
    desk.actions.settings.set("entry.credit", value=unlocked)
    assert may_borrow(desk.actions.settings, desk.orders.account) is borrows
    assert not may_borrow(desk.actions.settings, None)


def test_what_the_form_holds_possible_is_own_money_while_it_is_locked(desk):
    desk.orders.on_view(replace(desk.orders.account, leaves_unpaid=True))
    desk.selection.set_px(191_400)
    assert desk.form.possible_qty() == 3
    unlock(desk)
    assert desk.form.possible_qty() == 15  # 3,000,000 of buying power
