"""What can be wrong on a wire of running processes: each is told in one line, in the log too, and nothing is lost.

Every process keeps its pid, no traceback is written, and an order that was there before works on.
"""

import socket
import struct
import time
from contextlib import suppress

import pytest

from hts.app.build import build_name
from hts.app.paths import read_token
from hts.model.enums import OrdType, Side
from hts.model.intents import CancelAll, CancelOrder, Flatten, NewOrder, SetKillSwitch
from hts.wire.link.frames import FrameType, frame
from hts.wire.link.messages import VERSION, Hello, encode_body
from hts.wire.ums.codec import FrameReader, encode
from hts.wire.ums.messages import Heartbeat, Logon, Logout
from tests.support.market import ACCOUNT, Market
from tests.support.wire_ums import LAYOUT

pytestmark = pytest.mark.processes
PATIENCE_S = 10
U64_MAX = 2**64 - 1


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    market = Market(tmp_path_factory.mktemp("home")).up("--intensity", "0")
    yield market
    market.clean_up()


def say(address, *parts):
    """Send, each part after an answer to the one before, and read until the other side closes."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family) as line:
        line.settimeout(PATIENCE_S)
        line.connect(address)
        heard = b""
        with suppress(BrokenPipeError):  # cut off in the middle of a word; what was answered can still be read
            for part in parts:
                line.sendall(part)
                heard += line.recv(1 << 20)
        while data := line.recv(1 << 20):
            heard += data
        return heard


def logged(market, text):
    """The line is in a log, once."""
    deadline = time.monotonic() + PATIENCE_S
    while market.logs().count(text) == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    return market.logs().count(text)


def logon(**fields):
    values = {
        "version": LAYOUT.version,
        "comp_id": "HTS01-DC",
        "peer_id": "KRX",
        "password": "paper",
        "epoch": 0,
        "next_expected_seq": 1,
        "heartbeat_ms": 1_000,
        "cancel_on_disconnect": False,
        "trading_date": 0,
        "speed_milli": 0,
    }
    return encode(LAYOUT, Logon(**{**values, **fields}), 1, 1)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (struct.pack(">H", 60_000) + b"A" + bytes(13), "frame length 16 to 512 expected, found 60000"),
        (struct.pack(">H", 20) + b"Z" + bytes(17), "expected, found Z"),
        (struct.pack(">H", 21) + b"0" + bytes(18), "Heartbeat: 20 bytes expected, found 21"),
        (encode(LAYOUT, Heartbeat(), 1, 1), "Logon expected, found Heartbeat"),
        (logon(password="guess"), "the password of HTS01-DC expected, found another one"),
        (logon(version=99), f"version {LAYOUT.version} expected, found 99"),
        (logon() + encode(LAYOUT, Heartbeat(), 0, 1), "Heartbeat: number 1 expected, found 0"),
    ],
)
def test_order_entry_says_what_is_wrong_and_closes(market, data, reason):
    reader = FrameReader(LAYOUT)
    reader.append(say(("127.0.0.1", market.port_base), data))
    said = []
    while (found := reader.next_frame()) is not None:
        said.append(found.message)
    assert isinstance(said[-1], Logout)
    assert said[-1].text.endswith(reason)
    assert logged(market, reason) == 1


def test_the_recovery_service_closes_and_says_why_in_the_log(market):
    assert say(("127.0.0.1", market.port_base + 1), b"GET / HTTP/1.1\r\n\r\n") == b""
    assert logged(market, "market data client") == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "frame length: expected 5..4096, found 1195725856"),
        (frame(FrameType.HELLO, b"\x81\xa4name\xa2\xff\xfe"), "hello: expected its published fields"),
        (
            frame(
                FrameType.HELLO,
                encode_body(Hello(version=VERSION, build=build_name(), token="x", name="x", run_id="", last_event=0)),
            ),
            "link token: expected the one in the core's home directory, found another",
        ),
    ],
)
def test_the_core_tells_a_stranger_why_it_may_not_attach(market, data, reason):
    assert reason.encode() in say(str(market.paths.core_socket), data)
    assert logged(market, reason) == 1


def test_wishes_without_sense_and_packets_without_form_leave_everything_as_it_was(market):
    pids = {name: child["pid"] for name, child in market.status().items()}
    terminal = market.terminal()
    terminal.until_ready()
    kept = terminal.outcome(terminal.order(Side.BUY, 200_000)).order_id
    terminal.until(lambda: kept in terminal.working())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        for data in (b"", b"x", bytes(1_400), b"\xff" * 60_000):
            line.sendto(data, ("127.0.0.1", market.port_base + 2))
            line.sendto(data, ("127.0.0.1", market.port_base + 3))
    figures = ((-1, -5), (U64_MAX, U64_MAX), (0, 0), (70_000, 2**63))
    common = {"account": ACCOUNT, "symbol": "005930", "side": Side.BUY, "ord_type": OrdType.LIMIT}
    wishes = [NewOrder(request_id=f"n{px}", px=px, qty=qty, **common) for px, qty in figures]
    wishes += [
        Flatten(request_id="f", account=ACCOUNT, symbol="x" * 50_000),
        CancelOrder(request_id="c", account=ACCOUNT, cl_ord_id=U64_MAX),
        SetKillSwitch(request_id="k", account="nobody", on=True),
        CancelAll(request_id="a", account="a" * 70_000),  # longer than a frame of a client may be: cut off
    ]
    token = read_token(market.paths.token)
    hello = Hello(version=VERSION, build=build_name(), token=token, name="x", run_id="", last_event=0)
    frames = b"".join(frame(FrameType.INTENT, encode_body(wish)) for wish in wishes)
    heard = say(str(market.paths.core_socket), frame(FrameType.HELLO, encode_body(hello)), frames)
    assert b"frame length: expected 5..65536" in heard
    assert {name: child["pid"] for name, child in market.status().items()} == pids
    assert "Traceback" not in market.logs()
    assert list(terminal.working()) == [kept]


def test_half_a_write_at_the_end_of_either_log_is_cut_and_told(market):
    terminal = market.terminal()
    terminal.until_ready()
    kept = list(terminal.working())
    assert market.hts("stop").returncode == 0
    segments = (market.paths.journal / "00000001.journal", market.paths.venue / "venue-000001-0000.log")
    for segment in segments:
        with segment.open("ab") as end:
            end.write(segment.read_bytes()[40:47])  # the first bytes of a record
    market.up("--intensity", "0")
    terminal = market.terminal()
    terminal.until_ready()
    assert list(terminal.working()) == kept
    assert logged(market, "00000001.journal: 7 bytes of an unfinished write cut") == 1
    assert logged(market, "7 bytes of an unfinished write cut from the command log") == 1
