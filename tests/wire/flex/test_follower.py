"""Two FLEX lines in, one sequence out: losses, doubles, requests, snapshots, restarts, the past, and noise."""

import random

import pytest

from hts.wire.flex.follower import (
    COUNT_MAX,
    MS,
    REQUEST,
    FlexAnswers,
    FlexConfig,
    FlexFollower,
    PacketReceived,
    PacketsLost,
    Restarted,
    SnapshotReceived,
)
from hts.wire.flex.packets import FlexCodec, FlexPacket
from hts.wire.layout.codec import Decoded
from tests.support.fuzz import fuzz_rounds
from tests.support.wire_layout import layout_of

LAYOUT = layout_of("jpx_flex_mbo_1_1")
CODEC = FlexCodec(LAYOUT)
GROUP = 5
STEPS, QUIET_FROM = 160, 120


def packet(seq, reboots=0, group=GROUP, issue="7203"):
    tag = Decoded("seconds_timestamp", "venue", {"time_seconds": seq})
    return FlexPacket(
        group=group,
        reboots=reboots,
        seq=seq,
        issue_code=issue,
        update_number=seq,
        packet_number=1,
        packet_count=1,
        more_follows=False,
        tags=(tag,),
    )


def data_of(*places, **more):
    return CODEC.encode(packet(*places, **more))


def a_follower(**fields):
    names = set(FlexConfig.__struct_fields__)
    config = FlexConfig(**{name: value for name, value in fields.items() if name in names})
    return FlexFollower(LAYOUT, GROUP, config, **{n: v for n, v in fields.items() if n not in names})


def events_of(follower):
    found = []
    while (event := follower.next_event()) is not None:
        found.append(event)
    return found


def seqs_of(follower):
    return [e.packet.seq if isinstance(e, PacketReceived) else e for e in events_of(follower)]


def in_vain(follower, *times_ms):
    """What is asked at these times when nothing is answered and each connection is closed."""
    found = []
    for at in times_ms:
        found.append(asked(follower, at * MS))
        follower.answer_ended(at * MS)
        if follower.next_timer_ns() is not None:
            follower._ask_at_ns = at * MS + follower._config.retry_ns
    return found


def asked(follower, now_ns):
    """(kind, first number, count) of the request that is due."""
    data = follower.next_request(now_ns)
    if data is None:
        return None
    fields = LAYOUT.decode_as(REQUEST, data).fields
    return fields["packet_type"], fields["sequence_number"], fields["requested_message_count"]


def test_the_first_copy_of_either_line_is_delivered():
    follower = a_follower()
    for line, seq in (("A", 1), ("B", 1), ("B", 2), ("A", 2), ("A", 3)):
        follower.receive_packet(line, data_of(seq), 0)
    assert [(e.packet.seq, e.line) for e in events_of(follower)] == [(1, "A"), (2, "B"), (3, "A")]
    assert (follower.stats.doubles, follower.stats.first, follower.has_gap) == (2, {"A": 2, "B": 1}, False)
    assert follower.next_timer_ns() is None


def test_the_other_line_closes_a_gap_before_anything_is_asked_for():
    follower = a_follower()
    follower.receive_packet("A", data_of(1), 0)
    follower.receive_packet("A", data_of(3), 1 * MS)
    assert (follower.has_gap, follower.next_timer_ns()) == (True, 6 * MS)
    assert asked(follower, 3 * MS) is None
    follower.receive_packet("B", data_of(2), 4 * MS)
    assert seqs_of(follower) == [1, 2, 3]
    assert (follower.next_timer_ns(), asked(follower, 99 * MS)) == (None, None)


def test_what_both_lines_lost_is_asked_for_and_asked_again():
    follower = a_follower()
    follower.receive_packet("A", data_of(1), 0)
    follower.receive_packet("A", data_of(5), 0)
    assert asked(follower, 5 * MS) == ("R", 2, 3)
    assert (asked(follower, 6 * MS), follower.next_timer_ns(), follower.is_overdue) == (None, 205 * MS, False)
    assert (asked(follower, 205 * MS), follower.is_overdue) == (None, True)
    follower.receive_answer(data_of(2), 205 * MS)  # of the connection that is to be closed
    follower.answer_ended(205 * MS)
    assert asked(follower, 205 * MS) == ("R", 2, 3)
    for seq in (2, 3, 4):
        follower.receive_answer(data_of(seq), 206 * MS)
    follower.receive_answer(b"", 206 * MS)
    assert seqs_of(follower) == [1, 2, 3, 4, 5]
    assert follower.next_timer_ns() is None


def test_golden_request():
    follower = a_follower(reboots=3)
    follower.receive_packet("A", data_of(4, reboots=3), 0)
    expected = bytes.fromhex("0010 52 464c45583031 05 03 00000001 000003".replace(" ", ""))
    assert follower.next_request(5 * MS) == expected


def test_a_gap_that_shrinks_gets_its_own_time():
    follower = a_follower()
    for seq in (1, 4, 8):
        follower.receive_packet("A", data_of(seq), 0)
    assert asked(follower, 5 * MS) == ("R", 2, 2)
    for data in (data_of(2), data_of(3), b""):
        follower.receive_answer(data, 20 * MS)
    assert (asked(follower, 24 * MS), asked(follower, 25 * MS)) == (None, ("R", 5, 3))


