"""`hts decode` of the protocols that tables describe: every message, every framing, leftovers to the byte."""

import json

import pytest

from hts.app import cli
from hts.app.decoders import BY_TABLE, LOADERS
from hts.wire.flex.packets import FlexCodec, FlexPacket, UnknownTag
from hts.wire.layout.codec import Decoded
from hts.wire.moldudp.packets import MoldCodec, MoldPacket
from tests.support.wire_layout import layout_of, zeros

MOLD = MoldCodec(layout_of("moldudp64"))
FLEX = layout_of("jpx_flex_mbo_1_1")


def decode(tmp_path, capsys, data, *words):
    file = tmp_path / "captured"
    file.write_bytes(data)
    status = cli.main(["decode", *words, str(file)])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def framed(framing, messages):
    if framing == "raw":
        return b"".join(messages)
    if framing == "mold":
        return MOLD.encode(MoldPacket(session="DAY1", seq=1, messages=tuple(messages)))
    blocks = [len(m).to_bytes(2, "big") + m for m in messages]
    if framing == "len16":
        return b"".join(blocks)
    return b"\x00\x01H" + b"".join((len(m) + 1).to_bytes(2, "big") + b"S" + m for m in messages)


@pytest.mark.parametrize("framing", ["raw", "len16", "soup", "mold"])
@pytest.mark.parametrize("name", BY_TABLE)
def test_every_message_is_named_field_by_field(tmp_path, capsys, name, framing):
    layout = layout_of(name)
    messages = [layout.encode(m, zeros(layout, m)) for m in layout.names]
    status, out, err = decode(tmp_path, capsys, framed(framing, messages), "--protocol", name, "--framing", framing)
    found = [json.loads(line) for line in out.splitlines()]
    assert (status, err) == (0, f"hts decode: {len(messages)} messages, 0 bytes left over\n")
    assert [line["message"] for line in found] == list(layout.names)
    for line, message in zip(found, messages, strict=True):
        assert list(line["fields"]) == [f.name for f in layout.explain(message, name=line["message"])]


def test_raw_options_are_measured_by_their_own_length(tmp_path, capsys):
    layout = layout_of("ouch50")
    full = {**zeros(layout, "order_accepted"), "appendage": {"firm": "ABCD", "group_id": 7}}
    data = layout.encode("order_accepted", full) + layout.encode("cancel_pending", zeros(layout, "cancel_pending"))
    status, out, _ = decode(tmp_path, capsys, data, "--protocol", "ouch50", "--framing", "raw")
    first, second = map(json.loads, out.splitlines())
    assert (status, first["fields"]["appendage.firm"], first["fields"]["appendage.group_id"]) == (0, "ABCD", 7)
    assert (second["message"], second["offset"]) == ("cancel_pending", 64 + 6 + 4)


def test_prices_are_scaled_and_codes_explained(tmp_path, capsys):
    layout = layout_of("itch50")
    fields = {**zeros(layout, "add_order"), "price": 1_234_500, "side": "S"}
    data = framed("len16", [layout.encode("add_order", fields)])
    _, out, _ = decode(tmp_path, capsys, data, "--protocol", "itch50")
    assert json.loads(out)["fields"]["price"] == "123.4500"
    _, out, _ = decode(tmp_path, capsys, data, "--protocol", "itch50", "--explain")
    rows = [line.split() for line in out.splitlines()]
    assert [row for row in rows if "side" in row] == [["19", "1", "side", "53", "S", "sell"]]
    assert [row for row in rows if "price" in row] == [["32", "4", "price", "0012d644", "123.4500"]]


@pytest.mark.parametrize("framing", ["raw", "len16"])
def test_empty_length_prefixes_are_stepped_over(tmp_path, capsys, framing):
    layout = layout_of("itch50")
    one = layout.encode("order_delete", zeros(layout, "order_delete"))
    data = (b"\0\0" + one) * 3
    status, out, err = decode(tmp_path, capsys, data, "--protocol", "itch50", "--framing", framing)
    assert (status, err) == (0, "hts decode: 3 messages, 0 bytes left over\n")
    assert [json.loads(line)["offset"] for line in out.splitlines()] == [2, 23, 44]


