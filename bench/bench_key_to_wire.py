"""From the key handler to the order's bytes on the venue's wire, through three real processes.

The terminal's real window gets key events by the window system's path (offscreen); the core is the real one with its
journal; the venue is the real simulator, and a thin tap stands between both: it reads the core's bytes, takes the
kernel's own time of their arrival at the socket (SO_TIMESTAMPNS, so that waiting for a processor to run the tap does
not count as the core's), and passes them on. CLOCK_MONOTONIC is one clock for all processes.

    handler to core   from just before the key event is handed to the window, to the core's receipt of the intent
    handler to wire   ... to the arrival of the order's bytes at the venue's end of the connection

    rested handler to wire   the same of orders that come most of a second apart, as those of a hand do

Orders rest at the best bid; the market moves and the window paints meanwhile. Once with terminal, core and tap on one
processor (wake-ups across processors of an idle virtual machine measure the hypervisor), once as the system likes.
The peer, where there is a compiler, is a ping-pong of 39 bytes in C on the same processor: a round trip.
"""

import json
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from pathlib import Path

from kit import ROOT, SHARED, finish, percentile, row, running, spread, until

from hts.app.paths import HomePaths, home_paths, prepare_home
from hts.app.venue_ports import VenuePorts

ORDERS = 320
PACE_MS = (24, 40)  # random, so that no order keeps step with the frames
RESTED = 24
REST_MS = (500, 900)
VENUE_AWAY = 4  # ports from where the core dials to where the venue listens
CLOCK = "2026-11-23 09:01:00"
CONFIG = """
[venue]
port_base = {base}
[limits]
orders_per_second = 500
duplicate_window_ms = 1
working_orders_max = 2000
burst_orders_max = 500
"""


# -- helpers that run as processes of their own

SO_TIMESTAMPNS = 35  # linux/socket.h; the module has no name for it


def run_venue(home: str) -> None:
    """The real simulator; only its order port is moved, to make room for the tap."""
    from hts.app.cli import main as hts

    VenuePorts.order_entry = property(lambda self: self.base + VENUE_AWAY)
    hts(["sim", "--home", home, "--fresh", f"--clock={CLOCK}"])


def run_core(home: str, out: str) -> None:
    """The real core; what terminals send is noted with the time of its arrival."""
    from hts.app.cli import main as hts
    from hts.app.core_shell import CoreShell

    received, seen = CoreShell.received, []

    def note(self, conn: int, data: bytes) -> None:
        seen.append((time.monotonic_ns(), data))
        received(self, conn, data)

    CoreShell.received = note
    hts(["core", "--home", home])
    Path(out).write_text(json.dumps([(at, data.hex()) for at, data in seen]))


def run_tap(port: str, out: str) -> None:
    """Accept one core, pass bytes on both ways, note when the core's arrive."""
    seen: list[tuple[int, str]] = []

    def stop(*_) -> None:
        Path(out).write_text(json.dumps(seen))
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    with socket.create_server(("127.0.0.1", int(port))) as server:
        while True:
            core, _ = server.accept()
            try:
                venue = socket.create_connection(("127.0.0.1", int(port) + VENUE_AWAY))
            except ConnectionRefusedError:  # the venue does not listen yet: the core dials again
                core.close()
                continue
            for end in (core, venue):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=pass_on, args=(venue, core, []), daemon=True).start()
            pass_on(core, venue, seen)


def pass_on(source: socket.socket, sink: socket.socket, seen: list) -> None:
    source.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    while True:
        data, notes, _, _ = source.recvmsg(65_536, 256)
        if not data:
            break
        at = arrival_ns(notes)
        sink.sendall(data)
        seen.append((at, data.hex()))
    sink.close()


def arrival_ns(notes: list) -> int:
    """The kernel's time of arrival on the monotonic clock; the time now where the kernel said none."""
    now, wall = time.monotonic_ns(), time.time_ns()
    for level, kind, data in notes:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
            seconds, rest = struct.unpack("qq", data)
            return now - (wall - (seconds * 1_000_000_000 + rest))
    return now


# -- the terminal


