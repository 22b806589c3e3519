"""The recovery service of the feed over TCP: ours. Retransmission, snapshot and bar history.

A frame is a big-endian u32 length of what follows, one type letter, and the body. Capital letters are requests,
small letters answers; `request_id` pairs them. docs/wire/krx_md.md has the tables and the resend semantics.

    R RetransmitRequest   r Retransmitted (one packet each)   x RequestRefused
    S SnapshotRequest     s SnapshotPart (last one flagged)
    H HistoryRequest      h HistoryPart (last one flagged)

FrameReader takes bytes as they come and gives whole messages; feeding it byte by byte gives the same ones.
"""

import struct
from enum import IntEnum
from typing import Union

from msgspec import Struct

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.model.quotes import Bar, Packet
from hts.wire.mdcs.packets import decode_packet, encode_packet

FRAME_LENGTH_MAX = 65_536  # type letter and body
PART_LENGTH_MAX = 60_000  # records of one snapshot part
BARS_PER_PART_MAX = 1000
_LENGTH = struct.Struct(">I")
_RETRANSMIT = struct.Struct(">IIQI")
_REQUEST_ID = struct.Struct(">I")
_SNAPSHOT = struct.Struct(">IIQQBH")
_HISTORY = struct.Struct(">I12sIH")
_BARS = struct.Struct(">IBH")
_BAR = struct.Struct(">7q")
_REFUSED = struct.Struct(">IBQ")


class Refusal(IntEnum):
    """Why the service does not answer a request."""

    TOO_OLD = 1  # the records are no longer kept: ask for a snapshot
    WRONG_SESSION = 2
    NOT_YET = 3  # the records do not exist yet
    UNKNOWN_ISSUE = 4
    BAD_REQUEST = 5


class RetransmitRequest(Struct, frozen=True, kw_only=True):
    """Ask for the packets that hold the records [first_seq, first_seq + count)."""

    request_id: int
    session: int
    first_seq: int
    count: int


class SnapshotRequest(Struct, frozen=True, kw_only=True):
    """Ask for issue list, phases, books and day figures as they are now."""

    request_id: int


class HistoryRequest(Struct, frozen=True, kw_only=True):
    """Ask for the newest `count` bars of an issue."""

    request_id: int
    isin: str
    timeframe_s: int
    count: int


class Retransmitted(Struct, frozen=True, kw_only=True):
    """One packet as it was first sent, line letter R."""

    request_id: int
    packet: Packet


class SnapshotPart(Struct, frozen=True, kw_only=True):
    """Records of a snapshot that is valid just before `next_seq`; the last part is flagged."""

    request_id: int
    session: int
    next_seq: int
    trade_ns: int
    is_last: bool
    count: int
    payload: bytes


class HistoryPart(Struct, frozen=True, kw_only=True):
    """Bars, oldest first; the last part is flagged."""

    request_id: int
    is_last: bool
    bars: tuple[Bar, ...]


class RequestRefused(Struct, frozen=True, kw_only=True):
    """No answer will come. `oldest_seq` is the first record still kept (TOO_OLD), else 0."""

    request_id: int
    refusal: Refusal
    oldest_seq: int


AnyRecovery = Union[
    RetransmitRequest,
    SnapshotRequest,
    HistoryRequest,
    Retransmitted,
    SnapshotPart,
    HistoryPart,
    RequestRefused,
]


def encode_recovery(message: AnyRecovery) -> bytes:
    """One frame. Raises LocalProtocolError when a value does not fit."""
    try:
        body = _encode_body(message)
    except (struct.error, UnicodeEncodeError) as error:
        raise LocalProtocolError(f"{type(message).__name__}: {error}") from error
    if len(body) > FRAME_LENGTH_MAX:
        raise LocalProtocolError(
            f"{type(message).__name__}: expected at most {FRAME_LENGTH_MAX} bytes, got {len(body)}"
        )
    return _LENGTH.pack(len(body)) + body


