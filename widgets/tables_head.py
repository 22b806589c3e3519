"""The head of a painted table: names of columns with the mark of the sorted one; edges that can be dragged."""

from typing import TYPE_CHECKING

from themes import metrics
from widgets.painting import Brush

if TYPE_CHECKING:
    from widgets.tables_view import TableView

HEAD = metrics.TABLE_HEAD
GRIP = 3  # pixels beside a column's edge by which it can be dragged


class TableHead:
    """Paints the heads of a view and moves their edges."""

    def __init__(self, view: "TableView") -> None:
        self._view = view
        self._dragged: tuple[int, int] | None = None  # column whose edge is dragged, and where the column begins

    def paint(self, brush: Brush) -> None:
        """All heads."""
        view = self._view
        tokens, base = view.tokens, metrics.baseline(0, HEAD)
        brush.fill(0, 0, view.viewport().width(), HEAD, tokens.panel)
        brush.hline(0, HEAD - 1, view.viewport().width(), tokens.line)
        for i, column in view.shown_columns():
            begin, end = view.cell_edges(i)
            is_sorted = column.key == view.table.sort_by
            color = tokens.text if is_sorted else tokens.text3
            width = brush.texts.width("secondary", column.head)
            if column.is_right:
                brush.right(end, base, column.head, "secondary", color)
                mark = round(end - width) - metrics.TRIANGLE_SMALL_W - 3
            else:
                brush.left(begin, base, column.head, "secondary", color)
                mark = round(begin + width) + 3
            if column.key == view.column.key:
                left, wide = view.column_box(i)
                brush.fill(left, HEAD - 2, wide, 2, tokens.own)
            if is_sorted:
                up = not view.table.descending
                brush.triangle(mark, HEAD // 2, up, tokens.text2, metrics.TRIANGLE_SMALL_W)

    def edge_at(self, x: int) -> int:
        """The column whose right edge can be taken hold of there, -1 for none; the last one's is the panel's."""
        shown = [i for i, _ in self._view.shown_columns()]
        for i in shown[:-1]:
            left, width = self._view.column_box(i)
            if abs(left + width - x) <= GRIP:
                return i
        return -1

    def sort_at(self, x: int) -> None:
        """Sort by the column there, or the other way round."""
        for i, column in enumerate(self._view.columns):
            left, width = self._view.column_box(i)
            if left <= x < left + width:
                self._view.table.toggle_sort(column.key)

    @property
    def is_dragging(self) -> bool:
        """Whether an edge is held."""
        return self._dragged is not None

    def press(self, x: int) -> bool:
        """Take hold of an edge; False where there is none."""
        edge = self.edge_at(x)
        if edge < 0:
            return False
        self._dragged = (edge, self._view.column_box(edge)[0])
        return True

    def drag(self, x: int) -> None:
        """Give the column whose edge is held the width that reaches to x."""
        if self._dragged is not None:
            i, begin = self._dragged
            self._view.choice.set_width(self._view.columns[i].key, x - begin)

    def release(self) -> bool:
        """Let go; whether an edge was held."""
        held, self._dragged = self._dragged is not None, None
        return held
