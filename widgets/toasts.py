"""The cards of hts.desk.toasts over the window: no focus, no cover over panels that can send.

The stack is a child of the window without focus, in a place that hts.desk.toasts_place finds. Where no place is free
only the newest card is tried, and then none: the list and the sound still tell.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QEnterEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hts.desk.figures import clock_text
from hts.desk.toasts import Toast, ToastKind, Toasts
from hts.desk.toasts_place import Rect, place_for
from themes import metrics
from themes.tokens import Tokens
from widgets.painting import Brush, TextCache
from widgets.paragraph import lines_of

WIDTH = 392
GAP = 6
PAD = 12
LINE = 17
LINES_MAX = 3  # of title and of detail; the list has the whole text
TIME_W, COUNT_W = 60, 32
CLOSE_W = 24
MARGIN = 10
TOP = metrics.TOP_BAR + metrics.STATUS_STRIP + MARGIN
BOTTOM = metrics.HINT_STRIP + MARGIN


class ToastCard(QWidget):
    """One card. clicked(number); closed(number); entered(number)."""

    clicked = Signal(int)
    closed = Signal(int)
    entered = Signal(int)

    def __init__(self, toast: Toast, tokens: Tokens, cache: TextCache, close_name: str) -> None:
        super().__init__()
        self.toast = toast
        self._tokens, self._cache = tokens, cache
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip(close_name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedWidth(WIDTH)
        self.show_toast(toast)

    def show_toast(self, toast: Toast) -> None:
        """The same card with a higher count."""
        self.toast = toast
        news = toast.news
        beside = (TIME_W if news.trade_ns else 0) + (COUNT_W if toast.count > 1 else 0) + CLOSE_W
        self._title = self._cut(news.title, "title", WIDTH - 2 * PAD - beside)
        self._detail = self._cut(news.detail, "secondary", WIDTH - 2 * PAD - 8) if news.detail else []
        self.setFixedHeight(2 * 9 + LINE * (len(self._title) + len(self._detail)))
        self.setAccessibleName(news.title)
        self.setAccessibleDescription(news.detail)
        self.update()

    def _cut(self, text: str, role: str, width: int) -> list[str]:
        lines = lines_of(self._cache, role, text, width)
        if len(lines) <= LINES_MAX:
            return lines
        rest = " ".join(lines[LINES_MAX - 1 :])
        return [*lines[: LINES_MAX - 1], self._cache.elided(role, rest, width)]

    def _accent(self) -> QColor:
        tokens, news = self._tokens, self.toast.news
        if news.tone:
            return tokens.buy if news.tone > 0 else tokens.sell
        if news.is_good:
            return tokens.healthy
        if news.is_critical:
            return tokens.danger
        return tokens.own if news.kind is ToastKind.ALERT else tokens.attention

    def mousePressEvent(self, event: QMouseEvent) -> None:
        is_close = event.position().x() > WIDTH - CLOSE_W or event.button() is not Qt.MouseButton.LeftButton
        (self.closed if is_close else self.clicked).emit(self.toast.number)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.entered.emit(self.toast.number)

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), self._cache)
        tokens, news, height = self._tokens, self.toast.news, self.height()
        brush.fill(0, 0, WIDTH, height, tokens.header)
        brush.frame(0, 0, WIDTH, height, tokens.edge)
        brush.fill(0, 0, 3, height, self._accent())
        base = metrics.baseline(9, LINE)
        brush.cross(WIDTH - CLOSE_W + 8, base - 4, tokens.text2)
        right = WIDTH - CLOSE_W - 2
        if news.trade_ns:
            right = round(brush.right(right, base, clock_text(news.trade_ns), "secondary", tokens.text2)) - 8
        if self.toast.count > 1:
            brush.right(right, base, f"×{self.toast.count}", "cap_strong", tokens.own)
        for number, line in enumerate(self._title):
            brush.left(PAD + 2, base + number * LINE, line, "title", tokens.text)
        for number, line in enumerate(self._detail, len(self._title)):
            brush.left(PAD + 2, base + number * LINE, line, "secondary", tokens.text2)


class ToastStack(QWidget):
    """opened(number): a card was clicked.   `show_toasts` once per frame."""

    opened = Signal(int)

    def __init__(
        self, toasts: Toasts, tokens: Tokens, close_name: str, forbidden: Callable[[], list[Rect]], parent: QWidget
    ) -> None:
        """`forbidden`: rectangles of the parent that must stay free."""
        super().__init__(parent)
        self._toasts, self._tokens, self._close_name, self._forbidden = toasts, tokens, close_name, forbidden
        self._window, self._cache = parent, TextCache()
        self._version = -1
        self._held = 0
        self.cards: dict[int, ToastCard] = {}
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)
        self.hide()

    def show_toasts(self, now_ns: int) -> None:
        """Follow the cards that are shown; the one under the pointer stays."""
        if self._held in self.cards and self.cards[self._held].underMouse():
            self._toasts.hold(self._held, now_ns)
        self._toasts.expire(now_ns)
        if self._version == self._toasts.version:
            return
        self._version = self._toasts.version
        wanted = {toast.number: toast for toast in self._toasts.shown}
        for number in [number for number in self.cards if number not in wanted]:
            card = self.cards.pop(number)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        for toast in self._toasts.shown:
            self._show_card(toast)
        self.place()

    def _show_card(self, toast: Toast) -> None:
        card = self.cards.get(toast.number)
        if card is None:
            card = self.cards[toast.number] = ToastCard(toast, self._tokens, self._cache, self._close_name)
            card.clicked.connect(self.opened.emit)
            card.closed.connect(self._toasts.dismiss)
            card.entered.connect(self._hold)
            self._column.addWidget(card)
            self._announce(card)
        elif card.toast != toast:
            card.show_toast(toast)

    def _announce(self, card: ToastCard) -> None:
        """A screen reader says a card without the keyboard moving to it."""
        QAccessible.updateAccessibility(QAccessibleEvent(card, QAccessible.Event.Alert))

    def _hold(self, number: int) -> None:
        self._held = number

    def place(self) -> None:
        """Stand where nothing is covered that sends; fewer cards where there is no room for all."""
        window = self._window
        room = (MARGIN, TOP, window.width() - 2 * MARGIN, window.height() - TOP - BOTTOM)
        forbidden = self._forbidden()
        cards = [self.cards[toast.number] for toast in self._toasts.shown if toast.number in self.cards]
        for first in range(len(cards) + 1):
            left = cards[first:]
            height = sum(card.height() + GAP for card in left) - GAP
            at = place_for(WIDTH, height, room, forbidden) if left else None
            if at is not None:
                for index, card in enumerate(cards):
                    card.setVisible(index >= first)
                self.setGeometry(*at, WIDTH, height)
                self.show()
                self.raise_()
                return
        self.hide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.update()
