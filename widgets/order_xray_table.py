"""A painted table of the x-ray: which of its columns are shown, how wide, and where each stands in a box."""

from collections.abc import Callable, Sequence
from typing import Any

from hts.desk.table_columns import ColumnChoice, fitted
from hts.desk.tables import Column
from themes import metrics
from themes.tokens import Tokens

SQUEEZE_MIN = 0.9  # narrower than this and columns give way instead
GAP = 8


class XrayTable:
    """`choice` is the trader's; `fit_again` tells the panel that it has changed."""

    def __init__(self, columns: Sequence[Column[Any]], tokens: Tokens, changed: Callable[[], None]) -> None:
        self.choice = ColumnChoice(columns)
        self.tokens = tokens
        self._changed = changed

    def fit_again(self) -> None:
        """The choice of columns changed."""
        self._changed()

    def places(self, left: int, width: int) -> list[tuple[Column[Any], int, int]]:
        """The columns that have room in a box, each with the edges of its text."""
        shown = self.choice.shown
        begin, room = left + metrics.EDGE_PAD, width - 2 * metrics.EDGE_PAD
        widths = fitted(shown, self.choice.widths, room, SQUEEZE_MIN)
        last = max((i for i, one in enumerate(widths) if one), default=-1)
        places = []
        for i, (column, one) in enumerate(zip(shown, widths, strict=True)):
            if one:
                places.append((column, begin, begin + one - (0 if i == last else GAP)))
            begin += one
        return places

    def stored(self) -> dict[str, Any]:
        """For the layout file; empty for how it ships."""
        return {"columns": self.choice.stored()} if self.choice.is_own else {}

    def take_stored(self, stored: Any) -> None:
        """Take what a layout file holds."""
        self.choice.take_stored(stored.get("columns") if isinstance(stored, dict) else None)
