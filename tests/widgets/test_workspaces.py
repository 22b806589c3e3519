import gc
import weakref
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.app.desk_files import DeskFiles
from hts.desk.keymap import Keymap
from hts.desk.texts import LANGUAGES
from tests.support.desk_feed import busy_desk
from tests.support.panels import panel_context
from tests.support.window import frame, make_window, press
from widgets.docking import seen_place
from widgets.frame_clock import FrameClock
from widgets.ladder import LadderPanel
from widgets.main_window import MainWindow
from widgets.panels import PANELS
from widgets.workspaces import WORKSPACES


def one_more(window, name):
    """Where one is seen the first time goes to it, and from there another opens."""
    for _ in range(2):
        window.run_action(f"panel.{name}")


def test_a_screen_number_goes_to_the_ladder_that_is_seen_and_then_opens_another_in_the_next_group(window, desk):
    ladders = [panel for panel in window.workspace.panels if isinstance(panel, LadderPanel)]
    window.run_action("panel.ladder")
    assert [panel for panel in window.workspace.panels if isinstance(panel, LadderPanel)] == ladders
    assert (window.focused, window.group) == (ladders[0], 1)
    window.run_action("panel.ladder")
    more = [panel for panel in window.workspace.panels if isinstance(panel, LadderPanel) and panel not in ladders]
    assert [panel.group for panel in more] == [2]
    assert window.focused is more[0]
    assert window.group == 2


def test_a_panel_behind_others_comes_to_the_front(window):
    one_more(window, "ladder")
    count, widgets = len(window.workspace.panels), window.workspace._widgets
    assert [widgets[key].isCurrentTab() for key in ("ladder.1", "ladder.2")] == [False, True]
    window.run_action("panel.orders")
    window.run_action("panel.ladder")  # the one that is seen
    window.run_action("panel.ladder")  # from there: the one behind it
    assert [widgets[key].isCurrentTab() for key in ("ladder.1", "ladder.2")] == [True, False]
    assert len(window.workspace.panels) == count


def test_panels_are_closed_linked_and_torn_off_by_key(window, desk):
    control = Qt.KeyboardModifier.ControlModifier
    one_more(window, "ladder")
    panel = window.focused
    press(window, Qt.Key.Key_G, control)
    assert (panel.group, window.group) == (3, 3)
    press(window, Qt.Key.Key_D, control)
    assert window.workspace._widgets["ladder.2"].isFloating()
    press(panel.window(), Qt.Key.Key_D, control)
    assert not window.workspace._widgets["ladder.2"].isFloating()
    press(window, Qt.Key.Key_W, control)
    assert panel not in window.workspace.panels
    frame(window, desk)


def test_added_and_closed_panels_come_back_as_they_were(window, desk, qtbot):
    one_more(window, "ladder")
    window.run_action("panel.group")
    window.workspace.close_panel(next(p for p in window.workspace.panels if p.objectName() == "fills"))
    stored = window.state()
    again = MainWindow(panel_context(desk, "ja"), Keymap({}), busy_desk().commands, lambda: desk.now_ns)
    qtbot.addWidget(again)
    again.make_later_panels()
    assert again.restore(stored)

    def shown(of):
        return sorted((panel.objectName(), panel.group) for panel in of.workspace.panels)

    assert shown(again) == shown(window)
    again.run_action("workspace.reset")
    window.run_action("workspace.reset")
    assert shown(again) == shown(window)
    assert ("fills", 1) in shown(again)
    assert ("ladder", 3) not in shown(again)


@pytest.mark.parametrize("panels", [[], [["gone.1", 1]], [["ladder.1", 9]], [["ladder", 1]], 7, [[1]], ["ladder.1"]])
def test_damaged_panels_of_a_layout_leave_the_default(window, desk, panels):
    before = [panel.objectName() for panel in window.panels]
    stored = window.state()["layouts"]["day"]
    assert not window.restore({"layouts": {"day": {**stored, "panels": panels}}})
    assert sorted(panel.objectName() for panel in window.panels) == sorted(before)


def test_a_title_is_typed_and_enter_is_no_order(window, desk):
    window.run_action("workspace.new")
    tabs = window.top_bar._tabs
    desk.actions.arm(on=True)
    for key, title in ((Qt.Key.Key_Escape, "Workspace 1"), (Qt.Key.Key_Return, "7")):
        tabs.rename()
        QTest.keyClicks(tabs.field, "7")
        QTest.keyClick(tabs.field, key)
        assert [entry.title for entry in window.workspaces.list.entries if entry.is_own] == [title]
        assert not tabs.field.isVisible()
    assert desk.sent == []


