"""Last days, loans, short sales, and the words of each market."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from hts.desk.order_details import Expiry, credit_key, expiries, loans_to_close, market_words
from hts.desk.order_entry import Tab
from hts.engine.nightly import UTC_OFFSET_S
from hts.model.enums import CashMargin, Market, OrdType, Side, TimeInForce
from hts.model.quotes import InstrumentDef
from hts.model.units import Qty
from hts.model.views import LotView
from hts.rules.dates import NS, to_int_of_day
from tests.support.desk_feed import NOW_NS, account, busy_desk, position, texts

SAMSUNG = "005930"
GTD = (OrdType.LIMIT, TimeInForce.GTD)
LOTS = (
    LotView(open_date=20261103, qty=Qty(4), cost=1, credit="margin", loan_date=20261103),
    LotView(open_date=20261101, qty=Qty(5), cost=1, credit="margin", loan_date=20261101),
    LotView(open_date=20261001, qty=Qty(6), cost=1),
)
BORROWED = (LotView(open_date=20261102, qty=Qty(-7), cost=1, credit="short", loan_date=20261102),)


@pytest.fixture
def desk():
    made = busy_desk()
    made.actions.arm(on=True)
    made.actions.settings.set("entry.credit", value=True)
    made.orders.on_view(replace(account(), kind="kr_margin"))
    made.form._terms = lambda _venue, _phase: ((OrdType.LIMIT, TimeInForce.DAY), GTD)
    return made


def moment(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * NS


def days(text, market=Market.OSE):
    issue = replace(busy_desk().market.instruments[SAMSUNG], market=market)
    return {one.key.rpartition(".")[2]: one.date for one in expiries(moment(text), issue)}


def test_last_days_are_ends_of_weeks_and_months():
    assert days("2026-11-18T03:00:00") == {  # a Wednesday, noon in Osaka
        "week": 20261120, "next_week": 20261127, "month": 20261130, "next_month": 20261231,
    }  # fmt: skip
    assert days("2026-12-30T03:00:00") == {"week": 20270101, "next_week": 20270108, "month": 20261231,
                                           "next_month": 20270131}  # fmt: skip
    assert days("2027-02-26T03:00:00")["month"] == 20270228
    # The last Friday of October is the end of the month's last full week and of no month: four different days.
    assert days("2026-07-31T03:00:00") == {"week": 20260731, "next_week": 20260807, "next_month": 20260831}


def test_the_day_is_the_markets_own_and_ends_when_the_core_says_so():
    late = "2026-11-19T16:00:00"  # Friday in Osaka, still Thursday in New York
    assert days(late)["week"] == days(late, Market.NASDAQ)["week"] == 20261120
    assert days("2026-11-20T16:00:00")["week"] == 20261127  # Saturday in Osaka
    assert days("2026-11-20T16:00:00", Market.NASDAQ)["week"] == 20261120
    for market, country in ((Market.OSE, "JP"), (Market.NASDAQ, "US")):
        issue = replace(busy_desk().market.instruments[SAMSUNG], market=market)
        for one in expiries(NOW_NS, issue):
            assert to_int_of_day(one.expire_ns // NS + UTC_OFFSET_S[country]) == one.date
            assert to_int_of_day((one.expire_ns + 1) // NS + UTC_OFFSET_S[country]) > one.date


def test_an_order_until_a_date_has_one(desk):
    desk.form.choose_type(OrdType.LIMIT, TimeInForce.DAY)
    assert (desk.form.expiry, desk.form.expiries) == (None, ())
    desk.form.choose_type(*GTD)
    first, second, *_ = desk.form.expiries
    assert desk.form.expiry == first
    desk.form.choose_expiry(1)
    assert desk.form.send() is None
    assert [(i.time_in_force, i.expire_ns) for i in desk.sent] == [(TimeInForce.GTD, second.expire_ns)]
    desk.form.choose_type(OrdType.LIMIT, TimeInForce.DAY)
    desk.form.send()
    assert desk.sent[-1].expire_ns == 0
    assert isinstance(first, Expiry)


def test_a_sale_that_opens_credit_is_one_of_borrowed_shares(desk):
    for tab, credit in (
        (Tab.SELL, CashMargin.MARGIN_OPEN),
        (Tab.BUY, CashMargin.MARGIN_OPEN),
        (Tab.SELL, CashMargin.CASH),
    ):
        desk.form.choose_tab(tab)
        desk.form.choose_credit(credit)
        assert desk.form.send() is None
    assert [(i.side, i.credit, i.is_short) for i in desk.sent] == [
        (Side.SELL, CashMargin.MARGIN_OPEN, True),
        (Side.BUY, CashMargin.MARGIN_OPEN, False),
        (Side.SELL, CashMargin.CASH, False),
    ]


def test_a_timed_order_is_paid_in_cash_whatever_other_orders_are_paid_by(desk):
    form = desk.form
    form.choose_credit(CashMargin.MARGIN_OPEN)
    assert form.possible_key == "order_entry.possible_credit"
    form.choose_tab(Tab.RESERVE)
    assert (form.paid_by, form.possible_key) == (CashMargin.CASH, "order_entry.possible")
    assert form.send() is None
    assert [one.credit for one in desk.sent[-1].orders] == [CashMargin.CASH]
    form.choose_tab(Tab.BUY)
    assert form.paid_by is CashMargin.MARGIN_OPEN


def test_what_is_possible_and_by_what(desk):
    form = desk.form
    desk.orders.on_view(replace(position(SAMSUNG, 15, 190_000, 191_400), lots=LOTS))
    form.choose_tab(Tab.SELL)
    assert (form.possible_key, form.possible_qty()) == ("order_entry.possible_sell", 15)
    form.choose_credit(CashMargin.MARGIN_OPEN)
    assert form.possible_key == "order_entry.possible_credit"
    assert form.possible_qty() > 15  # of the money, not of what is held
    form.choose_credit(CashMargin.MARGIN_CLOSE)
    assert (form.possible_key, form.possible_qty()) == ("order_entry.possible_close", 9)
    form.choose_tab(Tab.BUY)
    assert form.possible_qty() == 0  # nothing borrowed to buy back
    form.choose_credit(CashMargin.CASH)
    assert form.possible_key == "order_entry.possible"


def test_the_loan_that_is_paid_back_is_chosen(desk):
    form = desk.form
    desk.orders.on_view(replace(position(SAMSUNG, 15, 190_000, 191_400), lots=LOTS))
    form.choose_tab(Tab.SELL)
    assert (form.loans, form.loan_date) == ((), 0)
    form.choose_credit(CashMargin.MARGIN_CLOSE)
    assert [lot.loan_date for lot in form.loans] == [20261101, 20261103]
    assert form.loan_date == 20261101
    form.choose_loan(1)
    form.send()
    assert (desk.sent[-1].credit, desk.sent[-1].loan_date) == (CashMargin.MARGIN_CLOSE, 20261103)
    desk.orders.on_view(replace(position(SAMSUNG, 6, 190_000, 191_400), lots=LOTS[1:]))
    assert form.loan_date == 20261101  # the chosen one is gone


def test_borrowed_shares_are_bought_back_and_bought_ones_sold():
    held = replace(position(SAMSUNG, -7, 190_000, 191_400), lots=(*BORROWED, *LOTS))
    assert loans_to_close(held, Side.BUY) == BORROWED
    assert [lot.loan_date for lot in loans_to_close(held, Side.SELL)] == [20261101, 20261103]
    assert loans_to_close(None, Side.SELL) == ()


@pytest.mark.parametrize(("venue", "words"), [("KRX", "kr"), ("NXT", "kr"), ("TSE", "jp"), ("JNX", "jp"), ("ODX", "jp"),
                                              ("OSE", "jp"), ("NASDAQ", "us")])  # fmt: skip
def test_words_are_the_markets(desk, venue, words):
    issue = replace(desk.market.instruments[SAMSUNG], venue=venue)
    desk.market.on_quote(InstrumentDef(instrument=issue))
    assert market_words(issue) == words
    for language in ("ko", "ja", "en"):
        for side in (Side.BUY, Side.SELL):
            keys = [credit_key(credit, side, issue) for credit in CashMargin]
            assert [key for key in keys if not texts(language).has(key)] == []
            assert len(set(keys)) == 3
    assert market_words(None) == "kr"
    assert texts("ja")(credit_key(CashMargin.MARGIN_CLOSE, Side.SELL, replace(issue, venue="TSE"))) == "信用返済売"
