import pytest
from msgspec.structs import replace

from hts.app.terminal_market import rates_by_day
from hts.desk.order_entry import OrderForm, Preview, PxChip, Tab
from hts.model.enums import Market, OrdType, Side, TimeInForce
from hts.model.instruments import TickTable
from hts.model.intents import NewOrder, ReplaceOrder
from hts.model.quotes import InstrumentDef
from tests.support.desk_feed import busy_desk, order, quiet_desk


def test_price_follows_the_market_until_it_is_set():
    desk = quiet_desk()
    assert desk.form.px == 191_400
    desk.form.choose_tab(Tab.SELL)
    assert desk.form.px == 191_300
    desk.form.step_px(2)
    assert desk.form.px == 191_500
    desk.selection.choose("000660")
    assert desk.form.px == 967_000


def test_steps_stop_at_the_days_limits():
    desk = quiet_desk()
    desk.selection.set_px(245_300)
    desk.form.step_px(1)
    issue = desk.form.instrument
    assert desk.form.px == issue.upper_px
    desk.form.step_px(10)
    assert desk.form.px == issue.upper_px


def test_steps_follow_the_tick_across_a_band():
    desk = quiet_desk()
    desk.selection.set_px(199_900)
    desk.form.step_px(2)
    assert desk.form.px == 200_500


def test_chips_give_their_prices():
    desk = quiet_desk()
    assert [desk.form.chip_px(chip) for chip in PxChip] == [132_100, 191_300, 191_400, 191_400, 245_000]
    assert desk.form.held_chip is PxChip.ASK
    desk.selection.set_px(245_000)
    assert desk.form.held_chip is PxChip.UPPER
    desk.selection.set_px(190_000)
    assert desk.form.held_chip is None


def test_preview_of_a_buy_is_exact():
    desk = quiet_desk()
    desk.selection.set_qty(150)
    # 191,400 x 150; fee 0.015 %, tax of the later sale 0.20 %, both cut to whole won.
    assert desk.form.preview() == Preview(
        px=191_400,
        value=28_710_000,
        fee=4_306,
        tax=57_420,
        total=28_714_306,
        cash_after=93_128_400 - 28_714_306,
        break_even_px=191_900,
        break_even_ticks=5,
        possible_qty=386,
    )


def test_possible_quantity_is_what_cash_pays_including_the_fee():
    desk = quiet_desk()
    qty, account = desk.form.possible_qty(), desk.orders.account
    rates_fee = qty * 191_400 * 15 // 100_000
    assert qty * 191_400 + rates_fee <= account.buying_power < (qty + 1) * 191_400 * 100_015 // 100_000


def test_the_fee_may_cost_the_last_share():
    desk = quiet_desk()
    desk.orders.on_view(replace(desk.orders.account, buying_power=191_400 * 10))
    assert desk.form.possible_qty() == 9


def test_sale_is_bounded_by_holdings_and_pays_fee_and_tax():
    desk = busy_desk()
    desk.form.choose_tab(Tab.SELL)
    desk.form.choose_share(50)
    preview = desk.form.preview()
    assert (desk.selection.qty, preview.possible_qty) == (160, 320)
    assert preview.total == preview.value - preview.fee - preview.tax
    assert preview.cash_after == 93_128_400 + preview.total


def test_market_buy_is_held_at_the_upper_limit():
    desk = quiet_desk()
    desk.form.choose_type(OrdType.MARKET, TimeInForce.DAY)
    assert desk.form.preview().px == 245_000


def test_send_says_what_the_form_holds():
    desk = quiet_desk()
    desk.actions.arm(True)
    desk.form.choose_tab(Tab.SELL)
    desk.form.choose_type(OrdType.LIMIT, TimeInForce.IOC)
    desk.selection.set_px(191_000)
    desk.commands.run("form.send")
    sent = desk.sent[0]
    assert isinstance(sent, NewOrder)
    assert (sent.side, sent.px, sent.qty, sent.time_in_force) == (Side.SELL, 191_000, 50, TimeInForce.IOC)


def test_amend_tab_takes_the_newest_order_of_the_issue_or_the_chosen_one():
    desk = busy_desk()
    desk.actions.arm(True)
    desk.form.choose_tab(Tab.AMEND)
    assert (desk.form.px, desk.form.qty, desk.form.side) == (192_200, 120, Side.SELL)
    desk.form.amend(1)
    desk.form.step_px(1)
    desk.form.send()
    sent = desk.sent[0]
    assert isinstance(sent, ReplaceOrder)
    assert (sent.cl_ord_id, sent.px, sent.qty) == (1, 191_000, 100)


def test_amend_without_an_order_is_refused():
    desk = quiet_desk()
    desk.actions.arm(True)
    desk.form.choose_tab(Tab.AMEND)
    assert desk.form.send().key == "refusal.no_order"


def test_nothing_to_preview_without_an_issue():
    desk = quiet_desk()
    desk.selection.choose("")
    assert (desk.form.preview(), desk.form.px, desk.form.possible_qty(), desk.form.held_chip) == (None, 0, 0, None)


def test_share_below_one_lot_changes_nothing():
    desk = busy_desk()
    desk.orders.on_view(order(20, "105560", Side.BUY, 148_000, 1))
    desk.selection.choose("035720")
    desk.form.choose_tab(Tab.SELL)
    desk.form.choose_share(100)
    assert desk.selection.qty == 50


@pytest.mark.parametrize(
    ("issue", "money", "expected"),
    [
        # A hundred shares at 2,994.5 yen, in tenths: no broker's fee at the zero course, none of the account's won.
        (
            {"currency": "JPY", "px_decimals": 1, "market": Market.TSE, "lot": 100, "base_px": 29_945},
            10_000_000,
            (299_450, 0, 10_000_000 - 299_450, 3_339),
        ),
        # A hundred shares at 264.38 dollars: 0.07 % in cents.
        (
            {"currency": "USD", "px_decimals": 4, "market": Market.NASDAQ, "base_px": 2_643_800},
            10_000_000,
            (2_643_800, 1_850, 10_000_000 - 2_643_800 - 1_850, 377),
        ),
    ],
)
def test_money_of_another_currency_is_counted_in_its_own_smallest_unit(issue, money, expected):
    desk = quiet_desk()
    plain = {"symbol": "WORLD", "ticks": TickTable(starts=(0,), steps=(5,)), "trading_date": 20261124}
    foreign = replace(desk.market.instruments["005930"], **plain, **issue)
    desk.market.on_quote(InstrumentDef(instrument=foreign))
    view = replace(desk.orders.account, currency=issue["currency"], cash=money, buying_power=money)
    desk.orders.on_view(view)
    rates = rates_by_day()
    form = OrderForm(desk.market, desk.orders, desk.selection, desk.actions, rates)
    desk.selection.choose("WORLD")
    desk.selection.set_px(issue["base_px"])
    desk.selection.set_qty(100)
    preview = form.preview()
    assert (preview.value, preview.fee, preview.cash_after, preview.possible_qty) == expected
