import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.marketdata.sequencer import Sequencer, SequencerConfig
from hts.model.effects import RequestRetransmit, RequestSnapshot
from hts.model.quotes import Packet

MS = 1_000_000
CONFIG = SequencerConfig(reorder_ns=5 * MS, retry_ns=20 * MS, tries_max=3, waiting_packets_max=64, gap_records_max=500)


def a_packet(first_seq, count=1, line="A", session=1):
    return Packet(line=line, session=session, first_seq=first_seq, count=count, payload=b"%d" % first_seq)


def a_live_sequencer(next_seq=1, config=CONFIG):
    sequencer = Sequencer(config)
    assert sequencer.next_request(0) == RequestSnapshot(venue="KRX")
    assert sequencer.resume(1, next_seq, 0) == []
    return sequencer


def test_first_copy_counts_and_the_other_line_is_dropped():
    sequencer = a_live_sequencer()
    assert sequencer.push(a_packet(1), 0) == [a_packet(1)]
    assert sequencer.push(a_packet(1, line="B"), 0) == []
    assert sequencer.push(a_packet(2, 3, line="B"), 0) == [a_packet(2, 3, line="B")]
    assert sequencer.push(a_packet(2, 3), 0) == []
    assert (sequencer.next_seq, sequencer.stats.delivered, sequencer.stats.duplicates) == (5, 4, 2)
    assert sequencer.next_timer_ns() is None


def test_reordered_packets_wait_without_a_request():
    sequencer = a_live_sequencer()
    assert sequencer.push(a_packet(3), 0) == []
    assert sequencer.push(a_packet(2), MS) == []
    assert sequencer.next_request(MS) is None
    assert sequencer.push(a_packet(1), 2 * MS) == [a_packet(1), a_packet(2), a_packet(3)]
    assert sequencer.next_timer_ns() is None


def test_gap_is_asked_for_again_and_then_a_snapshot():
    sequencer = a_live_sequencer()
    sequencer.push(a_packet(4, 2), 0)
    assert sequencer.next_timer_ns() == 5 * MS
    assert sequencer.next_request(5 * MS - 1) is None
    again = RequestRetransmit(venue="KRX", session=1, first_seq=1, count=3)
    asked = [sequencer.next_request(ms * MS) for ms in (5, 6, 25, 45, 65, 66)]
    assert asked == [again, None, again, again, RequestSnapshot(venue="KRX"), None]
    assert not sequencer.is_live


def test_heartbeat_shows_a_loss_at_the_end():
    sequencer = a_live_sequencer()
    assert sequencer.push(a_packet(3, 0), 0) == []
    assert sequencer.next_request(5 * MS) == RequestRetransmit(venue="KRX", session=1, first_seq=1, count=2)
    assert sequencer.push(a_packet(1, 2, line="R"), 6 * MS) == [a_packet(1, 2, line="R")]
    assert sequencer.next_timer_ns() is None


def test_second_gap_gets_its_own_time():
    sequencer = a_live_sequencer()
    sequencer.push(a_packet(2), 0)
    sequencer.push(a_packet(4), 1 * MS)
    assert sequencer.push(a_packet(1), 4 * MS) == [a_packet(1), a_packet(2)]
    assert sequencer.next_timer_ns() == 9 * MS
    assert sequencer.next_request(9 * MS) == RequestRetransmit(venue="KRX", session=1, first_seq=3, count=1)


