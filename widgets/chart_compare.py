"""The issues that a chart is compared with, below its legend: colour, name, change in view, and a cross to let one go.

A click on the cross, or Delete on the one that has the keyboard, takes it away; the last piece opens the menu. An
issue that the market does not list says so, and can be taken away like the others.
"""

from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from hts.desk.chart_compare import COMPARE_MAX, change_in_view
from hts.desk.chart_scale import percent_text
from themes import metrics
from themes.tokens import Tokens
from widgets.painting import Brush, TextCache

if TYPE_CHECKING:
    from widgets.chart import ChartPanel
    from widgets.chart_canvas import ChartCanvas

ROW = 20
SQUARE = 8
GAP = 6
CROSS_W = 16
NAME_MAX = 170  # pixels
WIDEST = "+88.88%"
LETS_GO = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class Entry(Struct, frozen=True, kw_only=True):
    """One issue as it is shown; without a symbol the menu's piece. `color` is a theme token."""

    symbol: str
    name: str
    figure: str = ""
    color: str = ""
    is_own: bool = False  # the chart's own issue cannot be let go
    is_known: bool = True


class CompareChip(QAbstractButton):
    """One entry. Signal `let_go`: its cross, or Delete."""

    let_go = Signal()

    def __init__(self, tokens: Tokens, cache: TextCache, parent: QWidget) -> None:
        super().__init__(parent)
        self._tokens, self._cache = tokens, cache
        self.entry = Entry(symbol="", name="")

    def show_entry(self, entry: Entry, spoken: str) -> bool:
        """Show an entry; whether its width is another."""
        if entry == self.entry:
            return False
        before, self.entry = self.width(), entry
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if entry.is_own else Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(spoken)
        self.setToolTip(spoken if self._cut_name() != entry.name else "")
        self.resize(self._full_width(), ROW)
        self.update()
        return self.width() != before

    @property
    def _has_cross(self) -> bool:
        return bool(self.entry.symbol) and not self.entry.is_own

    def _cross_rect(self) -> QRect:
        return QRect(self.width() - CROSS_W, 0, CROSS_W, ROW)

    def _cut_name(self) -> str:
        return self._cache.elided("secondary", self.entry.name, NAME_MAX)

    def _full_width(self) -> int:
        width = GAP + round(self._cache.width("secondary", self._cut_name()))
        if self.entry.color:
            width += SQUARE + GAP
        if self.entry.figure:
            # Figures come and go by a digit: the pieces behind them keep their places.
            room = max(self._cache.width("body", one) for one in (self.entry.figure, WIDEST))
            width += GAP + round(room)
        return width + (CROSS_W if self._has_cross else GAP)

    def sizeHint(self) -> QSize:
        return self.size()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in LETS_GO and self._has_cross:
            self.let_go.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.click()
        else:
            event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        is_cross = self._has_cross and self._cross_rect().contains(event.position().toPoint())
        super().mouseReleaseEvent(event)
        if is_cross and event.button() is Qt.MouseButton.LeftButton:
            self.let_go.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, entry = self._tokens, self.entry
        brush = Brush(QPainter(self), self._cache)
        brush.fill(0, 0, self.width(), ROW, tokens.hover if self.underMouse() else tokens.panel)
        base, x = metrics.baseline(0, ROW), float(GAP)
        if entry.color:
            brush.fill(GAP, (ROW - SQUARE) // 2, SQUARE, SQUARE, getattr(tokens, entry.color))
            x += SQUARE + GAP
        x = brush.left(x, base, self._cut_name(), "secondary", tokens.text2)
        if entry.figure:
            ink = tokens.text if entry.is_known else tokens.attention
            (brush.figures if entry.is_known else brush.left)(x + GAP, base, entry.figure, "body", ink)
        if self._has_cross:
            brush.center(self.width() - CROSS_W / 2, base, "×", "body", tokens.text3)
        if self.hasFocus():
            brush.frame(0, 0, self.width(), ROW, tokens.own)


class CompareStrip(QWidget):
    """Hidden while nothing is compared. As many rows as the entries need."""

    def __init__(self, panel: "ChartPanel") -> None:
        super().__init__(panel)
        self._panel, self._cache = panel, TextCache()
        self.chips: list[CompareChip] = []
        self.setAccessibleName(panel.context.texts("chart.menu.compare"))
        self.hide()

    def show_state(self, canvas: "ChartCanvas") -> None:
        """What is compared now, and how it did over the bars in view."""
        entries = self._entries(canvas)
        if not entries:
            if any(chip.hasFocus() for chip in self.chips):
                canvas.setFocus()  # else the library gives the keyboard to whatever comes next
            self.hide()
            return
        texts, is_other = self._panel.context.texts, len(entries) != len(self.chips)
        while len(self.chips) < len(entries):
            self.chips.append(self._make())
        while len(self.chips) > len(entries):
            gone = self.chips.pop()
            if gone.hasFocus():
                self.chips[-1].setFocus()
            gone.hide()
            gone.deleteLater()
        for chip, entry in zip(self.chips, entries, strict=True):
            says = texts("chart.compare.said", name=entry.name, figure=entry.figure) if entry.figure else entry.name
            is_other = chip.show_entry(entry, says) or is_other
        self.show()
        if is_other:
            self._arrange()

    def _make(self) -> CompareChip:
        chip = CompareChip(self._panel.context.tokens, self._cache, self)
        chip.let_go.connect(lambda: self._panel.compare_without(chip.entry.symbol))
        chip.clicked.connect(lambda: self._clicked(chip))
        chip.show()
        return chip

    def _clicked(self, chip: CompareChip) -> None:
        if not chip.entry.symbol:
            self._panel.open_menu("compare", chip.mapToGlobal(chip.rect().bottomLeft()))

    def _entries(self, canvas: "ChartCanvas") -> list[Entry]:
        """The chart's own issue, those that are compared, and the way to one more."""
        panel, texts = self._panel, self._panel.context.texts
        own, instruments = panel.feed.instrument, panel.context.market.instruments
        others = [one for one in panel.settings.compare if own is not None and one.symbol != own.symbol]
        if own is None or not others or not panel.series.source_s:
            return []
        left, right = canvas.price_box.viewRange()[0]
        lines = {one.symbol: line for one, line in canvas.compared_lines(left, right)}
        main = change_in_view(panel.series, left, right)
        entries = [Entry(symbol=own.symbol, name=texts.name(own), figure=_figure(main), is_own=True)]
        for one in others:
            issue, line = instruments.get(one.symbol), lines.get(one.symbol)
            name = texts.name(issue) if issue is not None else one.symbol
            figure = _figure(line.change_percent if line is not None else None)
            if issue is None:
                figure = texts("chart.compare.unknown")
            is_known = issue is not None
            entries.append(Entry(symbol=one.symbol, name=name, figure=figure, color=one.color, is_known=is_known))
        if len(panel.settings.compare) < COMPARE_MAX:
            entries.append(Entry(symbol="", name=f"+ {texts('chart.menu.compare')}"))
        return entries

    def _arrange(self) -> None:
        """From the left, in rows."""
        x, y, room = metrics.EDGE_PAD - GAP, 0, self.width() - metrics.EDGE_PAD
        for chip in self.chips:
            if x + chip.width() > room and x > metrics.EDGE_PAD:
                x, y = metrics.EDGE_PAD - GAP, y + ROW
            chip.move(x, y)
            x += chip.width() + GAP
        if self.height() != y + ROW:
            self.setFixedHeight(y + ROW)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), self._panel.context.tokens.panel)


def _figure(percent: float | None) -> str:
    return "—" if percent is None else percent_text(percent)
