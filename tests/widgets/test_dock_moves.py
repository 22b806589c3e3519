"""Docks are sized, moved, stacked and torn off by key, in a mode that any other key leaves; what cannot be is said."""

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from tests.support.desk_feed import busy_desk
from tests.support.window import make_window, press
from widgets.begun_keys import PanelFrame
from widgets.dock_moves import carried
from widgets.docking import give_keyboard

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
ROOT = Path(__file__).resolve().parents[2]
PLAIN = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
NO_ROOM = "No more room: a panel there is as small as it can be"
NO_NEIGHBOUR = "There is no other panel on that side"


@pytest.fixture
def window(qtbot, desk):
    made = make_window(desk)
    qtbot.addWidget(made)
    settle()
    yield made
    made.begun_keys.end()


def settle():
    for _ in range(3):
        QApplication.processEvents()


def chosen(window, name):
    panel = next(p for p in window.workspace.panels if p.objectName() == name and p.isVisible())
    give_keyboard(panel)
    window.focus(panel)
    return panel


def dock_of(window, panel):
    return next(d for d in window.workspace._widgets.values() if d.widget() is panel)


def area(window, panel):
    return dock_of(window, panel).dockAreaWidget()


def place(window, panel):
    there = area(window, panel)
    return there.mapTo(window, there.rect().topLeft())


def begin(window):
    press(window, Qt.Key.Key_J, CONTROL)


def then(window, *keys):
    """Keys to whatever has the keyboard."""
    for key in keys:
        one, modifiers = key if isinstance(key, tuple) else (key, PLAIN)
        press(QApplication.focusWidget() or window, one, modifiers)
    settle()


def frames(window):
    return [frame for frame in window.findChildren(PanelFrame) if frame.isVisible()]


def test_a_panel_gets_wider_and_narrower_by_one_key_after_the_other(window):
    panel = chosen(window, "ladder")
    widths = [area(window, panel).width()]
    begin(window)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        then(window, (key, SHIFT))
        widths.append(area(window, panel).width())
    assert [b - a for a, b in pairwise(widths)] == [40, 40, -40]
    assert window.focused is panel


def test_a_panel_gets_taller_and_shorter_by_key(window):
    panel = chosen(window, "orders")
    before = area(window, panel).height()
    begin(window)
    then(window, (Qt.Key.Key_Down, SHIFT))
    assert area(window, panel).height() == before + 40
    then(window, (Qt.Key.Key_Up, SHIFT))
    assert area(window, panel).height() == before


def test_a_key_that_is_held_down_goes_on_sizing(window):
    panel = chosen(window, "ladder")
    before = area(window, panel).width()
    begin(window)
    then(window, (Qt.Key.Key_Right, SHIFT))
    for _ in range(2):
        press(window, Qt.Key.Key_Right, SHIFT, repeat=True)
    settle()
    assert area(window, panel).width() == before + 120


def test_where_there_is_no_room_it_is_said(window):
    chosen(window, "ladder")
    for way in ("wider", "narrower"):
        for _ in range(60):
            window.run_action(f"panel.{way}")
        assert window.hint_strip.message == NO_ROOM


def test_a_panel_moves_over_its_neighbour_and_back(window):
    panel = chosen(window, "ladder")
    before, width = place(window, panel), area(window, panel).width()
    begin(window)
    then(window, Qt.Key.Key_Right)
    moved = place(window, panel)
    assert moved.x() > before.x()
    assert area(window, panel).width() == width  # taken along
    assert window.focused is panel
    then(window, *[Qt.Key.Key_Left] * 12)
    assert window.hint_strip.message == NO_NEIGHBOUR
    assert place(window, panel).x() == min(place(window, p).x() for p in window.workspace.panels if p.isVisible())


def test_a_panel_joins_the_next_tabs_shows_what_stands_behind_and_leaves_them_downwards(window):
    panel = chosen(window, "ladder")
    before = area(window, panel)
    begin(window)
    then(window, Qt.Key.Key_T)
    joined = area(window, panel)
    assert joined is not before
    assert joined.openDockWidgetsCount() > 1
    assert joined.currentDockWidget().widget() is panel
    then(window, Qt.Key.Key_Space)
    behind = window.focused
    assert behind is not panel
    assert joined.currentDockWidget().widget() is behind
    then(window, *[Qt.Key.Key_Space] * (joined.openDockWidgetsCount() - 1))
    assert window.focused is panel
    then(window, Qt.Key.Key_Down, Qt.Key.Key_Down)
    assert area(window, panel).openDockWidgetsCount() == 1


