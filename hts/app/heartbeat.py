"""The window's beats in a small file, and the parent's judgement of a window that beats no more.

A window counts the turns of its loop and the frames that it finished into two numbers of a small file. The
parent only compares: a number that stays the same for too long means that nobody can trade in that window. No clock of
the window is asked, and the parent counts only time in which it looked itself: while the machine sleeps or is too busy
for the parent, nothing is held against the window. Nor while somebody has stopped it (a debugger, a terminal's Ctrl+Z).
"""

import os
import struct
from pathlib import Path
from typing import Final

from msgspec import Struct

LOOK_S: Final = 1.0
HUNG_NS: Final = 20_000_000_000
LATE_LOOKS: Final = 3  # a look so late tells of the machine, not of the window
_BEATS: Final = struct.Struct("<QQ")
_HALTED: Final = ("T", "t")  # states of a process: stopped by a signal, stopped by a tracer


class Beats(Struct, frozen=True, kw_only=True):
    """Turns of the loop and finished frames, so far. Zero turns: nothing is expected (yet, or any more)."""

    turns: int = 0
    frames: int = 0


class Heart:
    """The window's side."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
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
            os.ftruncate(self._file, 0)


def beats_in(path: Path) -> Beats:
    """What the window has counted; none where it has not begun to."""
    try:
        turns, frames = _BEATS.unpack(path.read_bytes())
    except (OSError, struct.error):
        return Beats()
    return Beats(turns=turns, frames=frames)


class Pulse:
    """The parent's side: silences, counted from look to look."""

    def __init__(self, look_ns: int = round(LOOK_S * 1e9), hung_ns: int = HUNG_NS) -> None:
        self._look_ns, self._hung_ns = look_ns, hung_ns
        self._seen, self._looked_ns = Beats(), 0
        self._no_turn_ns = self._no_frame_ns = 0

    def look(self, now_ns: int, beats: Beats, *, is_halted: bool = False) -> str:
        """What has stood still for too long, as a report says it; empty while the window lives."""
        passed_ns, self._looked_ns = now_ns - self._looked_ns, now_ns
        before, self._seen = self._seen, beats
        if not beats.turns or is_halted or not 0 <= passed_ns <= LATE_LOOKS * self._look_ns:
            self._no_turn_ns = self._no_frame_ns = 0
            return ""
        self._no_turn_ns = 0 if beats.turns != before.turns else self._no_turn_ns + passed_ns
        self._no_frame_ns = 0 if beats.frames != before.frames else self._no_frame_ns + passed_ns
        if self._no_turn_ns >= self._hung_ns:
            return f"its loop had not turned for {round(self._no_turn_ns / 1e9)} s"
        if self._no_frame_ns >= self._hung_ns:
            return f"its loop turned, but it had finished no frame for {round(self._no_frame_ns / 1e9)} s"
        return ""


def is_halted(pid: int) -> bool:
    """Whether somebody has stopped the process or traces it. False where the system does not tell (no /proc)."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return False
    facts = dict(line.split(":", 1) for line in lines if ":" in line)
    return facts.get("State", "").strip()[:1] in _HALTED or facts.get("TracerPid", "0").strip() != "0"
