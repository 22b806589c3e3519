"""The command box (Ctrl+K, or a digit): issues by code or name, screens by number, actions by name.

Up and Down choose, Enter takes, Esc leaves; before anything is typed the list holds what was chosen last. The list is
a child of the window, so that no focus is stolen.
"""

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from hts.desk.finder import Finder, Found
from hts.desk.keymap import Keymap
from themes import fonts, metrics
from widgets.painting import Brush, TextCache
from widgets.panel import PanelContext
from widgets.spoken_rows import tell_current

CODE_W = 74
TYPED_MAX = 64  # characters


class CommandBox(QLineEdit):
    """Signals: `symbol_chosen`, `action_chosen`, `left` when the box is left without a choice."""

    symbol_chosen = Signal(str)
    action_chosen = Signal(str)
    left = Signal()

    def __init__(self, context: PanelContext, keymap: Keymap, finder: Finder) -> None:
        super().__init__()
        self._context = context
        self._finder = finder
        self._keymap = keymap
        self.setMaxLength(TYPED_MAX)
        self._cache = TextCache()
        self.setFont(fonts.font("body"))
        self.setAccessibleName(context.texts("command.title"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.list = CommandList(context, keymap)
        self.list.hide()
        self.list.clicked.connect(self._take)
        self.textEdited.connect(self._on_edited)

    def open(self) -> None:
        """Take the keyboard, with the text selected."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()
        if not self.text():
            self._show(self._finder.recent())

    def open_with(self, text: str) -> None:
        """Take the keyboard and begin with what was typed elsewhere."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.setText(text)
        self._on_edited(text)

    def _on_edited(self, text: str) -> None:
        if text.strip():
            self._show(self._finder.find(text), is_answer=True)
        else:
            self._show(self._finder.recent())

    def _show(self, found: tuple[Found, ...], *, is_answer: bool = False) -> None:
        self.list.show_found(found)
        window = self.window()
        if self.list.parentWidget() is not window:
            self.list.setParent(window)
        corner = self.mapTo(window, QPoint(0, self.height() + 2))
        self.list.setGeometry(corner.x(), corner.y(), self.width(), max(len(found), 1) * metrics.TABLE_ROW + 2)
        self.list.setVisible(is_answer or bool(found))
        self.list.raise_()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Escape:
            self._leave()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.list.move_choice(1 if key is Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        else:
            super().keyPressEvent(event)

    def _take(self) -> None:
        found = self.list.choice
        if found is None:
            return
        self._finder.history.add(found.key)
        self._leave()
        if found.symbol:
            self.symbol_chosen.emit(found.symbol)
        else:
            self.action_chosen.emit(found.action)

    def _leave(self) -> None:
        self.clear()
        self.list.hide()
        self.clearFocus()
        self.left.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.list.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.text():
            return
        painter = QPainter(self)
        brush = Brush(painter, self._cache)
        tokens = self._context.tokens
        base = metrics.baseline(0, self.height())
        cap = self._keymap.keys_of("command.focus")
        width = round(self._cache.width("cap", cap)) + 10
        x = self.width() - width - 3
        brush.fill(x, 2, width, self.height() - 4, tokens.raised)
        brush.frame(x, 2, width, self.height() - 4, tokens.edge)
        brush.center(x + width / 2, base, cap, "cap", tokens.text2)
        if not self.hasFocus():
            hint = self._cache.elided("secondary", self._context.texts("command.hint"), x - 14)
            brush.left(8, base, hint, "secondary", tokens.text3)


class CommandList(QWidget):
    """What was found, one line each. Signal: `clicked` after a line was chosen by the mouse."""

    clicked = Signal()

    def __init__(self, context: PanelContext, keymap: Keymap) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._context = context
        self._keymap = keymap
        self._cache = TextCache()
        self._found: tuple[Found, ...] = ()
        self._chosen = 0

    def show_found(self, found: tuple[Found, ...]) -> None:
        """Replace the lines; the first one is chosen."""
        self._found, self._chosen = found, 0
        self.update()

    def spoken_count(self) -> int:
        """Lines, for screen readers."""
        return len(self._found)

    def spoken_row(self, number: int) -> str:
        """A line in words."""
        found = self._found[number]
        return f"{found.label} {found.symbol}".strip()

    def spoken_rect(self, number: int) -> QRect:
        """Where a line stands."""
        return QRect(1, 1 + number * metrics.TABLE_ROW, self.width() - 2, metrics.TABLE_ROW)

    def spoken_current(self) -> int:
        """The chosen line."""
        return self._chosen if self._found else -1

    @property
    def choice(self) -> Found | None:
        """The chosen line."""
        return self._found[self._chosen] if self._found else None

    def move_choice(self, step: int) -> None:
        """Choose the next or previous line, around the ends."""
        if self._found:
            self._chosen = (self._chosen + step) % len(self._found)
            self.update()
            tell_current(self)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent) and event.type() is QEvent.Type.MouseButtonPress:
            row = (event.position().toPoint().y() - 1) // metrics.TABLE_ROW
            if 0 <= row < len(self._found):
                self._chosen = row
                self.clicked.emit()
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush = Brush(painter, self._cache)
        tokens = self._context.tokens
        painter.fillRect(event.rect(), tokens.header)
        brush.frame(0, 0, self.width(), self.height(), tokens.line2)
        if not self._found:
            text = self._context.texts("command.nothing")
            brush.left(metrics.EDGE_PAD, metrics.baseline(1, metrics.TABLE_ROW), text, "body", tokens.text3)
        for index, found in enumerate(self._found):
            self._paint_row(brush, 1 + index * metrics.TABLE_ROW, found, chosen=index == self._chosen)

    def _paint_row(self, brush: Brush, y: int, found: Found, *, chosen: bool) -> None:
        tokens, texts = self._context.tokens, self._context.texts
        if chosen:
            brush.fill(1, y, self.width() - 2, metrics.TABLE_ROW, tokens.selected)
            brush.fill(1, y, metrics.SELECTED_BAR, metrics.TABLE_ROW, tokens.own)
        base = metrics.baseline(y, metrics.TABLE_ROW)
        code = found.symbol or found.number or texts("command.action")
        brush.left(metrics.EDGE_PAD, base, code, "secondary", tokens.text2)
        x: float = metrics.EDGE_PAD + CODE_W
        end = found.start + found.length
        for part, ink in (
            (found.label[: found.start], tokens.text),
            (found.label[found.start : end], tokens.own),
            (found.label[end:], tokens.text),
        ):
            x = brush.left(x, base, part, "body_medium", ink)
        cap = self._keymap.keys_of(found.action) if found.action else ""
        brush.right(self.width() - metrics.EDGE_PAD, base, cap, "cap", tokens.text2)
