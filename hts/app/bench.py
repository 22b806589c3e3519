"""`hts bench`: runs the benchmarks beside the source tree and prints one table.

Each file bench/bench_NAME.py prints a JSON list of rows as its last line: name, value, unit, and where there is one
a peer's value measured in the same run, and the aim. Each runs in a process of its own, so that none warms or
burdens another.
"""

import argparse
import json
import operator
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hts.base.errors import ConfigError

DIRECTORY = Path(__file__).resolve().parents[2] / "bench"
SECONDS_MAX = 600

# An aim reads "<= 1000" or ">= 700000", in the row's unit.
_COMPARE: dict[str, Callable[[float, float], bool]] = {"<=": operator.le, ">=": operator.ge}

Row = dict[str, Any]


def available() -> dict[str, Path]:
    """Benchmark names and their files."""
    return {path.stem.removeprefix("bench_"): path for path in sorted(DIRECTORY.glob("bench_*.py"))}


def complete(row: Row) -> Row:
    """The row with all keys: ratio to the peer, and whether the aim is met (None where there is no aim)."""
    peer = row.get("peer_value")
    ratio = row["value"] / peer if peer else None
    aim = row.get("aim")
    met = None
    if aim:
        sign, _, limit = str(aim).partition(" ")
        if sign not in _COMPARE:
            raise ConfigError(f"{row['name']}: aim: expected '<= number' or '>= number', found {aim!r}")
        met = _COMPARE[sign](row["value"], float(limit))
    return {"peer": None, "peer_value": None, "aim": None, **row, "ratio": ratio, "met": met}


def measure(path: Path) -> list[Row]:
    """Rows of one benchmark. Raises ConfigError when it fails."""
    done = subprocess.run(  # noqa: S603  our own file
        [sys.executable, str(path)], capture_output=True, text=True, timeout=SECONDS_MAX, check=False
    )
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        problem = (done.stderr.strip().splitlines() or ["no output"])[-1]
        raise ConfigError(f"benchmark {path.stem}: expected rows, found exit status {done.returncode}: {problem}")
    return [complete(row) for row in json.loads(lines[-1])]


def show(row: Row) -> str:
    """One line for a person."""
    met = {True: "met", False: "MISSED", None: ""}[row["met"]]
    peer = f"{row['peer']} {row['peer_value']:,.1f} (x{row['ratio']:.2f})" if row["peer_value"] else ""
    return f"{row['name']:44} {row['value']:>14,.1f} {row['unit']:8} {row['aim'] or ''!s:14} {met:7} {peer}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts bench`."""
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which of: {' '.join(available())}; default all")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def run(options: argparse.Namespace) -> int:
    """0 when every benchmark ran; a missed aim is reported, not an error: machines differ."""
    files = available()
    unknown = [name for name in options.names if name not in files]
    if unknown:
        raise ConfigError(f"benchmark: expected one of {', '.join(files)}, found {', '.join(unknown)}")
    rows: list[Row] = []
    for name in options.names or files:
        found = measure(files[name])
        rows += found
        if not options.json:
            print("\n".join(show(row) for row in found), flush=True)
    if options.json:
        print(json.dumps({"rows": rows}))
    return 0
