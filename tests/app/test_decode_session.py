"""`hts decode` as a process on a captured session of terminal, core and venue: every byte has a field."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from hts.app.decoders import LOADERS, DecoderOptions
from hts.lab.faults import ALL
from tests.support.capture import PORTS, capture_session

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """One quiet session and one with cuts, losses and crashes, as pcap files; and what was played."""
    folder = tmp_path_factory.mktemp("captures")
    found = {}
    for name, enabled, recovered in (("quiet", frozenset(), 0), ("troubled", ALL, 6)):
        captures = (played(seed, enabled) for seed in range(5, 25))
        capture = next(capture for capture in captures if capture.writes["recovery"] >= recovered)
        (folder / name).write_bytes(capture.file())
        found[name] = (folder / name, capture)
    return found


def played(seed, enabled):
    with pytest.MonkeyPatch.context() as patch:
        return capture_session(patch, seed=seed, orders=60, enabled=enabled)


def decode(file, *words):
    done = subprocess.run(
        [sys.executable, "-m", "hts.app", "decode", "--framing", "pcap", *words, str(file)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def messages(file, protocol, port):
    status, out, err = decode(file, "--protocol", protocol, "--port", str(PORTS[port]))
    rows = [json.loads(line) for line in out.splitlines()]
    assert (status, err) == (0, f"hts decode: {len(rows)} messages, 0 bytes left over\n")
    return rows


@pytest.mark.processes
def test_every_order_message_of_a_session_is_named(session):
    file, capture = session["quiet"]
    rows = messages(file, "ums", "orders")
    kinds = Counter(row["message"] for row in rows)
    assert kinds["Logon"] == 2
    assert kinds["EnterOrder"] == capture.report.orders > 20
    entered = {row["fields"]["cl_ord_id"] for row in rows if row["message"] == "EnterOrder"}
    answered = {row["fields"]["cl_ord_id"] for row in rows if row["message"] == "Execution"}
    assert entered <= answered
    assert {row["fields"]["password"] for row in rows if row["message"] == "Logon"} == {"<hidden>"}


@pytest.mark.processes
@pytest.mark.parametrize(("protocol", "port"), [("krx_md", "A"), ("krx_recovery", "recovery"), ("link", "link")])
def test_every_other_protocol_of_the_session_is_named(session, protocol, port):
    name = "troubled" if protocol == "krx_recovery" else "quiet"
    rows = messages(session[name][0], protocol, port)
    assert len(rows) > 5
    if protocol == "krx_md":
        assert {row["message"] for row in rows} == {"Packet"}
        parts = {part["message"][:3] for row in rows for part in row.get("parts", ())}
        assert parts >= {"A00", "B60", "A30", "A70", "B20"}
    elif protocol == "link":
        assert {"HELLO", "WELCOME", "INTENT", "EVENT", "BOOK"} <= {row["message"] for row in rows}


@pytest.mark.processes
def test_a_session_with_crashes_is_read_to_its_last_byte(session):
    file, capture = session["troubled"]
    assert sum(capture.report.faults.values()) > 10
    rows = messages(file, "ums", "orders")
    assert sum(row["message"] == "Logon" for row in rows) > 2


@pytest.mark.processes
def test_explain_of_a_session_shows_every_byte(session):
    status, out, err = decode(session["quiet"][0], "--protocol", "ums", "--port", str(PORTS["orders"]), "--explain")
    assert (status, err.count("\n")) == (0, 1)
    blocks = out.split("== ")[1:]
    assert any(block.startswith("EnterOrder at") for block in blocks)
    order = next(block for block in blocks if block.startswith("EnterOrder"))
    assert [line.split()[2] for line in order.splitlines()[1:6]] == ["length", "msg_type", "flags", "seq", "sending_ns"]


@pytest.mark.processes
def test_standard_input_is_read_like_a_file(session):
    file, capture = session["quiet"]
    done = subprocess.run(
        [sys.executable, "-m", "hts.app", "decode", "--protocol", "ums", "--framing", "pcap", "--port", "30001", "-"],
        cwd=ROOT, input=file.read_bytes(), capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stdout.count(b'"message": "EnterOrder"') == capture.report.orders


# -- in this process: fields cover their frames --


def spans(message):
    yield from ((f.offset, f.length) for f in message.fields)
    for part in message.parts:
        yield from spans(part)


@pytest.mark.parametrize(("protocol", "port"), [("ums", "orders"), ("krx_md", "B"), ("krx_recovery", "recovery")])
def test_fields_cover_each_frame_without_hole_or_overlap(session, protocol, port):
    from hts.app.decode import Count, _pieces

    decoder = LOADERS[protocol](DecoderOptions())
    frames = 0
    for piece in _pieces(session["troubled"][0].read_bytes(), "pcap", PORTS[port], Count()):
        for _, frame in decoder.frames(piece.data, "raw"):
            at = 0
            for offset, length in spans(decoder.decode(frame)):
                assert offset == at
                at += length
            assert at == len(frame)
            frames += 1
    assert frames > 5
