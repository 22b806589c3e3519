"""Looks through a journal that may be damaged: every record that can be read, and every place where something is wrong.

Recovery refuses at the first damage, and rightly so; a person who wants to know what happened needs all of it. Behind
damage the survey goes on at the next whole record and takes up the hash chain there.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from msgspec import Struct

from hts.base.errors import CorruptRecord, StorageError
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
from hts.journal.replay import SEGMENT_SUFFIX, OlderSegments, segment_name, segment_names
from hts.journal.snapshot import decode_snapshot, snapshot_names
from hts.model.records import AnyRecord

DAMAGE: Final = "damage"
TORN: Final = "torn"
PRUNED: Final = "pruned"


class Located(Struct, frozen=True, kw_only=True):
    """A record and where it lies. `seq` counts from 1, the archive included."""

    seq: int
    segment: str
    offset: int
    record: AnyRecord


class Finding(Struct, frozen=True, kw_only=True):
    """Something is not as it was written.

    `kind`: "damage"; "torn", the end of the last write is missing, as after a crash; "pruned", the first segments are
    no longer kept.
    """

    segment: str
    offset: int
    what: str
    kind: str = DAMAGE

    def __str__(self) -> str:
        return f"{self.segment} at offset {self.offset}: {self.what}"


class Survey:
    """One look through everything. Iterate `records` to its end, then read the rest."""

    def __init__(self, storage: Storage, older: OlderSegments | None = None) -> None:
        self._storage = storage
        self._older = older
        self.findings: list[Finding] = []
        self.segments = 0
        self.chain = NO_CHAIN  # behind the last whole record
        self._seq = 0
        self._takes_any_chain = False  # of the first segment behind days that were pruned
        self._ends: dict[tuple[int, int], bytes] = {}  # chain behind each record: snapshots stand on one of them

    @property
    def is_sound(self) -> bool:
        """Whether there is no damage: a torn end and days that were pruned are none."""
        return all(finding.kind != DAMAGE for finding in self.findings)

    def records(self) -> Iterator[Located]:
        """Every record that can be read, in order."""
        sources = self._sources()
        expected = 1
        for number, read in sources:
            if number != expected:
                self._find_gap(expected, number)
            expected = number + 1
            try:
                data = read()
            except (CorruptRecord, StorageError) as error:
                self._find(segment_name(number), 0, str(error))
                continue
            self.segments += 1
            yield from self._segment(number, data, is_last=number == sources[-1][0])
        self._check_snapshots()

    def _find_gap(self, expected: int, number: int) -> None:
        """Segments that are not there: at the beginning they may have been pruned."""
        is_pruned = expected == 1 and bool(snapshot_names(self._storage))
        self._takes_any_chain = is_pruned
        gap = f"segments {expected} to {number - 1} are {'no longer kept' if is_pruned else 'missing'}"
        self._find(segment_name(number), 0, gap, PRUNED if is_pruned else DAMAGE)

    def _sources(self) -> list[tuple[int, Callable[[], bytes]]]:
        live = {int(name.removesuffix(SEGMENT_SUFFIX)): name for name in segment_names(self._storage)}
        older = self._older
        moved = [] if older is None else [number for number in older.numbers() if number not in live]
        found: list[tuple[int, Callable[[], bytes]]] = [
            (number, partial(self._storage.read, name)) for number, name in live.items()
        ]
        if older is not None:
            found += [(number, partial(older.read, number)) for number in moved]
        return sorted(found, key=lambda source: source[0])

    def _segment(self, number: int, data: bytes, *, is_last: bool) -> Iterator[Located]:
        name = segment_name(number)
        chain = decode_header(data, number)
        if chain is None:
            is_torn = is_last and find_frame(data, 0) is None
            self._find(name, 0, "not the header of this segment", TORN if is_torn else DAMAGE)
        elif chain != self.chain and not self._takes_any_chain:
            self._find(name, 0, "it does not continue the segment before: a record was removed, exchanged or changed")
        self._takes_any_chain = False
        self.chain = self.chain if chain is None else chain
        offset = 0 if chain is None else HEADER_BYTES
        while offset < len(data):
            frame = decode_frame(data, offset)
            if frame is None:
                following = find_frame(data, offset + 1)
                if following is None:
                    kind = TORN if is_last else DAMAGE
                    self._find(name, offset, f"{len(data) - offset} bytes that are no whole record", kind)
                    return
                self._find(name, offset, f"{following - offset} damaged bytes")
                offset = following
                continue
            if frame.chain != next_chain(self.chain, frame.body):
                self._find(
                    name, offset, "the hash chain breaks here: a record before was removed, exchanged or changed"
                )
            self.chain = frame.chain
            self._ends[number, frame.end] = frame.chain
            self._seq += 1
            try:
                record = decode_record(frame.body)
                yield Located(seq=self._seq, segment=name, offset=offset, record=record)
            except CorruptRecord as error:
                self._find(name, offset, str(error))
            offset = frame.end

    def _check_snapshots(self) -> None:
        for name in snapshot_names(self._storage):
            try:
                notes = decode_snapshot(name, self._storage.read(name)).notes
            except (CorruptRecord, StorageError) as error:
                self._find(name, 0, str(error))
                continue
            if self._ends.get((notes.number, notes.size)) != notes.chain:
                self._find(name, 0, f"the journal does not lead to record {notes.records}, where it was taken")

    def _find(self, segment: str, offset: int, what: str, kind: str = DAMAGE) -> None:
        self.findings.append(Finding(segment=segment, offset=offset, what=what, kind=kind))
