"""Above the chart's canvas: time frames and menus to choose from, and the legend of two lines.

What has no room goes into the last button's menu, and everything is in the chart's own menu too.
"""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from hts.desk.texts import Texts
from themes import metrics
from themes.tokens import Tokens
from widgets.painting import Brush, TextCache, hline, ratio_of

TOOLBAR_HEIGHT = 26
LEGEND_LINE = 20
WORD_GAP = 5
PAIR_GAP = 12
SHOWN_S = (-10, 60, 180, 300, 600, 900, 1800, 3600, 86_400, 7 * 86_400, 30 * 86_400)
MENUS = ("style", "studies", "draw", "compare", "scale", "regular", "replay")
SWITCHES = ("regular", "replay", "more")  # have no menu below them

# A text, its type role and its colour; the pieces of a legend line stand beside each other.
Piece = tuple[str, str, QColor]


def frame_text(timeframe_s: int, texts: Texts) -> str:
    """`3분`, `10틱`."""
    return texts("chart.tf.ticks", count=-timeframe_s) if timeframe_s < 0 else texts(f"chart.tf.{timeframe_s}")


class BarButton(QAbstractButton):
    """Flat; raised and underlined when it is chosen. One that opens a menu has a small triangle."""

    def __init__(self, text: str, tokens: Tokens, cache: TextCache, *, has_menu: bool = False) -> None:
        super().__init__()
        self._tokens, self._cache, self._has_menu = tokens, cache, has_menu
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_as(text)

    def show_as(self, text: str) -> None:
        """What it says."""
        self.setText(text)
        self.setAccessibleName(text)
        room = 14 + (9 if self._has_menu else 0)
        self.setFixedSize(round(self._cache.width("tab", text)) + room, TOOLBAR_HEIGHT - 4)
        self.update()

    def sizeHint(self) -> QSize:
        return self.size()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses like the space bar does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.click()
        else:
            event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._tokens
        brush = Brush(QPainter(self), self._cache)
        chosen = self.isChecked()
        ground = tokens.raised if chosen else tokens.hover if self.underMouse() else tokens.panel
        brush.fill(0, 0, self.width(), self.height(), ground)
        if chosen:
            brush.fill(0, self.height() - 2, self.width(), 2, tokens.text2)
        if self.hasFocus():
            brush.frame(0, 0, self.width(), self.height(), tokens.own)
        color = tokens.text if chosen else tokens.text2
        end = brush.left(7, metrics.baseline(0, self.height()), self.text(), "tab", color)
        if self._has_menu:
            brush.triangle(round(end) + 4, self.height() // 2, False, color, metrics.TRIANGLE_SMALL_W)


class ChartBar(QWidget):
    """Signals: chosen(timeframe_s); opened(menu name, where on the screen)."""

    chosen = Signal(int)
    opened = Signal(str, QPoint)

    def __init__(self, tokens: Tokens, texts: Texts) -> None:
        super().__init__()
        self._tokens, self._texts = tokens, texts
        cache = TextCache()
        self.setFixedHeight(TOOLBAR_HEIGHT)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(metrics.EDGE_PAD - 4, 2, metrics.EDGE_PAD - 4, 2)
        self._row.setSpacing(1)
        self.buttons: dict[int, BarButton] = {}
        for timeframe_s in SHOWN_S:
            button = BarButton(frame_text(timeframe_s, texts), tokens, cache)
            button.clicked.connect(lambda _=False, s=timeframe_s: self.chosen.emit(s))
            self._row.addWidget(button)
            self.buttons[timeframe_s] = button
        self._row.addSpacing(8)
        self.menus: dict[str, BarButton] = {}
        for name in (*MENUS, "more"):
            button = BarButton(texts(f"chart.menu.{name}"), tokens, cache, has_menu=name not in SWITCHES)
            button.clicked.connect(lambda _=False, n=name: self._open(n))
            self._row.addWidget(button)
            self.menus[name] = button
        self._row.addStretch(1)

    def show_frame(self, timeframe_s: int) -> None:
        """Mark the time frame that is shown."""
        for frame_s, button in self.buttons.items():
            button.setChecked(frame_s == timeframe_s)

    def mark(self, name: str, *, on: bool) -> None:
        """Mark a menu that has something chosen."""
        self.menus[name].setChecked(on)

    def _open(self, name: str) -> None:
        button = self.menus[name]
        button.setChecked(False)
        self.opened.emit(name, button.mapToGlobal(button.rect().bottomLeft()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Buttons that have no room are left out, from the least needed on; `more` has them all."""
        super().resizeEvent(event)
        room = self.width() - 2 * metrics.EDGE_PAD - 8
        more = self.menus["more"]
        rare = [self.buttons[s] for s in (600, 1800, -10, 30 * 86_400, 7 * 86_400, 900)]
        order = [self.menus["regular"], *rare, *(self.menus[n] for n in ("compare", "scale", "replay"))]
        order += self.buttons.values()
        everything = [*self.buttons.values(), *self.menus.values()]
        needed = sum(button.width() + 1 for button in everything)
        hidden: set[BarButton] = set()
        for spared in (more,), (more, self.menus["regular"]):  # the switch stands in two menus as well
            if not hidden and needed - sum(button.width() + 1 for button in spared) <= room:
                hidden = set(spared)
        needed -= sum(button.width() + 1 for button in hidden)
        for button in order:
            if needed <= room:
                break
            if button not in hidden:
                hidden.add(button)
                needed -= button.width() + 1
        for button in everything:
            button.setVisible(button not in hidden)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, TOOLBAR_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._tokens.panel)
        hline(painter, ratio_of(painter), (0, self.height() - 1, self.width()), self._tokens.line)


class Legend(QWidget):
    """Two lines of pieces; repaints when they differ."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFixedHeight(2 * LEGEND_LINE)
        self._tokens = tokens
        self._cache = TextCache()
        self.lines: tuple[tuple[Piece, ...], ...] = ()

    def show_lines(self, lines: Sequence[Sequence[Piece]]) -> None:
        """What the legend says."""
        wanted = tuple(tuple(line) for line in lines)
        if wanted != self.lines:
            self.lines = wanted
            self.update()
            self.setAccessibleDescription(" ".join(piece[0] for line in wanted for piece in line))

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), self._cache)
        brush.fill(0, 0, self.width(), self.height(), self._tokens.panel)
        for i, line in enumerate(self.lines):
            x: float = metrics.EDGE_PAD
            base = metrics.baseline(i * LEGEND_LINE, LEGEND_LINE)
            for number, (text, role, color) in enumerate(line):
                # A figure and what it is called stand together, or not at all; the next pair keeps its distance.
                is_figure = text[-1:].isdigit() or text[-1:] == "%"
                after = line[number + 1] if number + 1 < len(line) else None
                needs = self._cache.width(role, text)
                if not is_figure and number and after is not None:
                    needs += WORD_GAP + self._cache.width(after[1], after[0])
                if x + needs > self.width():
                    break
                x = (brush.figures if is_figure else brush.left)(x, base, text, role, color)
                x += PAIR_GAP if is_figure or number == 1 else WORD_GAP
