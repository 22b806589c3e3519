"""Above the chart's canvas: the time frames to choose from, and the legend of two lines."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QWidget

from hts.desk.texts import Texts
from themes import metrics
from themes.tokens import Tokens
from widgets.painting import Brush, TextCache

TOOLBAR_HEIGHT = 26
LEGEND_LINE = 20
WORD_GAP = 5
PAIR_GAP = 12

# A text, its type role and its colour; the pieces of a legend line stand beside each other.
Piece = tuple[str, str, QColor]


class FrameButton(QAbstractButton):
    """A time frame: raised and underlined when it is chosen."""

    def __init__(self, text: str, tokens: Tokens, cache: TextCache) -> None:
        super().__init__()
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._tokens, self._cache = tokens, cache
        self.setFixedSize(round(cache.width("tab", text)) + 16, TOOLBAR_HEIGHT - 4)

    def sizeHint(self) -> QSize:
        return self.size()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._tokens
        brush = Brush(QPainter(self), self._cache)
        chosen = self.isChecked()
        brush.fill(0, 0, self.width(), self.height(), tokens.raised if chosen else tokens.panel)
        if chosen:
            brush.fill(0, self.height() - 2, self.width(), 2, tokens.text2)
        if self.hasFocus():
            brush.frame(0, 0, self.width(), self.height(), tokens.own)
        color = tokens.text if chosen else tokens.text2
        brush.center(self.width() / 2, metrics.baseline(0, self.height()), self.text(), "tab", color)


class TimeframeBar(QWidget):
    """chosen(timeframe_s)."""

    chosen = Signal(int)

    def __init__(self, tokens: Tokens, texts: Texts, timeframes_s: Sequence[int], at_first: int) -> None:
        super().__init__()
        self._tokens = tokens
        cache = TextCache()
        self.setFixedHeight(TOOLBAR_HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.EDGE_PAD - 4, 2, metrics.EDGE_PAD, 2)
        row.setSpacing(2)
        group = QButtonGroup(self)
        self.buttons: dict[int, FrameButton] = {}
        for timeframe_s in timeframes_s:
            button = FrameButton(texts(f"chart.tf.{timeframe_s}"), tokens, cache)
            button.setChecked(timeframe_s == at_first)
            button.clicked.connect(lambda _=False, s=timeframe_s: self.chosen.emit(s))
            group.addButton(button)
            row.addWidget(button)
            self.buttons[timeframe_s] = button
        row.addStretch(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._tokens.panel)
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._tokens.line)


class Legend(QWidget):
    """Two lines of pieces; repaints when they differ."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFixedHeight(2 * LEGEND_LINE)
        self._tokens = tokens
        self._cache = TextCache()
        self.lines: tuple[tuple[Piece, ...], ...] = ()

    def show_lines(self, lines: tuple[tuple[Piece, ...], ...]) -> None:
        """What the legend says."""
        if lines != self.lines:
            self.lines = lines
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), self._cache)
        brush.fill(0, 0, self.width(), self.height(), self._tokens.panel)
        for i, line in enumerate(self.lines):
            x: float = metrics.EDGE_PAD
            base = metrics.baseline(i * LEGEND_LINE, LEGEND_LINE)
            for text, role, color in line:
                if x + self._cache.width(role, text) > self.width():
                    break
                # A figure and what it is called stand together; the next pair keeps its distance.
                x = brush.left(x, base, text, role, color) + (PAIR_GAP if text[-1:].isdigit() else WORD_GAP)
