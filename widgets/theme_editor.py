"""The theme editor: the window itself is the preview, and every contrast is told while a colour changes.

Up and Down choose a colour, Left and Right make it darker or lighter, a value may be typed; Del is the base's colour,
Ctrl+Z takes back, Ctrl+S saves. Esc closes, and asks once more when something is not saved.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from themes import metrics
from themes.palettes import THEMES
from themes.theme_edit import ThemeEdit
from themes.theme_file import NAME_CHARACTERS_MAX, ThemeFile
from widgets.controls import TEXTS, Button
from widgets.painting import Brush
from widgets.panel import PanelContext
from widgets.settings_controls import Picker, SearchField, is_undo
from widgets.theme_editor_lists import ColorList, ContrastList

SIZE = (880, 620)
MARGIN = 12
FIELD_W = 110
VALUE_CHARACTERS = 7  # "#rrggbb"


class ThemeEditor(QDialog):
    """previewed(): the colours changed.   save_asked(): store the theme.   delete_asked(): forget it.

    file_asked(path, is_import).
    """

    previewed = Signal()
    save_asked = Signal()
    delete_asked = Signal()
    file_asked = Signal(str, bool)

    def __init__(self, context: PanelContext, edit: ThemeEdit, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self.edit = context, edit
        self._message, self._asked = "", False
        texts, tokens = context.texts, context.tokens
        self.setWindowTitle(texts("theme_editor.title"))
        self.setAccessibleName(texts("theme_editor.title"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.resize(*SIZE)
        self.colors, self.contrasts = ColorList(tokens, texts), ContrastList(tokens, texts)
        self.colors.chosen.connect(self.choose)
        self.colors.lightened.connect(self._lighten)
        self.value = self._field("theme_editor.value", FIELD_W, 9, self._take_value)
        self.value.textEdited.connect(self._try_value)
        self.name = self._field("theme_editor.name", 220, NAME_CHARACTERS_MAX, self._take_name)
        self.base = Picker(tokens, texts("theme_editor.base"), [texts(f"theme.{name}") for name in THEMES])
        self.base.chosen.connect(self._take_base)
        self._lay_out()
        self.show_edit()
        self.colors.setFocus()

    def _field(self, name_key: str, width: int, characters: int, take: Callable[[], None]) -> SearchField:
        field = SearchField()
        field.setAccessibleName(self._context.texts(name_key))
        field.setFixedSize(width, metrics.FIELD)
        field.setMaxLength(characters)
        field.editingFinished.connect(take)
        return field

    def _lay_out(self) -> None:
        texts, tokens = self._context.texts, self._context.tokens
        head = QHBoxLayout()
        head.setSpacing(metrics.FORM_GAP)
        for widget in (self.name, self.base, self.value):
            head.addWidget(widget)
        head.addStretch(1)
        body = QHBoxLayout()
        body.setSpacing(MARGIN)
        body.addWidget(self.colors, 4)
        body.addWidget(self.contrasts, 5)
        foot = QHBoxLayout()
        foot.setSpacing(metrics.FORM_GAP)
        for key, cap, act in (
            ("save", "Ctrl+S", self.save),
            ("import", "", lambda: self._ask_file(is_import=True)),
            ("export", "", lambda: self._ask_file(is_import=False)),
            ("delete", "", self.delete_asked.emit),
            ("close", "Esc", self.reject),
        ):
            button = Button(tokens, texts(f"theme_editor.{key}"), height=metrics.BUTTON_ACTION, cap=cap)
            button.clicked.connect(lambda _=False, act=act: act())
            foot.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(MARGIN, 40, MARGIN, MARGIN)
        box.setSpacing(10)
        box.addLayout(head)
        box.addSpacing(18)
        box.addLayout(body, 1)
        box.addSpacing(18)
        box.addLayout(foot)

    def take_theme(self, theme: ThemeFile) -> None:
        """Go on with a theme that was imported."""
        self.edit.take_theme(theme)
        self.name.setText(theme.name)
        self._changed()

    def show_edit(self) -> None:
        """Follow the edit: lists, fields."""
        edit = self.edit
        failing = edit.failing()
        self.colors.show_table(edit.theme.table, edit.key, frozenset(edit.theme.colors), failing)
        self.contrasts.show_pairs(edit.measured(), edit.tokens)
        self._failing = sum(failing.values()) // 2
        if not self.name.hasFocus():
            self.name.setText(edit.theme.name)
        if self.value.text().lower() != edit.color:
            self.value.setText(edit.color)  # else the cursor stays where one types
        self.base.show_index(tuple(THEMES).index(edit.theme.base))
        self.update()

    def say(self, sentence: str) -> None:
        """Tell what became of a file or a value."""
        self._message = sentence
        self.setAccessibleDescription(sentence)
        self.update()

    # What is done

    def choose(self, key: str) -> None:
        """Change another colour."""
        self.edit.key = key
        self.show_edit()

    def _changed(self) -> None:
        self._asked = False
        self._message = ""
        self.show_edit()
        self.previewed.emit()

    def _lighten(self, percent: int) -> None:
        self.edit.lighten(percent)
        self._changed()

    def _try_value(self, text: str) -> None:
        """A whole value is seen while it is typed, and its contrasts with it."""
        if len(text) == VALUE_CHARACTERS and text.lower() != self.edit.color and self.edit.set_color(text):
            self._changed()

    def _take_value(self) -> None:
        text = self.value.text()
        if text.strip().lower() == self.edit.color:
            return
        if self.edit.set_color(text if text.startswith("#") else f"#{text}"):
            self._changed()
        else:
            self.say(self._context.texts("theme_editor.expected_color"))
            self.value.setText(self.edit.color)

    def _take_name(self) -> None:
        self.edit.rename(self.name.text().strip())

    def _take_base(self, at: int) -> None:
        self.edit.take_base(tuple(THEMES)[at])
        self._changed()

    def save(self) -> None:
        """Store it under its name."""
        self._take_name()
        if not self.edit.theme.name:
            self.say(self._context.texts("theme_editor.expected_name"))
            self.name.setFocus()
            return
        self.save_asked.emit()

    def _ask_file(self, *, is_import: bool) -> None:
        title = self._context.texts("theme_editor.import" if is_import else "theme_editor.export")
        ask = QFileDialog.getOpenFileName if is_import else QFileDialog.getSaveFileName
        path, _ = ask(self, title, "" if is_import else "my_theme.toml", "TOML (*.toml)")
        if path:
            self.file_asked.emit(path, is_import)

    def reject(self) -> None:
        """Close; what is not saved is asked about once."""
        if self.edit.is_changed and not self._asked:
            self._asked = True
            self.say(self._context.texts("theme_editor.not_saved"))
            return
        super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if is_undo(event):
            self.edit.undo()
            self._changed()
        elif event.key() == Qt.Key.Key_S and control:
            self.save()
        elif event.key() == Qt.Key.Key_Delete:
            self.edit.reset()
            self._changed()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take_value()  # and no button is pressed by it
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), TEXTS)
        tokens, texts = self._context.tokens, self._context.texts
        brush.fill(0, 0, self.width(), self.height(), tokens.panel)
        brush.frame(0, 0, self.width(), self.height(), tokens.line2)
        base = metrics.baseline(8, 24)
        brush.left(MARGIN, base, texts("theme_editor.keys"), "secondary", tokens.text2)
        verdict = (
            texts("theme_editor.verdict", count=self._failing) if self._failing else texts("theme_editor.all_good")
        )
        ink = tokens.attention if self._failing else tokens.healthy
        top = self.colors.y() - 10
        brush.left(MARGIN, top, verdict, "body_medium", ink)
        if self._message:
            brush.left(MARGIN, self.colors.geometry().bottom() + 20, self._message, "secondary", tokens.attention)
