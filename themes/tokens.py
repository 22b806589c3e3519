"""Colours by role. A widget asks for `tokens.own`, never for a hex value.

Theory of operation: a theme is data, one table from role to hex. `Tokens` turns it once into QColor objects, so that
painting allocates nothing. Amber (`own`) means the user's own money and nothing else: own orders, average price,
focus, armed. Figures on depth bars stay in `text`; only price, change and side carry `up` and `down`.
`up` and `down` are directions, so a market with the opposite convention swaps them in its table.
"""

from dataclasses import dataclass, fields
from typing import Self

from PySide6.QtGui import QColor


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
    group1: QColor  # link groups, the square in the panel header
    group2: QColor

    @classmethod
    def parse(cls, table: dict[str, str]) -> Self:
        """Build from hex values. Raises KeyError naming a missing role."""
        return cls(**{field.name: QColor(table[field.name]) for field in fields(cls)})


DARK = {
    "gutter": "#07090c",
    "panel": "#10141a",
    "header": "#171c24",
    "raised": "#1f2631",
    "field": "#0a0d11",
    "selected": "#1a2330",
    "hover": "#1d2431",
    "line": "#232b36",
    "line2": "#36404f",
    "edge": "#465165",
    "ctl": "#606d86",
    "text": "#dde3ea",
    "text2": "#a3adbb",
    "text3": "#8592a2",
    "up": "#f2565b",
    "down": "#5090ff",
    "up_soft": "#de5055",
    "down_soft": "#4a85ea",
    "buy_fill": "#c9343c",
    "sell_fill": "#2763d6",
    "on_fill": "#ffffff",
    "own": "#e3b53f",
    "on_own": "#15110a",
    "own_dim": "#3a2f12",
    "attention": "#e8893a",
    "healthy": "#4fb98c",
    "danger": "#c93a42",
    "paper": "#6c4de6",
    "ask_bar": "#1a3158",
    "ask_bar2": "#274a85",
    "bid_bar": "#4b1f27",
    "bid_bar2": "#732c35",
    "profile": "#3b4859",
    "up_tint": "#241a21",
    "down_tint": "#151e2f",
    "own_tint": "#282316",
    "warn_tint": "#2a2018",
    "ma5": "#cfd6df",
    "ma20": "#d68ade",
    "ma60": "#58b895",
    "vwap": "#3fc3d8",
    "group1": "#2fb3a3",
    "group2": "#b98cf2",
}

THEMES = {"dark": DARK}


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio of two colours by WCAG 2 relative luminance, 1 to 21."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(color: QColor) -> float:
    parts = (color.redF(), color.greenF(), color.blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
