"""`hts rules`: every rule that an order passes, why it exists, and with which limits it begins; or those in force."""

import argparse
import json

from hts.app import tables
from hts.app.config import load_config
from hts.app.paths import home_directory, home_paths
from hts.model.scopes import ScopeKind
from hts.risk.rulebook import RuleBook, RuleEntry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts rules`."""
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def run(options: argparse.Namespace) -> int:
    """Print the list; 0."""
    config = load_config(home_paths(home_directory(options.home)).config)
    book = RuleBook.parse(tables.load(tables.RISK, "rules"))
    in_force = {name: getattr(config.limits, name) for entry in book.rules for name in entry.limits}
    if options.json:
        print(json.dumps({"rules": [_as_json(entry, in_force) for entry in book.rules]}, ensure_ascii=False))
        return 0
    for entry in book.rules:
        print(f"{entry.rule_id:20} {entry.kind:8} {', '.join(entry.acts)}")
        print(f"    {entry.why}")
        for name, by_scope in entry.limits.items():
            others = [f"{kind.value} {value:,}" for kind, value in by_scope.items() if kind is not ScopeKind.ACCOUNT]
            own = f"{in_force[name]:,}" if in_force[name] else "off"
            print(f"    {name}: account {', '.join([own, *others])}")
    return 0


def _as_json(entry: RuleEntry, in_force: dict[str, int]) -> dict[str, object]:
    limits = {
        name: {**{kind.value: value for kind, value in by_scope.items()}, "account": in_force[name]}
        for name, by_scope in entry.limits.items()
    }
    return {
        "id": entry.rule_id,
        "kind": entry.kind,
        "unit": entry.unit,
        "acts": list(entry.acts),
        "why": entry.why,
        "limits": limits,
    }
