"""`hts simulate`: the deterministic whole-system simulation over a range of seeds.

Each seed is a world of its own, of the venues that are wanted; seeds are spread over processes. A violation prints the
seed that reproduces it. The venues of one world trade at the same hours; what several list they list alike.

Orders travel in the venues' own protocols, or with `--lines` over FIX, in which case FIX messages are damaged and come
twice as well. In Korea the core listens to the drop copies with `--copies` only, everywhere else it always does.
"""

import argparse
import gc
import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from hts.app.core_feeds import KOREAN, TOKYO
from hts.app.simulation_fix import NATIVE, VERSIONS
from hts.app.simulation_native import NEW_YORK, OSAKA, NativeParts
from hts.app.simulation_parts import SimulationParts
from hts.base.errors import ConfigError
from hts.lab.conditions import draw
from hts.lab.faults import ALL, OF_FIX_LINES, Fault
from hts.lab.fix_network import SAID
from hts.lab.world import Report, World
from hts.model.enums import DisconnectPolicy
from hts.model.venues import VENUES
from hts.rules.foreign_rules import JAPANESE

KOREA = "korea"
Venues = tuple[str, ...]
"""Of a world; none: each seed draws Korea's."""
DRAWN: Venues = ()
WORLDS: tuple[Venues, ...] = (
    DRAWN,
    (TOKYO,),
    ("JNX", "ODX"),
    (NEW_YORK,),
    (OSAKA,),
    (TOKYO, "JNX", "ODX"),
    (TOKYO, OSAKA),
    (NEW_YORK, OSAKA),
)
TOGETHER = (frozenset({*KOREAN, *JAPANESE, OSAKA}), frozenset({NEW_YORK, OSAKA}))
ORDERS_MAX = 100_000
FIX = "fix"  # of one version or the other, by seed
MIXED = "mixed"  # each venue's own protocol or FIX, by seed
SPOKEN = (NATIVE, *VERSIONS)
LINES = (*SPOKEN, FIX, MIXED)
_MIXING = 0x313D  # dice of its own
_PARTS_KEPT = 16
SEEDS_TO_COVER = 30  # so many seeds of a few hundred orders meet every kind of fault


Spoken = str | tuple[tuple[str, str], ...]
"""By all order lines of a world, or by venue."""


class Kind(Struct, frozen=True, kw_only=True):
    """A kind of world: its venues, what its order lines speak, and in Korea whether the core hears the drop copies."""

    venues: Venues = DRAWN
    lines: str = NATIVE
    copies: bool = False

    @property
    def name(self) -> str:
        """As reports call it."""
        parts = [",".join(self.venues) or KOREA, *([self.lines] if self.lines != NATIVE else [])]
        return " ".join([*parts, "copies"] if self.copies else parts)

    @property
    def is_native(self) -> bool:
        """Whether its venues are not Korea's."""
        return bool(self.venues) and not set(self.venues) <= set(KOREAN)

    @property
    def faults(self) -> frozenset[Fault]:
        """That it can meet: some are of lines that not every world has."""
        met = ALL if self.lines != NATIVE else ALL - OF_FIX_LINES
        return met if self.is_native or self.copies else met - {Fault.COPY_CUT, Fault.NUMBERS_LOST}

    def lines_of(self, seed: int) -> Spoken:
        """What the order lines of a seed speak."""
        if self.lines == MIXED:
            return _mixture(seed, self.venues or draw(seed).venues)
        return self.lines if self.lines != FIX else (*VERSIONS,)[seed % len(VERSIONS)]


class Played(Struct, frozen=True, kw_only=True):
    """One seed of a world. `seconds` of the CPU."""

    kind: Kind
    report: Report
    seconds: float


KOREA_WORLD = Kind()


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


def play(
    seed: int, *, orders: int, faults: frozenset[Fault], policy: DisconnectPolicy, kind: Kind = KOREA_WORLD
) -> Played:
    """One seed."""
    parts = _parts(policy, kind, kind.lines_of(seed))
    gc.collect()
    gc.disable()  # one world is small and short; what it leaves is collected before the next
    try:
        begin = time.process_time()
        report = World(parts, seed=seed, orders=orders, enabled=faults, venues=kind.venues).run()
        return Played(kind=kind, report=report, seconds=time.process_time() - begin)
    finally:
        gc.enable()


def _mixture(seed: int, venues: Venues) -> Spoken:
    """Where there are several venues, at least one of its own protocol and at least one of FIX."""
    rng = Random(seed ^ _MIXING)
    while True:
        lines = tuple((venue, rng.choice(SPOKEN)) for venue in venues)
        natives = sum(line == NATIVE for _, line in lines)
        if len(venues) == 1 or 0 < natives < len(venues):
            return lines


@lru_cache(maxsize=_PARTS_KEPT)
def _parts(policy: DisconnectPolicy, kind: Kind, spoken: Spoken) -> SimulationParts:
    """Tables are read once per process."""
    lines = spoken if isinstance(spoken, str) else dict(spoken)
    if kind.is_native:
        return NativeParts(kind.venues, policy=policy, lines=lines)
    return SimulationParts(policy=policy, lines=lines, copies=kind.copies)


