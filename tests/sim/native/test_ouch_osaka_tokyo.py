"""Order entry of Osaka (OUCH 5.0) and Tokyo (our arrowhead layout): whole conversations and the venues' own codes."""

import pytest

from hts.model.enums import Side
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.commands import AGENTS, Enter
from hts.wire.arrowhead.orders import ArrowheadClient, Ready, RequestsLost
from hts.wire.soupbin.client import SoupClient
from tests.support.native_market import Client, NativeMarket
from tests.support.wire_layout import layout_of

OSE_ORDER = {
    "order_book_id": 1001, "side": "B", "quantity": 5, "price": 50_000, "time_in_force": 0, "open_close": 4,
    "client_account": "ACC1", "customer_info": "", "exchange_info": "",
}  # fmt: skip
TSE_ORDER = {
    "issue_code": "7203", "side": "3", "order_type": "L", "condition": "0", "capacity": "A", "short_selling": "0",
    "margin": "0", "quantity": 300, "price": 30_000_000, "account": "8801", "client_reference": "mine",
}  # fmt: skip


# -- Osaka --


def osaka():
    market = NativeMarket("OSE")
    client = Client(market, 1)
    client.said()
    return market, client


def ose(client, token, **changes):
    return client.send("enter_order", order_token=token, **{**OSE_ORDER, **changes})


def test_an_osaka_conversation():
    market, client = osaka()
    symbol = market.instruments[0].symbol
    market.apply(Enter(session=AGENTS, cl_ord_id=ClOrdID(1), symbol=symbol, side=Side.SELL, px=Px(49_990), qty=Qty(2)))
    accepted, executed = ose(client, "T1")
    assert accepted == ("order_accepted", {**accepted[1], **OSE_ORDER, "order_token": "T1", "order_state": 1})
    assert (executed[1]["order_token"], executed[1]["traded_quantity"], executed[1]["trade_price"]) == ("T1", 2, 49_990)
    (replaced,) = client.send(
        "replace_order", existing_order_token="T1", replacement_order_token="T2", quantity=4, price=49_980,
        open_close=4, client_account="ACC1", customer_info="note", exchange_info="",
    )  # fmt: skip
    assert (replaced[0], replaced[1]["previous_order_token"], replaced[1]["quantity"]) == ("order_replaced", "T1", 2)
    assert replaced[1]["order_id"] == accepted[1]["order_id"]
    ((name, fields),) = client.send("cancel_order", order_token="T2")
    assert (name, fields["order_token"], fields["cancel_reason"]) == ("order_canceled", "T2", 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"order_book_id": 9}, -800006),
        ({"side": "X"}, -800008),
        ({"time_in_force": 9}, -800010),
        ({"price": 50_005}, -110161),
        ({"price": 90_000}, -110161),
        ({"quantity": 0}, -110159),
    ],
)
def test_osaka_s_reject_codes(changes, code):
    _, client = osaka()
    ((name, fields),) = ose(client, "T1", **changes)
    assert (name, fields["order_token"], fields["reject_code"]) == ("order_rejected", "T1", code)
    assert ose(client, "T9")[0][0] == "order_accepted"


def test_a_token_is_used_once():
    _, client = osaka()
    ose(client, "T1")
    ((name, fields),) = ose(client, "T1")
    assert (name, fields["reject_code"]) == ("order_rejected", -800002)
    ((name, fields),) = client.send("cancel_order", order_token="none")
    assert (name, fields["order_token"], fields["reject_code"]) == ("order_rejected", "none", -800004)


def test_cancel_by_number_and_mass_cancel():
    _, client = osaka()
    number = ose(client, "T1")[0][1]["order_id"]
    ((name, fields),) = client.send("cancel_by_order_id", order_book_id=1001, side="B", order_id=number)
    assert (name, fields["order_token"]) == ("order_canceled", "T1")
    ose(client, "T2")
    ose(client, "T3")
    said = client.send("mass_cancel", order_token="M1", underlying_id=0, scope=1, client_account="ACC1")
    assert [(name, fields["order_token"]) for name, fields in said] == [
        ("order_canceled", "T2"),
        ("order_canceled", "T3"),
        ("mass_cancel_accepted", "M1"),
    ]


