import pytest
from msgspec.structs import replace

from hts.app.terminal_market import terms_by_phase
from hts.desk.order_entry import QtyMode, Tab
from hts.desk.order_terms import (
    DAY_NS,
    GENERIC,
    MINUTE_NS,
    ROUTED,
    SEOUL_NS,
    credits_of,
    generic_terms,
    ordered,
    reserve_times,
)
from hts.desk.venue_tabs import COMBINED
from hts.model.conditional import Carry, TimeCondition
from hts.model.enums import CashMargin, OrdType, Phase, Side, TimeInForce
from hts.model.intents import NewOrder, PlaceConditionals
from hts.model.queries import RequestPlan
from hts.model.quotes import InstrumentDef, PhaseUpdate
from hts.model.routing import Remainder, RoutePlan, RouteRequest, Slice
from hts.model.units import Qty
from hts.model.views import LotView
from hts.model.work import PlanView
from tests.support.desk_feed import NOW_NS, account, busy_desk, position, trade

DAY, IOC, FOK = TimeInForce.DAY, TimeInForce.IOC, TimeInForce.FOK


@pytest.fixture
def desk():
    made = busy_desk()
    samsung = made.market.instruments["005930"]
    made.market.on_quote(InstrumentDef(instrument=replace(samsung, venue="NXT")))
    made.actions.arm(on=True)
    return made


def test_types_are_those_that_the_core_takes():
    terms = terms_by_phase()
    assert ordered(terms("KRX", Phase.CLOSE_CALL)) == ((OrdType.LIMIT, DAY), (OrdType.MARKET, DAY))
    assert ordered(terms("KRX", Phase.CONTINUOUS)) == (
        *((OrdType.LIMIT, tif) for tif in (DAY, IOC, FOK)),
        *((OrdType.MARKET, tif) for tif in (DAY, IOC, FOK)),
        *((OrdType.BEST_COUNTER, tif) for tif in (DAY, IOC, FOK)),
        (OrdType.BEST_OWN, DAY),
        *((OrdType.MIDPOINT, tif) for tif in (DAY, IOC, FOK)),
        (OrdType.LIMIT_OR_CLOSE, DAY),
    )
    assert terms("KRX", Phase.CLOSED) == ()
    assert terms("NOWHERE", Phase.CONTINUOUS) == GENERIC
    assert generic_terms("", Phase.OPEN_CALL) == ((OrdType.LIMIT, DAY), (OrdType.MARKET, DAY))


def test_the_form_offers_what_its_venue_takes_in_its_phase(desk):
    assert desk.form.types == GENERIC
    desk.market.on_quote(PhaseUpdate("", NOW_NS, Phase.CLOSE_CALL, 0))
    assert desk.form.types == ((OrdType.LIMIT, DAY), (OrdType.MARKET, DAY))
    desk.form.choose_type(OrdType.LIMIT, IOC)
    assert desk.form.term == (OrdType.LIMIT, DAY)  # the chosen one is not taken now
    desk.selection.choose_venue("NXT")
    desk.market.on_quote(PhaseUpdate("", NOW_NS, Phase.CONTINUOUS, 0, "NXT"))
    assert desk.form.term == (OrdType.LIMIT, IOC)
    desk.selection.choose_venue(COMBINED)
    assert desk.form.types == ROUTED


def test_an_order_goes_to_the_chosen_venue_at_its_price(desk):
    desk.selection.choose_venue("NXT")
    desk.form.send()
    assert [(type(i), i.venue) for i in desk.sent] == [(NewOrder, "NXT")]


def test_types_without_a_price_send_none(desk):
    desk.selection.set_px(190_000)
    desk.form.choose_type(OrdType.MARKET, DAY)
    assert not desk.form.is_priced
    desk.form.send()
    assert [(i.ord_type, i.px) for i in desk.sent] == [(OrdType.MARKET, 0)]


def test_an_amount_buys_as_many_shares_as_it_pays(desk):
    desk.selection.set_px(190_000)
    desk.form.choose_qty_mode(QtyMode.AMOUNT)
    assert (desk.form.amount, desk.form.qty) == (9_500_000, 50)
    desk.form.set_amount(1_000_000)
    assert desk.form.qty == 5
    desk.form.step_qty(1)
    assert (desk.form.amount, desk.form.qty) == (1_190_000, 6)
    desk.form.send()
    assert [i.qty for i in desk.sent] == [6]
    desk.form.set_amount(100)
    assert desk.form.send().key == "refusal.no_qty"
    desk.form.choose_share(50)
    assert desk.form.qty == desk.form.possible_qty() * 50 // 100
    desk.form.next_qty_mode()
    assert (desk.form.qty_mode, desk.selection.qty) == (QtyMode.SHARES, desk.form.qty)


