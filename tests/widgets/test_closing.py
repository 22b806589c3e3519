import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from hts.model.intents import CancelAll
from tests.support.panels import keymap, panel_context, save_picture
from widgets.closing import Choice, ClosingDialog
from widgets.controls import Button
from widgets.main_window import MainWindow


@pytest.fixture
def window(qtbot, desk):
    made = MainWindow(panel_context(desk, "en"), keymap(), desk.commands, lambda: desk.now_ns)
    made.ends_market = True
    qtbot.addWidget(made, before_close_func=lambda one: setattr(one, "ends_market", False))
    made.show()
    return made


def answer(choice):
    """Press the button of a choice in the dialog that the close will open."""

    def press():
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ClosingDialog)
        [button] = [b for b in dialog.findChildren(Button) if b.accessibleName() == TEXTS[choice]]
        button.click()

    QTimer.singleShot(0, press)


TEXTS = {Choice.CANCEL: "Cancel all and quit", Choice.KEEP: "Keep, core goes on", Choice.STAY: "Stay"}


@pytest.mark.parametrize(
    ("choice", "goes", "sent"),
    [(Choice.CANCEL, True, [CancelAll]), (Choice.KEEP, True, []), (Choice.STAY, False, [])],
)
def test_working_orders_make_the_window_ask(window, desk, choice, goes, sent):
    answer(choice)
    assert window.close() is goes
    assert [type(intent) for intent in desk.sent] == sent
    assert window.isVisible() is not goes


def test_a_window_that_ends_nothing_does_not_ask(window, desk):
    window.ends_market = False
    assert window.close()
    assert desk.sent == []


def test_a_signal_closes_without_a_question(window, desk):
    window.leave()
    assert not window.isVisible()
    assert desk.sent == []


@pytest.mark.parametrize("language", ["ko", "ja", "en"])
def test_no_answer_is_cut_in_any_language(qtbot, desk, window, language, tmp_path):
    dialog = ClosingDialog(panel_context(desk, language), 12, window)
    qtbot.addWidget(dialog)
    dialog.show()
    buttons = dialog.findChildren(Button)
    assert [b.width() >= b.sizeHint().width() for b in buttons] == [True] * 3
    save_picture(dialog, tmp_path / "closing.png")
