"""Snapshots: the whole state after a certain record, so that a restart need not begin at the first one.

A snapshot is a file beside the segments, `00000003-000000012345.snapshot`: the state behind byte 12,345 of segment 3.
It is a memory of the journal and never more than that. It counts only when all of this holds, else the one before is
taken, else the whole journal:

    whole        the digest over its bytes
    of here      the journal is in its place up to that byte, and its hash chain there is the one that was noted
    readable     it was written by the same build under the same settings (they shape the state)
    right        the restored state hashes to the hash that was noted

The bytes: magic (8), digest BLAKE2b-128 over the rest (16), length of the notes u32, notes (MessagePack), the state's
image (zlib). Integers are little-endian.
"""

import struct
import zlib
from collections.abc import Callable
from hashlib import blake2b
from typing import Final

import msgspec
from msgspec import Struct

from hts.base.errors import CorruptRecord, StorageError
from hts.base.storage import Storage
from hts.journal.replay import Position, segment_name

MAGIC: Final = b"HTSSNAP1"
SUFFIX: Final = ".snapshot"
KEPT: Final = 2  # the newest, and one before it for the case that it cannot be read
DIGEST_BYTES: Final = 16
STATE_BYTES_MAX: Final = 1 << 30  # of an image; more can only be damage

_HEAD = struct.Struct("<8s16sI")
_LEVEL = 1  # zlib: the loop of the core waits for it


class Notes(Struct, frozen=True, kw_only=True):
    """What a snapshot says of itself. `records`: how many lead to it; `trade_ns`: the newest venue time among them."""

    number: int
    size: int
    chain: bytes
    records: int
    trade_ns: int
    trading_date: int
    build: str
    config_hash: str
    state_hash: str

    @property
    def position(self) -> Position:
        """Where the journal goes on."""
        return Position(
            number=self.number,
            size=self.size,
            chain=self.chain,
            records=self.records,
            trade_ns=self.trade_ns,
            trading_date=self.trading_date,
        )


class Snapshot(Struct, frozen=True, kw_only=True):
    """Notes and the state's image (hts.journal.image)."""

    notes: Notes
    image: bytes


def snapshot_name(position: Position) -> str:
    """File name; names sort by position."""
    return f"{position.number:08d}-{position.size:012d}{SUFFIX}"


def encode_snapshot(snapshot: Snapshot) -> bytes:
    """The file's bytes."""
    notes = msgspec.msgpack.encode(snapshot.notes)
    body = zlib.compress(snapshot.image, _LEVEL)
    return _HEAD.pack(MAGIC, _digest(notes, body), len(notes)) + notes + body


def decode_snapshot(name: str, data: bytes) -> Snapshot:
    """Raises CorruptRecord when these are not the bytes of a whole snapshot."""
    try:
        magic, digest, length = _HEAD.unpack_from(data)
        notes, body = data[_HEAD.size : _HEAD.size + length], data[_HEAD.size + length :]
        if magic != MAGIC or digest != _digest(notes, body):
            raise CorruptRecord(f"{name}: not a whole snapshot")
        inflater = zlib.decompressobj()
        image = inflater.decompress(body, STATE_BYTES_MAX)
        return Snapshot(notes=msgspec.msgpack.decode(notes, type=Notes), image=image)
    except (struct.error, zlib.error, msgspec.MsgspecError) as error:
        raise CorruptRecord(f"{name}: not a whole snapshot: {error}") from error


def write_snapshot(storage: Storage, snapshot: Snapshot) -> str:
    """Store it; its name. The journal up to its position is synced first. Raises StorageError; then nothing counts."""
    position = snapshot.notes.position
    name = snapshot_name(position)
    if name in storage.names():
        storage.remove(name)  # a torn one, or of another build: it was not used
    storage.sync(segment_name(position.number))
    storage.append(name, encode_snapshot(snapshot))
    storage.sync(name)
    return name


def remove_old_snapshots(storage: Storage) -> list[str]:
    """All but the newest ones; their names."""
    names = snapshot_names(storage)
    for name in names[:-KEPT]:
        storage.remove(name)
    return names[:-KEPT]


def snapshot_names(storage: Storage) -> list[str]:
    """Oldest first."""
    return [name for name in storage.names() if name.endswith(SUFFIX)]


def newest_snapshot(
    storage: Storage, accept: Callable[[Notes], str], say: Callable[[str], None] = lambda _: None
) -> Snapshot | None:
    """The newest whole one that `accept` finds nothing to say against; `say` hears why others were passed over."""
    for name in reversed(snapshot_names(storage)):
        try:
            found = decode_snapshot(name, storage.read(name))
        except (CorruptRecord, StorageError) as error:
            say(str(error))
            continue
        objection = accept(found.notes)
        if not objection:
            return found
        say(f"{name}: {objection}")
    return None


def _digest(notes: bytes, body: bytes) -> bytes:
    return blake2b(notes + body, digest_size=DIGEST_BYTES).digest()
