"""Order entry of Nasdaq and the PTS: whole conversations, the venue's own codes, cuts and comebacks."""

import pytest

from hts.model.enums import Side
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.commands import AGENTS, Enter
from tests.support.native_market import DAY, Client, NativeMarket

NASDAQ_ORDER = {
    "side": "B", "quantity": 100, "symbol": "AAPL", "price": 2_600_000, "time_in_force": "0", "display": "Y",
    "capacity": "A", "intermarket_sweep_eligibility": "N", "cross_type": "N", "cl_ord_id": "mine", "appendage": {},
}  # fmt: skip
PTS_ORDER = {
    "client_reference": "mine", "buy_sell_indicator": "B", "quantity": 100, "orderbook_id": "7203", "group": "DAY",
    "price": 30_000, "time_in_force": 99999, "firm_id": 7, "display": " ", "capacity": "A", "minimum_quantity": 0,
    "order_classification": "1", "cash_margin_type": "1",
}  # fmt: skip


def trader(venue, **more):
    market = NativeMarket(venue, **more)
    client = Client(market, 1)
    _, start = client.said()
    assert start[0] == "system_event"
    return market, client


def nasdaq(client, number, **changes):
    return client.send("enter_order", user_ref_num=number, **{**NASDAQ_ORDER, **changes})


def pts(client, token, **changes):
    return client.send("enter_order", order_token=token, **{**PTS_ORDER, **changes})


def offer(market, symbol, px, qty, order=1):
    """The background sells."""
    market.apply(
        Enter(session=AGENTS, cl_ord_id=ClOrdID(order), symbol=symbol, side=Side.SELL, px=Px(px), qty=Qty(qty))
    )


# -- Nasdaq --


def test_an_order_is_accepted_filled_in_parts_and_cancelled():
    market, client = trader("NASDAQ")
    offer(market, "AAPL", 2_599_900, 30)
    (accepted, executed) = nasdaq(client, 1)
    assert accepted[0] == "order_accepted"
    assert {k: accepted[1][k] for k in ("user_ref_num", "side", "quantity", "symbol", "price", "cl_ord_id",
                                        "order_state")} == {
        "user_ref_num": 1, "side": "B", "quantity": 100, "symbol": "AAPL", "price": 2_600_000, "cl_ord_id": "mine",
        "order_state": "L",
    }  # fmt: skip
    assert executed[0] == "order_executed"
    assert (executed[1]["quantity"], executed[1]["price"], executed[1]["liquidity_flag"]) == (30, 2_599_900, "R")
    (canceled,) = client.send("cancel_order", user_ref_num=1, quantity=0)
    assert canceled == ("order_canceled", {**canceled[1], "user_ref_num": 1, "quantity": 70, "reason": "U"})
    assert market.book("AAPL") == {0: [], 1: []}


def test_the_resting_side_hears_that_it_added():
    market, client = trader("NASDAQ")
    nasdaq(client, 1)
    market.apply(Enter(session=AGENTS, cl_ord_id=ClOrdID(1), symbol="AAPL", side=Side.SELL, px=Px(2_600_000),
                       qty=Qty(40)))  # fmt: skip
    client.carry()
    ((name, fields),) = client.said()
    assert (name, fields["quantity"], fields["liquidity_flag"]) == ("order_executed", 40, "A")


def test_a_cancel_to_a_size_leaves_that_size():
    market, client = trader("NASDAQ")
    nasdaq(client, 1)
    (canceled,) = client.send("cancel_order", user_ref_num=1, quantity=60)
    assert (canceled[0], canceled[1]["quantity"], canceled[1]["reason"]) == ("order_canceled", 40, "U")
    assert market.book("AAPL")[0] == [(2_600_000, [60])]
    (canceled,) = client.send("cancel_order", user_ref_num=1, quantity=0)
    assert canceled[1]["quantity"] == 60


