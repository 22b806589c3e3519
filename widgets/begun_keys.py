"""A sequence of keys that has begun: the foot tells what may follow, and its next key is the window's.

Whatever has the keyboard would take arrows and letters for itself, so as long as a sequence stands begun, every key
press comes here first. One that continues it goes to the window; any other ends it and means what it always means. So
does a click. After an action that arranges panels the sequence stands begun again, with a frame in the panel that is
arranged: a mode that Esc, Enter or any other key leaves.
"""

from typing import TYPE_CHECKING

import PySide6QtAds as ads  # noqa: N813  the library's usual short name
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRect, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from hts.desk.action_names import STAYS
from hts.desk.key_hints import rows
from hts.desk.keymap import Keymap
from widgets.keys import key_name
from widgets.login import LoginCover

if TYPE_CHECKING:
    from widgets.main_window import MainWindow

BEGUN = "{} …"
FRAME_W = 2


class BegunKeys(QObject):
    """`follow` after every key of the window; `end` whenever the sequence is to be forgotten."""

    def __init__(self, window: "MainWindow", keymap: Keymap) -> None:
        super().__init__(window)
        self._window, self._keymap = window, keymap
        self._frame: PanelFrame | None = None
        self._is_on = False

    def follow(self, action: str, before: str) -> None:
        """`action` was run, or none; `before`: the keys that had begun when its last key came."""
        if before and action in STAYS:
            self._keymap.resume(before)
        if self._keymap.begun:
            self._show()
        elif self._is_on:
            self.end()

    def begin(self, keys: str) -> None:
        """As if these had been pressed."""
        self._keymap.resume(keys)
        self._show()

    def end(self) -> None:
        """Nothing has begun any more."""
        self._keymap.forget()
        if self._is_on:
            self._is_on = False
            _app().removeEventFilter(self)
            self._window.hint_strip.follow((), "")
            self._unframe()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._take(event)
        if kind is QEvent.Type.MouseButtonPress:
            self.end()
        return False

    def _take(self, event: QKeyEvent) -> bool:
        name = key_name(event)
        if not name:
            return False  # a modifier alone
        is_armed = self._window.context.actions.is_armed
        if self._is_elsewhere() or not self._keymap.goes_on(name, armed=is_armed):
            self.end()
            return False
        return self._window.take_key(event)

    def _is_elsewhere(self) -> bool:
        """Whether the keyboard is in a dialog, a menu or the cover over a locked window."""
        if QApplication.activeModalWidget() is not None or QApplication.activePopupWidget() is not None:
            return True
        active = QApplication.activeWindow()
        is_ours = active in (None, self._window) or isinstance(active, ads.CFloatingDockContainer)
        cover = self._window.findChild(LoginCover)
        return not is_ours or (cover is not None and cover.isVisible())

    def _show(self) -> None:
        if not self._is_on:
            self._is_on = True
            _app().installEventFilter(self)
        context, begun = self._window.context, self._keymap.begun
        following = self._keymap.following(armed=context.actions.is_armed)
        arranges = any(action in STAYS for _, action in following)
        if arranges and self._window.focused not in self._window.workspace.panels:
            self._window.run_action("panel.next")  # nobody has chosen one yet
        panel = self._window.focused
        title = context.texts("hint.arranges", panel=panel.accessibleName()) if arranges and panel else ""
        self._window.hint_strip.follow(rows(following, context.texts), title or BEGUN.format(begun))
        self._unframe()
        part: QWidget | None = panel if arranges else None
        while part is not None and not isinstance(part, ads.CDockAreaWidget):
            part = part.parentWidget()
        if part is not None:
            self._frame = PanelFrame(context.tokens.text, part)

    def _unframe(self) -> None:
        frame, self._frame = self._frame, None
        if frame is not None and isValid(frame):  # it goes with the part that it lies over
            frame.hide()
            frame.deleteLater()


def _app() -> QCoreApplication:
    app = QCoreApplication.instance()
    assert app is not None
    return app


class PanelFrame(QWidget):
    """A line along the inner edge of a dock area, over everything in it, without mouse events."""

    def __init__(self, color: QColor, parent: QWidget) -> None:
        super().__init__(parent)
        self._color = color
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        parent.installEventFilter(self)
        self._lie(parent.rect())
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of what it frames."""
        if event.type() is QEvent.Type.Resize and isinstance(watched, QWidget):
            self._lie(watched.rect())
        return False

    def _lie(self, place: QRect) -> None:
        self.setGeometry(place)
        self.setMask(QRegion(place) - QRegion(place.adjusted(FRAME_W, FRAME_W, -FRAME_W, -FRAME_W)))
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), self._color)
