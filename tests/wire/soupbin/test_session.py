"""Client and server: login, numbers, heartbeats, the end, and coming back after a cut."""

import random

import pytest

from hts.base.errors import LocalProtocolError
from hts.wire.soupbin.connection import SoupTimes, State
from hts.wire.soupbin.events import (
    GapFound,
    LoggedOn,
    LoggedOut,
    LoginRefused,
    PeerSilent,
    ProtocolFault,
    Sequenced,
    SessionEnded,
    Unsequenced,
)
from hts.wire.soupbin.packets import packet
from hts.wire.soupbin.server import SoupStream
from tests.support.fuzz import fuzz_rounds
from tests.support.soup import LAYOUT, S, a_client, a_server, carry, connect, events_of, stream_of

ON = LoggedOn(session="DAY1", next_seq=1, username="HTS1")
FUZZ_SEEDS = fuzz_rounds(12_000)


def messages_of(client):
    return [e for e in events_of(client) if isinstance(e, Sequenced)]


def test_login_brings_the_day_from_its_start_and_messages_both_ways():
    stream = stream_of(b"one", b"two")
    client, server = a_client(), a_server(stream)
    connect(client, server)
    assert events_of(client) == [ON, Sequenced(seq=1, message=b"one"), Sequenced(seq=2, message=b"two")]
    assert events_of(server) == [ON]
    client.send(b"order", S)
    server.send(b"aside", S)
    assert stream.append(b"three") == 3
    server.pump(S)
    carry(client, server, S)
    assert events_of(server) == [Unsequenced(message=b"order")]
    assert events_of(client) == [Unsequenced(message=b"aside"), Sequenced(seq=3, message=b"three")]
    assert (client.next_seq, client.session, server.username) == (4, "DAY1", "HTS1")


def test_bytes_of_a_login():
    client = a_client(next_seq=42)
    client.connected(0)
    assert client.data_to_send() == b"\x00\x2fLHTS1  secret              " + b"42".rjust(20)
    server = a_server(stream_of(*[b""] * 41))
    server.connected(0)
    server.receive_data(b"\x00\x2fLhts1  SECRET    DAY1      " + b"42".rjust(20), 0)
    assert server.data_to_send() == b"\x00\x1fA      DAY1" + b"42".rjust(20)


def test_one_byte_at_a_time_gives_the_same_events():
    stream = stream_of(b"one", b"", b"three")
    whole, bytewise = a_client(), a_client()
    server = a_server(stream)
    connect(whole, server)
    bytewise.connected(0)
    bytewise.data_to_send()
    server = a_server(stream)
    server.connected(0)
    server.receive_data(b"\x00\x2fLHTS1  secret              " + b"1".rjust(20), 0)
    found = []
    for byte in server.data_to_send():
        bytewise.receive_data(bytes((byte,)), 0)
        found += events_of(bytewise)
    assert found == events_of(whole)


def test_after_a_cut_mid_packet_the_client_goes_on_where_it_was():
    stream = stream_of(*(b"m%d" % i for i in range(1, 101)))
    client, seen = a_client(), []
    dice = random.Random(3)
    while client.next_seq <= 100:
        server = a_server(stream)
        client.connected(0)
        server.connected(0)
        server.receive_data(client.data_to_send(), 0)
        data = server.data_to_send()
        client.receive_data(data[: dice.randrange(len(data) + 1)], 0)
        found = events_of(client)
        assert not [e for e in found if isinstance(e, ProtocolFault)]
        seen += [e for e in found if isinstance(e, Sequenced)]
        client.disconnected()
    assert seen == [Sequenced(seq=i, message=b"m%d" % i) for i in range(1, 101)]


def test_zero_asks_for_the_newest_message():
    client, server = a_client(next_seq=0), a_server(stream_of(b"one", b"two"))
    connect(client, server)
    assert events_of(client)[1:] == [Sequenced(seq=2, message=b"two")]
    client, server = a_client(next_seq=0), a_server(stream_of())
    connect(client, server)
    assert events_of(client) == [ON]


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        ({"password": "guess"}, "A", "a known user with its password expected, found 'HTS1'"),
        ({"username": "OTHER"}, "A", "a known user with its password expected, found 'OTHER'"),
        ({"session": "DAY2"}, "S", "session 'DAY1' expected, found 'DAY2'"),
        ({"next_seq": 3}, "S", "number up to 2 expected, found 3"),
    ],
)
def test_a_login_that_does_not_fit_is_refused_and_both_close(changes, code, text):
    client, server = a_client(**changes), a_server(stream_of(b"one"))
    connect(client, server)
    assert events_of(server) == [LoginRefused(code=code, text=text)]
    [refused] = events_of(client)
    assert (refused.code, client.is_closing, server.is_closing) == (code, True, True)
    assert client.next_timer_ns() is None


