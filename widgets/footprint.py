"""The footprint panel: sold x bought per price and bar, with the session's volume profile beside it.

Chips choose the bar's length and the ticks per row; arrows pan, Home goes back to the newest; the wheel moves the
prices. A click on a price puts it into the order form.
"""

from typing import Any

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hts.desk.figures import clock_text
from hts.desk.footprint import GROUPS, TIMEFRAMES_MIN, FootBar, Footprint, Profile
from hts.desk.frame import Frame
from hts.desk.spoken_charts import SpokenPlace, foot_rows
from hts.desk.venue_tabs import SymbolTab, caption, new_trades, venues_shown
from themes import metrics
from widgets.controls import Button
from widgets.footprint_paint import FOOT_H, HEAD_H, ROW, FootPainter
from widgets.painting import Brush, TextCache
from widgets.panel import Panel, PanelContext
from widgets.spoken_places import SpeaksPlaces
from widgets.spoken_rows import tell_current

FEET_KEPT = 6


class FootCanvas(SpeaksPlaces, QWidget):
    """The painted area. picked(px): a click on a price. skipped: bars between the newest and the right edge."""

    picked = Signal(int)

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(360, HEAD_H + FOOT_H + 5 * ROW)
        self.setAccessibleName(context.texts("footprint.title"))
        self.skipped = 0
        self.top = 0
        self._is_following = True
        self._context, self._cache = context, TextCache()
        self._painter = FootPainter(context.tokens, context.texts)
        self._foot: Footprint | None = None
        self._bars: list[FootBar] = []
        self._profile: Profile | None = None
        self._shown: tuple[object, ...] = ()

    @property
    def bars(self) -> list[FootBar]:
        """The bars that are shown, oldest first."""
        return self._bars

    def spoken_places(self) -> list[SpokenPlace]:
        """Bars, the newest one's prices, the profile."""
        if self._foot is None or self._profile is None or not self._bars:
            return []
        return foot_rows(self._foot, self._bars, self._profile, self._context.texts)

    def spoken_rect(self, number: int) -> QRect:
        """A bar's column, the cell of a price, the profile; empty for a price that is out of view."""
        place = self.spoken_place(number)
        if self._foot is None or place is None:
            return QRect()
        return self._painter.place_rect(self.rect(), self._foot, len(self._bars), self.top, place)

    def spoken_current(self) -> int:
        """The newest bar that is shown, while the keyboard is here."""
        return 0 if self.hasFocus() and self._bars else -1

    def show_foot(self, foot: Footprint | None) -> None:
        """Once per frame: repaint when anything differs."""
        if foot is not self._foot:
            self._foot, self.skipped, self._is_following, self._shown = foot, 0, True, ()
        if foot is None:
            self.update()
            return
        self._follow(foot)
        shown = (foot.version, foot.timeframe_min, foot.group, self.skipped, self.top, self.width(), self.height())
        if shown != self._shown:
            self._shown = shown
            count = self._painter.columns(self.width())
            bars = foot.bars(count + self.skipped)
            self._bars = bars[: len(bars) - self.skipped] if self.skipped else bars
            self._profile = foot.profile()
            self.update()

    def _follow(self, foot: Footprint) -> None:
        """Keep the last price in the middle half, unless the trader has moved the prices."""
        if not self._is_following:
            return
        rows = self._painter.rows(self.height())
        row = foot.row_of(foot.last_px or foot.instrument.base_px)
        if abs(row - (self.top - rows // 2)) > max(rows // 4, 1):
            self.top = row + rows // 2

    def pan(self, bars: int, rows: int) -> None:
        """Towards older bars and higher prices when positive."""
        foot = self._foot
        if foot is None:
            return
        known = len(foot.bars(self.skipped + self._painter.columns(self.width()) + abs(bars)))
        self.skipped = min(max(self.skipped + bars, 0), max(known - 1, 0))
        if rows:
            self._is_following = False
            self.top = min(max(self.top + rows, 0), len(foot.grid) // foot.group + self._painter.rows(self.height()))
        self.show_foot(foot)
        tell_current(self)

    def go_live(self) -> None:
        """The newest bar, with the last price in the middle."""
        self.skipped, self._is_following, self.top = 0, True, -1
        self.show_foot(self._foot)
        tell_current(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._foot is not None:
            self.show_foot(self._foot)

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), self._cache)
        tokens, texts, foot = self._context.tokens, self._context.texts, self._foot
        if foot is None or self._profile is None or not self._bars:
            brush.fill(0, 0, self.width(), self.height(), tokens.panel)
            text = texts("ladder.empty") if foot is None else texts("footprint.waiting")
            brush.center(self.width() / 2, metrics.baseline(0, self.height()), text, "body", tokens.text3)
            return
        self._painter.paint(brush, self.rect(), foot, self._bars, self._profile, self.top)
        if self.hasFocus():
            brush.frame(0, 0, self.width(), self.height(), tokens.own)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        y = round(event.position().y())
        foot = self._foot
        if foot is None or not HEAD_H <= y < HEAD_H + self._painter.rows(self.height()) * ROW:
            return
        px = foot.row_px(self.top - (y - HEAD_H) // ROW)
        if px and event.button() is Qt.MouseButton.LeftButton:
            self.picked.emit(px)

    def wheelEvent(self, event: QWheelEvent) -> None:
        step = (event.angleDelta().y() > 0) - (event.angleDelta().y() < 0)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.pan(step, 0)
        else:
            self.pan(0, 3 * step)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pans = {
            Qt.Key.Key_Left: (1, 0),
            Qt.Key.Key_Right: (-1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
            Qt.Key.Key_PageUp: (0, self._painter.rows(self.height())),
            Qt.Key.Key_PageDown: (0, -self._painter.rows(self.height())),
        }
        key = Qt.Key(event.key())
        if key in pans and not event.modifiers():
            self.pan(*pans[key])
        elif key is Qt.Key.Key_Home and not event.modifiers():
            self.go_live()
        else:
            super().keyPressEvent(event)


class FootprintPanel(Panel):
    """풋프린트 and 매물대 of the prints of the venue that the group's ladder shows, or of all venues together."""

    title_key = "footprint.title"
    shows_issue = True
    is_calm = True

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        context = self.context  # in the colours of the issue's market
        self._feet: dict[SymbolTab, Footprint] = {}
        self._timeframe_min, self._ticks = TIMEFRAMES_MIN[0], GROUPS[0]
        self.canvas = FootCanvas(context)
        self.canvas.setParent(self)  # before the fields in the tab order: a window that opens lets keys trade
        self.setFocusProxy(self.canvas)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._make_chips())
        column.addWidget(self.canvas, 1)
        self.canvas.picked.connect(context.selection.set_px)

    def _make_chips(self) -> QHBoxLayout:
        tokens, texts = self.context.tokens, self.context.texts
        row = QHBoxLayout()
        row.setContentsMargins(metrics.CELL_PAD, 3, metrics.CELL_PAD, 3)
        row.setSpacing(metrics.CHIP_GAP)
        self.timeframe_chips: dict[int, Button] = {}
        self.group_chips: dict[int, Button] = {}
        for minutes in TIMEFRAMES_MIN:
            text = texts("footprint.minutes", count=minutes)
            chip = self.timeframe_chips[minutes] = Button(tokens, text, look="chip", height=metrics.CHIP)
            chip.clicked.connect(lambda _=False, minutes=minutes: self.choose(minutes, self._ticks))
            row.addWidget(chip)
        row.addSpacing(14)
        for ticks in GROUPS:
            text = texts("footprint.ticks", ticks=ticks)
            chip = self.group_chips[ticks] = Button(tokens, text, look="chip", height=metrics.CHIP)
            chip.clicked.connect(lambda _=False, ticks=ticks: self.choose(self._timeframe_min, ticks))
            row.addWidget(chip)
        row.addStretch(1)
        self._show_chips()
        return row

    def _show_chips(self) -> None:
        for chips, chosen in ((self.timeframe_chips, self._timeframe_min), (self.group_chips, self._ticks)):
            for value, chip in chips.items():
                chip.show_as(chip.text(), "chosen" if value == chosen else "chip")

    def stored(self) -> dict[str, Any]:
        is_own = (self._timeframe_min, self._ticks) != (TIMEFRAMES_MIN[0], GROUPS[0])
        return {"minutes": self._timeframe_min, "ticks": self._ticks} if is_own else {}

    def take_stored(self, stored: dict[str, Any]) -> None:
        minutes, ticks = stored.get("minutes"), stored.get("ticks")
        self._timeframe_min = minutes if minutes in TIMEFRAMES_MIN else TIMEFRAMES_MIN[0]
        self._ticks = ticks if ticks in GROUPS else GROUPS[0]
        self._show_chips()
        self.mark_dirty()

    def choose(self, timeframe_min: int, ticks: int) -> None:
        """Another bar's length or row's height."""
        self._timeframe_min, self._ticks = timeframe_min, ticks
        self._show_chips()
        self.canvas.show_foot(self._foot(self.symbol, self.venue))
        self.canvas.go_live()

    @property
    def subtitle(self) -> str:
        foot = self._feet.get((self.symbol, self.venue))
        if foot is None:
            return ""
        texts = self.context.texts
        name = " · ".join(part for part in (texts.name(foot.instrument), caption(self.venue, texts)) if part)
        since = clock_text(foot.since_ns)[:5] if foot.since_ns else ""
        return self.context.texts("footprint.since", name=name, time=since) if since else name

    @property
    def venue(self) -> str:
        """The tab of the group's ladder."""
        return self.context.actions.venue_at(self.group)

    def concerns(self, frame: Frame) -> bool:
        symbol, market = self.symbol, frame.market
        moved = symbol in market.trades or any(at == symbol for _, at in market.trades_elsewhere)
        return bool(moved or market.instruments or frame.selection)

    def on_frame(self, frame: Frame) -> None:
        """Every print of the issues shown lately counts, also while the panel is hidden."""
        for (symbol, venue), foot in self._feet.items():
            trades = new_trades(frame.market, symbol, venue)
            if trades:
                foot.on_trades(trades)
        super().on_frame(frame)

    def refresh(self, _now_ns: int) -> None:
        self.canvas.show_foot(self._foot(self.symbol, self.venue))

    def _foot(self, symbol: str, venue: str) -> Footprint | None:
        market, key = self.context.market, (symbol, venue)
        issue, foot = market.instruments.get(symbol), self._feet.get(key)
        if issue is None:
            return None
        if foot is None or foot.instrument != issue:
            self._feet.pop(key, None)
            if len(self._feet) >= FEET_KEPT:
                del self._feet[next(iter(self._feet))]
            foot = self._feet[key] = Footprint(issue)
            foot.on_trades(self.context.universe.recent_of(venues_shown(market, issue, venue), symbol))
        foot.timeframe_min, foot.group = self._timeframe_min, self._ticks
        return foot
