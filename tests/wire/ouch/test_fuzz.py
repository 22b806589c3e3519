"""Bad peers of every OUCH: events or a documented end, bounded memory, and a new connection works."""

import random
import time

import pytest

from hts.base.errors import LocalProtocolError
from hts.wire.ouch.session import OuchClient, OuchVenue, Received
from hts.wire.soupbin.events import ProtocolFault
from hts.wire.soupbin.server import SoupStream
from tests.support.fuzz import fuzz_seconds
from tests.support.soup import a_client, a_server, carry, connect, events_of
from tests.support.wire_layout import layout_of, zeros

SECONDS = fuzz_seconds(0.3)  # seven tables
UNSENT_MAX = 20_000
TABLES = ("arrowhead_ours", "jnx_ouch_1_11", "jnx_ouch_2_01", "odx_ouch_2_0", "ose_ouch_5_0", "ouch42", "ouch50")


def damaged(dice, data):
    raw = bytearray(data)
    for _ in range(dice.randrange(1, 4)):
        kind, at = dice.randrange(4), dice.randrange(len(raw) + 1)
        if kind == 0 and at < len(raw):
            raw[at] = dice.randrange(256)
        elif kind == 1:
            del raw[at : at + dice.randrange(1, 9)]
        elif kind == 2:
            raw[at:at] = dice.randbytes(dice.randrange(1, 9))
        else:
            raw[at:at] = raw[at : at + dice.randrange(1, 30)]
    return bytes(raw)


def say_something(dice, layout, client, venue):
    """A message of either side, now and then one that has lost a byte on its way into the other's decoder."""
    names = layout.names
    name = dice.choice([one for one in names if layout.row(one).type])
    body = layout.encode(name, zeros(layout, name))
    body = damaged(dice, body) if dice.random() < 0.3 else body
    if layout.row(name).sender == "venue":
        venue._stream.append(body[:1000])
        venue.soup.pump(0)
    elif client.soup.is_up:
        client.soup.send(body[:1000], 0)


def play(dice, layout):
    """One connection; events, and whether it ended by a fault."""
    stream = SoupStream("DAY1")
    client = OuchClient(layout, a_client(unsent_max=UNSENT_MAX))
    venue = OuchVenue(layout, a_server(stream, unsent_max=UNSENT_MAX), stream)
    connect(client.soup, venue.soup)
    events = []
    for _ in range(30):
        say_something(dice, layout, client, venue)
        for here, there in ((client, venue), (venue, client)):
            data = there.soup.data_to_send()
            here.soup.receive_data(damaged(dice, data) if data and dice.random() < 0.1 else data, 0)
            events += events_of(here)
            assert len(here.soup._unsent) <= UNSENT_MAX
        if client.soup.is_closing or venue.soup.is_closing:
            break
    faults = [event for event in events if isinstance(event, ProtocolFault)]
    assert all(fault.text for fault in faults)
    if client.soup.is_closing:
        with pytest.raises(LocalProtocolError):
            client.soup.send(b"x", 0)
    return client, stream, events, bool(faults)


def come_back(layout, client, stream):
    """A new connection after whatever happened: the next number is asked for, and what is good is read."""
    client.soup.disconnected()
    venue = OuchVenue(layout, a_server(stream), stream)
    client.soup.next_seq = stream.next_seq
    connect(client.soup, venue.soup)
    name = next(one for one in layout.names if layout.row(one).sender == "venue")
    venue.send(name, zeros(layout, name), 0)
    carry(client.soup, venue.soup)
    return [event.message.name for event in events_of(client) if isinstance(event, Received)] == [name]


@pytest.mark.parametrize("name", TABLES)
def test_bad_peers_give_events_or_documented_ends(name):
    layout, dice = layout_of(name), random.Random(name)
    until = time.monotonic() + SECONDS
    rounds = received = ended = 0
    while time.monotonic() < until:
        client, stream, events, is_ended = play(dice, layout)
        received += sum(isinstance(event, Received) for event in events)
        ended += is_ended
        rounds += 1
        assert come_back(layout, client, stream), rounds
    assert received > rounds
    assert ended > rounds // 10