def test_the_end_of_the_session_comes_after_its_last_message():
    stream = stream_of(b"one")
    client, server = a_client(), a_server(stream)
    connect(client, server)
    events_of(client)
    stream.append(b"two")
    stream.end()
    server.pump(0)
    carry(client, server)
    ended = SessionEnded(session="DAY1")
    assert events_of(client) == [Sequenced(seq=2, message=b"two"), ended]
    assert events_of(server) == [ON, ended]
    with pytest.raises(LocalProtocolError, match="no message after its end"):
        stream.append(b"three")
    client.new_session()
    connect(client, a_server(stream_of(b"other day", session="DAY2")))
    assert events_of(client)[0] == LoggedOn(session="DAY2", next_seq=1, username="HTS1")


def test_logout_closes_both_sides_at_once():
    client, server = a_client(), a_server()
    connect(client, server)
    client.logout(0)
    server.receive_data(client.data_to_send(), 0)
    assert events_of(server) == [ON, LoggedOut()]
    assert events_of(client) == [ON, LoggedOut()]
    assert client.is_closing and server.is_closing


def test_a_second_without_sending_is_a_heartbeat_and_fifteen_without_hearing_the_end():
    client, server = a_client(), a_server()
    connect(client, server)
    events_of(client), events_of(server)
    assert client.next_timer_ns() == S
    client.on_timer(S - 1)
    assert client.data_to_send() == b""
    client.on_timer(S)
    server.on_timer(S)
    assert (client.data_to_send(), server.data_to_send()) == (b"\x00\x01R", b"\x00\x01H")
    client.receive_data(b"\x00\x01H", 3 * S)
    for second in range(4, 18):
        client.on_timer(second * S)
    assert (events_of(client), client.state) == ([], State.UP)
    client.on_timer(18 * S)
    assert events_of(client) == [PeerSilent(text="a packet within 15000000000 ns expected, found none")]


def test_a_heartbeat_follows_what_there_was_to_say():
    """The first of them after a login tells a client that it has heard everything."""
    stream = stream_of(*[b"x" * 100] * 12)
    client, server = a_client(), a_server(stream, unsent_max=1_400)
    client.connected(0)
    server.connected(0)
    server.receive_data(client.data_to_send(), 0)
    seen = []
    for second in (0, 1, 2, 3):  # half of the room at a time
        server.on_timer(second * S)
        client.receive_data(server.data_to_send(), second * S)
        seen.append((len(messages_of(client)), client.has_paused))
    assert seen == [(6, False), (6, False), (0, True), (0, True)]
    connect(client, a_server(stream))
    assert not client.has_paused


def test_a_login_that_does_not_come_ends_the_connection():
    for session in (a_client(times=SoupTimes(login_ns=5)), a_server(times=SoupTimes(login_ns=5))):
        session.connected(10)
        assert session.next_timer_ns() == 15
        session.on_timer(14)
        session.on_timer(15)
        assert events_of(session) == [PeerSilent(text="login within 5 ns expected, found none")]


def answered_with(session, seq):
    return LAYOUT.encode("login_accepted", {"session": session, "sequence_number": seq})


@pytest.mark.parametrize(
    ("session", "seq", "expected"),
    [
        ("DAY2", 5, ProtocolFault(text="session 'DAY1' expected, found 'DAY2'")),
        ("DAY1", 4, ProtocolFault(text="sequence number 5 or more expected, found 4")),
        ("DAY1", 8, GapFound(expected=5, found=8)),
    ],
)
def test_an_answer_that_does_not_continue_our_count_is_told(session, seq, expected):
    client = a_client(session="DAY1", next_seq=5)
    client.connected(0)
    client.receive_data(answered_with(session, seq), 0)
    assert events_of(client)[-1] == expected
    assert client.next_seq == (8 if seq == 8 else 5)


