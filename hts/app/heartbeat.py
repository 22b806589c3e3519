"""The window's beats in a small file, and the parent's judgement of a window that beats no more.

A window counts the turns of its loop and the frames that it finished into two numbers of a small file. The
parent only compares: a number that stays the same for too long means that nobody can trade in that window. To end a
window that would have gone on is worse than to end one late, so what may be the machine's fault is not held against it:
the parent counts only time in which it looked itself (not while the machine sleeps), of a window that wants to run only
twice the processor that it got, and begins anew while it waits for a disk (swap, a slow write) or somebody has stopped
it (a debugger, a terminal's Ctrl+Z). No clock of the window is asked.
"""

import contextlib
import os
import struct
from pathlib import Path
from typing import Final

from msgspec import Struct

LOOK_S: Final = 1.0
HUNG_NS: Final = 20_000_000_000
SHARE: Final = 2  # of a busy machine half the processor is taken to be a window's due
LATE_LOOKS: Final = 3  # a look so late tells of the machine, not of the window
_BEATS: Final = struct.Struct("<QQ")
_TRIED: Final = b"\0"  # behind the beats: whether a disk takes anything
_BINARY: Final = getattr(os, "O_BINARY", 0)  # Windows would write some counts as two bytes
_HALTED: Final = ("T", "t", "D")  # states of a process: stopped by a signal, by a tracer, waiting for a disk
_RUNS: Final = "R"
_STATE, _USER, _SYSTEM = 0, 11, 12  # places after the name in /proc/PID/stat


class Beats(Struct, frozen=True, kw_only=True):
    """Turns of the loop and finished frames, so far. Zero turns: nothing is expected (yet, or any more)."""

    turns: int = 0
    frames: int = 0


class Doing(Struct, frozen=True, kw_only=True):
    """What the system tells of a process's main thread; nothing is known where it tells nothing."""

    is_halted: bool = False  # somebody has stopped it, or a disk keeps it waiting
    wants_to_run: bool = False
    cpu_ns: int = 0  # what it had of the processor so far


class Heart:
    """The window's side."""

    def __init__(self, path: Path) -> None:
        self._file = -1  # a disk that takes no file: nothing is expected then
        with contextlib.suppress(OSError):
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _BINARY, 0o600)
        self._turns = self._frames = 0

    def beat(self, *, has_frames: bool) -> None:
        """The loop turned; `has_frames`: and it showed frames, or has nothing to show them in."""
        self._turns += 1
        self._frames += has_frames
        self._write(self._turns, self._frames)

    def rest(self) -> None:
        """Nothing is expected from now on."""
        self._write(0, 0)

    def _write(self, turns: int, frames: int) -> None:
        try:
            os.lseek(self._file, 0, os.SEEK_SET)
            os.write(self._file, _BEATS.pack(turns, frames))
        except OSError:  # a full disk must not end a window that lives: an empty file expects nothing
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, 0)


def beats_in(path: Path) -> Beats:
    """What the window has counted; none where it has not begun to."""
    try:
        turns, frames = _BEATS.unpack_from(path.read_bytes())
    except (OSError, struct.error):
        return Beats()
    return Beats(turns=turns, frames=frames)


def can_beat(path: Path) -> bool:
    """Whether the window's beats can be written at all; a disk that has become read-only or fails keeps old ones."""
    try:
        file = os.open(path, os.O_WRONLY | _BINARY)
    except OSError:
        return False
    try:
        os.lseek(file, _BEATS.size, os.SEEK_SET)
        return os.write(file, _TRIED) == len(_TRIED)
    except OSError:
        return False
    finally:
        os.close(file)


class Pulse:
    """The parent's side: silences, counted from look to look."""

    def __init__(self, look_ns: int = round(LOOK_S * 1e9), hung_ns: int = HUNG_NS) -> None:
        self._look_ns, self._hung_ns = look_ns, hung_ns
        self._seen, self._looked_ns, self._cpu_ns = Beats(), 0, 0
        self._no_turn_ns = self._no_frame_ns = 0

    def look(self, now_ns: int, beats: Beats, doing: Doing) -> str:
        """What has stood still for too long, as a report says it; empty while the window lives."""
        passed_ns, self._looked_ns = now_ns - self._looked_ns, now_ns
        had_ns, self._cpu_ns = doing.cpu_ns - self._cpu_ns, doing.cpu_ns
        before, self._seen = self._seen, beats
        if not beats.turns or doing.is_halted or not 0 <= passed_ns <= LATE_LOOKS * self._look_ns:
            self._no_turn_ns = self._no_frame_ns = 0
            return ""
        counted_ns = min(passed_ns, SHARE * max(had_ns, 0)) if doing.wants_to_run else passed_ns
        self._no_turn_ns = 0 if beats.turns != before.turns else self._no_turn_ns + counted_ns
        self._no_frame_ns = 0 if beats.frames != before.frames else self._no_frame_ns + counted_ns
        if self._no_turn_ns >= self._hung_ns:
            return f"its loop had not turned for {round(self._no_turn_ns / 1e9)} s"
        if self._no_frame_ns >= self._hung_ns:
            return f"its loop turned, but it had finished no frame for {round(self._no_frame_ns / 1e9)} s"
        return ""


def doing_of(pid: int) -> Doing:
    """What the process does at this moment, as far as the system tells (Linux, by /proc)."""
    whose = Path(f"/proc/{pid}")
    try:
        facts = (whose / "task" / str(pid) / "stat").read_text(encoding="ascii", errors="replace")
        lines = (whose / "status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return Doing()
    places = facts.rpartition(")")[2].split()  # a name may have brackets and blanks
    tracer = next((line.partition(":")[2].strip() for line in lines if line.startswith("TracerPid:")), "0")
    return Doing(
        is_halted=places[_STATE] in _HALTED or tracer != "0",
        wants_to_run=places[_STATE] == _RUNS,
        cpu_ns=(int(places[_USER]) + int(places[_SYSTEM])) * 1_000_000_000 // os.sysconf("SC_CLK_TCK"),
    )
