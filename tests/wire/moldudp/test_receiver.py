"""Two lines in, one sequence out: losses, doubles, requests, sessions, and noise."""

import random

import pytest

from hts.wire.moldudp.packets import MoldCodec, MoldPacket, MoldRequest
from hts.wire.moldudp.receiver import (
    MS,
    Lost,
    Messages,
    MoldConfig,
    MoldReceiver,
    OtherSession,
    SessionBegun,
    SessionEnded,
)
from hts.wire.moldudp.sender import MoldSender
from tests.support.fuzz import fuzz_rounds
from tests.support.wire_layout import layout_of

CODEC = MoldCodec(layout_of("moldudp64"))
BEGUN = SessionBegun(session="DAY1")
FUZZ_SEEDS = fuzz_rounds(1500)


def a_receiver(**changes):
    names = set(MoldConfig.__struct_fields__)
    config = MoldConfig(**{k: v for k, v in changes.items() if k in names})
    return MoldReceiver(CODEC, config, **{k: v for k, v in changes.items() if k not in names})


def data_of(seq, *messages, session="DAY1", is_end=False):
    return CODEC.encode(MoldPacket(session=session, seq=seq, messages=messages, is_end=is_end))


def numbered(first, end):
    return tuple(b"%d" % i for i in range(first, end))


def events_of(receiver):
    found = []
    while (event := receiver.next_event()) is not None:
        found.append(event)
    return found


def got(seq, *messages, line="A"):
    return Messages(seq=seq, messages=messages, line=line)


def request_of(receiver, now):
    data = receiver.next_request(now)
    return None if data is None else CODEC.decode_request(data)


def test_the_first_copy_of_either_line_is_delivered():
    receiver = a_receiver()
    receiver.receive_packet("A", data_of(1, b"1", b"2"), 0)
    receiver.receive_packet("B", data_of(1, b"1", b"2"), 0)
    receiver.receive_packet("B", data_of(3, b"3"), 0)
    receiver.receive_packet("A", data_of(3, b"3"), 0)
    assert events_of(receiver) == [BEGUN, got(1, b"1", b"2"), got(3, b"3", line="B")]
    assert (receiver.stats.packets, receiver.stats.first) == ({"A": 2, "B": 2}, {"A": 1, "B": 1})
    assert (receiver.stats.doubles, receiver.stats.messages, receiver.next_timer_ns()) == (2, 3, None)


def test_a_gap_that_the_other_line_closes_is_not_asked_for():
    receiver = a_receiver()
    receiver.receive_packet("A", data_of(2, b"2"), 0)
    assert (receiver.has_gap, receiver.next_timer_ns()) == (True, 5 * MS)
    receiver.receive_packet("B", data_of(1, b"1"), 4 * MS)
    assert events_of(receiver) == [BEGUN, got(1, b"1", line="B"), got(2, b"2")]
    assert (request_of(receiver, 5 * MS), receiver.next_timer_ns(), receiver.stats.requests) == (None, None, 0)


def test_a_gap_that_stays_is_asked_for_until_it_is_given_up():
    receiver = a_receiver(tries_max=2)
    receiver.receive_packet("A", data_of(5, b"5"), 0)
    wanted = MoldRequest(session="DAY1", seq=1, count=4)
    assert request_of(receiver, 5 * MS - 1) is None
    assert request_of(receiver, 5 * MS) == wanted
    assert request_of(receiver, 5 * MS) is None
    assert receiver.next_timer_ns() == 205 * MS
    assert request_of(receiver, 205 * MS) == wanted
    assert request_of(receiver, 405 * MS) is None
    assert events_of(receiver) == [BEGUN, Lost(seq=1, count=4), got(5, b"5")]
    assert (receiver.next_seq, receiver.next_timer_ns(), receiver.stats.lost) == (6, None, 4)