def play_all(
    seeds: range,
    *,
    orders: int,
    faults: frozenset[Fault],
    policy: DisconnectPolicy,
    jobs: int,
    kind: Kind = KOREA_WORLD,
) -> Iterator[Played]:
    """Every seed, in order."""
    one = partial(play, orders=orders, faults=faults, policy=policy, kind=kind)
    if jobs <= 1 or len(seeds) == 1:
        yield from map(one, seeds)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(one, seeds)


Results = list[Played]


def summary(results: Results, asked: frozenset[Fault] = ALL) -> dict[str, object]:
    """What `--json` prints; `asked` are the faults that should have fired, in each world those that it can meet."""
    by_kind: dict[Kind, Results] = {}
    for one in results:
        by_kind.setdefault(one.kind, []).append(one)
    met = frozenset[Fault]().union(*(kind.faults for kind in by_kind))
    return {
        **_sums(results),
        "restarts_from_snapshot": sum(one.report.restarts_from_snapshot for one in results),
        "violations": sum(len(one.report.violations) for one in results),
        "violated": [
            {"seed": one.report.seed, "venues": one.kind.name, "what": list(one.report.violations)}
            for one in results
            if one.report.violations
        ],
        **_faults(results, asked, met),
        "worlds": {
            kind.name: {
                **_sums(some),
                "violations": sum(len(one.report.violations) for one in some),
                **_faults(some, asked, kind.faults),
                **(_said(some) if kind.lines != NATIVE else {}),
            }
            for kind, some in by_kind.items()
        },
    }


def _sums(results: Results) -> dict[str, object]:
    reports = [one.report for one in results]
    orders = sum(report.orders for report in reports)
    seconds = sum(one.seconds for one in results)
    return {
        "seeds": len(results),
        "orders": orders,
        "filled": sum(report.filled for report in reports),
        "orders_elsewhere": sum(report.elsewhere for report in reports),
        "intents": sum(report.intents for report in reports),
        "steps": sum(report.steps for report in reports),
        "restarts": sum(report.restarts for report in reports),
        "orders_per_cpu_second": round(orders / seconds, 1) if seconds else 0.0,
    }


def _faults(results: Results, asked: frozenset[Fault], met: frozenset[Fault]) -> dict[str, object]:
    """How often each kind fired; those of FIX lines where there are such lines."""
    fired: Counter[str] = Counter({fault.value: 0 for fault in Fault if fault in met or fault not in OF_FIX_LINES})
    for one in results:
        fired.update(one.report.faults)
    never = [fault.value for fault in Fault if fault in asked & met and not fired[fault.value]]
    return {"faults": dict(fired), "never_fired": never}


def _said(results: Results) -> dict[str, object]:
    """What kept the numbers of FIX sessions together, so that what never came up is seen."""
    said: Counter[str] = Counter(dict.fromkeys(SAID, 0))
    for one in results:
        said.update(one.report.said)
    return {"fix_messages": dict(said), "never_said": [name for name in SAID if not said[name]]}


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
        help=f"the venues of a world: {KOREA} (default: each seed draws of KRX, NXT), venues open together with commas "
        "(KRX,NXT,TSE,JNX,ODX,OSE; NASDAQ,OSE), or all: every seed in a world of each",
    )
    parser.add_argument(
        "--lines",
        choices=LINES,
        default=NATIVE,
        help="what orders travel over: the venues' own protocols (default), FIX 4.4, FIX 5.0 SP2, "
        "fix: one of them by seed, or mixed: at each venue one of the three, by seed",
    )
    parser.add_argument("--copies", action="store_true", help="Korea's worlds too have drop copies, and another system")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def run(options: argparse.Namespace) -> int:
    """0 when nothing was violated and, over enough seeds, every fault that was asked for has fired; else 1."""
    if not 1 <= options.orders <= ORDERS_MAX:
        raise ConfigError(f"--orders: expected 1 to {ORDERS_MAX}, found {options.orders}")
    seeds, faults = parse_seeds(options.seeds), parse_faults(options.faults)
    policy = DisconnectPolicy(options.policy)
    results: Results = []
    for kind in _kinds(options):
        for one in play_all(seeds, orders=options.orders, faults=faults, policy=policy, jobs=options.jobs, kind=kind):
            results.append(one)
            if not options.json or one.report.violations:
                _show(one.report, kind.name)
    found = summary(results, faults)
    print(json.dumps(found) if options.json else _as_text(found))
    is_covered = len(seeds) < SEEDS_TO_COVER or not any(world["never_fired"] for world in _worlds(found).values())
    return 0 if not found["violations"] and is_covered else 1


def _kinds(options: argparse.Namespace) -> list[Kind]:
    kinds = [Kind(venues=venues, lines=options.lines) for venues in parse_venues(options.venues)]
    if not options.copies:
        return kinds
    if all(kind.is_native for kind in kinds):
        raise ConfigError(f"--copies: expected with Korea's venues, found with {options.venues}: they always have them")
    return [kind if kind.is_native else replace(kind, copies=True) for kind in kinds]


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
    lines += [f"{name}: {world['fix_messages']}" for name, world in _worlds(found).items() if "fix_messages" in world]
    return "\n".join(lines)


def _worlds(found: dict[str, object]) -> dict[str, dict[str, object]]:
    worlds = found["worlds"]
    assert isinstance(worlds, dict)
    return worlds
