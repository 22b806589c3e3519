"""The scenarios that come with the program: resources/scenarios."""

from typing import Any, Final

from hts.app import tables
from hts.base.errors import ConfigError
from hts.sim.scenario import USUAL, Scenario, parse_scenario

FOLDER: Final = "scenarios"


def load_scenario(name: str | None) -> Scenario:
    """A scenario by name; the ordinary day without one. Raises ConfigError with the names that there are."""
    if name is None:
        return USUAL
    known = _tables()
    if name not in known:
        raise ConfigError(f"--scenario: one of {', '.join(known)} expected, found {name}")
    return parse_scenario(name, known[name])


def scenario_list() -> str:
    """One line per scenario."""
    return "\n".join(f"{name:18} {table['title']}" for name, table in _tables().items())


def _tables() -> dict[str, dict[str, Any]]:
    return tables.load_folder(FOLDER)
