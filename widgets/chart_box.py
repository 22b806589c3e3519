"""The price pane's view box: the library's panning and zooming, unless the pointer took an order line."""

from typing import Any, Protocol

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt


class Lines(Protocol):
    """Who knows the order lines."""

    def start_drag(self, point: QPointF) -> bool: ...
    def drag_to(self, point: QPointF) -> None: ...
    def drop(self, *, is_kept: bool) -> None: ...
    def click_at(self, point: QPointF) -> None: ...


class PriceBox(pg.ViewBox):  # type: ignore[misc]  # the library is untyped
    """Drags sideways only; prices always fit the bars."""

    def __init__(self, lines: Lines) -> None:
        super().__init__(enableMenu=False)
        self.setMouseEnabled(x=True, y=False)
        self._order_lines = lines
        self._has_line = False

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        """Take a line at the start, move it, drop it at the end; pan otherwise."""
        if ev.isStart() and ev.button() is Qt.MouseButton.LeftButton:
            self._has_line = self._order_lines.start_drag(ev.buttonDownScenePos())
        if not self._has_line:
            super().mouseDragEvent(ev, axis)
            return
        ev.accept()
        self._order_lines.drag_to(ev.scenePos())
        if ev.isFinish():
            self._has_line = False
            self._order_lines.drop(is_kept=self.sceneBoundingRect().contains(ev.scenePos()))

    def mouseClickEvent(self, ev: Any) -> None:
        """A click may cancel an order; it never opens the library's menu."""
        if ev.button() is Qt.MouseButton.LeftButton:
            self._order_lines.click_at(ev.scenePos())
        ev.accept()
