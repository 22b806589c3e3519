"""`hts study`: the execution algorithms measured in the simulated market, in virtual time, seed by seed.

Seeds are spread over processes. Every seed's numbers go into a JSON file for each plan, so that the figures can be
computed again; the page for people is made of all such files of the folder.
"""

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path

import msgspec

from hts.app import tables
from hts.app.simulate import parse_seeds
from hts.app.study_page import page
from hts.base.errors import ConfigError
from hts.lab.study import PLANS, Learnt, Plan, Result, learn, play
from hts.lab.study_figures import StudyFile, results_of, study_file
from hts.rules.market_rules import MarketRules

SEEDS = "1..200"
CHUNK = 20
PREFIX = "algo_study_"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts study`."""
    parser.add_argument("--seeds", default=SEEDS, metavar="A..B", help=f"default: {SEEDS}")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--plans", default="", metavar="NAMES", help=f"some of {','.join(p.name for p in PLANS)}")
    parser.add_argument("--out", type=Path, metavar="DIR", help=f"write DIR/{PREFIX}PLAN.json")
    parser.add_argument("--resume", action="store_true", help="go on where the files in --out end")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write a page of all plans in --out, as Markdown")


def run(options: argparse.Namespace) -> int:
    """0. Raises ConfigError for what the user can mend."""
    seeds = parse_seeds(options.seeds)
    plans = chosen_plans(options.plans)
    if options.jobs < 1:
        raise ConfigError(f"--jobs: expected 1 or more, found {options.jobs}")
    if options.page is not None and options.out is None:
        raise ConfigError("--page: expected --out DIR too: the page is made of the files there")
    for plan in plans:
        results = begun(plan, seeds, options.out) if options.resume else []
        if results:
            keep(options, plan, seeds.start, results)  # judged anew
        learnt = learn(plan, _rules()) if len(results) < len(seeds) else None
        for first in range(len(results), len(seeds), CHUNK):  # what is done is kept: a study takes long
            assert learnt is not None
            results += play_all(plan, learnt, seeds[first : first + CHUNK], options.jobs)
            found = keep(options, plan, seeds.start, results)
        if options.out is None:
            print(page([found]))
    return 0


def keep(options: argparse.Namespace, plan: Plan, first: int, results: Sequence[tuple[Result, ...]]) -> StudyFile:
    """Judge the seeds from `first` on, and write what is asked for."""
    found = study_file(plan, (first, first + len(results) - 1), results)
    if options.out is not None:
        (options.out / f"{PREFIX}{plan.name}.json").write_bytes(msgspec.json.encode(found) + b"\n")
    if options.page is not None:
        options.page.write_text(page(read_files(options.out)), encoding="utf-8")
    return found


def begun(plan: Plan, seeds: range, folder: Path | None) -> list[tuple[Result, ...]]:
    """What a study of the same terms that began with the same seed has found so far. Raises ConfigError."""
    if folder is None:
        raise ConfigError("--resume: expected --out DIR too: what is done lies in the files there")
    kept = [file for file in read_files(folder) if file.terms == plan and file.seeds[0] == seeds.start]
    return results_of(kept[0]) if kept else []


def chosen_plans(names: str) -> tuple[Plan, ...]:
    """Plans by name, all when none is named. Raises ConfigError."""
    known = {plan.name: plan for plan in PLANS}
    wanted = names.split(",") if names else list(known)
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise ConfigError(f"--plans: expected some of {', '.join(known)}; found {unknown[0]!r}")
    return tuple(known[name] for name in wanted)


def read_files(folder: Path) -> list[StudyFile]:
    """The plans that a folder holds, in their usual order. Raises ConfigError for a damaged file."""
    found = []
    for plan in PLANS:
        path = folder / f"{PREFIX}{plan.name}.json"
        if path.exists():
            try:
                found.append(msgspec.json.decode(path.read_bytes(), type=StudyFile))
            except msgspec.DecodeError as error:
                raise ConfigError(f"{path}: expected a plan's results, found {error}; make it again") from error
    return found


def play_all(plan: Plan, learnt: Learnt, seeds: Sequence[int], jobs: int) -> list[tuple[Result, ...]]:
    """Every seed of a plan, in order; in each its cases."""
    if jobs == 1 or len(seeds) == 1:
        return [play(plan, _rules(), learnt, seed) for seed in seeds]
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(partial(_play, plan, learnt), seeds))


def _play(plan: Plan, learnt: Learnt, seed: int) -> tuple[Result, ...]:
    return play(plan, _rules(), learnt, seed)


@cache
def _rules() -> MarketRules:
    return MarketRules.parse(tables.load_folder(tables.MARKET))
