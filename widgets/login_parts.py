"""The pieces of the login card: lines of text, fields that know Enter, a QR code, rows of codes."""

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from themes import fonts, metrics
from themes.tokens import Tokens
from widgets.controls import TEXTS
from widgets.painting import Brush

LINE_H = 20
FIELD_H = 34
MODULE = 5  # pixels of a QR module
QUIET = 4
CODE_ROW = 24
TRIANGLES = 3


class Line(QLabel):
    """A line of text that wraps; its colour is a role."""

    def __init__(self, role: str, color: QColor, text: str = "") -> None:
        super().__init__(text)
        self.setFont(fonts.font(role))
        # The one style sheet sets a size for everything; here the role's own counts.
        size = fonts.font(role).pixelSize()
        self.setStyleSheet(f"background: transparent; color: {color.name()}; font-size: {size}px;")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setMinimumHeight(LINE_H)


class EntryField(QLineEdit):
    """A field of the card. Signal: `entered` when Enter is pressed. A hidden one shows dots and keeps no undo."""

    entered = Signal()

    def __init__(self, name: str, *, is_hidden: bool = False, is_code: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(name)
        self.setFixedHeight(FIELD_H)
        self.setMaxLength(128)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        if is_hidden:
            self.setEchoMode(QLineEdit.EchoMode.Password)
        if is_code:
            self.setInputMethodHints(Qt.InputMethodHint.ImhPreferLatin | Qt.InputMethodHint.ImhNoPredictiveText)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
            return
        super().keyPressEvent(event)

    def take(self) -> str:
        """What was typed; the field is empty afterwards."""
        text = self.text()
        self.clear()
        return text


class QrView(QWidget):
    """A QR code, dark on light whatever the theme: cameras want it so."""

    def __init__(self, tokens: Tokens, name: str, rows: Sequence[Sequence[bool]]) -> None:
        super().__init__()
        self._light, self._dark = tokens.text, tokens.gutter
        self._rows = rows
        side = (len(rows) + 2 * QUIET) * MODULE
        self.setFixedSize(QSize(side, side))
        self.setAccessibleName(name)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._light)
        for y, row in enumerate(self._rows):
            for x, is_dark in enumerate(row):
                if is_dark:
                    painter.fillRect((x + QUIET) * MODULE, (y + QUIET) * MODULE, MODULE, MODULE, self._dark)


class CodeRows(QWidget):
    """Codes in two columns, to be copied by hand."""

    def __init__(self, tokens: Tokens, name: str, codes: Sequence[str]) -> None:
        super().__init__()
        self._tokens = tokens
        self._codes = tuple(codes)
        self.setFixedHeight(ceil(len(codes) / 2) * CODE_ROW + 2)
        self.setAccessibleName(name)

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), TEXTS)
        tokens = self._tokens
        brush.fill(0, 0, self.width(), self.height(), tokens.field)
        brush.frame(0, 0, self.width(), self.height(), tokens.line2)
        for index, code in enumerate(self._codes):
            row, column = divmod(index, 2)
            base = metrics.baseline(1 + row * CODE_ROW, CODE_ROW)
            brush.left(16 + column * self.width() // 2, base, code, "price", tokens.text)


class KeyMark(QWidget):
    """A security key as a drawing: filled when it waits for a hand."""

    def __init__(self, tokens: Tokens, name: str) -> None:
        super().__init__()
        self._tokens = tokens
        self.is_waiting = False
        self.setFixedHeight(56)
        self.setAccessibleName(name)

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), TEXTS)
        tokens = self._tokens
        ink = tokens.own if self.is_waiting else tokens.edge
        left, top = self.width() // 2 - 46, self.height() // 2 - 15
        brush.frame(left, top, 64, 30, ink)
        brush.frame(left + 64, top + 6, 24, 18, ink)
        brush.frame(left + 72, top + 11, 8, 3, ink)
        brush.frame(left + 72, top + 16, 8, 3, ink)
        for step in range(TRIANGLES):  # rings around the place that is touched
            inset = 4 + 4 * step
            if self.is_waiting or step == TRIANGLES - 1:
                brush.frame(left + 17 + inset, top + inset - 1, 30 - 2 * inset, 32 - 2 * inset, ink)
