"""Small text files of the user's in the home directory: written whole or not at all, set aside when damaged."""

import os
from pathlib import Path

from hts.base.errors import ConfigError

BYTES_MAX = 1 << 20  # larger is no file of ours
ASIDE_MAX = 9  # so many damaged files of one name are kept


def read_text(path: Path) -> str:
    """The file's content; empty when there is none. Raises ConfigError for what cannot be a text of ours."""
    try:
        if path.stat().st_size > BYTES_MAX:
            raise ConfigError(f"{path}: expected at most {BYTES_MAX} bytes, found more; put the right file there")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as fault:
        raise ConfigError(f"{path}: cannot read: {fault}; correct it or remove it") from fault


def replace_text(path: Path, text: str) -> None:
    """Replace the file in one step. Raises ConfigError when the disk refuses; the old file is then still whole."""
    replace_bytes(path, text.encode(errors="replace"))


def replace_bytes(path: Path, data: bytes) -> None:
    """The same for bytes, as a picture is."""
    waiting = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with waiting.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(path)
    except OSError as fault:
        raise ConfigError(f"{path}: cannot write: {fault.strerror or fault}; free some space") from fault


def free_place(aside: Path) -> Path:
    """The name itself, or the next one by number: what was set aside before stays. The last of them is replaced."""
    others = (aside.with_name(f"{aside.name}{number}") for number in range(2, ASIDE_MAX))
    return next((each for each in (aside, *others) if not each.exists()), aside.with_name(f"{aside.name}{ASIDE_MAX}"))


def put_aside(path: Path) -> str:
    """Rename a file that does not hold, so that it is not in the way; says where it is now."""
    aside = free_place(path.with_name(f"{path.name}.damaged"))
    try:
        path.replace(aside)
    except OSError as fault:
        return f"it could not be renamed: {fault.strerror or fault}"
    return f"it is kept as {aside.name}"
