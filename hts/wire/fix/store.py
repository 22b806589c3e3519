"""What a FIX session must remember over a crash: its numbers, and the application messages it may have to resend.

One segment of a Storage per numbering; a reset begins a new one. Each record is one append, so that it survives the
end of the process at any moment; a torn last record is cut at the start, damage before it is refused.

    offset  length  record
    0       1       kind: 1 sent, 2 next number in, 3 begin of the numbering, 4 the owner's note
    1       8       the number; for kind 3 the time, nanoseconds since 1970; for kind 4 the note
    9       4       length of the frame, 0 for none
    13      4       CRC-32 of the 13 bytes before it and of the frame
    17      n       the frame of an application message (kind 1)

The frames of the numbering are kept in memory up to a bound; the oldest are forgotten first and filled as a gap.
"""

import struct
import zlib
from collections import deque
from typing import Final

from hts.base.errors import CorruptRecord, StorageError
from hts.base.storage import Storage

KEPT_BYTES_MAX: Final = 64 << 20
_HEAD: Final = struct.Struct(">BQI")
_CRC: Final = struct.Struct(">I")
_HEAD_BYTES: Final = _HEAD.size + _CRC.size
_SENT, _IN, _BEGIN, _NOTE = 1, 2, 3, 4


class FixStore:
    """The memory of one session. Without a storage it is forgotten with the process.

    next_in_seq     number of the next message from the peer that was not yet dealt with
    next_out_seq    number of the next message to the peer
    created_ns      when the numbering began, 0 for never
    generation      how often the numbering began anew
    note            the owner's own number, stored with what it sends: how far it has told the peer of its affairs

    With `settles`, the number in is written by `settle` only, once the owner has done for good what was received.
    With `outlives_storage`, a storage that refuses a write is left alone from then on, and the session goes on: cancels
    have to leave a house whose disk is full. After a restart the peer says which numbers it waits for.
    """

    def __init__(
        self,
        storage: Storage | None = None,
        name: str = "fix",
        kept_bytes_max: int = KEPT_BYTES_MAX,
        *,
        settles: bool = False,
        outlives_storage: bool = False,
    ) -> None:
        self.next_in_seq = 1
        self.next_out_seq = 1
        self.created_ns = 0
        self.note = 0
        self._settles = settles
        self._outlives_storage = outlives_storage
        self._settled = 1
        self._storage = storage
        self._name = name
        self._generation = 0
        self._kept_bytes_max = kept_bytes_max
        self._frames: dict[int, bytes] = {}
        self._order: deque[int] = deque()
        self._kept_bytes = 0
        if storage is not None:
            self._load(storage)

    @property
    def generation(self) -> int:
        return self._generation

    def save_sent(self, seq: int, frame: bytes | None, note: int = 0) -> None:
        """Message `seq` is about to leave; the frame of an application message is kept for a resend."""
        assert seq == self.next_out_seq, (seq, self.next_out_seq)
        records = [_record(_SENT, seq, frame or b"")]
        if note:
            self.note = note
            records.append(_record(_NOTE, note))
        self._write(b"".join(records))
        self._sent(seq, frame or b"")

    def skip_out(self, next_out_seq: int) -> None:
        """The peer has messages of ours that are forgotten here: go on with this number."""
        assert next_out_seq > self.next_out_seq, (next_out_seq, self.next_out_seq)
        self._write(_record(_SENT, next_out_seq - 1))
        self._sent(next_out_seq - 1, b"")

    def save_note(self, note: int) -> None:
        """The owner's number, without a message that it goes with."""
        if note != self.note:
            self.note = note
            self._write(_record(_NOTE, note))

    def save_in(self, next_in_seq: int) -> None:
        """Everything below this number was dealt with."""
        if next_in_seq != self.next_in_seq:
            self.next_in_seq = next_in_seq
            if not self._settles:
                self.settle()

    def settle(self) -> None:
        """What was received is done for good."""
        if self._settled != self.next_in_seq:
            self._write(_record(_IN, self.next_in_seq))
            self._settled = self.next_in_seq

    def reset(self, trade_ns: int) -> None:
        """Both numberings begin at 1 again."""
        self._generation += 1
        self._write(_record(_BEGIN, trade_ns) + (_record(_NOTE, self.note) if self.note else b""))
        self._begin(trade_ns)

    def frame(self, seq: int) -> bytes | None:
        """The application message of this number, None for an administrative or forgotten one."""
        return self._frames.get(seq)

    def _segment(self) -> str:
        return f"{self._name}-{self._generation:06d}"

    def _write(self, data: bytes) -> None:
        if self._storage is None:
            return
        try:
            self._storage.append(self._segment(), data)
        except StorageError:
            if not self._outlives_storage:
                raise
            self._storage = None

    def _begin(self, trade_ns: int) -> None:
        self.next_in_seq = self.next_out_seq = self._settled = 1
        self.created_ns = trade_ns
        self._frames.clear()
        self._order.clear()
        self._kept_bytes = 0

    def _sent(self, seq: int, frame: bytes) -> None:
        self.next_out_seq = seq + 1
        if not frame:
            return
        self._frames[seq] = frame
        self._order.append(seq)
        self._kept_bytes += len(frame)
        while self._kept_bytes > self._kept_bytes_max:
            self._kept_bytes -= len(self._frames.pop(self._order.popleft()))

    def _load(self, storage: Storage) -> None:
        prefix = f"{self._name}-"
        numbers = [n.removeprefix(prefix) for n in storage.names() if n.startswith(prefix)]
        self._generation = max((int(number) for number in numbers if number.isdigit()), default=0)
        if not numbers:
            return
        data = storage.read(self._segment())
        at = 0
        while at < len(data):
            size = self._load_record(data, at)
            if size is None:
                storage.truncate(self._segment(), at)
                return
            at += size

    def _load_record(self, data: bytes, at: int) -> int | None:
        """Bytes of the record at this place, None where it was torn. Raises CorruptRecord."""
        if len(data) - at < _HEAD_BYTES:
            return None
        kind: int
        number: int
        length: int
        kind, number, length = _HEAD.unpack_from(data, at)
        end: int = at + _HEAD_BYTES + length
        if end > len(data):
            return None
        frame = data[at + _HEAD_BYTES : end]
        crc = zlib.crc32(frame, zlib.crc32(data[at : at + _HEAD.size]))
        if (crc,) != _CRC.unpack_from(data, at + _HEAD.size):
            if end == len(data):
                return None
            raise CorruptRecord(f"{self._segment()}: a whole record at byte {at} expected, found a wrong checksum")
        if kind == _SENT:
            self._sent(number, frame)
        elif kind == _IN:
            self.next_in_seq = self._settled = number
        elif kind == _NOTE:
            self.note = number
        else:
            self._begin(number)
        return end - at


def _record(kind: int, number: int, frame: bytes = b"") -> bytes:
    head = _HEAD.pack(kind, number, len(frame))
    return head + _CRC.pack(zlib.crc32(frame, zlib.crc32(head))) + frame
