"""`hts decode` on bytes made here; the process on a captured session is in test_decode_session.py."""

import json

import pytest

from hts.app import cli, tables
from hts.app.framings import Leftover, cut, cut_hex
from hts.base.errors import RemoteProtocolError
from hts.wire.ums.codec import encode
from hts.wire.ums.layout import UmsLayout
from hts.wire.ums.messages import Heartbeat, Logon
from tests.support.pcap import SYN, ethernet, ip, pcap, tcp, udp


def ums_bytes():
    layout = UmsLayout.parse(tables.load(tables.PROTOCOLS, "krx_ums"))
    logon = Logon(
        version=1,
        comp_id="HTS01",
        peer_id="KRX",
        password="wonderland",
        epoch=1,
        next_expected_seq=1,
        heartbeat_ms=1000,
        cancel_on_disconnect=False,
        trading_date=0,
        speed_milli=0,
    )
    return encode(layout, logon, 1, 1) + encode(layout, Heartbeat(test_req_id=7), 1, 2)


def decode(tmp_path, capsys, data, *words):
    file = tmp_path / "captured"
    file.write_bytes(data)
    status = cli.main(["decode", *words, str(file)])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def lines(out):
    return [json.loads(line) for line in out.splitlines()]


def test_messages_become_json_lines(tmp_path, capsys):
    status, out, err = decode(tmp_path, capsys, ums_bytes(), "--protocol", "ums")
    logon, heartbeat = lines(out)
    assert status == 0
    assert (logon["offset"], logon["message"], logon["fields"]["comp_id"]) == (0, "Logon", "HTS01")
    assert heartbeat == {
        "offset": 167,
        "message": "Heartbeat",
        "fields": {"length": 20, "msg_type": "0", "flags": 0, "seq": 1, "sending_ns": 2, "test_req_id": 7},
    }
    assert err == "hts decode: 2 messages, 0 bytes left over\n"


def test_a_password_is_not_shown(tmp_path, capsys):
    for words in (("--explain",), ()):
        _, out, _ = decode(tmp_path, capsys, ums_bytes(), "--protocol", "ums", *words)
        assert "wonderland" not in out and b"wonderland".hex() not in out and "<hidden>" in out


def test_leftovers_are_counted_exactly(tmp_path, capsys):
    status, out, err = decode(tmp_path, capsys, ums_bytes()[:-1], "--protocol", "ums")
    assert status == 1
    assert len(lines(out)) == 1
    assert "offset 167: 19 bytes left over: frame of 20 bytes: 20 bytes expected, found 19" in err


def test_a_damaged_message_is_named_and_the_next_one_read(tmp_path, capsys):
    data = bytearray(ums_bytes())
    data[2:3] = b"!"
    status, out, err = decode(tmp_path, capsys, bytes(data), "--protocol", "ums")
    assert status == 1
    assert [line["message"] for line in lines(out)] == ["Heartbeat"]
    assert "offset 0, 167 bytes: message type out of" in err


def test_explain_shows_place_bytes_and_meaning(tmp_path, capsys):
    _, out, _ = decode(tmp_path, capsys, ums_bytes(), "--protocol", "ums", "--explain")
    row = next(line for line in out.splitlines() if " test_req_id" in line)
    assert row.split()[:5] == ["16", "4", "test_req_id", "00000007", "7"]
    assert "TestReqID(112)" in row


def test_hex_text_is_read(tmp_path, capsys):
    text = ums_bytes().hex(" ").encode() + b"  # a comment\n"
    status, out, _ = decode(tmp_path, capsys, text, "--protocol", "ums", "--framing", "hex")
    assert (status, len(lines(out))) == (0, 2)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--protocol", "ums", "--framing", "soup"), "framing of ums: one of raw, len16 expected, found soup"),
        (("--protocol", "link", "--framing", "len16"), "framing of link: one of raw expected, found len16"),
    ],
)
def test_a_framing_that_the_protocol_does_not_know(tmp_path, capsys, words, told):
    status, out, err = decode(tmp_path, capsys, b"", *words)
    assert (status, out, err) == (2, "", f"hts: {told}\n")


def test_an_unknown_framing_or_protocol_is_one_line(tmp_path, capsys):
    for words in (("--protocol", "ums", "--framing", "pcap+hex"), ("--protocol", "morse")):
        with pytest.raises(SystemExit) as stop:
            decode(tmp_path, capsys, b"", *words)
        assert stop.value.code == 2
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_missing_file_is_one_line(capsys):
    assert cli.main(["decode", "--protocol", "ums", "/nonexistent/file"]) == 2
    assert capsys.readouterr().err == "hts: /nonexistent/file: No such file or directory\n"


# -- framings --


def no_raw(data):
    raise AssertionError(data)


def test_len16_skips_empty_blocks():
    assert list(cut(b"\0\x02ab\0\0\0\x01c", "len16", no_raw)) == [(2, b"ab"), (8, b"c")]


