"""HOME/settings.toml: read at the start, written at every change, set aside when it is no settings file."""

from pathlib import Path
from typing import Final

from hts.app.home_file import put_aside, read_text, replace_text
from hts.base.errors import ConfigError
from hts.desk.settings import BY_HAND, Settings
from hts.desk.settings_file import json_of, read_strict, read_tolerant, toml_of

FILE: Final = "settings.toml"


class HomeSettings:
    """`settings` as they are now; `problems` has a line for whatever was left out; `is_first` in a home without any."""

    def __init__(self, home: Path) -> None:
        self.path = home / FILE
        self.is_first = not self.path.exists()
        self.settings, self.problems = self._load()
        self._saved = self.settings.version

    @property
    def is_behind(self) -> bool:
        """Whether something was changed that is not in the file."""
        return self._saved != self.settings.version

    def _load(self) -> tuple[Settings, tuple[str, ...]]:
        try:
            values, faults = read_tolerant(read_text(self.path), FILE)
        except ConfigError as fault:
            return Settings(), (f"{fault}; {put_aside(self.path)} and the defaults hold",)
        return Settings(values), faults

    def save(self) -> None:
        """Write what differs from the defaults. Raises ConfigError."""
        version = self.settings.version
        replace_text(self.path, toml_of(self.settings))
        self._saved = version

    def export_to(self, path: Path) -> None:
        """Write the settings to a file of the user's: JSON by its name, TOML otherwise. Raises ConfigError."""
        replace_text(path, json_of(self.settings) if path.suffix.lower() == ".json" else toml_of(self.settings))

    def import_from(self, path: Path) -> frozenset[str]:
        """Take a file's settings, all of them or none: what it does not name has its default. Raises ConfigError.

        A lock on money is lifted by hand alone: returns the names of BY_HAND that the file would have switched on.
        """
        if not path.exists():
            raise ConfigError(f"{path}: expected a settings file, found nothing there; choose another file")
        values = read_strict(read_text(path), path.name)
        withheld = frozenset(name for name in BY_HAND if values.get(name) is True and not self.settings.flag(name))
        self.settings.reset()
        for name, value in values.items():
            if name not in withheld:
                self.settings.set(name, value)
        return withheld
