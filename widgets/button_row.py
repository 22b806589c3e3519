"""Buttons side by side, or one under the other where the words of one would not fit."""

from collections.abc import Iterable

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from themes import metrics
from widgets.controls import Button


class ButtonRow(QWidget):
    """All have the same width."""

    def __init__(self, buttons: Iterable[Button]) -> None:
        super().__init__()
        self.buttons = tuple(buttons)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(metrics.EDGE_PAD, 4, metrics.EDGE_PAD, 6)
        self._box.setSpacing(metrics.CHIP_GAP)
        for button in self.buttons:
            self._box.addWidget(button, 1)

    def arrange(self) -> None:
        """The words of a button have changed, or the room."""
        count = len(self.buttons)
        room = self.width() - 2 * metrics.EDGE_PAD - (count - 1) * metrics.CHIP_GAP
        fits = count * max(button.full_width for button in self.buttons) <= room
        direction = QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom
        if self._box.direction() is not direction:
            self._box.setDirection(direction)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()
