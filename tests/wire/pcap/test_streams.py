"""TCP byte streams in order."""

from hypothesis import given
from hypothesis import strategies as st

from hts.wire.pcap.headers import Segment
from hts.wire.pcap.streams import PENDING_MAX, STREAMS_MAX, StreamTable


def segment(payload, seq, *, source="a:1", target="b:2", syn=False, rst=False):
    return Segment(source=source, target=target, seq=seq % 2**32, syn=syn, fin=False, rst=rst, payload=payload)


def runs(*segments):
    table = StreamTable()
    found = [run for number, s in enumerate(segments) for run in table.take(s, number)]
    return [(run.source, run.missing, run.data) for run in (*found, *table.end())]


def test_segments_join_in_order():
    assert runs(segment(b"", 99, syn=True), segment(b"ab", 100), segment(b"cd", 102)) == [("a:1", 0, b"abcd")]


def test_directions_are_two_streams():
    found = runs(segment(b"ask", 1), segment(b"answer", 7, source="b:2", target="a:1"), segment(b"!", 4))
    assert found == [("a:1", 0, b"ask!"), ("b:2", 0, b"answer")]


def test_late_double_and_overlapping_segments_give_each_byte_once():
    segments = [segment(b"", 9, syn=True), segment(b"cd", 12), segment(b"cdef", 12), segment(b"ab", 10)]
    assert runs(*segments, segment(b"abcd", 10), segment(b"efgh", 14)) == [("a:1", 0, b"abcdefgh")]


def test_the_number_wraps():
    assert runs(segment(b"ab", -2), segment(b"cd", 0), segment(b"ef", 2)) == [("a:1", 0, b"abcdef")]


def test_a_hole_ends_the_run_and_is_counted():
    assert runs(segment(b"ab", 1), segment(b"xy", 10)) == [("a:1", 0, b"ab"), ("a:1", 7, b"xy")]


def test_a_hole_does_not_hold_back_without_end():
    table = StreamTable()
    assert list(table.take(segment(b"", -1, syn=True), 0)) == []
    assert list(table.take(segment(b"a", 0), 0)) == []
    piece, at, given_back = b"x" * 65_000, 100, []
    while not given_back:
        given_back += table.take(segment(piece, at), 1)
        at += len(piece)
        assert at < PENDING_MAX + 200_000
    assert given_back[0].data == b"a"
    assert [run.missing for run in table.end()] == [99]


def test_a_new_connection_on_the_same_ports_is_a_new_run():
    found = runs(segment(b"", 99, syn=True), segment(b"old", 100), segment(b"", 5000, syn=True), segment(b"new", 5001))
    assert found == [("a:1", 0, b"old"), ("a:1", 0, b"new")]


def test_the_same_syn_again_changes_nothing():
    found = runs(segment(b"", 99, syn=True), segment(b"ab", 100), segment(b"", 99, syn=True), segment(b"cd", 102))
    assert found == [("a:1", 0, b"abcd")]


def test_a_reset_ends_the_stream():
    assert runs(segment(b"ab", 1), segment(b"", 3, rst=True), segment(b"cd", 900)) == [
        ("a:1", 0, b"ab"),
        ("a:1", 0, b"cd"),
    ]


def test_streams_are_bounded():
    table = StreamTable()
    found = []
    for port in range(STREAMS_MAX + 3):
        found += table.take(segment(b"x", 1, source=f"a:{port}"), 0)
    assert [run.source for run in found] == ["a:0", "a:1", "a:2"]


@given(
    data=st.binary(min_size=1, max_size=300), seed=st.randoms(use_true_random=False), start=st.integers(0, 2**32 - 1)
)
def test_any_order_with_doubles_gives_the_stream(data, seed, start):
    cuts = []
    at = 0
    while at < len(data):
        size = seed.randrange(1, 40)
        cuts.append((at, data[at : at + size]))
        at += size
    cuts += [seed.choice(cuts) for _ in range(5)]
    seed.shuffle(cuts)
    segments = [segment(b"", start - 1, syn=True), *(segment(piece, start + at) for at, piece in cuts)]
    assert runs(*segments) == [("a:1", 0, data)]
