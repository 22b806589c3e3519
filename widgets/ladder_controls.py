"""Below the ladder's book: quantity presets, action buttons, the position row."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from hts.desk.figures import px_text, qty_text, signed_text
from hts.desk.ladder_rows import Holding
from hts.desk.ratios import bp_text, sign
from hts.desk.spoken_charts import SpokenPlace
from hts.desk.texts import Texts
from themes import metrics
from themes.tokens import Tokens
from widgets.keys import PressedByEnter
from widgets.painting import Brush, TextCache
from widgets.spoken_places import SpeaksPlaces

GAP = 4
KEY_GAP = 6
SMALLER = ("tab", "cap_strong")  # before a word is cut
CAP_ROOM = 13  # on either side of the text, where a corner's figure stands clear of it


class FlatButton(PressedByEnter, QAbstractButton):
    """A painted button. `look` is plain, chosen, outlined, buy or sell.

    `cap` is a small figure in its corner; `key` stands behind the text where there is room for both.
    """

    def __init__(
        self, text: str, tokens: Tokens, *, look: str = "plain", cap: str = "", key: str = "", height: int = 26
    ) -> None:
        super().__init__()
        self.setText(text)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # a narrow ladder cuts texts short
        self._tokens, self._cap, self._key, self._look = tokens, cap, key, look
        self._cache = TextCache()

    def set_look(self, look: str) -> None:
        """Change the look."""
        if look != self._look:
            self._look = look
            self.update()

    def show_as(self, text: str) -> None:
        """Change the text."""
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
            self.update()

    def set_key(self, key: str) -> None:
        """Change the key that stands behind the text."""
        if key != self._key:
            self._key = key
            self.update()

    @property
    def key(self) -> str:
        """The key that stands behind the text; empty for none."""
        return self._key

    @property
    def look(self) -> str:
        """The look that is painted now."""
        return self._look

    def sizeHint(self) -> QSize:
        return QSize(round(self._cache.width("title", self.text())) + 16, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._tokens
        painter = QPainter(self)
        brush = Brush(painter, self._cache)
        ground, edge, ink = self._colors()
        brush.fill(0, 0, self.width(), self.height(), tokens.panel)
        brush.rounded(QRect(0, 0, self.width(), self.height()), ground, edge)
        if self.isDown() or self.hasFocus():
            brush.frame(1, 1, self.width() - 2, self.height() - 2, tokens.text2 if self.isDown() else tokens.own)
        usual = "title" if self._look != "plain" else "body_medium"
        inner = self.width() - 8
        role = next((one for one in (usual, *SMALLER) if self._cache.width(one, self.text()) <= inner), usual)
        text, base = self._cache.elided(role, self.text(), inner), metrics.baseline(0, self.height())
        room = self._cache.width(role, text) + (self._cache.width("cap", self._key) + KEY_GAP if self._key else 0)
        if self._key and room <= self.width() - 8:
            end = brush.left(round((self.width() - room) / 2), base, text, role, ink)
            brush.left(end + KEY_GAP, base, self._key, "cap", ink if usual == "title" else tokens.text2)
        else:
            brush.center(self.width() / 2, base, text, role, ink)
        if self._cap and self.width() >= self._cache.width(role, text) + 2 * CAP_ROOM:
            cap_ink = ink if self._look == "chosen" else tokens.text3
            brush.right(self.width() - 4, 11, self._cap, "cap", cap_ink)

    def _colors(self) -> tuple[QColor, QColor | None, QColor]:
        tokens = self._tokens
        return {
            "plain": (tokens.raised, tokens.line2, tokens.text),
            "quiet": (tokens.field, tokens.line2, tokens.text2),
            "chosen": (tokens.own, tokens.own, tokens.on_own),
            "outlined": (tokens.field, tokens.own, tokens.own),
            "buy": (tokens.buy_fill, None, tokens.on_fill),
            "sell": (tokens.sell_fill, None, tokens.on_fill),
            "buy_locked": (tokens.panel, tokens.buy_fill, tokens.buy),
            "sell_locked": (tokens.panel, tokens.sell_fill, tokens.sell),
        }[self._look]


class Presets(QWidget):
    """Quantities to choose from. chosen(qty); menu_asked(slot, point): what else can be done with a place."""

    chosen = Signal(int)
    menu_asked = Signal(int, QPoint)

    def __init__(self, tokens: Tokens, texts: Texts, presets: Sequence[int]) -> None:
        super().__init__()
        self._tokens, self._texts = tokens, texts
        row = QHBoxLayout(self)
        row.setContentsMargins(44, 2, metrics.EDGE_PAD, 2)
        row.setSpacing(GAP)
        self.buttons = [
            FlatButton(qty_text(qty), tokens, cap=str(i), height=metrics.LADDER_PRESETS)
            for i, qty in enumerate(presets, 1)
        ]
        self._presets = tuple(presets)
        self._is_own = False
        for slot, button in enumerate(self.buttons):
            button.clicked.connect(lambda _=False, slot=slot: self.chosen.emit(self._presets[slot]))
            button.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            button.customContextMenuRequested.connect(partial(self._ask_menu, slot))
            row.addWidget(button, 1)
        self._cache = TextCache()
        self.setFixedHeight(metrics.LADDER_PRESETS + 4)

    def _ask_menu(self, slot: int, point: QPoint) -> None:
        self.menu_asked.emit(slot, self.buttons[slot].mapToGlobal(point))

    def show_presets(self, presets: Sequence[int], *, is_own: bool) -> None:
        """Those of the issue; own ones are marked at the row's label."""
        if is_own != self._is_own:
            self._is_own = is_own
            self.update()
        if tuple(presets) != self._presets:
            self._presets = tuple(presets)
            for qty, button in zip(presets, self.buttons, strict=True):
                button.show_as(qty_text(qty))

    def show_qty(self, qty: int) -> None:
        """Mark the chosen quantity."""
        for preset, button in zip(self._presets, self.buttons, strict=True):
            button.set_look("chosen" if preset == qty else "plain")

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), self._cache)
        brush.fill(0, 0, self.width(), self.height(), self._tokens.panel)
        base = metrics.baseline(0, self.height())
        ink = self._tokens.own if self._is_own else self._tokens.text2
        brush.left(metrics.EDGE_PAD, base, self._texts("ladder.qty"), "secondary", ink)