def test_an_osaka_venue_that_starts_again_says_the_same():
    market, client = osaka()
    ose(client, "T1")
    ose(client, "T1")
    client.send("cancel_order", order_token="T1")
    again = NativeMarket("OSE")
    for trade_ns, command in market.log:
        again.orders.restore(command)
        again.orders.on_events(again.exchange.apply(command, trade_ns), trade_ns, 0)
    before, after = (m.orders._streams["HTS01"]._packets for m in (market, again))
    assert (len(before), after) == (3, before)
    back = Client(again, 1)
    back.said()
    assert ose(back, "T1")[0][1]["reject_code"] == -800002
    assert ose(back, "T2")[0][0] == "order_accepted"


# -- Tokyo --


class TokyoClient(Client):
    """Numbers its requests, after the venue has told the next number."""

    def __init__(self, market, conn, next_number=1, next_seq=1, **login):
        self.market, self.conn = market, conn
        soup = SoupClient(layout_of("soupbintcp"), username="HTS01", password="paper", next_seq=next_seq, **login)
        self.arrowhead = ArrowheadClient(market.ouch, soup, next_number)
        self.ouch = self.arrowhead._ouch
        market.orders.connected(conn, market.trade_ns, 0)
        soup.connected(0)
        self.carry()
        self.first = self.said()

    def send(self, name, **fields):
        number = self.arrowhead.send(name, fields, 0)
        self.carry()
        return [said for said in self.said() if said] or number

    def said(self):
        found = []
        while True:
            event = self.arrowhead.next_event(0)
            if event is None:
                self.carry()
                event = self.arrowhead.next_event(0)
                if event is None:
                    return found
            found.append((event.message.name, event.message.fields) if hasattr(event, "message") else event)


def tokyo():
    market = NativeMarket("TSE")
    client = TokyoClient(market, 1)
    assert client.first[-1] == Ready(next_request_number=1)
    return market, client


def tse(client, **changes):
    return client.send("enter_order", **{**TSE_ORDER, **changes})


def test_a_tokyo_conversation():
    market, client = tokyo()
    offer = Enter(session=AGENTS, cl_ord_id=ClOrdID(1), symbol="7203", side=Side.SELL, px=Px(30_000), qty=Qty(100))
    market.apply(offer)
    accepted, executed = tse(client)
    assert (accepted[0], accepted[1]["request_number"], accepted[1]["client_reference"]) == (
        "order_accepted",
        1,
        "mine",
    )
    assert {k: executed[1][k] for k in ("orig_request_number", "executed_quantity", "executed_price",
                                        "leaves_quantity")} == {
        "orig_request_number": 1, "executed_quantity": 100, "executed_price": 30_000_000, "leaves_quantity": 200,
    }  # fmt: skip
    (replaced,) = client.send(
        "replace_order", orig_request_number=1, quantity=300, price=29_995_000, condition="0", client_reference="two"
    )
    assert (replaced[0], replaced[1]["request_number"], replaced[1]["orig_request_number"]) == ("order_replaced", 2, 1)
    assert (replaced[1]["leaves_quantity"], replaced[1]["price"], replaced[1]["replacements"]) == (200, 29_995_000, 1)
    (rejected,) = client.send(
        "replace_order", orig_request_number=2, quantity=300, price=29_995_001, condition="0", client_reference="three"
    )
    assert (rejected[0], rejected[1]["reason"]) == ("request_rejected", 3)
    (canceled,) = client.send("cancel_order", orig_request_number=2, client_reference="out")
    assert canceled[1] == {**canceled[1], "request_number": 4, "orig_request_number": 2, "canceled_quantity": 200,
                           "cancel_reason": "U"}  # fmt: skip
    (rejected,) = client.send("cancel_order", orig_request_number=2, client_reference="out")
    assert (rejected[0], rejected[1]["reason"]) == ("request_rejected", 7)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"issue_code": "0000"}, 1),
        ({"price": 90_000_000}, 2),
        ({"price": 30_005_000}, 3),
        ({"price": 30_000_001}, 3),
        ({"quantity": 150}, 4),
        ({"quantity": 0}, 4),
        ({"side": "7"}, 99),
        ({"order_type": "M"}, 99),
    ],
)
def test_tokyo_s_reject_codes(changes, code):
    _, client = tokyo()
    ((name, fields),) = tse(client, **changes)
    assert (name, fields["request_number"], fields["reason"]) == ("order_rejected", 1, code)
    assert tse(client)[0][0] == "order_accepted"


