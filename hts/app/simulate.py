"""`hts simulate`: the deterministic whole-system simulation over a range of seeds.

Each seed is a world of its own, of the venues that are wanted; seeds are spread over processes. A violation prints the
seed that reproduces it. The venues of one world trade in one currency, and what they list they list alike.
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

from hts.app.core_feeds import KOREAN, TOKYO
from hts.app.simulation_native import NativeParts
from hts.app.simulation_parts import SimulationParts
from hts.base.errors import ConfigError
from hts.lab.faults import ALL, Fault
from hts.lab.world import Report, World
from hts.model.enums import DisconnectPolicy
from hts.model.venues import VENUES
from hts.rules.foreign_rules import JAPANESE

KOREA = "korea"
Venues = tuple[str, ...]
"""Of a world; none: each seed draws Korea's."""
DRAWN: Venues = ()
WORLDS: tuple[Venues, ...] = (DRAWN, (TOKYO,), ("JNX", "ODX"), ("NASDAQ",), ("OSE",), (TOKYO, "JNX", "ODX"))
TOGETHER = (frozenset(KOREAN), frozenset(JAPANESE), frozenset({"NASDAQ"}), frozenset({"OSE"}))
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


def parse_venues(text: str) -> tuple[Venues, ...]:
    """Parse "all", "korea", or the names of one world's venues with commas. Raises ConfigError."""
    if text.lower() == "all":
        return WORLDS
    if text.lower() == KOREA:
        return (DRAWN,)
    names = text.upper().split(",")
    if len(set(names)) == len(names) and any(together.issuperset(names) for together in TOGETHER):
        return (tuple(venue for venue in VENUES if venue in names),)
    groups = "; ".join(",".join(venue for venue in VENUES if venue in together) for together in TOGETHER)
    raise ConfigError(f"--venues: expected all, {KOREA}, or some of one of these: {groups}; found {text!r}")


def name_of(venues: Venues) -> str:
    """A world's name."""
    return ",".join(venues) or KOREA


def kinds_of(venues: Venues) -> frozenset[Fault]:
    """The faults that a world can meet: where the drop copy is UMS the core listens to none."""
    return ALL if _is_native(venues) else ALL - {Fault.COPY_CUT}


def _is_native(venues: Venues) -> bool:
    return bool(venues) and not set(venues) <= set(KOREAN)


