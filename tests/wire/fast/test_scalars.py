import tomllib

import pytest

from hts.wire.fast import scalars
from hts.wire.fast.errors import Fault, Incomplete
from hts.wire.fast.scalars import INT32, INT64, UINT32, UINT64, Reader
from tests.wire.fast.support import SHARED

VECTORS = SHARED / "protocols" / "fast11_vectors.toml"
BOUNDS = {"int32": INT32, "int64": INT64, "uint32": UINT32, "uint64": UINT64}


def a_reader(data):
    return Reader(data, 0, len(data), length_max=100, budget=1000)


def read(data, kind, *, nullable):
    reader = a_reader(data)
    if kind == "ascii":
        value = reader.ascii(nullable=nullable)
    elif kind == "vector":
        value = reader.vector(nullable=nullable)
    elif kind.startswith("u"):
        value = reader.unsigned(nullable=nullable, bounds=BOUNDS[kind])
    else:
        value = reader.signed(nullable=nullable, bounds=BOUNDS[kind])
    assert reader.at == len(data)
    return value, reader.reported


def write(value, kind, *, nullable):
    if kind == "ascii":
        return scalars.ascii_string(value, nullable=nullable)
    if kind == "vector":
        return scalars.vector(value, nullable=nullable)
    return (scalars.unsigned if kind.startswith("u") else scalars.signed)(value, nullable=nullable)


def test_every_published_vector_both_ways():
    if not VECTORS.exists():
        pytest.skip(f"recorded vectors not found at {VECTORS}; set HTS_SHARED")
    vectors = tomllib.loads(VECTORS.read_text(encoding="utf-8"))["vector"]
    found = []
    for vector in vectors:
        data, kind, nullable = bytes.fromhex(vector["hex"]), vector["type"], vector["nullable"]
        expected = None if vector.get("null") else int(vector["value"])
        found.append((read(data, kind, nullable=nullable), write(expected, kind, nullable=nullable)))
    assert found == [((None if v.get("null") else int(v["value"]), []), bytes.fromhex(v["hex"])) for v in vectors]
    assert len(vectors) == 16


# By hand from the tables of FAST 1.1, section 10.6 and appendix 3.1.
GOLDEN = [
    ("int32", False, 64, "00c0"),
    ("int32", False, -64, "c0"),
    ("int32", True, 63, "00c0"),
    ("int32", True, -1, "ff"),
    ("int32", False, 0, "80"),
    ("int32", True, 0, "81"),
    ("int64", False, -(2**63), "7f" + "00" * 8 + "80"),
    ("uint32", False, 127, "ff"),
    ("uint32", False, 128, "0180"),
    ("ascii", False, "ABC", "4142c3"),
    ("ascii", False, "", "80"),
    ("ascii", False, "\0", "0080"),
    ("ascii", True, None, "80"),
    ("ascii", True, "", "0080"),
    ("ascii", True, "\0", "000080"),
    ("ascii", True, "ABC", "4142c3"),
    ("ascii", False, "\0A", "0000c1"),
    ("ascii", True, "\0A", "000000c1"),
    ("vector", True, None, "80"),
    ("vector", True, b"ABC", "84414243"),
    ("vector", True, b"", "81"),
    ("vector", False, b"ABC", "83414243"),
    ("vector", False, b"", "80"),
]


@pytest.mark.parametrize(("kind", "nullable", "value", "golden"), GOLDEN)
def test_golden_bytes_both_ways(kind, nullable, value, golden):
    assert write(value, kind, nullable=nullable) == bytes.fromhex(golden)
    assert read(bytes.fromhex(golden), kind, nullable=nullable) == (value, [])


@pytest.mark.parametrize(("kind", "nullable", "value", "golden"), GOLDEN)
def test_cut_at_every_byte_asks_for_more(kind, nullable, value, golden):
    data = bytes.fromhex(golden)
    for end in range(len(data)):
        with pytest.raises(Incomplete) as incomplete:
            read(data[:end], kind, nullable=nullable)
        assert end < incomplete.value.need <= len(data)


@pytest.mark.parametrize(
    ("kind", "nullable", "data", "value", "code"),
    [
        ("uint32", False, "0081", 1, "R6"),
        ("uint32", True, "0080", None, "R6"),
        ("int32", False, "0081", 1, "R6"),
        ("int32", False, "7fff", -1, "R6"),
        ("ascii", False, "00c1", "A", "R9"),
        ("ascii", True, "00c1", "A", "R9"),
        ("ascii", True, "0000c1", "A", "R9"),
    ],
)
def test_overlong_is_read_and_reported(kind, nullable, data, value, code):
    assert read(bytes.fromhex(data), kind, nullable=nullable) == (value, [code])


def test_sign_extension_is_not_overlong():
    assert read(bytes.fromhex("00c0"), "int32", nullable=False) == (64, [])
    assert read(bytes.fromhex("7fbf"), "int32", nullable=False) == (-65, [])


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("uint32", "1000000080", "D2"),  # 2^32
        ("int32", "0800000080", "D2"),  # 2^31
        ("int32", "777f7f7fff", "D2"),
        ("uint64", "02000000000000000080", "D2"),  # 2^64
        ("uint64", "00" * 10 + "81", "D2"),  # no stop bit in ten bytes
        ("ascii", "41" * 100 + "c1", "LIMIT"),
        ("vector", "00e5" + "00" * 101, "LIMIT"),
    ],
)
def test_out_of_bounds(kind, data, code):
    with pytest.raises(Fault) as fault:
        read(bytes.fromhex(data), kind, nullable=False)
    assert fault.value.code == code


def test_block_size_may_be_overlong():
    reader = a_reader(bytes.fromhex("0083"))
    assert reader.unsigned(nullable=False, bounds=UINT32, overlong_allowed=True) == 3
    assert reader.reported == []
