import re
import subprocess
import sys

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.app.terminal import Terminal, TerminalOptions, load_texts, run_id
from hts.app.terminal_link import LinkDown
from hts.app.terminal_tables import load_keymap
from hts.base.errors import ConfigError
from hts.model.intents import NewOrder, ReplaceOrder
from tests.support.desk_feed import ACCOUNT
from tests.support.desk_link import ScriptedLink, snapshot

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def link():
    made = ScriptedLink()
    made.say(*snapshot())
    return made


@pytest.fixture
def open_terminal(qtbot, tmp_path, link):
    def make(**options):
        terminal = Terminal(tmp_path, ACCOUNT, link, TerminalOptions(language="en", **options))
        qtbot.addWidget(terminal.window)
        terminal.show()
        return terminal

    return make


def test_the_first_frames_bring_the_snapshot_onto_the_screen(qtbot, open_terminal):
    terminal = open_terminal()
    qtbot.waitUntil(lambda: terminal.frame_clock.refreshes > 4, timeout=5_000)
    assert terminal.session.selection.symbol() == "005930"
    assert terminal.window.status_strip.banner == ""


def test_a_key_reaches_the_link_within_its_handler(qtbot, open_terminal, link):
    terminal = open_terminal()
    qtbot.waitUntil(lambda: terminal.frame_clock.frames > 0, timeout=5_000)
    for key in (Qt.Key.Key_F12, Qt.Key.Key_F1):
        QApplication.sendEvent(terminal.window, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))
    assert [type(intent) for intent in link.intents] == [NewOrder]


def test_a_signal_is_noted_and_the_window_closes_after_the_next_frame(qtbot, open_terminal):
    terminal = open_terminal()
    terminal.ask_to_leave()  # amid whatever the interpreter is at: nothing of Qt's is touched here
    assert terminal.window.isVisible()
    qtbot.waitUntil(lambda: not terminal.window.isVisible(), timeout=5_000)


def test_the_layout_is_stored_at_the_end_and_a_damaged_one_is_reported(qtbot, open_terminal, tmp_path, capsys):
    terminal = open_terminal()
    terminal.window.open_workspace("scalper")
    terminal.window.close()
    assert open_terminal().window.workspace.name == "scalper"
    (tmp_path / "layout.json").write_text("{", encoding="utf-8")
    again = open_terminal()
    assert again.window.workspace.name == "day"
    assert re.search(r"layout.json: expected a stored layout, found .*default layout is open", capsys.readouterr().err)
    assert "default layout is open" in again.window.hint_strip.message


def test_a_layout_of_other_panels_is_set_aside(open_terminal, tmp_path, capsys):
    (tmp_path / "layout.json").write_text('{"layouts": {"day": {"docks": "PHhtbD4="}}}', encoding="utf-8")
    open_terminal()
    assert "a layout that does not fit these panels" in capsys.readouterr().err
    assert (tmp_path / "layout.damaged").exists()


def test_losing_the_core_shows_the_banner(qtbot, open_terminal, link):
    terminal = open_terminal()
    qtbot.waitUntil(lambda: terminal.frame_clock.frames > 0, timeout=5_000)
    link.say(LinkDown(""))
    qtbot.waitUntil(lambda: "not connected" in terminal.window.status_strip.banner, timeout=5_000)


def test_a_link_that_drops_while_an_order_is_dragged_amends_nothing_and_comes_back(qtbot, open_terminal, link):
    terminal = open_terminal()
    window = terminal.window
    qtbot.waitUntil(lambda: terminal.frame_clock.refreshes > 4, timeout=5_000)
    book = next(panel for panel in window.panels if panel.objectName() == "ladder").book
    press(window, Qt.Key.Key_F12)
    grip_and_drag(book, 190_900, 190_700)
    assert book.is_dragging
    link.say(LinkDown(""))
    qtbot.waitUntil(lambda: not book.is_dragging, timeout=5_000)
    qtbot.waitUntil(lambda: window.hint_strip.message == terminal.context.texts("ladder.drag_link"), timeout=5_000)
    QTest.mouseRelease(book, LEFT, pos=chip(book, 190_700))
    assert link.intents == []
    link.say(*snapshot())
    qtbot.waitUntil(lambda: terminal.session.actions.is_linked, timeout=5_000)
    press(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: terminal.session.actions.is_armed, timeout=5_000)
    terminal.frame_clock.catch_up()
    grip_and_drag(book, 190_900, 190_700)
    QTest.mouseRelease(book, LEFT, pos=chip(book, 190_700))
    assert [(type(one), one.px) for one in link.intents] == [(ReplaceOrder, 190_700)]


def chip(book, px):
    """The place of an own buy order at a price."""
    row = next(number for number in range(book.spoken_count()) if book.spoken_row(number).startswith(f"{px:,} "))
    return QPoint(book.columns.own_buy + 20, book.spoken_rect(row).center().y())


def grip_and_drag(book, start, end):
    QTest.mousePress(book, LEFT, pos=chip(book, start))
    QTest.mouseMove(book, chip(book, end))


def press(window, key):
    QApplication.sendEvent(window, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))


def test_request_ids_of_two_runs_differ_and_fit():
    one, other = run_id(1_795_145_933_204_000_000, 4_194_304), run_id(1_795_145_933_205_000_000, 4_194_304)
    assert one != other
    assert max(len(one), len(other)) <= 12
    assert one.isascii()


def test_unknown_choices_are_one_clear_line():
    with pytest.raises(ConfigError, match="--lang: expected ko, ja, en, found 'xx'"):
        load_texts("xx")
    with pytest.raises(ConfigError, match="--keymap: expected default, kiwoom, tws, found 'nobody'"):
        load_keymap("nobody")


def test_the_chart_library_is_not_imported_before_the_first_paint(tmp_path):
    script = (
        "import os, sys; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n"
        "from pathlib import Path\n"
        "from hts.app.terminal import Terminal, TerminalOptions, application\n"
        "from tests.support.desk_link import ScriptedLink\n"
        "application()\n"
        f"terminal = Terminal(Path({str(tmp_path)!r}), '8801-2745-01', ScriptedLink(), TerminalOptions())\n"
        "terminal.window.show()\n"
        "print(sorted({'pyqtgraph', 'websockets', 'apsw', 'cryptography'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr[-2000:]
