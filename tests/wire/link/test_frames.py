import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.base.errors import RemoteProtocolError
from hts.wire.link.frames import LENGTH_MAX, FrameReader, FrameType, frame

# length 5 + 3 = 8, sequence 258, type 6 (EVENT), body "abc"
GOLDEN = bytes.fromhex("00000008 00000102 06 616263")


def test_golden_bytes_both_ways():
    assert frame(FrameType.EVENT, b"abc", 258) == GOLDEN
    assert FrameReader().receive_data(GOLDEN) == [(FrameType.EVENT, 258, b"abc")]


@given(st.lists(st.binary(max_size=40), max_size=5), st.integers(1, 7))
def test_any_cut_of_the_stream_gives_the_same_frames(bodies, step):
    stream = b"".join(frame(FrameType.VIEW, body, n) for n, body in enumerate(bodies))
    reader = FrameReader()
    found = [f for at in range(0, len(stream), step) for f in reader.receive_data(stream[at : at + step])]
    assert found == [(FrameType.VIEW, n, body) for n, body in enumerate(bodies)]


@pytest.mark.parametrize("length", [0, 4, LENGTH_MAX + 1, 0xFFFFFFFF])
def test_a_length_that_lies_is_refused_before_its_body_is_held(length):
    with pytest.raises(RemoteProtocolError, match=f"expected 5..{LENGTH_MAX}, found {length}"):
        FrameReader().receive_data(length.to_bytes(4, "big") + bytes(5))


def test_unknown_type_is_refused():
    with pytest.raises(RemoteProtocolError, match="expected 1..15, found 99"):
        FrameReader().receive_data(bytes.fromhex("00000005 00000000 63"))
