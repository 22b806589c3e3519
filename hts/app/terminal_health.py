"""In the window's process: a report for every crash, and one for every time that the screen stood still.

Two watchers: the hooks of the interpreter write a report for an exception that nobody took, and end the process, since
a window that goes on after one may show what is not true. The watchdog is a thread of the interpreter's own, in C, that
needs no lock of Python: unless it is told every BEAT_MS that the loop turns, it writes all stacks into the file. What
goes on for good is the parent's: it reads the same beats, and whether frames are finished, from a file, and may ask for
all stacks by a signal (hts.app.crash_guard).
"""

import faulthandler
import os
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, TextIO

from PySide6.QtCore import QObject, QTimer, qVersion

from hts.app.crash_guard import CRASHED, STACKS_SIGNAL, Life
from hts.app.crash_report import compose, is_hang, report_path, secrets_of, stack_of, write_or_print
from hts.app.heartbeat import Heart
from hts.app.paths import HomePaths
from hts.io.clock import SystemClock

BEAT_MS: Final = 1_000
NO_WINDOW: Final = -1
STALL_S: Final = 5.0  # the loop has not turned for so long: nobody can trade


class Health(QObject):
    """`install` first, `watch` when the loop is about to turn. `facts` are lines of every report."""

    def __init__(self, paths: HomePaths, life: Life) -> None:
        super().__init__()
        self._paths, self._life, self._stall_s = paths, life, STALL_S
        self._clock = SystemClock()
        self._stacks = _opened(life.stacks)
        self._heart = Heart(life.beats)
        self._beat_ns = 0
        self._frames = NO_WINDOW
        self._seen = 0
        self.before_end: Callable[[], None] = _nothing
        self.on_stall: Callable[[int, Path], None] = _told
        self.facts: Callable[[], Mapping[str, str]] = dict
        self.frames: Callable[[], int] = _no_window  # finished so far; NO_WINDOW where nothing is shown
        self._timer = QTimer(self)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self.beat)

    def install(self) -> None:
        """Report what would end the process."""
        faulthandler.enable(self._stacks, all_threads=True)
        if STACKS_SIGNAL is not None:
            faulthandler.register(STACKS_SIGNAL, self._stacks, all_threads=True)
        sys.excepthook = self._on_error
        threading.excepthook = lambda args: self._on_error(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )

    def watch(self) -> None:
        """Expect the loop to turn from now on."""
        self._timer.start()
        self.beat()

    def stop(self) -> None:
        """The loop ends."""
        self._timer.stop()
        self._heart.rest()
        faulthandler.cancel_dump_traceback_later()

    def beat(self) -> None:
        """The loop turns. When it had not for too long, what the watchdog wrote becomes a report."""
        now_ns = self._clock.mono_ns()
        stood_ns = now_ns - self._beat_ns if self._beat_ns else 0
        self._beat_ns = now_ns
        before, self._frames = self._frames, self.frames()
        self._heart.beat(has_frames=self._frames == NO_WINDOW or self._frames != before)
        faulthandler.cancel_dump_traceback_later()
        was_long = stood_ns > self._stall_s * 5e8  # else the parent asked for the stacks, and says itself what for
        if stood_ns > (self._stall_s + BEAT_MS / 1000) * 1e9 or (was_long and self._has_dump()):
            self._report_stall(stood_ns)
        faulthandler.dump_traceback_later(self._stall_s, file=self._stacks)

    def _has_dump(self) -> bool:
        return os.fstat(self._stacks.fileno()).st_size > self._seen

    def _report_stall(self, stood_ns: int) -> None:
        self._stacks.seek(self._seen)
        dump = self._stacks.read()
        self._seen = os.fstat(self._stacks.fileno()).st_size
        seconds = round(stood_ns / 1e9)
        wall_ns = self._clock.wall_ns()
        path = report_path(self._life.report.parent, wall_ns, "stall")
        self._write(path, compose(f"the screen stood still for {seconds} s", dump, wall_ns, self._all_facts()))
        self.on_stall(seconds, path)

    def _on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Write the report and end: the parent starts another window."""
        if issubclass(kind, KeyboardInterrupt):
            os._exit(130)
        stack, wall_ns = stack_of(kind, error, trace), self._clock.wall_ns()
        text = compose("an exception that nobody took", stack, wall_ns, self._all_facts())
        self._write(self._life.report, text)
        try:
            self.before_end()
        finally:
            os._exit(CRASHED)

    def _all_facts(self) -> dict[str, str]:
        return {"qt": qVersion(), **self.facts()}

    def _write(self, path: Path, text: str) -> None:
        write_or_print(path, text, secrets_of(self._paths.token, os.environ))


def _opened(stacks: Path) -> TextIO:
    """Where stacks go: nowhere on a disk that takes no file. A window without reports is better than none."""
    try:
        return stacks.open("a+", encoding="utf-8")
    except OSError as fault:
        print(f"hts: {stacks}: cannot write: {fault.strerror}; a crash would leave no report", file=sys.stderr)
        return Path(os.devnull).open("a+", encoding="utf-8")


def back_text(before: Path, *, had_layout: bool) -> str:
    """The key of the sentence in which a window that was started again says why."""
    if not had_layout:
        return "crash.as_it_ships"
    return "crash.hung" if is_hang(before) else "crash.restarted"


def _nothing() -> None:
    return


def _no_window() -> int:
    return NO_WINDOW


def _told(seconds: int, path: Path) -> None:
    print(f"hts: the screen stood still for {seconds} s; the report is {path}", file=sys.stderr)