def test_a_replacement_has_a_name_and_a_number_of_its_own():
    market, client = trader("NASDAQ")
    (accepted,) = nasdaq(client, 1)
    (replaced,) = client.send(
        "replace_order", orig_user_ref_num=1, user_ref_num=2, quantity=80, price=2_610_000, time_in_force="0",
        display="Y", intermarket_sweep_eligibility="N", cl_ord_id="mine2", appendage={},
    )  # fmt: skip
    assert replaced[0] == "order_replaced"
    fields = replaced[1]
    assert (fields["orig_user_ref_num"], fields["user_ref_num"], fields["quantity"], fields["price"]) == (
        1,
        2,
        80,
        2_610_000,
    )
    assert fields["cl_ord_id"] == "mine2"
    assert fields["order_reference_number"] != accepted[1]["order_reference_number"]
    assert market.book("AAPL")[0] == [(2_610_000, [80])]
    (canceled,) = client.send("cancel_order", user_ref_num=2, quantity=0)
    assert (canceled[1]["user_ref_num"], canceled[1]["quantity"]) == (2, 80)


def test_a_modification_says_so():
    _, client = trader("NASDAQ")
    nasdaq(client, 1)
    (modified,) = client.send("modify_order", user_ref_num=1, side="B", quantity=30)
    assert (modified[0], modified[1]["user_ref_num"], modified[1]["quantity"]) == ("order_modified", 1, 30)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"price": 2_600_050}, 29),
        ({"price": 0}, 29),
        ({"quantity": 0}, 19),
        ({"symbol": "NONE"}, 23),
        ({"display": "Z"}, 3),
        ({"cross_type": "R"}, 20),
        ({"side": "Q"}, 9),
        ({"time_in_force": "9"}, 15),
        ({"intermarket_sweep_eligibility": "Y"}, 8),
        ({"appendage": {"route": "SCAN"}}, 22),
        ({"appendage": {"price_type": "Q"}}, 5),
    ],
)
def test_nasdaq_s_own_reject_codes(changes, code):
    _, client = trader("NASDAQ")
    ((name, fields),) = nasdaq(client, 1, **changes)
    assert (name, fields["user_ref_num"], fields["reason"], fields["cl_ord_id"]) == ("rejected", 1, code, "mine")
    assert nasdaq(client, 2)[0][0] == "order_accepted"  # the flow goes on


def test_a_number_that_does_not_grow_is_ignored():
    _, client = trader("NASDAQ")
    assert nasdaq(client, 5)[0][0] == "order_accepted"
    assert nasdaq(client, 5) == []
    assert nasdaq(client, 4) == []
    ((name, fields),) = client.send("account_query")
    assert (name, fields["next_user_ref_num"]) == ("account_query_response", 6)


def test_superfluous_cancels_are_ignored_and_late_replacements_rejected():
    _, client = trader("NASDAQ")
    nasdaq(client, 1)
    client.send("cancel_order", user_ref_num=1, quantity=0)
    assert client.send("cancel_order", user_ref_num=1, quantity=0) == []
    assert client.send("cancel_order", user_ref_num=77, quantity=0) == []
    ((name, fields),) = client.send(
        "replace_order", orig_user_ref_num=1, user_ref_num=2, quantity=80, price=2_610_000, time_in_force="0",
        display="Y", intermarket_sweep_eligibility="N", cl_ord_id="late", appendage={},
    )  # fmt: skip
    assert (name, fields["user_ref_num"], fields["reason"], fields["cl_ord_id"]) == ("rejected", 2, 15, "late")


def test_an_immediate_order_s_rest_is_cancelled():
    market, client = trader("NASDAQ")
    offer(market, "AAPL", 2_600_000, 30)
    said = nasdaq(client, 1, time_in_force="3")
    assert [name for name, _ in said] == ["order_accepted", "order_executed", "order_canceled"]
    assert (said[2][1]["quantity"], said[2][1]["reason"]) == (70, "I")


# -- sessions --


