"""The whole window under load: 20,000 book updates a second over 20 issues, through a real socket.

A second process is the core's outer half: the real link server and the real shell, with books, trades and order
events made from a table. The terminal is the real one: ladder, chart, watchlist and tables at 1920 x 1080. It has a
processor of its own where there are two: what the others use is not taken from it, as on a machine with more of them.

    frames       frames a second that brought something (the timer's ceiling is 60)
    frame work   all of a frame: taking what arrived, refreshing panels, painting
    slice        one uninterrupted turn of that work: what a key press may have to wait for; by the wall's clock and by
                 the processor's (.cpu), for the machine has other work
    key wait     from the moment at which another process writes a byte, as the window system does for a key, to the
                 loop's reading it
    order event  from the core's publication to the terminal's state; late is more than two frames
    book to ladder  from the publication of the book that is shown to the end of the paint that shows it, with the 8 ms
                 for which the core gathers market data and the wait for the next frame. A book that a newer one
                 overtook is never shown and does not count.
"""

import asyncio
import gc
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kit import finish, percentile, row, running, spread, until

from hts.app.paths import home_paths, prepare_home, read_or_make_token
from hts.app.tables import MARKET, load_folder
from hts.model.enums import Phase, Side
from hts.model.quotes import Bar, BookUpdate
from hts.rules.market_rules import MarketRules
from tests.desk.scene import a_book, a_position, a_trade, an_order

NINE_THIRTY = 1_795_395_000_000_000_000
BOOKS_PER_S = 20_000
TRADES_PER_S = 1_000
EVENTS_PER_S = 50
STEP_S = 0.001
VARIANTS = 256
SECONDS = 12.0
WARM_S = 3.0
SETTLE_MS = 500  # more, until every panel has been painted
FRAME_NS = 1_000_000_000 // 60
LATE_NS = 2 * FRAME_NS
OTHERS, TERMINAL = (sorted(os.sched_getaffinity(0)) * 2)[:2]


def the_issues():
    return MarketRules.parse(load_folder(MARKET)).instruments(20261123)


# -- the core's outer half


