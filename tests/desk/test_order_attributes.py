from itertools import product

import pytest
from msgspec.structs import replace

from hts.app.terminal_market import features_by_phase, terms_by_phase
from hts.base.errors import HtsError
from hts.desk.order_attributes import CARRIED, Attribute, fault, suited
from hts.desk.order_entry import OrderForm, Tab
from hts.desk.order_terms import PLAIN_ATTRIBUTES, Attributes
from hts.desk.sentences import refusal_text
from hts.desk.venue_tabs import COMBINED
from hts.gateway.arrowhead import _enter
from hts.gateway.krx_ums_messages import to_message
from hts.gateway.osaka_dialect import OsakaDialect
from hts.gateway.ouch_dialects import NasdaqDialect, PtsDialect
from hts.model.enums import OrdStatus, OrdType, Phase, Side, TimeInForce
from hts.model.intents import NewOrder
from hts.model.quotes import InstrumentDef, PhaseUpdate
from hts.model.reasons import Reason
from hts.model.requests import NewOrderSingle
from hts.model.terms import terms_of
from hts.sim.checks import extras_refusal
from hts.sim.commands import Enter
from hts.sim.matching import BUY
from tests.support.desk_feed import OPEN_NS, Desk, account, instruments, rates, texts, trade
from tests.support.native_market import NativeMarket
from tests.support.order_member import ACCOUNT, a_member

DAY, IOC, FOK = TimeInForce.DAY, TimeInForce.IOC, TimeInForce.FOK
LIMIT, MARKET = OrdType.LIMIT, OrdType.MARKET
SYMBOL, OTHER = "005930", "000660"
DISPLAY, LEAST, POST = Attribute.DISPLAY_QTY, Attribute.MIN_QTY, Attribute.POST_ONLY
EACH = {DISPLAY: {"display_qty": 100}, LEAST: {"min_qty": 100}, POST: {"post_only": True}}  # of an order of 500


def at(*venues):
    """A desk whose issues are at these venues, by the core's own table; lots of 10, a quantity of 500."""
    desk = Desk()
    desk.market.on_quote(PhaseUpdate("", OPEN_NS, Phase.CONTINUOUS, 0))
    for symbol, venue in product((SYMBOL, OTHER), venues):
        issue = replace(next(each for each in instruments() if each.symbol == symbol), venue=venue, lot=10)
        desk.market.on_quote(InstrumentDef(instrument=issue))
    desk.market.on_quote(trade(SYMBOL, 191_400))
    desk.market.on_quote(trade(OTHER, 967_000))
    desk.orders.on_view(account())
    parts = desk.market, desk.orders, desk.selection, desk.actions, rates
    desk.form = OrderForm(*parts, terms=terms_by_phase(), features=features_by_phase())
    desk.actions.arm(on=True)
    desk.actions.settings.set("entry.warn_krw", 0)
    desk.selection.set_qty(500)
    desk.selection.set_px(191_000)
    desk.selection.choose_venue(venues[0])
    return desk


def sent(desk):
    return [(i.qty, i.display_qty, i.min_qty, i.post_only) for i in desk.sent if isinstance(i, NewOrder)]


@pytest.mark.parametrize(
    ("venue", "term", "offered"),
    [
        ("NASDAQ", (LIMIT, DAY), (DISPLAY, POST)),
        ("NASDAQ", (LIMIT, IOC), (LEAST,)),
        ("NASDAQ", (LIMIT, FOK), ()),
        ("NASDAQ", (OrdType.MIDPOINT, DAY), (LEAST,)),
        ("NASDAQ", (MARKET, DAY), ()),
        ("JNX", (LIMIT, DAY), (POST,)),
        ("ODX", (LIMIT, IOC), (LEAST,)),
        ("OSE", (LIMIT, DAY), ()),
        ("TSE", (LIMIT, DAY), ()),
        ("KRX", (LIMIT, DAY), ()),
        ("NXT", (LIMIT, IOC), ()),
    ],
)
def test_offered_is_what_venue_type_and_wire_take(venue, term, offered):
    desk = at(venue)
    desk.form.choose_type(*term)
    assert (desk.form.term, desk.form.attributes) == (term, offered)


