"""Numbered requests: what is lost in a cut is known, what arrived is answered, nothing goes twice."""

import random

import pytest

from hts.base.errors import LocalProtocolError
from hts.wire.arrowhead.orders import ArrowheadClient, ArrowheadVenue, Ready, RequestsLost
from hts.wire.ouch.session import Received
from hts.wire.soupbin.events import LoggedOn, ProtocolFault
from hts.wire.soupbin.packets import packet
from hts.wire.soupbin.server import SoupStream
from tests.support.fuzz import fuzz_rounds
from tests.support.soup import a_client, a_server, carry
from tests.support.wire_layout import layout_of, zeros

LAYOUT = layout_of("arrowhead_ours")
ON = LoggedOn(session="DAY1", next_seq=1, username="HTS1")


class Day:
    """A venue's day: the stream, the numbers, and a venue that accepts every order."""

    def __init__(self):
        self.stream, self.numbers, self.taken = SoupStream("DAY1"), {}, []

    def a_venue(self):
        return ArrowheadVenue(LAYOUT, a_server(self.stream), self.stream, self.numbers)

    def serve(self, venue):
        while (event := venue.next_event(0)) is not None:
            if isinstance(event, Received):
                number = event.message.fields["request_number"]
                self.taken.append(number)
                fields = {**zeros(LAYOUT, "order_accepted"), "request_number": number}
                venue.send("order_accepted", fields, 0)


def events_of(client):
    found = []
    while (event := client.next_event(0)) is not None:
        found.append(event)
    return found


def exchange(day, client, venue):
    """Both ways until nothing moves; the client's events."""
    found = []
    for _ in range(6):
        carry(client.soup, venue.soup)
        day.serve(venue)
        found += events_of(client)
    return found


def connect(day, client):
    venue = day.a_venue()
    client.soup.connected(0)
    venue.soup.connected(0)
    return venue, exchange(day, client, venue)


def an_order():
    fields = zeros(LAYOUT, "enter_order")
    del fields["request_number"]
    return {**fields, "issue_code": "7203", "quantity": 100}


def test_numbers_are_agreed_before_the_first_order():
    day, client = Day(), ArrowheadClient(LAYOUT, a_client())
    with pytest.raises(LocalProtocolError, match="agreed numbers expected before enter_order"):
        client.send("enter_order", an_order(), 0)
    venue, events = connect(day, client)
    assert events == [ON, Ready(next_request_number=1)]
    assert [client.send("enter_order", an_order(), 0) for _ in range(2)] == [1, 2]
    events = exchange(day, client, venue)
    assert [(e.message.name, e.message.fields["request_number"]) for e in events] == [
        ("order_accepted", 1),
        ("order_accepted", 2),
    ]
    assert day.taken == [1, 2]


def test_what_did_not_arrive_is_lost_and_what_did_is_answered():
    day, client = Day(), ArrowheadClient(LAYOUT, a_client())
    venue, _ = connect(day, client)
    for _ in range(3):
        client.send("enter_order", an_order(), 0)
    venue.soup.receive_data(client.soup.data_to_send()[:-20], 0)
    day.serve(venue)
    client.soup.disconnected()
    venue, events = connect(day, client)
    assert [e.message.fields["request_number"] for e in events if isinstance(e, Received)] == [1, 2]
    assert RequestsLost(first=3, end=4) in events
    assert client.send("enter_order", an_order(), 0) == 3
    exchange(day, client, venue)
    assert day.taken == [1, 2, 3]


def test_a_client_that_starts_anew_takes_the_venues_number():
    day = Day()
    client = ArrowheadClient(LAYOUT, a_client())
    venue, _ = connect(day, client)
    client.send("enter_order", an_order(), 0)
    exchange(day, client, venue)
    fresh = ArrowheadClient(LAYOUT, a_client())
    _, events = connect(day, fresh)
    assert min(events, key=lambda e: isinstance(e, Ready)) == ON
    assert Ready(next_request_number=2) in events
    assert [e.seq for e in events if isinstance(e, Received)] == [1]
    assert fresh.send("enter_order", an_order(), 0) == 2


def test_a_repeat_is_dropped_and_a_hole_is_a_fault():
    day = Day()
    client = ArrowheadClient(LAYOUT, a_client())
    venue, _ = connect(day, client)
    client.send("enter_order", an_order(), 0)
    client.next_number = 1
    client.send("enter_order", an_order(), 0)
    exchange(day, client, venue)
    assert (day.taken, venue.repeats) == ([1], 1)
    client.next_number = 9
    client.send("enter_order", an_order(), 0)
    carry(client.soup, venue.soup)
    assert venue.next_event(0) == ProtocolFault(text="request number 2 expected, found 9")
    assert venue.soup.is_closing


def test_over_many_cuts_every_request_is_taken_once_or_known_to_be_lost():
    for seed in range(60):
        dice = random.Random(seed)
        day, client, lost, answered, sent = Day(), ArrowheadClient(LAYOUT, a_client()), 0, [], 0
        for _ in range(12):
            venue, events = connect(day, client)
            for _ in range(dice.randrange(5)):
                client.send("enter_order", an_order(), 0)
                sent += 1
            data = client.soup.data_to_send()
            venue.soup.receive_data(data[: dice.randrange(len(data) + 1)], 0)
            day.serve(venue)
            back = venue.soup.data_to_send()
            client.soup.receive_data(back[: dice.randrange(len(back) + 1)], 0)
            events += events_of(client)
            answered += [e.message.fields["request_number"] for e in events if isinstance(e, Received)]
            lost += sum(e.end - e.first for e in events if isinstance(e, RequestsLost))
            client.soup.disconnected()
        _, events = connect(day, client)
        answered += [e.message.fields["request_number"] for e in events if isinstance(e, Received)]
        lost += sum(e.end - e.first for e in events if isinstance(e, RequestsLost))
        assert day.taken == answered == list(range(1, len(day.taken) + 1))
        assert len(day.taken) + lost == sent


def test_damaged_requests_and_answers_give_events_or_faults():
    dice = random.Random(2)
    samples = [LAYOUT.encode(name, zeros(LAYOUT, name)) for name in LAYOUT.names]
    faults = 0
    for _ in range(fuzz_rounds(3000)):
        day, client = Day(), ArrowheadClient(LAYOUT, a_client())
        venue, _ = connect(day, client)
        for _ in range(4):
            raw = bytearray(dice.choice(samples))
            for _ in range(dice.randrange(3)):
                raw[dice.randrange(len(raw))] = dice.randrange(256)
            venue.soup.receive_data(packet("U", bytes(raw)), 0)
            client.soup.receive_data(packet(dice.choice("SU"), bytes(raw)), 0)
            found = events_of(client)
            day.serve(venue)
            faults += sum(isinstance(e, ProtocolFault) for e in found)
        assert client.soup.is_up or client.soup.is_closing
    assert faults > 500
