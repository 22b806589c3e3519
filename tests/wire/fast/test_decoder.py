from decimal import Decimal

import pytest

from hts.wire.fast.decoder import FastDecoder
from hts.wire.fast.errors import FastRemoteError
from hts.wire.fast.messages import FastLimits, FastMessage, Trace
from tests.wire.fast.support import decode_all, encode_all, templates

BOOK = templates(
    '<uInt32 name="seq"><increment/></uInt32><sequence name="entries"><length name="count"/>'
    '<string name="symbol"><copy/></string><decimal name="px"><exponent><default value="-2"/></exponent>'
    "<mantissa><delta/></mantissa></decimal></sequence>"
    '<group name="extra" presence="optional"><byteVector name="raw"/></group>'
)
ROWS = [
    {"seq": 1, "entries": ({"symbol": "AB", "px": Decimal("1.25")}, {"symbol": "AB", "px": Decimal("1.26")})},
    {"seq": 2, "entries": (), "extra": {"raw": b"\x80\x00"}},
    {"seq": 9, "entries": ({"symbol": "C", "px": Decimal("1.20")},)},
]
# By hand. Map: template, seq, extra. Element map: symbol, exponent.
GOLDEN = ["e0 81 81 82 c0 41c2 00fd 80 81", "90 80 82 8000", "a0 89 81 c0 c3 fa"]


def test_sequence_group_and_maps_by_hand():
    golden = [bytes.fromhex(text) for text in GOLDEN]
    assert encode_all(BOOK, ROWS) == golden
    assert decode_all(BOOK, b"".join(golden)) == [FastMessage(template="T1", template_id=1, fields=row) for row in ROWS]


def test_any_cut_gives_the_same_messages():
    data = bytes.fromhex("".join(GOLDEN))
    whole = decode_all(BOOK, data)
    for size in (1, 2, 3, 7):
        decoder, found = FastDecoder(BOOK), []
        for at in range(0, len(data), size):
            decoder.receive_data(data[at : at + size])
            while (message := decoder.next_event()) is not None:
                found.append(message)
        assert found == whole
        assert (decoder.offset, decoder.leftover) == (len(data), 0)


def test_blocks_hold_whole_messages():
    parts = [bytes.fromhex(text) for text in GOLDEN]
    first = parts[0] + parts[1]
    data = bytes([0, 0x80 | len(first)]) + first + bytes([0x80 | len(parts[2])]) + parts[2]
    decoder, found = FastDecoder(BOOK, blocks=True), []
    for at in range(len(data)):
        decoder.receive_data(data[at : at + 1])
        while (message := decoder.next_event()) is not None:
            found.append((at, message.fields))
    assert found == [(len(first) + 1, ROWS[0]), (len(first) + 1, ROWS[1]), (len(data) - 1, ROWS[2])]


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        ("80", "D12", "a block of at least one byte"),
        ("81" + "e0", "LIMIT", "found it to end within one"),
        ("8be081", "", ""),
        ("7f7f7fff" + "00", "LIMIT", "a block of at most"),
    ],
)
def test_bad_block(data, code, line):
    decoder = FastDecoder(BOOK, blocks=True)
    decoder.receive_data(bytes.fromhex(data))
    if not code:
        assert decoder.next_event() is None
        return
    with pytest.raises(FastRemoteError, match=line) as error:
        decoder.next_event()
    assert error.value.code == code


def test_dynamic_reference_is_a_message_within():
    found = templates(
        '<uInt32 name="a"/><templateRef/><uInt32 name="b"/><templateRef/>', '<uInt32 name="c"><copy/></uInt32>'
    )
    inner = FastMessage(template="T2", template_id=2, fields={"c": 5})
    row = {"a": 1, "templateRef": inner, "b": 2, "templateRef2": inner}
    (data,) = encode_all(found, [row])
    # Only the first inner segment needs template identifier and value.
    assert data == bytes.fromhex("c0 81 81 e0 82 85 82 80")
    assert [m.fields for m in decode_all(found, data)] == [row]


def test_endless_nesting_is_cut():
    found = templates("<templateRef/>")
    with pytest.raises(FastRemoteError, match="at most 16 segments"):
        decode_all(found, b"\xc0\x81" + b"\x80" * 40)


def test_elements_without_bytes_are_bounded():
    found = templates('<sequence name="s"><uInt32 name="c"><constant value="1"/></uInt32></sequence>')
    with pytest.raises(FastRemoteError, match="at most 10000 elements"):
        decode_all(found, bytes.fromhex("c081 0f7f7f7fff"))
    assert len(decode_all(found, bytes.fromhex("c081 4e90"))[0].fields["s"]) == 10000