def test_workspaces_of_ones_own(window, desk):
    for action in ("workspace.new", "workspace.duplicate"):
        window.run_action(action)
    window.top_bar.renamed.emit("own-2", "Open")
    entries = window.workspaces.list.entries
    assert [(entry.name, entry.base, entry.title) for entry in entries if entry.is_own] == [
        ("own-1", "day", "Workspace 1"),
        ("own-2", "day", "Open"),
    ]
    assert window.workspace.name == "own-2"
    window.run_action("workspace.delete")
    assert window.hint_strip.message == "Delete Open: press again within 3 seconds"
    window.run_action("workspace.delete")
    assert window.workspace.name == "day"
    assert [entry.name for entry in window.workspaces.list.entries if entry.is_own] == ["own-1"]
    window.run_action("workspace.delete")
    assert window.hint_strip.message == "A shipped workspace cannot be renamed or deleted. Duplicate it first"
    frame(window, desk)


def test_own_workspaces_come_back(window, desk, qtbot):
    window.run_action("workspace.new")
    stored = window.state()
    again = MainWindow(panel_context(desk, "en"), Keymap({}), busy_desk().commands, lambda: desk.now_ns)
    qtbot.addWidget(again)
    assert again.restore(stored)
    assert (again.workspace.name, again.workspaces.list.entries) == ("own-1", window.workspaces.list.entries)


@pytest.mark.parametrize(
    ("place", "seen"),
    [
        ((100, 100, 800, 600), (100, 100, 800, 600)),
        ((5_000, 100, 800, 600), (560, 240, 800, 600)),  # its monitor is gone
        ((-790, 100, 800, 600), (560, 240, 800, 600)),  # ten pixels of its head are no grip
        ((100, -700, 4_000, 600), (0, 240, 1_920, 600)),
    ],
)
def test_windows_come_back_to_a_monitor_that_is_there(place, seen):
    assert seen_place(QRect(*place), [QRect(0, 0, 1_920, 1_080)]) == QRect(*seen)
    assert seen_place(QRect(*place), []) == QRect(*place)


def test_a_torn_off_panel_off_all_screens_is_brought_home(window):
    dock = window.workspace._widgets["orders.1"]
    dock.setFloating()
    dock.floatingDockContainer().setGeometry(9_000, 9_000, 500, 300)
    window.workspaces.bring_home()
    rooms = [screen.availableGeometry() for screen in QApplication.screens()]
    assert any(room.contains(dock.floatingDockContainer().geometry().center()) for room in rooms)


def test_a_monitor_that_disappears_takes_no_window_with_it(window, desk):
    """By Qt's own signal: the window, a panel torn off and one torn off of a workspace that is not open come back."""
    places = {}
    for workspace, name in (("scalper", "ladder.1"), ("day", "orders.1")):
        window.open_workspace(workspace)
        dock = places[name] = window.workspace._widgets[name]
        dock.setFloating()
        dock.floatingDockContainer().setGeometry(9_000, 9_000, 500, 300)
    window.setGeometry(9_000, -4_000, 1_200, 700)
    sent = list(desk.sent)
    QApplication.instance().screenRemoved.emit(QApplication.primaryScreen())
    QApplication.processEvents()
    rooms = [screen.availableGeometry() for screen in QApplication.screens()]
    for place in (window.geometry(), *(dock.floatingDockContainer().geometry() for dock in places.values())):
        assert any(room.contains(place.topLeft()) for room in rooms), place
    press(window, Qt.Key.Key_F12)
    frame(window, desk)
    assert (window.workspace.name, desk.actions.is_armed, desk.sent) == ("day", True, sent)


def test_a_torn_off_window_that_is_closed_by_its_own_button_takes_its_panel_along(window, desk, qtbot):
    """Hidden docks would be stored, would work on unseen, and nothing would bring them back."""
    ladder = next(panel for panel in window.workspace.panels if isinstance(panel, LadderPanel))
    window.focus(ladder)
    window.run_action("panel.float")
    window.workspace._widgets["ladder.1"].floatingDockContainer().close()
    qtbot.waitUntil(lambda: "ladder.1" not in window.workspace._widgets)
    assert not [panel for panel in window.workspace.panels if isinstance(panel, LadderPanel)]
    window.run_action("panel.ladder")
    (again,) = [panel for panel in window.workspace.panels if isinstance(panel, LadderPanel)]
    assert (again.isVisible(), again.window() is window) == (True, True)
    frame(window, desk)
    other = make_window(busy_desk())
    qtbot.addWidget(other)
    assert other.restore(window.state())
    assert all(not dock.isClosed() for dock in other.workspace._widgets.values())


def test_recent_choices_are_offered_and_kept(window, desk):
    box = window.command_box
    box.open_with("000660")
    press(box, Qt.Key.Key_Return)
    box.open()
    assert box.list.choice.symbol == "000660"
    assert window.state()["recent"] == ["=000660"]


