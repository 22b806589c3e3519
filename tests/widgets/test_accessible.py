"""Names, focus and reach: the real window and every panel, walked widget by widget."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QLineEdit, QScrollBar, QWidget
from shiboken6 import isValid

from hts.app.terminal import Terminal, TerminalOptions
from tests.support.desk_feed import ACCOUNT
from tests.support.desk_link import ScriptedLink, snapshot
from tests.support.windows import dispose
from tests.widgets.openings import OPENINGS
from tests.widgets.scene import day_scene
from widgets.panels import PANELS, make_panel
from widgets.spoken_rows import SpeaksRows
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
            f"{type(widget).__name__} in {type(widget.parentWidget()).__name__} {widget.objectName()}".strip()
            for widget in controls(root)
            if not widget.accessibleName()
        }
    )


def reached(root):
    """What Tab comes by, going round once from the first."""
    begin = at = root
    seen = []
    for _ in range(5_000):
        at = at.nextInFocusChain()
        seen.append(at)
        if at is begin:
            return seen
    raise AssertionError(f"the round of {root} does not close")


# What paints only frames and heads around controls that speak for themselves; everything else says what it shows.
FRAMES = {
    "AlgoFormPanel",  # the issue; what is wrong with a field is the field's description
    "AlgoFields",
    "OrderEntryPanel",
    "KeymapEditorPanel",
    "ChartBar",
    "AskBar",
    "Presets",
    "SwitchRow",
    "ActionRow",
}
SMALL = 4_000  # square pixels: less is a mark


def painters(root):
    """Widgets of ours that paint themselves, large enough to show figures."""
    for widget in (root, *root.findChildren(QWidget)):
        is_ours = any(
            "paintEvent" in cls.__dict__ and cls.__module__.startswith("widgets.") for cls in type(widget).__mro__
        )
        if is_ours and widget.isVisible() and widget.width() * widget.height() > SMALL:
            yield widget


def mute(root):
    """What paints figures and tells none: a list or a picture gives rows, a control or one figure has its name."""
    found = []
    for widget in painters(root):
        name = type(widget).__name__
        if isinstance(widget, SpeaksRows):
            rows = [widget.spoken_row(number) for number in range(min(widget.spoken_count(), 200))]
            found += [] if all(rows) and widget.accessibleName() else [name]
        elif name not in FRAMES and not widget.accessibleName():
            found.append(name)
    return found


PICTURES = {"algo_form", "basket_form", "depth_heatmap", "footprint", "order_xray", "order_entry", "ladder", "chart"}


@pytest.mark.parametrize("name", OPENINGS)
def test_every_control_has_a_name_and_is_reached_once_and_what_is_painted_is_told(qtbot, name):
    opened = OPENINGS[name](qtbot)
    opened.tick()
    shown = {
        widget
        for widget in controls(opened.root)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.isEnabled()
    }
    seen = reached(opened.root)
    assert unnamed(opened.root) == []
    assert shown - set(seen) == set()
    assert len(seen) == len(set(seen))
    assert mute(opened.root) == []
    if name in PICTURES:  # a name alone is not enough
        assert [one for one in painters(opened.root) if isinstance(one, SpeaksRows)]


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
