"""`make campaign`: the counts that take too long for every change. Writes docs/campaign.json.

kills       200 SIGKILLs of the core at random moments of running sessions, under both disconnect policies
simulation  seeds 1..50 with 500 orders and every fault, and a further range
fuzz        a minute for every decoder and the order session: events, or a documented error
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hts.app.build import build_name
from hts.app.simulate import play_all, summary
from hts.lab.faults import ALL
from hts.model.enums import DisconnectPolicy
from tests.support.kills import kill_and_compare

RESULT = Path(__file__).resolve().parents[1] / "docs" / "campaign.json"
KILLS_PER_SESSION = 20
FUZZ_TESTS = (
    "tests/app/test_decode_fuzz.py",
    "tests/wire/arrowhead",
    "tests/wire/fast",
    "tests/wire/flex",
    "tests/wire/iso20022",
    "tests/wire/itch",
    "tests/wire/layout",
    "tests/wire/mdcs",
    "tests/wire/moldudp",
    "tests/wire/pcap",
    "tests/wire/soupbin",
    "tests/wire/ums/test_fuzz.py",
)


def kills(count: int) -> dict[str, object]:
    """Sessions of twenty kills each, three in four under "keep"."""
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
    return {**total, "differences": wrong}


def simulation(first: int, last: int, orders: int) -> dict[str, object]:
    """The whole range on two processes, half of it under each disconnect policy."""
    middle = (first + last) // 2
    results = []
    for policy, seeds in (
        (DisconnectPolicy.KEEP, range(first, middle + 1)),
        (DisconnectPolicy.CANCEL, range(middle + 1, last + 1)),
    ):
        for result in play_all(seeds, orders=orders, faults=ALL, policy=policy, jobs=2):
            results.append(result)
            print(
                f"seed {result[0].seed}: {result[0].orders} orders, {len(result[0].violations)} violations", flush=True
            )
    return summary(results)


def fuzz(seconds: int) -> dict[str, object]:
    """The fuzz tests, each for so long."""
    words = ["-q", "-n2", "-o", f"timeout={60 + 4 * seconds}", "-k", "fuzz or damaged or random or bad_peers"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, *FUZZ_TESTS],
        env={**os.environ, "HTS_FUZZ_SECONDS": str(seconds)},
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout[-4000:], flush=True)
    return {"seconds_each": seconds, "ok": done.returncode == 0, "result": done.stdout.strip().splitlines()[-1]}


def commit() -> str:
    """What was tested."""
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--fuzz", type=int, default=60, metavar="SECONDS")
    options = parser.parse_args()
    begin = time.time()
    found: dict[str, object] = {"build": build_name(), "commit": commit()}
    found["simulation"] = simulation(1, options.seeds, 500)
    found["kills"] = kills(options.kills)
    found["fuzz"] = fuzz(options.fuzz)
    found["minutes"] = round((time.time() - begin) / 60, 1)
    RESULT.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    bad = found["simulation"]["violations"] or found["kills"]["lost"] or found["kills"]["duplicated"]
    return 1 if bad or found["kills"]["differences"] or not found["fuzz"]["ok"] else 0


if __name__ == "__main__":
    sys.exit(main())
