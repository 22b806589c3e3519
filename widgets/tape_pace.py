"""The line at the foot of the tape: whether it moves, what waits, and how fast prints come."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from hts.desk.figures import qty_text
from themes import metrics
from widgets.painting import Brush, TextCache
from widgets.panel import PanelContext


class PaceLine(QWidget):
    """The line under the tape: prints and shares per second, or how many wait above a picture that holds still."""

    clicked = Signal()

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFixedHeight(metrics.TABLE_FOOTER)
        self._context, self._cache = context, TextCache()
        self._shown: tuple[int, int, int, bool] = (0, 0, 0, False)
        self.setAccessibleName(self._left())

    def show_pace(self, prints: int, qty: int, waiting: int, *, is_still: bool) -> None:
        """Tenths of prints and shares per second; prints that wait."""
        shown = (prints, qty, waiting, is_still)
        if shown != self._shown:
            self._shown = shown
            self.setAccessibleName(self._left())
            self.update()

    def _left(self) -> str:
        _, _, waiting, is_still = self._shown
        texts = self._context.texts
        return texts("tape.still", count=qty_text(waiting)) if is_still else texts("tape.live")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), self._cache)
        tokens, texts = self._context.tokens, self._context.texts
        prints, qty, _, is_still = self._shown
        base = metrics.baseline(0, self.height())
        brush.fill(0, 0, self.width(), self.height(), tokens.header)
        brush.hline(0, 0, self.width(), tokens.line2)
        pace = texts("tape.pace", prints=f"{prints // 10}.{prints % 10}", qty=qty_text(qty // 10))
        begin = brush.right(self.width() - metrics.EDGE_PAD, base, pace, "secondary", tokens.text2)
        left = self._cache.elided("secondary", self._left(), begin - 12 - metrics.EDGE_PAD)
        brush.left(metrics.EDGE_PAD, base, left, "secondary", tokens.attention if is_still else tokens.healthy)
