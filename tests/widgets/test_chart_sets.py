"""Sets of indicators in the dialog and in the menu, from one chart to another."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from hts.app.desk_files import DeskFiles
from hts.desk.chart_sets import FILE
from hts.desk.chart_studies import AT_FIRST, study_of
from tests.widgets.chart_scene import a_chart
from tests.widgets.scene import day_scene
from widgets.chart_sets import sets_menu

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints|raise\\(\\)")
MINE = (study_of("rsi"), study_of("macd"))


@pytest.fixture
def scene(tmp_path):
    made = day_scene()
    made.context = replace(made.context, files=DeskFiles(tmp_path))
    return made


@pytest.fixture
def panel(qtbot, scene):
    return a_chart(qtbot, scene)


def saved(panel, name):
    panel.edit_studies()
    row = panel.studies_dialog.sets
    row.name.setText(name)
    row.name.setFocus()
    QTest.keyClick(row.name, Qt.Key.Key_Return)
    return panel.studies_dialog.fault.text()


def test_a_set_goes_from_one_chart_to_another_and_is_kept(qtbot, scene, panel):
    panel.adjust(studies=MINE)
    assert saved(panel, "내 것") == "내 것(으)로 저장했습니다"
    assert panel.studies_dialog.isVisible(), "Enter in the name closes nothing"
    other = a_chart(qtbot, scene)
    menu = sets_menu(other)
    marked = {action.text(): action.isChecked() for action in menu.actions()}
    assert (marked["이동평균"], marked["내 것"], len(marked)) == (True, False, 7)
    menu.actions()[-1].trigger()
    assert other.settings.studies == MINE
    other.edit_studies()
    row = other.studies_dialog.sets
    assert row.choice._shown[0] == "내 것"
    row.take(row.sets.find("이동평균"))
    assert (other.settings.studies, other.studies_dialog.chosen.count()) == (AT_FIRST, len(AT_FIRST))


def test_two_charts_do_not_forget_each_others_sets(qtbot, scene, panel):
    other = a_chart(qtbot, scene)
    panel.edit_studies()
    other.edit_studies()
    for chart, name in ((panel, "하나"), (other, "둘"), (panel, "셋")):  # both dialogs stay open
        chart.studies_dialog.sets.name.setText(name)
        chart.studies_dialog.sets.save()
    assert [one.name for one in panel.studies_dialog.sets.sets.own] == ["하나", "둘", "셋"]
    row = panel.studies_dialog.sets
    row.name.setText("둘")
    row.buttons["delete"].click()
    assert panel.studies_dialog.fault.text() == "둘 세트를 삭제했습니다"
    assert [action.text() for action in sets_menu(other).actions()][-2:] == ["하나", "셋"]


def test_a_name_that_cannot_be_is_told_and_a_damaged_file_set_aside(scene, panel, tmp_path):
    assert saved(panel, "밴드") == "밴드은(는) 기본 세트입니다. 다른 이름을 쓰세요"
    (tmp_path / FILE).write_text('{"sets": [', encoding="utf-8")
    panel.edit_studies()
    assert panel.studies_dialog.fault.text() == f"{FILE}의 세트를 읽을 수 없어 따로 보관했습니다"
    assert (len(panel.studies_dialog.sets.sets.all), (tmp_path / FILE).exists()) == (6, False)
