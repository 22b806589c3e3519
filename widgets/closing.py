"""The question before a window that started the market goes while orders work."""

from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from themes import metrics
from widgets.controls import TEXTS, Button
from widgets.painting import Brush
from widgets.panel import PanelContext

MARGIN = 16
WIDTH = 520
BUTTON = 32
LINE = 22
ESCAPE = "Esc"


class Choice(Enum):
    """What the trader wants with the orders that work."""

    CANCEL = "cancel"  # cancel them all, then core and simulator end
    KEEP = "keep"  # core and simulator go on without the window
    STAY = "stay"


class ClosingDialog(QDialog):
    """Three plain answers; Escape stays. `choice` holds the answer."""

    def __init__(self, context: PanelContext, working: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._tokens = context.tokens
        texts = context.texts
        self.choice = Choice.STAY
        self._lines = (texts("closing.title", count=working), texts("closing.detail"))
        self.setWindowTitle(self._lines[0])
        self.setAccessibleName(self._lines[0])
        self.setModal(True)
        self.setFixedWidth(WIDTH)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        row = QHBoxLayout()
        row.setSpacing(metrics.EDGE_PAD)
        for choice in Choice:
            cap = ESCAPE if choice is Choice.STAY else ""
            button = Button(self._tokens, texts(f"closing.{choice.value}"), height=BUTTON, cap=cap)
            button.clicked.connect(lambda _=False, one=choice: self._choose(one))
            row.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(MARGIN, MARGIN + 3 * LINE, MARGIN, MARGIN)
        box.addLayout(row)
        button.setFocus()

    def _choose(self, choice: Choice) -> None:
        self.choice = choice
        self.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush = Brush(painter, TEXTS)
        brush.fill(0, 0, self.width(), self.height(), self._tokens.panel)
        brush.frame(0, 0, self.width(), self.height(), self._tokens.line2)
        for number, (line, role, ink) in enumerate(
            zip(self._lines, ("name", "body"), (self._tokens.text, self._tokens.text2), strict=True)
        ):
            brush.left(MARGIN, metrics.baseline(MARGIN + number * LINE, LINE), line, role, ink)
