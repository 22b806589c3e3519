"""The packet around the records: ours, since the public tables hold none. See docs/wire/krx_md.md.

One datagram carries one packet on line A and the same one, but for the line letter, on line B. Sequence numbers count
records: a packet covers [first_seq, first_seq + count). A count of 0 is a heartbeat; first_seq is then the number
that the next record will have, so that a loss at the very end is seen.

    offset length type    field
    0      2      text    magic "KM"
    2      1      uint    version, 1
    3      1      text    line: "A", "B", or "R" for a retransmitted packet
    4      4      uint    session of the feed; a later session has a higher number
    8      8      uint    first_seq, from 1
    16     2      uint    count of records
    18     2      uint    length of the payload in bytes
    20     8      uint    trade_ns: the venue's time, nanoseconds UTC
    28     length bytes   records, one after the other; each ends with 0xFF

Integers are big-endian.
"""

import struct

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.model.quotes import Packet
from hts.model.venues import HOME_VENUE

MAGIC = b"KM"
VERSION = 1
HEADER = struct.Struct(">2sBcIQHHQ")
PACKET_LENGTH_MAX = 1400  # fits an Ethernet frame with room for IP and UDP headers
PAYLOAD_LENGTH_MAX = PACKET_LENGTH_MAX - HEADER.size
LINES = frozenset((b"A", b"B", b"R"))


def encode_packet(packet: Packet) -> bytes:
    """The datagram of a packet. Raises LocalProtocolError when it would be too long or a number does not fit."""
    if len(packet.payload) > PAYLOAD_LENGTH_MAX:
        raise LocalProtocolError(f"packet: expected at most {PAYLOAD_LENGTH_MAX} bytes, found {len(packet.payload)}")
    try:
        header = HEADER.pack(
            MAGIC,
            VERSION,
            packet.line.encode("ascii"),
            packet.session,
            packet.first_seq,
            packet.count,
            len(packet.payload),
            packet.trade_ns,
        )
    except (struct.error, UnicodeEncodeError) as error:
        raise LocalProtocolError(f"packet header: {error}") from error
    return header + packet.payload


def decode_packet(data: bytes, venue: str = HOME_VENUE) -> Packet:
    """The packet of one datagram of the venue's; its records are still bytes. Raises RemoteProtocolError."""
    if not HEADER.size <= len(data) <= PACKET_LENGTH_MAX:
        raise RemoteProtocolError(f"packet: expected {HEADER.size} to {PACKET_LENGTH_MAX} bytes, found {len(data)}")
    magic, version, line, session, first_seq, count, length, trade_ns = HEADER.unpack_from(data)
    if magic != MAGIC or version != VERSION:
        raise RemoteProtocolError(f"packet: expected {MAGIC!r} version {VERSION}, found {magic!r} version {version}")
    if line not in LINES:
        raise RemoteProtocolError(f"packet: expected line A, B or R, found {line!r}")
    if length != len(data) - HEADER.size:
        raise RemoteProtocolError(f"packet: expected {length} bytes of payload, found {len(data) - HEADER.size}")
    if session == 0 or first_seq == 0:
        raise RemoteProtocolError(f"packet: expected session and sequence from 1, found {session} and {first_seq}")
    if (count == 0) != (length == 0):
        raise RemoteProtocolError(f"packet: expected records in the payload, found count {count} in {length} bytes")
    return Packet(
        line=line.decode("ascii"),
        session=session,
        first_seq=first_seq,
        count=count,
        payload=data[HEADER.size :],
        trade_ns=trade_ns,
        venue=venue,
    )
