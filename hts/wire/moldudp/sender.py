"""The sending side: numbers messages, packs them, keeps them for requests, tells that it is alive, ends the session.

Packets hold as many whole messages as fit into `packet_max` bytes. A request is answered with one such packet, as the
specification says: the client asks again for the rest. One that names another session or a number that does not exist
yet is not answered. Kept messages are the whole day's; when they become more than `keep_max`, the older half is let go,
and requests for those are not answered either, so the receiver gives them up.
"""

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.wire.moldudp.packets import BLOCK_HEAD, HEADER_LENGTH, MoldCodec, MoldPacket

PACKET_MAX = 1400  # fits an Ethernet frame with every header
HEARTBEAT_NS = 1_000_000_000
KEEP_MAX = 50_000_000


class MoldSender:
    """One session. `append` messages, then `flush`; the bytes of each are one datagram for every line."""

    def __init__(
        self,
        codec: MoldCodec,
        session: str,
        *,
        packet_max: int = PACKET_MAX,
        keep_max: int = KEEP_MAX,
        heartbeat_ns: int = HEARTBEAT_NS,
    ) -> None:
        self.session = session
        self._codec = codec
        self._packet_max = packet_max
        self._heartbeat_ns = heartbeat_ns
        self._keep_max = keep_max
        self._kept: list[bytes] = []
        self._next_seq = 1
        self._sent_seq = 1  # the first message that was not flushed yet
        self._said_ns: int | None = None
        self._is_ended = False

    @property
    def next_seq(self) -> int:
        """The number that the next message gets."""
        return self._next_seq

    def append(self, message: bytes) -> int:
        """Number a message; returns the number. Raises LocalProtocolError for one that fits no packet."""
        room = self._packet_max - HEADER_LENGTH - BLOCK_HEAD
        if self._is_ended or len(message) > room:
            raise LocalProtocolError(f"a message up to {room} bytes before the end expected, found {len(message)}")
        if self._next_seq - self._sent_seq >= self._keep_max:
            raise LocalProtocolError(f"flush after {self._keep_max} messages expected, found another message")
        self._kept.append(message)
        self._next_seq += 1
        return self._next_seq - 1

    def flush(self, mono_ns: int) -> list[bytes]:
        """The packets of everything appended since the last time."""
        packets = []
        while self._sent_seq < self._next_seq:
            packet = self._packet(self._sent_seq, self._next_seq - self._sent_seq)
            self._sent_seq = packet.next_seq
            packets.append(self._codec.encode(packet))
            self._said_ns = mono_ns
        if len(self._kept) > self._keep_max:
            # In large steps, because taking from the front of a list moves all of it.
            del self._kept[: len(self._kept) - self._keep_max // 2]
        return packets

    def end(self) -> None:
        """Nothing follows: heartbeats become end of session packets, the first of them at the next timer."""
        self._is_ended = True
        self._said_ns = None

    def next_timer_ns(self) -> int:
        """When `on_timer` is due; 0 is at once."""
        return 0 if self._said_ns is None else self._said_ns + self._heartbeat_ns

    def on_timer(self, mono_ns: int) -> bytes | None:
        """A heartbeat or end of session when it is due."""
        if mono_ns < self.next_timer_ns():
            return None
        self._said_ns = mono_ns
        return self._codec.encode(MoldPacket(session=self.session, seq=self._sent_seq, is_end=self._is_ended))

    def answer(self, data: bytes) -> bytes | None:
        """The one packet that answers a request, None when there is nothing to say. Raises RemoteProtocolError."""
        request = self._codec.decode_request(data)
        oldest = self._next_seq - len(self._kept)
        if request.seq < 1:
            raise RemoteProtocolError(f"request for a number from 1 on expected, found {request.seq}")
        if request.session != self.session or not oldest <= request.seq < self._sent_seq or request.count == 0:
            return None
        return self._codec.encode(self._packet(request.seq, min(request.count, self._sent_seq - request.seq)))

    def _packet(self, seq: int, count: int) -> MoldPacket:
        """As many of `count` messages from `seq` on as fit."""
        oldest = self._next_seq - len(self._kept)
        messages: list[bytes] = []
        size = HEADER_LENGTH
        for place in range(seq - oldest, seq - oldest + count):
            message = self._kept[place]
            size += BLOCK_HEAD + len(message)
            if size > self._packet_max:
                break
            messages.append(message)
        return MoldPacket(session=self.session, seq=seq, messages=tuple(messages))