def test_soup_gives_the_messages_of_data_packets():
    data = b"\0\x01H" + b"\0\x03Sab" + b"\0\x02Uc" + b"\0\x01Z"
    assert list(cut(data, "soup", no_raw)) == [(6, b"ab"), (11, b"c")]


def test_mold_gives_the_messages_of_each_packet():
    head = b"SESSION001" + (1).to_bytes(8, "big")
    data = head + b"\0\x02" + b"\0\x02ab\0\x01c" + head + b"\0\0" + head + b"\xff\xff"
    assert list(cut(data, "mold", no_raw)) == [(22, b"ab"), (26, b"c")]


@pytest.mark.parametrize(
    ("framing", "data", "offset"),
    [
        ("len16", b"\0\x01a\0\x05abc", 3),
        ("len16", b"\0", 0),
        ("soup", b"\0\0", 0),
        ("soup", b"\0\x09Sabc", 0),
        ("mold", b"S" * 19, 0),
        ("mold", b"SESSION001" + bytes(9) + b"\x02" + b"\0\x01a" + b"\0\x09b", 23),
    ],
)
def test_a_length_that_lies_is_left_over(framing, data, offset):
    with pytest.raises(Leftover) as left:
        list(cut(data, framing, no_raw))
    assert left.value.offset == offset


@pytest.mark.parametrize("text", [b"0g", b"abc"])
def test_text_that_is_no_hex(text):
    with pytest.raises(RemoteProtocolError):
        cut_hex(text)


# -- captures --


def captured(*packets):
    return pcap([(1_700_000_000_000_000_000 + n, ethernet(packet)) for n, packet in enumerate(packets)])


def test_a_tcp_stream_of_a_capture_is_put_in_order(tmp_path, capsys):
    data = ums_bytes()
    packets = [tcp(b"", 99, SYN), tcp(data[50:], 150), tcp(data[:60], 100), tcp(data[:10], 100), ip(1, bytes(8))]
    status, out, err = decode(tmp_path, capsys, captured(*packets), "--protocol", "ums", "--framing", "pcap")
    assert status == 0
    assert [(row["from"], row["offset"], row["message"]) for row in lines(out)] == [
        ("tcp 127.0.0.1:1000>127.0.0.1:2000", 0, "Logon"),
        ("tcp 127.0.0.1:1000>127.0.0.1:2000", 167, "Heartbeat"),
    ]
    assert err.splitlines() == [
        "hts decode: 1 packets that are neither TCP nor UDP",
        "hts decode: 2 messages, 0 bytes left over",
    ]


def test_a_hole_in_a_captured_stream_is_told(tmp_path, capsys):
    data = ums_bytes()
    status, out, err = decode(
        tmp_path, capsys, captured(tcp(data[:167], 1), tcp(data[167:], 214)), "--protocol", "ums", "--framing", "pcap"
    )
    assert (status, len(lines(out))) == (0, 2)
    assert "tcp 127.0.0.1:1000>127.0.0.1:2000: 46 bytes were not captured" in err


def test_datagrams_keep_the_time_of_capture(tmp_path, capsys):
    record = b"I20000931\xff"
    file = pcap([(5_000, udp(record + record)), (7_000, udp(b"garbage"))], link=101)
    status, out, err = decode(tmp_path, capsys, file, "--protocol", "mdcs", "--framing", "pcap+raw")
    assert status == 1
    assert [(row["captured_ns"], row["offset"]) for row in lines(out)] == [(5_000, 0), (5_000, 10)]
    assert "udp 127.0.0.1:1000>127.0.0.1:2000 offset 0: 7 bytes left over: end keyword 0xff within" in err


@pytest.mark.parametrize("data", [b"", b"no capture at all", b"\xd4\xc3\xb2\xa1\x09" + bytes(30)])
def test_a_file_that_is_no_capture_is_one_line(tmp_path, capsys, data):
    status, out, err = decode(tmp_path, capsys, data, "--protocol", "ums", "--framing", "pcap")
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1


def test_a_torn_capture_gives_what_it_has(tmp_path, capsys):
    file = captured(tcp(ums_bytes(), 1))
    status, out, err = decode(tmp_path, capsys, file + b"\0" * 9, "--protocol", "ums", "--framing", "pcap")
    assert (status, len(lines(out))) == (1, 2)
    assert f"offset {len(file)}: 9 bytes left over: pcap packet header: 16 bytes expected, found 9" in err


def test_a_packet_that_cannot_be_read_is_named(tmp_path, capsys):
    file = pcap([(0, b"\x45abc"), (0, tcp(ums_bytes(), 1))], link=101)
    status, out, err = decode(tmp_path, capsys, file, "--protocol", "ums", "--framing", "pcap")
    assert (status, len(lines(out))) == (1, 2)
    assert "packet at 40: packet of 4 bytes: whole headers expected" in err