def test_what_no_line_brought_is_counted_once():
    sequencer = a_live_sequencer()
    sequencer.push(a_packet(4, 2), 0)
    sequencer.push(a_packet(9), 0)
    assert sequencer.stats.missing == 0  # the other line may bring it yet
    for ms in (5, 25, 45):
        sequencer.next_request(ms * MS)
    assert sequencer.stats.missing == 3  # records 1 to 3, asked for three times
    sequencer.push(a_packet(1, line="R"), 46 * MS)
    sequencer.next_request(66 * MS)
    assert sequencer.stats.missing == 3  # 2 and 3 again
    sequencer.push(a_packet(2, 2, line="R"), 67 * MS)
    sequencer.next_request(72 * MS)
    assert sequencer.stats.missing == 6  # 6 to 8
    tail = a_live_sequencer()
    found = []
    for ms, packet in ((0, a_packet(3, 0)), (30, a_packet(6, 0)), (60, a_packet(3))):  # two heartbeats, and a late one
        tail.push(packet, ms * MS)
        tail.next_request((ms + 25) * MS)
        found.append(tail.stats.missing)
    assert found == [2, 5, 5]
    wide = a_live_sequencer()
    wide.push(a_packet(1000, 5), 0)
    wide.next_request(5 * MS)
    assert wide.stats.missing == 999


def test_wide_gap_asks_for_a_snapshot_at_once():
    sequencer = a_live_sequencer()
    sequencer.push(a_packet(1000), 0)
    assert sequencer.next_request(5 * MS) == RequestSnapshot(venue="KRX")
    assert sequencer.resume(1, 1000, 6 * MS) == [a_packet(1000)]
    assert sequencer.is_live


def test_start_waits_for_the_snapshot_and_follows_it():
    sequencer = Sequencer(CONFIG)
    assert sequencer.push(a_packet(7), 0) == []
    assert sequencer.push(a_packet(8), 0) == []
    assert sequencer.push(a_packet(6), 0) == []
    assert sequencer.next_request(0) == RequestSnapshot(venue="KRX")
    assert sequencer.next_request(1) is None
    assert sequencer.next_timer_ns() == 60 * MS
    assert sequencer.next_request(60 * MS) == RequestSnapshot(venue="KRX")
    assert sequencer.resume(1, 7, 61 * MS) == [a_packet(7), a_packet(8)]
    assert sequencer.push(a_packet(9), 62 * MS) == [a_packet(9)]


def test_snapshot_older_than_what_was_delivered_is_stale():
    sequencer = a_live_sequencer(next_seq=10)
    assert [sequencer.is_stale(*at) for at in ((1, 9), (1, 10), (1, 11), (2, 1))] == [True, False, False, False]
    sequencer.refuse(1)
    sequencer.push(a_packet(12), 0)
    sequencer.refuse(1)
    assert sequencer.next_request(0) == RequestSnapshot(venue="KRX")
    assert sequencer.is_stale(1, 9)


def test_later_session_restarts_at_one_and_the_old_one_is_over():
    sequencer = a_live_sequencer(next_seq=50)
    assert sequencer.push(a_packet(2, session=2), 0) == []
    assert sequencer.push(a_packet(50), 0) == []
    assert sequencer.push(a_packet(1, session=2), 0) == [a_packet(1, session=2), a_packet(2, session=2)]
    assert (sequencer.session, sequencer.next_seq, sequencer.stats.stale_sessions) == (2, 3, 1)
    assert sequencer.is_stale(1, 99)


def test_refusal_of_an_older_session_changes_nothing():
    sequencer = a_live_sequencer()
    sequencer.push(a_packet(3), 0)
    sequencer.refuse(0)
    assert sequencer.is_live
    sequencer.refuse(1)
    assert sequencer.next_request(0) == RequestSnapshot(venue="KRX")


def test_packet_with_other_borders_is_counted_and_dropped():
    sequencer = a_live_sequencer(next_seq=3)
    assert sequencer.push(a_packet(2, 3), 0) == []
    assert sequencer.stats.misfits == 1


def test_waiting_packets_are_bounded():
    sequencer = a_live_sequencer()
    for seq in range(2, 200):
        sequencer.push(a_packet(seq), 0)
    assert len(sequencer._waiting) == 64
    assert sequencer.next_request(0) == RequestSnapshot(venue="KRX")
    assert sequencer.resume(1, 150, 1) == [a_packet(seq) for seq in range(150, 200)]


