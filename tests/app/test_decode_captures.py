"""`hts decode` of every protocol from a capture: each message of its table, in a file as tcpdump would write it.

Seen for each: exit status 0, nothing left over, every message and every field of the table by its name, and with
--explain a row for every byte. What the four processes' own protocols say is captured from a played session in
test_decode_session.py; here they are held to be in one of the two.
"""

import json
import re
from collections.abc import Callable
from functools import cache

import pytest
from msgspec import Struct

from hts.app import cli, tables
from hts.app.decoders import BY_TABLE, LOADERS
from hts.app.fast_feed import load_feed_templates
from hts.app.fix_tables import load_dictionary
from hts.wire.fast.market_feed import FeedWriter
from hts.wire.flex.packets import FlexCodec, FlexPacket
from hts.wire.iso20022.writer import write
from hts.wire.layout.codec import Decoded
from hts.wire.mdcs.tables import RecordTables
from hts.wire.moldudp.packets import MoldCodec, MoldPacket
from tests.app.test_decoders_fast import TEMPLATES
from tests.support.pcap import SYN, ethernet, pcap, pcapng, tcp, udp
from tests.support.wire_layout import layout_of, zeros
from tests.wire.fast.test_decoder import GOLDEN as FAST_GOLDEN
from tests.wire.fast.test_market_feed import ITEMS as FEED_ITEMS
from tests.wire.fix.kit import a_frame
from tests.wire.fix.test_quick import BOOK, HEAD, ORDER, PARTIES, REPORT
from tests.wire.iso20022.samples import ALL as DOCUMENTS
from tests.wire.iso20022.samples import LAYOUT as DOCUMENT_LAYOUT

MOLD = MoldCodec(layout_of("moldudp64"))
FLEX = layout_of("jpx_flex_mbo_1_1")
OWN = {"ums", "krx_md", "krx_recovery", "link"}  # captured from a session, see test_decode_session.py
SEGMENT = 300


class Capture(Struct, frozen=True):
    """Packets of a capture, the framing to read them with, and what must come out."""

    packets: list[bytes]
    framing: str
    messages: list[str]
    fields: set[str] = frozenset()
    options: tuple[str, ...] = ()


def over_tcp(data: bytes) -> list[bytes]:
    """A stream in segments, one of them sent twice and two of them in the wrong order."""
    parts = [(at, data[at : at + SEGMENT]) for at in range(0, len(data), SEGMENT)]
    packets = [tcp(b"", 99, SYN), *(tcp(part, 100 + at) for at, part in parts)]
    if len(packets) > 2:
        packets[1], packets[2] = packets[2], packets[1]
    return [*packets, packets[-1]]


def over_udp(datagrams: list[bytes]) -> list[bytes]:
    return [udp(one) for one in datagrams]


def by_table(name: str) -> Capture:
    """Every message of a table, in the framing that the protocol is met in."""
    layout = layout_of(name)
    names = [one for one in layout.names if layout.row(one).type]
    messages = [layout.encode(one, zeros(layout, one)) for one in names]
    fields = {field.name for one in names for field in layout.row(one).fields if field.type not in ("options", "group")}
    usual = BY_TABLE[name]
    if usual == "soup":
        data = b"".join(
            (len(one) + 1).to_bytes(2, "big") + (b"S" if layout.row(row).sender == "venue" else b"U") + one
            for row, one in zip(names, messages, strict=True)
        )
        return Capture(over_tcp(data), "pcap", names, fields)
    if usual == "len16":
        datagrams = [
            MOLD.encode(MoldPacket(session="DAY1", seq=n + 1, messages=(one,))) for n, one in enumerate(messages)
        ]
        return Capture(over_udp(datagrams), "pcap+mold", names, fields)
    return Capture(over_tcp(b"".join(messages)), "pcap", names, fields)


def fix(begin_string: str) -> Capture:
    admin = ["0", "1|112=x", "2|7=1|16=0", "3|45=1", "4|36=9", "5"]
    texts = [f"35={one.partition('|')[0]}|{HEAD}{one.partition('|')[2]}|".replace("||", "|") for one in admin]
    if begin_string != "FIX.4.2":
        texts += [PARTIES, BOOK]
    texts += [REPORT, ORDER, f"35=A|{HEAD}95=5|96=a|b=c|108=30|"]
    data = b"".join(a_frame(text, begin_string) for text in texts)
    dictionary = load_dictionary(begin_string)
    names = [dictionary.message(text[3:].split("|", 1)[0]).name for text in texts]
    return Capture(over_tcp(data), "pcap", names, {"BeginString", "MsgSeqNum", "ClOrdID", "RawData", "CheckSum"})


