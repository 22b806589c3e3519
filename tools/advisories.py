# ruff: noqa: INP001, T201  a script, not a package
"""Known faults of the packages that are locked: `advisories.py check` looks them up here, `advisories.py audit` asks.

`check` (in `make lint`) needs no network: it refuses a locked version that tools/advisories.toml names, and says how
old that file is and whether the service was ever asked about all packages.

`audit` (`make audit`) runs pip-audit over both lock files. pip-audit calls it a success when its service knows none of
the packages it was asked about; here that is a failure with its own status, because then nobody has looked.
"""

import datetime as dt
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from packaging.version import Version

sys.path.insert(0, str(Path(__file__).parent))
from supply import DEV_LOCK, ROOT, RUN_LOCK, Requirement, requirements

FILE = ROOT / "tools" / "advisories.toml"
OLD_DAYS = 90
OK, FOUND, NOBODY_LOOKED = 0, 1, 3
PATIENCE_S = 300


class Advisory(NamedTuple):
    """One known fault, and the versions that have it."""

    id: str
    package: str
    before: Version
    what: str
    first: Version | None

    def concerns(self, one: Requirement) -> bool:
        """Whether this package of a lock file has the fault."""
        if one.name.replace("_", "-") != self.package or not one.version:
            return False
        version = Version(one.version)
        return version < self.before and (self.first is None or version >= self.first)


def read(text: str) -> tuple[dict[str, str], list[Advisory]]:
    """The file's own days, and its advisories."""
    table: dict[str, Any] = tomllib.loads(text)
    rows = [
        Advisory(
            row["id"],
            row["package"],
            Version(row["before"]),
            row["what"],
            Version(row["from"]) if "from" in row else None,
        )
        for row in table["advisory"]
    ]
    return {"made": table["made"], "asked": table["asked"]}, rows


def problems(advisories: Iterable[Advisory], name: str, text: str) -> list[str]:
    """One sentence for each locked package with a known fault."""
    locked = list(requirements(text))
    return [
        f"{name}: {one.name} {one.version} has {found.id} ({found.what}); lock {found.before} or newer"
        for found in advisories
        for one in locked
        if found.concerns(one)
    ]


def standing(days: dict[str, str], count: int, today: dt.date) -> str:
    """What was looked up, in one line, so that nobody takes it for more."""
    age = (today - dt.date.fromisoformat(days["made"])).days
    old = f", {age} days old: look through it again" if age > OLD_DAYS else ""
    asked = f"last asked {days['asked']}" if days["asked"] else "never asked about all packages"
    return (
        f"advisories: none of {count} known ones (tools/advisories.toml of {days['made']}{old}); the service: {asked}"
    )


def judged(said: dict[str, Any]) -> tuple[list[str], list[str]]:
    """What pip-audit's answer holds: faults, and packages that it could not ask about."""
    faults = [
        f"{one['name']} {one['version']}: {vuln['id']}, mended in {', '.join(vuln['fix_versions']) or 'no version'}"
        for one in said["dependencies"]
        for vuln in one.get("vulns", [])
    ]
    return faults, [one["name"] for one in said["dependencies"] if "skip_reason" in one]


def ask(lock: str) -> dict[str, Any]:
    """pip-audit over one lock file; an empty answer where it could not be run at all."""
    words = ("pip-audit", "--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off")
    command = [str(ROOT / ".venv/bin/uv"), "tool", "run", *words, "-r", lock]
    try:
        done = subprocess.run(  # noqa: S603  our own command
            command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
        found: dict[str, Any] = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        print(f"pip-audit could not be run: {type(error).__name__}", file=sys.stderr)
        return {"dependencies": []}
    return found


def audit(asker: Callable[[str], dict[str, Any]], today: dt.date, file: Path) -> int:
    """Ask about both lock files, and note the day where all of them were looked up."""
    faults, unasked, unanswered, count = [], [], [], 0
    for lock in (RUN_LOCK, DEV_LOCK):
        said = asker(lock)
        count += len(said["dependencies"])
        unanswered += [] if said["dependencies"] else [lock]
        found, skipped = judged(said)
        faults += found
        unasked += skipped
    for line in faults:
        print(line, file=sys.stderr)
    if unasked or unanswered:
        whom = f"any package of {' and '.join(unanswered)}" if unanswered else f"{len(unasked)} of {count} packages"
        print(
            f"NOT AUDITED: the service had no answer about {whom}; nobody has looked. "
            "Run make audit where it can be reached.",
            file=sys.stderr,
        )
    if faults:
        return FOUND
    if unasked or unanswered:
        return NOBODY_LOOKED
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r'^asked = ".*"$', f'asked = "{today}"', text, flags=re.MULTILINE), encoding="utf-8")
    print(f"{count} packages, none with a known fault; noted in {file.name}")
    return OK


def main(arguments: list[str]) -> int:
    today = dt.datetime.now(dt.UTC).date()
    if arguments == ["audit"]:
        return audit(ask, today, FILE)
    if arguments != ["check"]:
        print("usage: advisories.py check | audit", file=sys.stderr)
        return 2
    days, rows = read(FILE.read_text(encoding="utf-8"))
    found = [line for name in (RUN_LOCK, DEV_LOCK) for line in problems(rows, name, (ROOT / name).read_text("utf-8"))]
    for line in found:
        print(line, file=sys.stderr)
    if not found:
        print(standing(days, len(rows), today))
    return FOUND if found else OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
