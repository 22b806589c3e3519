"""The panel for baskets: a file read, its lines with their faults, and the start."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.app.desk_files import DeskFiles
from hts.model.intents import StartBasket
from tests.support.desk_feed import busy_desk
from tests.support.panels import panel_context, show_frame, shown
from widgets.basket_form import BasketFormPanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def desk():
    made = busy_desk()
    made.actions.arm(on=True)
    return made


@pytest.fixture
def panel(qtbot, desk, tmp_path):
    context = replace(panel_context(desk, "en"), files=DeskFiles(tmp_path))
    return shown(qtbot, BasketFormPanel(context), desk, 900, 400)


def load(panel, desk, path, data):
    path.write_bytes(data)
    panel.load(path)
    panel.mark_dirty()
    show_frame(panel, desk)


def test_lines_are_shown_with_their_faults_and_nothing_starts(panel, desk, tmp_path):
    load(panel, desk, tmp_path / "b.csv", b"symbol,side,qty\n005930,buy,10\n000660,sold,1\n")
    assert [panel._table.row(at).problem is None for at in range(2)] == [True, False]
    assert panel.fault.text == "1 line is wrong. Fix the file and choose it again"
    assert (panel.go.look, panel.subtitle) == ("plain", "b.csv")
    for _ in range(2):
        QTest.mouseClick(panel.go, LEFT)
    assert desk.sent == []


def test_a_good_file_starts_at_the_second_press(panel, desk, tmp_path):
    load(panel, desk, tmp_path / "b.csv", b"symbol,side,qty\n005930,buy,10\n")
    assert panel.go.look == "main"
    QTest.mouseClick(panel.whole, LEFT)
    QTest.mouseClick(panel.go, LEFT)
    assert (desk.sent, panel.fault.text) == ([], "Start 1 line: press again within 3 seconds")
    QTest.keyClick(panel.minutes, Qt.Key.Key_Return)
    assert [(type(intent), intent.is_whole) for intent in desk.sent] == [(StartBasket, False)]


def test_ratios_show_the_field_for_the_money(panel, desk, tmp_path):
    assert panel.budget.isHidden()
    load(panel, desk, tmp_path / "b.csv", b"symbol,side,ratio\n005930,buy,50\n")
    assert not panel.budget.isHidden()
    QTest.keyClicks(panel.budget, "10000000")
    panel.mark_dirty()
    show_frame(panel, desk)
    assert (panel._table.row(0).qty, panel.go.look) == (26, "main")


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00", b"", b"x" * 10_000, "🙂,ש".encode()], ids=["bytes", "empty", "long", "odd"]
)
def test_a_file_that_is_none_is_said_and_keeps_the_panel_alive(panel, desk, tmp_path, data):
    load(panel, desk, tmp_path / "b.csv", data)
    assert panel.fault.is_fault
    assert panel.fault.text
    load(panel, desk, tmp_path / "c.csv", b"symbol,side,qty\n005930,buy,10\n")
    assert (panel.fault.text, panel.go.look) == ("", "main")


def test_a_missing_file_is_said(panel, desk, tmp_path):
    panel.load(tmp_path / "none.csv")
    assert "none.csv" in panel.fault.text


def test_the_second_press_counts_for_three_seconds_on_the_clock_and_for_the_same_terms(panel, desk, tmp_path):
    load(panel, desk, tmp_path / "b.csv", b"symbol,side,qty\n005930,buy,10\n")
    QTest.mouseClick(panel.go, LEFT)
    desk.now_ns += 60_000_000_000  # no frame in between
    QTest.mouseClick(panel.go, LEFT)
    assert desk.sent == []
    QTest.keyClicks(panel.minutes, "5")
    QTest.keyClick(panel.go, Qt.Key.Key_Return)
    assert desk.sent == []
    QTest.keyClick(panel.go, Qt.Key.Key_Return)
    assert len(desk.sent) == 1


def test_a_double_click_or_enter_held_down_only_asks(panel, desk, tmp_path):
    load(panel, desk, tmp_path / "b.csv", b"symbol,side,qty\n005930,buy,10\n")
    QTest.mouseClick(panel.go, LEFT)
    QTest.mouseDClick(panel.go, LEFT)  # the second press of a double click, and its release
    QTest.mouseRelease(panel.go, LEFT)
    for target in (panel.go, panel.minutes, panel):
        QApplication.sendEvent(
            target,
            QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True),
        )
    assert desk.sent == []


def test_enter_on_a_button_beside_presses_it(panel, desk, tmp_path):
    load(panel, desk, tmp_path / "b.csv", b"symbol,side,qty\n005930,buy,10\n")
    for _ in range(2):
        QTest.keyClick(panel.whole, Qt.Key.Key_Return)
    assert (desk.sent, panel.form.is_whole, panel.fault.text) == ([], True, "")
