"""What the benchmarks share: the project on the path, rows, percentiles, and processes that end with their owner."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("HTS_SHARED", ROOT.parent / "shared"))
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is not compiled at every start

STOP_S = 5.0


def row(name: str, value: float, unit: str, aim: str = "", **more: object) -> dict:
    """One figure. `aim` reads "<= 5" or ">= 5"; `peer` and `peer_value` may follow."""
    digits = 1 if abs(value) < 1000 else 0
    found = {"name": name, "value": round(value, digits), "unit": unit, **more}
    return {**found, "aim": aim} if aim else found


def percentile(values: Sequence[float], permille: int) -> float:
    """The value that `permille` of all values do not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) * permille // 1000, len(ordered) - 1)] if ordered else 0.0


def spread(name: str, values_ns: Sequence[int], unit: str = "us", aim_p99: str = "", aim_p50: str = "") -> list[dict]:
    """Median and 99th percentile of nanoseconds, in microseconds or milliseconds."""
    scale = {"us": 1e3, "ms": 1e6}[unit]
    return [
        row(f"{name}.p50", percentile(values_ns, 500) / scale, unit, aim_p50),
        row(f"{name}.p99", percentile(values_ns, 990) / scale, unit, aim_p99),
    ]


@contextmanager
def running(*words: str | Path, log: Path, core: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A process of our interpreter, on one processor when asked; told to end when the block is left."""
    command = [sys.executable, *map(str, words)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=ROOT)
    try:
        if core is not None:
            os.sched_setaffinity(process.pid, {core})
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def until(condition: Callable[[], object], what: str, seconds: float = 20.0, pause_s: float = 0.002) -> None:
    """Wait. Ends the benchmark with one line when nothing comes."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"expected {what} within {seconds:g} s")
        time.sleep(pause_s)


def finish(rows: list[dict]) -> list[dict]:
    """Print the rows as `hts bench` reads them."""
    print(json.dumps(rows))
    return rows