def test_growth_by_delta_is_bounded():
    found = templates('<sequence name="s"><string name="t"><delta/></string></sequence>')
    limits = FastLimits(combined_bytes_max=1000)
    data = bytes.fromhex("c081") + b"\x00\xe4" + b"\x80AAAAAAAAA\xc1" * 100
    with pytest.raises(FastRemoteError, match="budget"):
        decode_all(found, data, limits=limits)


def test_ten_megabytes_without_a_stop_bit_end_at_the_bound():
    decoder = FastDecoder(templates('<string name="a"/>'))
    decoder.receive_data(b"\xc0\x81")
    errors, held = 0, []
    for _ in range(160):
        decoder.receive_data(b"A" * 65_536)
        try:
            decoder.next_event()
        except FastRemoteError as error:
            errors += error.code == "LIMIT"
        held.append(decoder.leftover)
    assert (errors, max(held)) == (160, 0)


def test_after_an_error_only_restart_helps_and_the_previous_values_are_kept():
    decoder = FastDecoder(BOOK)
    decoder.receive_data(bytes.fromhex(GOLDEN[0] + "c0ff80"))
    assert decoder.next_event().fields == ROWS[0]
    for _ in range(2):
        with pytest.raises(FastRemoteError, match=r"message at byte 11: .* found 127 \[ERR D9\]"):
            decoder.next_event()
        decoder.receive_data(bytes.fromhex(GOLDEN[1]))
    decoder.restart()
    decoder.receive_data(bytes.fromhex(GOLDEN[1]))
    assert decoder.next_event().fields == ROWS[1]


def test_end_within_a_message_tells_the_leftover():
    decoder = FastDecoder(BOOK)
    decoder.receive_data(bytes.fromhex(GOLDEN[0])[:-1])
    assert decoder.next_event() is None
    assert decoder.leftover == 10
    with pytest.raises(FastRemoteError, match="found 10 bytes of one"):
        decoder.end()


def test_reset_forgets_the_template_too():
    found = templates('<uInt32 name="a"><copy/></uInt32>')
    for way in ("call", "id", "attribute"):
        decoder = FastDecoder(found, reset_ids=frozenset((1,)) if way == "id" else frozenset())
        if way == "attribute":
            decoder = FastDecoder(templates_with_reset())
        decoder.receive_data(bytes.fromhex("e08185"))
        assert decoder.next_event().fields == {"a": 5}
        if way == "call":
            decoder.reset()
        decoder.receive_data(bytes.fromhex("c081") if way != "call" else bytes.fromhex("80"))
        with pytest.raises(FastRemoteError, match="ERR D5"):
            decoder.next_event()


def templates_with_reset():
    from hts.wire.fast.templates import TemplateSet

    return TemplateSet.parse(
        b'<template name="T1" id="1" xmlns:s="http://www.fixprotocol.org/ns/fast/scp/1.1" s:reset="yes">'
        b'<uInt32 name="a"><copy/></uInt32></template>'
    )


@pytest.mark.parametrize(
    ("data", "codes"), [("e0 0081 85", ("R6",)), ("6080 81 85", ("R7", "R8")), ("6081 81 85", ("R8",))]
)
def test_overlong_is_tolerated_and_told_unless_strict(data, codes):
    found = templates('<uInt32 name="a"><copy/></uInt32>')
    raw = bytes.fromhex(data)
    assert [(m.fields, m.reported) for m in decode_all(found, raw)] == [({"a": 5}, codes)]
    with pytest.raises(FastRemoteError, match=rf"ERR {codes[0]}"):
        decode_all(found, raw, strict=True)


def test_traces_tell_where_each_field_lay():
    decoder = FastDecoder(templates('<uInt32 name="a" id="34"><copy/></uInt32><string name="b" presence="optional"/>'))
    decoder.traces = []
    decoder.receive_data(bytes.fromhex("e0818580"))
    decoder.next_event()
    assert decoder.traces == [
        Trace(name="presence_map", offset=0, length=1, value="1100000", note="one bit per field that may be left out"),
        Trace(name="template_id", offset=1, length=1, value=1, note="T1"),
        Trace(name="a", offset=2, length=1, value=5, note="tag 34, uInt32, copy"),
        Trace(name="b", offset=3, length=1, value=None, note="string, absent"),
    ]