def test_a_snapshot_is_asked_for_when_packets_do_not_come_again():
    follower = a_follower(tries_max=2)
    follower.receive_packet("A", data_of(1), 0)
    follower.receive_packet("A", data_of(9), 0)
    assert [kind for kind, *_ in in_vain(follower, 5, 205)] == ["R", "R"]
    assert asked(follower, 405 * MS) == ("L", 0, 0)
    snapshot = [packet(9, issue=issue) for issue in ("7203", "6758")]
    for one in snapshot:
        follower.receive_answer(CODEC.encode(one), 406 * MS)
    follower.receive_packet("A", data_of(10), 407 * MS)
    follower.receive_answer(b"", 408 * MS)
    assert seqs_of(follower) == [1, SnapshotReceived(seq=9, packets=tuple(snapshot)), 10]
    assert (follower.next_seq, follower.next_timer_ns()) == (11, None)


def test_when_nothing_helps_the_range_is_told_as_lost():
    follower = a_follower(tries_max=1)
    follower.receive_packet("A", data_of(1), 0)
    follower.receive_packet("A", data_of(4), 0)
    assert in_vain(follower, 5, 205, 405) == [("R", 2, 2), ("L", 0, 0), None]
    assert seqs_of(follower) == [1, PacketsLost(seq=2, count=2), 4]
    assert follower.stats.lost == 2


def test_in_the_middle_of_a_day_it_begins_with_a_snapshot():
    follower = a_follower(next_seq=0)
    follower.receive_packet("A", data_of(70), 0)
    assert (events_of(follower), asked(follower, 0)) == ([], ("L", 0, 0))
    follower.receive_packet("A", data_of(72), 0)
    follower.receive_answer(data_of(71), 1)
    follower.receive_answer(b"", 1)
    assert seqs_of(follower) == [SnapshotReceived(seq=71, packets=(packet(71),)), 72]


def test_an_empty_market_has_a_snapshot_of_number_zero():
    follower = a_follower(next_seq=0)
    assert asked(follower, 0) == ("L", 0, 0)
    follower.receive_answer(data_of(0), 1)
    follower.receive_answer(b"", 1)
    follower.receive_packet("A", data_of(1), 2)
    assert seqs_of(follower) == [SnapshotReceived(seq=0, packets=(packet(0),)), 1]


@pytest.mark.parametrize("parts", [[8, 9], [3], []], ids=["of two numbers", "from the past", "empty"])
def test_a_snapshot_that_leads_nowhere_is_dropped(parts):
    follower = a_follower(tries_max=1)
    for seq in (1, 2, 3, 4, 9):
        follower.receive_packet("A", data_of(seq), 0)
    events_of(follower)
    assert in_vain(follower, 5) == [("R", 5, 4)]
    assert asked(follower, 205 * MS) == ("L", 0, 0)
    for seq in parts:
        follower.receive_answer(data_of(seq), 206 * MS)
    follower.receive_answer(b"", 206 * MS)
    assert (events_of(follower), follower.next_seq, follower.has_gap) == ([], 5, True)


def test_a_connection_that_ends_in_the_middle_of_an_answer_is_asked_again():
    follower = a_follower(next_seq=0)
    assert asked(follower, 0) == ("L", 0, 0)
    follower.receive_answer(data_of(5), 1)
    follower.answer_ended(2)
    follower.receive_answer(data_of(5), 3)
    assert asked(follower, 3) == ("L", 0, 0)
    follower.receive_answer(data_of(6), 201 * MS)
    follower.receive_answer(b"", 201 * MS)
    assert seqs_of(follower) == [SnapshotReceived(seq=6, packets=(packet(6),))]


def test_late_packets_of_a_resend_are_never_taken_for_a_snapshot():
    """The answer to R comes after L was asked for on a new connection: it is not what L asked for."""
    follower = a_follower(tries_max=1)
    for seq in (1, 9):
        follower.receive_packet("A", data_of(seq), 0)
    assert asked(follower, 5 * MS) == ("R", 2, 7)
    assert (asked(follower, 205 * MS), follower.is_overdue) == (None, True)
    for data in (data_of(8), b""):
        follower.receive_answer(data, 206 * MS)
    assert (seqs_of(follower), follower.stats.unasked) == ([1], 2)
    follower.answer_ended(207 * MS)
    assert asked(follower, 207 * MS) == ("L", 0, 0)


def test_a_restart_begins_at_one_and_the_old_start_is_the_past():
    follower = a_follower()
    follower.receive_packet("A", data_of(1), 0)
    follower.receive_packet("A", data_of(5), 0)
    follower.receive_packet("A", data_of(1, reboots=1), 1)
    follower.receive_packet("B", data_of(2), 2)
    follower.receive_packet("A", data_of(2, reboots=1), 3)
    assert seqs_of(follower) == [1, Restarted(reboots=1), 1, 2]
    assert (follower.stats.past, follower.has_gap, follower.next_timer_ns()) == (1, False, None)


