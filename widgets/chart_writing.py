"""The field in which a text on the chart is written."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent

from hts.desk.drawings import TEXT_MAX
from widgets.keys import Field

if TYPE_CHECKING:
    from widgets.chart_canvas import ChartCanvas

WIDTH, HEIGHT = 220, 24


class Writing(Field):
    """Signal: `written` with the text; an empty one when it was given up."""

    written = Signal(str)

    def __init__(self, canvas: "ChartCanvas", text: str) -> None:
        super().__init__(canvas.viewport())
        self._is_done = False
        self._text = text
        self.setText(text)
        self.setMaxLength(TEXT_MAX)
        self.setAccessibleName(canvas.texts("chart.draw.text"))
        self.setPlaceholderText(canvas.texts("chart.draw.text"))

    def open_at(self, at: QPoint) -> None:
        """Appear with the keyboard, within the chart."""
        parent = self.parentWidget()
        assert parent is not None
        x = max(min(at.x(), parent.width() - WIDTH), 0)
        self.setGeometry(x, max(min(at.y() - HEIGHT // 2, parent.height() - HEIGHT), 0), WIDTH, HEIGHT)
        self.show()
        self.selectAll()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._finish(self.text())
        elif event.key() == Qt.Key.Key_Escape:
            self._finish(self._text)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self._finish(self.text())

    def _finish(self, text: str) -> None:
        if not self._is_done:
            self._is_done = True
            self.hide()
            self.deleteLater()
            self.written.emit(text)
