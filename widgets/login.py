"""The cover over the window: login screen, lock screen, the question for a touch.

A covered window shows nothing of the account: the cover is opaque, fills the window, keeps the keyboard, and windows
that were torn off are hidden until it goes. The question for a touch is a veil that can be seen through.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget

from hts.desk.login import NS, LoginPort, LoginState
from themes.tokens import Tokens
from widgets.controls import TEXTS
from widgets.login_card import GAP, Card
from widgets.painting import Brush, faded
from widgets.panel import PanelContext

CARD_W = 420
MARGIN = 28
VEIL = 170  # of 255
MARK_H = 44
_KEYS = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride})


class LoginCover(QWidget):
    """Child of the window it covers; `refresh` is called once per frame."""

    def __init__(self, context: PanelContext, state: LoginState, port: LoginPort, window: QMainWindow) -> None:
        super().__init__(window)
        self._tokens: Tokens = context.tokens
        self._texts = context.texts
        self._state = state
        self._window = window
        self._port = port
        self._seen = -1
        self._page: tuple[object, ...] = ()
        self._hidden: list[QWidget] = []
        self._card_box: QWidget | None = None
        self._card = Card(context.tokens, context.texts, state, port)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(context.texts("login.title"))
        self.hide()
        window.installEventFilter(self)

    def refresh(self, now_ns: int) -> None:
        """Show what the state asks for."""
        state = self._state
        if state.version != self._seen:
            self._seen = state.version
            self._follow()
        if self.isVisible():
            self._say(now_ns)
            self._keep_others_hidden()

    def _follow(self) -> None:
        state = self._state
        if not state.is_veiled:
            self._go()
            return
        self.setGeometry(self._window.rect())
        page = (
            state.stage,
            state.asked,
            state.question,
            state.qr,
            state.codes,
            state.key_work,
            state.user,
            state.is_paper_lock,
        )
        if page != self._page or not self.isVisible():
            self._page = page
            self._card.asks_recovery = False
            self._build()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, state.is_covered)
        self._place()
        self.show()
        self.raise_()
        self._keep_others_hidden()
        if not self.isAncestorOf(self._window.focusWidget() or self._window):
            self._take_keyboard()
        self.update()

    def _take_keyboard(self) -> None:
        (self._card.first or self).setFocus()

    def _build(self) -> None:
        if self._card_box is not None:
            self._card_box.hide()
            self._card_box.deleteLater()
        self._card_box = QWidget(self)
        box = QVBoxLayout(self._card_box)
        box.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        box.setSpacing(GAP)
        self._card.message = None
        self._card.fill(box, self._build)
        self._place()
        self._card_box.show()
        self._take_keyboard()
        self.update()

    def _place(self) -> None:
        if self._card_box is not None:
            self._card_box.setFixedWidth(CARD_W)
            self._card_box.adjustSize()
            height = self._card_box.sizeHint().height()
            self._card_box.setGeometry((self.width() - CARD_W) // 2, (self.height() - height) // 2, CARD_W, height)

    def _say(self, now_ns: int) -> None:
        line, state = self._card.message, self._state
        if line is None:
            return
        text = self._texts(state.message) if state.message else ""
        wait_s = -(-(state.wait_until_ns - now_ns) // NS)
        if wait_s > 0:
            text = f"{text} {self._texts('login.wait', count=wait_s)}".strip()
        if text != line.text():
            line.setText(text)
            self._place()

    def _go(self) -> None:
        if self.isVisible():
            self.hide()
            for window in self._hidden:
                window.show()
            self._hidden = []
            self._window.setFocus()
        self._page = ()

    def _keep_others_hidden(self) -> None:
        """Torn-off panels and open dialogs would show what the cover hides."""
        if not self._state.is_covered:
            return
        if self._window.children()[-1] is not self:
            self.raise_()  # what came up meanwhile, a message of the day, goes below
        for window in QApplication.topLevelWidgets():
            if window is not self._window and window.isVisible() and window.parentWidget() is not self:
                window.hide()
                self._hidden.append(window)

    # -- Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self._window or not self._state.is_veiled:
            return False
        if event.type() is QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
            self._place()
        if event.type() in _KEYS:
            self._take_keyboard()  # whatever had it, it is not for the window behind
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """No key of the trader's passes; Escape leaves a question."""
        if event.key() == Qt.Key.Key_Escape and not self._state.is_covered:
            question = self._state.question
            if question is not None:
                self._port.put_off(question.proposal_id)
            else:
                self._port.decline()
        event.accept()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def focusNextPrevChild(self, next_one: bool) -> bool:
        """The keyboard stays on the card."""
        if self._card_box is None:
            return True
        stops = [
            one
            for one in self._card_box.findChildren(QWidget)
            if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible() and one.isEnabled()
        ]
        if stops:
            now = QApplication.focusWidget()
            at = stops.index(now) if now in stops else -1
            stops[(at + (1 if next_one else -1)) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), TEXTS)
        tokens = self._tokens
        ground = tokens.gutter if self._state.is_covered else faded(tokens.gutter, VEIL)
        brush.fill(0, 0, self.width(), self.height(), ground)
        if self._card_box is None:
            return
        card = self._card_box.geometry()
        brush.fill(card.x(), card.y(), card.width(), card.height(), tokens.panel)
        brush.frame(card.x(), card.y(), card.width(), card.height(), tokens.line2)
        if self._state.is_covered:
            brush.left(card.x(), card.y() - MARK_H // 2, self._texts("login.brand"), "name", tokens.text2)


class HandWatch(QObject):
    """Tells when a hand moves: for the lock on idle. Installed on the application."""

    _HANDS = frozenset(
        {QEvent.Type.KeyPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel}
    )  # fmt: skip

    def __init__(self, on_hand: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._on_hand = on_hand

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in self._HANDS:
            self._on_hand()
        return False
