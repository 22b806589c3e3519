"""The OUCH venue for test clients: every request has its answer, and a client that is cut off gets everything again."""

import asyncio

import pytest

from hts.app.conformance_ouch import ANSWERS, ARROWHEAD, TABLES, Answers, OuchAcceptor, serve
from hts.base.errors import ConfigError
from hts.wire.arrowhead.orders import ArrowheadClient, Ready
from hts.wire.ouch.session import OuchClient, Received
from hts.wire.soupbin.client import SoupClient
from tests.support.wire_layout import layout_of, zeros

ACCOUNTS = {"HTS01": "paper"}
WALL_NS = 1_790_000_000_000_000_000


@pytest.mark.parametrize("name", TABLES)
def test_every_request_has_an_answer_that_the_table_takes(name):
    layout = layout_of(name)
    answers = Answers(layout)
    for request in [n for n in layout.names if n in ANSWERS]:
        found, fields = answers.answer(request, zeros(layout, request), WALL_NS)
        assert layout.decode(layout.encode(found, fields), "venue").name == found
        assert found in ANSWERS[request]
    assert answers.answer("number_query", {}, WALL_NS) is None


def test_an_answer_copies_what_it_was_asked_and_counts_orders():
    layout = layout_of("ouch50")
    answers = Answers(layout)
    order = {**zeros(layout, "enter_order"), "user_ref_num": 7, "symbol": "BOB", "price": 123, "cl_ord_id": "X1"}
    numbers = []
    for _ in range(2):
        name, fields = answers.answer("enter_order", order, WALL_NS)
        assert name == "order_accepted"
        assert {k: fields[k] for k in order} == order
        numbers.append(fields["order_reference_number"])
    assert (numbers, fields["order_state"], fields["timestamp"]) == ([1, 2], "L", WALL_NS % 86_400_000_000_000)


async def talk(port, client, next_event, wanted, send=()):
    """Connect, send when allowed, read until `wanted` messages came; the messages."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    client.connected(0)
    found, sent = [], False
    while len(found) < wanted:
        if client.is_up and not sent:
            sent = True
            for one in send:
                one()
        writer.write(client.data_to_send())
        client.receive_data(await asyncio.wait_for(reader.read(4096), 10), 0)
        while (event := next_event()) is not None:
            found += [event] if isinstance(event, Received | Ready) else []
    writer.close()
    client.disconnected()
    return found


async def trade_and_come_back():
    layout = layout_of("ouch50")
    acceptor = OuchAcceptor("ouch50", ACCOUNTS)
    port = await acceptor.listen(0)
    soup = SoupClient(layout_of("soupbintcp"), username="HTS01", password="paper")
    client = OuchClient(layout, soup)
    orders = [{**zeros(layout, "enter_order"), "user_ref_num": i} for i in range(1, 6)]
    first = await talk(port, soup, client.next_event, 5, [lambda o=o: client.send("enter_order", o, 0) for o in orders])
    soup.next_seq = 3  # as if the last ones had been lost with the connection
    again = await talk(port, soup, client.next_event, 3)
    acceptor.stop()
    return first, again


def test_orders_over_tcp_are_accepted_and_come_again_from_the_number_asked_for():
    first, again = asyncio.run(trade_and_come_back())
    assert [(e.seq, e.message.fields["user_ref_num"]) for e in first] == [(i, i) for i in range(1, 6)]
    assert again == first[2:]


async def numbered_orders():
    layout = layout_of(ARROWHEAD)
    acceptor = OuchAcceptor(ARROWHEAD, ACCOUNTS)
    port = await acceptor.listen(0)
    soup = SoupClient(layout_of("soupbintcp"), username="HTS01", password="paper")
    client = ArrowheadClient(layout, soup)
    fields = zeros(layout, "enter_order")
    del fields["request_number"]
    found = []

    def next_event():
        event = client.next_event(0)
        if isinstance(event, Ready):
            client.send("enter_order", fields, 0)
        return event

    for _ in range(2):
        found += await talk(port, soup, next_event, 2)
    acceptor.stop()
    return found


def test_arrowhead_orders_are_numbered_over_connections():
    found = asyncio.run(numbered_orders())
    assert [e.next_request_number for e in found if isinstance(e, Ready)] == [1, 2]
    assert [e.message.fields["request_number"] for e in found if isinstance(e, Received)] == [1, 2]


@pytest.mark.parametrize(("user", "password"), [("", "x"), ("TOOLONG", "x"), ("HTS01", "longer than it may")])
def test_a_login_that_does_not_fit_the_wire_is_told_before_listening(user, password):
    with pytest.raises(ConfigError, match="user of 1 to 6 and password of up to 10 characters expected"):
        serve("ouch50", user, password, 0)
