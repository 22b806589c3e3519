"""Golden bytes, data fields, groups, framing at every cut, round trips."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.base.errors import RemoteProtocolError
from hts.wire.fix.codec import FixMessage, Template, check_sum, in_order, join, split, wrap
from hts.wire.fix.framing import FrameReader, Garbled
from hts.wire.fix.shapes import Inspector
from hts.wire.fix.values import decimal_to_int, int_to_decimal, timestamp, timestamp_ns
from tests.wire.fix.kit import a_dictionary, a_frame

# A Heartbeat(0) by hand: 5 bytes from MsgType(35) to the delimiter, and the bytes summed with a pencil.
HEARTBEAT = b"8=FIX.4.4\x019=5\x0135=0\x0110=163\x01"


def read_all(reader: FrameReader) -> list:
    found = []
    while (frame := reader.next_frame()) is not None:
        found.append(frame)
    return found


def a_message(text: str) -> FixMessage:
    frame = a_frame(text)
    tags, values = split(frame, a_dictionary().data_lengths())
    return FixMessage(frame, tags, values)


def test_golden_heartbeat_both_ways():
    assert wrap(b"FIX.4.4", b"35=0\x01") == HEARTBEAT
    assert split(HEARTBEAT, {}) == ([8, 9, 35, 10], [b"FIX.4.4", b"5", b"0", b"163"])


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512, 5000])
def test_check_sum_is_the_plain_sum(size):
    for byte in (0, 1, 127, 255):
        data = bytes([byte]) * size
        assert check_sum(data) == sum(data) % 256


def test_template_builds_the_same_as_join():
    template = Template("FIX.4.4", "D", ((49, b"100%"), (56, b"V")), (11, 55))
    rest = join(((35, b"D"), (49, b"100%"), (56, b"V"), (34, b"7"), (52, b"T"), (11, b"1"), (55, b"A")))
    assert template.build(7, b"T", b"1", b"A") == wrap(b"FIX.4.4", rest)


def test_data_field_may_hold_the_delimiter_and_a_trailer():
    raw = b"a\x0110=000\x01b=\x01"
    frame = wrap(b"FIX.4.4", b"35=A\x0134=1\x0195=%d\x0196=%b\x01108=3\x01" % (len(raw), raw))
    reader = FrameReader()
    reader.append(frame)
    assert reader.next_frame() == frame
    tags, values = split(frame, a_dictionary().data_lengths())
    assert dict(zip(tags, values, strict=True))[96] == raw
    assert tags[-2:] == [108, 10]


@pytest.mark.parametrize("size", [1, 4, 400])
def test_data_field_with_a_lying_length_is_refused(size):
    frame = wrap(b"FIX.4.4", b"35=A\x0134=1\x0195=%d\x0196=abc\x01108=3\x01" % size)
    with pytest.raises(RemoteProtocolError, match="bytes and a delimiter expected"):
        split(frame, a_dictionary().data_lengths())


@pytest.mark.parametrize("part", [b"abc", b"=1", b"1x=2", b"+1=2", b"12345678901=2", b""])
def test_what_is_no_field_is_refused(part):
    with pytest.raises(RemoteProtocolError, match=r"tag=value expected"):
        split(b"8=FIX.4.4\x019=5\x0135=0\x01" + part + b"\x0110=000\x01", {})


def test_nested_groups_are_read_by_the_dictionary():
    message = a_message("35=D|453=2|448=A|447=D|452=1|802=2|523=x|803=1|523=y|803=2|448=B|447=D|452=3|11=1|")
    parties = a_dictionary().message("D").members.groups[453]
    first, second = message.entries(453, parties)
    assert (first.get(448), second.get(448)) == (b"A", b"B")
    assert [sub.get(523) for sub in first.entries(802, parties.groups[802])] == [b"x", b"y"]
    assert second.entries(802, parties.groups[802]) == []


def test_group_with_another_count_is_refused():
    message = a_message("35=D|453=3|448=A|448=B|11=1|")
    with pytest.raises(RemoteProtocolError, match="453: 3 entries expected, found 2"):
        message.entries(453, a_dictionary().message("D").members.groups[453])


def test_in_order_keeps_groups_together():
    message = a_message("35=D|60=t|453=2|448=B|447=D|448=A|11=1|")
    dictionary = a_dictionary()
    body = message.body(dictionary.header, dictionary.trailer)
    tags = [tag for tag, _ in in_order(body, dictionary.message("D").members)]
    assert tags == [11, 60, 453, 448, 447, 448]


def test_every_cut_of_the_stream_gives_the_same_frames():
    bad = HEARTBEAT.replace(b"163", b"164")
    stream = b"x8=" + HEARTBEAT + bad + b"8=FIX\x01" + a_frame("35=1|112=8=FIX|") + b"8=FIX.4.4\x019=x\x01" + HEARTBEAT
    whole = FrameReader()
    whole.append(stream)
    expected = read_all(whole)
    assert [f for f in expected if isinstance(f, bytes)] == [HEARTBEAT, a_frame("35=1|112=8=FIX|"), HEARTBEAT]
    for cut in range(len(stream)):
        reader = FrameReader()
        found = []
        for part in (stream[:cut], stream[cut:]):
            reader.append(part)
            found += read_all(reader)
        assert [f for f in found if isinstance(f, bytes)] == [f for f in expected if isinstance(f, bytes)], cut
    bytewise, found = FrameReader(), []
    for at in range(len(stream)):
        bytewise.append(stream[at : at + 1])
        found += read_all(bytewise)
    assert found == expected


@pytest.mark.parametrize(
    "broken",
    [
        HEARTBEAT.replace(b"163", b"164"),
        HEARTBEAT.replace(b"9=5", b"9=4"),
        HEARTBEAT.replace(b"9=5", b"9=05x"),
        HEARTBEAT.replace(b"9=5", b"9=99999999"),
        HEARTBEAT.replace(b"163", b"16"),
        HEARTBEAT.replace(b"9=5\x0135=0", b"35=0\x019=5"),
        b"8=FIX.4.4\x019=5\x0134=0\x0110=162\x01",
    ],
)
def test_a_broken_message_is_garbled_and_the_next_one_read(broken):
    reader = FrameReader()
    reader.append(broken + HEARTBEAT)
    found = read_all(reader)
    assert found[-1] == HEARTBEAT
    assert all(isinstance(f, Garbled) for f in found[:-1])
    assert sum(f.size for f in found[:-1]) == len(broken)


def test_wrong_lengths_in_a_row_are_found_byte_by_byte():
    long = a_frame("35=0|58=" + "x" * 60 + "|")
    assert b"9=69\x01" in long
    stream = (long.replace(b"9=69", b"9=9") + HEARTBEAT.replace(b"9=5", b"9=4")) * 2 + HEARTBEAT
    whole, bytewise = FrameReader(), FrameReader()
    whole.append(stream)
    found = []
    for at in range(len(stream)):
        bytewise.append(stream[at : at + 1])
        found += read_all(bytewise)
    assert found == read_all(whole)
    assert [type(f) for f in found].count(Garbled) == 4
    assert found[-1] == HEARTBEAT


def test_a_length_beyond_the_limit_does_not_fill_the_memory():
    reader = FrameReader(message_bytes_max=1000)
    reader.append(b"8=FIX.4.4\x019=900\x0135=0\x01")
    for _ in range(100):
        reader.append(b"58=" + b"x" * 100)
        read_all(reader)
        assert reader.kept_bytes <= 2200


def test_only_so_many_broken_messages_are_listened_to():
    reader = FrameReader()
    broken = a_frame("35=0|58=" + "x" * 4000 + "|")[:-4] + b"999\x01"
    for _ in range((1 << 20) // len(broken)):
        reader.append(broken)
        assert isinstance(reader.next_frame(), Garbled)
        assert not reader.is_hopeless
    reader.append(HEARTBEAT)
    assert reader.next_frame() == HEARTBEAT
    for _ in range((1 << 20) // len(broken) + 1):
        reader.append(broken)
        reader.next_frame()
    assert reader.is_hopeless


@given(st.integers(min_value=0, max_value=4_000_000_000_000_000_000), st.sampled_from([0, 3, 6, 9]))
def test_timestamps_round_trip(ns, digits):
    step = 10 ** (9 - digits)
    assert timestamp_ns(timestamp(ns, digits)) == ns // step * step


@given(st.integers(min_value=-(10**15), max_value=10**15), st.integers(min_value=0, max_value=8))
def test_decimals_round_trip(value, places):
    assert decimal_to_int(int_to_decimal(value, places), places) == value


@pytest.mark.parametrize("value", [b"", b"+1", b"1e5", b"1.005", b"--1", b"."])
def test_numbers_that_are_none_are_refused(value):
    with pytest.raises(RemoteProtocolError):
        decimal_to_int(value, 2)


TEXT = st.binary(min_size=1, max_size=20).filter(lambda value: b"\x01" not in value)


@given(st.lists(st.tuples(st.sampled_from([11, 55, 58, 1, 60, 44]), TEXT), max_size=12), st.binary(min_size=1))
def test_fields_round_trip(fields, raw):
    body = (*fields, (95, b"%d" % len(raw)), (96, raw))
    frame = wrap(b"FIX.4.4", join(((35, b"D"), *body)))
    reader = FrameReader()
    reader.append(frame)
    assert reader.next_frame() == frame
    message = Inspector(a_dictionary()).parse(frame)
    assert message.fields()[3:-1] == body
