"""`hts drill NAME|all`: the field's accidents, played without guards and with them, on the simulator."""

import argparse
import json

import msgspec

from hts.app.drill_parts import DrillParts
from hts.base.errors import ConfigError
from hts.lab.drills import DRILLS
from hts.lab.drills_result import DrillResult, Played

ALL = "all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts drill`."""
    parser.add_argument("name", nargs="?", default=ALL, help=f"{', '.join(DRILLS)}, or all (the default)")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def run(options: argparse.Namespace) -> int:
    """0 when every drill passed, 1 when one did not."""
    if options.name != ALL and options.name not in DRILLS:
        raise ConfigError(f"drill: expected one of {', '.join(DRILLS)} or all, found {options.name!r}")
    names = list(DRILLS) if options.name == ALL else [options.name]
    results = []
    for name in names:
        result = DRILLS[name].play(DrillParts)
        results.append(result)
        if not options.json:
            print("\n".join(told(result)), flush=True)
    if options.json:
        print(json.dumps({"drills": [msgspec.to_builtins(result) for result in results]}))
    return 0 if all(result.passed for result in results) else 1


def told(result: DrillResult) -> list[str]:
    """A short report."""
    return [
        f"{result.name}: {'passed' if result.passed else 'FAILED'}",
        f"  then        {DRILLS[result.name].story}",
        f"  guards off  {_told_side(result.guards_off)}",
        f"  guards on   {_told_side(result.guards_on)}",
        f"  stopped by  {result.stopped_by}",
        *(f"              {note}" for note in result.notes),
    ]


def _told_side(played: Played) -> str:
    figures = f"{played.orders:,} orders sent, {played.refused:,} refused, {played.shares:,} shares"
    return f"{figures}, {played.money_won:,} won ({played.what})"
