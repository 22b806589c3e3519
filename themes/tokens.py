"""Colours by role. A widget asks for `tokens.own`, never for a hex value.

Theory of operation: a theme is data, one table from role to hex (themes.palettes). `Tokens` turns it once into QColor
objects, so that painting allocates nothing. One Tokens object lives as long as the window: another theme is taken by
`become`, which changes the colours in place, so that whoever kept a colour has the new one. What was made out of a
colour (a pen, a picture) is made anew in `restyle` of the widget that keeps it (widgets.restyle).

Amber (`own`) means the user's own money and nothing else: own orders, average price, focus, armed. Figures on depth
bars stay in `text`; only price, change and side carry `up` and `down`.
`up` and `down` are directions; which colour they are is the convention of a market (themes.conventions).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from PySide6.QtGui import QColor

from themes.conventions import roles
from themes.lean_imports import IS_LEAN  # the first of our modules that loads Qt: whatever is imported later is spared
from themes.palettes import DARK, THEMES

__all__ = ["DARK", "IS_LEAN", "THEMES", "Tokens", "contrast"]


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme. Every field is a role."""

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
    up: QColor  # price up, buy
    down: QColor  # price down, sell
    up_soft: QColor  # prices outside the published levels
    down_soft: QColor
    buy_fill: QColor  # ground of send buttons, under `on_fill`
    sell_fill: QColor
    on_fill: QColor
    own: QColor
    on_own: QColor
    own_dim: QColor
    attention: QColor  # auction phase, volatility interruption, refusal
    healthy: QColor  # link, running phase, expected fill
    danger: QColor  # kill only, under `on_fill`
    paper: QColor  # the PAPER block only, under `on_fill`
    ask_bar: QColor
    ask_bar2: QColor  # the second venue's part
    bid_bar: QColor
    bid_bar2: QColor
    profile: QColor  # volume profile: context, so grey
    up_tint: QColor
    down_tint: QColor
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

    @classmethod
    def parse(cls, table: Mapping[str, str], convention: str = "kr") -> Self:
        """Build from a theme's table under a market's convention. Raises KeyError naming what is missing."""
        found = roles(table, convention)
        return cls(**{field.name: QColor(found[field.name]) for field in fields(cls)})

    def become(self, other: Self) -> None:
        """Take another theme's colours, in place."""
        for field in fields(self):
            getattr(self, field.name).setRgba(getattr(other, field.name).rgba())


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio of two colours by WCAG 2 relative luminance, 1 to 21."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(color: QColor) -> float:
    parts = (color.redF(), color.greenF(), color.blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
