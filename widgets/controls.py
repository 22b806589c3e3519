"""Painted controls of forms: buttons, chips, segments, choice fields. All take their colours from the theme."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from themes import metrics
from themes.tokens import Tokens, contrast
from widgets.keys import Field, OwnKeys, PressedByEnter
from widgets.menus import literal, pop_up
from widgets.painting import Brush, TextCache

TEXTS = TextCache()
READABLE = 4.5  # contrast of a text on its ground


class Button(PressedByEnter, QAbstractButton):
    """A flat button. `look`: plain, chip, chosen (chip that holds), buy, sell, danger, outline_buy, outline_sell,
    spin, main (what Enter would do, where nothing is bought or sold).

    `cap` is the key that does the same, written small beside the text.
    """

    def __init__(self, tokens: Tokens, text: str = "", *, look: str = "plain", height: int, cap: str = "") -> None:
        super().__init__()
        self._tokens = tokens
        self._look = look
        self._cap = cap
        self.setText(text)
        self.setAccessibleName(text)
        self.setFixedHeight(height)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_as(self, text: str, look: str, cap: str = "") -> None:
        """Change text, look and key cap."""
        if (text, look, cap) != (self.text(), self._look, self._cap):
            self._look, self._cap = look, cap
            self.setText(text)
            self.setAccessibleName(text)
            self.update()

    def fit_cap(self) -> None:
        """Never narrower than text and key cap, where the button stands beside others that take what is left."""
        self.setMinimumWidth(self.full_width)

    @property
    def full_width(self) -> int:
        """What text and key cap need, in pixels."""
        cap = round(TEXTS.width("cap", f"  {self._cap}")) if self._cap else 0
        return round(TEXTS.width("body_medium", self.text())) + cap + 2 * metrics.EDGE_PAD

    @property
    def look(self) -> str:
        """How it is painted now."""
        return self._look

    def sizeHint(self) -> QSize:
        return QSize(round(TEXTS.width("body", self.text())) + 2 * metrics.EDGE_PAD, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush = Brush(painter, TEXTS)
        ground, edge, ink = self._colors()
        rect = self.rect()
        brush.rounded(rect, ground, edge)
        if self.isDown():
            brush.frame(1, 1, rect.width() - 2, rect.height() - 2, ink)
        elif self.hasFocus():
            brush.frame(0, 0, rect.width(), rect.height(), self._tokens.own)
        self._paint_text(brush, ink)

    def _colors(self) -> tuple[QColor, QColor | None, QColor]:
        tokens = self._tokens
        looks = {
            "plain": (tokens.raised, tokens.line2, tokens.text),
            "chip": (tokens.raised, None, tokens.text2),
            "spin": (tokens.raised, tokens.line2, tokens.text),
            "chosen": (tokens.header, tokens.text2, tokens.text),
            "buy": (tokens.buy_fill, None, tokens.on_fill),
            "sell": (tokens.sell_fill, None, tokens.on_fill),
            "main": (tokens.text, None, tokens.gutter),
            "danger": (tokens.danger, None, tokens.on_fill),
            "outline_buy": (tokens.panel, tokens.buy, tokens.buy),
            "outline_sell": (tokens.panel, tokens.sell, tokens.sell),
        }
        ground, edge, ink = looks[self._look]
        return (ground, edge, ink) if self.isEnabled() else (tokens.panel, tokens.line2, tokens.text3)

    def _paint_text(self, brush: Brush, ink: QColor) -> None:
        role = {"chip": "secondary", "chosen": "tab", "plain": "body_medium"}.get(self._look, "send")
        base = metrics.baseline(0, self.height())
        cap, text_w = f"  {self._cap}" if self._cap else "", TEXTS.width(role, self.text())
        if cap and text_w + TEXTS.width("cap", cap) > self.width() - 4:
            cap = ""  # what it does matters more than its key
        width = text_w + (TEXTS.width("cap", cap) if cap else 0)
        end = brush.left(round((self.width() - width) / 2), base, self.text(), role, ink)
        if cap:
            brush.left(end, base, cap, "cap", ink if self._look in ("buy", "sell") else self._tokens.text2)


class StartButton(Button):
    """What it starts is large: the second press of a double click is none."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()


