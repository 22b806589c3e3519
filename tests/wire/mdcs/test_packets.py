# ruff: noqa: ISC001  golden bytes are written field by field
import msgspec
import pytest

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.model.quotes import Packet
from hts.wire.mdcs.packets import PAYLOAD_LENGTH_MAX, decode_packet, encode_packet
from tests.wire.mdcs.samples import OPERATION_RECORD

PACKET = Packet(line="B", session=7, first_seq=258, count=1, payload=OPERATION_RECORD, trade_ns=1_000_000_001)
DATA = (
    b"KM" b"\x01" b"B" b"\x00\x00\x00\x07" b"\x00\x00\x00\x00\x00\x00\x01\x02" b"\x00\x01" b"\x00\x44"
    b"\x00\x00\x00\x00\x3b\x9a\xca\x01" + OPERATION_RECORD
)  # fmt: skip


def test_golden_packet_both_ways():
    assert encode_packet(PACKET) == DATA
    assert decode_packet(DATA) == PACKET


def test_heartbeat_has_no_payload():
    heartbeat = msgspec.structs.replace(PACKET, line="A", count=0, payload=b"")
    assert decode_packet(encode_packet(heartbeat)) == heartbeat


def test_packet_cut_at_every_byte_is_an_error():
    for end in range(len(DATA)):
        with pytest.raises(RemoteProtocolError):
            decode_packet(DATA[:end])


@pytest.mark.parametrize(
    ("at", "value", "line"),
    [
        (0, b"XX", "expected b'KM' version 1, found b'XX'"),
        (2, b"\x02", "found b'KM' version 2"),
        (3, b"C", "expected line A, B or R, found b'C'"),
        (4, b"\0\0\0\0", "expected session and sequence from 1, found 0"),
        (8, b"\0" * 8, "expected session and sequence from 1, found 7 and 0"),
        (16, b"\0\0", "expected records in the payload, found count 0 in 68 bytes"),
        (18, b"\0\x43", "expected 67 bytes of payload, found 68"),
        (18, b"\xff\xff", "expected 65535 bytes of payload"),
    ],
)
def test_wrong_header_says_what_was_expected(at, value, line):
    wrong = DATA[:at] + value + DATA[at + len(value) :]
    with pytest.raises(RemoteProtocolError, match=line):
        decode_packet(wrong)


def test_oversize_packet_is_refused_both_ways():
    with pytest.raises(LocalProtocolError, match="expected at most 1372 bytes"):
        encode_packet(msgspec.structs.replace(PACKET, payload=b"0" * (PAYLOAD_LENGTH_MAX + 1)))
    with pytest.raises(RemoteProtocolError, match="found 1401"):
        decode_packet(DATA + b"0" * (1401 - len(DATA)))
    with pytest.raises(LocalProtocolError):
        encode_packet(msgspec.structs.replace(PACKET, session=2**32))
