"""From a new order's bytes at a member to the venue's acknowledgement, over loopback, through the real simulator.

A member with a blocking socket sends one UMS order and waits for its Execution; encoding and decoding are not counted.
The venue writes every order down before it answers. Member and venue share one processor. Orders rest far from each
other, so that each answer is one frame. They come in bursts that the venue's throttle allows. The peer, where there
is a compiler, is a ping-pong of 39 bytes in C on the same processor.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

from kit import ROOT, SHARED, finish, percentile, row, running, until

from hts.io.ports import free_port_base
from hts.model.enums import OrdType, Side, TimeInForce
from hts.wire.ums.codec import FrameReader
from hts.wire.ums.layout import UmsLayout
from hts.wire.ums.messages import EnterOrder, Execution
from hts.wire.ums.session import UmsSession
from hts.wire.ums.states import Role

ORDERS = 440
PAUSE_S = 0.002  # the venue has told its feeds of one order before the next comes
BURST = 44  # the venue takes 50 in a second of its own time
CORE = 0
AIM_RATIO = 8


def logged_on(sock: socket.socket, layout: UmsLayout) -> UmsSession:
    """The member's session, both Logons exchanged."""
    session = UmsSession(layout, role=Role.INITIATOR, comp_id="HTS01", peer_id="KRX", password="paper")
    session.connected(0, time.monotonic_ns())
    end = time.monotonic() + 5
    while not session.is_up and time.monotonic() < end:
        sock.sendall(session.data_to_send())
        session.receive_data(sock.recv(65536), 0, time.monotonic_ns())
    return session


def order(number: int) -> EnterOrder:
    """A bid that rests; every second is an offer."""
    side = Side.SELL if number % 2 else Side.BUY
    return EnterOrder(
        cl_ord_id=number,
        request_id=f"r{number}",
        account="8801-2745-01",
        symbol="005930",
        side=side,
        ord_type=OrdType.LIMIT,
        time_in_force=TimeInForce.DAY,
        px=274_000 if number % 2 else 270_000,
        qty=1,
    )


def acknowledged(sock: socket.socket, layout: UmsLayout) -> list[int]:
    """Nanoseconds of each order's round trip."""
    session = logged_on(sock, layout)
    reader = FrameReader(layout)
    found = []
    for number in range(1, ORDERS + 1):
        session.send(order(number), 0, time.monotonic_ns())
        data = session.data_to_send()
        begin = time.perf_counter_ns()
        sock.sendall(data)
        answer = sock.recv(65536)
        found.append(time.perf_counter_ns() - begin)
        reader.append(answer)
        frame = reader.next_frame()
        while frame is not None and not isinstance(frame.message, Execution):
            frame = reader.next_frame()
        if frame is None or frame.message.cl_ord_id != number:
            found.pop()  # a heartbeat came between
        session.receive_data(answer, 0, time.monotonic_ns())
        time.sleep(PAUSE_S)
        if number % BURST == 0:
            time.sleep(1.05)
            drain(sock, session)
    return found


def drain(sock: socket.socket, session: UmsSession) -> None:
    """Heartbeats that came between two bursts."""
    sock.setblocking(False)
    try:
        while True:
            session.receive_data(sock.recv(65536), 0, time.monotonic_ns())
    except BlockingIOError:
        sock.setblocking(True)


def ping_pong_us(directory: Path) -> float:
    """Median of the peer, measured now; 0 without gcc or its source."""
    source, program = SHARED / "bench" / "core" / "pp.c", directory / "pp"
    if shutil.which("gcc") is None or not source.is_file():
        return 0.0
    subprocess.run(["gcc", "-O2", "-o", program, source], check=True, capture_output=True)
    pinned = {"preexec_fn": lambda: os.sched_setaffinity(0, {CORE})}
    done = subprocess.run([program], capture_output=True, text=True, check=True, **pinned)
    return float(done.stdout.split('"p50_us": ')[1].split(",")[0])


def main() -> list[dict]:
    layout = UmsLayout.parse(tomllib.loads((ROOT / "resources/protocols/krx_ums.toml").read_text(encoding="utf-8")))
    base = free_port_base()
    with tempfile.TemporaryDirectory(prefix="hts-bench-") as directory:
        home = Path(directory)
        words = (
            "-m",
            "hts.app.cli",
            "sim",
            "--home",
            home,
            "--fresh",
            "--clock=2026-11-23 09:01:00",
            "--intensity",
            "0",
        )
        with running(*words, "--port-base", str(base), log=home / "venue.log", core=CORE):
            sock = socket.socket()
            until(lambda: sock.connect_ex(("127.0.0.1", base)) == 0, "the venue to listen", pause_s=0.05)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            os.sched_setaffinity(0, {CORE})
            found = acknowledged(sock, layout)
            sock.close()
        peer_us = ping_pong_us(home)
    p50_us, p99_us = (percentile(found, permille) / 1e3 for permille in (500, 990))
    peer = {"peer": "C ping-pong", "peer_value": peer_us, "ratio": round(p50_us / peer_us, 1)} if peer_us else {}
    aim = f"<= {round(AIM_RATIO * peer_us, 1)}" if peer_us else ""
    return finish(
        [
            row("order_ack.p50", p50_us, "us", aim, **peer),
            row("order_ack.p99", p99_us, "us"),
            row("order_ack.p5", percentile(found, 50) / 1e3, "us"),  # what it takes when nothing else runs
            row("order_ack.orders", len(found), "orders", ">= 300"),
        ]
    )


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