def test_timed_orders_and_amends_offer_none():
    desk = at("NASDAQ")
    for tab, offered in ((Tab.SELL, (DISPLAY, POST)), (Tab.RESERVE, ()), (Tab.AMEND, ())):
        desk.form.choose_tab(tab)
        assert desk.form.attributes == offered


def enter_fields(venue, **more):
    """The order as the venue's gateway writes it; None where it has no words for it."""
    order = NewOrderSingle(
        cl_ord_id=1,
        request_id="r",
        account="1",
        symbol="A",
        side=Side.BUY,
        **{"ord_type": LIMIT, "time_in_force": DAY, "px": 100, "qty": 500, **more},
    )
    say = {
        "TSE": _enter,
        "JNX": PtsDialect(1).enter,
        "ODX": PtsDialect(1).enter,
        "NASDAQ": NasdaqDialect().enter,
        "OSE": OsakaDialect(lambda: {"A": 7}).enter,
    }.get(venue, to_message)
    try:
        return say(order)
    except HtsError:
        return None


@pytest.mark.parametrize("venue", CARRIED)
def test_carried_is_what_the_gateway_writes(venue):
    plain = enter_fields(venue)
    assert plain is not None
    carried = {each for each, said in EACH.items() if enter_fields(venue, **said) not in (None, plain)}
    assert carried == CARRIED[venue]


@pytest.mark.parametrize("venue", CARRIED)
def test_the_core_lets_nothing_pass_that_an_order_entry_cannot_say(venue):
    features = features_by_phase()
    named = {each for phase in Phase for each in Attribute if each.value in features(venue, phase)}
    assert named <= CARRIED[venue]


@pytest.mark.parametrize("venue", ["NASDAQ", "JNX", "ODX"])
def test_no_venue_refuses_what_is_offered(venue):
    market = NativeMarket(venue)
    profile, issue = market.exchange.profile, next(iter(market.exchange.issues.values()))
    terms, features = terms_by_phase(), features_by_phase()
    tried = 0
    for term in terms(venue, Phase.CONTINUOUS):
        for attribute in suited(term) & CARRIED[venue]:
            assert attribute.value in features(venue, Phase.CONTINUOUS)
            order = Enter(
                session="M",
                cl_ord_id=1,
                symbol="A",
                side=Side.BUY,
                px=100,
                qty=500,
                **{"ord_type": term[0], "time_in_force": term[1], **EACH[attribute]},
                expire_ns=market.trade_ns + 1 if term[1] is TimeInForce.GTD else 0,
            )
            assert extras_refusal(profile, issue, order, market.trade_ns) is Reason.NONE, (term, attribute)
            tried += 1
    assert tried >= 4


def test_the_order_leaves_with_what_was_said():
    desk = at("NASDAQ")
    desk.form.set_display_qty(100)
    desk.form.turn_post_only()
    assert desk.form.send() is None
    assert sent(desk)[-1] == (500, 100, 0, True)
    desk.form.choose_tab(Tab.SELL)
    desk.form.send()
    assert sent(desk)[-1] == (500, 100, 0, True)


@pytest.mark.parametrize(
    ("said", "key", "values"),
    [
        (Attributes(display_qty=15), "refusal.display_qty_lot", {"found": "15", "lot": "10"}),
        (Attributes(min_qty=15), "refusal.min_qty_lot", {"found": "15", "lot": "10"}),
        (Attributes(display_qty=500), "refusal.display_qty_whole", {"found": "500", "qty": "500"}),
        (Attributes(min_qty=510), "refusal.min_qty_above", {"found": "510", "qty": "500"}),
    ],
)
def test_figures_that_do_not_fit_are_told(said, key, values):
    found = fault(said, 500, 10)
    assert (found.key, found.values) == (key, values)


@pytest.mark.parametrize("said", [PLAIN_ATTRIBUTES, Attributes(display_qty=490), Attributes(min_qty=500)])
def test_figures_that_fit_pass(said):
    assert fault(said, 500, 10) is None