class SpinButton(Button):
    """A button with a drawn triangle, which repeats while it is held."""

    def __init__(self, tokens: Tokens, name: str, *, up: bool) -> None:
        super().__init__(tokens, "", look="spin", height=metrics.FIELD)
        self._up = up
        self.setFixedWidth(metrics.SPINNER)
        self.setAccessibleName(name)
        self.setAutoRepeat(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _paint_text(self, brush: Brush, ink: QColor) -> None:
        x = (self.width() - metrics.TRIANGLE_W) // 2
        brush.triangle(x, self.height() // 2, self._up, ink)


class Tabs(QWidget):
    """Equal tabs; the chosen one is filled in its colour. Signal: `chosen` with its number."""

    chosen = Signal(int)

    def __init__(self, tokens: Tokens, names: Sequence[str], caps: Sequence[str], fills: Sequence[QColor]) -> None:
        super().__init__()
        self._tokens = tokens
        self._names, self._caps, self._fills = tuple(names), tuple(caps), tuple(fills)
        self._current = 0
        self.setFixedHeight(33)
        self.setAccessibleName(" / ".join(names))

    def set_caps(self, caps: Sequence[str]) -> None:
        """The keys that choose the tabs."""
        if tuple(caps) != self._caps:
            self._caps = tuple(caps)
            self.update()

    def set_current(self, index: int) -> None:
        """Mark a tab as chosen."""
        if index != self._current:
            self._current = index
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.chosen.emit(min(int(event.position().x() * len(self._names) // self.width()), len(self._names) - 1))

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), TEXTS)
        tokens = self._tokens
        count = len(self._names)
        body = self.height() - 2
        base = metrics.baseline(0, body)
        brush.fill(0, 0, self.width(), body, tokens.panel)
        for index, name in enumerate(self._names):
            left, right = self.width() * index // count, self.width() * (index + 1) // count
            chosen = index == self._current
            if chosen:
                brush.fill(left, 0, right - left, body, self._fills[index])
            elif index and index - 1 != self._current:
                brush.vline(left, 8, body - 16, tokens.line2)
            role, ink = ("title", self._ink(self._fills[index])) if chosen else ("body", tokens.text2)
            cap = self._caps[index]
            width = TEXTS.width(role, name) + (TEXTS.width("secondary", cap) + 6 if cap else 0)
            end = brush.left(round((left + right - width) / 2), base, name, role, ink)
            if cap:
                brush.left(end + 6, base, cap, "secondary", ink if chosen else tokens.text3)
        brush.fill(0, body, self.width(), 2, self._fills[self._current])

    def _ink(self, fill: QColor) -> QColor:
        """What can be read on it: a light grey is no ground for what stands on a colour."""
        tokens = self._tokens
        inks = (tokens.on_fill, tokens.text, tokens.panel)
        return next((ink for ink in inks if contrast(ink, fill) >= READABLE), tokens.on_fill)


LEAVES = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape})


class FigureField(Field):
    """A field for a figure, with its grey unit at the right edge.

    `is_of_order`: what is typed is the next order's; with Enter and Esc, which are the window's, the keyboard goes back
    to the panel, where letters and digits are keys again.
    """

    is_of_order = False

    def __init__(self, tokens: Tokens, unit: str) -> None:
        super().__init__()
        self._tokens = tokens
        self._unit = unit
        self.setTextMargins(0, 0, round(TEXTS.width("secondary", unit)) + 6, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if self.is_of_order and event.key() in LEAVES:
            above = self.parentWidget()
            while above is not None and not above.focusPolicy() & Qt.FocusPolicy.ClickFocus:
                above = above.parentWidget()
            if above is not None:
                above.setFocus()

    def set_unit(self, unit: str) -> None:
        """What the figure counts."""
        if unit != self._unit:
            self._unit = unit
            self.setTextMargins(0, 0, round(TEXTS.width("secondary", unit)) + 6, 0)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        brush = Brush(QPainter(self), TEXTS)
        base = metrics.baseline(0, self.height())
        brush.right(self.width() - metrics.EDGE_PAD, base, self._unit, "secondary", self._tokens.text2)


class EntryField(OwnKeys, FigureField):
    """A figure that is no order's of the order form: Enter and Esc mean this field. Signals: `entered`, `left`."""

    entered = Signal()
    left = Signal()

    def finish(self, _event: QKeyEvent) -> None:
        self.entered.emit()

    def leave(self) -> None:
        self.left.emit()


class Choice(QWidget):
    """A field that opens a menu. Left text, grey right text, drawn triangle. Signal: `chosen` with the number."""

    chosen = Signal(int)

    def __init__(self, tokens: Tokens, name: str, options: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._tokens = tokens
        self._options = tuple(options)
        self._shown = options[0] if options else ("", "")
        self.setFixedHeight(metrics.FIELD)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_choice(self, left: str, right: str) -> None:
        """What the field says."""
        if (left, right) != self._shown:
            self._shown = (left, right)
            self.update()

    def set_options(self, options: Sequence[tuple[str, str]]) -> None:
        """What the menu offers."""
        self._options = tuple(options)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self._open()
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        if not self._options:
            return
        menu = QMenu(self)
        menu.setMinimumWidth(self.width())
        for index, (left, right) in enumerate(self._options):
            action = QAction(literal(f"{left}  {right}".strip()), menu)
            action.setData(index)
            menu.addAction(action)
        menu.triggered.connect(lambda action: self.chosen.emit(action.data()))
        pop_up(menu, self.mapToGlobal(QPoint(0, self.height())))

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), TEXTS)
        tokens = self._tokens
        brush.fill(0, 0, self.width(), self.height(), tokens.field)
        brush.frame(0, 0, self.width(), self.height(), tokens.own if self.hasFocus() else tokens.line2)
        base = metrics.baseline(0, self.height())
        left, right = self._shown
        edge = self.width() - 26 if self._options else self.width() - metrics.EDGE_PAD
        ink, quiet = (tokens.text, tokens.text2) if self.isEnabled() else (tokens.text3, tokens.text3)
        begin = brush.right(edge, base, right, "body", quiet)
        brush.left(8, base, TEXTS.elided("body_medium", left, begin - 16), "body_medium", ink)
        if self._options:
            brush.triangle(self.width() - 17, self.height() // 2, False, quiet)
