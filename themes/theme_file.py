"""A theme of the user's own: the theme it begins with, and the colours that differ.

name = "Night"
base = "dark"
[colors]
panel = "#0c1016"
"""

import re
from collections.abc import Mapping
from typing import Final, Self

from msgspec import Struct

from hts.base.errors import ConfigError
from hts.desk.parsed import toml_of, toml_text
from themes.palettes import THEMES

NAME_CHARACTERS_MAX: Final = 40
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")
_KEYS: Final = ("name", "base", "colors")


class ThemeFile(Struct, frozen=True, kw_only=True):
    """One theme. `colors` holds only what differs from `base`."""

    name: str
    base: str
    colors: dict[str, str]

    @classmethod
    def parse(cls, toml: str, where: str) -> Self:
        """Read a theme file's content. Raises ConfigError saying what was expected and found, and what to do."""
        try:
            table = toml_of(toml)
        except ValueError as fault:
            raise ConfigError(f"theme {where}: expected TOML, found {fault}; correct it or remove it") from fault
        for key in table:
            if key not in _KEYS:
                raise ConfigError(f"theme {where}: expected {', '.join(_KEYS)}, found {key!r}; remove that line")
        name, base, colors = table.get("name"), table.get("base", "dark"), table.get("colors", {})
        if not isinstance(name, str) or not 0 < len(name.strip()) <= NAME_CHARACTERS_MAX:
            expected = f"a name of 1 to {NAME_CHARACTERS_MAX} characters"
            raise ConfigError(f'theme {where}: expected {expected}, found {name!r}; write name = "..."')
        if not isinstance(base, str) or base not in THEMES:
            raise ConfigError(f"theme {where}: expected base to be {', '.join(THEMES)}, found {base!r}; choose one")
        if not isinstance(colors, dict):
            raise ConfigError(f"theme {where}: expected a table [colors], found {colors!r}; correct it")
        return cls(name=name.strip(), base=base, colors=_checked(colors, base, where))

    @property
    def table(self) -> dict[str, str]:
        """Every key's colour."""
        return {**THEMES[self.base], **self.colors}

    def with_color(self, key: str, color: str) -> Self:
        """The theme with one colour changed; one that is the base's own is not kept."""
        colors = {**self.colors, key: color}
        return type(self)(name=self.name, base=self.base, colors=_checked(colors, self.base, self.name))

    def toml(self) -> str:
        """The file's content."""
        lines = [f"name = {toml_text(self.name)}", f"base = {toml_text(self.base)}", "", "[colors]"]
        return "\n".join([*lines, *(f"{key} = {toml_text(self.colors[key])}" for key in sorted(self.colors))]) + "\n"


def _checked(colors: Mapping[str, object], base: str, where: str) -> dict[str, str]:
    shipped, found = THEMES[base], {}
    for key, color in colors.items():
        if key not in shipped:
            raise ConfigError(f"theme {where}: expected a colour's name, found {key!r}; remove that line")
        if not isinstance(color, str) or not _HEX.fullmatch(color):
            raise ConfigError(f'theme {where}: expected {key} = "#rrggbb", found {color!r}; correct it')
        if color.lower() != shipped[key]:
            found[key] = color.lower()
    return found
