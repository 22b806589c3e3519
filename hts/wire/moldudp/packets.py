"""MoldUDP64 packets: a header from the table, then blocks of two bytes of length and a message."""

from collections.abc import Sequence

from msgspec import Struct

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.wire.layout.codec import BinaryLayout

HEARTBEAT = 0
END_OF_SESSION = 0xFFFF
HEADER_LENGTH = 20
BLOCK_HEAD = 2
MESSAGE_MAX = 0xFFFF


class MoldPacket(Struct, frozen=True, kw_only=True):
    """A downstream packet. `seq` is the number of the first message; of the next one when there is none."""

    session: str
    seq: int
    messages: tuple[bytes, ...] = ()
    is_end: bool = False

    @property
    def next_seq(self) -> int:
        """The number behind the packet's last message."""
        return self.seq + len(self.messages)


class MoldRequest(Struct, frozen=True, kw_only=True):
    """Asks for `count` messages from `seq` on."""

    session: str
    seq: int
    count: int


class MoldCodec:
    """Packets to bytes and back; the header's places come from the table."""

    def __init__(self, layout: BinaryLayout) -> None:
        self._layout = layout

    def encode(self, packet: MoldPacket) -> bytes:
        """The bytes of a downstream packet. Raises LocalProtocolError for what does not fit."""
        count = END_OF_SESSION if packet.is_end else len(packet.messages)
        if packet.is_end and packet.messages:
            raise LocalProtocolError(f"an end of session without messages expected, found {len(packet.messages)}")
        if len(packet.messages) >= END_OF_SESSION:
            raise LocalProtocolError(f"fewer than {END_OF_SESSION} messages expected, found {len(packet.messages)}")
        head = {"session": packet.session, "sequence_number": packet.seq, "message_count": count}
        return self._layout.encode("downstream_packet_header", head) + _blocks(packet.messages)

    def decode(self, data: bytes) -> MoldPacket:
        """The packet in `data`, whole. Raises RemoteProtocolError."""
        if len(data) < HEADER_LENGTH:
            raise RemoteProtocolError(f"MoldUDP64: {HEADER_LENGTH} bytes or more expected, found {len(data)}")
        head = self._layout.decode_as("downstream_packet_header", data[:HEADER_LENGTH]).fields
        session, seq, count = head["session"], head["sequence_number"], head["message_count"]
        if seq < 1:
            raise RemoteProtocolError(f"MoldUDP64: a number from 1 on expected, found {seq}")
        messages: list[bytes] = []
        at = HEADER_LENGTH
        for _ in range(0 if count == END_OF_SESSION else count):
            end = at + BLOCK_HEAD + int.from_bytes(data[at : at + BLOCK_HEAD], "big")
            if at + BLOCK_HEAD > len(data) or end > len(data):
                raise RemoteProtocolError(
                    f"MoldUDP64 {seq}: {count} messages expected, found {len(messages)} before the packet's end"
                )
            messages.append(bytes(data[at + BLOCK_HEAD : end]))
            at = end
        if at != len(data):
            raise RemoteProtocolError(f"MoldUDP64 {seq}: {at} bytes expected, found {len(data)}")
        return MoldPacket(session=session, seq=seq, messages=tuple(messages), is_end=count == END_OF_SESSION)

    def encode_request(self, request: MoldRequest) -> bytes:
        """The bytes of a request."""
        fields = {
            "session": request.session,
            "sequence_number": request.seq,
            "requested_message_count": request.count,
        }
        return self._layout.encode("request_packet", fields)

    def decode_request(self, data: bytes) -> MoldRequest:
        """The request in `data`. Raises RemoteProtocolError."""
        found = self._layout.decode_as("request_packet", data).fields
        session, seq, count = found["session"], found["sequence_number"], found["requested_message_count"]
        return MoldRequest(session=session, seq=seq, count=count)


def _blocks(messages: Sequence[bytes]) -> bytes:
    parts = []
    for message in messages:
        if len(message) > MESSAGE_MAX:
            raise LocalProtocolError(f"a message up to {MESSAGE_MAX} bytes expected, found {len(message)}")
        parts.append(len(message).to_bytes(BLOCK_HEAD, "big") + message)
    return b"".join(parts)