def test_panels_that_the_trader_opened_come_back_where_they_stood(window, desk, qtbot):
    """Beside the shipped ones, as a tab in front and in a window of its own; and they can be brought to the front."""
    window.run_action("panel.basket_form")
    window.run_action("panel.log")
    window.workspace._widgets["log.1"].setFloating()
    beside = {dock.objectName() for dock in window.workspace._widgets["basket_form.1"].dockAreaWidget().dockWidgets()}
    stored = window.state()
    again = MainWindow(panel_context(desk, "en"), Keymap({}), busy_desk().commands, lambda: desk.now_ns)
    qtbot.addWidget(again)
    again.show()
    assert again.restore(stored)
    docks = again.workspace._widgets
    found = {dock.objectName() for dock in docks["basket_form.1"].dockAreaWidget().dockWidgets()}
    assert (found, docks["log.1"].isFloating()) == (beside, True)
    assert docks["basket_form.1"].widget().isVisible()
    docks[min(beside - {"basket_form.1"})].setAsCurrentTab()
    count = len(docks)
    again.run_action("panel.basket_form")
    assert (docks["basket_form.1"].widget().isVisible(), len(docks)) == (True, count)


def test_a_torn_off_panel_comes_back_as_a_window(window, desk, qtbot):
    dock = window.workspace._widgets["orders.1"]
    dock.setFloating()
    dock.floatingDockContainer().setGeometry(300, 200, 640, 320)
    stored = window.state()
    again = MainWindow(panel_context(desk, "en"), Keymap({}), busy_desk().commands, lambda: desk.now_ns)
    qtbot.addWidget(again)
    assert again.restore(stored)
    torn = again.workspace._widgets["orders.1"]
    assert torn.isFloating()
    assert torn.floatingDockContainer().size().toTuple() == (640, 320)


def test_nothing_can_send_in_the_monitor_workspace(window):
    window.open_workspace("monitor")
    assert [panel.objectName() for panel in window.workspace.panels if panel.can_send] == []


def test_a_chart_that_is_made_after_the_layout_was_read_has_its_settings(window, desk, qtbot):
    window.make_later_panels()
    chart = next(panel for panel in window.workspace.panels if panel.objectName() == "chart")
    chart.set_timeframe(600)
    stored = window.state()
    again = make_window(busy_desk())
    qtbot.addWidget(again)
    again.restore(stored)
    unmade = again.state()
    again.make_later_panels()
    charts = [panel for panel in again.workspace.panels if panel.objectName() == "chart"]
    assert [chart.settings.timeframe_s for chart in charts] == [600]
    own = unmade["layouts"]["day"]["own"]  # of a window that was closed before its chart was made
    assert [table["timeframe_s"] for key, table in own.items() if key.startswith("chart")] == [600]


def test_panels_that_were_shown_and_closed_are_gone_for_good(window, desk, qtbot):
    """A day of opening and closing them leaves nothing in memory."""
    clock = FrameClock(desk.frame, lambda: window.panels, lambda *_: None, lambda: desk.now_ns)
    left = {}
    for name in PANELS:
        panel = window.workspace.open_panel(name, 3, floats=True)
        assert panel is not None
        clock.tick()
        assert not panel.is_dirty
        left[name] = weakref.ref(panel)
        window.workspace.close_panel(panel)
    del panel
    qtbot.waitUntil(lambda: gc.collect() >= 0 and all(ref() is None for ref in left.values()), timeout=5_000)


def test_a_damaged_workspace_that_is_opened_later_is_kept_beside_and_said(qtbot, desk, tmp_path):
    context = replace(panel_context(desk), files=DeskFiles(tmp_path))
    window = MainWindow(context, context.keymap_book.keymap, desk.commands, lambda: desk.now_ns)
    qtbot.addWidget(window)
    window.restore({"layouts": {"monitor": {"docks": "!", "panels": []}}})
    window.open_workspace("monitor")
    assert "layout-monitor.damaged" in window.hint_strip.message
    kept = (tmp_path / "layout-monitor.damaged").read_text(encoding="utf-8")
    assert kept == '{"docks": "!", "panels": []}'
    assert {panel.objectName() for panel in window.workspace.panels}  # the default stands


def ancestors(widget, window):
    """What a widget stands in, up to the window."""
    while widget is not window:
        widget = widget.parentWidget()
        yield widget


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_workspace_fits_a_full_hd_screen_at_150_percent(qtbot, desk, language):
    """1280 x 720: the window does not grow over the screen, and what sends is whole."""
    window = make_window(desk, language)
    qtbot.addWidget(window)
    for name in WORKSPACES:
        window.open_workspace(name)
        window.workspace.make_later_panels()
        frame(window, desk)
        window.resize(1280, 720)
        QApplication.processEvents()
        assert (name, window.width(), window.height()) == (name, 1280, 720)
        cut = [
            (name, panel.objectName(), type(above).__name__)
            for panel in window.workspace.panels
            if panel.isVisible() and (panel.can_send or panel.keeps_width)
            for above in ancestors(panel, window)
            if not 0 <= panel.mapTo(above, QPoint()).x() <= above.width() - panel.width()
        ]
        assert cut == []
    window.close()
