"""Where the columns of a painted table stand: reckoned when they or the width change, looked up for each cell."""

from collections.abc import Sequence
from typing import Any

from hts.desk.table_columns import fitted
from hts.desk.tables import Column
from themes import metrics

SQUEEZE_MIN = 0.95  # narrower than this and columns give way instead


class Places:
    """By a column's number: `lefts`, `widths`, `edges` of its cells' texts. `shown`: those that have room."""

    def __init__(self) -> None:
        self.lefts: list[int] = []
        self.widths: list[int] = []
        self.edges: list[tuple[int, int]] = []
        self.shown: list[tuple[int, Column[Any]]] = []

    def fit(self, columns: Sequence[Column[Any]], chosen: dict[str, int], width: int) -> None:
        """Put the columns into a width; `chosen` are the widths that the user gave."""
        self.widths = widths = fitted(columns, chosen, width, SQUEEZE_MIN)
        self.lefts = [sum(widths[:i]) for i in range(len(widths))]
        self.shown = [(i, column) for i, column in enumerate(columns) if widths[i]]
        self.edges = [self._edges_of(i) for i in range(len(widths))]

    def _edges_of(self, i: int) -> tuple[int, int]:
        left, width = self.lefts[i], self.widths[i]
        begin = metrics.EDGE_PAD if i == 0 else left + metrics.CELL_PAD
        is_last = not any(self.widths[i + 1 :])
        return begin, left + width - (metrics.EDGE_PAD if is_last else metrics.CELL_PAD)
