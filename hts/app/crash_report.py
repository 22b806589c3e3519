"""What is written down when the terminal dies or stands still: enough to find the fault, and no secret.

A report is plain text: when, which build, what was running, how it ended, the stacks. No values of variables are in it;
what might be a secret all the same (the link token, passwords, long hexadecimal strings) is struck out before it is
written.
"""

import os
import platform
import re
import sys
import traceback
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final

from hts.app.build import build_name
from hts.base.errors import ConfigError

HIDDEN: Final = "<hidden>"
HANG: Final = "hang"  # the kind of report of a window that was ended because it stood still
KINDS: Final = ("crash", "stall", HANG)
REPORTS_KEPT: Final = 20
SECRET_MIN: Final = 6  # a shorter value of a secret's name would strike out ordinary words
_SECRET_NAME: Final = re.compile(r"PASS|TOKEN|SECRET|KEY|COOKIE|AUTH", re.IGNORECASE)
_LONG_HEX: Final = re.compile(r"\b(?:hts_)?[0-9a-fA-F]{32,}\b")  # link tokens, keys, tokens of the API
_NAMED: Final = re.compile(
    r"(?i)\b(pass(?:word|wd|phrase)?|token|secret|pin|api_?key)(['\"]?\s*[=:]\s*)(['\"]?)[^\s'\",)]+"
)


def report_path(log: Path, wall_ns: int, kind: str = "crash") -> Path:
    """A name of its own for each report: kind, time in UTC, process."""
    at = datetime.fromtimestamp(wall_ns / 1e9, UTC).strftime("%Y%m%d-%H%M%S-%f")[:-3]
    return log / f"{kind}-{at}-{os.getpid()}.txt"


def is_hang(report: Path) -> bool:
    """Whether the report is of a window that was ended because it stood still."""
    return report.name.startswith(f"{HANG}-")


def secrets_of(token: Path, environment: Mapping[str, str], more: Iterable[str] = ()) -> tuple[str, ...]:
    """Texts that must not be in a report: the link token, and values of the environment that are named like secrets."""
    try:
        found = [token.read_text(encoding="ascii").strip()]
    except (OSError, UnicodeDecodeError):
        found = []
    found += [value for name, value in environment.items() if _SECRET_NAME.search(name)]
    found += more
    return tuple(sorted({text for text in found if len(text) >= SECRET_MIN}, key=len, reverse=True))


def redacted(text: str, secrets: Iterable[str]) -> str:
    """The text without secrets."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return _LONG_HEX.sub(HIDDEN, _NAMED.sub(rf"\1\2\3{HIDDEN}", text))


def compose(what: str, stacks: str, wall_ns: int, facts: Mapping[str, str]) -> str:
    """A report's text, before secrets are struck out."""
    at = datetime.fromtimestamp(wall_ns / 1e9, UTC).isoformat(timespec="milliseconds")
    lines = {
        "when": at,
        "what": what,
        "build": build_name(),
        "python": sys.version.split()[0],
        "system": platform.platform(),
        **facts,
    }
    head = "".join(f"{name:10} {value}\n" for name, value in lines.items())
    return f"HTS terminal report\n\n{head}\n{stacks.strip() or 'no stack was written'}\n"


def stack_of(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
    """An exception's stack without values of variables."""
    return "".join(traceback.format_exception(kind, error, trace))


def write_report(path: Path, text: str, secrets: Iterable[str]) -> None:
    """Write it readable by the user alone, and drop the oldest ones. Raises ConfigError when the disk refuses."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(redacted(text, secrets))
        kept = sorted((old for kind in KINDS for old in path.parent.glob(f"{kind}-*.txt")), key=_time_of)
        for old in kept[:-REPORTS_KEPT]:
            old.unlink(missing_ok=True)
    except OSError as fault:
        raise ConfigError(f"{path}: cannot write the report: {fault.strerror or fault}; free some space") from fault


def write_or_print(path: Path, text: str, secrets: Iterable[str]) -> None:
    """Write it; where the disk refuses, it stands in the terminal that the window was started from."""
    secrets = tuple(secrets)
    try:
        write_report(path, text, secrets)
    except ConfigError as fault:
        print(f"hts: {fault}. It says:\n{redacted(text, secrets)}", file=sys.stderr)


def _time_of(path: Path) -> str:
    return path.name.partition("-")[2]
