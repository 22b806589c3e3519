"""SoupBinTCP packets out of a stream, in any cut. Two bytes of length (type and payload), one of type, payload."""

from msgspec import Struct

from hts.base.errors import LocalProtocolError, RemoteProtocolError

HEAD_LENGTH = 3
PAYLOAD_MAX = 0xFFFF - 1
SEQUENCED, UNSEQUENCED, DEBUG = "S", "U", "+"


class Packet(Struct, frozen=True):
    """One packet. `raw` is the whole of it, for the table."""

    type: str
    payload: bytes
    raw: bytes


def packet(kind: str, payload: bytes = b"") -> bytes:
    """The bytes of a packet. Raises LocalProtocolError for a payload that is too long."""
    if len(payload) > PAYLOAD_MAX:
        raise LocalProtocolError(f"SoupBinTCP payload up to {PAYLOAD_MAX} bytes expected, found {len(payload)}")
    return (len(payload) + 1).to_bytes(2, "big") + kind.encode("ascii") + payload


class PacketReader:
    """Collects bytes and cuts them into packets; holds less than one packet between calls."""

    def __init__(self, known_types: str, payload_max: int = PAYLOAD_MAX) -> None:
        self._known = known_types
        self._payload_max = payload_max
        self._buffer = bytearray()
        self._start = 0

    def __len__(self) -> int:
        return len(self._buffer) - self._start

    def append(self, data: bytes) -> None:
        """Take bytes; call `next_packet` until it returns None afterwards."""
        if self._start:
            del self._buffer[: self._start]
            self._start = 0
        self._buffer += data

    def clear(self) -> None:
        """Forget what was collected."""
        self._buffer.clear()
        self._start = 0

    def next_packet(self) -> Packet | None:
        """The next whole packet, None when bytes are missing. Raises RemoteProtocolError; nothing follows it."""
        start = self._start
        if len(self) < HEAD_LENGTH:
            return None
        length = int.from_bytes(self._buffer[start : start + 2], "big")
        kind = chr(self._buffer[start + 2])
        if not 1 <= length <= self._payload_max + 1:
            raise RemoteProtocolError(f"packet length 1 to {self._payload_max + 1} expected, found {length}")
        if kind not in self._known:
            raise RemoteProtocolError(f"packet type out of {self._known} expected, found {kind!r}")
        if len(self) < 2 + length:
            return None
        end = start + 2 + length
        raw = bytes(self._buffer[start:end])
        self._start = end
        return Packet(kind, raw[HEAD_LENGTH:], raw)