def test_a_fault_keeps_the_order_here():
    desk = at("NASDAQ")
    desk.form.set_display_qty(500)
    assert desk.form.send().key == "refusal.display_qty_whole"
    assert (sent(desk), desk.actions.last_refusal.key) == ([], "refusal.display_qty_whole")


def test_another_type_drops_what_it_does_not_take_and_says_so_before_anything_leaves():
    desk = at("NASDAQ")
    desk.form.set_display_qty(100)
    desk.form.choose_type(LIMIT, IOC)
    assert desk.form.send().key == "refusal.display_qty_not_taken"
    assert (sent(desk), desk.form.said) == ([], PLAIN_ATTRIBUTES)
    assert desk.form.send() is None
    assert sent(desk) == [(500, 0, 0, False)]


def test_another_issue_keeps_resting_only_and_clears_the_quantities():
    desk = at("NASDAQ")
    desk.form.set_display_qty(100)
    desk.form.turn_post_only()
    desk.selection.choose(OTHER)
    assert desk.form.settle().key == "refusal.attributes_of_issue"
    assert (desk.form.said, desk.form.settle()) == (Attributes(post_only=True), None)


def test_a_venue_that_does_not_take_it_says_why():
    desk = at("JNX", "TSE")
    desk.form.turn_post_only()
    assert (desk.form.venue, desk.form.settle()) == ("JNX", None)
    for venue, name in (("TSE", "TSE"), (COMBINED, "SOR")):
        desk.selection.choose_venue("JNX")
        desk.form.said = Attributes(post_only=True)
        desk.selection.choose_venue(venue)
        found = desk.form.settle()
        assert (found.key, found.values) == ("refusal.post_only_not_taken", {"venue": name})
        assert (desk.form.said, desk.form.settle()) == (PLAIN_ATTRIBUTES, None)
        assert desk.form.turn_post_only() == found


def test_an_amend_keeps_what_was_said_for_the_next_order():
    desk = at("NASDAQ")
    desk.form.set_display_qty(100)
    desk.form.choose_tab(Tab.AMEND)
    assert (desk.form.settle(), desk.form.said.display_qty) == (None, 100)


def test_a_timed_order_goes_by_no_quantity_that_its_form_does_not_show():
    desk = at("NASDAQ")
    desk.form.set_display_qty(500)
    desk.form.choose_tab(Tab.RESERVE)
    assert desk.form.send() is None
    assert len(desk.sent) == 1


def test_the_question_before_an_order_names_it():
    desk = at("NASDAQ")
    desk.actions.settings.set("entry.confirm", value=True)
    desk.form.set_display_qty(100)
    desk.form.turn_post_only()
    question = desk.form.send()
    assert "(100 shown, post-only)" in refusal_text(question, texts("en"))
    assert "(100 공개, Post-only)" in refusal_text(desk.actions.last_refusal, texts("ko"))
    desk.form.set_display_qty(200)
    assert "(200 shown, post-only)" in refusal_text(desk.form.send(), texts("en"))
    assert sent(desk) == []
    assert desk.form.send() is None
    assert sent(desk) == [(500, 200, 0, True)]


def test_an_iceberg_of_the_form_shows_its_part_at_the_exchange():
    desk, member = at("NASDAQ"), a_member("NASDAQ")
    desk.form.set_display_qty(100)
    desk.form.turn_post_only()
    assert desk.form.send() is None
    (intent,) = desk.sent
    order = NewOrderSingle(
        cl_ord_id=1,
        request_id=intent.request_id,
        account=ACCOUNT,
        symbol=member.symbol,
        side=intent.side,
        ord_type=intent.ord_type,
        time_in_force=intent.time_in_force,
        **{"px": member.px, "qty": intent.qty, **terms_of(intent)},
    )
    (report,) = member.want(order)
    assert (report.ord_status, report.order_qty, report.display_qty) == (OrdStatus.NEW, 500, 100)
    assert member.market.book(member.symbol)[BUY] == [(member.px, [100])]
    (fill,) = member.offer(100)
    assert (fill.last_qty, fill.leaves_qty) == (100, 400)
    assert member.market.book(member.symbol)[BUY] == [(member.px, [100])]
