"""OUCH 4.2, 5.0 and Japan's over SoupBinTCP: orders in, reports out, a cut in between."""

import pytest

from hts.base.errors import LocalProtocolError
from hts.wire.ouch.session import OuchClient, OuchVenue, Received
from hts.wire.soupbin.events import LoggedOn, ProtocolFault, SessionEnded
from hts.wire.soupbin.server import SoupStream
from tests.support.soup import a_client, a_server, carry, connect, events_of
from tests.support.wire_layout import layout_of, zeros

OUCH50 = layout_of("ouch50")
ON = LoggedOn(session="DAY1", next_seq=1, username="HTS1")


def a_pair(layout=OUCH50, stream=None):
    stream = stream or SoupStream("DAY1")
    client, venue = OuchClient(layout, a_client()), OuchVenue(layout, a_server(stream), stream)
    connect(client.soup, venue.soup)
    return client, venue


def order(number, layout=OUCH50, message="enter_order"):
    return {**zeros(layout, message), "user_ref_num": number}


def accepted(number):
    return {**zeros(OUCH50, "order_accepted"), "user_ref_num": number, "appendage": {"firm": "HTS"}}


def test_an_order_is_answered():
    client, venue = a_pair()
    client.send("enter_order", order(1), 0)
    carry(client.soup, venue.soup)
    on, received = events_of(venue)
    assert (on, received.seq, received.message.name) == (ON, 0, "enter_order")
    assert received.message.fields == order(1)
    assert list(client.unanswered) == [1]
    assert venue.send("order_accepted", accepted(1), 0) == 1
    carry(client.soup, venue.soup)
    on, received = events_of(client)
    assert (received.seq, received.message.name, received.message.fields) == (1, "order_accepted", accepted(1))
    assert client.unanswered == {}


def test_after_a_cut_the_reports_come_and_the_orders_do_not_go_again():
    stream = SoupStream("DAY1")
    client, venue = a_pair(stream=stream)
    for number in (1, 2, 3):
        client.send("enter_order", order(number), 0)
    venue.soup.receive_data(client.soup.data_to_send()[:-20], 0)
    assert [e.message.fields["user_ref_num"] for e in events_of(venue)[1:]] == [1, 2]
    for number in (1, 2):
        venue.send("order_accepted", accepted(number), 0)
    venue.soup.data_to_send()  # lost with the connection
    client.soup.disconnected()
    again = OuchVenue(OUCH50, a_server(stream), stream)
    connect(client.soup, again.soup)
    assert [e.seq for e in events_of(client) if isinstance(e, Received)] == [1, 2]
    assert list(client.unanswered) == [3]
    assert events_of(again) == [ON]


def test_a_cancel_is_not_kept_and_a_replacement_is_kept_under_its_new_name():
    client, venue = a_pair()
    client.send("cancel_order", {"user_ref_num": 1, "quantity": 0}, 0)
    replacement = {**zeros(OUCH50, "replace_order"), "orig_user_ref_num": 1, "user_ref_num": 2}
    client.send("replace_order", replacement, 0)
    assert list(client.unanswered) == [2]
    carry(client.soup, venue.soup)
    assert [e.message.name for e in events_of(venue)[1:]] == ["cancel_order", "replace_order"]


@pytest.mark.parametrize("name", ["ouch42", "jnx_ouch_1_11", "jnx_ouch_2_01", "odx_ouch_2_0", "ose_ouch_5_0"])
def test_every_ouch_carries_all_its_messages(name):
    layout = layout_of(name)
    client, venue = a_pair(layout)
    sent = {side: [n for n in layout.names if layout.row(n).sender == side] for side in ("client", "venue")}
    for message in sent["client"]:
        client.send(message, zeros(layout, message), 0)
    for message in sent["venue"]:
        venue.send(message, zeros(layout, message), 0)
    carry(client.soup, venue.soup)
    assert [e.message.name for e in events_of(venue)[1:]] == sent["client"]
    assert [e.message.name for e in events_of(client)[1:]] == sent["venue"]


def test_a_message_of_the_wrong_side_is_our_mistake():
    client, venue = a_pair()
    with pytest.raises(LocalProtocolError, match="a message of the client expected, found order_accepted"):
        client.send("order_accepted", accepted(1), 0)
    with pytest.raises(LocalProtocolError, match="a message of the venue expected, found cancel_order"):
        venue.send("cancel_order", {"user_ref_num": 1, "quantity": 0}, 0)


def test_what_cannot_be_read_is_a_fault_and_the_connection_closes():
    stream = SoupStream("DAY1")
    client, venue = a_pair(stream=stream)
    client.soup.send(b"X123", 0)
    stream.append(b"~")
    venue.soup.pump(0)
    carry(client.soup, venue.soup)
    assert events_of(venue)[1:] == [ProtocolFault(text="cancel_order: 9 bytes expected, found 4")]
    [fault] = events_of(client)[1:]
    assert fault.text.startswith("message 1: Nasdaq OUCH: a message type out of")
    assert client.soup.is_closing and venue.soup.is_closing


def test_a_client_that_sends_the_venues_message_is_at_fault():
    client, venue = a_pair()
    client.soup.send(OUCH50.encode("order_accepted", accepted(1)), 0)
    carry(client.soup, venue.soup)
    [fault] = events_of(venue)[1:]
    assert isinstance(fault, ProtocolFault) and "a message type out of" in fault.text


def test_the_end_of_the_session_passes_through():
    stream = SoupStream("DAY1")
    client, venue = a_pair(stream=stream)
    stream.end()
    venue.soup.pump(0)
    carry(client.soup, venue.soup)
    assert events_of(client) == [ON, SessionEnded(session="DAY1")]