class Presser:
    """Presses F1 (buy at the best bid) at random moments until enough orders have gone."""

    def __init__(self, terminal, app) -> None:
        from PySide6.QtCore import QTimer

        self.terminal, self.app = terminal, app
        self.dice = random.Random(1)
        self.pressed_ns: list[int] = []
        self._timer = QTimer(singleShot=True)
        self._timer.timeout.connect(self.step)
        self._timer.start(50)
        self._is_armed = False

    def is_ready(self) -> bool:
        from hts.model.views import CoreState, LinkState

        session = self.terminal.session
        status, symbol = session.orders.status, session.selection.symbol()
        return bool(
            session.link_is_up
            and status is not None
            and status.core is CoreState.READY
            and status.orders is LinkState.UP
            and symbol
            and session.market.best_bid(symbol)
            and session.market.phase_of(symbol).takes_orders
        )

    def step(self) -> None:
        if not self.is_ready():
            self._timer.start(50)
        elif not self._is_armed:
            self._is_armed = True
            self.press("F12")
            self.terminal.session.selection.set_qty(1)
            self._timer.start(1_500)
        elif len(self.pressed_ns) < ORDERS + RESTED:
            self.pressed_ns.append(self.press("F1"))
            pace = PACE_MS if len(self.pressed_ns) < ORDERS else REST_MS
            self._timer.start(self.dice.randint(*pace))
        else:
            self._timer.timeout.disconnect()
            self._timer.timeout.connect(self.terminal.window.close)
            self._timer.start(300)

    def press(self, name: str) -> int:
        """Hand a key event to the window; the time just before."""
        from PySide6.QtCore import QEvent
        from PySide6.QtGui import QKeyEvent, QKeySequence
        from PySide6.QtWidgets import QApplication

        combination = QKeySequence(name)[0]
        event = QKeyEvent(QEvent.Type.KeyPress, combination.key(), combination.keyboardModifiers())
        at = time.monotonic_ns()
        QApplication.sendEvent(self.terminal.window, event)
        return at


def run_terminal(home: str, out: str) -> None:
    from PySide6.QtCore import QTimer

    from hts.app.terminal import Terminal, TerminalOptions, application
    from hts.app.terminal_link import open_link
    from hts.app.tune import settle_down

    app = application()
    paths = home_paths(Path(home))
    until(lambda: paths.core_socket.exists() and paths.token.exists(), "the core to listen")
    link = open_link(paths)
    terminal = Terminal(paths.home, "8801-2745-01", link, TerminalOptions(language="ko"))
    terminal.show()
    presser = Presser(terminal, app)
    QTimer.singleShot(1_200, lambda: settle_down(lambda s, step: QTimer.singleShot(round(s * 1e3), step)))
    app.exec()
    link.close()
    orders = {order.request_id: order.cl_ord_id for order in terminal.session.orders.orders.values()}
    Path(out).write_text(json.dumps({"pressed": presser.pressed_ns, "orders": orders}))


# -- the figures


def intents(chunks: list) -> dict[str, int]:
    """Request id -> when the core had it."""
    from hts.base.errors import RemoteProtocolError
    from hts.model.intents import NewOrder
    from hts.wire.link.frames import FrameReader, FrameType
    from hts.wire.link.messages import decode_intent

    reader, found = FrameReader(), {}
    for at, data in chunks:
        try:
            frames = reader.receive_data(bytes.fromhex(data))
        except RemoteProtocolError:
            continue
        for kind, _, body in frames:
            if kind is FrameType.INTENT and isinstance(intent := decode_intent(body), NewOrder):
                found[intent.request_id] = at
    return found


def entered(chunks: list) -> dict[int, int]:
    """ClOrdID -> when it was on the venue's wire."""
    from hts.wire.ums.codec import FrameReader
    from hts.wire.ums.layout import UmsLayout
    from hts.wire.ums.messages import EnterOrder

    table = tomllib.loads((ROOT / "resources/protocols/krx_ums.toml").read_text(encoding="utf-8"))
    reader, found = FrameReader(UmsLayout.parse(table)), {}
    for at, data in chunks:
        reader.append(bytes.fromhex(data))
        while (frame := reader.next_frame()) is not None:
            if isinstance(frame.message, EnterOrder):
                found[frame.message.cl_ord_id] = at
    return found


