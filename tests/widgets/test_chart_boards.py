"""Drawings of an issue on disk: kept at each change, and what becomes of a file that does not hold."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from hts.app.desk_files import DeskFiles
from hts.desk.drawings import Anchor, Drawing, Kind
from tests.desk.scene import NINE, SAMSUNG
from tests.widgets.chart_scene import a_chart
from tests.widgets.scene import day_scene

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
FILE = f"drawings-KRX-{SAMSUNG}.json"
GOOD = f'{{"kind": "horizontal", "anchors": [[{NINE}, 190000.0]], "text": ""}}'


@pytest.fixture
def scene(tmp_path):
    made = day_scene()
    made.context = replace(made.context, files=DeskFiles(tmp_path))
    return made


def drawn(panel):
    return [(one.kind, one.anchors[0].px) for one in panel.canvas.board.drawings]


def test_what_is_drawn_is_there_in_the_next_chart_of_the_issue(qtbot, scene, tmp_path):
    panel = a_chart(qtbot, scene)
    panel.canvas.change_board(lambda: panel.canvas.board.add(Kind.HORIZONTAL, [Anchor(NINE, 190_000.0)]))
    scene.context.boards.clear()  # as after a restart
    again = a_chart(qtbot, scene)
    assert again.canvas.board.drawings == (
        Drawing(drawing_id=1, kind=Kind.HORIZONTAL, anchors=(Anchor(NINE, 190_000.0),)),
    )


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 9, "drawings": []}', "[" * 100_000, '"' + "9" * 5_000 + '"'])
def test_a_file_that_does_not_hold_is_set_aside_and_the_chart_says_so(qtbot, scene, tmp_path, text):
    (tmp_path / FILE).write_text(text)
    panel = a_chart(qtbot, scene)
    assert (drawn(panel), panel.canvas.notice) == ([], scene.texts("chart.draw.damaged", file=FILE))
    assert [path.name for path in tmp_path.iterdir()] == [f"{FILE}.damaged"]


def test_of_a_file_with_a_bad_entry_the_good_ones_are_drawn(qtbot, scene, tmp_path):
    (tmp_path / FILE).write_text(f'{{"version": 1, "drawings": [{GOOD}, {{"kind": "spiral"}}, 7]}}')
    panel = a_chart(qtbot, scene)
    assert drawn(panel) == [(Kind.HORIZONTAL, 190_000.0)]
    assert panel.canvas.notice == scene.texts("chart.draw.partly", file=FILE, count=2)
    scene.context.boards.clear()  # a restart before anything was drawn
    assert drawn(a_chart(qtbot, scene)) == [(Kind.HORIZONTAL, 190_000.0)]


def test_a_disk_that_refuses_is_told_and_the_drawing_stays(qtbot, scene):
    class Full(DeskFiles):
        def save(self, _name, _text):
            return False

    scene.context = replace(scene.context, files=Full(scene.context.files._home))
    panel = a_chart(qtbot, scene)
    panel.canvas.board.add(Kind.HORIZONTAL, [Anchor(NINE, 190_000.0)])
    QTest.keyClick(
        panel.canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert (len(drawn(panel)), panel.canvas.notice) == (1, scene.texts("chart.draw.unsaved"))