def test_what_was_said_in_an_absence_is_told_after_the_next_login():
    market = NativeMarket("JNX")
    client = Client(market, 1)
    client.said()
    pts(client, 1)
    seq = client.ouch.soup.next_seq
    market.orders._logins["HTS01"] = type(market.orders._logins["HTS01"])(
        username="HTS01", password="paper", cancel_on_disconnect=False
    )
    market.lose(1)
    offer(market, "7203", 30_000, 100)
    again = Client(market, 2, session="2026112401", next_seq=seq)
    logged_on, executed = again.said()
    assert logged_on.next_seq == seq
    assert (executed[0], executed[1]["order_token"], executed[1]["executed_quantity"]) == ("order_executed", 1, 100)


@pytest.mark.parametrize("venue", ["NASDAQ", "JNX"])
def test_a_lost_connection_cancels_what_works(venue):
    market, client = trader(venue)
    if venue == "NASDAQ":
        nasdaq(client, 1)
    else:
        pts(client, 1)
    seq = client.ouch.soup.next_seq
    market.lose(1)
    assert all(market.book(i.symbol) == {0: [], 1: []} for i in market.instruments)
    _, (name, fields) = Client(market, 2, session="2026112401", next_seq=seq).said()
    assert name == "order_canceled"
    assert fields.get("reason") or fields["order_canceled_reason"] in "LZ"


def test_a_second_login_takes_over():
    market, client = trader("NASDAQ")
    nasdaq(client, 1)
    second = Client(market, 2)
    assert market.orders.closing() == [1]
    assert [m[0] for m in second.said()[1:]] == ["system_event", "order_accepted", "order_canceled"]


def test_a_wrong_password_and_a_wrong_session_are_refused():
    market = NativeMarket("NASDAQ")
    client = Client(market, 1, username="WRONG")
    assert [type(e).__name__ for e in client.said()] == ["LoginRefused"]
    assert "WRONG" in market.orders.reasons()[0]
    other = Client(market, 2, session="OLDDAY")
    assert [getattr(e, "code", "") for e in other.said()] == ["S"]


def test_users_have_streams_of_their_own():
    market, client = trader("NASDAQ")
    other = Client(market, 2, username="HTS02")
    other.said()
    nasdaq(client, 1)
    other.carry()
    assert other.said() == []
    assert nasdaq(other, 1, side="S", cl_ord_id="yours")[0][1]["cl_ord_id"] == "yours"
    client.carry()
    assert [name for name, _ in client.said()] == ["order_executed"]


@pytest.mark.parametrize("venue", ["NASDAQ", "JNX"])
def test_a_venue_that_starts_again_says_the_same(venue):
    market, client = trader(venue)
    enter = nasdaq if venue == "NASDAQ" else pts
    symbol, px = ("AAPL", 2_600_000) if venue == "NASDAQ" else ("7203", 30_000)
    offer(market, symbol, px, 100)
    enter(client, 1, quantity=300)
    cancel = {"user_ref_num" if venue == "NASDAQ" else "order_token": 1}
    client.send("cancel_order", quantity=200, **cancel)
    enter(client, 2, price=1)
    client.send("cancel_order", quantity=0, **cancel)
    again = NativeMarket(venue)
    for trade_ns, command in market.log:
        again.orders.restore(command)
        again.orders.on_events(again.exchange.apply(command, trade_ns), trade_ns, 0)
    before, after = (m.orders._streams["HTS01"]._packets for m in (market, again))
    assert len(before) >= 6
    assert after == before
    assert again.orders.sequence_numbers() == market.orders.sequence_numbers()
    back = Client(again, 1)
    back.said()
    (reply,) = enter(back, 3)
    assert reply[0] == "order_accepted"
    assert enter(back, 2) == []  # its name was used before the restart


