"""A line under a field: what is wrong with what was typed, or what came of it. Empty, it takes no room.

`hinder` says what keeps anything from leaving now; it stands while nothing else is said.
"""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from themes import metrics
from widgets.painting import Brush, TextCache
from widgets.panel import PanelContext

FAULT_H = 20


class FaultLine(QWidget):
    """`say` replaces the text; a fault stands out, the whole of a long one is under the pointer."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setFixedHeight(FAULT_H)
        self._context, self._cache = context, TextCache()
        self.text, self.is_fault = "", False
        self._said, self._hindrance = ("", False), ""
        self.hide()

    def say(self, text: str, *, is_fault: bool) -> None:
        """Replace what stands there."""
        self._said = (text, is_fault)
        self._show()

    def hinder(self, text: str) -> None:
        """What keeps anything from leaving; empty for nothing."""
        if text != self._hindrance:
            self._hindrance = text
            self._show()

    def _show(self) -> None:
        text, is_fault = self._said if self._said[0] else (self._hindrance, bool(self._hindrance))
        if (text, is_fault) != (self.text, self.is_fault):
            self.text, self.is_fault = text, is_fault
            self.setAccessibleName(text)
            self.setToolTip(text)
            self.setVisible(bool(text))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), self._cache)
        tokens = self._context.tokens
        brush.fill(0, 0, self.width(), self.height(), tokens.panel)
        ink = tokens.attention if self.is_fault else tokens.text3
        text = self._cache.elided("secondary", self.text, self.width() - 2 * metrics.EDGE_PAD)
        brush.left(metrics.EDGE_PAD, metrics.baseline(0, FAULT_H), text, "secondary", ink)
