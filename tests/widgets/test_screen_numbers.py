from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from hts.app.desk_files import DeskFiles
from hts.app.terminal_screens import load_screens
from hts.desk.screens import NUMBER_MAX
from tests.widgets.scene import PanelScene, open_panel, settle
from widgets.screen_numbers import ScreenNumbersPanel


@pytest.fixture
def files(tmp_path):
    return DeskFiles(tmp_path)


@pytest.fixture
def scene(files):
    made = PanelScene(language="en")
    made.context = replace(made.context, files=files, screens=load_screens(files)[0])
    return made


@pytest.fixture
def panel(qtbot, scene):
    return open_panel(qtbot, scene, ScreenNumbersPanel(scene.context), 560, 500)


def rows(panel):
    return {(row.number, row.action, row.is_own) for row in map(panel.table.row, range(len(panel.table)))}


def give(panel, action, number):
    key = next(row.key for row in map(panel.table.row, range(len(panel.table))) if row.action == action)
    panel.view.select(key)
    panel.number.setText(number)
    QTest.keyClick(panel.number, Qt.Key.Key_Return)
    return panel.view.accessibleDescription()


def test_a_number_is_given_taken_away_and_comes_back_with_the_next_start(panel, scene, files):
    assert ("0600", "panel.chart", False) in rows(panel)
    assert give(panel, "panel.tape", "1234") == "1234: Tape from now on."
    assert ("1234", "panel.tape", True) in rows(panel)
    assert panel.view.selected == ("panel.tape", "1234")
    said = give(panel, "panel.tape", "0600")
    assert said.endswith("Before it was: Chart")
    assert not any(action == "panel.chart" and number == "0600" for number, action, _ in rows(panel))
    panel.view.select(("panel.quote", "0101"))
    QTest.keyClick(panel.view, Qt.Key.Key_Delete)
    again = dict(load_screens(files)[0])
    assert (again["1234"], again["0600"], again.get("0101")) == ("panel.tape", "panel.tape", None)
    assert files.problems == []


def test_what_ships_again_is_no_row_of_ones_own(panel, scene):
    give(panel, "panel.tape", "0600")
    give(panel, "panel.chart", "0600")
    assert scene.context.screens.own == {}


@pytest.mark.parametrize("typed", ["", " ", "a b", "1" * (NUMBER_MAX + 1), "１２🙂", "\u202e1", '"'])
def test_what_is_no_number_changes_nothing(panel, scene, typed):
    panel.number.setMaxLength(100)
    assert "for example 0600" in give(panel, "panel.tape", typed)
    assert scene.context.screens.own == {}


def test_without_a_row_the_screen_is_asked_for(panel, scene):
    panel.number.setText("77")
    panel.give()
    assert panel.view.accessibleDescription() == "Choose a screen in the table first"
    assert scene.context.screens.own == {}


def test_words_and_numbers_narrow_the_table(panel, scene):
    panel.words.setText("06")
    settle(scene, panel)
    assert {number for number, *_ in rows(panel)} == {"0600", "0621", "0624"}
    panel.words.setText("chart")
    assert {action for _, action, _ in rows(panel)} == {"panel.chart"}


def test_a_disk_that_refuses_is_told(panel, scene, tmp_path):
    (tmp_path / "screens.toml").mkdir()
    assert "could not be written" in give(panel, "panel.tape", "1234")
