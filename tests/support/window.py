"""The real main window over the scripted desk: frames and key events for it."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from hts.desk.keymap import Keymap
from tests.support.desk_feed import NOW_NS, Desk
from tests.support.panels import panel_context
from widgets.main_window import MainWindow


def make_window(desk: Desk, language: str = "en", keys: Keymap | None = None, *, theme: str = "dark") -> MainWindow:
    """A window that has shown its first frame."""
    context = panel_context(desk, language, theme)
    made = MainWindow(context, keys or context.keymap_book.keymap, desk.commands, lambda: desk.now_ns)
    made.resize(1920, 1080)
    made.show()
    frame(made, desk)
    return made


def frame(window: MainWindow, desk: Desk, *, link_is_up: bool = True) -> None:
    """One frame tick."""
    brought = desk.frame()
    refreshed = False
    for panel in window.panels:
        panel.on_frame(brought)
        refreshed = panel.refresh_whole(desk.now_ns) or refreshed
    window.after_frame(brought, refreshed, link_is_up=link_is_up, trade_ns=NOW_NS)


def press(
    widget: QWidget,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    text: str = "",
    *,
    repeat: bool = False,
) -> None:
    """A key event, given to the widget and nobody before it."""
    event = QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text, repeat)
    QApplication.sendEvent(widget, event)