FAULTS_OF_A_VENUE = {
    packet("S", b"x"): "state login expected, found type 'S'",
    packet("H"): "state login expected, found type 'H'",
    b"\x00\x00H": "packet length 1 to 65535 expected, found 0",
    packet("~"): "packet type out of",
    packet("A", b"short"): "login_accepted: 33 bytes expected, found 8",
    packet("R"): "state login expected, found type 'R'",
}


@pytest.mark.parametrize("data", FAULTS_OF_A_VENUE)
def test_a_venue_that_breaks_the_protocol_is_told_and_left(data):
    client = a_client()
    client.connected(0)
    client.receive_data(data + packet("S", b"late"), 0)
    [fault] = events_of(client)
    assert isinstance(fault, ProtocolFault) and FAULTS_OF_A_VENUE[data] in fault.text
    assert client.is_closing
    client.receive_data(packet("H"), 0)
    assert events_of(client) == []


@pytest.mark.parametrize("kind", ["A", "S", "H", "Z", "L"])
def test_a_client_that_speaks_out_of_turn_is_told_and_left(kind):
    client, server = a_client(), a_server()
    connect(client, server)
    events_of(server)
    login = b"HTS1  secret              " + b"1".rjust(20)
    payload = {"A": b" " * 10 + b"1".rjust(20), "L": login}.get(kind, b"")
    server.receive_data(packet(kind, payload), 0)
    [fault] = events_of(server)
    assert fault == ProtocolFault(text=f"a packet that fits state up expected, found type {kind!r}")


def test_debug_packets_are_passed_over_everywhere():
    client, server = a_client(), a_server()
    client.connected(0)
    server.connected(0)
    client.receive_data(packet("+", b"\xffhello"), 0)
    server.receive_data(packet("+", b""), 0)
    carry(client, server)
    client.receive_data(packet("+", b"x"), 0)
    assert events_of(client) == [ON]


def test_a_reader_that_does_not_read_costs_only_its_place():
    stream = SoupStream("DAY1")
    client, server = a_client(), a_server(stream, unsent_max=1000)
    connect(client, server)
    for i in range(500):
        stream.append(b"%090d" % i)
        server.pump(0)
        assert len(server._unsent) <= 500
    carry(client, server)
    assert [int(e.message) for e in messages_of(client)] == list(range(500))


def test_a_venue_that_does_not_read_ends_the_connection():
    client, server = a_client(unsent_max=100), a_server()
    connect(client, server)
    events_of(client)
    client.send(b"x" * 60, 0)
    client.send(b"x" * 60, 0)
    assert events_of(client) == [
        ProtocolFault(text="up to 100 unsent bytes expected, found more: the peer does not read")
    ]


def test_sending_without_a_login_is_our_mistake():
    client = a_client()
    with pytest.raises(LocalProtocolError, match="connection up expected before a message, found disconnected"):
        client.send(b"x", 0)


def damaged(dice, data):
    raw = bytearray(data)
    for _ in range(dice.randrange(3)):
        if raw:
            raw[dice.randrange(len(raw))] = dice.randrange(256)
    return bytes(raw[: dice.randrange(len(raw) + 1)]) if dice.random() < 0.2 else bytes(raw)


def test_bad_peers_give_events_or_documented_ends():
    known = [packet(kind, b"x" * n) for kind in "+AJSHZLURO" for n in (0, 1, 30, 46)] + [answered_with("DAY1", 1)]
    ended = count = 0
    for seed in range(FUZZ_SEEDS):
        dice = random.Random(seed)
        stream = stream_of(*[b"m"] * dice.randrange(4))
        client, server, now = a_client(), a_server(stream, unsent_max=4000), 0
        client.connected(now)
        server.connected(now)
        for _ in range(40):
            now += dice.randrange(3 * S)
            for here, there in ((client, server), (server, client)):
                data = there.data_to_send() if dice.random() < 0.7 else dice.choice(known)
                here.receive_data(damaged(dice, data) if dice.random() < 0.3 else data, now)
                here.on_timer(now)
                assert len(here._reader) < 2 + 0xFFFF and len(here._unsent) <= here._unsent_max
                count += len(events_of(here))
            if client.is_closing or server.is_closing:
                ended += 1
                break
    assert count > FUZZ_SEEDS
    assert ended > FUZZ_SEEDS // 2
