"""The user's own themes: HOME/themes/*.toml. A file that does not hold is set aside, with one line for the user."""

from pathlib import Path
from typing import Final

from hts.app.home_file import put_aside, read_text, replace_text
from hts.base.errors import ConfigError
from hts.desk.settings import Settings
from themes.contrasts import measure
from themes.conventions import Custom, custom_of
from themes.palettes import THEMES
from themes.theme_file import ThemeFile
from themes.tokens import Tokens

DIRECTORY: Final = "themes"
FILES_MAX: Final = 64
FALLBACK: Final = "dark"


class ThemeShelf:
    """Themes by name: those that ship, and those of one home. `problems` has one line for each file set aside."""

    def __init__(self, home: Path) -> None:
        self._directory = home / DIRECTORY
        self.problems: list[str] = []
        self.own: dict[str, ThemeFile] = {}
        for path in sorted(self._directory.glob("*.toml"))[:FILES_MAX]:
            try:
                self.own[path.stem] = ThemeFile.parse(read_text(path), path.name)
            except ConfigError as fault:
                self.problems.append(f"{fault}; {put_aside(path)}")

    @property
    def names(self) -> tuple[str, ...]:
        """All themes, those that ship first."""
        return (*THEMES, *(name for name in self.own if name not in THEMES))

    def table(self, name: str) -> dict[str, str]:
        """A theme's colours. Raises ConfigError for a name that nobody knows."""
        if name in THEMES:
            return THEMES[name]
        if name not in self.own:
            raise ConfigError(f"--theme: expected {', '.join(self.names)}, found {name!r}")
        return self.own[name].table

    def tokens(self, name: str, custom: Custom | str) -> Tokens:
        """A theme under a custom, or one convention. Raises ConfigError for a name that nobody knows."""
        return Tokens.parse(self.table(name), custom)

    def usual(self, name: str, custom: Custom) -> Tokens:
        """The theme of the settings; where it has been deleted the fallback, and a line in `problems`."""
        try:
            return self.tokens(name, custom)
        except ConfigError as fault:
            self.problems.append(str(fault))
            return self.tokens(FALLBACK, custom)

    def store(self, theme: ThemeFile) -> str:
        """Write a theme of the user's own; returns the name that it is chosen by. Raises ConfigError."""
        stem = file_stem(theme.name)
        if stem in THEMES:
            raise ConfigError(f"theme {theme.name}: expected a name that no shipped theme has; choose another one")
        if stem not in self.own and len(self.own) >= FILES_MAX:
            raise ConfigError(f"theme {theme.name}: expected at most {FILES_MAX} themes; delete one")
        replace_text(self._directory / f"{stem}.toml", theme.toml())
        self.own[stem] = theme
        return stem

    def delete(self, stem: str) -> None:
        """Forget a theme of the user's own. Raises ConfigError when the disk refuses."""
        path = self._directory / f"{stem}.toml"
        try:
            path.unlink(missing_ok=True)
        except OSError as fault:
            raise ConfigError(f"{path}: cannot delete it: {fault.strerror}; delete it by hand") from fault
        del self.own[stem]


def file_stem(name: str) -> str:
    """A theme's name as a file's: letters and digits of any script, everything else a line."""
    stem = "".join(c if c.isalnum() else "_" for c in name.strip().lower()).strip("_")
    return stem[:40] or "theme"


def custom_in(settings: Settings, convention: str = "") -> Custom:
    """The custom of the settings, or one that is wanted instead of theirs."""
    return custom_of(convention or settings.word("look.convention"), settings.word("look.sides"))


def low_contrasts(tokens: Tokens) -> tuple[str, ...]:
    """One line for each pair of colours that cannot be read well."""
    return tuple(
        f"{each.pair.ink} on {each.pair.ground}: {each.ratio:.1f}, expected at least {each.pair.least:g}"
        for each in measure(tokens)
        if not each.holds
    )
