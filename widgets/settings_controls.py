"""One control for each kind of option: a switch, a choice, a field for numbers. All can be worked by keys alone."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QWidget

from hts.desk.settings import Kind, Option, Value
from hts.desk.texts import Texts
from themes import metrics
from themes.tokens import Tokens
from widgets.controls import TEXTS, Button, Choice
from widgets.keys import Field
from widgets.menus import literal, pop_up
from widgets.painting import Brush

WIDTH = 232
NUMBER_WIDTH = 124


def is_undo(event: QKeyEvent) -> bool:
    """Ctrl+Z, which takes back a setting and not a letter."""
    return event.key() == Qt.Key.Key_Z and bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)


class SearchField(Field):
    """What is looked for."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_undo(event):
            event.ignore()
        else:
            super().keyPressEvent(event)


class Switch(Button):
    """On or off. Signal: `switched` with the new state."""

    switched = Signal(bool)

    def __init__(self, tokens: Tokens, texts: Texts, name: str) -> None:
        super().__init__(tokens, height=metrics.FIELD)
        self._texts, self._name = texts, name
        self.is_on = False
        self.setFixedWidth(72)
        self.clicked.connect(lambda: self.switched.emit(not self.is_on))
        self.show_value(on=False)

    def show_value(self, *, on: bool) -> None:
        """Say which it is."""
        self.is_on = on
        text = self._texts("settings.on" if on else "settings.off")
        self.show_as(text, "chosen" if on else "plain")
        self.setAccessibleName(f"{self._name}: {text}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class Picker(Choice):
    """One of several words: Left and Right go through them, Enter and Space open the list."""

    def __init__(self, tokens: Tokens, name: str, words: Sequence[str]) -> None:
        super().__init__(tokens, name, [(word, "") for word in words])
        self._name, self._words, self._at = name, tuple(words), 0
        self.setFixedWidth(WIDTH)

    def show_index(self, at: int) -> None:
        """Say which it is; -1 for none of them."""
        self._at = at
        word = self._words[at] if 0 <= at < len(self._words) else ""
        self.show_choice(word, "")
        self.setAccessibleName(f"{self._name}: {word}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, count = event.key(), len(self._words)
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 1 if key == Qt.Key.Key_Right else -1
            self.chosen.emit((self._at + step) % count)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._open()

    def _open(self) -> None:
        menu = QMenu(self)
        menu.setMinimumWidth(self.width())
        for index, word in enumerate(self._words):
            action = QAction(literal(word), menu)
            action.setCheckable(True)
            action.setChecked(index == self._at)
            action.triggered.connect(lambda _=False, index=index: self.chosen.emit(index))
            menu.addAction(action)
        pop_up(menu, self.mapToGlobal(QPoint(0, self.height())))


class NumberField(Field):
    """A number, or several with commas. Up and Down step it. Signal: `entered` with the text as it was typed."""

    entered = Signal(str)
    stepped = Signal(int)

    def __init__(self, tokens: Tokens, name: str, unit: str, width: int) -> None:
        super().__init__()
        self._tokens, self._unit = tokens, unit
        self.setAccessibleName(f"{name} ({unit})" if unit else name)
        self.setFixedSize(width, metrics.FIELD)
        self.setMaxLength(80)
        if unit:
            self.setTextMargins(0, 0, round(TEXTS.width("secondary", unit)) + 6, 0)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.editingFinished.connect(lambda: self.entered.emit(self.text()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Up else -1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(self.text())
        elif is_undo(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._unit:
            brush = Brush(QPainter(self), TEXTS)
            base = metrics.baseline(0, self.height())
            brush.right(self.width() - metrics.EDGE_PAD, base, self._unit, "secondary", self._tokens.text2)


class OptionControl:
    """The control of one option. `widget` stands in the row; `show_value` follows the settings.

    `take` is asked with a value and says whether it fits; `refuse` is told a text that is no value at all.
    """

    def __init__(
        self, option: Option, tokens: Tokens, texts: Texts, words: Sequence[tuple[str, str]], take: "Take"
    ) -> None:
        """`words`: the values of a choice with what they are called."""
        self._option, self._take = option, take
        self._values = [value for value, _ in words]
        name = texts(option.title_key)
        self.widget: QWidget
        if option.kind is Kind.SWITCH:
            switch = Switch(tokens, texts, name)
            switch.switched.connect(take)
            self.widget = switch
        elif option.kind in (Kind.CHOICE, Kind.NAME):
            picker = Picker(tokens, name, [word for _, word in words])
            picker.chosen.connect(lambda at: take(self._values[at]))
            self.widget = picker
        else:
            is_list = option.kind is Kind.NUMBERS
            unit = texts(f"unit.{option.unit}") if option.unit else ""
            field = NumberField(tokens, name, unit, WIDTH if is_list else NUMBER_WIDTH)
            field.entered.connect(self._enter)
            field.stepped.connect(self._step)
            self.widget = field
        self._shown: Value = option.default

    def show_value(self, value: Value) -> None:
        """Follow the settings."""
        self._shown = value
        if isinstance(self.widget, Switch):
            self.widget.show_value(on=value is True)
        elif isinstance(self.widget, Picker):
            self.widget.show_index(self._values.index(str(value)) if value in self._values else -1)
        elif isinstance(self.widget, NumberField):
            self.widget.setText(_written(value))

    def _enter(self, text: str) -> None:
        if text != _written(self._shown):
            self._take(value_of(self._option, text))

    def _step(self, by: int) -> None:
        if isinstance(self._shown, int) and not isinstance(self._shown, bool):
            option = self._option
            self._take(min(max(self._shown + by * option.step, option.low), option.high))


Take = Callable[[Value], None]


def value_of(option: Option, text: str) -> Value:
    """What was typed, as a value; the text itself where it is none, which then does not fit."""
    parts = text.replace(" ", "").split(",") if option.kind is Kind.NUMBERS else [text.strip().replace(",", "")]
    if not all(part.isascii() and part.isdecimal() and len(part) <= 12 for part in parts):
        return text
    numbers = tuple(int(part) for part in parts)
    return numbers if option.kind is Kind.NUMBERS else numbers[0]


def _written(value: Value) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else str(value)