def _encode_body(message: AnyRecovery) -> bytes:
    match message:
        case RetransmitRequest(request_id=rid, session=session, first_seq=first, count=count):
            return b"R" + _RETRANSMIT.pack(rid, session, first, count)
        case SnapshotRequest(request_id=rid):
            return b"S" + _REQUEST_ID.pack(rid)
        case HistoryRequest(request_id=rid, isin=isin, timeframe_s=timeframe_s, count=count):
            return b"H" + _HISTORY.pack(rid, isin.encode("ascii"), timeframe_s, count)
        case Retransmitted(request_id=rid, packet=packet):
            return b"r" + _REQUEST_ID.pack(rid) + encode_packet(packet)
        case SnapshotPart(request_id=rid, session=session, next_seq=next_seq, trade_ns=trade_ns):
            head = _SNAPSHOT.pack(rid, session, next_seq, trade_ns, message.is_last, message.count)
            return b"s" + head + message.payload
        case HistoryPart(request_id=rid, is_last=is_last, bars=bars):
            rows = [_BAR.pack(b.start_ns, b.open_px, b.high_px, b.low_px, b.close_px, b.qty, b.value) for b in bars]
            return b"h" + _BARS.pack(rid, is_last, len(bars)) + b"".join(rows)
        case RequestRefused(request_id=rid, refusal=refusal, oldest_seq=oldest_seq):
            return b"x" + _REFUSED.pack(rid, refusal, oldest_seq)


def _decode_body(letter: bytes, body: bytes) -> AnyRecovery:
    match letter:
        case b"R":
            rid, session, first_seq, count = _RETRANSMIT.unpack(body)
            return RetransmitRequest(request_id=rid, session=session, first_seq=first_seq, count=count)
        case b"S":
            return SnapshotRequest(request_id=_REQUEST_ID.unpack(body)[0])
        case b"H":
            rid, isin, timeframe_s, count = _HISTORY.unpack(body)
            return HistoryRequest(request_id=rid, isin=isin.decode("ascii"), timeframe_s=timeframe_s, count=count)
        case b"r":
            rid = _REQUEST_ID.unpack_from(body)[0]
            return Retransmitted(request_id=rid, packet=decode_packet(body[_REQUEST_ID.size :]))
        case b"s":
            rid, session, next_seq, trade_ns, last, count = _SNAPSHOT.unpack_from(body)
            return SnapshotPart(
                request_id=rid,
                session=session,
                next_seq=next_seq,
                trade_ns=trade_ns,
                is_last=_flag(last),
                count=count,
                payload=body[_SNAPSHOT.size :],
            )
        case b"h":
            rid, last, count = _BARS.unpack_from(body)
            rows = body[_BARS.size :]
            if len(rows) != count * _BAR.size:
                raise RemoteProtocolError(
                    f"history: expected {count} bars of {_BAR.size} bytes, found {len(rows)} bytes"
                )
            bars = tuple(Bar(*row) for row in _BAR.iter_unpack(rows))
            return HistoryPart(request_id=rid, is_last=_flag(last), bars=bars)
        case b"x":
            rid, code, oldest_seq = _REFUSED.unpack(body)
            return RequestRefused(request_id=rid, refusal=Refusal(code), oldest_seq=oldest_seq)
    raise RemoteProtocolError(f"recovery frame: expected a type of R S H r s h x, found {letter!r}")


def _flag(value: int) -> bool:
    if value > 1:
        raise RemoteProtocolError(f"recovery frame: expected a flag of 0 or 1, found {value}")
    return value == 1


class FrameReader:
    """Cuts a byte stream into messages. Holds at most one incomplete frame and what came with one read."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def receive_data(self, data: bytes) -> None:
        """Add bytes of the stream."""
        self._buffer += data

    def next_message(self) -> AnyRecovery | None:
        """The next whole message, or None. Raises RemoteProtocolError: the stream is then of no more use."""
        if len(self._buffer) < _LENGTH.size:
            return None
        length = _LENGTH.unpack_from(self._buffer)[0]
        if not 1 <= length <= FRAME_LENGTH_MAX:
            raise RemoteProtocolError(f"recovery frame: expected a length of 1 to {FRAME_LENGTH_MAX}, found {length}")
        end = _LENGTH.size + length
        if len(self._buffer) < end:
            return None
        frame = bytes(self._buffer[_LENGTH.size : end])
        del self._buffer[:end]
        try:
            return _decode_body(frame[:1], frame[1:])
        except (struct.error, ValueError) as error:
            raise RemoteProtocolError(f"recovery frame {frame[:1]!r} of {length} bytes: {error}") from error
