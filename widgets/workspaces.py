"""The workspaces that ship, as data: rows and columns of panels with their sizes at 1920 x 1080."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One panel: its name in the registry, its link group, its size along the split it stands in."""

    panel: str
    size: int
    group: int = 1


@dataclass(frozen=True, slots=True)
class Split:
    """Parts side by side (`is_row`) or above one another."""

    is_row: bool
    size: int
    parts: "tuple[Place | Split, ...]"


def row(size: int, *parts: "Place | Split") -> Split:
    return Split(True, size, parts)


def column(size: int, *parts: "Place | Split") -> Split:
    return Split(False, size, parts)


DAY = row(
    1914,
    Place("watchlist", 372),
    column(
        1539,
        row(723, Place("chart", 689), Place("ladder", 510), Place("order_entry", 334)),
        row(268, Place("positions", 606), Place("orders", 514), Place("fills", 413)),
    ),
)

SCALPER = row(
    1914,
    Place("ladder", 630),
    Place("ladder", 526, group=2),
    column(752, Place("chart", 400), Place("positions", 202), Place("orders", 196), Place("fills", 191)),
)

EXECUTION = row(
    1914,
    column(
        1070,
        row(640, Place("watchlist", 372), Place("ladder", 694)),
        row(350, Place("positions", 612), Place("fills", 454)),
    ),
    column(838, Place("works", 640), Place("orders", 350)),
)

# Name (part of the text key "workspace.<name>") -> layout, in the order of the tabs.
WORKSPACES = {"day": DAY, "scalper": SCALPER, "execution": EXECUTION}
