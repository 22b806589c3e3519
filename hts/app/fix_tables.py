"""The shipped FIX dictionaries by BeginString(8) or by name."""

from typing import Final

from hts.app.tables import PROTOCOLS, resources_directory
from hts.base.errors import ConfigError
from hts.wire.fix.dictionary import Dictionary

# BeginString(8) -> application table and transport table.
TABLES: Final = {
    "FIX.4.2": ("fix42", None),
    "FIX.4.4": ("fix44", None),
    "FIXT.1.1": ("fix50sp2", "fixt11"),
}


def load_dictionary(begin_string: str) -> Dictionary:
    """The dictionary of a BeginString(8); FIXT.1.1 carries FIX 5.0 SP2. Raises ConfigError."""
    if begin_string not in TABLES:
        raise ConfigError(f"BeginString: one of {', '.join(TABLES)} expected, found {begin_string}")
    application, transport = TABLES[begin_string]
    return Dictionary.parse(_text(application), _text(transport) if transport else None)


def _text(name: str) -> str:
    path = resources_directory() / PROTOCOLS / "fix" / f"{name}.txt"
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot read: {error.strerror or error}; install again") from error
