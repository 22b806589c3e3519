"""`hts itch`: the same books from a file, from packets, and over two lines that lose."""

import json
import os
from pathlib import Path

import pytest

from hts.app import cli
from hts.wire.moldudp.packets import MoldCodec
from hts.wire.moldudp.sender import MoldSender
from tests.support.wire_layout import layout_of, zeros

ITCH = layout_of("itch50")
ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("HTS_SHARED", ROOT.parent / "shared"))
RECORDED = SHARED / "data" / "itch" / "ritch_ex20101224.TEST_ITCH_50"


def message(name, **fields):
    return ITCH.encode(name, {**zeros(ITCH, name), **fields})


MESSAGES = [
    message("stock_directory", stock_locate=1, stock="BOB"),
    message("stock_directory", stock_locate=2, stock="ALC"),
    *(
        message(
            "add_order",
            stock_locate=1,
            order_reference_number=i,
            side="B" if i % 2 else "S",
            shares=100,
            stock="BOB",
            price=50_000 + (-i if i % 2 else i),
        )
        for i in range(1, 200)
    ),
    message("order_executed", stock_locate=1, order_reference_number=1, executed_shares=40),
    message("order_delete", stock_locate=1, order_reference_number=2),
]
BOOKS = {"BOB": {"bid": {"px": "4.9999", "qty": 60, "orders": 1}, "ask": {"px": "5.0004", "qty": 100, "orders": 1}}}
BOOKS["ALC"] = {"bid": None, "ask": None}


def itch(capsys, path, *words):
    status = cli.main(["itch", str(path), *words])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "feed"
    path.write_bytes(b"".join(len(m).to_bytes(2, "big") + m for m in MESSAGES))
    return path


def test_books_of_a_file(recording, capsys):
    status, out, err = itch(capsys, recording, "--json")
    found = json.loads(out)
    assert (status, found["issues"], found["orders"], found["misfits"]) == (0, BOOKS, 198, 0)
    assert err == "hts itch: 203 messages, 198 live orders, 0 changes did not fit\n"
    _, out, _ = itch(capsys, recording)
    assert [line.split() for line in out.splitlines()] == [
        ["BOB", "4.9999", "x", "60", "(1)", "5.0004", "x", "100", "(1)"],
        ["ALC", "-", "-"],
    ]


@pytest.mark.parametrize("lose", [0, 20, 60])
def test_two_lines_that_lose_leave_the_same_books(recording, capsys, lose):
    status, out, _ = itch(capsys, recording, "--json", "--lose", str(lose), "--seed", "3")
    found = json.loads(out)
    assert (status, found["issues"], found["lost"]) == (0, BOOKS, 0)
    assert lose < 60 or found["lines"]["requests"] > 0


def test_books_of_packets_with_a_hole(tmp_path, capsys):
    sender = MoldSender(MoldCodec(layout_of("moldudp64")), "DAY1", packet_max=400)
    for one in MESSAGES:
        sender.append(one)
    packets = sender.flush(0)
    path = tmp_path / "packets"
    path.write_bytes(b"".join(packets))
    status, out, _ = itch(capsys, path, "--framing", "mold", "--json")
    assert (status, json.loads(out)["issues"]) == (0, BOOKS)
    path.write_bytes(b"".join(packets[:1] + packets[2:]))
    status, out, _ = itch(capsys, path, "--framing", "mold", "--json")
    found = json.loads(out)
    assert (status, found["lost"] > 0, found["messages"] + found["lost"]) == (1, True, 203)


def test_what_cannot_be_used_is_one_line(tmp_path, recording, capsys):
    broken = tmp_path / "broken"
    broken.write_bytes(recording.read_bytes()[:-1])
    assert itch(capsys, broken)[::2] == (2, f"hts: {broken}: a whole message at byte 7677 expected, found 20 bytes\n")
    assert itch(capsys, tmp_path / "none")[0] == 2
    status, _, err = itch(capsys, recording, "--lose", "91")
    assert (status, err) == (2, "hts: --lose: 0 to 90 of 100 packets expected, found 91\n")


@pytest.mark.skipif(not RECORDED.exists(), reason=f"recorded ITCH file expected at {RECORDED} (HTS_SHARED), found none")
def test_a_recorded_excerpt_is_read_to_its_end(capsys):
    status, out, err = itch(capsys, RECORDED, "--json")
    found = json.loads(out)
    assert (status, found["messages"], found["misfits"], sorted(found["issues"])) == (
        1,
        12_012,
        117,
        ["ALC", "BOB", "CHAR"],
    )
    assert "order 1440692: an order of the book expected, found none" in err
