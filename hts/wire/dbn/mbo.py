"""Market-by-order records of a DBN file.

Little-endian, 56 bytes (versions 1 to 3 alike):

    offset  length  field
    0       1       length of the record in words of 4 bytes: 14
    1       1       kind of record: 0xA0
    2       2       publisher
    4       4       instrument
    8       8       the venue's time of the event, nanoseconds UTC since 1970
    16      8       order id
    24      8       price, signed, in units of 1e-9; the highest number for none
    32      4       quantity
    36      1       flags: 0x80 last record of the event, 0x20 part of a snapshot
    37      1       channel
    38      1       action: A add, C cancel, M modify, R clear the book, T trade, F fill of a resting order, N none
    39      1       side: A ask, B bid, N none; of a trade the aggressor's
    40      8       time of receipt
    48      4       time on the way, nanoseconds
    52      4       the venue's sequence number

T and F do not change the book: a C or M of the filled order follows. Records of other kinds are stepped over.
"""

from collections.abc import Iterator
from struct import Struct as Layout
from typing import NamedTuple

from hts.base.errors import RemoteProtocolError
from hts.wire.dbn.metadata import Metadata

MBO = 0xA0
NO_PX = 2**63 - 1
PX_SCALE = 10**9
LAST, SNAPSHOT = 0x80, 0x20
ACTIONS = frozenset("ACMRTFN")
SIDES = frozenset("ABN")

_RECORD = Layout("<BBHIQQqIBBssQiI")
_WORD = 4


class MboRecord(NamedTuple):
    """One record. `px` is in units of 1e-9, 0 for none; `side` is "A", "B" or "N"."""

    number: int  # of the record in the file, from 1 on
    instrument: int
    event_ns: int
    order_id: int
    px: int
    qty: int
    flags: int
    action: str
    side: str
    sequence: int

    @property
    def is_last(self) -> bool:
        """The last record of its event: the book holds together."""
        return bool(self.flags & LAST)

    @property
    def is_snapshot(self) -> bool:
        """Part of the book that was there before the recording."""
        return bool(self.flags & SNAPSHOT)


def mbo_records(data: bytes, metadata: Metadata) -> Iterator[MboRecord]:
    """Every market-by-order record, in the file's order. Raises RemoteProtocolError."""
    at, number, end = metadata.records_at, 0, len(data)
    while at < end:
        number += 1
        size = data[at] * _WORD
        if size < 16 or at + size > end:
            raise RemoteProtocolError(f"DBN record {number} at {at}: a whole record expected, found {end - at} bytes")
        if at + 1 < end and data[at + 1] == MBO:
            yield _record(data, at, size, number, ts_out=metadata.ts_out)
        at += size


def _record(data: bytes, at: int, size: int, number: int, *, ts_out: bool) -> MboRecord:
    expected = _RECORD.size + (8 if ts_out else 0)
    if size != expected:
        raise RemoteProtocolError(f"DBN record {number} at {at}: {expected} bytes expected, found {size}")
    _, _, _, instrument, event_ns, order_id, px, qty, flags, _, action, side, _, _, sequence = _RECORD.unpack_from(
        data, at
    )
    act, which = action.decode("latin-1"), side.decode("latin-1")
    if act not in ACTIONS or which not in SIDES:
        raise RemoteProtocolError(f"DBN record {number}: an action and a side expected, found {action!r} {side!r}")
    px = 0 if px == NO_PX else px
    return MboRecord(number, instrument, event_ns, order_id, px, qty, flags, act, which, sequence)
