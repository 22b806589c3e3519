"""A row of the theme's line colours, one of them chosen, by mouse or by the arrow keys."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from hts.desk.chart_studies import PALETTE
from themes.tokens import Tokens
from widgets.controls import TEXTS
from widgets.painting import Brush

CELL = 26
INSET = 6


class Swatches(QWidget):
    """Signal: `chosen` with the colour's token."""

    chosen = Signal(str)

    def __init__(self, tokens: Tokens, name: str, number: Callable[[int], str]) -> None:
        """`number` names a colour by its place, for screen readers."""
        super().__init__()
        self._number = number
        self._tokens = tokens
        self._at = 0
        self.setFixedHeight(CELL)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)

    def show_color(self, token: str) -> None:
        """Mark a colour; one that is not in the palette marks none."""
        self._show(PALETTE.index(token) if token in PALETTE else -1)

    def _show(self, at: int) -> None:
        self._at = at
        self.setAccessibleDescription(self._number(at + 1) if at >= 0 else "")
        self.update()

    def _choose(self, at: int) -> None:
        if 0 <= at < len(PALETTE) and at != self._at:
            self._show(at)
            self.chosen.emit(PALETTE[at])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(int(event.position().x()) // CELL)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            event.ignore()
        else:
            self._choose(self._at + step)

    def sizeHint(self) -> QSize:
        return QSize(CELL * len(PALETTE), CELL)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._tokens
        brush = Brush(QPainter(self), TEXTS)
        for at, token in enumerate(PALETTE):
            x = at * CELL
            brush.fill(x + INSET, INSET, CELL - 2 * INSET, CELL - 2 * INSET, getattr(tokens, token))
            if at == self._at:
                brush.frame(x + 2, 2, CELL - 4, CELL - 4, tokens.own if self.hasFocus() else tokens.text)