def test_answers_that_are_cut_otherwise_fit_message_by_message():
    receiver = a_receiver()
    receiver.receive_packet("A", data_of(4, b"4", b"5"), 0)
    assert request_of(receiver, 5 * MS) == MoldRequest(session="DAY1", seq=1, count=3)
    receiver.receive_packet("R", data_of(1, b"1"), 6 * MS)
    # There was progress: the rest gets its own time to come.
    assert receiver.next_timer_ns() == 11 * MS
    assert request_of(receiver, 11 * MS) == MoldRequest(session="DAY1", seq=2, count=2)
    receiver.receive_packet("R", data_of(1, b"1", b"2", b"3", b"4"), 12 * MS)
    assert events_of(receiver) == [
        BEGUN,
        got(1, b"1", line="R"),
        got(2, b"2", b"3", b"4", line="R"),
        got(5, b"5"),
    ]
    assert receiver.next_timer_ns() is None


def test_a_heartbeat_shows_a_loss_at_the_end():
    receiver = a_receiver(request_messages_max=2)
    receiver.receive_packet("A", data_of(1, b"1"), 0)
    receiver.receive_packet("A", data_of(5), MS)
    assert request_of(receiver, 6 * MS) == MoldRequest(session="DAY1", seq=2, count=2)


def test_the_end_comes_after_everything_before_it():
    receiver = a_receiver()
    receiver.receive_packet("A", data_of(1, b"1"), 0)
    receiver.receive_packet("A", data_of(3, is_end=True), MS)
    assert events_of(receiver) == [BEGUN, got(1, b"1")]
    receiver.receive_packet("R", data_of(2, b"2"), 2 * MS)
    receiver.receive_packet("B", data_of(3, is_end=True), 3 * MS)
    assert events_of(receiver) == [got(2, b"2", line="R"), SessionEnded(session="DAY1", next_seq=3)]


def test_after_the_end_the_next_session_is_taken_from_its_start():
    receiver = a_receiver()
    receiver.receive_packet("A", data_of(1, is_end=True), 0)
    receiver.receive_packet("A", data_of(1, b"x", session="DAY2"), 1)
    receiver.receive_packet("A", data_of(2, b"late"), 2)
    assert events_of(receiver) == [
        BEGUN,
        SessionEnded(session="DAY1", next_seq=1),
        SessionBegun(session="DAY2"),
        got(1, b"x"),
        OtherSession(session="DAY1"),
    ]


def test_another_session_in_the_middle_is_told_once_and_left_to_the_owner():
    receiver = a_receiver()
    receiver.receive_packet("A", data_of(1, b"1"), 0)
    for seq in (1, 2, 3):
        receiver.receive_packet("B", data_of(seq, b"x", session="DAY2"), 0)
    receiver.receive_packet("A", data_of(2, b"2"), 0)
    assert events_of(receiver) == [BEGUN, got(1, b"1"), OtherSession(session="DAY2"), got(2, b"2")]
    assert receiver.stats.other_session == 3
    receiver.begin("DAY2", 4)
    receiver.receive_packet("B", data_of(4, b"y", session="DAY2"), 0)
    assert events_of(receiver) == [SessionBegun(session="DAY2"), got(4, b"y", line="B")]


def test_a_longer_packet_from_the_same_number_replaces_the_one_that_waits():
    receiver = a_receiver()
    receiver.receive_packet("A", data_of(2, b"2"), 0)
    receiver.receive_packet("B", data_of(2, b"2", b"3"), 0)
    receiver.receive_packet("A", data_of(2, b"2"), 0)
    receiver.receive_packet("A", data_of(1, b"1"), 0)
    assert events_of(receiver) == [BEGUN, got(1, b"1"), got(2, b"2", b"3", line="B")]
    assert (receiver.stats.doubles, receiver._waiting_bytes) == (1, 0)


def test_progress_gives_the_rest_of_a_gap_all_its_tries_again():
    receiver = a_receiver(tries_max=2)
    receiver.receive_packet("A", data_of(4, b"4"), 0)
    asked = [request_of(receiver, now * MS).seq for now in (5, 205)]
    receiver.receive_packet("R", data_of(1, b"1"), 210 * MS)
    asked += [request_of(receiver, now * MS).seq for now in (215, 415)]
    assert asked == [1, 1, 2, 2]
    assert request_of(receiver, 615 * MS) is None
    assert events_of(receiver) == [BEGUN, got(1, b"1", line="R"), Lost(seq=2, count=2), got(4, b"4")]


def test_number_zero_begins_with_what_comes():
    receiver = a_receiver(next_seq=0)
    receiver.receive_packet("A", data_of(700, b"7"), 0)
    assert events_of(receiver) == [BEGUN, got(700, b"7")]


