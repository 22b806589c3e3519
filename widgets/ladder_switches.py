"""The ladder's switches: how a click acts, whether it is confirmed, what protects an entry; and the open question.

Every switch is an action with a key; a click here runs the same action.
"""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from hts.desk.figures import MINUS
from hts.desk.texts import Texts
from hts.desk.trade_rules import TradeRules
from themes import metrics
from themes.tokens import Tokens
from widgets.ladder_controls import GAP, FlatButton
from widgets.painting import Brush, TextCache

SPIN_W = 14  # the triangles at a stepper's right end
HEIGHT = 24
ASK_W = 84  # of an answer
STEPPER_MIN_W = 48  # three digits with their sign beside the triangles


class TickStepper(QWidget):
    """A number of ticks: its halves, the wheel and the arrow keys step it. stepped(by)."""

    stepped = Signal(int)

    def __init__(self, tokens: Tokens, name: str) -> None:
        super().__init__()
        self._tokens, self._cache, self._text, self._short = tokens, TextCache(), "", ""
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(HEIGHT)
        self.setMinimumWidth(STEPPER_MIN_W)

    def show_text(self, text: str, short: str) -> None:
        """What it says, and what of it where there is little room."""
        if text != self._text:
            self._text, self._short = text, short
            self.setAccessibleDescription(text)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(self._cache.width("body", self._text)) + SPIN_W + 14, HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.stepped.emit(1 if event.position().y() < self.height() / 2 else -1)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.angleDelta().y():
            self.stepped.emit(1 if event.angleDelta().y() > 0 else -1)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Up else -1)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._tokens
        brush = Brush(QPainter(self), self._cache)
        brush.fill(0, 0, self.width(), self.height(), tokens.field)
        brush.frame(0, 0, self.width(), self.height(), tokens.own if self.hasFocus() else tokens.line2)
        fits = self._cache.width("body", self._text) <= self.width() - SPIN_W - 10
        text = self._text if fits else self._short
        brush.left(7, metrics.baseline(0, self.height()), text, "body", tokens.text)
        for up, middle in ((True, self.height() // 2 - 5), (False, self.height() // 2 + 5)):
            x = self.width() - SPIN_W
            brush.triangle(x, middle, up, tokens.text2, metrics.TRIANGLE_W)


class SwitchRow(QWidget):
    """Bracket on or off, its offsets, both exits for a holding; click mode and confirmation. chosen(action)."""

    chosen = Signal(str)

    def __init__(self, tokens: Tokens, texts: Texts, keys: Callable[[str], str]) -> None:
        super().__init__()
        self._tokens, self._texts, self._keys = tokens, texts, keys
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.EDGE_PAD, 2, metrics.EDGE_PAD, 2)
        row.setSpacing(GAP)
        self.bracket = FlatButton("", tokens, look="quiet", height=HEIGHT)
        self.take = TickStepper(tokens, texts("ladder.take_name"))
        self.stop = TickStepper(tokens, texts("ladder.stop_name"))
        self.pair = FlatButton(texts("ladder.pair"), tokens, key=keys("bracket.protect"), height=HEIGHT)
        self.click_mode = FlatButton("", tokens, look="outlined", height=HEIGHT)
        self.confirm = FlatButton("", tokens, look="quiet", height=HEIGHT)
        for button, action in (
            (self.bracket, "bracket.toggle"),
            (self.pair, "bracket.protect"),
            (self.click_mode, "ladder.click"),
            (self.confirm, "ladder.confirm"),
        ):
            button.clicked.connect(lambda _=False, action=action: self.chosen.emit(action))
        self.take.stepped.connect(lambda by: self.chosen.emit("bracket.take_up" if by > 0 else "bracket.take_down"))
        self.stop.stepped.connect(lambda by: self.chosen.emit("bracket.stop_up" if by > 0 else "bracket.stop_down"))
        for widget, share in (
            *((self.bracket, 4), (self.take, 4), (self.stop, 4)),
            *((self.pair, 3), (self.click_mode, 4), (self.confirm, 4)),
        ):
            row.addWidget(widget, share)
        self.setFixedHeight(HEIGHT + 4)
        self.show_rules(TradeRules())

    def show_rules(self, rules: TradeRules) -> None:
        """The trader's rules as they are."""
        texts = self._texts
        self.pair.set_key(self._keys("bracket.protect"))
        self.bracket.show_as(texts("ladder.bracket_on" if rules.bracket else "ladder.bracket_off"))
        self.bracket.set_look("outlined" if rules.bracket else "quiet")
        self.take.show_text(texts("ladder.take", ticks=str(rules.take_ticks)), f"+{rules.take_ticks}")
        self.stop.show_text(texts("ladder.stop", ticks=str(rules.stop_ticks)), f"{MINUS}{rules.stop_ticks}")
        self.click_mode.show_as(texts(f"ladder.click.{rules.click.value}"))
        self.click_mode.set_look("quiet" if rules.click.value == "price" else "outlined")
        self.confirm.show_as(texts("ladder.confirm_on" if rules.confirms else "ladder.confirm_off"))
        self.confirm.set_look("outlined" if rules.confirms else "quiet")

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._tokens.panel)


class AskBar(QWidget):
    """The question that stands, over the presets: nothing moves for it. answered(is_yes)."""

    answered = Signal(bool)

    def __init__(self, tokens: Tokens, texts: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._tokens, self._cache, self._text = tokens, TextCache(), ""
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.EDGE_PAD, 2, metrics.EDGE_PAD, 2)
        row.setSpacing(GAP)
        row.addStretch(1)
        self.yes = FlatButton(texts("ladder.ask_yes"), tokens, look="chosen", key=texts("order_entry.enter"))
        self.no = FlatButton(texts("ladder.ask_no"), tokens)
        self.yes.clicked.connect(lambda: self.answered.emit(True))
        self.no.clicked.connect(lambda: self.answered.emit(False))
        for button in (self.yes, self.no):
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)  # the question gives way
            button.setFixedWidth(ASK_W)
            row.addWidget(button)
        self.hide()

    @property
    def text(self) -> str:
        """The question; empty for none."""
        return self._text

    def show_question(self, text: str) -> None:
        """Show a question, or none."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.setVisible(bool(text))
            self.raise_()
            self.update()

    def _fitting(self, room: int) -> str:
        """All of it, else what is asked about without how it is answered: the buttons say that."""
        if self._cache.width("body_medium", self._text) <= room:
            return self._text
        what = self._text.partition(". ")[0].partition("。")[0]
        return what if what != self._text else self._text.partition(": ")[0]

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._tokens
        brush = Brush(QPainter(self), self._cache)
        brush.fill(0, 0, self.width(), self.height(), tokens.own_dim)
        brush.frame(0, 0, self.width(), self.height(), tokens.own)
        room = self.yes.x() - metrics.EDGE_PAD - 8
        text = self._cache.elided("body_medium", self._fitting(room), room)
        brush.left(metrics.EDGE_PAD, metrics.baseline(0, self.height()), text, "body_medium", tokens.own)
