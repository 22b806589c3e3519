"""FLEX packets: a header, then tags with one byte of length before each.

A packet is about one issue. Its tags are read by the table; a tag whose type the table does not have (the public
document leaves three out) is kept as bytes, because the packet's other tags still hold. The last tag of a transaction
may be in a later packet: `more_follows` (utility_flag 1) says so.
"""

from collections.abc import Sequence
from typing import Union

from msgspec import Struct

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.wire.layout.codec import BinaryLayout, Decoded

HEADER = "packet_header"
TAGS_MAX = 255
TAG_LENGTH_MAX = 255


class UnknownTag(Struct, frozen=True, kw_only=True):
    """A tag that the table does not have."""

    type: str
    data: bytes


AnyTag = Union[Decoded, UnknownTag]


class FlexPacket(Struct, frozen=True, kw_only=True):
    """One packet. `group`, `reboots` and `seq` place it in its multicast group's stream."""

    group: int
    reboots: int
    seq: int
    issue_code: str
    update_number: int
    packet_number: int
    packet_count: int
    more_follows: bool
    tags: tuple[AnyTag, ...]


class FlexCodec:
    """Packets to bytes and back."""

    def __init__(self, layout: BinaryLayout) -> None:
        self._layout = layout
        self._header_length = layout.row(HEADER).length
        self._known = {layout.row(name).type.encode() for name in layout.names if layout.row(name).type}

    def tags(self, data: bytes) -> tuple[tuple[int, bytes], ...]:
        """Place and bytes of each tag of a packet. Raises RemoteProtocolError."""
        if len(data) < self._header_length:
            raise RemoteProtocolError(f"FLEX: {self._header_length} bytes or more expected, found {len(data)}")
        count = self._layout.decode_as(HEADER, data[: self._header_length]).fields["message_count"]
        found = []
        at = self._header_length
        for number in range(count):
            end = at + 1 + data[at] if at < len(data) else at
            if end > len(data) or end < at + 2:
                raise RemoteProtocolError(f"FLEX: {count} tags expected, found {number} before the packet's end")
            found.append((at + 1, bytes(data[at + 1 : end])))
            at = end
        if at != len(data):
            raise RemoteProtocolError(f"FLEX: {at} bytes expected, found {len(data)}")
        return tuple(found)

    def decode(self, data: bytes) -> FlexPacket:
        """The packet in `data`, whole. Raises RemoteProtocolError."""
        tags = tuple(self._tag(raw) for _, raw in self.tags(data))
        head = self._layout.decode_as(HEADER, data[: self._header_length]).fields
        return FlexPacket(
            group=head["multicast_group_number"],
            reboots=head["number_of_system_reboots"],
            seq=head["sequence_number"],
            issue_code=head["issue_code"],
            update_number=head["update_number"],
            packet_number=head["packet_number"],
            packet_count=head["total_number_of_packets"],
            more_follows=head["utility_flag"] == 1,
            tags=tags,
        )

    def encode(self, packet: FlexPacket) -> bytes:
        """The bytes of a packet. Raises LocalProtocolError."""
        tags = self._encode_tags(packet.tags)
        head = {
            "multicast_group_number": packet.group,
            "number_of_system_reboots": packet.reboots,
            "sequence_number": packet.seq,
            "issue_code": packet.issue_code,
            "update_number": packet.update_number,
            "packet_number": packet.packet_number,
            "total_number_of_packets": packet.packet_count,
            "utility_flag": int(packet.more_follows),
            "message_count": len(packet.tags),
        }
        return self._layout.encode(HEADER, head) + tags

    def _tag(self, raw: bytes) -> AnyTag:
        if raw[:1] not in self._known:
            return UnknownTag(type=chr(raw[0]), data=raw[1:])
        return self._layout.decode(raw)

    def _encode_tags(self, tags: Sequence[AnyTag]) -> bytes:
        parts = []
        for tag in tags:
            if isinstance(tag, Decoded):
                raw = self._layout.encode(tag.name, tag.fields)
            else:
                raw = tag.type.encode("latin-1") + tag.data
            if len(raw) > TAG_LENGTH_MAX:
                raise LocalProtocolError(f"a tag up to {TAG_LENGTH_MAX} bytes expected, found {len(raw)}")
            parts.append(bytes((len(raw),)) + raw)
        return b"".join(parts)