def test_a_lone_panel_has_nothing_behind_it(window):
    chosen(window, "ladder")
    window.run_action("panel.next_tab")
    assert window.hint_strip.message == "Nothing stands behind this panel"


@pytest.mark.parametrize("name", ["ladder", "watchlist", "orders", "positions"])
def test_a_torn_off_panel_is_sized_by_its_window_and_goes_back_to_where_it_stood(window, name):
    panel = chosen(window, name)
    before = area(window, panel).geometry(), place(window, panel)
    begin(window)
    then(window, Qt.Key.Key_F)
    torn_off = panel.window()
    assert torn_off is not window
    width = torn_off.width()
    then(window, (Qt.Key.Key_Right, SHIFT))
    assert torn_off.width() == width + 40
    then(window, Qt.Key.Key_F)
    assert panel.window() is window
    assert (area(window, panel).geometry(), place(window, panel)) == before


def test_a_torn_off_panel_whose_neighbour_has_gone_joins_the_largest_area(window):
    panel = chosen(window, "tape")
    window.run_action("panel.float")
    settle()
    chosen(window, "watchlist")
    window.run_action("panel.close")
    settle()
    window.focus(panel)
    window.run_action("panel.float")
    settle()
    assert panel.window() is window
    assert area(window, panel).openDockWidgetsCount() > 1


def test_a_torn_off_panel_comes_home_by_a_move_to_that_side(window):
    panel = chosen(window, "ladder")
    window.run_action("panel.float")
    settle()
    window.run_action("panel.move_left")
    settle()
    assert panel.window() is window
    assert place(window, panel).x() == min(place(window, p).x() for p in window.workspace.panels if p.isVisible())


def test_the_mode_shows_its_keys_and_its_panel_and_esc_leaves_it_without_a_cancel(window, desk):
    panel = chosen(window, "ladder")
    sent = len(desk.sent)
    begin(window)
    assert window.hint_strip.message == "Arranging  Ladder"
    assert [frame.parentWidget() for frame in frames(window)] == [area(window, panel)]
    named = window.hint_strip.accessibleName()
    assert all(words in named for words in ("Left, Right, Up, Down: Move", "Shift+Left", "Esc: Done", "W: Close"))
    then(window, Qt.Key.Key_Right)
    assert [frame.geometry() for frame in frames(window)] == [area(window, panel).rect()]
    then(window, Qt.Key.Key_Escape)
    assert (window.hint_strip.message, frames(window)) == ("", [])
    assert len(desk.sent) == sent
    before = place(window, panel)
    then(window, Qt.Key.Key_Left)
    assert place(window, panel) == before


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_leaves_the_mode_and_sends_nothing(window, desk, key):
    desk.actions.arm(True)
    chosen(window, "order_entry")
    sent = len(desk.sent)
    begin(window)
    then(window, key)
    assert (window.hint_strip.message, len(desk.sent)) == ("", sent)


def test_any_other_key_leaves_the_mode_and_means_what_it_means(window, desk):
    chosen(window, "ladder")
    begin(window)
    then(window, Qt.Key.Key_F12)
    assert desk.actions.is_armed
    assert frames(window) == []


def test_a_click_leaves_the_mode(window, qtbot):
    panel = chosen(window, "ladder")
    begin(window)
    qtbot.mouseClick(window.hint_strip, Qt.MouseButton.LeftButton)
    assert frames(window) == []
    before = place(window, panel)
    then(window, Qt.Key.Key_Right)
    assert place(window, panel) == before


def test_letters_arrange_also_where_they_could_be_typed(window):
    panel = chosen(window, "watchlist")
    field = next(one for one in panel.findChildren(QLineEdit) if one.isVisible())
    field.setFocus()
    begin(window)
    then(window, Qt.Key.Key_F)
    assert panel.window() is not window
    assert field.text() == ""
    then(window, Qt.Key.Key_Escape)
    field.setFocus()
    press(field, Qt.Key.Key_F, text="f")
    assert field.text() == "f"


