"""`hts flags`: what each feature flag means, who answers for it, until when, and whether it is on."""

import argparse
import json
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from hts.app import tables
from hts.app.config import load_config
from hts.app.paths import home_directory, home_paths
from hts.risk.flags import FlagRegistry


def today() -> int:
    """The date, YYYYMMDD, in UTC."""
    return int(datetime.now(UTC).strftime("%Y%m%d"))


def load_registry() -> FlagRegistry:
    """The program's registry. Raises ConfigError."""
    return FlagRegistry.parse(tables.read_toml(tables.resources_directory() / "flags.toml"))


def enabled_flags(settings: Mapping[str, bool]) -> frozenset[str]:
    """The flags that are on today. Raises ConfigError for one that is unknown, retired or expired."""
    return load_registry().enabled(settings, today())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts flags`."""
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def run(options: argparse.Namespace) -> int:
    """Print the registry; 0."""
    config = load_config(home_paths(home_directory(options.home)).config)
    registry = load_registry()
    on = registry.enabled(config.flags, today())
    if options.json:
        found = [{**msgspec.to_builtins(flag), "now_on": flag.flag_id in on} for flag in registry.flags.values()]
        retired = [msgspec.to_builtins(flag) for flag in registry.retired.values()]
        print(json.dumps({"flags": found, "retired": retired}))
        return 0
    for flag in registry.flags.values():
        print(f"{flag.flag_id:20} {'on' if flag.flag_id in on else 'off':4} {flag.owner}, until {flag.expires}")
        print(f"    {flag.meaning}")
    for old in registry.retired.values():
        print(f"{old.flag_id:20} retired {old.retired}, never to be used again\n    {old.meaning}")
    return 0
