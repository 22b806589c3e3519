"""SoupBinTCP sessions back to back."""

from hts.wire.soupbin.client import SoupClient
from hts.wire.soupbin.server import SoupServer, SoupStream
from tests.support.wire_layout import layout_of

S = 1_000_000_000
LAYOUT = layout_of("soupbintcp")
ACCOUNTS = {"HTS1": "secret"}


def a_client(**changes):
    return SoupClient(LAYOUT, **{"username": "HTS1", "password": "secret", **changes})


def a_server(stream=None, **changes):
    return SoupServer(LAYOUT, stream or SoupStream("DAY1"), ACCOUNTS, **changes)


def stream_of(*messages, session="DAY1"):
    stream = SoupStream(session)
    for message in messages:
        stream.append(message)
    return stream


def events_of(session):
    found = []
    while (event := session.next_event()) is not None:
        found.append(event)
    return found


def carry(client, server, now=0):
    """Both ways until nothing moves."""
    while True:
        up, down = client.data_to_send(), server.data_to_send()
        if not up and not down:
            return
        server.receive_data(up, now)
        client.receive_data(down, now)
        server.pump(now)


def connect(client, server, now=0):
    client.connected(now)
    server.connected(now)
    carry(client, server, now)
