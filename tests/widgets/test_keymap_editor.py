import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from hts.desk.action_names import label
from hts.desk.texts import LANGUAGES
from hts.model.intents import NewOrder
from tests.support.desk_feed import texts
from tests.support.window import frame, press
from widgets.keymap_editor import KeymapEditorPanel
from widgets.workspaces import WORKSPACES


@pytest.fixture
def editor(window, desk):
    window.run_action("panel.keymap_editor")
    frame(window, desk)
    return next(panel for panel in window.panels if isinstance(panel, KeymapEditorPanel))


def shown(editor):
    return [editor.table.row(i).action for i in range(len(editor.table))]


def test_every_action_of_the_window_has_a_row_and_a_key(editor, window):
    ships = {"workspace.day", "workspace.scalper"}
    assert ships < set(window._commands.names)
    assert set(window._commands.names) - set(shown(editor)) == {f"workspace.{name}" for name in WORKSPACES}
    without = [editor.table.row(i).action for i in range(len(editor.table)) if not editor.table.row(i).keys]
    assert without == []


def test_actions_are_found_by_words_and_by_pressing_a_key(editor, desk):
    QTest.keyClicks(editor.search, "cancel last")
    assert shown(editor) == ["cancel.last"]
    editor.search.clear()
    press(editor.find_key, Qt.Key.Key_F3)
    assert shown(editor) == ["buy.market"]
    editor.find_key.clear()
    assert len(shown(editor)) > 40
    assert desk.sent == []


def test_a_key_pressed_in_the_editor_acts_nowhere_else(editor, window, desk):
    press(window, Qt.Key.Key_F12)
    press(editor.new_key, Qt.Key.Key_F3)
    press(editor.new_key, Qt.Key.Key_Escape)
    assert (desk.sent, editor.new_key.sequence) == ([], "F3 Esc")
    press(editor.new_key, Qt.Key.Key_F4)
    assert editor.new_key.sequence == "F4"


def test_a_key_is_assigned_and_works_at_once(editor, window, desk):
    editor.view.select("buy.market")
    press(editor.new_key, Qt.Key.Key_J, Qt.KeyboardModifier.AltModifier)
    editor.buttons["assign"].click()
    assert editor.answer == "Alt+J assigned"
    window.workspace.setFocus()  # out of the search, where nothing trades
    press(window, Qt.Key.Key_F12)
    press(window, Qt.Key.Key_J, Qt.KeyboardModifier.AltModifier)
    assert [type(intent) for intent in desk.sent] == [NewOrder]


def test_a_taken_key_is_named_and_moves_at_the_second_press(editor, desk, window):
    editor.view.select("flatten")
    press(editor.new_key, Qt.Key.Key_F3)
    editor.assign()
    assert editor.answer == "F3 belongs to Buy at market. Assign once more to take it"
    editor.assign()
    assert editor.answer == "F3 assigned"
    frame(window, desk)
    assert window.hint_strip.caps_of("buy.market") == []


def test_removing_resetting_and_presets(editor, window, desk):
    editor.view.select("cancel.all")
    editor.remove()
    assert editor.answer == "This action must keep a key. Assign another one first"
    editor.view.select("flatten")
    editor.remove()
    assert editor.table.row(editor.table.find("flatten")).keys == ()
    editor.reset()
    assert editor.table.row(editor.table.find("flatten")).keys == ("Ctrl+F",)
    editor.preset.chosen.emit(1)
    frame(window, desk)
    assert window.hint_strip.caps_of("buy.market") == ["F7"]
    editor.preset.chosen.emit(0)
    assert editor.table.row(editor.table.find("buy.market")).keys == ("F3",)


def test_export_and_import(editor, tmp_path):
    path = tmp_path / "mine.toml"
    editor.view.select("flatten")
    press(editor.new_key, Qt.Key.Key_F14)
    editor.assign()
    editor.export_to(path)
    editor.reset_all()
    assert editor.table.row(editor.table.find("flatten")).keys == ("Ctrl+F",)
    editor.import_from(path)
    assert editor.table.row(editor.table.find("flatten")).keys == ("Ctrl+F", "F14")
    path.write_text("[nothing]\n", encoding="utf-8")
    editor.import_from(path)
    assert "expected preset and [keys], found nothing" in editor.answer
    editor.import_from(tmp_path / "gone.toml")
    assert "No such file" in editor.answer
    editor.export_to(tmp_path / "no" / "where.toml")
    assert "No such file" in editor.answer


def test_nothing_is_assigned_without_an_action_or_a_key(editor):
    editor.assign()
    editor.view.select("flatten")
    editor.new_key.clear()
    editor.assign()
    assert editor.answer == "Choose an action and press its new keys"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_has_a_name_in_every_language(window, language):
    say = texts(language)
    names = {name: label(name, say) for name in window._commands.names}
    assert len(names) > 80
    assert [name for name, shown in names.items() if name in shown or shown.startswith("action.")] == []
