"""Sizes in pixels at 100 %. One table, so that panels drawn by different code stand on the same lines.

Rows follow the density that the trader chose: `set_density` changes them for everything that is made afterwards, so
whoever paints rows says `metrics.TABLE_ROW` and keeps no copy at the head of a module.
"""

from types import MappingProxyType
from typing import Final

TOP_BAR: Final = 28
STATUS_STRIP: Final = 26
HINT_STRIP: Final = 23
GUTTER: Final = 3

PANEL_HEADER: Final = 24
TABLE_HEAD: Final = 22
TABLE_ROW: int = 22
TABLE_FOOTER: Final = 24

LADDER_ROW: int = 20
LADDER_BAR: int = 13  # a depth bar within its row
LADDER_INSTRUMENT: Final = 44
LADDER_HEAD: Final = 20
LADDER_TABS: Final = 22
LADDER_STICKY: Final = 20
LADDER_AUCTION: Final = 44  # two lines and the course of the expected price, in a call alone
LADDER_TOTALS: Final = 24  # 22 and the 2 px balance
LADDER_PRESETS: Final = 26
LADDER_ACTIONS: Final = 30
LADDER_POSITION: Final = 32
GROUP_ROW: int = 20
EMPHASIS_TICKS: Final = 5  # every fifth tick line is stronger

CELL_PAD: Final = 6  # left and right of a cell
EDGE_PAD: Final = 8  # at the panel's first and last edge
BAR_ABOVE: Final = 3  # depth bar inset in its row
BAR_BELOW: Final = 4

BUTTON: Final = 26
BUTTON_ACTION: Final = 30
BUTTON_SEND: Final = 40
FIELD: Final = 26
CHIP: Final = 20
FORM_GAP: Final = 8
CHIP_GAP: Final = 4
FORM_LABEL: Final = 66  # label column
FORM_FIELD_X: Final = 76
SPINNER: Final = 23  # each of two, 2 apart

HAIRLINE: Final = 1
SELECTED_BAR: Final = 2
RADIUS: Final = 2
TRIANGLE_W: Final = 7
TRIANGLE_H: Final = 4
TRIANGLE_SMALL_W: Final = 5
GROUP_SQUARE: Final = 8
HEALTH_DOT: Final = 6
KEY_CAP_H: Final = 16
KEY_CAP_MIN_W: Final = 18

# Density -> rows of tables, of the ladder, of groups.
DENSITIES: Final = MappingProxyType({"compact": (20, 18, 18), "normal": (22, 20, 20), "comfortable": (26, 24, 24)})


def set_density(name: str) -> None:
    """Rows of what is made from now on. Raises KeyError for an unknown density."""
    global TABLE_ROW, LADDER_ROW, GROUP_ROW, LADDER_BAR  # noqa: PLW0603  one density for the whole program
    TABLE_ROW, LADDER_ROW, GROUP_ROW = DENSITIES[name]
    LADDER_BAR = LADDER_ROW - BAR_ABOVE - BAR_BELOW


def baseline(y: float, height: float) -> int:
    """The one baseline of a row for every size from 10 to 13 px."""
    return int(y + height / 2 + 4.25)
