"""The head of a DBN file: who recorded what, and which number an issue has in the records.

Little-endian. The layout is that of the format's public description, versions 1 to 3:

    offset  length  field
    0       3       "DBN"
    3       1       version
    4       4       length of what follows, up to the first record
    8       16      dataset, text padded with zeros
    24      2       schema: 0 market by order, 0xFFFF mixed
    26      8       start, nanoseconds UTC since 1970
    34      8       end, likewise; all ones for none
    42      8       limit of records, 0 for none
    (50     8       number of records, version 1 only)
    ...     1       kind of symbols asked for; all ones for mixed
    +1      1       kind of symbols in the records
    +2      1       whether each record is followed by the gateway's time of sending
    (+3     2       width of a symbol, from version 2 on; 22 before)
    ...             reserved bytes, so that the fixed part after the length is 100 bytes long
    108     4       length of a schema definition, always 0 so far
    then            three lists of symbols (count u32, then each): asked for, in part found, not found
    then            mappings: count u32, then each: symbol, count u32 of intervals, each: first and last date (YYYYMMDD,
                    u32 each), symbol as the records have it
"""

from struct import Struct as Layout
from struct import error as LayoutError  # noqa: N812  it is a class

from msgspec import Struct

from hts.base.errors import RemoteProtocolError

MAGIC = b"DBN"
VERSIONS = (1, 2, 3)
FIXED_LENGTH = 100  # of the fixed part after the length
SCHEMA_MBO = 0
NO_TIME = 2**64 - 1
SYMBOL_LENGTH_V1 = 22
LISTS_MAX = 100_000  # symbols in one list: more is damage

_HEAD = Layout("<3sBI")
_FIXED = Layout("<16sHQQQ")
_COUNT = Layout("<I")
_INTERVAL = Layout("<II")


class Mapping(Struct, frozen=True, kw_only=True):
    """Between two dates (YYYYMMDD, the last one excluded) `symbol` is called `name` in the records."""

    symbol: str
    first_date: int
    last_date: int
    name: str


class Metadata(Struct, frozen=True, kw_only=True):
    """What the head says. `records_at` is the place of the first record. `ts_out`: each record has 8 bytes more."""

    version: int
    dataset: str
    schema: int
    start_ns: int
    end_ns: int
    ts_out: bool
    symbols: tuple[str, ...]
    mappings: tuple[Mapping, ...]
    records_at: int


def parse_metadata(data: bytes) -> Metadata:
    """The head of a file. Raises RemoteProtocolError with what was expected and found."""
    try:
        return _parse(data)
    except (LayoutError, IndexError) as error:
        raise RemoteProtocolError(f"DBN: a whole head expected, found {len(data)} bytes: {error}") from error


def _parse(data: bytes) -> Metadata:
    magic, version, length = _HEAD.unpack_from(data)
    if magic != MAGIC:
        raise RemoteProtocolError(f"DBN: {MAGIC!r} first expected, found {magic!r}")
    if version not in VERSIONS:
        raise RemoteProtocolError(f"DBN: version 1 to 3 expected, found {version}")
    records_at = _HEAD.size + length
    if len(data) < records_at:
        raise RemoteProtocolError(f"DBN: a head of {records_at} bytes expected, found {len(data)}")
    dataset, schema, start_ns, end_ns, _ = _FIXED.unpack_from(data, _HEAD.size)
    at = _HEAD.size + _FIXED.size + (8 if version == 1 else 0)
    ts_out = bool(data[at + 2])
    width = SYMBOL_LENGTH_V1 if version == 1 else int.from_bytes(data[at + 3 : at + 5], "little")
    reader = _Reader(data[:records_at], _HEAD.size + FIXED_LENGTH, width)
    definition_length = reader.count()
    reader.at += definition_length
    symbols = reader.symbols()
    reader.symbols()
    reader.symbols()
    return Metadata(
        version=version,
        dataset=_text(dataset),
        schema=schema,
        start_ns=start_ns,
        end_ns=0 if end_ns == NO_TIME else end_ns,
        ts_out=ts_out,
        symbols=symbols,
        mappings=reader.mappings(),
        records_at=records_at,
    )


class _Reader:
    """Walks the lists behind the fixed part."""

    def __init__(self, data: bytes, at: int, width: int) -> None:
        self.data = data
        self.at = at
        self._width = width

    def count(self) -> int:
        """A count; too large a one is damage."""
        found: int = _COUNT.unpack_from(self.data, self.at)[0]
        if found > LISTS_MAX:
            raise RemoteProtocolError(f"DBN at {self.at}: a count up to {LISTS_MAX} expected, found {found}")
        self.at += _COUNT.size
        return found

    def symbol(self) -> str:
        """A text of the file's width."""
        end = self.at + self._width
        if end > len(self.data):
            raise RemoteProtocolError(f"DBN at {self.at}: a symbol of {self._width} bytes expected, found the end")
        text = _text(self.data[self.at : end])
        self.at = end
        return text

    def symbols(self) -> tuple[str, ...]:
        """A list of symbols."""
        return tuple(self.symbol() for _ in range(self.count()))

    def mappings(self) -> tuple[Mapping, ...]:
        """Every interval of every mapping."""
        found = []
        for _ in range(self.count()):
            symbol = self.symbol()
            for _ in range(self.count()):
                first_date, last_date = _INTERVAL.unpack_from(self.data, self.at)
                self.at += _INTERVAL.size
                found.append(Mapping(symbol=symbol, first_date=first_date, last_date=last_date, name=self.symbol()))
        return tuple(found)


def _text(padded: bytes) -> str:
    return padded.split(b"\0", 1)[0].decode("ascii", "backslashreplace")
