"""The window's last line: what the keys do, and the newest refusal or notice as a sentence.

While a sequence of keys stands begun, what may follow it takes the place of the hints.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from hts.desk.commands import HINTS
from hts.desk.key_hints import HintRow
from hts.desk.keymap import Keymap
from hts.desk.order_said import said_also
from hts.desk.sentences import refusal_text
from themes import metrics
from widgets.painting import Brush, TextCache
from widgets.panel import PanelContext

HEIGHT = metrics.HINT_STRIP
MARK_W = metrics.HEALTH_DOT + 6  # before a sentence
MESSAGE_NS = 8_000_000_000  # how long a sentence stays

# How a key's name is written on its cap.
PAIRS = {"px.up": ("px.up", "px.down"), "order.up": ("order.up", "order.down")}
CAPS = {"Up": "↑", "Down": "↓", "Left": "←", "Right": "→", "Return": "Enter", "Backspace": "Bksp"}


class HintStrip(QWidget):
    """`say` shows a sentence for a while; `calm` lets it go when its time is over."""

    def __init__(self, context: PanelContext, keymap: Keymap) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFixedHeight(HEIGHT)
        self._context = context
        self._keymap = keymap
        self._cache = TextCache()
        self._message = self._begun = ""
        self._following: tuple[HintRow, ...] = ()
        self._is_warning = False
        self._target = ""
        self._until_ns = 0
        self._name()

    def _name(self) -> None:
        """For screen readers: the sentence while it stands, what has begun, else which issue the keys act on."""
        following = "; ".join(f"{', '.join(row.keys)}: {row.text}" for row in self._following)
        begun = f"{self._begun} {following}".strip()
        self.setAccessibleName(self._message or begun or self._target or self._context.texts("window.title"))

    @property
    def message(self) -> str:
        """The sentence that is shown; empty for none."""
        return self._message or self._begun

    def follow(self, following: tuple[HintRow, ...], begun: str) -> None:
        """Show what may follow a sequence of keys; an empty `begun` shows the usual hints again."""
        if (following, begun) != (self._following, self._begun):
            self._following, self._begun = following, begun
            self._name()
            if begun and QAccessible.isActive():
                QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
            self.update()

    def say(self, sentence: str, now_ns: int, *, is_warning: bool = True, lasts_ns: int = MESSAGE_NS) -> None:
        """Show a sentence; a new one replaces it."""
        self._message, self._is_warning, self._until_ns = sentence, is_warning, now_ns + lasts_ns
        self._name()
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        self.update()

    def withdraw(self, sentence: str) -> None:
        """Drop a sentence that is not true any more, where it still stands."""
        if self._message == sentence:
            self._message = ""
            self._name()
            self.update()

    def show_target(self) -> None:
        """Say which issue the keys act on."""
        issue = self._context.market.instruments.get(self._context.selection.symbol())
        name = self._context.texts.name(issue) if issue is not None else ""
        target = self._context.texts("hint.target", name=name, code=issue.symbol) if issue is not None else ""
        if issue is not None:
            said = said_also(self._context.form.standing.of(issue.symbol))
            target = " · ".join([*(refusal_text(word, self._context.texts) for word in said), target])
        if target != self._target:
            self._target = target
            self._name()
            self.update()

    def calm(self, now_ns: int) -> None:
        """Drop the sentence when it has stood long enough."""
        if self._message and now_ns > self._until_ns:
            self._message = ""
            self._name()
            self.update()

    def caps_of(self, action: str) -> list[str]:
        """What stands on the key caps before an action's hint."""
        if action == "qty.1":
            first = self._keymap.keys_of(action, "armed") or self._keymap.keys_of(action)
            return [f"{first}–{len(self._context.selection.quick.usual)}"] if first else []
        names = PAIRS.get(action, (action,))
        keys = [self._keymap.keys_of(name) for name in names]
        return [_cap(key) for key in keys if key]

    def _hints(self) -> list[list[tuple[list[str], str]]]:
        """Key caps and words, in groups."""
        if self._begun:
            return [[([_cap(key) for key in row.keys], row.text)] for row in self._following]
        texts = self._context.texts
        return [[(self.caps_of(action), texts(f"hint.{action}")) for action in group] for group in HINTS]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush = Brush(painter, self._cache)
        tokens = self._context.tokens
        painter.fillRect(event.rect(), tokens.header)
        brush.hline(0, 0, self.width(), tokens.line)
        base = metrics.baseline(0, HEIGHT)
        x, end = 8, self._target_begin()
        for group in self._hints():
            gap = 12 if x > 8 else 0  # with a line, before the first one of a group
            for caps, text in group:
                if not caps:
                    continue
                if x + gap + self._hint_width(caps, text) > end:
                    break  # what happened, or which issue the keys act on, matters more than the last hints
                if gap:
                    brush.vline(x, 6, HEIGHT - 12, tokens.line2)
                    x, gap = x + gap, 0
                for cap in caps:
                    x = self._paint_cap(brush, x, cap)
                x = round(brush.left(x + 4, base, text, "secondary", tokens.text2)) + 14
        self._paint_message(brush, x, base)

    def _target_begin(self) -> float:
        """Where the issue's name, or the sentence over it, begins at the right: hints give way to either."""
        role, text = ("body", self.message) if self.message else ("secondary", self._target)
        mark = MARK_W if self.message else 0
        return self.width() - 14 - self._cache.width(role, text) - mark - 14

    def _hint_width(self, caps: list[str], text: str) -> float:
        return sum(self._cap_width(cap) + 3 for cap in caps) + 4 + self._cache.width("secondary", text)

    def _cap_width(self, cap: str) -> int:
        return max(round(self._cache.width("cap", cap)) + 10, metrics.KEY_CAP_MIN_W)

    def _paint_cap(self, brush: Brush, x: int, cap: str) -> int:
        tokens = self._context.tokens
        width = self._cap_width(cap)
        top = (HEIGHT - metrics.KEY_CAP_H) // 2 + 1
        brush.fill(x, top, width, metrics.KEY_CAP_H, tokens.raised)
        brush.frame(x, top, width, metrics.KEY_CAP_H, tokens.line2)
        brush.center(x + width / 2, metrics.baseline(0, HEIGHT), cap, "cap", tokens.text)
        return x + width + 3

    def _paint_message(self, brush: Brush, left: int, base: int) -> None:
        tokens = self._context.tokens
        if not self.message:
            brush.right(self.width() - 14, base, self._target, "secondary", tokens.text2)
            return
        ink = tokens.attention if self._is_warning and self._message else tokens.text2
        text = self._cache.elided("body", self.message, self.width() - left - 14 - MARK_W)
        begin = brush.right(self.width() - 14, base, text, "body", ink)
        size = metrics.HEALTH_DOT
        brush.fill(round(begin) - size - 6, (HEIGHT - size) // 2 + 1, size, size, ink)


def _cap(keys: str) -> str:
    """What stands on the cap of these keys."""
    return " ".join("+".join(CAPS.get(part, part) for part in key.split("+")) for key in keys.split())
