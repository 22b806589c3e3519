"""Bytes on disk, written by hand from docs/journal.md, and what a reader makes of damaged ones."""

from typing import get_args

import pytest
from hypothesis import given, settings

from hts.base.errors import CorruptRecord
from hts.journal.framing import (
    CHAIN_BYTES,
    FRAME_BYTES,
    HEADER_BYTES,
    NO_CHAIN,
    decode_frame,
    decode_header,
    decode_record,
    encode_frame,
    encode_header,
    find_frame,
    next_chain,
)
from hts.model.records import AnyRecord, CancelForgotten
from tests.support.records import any_record, one_of_each

# {"type": "unpend", "trade_ns": 7, "mono_ns": 5, "cl_ord_id": 3} in msgpack
BODY = b"\x84\xa4type\xa6unpend\xa8trade_ns\x07\xa7mono_ns\x05\xa9cl_ord_id\x03"
FRAME = bytes.fromhex("2b0000003f2d44e5e62089cdfa7d09a78e34a6f6b42c60ce") + BODY
HEADER = b"HTSJRNL1" + bytes.fromhex("02000000010101010101010101010101010101011c1a1396")


def test_a_frame_is_length_checksum_chain_body():
    frame, chain = encode_frame(CancelForgotten(trade_ns=7, mono_ns=5, cl_ord_id=3), NO_CHAIN)
    assert frame.hex() == FRAME.hex()
    assert chain == FRAME[8:24] == next_chain(NO_CHAIN, BODY)


def test_a_header_is_magic_number_chain_checksum():
    assert encode_header(2, b"\x01" * 16).hex() == HEADER.hex()
    assert decode_header(HEADER, 2) == b"\x01" * 16


def test_the_sizes_are_those_of_the_page():
    assert (HEADER_BYTES, FRAME_BYTES, CHAIN_BYTES) == (32, 24, 16)


def test_a_whole_frame_reads_back():
    frame = decode_frame(b"??" + FRAME, 2)
    assert frame is not None
    assert decode_record(frame.body) == CancelForgotten(trade_ns=7, mono_ns=5, cl_ord_id=3)
    assert (frame.chain, frame.end) == (FRAME[8:24], 2 + len(FRAME))


def test_a_frame_cut_at_any_byte_is_none():
    assert [decode_frame(FRAME[:size], 0) for size in range(len(FRAME))] == [None] * len(FRAME)


def test_a_frame_with_any_bit_flipped_is_none():
    for offset in range(len(FRAME)):
        for bit in range(8):
            damaged = bytearray(FRAME)
            damaged[offset] ^= 1 << bit
            assert decode_frame(bytes(damaged), 0) is None, (offset, bit)


def test_a_header_cut_or_flipped_anywhere_is_none():
    assert [decode_header(HEADER[:size], 2) for size in range(len(HEADER))] == [None] * len(HEADER)
    for offset in range(len(HEADER)):
        damaged = bytearray(HEADER)
        damaged[offset] ^= 0x40
        assert decode_header(bytes(damaged), 2) is None, offset


def test_another_segments_header_is_none():
    assert decode_header(HEADER, 3) is None


def test_zero_bytes_are_no_frame():
    assert decode_frame(bytes(200), 0) is None
    assert find_frame(bytes(200), 0) is None


def test_the_next_frame_is_found_at_whatever_byte_it_begins():
    for gap in range(40):
        assert find_frame(b"\x2b" * gap + FRAME, 0) == gap


def test_a_body_that_is_no_record_is_corrupt():
    with pytest.raises(CorruptRecord, match="expected a record, found a body of 3 bytes"):
        decode_record(b"\x81\xa1x")


def test_every_kind_of_record_is_among_the_examples():
    assert {type(record) for record in one_of_each()} == set(get_args(AnyRecord))


@given(any_record())
@settings(max_examples=200, deadline=None)
def test_any_record_survives_the_round_trip(record):
    data, chain = encode_frame(record, NO_CHAIN)
    frame = decode_frame(data, 0)
    assert frame is not None
    assert (decode_record(frame.body), frame.chain, frame.end) == (record, chain, len(data))
