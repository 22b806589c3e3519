"""The workspaces that ship, as data: rows, columns and stacks of panels with their sizes at 1920 x 1080."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One panel: its name in the registry, its link group, its size along the split it stands in."""

    panel: str
    size: int
    group: int = 1


@dataclass(frozen=True, slots=True)
class Stack:
    """Panels behind one another, the first one in front."""

    size: int
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """Parts side by side (`is_row`) or above one another."""

    is_row: bool
    size: int
    parts: "tuple[Part, ...]"


Part = Place | Stack | Split


def row(size: int, *parts: Part) -> Split:
    """Parts side by side."""
    return Split(True, size, parts)


def column(size: int, *parts: Part) -> Split:
    """Parts above one another."""
    return Split(False, size, parts)


def stack(size: int, *panels: str, group: int = 1) -> Stack:
    """Panels behind one another."""
    return Stack(size, tuple(Place(panel, size, group) for panel in panels))


def places(part: Part) -> Iterator[Place]:
    """All panels of a layout."""
    if isinstance(part, Place):
        yield part
    elif isinstance(part, Stack):
        yield from part.places
    else:
        for inner in part.parts:
            yield from places(inner)


def first(part: Part) -> Place:
    """The panel that a part begins with."""
    return next(places(part))


DAY = row(
    1914,
    column(372, Place("watchlist", 690), Place("tape", 301)),
    column(
        1539,
        row(723, Place("chart", 689), Place("ladder", 510), Place("order_entry", 334)),
        row(268, stack(590, "positions", "account"), Place("orders", 530), Place("fills", 413)),
    ),
)

SCALPER = row(
    1914,
    Place("ladder", 630),
    Place("ladder", 526, group=2),
    column(
        514,
        Place("depth_heatmap", 440),
        stack(266, "chart", "footprint"),
        stack(282, "positions", "orders", "fills"),
    ),
    Place("tape", 235),
)

AUCTION = row(
    1914,
    column(540, stack(470, "ranking", "screener"), Place("watchlist", 521)),
    Place("ladder", 560),
    column(
        808,
        Place("chart", 280),
        row(520, Place("quote", 424), Place("order_entry", 381)),
        stack(188, "orders", "fills", "positions"),
    ),
)

MAKING = row(
    1914,
    Place("ladder", 470),
    Place("ladder", 470, group=2),
    column(420, Place("depth_heatmap", 520), stack(468, "tape", "footprint")),
    column(
        545, stack(250, "works", "risk", "alerts"), Place("positions", 260), Place("orders", 250), Place("fills", 222)
    ),
)

# Nothing here can send an order.
MONITOR = row(
    1914,
    Place("watchlist", 372),
    column(860, stack(620, "market_map", "journal"), stack(371, "ranking", "screener", "account")),
    column(676, Place("chart", 480), Place("tape", 286), stack(222, "alerts", "notices", "log")),
)

ENGINEER = column(
    994,
    Place("order_xray", 560),
    row(431, Place("latency", 760), stack(560, "orders", "works", "fills"), stack(588, "log", "risk", "notices")),
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
WORKSPACES = {
    "day": DAY,
    "scalper": SCALPER,
    "auction": AUCTION,
    "making": MAKING,
    "monitor": MONITOR,
    "engineer": ENGINEER,
    "execution": EXECUTION,
}
