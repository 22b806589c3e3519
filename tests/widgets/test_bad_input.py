"""Any text in any field of any panel: nothing breaks, nothing is sent, and what is sensible works afterwards."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from tests.support.desk_feed import busy_desk
from tests.support.window import frame, make_window, press
from tests.widgets.scene import day_scene
from widgets.panels import PANELS, make_panel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

TEXTS = (
    "x" * 10_000,
    "9" * 10_000,
    "\u202eشراء🙂 ≥ א\u2069",
    "-1",
    "1e999",
    "１２３",  # digits that are none of ASCII's
    "²³",
    "0x10",
    " \t ",
    "삼성 전자",
    "\0\x1b[31m",
    "'; DROP TABLE orders; --",
    "",
)


def fields(panel):
    return [field for field in panel.findChildren(QLineEdit) if field.isEnabled()]


def type_in(field, text):
    """As typing and Enter do it, without pressing ten thousand keys."""
    field.setText(text)
    field.textEdited.emit(field.text())
    field.returnPressed.emit()
    field.editingFinished.emit()


@pytest.mark.parametrize("name", list(PANELS))
def test_a_panel_bears_any_text_in_any_field(qtbot, name):
    scene = day_scene()
    panel = make_panel(name, scene.context)
    qtbot.addWidget(panel)
    panel.resize(900, 640)
    panel.show()
    scene.frame(panel)
    scene.actions.arm(False)
    before = len(scene.sent)
    for text in TEXTS:
        for field in fields(panel):
            type_in(field, text)
        panel.mark_dirty()
        scene.frame(panel)
        QApplication.processEvents()
        if len(text) > 5_000 or not text.isascii():
            assert not panel.grab().isNull(), text[:20]
    assert scene.sent[before:] == []
    assert all(len(field.text()) <= 10_000 for field in fields(panel))


def test_the_command_box_bears_any_text_and_finds_afterwards(qtbot):
    desk = busy_desk()
    window = make_window(desk)
    qtbot.addWidget(window)
    box = window.command_box
    for text in TEXTS:
        box.open()
        type_in(box, text)
        press(box, Qt.Key.Key_Down)
        QApplication.processEvents()
        press(box, Qt.Key.Key_Escape)
    assert (desk.sent, box.text()) == ([], "")
    box.open_with("005930")
    press(box, Qt.Key.Key_Return)
    assert (desk.selection.symbol(), desk.sent) == ("005930", [])


def test_an_issue_that_does_not_exist_is_said_and_nothing_changes(qtbot):
    desk = busy_desk()
    window = make_window(desk)
    qtbot.addWidget(window)
    before = desk.selection.symbol()
    window.command_box.open_with("ZZZZ99")
    press(window.command_box, Qt.Key.Key_Return)
    assert (desk.selection.symbol(), desk.sent) == (before, [])
    desk.selection.choose("ZZZZ99")  # a layout or a list of the trader's may name one that is not listed any more
    frame(window, desk)
    assert not window.grab().isNull()
    press(window, Qt.Key.Key_F12)
    for key in (Qt.Key.Key_F1, Qt.Key.Key_F3, Qt.Key.Key_F4):
        press(window, key)
    assert desk.sent == []
    assert window.hint_strip.message
