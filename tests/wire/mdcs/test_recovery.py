# ruff: noqa: ISC001, ISC004  golden bytes are written field by field
import random

import pytest

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.model.quotes import Bar, Packet
from hts.wire.mdcs.recovery import (
    FrameReader,
    HistoryPart,
    HistoryRequest,
    Refusal,
    RequestRefused,
    RetransmitRequest,
    Retransmitted,
    SnapshotPart,
    SnapshotRequest,
    encode_recovery,
)
from tests.support.fuzz import fuzz_rounds
from tests.wire.mdcs.samples import OPERATION_RECORD

PACKET = Packet(line="R", session=7, first_seq=258, count=1, payload=OPERATION_RECORD, trade_ns=1_000_000_001)
GOLDEN = [
    (
        RetransmitRequest(request_id=1, session=7, first_seq=258, count=3),
        b"\0\0\0\x15R" b"\0\0\0\x01" b"\0\0\0\x07" b"\0\0\0\0\0\0\x01\x02" b"\0\0\0\x03",
    ),
    (SnapshotRequest(request_id=2), b"\0\0\0\x05S" b"\0\0\0\x02"),
    (
        HistoryRequest(request_id=3, isin="KR7005930003", timeframe_s=60, count=400),
        b"\0\0\0\x17H" b"\0\0\0\x03" b"KR7005930003" b"\0\0\0\x3c" b"\x01\x90",
    ),
    (
        Retransmitted(request_id=1, packet=PACKET),
        b"\0\0\0\x65r" b"\0\0\0\x01" b"KM\x01R" b"\0\0\0\x07" b"\0\0\0\0\0\0\x01\x02" b"\0\x01" b"\0\x44"
        b"\0\0\0\0\x3b\x9a\xca\x01" + OPERATION_RECORD,
    ),
    (
        SnapshotPart(
            request_id=2, session=7, next_seq=258, trade_ns=9, is_last=True, count=1, payload=OPERATION_RECORD
        ),
        b"\0\0\0\x60s" b"\0\0\0\x02" b"\0\0\0\x07" b"\0\0\0\0\0\0\x01\x02" b"\0\0\0\0\0\0\0\x09" b"\x01" b"\0\x01"
        + OPERATION_RECORD,
    ),
    (
        HistoryPart(request_id=3, is_last=False, bars=(Bar(60, 1, 2, 3, 4, 5, 6),)),
        b"\0\0\0\x40h" b"\0\0\0\x03" b"\0" b"\0\x01"
        b"\0\0\0\0\0\0\0\x3c" b"\0\0\0\0\0\0\0\x01" b"\0\0\0\0\0\0\0\x02" b"\0\0\0\0\0\0\0\x03" b"\0\0\0\0\0\0\0\x04"
        b"\0\0\0\0\0\0\0\x05" b"\0\0\0\0\0\0\0\x06",
    ),
    (
        RequestRefused(request_id=1, refusal=Refusal.TOO_OLD, oldest_seq=900),
        b"\0\0\0\x0ex" b"\0\0\0\x01" b"\x01" b"\0\0\0\0\0\0\x03\x84",
    ),
]  # fmt: skip


def drained(reader):
    messages = []
    while (message := reader.next_message()) is not None:
        messages.append(message)
    return messages


@pytest.mark.parametrize(("message", "data"), GOLDEN, ids=[type(m).__name__ for m, _ in GOLDEN])
def test_golden_frame_both_ways(message, data):
    assert encode_recovery(message) == data
    reader = FrameReader()
    reader.receive_data(data)
    assert drained(reader) == [message]


def test_stream_byte_by_byte_and_cut_anywhere_gives_the_same():
    stream = b"".join(data for _, data in GOLDEN)
    messages = [message for message, _ in GOLDEN]
    reader = FrameReader()
    found = []
    for byte in stream:
        reader.receive_data(bytes((byte,)))
        found += drained(reader)
    assert found == messages
    for cut in range(len(stream)):
        reader = FrameReader()
        reader.receive_data(stream[:cut])
        found = drained(reader)
        reader.receive_data(stream[cut:])
        assert found + drained(reader) == messages


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"\0\0\0\0", "expected a length of 1 to 65536, found 0"),
        (b"\xff\xff\xff\xff", "found 4294967295"),
        (b"\0\0\0\x01Z", "expected a type of R S H r s h x, found b'Z'"),
        (b"\0\0\0\x02S\0", "recovery frame b'S' of 2 bytes"),
        (b"\0\0\0\x17H\0\0\0\x03\xff\xff5930003KR7\0\0\0\x3c\x01\x90", "recovery frame b'H'"),
        (b"\0\0\0\x0ex\0\0\0\x01\x63\0\0\0\0\0\0\x03\x84", "99 is not a valid Refusal"),
        (b"\0\0\0\x08h\0\0\0\x03\0\0\x01", "expected 1 bars of 56 bytes, found 0 bytes"),
        (b"\0\0\0\x08h\0\0\0\x03\x02\0\0", "expected a flag of 0 or 1, found 2"),
        (b"\0\0\0\x05r\0\0\0\x01", "expected 28 to 1400 bytes, found 0"),
    ],
)
def test_wrong_frame_is_one_clear_line(data, line):
    reader = FrameReader()
    reader.receive_data(data)
    with pytest.raises(RemoteProtocolError, match=line):
        reader.next_message()


def test_fuzzed_stream_gives_messages_or_a_protocol_error():
    dice = random.Random(20261123)
    stream = b"".join(data for _, data in GOLDEN)
    for _ in range(fuzz_rounds(6000)):
        damaged = bytearray(stream)
        for _ in range(dice.randint(1, 3)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        reader = FrameReader()
        reader.receive_data(bytes(damaged))
        try:
            assert len(drained(reader)) <= len(damaged)
        except RemoteProtocolError as error:
            assert str(error)


def test_values_that_do_not_fit_are_our_own_error():
    for wrong in (
        HistoryRequest(request_id=1, isin="KR7005930003", timeframe_s=60, count=70_000),
        SnapshotRequest(request_id=-1),
        SnapshotPart(request_id=1, session=1, next_seq=1, trade_ns=0, is_last=True, count=1, payload=b"0" * 65_536),
    ):
        with pytest.raises(LocalProtocolError):
            encode_recovery(wrong)
