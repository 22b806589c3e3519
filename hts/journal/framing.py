"""How records lie on disk. The geometry is drawn in docs/journal.md.

    segment  = header, frame, frame, ...
    header   = magic (8), segment number u32, chain (16), crc32 u32                     32 bytes
    frame    = body length u32, crc32 u32, chain (16), body                             24 bytes + body

All integers are little-endian. `chain` of a frame is a BLAKE2b digest over the chain before it and its body, so
a frame that is missing, moved or exchanged shows even when its own checksum holds. The header's chain is the one
that the segment before ended with. The checksum covers the length, the chain and the body: a frame is whole when
its checksum holds, and in its place when its chain holds.
"""

import struct
from hashlib import blake2b
from typing import Final
from zlib import crc32

import msgspec
from msgspec import Struct

from hts.base.errors import CorruptRecord
from hts.model.records import AnyRecord
from hts.model.wide import decode_wide, encode_wide

MAGIC: Final = b"HTSJRNL1"
CHAIN_BYTES: Final = 16
NO_CHAIN: Final = bytes(CHAIN_BYTES)  # before the first record of all

# One record is a few hundred bytes; a length above this can only be damage.
BODY_BYTES_MAX: Final = 1 << 20

_HEADER = struct.Struct("<8sI16sI")
_FRAME = struct.Struct("<II16s")
_LENGTH = struct.Struct("<I")
HEADER_BYTES: Final = _HEADER.size
FRAME_BYTES: Final = _FRAME.size

_encoder = msgspec.msgpack.Encoder(enc_hook=encode_wide)
_decoder = msgspec.msgpack.Decoder(AnyRecord, dec_hook=decode_wide)


class Frame(Struct, frozen=True):
    """One whole frame; `end` is the offset behind it. Whether it is in its place is the reader's question."""

    chain: bytes
    body: bytes
    end: int


def next_chain(chain: bytes, body: bytes) -> bytes:
    """The hash chain after `body`."""
    return blake2b(chain + body, digest_size=CHAIN_BYTES).digest()


def encode_header(number: int, chain: bytes) -> bytes:
    """The first bytes of segment `number`, which follows records that ended with `chain`."""
    assert number > 0, number
    assert len(chain) == CHAIN_BYTES, len(chain)
    front = _HEADER.pack(MAGIC, number, chain, 0)[:-4]
    return front + _LENGTH.pack(crc32(front))


def decode_header(data: bytes, number: int) -> bytes | None:
    """The chain that segment `number` continues, or None when these are not the bytes of its header."""
    if len(data) < HEADER_BYTES:
        return None
    magic, found_number, chain, crc = _HEADER.unpack_from(data)
    if magic != MAGIC or found_number != number or crc != crc32(data[: HEADER_BYTES - 4]):
        return None
    return bytes(chain)


def encode_frame(record: AnyRecord, chain: bytes) -> tuple[bytes, bytes]:
    """The frame's bytes and the chain after it."""
    body = _encoder.encode(record)
    assert len(body) <= BODY_BYTES_MAX, f"a record of {len(body)} bytes, at most {BODY_BYTES_MAX} expected"
    chain = next_chain(chain, body)
    return _FRAME.pack(len(body), _checksum(chain, body), chain) + body, chain


def decode_frame(data: bytes, offset: int) -> Frame | None:
    """The frame at `offset`, or None when there is no whole one."""
    if len(data) - offset < FRAME_BYTES:
        return None
    length, crc, chain = _FRAME.unpack_from(data, offset)
    body_at = offset + FRAME_BYTES
    # An empty body cannot be a record; without this test a run of zero bytes could look like one.
    if not 0 < length <= BODY_BYTES_MAX or len(data) - body_at < length:
        return None
    body = data[body_at : body_at + length]
    if crc != _checksum(chain, body):
        return None
    return Frame(chain=chain, body=body, end=body_at + length)


def find_frame(data: bytes, offset: int) -> int | None:
    """Offset of the next whole frame at or after `offset`, at whatever byte it begins."""
    for start in range(offset, len(data) - FRAME_BYTES):
        if decode_frame(data, start) is not None:
            return start
    return None


def decode_record(body: bytes) -> AnyRecord:
    """The record in a frame's body. Raises CorruptRecord for a body that is no record of this version."""
    try:
        record: AnyRecord = _decoder.decode(body)
    except msgspec.MsgspecError as error:
        raise CorruptRecord(f"expected a record, found a body of {len(body)} bytes that is none: {error}") from error
    return record


def _checksum(chain: bytes, body: bytes) -> int:
    return crc32(body, crc32(chain, crc32(_LENGTH.pack(len(body)))))
