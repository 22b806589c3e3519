"""Editing a theme: one colour after the other, each step undoable, contrasts measured at every change."""

from collections.abc import Iterator
from typing import Final

from msgspec import structs
from PySide6.QtGui import QColor

from hts.base.errors import ConfigError
from themes.contrasts import Measured, measure
from themes.conventions import Custom, source_of
from themes.palettes import THEMES
from themes.theme_file import ThemeFile
from themes.tokens import Tokens

UNDO_MAX: Final = 200


class ThemeEdit:
    """`theme` as it is now; `key` is the colour that is being changed."""

    def __init__(self, theme: ThemeFile, custom: Custom) -> None:
        self.theme, self.custom = theme, custom
        self.keys: tuple[str, ...] = tuple(THEMES[theme.base])
        self.key = self.keys[0]
        self._saved = theme
        self._undo: list[ThemeFile] = []

    @property
    def is_changed(self) -> bool:
        """Whether closing would lose something."""
        return self.theme != self._saved

    @property
    def color(self) -> str:
        """The chosen key's colour, "#rrggbb"."""
        return self.theme.table[self.key]

    @property
    def tokens(self) -> Tokens:
        """What the window is to be painted in."""
        return Tokens.parse(self.theme.table, self.custom)

    def set_color(self, color: str) -> bool:
        """Another colour for the chosen key; False, with nothing changed, for what is no colour."""
        try:
            changed = self.theme.with_color(self.key, color.strip())
        except ConfigError:
            return False
        self._take(changed)
        return True

    def lighten(self, percent: int) -> None:
        """Lighter, or darker when negative, in the same hue."""
        before = QColor(self.color)
        lightness = min(max(before.lightnessF() + percent / 100, 0.0), 1.0)
        made = QColor.fromHslF(max(before.hslHueF(), 0.0), before.hslSaturationF(), lightness)
        self.set_color(made.name())

    def take_base(self, base: str) -> None:
        """Begin with another shipped theme; the colours that were changed stay."""
        self._take(ThemeFile(name=self.theme.name, base=base, colors=self.theme.colors))

    def take_theme(self, theme: ThemeFile) -> None:
        """Go on with another theme, from a file."""
        self._take(theme)

    def rename(self, name: str) -> None:
        """Another name."""
        self.theme = structs.replace(self.theme, name=name)

    def reset(self) -> None:
        """The chosen key as in the base."""
        self.set_color(THEMES[self.theme.base][self.key])

    def undo(self) -> None:
        """The last change is taken back."""
        if self._undo:
            self.theme = self._undo.pop()

    def saved(self) -> None:
        """What is now is what is stored."""
        self._saved = self.theme

    def _take(self, theme: ThemeFile) -> None:
        if theme != self.theme:
            self._undo = [*self._undo[-UNDO_MAX:], self.theme]
            self.theme = theme

    def measured(self) -> tuple[Measured, ...]:
        """Pairs that the chosen key is part of, the lowest in relation to its need first."""
        pairs = [one for sources, one in self._pairs() if self.key in sources]
        return tuple(sorted(pairs, key=lambda one: one.ratio / one.pair.least))

    def failing(self) -> dict[str, int]:
        """How many pairs of each key cannot be read well."""
        counts: dict[str, int] = {}
        for sources, one in self._pairs():
            for key in sources if not one.holds else ():
                counts[key] = counts.get(key, 0) + 1
        return counts

    def _pairs(self) -> Iterator[tuple[tuple[str, str], Measured]]:
        """Every pair of two keys once, under all conventions that are seen."""
        seen: set[tuple[str, str, float]] = set()
        for convention in self.custom.conventions:
            for one in measure(Tokens.parse(self.theme.table, convention)):
                sources = source_of(one.pair.ink, convention), source_of(one.pair.ground, convention)
                if (*sources, one.pair.least) not in seen:
                    seen.add((*sources, one.pair.least))
                    yield sources, one