def test_a_new_day_ends_every_session():
    market, client = trader("NASDAQ")
    nasdaq(client, 1)
    market.orders.roll((), 2, 0)
    client.carry()
    assert [type(event).__name__ for event in client.said()] == ["SessionEnded"]
    assert market.orders.closing() == [1]
    market.orders.start_day(market.kind.dialect(market.instruments, DAY), "2026112402", market.trade_ns)
    market.orders.disconnected(1, market.trade_ns, 0)
    again = Client(market, 2)
    assert (again.said()[0].session, market.orders.sequence_numbers()["HTS01"]) == ("2026112402", (1, 2))
    assert nasdaq(again, 1)[0][0] == "rejected"  # the exchange's day is the old one here; the number is free again


def test_garbage_ends_the_connection_and_nobody_else_s():
    market, client = trader("NASDAQ")
    other = Client(market, 2, username="HTS02")
    other.said()
    client.ouch.soup.send(b"?what", 0)
    client.carry()
    assert market.orders.closing() == [1]
    assert "HTS01 was cut off" in market.orders.reasons()[0]
    assert nasdaq(other, 1)[0][0] == "order_accepted"


# -- the PTS --


@pytest.mark.parametrize(
    ("venue", "ouch", "itch", "book"),
    [
        ("JNX", "jnx_ouch_2_01", "jnx_itch_2_0", "7203"),
        ("JNX", "jnx_ouch_1_11", "jnx_itch_1_6", 7203),
        ("ODX", "odx_ouch_2_0", "odx_itch_2_2", "7203"),
    ],
)
def test_a_pts_conversation(venue, ouch, itch, book):
    market, client = trader(venue, ouch=ouch, itch=itch)
    offer(market, "7203", 29_999, 200)
    accepted, executed = pts(client, 9, orderbook_id=book, quantity=500)
    assert accepted == (
        "order_accepted",
        {**accepted[1], **PTS_ORDER, "order_token": 9, "orderbook_id": book, "quantity": 500,
         "order_state": "L"},
    )  # fmt: skip
    assert (executed[1]["executed_quantity"], executed[1]["execution_price"], executed[1]["liquidity_indicator"]) == (
        200,
        29_999,
        "R",
    )
    (replaced,) = client.send(
        "replace_order", existing_order_token=9, replacement_order_token=10, quantity=400, price=29_998,
        time_in_force=99999, display=" ", minimum_quantity=0,
    )  # fmt: skip
    assert (replaced[0], replaced[1]["previous_order_token"], replaced[1]["quantity"]) == ("order_replaced", 9, 200)
    (canceled,) = client.send("cancel_order", order_token=10, quantity=0)
    assert canceled[1] == {**canceled[1], "order_token": 10, "decrement_quantity": 200, "order_canceled_reason": "U"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"orderbook_id": "0000"}, "S"),
        ({"price": 50_000}, "X"),
        ({"price": 0}, "X"),
        ({"quantity": 150}, "Z"),
        ({"time_in_force": 30}, "Y"),
        ({"display": "Q"}, "D"),
        ({"group": "DAYX"}, "c"),
        ({"cash_margin_type": "9"}, "G"),
    ],
)
def test_the_pts_reject_codes(changes, code):
    _, client = trader("JNX")
    ((name, fields),) = pts(client, 1, **changes)
    assert (name, fields["order_token"], fields["order_rejected_reason"]) == ("order_rejected", 1, code)
    assert pts(client, 1) == []  # the token is used up
    assert pts(client, 2)[0][0] == "order_accepted"


def test_a_margin_order_in_tokyo_s_lunch_is_refused_as_such():
    market = NativeMarket("ODX", at="11:45:00")
    client = Client(market, 1)
    client.said()
    assert pts(client, 1, cash_margin_type="4")[0][1]["order_rejected_reason"] == "G"
    assert pts(client, 2)[0][0] == "order_accepted"


def test_a_pts_tick_is_finer_than_tokyo_s():
    _, client = trader("JNX")
    assert pts(client, 1, price=29_999)[0][0] == "order_accepted"  # 2,999.9 yen; Tokyo's step there is half a yen
