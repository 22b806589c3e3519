"""The settings: one list of every option with its sentence, found by typing, worked by keys alone.

Typing goes to the search; Down and Tab go to the options; Del puts the default back, Ctrl+Z the value of before. A
change is told at once by `changed`; what does not fit is said in words below the option and nothing is changed.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from hts.desk.settings import OPTIONS, Kind, Option, Settings, Value
from hts.desk.settings_search import SettingRow, rows_of
from themes import metrics
from widgets.controls import TEXTS, Button
from widgets.painting import Brush
from widgets.panel import PanelContext
from widgets.paragraph import lines_of
from widgets.settings_controls import WIDTH as CONTROL_W
from widgets.settings_controls import OptionControl, SearchField, is_undo

SIZE = (760, 680)
MARGIN = 16
LINE = 17
TITLE = 23  # baseline of an option's title from its top
UNDO_MAX = 100

Words = Callable[[Option], Sequence[tuple[str, str]]]


class OptionRow(QWidget):
    """One option: its title with what was found, its sentence, its control; above the first of a section its name."""

    def __init__(self, row: SettingRow, context: PanelContext, control: OptionControl) -> None:
        super().__init__()
        self.row, self.control = row, control
        self.fault = ""
        self.has_head = True  # the first of its section among those that are shown
        self._context = context
        control.widget.setParent(self)
        self.setFixedHeight(self._height())
        self._tell()

    def _tell(self) -> None:
        """For screen readers: the control says what its option does, and what is wrong with what was typed."""
        self.setAccessibleName(self.row.title)
        self.control.widget.setAccessibleDescription(f"{self.row.why} {self.fault}".strip())

    @property
    def _lines(self) -> list[str]:
        return lines_of(TEXTS, "secondary", self.row.why, SIZE[0] - CONTROL_W - 3 * MARGIN - 24)

    @property
    def _top(self) -> int:
        """Where the option begins, below the section's name."""
        return metrics.PANEL_HEADER if self.has_head else 0

    def _height(self) -> int:
        return self._top + TITLE + LINE * (len(self._lines) + bool(self.fault)) + 12

    def show_row(self, row: SettingRow, fault: str, *, has_head: bool) -> None:
        """Another search or another value."""
        self.row, self.fault, self.has_head = row, fault, has_head
        self.setFixedHeight(self._height())
        self._place()
        self._tell()
        self.update()

    def resizeEvent(self, _event: object) -> None:
        self._place()

    def _place(self) -> None:
        widget = self.control.widget
        widget.move(self.width() - widget.width() - MARGIN, self._top + 12)

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), TEXTS)
        tokens, texts, row = self._context.tokens, self._context.texts, self.row
        is_here = self.control.widget.hasFocus()
        top = self._top
        brush.fill(0, top, self.width(), self.height() - top, tokens.selected if is_here else tokens.panel)
        brush.hline(0, self.height() - 1, self.width(), tokens.line)
        if is_here:
            brush.fill(0, top, metrics.SELECTED_BAR, self.height() - top - 1, tokens.own)
        if top:
            brush.fill(0, 0, self.width(), top, tokens.header)
            brush.left(MARGIN, metrics.baseline(0, top), row.section, "title", tokens.text2)
        x: float = MARGIN
        cut = row.start + row.length
        for part, ink in (
            (row.title[: row.start], tokens.text),
            (row.title[row.start : cut], tokens.own),
            (row.title[cut:], tokens.text),
        ):
            x = brush.left(x, top + TITLE, part, "title", ink)
        if not row.is_default:
            brush.left(x + 10, top + TITLE, texts("settings.not_default"), "cap_strong", tokens.own)
        for number, line in enumerate(self._lines):
            brush.left(MARGIN, top + TITLE + LINE * (number + 1), line, "secondary", tokens.text2)
        if self.fault:
            brush.left(MARGIN, self.height() - 12, self.fault, "secondary", tokens.attention)


