"""The window's layout on disk: written whole or not at all; a damaged file is set aside, never in the way."""

import json
import os
from pathlib import Path
from typing import Any

from hts.app.crash_guard import LAYOUT
from hts.app.home_file import free_place
from hts.base.errors import ConfigError
from hts.desk.parsed import json_of

FILE = LAYOUT
BYTES_MAX = 16 << 20  # larger is no layout of ours


def load_layout(path: Path) -> dict[str, Any]:
    """The stored layout; empty when there is none. Raises ConfigError after setting a damaged file aside."""
    try:
        size = path.stat().st_size
        if size > BYTES_MAX:
            raise _set_aside(path, f"{size} bytes, more than {BYTES_MAX}")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as fault:
        raise _set_aside(path, str(fault)) from fault
    try:
        state = json_of(text)
    except ValueError as fault:
        raise _set_aside(path, str(fault)) from fault
    if not isinstance(state, dict):
        raise _set_aside(path, f"found {type(state).__name__}")
    return state


def set_aside(path: Path, found: str) -> str:
    """Rename a layout that does not hold; returns the one line for the user."""
    return str(_set_aside(path, found))


def _set_aside(path: Path, found: str) -> ConfigError:
    aside = free_place(path.with_suffix(".damaged"))
    where = f"it is kept as {aside.name}"
    try:
        path.replace(aside)
    except OSError as fault:
        where = f"it could not be renamed: {fault.strerror}"
    return ConfigError(f"{path}: expected a stored layout, found {found}; {where} and the default layout is open")


def save_layout(path: Path, state: dict[str, Any]) -> None:
    """Replace the stored layout in one step. Raises ConfigError when the disk refuses."""
    waiting = path.with_suffix(".new")
    try:
        with waiting.open("w", encoding="utf-8") as file:
            json.dump(state, file)
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(path)
    except OSError as fault:
        raise ConfigError(f"{path}: cannot store the layout: {fault.strerror}; free some space") from fault
