"""One supervised process: started, watched, started again with a growing pause, stopped in order."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import IO, Any, Final

from msgspec import Struct

from hts.auth.secrets import Secret
from hts.io.lockfile import Holder, LockFile

EXIT_USER_ERROR: Final = 2  # wrong settings, a busy port, a damaged file: starting again would not help
PAUSE_FIRST_NS: Final = 100_000_000
PAUSE_MAX_NS: Final = 5_000_000_000
STEADY_NS: Final = 10_000_000_000  # a child that lived so long starts again without a pause
STOP_PATIENCE_S: Final = 5.0
STOP_POLL_S: Final = 0.02
LOG_BYTES_MAX: Final = 16 << 20

if sys.platform == "win32":
    STOP_SIGNAL: Final = signal.SIGBREAK
    KILL_SIGNAL: Final = signal.SIGTERM  # os.kill ends the process at once there
else:
    STOP_SIGNAL: Final = signal.SIGTERM
    KILL_SIGNAL: Final = signal.SIGKILL


class ChildState(Enum):
    """Where a child stands."""

    RUNNING = "running"
    PAUSING = "pausing"  # dead; it will be started again
    FAILED = "failed"  # it said that starting again does not help
    STOPPED = "stopped"


class ChildSpec(Struct, frozen=True, kw_only=True):
    """What to run. The child holds `lock` while it lives and writes one line to `output` when it listens.

    `secret` is told on its stdin at each start, and nowhere where others could read it.
    """

    name: str
    command: tuple[str, ...]
    lock: Path
    output: Path
    log: Path
    secret: Secret | None = None


class ChildStatus(Struct, frozen=True, kw_only=True):
    """What the control socket says about a child. `listening` is the line that the child printed, or empty."""

    name: str
    state: str
    pid: int
    restarts: int
    adopted: bool
    listening: str
    detail: str


class Child:
    """A process that should run. Times are monotonic nanoseconds."""

    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        self._process: subprocess.Popen[bytes] | None = None
        self._adopted_pid = 0
        self._state = ChildState.STOPPED
        self._restarts = 0
        self._started_ns = 0
        self._pause_ns = PAUSE_FIRST_NS
        self._due_ns = 0
        self._once: tuple[str, ...] = ()
        self._detail = ""
        self._build = ""

    @property
    def pid(self) -> int:
        """0 when it does not run."""
        return self._process.pid if self._process is not None else self._adopted_pid

    def begin(self, build: str, mono_ns: int, once: tuple[str, ...] = ()) -> None:
        """Adopt the process that holds the lock when it is of our build; replace it, or start one.

        `once` are arguments for this start only.
        """
        self._once = once
        self._build = build
        holder = LockFile(self.spec.lock).holder()
        if self._adopt(holder, mono_ns):
            return
        if holder is not None and holder.pid:
            self._adopted_pid = holder.pid
            self.stop()
        self._start(mono_ns)

    def watch(self, mono_ns: int) -> None:
        """Notice a death, and start again what is due."""
        if self._state is ChildState.RUNNING:
            code = self._exit_code()
            if code is not None:
                self._died(code, mono_ns)
        if self._state is ChildState.PAUSING and mono_ns >= self._due_ns:
            self._restarts += 1
            self._start(mono_ns)

    def restart(self, once: tuple[str, ...], mono_ns: int) -> None:
        """Stop, and start again; `once` are arguments for this start only."""
        self.stop()
        self._once = once
        self._restarts += 1
        self._start(mono_ns)

    def stop(self) -> None:
        """Ask it to end in order, wait, then kill."""
        pid = self.pid
        if pid and self._exit_code() is None:
            _send_signal(pid, STOP_SIGNAL)
            if not self._wait_gone():
                _send_signal(pid, KILL_SIGNAL)
                self._wait_gone()
        self._process, self._adopted_pid = None, 0
        self._state = ChildState.STOPPED

    def status(self) -> ChildStatus:
        return ChildStatus(
            name=self.spec.name,
            state=self._state.value,
            pid=self.pid,
            restarts=self._restarts,
            adopted=bool(self._adopted_pid),
            listening=first_line(self.spec.output) if self._state is ChildState.RUNNING else "",
            detail=self._detail,
        )

    def _start(self, mono_ns: int) -> None:
        self._adopted_pid = 0
        self._started_ns = mono_ns
        command = [*self.spec.command, *self._once]
        self._once = ()
        try:
            with open_log(self.spec.log) as log, self.spec.output.open("wb") as output:
                source = subprocess.DEVNULL if self.spec.secret is None else subprocess.PIPE
                self._process = subprocess.Popen(  # noqa: S603  the command is our own
                    command, stdin=source, stdout=output, stderr=log, **detached()
                )
            tell(self._process, self.spec.secret)
        except OSError as error:
            self._process = None
            self._state = ChildState.FAILED
            self._detail = f"cannot start {command[0]}: {error.strerror or error}"
            return
        self._state = ChildState.RUNNING

    def _adopt(self, holder: Holder | None, mono_ns: int) -> bool:
        if holder is None or not holder.pid or holder.build != self._build:
            return False
        self._adopted_pid = holder.pid
        self._state = ChildState.RUNNING
        self._started_ns = mono_ns
        return True

    def _exit_code(self) -> int | None:
        """None while it runs. Nobody can tell the exit code of a process that is not our child: -1."""
        if self._process is not None:
            return self._process.poll()
        return None if LockFile(self.spec.lock).holder() is not None else -1

    def _died(self, code: int, mono_ns: int) -> None:
        self._process, self._adopted_pid = None, 0
        said = last_line(self.spec.log).removeprefix("hts: ")
        self._detail = f"exit status {code}: {said}"
        if code == EXIT_USER_ERROR:
            self._detail = said
            # It may have lost a race against one that a supervisor before us had just started.
            if not self._adopt(LockFile(self.spec.lock).holder(), mono_ns):
                self._state = ChildState.FAILED
            return
        if mono_ns - self._started_ns >= STEADY_NS:
            self._pause_ns = PAUSE_FIRST_NS
        self._state = ChildState.PAUSING
        self._due_ns = mono_ns + self._pause_ns
        self._pause_ns = min(self._pause_ns * 2, PAUSE_MAX_NS)

    def _wait_gone(self) -> bool:
        deadline = time.monotonic() + STOP_PATIENCE_S
        while self._exit_code() is None:
            if time.monotonic() > deadline:
                return False
            time.sleep(STOP_POLL_S)
        return True


def tell(process: "subprocess.Popen[bytes]", secret: Secret | None) -> None:
    """Write the secret to the process's stdin and close it; one that is gone already is not missed."""
    if process.stdin is not None:
        with suppress(BrokenPipeError), process.stdin as pipe:
            pipe.write(f"{secret.reveal() if secret is not None else ''}\n".encode())


def _send_signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return  # gone between our look and our call


def detached() -> dict[str, Any]:
    """Its own session: closing the terminal or Ctrl-C there does not reach it."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def open_log(path: Path) -> IO[bytes]:
    """Append to the log; one that has grown too long is kept once as .old."""
    if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
        path.replace(path.with_suffix(".old"))
    return path.open("ab")


def first_line(path: Path) -> str:
    """Empty when there is none."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    return lines[0] if lines else ""


def last_line(path: Path) -> str:
    """Empty when there is none."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    return lines[-1] if lines else ""