def test_the_command_bar_begins_the_mode(window):
    panel = chosen(window, "ladder")
    assert "panel.arrange" in window._findable()
    before = area(window, panel).width()
    window.run_action("panel.arrange")
    then(window, (Qt.Key.Key_Right, SHIFT))
    assert area(window, panel).width() == before + 40


def test_a_panel_is_closed_from_the_mode_which_ends_with_it(window):
    panel = chosen(window, "fills")
    begin(window)
    then(window, Qt.Key.Key_W)
    assert panel not in window.workspace.panels
    assert (window.hint_strip.message, frames(window)) == ("", [])


def test_what_was_arranged_by_key_is_stored(window, desk, qtbot):
    panel = chosen(window, "ladder")
    begin(window)
    then(window, Qt.Key.Key_Right, (Qt.Key.Key_Left, SHIFT))
    state = json.loads(json.dumps(window.state()))
    again = make_window(busy_desk())
    qtbot.addWidget(again)
    assert again.restore(state)
    settle()
    other = next(p for p in again.workspace.panels if p.objectName() == "ladder")
    assert place(again, other) == place(window, panel)
    assert area(again, other).width() == area(window, panel).width()


def test_every_preset_has_the_keys_of_the_mode_without_a_conflict(window):
    book = window.context.keymap_book
    for preset in book.presets:
        book.choose(preset)
        assert book.keymap.conflicts == ()
        assert book.keymap.keys_of("panel.move_left") == "Ctrl+J Left"
        assert book.keymap.keys_of("panel.arranged") == "Ctrl+J Esc"


def test_with_one_monitor_there_is_no_other(window):
    chosen(window, "ladder")
    window.run_action("panel.monitor")
    assert window.hint_strip.message == "There is no other monitor"


@pytest.mark.parametrize(
    ("place", "found"),
    [
        (QRect(100, 200, 640, 320), QRect(2_020, 200, 640, 320)),
        (QRect(1_800, 1_000, 640, 320), QRect(2_560, 448, 640, 320)),  # kept within it
        (QRect(0, 0, 1_900, 1_000), QRect(1_920, 0, 1_280, 768)),  # no larger than it
        (QRect(-50, -50, 640, 320), QRect(1_920, 40, 640, 320)),  # its title can be seen
    ],
)
def test_a_window_is_carried_to_the_same_place_of_another_monitor(place, found):
    assert carried(place, QRect(0, 0, 1_920, 1_080), QRect(1_920, 0, 1_280, 768)) == found


MONITORS = """
import json, sys
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from tests.support.desk_feed import busy_desk
from tests.support.window import make_window
from tests.widgets.test_dock_moves import area, begin, chosen, settle, then
app = QApplication([])
from themes import fonts
window = make_window(busy_desk())
settle()
panel = chosen(window, "ladder")
width = area(window, panel).width()
begin(window)
seen = []
for _ in range(3):
    then(window, Qt.Key.Key_M)
    seen.append([panel.window() is window, panel.window().geometry().center().x() // 1_920])
print(json.dumps([seen, area(window, panel).width() == width]))
"""


def test_a_panel_goes_from_monitor_to_monitor_and_back_into_the_window(tmp_path):
    screens = [
        {
            "name": name,
            "x": x,
            "y": 0,
            "width": 1_920,
            "height": 1_080,
            "logicalDpi": 96,
            "logicalBaseDpi": 96,
            "dpr": 1,
        }
        for name, x in (("left", 0), ("middle", 1_920), ("right", 3_840))
    ]
    config = tmp_path / "screens.json"
    config.write_text(json.dumps({"screens": screens}), encoding="utf-8")
    played = subprocess.run(
        [sys.executable, "-c", MONITORS],
        cwd=ROOT,
        env={"QT_QPA_PLATFORM": f"offscreen:configfile={config}", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert played.returncode == 0, played.stderr
    assert json.loads(played.stdout) == [[[False, 1], [False, 2], [True, 0]], True]


def test_the_frame_lies_on_the_edge_alone(window):
    panel = chosen(window, "ladder")
    begin(window)
    (frame,) = frames(window)
    there = area(window, panel)
    assert frame.mask().contains(QPoint(0, there.height() // 2))
    assert not frame.mask().contains(there.rect().center())
