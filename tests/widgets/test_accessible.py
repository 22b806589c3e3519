"""Names, focus and reach: the real window and every panel, walked widget by widget."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QLineEdit, QScrollBar, QWidget
from shiboken6 import isValid

from hts.app.terminal import Terminal, TerminalOptions
from tests.support.desk_feed import ACCOUNT
from tests.support.desk_link import ScriptedLink, snapshot
from tests.support.windows import dispose
from tests.widgets.scene import day_scene
from widgets.panels import PANELS, make_panel
from widgets.workspaces import WORKSPACES

NOT_OURS = ("ads::", "QLineEditIconButton", "qt_")  # the docking library's own buttons are not shown


def controls(root):
    """Whatever takes the keyboard or a click, without the inner parts of Qt's own widgets."""
    for widget in [one for one in root.findChildren(QWidget) if isValid(one)]:
        name = widget.metaObject().className()
        above = widget.parentWidget()
        is_inner = isinstance(above, QAbstractScrollArea) and above.viewport() is widget
        is_library = above is not None and above.metaObject().className().startswith(NOT_OURS)
        if isinstance(widget, QScrollBar) or is_inner or is_library or name.startswith(NOT_OURS):
            continue
        takes_keys = widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        if takes_keys or isinstance(widget, QAbstractButton | QLineEdit):
            yield widget


def unnamed(root):
    return sorted(
        {
            f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}"
            for widget in controls(root)
            if not widget.accessibleName()
        }
    )


@pytest.mark.parametrize("name", PANELS)
def test_every_control_of_a_panel_has_a_name(qtbot, name):
    scene = day_scene()
    panel = make_panel(name, scene.context)
    qtbot.addWidget(panel)
    panel.resize(900, 640)
    panel.show()
    scene.frame(panel)
    assert unnamed(panel) == []


@pytest.fixture
def window(qtbot, tmp_path):
    link = ScriptedLink()
    link.say(*snapshot())
    terminal = Terminal(tmp_path, ACCOUNT, link, TerminalOptions(language="en"))
    terminal.show()
    qtbot.waitUntil(lambda: terminal.frame_clock.refreshes > 4, timeout=5_000)
    terminal.window.make_later_panels()
    terminal.window.catch_up = terminal.frame_clock.catch_up
    yield terminal.window
    dispose(terminal.window)


def test_every_control_of_the_window_has_a_name_in_every_workspace(window):
    for workspace in WORKSPACES:
        window.open_workspace(workspace)
        window.catch_up()
        assert (workspace, unnamed(window)) == (workspace, [])


def test_tab_reaches_every_control_that_is_shown_and_comes_round(window):
    shown = {
        widget
        for widget in controls(window)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.isEnabled()
    }
    seen, at = set(), window.command_box
    for _ in range(5_000):
        at = at.nextInFocusChain()
        seen.add(at)
        if at is window.command_box:
            break
    assert at is window.command_box
    assert shown - seen == set()


def test_the_keyboard_is_seen_where_it_is(qtbot):
    """A control with the keyboard looks different from one without."""
    scene = day_scene()
    plain = []
    for name in PANELS:
        panel = make_panel(name, scene.context)
        panel.resize(900, 640)
        panel.show()
        panel.activateWindow()
        scene.frame(panel)
        for widget in list(controls(panel)):
            is_control = isValid(widget) and isinstance(widget, QAbstractButton | QLineEdit)
            if not is_control or not widget.isVisible() or not widget.isEnabled():
                continue
            if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus or widget.width() < 4:
                continue
            widget.clearFocus()
            before = widget.grab().toImage()
            widget.setFocus()
            qtbot.waitUntil(widget.hasFocus, timeout=2_000)
            if widget.grab().toImage() == before:
                plain.append(f"{name}: {type(widget).__name__} {widget.accessibleName()}")
        dispose(panel)
    assert plain == []
