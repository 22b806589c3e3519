"""From the command to the first picture, to a moving book, to the first order accepted; and what memory that takes.

Each run is a new process of the real `hts` on a home directory of its own (offscreen). Times count from just before the
process is started, by the clock that all processes share. `attached`: core and simulator run already. `whole`: nothing
runs, so the command starts the supervisor, the simulator and the core first.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kit import ROOT, finish, row

RUNS = 5
CLOCK = "2026-11-23 09:01:00"
LOOK_MS = 4
RUN_S_MAX = 40
MEMORY_AFTER_MS = 1_500


class Watch:
    """Looks at the real terminal, presses keys when it can, notes when what happened."""

    def __init__(self, terminal, core_lock: Path, out: Path, *, trades: bool) -> None:
        from PySide6.QtCore import QTimer

        self.terminal, self.core_lock, self.out, self.trades = terminal, core_lock, out, trades
        self.found: dict[str, float] = {}
        self._first_book = None
        self._timer = QTimer(terminal.window, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        terminal.window.painted.connect(self.on_painted)

    def note(self, what: str) -> None:
        self.found.setdefault(what, time.monotonic_ns())

    def on_painted(self) -> None:
        self.note("painted")
        if self.trades:
            self._timer.start()
        else:
            self.end()

    def look(self) -> None:
        from hts.model.enums import OrdStatus
        from hts.model.views import CoreState, LinkState

        session = self.terminal.session
        book, status = session.market.books.get(session.selection.symbol()), session.orders.status
        if book is None or status is None:
            return
        self._first_book = self._first_book or book
        if book is not self._first_book:
            self.note("ticking")
        is_ready = status.core is CoreState.READY and status.orders is LinkState.UP and bool(book.levels[1])
        if "pressed" not in self.found and is_ready and session.market.phase_of(book.symbol).takes_orders:
            self.press("F12")
            session.selection.set_qty(1)
            self.press("F1")
            self.note("pressed")
        if any(order.ord_status in (OrdStatus.NEW, OrdStatus.FILLED) for order in session.orders.orders.values()):
            self.note("accepted")
        if "accepted" in self.found and "ticking" in self.found:
            from PySide6.QtCore import QTimer

            self._timer.stop()
            self.press("Esc")  # a window that ends its market asks first while orders work
            QTimer.singleShot(MEMORY_AFTER_MS, self.end)

    def press(self, name: str) -> None:
        from PySide6.QtCore import QEvent
        from PySide6.QtGui import QKeyEvent, QKeySequence
        from PySide6.QtWidgets import QApplication

        combination = QKeySequence(name)[0]
        event = QKeyEvent(QEvent.Type.KeyPress, combination.key(), combination.keyboardModifiers())
        QApplication.sendEvent(self.terminal.window, event)

    def end(self) -> None:
        from hts.io.lockfile import LockFile

        self.found["terminal_kib"] = memory_kib(os.getpid())
        holder = LockFile(self.core_lock).holder()
        self.found["core_kib"] = memory_kib(holder.pid) if holder else 0
        self.out.write_text(json.dumps(self.found))  # the window is a process of its own
        self.terminal.window.close()


def run_hts(out: str, trades: str, *words: str) -> None:
    """The real command, watched."""
    from hts.app.cli import main as hts
    from hts.app.paths import home_paths
    from hts.app.terminal import Terminal

    show, watches = Terminal.show, []

    def show_watched(self) -> None:
        lock = home_paths(Path(words[1])).core_lock
        watches.append(Watch(self, lock, Path(out), trades=trades == "trades"))
        show(self)

    Terminal.show = show_watched
    hts(["run", *words])


def memory_kib(pid: int) -> int:
    """Resident memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


def start(home: Path, port_base: int, trades: str) -> dict:
    """One run; milliseconds from the start of the process."""
    out = home.parent / "found.json"
    words = ["--home", home, "--port-base", str(port_base), f"--clock={CLOCK}", "--no-welcome"]
    begin = time.monotonic_ns()
    command = [sys.executable, str(Path(__file__).resolve()), "--hts", out, trades, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_S_MAX, cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.stderr[-2_000:])
    found = json.loads(out.read_text())
    return {key: value if key.endswith("kib") else (value - begin) / 1e6 for key, value in found.items()}


def hts(*words: object) -> None:
    subprocess.run([sys.executable, "-m", "hts.app", *map(str, words)], capture_output=True, cwd=ROOT, check=False)


def run_whole(home: Path) -> dict:
    """Everything from nothing."""
    from hts.io.ports import free_port_base

    try:
        return start(home, free_port_base(), "trades")
    finally:
        hts("stop", "--home", home)


def main() -> list[dict]:
    from hts.io.ports import free_port_base

    with tempfile.TemporaryDirectory(prefix="hts-bench-") as directory:
        os.environ["PYTHONPYCACHEPREFIX"] = f"{directory}/compiled"
        run_whole(Path(directory) / "first" / "home")  # compiles; does not count
        whole = [run_whole(Path(directory) / f"whole{n}" / "home") for n in range(RUNS)]
        home = Path(directory) / "attached" / "home"
        base = free_port_base()
        try:
            hts("up", "--home", home, "--port-base", base, f"--clock={CLOCK}")
            attached = [start(home, base, "looks") for _ in range(RUNS)]
        finally:
            hts("stop", "--home", home)

    def median(key: str) -> float:
        return statistics.median(found[key] for found in whole)

    painted = [found["painted"] for found in attached]
    return finish(
        [
            row("start.attached.first_paint", statistics.median(painted), "ms", "<= 600"),
            row("start.attached.first_paint.best", min(painted), "ms"),
            row("start.whole.first_paint", median("painted"), "ms"),
            row("start.whole.book_ticking", median("ticking"), "ms", "<= 2000"),
            row("start.whole.order_accepted", median("accepted"), "ms", "<= 2000"),
            row("start.terminal_memory", median("terminal_kib") / 1024, "MiB", "<= 200"),
            row("start.core_memory", median("core_kib") / 1024, "MiB", "<= 150"),
        ]
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--hts"]:
        run_hts(*sys.argv[2:])
    else:
        main()
