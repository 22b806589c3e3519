"""Whatever arrives: events or documented errors, no exception, no growth."""

import random

from hts.wire.ums.codec import encode
from hts.wire.ums.messages import (
    Heartbeat,
    MassStatusRequest,
    ResendRequest,
    SequenceReset,
    TestRequest,
)
from tests.support.fuzz import fuzz_rounds
from tests.support.wire_ums import LAYOUT, MS, TRADE_NS, a_client, a_venue, an_execution, an_order, events_of
from tests.wire.ums.golden import GOLDEN

ROUNDS = fuzz_rounds(4000)
ACTIONS = 60


def a_frame(dice):
    kind = dice.randrange(8)
    if kind == 0:
        return dice.choice(GOLDEN)[3]
    message = (
        an_order(dice.randrange(9)),
        an_execution(dice.randrange(9)),
        Heartbeat(),
        TestRequest(test_req_id=1),
        ResendRequest(begin_seq=dice.randrange(5)),
        SequenceReset(new_seq=dice.randrange(9)),
        MassStatusRequest(mass_status_req_id=1),
    )[kind - 1]
    return encode(LAYOUT, message, dice.randrange(6), TRADE_NS, poss_dup=dice.random() < 0.3)


def damaged(dice, data):
    raw = bytearray(data)
    kind = dice.randrange(6)
    if kind == 0:
        raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    elif kind == 1:
        del raw[dice.randrange(len(raw)) :]
    elif kind == 2:
        raw = bytearray(dice.randbytes(dice.randrange(1, 600)))
    return bytes(raw)


def logon_of(session, peer):
    session.connected(TRADE_NS, 0)
    peer.connected(TRADE_NS, 0)
    peer.receive_data(session.data_to_send(), TRADE_NS, 0)
    session.receive_data(peer.data_to_send(), TRADE_NS, 0)
    events_of(session)


def play(dice, session):
    """Feed one session; returns how many events came."""
    count = 0
    now = 0
    for _ in range(ACTIONS):
        now += dice.randrange(700 * MS)
        if dice.random() < 0.2:
            session.on_timer(TRADE_NS, now)
        else:
            session.receive_data(damaged(dice, a_frame(dice)), TRADE_NS, now)
        assert len(session._reader._buffer) < 3 * LAYOUT.frame_length_max
        assert len(session._unsent) <= session._unsent_limit
        if dice.random() < 0.5:
            session.data_to_send()
        count += len(events_of(session))
        if session.is_closing:
            assert session.next_timer_ns() is None
            break
    return count


def test_thousands_of_bad_peers_give_events_or_documented_ends():
    total = ended = 0
    for seed in range(ROUNDS):
        dice = random.Random(seed)
        client, venue = a_client(epoch=3), a_venue(unsent_limit=4_000)
        for i in range(4):
            venue.send(an_execution(i + 1), TRADE_NS, 0)
        if dice.random() < 0.8:
            logon_of(client, venue)
        else:
            client.connected(TRADE_NS, 0)
            venue.connected(TRADE_NS, 0)
        for session in (client, venue):
            total += play(dice, session)
            ended += session.is_closing
    assert total > ROUNDS
    assert ended > ROUNDS // 2
