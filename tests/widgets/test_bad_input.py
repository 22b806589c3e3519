"""Any text in any field of any panel and dialog: nothing breaks or is sent, and what is sensible works afterwards."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

import widgets
from tests.support.desk_feed import busy_desk
from tests.support.window import frame, make_window, press
from tests.widgets.openings import OPENINGS
from widgets.panels import PANELS

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


LONGEST = 10_000  # characters of the longest field, a note of the trade journal


def type_in(field, text):
    """As typing and Enter do it, without pressing ten thousand keys."""
    field.setText(text)
    field.textEdited.emit(field.text())
    field.returnPressed.emit()
    field.editingFinished.emit()


def paste(field, text):
    """By the clipboard, over what stands there."""
    QApplication.clipboard().setText(text)
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def field_of(opened, number):
    """The field, opened again where Enter has closed it."""
    if number >= len(opened.fields()):
        opened.again()
    return opened.fields()[number]


def enter(opened, field):
    QTest.keyClick(field, Qt.Key.Key_Return)
    opened.tick()


@pytest.mark.parametrize("name", OPENINGS)
def test_any_text_pasted_into_any_field_is_borne_bounded_and_can_be_corrected(qtbot, name):
    opened = OPENINGS[name](qtbot)
    opened.kept[0].actions.arm(on=True)
    count = len(opened.fields())
    for number in range(count):
        for text in TEXTS:
            field = field_of(opened, number)
            paste(field, text)
            assert len(field.text()) <= field.maxLength() <= LONGEST, field.accessibleName()
            enter(opened, field)
        assert opened.sent == []
        field = field_of(opened, number)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, "7")
        assert "7" in field.text(), field.accessibleName()
        enter(opened, field)
        opened.again()
        assert len(opened.fields()) == count, "a field went dead"
        opened.sent.clear()  # what is sensible may leave
    assert opened.root.isVisible()
    assert not opened.root.grab().isNull()


def test_no_dialog_and_no_kind_of_field_is_left_out():
    """Whatever asks for something is among the openings, and nothing is typed in that the sweep would not find."""
    text = "".join(path.read_text(encoding="utf-8") for path in Path(widgets.__file__).parent.glob("*.py"))
    dialogs = set(re.findall(r"^class (\w+)\(.*QDialog\)", text, re.MULTILINE))
    assert len(dialogs) > 5
    assert dialogs - set(OPENINGS) == set()
    assert re.findall(r"QComboBox|QDateTimeEdit|QDateEdit|QTimeEdit|QInputDialog", text) == []


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


ORDERS = ("order_entry",)  # its fields are the order's: Enter sends it


def fields_in_window(window, desk, name):
    """The panel's fields, in the real window with the order form beside it."""
    window.run_action(f"panel.{name}")
    frame(window, desk)
    QApplication.processEvents()
    panels = [one for one in window.panels if one.objectName() == name]
    fields = [field for panel in panels for field in panel.findChildren(QLineEdit)]
    return [field for field in fields if field.isVisible() and field.isEnabled()]


def test_enter_and_esc_in_a_field_of_a_panel_are_no_orders(qtbot):
    """Who types a note, a search or an alert's price and presses Enter has not asked for an order, though armed."""
    desk = busy_desk()
    window = make_window(desk)
    qtbot.addWidget(window)
    window.activateWindow()
    sent, seen = [], []
    for name in PANELS:
        for field in fields_in_window(window, desk, name) if name not in ORDERS else ():
            seen.append(name)
            for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
                desk.actions.arm(on=True)
                desk.now_ns += 10_000_000_000
                field.setFocus()
                QTest.keyClicks(field, "5")
                QTest.keyClick(field, key)
                sent += [(name, field.accessibleName(), key.name, type(intent).__name__) for intent in desk.sent]
                desk.sent.clear()
            assert not field.hasFocus(), field.accessibleName()
    assert sent == []
    assert {"alerts", "journal", "screener", "tape", "log", "algo_form", "watchlist", "keymap_editor"} <= set(seen)
    field, *_ = fields_in_window(window, desk, "order_entry")
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert len(desk.sent) == 1  # there it is what Enter means
