"""Reads the journal back.

Theory of operation. A crash of the process can leave the last write unfinished, a power cut can lose or garble
what was not synced: both damage the end of the last segment only. Such a torn tail is cut, reported, and rebuilt
from the venue. Anything else is damage to records that were once acted upon, and nobody may trade on the rest:

    at a bad frame in the last segment with no whole frame behind it     torn tail: cut it
    at a bad frame with a whole frame behind it, or in an older segment  refuse: corruption in the middle
    at a whole frame whose hash chain does not follow                    refuse: a frame is missing or exchanged

The bytes of a torn tail are kept beside the segment in a `.torn` file, since a person may want to look at them.
"""

from typing import Final

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
from hts.model.records import AnyRecord

SEGMENT_SUFFIX: Final = ".journal"
TORN_SUFFIX: Final = ".torn"


class Position(Struct, frozen=True, kw_only=True):
    """Where the next record goes: behind `size` bytes of segment `number`. Size 0: the header comes first."""

    number: int
    size: int
    chain: bytes


class TornTail(Struct, frozen=True, kw_only=True):
    """What was cut from the end of the last segment."""

    segment: str
    offset: int
    lost_bytes: int

    def __str__(self) -> str:
        return f"{self.segment}: {self.lost_bytes} bytes of an unfinished write cut at offset {self.offset}"


class Contents(Struct, frozen=True, kw_only=True):
    """Everything that could be read."""

    records: tuple[AnyRecord, ...]
    position: Position
    torn: TornTail | None


START: Final = Position(number=1, size=0, chain=NO_CHAIN)


def segment_name(number: int) -> str:
    """File name of segment `number`; names sort like numbers."""
    return f"{number:08d}{SEGMENT_SUFFIX}"


def read_journal(storage: Storage) -> Contents:
    """All records in order. Raises CorruptRecord where records in the middle are damaged; changes nothing."""
    records: list[AnyRecord] = []
    position = START
    torn: TornTail | None = None
    names = [name for name in storage.names() if name.endswith(SEGMENT_SUFFIX)]
    for number, name in enumerate(names, 1):
        if name != segment_name(number):
            raise CorruptRecord(f"journal: expected segment {segment_name(number)}, found {name}; put it back")
        data = storage.read(name)
        end, chain = _read_segment(name, number, data, position.chain, records)
        position = Position(number=number, size=end, chain=chain)
        if end == len(data) and end > 0:
            continue
        if number < len(names):
            raise _damaged(name, end, "a segment that others follow is not whole")
        if end < len(data):
            torn = TornTail(segment=name, offset=end, lost_bytes=len(data) - end)
    return Contents(records=tuple(records), position=position, torn=torn)


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
    offset = HEADER_BYTES
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
