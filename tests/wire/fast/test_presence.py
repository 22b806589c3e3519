import pytest

from hts.wire.fast.presence import PresenceBits, PresenceWriter
from hts.wire.fast.scalars import Reader


def read(data):
    reader = Reader(data, 0, len(data), length_max=100, budget=0)
    return PresenceBits.read(reader), reader


@pytest.mark.parametrize(
    ("bits", "golden"),
    [
        ("", "80"),
        ("1", "c0"),
        ("01", "a0"),
        ("0000000", "80"),
        ("1000000 1", "40c0"),
        ("1000000 0", "c0"),
        ("0000000 0000001", "0081"),
        ("1 0000000 0000000", "c0"),
    ],
)
def test_bits_are_written_shortest_and_read_back(bits, golden):
    flags = [bit == "1" for bit in bits.replace(" ", "")]
    writer = PresenceWriter()
    for flag in flags:
        writer.put(flag)
    assert writer.data() == bytes.fromhex(golden)
    found, reader = read(bytes.fromhex(golden))
    assert [found.take() for _ in flags] == flags
    assert (reader.reported, found.has_surplus, found.take()) == ([], False, False)


def test_zeroes_at_the_end_are_overlong():
    found, reader = read(bytes.fromhex("4080"))
    assert (reader.reported, found.take(), found.text) == (["R7"], True, "1000000 0000000")


def test_bits_nobody_takes_are_surplus():
    found, _ = read(bytes.fromhex("40c0"))
    for _ in range(7):
        found.take()
    assert found.has_surplus
    found.take()
    assert not found.has_surplus
