"""Reads the journal back.

Theory of operation. A crash of the process can leave the last write unfinished, a power cut can lose or garble
what was not synced: both damage the end of the last segment only. Such a torn tail is cut, reported, and rebuilt
from the venue. Anything else is damage to records that were once acted upon, and nobody may trade on the rest:

    at a bad frame in the last segment with no whole frame behind it     torn tail: cut it
    at a bad frame with a whole frame behind it, or in an older segment  refuse: corruption in the middle
    at a whole frame whose hash chain does not follow                    refuse: a frame is missing or exchanged

The bytes of a torn tail are kept beside the segment in a `.torn` file, since a person may want to look at them.
"""

from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Final, Protocol

from msgspec import Struct

from hts.base.errors import CorruptRecord
from hts.base.storage import Storage
from hts.journal.framing import (
    HEADER_BYTES,
    NO_CHAIN,
    decode_frame,
    decode_header,
    decode_record,
    find_frame,
    next_chain,
)
from hts.model.records import AnyRecord, VenueSessionStarted

SEGMENT_SUFFIX: Final = ".journal"
TORN_SUFFIX: Final = ".torn"


class Position(Struct, frozen=True, kw_only=True):
    """Where the next record goes: behind `size` bytes of segment `number`. Size 0: the header comes first.

    `records`: how many stand before it; `trade_ns`, `trading_date`: the newest of them.
    """

    number: int
    size: int
    chain: bytes
    records: int = 0
    trade_ns: int = 0
    trading_date: int = 0


class TornTail(Struct, frozen=True, kw_only=True):
    """What was cut from the end of the last segment."""

    segment: str
    offset: int
    lost_bytes: int

    def __str__(self) -> str:
        return f"{self.segment}: {self.lost_bytes} bytes of an unfinished write cut at offset {self.offset}"


class Contents(Struct, frozen=True, kw_only=True):
    """Everything that could be read, behind the position that was asked for."""

    records: tuple[AnyRecord, ...]
    position: Position
    torn: TornTail | None


class OlderSegments(Protocol):
    """Where segments lie that were moved out of the storage (hts.journal.archive)."""

    def numbers(self) -> Collection[int]: ...

    def read(self, number: int) -> bytes: ...


START: Final = Position(number=1, size=0, chain=NO_CHAIN)


def segment_name(number: int) -> str:
    """File name of segment `number`; names sort like numbers."""
    return f"{number:08d}{SEGMENT_SUFFIX}"


def read_journal(storage: Storage, base: Position = START, older: OlderSegments | None = None) -> Contents:
    """All records behind `base`, in order. Raises CorruptRecord where records are damaged or missing; changes nothing.

    `older` knows the segments that were moved out of the storage; they are read where `base` lies in them.
    """
    records: list[AnyRecord] = []
    torn: TornTail | None = None
    number, end, chain = base.number, base.size, base.chain
    sources = _sources(storage, base, older)
    for number, name, read in sources:
        data = read()
        if number == base.number and base.size:
            end, chain = _read_frames(name, data, base.size, chain, records)
        else:
            end, chain = _read_segment(name, number, data, chain, records)
        if end == len(data) and end > 0:
            continue
        if number < sources[-1][0]:
            raise _damaged(name, end, "a segment that others follow is not whole")
        if end < len(data):
            torn = TornTail(segment=name, offset=end, lost_bytes=len(data) - end)
    position = Position(
        number=number,
        size=end,
        chain=chain,
        records=base.records + len(records),
        trade_ns=max((record.trade_ns for record in records), default=base.trade_ns),
        trading_date=newest_date(records, base.trading_date),
    )
    return Contents(records=tuple(records), position=position, torn=torn)


def newest_date(records: Iterable[AnyRecord], before: int = 0) -> int:
    """The newest trading day (YYYYMMDD) that a venue has begun."""
    newest = 0
    for record in records:  # on the way of each order
        if isinstance(record, VenueSessionStarted):
            newest = max(newest, record.trading_date)
    return newest or before


def chain_at(storage: Storage, number: int, size: int) -> bytes | None:
    """The hash chain behind `size` bytes of a segment, each frame up to there checked; None where no frame ends."""
    name = segment_name(number)
    if name not in storage.names():
        return None
    data = storage.read(name)
    chain = decode_header(data, number)
    offset = HEADER_BYTES
    while chain is not None and offset < size:
        frame = decode_frame(data, offset)
        if frame is None or frame.chain != next_chain(chain, frame.body):
            return None
        offset, chain = frame.end, frame.chain
    return chain if offset == size else None


def segment_names(storage: Storage) -> list[str]:
    """Names of the segments that lie in the storage, in order."""
    return [name for name in storage.names() if name.endswith(SEGMENT_SUFFIX)]


def _sources(
    storage: Storage, base: Position, older: OlderSegments | None
) -> list[tuple[int, str, Callable[[], bytes]]]:
    """The segments from `base` on, without a hole: number, name, and how to read each."""
    names = segment_names(storage)
    found: list[tuple[int, str, Callable[[], bytes]]] = []
    moved = older.numbers() if older is not None else ()
    number = base.number
    while older is not None and segment_name(number) not in names and number in moved:
        found.append((number, segment_name(number), partial(older.read, number)))
        number += 1
    for name in names:
        if name < segment_name(base.number):
            continue
        if name != segment_name(number):
            raise CorruptRecord(f"journal: expected segment {segment_name(number)}, found {name}; put it back")
        found.append((number, name, partial(storage.read, name)))
        number += 1
    return found


def cut_torn_tail(storage: Storage, torn: TornTail) -> None:
    """Keep the torn bytes aside, then cut them from the segment."""
    tail = storage.read(torn.segment)[torn.offset :]
    storage.append(f"{torn.segment}-{torn.offset}{TORN_SUFFIX}", tail)
    storage.truncate(torn.segment, torn.offset)


def _read_segment(name: str, number: int, data: bytes, chain: bytes, records: list[AnyRecord]) -> tuple[int, bytes]:
    """Append the segment's records to `records`; the offset behind the last whole one, and the chain there."""
    found_chain = decode_header(data, number)
    if found_chain is None:
        _refuse_damage_before_frames(name, data, 0)
        return 0, chain
    if found_chain != chain:
        raise _damaged(name, 0, "it does not continue the segment before")
    return _read_frames(name, data, HEADER_BYTES, chain, records)


def _read_frames(name: str, data: bytes, offset: int, chain: bytes, records: list[AnyRecord]) -> tuple[int, bytes]:
    """The same from a frame's beginning on; `chain` is the one before it."""
    while (frame := decode_frame(data, offset)) is not None:
        expected = next_chain(chain, frame.body)
        if frame.chain != expected:
            raise _damaged(name, offset, f"hash chain: expected {expected.hex()}, found {frame.chain.hex()}")
        records.append(_decode(name, offset, frame.body))
        offset, chain = frame.end, frame.chain
    _refuse_damage_before_frames(name, data, offset)
    return offset, chain


def _decode(name: str, offset: int, body: bytes) -> AnyRecord:
    try:
        return decode_record(body)
    except CorruptRecord as error:
        raise _damaged(name, offset, str(error)) from error


def _refuse_damage_before_frames(name: str, data: bytes, offset: int) -> None:
    later = find_frame(data, offset)
    if later is not None:
        raise _damaged(name, offset, f"no whole record here, yet one follows at offset {later}")


def _damaged(name: str, offset: int, what: str) -> CorruptRecord:
    return CorruptRecord(
        f"journal segment {name} is damaged at offset {offset}: {what}. "
        "Restore the file from a copy; the core does not trade on half a journal"
    )
