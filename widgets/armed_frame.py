"""The armed state in one glance: the gutter round every panel that can send by one click turns amber.

An overlay without mouse events covers the workspace; its mask is the gutter pixels alone, so that nothing moves and
no panel is repainted.
"""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget

from themes import metrics


class ArmedFrame(QWidget):
    """`show_rects` takes the panels' rectangles; an empty list hides the frame."""

    def __init__(self, color: QColor, parent: QWidget) -> None:
        super().__init__(parent)
        self._shell = parent
        self._color = color
        self._rects: list[tuple[int, int, int, int]] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def show_rects(self, rects: list[tuple[int, int, int, int]]) -> None:
        """Frame these rectangles of the parent."""
        if rects == self._rects:
            return
        self._rects = rects
        gutter = metrics.GUTTER
        region = QRegion()
        for x, y, width, height in rects:
            inner = QRect(x, y, width, height)
            region |= QRegion(inner.adjusted(-gutter, -gutter, gutter, gutter)) - QRegion(inner)
        for x, y, width, height in rects:
            region -= QRegion(x, y, width, height)
        self.setGeometry(self._shell.rect())
        self.setVisible(bool(rects))
        if rects:
            self.setMask(region)
            self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), self._color)
