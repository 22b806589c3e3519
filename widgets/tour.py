"""The tour's card and the frame round what it speaks of.

The card has the keyboard while it is open: Enter and Right go on, Left goes back, Esc ends it. Every other key goes on
to the window, so a trader who knows the keys may trade at once.
"""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hts.desk.toasts_place import place_for
from hts.desk.tour import STEPS, Tour
from themes import metrics
from widgets.controls import TEXTS, Button
from widgets.painting import Brush
from widgets.panel import PanelContext
from widgets.paragraph import lines_of

WIDTH = 400
MARGIN = 16
LINE = 18
FRAME = 3
NEAR = 12
BELOW = metrics.TOP_BAR + metrics.STATUS_STRIP + 8  # a card about the top line leaves the status strip free


class TourFrame(QWidget):
    """An outline that takes no mouse and no keyboard."""

    def __init__(self, color: QColor, parent: QWidget) -> None:
        super().__init__(parent)
        self._color = color
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_round(self, rect: QRect) -> None:
        """Stand round a rectangle of the parent."""
        outer = rect.adjusted(-FRAME, -FRAME, FRAME, FRAME)
        self.setGeometry(outer)
        whole = QRegion(0, 0, outer.width(), outer.height())
        self.setMask(whole - QRegion(FRAME, FRAME, rect.width(), rect.height()))
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), self._color)


class TourCard(QWidget):
    """over(): it was finished or skipped."""

    over = Signal()

    def __init__(self, context: PanelContext, target: Callable[[str], QRect], parent: QWidget) -> None:
        """`target`: where in the parent that stands which a step speaks of."""
        super().__init__(parent)
        self._context, self._target, self._window = context, target, parent
        self.tour = Tour()
        self.frame = TourFrame(context.tokens.own, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFixedWidth(WIDTH)
        tokens, texts = context.tokens, context.texts
        row = QHBoxLayout()
        row.setSpacing(metrics.FORM_GAP)
        self.buttons: dict[str, Button] = {}
        for key, cap, act in (
            ("skip", "Esc", self.skip),
            ("back", "←", lambda: self.go(-1)),
            ("next", "Enter", lambda: self.go(1)),
        ):
            button = Button(tokens, texts(f"tour.{key}"), height=metrics.BUTTON_ACTION, cap=cap)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _=False, act=act: act())
            self.buttons[key] = button
            row.addWidget(button)
        box = QVBoxLayout(self)
        box.addStretch(1)
        box.addLayout(row)
        box.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)

    def open(self) -> None:
        """Begin at the first step."""
        self._show_step()
        self.show()
        self.raise_()
        self.setFocus()

    def go(self, by: int) -> None:
        """The next step or the one before."""
        self.tour.go(by)
        self._show_step()

    def skip(self) -> None:
        """End it."""
        self.tour.skip()
        self._show_step()

    def _show_step(self) -> None:
        step = self.tour.step
        if step is None:
            self.frame.hide()
            self.hide()
            self.over.emit()
            return
        texts = self._context.texts
        title, why = texts(f"tour.{step}"), self._words(step)
        self._title = texts("tour.step", number=self.tour.number, all=len(STEPS), title=title)
        self._lines = lines_of(TEXTS, "body", why, WIDTH - 2 * MARGIN)
        self.setAccessibleName(self._title)
        self.setAccessibleDescription(why)
        self.buttons["back"].setEnabled(self.tour.number > 1)
        last = self.tour.number == len(STEPS)
        self.buttons["next"].show_as(texts("tour.done" if last else "tour.next"), "plain", "Enter")
        self.setFixedHeight(2 * MARGIN + 30 + LINE * len(self._lines) + 8 + metrics.BUTTON_ACTION)
        self.place()
        self.update()

    def _words(self, step: str) -> str:
        """The keys in a sentence are those of the trader's keymap."""
        keys = {name: self._context.keys(action) for name, action in _KEYS.items()}
        return self._context.texts(f"tour.{step}_why", **keys)

    def place(self) -> None:
        """Stand beside what the step speaks of, never over it."""
        step = self.tour.step
        if step is None:
            return
        around = self._target(step)
        self.frame.show_round(around)
        room = (NEAR, NEAR, self._window.width() - 2 * NEAR, self._window.height() - 2 * NEAR)
        near = around.adjusted(-NEAR, -NEAR, NEAR, NEAR)
        forbidden = [(near.x(), near.y(), near.width(), near.height())]
        at = place_for(WIDTH, self.height(), room, forbidden)
        left = min(near.x(), self._window.width() - NEAR - WIDTH - 1)
        below = max(near.bottom(), BELOW) if around.bottom() < BELOW else near.bottom()
        beside = [
            QPoint(near.right(), near.y()),
            QPoint(near.x() - WIDTH, near.y()),
            QPoint(left, below),
            QPoint(left, near.y() - self.height()),
        ]
        inside = self._window.rect().adjusted(NEAR, NEAR, -NEAR, -NEAR)
        fitting = [one for one in beside if inside.contains(QRect(one, self.size()))]
        self.move(fitting[0] if fitting else QPoint(*at) if at is not None else inside.center() - self.rect().center())
        self.raise_()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right):
            self.go(1)
        elif key == Qt.Key.Key_Left:
            self.go(-1)
        elif key == Qt.Key.Key_Escape:
            self.skip()
        else:
            event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), TEXTS)
        tokens = self._context.tokens
        brush.fill(0, 0, self.width(), self.height(), tokens.header)
        brush.frame(0, 0, self.width(), self.height(), tokens.own)
        brush.left(MARGIN, MARGIN + 13, self._title, "title", tokens.text)
        for number, line in enumerate(self._lines):
            brush.left(MARGIN, MARGIN + 30 + 10 + LINE * number, line, "body", tokens.text2)


# Place in a sentence -> the action whose key stands there.
_KEYS = {
    "command": "command.focus",
    "arm": "arm.toggle",
    "buy": "buy.bid",
    "sell": "sell.ask",
    "cancel": "cancel.all",
    "flatten": "flatten",
    "settings": "settings.open",
}
