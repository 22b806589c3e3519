"""The x-ray's own tables: columns to choose, and the whole trace as a file."""

import dataclasses

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.widgets.scene import naver_scene, open_panel, settle
from tests.widgets.test_order_xray import a_trace, messages_of
from themes import metrics
from widgets.order_xray import OrderXrayPanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene():
    made = naver_scene()
    made.context.answers._decode = messages_of
    return made


@pytest.fixture
def panel(qtbot, scene):
    return open_panel(qtbot, scene, OrderXrayPanel(scene.context), 1200, 700)


def test_columns_of_its_tables_are_chosen_and_kept(qtbot, scene, panel):
    assert panel.stored() == {}
    dialog = panel.choose_columns("messages")
    dialog.list.setCurrentRow(2)
    QTest.keyClick(dialog.list, Qt.Key.Key_Space)
    dialog.close()
    shown = [column.key for column, _, _ in panel.tables["messages"].places(0, 900)]
    assert shown == ["at", "way", "protocol", "name", "bytes", "data"]
    again = OrderXrayPanel(scene.context)
    qtbot.addWidget(again)
    again.take_stored(panel.stored())
    assert [column.key for column, _, _ in again.tables["messages"].places(0, 900)] == shown
    for damaged in ({"tables": 3}, {"tables": {"messages": []}}, {}):
        again.take_stored(damaged)
    assert [column.key for column, _, _ in again.tables["messages"].places(0, 900)] == shown


def test_narrow_tables_leave_out_whole_columns(panel):
    table = panel.tables["seen"]
    assert len(table.places(0, 900)) == 9
    narrow = table.places(0, 380)
    assert [column.key for column, _, _ in narrow] == ["venue", "bid", "ask", "decision"]
    assert narrow[-1][2] == 380 - metrics.EDGE_PAD
    assert all(left < right for _, left, right in narrow)


def test_the_trace_is_written_to_a_file(scene, panel, tmp_path):
    scene.context.answers.take(a_trace(4))
    settle(scene, panel)
    said = []
    panel.context = dataclasses.replace(panel.context, say=said.append)
    assert panel.export_to(tmp_path / "x.csv")
    text = (tmp_path / "x.csv").read_text(encoding="utf-8-sig")
    assert panel.shown.head.verdict in text
    assert "구간,거래소,1.52 ms,5.00 ms" in text
    assert panel.export_to(tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert book.sheetnames == ["주문 X-ray", "전문", "전문 필드"]
    assert [cell.value for cell in book["전문 필드"][3]] == [1, "M0", "f1", 98, 1, 1, 62]
    assert not panel.export_to(tmp_path / "no" / "x.csv")
    assert len(said) == 3
