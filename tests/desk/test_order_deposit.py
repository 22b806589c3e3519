"""What an opening order ties up, by hand from the table: Samsung is of the class of 20 %, a loan pays 60 % in Korea."""

import pytest
from msgspec.structs import replace

from hts.account.margin import needed_ppm
from hts.account.profile import JP_MARGIN, KINDS, KR_MARGIN, US_MARGIN, Profile
from hts.app.terminal_market import deposits_by_day
from hts.desk.order_entry import OrderForm, Tab
from hts.model.enums import CashMargin, OrdType, Side, TimeInForce
from hts.rules.margin import REG_T, SHINYO
from tests.support.account_rules import account_rules
from tests.support.desk_feed import quiet_desk, rates

DEPOSITS = deposits_by_day()
RULES = account_rules().margin


def a_form(kind, *, leaves_unpaid=False, credit=CashMargin.CASH, qty=150, tab=Tab.BUY):
    desk = quiet_desk()
    desk.actions.settings.set("entry.credit", value=True)
    account = desk.orders.account
    desk.orders.on_view(replace(account, kind=kind, leaves_unpaid=leaves_unpaid))
    desk.form = OrderForm(desk.market, desk.orders, desk.selection, desk.actions, rates, deposits=DEPOSITS)
    desk.form.choose_tab(tab)
    desk.form.choose_credit(credit)
    desk.selection.set_px(191_400)
    desk.selection.set_qty(qty)
    return desk.form


@pytest.mark.parametrize(
    ("kind", "choices", "deposit", "ppm", "is_lent"),
    [
        # 191,400 x 150 = 28,710,000; fee 0.015 % = 4,306
        ("cash", {}, 0, 0, False),
        (KR_MARGIN, {}, 0, 0, False),
        (KR_MARGIN, {"leaves_unpaid": True}, 5_742_000 + 4_306, 200_000, False),
        (KR_MARGIN, {"credit": CashMargin.MARGIN_OPEN}, 11_484_000 + 4_306, 400_000, True),
        (KR_MARGIN, {"credit": CashMargin.MARGIN_CLOSE}, 0, 0, False),
        (JP_MARGIN, {}, 0, 0, False),
        (JP_MARGIN, {"credit": CashMargin.MARGIN_OPEN}, 8_613_000 + 4_306, 300_000, True),
        (US_MARGIN, {}, 14_355_000 + 4_306, 500_000, False),
        # A plain sale ties up nothing; one of borrowed shares 5 %, fee and the sale's tax of 0.20 %.
        (KR_MARGIN, {"tab": Tab.SELL}, 0, 0, False),
        (
            KR_MARGIN,
            {"tab": Tab.SELL, "credit": CashMargin.MARGIN_OPEN},
            1_435_500 + 4_306 + 57_420,
            50_000,
            True,
        ),
    ],
)
def test_the_preview_tells_what_is_tied_up(kind, choices, deposit, ppm, is_lent):
    preview = a_form(kind, **choices).preview()
    assert (preview.deposit, preview.deposit_ppm, preview.is_lent) == (deposit, ppm, is_lent)
    assert preview.value == 28_710_000


def test_a_part_of_the_value_is_no_less_than_the_core_asks():
    """191,400 x 1 at 20 % is 38,280; the fee of 28 won comes on top."""
    assert a_form(KR_MARGIN, leaves_unpaid=True, qty=1).preview().deposit == 38_280 + 28


def test_possible_quantity_grows_with_the_part():
    """Buying power P buys the most q of which 20 % and the fee fit."""
    form = a_form(KR_MARGIN, leaves_unpaid=True)
    power, qty = form._money_of(form.instrument)[1], form.possible_qty()

    def need(shares):
        value = shares * 191_400
        return -(-value // 5) + value * 15 // 100_000

    assert need(qty) <= power < need(qty + 1)
    assert qty > 4 * a_form(KR_MARGIN).possible_qty()


def test_a_market_order_ties_up_its_part_of_the_upper_limit():
    form = a_form(KR_MARGIN, leaves_unpaid=True, qty=10)
    form.choose_type(OrdType.MARKET, TimeInForce.DAY)
    assert form.preview().deposit == 2_450_000 // 5 + 367


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("is_credit", [False, True])
@pytest.mark.parametrize("unpaid", [False, True])
def test_the_form_reckons_as_the_core_does(kind, side, is_credit, unpaid):
    form = a_form(kind, leaves_unpaid=unpaid and kind == KR_MARGIN)
    issue, view = form.instrument, form._orders.account
    profile = Profile(account="a", kind=kind, may_leave_unpaid=unpaid)
    asked = needed_ppm(
        profile, RULES, issue.symbol, issue.trading_date, is_credit=is_credit, is_short=side is Side.SELL
    )
    assert DEPOSITS(issue, view, side, is_credit=is_credit) == asked


def test_kinds_are_spelled_alike():
    assert (REG_T, SHINYO) == (US_MARGIN, JP_MARGIN)
