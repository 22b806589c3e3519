"""Loads the tables under resources/, in a source tree and in a frozen program."""

import sys
import tomllib
from collections.abc import Callable
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from typing import Any

from hts.base.errors import ConfigError

Table = dict[str, Any]
MARKET = "market"
PROTOCOLS = "protocols"
RISK = "risk"
FOLDERS = (MARKET, PROTOCOLS, RISK, "texts", "keymaps", "scenarios", "screens")


def resources_directory() -> Path:
    """Where the data files are: in an installed package, beside the sources, or in the bundle of a frozen program."""
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle:
        return Path(bundle) / "resources"
    installed = Path(__file__).resolve().parents[1] / "resources"
    return installed if installed.is_dir() else installed.parents[1] / "resources"


def load(folder: str, name: str, resources: Path | None = None) -> Table:
    """One table, without the .toml of its file. Raises ConfigError with file and place of the damage."""
    return read_toml((resources or resources_directory()) / folder / f"{name}.toml", parse_float=Decimal)


def load_folder(folder: str, resources: Path | None = None) -> dict[str, Table]:
    """All tables of a folder by name. Raises ConfigError."""
    directory = (resources or resources_directory()) / folder
    found = {path.stem: read_toml(path, parse_float=Decimal) for path in sorted(directory.glob("*.toml"))}
    if not found:
        raise ConfigError(f"{directory}: expected the program's tables, found none; install again")
    return found


def load_all(resources: Path | None = None) -> dict[str, Table]:
    """Every table as "folder/name"; what `hts doctor` reads. Raises ConfigError."""
    return {f"{folder}/{name}": table for folder in FOLDERS for name, table in load_folder(folder, resources).items()}


def fingerprint(resources: Path | None = None) -> str:
    """Eight hexadecimal digits that change with any rule of a market, layout of a protocol, or rule of risk."""
    root = resources or resources_directory()
    digest = blake2b(digest_size=4)
    for folder in (MARKET, PROTOCOLS, RISK):
        for path in sorted((root / folder).glob("*.toml")):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def read_toml(path: Path, parse_float: Callable[[str], Any] = float) -> Table:
    """A TOML file. The program's own tables keep numbers with a point as Decimal. Raises ConfigError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=parse_float)
    except OSError as error:
        raise ConfigError(f"{path}: cannot read: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: expected TOML, found: {error}") from error