def play(
    seed: int, *, orders: int, faults: frozenset[Fault], policy: DisconnectPolicy, venues: Venues = DRAWN
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
def _parts(policy: DisconnectPolicy, venues: Venues) -> SimulationParts:
    """Tables are read once per process."""
    return NativeParts(venues, policy=policy) if _is_native(venues) else SimulationParts(policy=policy)


def play_all(
    seeds: range,
    *,
    orders: int,
    faults: frozenset[Fault],
    policy: DisconnectPolicy,
    jobs: int,
    venues: Venues = DRAWN,
) -> Iterator[tuple[Report, float]]:
    """Every seed, in order."""
    one = partial(play, orders=orders, faults=faults, policy=policy, venues=venues)
    if jobs <= 1 or len(seeds) == 1:
        yield from map(one, seeds)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(one, seeds)


Results = list[tuple[Report, float]]


def summary(results: Results, asked: frozenset[Fault] = ALL) -> dict[str, object]:
    """What `--json` prints; `asked` are the faults that should have fired, in each world those that it can meet."""
    worlds = {name_of(report.venues): report.venues for report, _ in results}
    by_world = {name: [one for one in results if one[0].venues == venues] for name, venues in worlds.items()}
    met = frozenset[Fault]().union(*(kinds_of(venues) for venues in worlds.values()))
    return {
        **_sums(results),
        "restarts_from_snapshot": sum(report.restarts_from_snapshot for report, _ in results),
        "violations": sum(len(report.violations) for report, _ in results),
        "violated": [
            {"seed": r.seed, "venues": name_of(r.venues), "what": list(r.violations)}
            for r, _ in results
            if r.violations
        ],
        **_faults(results, asked & met),
        "worlds": {
            name: {
                **_sums(some),
                "violations": sum(len(report.violations) for report, _ in some),
                **_faults(some, asked & kinds_of(worlds[name])),
            }
            for name, some in by_world.items()
        },
    }


def _sums(results: Results) -> dict[str, object]:
    orders = sum(report.orders for report, _ in results)
    seconds = sum(seconds for _, seconds in results)
    return {
        "seeds": len(results),
        "orders": orders,
        "filled": sum(report.filled for report, _ in results),
        "orders_elsewhere": sum(report.elsewhere for report, _ in results),
        "intents": sum(report.intents for report, _ in results),
        "steps": sum(report.steps for report, _ in results),
        "restarts": sum(report.restarts for report, _ in results),
        "orders_per_cpu_second": round(orders / seconds, 1) if seconds else 0.0,
    }


def _faults(results: Results, expected: frozenset[Fault]) -> dict[str, object]:
    fired: Counter[str] = Counter({fault.value: 0 for fault in Fault})
    for report, _ in results:
        fired.update(report.faults)
    never = [fault.value for fault in Fault if fault in expected and not fired[fault.value]]
    return {"faults": dict(fired), "never_fired": never}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts simulate`."""
    parser.add_argument("--seeds", default="1..10", metavar="A..B", help="one seed or a range (default 1..10)")
    parser.add_argument("--orders", type=int, default=500, metavar="N", help="orders per seed (default 500)")
    parser.add_argument("--faults", default="all", help=f"all, none, or names: {','.join(f.value for f in Fault)}")
    parser.add_argument("--policy", choices=[p.value for p in DisconnectPolicy], default="keep", help="on disconnect")
    parser.add_argument(
        "--venues",
        default=KOREA,
        metavar="NAMES",
        help=f"the venues of a world: {KOREA} (default: each seed draws of KRX, NXT), names of one country with commas "
        "(KRX,NXT; TSE,JNX,ODX; NASDAQ; OSE), or all: every seed in a world of each",
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def run(options: argparse.Namespace) -> int:
    """0 when nothing was violated and, over enough seeds, every fault that was asked for has fired; else 1."""
    if not 1 <= options.orders <= ORDERS_MAX:
        raise ConfigError(f"--orders: expected 1 to {ORDERS_MAX}, found {options.orders}")
    seeds, faults = parse_seeds(options.seeds), parse_faults(options.faults)
    policy, worlds = DisconnectPolicy(options.policy), parse_venues(options.venues)
    results: Results = []
    for venues in worlds:
        for report, seconds in play_all(
            seeds, orders=options.orders, faults=faults, policy=policy, jobs=options.jobs, venues=venues
        ):
            results.append((report, seconds))
            if not options.json or report.violations:
                _show(report, name_of(venues))
    found = summary(results, faults)
    print(json.dumps(found) if options.json else _as_text(found))
    is_covered = len(seeds) < SEEDS_TO_COVER or not any(world["never_fired"] for world in _worlds(found).values())
    return 0 if not found["violations"] and is_covered else 1


def _show(report: Report, world: str) -> None:
    print(
        f"{world} seed {report.seed}: {report.orders} orders, {report.filled} filled, {report.steps} steps", flush=True
    )
    for violation in report.violations:
        print(f"  violation: {violation}")


def _as_text(found: dict[str, object]) -> str:
    """A line for each figure; where there was one world its figures are the sums."""
    lines = [f"{key}: {value}" for key, value in found.items() if key != "worlds"]
    if len(_worlds(found)) > 1:
        lines += [
            f"{name}: {world['orders']} orders, {world['violations']} violations, never fired: {world['never_fired']}"
            for name, world in _worlds(found).items()
        ]
    return "\n".join(lines)


def _worlds(found: dict[str, object]) -> dict[str, dict[str, object]]:
    worlds = found["worlds"]
    assert isinstance(worlds, dict)
    return worlds
