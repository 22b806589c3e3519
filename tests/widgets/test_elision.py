"""No label of ours is cut, in any language: what is elided may be a name or a sentence of the market's, never a word
of the catalogue; heads fit over their columns, texts into their buttons, and no text runs into another."""

import re
import string

import pytest
from PySide6.QtWidgets import QWidget

from hts.app.terminal import Terminal, TerminalOptions
from hts.desk.texts import LANGUAGES
from hts.desk.tour import STEPS
from tests.support.desk_feed import ACCOUNT
from tests.support.desk_link import ScriptedLink, snapshot
from tests.support.windows import dispose
from tests.support.written import recorded
from widgets.controls import TEXTS, Button
from widgets.ladder_controls import FlatButton
from widgets.painting import TextCache
from widgets.panels import PANELS
from widgets.settings_controls import Picker
from widgets.tables_view import TableView
from widgets.workspaces import WORKSPACES

SENTENCES = ("denial.", "notice.", "alert.", "banner.", "refusal.", "cause.", "reason.", "setting.", "crash.")
FIGURE = r"[\d,.+\-−%:–]*"
SIZE = (1920, 1080)
ORDINARY, WIDE = 700, {"order_xray": 1_500, "journal": 1_500}  # the width that a panel is made for


@pytest.fixture
def open_terminal(qtbot, tmp_path):
    made = []

    def make(language):
        (tmp_path / language).mkdir()
        link = ScriptedLink()
        link.say(*snapshot())
        terminal = Terminal(tmp_path / language, ACCOUNT, link, TerminalOptions(language=language))
        made.append(terminal)
        terminal.window.resize(*SIZE)
        terminal.show()
        qtbot.waitUntil(lambda: terminal.frame_clock.refreshes > 4, timeout=5_000)
        terminal.window.make_later_panels()
        return terminal

    TextCache.cuts = []
    yield make
    TextCache.cuts = None
    for terminal in made:
        dispose(terminal.window)


def labels(texts):
    """The catalogue's own words as patterns; sentences may be cut where the whole can be read elsewhere."""
    patterns = []
    for key in texts.keys:
        template = texts.template(key)
        if key.startswith(SENTENCES) or not template.strip():
            continue
        parts = string.Formatter().parse(template)
        pattern = "".join(re.escape(text) + (FIGURE if place is not None else "") for text, place, _, _ in parts)
        if re.sub(re.escape(FIGURE), "", pattern).strip("\\ "):
            patterns.append(pattern)
    return re.compile("|".join(patterns))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_label_is_cut_in_any_workspace(open_terminal, language):
    terminal = open_terminal(language)
    ours, faults = labels(terminal.context.texts), {}
    for name in WORKSPACES:
        terminal.window.open_workspace(name)
        terminal.frame_clock.tick()
        terminal.frame_clock.catch_up()
        TextCache.cuts.clear()
        with recorded() as written:
            terminal.window.grab()
        cut = sorted({text for text, _ in TextCache.cuts if ours.fullmatch(text)})
        wide = sorted(set(_overfull(terminal.window))) + written.faults()
        if cut or wide:
            faults[name] = (cut, wide)
    assert faults == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_label_is_cut_in_a_panel_of_ordinary_size(open_terminal, language):
    from widgets.panels import make_panel

    terminal = open_terminal(language)
    ours, faults = labels(terminal.context.texts), {}
    for name in PANELS:
        panel = make_panel(name, terminal.context)
        panel.resize(max(WIDE.get(name, ORDINARY), panel.minimumWidth()), 560)
        panel.show()
        panel.mark_dirty()
        panel.refresh_if_dirty(1)
        TextCache.cuts.clear()
        panel.grab()
        cut = sorted({text for text, _ in TextCache.cuts if ours.fullmatch(text)})
        wide = sorted(set(_overfull(panel)))
        if cut or wide:
            faults[name] = (cut, wide)
        dispose(panel)
    assert faults == {}


DIALOGS = {"settings.open": "settings", "theme.edit": "editor", "tour.start": "tour"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_label_is_cut_in_a_dialog(open_terminal, language):
    """Settings, theme editor (each colour's contrasts too), every card of the tour: all words in them are ours."""
    terminal, faults = open_terminal(language), {}

    def look(name, widget):
        TextCache.cuts.clear()
        with recorded() as written:
            widget.grab()
        cut = sorted({text for text, _ in TextCache.cuts})
        found = cut + sorted(set(_overfull(widget))) + written.faults()
        if found:
            faults[name] = found

    for action, name in DIALOGS.items():
        terminal.window.run_action(action)
        terminal.frame_clock.catch_up()
        shown = getattr(terminal.dialogs, name)
        look(name, shown)
        for picker in shown.findChildren(Picker):  # every word that could be chosen, not the chosen one alone
            for at in range(len(picker._words)):
                picker.show_index(at)
                look(f"{name}: {picker.accessibleName()}", picker)
        if name == "editor":
            for key in shown.edit.keys:
                shown.choose(key)
                look(f"{name} {key}", shown)
        elif name == "tour":
            for step in STEPS[1:]:
                shown.go(1)
                look(f"{name} {step}", shown)
        shown.close()
    assert faults == {}


def _overfull(root):
    """Buttons whose text is wider than they are, and heads wider than their columns."""
    for widget in root.findChildren(QWidget):
        if not widget.isVisible():
            continue
        if isinstance(widget, Button | FlatButton) and widget.text():
            role = "body_medium" if isinstance(widget, Button) else "body"
            if TEXTS.width(role, widget.text()) > widget.width() - 2:
                yield f"{type(widget).__name__} {widget.text()}"
        if isinstance(widget, TableView):
            for i, column in widget.shown_columns():
                begin, end = widget.cell_edges(i)
                if TEXTS.width("secondary", column.head) > end - begin + 6:
                    yield f"{type(widget).__name__} head {column.head} {end - begin}"
