"""Colours by role. A widget asks for `tokens.own`, never for a hex value.

Theory of operation: a theme is data, one table from role to hex (themes.palettes). `Tokens` turns it once into QColor
objects, so that painting allocates nothing. One Tokens object lives as long as the window: another theme is taken by
`become`, which changes the colours in place, so that whoever kept a colour has the new one. What was made out of a
colour (a pen, a picture) is made anew in `restyle` of the widget that keeps it (widgets.restyle).

Amber (`own`) means the user's own money and nothing else: own orders, average price, focus, armed. Figures on depth
bars stay in `text`; only price, change and side carry `up` and `down`.
`up` and `down` are directions of a market, `buy` and `sell` are sides (themes.conventions). `of` a currency has the
directions of that market: tables ask for it by row. What shows one issue at a time takes a `fork`, and lets it `follow`
the issue. Both share every other colour with the whole, so that `become` changes them too.
"""

import dataclasses
from collections.abc import Mapping
from typing import Final, Self
from weakref import WeakSet

from PySide6.QtGui import QColor

from themes.conventions import CURRENCIES, DIRECTIONS, Custom, roles
from themes.lean_imports import IS_LEAN  # the first of our modules that loads Qt: whatever is imported later is spared
from themes.palettes import DARK, THEMES

__all__ = ["DARK", "IS_LEAN", "ROLES", "THEMES", "Fork", "Tokens", "contrast"]


@dataclasses.dataclass(frozen=True, slots=True)
class Tokens:
    """One theme. Every field with a colour is a role."""

    gutter: QColor  # between panels, window ground
    panel: QColor  # panel body
    header: QColor  # panel header, footer, sticky rows, chrome
    raised: QColor  # buttons, last-price cell, tags
    field: QColor  # inputs and areas where orders wait
    selected: QColor  # selected row, under the own bar at its left
    hover: QColor
    line: QColor  # hairline
    line2: QColor  # structure, every fifth tick
    edge: QColor  # frames of buttons and key caps
    ctl: QColor  # frames of inputs and check boxes
    text: QColor
    text2: QColor  # secondary
    text3: QColor  # tertiary: heads and axes only, never on bars
    up: QColor  # price up
    down: QColor
    up_soft: QColor  # prices outside the published levels
    down_soft: QColor
    up_fill: QColor  # ground of a price tag, of a tile of the map, under `on_fill`
    down_fill: QColor
    up_bar: QColor  # volume under candles
    down_bar: QColor
    up_tint: QColor  # a cell that changed just now
    down_tint: QColor
    buy: QColor
    sell: QColor
    bid_soft: QColor
    ask_soft: QColor
    buy_fill: QColor  # ground of send buttons, under `on_fill`
    sell_fill: QColor
    bid_bar: QColor
    ask_bar: QColor
    bid_bar2: QColor  # the second venue's part
    ask_bar2: QColor
    buy_tint: QColor
    sell_tint: QColor
    on_fill: QColor
    own: QColor
    on_own: QColor
    own_dim: QColor
    attention: QColor  # auction phase, volatility interruption, refusal
    healthy: QColor  # link, running phase, expected fill
    danger: QColor  # kill only, under `on_fill`
    paper: QColor  # the PAPER block only, under `on_fill`
    profile: QColor  # volume profile: context, so grey
    own_tint: QColor
    warn_tint: QColor
    ma5: QColor
    ma20: QColor
    ma60: QColor
    vwap: QColor
    heat1: QColor  # resting size in the heat map, from little to much: one hue, so that red and blue stay the trades'
    heat2: QColor
    heat3: QColor
    heat4: QColor
    group1: QColor  # link groups, the square in the panel header
    group2: QColor
    group3: QColor
    group4: QColor

    # Currency -> the same theme in the directions of that market; empty in one of these itself and in a fork.
    by_currency: "dict[str, Tokens]" = dataclasses.field(default_factory=dict, compare=False, init=False)
    forks: "WeakSet[Fork]" = dataclasses.field(default_factory=WeakSet, compare=False, init=False)

    @classmethod
    def parse(cls, table: Mapping[str, str], custom: Custom | str = "kr") -> Self:
        """Build from a theme's table under a custom, or one convention. Raises KeyError naming what is missing."""
        custom = Custom(own=custom) if isinstance(custom, str) else custom
        found = roles(table, custom.own)
        made = cls(**{role: QColor(found[role]) for role in ROLES})
        for currency in CURRENCIES:
            there = roles(table, custom.convention(currency))
            made.by_currency[currency] = made.with_directions({role: QColor(there[role]) for role in DIRECTIONS})
        return made

    def with_directions(self, directions: Mapping[str, QColor]) -> Self:
        """The same colours, the very objects, but for these of its directions."""
        return type(self)(**{role: directions.get(role) or getattr(self, role) for role in ROLES})

    def of(self, currency: str) -> "Tokens":
        """With the directions of that currency's market."""
        return self.by_currency.get(currency, self)

    def become(self, other: Self) -> None:
        """Take another theme's colours, in place, here and in everything that was made of this."""
        self._take(other, ROLES)
        for currency, there in self.by_currency.items():
            there._take(other.of(currency), DIRECTIONS)  # noqa: SLF001  of this class
        for fork in self.forks:
            fork.take()

    def _take(self, other: "Tokens", names: tuple[str, ...]) -> bool:
        """Whether anything changed."""
        changed = [name for name in names if getattr(self, name) != getattr(other, name)]
        for name in changed:
            getattr(self, name).setRgba(getattr(other, name).rgba())
        return bool(changed)


class Fork:
    """`tokens` of something that shows one issue at a time, in the directions of that issue's market."""

    def __init__(self, whole: Tokens) -> None:
        self._whole, self._currency = whole, ""
        self.tokens = whole.with_directions({role: QColor(getattr(whole, role)) for role in DIRECTIONS})
        whole.forks.add(self)

    def follow(self, currency: str) -> bool:
        """Turn to another market; True when a colour changed by it."""
        if currency == self._currency:
            return False
        self._currency = currency
        return self.take()

    def take(self) -> bool:
        """The directions as the whole has them now."""
        return self.tokens._take(self._whole.of(self._currency), DIRECTIONS)  # noqa: SLF001  made of this alone


ROLES: Final = tuple(each.name for each in dataclasses.fields(Tokens) if each.compare)


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio of two colours by WCAG 2 relative luminance, 1 to 21."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(color: QColor) -> float:
    parts = (color.redF(), color.greenF(), color.blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
