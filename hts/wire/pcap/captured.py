"""A captured packet, and what a file can be wrong with, whatever the file's form."""

from msgspec import Struct

from hts.base.errors import RemoteProtocolError

PACKET_LENGTH_MAX = 262_144  # tcpdump's own limit


class CaptureError(RemoteProtocolError):
    """The file is no pcap, or is damaged at `offset`."""

    def __init__(self, offset: int, text: str) -> None:
        super().__init__(text)
        self.offset = offset


class CapturedPacket(Struct, frozen=True, kw_only=True):
    """One packet. `offset` is where its bytes lie in the file; `missing` bytes were not captured."""

    offset: int
    time_ns: int
    link: int
    data: bytes
    missing: int
