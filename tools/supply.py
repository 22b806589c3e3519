# ruff: noqa: INP001, T201  a script, not a package
"""What the program is made of besides its own code: `supply.py check` judges it, `supply.py licences` lists it.

`check` reads the lock files and the packages installed beside this interpreter and needs no network:

- every requirement has one version, at least one SHA-256, and names no address;
- none is a version that is known to harm (REFUSED);
- every package that the program runs with has a licence that may be shipped (ACCEPTED).

Advisories on the packages live in a service on the network: `make audit` asks it where it can be reached.
"""

import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
RUN_LOCK, DEV_LOCK = "requirements.lock", "requirements-dev.lock"

# Package -> version -> why it may not come back.
REFUSED = {"pyside6-essentials": {"6.12.0": "corrupts the reference count of None on Python 3.11"}}

# Licences of what we ship, by the words that packages use; the GPL alone is not among them.
ACCEPTED = (
    r"\b(MIT|MIT-0|BSD|0BSD|ISC|Zlib|CC0|PSF|MPL|LGPL|Unlicense)\b",
    r"Apache",
    r"^any-OSI$",  # apsw: "any licence that the OSI approves"
)

PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")
ADDRESS = re.compile(r"://|^\s*(-i|-f|--index-url|--extra-index-url|--find-links|-e)\b|\s@\s")


class Requirement(NamedTuple):
    """One package of a lock file."""

    name: str
    version: str
    hashes: int


def requirements(text: str) -> Iterator[Requirement]:
    """Those of a lock file, in its order; what is not pinned has the version ""."""
    for entry in re.split(r"\n(?=[^\s#])", re.sub(r"^\s*#.*\n?", "", text, flags=re.MULTILINE)):
        if not entry.strip():
            continue
        pinned = PINNED.match(entry)
        name = pinned["name"] if pinned else entry.split()[0]
        yield Requirement(name.lower(), pinned["version"] if pinned else "", len(HASH.findall(entry)))


def lock_problems(name: str, text: str) -> list[str]:
    """What is wrong with a lock file, one sentence each."""
    problems = [
        f"{name}:{number}: an address stands in it; make it with `make lock`"
        for number, line in enumerate(text.splitlines(), 1)
        if not line.lstrip().startswith("#") and ADDRESS.search(line)
    ]
    for found in requirements(text):
        if not found.version:
            problems.append(f"{name}: {found.name}: expected one version (==), found none; run `make lock`")
        elif not found.hashes:
            problems.append(f"{name}: {found.name}: expected a SHA-256, found none; run `make lock`")
        why = REFUSED.get(found.name, {}).get(found.version)
        if why:
            problems.append(f"{name}: {found.name} {found.version} may not be used: it {why}")
    return problems


def licence(name: str) -> str:
    """What an installed package says of its licence, in one line. Raises PackageNotFoundError."""
    said = metadata.metadata(name)
    classifiers = [c.rsplit("::", 1)[-1].strip() for c in said.get_all("Classifier") or [] if c.startswith("License")]
    whole = said.get("License-Expression") or " OR ".join(classifiers) or said.get("License") or ""
    return " ".join(whole.split())[:100]


def is_accepted(text: str) -> bool:
    """Whether something under this licence may be shipped with the program."""
    return any(re.search(pattern, text) for pattern in ACCEPTED)


def licences(text: str) -> Iterator[tuple[str, str, str]]:
    """Name, version and licence of what a lock file names and this machine has; others are for other systems."""
    for found in requirements(text):
        try:
            yield found.name, found.version, licence(found.name)
        except metadata.PackageNotFoundError:
            continue


def licence_problems(text: str) -> list[str]:
    """Packages whose licence is unknown or not accepted."""
    return [
        f"{RUN_LOCK}: {name} {version}: expected a licence that may be shipped, found {said or 'none'!r};"
        " use another package, or accept it in tools/supply.py"
        for name, version, said in licences(text)
        if not is_accepted(said)
    ]


def report(text: str) -> str:
    """The licences as a table in Markdown."""
    rows = "\n".join(f"| {name} | {version} | {said} |" for name, version, said in licences(text))
    return f"| package | version | licence |\n|---|---|---|\n{rows}\n"


def main(arguments: list[str]) -> int:
    run = (ROOT / RUN_LOCK).read_text(encoding="utf-8")
    if arguments == ["licences"]:
        print(report(run), end="")
        return 0
    if arguments != ["check"]:
        print("usage: supply.py check | licences", file=sys.stderr)
        return 2
    dev = (ROOT / DEV_LOCK).read_text(encoding="utf-8")
    problems = lock_problems(RUN_LOCK, run) + lock_problems(DEV_LOCK, dev) + licence_problems(run)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