class SettingsDialog(QDialog):
    """changed(): a value was taken.   file_asked(path, is_import).   theme_editor_asked()."""

    changed = Signal()
    file_asked = Signal(str, bool)
    theme_editor_asked = Signal()

    def __init__(self, context: PanelContext, settings: Settings, words: Words, parent: QWidget) -> None:
        """`words`: the values that a choice or a name may have, with what they are called."""
        super().__init__(parent)
        self._context, self._settings = context, settings
        self._undo: list[tuple[str, Value]] = []
        self._faults: dict[str, str] = {}
        self._message = ""
        texts, tokens = context.texts, context.tokens
        self.setWindowTitle(texts("settings.title"))
        self.setAccessibleName(texts("settings.title"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.resize(*SIZE)
        self.search = SearchField()
        self.search.setAccessibleName(texts("settings.search"))
        self.search.setPlaceholderText(texts("settings.search"))
        self.search.setMaxLength(80)
        self.search.setFixedHeight(metrics.BUTTON_ACTION)
        self.search.textEdited.connect(self.show_found)
        self.rows: dict[str, OptionRow] = {}
        self._body = QWidget()
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        for row in rows_of(settings, texts):
            option = row.option
            control = OptionControl(option, tokens, texts, words(option), partial(self.take, option))
            self.rows[option.name] = OptionRow(row, context, control)
            self._column.addWidget(self.rows[option.name])
        self._column.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self._body)
        self._lay_out()
        self.show_found("")
        self.search.setFocus()

    def _lay_out(self) -> None:
        texts, tokens = self._context.texts, self._context.tokens
        foot = QHBoxLayout()
        foot.setSpacing(metrics.FORM_GAP)
        for key, act in (
            ("import", lambda: self._ask_file(is_import=True)),
            ("export", lambda: self._ask_file(is_import=False)),
            ("reset_all", self._reset_all),
            ("theme_editor", self.theme_editor_asked.emit),
            ("close", self.close),
        ):
            button = Button(tokens, texts(f"settings.{key}"), height=metrics.BUTTON_ACTION)
            button.clicked.connect(lambda _=False, act=act: act())
            foot.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(1, MARGIN, 1, MARGIN)
        box.setSpacing(10)
        head = QVBoxLayout()
        head.setContentsMargins(MARGIN, 0, MARGIN, 20)
        head.addWidget(self.search)
        box.addLayout(head)
        box.addWidget(self._area, 1)
        foot.setContentsMargins(MARGIN, 20, MARGIN, 0)
        box.addLayout(foot)

    # What is shown

    def show_found(self, wanted: str) -> None:
        """Only options that hold every word; the marks follow."""
        found = {row.option.name: row for row in rows_of(self._settings, self._context.texts, wanted)}
        self._column.setEnabled(False)
        order = [*found, *(name for name in self.rows if name not in found)]
        section = ""
        for place, name in enumerate(order):
            row = self.rows[name]
            if self._column.indexOf(row) != place:
                self._column.removeWidget(row)
                self._column.insertWidget(place, row)
            row.setVisible(name in found)
            if name in found:
                row.show_row(found[name], self._faults.get(name, ""), has_head=found[name].section != section)
                section = found[name].section
                row.control.show_value(self._settings.value(name))
        self._column.setEnabled(True)
        self._count = len(found)
        self._reorder_tabs([self.rows[name] for name in found])
        self.update()

    def _reorder_tabs(self, rows: Sequence[OptionRow]) -> None:
        before: QWidget = self.search
        for row in rows:
            self.setTabOrder(before, row.control.widget)
            before = row.control.widget

    def say(self, sentence: str) -> None:
        """Tell what became of a file or of a reset."""
        self._message = sentence
        self.setAccessibleDescription(sentence)
        self.update()

    def show_settings(self) -> None:
        """The settings were changed from outside."""
        self._faults.clear()
        self.show_found(self.search.text())

    # What is done

    def take(self, option: Option, value: Value) -> None:
        """Take a value for an option, or say why not."""
        before = self._settings.value(option.name)
        if not self._settings.set(option.name, value):
            self._faults[option.name] = self._expected(option)
        else:
            self._faults.pop(option.name, None)
            if before != self._settings.value(option.name):
                self._undo = [*self._undo[-UNDO_MAX:], (option.name, before)]
                self.changed.emit()
        self.show_found(self.search.text())

    def _expected(self, option: Option) -> str:
        texts = self._context.texts
        key = "settings.expected_numbers" if option.kind is Kind.NUMBERS else "settings.expected_number"
        return texts(key, low=f"{option.low:,}", high=f"{option.high:,}")

    def undo(self) -> None:
        """The last change is taken back."""
        if self._undo:
            name, value = self._undo.pop()
            self._settings.set(name, value)
            self.changed.emit()
            self.show_settings()

    def reset(self) -> None:
        """The option with the keyboard has its default again."""
        for option in OPTIONS:
            if self.rows[option.name].control.widget.hasFocus():
                self.take(option, option.default)

    def _reset_all(self) -> None:
        values: Mapping[str, Value] = self._settings.own
        self._settings.reset()
        self._undo += values.items()
        self.changed.emit()
        self.show_settings()
        self.say(self._context.texts("settings.was_reset", count=len(values)))

    def _ask_file(self, *, is_import: bool) -> None:
        texts = self._context.texts
        ask = QFileDialog.getOpenFileName if is_import else QFileDialog.getSaveFileName
        title = texts("settings.import" if is_import else "settings.export")
        path, _ = ask(self, title, "" if is_import else "hts-settings.toml", "TOML, JSON (*.toml *.json)")
        if path:
            self.file_asked.emit(path, is_import)

    # Keys and painting

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = event.key(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if is_undo(event):
            self.undo()
        elif key == Qt.Key.Key_Delete:
            self.reset()
        elif key == Qt.Key.Key_F and control:
            self.search.setFocus()
            self.search.selectAll()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(key == Qt.Key.Key_Down)
            self._follow()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()  # Enter in the search must not press a button
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, is_next: bool) -> bool:
        moved = super().focusNextPrevChild(is_next)
        self._follow()
        return moved

    def _follow(self) -> None:
        """Bring the row with the keyboard into view."""
        for row in self.rows.values():
            if row.control.widget.hasFocus():
                self._area.ensureWidgetVisible(row, 0, 0)
            row.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), TEXTS)
        tokens, texts = self._context.tokens, self._context.texts
        brush.fill(0, 0, self.width(), self.height(), tokens.panel)
        brush.frame(0, 0, self.width(), self.height(), tokens.line2)
        base = MARGIN + metrics.BUTTON_ACTION + 20
        found = texts("settings.count", count=self._count, all=len(OPTIONS))
        brush.right(self.width() - MARGIN, base, found, "secondary", tokens.text2)
        brush.left(MARGIN, base, texts("settings.keys"), "secondary", tokens.text2)
        foot = self._area.geometry().bottom() + 20
        brush.hline(1, self._area.geometry().bottom() + 1, self.width() - 2, tokens.line2)
        if self._message:
            for number, line in enumerate(lines_of(TEXTS, "secondary", self._message, self.width() - 2 * MARGIN)[:1]):
                brush.left(MARGIN, foot + number * LINE, line, "secondary", tokens.attention)