class Source:
    """Stands where the runner stands: answers queries, publishes the table."""

    def __init__(self, home: Path) -> None:
        from hts.app.build import build_name
        from hts.app.core_shell import CoreShell
        from hts.io.clock import SystemClock
        from hts.link.server import LinkServer

        self.paths = home_paths(home)
        prepare_home(self.paths)
        self.issues = the_issues()
        self.link = LinkServer(
            token=read_or_make_token(self.paths.token),
            build=build_name(),
            run_id="bench",
            state=lambda: [a_position(issue.symbol, 10, 10 * issue.base_px) for issue in self.issues[:6]],
            market=lambda: list(self.issues),
        )
        self.shell = CoreShell(self.link, SystemClock())
        self.books = [self._variants(issue) for issue in self.issues]
        self.sent_books = self.sent_trades = self.sent_events = 0

    def _variants(self, issue) -> list[tuple]:
        """Levels of one issue around its base price: each variant differs from the one before in every quantity."""
        px, step = issue.base_px, issue.ticks.step_at(issue.base_px)
        found = []
        for i in range(VARIANTS):
            asks = [1_000 + (i * 37 + k * 91) % 9_000 for k in range(10)]
            bids = [1_000 + (i * 53 + k * 71) % 9_000 for k in range(10)]
            shift = step * (i // 32 % 3)
            book = a_book(issue.symbol, ask=px + step + shift, bid=px + shift, step=step, asks=asks, bids=bids)
            found.append(book.levels)
        return found

    async def serve(self) -> None:
        from hts.app.tune import tune_gc
        from hts.io.unix import listen_local

        self.shell.begin(self)  # type: ignore[arg-type]
        await listen_local(self.shell.server, self.paths.core_socket)
        tune_gc()
        began = time.monotonic()
        while True:
            await asyncio.sleep(STEP_S)
            if self.link.attached:
                self.publish(time.monotonic() - began)
            else:
                began = time.monotonic()
                self.sent_books = self.sent_trades = self.sent_events = 0

    def publish(self, elapsed_s: float) -> None:
        """Everything that is due by now, each with the time of its publication."""
        now = time.monotonic_ns()
        for n in range(self.sent_books, int(elapsed_s * BOOKS_PER_S)):
            issue = n % len(self.issues)
            levels = self.books[issue][n // len(self.issues) % VARIANTS]
            totals = (sum(levels[2::4]), sum(levels[3::4]))
            book = BookUpdate(self.issues[issue].symbol, NINE_THIRTY + now, levels, *totals, 0, 0, Phase.CONTINUOUS)
            self.shell.do(lambda *_, book=book: self.link.publish_quote(book))
            self.sent_books = n + 1
        for n in range(self.sent_trades, int(elapsed_s * TRADES_PER_S)):
            self._publish_trade(n, now)
            self.sent_trades = n + 1
        for n in range(self.sent_events, int(elapsed_s * EVENTS_PER_S)):
            issue = self.issues[n % 5]
            order = an_order(
                n % 40 + 1, (Side.BUY, Side.SELL)[n % 2], issue.base_px, 10 + n % 7, issue.symbol, entered_ns=now
            )
            self.shell.do(lambda *_, order=order: self.link.publish(order))
            self.sent_events = n + 1

    def _publish_trade(self, n: int, now: int) -> None:
        issue = self.issues[n % len(self.issues)]
        step = issue.ticks.step_at(issue.base_px)
        px = issue.base_px + step * (n // 640 % 3 + n // 20 % 2)
        trade = a_trade(
            issue.symbol,
            px=px,
            qty=n % 90 + 1,
            side="12"[n % 2],
            trade_ns=NINE_THIRTY + now,
            open_px=issue.base_px,
            high_px=issue.base_px + 4 * step,
            low_px=issue.base_px - step,
        )
        self.shell.do(lambda *_: self.link.publish_quote(trade))

    # what the shell asks of a runner

    def on_clients(self, *_) -> None: ...

    def on_time(self, *_) -> None: ...

    def next_timer_ns(self) -> None:
        return None

    def on_wish(self, conn: int, wish, now: int) -> None:
        from hts.model.queries import RequestBars
        from hts.model.views import BarsView

        if not isinstance(wish, RequestBars):
            return
        base = next(issue.base_px for issue in self.issues if issue.symbol == wish.symbol)
        start = (NINE_THIRTY + now) // 60_000_000_000 * 60_000_000_000
        step_ns = wish.timeframe_s * 1_000_000_000
        bars = tuple(
            Bar(start - (400 - i) * step_ns, base, base + 500, base - 500, base + i % 5 * 100, 9, 9) for i in range(400)
        )
        self.link.reply(conn, BarsView(symbol=wish.symbol, timeframe_s=wish.timeframe_s, bars=bars))


class Direct:
    """Stands where the shell stands when there is no socket: what is published waits in the link's server."""

    def do(self, act) -> None:
        act(None, 0)


# -- the terminal


class Meter:
    """Times what the terminal does, from outside of its own code.

    A slice is an outermost call of what was wrapped: one turn of the loop. It is named by the longest of its parts.
    """

    def __init__(self) -> None:
        self.is_on = self.is_settled = False
        self.slices: list[tuple[str, int, int]] = []  # name, wall, processor
        self.frame_work: list[int] = []
        self.frame_cpu: list[int] = []
        self.shown = ""  # whose turn to be painted it is
        self._work = self._cpu = 0
        self._is_inside = False
        self._parts: dict[str, int] = {}

    def wrap(self, owner: type, name: str, counts=lambda *_: True) -> None:
        """A turn of the loop."""
        method = getattr(owner, name)

        def timed(*args):
            if not self.is_on or self._is_inside or not counts(*args):
                return method(*args)
            self._is_inside, self._parts = True, {}
            cpu, begin = time.thread_time_ns(), time.perf_counter_ns()
            try:
                return method(*args)
            finally:
                wall, cpu = time.perf_counter_ns() - begin, time.thread_time_ns() - cpu
                self._is_inside = False
                if self._parts or name != "turn":
                    what = max(self._parts, key=self._parts.__getitem__, default=f"paint {self.shown}")
                    self.slices.append((what, wall, cpu))
                self._work += wall
                self._cpu += cpu

        setattr(owner, name, timed)

    def part(self, owner: type, method_name: str, name) -> None:
        """A part of a turn; `name` is told what the method is told."""
        method = getattr(owner, method_name)

        def timed(*args):
            begin = time.thread_time_ns()
            try:
                return method(*args)
            finally:
                what = name(*args)
                self._parts[what] = self._parts.get(what, 0) + time.thread_time_ns() - begin

        setattr(owner, method_name, timed)

    def on_collector(self, phase: str, _info: dict) -> None:
        """A pass of the collector is named where it is the longest part of a turn."""
        now = time.thread_time_ns()
        self._parts["collector"] = self._parts.get("collector", 0) + (now if phase == "stop" else -now)

    def on_frame(self) -> None:
        """A frame begins: what the one before has used is complete."""
        if self.is_on:
            self.frame_work.append(self._work)
            self.frame_cpu.append(self._cpu)
        self._work = self._cpu = 0

    def show(self) -> None:
        """Slices by what they did, the longest first."""
        by_name: dict[str, list[tuple[int, int]]] = {}
        for name, wall, cpu in self.slices:
            by_name.setdefault(name, []).append((cpu, wall))
        print(f"{'slice':28} {'count':>6}  processor: p50    p99    max   wall: p99    max   sum, ms")
        for name, found in sorted(by_name.items(), key=lambda item: -max(item[1])[0]):
            cpu, wall = ([pair[i] for pair in found] for i in (0, 1))
            used = " ".join(f"{v / 1e6:6.2f}" for v in (percentile(cpu, 500), percentile(cpu, 990), max(cpu)))
            passed = " ".join(f"{v / 1e6:6.2f}" for v in (percentile(wall, 990), max(wall)))
            print(f"{name:28} {len(found):6}      {used}      {passed}  {sum(cpu) / 1e6:8.1f}")


def instrument(meter: Meter, shown: list[int], delays: list[int]) -> None:
    """Put the meter around the turns of the loop, their parts; and the two delays."""
    from PySide6.QtCore import QEvent

    from hts.app.terminal import Terminal
    from hts.app.terminal_session import TerminalSession
    from hts.desk.orders import OrdersState
    from widgets.frame_clock import FrameClock
    from widgets.ladder_book import LadderBook
    from widgets.main_window import MainWindow
    from widgets.panel import Panel

    take, paint, on_view = FrameClock._take, LadderBook.paintEvent, OrdersState.on_view  # noqa: SLF001
    refresh, after = Panel.refresh_if_dirty, Terminal._after_frame  # noqa: SLF001

    def counted_take(self) -> None:
        meter.on_frame()
        take(self)

    def named_refresh(self, now_ns) -> bool:
        meter.shown = type(self).__name__.removesuffix("Panel")
        return refresh(self, now_ns)

    def named_after(self, *args) -> None:
        meter.shown = "window"
        after(self, *args)

    def paint_and_note(self, event) -> None:
        paint(self, event)
        book = self._state.book if self._state is not None else None
        if meter.is_on and book is not None and book.trade_ns != paint_and_note.last:
            paint_and_note.last = book.trade_ns
            shown.append(time.monotonic_ns() - (book.trade_ns - NINE_THIRTY))

    def on_view_and_note(self, view) -> None:
        on_view(self, view)
        if meter.is_on and hasattr(view, "entered_ns"):
            delays.append(time.monotonic_ns() - view.entered_ns)

    def is_paint(_, event) -> bool:
        return event.type() is QEvent.Type.UpdateRequest

    paint_and_note.last = 0
    FrameClock._take = counted_take  # noqa: SLF001
    Panel.refresh_if_dirty = named_refresh
    Terminal._after_frame = named_after  # noqa: SLF001
    LadderBook.paintEvent = paint_and_note
    OrdersState.on_view = on_view_and_note
    meter.part(TerminalSession, "read", lambda *_: "read what arrived")
    meter.part(FrameClock, "_take", lambda *_: "frame begins")
    meter.part(FrameClock, "_hear", lambda *_: "panels hear of it")
    meter.part(Panel, "refresh_if_dirty", lambda panel, _: f"refresh {type(panel).__name__.removesuffix('Panel')}")
    meter.part(Terminal, "_after_frame", lambda *_: "refresh window")
    meter.part(MainWindow, "event", lambda _, event: f"paint {meter.shown}" if is_paint(_, event) else "event")
    meter.wrap(MainWindow, "event", is_paint)
    meter.wrap(FrameClock, "turn")
    gc.callbacks.append(meter.on_collector)


KEYS = """
import os, random, sys, time
while True:
    time.sleep(0.004 + 0.008 * random.random())
    os.write(1, time.monotonic_ns().to_bytes(8, "little"))
"""


class Hand:
    """Something else for the loop to do, at any moment, as a key of the window system is: how long it waits."""

    def __init__(self, meter: Meter) -> None:
        from PySide6.QtCore import QSocketNotifier

        self.waits: list[int] = []
        self._meter = meter
        self._process = subprocess.Popen([sys.executable, "-c", KEYS], stdout=subprocess.PIPE)
        os.sched_setaffinity(self._process.pid, {OTHERS})
        self._out = self._process.stdout.fileno()
        self._notifier = QSocketNotifier(self._out, QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self.press)

    def press(self) -> None:
        now, found = time.monotonic_ns(), os.read(self._out, 4096)
        if self._meter.is_on:
            self.waits += [now - int.from_bytes(found[i : i + 8], "little") for i in range(0, len(found), 8)]

    def end(self) -> None:
        self._notifier.setEnabled(False)
        self._process.kill()
        self._process.wait()


def measure(home: Path, seconds: float) -> list[dict]:
    meter, shown, delays = Meter(), [], []
    instrument(meter, shown, delays)
    from PySide6.QtCore import QTimer

    from hts.app.terminal import Terminal, TerminalOptions, application
    from hts.app.terminal_link import open_link
    from hts.app.tune import tune_gc
    from widgets.chart import ChartPanel

    app = application()
    paths = home_paths(home)
    link = open_link(paths)
    terminal = Terminal(paths.home, "8801-2745-01", link, TerminalOptions(language="ko"))
    terminal.window.resize(1920, 1080)
    terminal.show()
    hand = Hand(meter)
    found: dict[str, float] = {}

    def begin() -> None:
        charts = [panel for panel in terminal.window.panels if isinstance(panel, ChartPanel) and panel.isVisible()]
        if any(chart.canvas is None for chart in charts):  # on a busy machine the library is there later
            QTimer.singleShot(SETTLE_MS, begin)
            return
        if not meter.is_settled:
            meter.is_settled = True
            QTimer.singleShot(SETTLE_MS, begin)
            return
        found.update(wall=time.monotonic(), frames=terminal.frame_clock.frames, cpu=cpu_s())
        meter.is_on = True
        QTimer.singleShot(round(seconds * 1000), end)

    def end() -> None:
        meter.is_on = False
        wall = time.monotonic() - found["wall"]
        found.update(
            fps=(terminal.frame_clock.frames - found["frames"]) / wall, share=(cpu_s() - found["cpu"]) / wall * 100
        )
        terminal.window.close()
        app.quit()

    QTimer.singleShot(round(WARM_S * 500), tune_gc)  # as the terminal does
    QTimer.singleShot(round(WARM_S * 1000), begin)
    app.exec()
    link.close()
    hand.end()
    meter.show()
    walls, cpus = ([one[i] for one in meter.slices] for i in (1, 2))
    return [
        row("load.frames", found["fps"], "1/s", ">= 58"),
        row("load.terminal_cpu", found["share"], "% core", "<= 35"),
        *spread("load.frame_work", meter.frame_work, "ms", aim_p99="<= 12"),
        *spread("load.frame_work.cpu", meter.frame_cpu, "ms"),
        row("load.slice.p99", percentile(walls, 990) / 1e6, "ms"),
        row("load.slice.longest", max(walls) / 1e6, "ms", "<= 2"),
        row("load.slice.cpu.p99", percentile(cpus, 990) / 1e6, "ms"),
        row("load.slice.cpu.longest", max(cpus) / 1e6, "ms", "<= 2"),
        *spread("load.key_wait", hand.waits, "ms"),
        row("load.key_wait.longest", max(hand.waits) / 1e6, "ms"),
        *spread("load.order_event_delay", delays, "ms"),
        row("load.order_events", len(delays), "events", f">= {EVENTS_PER_S * seconds * 0.9:.0f}"),
        row("load.order_events_late", sum(delay > LATE_NS for delay in delays), "events", "<= 0"),
        *spread("load.book_to_ladder", shown, "ms", aim_p99="<= 33.7"),
    ]


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main(seconds: float = SECONDS) -> list[dict]:
    with tempfile.TemporaryDirectory(prefix="hts-bench-") as directory:
        home = Path(directory)
        paths = home_paths(home)
        with running(Path(__file__), "--source", home, log=home / "source.log", core=OTHERS):
            until(paths.core_socket.exists, "the source to listen")
            os.sched_setaffinity(0, {TERMINAL})
            return finish(measure(home, seconds))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--source"]:
        from hts.io import loop

        loop.run(Source(Path(sys.argv[2])).serve())
    else:
        main()
