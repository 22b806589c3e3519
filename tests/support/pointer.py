"""A pointer that moves over one widget, whatever other windows an offscreen screen has on top of it."""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget


def move(widget: QWidget, point: QPoint) -> None:
    """No button is pressed. QTest.mouseMove moves the screen's cursor, and whoever lies on top hears of it."""
    place = QPointF(point)
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove, place, widget.mapToGlobal(place), none, none, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, event)
