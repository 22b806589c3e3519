"""The simulated venue's memory: every command in the order of application, written before it is applied.

One storage segment per day of the venue, `venue-000001.log`. A frame is

    offset 0   u32   length of the body
    offset 4   u32   the length's complement, so that a damaged length is not taken for a torn tail
    offset 8   u32   crc32 of the body
    offset 12  body  hts.sim.log_records

big-endian. A crash can tear the last write: what is then at the end of the newest segment is no whole frame, it was
never applied, and it is cut. Anything else that does not hold is damage, and is refused: the way on is a new day.
"""

from collections.abc import Iterable, Iterator
from struct import Struct as Layout
from zlib import crc32

from hts.base.errors import CorruptRecord
from hts.base.storage import Storage
from hts.sim.log_records import DayStarted, LogRecord, decode, encode

BODY_LENGTH_MAX = 4096
_PREFIX, _SUFFIX = "venue-", ".log"
_FRAME = Layout(">III")
_COMPLEMENT = 0xFFFF_FFFF


class CommandLog:
    """The newest day's segment. `torn_bytes` were cut from its end at recovery."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._name = ""
        self.torn_bytes = 0

    def newest_epoch(self) -> int:
        """The number of the newest day there is, 0 when there is none."""
        return max((_epoch_of(name) for name in self._day_names()), default=0)

    def recover(self) -> list[LogRecord]:
        """All records of the newest day, oldest first; empty when there is no day. CorruptRecord on damage."""
        names = self._day_names()
        if not names:
            return []
        self._name = names[-1]
        data = self._storage.read(self._name)
        bodies = list(_frames(self._name, data))
        whole = sum(len(body) + _FRAME.size for body in bodies)
        self.torn_bytes = len(data) - whole
        if self.torn_bytes:
            self._storage.truncate(self._name, whole)
        records = [decode(body) for body in bodies]
        if records and not isinstance(records[0], DayStarted):
            raise CorruptRecord(f"{self._name}: expected the day's first record, found {type(records[0]).__name__}")
        return records

    def start_day(self, day: DayStarted) -> None:
        """Begin a new segment; a day that is there already is never begun again."""
        assert day.epoch > self.newest_epoch(), (day.epoch, self.newest_epoch())
        self._name = f"{_PREFIX}{day.epoch:06}{_SUFFIX}"
        self.append([day])

    def append(self, records: Iterable[LogRecord]) -> None:
        """One write for all of them. StorageError when the disk refuses: nothing of them may then be applied."""
        assert self._name, "no day has been started"
        frames = []
        for record in records:
            body = encode(record)
            frames.append(_FRAME.pack(len(body), len(body) ^ _COMPLEMENT, crc32(body)) + body)
        if frames:
            self._storage.append(self._name, b"".join(frames))

    def sync(self) -> None:
        """The day so far survives a power cut."""
        self._storage.sync(self._name)

    def _day_names(self) -> list[str]:
        return [name for name in self._storage.names() if _epoch_of(name)]


def _epoch_of(name: str) -> int:
    number = name.removeprefix(_PREFIX).removesuffix(_SUFFIX)
    return int(number) if name == f"{_PREFIX}{number}{_SUFFIX}" and number.isdecimal() else 0


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
