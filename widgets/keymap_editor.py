"""The keymap editor: every action with its keys, found by words or by pressing a key, and changed at once.

A key that belongs to another action is refused and named; assigning it once more takes it from there. What can never be
(an order on a bare letter, no key for cancelling) is refused with its reason (hts.desk.keymap_book).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from hts.base.errors import ConfigError
from hts.desk.action_names import label
from hts.desk.actions import Refusal
from hts.desk.frame import Frame
from hts.desk.keymap_book import KEYS_MAX
from hts.desk.keymap_rows import KeymapTable
from hts.desk.sentences import refusal_text
from themes import metrics
from widgets.controls import TEXTS, Button, Choice
from widgets.keys import OwnField, key_name
from widgets.painting import Brush
from widgets.panel import Panel, PanelContext
from widgets.tables_menu import TableMenu
from widgets.tables_view import TableView

FOOT = 22  # the line that answers
FILE_NAME = "hts-keymap.toml"
FILES = "TOML (*.toml)"


class KeyField(QWidget):
    """Takes keys instead of letters: up to KEYS_MAX presses in a row. pressed(sequence)."""

    pressed = Signal(str)

    def __init__(self, context: PanelContext, name: str) -> None:
        super().__init__()
        self._context, self._name = context, name
        self.sequence = ""
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(metrics.FIELD)

    def sizeHint(self) -> QSize:
        return QSize(180, metrics.FIELD)

    def clear(self) -> None:
        """Forget what was pressed."""
        if self.sequence:
            self.sequence = ""
            self.pressed.emit("")
        self.update()

    def event(self, event: QEvent) -> bool:
        """Keys are data here, also those that would act elsewhere; Tab still goes on."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = key_name(event)
        event.accept()
        if not name or event.isAutoRepeat():
            return
        before = self.sequence.split()
        self.sequence = " ".join([*before, name] if len(before) < KEYS_MAX else [name])
        self.setAccessibleDescription(self.sequence)
        self.pressed.emit(self.sequence)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.position().x() > self.width() - self.height() and self.sequence:
            self.clear()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._context.tokens
        brush = Brush(QPainter(self), TEXTS)
        brush.fill(0, 0, self.width(), self.height(), tokens.field)
        brush.frame(0, 0, self.width(), self.height(), tokens.own if self.hasFocus() else tokens.line2)
        base = metrics.baseline(0, self.height())
        if self.sequence:
            brush.left(8, base, self.sequence, "body_medium", tokens.own)
            brush.cross(self.width() - 17, self.height() // 2, tokens.text2)
        else:
            brush.left(8, base, TEXTS.elided("body", self._name, self.width() - 16), "body", tokens.text3)


class KeymapEditorPanel(Panel):
    """키맵: search, table, the chosen action's keys."""

    title_key = "keymap_editor.title"

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        self.setMinimumSize(420, 260)
        texts = context.texts
        self._book = context.keymap_book
        self.table = KeymapTable(texts)
        self.view = TableView(self.table, context.tokens, footer=0)
        self.view.setAccessibleName(texts(self.title_key))
        self.menu = TableMenu(self, self.view).attach()
        self.search = OwnField()
        self.search.setMaxLength(64)
        self.search.setPlaceholderText(texts("keymap.search"))
        self.search.setAccessibleName(texts("keymap.search"))
        self.find_key = KeyField(context, texts("keymap.find_key"))
        self.new_key = KeyField(context, texts("keymap.new_key"))
        self.preset = Choice(context.tokens, texts("keymap.preset_name"), self._preset_options())
        self._answer, self._is_warning = "", False
        self._seen = -1
        self._last_try = ("", "")
        self._lay_out()
        self.search.textChanged.connect(self._on_search)
        self.find_key.pressed.connect(self._on_search)
        self.view.chosen.connect(self._on_chosen)
        self.preset.chosen.connect(self._choose_preset)

    def stored(self) -> dict[str, Any]:
        return self.menu.stored()

    def take_stored(self, stored: dict[str, Any]) -> None:
        self.menu.take_stored(stored)

    def _preset_options(self) -> list[tuple[str, str]]:
        return [(self.context.texts(f"keymap.preset.{name}"), "") for name in self._book.presets]

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(metrics.EDGE_PAD, 6, metrics.EDGE_PAD, FOOT)
        column.setSpacing(6)
        head, foot = QHBoxLayout(), QHBoxLayout()
        for row in (head, foot):
            row.setSpacing(4)
        self.search.setFixedHeight(metrics.FIELD)
        for widget, stretch in ((self.search, 3), (self.find_key, 2), (self.preset, 2)):
            head.addWidget(widget, stretch)
        foot.addWidget(self.new_key, 3)
        self.buttons: dict[str, Button] = {}
        acts: dict[str, Callable[[], None]] = {
            "assign": self.assign,
            "remove": self.remove,
            "reset": self.reset,
            "reset_all": self.reset_all,
            "import": lambda: self._ask_file(is_import=True),
            "export": lambda: self._ask_file(is_import=False),
        }
        for name, act in acts.items():
            button = Button(self.context.tokens, self.context.texts(f"keymap.{name}"), height=metrics.BUTTON)
            button.clicked.connect(lambda _=False, act=act: act())
            self.buttons[name] = button
            foot.addWidget(button, 1)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        column.addLayout(foot)

    @property
    def subtitle(self) -> str:
        count = self.table.conflict_count
        return self.context.texts("keymap.conflicts", count=count) if count else ""

    @property
    def action(self) -> str:
        """The action that is chosen in the table; empty for none."""
        return str(self.view.selected or "")

    @property
    def answer(self) -> str:
        """The sentence at the foot."""
        return self._answer

    def concerns(self, _frame: Frame) -> bool:
        return self._seen != self._book.revision

    def refresh(self, now_ns: int) -> None:
        self._seen = self._book.revision
        self.table.update(self._book, self._book.names(), self.search.text(), self.find_key.sequence)
        self.preset.show_choice(self.context.texts(f"keymap.preset.{self._book.preset}"), "")
        self.view.show_rows(now_ns)

    def _on_search(self, _text: str) -> None:
        self.view.verticalScrollBar().setValue(0)
        self.refresh(0)

    def _on_chosen(self, action: object) -> None:
        self._last_try = ("", "")
        self._say(label(str(action), self.context.texts), is_warning=False)

    def assign(self) -> None:
        """Give the chosen action the keys that were pressed; a second time also takes them from another."""
        action, keys = self.action, self.new_key.sequence
        if not action or not keys:
            self._say(self.context.texts("keymap.choose_first"))
            return
        refusal = self._book.assign(action, keys, takes=self._last_try == (action, keys))
        self._last_try = (action, keys) if refusal is not None and refusal.key == "keymap.taken" else ("", "")
        if refusal is None:
            self.new_key.clear()
        self._done(refusal, "keymap.assigned", keys=keys)

    def remove(self) -> None:
        """Take the keys that were pressed from the chosen action; without any, its last ones."""
        own = self._book.keymap.all_keys_of(self.action)
        keys = self.new_key.sequence or (own[-1] if own else "")
        if not self.action or not keys:
            self._say(self.context.texts("keymap.choose_first"))
            return
        self._done(self._book.remove(self.action, keys), "keymap.removed", keys=keys)

    def reset(self) -> None:
        """The preset's keys for the chosen action."""
        if self.action:
            self._book.reset(self.action)
            self._done(None, "keymap.was_reset")

    def reset_all(self) -> None:
        """The preset as it ships."""
        self._book.reset()
        self._done(None, "keymap.was_reset")

    def _choose_preset(self, index: int) -> None:
        self._book.choose(self._book.presets[index])
        self._done(None, "keymap.preset_taken")

    def _done(self, refusal: Refusal | None, key: str, **values: str) -> None:
        texts = self.context.texts
        if refusal is not None:
            names = {**refusal.values}
            if "action" in names:
                names["action"] = label(names["action"], texts)
            self._say(refusal_text(Refusal(key=refusal.key, values=names), texts))
        else:
            self._say(texts(key, **values), is_warning=False)
        self.refresh(0)

    def _ask_file(self, *, is_import: bool) -> None:
        title = self.context.texts("keymap.import" if is_import else "keymap.export")
        ask = QFileDialog.getOpenFileName if is_import else QFileDialog.getSaveFileName
        path, _ = ask(self, title, "" if is_import else FILE_NAME, FILES)
        if path:
            (self.import_from if is_import else self.export_to)(Path(path))

    def import_from(self, path: Path) -> None:
        """Go by a file's keymap; what does not hold is said and changes nothing."""
        try:
            self._book.take(path.read_text(encoding="utf-8"), path.name)
        except (OSError, UnicodeDecodeError, ConfigError) as fault:
            self._say(str(fault))
            return
        self._done(None, "keymap.imported", name=path.name)

    def export_to(self, path: Path) -> None:
        """Write preset and changes into a file."""
        try:
            path.write_text(self._book.text(), encoding="utf-8")
        except OSError as fault:
            self._say(str(fault))
            return
        self._done(None, "keymap.exported", name=path.name)

    def _say(self, sentence: str, *, is_warning: bool = True) -> None:
        self._answer, self._is_warning = " ".join(sentence.split()), is_warning
        self.setAccessibleDescription(self._answer)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self.context.tokens
        painter.fillRect(event.rect(), tokens.panel)
        brush = Brush(painter, TEXTS)
        ink = tokens.attention if self._is_warning else tokens.text2
        text = TEXTS.elided("body", self._answer, self.width() - 2 * metrics.EDGE_PAD)
        brush.left(metrics.EDGE_PAD, metrics.baseline(self.height() - FOOT, FOOT), text, "body", ink)
