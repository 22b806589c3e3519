"""Which columns of a table are shown, in which order, how wide: the user's choice, kept with the layout.

Everything is by the columns' keys, so that a stored choice survives new columns and forgets those that are gone. A
damaged choice is no choice.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from hts.desk.tables import Column

WIDTH_MIN, WIDTH_MAX = 24, 600


class ColumnChoice:
    """`hidden` keys, an `order` of keys (those not in it follow in their own order), `widths` in pixels at 100 %."""

    def __init__(self, columns: Sequence[Column[Any]]) -> None:
        self._columns = tuple(columns)
        self.hidden: set[str] = set()
        self.order: list[str] = []
        self.widths: dict[str, int] = {}

    @property
    def all(self) -> list[Column[Any]]:
        """All columns in the chosen order, hidden ones too."""
        rank = {key: place for place, key in enumerate(self.order)}
        return sorted(self._columns, key=lambda column: rank.get(column.key, self._natural_rank(column, rank)))

    def _natural_rank(self, column: Column[Any], rank: dict[str, int]) -> float:
        """A column that the order does not name stands behind the named one that comes before it in the table."""
        at = self._columns.index(column)
        named = [rank[other.key] for other in self._columns[:at] if other.key in rank]
        return (max(named) if named else -1) + (at + 1) / (len(self._columns) + 1)

    @property
    def shown(self) -> list[Column[Any]]:
        """The columns that are not hidden; never none."""
        return [column for column in self.all if column.key not in self.hidden] or self.all[:1]

    def toggle(self, key: str) -> None:
        """Hide a column or show it again; the last one stays."""
        if key in self.hidden:
            self.hidden.discard(key)
        elif len(self.shown) > 1:
            self.hidden.add(key)

    def move(self, key: str, by: int) -> None:
        """Move a column among all."""
        keys = [column.key for column in self.all]
        at = keys.index(key)
        keys.insert(min(max(at + by, 0), len(keys) - 1), keys.pop(at))
        self.order = keys

    def set_width(self, key: str, width: int) -> None:
        """Give a column a width of its own."""
        self.widths[key] = min(max(width, WIDTH_MIN), WIDTH_MAX)

    def reset(self) -> None:
        """As it ships."""
        self.hidden.clear()
        self.order.clear()
        self.widths.clear()

    @property
    def is_own(self) -> bool:
        """Whether anything differs from how it ships."""
        return bool(self.hidden or self.order or self.widths)

    def stored(self) -> dict[str, Any]:
        """For the layout file."""
        return {"hidden": sorted(self.hidden), "order": list(self.order), "widths": dict(self.widths)}

    def take_stored(self, stored: Any) -> None:
        """Take what a layout file holds; what does not fit is left out."""
        if not isinstance(stored, dict):
            return
        known = {column.key for column in self._columns}
        hidden = {key for key in _texts(stored.get("hidden")) if key in known}
        self.hidden = hidden if hidden != known else set()
        self.order = list(dict.fromkeys(key for key in _texts(stored.get("order")) if key in known))
        widths = stored.get("widths")
        self.widths = {
            key: min(max(width, WIDTH_MIN), WIDTH_MAX)
            for key, width in (widths.items() if isinstance(widths, dict) else ())
            if key in known and isinstance(width, int) and not isinstance(width, bool)
        }


def _texts(found: Any) -> Iterable[str]:
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def fitted(columns: Sequence[Column[Any]], own: dict[str, int], room: int, squeeze_min: float) -> list[int]:
    """Widths that fill `room`; 0 for a column that had to give way.

    Those of the highest rank give way first, as a whole: half a figure is worse than none. Those of rank 0 stay as long
    as they fit, then go from the right; the first one stays. A width of the user's own holds; the others share what is
    left in proportion.
    """
    natural = [own.get(column.key, column.width) for column in columns]
    fixed = [column.key in own for column in columns]

    def needs() -> float:
        return sum(width if is_fixed else width * squeeze_min for width, is_fixed in zip(natural, fixed, strict=True))

    for i in sorted(range(len(columns)), key=lambda i: -columns[i].rank):
        if needs() <= room or not columns[i].rank:
            break
        natural[i] = 0
    for i in range(len(columns) - 1, 0, -1):
        if needs() <= room:
            break
        natural[i] = 0
    free = sum(width for width, is_fixed in zip(natural, fixed, strict=True) if not is_fixed)
    left = room - sum(width for width, is_fixed in zip(natural, fixed, strict=True) if is_fixed)
    scale = max(left / free, squeeze_min) if free else 1.0
    edges, exact = [0], 0.0
    for width, is_fixed in zip(natural, fixed, strict=True):
        exact += width if is_fixed else width * scale
        edges.append(round(exact))
    return [b - a for a, b in pairwise(edges)]
