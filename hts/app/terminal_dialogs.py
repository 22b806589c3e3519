"""The terminal's own dialogs and the actions that open them: settings, theme editor, tour, first choices.

They belong to the terminal and not to a window, since a window may be made anew while one of them is open.
"""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from hts.app.home_file import read_text, replace_text
from hts.app.terminal_welcome import TerminalWelcome
from hts.app.theme_files import FALLBACK, file_stem
from hts.base.errors import ConfigError
from hts.desk.actions import Refusal
from hts.desk.commands import Commands
from hts.desk.settings import BY_NAME, Option
from themes.palettes import THEMES
from themes.theme_edit import ThemeEdit
from themes.theme_file import ThemeFile
from widgets.main_window import MainWindow
from widgets.settings import SettingsDialog
from widgets.theme_editor import ThemeEditor
from widgets.tour import TourCard
from widgets.workspaces import WORKSPACES

if TYPE_CHECKING:
    from hts.app.terminal import Terminal

LAST = "last"


class TerminalDialogs:
    """`settings` is the open dialog, None while there is none."""

    def __init__(self, terminal: "Terminal") -> None:
        self._terminal = terminal
        self.settings: SettingsDialog | None = None
        self.tour: TourCard | None = None
        self.editor: ThemeEditor | None = None
        self.welcome = TerminalWelcome(terminal)
        self._edited = ""  # the theme of the user's own that the editor has open
        self._asked = ""  # what was asked about: the same once more does it

    def register(self, commands: Commands) -> None:
        """Add the actions to the commands of a window that is being made."""
        commands.register("settings.open", self._open_settings)
        commands.register("settings.credit", self._open_credit)
        commands.register("tour.start", self.start_tour)
        self.welcome.register(commands)
        commands.register("theme.edit", self.edit_theme)
        for name in THEMES:
            commands.register(f"theme.{name}", partial(self._choose_theme, name))

    def edit_theme(self) -> Refusal | None:
        """Change the colours of now; the window shows them at once, and again its own when nothing was saved."""
        terminal = self._terminal
        if self.editor is None:
            name, texts = terminal.settings.word("look.theme"), terminal.context.texts
            own = terminal.themes.own.get(name)
            base = name if name in THEMES else FALLBACK
            theme = own if own is not None else ThemeFile(name=texts("theme_editor.own"), base=base, colors={})
            edit = ThemeEdit(theme, terminal.custom)
            self._edited, self._asked = name if own is not None else "", ""
            editor = ThemeEditor(terminal.context, edit, terminal.window)
            editor.previewed.connect(lambda: terminal.show_tokens(edit.tokens))
            editor.save_asked.connect(self._save_theme)
            editor.file_asked.connect(self._use_theme_file)
            editor.delete_asked.connect(self._delete_theme)
            editor.finished.connect(self._end_editor)
            self.editor = editor
        self.editor.show()
        self.editor.activateWindow()
        return None

    def _save_theme(self) -> None:
        terminal, editor = self._terminal, self.editor
        assert editor is not None
        wanted = file_stem(editor.edit.theme.name)
        if wanted in terminal.themes.own and wanted not in (self._edited, self._asked):
            self._asked = wanted
            name = terminal.themes.own[wanted].name
            editor.say(terminal.context.texts("theme_editor.name_taken", name=name))
            return
        try:
            stem = terminal.themes.store(editor.edit.theme)
        except ConfigError as fault:
            editor.say(str(fault))
            return
        editor.edit.saved()
        self._edited, self._asked = stem, ""
        terminal.settings.set("look.theme", stem)
        self.take()
        terminal.show_tokens(editor.edit.tokens)
        editor.say(terminal.context.texts("theme_editor.saved", name=editor.edit.theme.name))

    def _delete_theme(self) -> None:
        """The first time it is asked; the theme that it began with is then seen."""
        terminal, editor, texts = self._terminal, self.editor, self._terminal.context.texts
        assert editor is not None
        own = terminal.themes.own.get(self._edited)
        if own is None:
            editor.say(texts("theme_editor.none_of_yours"))
            return
        if self._asked != f"delete {self._edited}":
            self._asked = f"delete {self._edited}"
            editor.say(texts("theme_editor.delete_again", name=own.name))
            return
        try:
            terminal.themes.delete(self._edited)
        except ConfigError as fault:
            editor.say(str(fault))
            return
        terminal.settings.set("look.theme", own.base)
        self.take()
        editor.done(0)

    def _use_theme_file(self, path: str, is_import: bool) -> None:
        editor = self.editor
        assert editor is not None
        try:
            if is_import:
                editor.take_theme(ThemeFile.parse(read_text(Path(path)), Path(path).name))
            else:
                replace_text(Path(path), editor.edit.theme.toml())
        except ConfigError as fault:
            editor.say(str(fault))
            return
        editor.say(self._terminal.context.texts("settings.imported" if is_import else "settings.exported", path=path))

    def _end_editor(self) -> None:
        terminal = self._terminal
        if self.editor is not None:
            self.editor.deleteLater()
            self.editor = None
        terminal.show_tokens(terminal.chosen_tokens())

    def start_tour(self) -> Refusal | None:
        """Point at five things of the window, one after the other."""
        terminal = self._terminal
        window = terminal.window
        if self.tour is not None:
            self.tour.skip()
        self.tour = TourCard(terminal.context, partial(_target, window), window)
        self.tour.over.connect(self._end_tour)
        self.tour.open()
        return None

    def _end_tour(self) -> None:
        if self.tour is not None:
            self.tour.frame.deleteLater()
            self.tour.deleteLater()
            self.tour = None
        self._terminal.window.workspace.setFocus()
        self._terminal.settings.set("startup.tour", value=False)
        self.take()

    def follow(self) -> None:
        """The window was made anew: what was open on the old one opens on it."""
        self.editor = None
        self.tour = None  # it went with the window that it pointed at
        if self.settings is not None:
            wanted = self.settings.search.text()
            self.settings = None
            self._open_settings()
            opened = self._settings()
            opened.search.setText(wanted)
            opened.show_found(wanted)

    def say(self, sentence: str) -> None:
        """Tell it in the open dialog, else at the window's foot."""
        print(sentence, file=sys.stderr)
        if self.settings is not None:
            self.settings.say(sentence)
        else:
            self._terminal.window.say(sentence)

    def _settings(self) -> SettingsDialog:
        assert self.settings is not None
        return self.settings

    def _open_settings(self) -> Refusal | None:
        terminal = self._terminal
        if self.settings is None:
            dialog = SettingsDialog(terminal.context, terminal.settings, self._words, terminal.window)
            dialog.changed.connect(self.take)
            dialog.file_asked.connect(self._use_file)
            dialog.theme_editor_asked.connect(self.edit_theme)
            dialog.finished.connect(self._forget)
            self.settings = dialog
        self.settings.show()
        self.settings.activateWindow()
        return None

    def _open_credit(self) -> Refusal | None:
        """The settings at the lock of credit: what it does is read there before it is lifted."""
        self._open_settings()
        opened = self._settings()
        opened.search.setText(self._terminal.context.texts(BY_NAME["entry.credit"].title_key))
        opened.show_found(opened.search.text())
        return None

    def _forget(self) -> None:
        if self.settings is not None:
            self.settings.deleteLater()
            self.settings = None

    def take(self) -> None:
        """Let changed settings take effect; a disk that refuses is told."""
        try:
            self._terminal.take_settings()
        except ConfigError as fault:
            self.say(str(fault))
        self._terminal.session.selection.touch()  # forms and ladders say what may be sent now
        self._terminal.window.top_bar.refresh()

    def _choose_theme(self, name: str) -> Refusal | None:
        self._terminal.settings.set("look.theme", name)
        self.take()
        if self.settings is not None:
            self.settings.show_settings()
        return None

    def _use_file(self, path: str, is_import: bool) -> None:
        store, texts = self._terminal.store, self._terminal.context.texts
        said = "settings.imported" if is_import else "settings.exported"
        try:
            if is_import:
                if store.import_from(Path(path)):
                    said = "settings.imported_locked"
                self.take()
                self._settings().show_settings()
            else:
                store.export_to(Path(path))
        except ConfigError as fault:
            self.say(str(fault))
            return
        self.say(texts(said, path=path))

    def _words(self, option: Option) -> Sequence[tuple[str, str]]:
        """The values of a choice or a name, with what they are called."""
        texts = self._terminal.context.texts
        if option.name == "look.theme":
            own = self._terminal.themes.own
            return [
                (name, own[name].name if name in own else texts(f"theme.{name}"))
                for name in self._terminal.themes.names
            ]
        if option.name == "startup.workspace":
            last = (LAST, texts("setting.startup.workspace_is_last"))
            return [last, *((name, texts(f"workspace.{name}")) for name in WORKSPACES)]
        return [(choice, texts(option.choice_key(choice))) for choice in option.choices]


def _target(window: MainWindow, step: str) -> QRect:
    """Where in the window that stands which a step of the tour speaks of."""
    if step == "command":
        return _rect_of(window, window.command_box)
    if step == "arm":
        armed = window.top_bar.armed_rect()
        return QRect(window.top_bar.mapTo(window, armed.topLeft()), armed.size())
    if step == "orders":
        return _rect_of(window, window.hint_strip)
    if step == "ladder":
        for panel in window.workspace.panels:
            if panel.objectName() == "ladder" and panel.isVisible():
                return _rect_of(window, panel)
    return _rect_of(window, window.top_bar)


def _rect_of(window: MainWindow, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
