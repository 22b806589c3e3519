import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from hts.desk.settings import BY_NAME, OPTIONS, Settings
from tests.widgets.scene import PanelScene
from themes import metrics
from widgets.painting import TextCache
from widgets.paragraph import lines_of
from widgets.settings import LINE, TITLE, SettingsDialog
from widgets.settings_controls import NumberField, Picker, Switch, value_of


@pytest.fixture
def settings():
    return Settings()


@pytest.fixture
def dialog(qtbot, settings):
    scene = PanelScene(language="en")
    made = SettingsDialog(scene.context, settings, lambda option: [(c, c.upper()) for c in option.choices], None)
    qtbot.addWidget(made)
    made.show()
    return made


def control(dialog, name):
    return dialog.rows[name].control.widget


def test_typing_narrows_the_list_and_clearing_brings_it_back(dialog):
    QTest.keyClicks(dialog.search, "flatten")
    assert [name for name, row in dialog.rows.items() if row.isVisible()] == ["entry.confirm_flatten"]
    dialog.search.clear()
    dialog.show_found("")
    assert all(row.isVisible() for row in dialog.rows.values())


def test_ten_thousand_characters_of_anything_find_nothing(dialog):
    dialog.show_found("\u202e🙂가" * 3_334)
    assert not any(row.isVisible() for row in dialog.rows.values())


def test_a_switch_a_choice_and_a_number_are_worked_by_keys(qtbot, dialog, settings):
    told = []
    dialog.changed.connect(lambda: told.append(set(settings.drain())))
    switch, picker, field = (control(dialog, name) for name in ("sound.on", "look.convention", "notify.seconds"))
    assert [type(each) for each in (switch, picker, field)] == [Switch, Picker, NumberField]
    QTest.keyClick(switch, Qt.Key.Key_Return)
    QTest.keyClick(picker, Qt.Key.Key_Right)
    QTest.keyClick(picker, Qt.Key.Key_Left)
    QTest.keyClick(picker, Qt.Key.Key_Left)
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert settings.own == {"sound.on": False, "look.convention": "us", "notify.seconds": 7}
    assert told == [{"sound.on"}, *[{"look.convention"}] * 3, {"notify.seconds"}]
    assert field.text() == "7"
    assert switch.accessibleName() == "Sounds: Off"


def test_what_does_not_fit_is_said_below_the_option(dialog, settings):
    field = control(dialog, "notify.seconds")
    for typed in ("99", "abc", "", "6.5", "-1", "٣"):
        field.setText(typed)
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert dialog.rows["notify.seconds"].fault == "Enter a whole number from 2 to 60"
        assert settings.own == {}
    field.setText("12")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (dialog.rows["notify.seconds"].fault, settings.own) == ("", {"notify.seconds": 12})


def test_undo_takes_back_one_by_one_and_delete_gives_the_default(qtbot, dialog, settings):
    dialog.take(BY_NAME["sound.volume"], 80)
    dialog.take(BY_NAME["look.density"], "compact")
    QTest.keyClick(dialog.search, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert settings.own == {"sound.volume": 80}
    QTest.keyClick(control(dialog, "notify.seconds"), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert settings.own == {}
    dialog.take(BY_NAME["sound.on"], value=False)
    switch = control(dialog, "sound.on")
    dialog.activateWindow()
    switch.setFocus()
    qtbot.waitUntil(switch.hasFocus, timeout=2_000)
    QTest.keyClick(switch, Qt.Key.Key_Delete)
    assert settings.own == {}


def test_every_control_is_reached_by_tab_and_has_a_name(dialog):
    names = {control(dialog, option.name).accessibleName() for option in OPTIONS}
    assert len(names) == len(OPTIONS)
    seen, at = set(), dialog.search
    for _ in range(2 * len(OPTIONS) + 20):
        at = at.nextInFocusChain()
        seen.add(at)
    assert {control(dialog, option.name) for option in OPTIONS} <= seen


def test_presets_are_typed_with_commas():
    option = BY_NAME["entry.presets"]
    assert value_of(option, " 1, 20 ,300") == (1, 20, 300)
    assert value_of(option, "1,,2") == "1,,2"
    assert value_of(BY_NAME["entry.warn_qty"], "10,000") == 10_000


def test_paragraphs_break_at_spaces_and_within_long_words(qapp):
    cache = TextCache()
    width = cache.width("body", "one two")
    assert lines_of(cache, "body", "one two three", width + 1) == ["one two", "three"]
    pieces = lines_of(cache, "body", "あ" * 40, width)
    assert "".join(pieces) == "あ" * 40
    assert all(cache.width("body", piece) <= width for piece in pieces)
    assert len(pieces) > 1


def test_a_control_says_what_its_option_does_and_what_is_wrong(dialog):
    row = dialog.rows["notify.seconds"]
    assert row.control.widget.accessibleDescription() == row.row.why
    QTest.keyClicks(row.control.widget, "x")
    QTest.keyClick(row.control.widget, Qt.Key.Key_Return)
    assert row.fault
    assert row.control.widget.accessibleDescription() == f"{row.row.why} {row.fault}"


def test_the_name_of_a_section_stands_once_above_its_first_option(dialog):
    for wanted in ("", "color", "sound"):
        dialog.show_found(wanted)
        shown = [row for row in map(dialog._column.itemAt, range(dialog._column.count())) if row.widget() is not None]
        rows = [one.widget() for one in shown if one.widget().isVisible()]
        before = ["", *(row.row.section for row in rows)]
        assert [row.has_head for row in rows] == [
            row.row.section != one for row, one in zip(rows, before, strict=False)
        ]
    heads = [row for row in dialog.rows.values() if row.has_head]
    assert {row.height() - TITLE - LINE * len(row._lines) for row in heads} == {metrics.PANEL_HEADER + 12}