def test_what_waits_is_bounded_and_the_farthest_goes_first():
    receiver = a_receiver(waiting_bytes_max=300)
    for seq in (2, 9, 5, 3):
        receiver.receive_packet("A", data_of(seq, bytes(40)), 0)
    assert receiver.stats.dropped == 2
    receiver.receive_packet("A", data_of(1, b"1"), 0)
    assert [e.seq for e in events_of(receiver)[1:]] == [1, 2, 3]
    assert (receiver.next_seq, receiver.has_gap, receiver._waiting_bytes) == (4, True, 0)


@pytest.mark.parametrize(
    "data",
    [
        b"short",
        data_of(1, b"1")[:-1],
        b" " * 10 + b"\0\0\0\0\0\0\0\x01\0\0",
        data_of(3 + 10**9),
        data_of(1, is_end=True),
    ],
)
def test_nonsense_is_counted_and_changes_nothing(data):
    receiver = a_receiver()
    receiver.receive_packet("A", data_of(1, b"1"), 0)
    events_of(receiver)
    receiver.receive_packet("A", data, 0)
    receiver.receive_packet("A", data_of(2, b"2"), 0)
    assert (events_of(receiver), receiver.stats.malformed) == ([got(2, b"2")], 1)


def a_network(dice, sender, loss):
    """What a receiver sees of packets on two lines: lost, doubled, late."""
    on_way = []
    for number, data in enumerate(sender.flush(0)):
        for line in "AB":
            for _ in range(1 + (dice.random() < 0.1)):
                due = number * MS + dice.randrange(20 * MS)
                on_way += [(due, line, data)] if dice.random() >= loss else []
    return sorted(on_way)


@pytest.mark.parametrize("seed", range(40))
def test_nothing_is_lost_or_doubled_over_two_bad_lines(seed):
    dice = random.Random(seed)
    sender = MoldSender(CODEC, "DAY1", packet_max=60)
    for message in numbered(1, 400):
        sender.append(message)
    receiver, found, now = a_receiver(tries_max=50), [], 0
    for now, line, data in a_network(dice, sender, 0.3):
        receiver.receive_packet(line, data, now)
        found += events_of(receiver)
        if dice.random() < 0.5 and (request := receiver.next_request(now)) and dice.random() < 0.7:
            receiver.receive_packet("R", sender.answer(request), now)
    sender.end()
    receiver.receive_packet("A", sender.on_timer(now), now)
    while (due := receiver.next_timer_ns()) is not None:
        now = max(now, due)
        while (request := receiver.next_request(now)) is not None:
            if dice.random() < 0.7:
                receiver.receive_packet("R", sender.answer(request), now)
    found += events_of(receiver)
    assert tuple(m for e in found if isinstance(e, Messages) for m in e.messages) == numbered(1, 400)
    assert found[-1] == SessionEnded(session="DAY1", next_seq=400)
    assert not [e for e in found if isinstance(e, Lost)]


def test_damaged_packets_never_double_reorder_or_grow():
    for seed in range(FUZZ_SEEDS):
        dice = random.Random(seed)
        receiver, now, expected = a_receiver(waiting_bytes_max=2000, tries_max=2), 0, 1
        for _ in range(60):
            now += dice.randrange(100 * MS)
            session = "DAY1" if dice.random() < 0.95 else "DAY2"
            seq = max(1, receiver.next_seq + dice.randrange(-5, 9))
            raw = bytearray(data_of(seq, *[b"m"] * dice.randrange(4), session=session, is_end=False))
            for _ in range(dice.randrange(2)):
                raw[dice.randrange(len(raw))] = dice.randrange(256)
            receiver.receive_packet(dice.choice("AB"), bytes(raw), now)
            receiver.next_request(now)
            for event in events_of(receiver):
                if isinstance(event, SessionBegun):
                    expected = 1
                elif isinstance(event, Messages):
                    assert event.seq == expected
                    expected += len(event.messages)
                elif isinstance(event, Lost):
                    assert event.seq == expected
                    expected += event.count
            assert receiver._waiting_bytes <= 2000
            assert receiver._waiting_bytes == sum(
                len(m) + 64 for p, _ in receiver._waiting.values() for m in p.messages
            )