def test_the_number_of_starts_wraps():
    follower = a_follower(reboots=255)
    follower.receive_packet("A", data_of(1, reboots=0), 0)
    follower.receive_packet("A", data_of(9, reboots=255), 0)
    assert (seqs_of(follower), follower.stats.past) == ([Restarted(reboots=0), 1], 1)


def test_noise_is_counted_and_changes_nothing():
    follower = a_follower()
    for data in (b"", b"x" * 100, data_of(1, group=6), data_of(500_000_000)):
        follower.receive_packet("A", data, 0)
    assert (events_of(follower), follower.next_seq, follower.next_timer_ns()) == ([], 1, None)
    assert (follower.stats.malformed, follower.stats.other_group) == (3, 1)


def test_what_waits_is_bounded_and_comes_again():
    size = len(data_of(2))
    follower = a_follower(waiting_bytes_max=3 * size)
    for seq in (5, 4, 3, 2, 6):
        follower.receive_packet("A", data_of(seq), 0)
    assert follower.stats.dropped == 2
    assert asked(follower, 5 * MS) == ("R", 1, 1)
    for data in (data_of(1), b""):
        follower.receive_answer(data, 6 * MS)
    assert seqs_of(follower) == [1, 2, 3, 4]
    assert asked(follower, 11 * MS) == ("R", 5, 2)


def test_no_more_than_the_service_gives_is_asked_for():
    follower = a_follower()
    follower.receive_packet("A", data_of(100_000), 0)
    assert asked(follower, 5 * MS) == ("R", 1, COUNT_MAX)


def test_answers_are_cut_at_any_byte():
    frames = [data_of(1), data_of(2), b""]
    data = b"".join(len(one).to_bytes(2, "big") + one for one in frames)
    for size in (1, 7, len(data)):
        answers, found = FlexAnswers(), []
        for at in range(0, len(data), size):
            answers.receive_data(data[at : at + size])
            while (answer := answers.next_answer()) is not None:
                found.append(answer)
        assert found == frames


class Venue:
    """Sends everything on both lines; answers requests, mostly."""

    def __init__(self, dice):
        self.dice = dice
        self.reboots = 0
        self.sent = []

    def send(self):
        self.sent.append(data_of(len(self.sent) + 1, reboots=self.reboots))
        return self.sent[-1]

    def restart(self):
        self.reboots += 1
        self.sent = []

    def answer(self, request):
        fields = LAYOUT.decode_as(REQUEST, request).fields
        if self.dice.random() < 0.2 or fields["number_of_system_reboots"] != self.reboots:
            return []
        if fields["packet_type"] == "L":
            return [data_of(len(self.sent), reboots=self.reboots), b""]
        first = fields["sequence_number"]
        return [*self.sent[first - 1 : first - 1 + fields["requested_message_count"]], b""]


def play(seed):
    """A day over two bad lines, the last of it quiet; the follower, the numbers that its reader knows, the venue."""
    dice = random.Random(seed)
    venue = Venue(dice)
    follower = a_follower(next_seq=dice.choice((0, 1)), tries_max=2, reboots=0)
    known, late, now = set(), [], 0
    for step in range(STEPS):
        now += dice.randrange(4) * MS
        if dice.random() < 0.02 and step < QUIET_FROM:
            venue.restart()
        if step < QUIET_FROM:
            data = venue.send()
            lines = [line for line in "AB" if dice.random() < 0.7]
            late += [(now + dice.choice((0, 0, 1, 8)) * MS, line, data) for line in lines]
        else:
            now += 300 * MS
            late.append((now, "A", venue.send()))
        for at, line, data in [one for one in late if one[0] <= now]:
            late.remove((at, line, data))
            noise = bytearray(data)
            if dice.random() < 0.05 and step < QUIET_FROM:
                noise[dice.randrange(len(noise))] ^= 1 << dice.randrange(8)
                noise[:6] = data[:6]  # a packet of another number cannot be told from a true one
            follower.receive_packet(line, bytes(noise), now)
        while (request := follower.next_request(now)) is not None:
            answers = venue.answer(request)
            for answer in answers:
                follower.receive_answer(answer, now)
            if not answers:
                follower.answer_ended(now)
        for event in events_of(follower):
            if isinstance(event, Restarted):
                known = set()
            elif isinstance(event, SnapshotReceived):
                known = set(range(1, event.seq + 1))
            elif isinstance(event, PacketReceived):
                assert event.packet.seq == max(known, default=0) + 1 or event.packet.seq not in known
                known.add(event.packet.seq)
    return follower, known, venue


@pytest.mark.parametrize("first", range(0, fuzz_rounds(100), 50))
def test_random_lines_lose_nothing_for_good(first):
    for seed in range(first, first + 50):
        follower, known, venue = play(seed)
        assert follower.reboots == venue.reboots, seed
        missing = set(range(1, len(venue.sent) + 1)) - known
        assert len(missing) <= follower.stats.lost, (seed, missing)
        if not follower.stats.lost:
            assert missing == set(), seed