NEGOTIATED = {
    "issue_code": "7203", "capacity": "A", "short_selling": "0", "margin": "0", "quantity": 1_000,
    "price": 30_500_000, "account": "8801", "client_reference": "agreed",
}  # fmt: skip


def test_two_customers_are_crossed_off_the_floor():
    _, client = tokyo()
    ((name, fields),) = client.send("negotiate_order", **NEGOTIATED, side="1", counterparty="HTS01")
    assert (name, fields["request_number"], fields["client_reference"]) == ("order_accepted", 1, "agreed")
    said = client.send("negotiate_order", **NEGOTIATED, side="3", counterparty="HTS01")
    assert [(name, fields.get("executed_price"), fields.get("executed_quantity")) for name, fields in said] == [
        ("order_accepted", None, None),
        ("order_executed", 30_500_000, 1_000),
        ("order_executed", 30_500_000, 1_000),
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"counterparty": ""}, 99),
        ({"side": "7"}, 99),
        ({"price": 35_000_000}, 2),
        ({"price": 0}, 5),
        ({"quantity": 150}, 4),
    ],
)
def test_reject_codes_off_the_floor(changes, code):
    _, client = tokyo()
    terms = {**NEGOTIATED, "side": "1", "counterparty": "HTS02", **changes}
    ((name, fields),) = client.send("negotiate_order", **terms)
    assert (name, fields["reason"]) == ("order_rejected", code)


def test_mass_cancel_and_kill_switch():
    _, client = tokyo()
    tse(client)
    tse(client, side="1", price=31_000_000)
    said = client.send("mass_cancel", issue_code="", side=" ", account="", client_reference="all")
    assert [name for name, _ in said] == ["order_canceled", "order_canceled", "mass_canceled"]
    assert said[2][1]["orders"] == (
        {"orig_request_number": 1, "canceled_quantity": 300},
        {"orig_request_number": 2, "canceled_quantity": 300},
    )
    tse(client)
    said = client.send("kill_switch", action="A", account="", client_reference="kill")
    assert [(name, fields.get("cancel_reason", fields.get("state"))) for name, fields in said] == [
        ("order_canceled", "K"),
        ("kill_switch_state", "A"),
    ]
    ((name, fields),) = tse(client)
    assert (name, fields["reason"]) == ("order_rejected", 8)
    client.send("kill_switch", action="R", account="", client_reference="kill")
    assert tse(client)[0][0] == "order_accepted"


def test_requests_that_never_arrived_are_reported_after_the_next_login():
    market, client = tokyo()
    tse(client)
    seq = client.arrowhead.soup.next_seq
    market.lose(1)
    again = TokyoClient(market, 2, next_number=4, next_seq=seq, session="2026112401")
    assert RequestsLost(first=2, end=4) in again.first
    assert tse(again)[0][0] == "order_accepted"


def test_a_tokyo_venue_that_starts_again_knows_the_numbers():
    market, client = tokyo()
    tse(client)
    tse(client, quantity=150)
    again = NativeMarket("TSE")
    for trade_ns, command in market.log:
        again.orders.restore(command)
        again.orders.on_events(again.exchange.apply(command, trade_ns), trade_ns, 0)
    before, after = (m.orders._streams["HTS01"]._packets for m in (market, again))
    assert (len(before), after) == (2, before)
    assert TokyoClient(again, 1, next_number=3).first[-1] == Ready(next_request_number=3)
