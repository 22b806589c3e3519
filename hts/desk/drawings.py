"""Drawings on charts as values: anchored in time and price, so that they stand on every time frame of the issue.

Stored tables are untrusted: `drawings_of` takes what holds and says how many entries did not.
"""

from enum import Enum
from math import isfinite
from typing import Any

from msgspec import Struct

from hts.desk.chart_studies import PALETTE

VERSION = 1
DRAWINGS_MAX = 500
TEXT_MAX = 200
TIME_MAX_NS = 1 << 62


class Kind(Enum):
    """What is drawn."""

    TREND = "trend"
    RAY = "ray"
    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"
    CHANNEL = "channel"
    FIBONACCI = "fibonacci"
    RECTANGLE = "rectangle"
    TEXT = "text"
    MEASURE = "measure"

    @property
    def anchors(self) -> int:
        """How many points make one."""
        return ANCHORS[self]


ANCHORS = {
    Kind.TREND: 2,
    Kind.RAY: 2,
    Kind.HORIZONTAL: 1,
    Kind.VERTICAL: 1,
    Kind.CHANNEL: 3,
    Kind.FIBONACCI: 2,
    Kind.RECTANGLE: 2,
    Kind.TEXT: 1,
    Kind.MEASURE: 2,
}


class Anchor(Struct, frozen=True):
    """A point in time and price; the price is a drawing's, so not bound to the tick."""

    trade_ns: int
    px: float


class Drawing(Struct, frozen=True, kw_only=True):
    """`drawing_id` is unique within the issue; `color` is a token of PALETTE, "" its kind's own."""

    drawing_id: int
    kind: Kind
    anchors: tuple[Anchor, ...]
    text: str = ""
    color: str = ""


def table_of(drawings: tuple[Drawing, ...]) -> dict[str, Any]:
    """As JSON takes it."""
    rows = [
        {
            "kind": d.kind.value,
            "anchors": [[a.trade_ns, a.px] for a in d.anchors],
            "text": d.text,
            **({"color": d.color} if d.color else {}),
        }
        for d in drawings
    ]
    return {"version": VERSION, "drawings": rows}


def drawings_of(table: object) -> tuple[tuple[Drawing, ...], int]:
    """Drawings from a stored table, and how many entries did not hold.

    Raises ValueError when it is no such table at all.
    """
    if not isinstance(table, dict) or table.get("version") != VERSION or not isinstance(table.get("drawings"), list):
        raise ValueError(f"expected drawings of version {VERSION}, found {str(table)[:60]!r}")
    rows = table["drawings"]
    found = [_drawing(row, i + 1) for i, row in enumerate(rows[:DRAWINGS_MAX])]
    kept = tuple(one for one in found if one is not None)
    return kept, len(rows) - len(kept)


def _drawing(row: Any, drawing_id: int) -> Drawing | None:
    if not isinstance(row, dict):
        return None
    kind = next((one for one in Kind if one.value == row.get("kind")), None)
    points, text = row.get("anchors"), row.get("text", "")
    if kind is None or not isinstance(points, list) or len(points) != kind.anchors or not isinstance(text, str):
        return None
    anchors = tuple(Anchor(p[0], float(p[1])) for p in points if _is_anchor(p))
    if len(anchors) != kind.anchors:
        return None
    color = next((token for token in PALETTE if token == row.get("color")), "")
    return Drawing(drawing_id=drawing_id, kind=kind, anchors=anchors, text=text[:TEXT_MAX], color=color)


def _is_anchor(point: Any) -> bool:
    if not isinstance(point, list) or len(point) != 2 or isinstance(point[0], bool) or isinstance(point[1], bool):
        return False
    trade_ns, px = point
    return (
        isinstance(trade_ns, int)
        and 0 <= trade_ns < TIME_MAX_NS
        and isinstance(px, int | float)
        and isfinite(px)
        and 0 < px < 1e15
    )