def play(paths: HomePaths, core: int | None) -> tuple[list[int], list[int], list[int]]:
    """One session; nanoseconds to the core and to the wire, and to the wire of those that came after a rest."""
    from hts.io.ports import free_port_base

    base = free_port_base()
    prepare_home(paths)
    paths.config.write_text(CONFIG.format(base=base), encoding="utf-8")
    home = paths.home
    out = {name: home / f"{name}.json" for name in ("core", "tap", "terminal")}
    other = None if core is None else 1 - core
    with (
        running(Path(__file__), "--venue", home, log=home / "venue.log", core=other),
        running(Path(__file__), "--tap", str(base), out["tap"], log=home / "tap.log", core=core),
        running(Path(__file__), "--core", home, out["core"], log=home / "core.log", core=core),
        running(Path(__file__), "--terminal", home, out["terminal"], log=home / "terminal.log", core=core) as terminal,
    ):
        until(lambda: terminal.poll() is not None, "the terminal to press its keys", 90.0, 0.1)
        if terminal.returncode:
            sys.exit((home / "terminal.log").read_text()[-2_000:])
    found = json.loads(out["terminal"].read_text())
    at_core, at_wire = (json.loads(out[name].read_text()) for name in ("core", "tap"))
    return match(found, intents(at_core), entered(at_wire))


def match(found: dict, at_core: dict[str, int], at_wire: dict[int, int]) -> tuple[list[int], list[int], list[int]]:
    """Presses and intents stand in one order: a press is one intent."""
    requests = sorted(at_core, key=lambda request: at_core[request])
    pressed = found["pressed"]
    if len(requests) != len(pressed):
        sys.exit(f"expected {len(pressed)} intents at the core, found {len(requests)}")
    to_core = [at_core[request] - at for request, at in zip(requests, pressed, strict=True)]
    quick, rested = (
        [
            at_wire[found["orders"][request]] - at
            for request, at in zip(requests[part], pressed[part], strict=True)
            if found["orders"].get(request) in at_wire
        ]
        for part in (slice(ORDERS), slice(ORDERS, None))
    )
    return to_core[:ORDERS], quick, rested


def ping_pong(directory: Path, core: int) -> dict:
    """Peer of the pinned rows, measured now; nothing without gcc or its source."""
    source, program = SHARED / "bench" / "core" / "pp.c", directory / "pp"
    if shutil.which("gcc") is None or not source.is_file():
        return {}
    subprocess.run(["gcc", "-O2", "-o", program, source], check=True, capture_output=True)
    done = subprocess.run(
        [program], capture_output=True, text=True, check=True, preexec_fn=lambda: os.sched_setaffinity(0, {core})
    )
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> list[dict]:
    rows: list[dict] = []
    with tempfile.TemporaryDirectory(prefix="hts-bench-") as directory:
        for name, core in (("one_core", 0), ("unpinned", None)):
            if core is not None and (os.cpu_count() or 1) < 2:
                continue
            home = Path(directory) / name
            to_core, to_wire, rested = play(home_paths(home), core)
            rows += spread(f"key.{name}.handler_to_core", to_core)
            wire = spread(f"key.{name}.handler_to_wire", to_wire, aim_p99="<= 1000" if core is not None else "")
            peer = ping_pong(Path(directory), core) if core is not None else {}
            for figure, key in zip(wire, ("p50_us", "p99_us"), strict=True):
                rows.append({**figure, "peer": "C ping-pong", "peer_value": peer[key]} if peer else figure)
            longest = percentile(to_wire, 1000) / 1e3
            rows.append(row(f"key.{name}.handler_to_wire.longest", longest, "us"))
            rows += spread(f"key.{name}.rested_handler_to_wire", rested)[:1]
            rows.append(row(f"key.{name}.orders", len(to_wire), "orders", ">= 300"))
    return finish(rows)


if __name__ == "__main__":
    commands = {"--venue": run_venue, "--core": run_core, "--tap": run_tap, "--terminal": run_terminal}
    if len(sys.argv) > 1:
        commands[sys.argv[1]](*sys.argv[2:])
    else:
        main()
