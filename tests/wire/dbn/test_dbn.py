"""DBN: a file built by hand from the format's description, and the head and records of a recorded one."""

import struct

import pytest
import zstandard

from hts.base.errors import RemoteProtocolError
from hts.wire.dbn.mbo import NO_PX, MboRecord, mbo_records
from hts.wire.dbn.metadata import Mapping, parse_metadata
from tests.support.recordings import recording

START, END = 1_703_462_400_000_000_000, 1_703_548_800_000_000_000


def a_head(version: int = 1, *, schema: int = 0, ts_out: int = 0) -> bytes:
    width = 22 if version == 1 else 71
    count = struct.pack("<Q", 2) if version == 1 else b""
    fixed = b"GLBX.MDP3".ljust(16, b"\0") + struct.pack("<HQQQ", schema, START, END, 0) + count
    fixed += bytes((1, 0, ts_out)) + (b"" if version == 1 else struct.pack("<H", width))
    fixed = fixed.ljust(100, b"\0")

    def symbol(text: str) -> bytes:
        return text.encode().ljust(width, b"\0")

    lists = struct.pack("<I", 0) + struct.pack("<I", 1) + symbol("ESH4") + struct.pack("<II", 0, 0)
    lists += struct.pack("<I", 1) + symbol("ESH4") + struct.pack("<I", 1)
    lists += struct.pack("<II", 20231225, 20231226) + symbol("17077")
    return b"DBN" + bytes((version,)) + struct.pack("<I", len(fixed + lists)) + fixed + lists


def a_record(action: bytes, side: bytes, *, px: int = 4_800_250_000_000, flags: int = 0x82, tail: bytes = b"") -> bytes:
    words = (56 + len(tail)) // 4
    body = struct.pack(
        "<BBHIQQqIBBssQiI", words, 0xA0, 1, 17077, START + 5, 77, px, 3, flags, 0, action, side, START + 9, 11, 99
    )
    return body + tail


@pytest.mark.parametrize("version", [1, 2, 3])
def test_the_head_by_hand(version):
    head = a_head(version)
    found = parse_metadata(head)
    assert (found.version, found.dataset, found.schema, found.start_ns, found.end_ns) == (
        version, "GLBX.MDP3", 0, START, END,
    )  # fmt: skip
    assert (found.symbols, found.ts_out, found.records_at) == (("ESH4",), False, len(head))
    assert found.mappings == (Mapping(symbol="ESH4", first_date=20231225, last_date=20231226, name="17077"),)


def test_records_by_hand():
    data = a_head() + a_record(b"A", b"B") + a_record(b"R", b"N", px=NO_PX, flags=0x28)
    first, second = mbo_records(data, parse_metadata(data))
    assert first == MboRecord(1, 17077, START + 5, 77, 4_800_250_000_000, 3, 0x82, "A", "B", 99)
    assert (first.is_last, first.is_snapshot) == (True, False)
    assert (second.number, second.px, second.action, second.is_last, second.is_snapshot) == (2, 0, "R", False, True)


def test_other_kinds_are_stepped_over_and_times_of_sending_are_not_in_the_way():
    other = struct.pack("<BBHIQ", 4, 0x16, 1, 17077, START)
    data = a_head(2, ts_out=1) + other + a_record(b"C", b"A", tail=b"\1" * 8)
    (found,) = mbo_records(data, parse_metadata(data))
    assert (found.number, found.action) == (2, "C")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"XYZ" + a_head()[3:], "b'DBN' first expected, found b'XYZ'"),
        (b"DBN\x09" + a_head()[4:], "version 1 to 3 expected, found 9"),
        (a_head()[:50], "a head of .* bytes expected, found 50"),
        (b"DBN", "a whole head expected, found 3 bytes"),
        (a_head()[:-1], "a head of .* bytes expected"),
        (a_head() + a_record(b"A", b"B")[:-1], "record 1 at .*: a whole record expected, found 55 bytes"),
        (a_head() + a_record(b"Z", b"B"), "record 1: an action and a side expected, found b'Z' b'B'"),
        (a_head() + b"\0" * 56, "record 1 at .*: a whole record expected"),
        (a_head() + a_record(b"A", b"B", tail=b"1234"), "record 1 at .*: 56 bytes expected, found 60"),
    ],
)
def test_damage_is_named(data, says):
    with pytest.raises(RemoteProtocolError, match=says):
        list(mbo_records(data, parse_metadata(data)))


def test_every_cut_of_a_head_is_refused_or_whole():
    head = a_head(2)
    for size in range(len(head)):
        with pytest.raises(RemoteProtocolError):
            parse_metadata(head[:size])


def test_a_count_that_is_damage_is_refused_before_it_costs_memory():
    head = bytearray(a_head())
    head[112:116] = b"\xff\xff\xff\xff"
    with pytest.raises(RemoteProtocolError, match="a count up to 100000 expected, found 4294967295"):
        parse_metadata(bytes(head))


def test_the_recorded_file():
    path = recording("mbo", "esh4-glbx-mdp3-20231225.mbo.dbn.zst")
    data = zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read()
    metadata = parse_metadata(data)
    assert (metadata.version, metadata.dataset, metadata.symbols) == (1, "GLBX.MDP3", ("ESH4",))
    actions = {}
    for record in mbo_records(data, metadata):
        actions[record.action] = actions.get(record.action, 0) + 1
    assert actions == {"A": 29216, "C": 17999, "M": 12233, "F": 6371, "T": 2973}