# Of the row's width: the longest words are on the buttons that sell and buy.
SHARES: Final = {"market_sell": 5, "cancel_all": 4, "flatten": 3, "reverse": 3, "market_buy": 5}


class ActionRow(QWidget):
    """Market sell, cancel all, flatten, reverse, market buy, with their keys. chosen(name)."""

    chosen = Signal(str)
    # Name -> the action whose key does the same.
    NAMES: Final = {
        "market_sell": "sell.market",
        "cancel_all": "cancel.all",
        "flatten": "flatten",
        "reverse": "reverse",
        "market_buy": "buy.market",
    }

    def __init__(self, tokens: Tokens, texts: Texts, keys: Callable[[str], str]) -> None:
        super().__init__()
        self._tokens, self._keys = tokens, keys
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.EDGE_PAD, 2, metrics.EDGE_PAD, 4)
        row.setSpacing(GAP)
        self.buttons: dict[str, FlatButton] = {}
        for name, action in self.NAMES.items():
            button = FlatButton(texts(f"ladder.{name}"), tokens, key=keys(action), height=metrics.LADDER_ACTIONS)
            # On press, as a key would: nobody waits for the release.
            button.pressed.connect(lambda name=name: self.chosen.emit(name))
            self.buttons[name] = button
            row.addWidget(button, SHARES[name])
        self.show_armed(False)
        self.setFixedHeight(metrics.LADDER_ACTIONS + 6)

    def show_armed(self, is_armed: bool) -> None:
        """Locked send buttons are outlines; cancel stays filled."""
        self.buttons["market_sell"].set_look("sell" if is_armed else "sell_locked")
        self.buttons["market_buy"].set_look("buy" if is_armed else "buy_locked")

    def show_keys(self, *, is_active: bool) -> None:
        """Keys act on the issue of the active group: they stand only on buttons that do the same."""
        for name, button in self.buttons.items():
            button.set_key(self._keys(self.NAMES[name]) if is_active or name == "cancel_all" else "")

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._tokens.panel)


class PositionRow(SpeaksPlaces, QWidget):
    """The holding of the ladder's issue with its unrealised result."""

    def __init__(self, tokens: Tokens, texts: Texts) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFixedHeight(metrics.LADDER_POSITION)
        self._tokens, self._texts = tokens, texts
        self._cache = TextCache()
        self._shown: tuple[Holding | None, int] = (None, 0)
        self.setAccessibleName(texts("ladder.position"))

    def show_holding(self, holding: Holding | None, px_decimals: int) -> None:
        """Repaint when something differs."""
        if (holding, px_decimals) != self._shown:
            self._shown = (holding, px_decimals)
            self.update()

    def spoken_places(self) -> list[SpokenPlace]:
        """The whole row, for screen readers."""
        texts, (holding, decimals) = self._texts, self._shown
        if holding is None:
            return [SpokenPlace(text=texts("ladder.flat"))]
        key = "ladder.long" if holding.qty > 0 else "ladder.short"
        px = px_text(holding.average_px, decimals)
        held = texts("ladder.held_at", px=px, ticks=signed_text(holding.ticks))
        pnl = f"{signed_text(holding.pnl, holding.money_decimals)} {bp_text(holding.bp)}%"
        return [SpokenPlace(text=f"{texts(key, qty=qty_text(abs(holding.qty)))}, {held}, {pnl}")]

    def spoken_rect(self, _number: int) -> QRect:
        """All of it."""
        return self.rect()

    def spoken_current(self) -> int:
        """It takes no keyboard."""
        return -1

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, texts, (holding, decimals) = self._tokens, self._texts, self._shown
        brush = Brush(QPainter(self), self._cache)
        brush.fill(0, 0, self.width(), self.height(), tokens.header)
        brush.hline(0, 0, self.width(), tokens.line)
        base = metrics.baseline(0, self.height())
        x = brush.left(metrics.EDGE_PAD, base, texts("ladder.position"), "secondary", tokens.text2) + 10
        if holding is None:
            brush.left(x, base, texts("ladder.flat"), "body", tokens.text2)
            return
        key, color = ("ladder.long", tokens.buy) if holding.qty > 0 else ("ladder.short", tokens.sell)
        x = brush.left(x, base, texts(key, qty=qty_text(abs(holding.qty))), "price_strong", color) + 12
        tone = {1: tokens.up, -1: tokens.down, 0: tokens.text}[sign(holding.pnl)]
        right = self.width() - metrics.EDGE_PAD
        right = round(brush.right(right, base + 1, bp_text(holding.bp) + "%", "clock", tone)) - 10
        right = (
            round(brush.right(right, base + 1, signed_text(holding.pnl, holding.money_decimals), "clock", tone)) - 10
        )
        px = px_text(holding.average_px, decimals)
        whole = texts("ladder.held_at", px=px, ticks=signed_text(holding.ticks))
        for held in (whole, whole.partition(" · ")[0]):
            if x + self._cache.width("body", held) <= right:
                brush.left(x, base, held, "body", tokens.text2)
                break