def flex() -> Capture:
    names = [one for one in FLEX.names if FLEX.row(one).type]
    codec = FlexCodec(FLEX)
    packets = [
        FlexPacket(
            group=1, reboots=0, seq=seq, issue_code="7203", update_number=seq, packet_number=1, packet_count=1,
            more_follows=False, tags=(Decoded(one, "venue", zeros(FLEX, one)),),
        )
        for seq, one in enumerate(names, 1)
    ]  # fmt: skip
    fields = {field.name for one in names for field in FLEX.row(one).fields}
    return Capture(over_udp([codec.encode(one) for one in packets]), "pcap", ["packet_header"] * len(names), fields)


def moldudp64() -> Capture:
    packets = [MoldPacket(session="S", seq=1, messages=(b"ab", b"c")), MoldPacket(session="S", seq=3)]
    packets.append(MoldPacket(session="S", seq=3, is_end=True))
    fields = {"session", "sequence_number", "message_count", "message[1]"}
    return Capture(
        over_udp([MOLD.encode(one) for one in packets]), "pcap", ["packet", "heartbeat", "end_of_session"], fields
    )


def soupbintcp() -> Capture:
    layout = layout_of("soupbintcp")
    data = b"".join(layout.encode(one, zeros(layout, one)) for one in layout.names)
    fields = {field.name for one in layout.names for field in layout.row(one).fields}
    return Capture(over_tcp(data), "pcap", list(layout.names), fields)


def koscom(name: str) -> Capture:
    """Every record of the table, its values blank but for the code and the end keyword."""
    found = RecordTables.parse(tables.load(tables.PROTOCOLS, name))
    records, names, fields = [], [], set()
    for record in found.records:
        code = record.tr_codes[0] if record.tr_codes else "ZZZZZ"
        blank = b"".join((b" " if field.kind == "String" else b"0") * field.length for field in record.fields)
        head = (code + record.job_code).encode()
        data = head + blank[len(head) : -1] + b"\xff"
        alike = found.candidates(data)
        assert record in alike
        records.append(data)
        names.append(f"{code} " + " or ".join(dict.fromkeys(one.title for one in alike)))
        fields.update(field.name for field in alike[0].fields)
    return Capture(over_udp(records), "pcap", names, fields)


def iso20022() -> Capture:
    data = b"".join(write(DOCUMENT_LAYOUT, one) for one in DOCUMENTS)
    names = [f"{type(one).__name__} {DOCUMENT_LAYOUT.by_class[type(one)].version}" for one in DOCUMENTS]
    return Capture(over_tcp(data), "pcap", names)


def fast() -> Capture:
    data = bytes.fromhex("".join(FAST_GOLDEN))
    return Capture(over_tcp(data), "pcap", ["Book"] * 3, {"seq", "entries[1].px", "extra.raw"}, ("--templates",))


def fast_feed() -> Capture:
    writer = FeedWriter(load_feed_templates(), 1)
    found = [writer.datagrams([item])[0] for item in FEED_ITEMS]
    fields = {"sequence_number", "Symbol", "SecurityDesc", "MDEntries[1].MDEntryPx", "TradSesEndTime", "TransactTime"}
    return Capture(over_udp(found), "pcap", ["datagram"] * len(FEED_ITEMS), fields)


@cache
def capture_of(protocol: str) -> Capture:
    makers: dict[str, Callable[[], Capture]] = {
        "fix42": lambda: fix("FIX.4.2"), "fix44": lambda: fix("FIX.4.4"), "fix50sp2": lambda: fix("FIXT.1.1"),
        "flex_mbo": flex, "moldudp64": moldudp64, "soupbintcp": soupbintcp, "mdcs": lambda: koscom("krx_mdcs_full"),
        "koscom_udp": lambda: koscom("koscom_udp"), "iso20022": iso20022, "fast": fast,
        "fast_feed": fast_feed,
    }  # fmt: skip
    maker = makers.get(protocol)
    return by_table(protocol) if maker is None else maker()


def decode(tmp_path, capsys, protocol: str, *words: str):
    capture = capture_of(protocol)
    file = tmp_path / "captured.pcap"
    file.write_bytes(pcap([(1_700_000_000_000_000_000 + n, ethernet(one)) for n, one in enumerate(capture.packets)]))
    (tmp_path / "t.xml").write_text(TEMPLATES, encoding="utf-8")
    options = [part for name in capture.options for part in (name, str(tmp_path / "t.xml"))]
    status = cli.main(["decode", "--protocol", protocol, "--framing", capture.framing, *options, *words, str(file)])
    out, err = capsys.readouterr()
    return status, out, err


def names_of(row: dict) -> set[str]:
    return set(row["fields"]).union(*(names_of(part) for part in row.get("parts", ())))


PROTOCOLS = sorted(set(LOADERS) - OWN)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_message_and_field_of_a_capture_is_named(tmp_path, capsys, protocol):
    capture = capture_of(protocol)
    status, out, err = decode(tmp_path, capsys, protocol)
    rows = [json.loads(line) for line in out.splitlines()]
    assert (status, err) == (0, f"hts decode: {len(capture.messages)} messages, 0 bytes left over\n")
    assert [row["message"] for row in rows] == capture.messages
    assert capture.fields - set().union(*(names_of(row) for row in rows)) == set()
    assert all(row["from"].startswith(("tcp ", "udp ")) for row in rows)