def test_an_empty_block_between_two_messages_is_none(tmp_path, capsys):
    layout = layout_of("itch50")
    one = layout.encode("order_delete", zeros(layout, "order_delete"))
    block = len(one).to_bytes(2, "big") + one
    status, out, _ = decode(tmp_path, capsys, block + b"\0\0" + block, "--protocol", "itch50")
    assert (status, len(out.splitlines())) == (0, 2)


@pytest.mark.parametrize("cut", [1, 7, 18])
def test_what_is_left_over_is_told_to_the_byte(tmp_path, capsys, cut):
    layout = layout_of("itch50")
    one = layout.encode("order_delete", zeros(layout, "order_delete"))
    status, out, err = decode(tmp_path, capsys, one + one[:cut], "--protocol", "itch50", "--framing", "raw")
    assert (status, len(out.splitlines())) == (1, 1)
    assert f"offset 19: {cut} bytes left over" in err
    assert err.endswith(f"1 messages, {cut} bytes left over\n")


def test_an_unknown_type_is_left_over(tmp_path, capsys):
    status, _, err = decode(tmp_path, capsys, b"~xyz", "--protocol", "jnx_ouch_2_01", "--framing", "raw")
    assert status == 1
    assert "4 bytes left over: message type out of" in err


def test_a_login_is_shown_without_its_password(tmp_path, capsys):
    layout = layout_of("soupbintcp")
    login = {"username": "HTS1", "password": "wonderland", "requested_session": "", "requested_sequence_number": 1}
    for words in ((), ("--explain",)):
        _, out, _ = decode(tmp_path, capsys, layout.encode("login_request", login), "--protocol", "soupbintcp", *words)
        assert "HTS1" in out and "<hidden>" in out
        assert "wonderland" not in out and b"wonderland".hex() not in out


def test_mold_packets_show_header_and_numbered_messages(tmp_path, capsys):
    data = MOLD.encode(MoldPacket(session="DAY1", seq=9, messages=(b"abc", b"")))
    data += MOLD.encode(MoldPacket(session="DAY1", seq=11)) + MOLD.encode(
        MoldPacket(session="DAY1", seq=11, is_end=True)
    )
    status, out, _ = decode(tmp_path, capsys, data, "--protocol", "moldudp64")
    found = [json.loads(line) for line in out.splitlines()]
    assert (status, [line["message"] for line in found]) == (0, ["packet", "heartbeat", "end_of_session"])
    assert found[0]["fields"] == {
        "session": "DAY1",
        "sequence_number": 9,
        "message_count": 2,
        "message[0].length": 3,
        "message[0]": "616263",
        "message[1].length": 0,
        "message[1]": "",
    }
    status, _, err = decode(tmp_path, capsys, data[:-1], "--protocol", "moldudp64")
    assert (status, "19 bytes left over" in err) == (1, True)


def test_flex_packets_show_their_tags(tmp_path, capsys):
    tags = (Decoded("seconds_timestamp", "venue", {"time_seconds": 5}), UnknownTag(type="B", data=b"Pxy"))
    head = {"group": 1, "reboots": 0, "seq": 1, "issue_code": "7203", "update_number": 1, "packet_number": 1}
    packet = FlexPacket(**head, packet_count=1, more_follows=False, tags=tags)
    data = FlexCodec(FLEX).encode(packet) * 2
    status, out, _ = decode(tmp_path, capsys, data, "--protocol", "flex_mbo")
    first, second = map(json.loads, out.splitlines())
    assert (status, second["offset"], first["fields"]["issue_code"]) == (0, len(data) // 2, "7203")
    assert first["parts"] == [
        {"message": "seconds_timestamp", "fields": {"tag_length": 5, "message_type": "T", "time_seconds": 5}},
        {"message": "unknown_tag", "fields": {"tag_length": 4, "data": "42507879"}},
    ]


def test_every_table_has_its_decoder():
    assert set(BY_TABLE) | {"flex_mbo", "moldudp64"} <= set(LOADERS)
