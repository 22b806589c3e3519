"""Appends records: one write per batch, segments by size and by trading day.

A record is in the operating system's hands when `append_many` returns, so a crash of this process loses nothing.
Surviving a power cut is the syncer's task (hts.io.syncer), which is told the segment's name.
"""

from collections.abc import Sequence
from typing import Final

from hts.base.errors import StorageError
from hts.base.storage import Storage
from hts.journal.framing import encode_frame, encode_header
from hts.journal.replay import Position, newest_date, segment_name
from hts.model.records import AnyRecord

SEGMENT_BYTES_MAX: Final = 64 << 20  # read whole into memory at recovery


class JournalWriter:
    """The only writer of a journal. After one failure it refuses for good: what is on disk is no longer known."""

    def __init__(self, storage: Storage, position: Position, segment_bytes_max: int = SEGMENT_BYTES_MAX) -> None:
        assert segment_bytes_max > 0, segment_bytes_max
        self._storage = storage
        self._number = position.number
        self._segment = segment_name(position.number)
        self._size = position.size
        self._chain = position.chain
        self._records = position.records
        self._trade_ns = position.trade_ns
        self._trading_date = position.trading_date
        self._segment_bytes_max = segment_bytes_max
        self._failure = ""

    @property
    def segment(self) -> str:
        """Name of the segment that the last batch went to."""
        return self._segment

    @property
    def has_failed(self) -> bool:
        """Whether the disk has refused a write: the state in memory may be ahead of the journal."""
        return bool(self._failure)

    @property
    def position(self) -> Position:
        """Where the next record goes."""
        return Position(
            number=self._number,
            size=self._size,
            chain=self._chain,
            records=self._records,
            trade_ns=self._trade_ns,
            trading_date=self._trading_date,
        )

    def append_many(self, records: Sequence[AnyRecord]) -> None:
        """One write for the whole batch. Raises StorageError when the disk refuses, and from then on always."""
        if not records:
            return
        if self._failure:
            raise StorageError(f"the journal stopped: {self._failure}")
        try:
            trading_date = newest_date(records, self._trading_date)
            self._start_segment_if_full(is_new_day=0 < self._trading_date < trading_date)
            self._write(records)
            self._trading_date = trading_date
        except StorageError as error:
            self._failure = str(error)
            raise

    def _start_segment_if_full(self, *, is_new_day: bool) -> None:
        if self._size < self._segment_bytes_max and not (is_new_day and self._size):
            return
        # Only the last segment may have a tail that is not synced, else recovery could not tell damage from it.
        self._storage.sync(self.segment)
        self._number += 1
        self._segment = segment_name(self._number)
        self._size = 0

    def _write(self, records: Sequence[AnyRecord]) -> None:
        chain = self._chain
        parts = [encode_header(self._number, chain)] if self._size == 0 else []
        for record in records:
            frame, chain = encode_frame(record, chain)
            parts.append(frame)
        data = b"".join(parts)
        self._storage.append(self._segment, data)
        self._size += len(data)
        self._chain = chain
        self._records += len(records)
        for record in records:
            self._trade_ns = max(self._trade_ns, record.trade_ns)