def test_a_capture_of_wireshark_gives_the_same(tmp_path, capsys):
    capture = capture_of("ouch50")
    rows = [(1_700_000_000_000_000_000 + n, ethernet(one)) for n, one in enumerate(capture.packets)]
    told = []
    for name, data in (("classic.pcap", pcap(rows, magic=0xA1B23C4D)), ("new.pcapng", pcapng(rows))):
        (tmp_path / name).write_bytes(data)
        assert cli.main(["decode", "--protocol", "ouch50", "--framing", "pcap", str(tmp_path / name)]) == 0
        told.append(capsys.readouterr())
    assert told[0] == told[1]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_explain_has_a_row_for_every_byte(tmp_path, capsys, protocol):
    capture = capture_of(protocol)
    status, out, _ = decode(tmp_path, capsys, protocol, "--explain")
    assert status == 0
    blocks = out.split("\n== ")
    assert len(blocks) == len(capture.messages)
    if protocol in ("fast", "fast_feed", "iso20022"):
        return  # a field of no bytes, and elements that hold others: their own tests look at the places
    for block in blocks:
        rows = re.findall(r"^ +(\d+) +(\d+)  \S", block, re.MULTILINE)
        covered = sorted({byte for at, length in rows for byte in range(int(at), int(at) + int(length))})
        assert covered == list(range(len(covered))), block


def test_a_new_protocol_must_be_captured_here_or_in_a_session():
    assert set(LOADERS) > OWN
    assert {protocol for protocol in PROTOCOLS if not capture_of(protocol).messages} == set()


# -- both lines of a feed as one --


def lines_capture(packets: list[bytes], lost: dict[str, set[int]]) -> bytes:
    """Both lines, each without some of its packets (numbered from 0)."""
    rows = []
    for number, one in enumerate(packets):
        for line, (port, late_ns) in enumerate(((2001, 0), (2002, 3_000_000))):
            if number not in lost["AB"[line]]:
                rows.append((1_000_000_000 + 10_000_000 * number + late_ns, ethernet(udp(one, target=port))))
    return pcap(rows)


def merged(tmp_path, capsys, data: bytes, *words: str):
    file = tmp_path / "lines.pcap"
    file.write_bytes(data)
    status = cli.main(["decode", "--framing", *words, "--merge", str(file)])
    out, err = capsys.readouterr()
    return status, [json.loads(line) for line in out.splitlines()], err


def test_lines_of_flex_are_merged(tmp_path, capsys):
    packets = [one[28:] for one in capture_of("flex_mbo").packets]
    data = lines_capture(packets, {"A": {1, 2, 5}, "B": {2, 3}})
    status, rows, err = merged(tmp_path, capsys, data, "pcap", "--protocol", "flex_mbo")
    assert (status, [row["fields"]["sequence_number"] for row in rows]) == (0, [1, 2, 4, 5, 6, 7, 8, 9])
    assert "group 1: packets 3 to 3 are on neither line" in err
    assert "127.0.0.1:2001 6 first, 127.0.0.1:2002 2 first, 5 packets twice, 1 lost by both lines" in err


def test_a_line_of_the_fast_feed_is_read_in_order(tmp_path, capsys):
    packets = [one[28:] for one in capture_of("fast_feed").packets]
    data = lines_capture(packets, {"A": {2}, "B": set(range(9)) - {1}})
    status, rows, err = merged(tmp_path, capsys, data, "pcap", "--protocol", "fast_feed")
    numbers = [row["fields"]["sequence_number"] for row in rows]
    assert (status, numbers) == (0, [n for n in range(1, len(packets) + 1) if n != 3])
    assert "datagrams 3 to 3 are missing" in err
    assert "1 datagrams missing, 1 twice or late, 0 that cannot be read" in err


def test_lines_of_mold_are_merged(tmp_path, capsys):
    layout = layout_of("itch50")
    one = layout.encode("order_delete", {**zeros(layout, "order_delete")})
    packets = [MOLD.encode(MoldPacket(session="DAY1", seq=n + 1, messages=(one,))) for n in range(6)]
    data = lines_capture(packets, {"A": {1, 4}, "B": {0, 4}})
    status, rows, err = merged(tmp_path, capsys, data, "pcap+mold", "--protocol", "itch50")
    assert (status, len(rows)) == (0, 5)
    assert "session DAY1" in err and "messages 5 to 5 are on neither line" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("raw", "--protocol", "flex_mbo"), "--merge: a capture expected (--framing pcap)"),
        (("pcap", "--protocol", "itch50"), "--merge: flex_mbo, fast_feed, moldudp64 or a framing of mold expected"),
    ],
)
def test_what_has_no_lines_is_told(tmp_path, capsys, words, told):
    status, rows, err = merged(tmp_path, capsys, b"", *words)
    assert (status, rows) == (2, [])
    assert told in err