def test_snapshot_may_begin_a_later_session():
    sequencer = a_live_sequencer(next_seq=9)
    assert sequencer.resume(2, 5, 0) == []
    assert sequencer.push(a_packet(5, session=2), 0) == [a_packet(5, session=2)]


@dataclass
class Feed:
    """A venue that sent `packets`, keeps the newest `kept`, and a network with dice."""

    packets: list[Packet]
    dice: random.Random
    loss: float
    kept: int
    applied: list[int] = field(default_factory=list)  # record numbers, those a snapshot stands for included

    def lines(self):
        """Copies of both lines: some lost, some doubled, each moved by up to eight places."""
        copies = [
            (place + self.dice.random() * 8, line, packet)
            for place, packet in enumerate(self.packets)
            for line in "AB"
            for _ in range(2 if self.dice.random() < 0.1 else 1)
            if self.dice.random() >= self.loss
        ]
        return [packet for _, _, packet in sorted(copies, key=lambda c: c[:2])]

    def apply(self, packets):
        for packet in packets:
            self.applied += range(packet.first_seq, packet.first_seq + packet.count)

    def answer(self, sequencer, request, sent, now):
        """The recovery service's answer, which may be lost too."""
        if self.dice.random() < self.loss:
            return
        next_seq = sent[-1].first_seq + sent[-1].count if sent else 1
        if isinstance(request, RequestSnapshot):
            session = self.packets[0].session
            if not sequencer.is_stale(session, next_seq):
                self.applied += range(len(self.applied) + 1, next_seq)
                self.apply(sequencer.resume(session, next_seq, now))
            return
        if sent and request.first_seq < sent[-self.kept :][0].first_seq:
            sequencer.refuse(request.session)
            return
        end = request.first_seq + request.count
        for packet in sent:
            if packet.first_seq < end and packet.first_seq + packet.count > request.first_seq:
                self.apply(sequencer.push(packet, now))


def borders(dice, records, session):
    packets, seq = [], 1
    while seq <= records:
        count = min(dice.randint(1, 3), records - seq + 1)
        packets.append(a_packet(seq, count, session=session))
        seq += count
    return packets


def run(feed, sequencer, now):
    high = 0
    for packet in feed.lines():
        now += MS
        high = max(high, feed.packets.index(packet) + 1)
        feed.apply(sequencer.push(packet, now))
        while (request := sequencer.next_request(now)) is not None:
            feed.answer(sequencer, request, feed.packets[:high], now)
    end = feed.packets[-1].first_seq + feed.packets[-1].count
    for _ in range(3_000):  # of 500 answers one arrives, whatever the loss
        now += 10 * MS
        feed.apply(sequencer.push(a_packet(end, 0, session=feed.packets[0].session), now))
        while (request := sequencer.next_request(now)) is not None:
            feed.answer(sequencer, request, feed.packets, now)
        if not sequencer.has_gap:
            break
    return now


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([0.0, 0.1, 0.5, 0.9]), st.sampled_from([3, 40, 10_000]))
def test_any_loss_reorder_and_duplication_ends_in_the_sent_sequence(seed, loss, kept):
    dice = random.Random(seed)
    sequencer = Sequencer(CONFIG)
    now = 0
    for session in (1, 2):
        feed = Feed(borders(dice, 120, session), dice, loss, kept)
        now = run(feed, sequencer, now)
        assert feed.applied == list(range(1, 121))
        assert not sequencer.has_gap


@pytest.mark.parametrize("lost", ["A", "B"])
def test_one_line_alone_is_enough(lost):
    sequencer = a_live_sequencer()
    packets = [a_packet(seq, line=line) for seq in range(1, 50) for line in "AB" if line != lost]
    assert [p for packet in packets for p in sequencer.push(packet, 0)] == packets
    assert sequencer.stats.retransmits == 0
