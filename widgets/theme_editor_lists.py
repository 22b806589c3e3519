"""The two lists of the theme editor: colours by name, and the contrasts of the chosen one."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from hts.desk.texts import Texts
from themes import metrics
from themes.contrasts import Measured
from themes.tokens import Tokens
from widgets.controls import TEXTS
from widgets.painting import Brush
from widgets.spoken_rows import tell_current

ROW = 22
SWATCH = 14
RATIO_W = 46
MARK_W = 74
LIST_MIN = 330


class ColorList(QWidget):
    """Every colour with its value. chosen(key); lightened(percent): Left and Right on the chosen one."""

    chosen = Signal(str)
    lightened = Signal(int)

    def __init__(self, tokens: Tokens, texts: Texts) -> None:
        super().__init__()
        self._tokens, self._texts = tokens, texts
        self._keys: tuple[str, ...] = ()
        self._table: Mapping[str, str] = {}
        self._failing: Mapping[str, int] = {}
        self._own: frozenset[str] = frozenset()
        self._current, self._first = "", 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(texts("theme_editor.colors"))
        self.setMinimumSize(LIST_MIN, 10 * ROW)

    def show_table(
        self, table: Mapping[str, str], current: str, own: frozenset[str], failing: Mapping[str, int]
    ) -> None:
        """Follow the edit. `own`: colours that differ from the base."""
        self._keys, self._table, self._own, self._failing = tuple(table), table, own, failing
        self._current = current
        self._follow()
        words = self._texts("theme_editor.fails", count=failing[current]) if failing.get(current) else ""
        self.setAccessibleDescription(f"{self._name(current)} {table[current]} {words}".strip())
        self.update()
        tell_current(self)

    def spoken_count(self) -> int:
        """Colours, for screen readers."""
        return len(self._keys)

    def spoken_row(self, number: int) -> str:
        """A colour in words."""
        key = self._keys[number]
        fails = self._failing.get(key)
        words = self._texts("theme_editor.fails", count=fails) if fails else ""
        return f"{self._name(key)} {self._table[key]} {words}".strip()

    def spoken_rect(self, number: int) -> QRect:
        """Where a colour stands; empty while it is scrolled away."""
        at = number - self._first
        return QRect(0, at * ROW, self.width(), ROW) if 0 <= at < self._rows() else QRect()

    def spoken_current(self) -> int:
        """The chosen colour."""
        return self._keys.index(self._current) if self._current in self._keys else -1

    def _name(self, key: str) -> str:
        """What a colour is for, in the reader's language."""
        return self._texts(f"theme_color.{key}")

    def _rows(self) -> int:
        return max(self.height() // ROW, 1)

    def _follow(self) -> None:
        at = self._keys.index(self._current)
        self._first = min(max(self._first, at - self._rows() + 1), at)
        self._first = min(self._first, max(len(self._keys) - self._rows(), 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: self._rows(),
            Qt.Key.Key_PageUp: -self._rows(),
        }
        key = Qt.Key(event.key())
        if key in steps:
            at = self._keys.index(self._current) + steps[key]
            self.chosen.emit(self._keys[min(max(at, 0), len(self._keys) - 1)])
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.lightened.emit(1 if key is Qt.Key.Key_Right else -1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        at = self._first + int(event.position().y()) // ROW
        if at < len(self._keys):
            self.chosen.emit(self._keys[at])

    def wheelEvent(self, event: QWheelEvent) -> None:
        step = -3 if event.angleDelta().y() > 0 else 3
        self._first = min(max(self._first + step, 0), max(len(self._keys) - self._rows(), 0))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), TEXTS)
        tokens, width = self._tokens, self.width()
        brush.fill(0, 0, width, self.height(), tokens.panel)
        for number, key in enumerate(self._keys[self._first : self._first + self._rows() + 1]):
            y, base = number * ROW, metrics.baseline(number * ROW, ROW)
            if key == self._current:
                brush.fill(0, y, width, ROW, tokens.selected)
                brush.fill(0, y, metrics.SELECTED_BAR, ROW, tokens.own if self.hasFocus() else tokens.line2)
            brush.fill(10, y + (ROW - SWATCH) // 2, SWATCH, SWATCH, QColor(self._table[key]))
            brush.frame(10, y + (ROW - SWATCH) // 2, SWATCH, SWATCH, tokens.edge)
            role = "title" if key in self._own else "body"
            x = brush.left(34, base, self._name(key), role, tokens.text) + 8
            begin = brush.right(width - MARK_W - 12, base, self._table[key], "secondary", tokens.text2) - 8
            if x + brush.texts.width("cap", key) <= begin:  # as it is called in the theme's file
                brush.left(x, base, key, "cap", tokens.text3)
            if self._failing.get(key):
                words = self._texts("theme_editor.fails", count=self._failing[key])
                brush.right(width - 8, base, words, "secondary", tokens.attention)


class ContrastList(QWidget):
    """Pairs of the chosen colour: which on which, the figure, what is needed, whether it is enough in words."""

    def __init__(self, tokens: Tokens, texts: Texts) -> None:
        super().__init__()
        self._tokens, self._texts = tokens, texts
        self._pairs: Sequence[Measured] = ()
        self._colors: Tokens = tokens
        self.setAccessibleName(texts("theme_editor.contrasts"))
        self.setMinimumWidth(400)

    def show_pairs(self, pairs: Sequence[Measured], colors: Tokens) -> None:
        """Follow the edit; `colors` are those being edited."""
        self._pairs, self._colors = pairs, colors
        self.setAccessibleDescription("; ".join(self._words(one) for one in pairs[:10]))
        self.update()

    def _words(self, one: Measured) -> str:
        verdict = self._texts("theme_editor.enough" if one.holds else "theme_editor.too_low")
        return f"{self._pair(one)} {one.ratio:.1f} {verdict}"

    def _pair(self, one: Measured) -> str:
        ink, ground = (self._texts(f"theme_color.{role}") for role in (one.pair.ink, one.pair.ground))
        return self._texts("theme_editor.pair", ink=ink, ground=ground)

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), TEXTS)
        tokens, texts, width = self._tokens, self._texts, self.width()
        brush.fill(0, 0, width, self.height(), tokens.panel)
        base = metrics.baseline(0, ROW)
        brush.left(10, base, texts("theme_editor.contrasts"), "title", tokens.text)
        brush.hline(0, ROW - 1, width, tokens.line2)
        if not self._pairs:
            brush.left(10, base + ROW, texts("theme_editor.no_pairs"), "body", tokens.text2)
        for number, one in enumerate(self._pairs, 1):
            y = number * ROW
            if y + ROW > self.height():
                break
            base = metrics.baseline(y, ROW)
            ground, ink = getattr(self._colors, one.pair.ground), getattr(self._colors, one.pair.ink)
            brush.fill(10, y + 3, 40, ROW - 6, ground)
            brush.frame(10, y + 3, 40, ROW - 6, tokens.edge)
            brush.center(30, base, "12.3", "body_medium", ink)
            right = width - MARK_W
            room = right - RATIO_W - 66 - brush.texts.width("price_strong", f"{one.ratio:.1f}")
            brush.left(60, base, brush.texts.elided("body", self._pair(one), room), "body", tokens.text)
            tone = tokens.text if one.holds else tokens.attention
            brush.right(right - RATIO_W, base, f"{one.ratio:.1f}", "price_strong", tone)
            brush.right(right - 4, base, f"≥ {one.pair.least:g}", "secondary", tokens.text2)
            verdict = texts("theme_editor.enough" if one.holds else "theme_editor.too_low")
            brush.right(width - 8, base, verdict, "body_medium", tokens.healthy if one.holds else tokens.attention)