def test_credit_is_offered_to_accounts_that_have_the_right_alone(desk):
    assert credits_of(None) == credits_of(account()) == (CashMargin.CASH,)
    desk.form.choose_credit(CashMargin.MARGIN_OPEN)
    assert desk.form.credit is CashMargin.CASH
    desk.orders.on_view(replace(account(), kind="kr_margin"))
    desk.actions.settings.set("entry.credit", value=True)
    assert desk.form.credits == tuple(CashMargin)
    desk.form.next_credit()
    desk.form.send()
    lots = (
        LotView(open_date=20261103, qty=Qty(5), cost=1, credit="margin", loan_date=20261103),
        LotView(open_date=20261101, qty=Qty(5), cost=1, credit="margin", loan_date=20261101),
        LotView(open_date=20261001, qty=Qty(5), cost=1),
    )
    held = replace(position("005930", 15, 190_000, 191_400), lots=lots)
    desk.orders.on_view(held)
    desk.form.next_credit()
    desk.form.choose_tab(Tab.SELL)
    desk.form.send()
    assert [(i.credit, i.loan_date) for i in desk.sent] == [
        (CashMargin.MARGIN_OPEN, 0),
        (CashMargin.MARGIN_CLOSE, 20261101),
    ]
    assert (desk.form.loan_date, [lot.loan_date for lot in desk.form.loans]) == (20261101, [20261101, 20261103])


def test_times_of_a_reserved_order():
    # 2026-11-20 12:38 in Seoul
    times = reserve_times(NOW_NS)
    assert [time.trade_ns - NOW_NS for time in times[:5]] == [n * MINUTE_NS for n in (1, 5, 10, 30, 60)]
    of_day = [((time.trade_ns + SEOUL_NS) // MINUTE_NS % (24 * 60)) for time in times[5:]]
    assert of_day == [8 * 60 + 31, 9 * 60 + 1, 15 * 60 + 21]
    assert [time.trade_ns > NOW_NS for time in times] == [True] * 8
    # It is a Friday: the close is today, the opening on Monday.
    assert [(time.trade_ns - NOW_NS) // DAY_NS for time in times[5:]] == [2, 2, 0]
    saturday = reserve_times(NOW_NS + DAY_NS)
    assert [time.trade_ns for time in saturday[5:7]] == [time.trade_ns for time in times[5:7]]
    assert saturday[7].trade_ns == times[7].trade_ns + 3 * DAY_NS


def test_a_reserved_order_waits_in_the_core(desk):
    desk.form.choose_tab(Tab.RESERVE)
    desk.form.turn_reserve()
    desk.selection.set_px(195_000)
    desk.form.next_time()
    chosen = desk.form.reserve_time
    desk.form.send()
    (intent,) = desk.sent
    assert isinstance(intent, PlaceConditionals)
    (order,) = intent.orders
    assert (order.side, order.qty, order.px, order.ord_type) == (Side.SELL, 50, 195_000, OrdType.LIMIT)
    assert (order.condition, order.carry) == (TimeCondition(trade_ns=chosen.trade_ns), Carry.UNTIL_CANCELED)
    assert chosen == reserve_times(NOW_NS)[1]
    desk.form.next_type()
    desk.form.send()
    assert [(o.ord_type, o.px) for o in desk.sent[1].orders] == [(OrdType.MARKET, 0)]


def test_the_time_of_a_reserved_order_is_kept_while_the_clock_goes_on(desk):
    form = desk.form
    form.choose_tab(Tab.RESERVE)
    for passed, (key, count) in enumerate([("after", 5), ("after", 10), ("after", 30), ("after", 60)]):
        form.next_time()
        desk.market.on_quote(trade("005930", 191_400, trade_ns=NOW_NS + passed * MINUTE_NS))
        found = form.reserve_time
        assert (found.key, found.count) == (f"order_entry.{key}", count)
        assert found.trade_ns == desk.market.trade_ns + count * MINUTE_NS


def test_a_reserved_order_goes_each_day_until_a_date(desk):
    form = desk.form
    assert (form.next_period().key, form.periods) == ("refusal.period_timed", ())
    form.choose_tab(Tab.RESERVE)
    assert form.period is None
    # On Friday 2026-11-20 from the next opening, which is Monday's, on.
    form.choose_reserve(reserve_times(NOW_NS)[6])
    assert [one.date for one in form.periods] == [20261127, 20261130, 20261231]
    form.next_period()
    desk.selection.set_px(195_000)
    form.send()
    (order,) = desk.sent[0].orders
    assert (order.carry, order.until_date, order.until_filled) == (Carry.DAILY, 20261127, True)
    # A time of today can have today as its last day.
    form.choose_reserve(reserve_times(NOW_NS)[0])
    assert [one.date for one in form.periods] == [20261120, 20261127, 20261130, 20261231]
    for _ in range(3):
        form.next_period()
    assert form.period is None
    form.send()
    assert [o.carry for o in desk.sent[1].orders] == [Carry.UNTIL_CANCELED]


def test_the_route_is_asked_for_and_told_for_this_very_order(desk):
    assert desk.form.plan_wanted() is None
    desk.selection.choose_venue(COMBINED)
    desk.selection.set_px(191_400)
    request = RouteRequest(side=Side.BUY, qty=50, px=191_400, remainder=Remainder.POST)
    assert desk.form.plan_wanted() == RequestPlan(symbol="005930", request=request, account=desk.orders.account_id)
    assert desk.form.route() == ()
    slices = (
        Slice(venue="KRX", qty=Qty(20)),
        Slice(venue="NXT", qty=Qty(25)),
        Slice(venue="KRX", qty=Qty(5)),
    )
    desk.orders.on_view(PlanView(symbol="005930", request=request, plan=RoutePlan(slices=slices)))
    assert desk.form.route() == (("KRX", 25), ("NXT", 25))
    desk.selection.set_qty(60)
    assert desk.form.route() == ()  # told for another order
    desk.form.choose_tab(Tab.AMEND)
    assert desk.form.plan_wanted() is None
