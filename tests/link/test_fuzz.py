"""Bad peers of the link between terminal and core: wishes or one refused client, nobody else feels it."""

import random
import time

from hts.base.errors import RemoteProtocolError
from hts.model.intents import CancelAll
from hts.wire.link.frames import FrameType, frame
from tests.link.test_link import a_client, a_server, attach, book, notice
from tests.support.fuzz import fuzz_seconds

SECONDS = fuzz_seconds(0.7)


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
        elif at < len(raw):
            raw[at] ^= 1 << dice.randrange(8)
    return bytes(raw)


def test_random_clients_never_hurt_another():
    dice = random.Random(7)
    until = time.monotonic() + SECONDS
    refused = wishes = rounds = 0
    server, good = a_server(), a_client()
    attach(server, good)
    while time.monotonic() < until:
        number = 2 + rounds
        bad = a_client()
        server.connected(number)
        data = bad.hello() if dice.random() < 0.5 else damaged(dice, bad.hello())
        data += b"".join(bad.intent(CancelAll(request_id="x", account="A")) for _ in range(dice.randrange(3)))
        data += frame(dice.choice(list(FrameType)), dice.randbytes(dice.randrange(60)))
        for at in range(0, len(data), 50):
            wishes += len(server.receive_data(number, data[at : at + 50]))
        server.data_to_send(number)
        refused += number in server.closing()
        server.disconnected(number)
        server.publish(notice(rounds))
        assert good.receive_data(server.data_to_send(1)) == [notice(rounds)]
        rounds += 1
    assert refused > rounds // 3
    assert wishes > rounds // 10


def test_random_servers_give_views_or_a_documented_end():
    dice = random.Random(8)
    until = time.monotonic() + SECONDS
    ended = read = 0
    while time.monotonic() < until:
        server, client = a_server(state=(notice(1),), market=(book("005930", 1),)), a_client()
        server.connected(1)
        server.receive_data(1, client.hello())
        for n in range(dice.randrange(6)):
            server.publish(notice(n))
        data = server.data_to_send(1)
        try:
            read += len(client.receive_data(damaged(dice, data)))
        except RemoteProtocolError as error:
            assert str(error)
            ended += 1
    assert ended > 20
    assert read > 20
