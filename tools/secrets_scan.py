# ruff: noqa: INP001, T201, S603, S607  a script, not a package; it runs git by name
"""Looks for keys, tokens and passwords in every file that git tracks: `secrets_scan.py [FILE ...]`.

The detectors are those of detect-secrets but for the one that goes by names like "password": the venues' paper
passwords are public. Only lines that could hold a secret are shown to them, which makes the scan ten times faster: a
run of at least 16 letters, digits and signs with a digit among them, or the head of a private key. Those that look for
mere disorder are shown quoted strings alone.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.core.scan import scan_line
from detect_secrets.settings import transient_settings

ROOT = Path(__file__).resolve().parents[1]
BINARY = (".otf", ".ttf", ".png", ".lock")  # lock files are hashes all over; tools/supply.py reads them
CANDIDATE = re.compile(r"PRIVATE KEY|(?=[A-Za-z_/+=.:-]*[0-9])[A-Za-z0-9_/+=.:-]{16,}")
# Golden bytes of the tests stand in bytes.fromhex(...).
HEX = re.compile(r"""(?<!fromhex\()["']([0-9a-fA-F]{32,})["']""")
MIXED = re.compile(r"""["']((?=[^"']*[0-9])(?=[^"']*[a-z])(?=[^"']*[A-Z])[A-Za-z0-9+/=_-]{24,})["']""")
DISORDER = {  # detector -> where it looks, bits per character
    "Base64HighEntropyString": (MIXED, 4.2),
    "HexHighEntropyString": (HEX, 3.0),
}
BY_NAME = "KeywordDetector"
LINE_MAX = 2_000  # characters; longer lines are tables


class Finding(NamedTuple):
    path: str
    line: int
    kind: str

    def __str__(self) -> str:
        return (
            f"{self.path}:{self.line}: looks like a secret ({self.kind}); take it out, and change it where it is used"
        )


def of_form() -> dict[str, list[dict[str, object]]]:
    """Settings of the detectors that know what a key of some service looks like."""
    names = {cls.__name__ for cls in get_mapping_from_secret_type_to_class().values()} - {BY_NAME} - set(DISORDER)
    return {"plugins_used": [{"name": name} for name in sorted(names)]}


def lines(paths: Iterable[Path]) -> Iterator[tuple[str, int, str]]:
    """Path, number and text of the lines that could hold a secret; what is no UTF-8 is passed over."""
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if CANDIDATE.search(line) and len(line) <= LINE_MAX:
                yield str(path), number, line


def scan(paths: Iterable[Path]) -> list[Finding]:
    """Findings in text files, in their order."""
    candidates = list(lines(paths))
    findings = set()
    with transient_settings(of_form()):
        for path, number, line in candidates:
            findings |= {Finding(path, number, secret.type) for secret in scan_line(line)}
    for name, (pattern, limit) in DISORDER.items():
        with transient_settings({"plugins_used": [{"name": name, "limit": limit}]}):
            for path, number, line in candidates:
                for quoted in pattern.findall(line):
                    findings |= {Finding(path, number, secret.type) for secret in scan_line(f'"{quoted}"')}
    return sorted(findings)


def tracked(root: Path) -> list[Path]:
    names = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], check=True, capture_output=True).stdout
    found = [root / name for name in names.decode().split("\0") if name and not name.endswith(BINARY)]
    return [path for path in found if path.is_file()]


def main(arguments: list[str]) -> int:
    findings = scan([Path(name) for name in arguments] or tracked(ROOT))
    for finding in findings:
        print(finding, file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
