"""The simulated venue's memory: every command in the order of application, written before it is applied.

A day of the venue is a row of storage segments, `venue-000001-0000.log` and on. The first begins with the day, each
later one with a checkpoint: what came before it is not needed for a restart. A frame is

    offset 0   u32   length of the body
    offset 4   u32   the length's complement, so that a damaged length is not taken for a torn tail
    offset 8   u32   crc32 of the body
    offset 12  body  hts.sim.log_records

big-endian. A crash can tear the last write: what is then at the end of the newest segment is no whole frame, it was
never applied, and it is cut; a torn checkpoint leaves the segment before it as the newest. Anything else that does not
hold is damage, and is refused: the way on is a new day.
"""

import re
from collections.abc import Iterable, Iterator
from struct import Struct as Layout
from zlib import crc32

from hts.base.errors import CorruptRecord
from hts.base.storage import Storage
from hts.sim.log_records import DayStarted, LogRecord, Saved, decode, encode

BODY_LENGTH_MAX = 256 * 1024 * 1024  # a checkpoint with all that members were told in a day
_PREFIX, _SUFFIX = "venue-", ".log"
_NAME = re.compile(r"venue-(\d{6})-(\d{4,})\.log")
_FRAME = Layout(">III")
_COMPLEMENT = 0xFFFF_FFFF


class CommandLog:
    """The newest day's segments. `torn_bytes` were cut from their end at recovery."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._epoch = 0
        self._part = 0
        self.torn_bytes = 0

    def newest_epoch(self) -> int:
        """The number of the newest day there is, 0 when there is none."""
        return max((epoch for epoch, _ in self._segments()), default=0)

    def recover(self) -> list[LogRecord]:
        """The newest day from its newest checkpoint on (else from its beginning), oldest first.

        Empty when there is no day. CorruptRecord on damage.
        """
        self._epoch = self.newest_epoch()
        for part in sorted((part for epoch, part in self._segments() if epoch == self._epoch), reverse=True):
            self._part = part
            records = self._read_part()
            if records:
                return records
        return []

    def whole_day(self) -> list[LogRecord]:
        """The newest day from its beginning, without its checkpoints. CorruptRecord on damage."""
        self._epoch = self.newest_epoch()
        found: list[LogRecord] = []
        for part in sorted(part for epoch, part in self._segments() if epoch == self._epoch):
            self._part = part
            found += [record for record in self._read_part() if not isinstance(record, Saved)]
        return found

    def start_day(self, day: DayStarted) -> None:
        """Begin a new day; one that is there already is never begun again."""
        assert day.epoch > self.newest_epoch(), (day.epoch, self.newest_epoch())
        self._epoch, self._part = day.epoch, 0
        self.append([day])

    def start_part(self, saved: Saved) -> None:
        """Go on in a new segment that begins with a checkpoint."""
        self._part += 1
        self.append([saved])

    def append(self, records: Iterable[LogRecord]) -> None:
        """One write for all of them. StorageError when the disk refuses: nothing of them may then be applied."""
        assert self._epoch, "no day has been started"
        frames = []
        for record in records:
            body = encode(record)
            frames.append(_FRAME.pack(len(body), len(body) ^ _COMPLEMENT, crc32(body)) + body)
        if frames:
            self._storage.append(self._name, b"".join(frames))

    def sync(self) -> None:
        """The day so far survives a power cut."""
        self._storage.sync(self._name)

    @property
    def _name(self) -> str:
        return f"{_PREFIX}{self._epoch:06}-{self._part:04}{_SUFFIX}"

    def _segments(self) -> list[tuple[int, int]]:
        """(epoch, part) of every segment that is ours."""
        return [(int(found[1]), int(found[2])) for name in self._storage.names() if (found := _NAME.fullmatch(name))]

    def _read_part(self) -> list[LogRecord]:
        data = self._storage.read(self._name)
        bodies = list(_frames(self._name, data))
        whole = sum(len(body) + _FRAME.size for body in bodies)
        if whole < len(data):
            self.torn_bytes += len(data) - whole
            self._storage.truncate(self._name, whole)
        records = [decode(body) for body in bodies]
        first = Saved if self._part else DayStarted
        if records and not isinstance(records[0], first):
            raise CorruptRecord(
                f"{self._name}: expected {first.__name__} as the first record, found {type(records[0]).__name__}"
            )
        return records


def _frames(name: str, data: bytes) -> Iterator[bytes]:
    offset, size = 0, len(data)
    while size - offset >= _FRAME.size:
        length, complement, crc = _FRAME.unpack_from(data, offset)
        if length ^ complement != _COMPLEMENT or length > BODY_LENGTH_MAX:
            if not any(data[offset:]):
                return  # a power cut can leave zeros where the last write should be
            raise _damage(name, offset, f"length {length} with complement {complement:#x}")
        begin, end = offset + _FRAME.size, offset + _FRAME.size + length
        if end > size:
            return
        body = data[begin:end]
        if crc32(body) != crc:
            if end == size:
                return
            raise _damage(name, offset, f"checksum {crc32(body):#x}, expected {crc:#x}")
        yield body
        offset = end


def _damage(name: str, offset: int, found: str) -> CorruptRecord:
    return CorruptRecord(
        f"{name}: damaged at byte {offset}: found {found}; start the simulator with --fresh for a new day"
    )
