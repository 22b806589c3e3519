"""`hts simulate`: the deterministic whole-system simulation over a range of seeds.

Each seed is a world of its own; seeds are spread over processes. A violation prints the seed that reproduces it.
"""

import argparse
import gc
import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial

from hts.app.simulation_parts import SimulationParts
from hts.app.simulation_tokyo import TOKYO, TokyoParts
from hts.base.errors import ConfigError
from hts.lab.faults import ALL, Fault
from hts.lab.world import Report, World
from hts.model.enums import DisconnectPolicy

KOREA = "korea"
ORDERS_MAX = 100_000
SEEDS_TO_COVER = 30  # so many seeds of a few hundred orders meet every kind of fault


def parse_seeds(text: str) -> range:
    """Parse one seed ("7") or a range ("1..50"). Raises ConfigError."""
    first, separator, last = text.partition("..")
    if first.isdecimal() and (last.isdecimal() if separator else not last):
        seeds = range(int(first), int(last or first) + 1)
        if seeds:
            return seeds
    raise ConfigError(f"--seeds: expected a number or A..B with A <= B, found {text!r}")


def parse_faults(text: str) -> frozenset[Fault]:
    """Parse "all", "none", or names with commas. Raises ConfigError."""
    if text in ("all", "none"):
        return ALL if text == "all" else frozenset()
    known = {fault.value: fault for fault in Fault}
    unknown = [name for name in text.split(",") if name not in known]
    if unknown:
        raise ConfigError(f"--faults: expected all, none or some of {','.join(known)}; found {unknown[0]!r}")
    return frozenset(known[name] for name in text.split(","))


def parse_venues(text: str) -> tuple[str, ...]:
    """Parse "korea", of which each seed draws its venues, or "TSE". Raises ConfigError."""
    if text.lower() == KOREA:
        return ()
    if text.upper() == TOKYO:
        return (TOKYO,)
    raise ConfigError(f"--venues: expected {KOREA} or {TOKYO}, found {text!r}")


def play(
    seed: int, *, orders: int, faults: frozenset[Fault], policy: DisconnectPolicy, venues: tuple[str, ...] = ()
) -> tuple[Report, float]:
    """One seed, and the CPU seconds it took."""
    parts = _parts(policy, venues)
    gc.collect()
    gc.disable()  # one world is small and short; what it leaves is collected before the next
    try:
        begin = time.process_time()
        report = World(parts, seed=seed, orders=orders, enabled=faults, venues=venues).run()
        return report, time.process_time() - begin
    finally:
        gc.enable()


@cache
def _parts(policy: DisconnectPolicy, venues: tuple[str, ...]) -> SimulationParts:
    """Tables are read once per process."""
    return TokyoParts(policy=policy) if venues else SimulationParts(policy=policy)


def play_all(
    seeds: range,
    *,
    orders: int,
    faults: frozenset[Fault],
    policy: DisconnectPolicy,
    jobs: int,
    venues: tuple[str, ...] = (),
) -> Iterator[tuple[Report, float]]:
    """Every seed, in order."""
    one = partial(play, orders=orders, faults=faults, policy=policy, venues=venues)
    if jobs <= 1 or len(seeds) == 1:
        yield from map(one, seeds)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(one, seeds)


def summary(results: list[tuple[Report, float]], asked: frozenset[Fault] = ALL) -> dict[str, object]:
    """What `--json` prints; `asked` are the faults that should have fired."""
    fired: Counter[str] = Counter({fault.value: 0 for fault in Fault})
    for report, _ in results:
        fired.update(report.faults)
    orders = sum(report.orders for report, _ in results)
    seconds = sum(seconds for _, seconds in results)
    return {
        "seeds": len(results),
        "orders": orders,
        "filled": sum(report.filled for report, _ in results),
        "intents": sum(report.intents for report, _ in results),
        "steps": sum(report.steps for report, _ in results),
        "restarts": sum(report.restarts for report, _ in results),
        "restarts_from_snapshot": sum(report.restarts_from_snapshot for report, _ in results),
        "violations": sum(len(report.violations) for report, _ in results),
        "violated": [{"seed": r.seed, "what": list(r.violations)} for r, _ in results if r.violations],
        "faults": dict(fired),
        "never_fired": [fault.value for fault in Fault if fault in asked and not fired[fault.value]],
        "orders_per_cpu_second": round(orders / seconds, 1) if seconds else 0.0,
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts simulate`."""
    parser.add_argument("--seeds", default="1..10", metavar="A..B", help="one seed or a range (default 1..10)")
    parser.add_argument("--orders", type=int, default=500, metavar="N", help="orders per seed (default 500)")
    parser.add_argument("--faults", default="all", help=f"all, none, or names: {','.join(f.value for f in Fault)}")
    parser.add_argument("--policy", choices=[p.value for p in DisconnectPolicy], default="keep", help="on disconnect")
    parser.add_argument("--venues", default=KOREA, metavar="NAME", help=f"{KOREA} (default: KRX, NXT) or {TOKYO}")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def run(options: argparse.Namespace) -> int:
    """0 when nothing was violated and, over enough seeds, every fault that was asked for has fired; else 1."""
    if not 1 <= options.orders <= ORDERS_MAX:
        raise ConfigError(f"--orders: expected 1 to {ORDERS_MAX}, found {options.orders}")
    seeds, faults = parse_seeds(options.seeds), parse_faults(options.faults)
    policy, venues = DisconnectPolicy(options.policy), parse_venues(options.venues)
    results = []
    for report, seconds in play_all(
        seeds, orders=options.orders, faults=faults, policy=policy, jobs=options.jobs, venues=venues
    ):
        results.append((report, seconds))
        if not options.json or report.violations:
            print(
                f"seed {report.seed}: {report.orders} orders, {report.filled} filled, {report.steps} steps", flush=True
            )
            for violation in report.violations:
                print(f"  violation: {violation}")
    found = summary(results, faults)
    print(json.dumps(found) if options.json else "\n".join(f"{key}: {value}" for key, value in found.items()))
    is_covered = len(seeds) < SEEDS_TO_COVER or not found["never_fired"]
    return 0 if not found["violations"] and is_covered else 1
