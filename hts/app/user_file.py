"""Files that a person may edit, in the home directory: written whole or not at all, set aside when damaged."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hts.base.errors import ConfigError

T = TypeVar("T")
SIZE_MAX = 1_000_000  # bytes that are read; more is no file of ours


def read_user_file(path: Path, parse: Callable[[str], T]) -> T | None:
    """What the file holds, None when there is none. Raises ConfigError after setting a damaged one aside."""
    try:
        with path.open("rb") as file:
            return parse(file.read(SIZE_MAX).decode("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, ConfigError) as fault:
        raise ConfigError(set_aside(path, str(fault))) from fault


def set_aside(path: Path, found: str) -> str:
    """Rename a file that cannot be used; returns the one line for the user."""
    aside = path.with_suffix(".damaged")
    try:
        path.replace(aside)
    except OSError as fault:
        return f"{path}: {found}; it could not be renamed ({fault.strerror}) and is not used"
    return f"{path}: {found}; it is kept as {aside.name} and what ships is used"


def write_user_file(path: Path, text: str) -> None:
    """Replace the file in one step. Raises ConfigError when the disk refuses."""
    waiting = path.with_suffix(".new")
    try:
        with waiting.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(path)
    except OSError as fault:
        raise ConfigError(f"{path}: cannot write: {fault.strerror}; free some space or choose another place") from fault
