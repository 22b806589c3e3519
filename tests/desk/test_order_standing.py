"""What orders by ladder and keys carry until it is cleared; where it is not taken nothing leaves."""

import pytest

from hts.desk.actions import Wanted
from hts.desk.commands import Commands
from hts.desk.order_attributes import Attribute
from hts.desk.order_standing import Standing
from hts.desk.order_terms import PLAIN_ATTRIBUTES, Attributes
from hts.desk.sentences import refusal_text
from hts.desk.venue_tabs import COMBINED
from hts.model.enums import OrdType, Phase, Side, TimeInForce
from hts.model.intents import Flatten, NewOrder, PlaceConditionals, ReplaceOrder
from hts.model.quotes import PhaseUpdate
from tests.desk import test_order_attributes
from tests.desk.test_order_attributes import OTHER, SYMBOL
from tests.support.desk_feed import OPEN_NS, order, position, texts


def at(*venues):
    """A desk there, whose keys go by its form."""
    desk = test_order_attributes.at(*venues)
    desk.commands = Commands(desk.actions, desk.form, desk.market, desk.selection)
    return desk


def sent(desk):
    return [(i.symbol, i.qty, i.display_qty, i.post_only) for i in desk.sent if isinstance(i, NewOrder)]


def wanted(desk, **fields):
    values = {"symbol": SYMBOL, "side": Side.BUY, "px": 191_000, "qty": desk.selection.qty}
    return Wanted(**values | fields)


def test_what_stands_goes_with_every_order_of_ladder_and_keys_until_it_is_cleared():
    desk = at("NASDAQ")
    standing = desk.form.standing
    desk.selection.set_qty(100)
    assert (standing.turn_shown(), standing.turn_post_only()) == (None, None)
    desk.selection.set_qty(500)
    assert standing.of(SYMBOL) == Attributes(display_qty=100, post_only=True)
    standing.place(wanted(desk))
    desk.commands.run("standing.clear")
    assert standing.of(SYMBOL) is PLAIN_ATTRIBUTES
    standing.place(wanted(desk))
    assert sent(desk) == [(SYMBOL, 500, 100, True), (SYMBOL, 500, 0, False)]


def test_keys_switch_it_and_say_so_once_more_it_is_off():
    desk = at("NASDAQ")
    for action in ("standing.post_only", "standing.shown", "standing.shown"):
        assert desk.commands.run(action) is None
    assert desk.form.standing.of(SYMBOL) == Attributes(post_only=True)
    assert desk.commands.run("standing.post_only") is None
    assert desk.form.standing.of(SYMBOL) is PLAIN_ATTRIBUTES


def test_resting_only_is_for_every_issue_and_a_shown_quantity_for_its_own():
    desk = at("NASDAQ")
    desk.commands.run("standing.post_only")
    desk.commands.run("standing.shown")
    assert desk.form.standing.of(OTHER) == Attributes(post_only=True)


def test_an_order_that_is_no_larger_than_what_is_shown_shows_all():
    desk = at("NASDAQ")
    desk.commands.run("standing.shown")
    desk.form.standing.place(wanted(desk, qty=500))
    desk.form.standing.place(wanted(desk, qty=510))
    assert sent(desk) == [(SYMBOL, 500, 0, False), (SYMBOL, 510, 500, False)]


@pytest.mark.parametrize(
    ("venue", "fields", "key", "name"),
    [
        ("NASDAQ", {"venue": COMBINED}, "refusal.post_only_standing", "SOR"),
        ("NASDAQ", {"ord_type": OrdType.MARKET, "px": 0}, "refusal.post_only_standing", "NASDAQ"),
        ("NASDAQ", {"time_in_force": TimeInForce.IOC}, "refusal.post_only_standing", "NASDAQ"),
        ("TSE", {}, "refusal.post_only_standing", "TSE"),
        ("KRX", {}, "refusal.post_only_standing", "KRX"),
    ],
)
def test_where_it_is_not_taken_nothing_leaves_and_the_key_that_clears_it_is_named(venue, fields, key, name):
    desk = at(venue)
    desk.form.standing._post_only = True
    refusal = desk.form.standing.place(wanted(desk, **fields))
    assert (refusal.key, refusal.values, desk.sent) == (key, {"venue": name}, [])
    catalogue = texts("en")
    catalogue.caps.keys_of = lambda action: {"standing.clear": "X"}[action]
    assert "X clears post-only" in refusal_text(refusal, catalogue)


def test_a_shown_quantity_is_refused_where_only_resting_is_taken():
    desk = at("JNX")
    assert desk.commands.run("standing.shown").key == "refusal.display_qty_standing_here"
    assert desk.commands.run("standing.post_only") is None
    desk.form.standing._shown[SYMBOL] = 100
    refusal = desk.form.standing.place(wanted(desk))
    assert (refusal.key, desk.sent) == ("refusal.display_qty_standing", [])


def test_what_is_taken_goes_by_the_phase():
    desk = at("NASDAQ")

    def only_continuous(_venue, phase):
        return frozenset({"post_only"} if phase is Phase.CONTINUOUS else ())

    standing = Standing(desk.market, desk.selection, desk.actions, only_continuous)
    assert (standing.offered(SYMBOL, ""), standing.turn_post_only()) == ({Attribute.POST_ONLY}, None)
    desk.market.on_quote(PhaseUpdate("", OPEN_NS, Phase.CLOSE_CALL, 0, "NASDAQ"))
    assert standing.offered(SYMBOL, "") == frozenset()
    assert standing.place(wanted(desk)).key == "refusal.post_only_standing"
    assert standing.turn_post_only() is None  # off is always possible


def test_ways_out_stops_and_amends_go_as_ever():
    desk = at("NASDAQ")
    desk.orders.on_view(position(SYMBOL, 100, 191_000, 191_000))
    desk.orders.on_view(order(7, SYMBOL, Side.BUY, 190_000, 100))
    desk.commands.run("standing.post_only")
    desk.selection.set_px(0)
    desk.commands.run("flatten")
    for action in ("flatten", "stop.sell", "order.up"):
        desk.commands.run(action)
    assert [type(intent) for intent in desk.sent] == [Flatten, PlaceConditionals, ReplaceOrder]


def test_the_question_before_an_order_names_it_and_its_answer_sends_it():
    desk = at("NASDAQ")
    desk.actions.settings.set("entry.confirm", value=True)
    desk.commands.run("standing.post_only")
    asked = desk.form.standing.place(wanted(desk))
    assert "(post-only)" in refusal_text(asked, texts("en"))
    assert desk.form.standing.place(wanted(desk)) is None
    assert sent(desk) == [(SYMBOL, 500, 0, True)]
