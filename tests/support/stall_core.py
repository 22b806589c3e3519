"""The core, watched: how long its loop was held, in CPU time and by the clock. For tests/soak.py.

By one call, and by all calls of one turn: what is ready together is worked off before the loop looks again, so that the
last of it, and what arrives meanwhile, waits for the sum.

`python -m tests.support.stall_core RESULT core ...` runs `hts core ...` unchanged but for a stopwatch around each call
of its shell and around the collector, and writes what it saw to RESULT every second.
"""

import asyncio
import gc
import json
import resource
import sys
import time
from pathlib import Path
from typing import NamedTuple

from hts.app import core_shell
from hts.app.cli import main

LIMIT_NS = 5_000_000
WARM_UP_NS = 10_000_000_000
LONGEST = 12
RECORDED = ("do", "received", "_flush_market", "_on_timer", "disconnected")


class Stall(NamedTuple):
    """One call that held the loop."""

    cpu_ms: float
    call: str
    collector_ms: float
    system_ms: float
    faults: int  # pages that were not there
    switches: int  # times that another program had the processor
    at_s: float


class Stopwatch:
    """Calls that are inside another one count with it."""

    def __init__(self, result: Path) -> None:
        self._result = result
        self._depth = 0
        self._begin_ns = time.monotonic_ns()
        self._written_ns = 0
        self.longest: list[Stall] = []
        self._gc_ns = 0
        self._collecting_ns = 0
        self.calls = 0
        self.cpu_max_ns = 0
        self.wall_max_ns = 0
        self.over_cpu = 0
        self.over_wall = 0
        self.gc_max_ns = 0
        self._turn_ns = 0  # CPU of the calls of this turn so far
        self._is_in_turn = False
        self.turn_max_ns = 0
        self.turns_over = 0

    def around(self, name, call):
        def timed(*args, **kwargs):
            self._depth += 1
            if self._depth == 1:
                self._gc_ns = 0
            usage = resource.getrusage(resource.RUSAGE_THREAD) if self._depth == 1 else None
            wall, cpu = time.monotonic_ns(), time.thread_time_ns()
            try:
                return call(*args, **kwargs)
            finally:
                self._depth -= 1
                if self._depth == 0:
                    cpu_ns = time.thread_time_ns() - cpu
                    self._take(name, time.monotonic_ns() - wall, cpu_ns, usage)

        return timed

    def _take(self, name: str, wall_ns: int, cpu_ns: int, usage: resource.struct_rusage) -> None:
        self.calls += 1
        now_ns = time.monotonic_ns()
        if now_ns - self._begin_ns < WARM_UP_NS:
            return  # recovery, the first snapshot of the feed
        self._turn_ns += cpu_ns
        if len(self.longest) < LONGEST or cpu_ns > self.longest[-1][0] * 1e6:
            self.longest.append(self._stall(name, now_ns, cpu_ns, usage))
            self.longest = sorted(self.longest, reverse=True)[:LONGEST]
        if not self._is_in_turn:
            self._is_in_turn = True
            asyncio.get_running_loop().call_soon(self._end_turn)
        self.cpu_max_ns, self.wall_max_ns = max(self.cpu_max_ns, cpu_ns), max(self.wall_max_ns, wall_ns)
        self.over_cpu += cpu_ns > LIMIT_NS
        self.over_wall += wall_ns > LIMIT_NS
        if now_ns - self._written_ns > 1_000_000_000:
            self._written_ns = now_ns
            self.write()

    def _stall(self, name: str, now_ns: int, cpu_ns: int, before: resource.struct_rusage) -> Stall:
        after = resource.getrusage(resource.RUSAGE_THREAD)
        return Stall(
            cpu_ms=round(cpu_ns / 1e6, 2),
            call=name,
            collector_ms=round(self._gc_ns / 1e6, 2),
            system_ms=round((after.ru_stime - before.ru_stime) * 1e3, 2),
            faults=after.ru_minflt - before.ru_minflt,
            switches=after.ru_nivcsw - before.ru_nivcsw,
            at_s=round((now_ns - self._begin_ns) / 1e9, 2),
        )

    def _end_turn(self) -> None:
        """The loop has come round."""
        self.turn_max_ns = max(self.turn_max_ns, self._turn_ns)
        self.turns_over += self._turn_ns > LIMIT_NS
        self._turn_ns, self._is_in_turn = 0, False

    def on_gc(self, phase: str, _info: dict) -> None:
        if phase == "start":
            self._collecting_ns = time.thread_time_ns()
        elif time.monotonic_ns() - self._begin_ns > WARM_UP_NS:
            took_ns = time.thread_time_ns() - self._collecting_ns
            self._gc_ns += took_ns
            self.gc_max_ns = max(self.gc_max_ns, took_ns)

    def write(self) -> None:
        found = {
            "calls": self.calls,
            "cpu_max_ms": round(self.cpu_max_ns / 1e6, 2),
            "wall_max_ms": round(self.wall_max_ns / 1e6, 2),
            "calls_over_5_ms_cpu": self.over_cpu,
            "calls_over_5_ms_wall": self.over_wall,
            "turn_cpu_max_ms": round(self.turn_max_ns / 1e6, 2),
            "turns_over_5_ms_cpu": self.turns_over,
            "longest": [stall._asdict() for stall in self.longest],
            "gc_max_ms": round(self.gc_max_ns / 1e6, 2),
        }
        beside = self._result.with_suffix(".new")
        beside.write_text(json.dumps(found), encoding="ascii")
        beside.replace(self._result)


if __name__ == "__main__":
    watch = Stopwatch(Path(sys.argv[1]))
    for name in RECORDED:
        setattr(core_shell.CoreShell, name, watch.around(name, getattr(core_shell.CoreShell, name)))
    gc.callbacks.append(watch.on_gc)
    sys.exit(main(sys.argv[2:]))
