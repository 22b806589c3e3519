"""`make campaign`: the counts that take too long for every change. Writes docs/campaign.json.

kills       1,000 SIGKILLs of core and simulator at random moments of running sessions, under both disconnect policies
simulation  seeds 1..1000 with 1,000 orders and every fault
soak        ten minutes at the venue's throttle: nothing lost, memory flat, the core's loop never held
fuzz        a minute for every decoder and every session: events, or a documented error
matching    100,000 seeded commands for every venue of the engine: the same fills and books as a naive venue

`python -m tests.campaign --only fuzz` runs one part; the file keeps what it says about the others. What was reached is
written as it is reached; where that is less than `asked`, the run was stopped before its end.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from hts.app.build import build_name
from hts.app.simulate import play_all, summary
from hts.lab.faults import ALL
from hts.model.enums import DisconnectPolicy
from tests.soak import soak
from tests.support.kills import kill_and_compare

RESULT = Path(os.environ.get("HTS_CAMPAIGN_RESULT", Path(__file__).resolve().parents[1] / "docs" / "campaign.json"))
KILLS_PER_SESSION = 20
SEEDS_AT_ONCE = 10
VENUE_ORDERS_PER_S = 50  # the simulator's throttle for one member
FUZZ_TESTS = (
    "tests/app/test_decode_fuzz.py",
    "tests/link/test_fuzz.py",
    "tests/wire/arrowhead",
    "tests/wire/fast",
    "tests/wire/fix/test_fuzz.py",
    "tests/wire/fix/test_quick.py",
    "tests/wire/flex",
    "tests/wire/iso20022",
    "tests/wire/itch",
    "tests/wire/layout",
    "tests/wire/mdcs",
    "tests/wire/moldudp",
    "tests/wire/ouch",
    "tests/wire/pcap",
    "tests/wire/soupbin",
    "tests/wire/ums/test_fuzz.py",
)
NAIVE_TESTS = ("tests/sim/test_engine_naive.py", "tests/sim/test_window_book.py")
FUZZ_NAMES = "fuzz or damaged or random or bad_peers"
PARTS = ("simulation", "kills", "soak", "fuzz", "matching")


def kills(count: int) -> Iterator[dict[str, object]]:
    """Sessions of twenty kills each, three in four under "keep"; what was found so far, after each."""
    total = {"kills": 0, "orders": 0, "fills": 0, "lost": 0, "duplicated": 0, "entered_twice": 0}
    wrong: list[str] = []
    for number in range(count // KILLS_PER_SESSION):
        disconnect = "cancel" if number % 4 == 3 else "keep"
        with tempfile.TemporaryDirectory(prefix="hts-kills-") as home:
            audit, differences, _ = kill_and_compare(
                Path(home), kills=KILLS_PER_SESSION, seed=1000 + number, disconnect=disconnect
            )
        total["kills"] += KILLS_PER_SESSION
        for key in ("orders", "fills", "lost", "duplicated", "entered_twice"):
            total[key] += getattr(audit, key)
        wrong += differences
        print(f"session {number + 1} ({disconnect}): {total} {differences}", flush=True)
        yield {"asked": count, **total, "differences": wrong}


def simulation(seeds: int, orders: int, jobs: int) -> Iterator[dict[str, object]]:
    """Seeds 1 to `seeds`, every other one under each disconnect policy; what was found so far, now and then."""
    results = []
    for first in range(1, seeds + 1, SEEDS_AT_ONCE):
        some = range(first, min(first + SEEDS_AT_ONCE, seeds + 1))
        policy = DisconnectPolicy.CANCEL if first // SEEDS_AT_ONCE % 2 else DisconnectPolicy.KEEP
        results += play_all(some, orders=orders, faults=ALL, policy=policy, jobs=jobs)
        found = summary(results)
        print(f"seed {some[-1]}: {found['orders']} orders, {found['violations']} violations", flush=True)
        yield {"asked_seeds": seeds, "orders_per_seed": orders, **found}


def fuzz(seconds: int) -> Iterator[dict[str, object]]:
    """The fuzz tests, each for so long."""
    begin = time.time()
    words = ["-q", "-n2", "-o", f"timeout={60 + 6 * seconds}", "-k", FUZZ_NAMES]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, *FUZZ_TESTS],
        env={**os.environ, "HTS_FUZZ_SECONDS": str(seconds)},
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout[-4000:], flush=True)
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    yield {
        "seconds_each": seconds,
        "ok": done.returncode == 0,
        "result": done.stdout.strip().splitlines()[-1],
        "failed": failed,
        "minutes": round((time.time() - begin) / 60, 1),
    }


def matching(commands: int) -> Iterator[dict[str, object]]:
    """The engine against the naive venue."""
    begin = time.time()
    limits = ["-o", "timeout=3600", "-o", "faulthandler_timeout=3600"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *limits, *NAIVE_TESTS],
        env={**os.environ, "HTS_ENGINE_COMMANDS": str(commands)},
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout[-4000:], flush=True)
    yield {
        "commands_each": commands,
        "ok": done.returncode == 0,
        "result": done.stdout.strip().splitlines()[-1],
        "minutes": round((time.time() - begin) / 60, 1),
    }


def commit() -> str:
    """What was tested."""
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def earlier() -> dict[str, object]:
    """What the file holds of other parts and builds."""
    return json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--seeds", type=int, default=1_000)
    parser.add_argument("--orders", type=int, default=1_000, help="per seed")
    parser.add_argument("--jobs", type=int, default=2, help="processes of the simulation")
    parser.add_argument("--soak", type=int, default=600, metavar="SECONDS")
    parser.add_argument("--fuzz", type=int, default=60, metavar="SECONDS")
    parser.add_argument("--commands", type=int, default=100_000, help="of the matching part, per venue")
    parser.add_argument("--only", choices=PARTS, action="append", help="these parts; the others keep their results")
    options = parser.parse_args()
    begin = time.time()
    runs = {
        "simulation": lambda: simulation(options.seeds, options.orders, options.jobs),
        "kills": lambda: kills(options.kills),
        "soak": lambda: iter([soak(options.soak, VENUE_ORDERS_PER_S)]),
        "fuzz": lambda: fuzz(options.fuzz),
        "matching": lambda: matching(options.commands),
    }
    found: dict[str, object] = {}
    for part in options.only or PARTS:
        for result in runs[part]():
            found[part] = {"build": build_name(), "commit": commit(), **result}
            write(found)  # so that an interrupted campaign tells how far it came
    if not options.only:
        found |= {"build": build_name(), "commit": commit(), "minutes": round((time.time() - begin) / 60, 1)}
        write(found)
    return 1 if any(is_bad(part, result) for part, result in found.items() if part in PARTS) else 0


def write(found: dict[str, object]) -> None:
    """Beside what other runs found; each key is replaced as a whole."""
    RESULT.write_text(json.dumps({**earlier(), **found}, indent=2) + "\n", encoding="utf-8")


def is_bad(part: str, result: dict[str, object]) -> bool:
    """Whether a part found something that must not be."""
    if part == "simulation":
        return bool(result["violations"] or result["never_fired"]) or result["filled"] * 10 < result["orders"] * 3
    if part in ("kills", "soak"):
        return bool(result["lost"] or result["duplicated"] or result["differences"])
    return not result["ok"]


if __name__ == "__main__":
    sys.exit(main())
