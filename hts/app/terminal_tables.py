"""What a terminal reads from the program's resources before its window is made: texts, keymap, rates, rules."""

from pathlib import Path

from PySide6.QtCore import QLocale

from hts.app.tables import resources_directory
from hts.app.terminal_keymap import load_presets
from hts.base.errors import ConfigError
from hts.desk.keymap import Keymap
from hts.desk.texts import LANGUAGES, Texts

BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


def load_texts(language: str) -> Texts:
    """The catalogue of a language. Raises ConfigError for one that does not exist."""
    if language not in LANGUAGES:
        raise ConfigError(f"--lang: expected {', '.join(LANGUAGES)}, found {language!r}")
    path = resources_directory() / "texts" / f"{language}.toml"
    return Texts.parse(language, _read(path))


def load_keymap(name: str) -> Keymap:
    """A keymap that ships. Raises ConfigError."""
    presets = load_presets()
    if name not in presets:
        raise ConfigError(f"--keymap: expected {', '.join(sorted(presets))}, found {name!r}")
    return Keymap(presets[name])


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise ConfigError(f"{path}: cannot read: {fault}; install again") from fault


def system_language() -> str:
    """Korean, Japanese, or English for everybody else."""
    languages = {QLocale.Language.Korean: "ko", QLocale.Language.Japanese: "ja"}
    return languages.get(QLocale.system().language(), "en")


def run_id(wall_ns: int, pid: int) -> str:
    """A name for this run that no other run has: milliseconds and process in base 36, at most 12 characters."""
    return f"t{_base36(wall_ns // 1_000_000)[-8:]}{_base36(pid)[-3:]}"


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = BASE36[rest] + digits
    return digits or "0"
