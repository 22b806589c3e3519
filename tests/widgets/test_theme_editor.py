import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from hts.desk.texts import LANGUAGES
from tests.support.desk_feed import texts
from tests.widgets.scene import PanelScene
from themes.conventions import custom_of
from themes.palettes import DARK, THEMES
from themes.theme_edit import ThemeEdit
from themes.theme_file import ThemeFile
from themes.tokens import ROLES
from widgets.controls import TEXTS
from widgets.theme_editor import ThemeEditor
from widgets.theme_editor_lists import LIST_MIN, MARK_W, ROW

VALUE_W = 52  # "#rrggbb" and its distance


@pytest.fixture
def editor(qtbot):
    scene = PanelScene(language="en")
    edit = ThemeEdit(ThemeFile(name="Mine", base="dark", colors={}), custom_of("kr"))
    made = ThemeEditor(scene.context, edit, None)
    qtbot.addWidget(made, before_close_func=lambda one: setattr(one, "_asked", True))
    made.previews = []
    made.previewed.connect(lambda: made.previews.append(edit.tokens.panel.name()))
    made.show()
    return made


def test_a_colour_is_chosen_and_changed_by_keys_with_a_live_preview(editor):
    QTest.keyClick(editor.colors, Qt.Key.Key_Down)
    assert editor.edit.key == "panel"
    QTest.keyClick(editor.colors, Qt.Key.Key_Right)
    QTest.keyClick(editor.colors, Qt.Key.Key_Left)
    QTest.keyClick(editor.colors, Qt.Key.Key_Left)
    assert len(editor.previews) == 3
    assert editor.previews[0] != DARK["panel"]
    QTest.keyClick(editor, Qt.Key.Key_Delete)
    assert editor.previews[-1] == DARK["panel"]
    editor.grab()


def test_the_whole_list_is_reached_and_a_click_chooses(editor):
    QTest.keyClick(editor.colors, Qt.Key.Key_PageDown)
    for _ in range(len(DARK)):
        QTest.keyClick(editor.colors, Qt.Key.Key_Down)
    assert editor.edit.key == list(DARK)[-1]
    for _ in range(len(DARK)):
        QTest.keyClick(editor.colors, Qt.Key.Key_PageUp)
    QTest.mouseClick(editor.colors, Qt.MouseButton.LeftButton, pos=QPoint(60, 3 * ROW + 5))
    assert editor.edit.key == list(DARK)[3]


def test_a_contrast_that_is_too_low_is_told_in_words(editor):
    editor.choose("text")
    editor.value.setText("#222222")
    QTest.keyClick(editor.value, Qt.Key.Key_Return)
    assert editor.edit.color == "#222222"
    assert "too low" in editor.contrasts.accessibleDescription()
    assert editor.colors.accessibleDescription().endswith("low")
    editor.grab()


def test_a_value_is_seen_and_measured_while_it_is_typed(editor):
    editor.choose("text")
    editor.value.clear()
    QTest.keyClicks(editor.value, "#22222")
    assert editor.edit.color == DARK["text"]
    QTest.keyClicks(editor.value, "2")
    assert (editor.edit.color, editor.value.text(), editor.value.cursorPosition()) == ("#222222", "#222222", 7)
    assert len(editor.previews) == 1
    assert "too low" in editor.contrasts.accessibleDescription()


def test_what_is_no_colour_is_said_and_not_taken(editor):
    for typed in ("", "red", "🙂"):
        editor.value.setText(typed)
        QTest.keyClick(editor.value, Qt.Key.Key_Return)
        assert editor.value.text() == editor.edit.color
    assert editor.accessibleDescription() == "Enter a colour as #rrggbb, for example #1a2b3c"
    editor.value.setText("0a0b0c")
    QTest.keyClick(editor.value, Qt.Key.Key_Return)
    assert editor.edit.color == "#0a0b0c"


def test_closing_asks_once_while_something_is_not_saved(editor):
    editor.edit.key = "panel"
    QTest.keyClick(editor.colors, Qt.Key.Key_Right)
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert editor.isVisible()
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert not editor.isVisible()


def test_saving_needs_a_name(editor):
    asked = []
    editor.save_asked.connect(lambda: asked.append(editor.edit.theme.name))
    editor.name.setText("  ")
    editor.save()
    assert asked == []
    editor.name.setText("Night")
    QTest.keyClick(editor.colors, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert asked == ["Night"]


def test_another_base_is_seen_at_once(editor):
    QTest.keyClick(editor.base, Qt.Key.Key_Right)
    assert editor.edit.theme.base == list(THEMES)[1]
    assert editor.previews == [THEMES["light"]["panel"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_colour_is_named_in_every_language_and_fits_its_row(qapp, language):
    say = texts(language)
    named = [say(f"theme_color.{key}") for key in sorted({*DARK, *ROLES})]
    assert len(set(named)) == len(named)
    assert max(TEXTS.width("title", name) for name in named) <= LIST_MIN - 34 - MARK_W - 12 - VALUE_W


def test_a_colour_is_told_by_what_it_is_for(editor):
    editor.choose("text")
    assert editor.colors.spoken_row(editor.colors.spoken_current()).startswith("Text #dde3ea")
    assert "Text on Selected row" in editor.contrasts.accessibleDescription()


def test_every_control_has_a_name(editor):
    assert all(
        widget.accessibleName()
        for widget in (editor.colors, editor.contrasts, editor.value, editor.name, editor.base, editor)
    )
