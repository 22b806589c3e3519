"""A thin parent keeps the window's process: one that dies is started again into the same workspace.

Orders live in the core, which is another process, so nothing of them depends on the window. The parent never touches
Qt. It forks where that is safe (Linux: the window's code is loaded already, a start again takes a fraction of a
second) and spawns `hts window` elsewhere. After two crashes within a minute the layout is set aside, in case it is what
the window dies of; after three it stops with a clear line.

How a child ended is in its exit status: RESTART asks for another one (a setting needs it), CRASHED or a signal is a
crash; everything else is the window's own status. A child that beats no more (hts.app.heartbeat) is asked for its
stacks and ended: that is a crash too. Nobody but the window is ever ended.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

from msgspec import Struct

from hts.app.crash_report import HANG, compose, report_path, secrets_of, write_or_print
from hts.app.heartbeat import HUNG_NS, LOOK_S, Pulse, beats_in, can_beat, doing_of
from hts.app.home_file import put_aside
from hts.app.paths import HomePaths
from hts.base.errors import HtsError
from hts.io.clock import SystemClock

RESTART: Final = 64
CRASHED: Final = 70
USER_ERROR: Final = 2
CRASHES_MAX: Final = 3
WINDOW_NS: Final = 60_000_000_000
LAYOUT: Final = "layout.json"
DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG
STACKS_SIGNAL: Final = getattr(signal, "SIGUSR2", None)  # a window answers it with its stacks, whatever it is in
STACKS_S: Final = 0.1
STACKS_LOOKS: Final = 20  # the stacks have stood in the file by then, or never will
KILL: Final = getattr(signal, "SIGKILL", signal.SIGTERM)


class Life(Struct, frozen=True, kw_only=True):
    """One child: where it reports a crash, where the interpreter writes stacks, and the report of the one before."""

    report: Path
    stacks: Path
    before: Path | None = None

    @property
    def beats(self) -> Path:
        """Where the window counts that it lives."""
        return self.report.with_suffix(".beats")

    def forget(self) -> None:
        """Leave nothing but reports behind."""
        for path in (self.stacks, self.beats):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


class Patience(Struct, frozen=True, kw_only=True):
    """How often the parent looks at a window, and how long one may stand still."""

    look_s: float = LOOK_S
    hung_ns: int = HUNG_NS
    mono_ns: Callable[[], int] = SystemClock().mono_ns


class Child(Protocol):
    """A running window."""

    @property
    def pid(self) -> int: ...

    def stop(self, number: int) -> None: ...

    def wait(self, patience_s: float | None = None) -> int | None:
        """Its exit status, negative for a signal; None when it still lives after `patience_s`."""


class CrashLoop:
    """Counts crashes; `is_doubtful` after two and `is_hopeless` after CRASHES_MAX of them within WINDOW_NS."""

    def __init__(self) -> None:
        self._times: deque[int] = deque(maxlen=CRASHES_MAX)

    def crashed(self, mono_ns: int) -> None:
        self._times.append(mono_ns)

    @property
    def is_doubtful(self) -> bool:
        times = self._times
        return len(times) > 1 and times[-1] - times[-2] <= WINDOW_NS

    @property
    def is_hopeless(self) -> bool:
        times = self._times
        return len(times) == CRASHES_MAX and times[-1] - times[0] <= WINDOW_NS


def keep_running(paths: HomePaths, start: Callable[[Life], Child], patience: Patience | None = None) -> int:
    """Run the window until it is closed; its exit status. CRASHED when it cannot be kept running."""
    clock, loop, patience = SystemClock(), CrashLoop(), patience or Patience()
    before: Path | None = None
    while True:
        report = report_path(paths.log, clock.wall_ns())
        life = Life(report=report, stacks=report.with_suffix(".stacks"), before=before)
        with contextlib.suppress(OSError):  # the window says what cannot be written
            paths.log.mkdir(parents=True, exist_ok=True)
        status, hang = _live(start(life), life, patience)
        if status == RESTART and not hang:
            before = None
            life.forget()
            continue
        if status != CRASHED and status >= 0 and not hang:
            life.forget()
            return status
        before = _reported(paths, life, status, hang, clock.wall_ns())
        loop.crashed(clock.mono_ns())
        if loop.is_hopeless:
            print(
                f"hts: the window crashed {CRASHES_MAX} times within a minute and is not started again; orders live on "
                f"in the core. The reports are in {paths.log}. Start it again with hts; if that fails too, move "
                f"{paths.home / 'settings.toml'} away",
                file=sys.stderr,
            )
            return CRASHED
        what = "stood still, was ended" if hang else "crashed"
        print(f"hts: the window {what} and is started again; the report is {before}", file=sys.stderr)
        layout = paths.home / LAYOUT
        if loop.is_doubtful and layout.exists():
            print(f"hts: it crashed twice within a minute: {layout} is not used; {put_aside(layout)}", file=sys.stderr)


def _live(child: Child, life: Life, patience: Patience) -> tuple[int, str]:
    """Wait for the child: its exit status, and what stood still when it was ended for that.

    Signals that end us end it, and then its own status counts.
    """
    told: list[int] = []

    def pass_on(number: int, _frame: object) -> None:
        told.append(number)
        child.stop(signal.SIGTERM)

    handlers = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        status, hang = _watched(child, life, patience)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if told:
        return 128 + told[0] if status < 0 else status, ""
    return status, hang


def _watched(child: Child, life: Life, patience: Patience) -> tuple[int, str]:
    pulse = Pulse(hung_ns=patience.hung_ns)

    def found() -> str:
        hang = pulse.look(patience.mono_ns(), beats_in(life.beats), doing_of(child.pid))
        return hang if hang and can_beat(life.beats) else ""

    while (status := child.wait(patience.look_s)) is None:
        hang = found()
        if not hang:
            continue
        status = _asked_for_stacks(child, life)
        if status is not None:
            break
        if found():  # asked, it may have gone on
            child.stop(KILL)
            status = child.wait()
            assert status is not None
            return status, hang
    return status, ""


def _asked_for_stacks(child: Child, life: Life) -> int | None:
    """Let a window that hangs write where it is; its exit status when it ended meanwhile."""
    if STACKS_SIGNAL is None:
        return None
    written = size = _size(life.stacks)
    child.stop(STACKS_SIGNAL)
    for _ in range(STACKS_LOOKS):
        status = child.wait(STACKS_S)
        if status is not None:
            return status
        before, written = written, _size(life.stacks)
        if written == before > size:
            break  # all of them stand there
    return None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _reported(paths: HomePaths, life: Life, status: int, hang: str, wall_ns: int) -> Path:
    """The crash's report: the child's own, else one made of what the interpreter wrote as it died."""
    report = report_path(paths.log, wall_ns, HANG) if hang else life.report
    if not report.exists():
        what = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
        what = f"us, for {hang}" if hang else what
        try:
            stacks = life.stacks.read_text(encoding="utf-8", errors="replace")
        except OSError:
            stacks = ""
        text = compose(f"the terminal was ended by {what}", stacks, wall_ns, {})
        write_or_print(report, text, secrets_of(paths.token, os.environ))
    life.forget()
    return report


class ForkedChild:
    """The window in a fork of this process, whose code is loaded already. Linux alone: elsewhere it is not safe."""

    def __init__(self, run: Callable[[Life], int], life: Life) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        self._end, held = os.pipe()  # the child holds one end open as long as it lives
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._end)
            os._exit(_status_of(run, life))
        os.close(held)

    def stop(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def wait(self, patience_s: float | None = None) -> int | None:
        has_ended = patience_s is None or bool(select.select([self._end], [], [], patience_s)[0])
        # Something that the child left behind may hold the pipe open, so the child is asked too.
        pid, status = os.waitpid(self.pid, 0 if has_ended else os.WNOHANG)
        if not pid:
            return None
        os.close(self._end)
        return os.waitstatus_to_exitcode(status)


def _status_of(run: Callable[[Life], int], life: Life) -> int:
    """In the child: what its exit status is to be."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    _die_with_parent()
    try:
        status = run(life)
    except HtsError as fault:
        print(f"hts: {fault}", file=sys.stderr)
        status = USER_ERROR
    except SystemExit as asked:
        status = asked.code if isinstance(asked.code, int) else USER_ERROR
    except BaseException:  # noqa: BLE001  the last line of a process; the report is written by the hook
        kind, error, trace = sys.exc_info()
        assert kind is not None
        assert error is not None
        sys.excepthook(kind, error, trace)
        status = CRASHED
    sys.stdout.flush()
    sys.stderr.flush()
    return status


def _die_with_parent() -> None:
    """A parent that is killed does not leave a window behind that nobody keeps."""
    import ctypes

    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)


class SpawnedChild:
    """The window as a program of its own."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(command)  # noqa: S603  the command is our own
        self.pid = self._process.pid

    def stop(self, number: int) -> None:
        self._process.send_signal(number)

    def wait(self, patience_s: float | None = None) -> int | None:
        try:
            return self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            return None
