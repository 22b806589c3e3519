"""The depth heat map panel: liquidity over time, trades as bubbles, own orders as lines.

Wheel: taller or lower rows; with Ctrl more or less time. Dragging and arrows pan, brackets change the contrast, Home
goes back to the newest; the menu has all of it. A click on a price puts it into the order form.
"""

from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from hts.desk.combined import as_update, combine
from hts.desk.frame import Frame
from hts.desk.heatmap import HeatMap
from hts.desk.heatmap_view import CONTRAST_AT_FIRST, HeatView
from hts.desk.spoken_charts import SpokenPlace, heat_rows
from hts.desk.venue_tabs import (
    COMBINED,
    HOME,
    SymbolTab,
    books_of,
    caption,
    has_new_book,
    is_at,
    new_trades,
    venues_shown,
)
from hts.model.views import OrderView
from themes import metrics
from widgets.heatmap_paint import AXIS_W, TIME_H, Cursor, HeatPainter, own_orders
from widgets.painting import Brush, TextCache
from widgets.panel import Panel, PanelContext
from widgets.spoken_places import SpeaksPlaces

MAPS_KEPT = 3  # 8 MiB each
DRAG_START_PX = 4
PAN_COLUMNS, PAN_ROWS = 20, 3


class HeatCanvas(SpeaksPlaces, QWidget):
    """The painted area. picked(px): a click on a price."""

    picked = Signal(int)

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(AXIS_W + 120, TIME_H + 100)
        self.setAccessibleName(context.texts("heatmap.name"))
        self.view = HeatView()
        self._context, self._cache = context, TextCache()
        self._painter = HeatPainter(context.tokens, context.texts)
        self._heat: HeatMap | None = None
        self._own: tuple[OrderView, ...] = ()
        self._shown: tuple[object, ...] = ()
        self._cursor: Cursor | None = None
        self._pressed: QPoint | None = None
        self._is_dragging = False

    def show_heat(self, heat: HeatMap | None, own: tuple[OrderView, ...]) -> None:
        """Once per frame: repaint when the map, the orders or the view changed."""
        is_other = heat is not self._heat
        self._heat, self._own = heat, own
        if heat is None:
            self.update()
            return
        if is_other:
            self.view.go_live(heat)
        if not self._is_dragging:
            self.view.follow(heat)
        shown = (heat, heat.version, own, self.view.last, self.view.top)
        if shown != self._shown:
            self._shown = shown
            self.update()

    def spoken_places(self) -> list[SpokenPlace]:
        """Prices with sizes, own orders, the last trade."""
        return heat_rows(self._heat, self._own, self._context.texts) if self._heat is not None else []

    def spoken_rect(self, number: int) -> QRect:
        """A price's row; empty while it is out of view."""
        place = self.spoken_place(number)
        if self._heat is None or place is None:
            return QRect()
        y, height = self.view.y(self._heat.grid.index(place.px)), self.view.row_px
        return QRect(0, y, self.width(), height) if 0 <= y < self.view.height else QRect()

    def spoken_current(self) -> int:
        """The price under the pointer, when something stands there."""
        if self._heat is None or self._cursor is None:
            return -1
        px = self._heat.grid.px(self.view.row_at(self._cursor.y))
        return next((i for i, place in enumerate(self.spoken_places()) if place.px == px), -1)

    def restyle(self) -> None:
        """The table of colours holds those of before."""
        self._painter = HeatPainter(self._context.tokens, self._context.texts)
        self.update()

    def go_live(self) -> None:
        """Back to the newest, as Home does."""
        if self._heat is not None:
            self.view.go_live(self._heat)
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.view.resize(self.width() - AXIS_W, self.height() - TIME_H)
        if self._heat is not None:
            self.view.follow(self._heat)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush = Brush(painter, self._cache)
        tokens, texts = self._context.tokens, self._context.texts
        heat = self._heat
        if heat is None or heat.book is None:
            brush.fill(0, 0, self.width(), self.height(), tokens.panel)
            text = texts("ladder.empty") if heat is None else texts("heatmap.waiting")
            base = metrics.baseline(0, self.height())
            brush.center(self.width() / 2, base, text, "body", tokens.text3)
            return
        self._painter.paint(brush, heat, self.view, self._own, None if self._is_dragging else self._cursor)
        if self.hasFocus():
            brush.frame(0, 0, self.width(), self.height(), tokens.own)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if self._pressed is not None and self._heat is not None:
            moved = point - self._pressed
            if self._is_dragging or moved.manhattanLength() >= DRAG_START_PX:
                self._drag(moved.x(), moved.y())
            return
        inside = 0 <= point.x() < self.view.width and 0 <= point.y() < self.view.height
        self._cursor = Cursor(point.x(), point.y()) if inside else None
        self.update()

    def _drag(self, dx: int, dy: int) -> None:
        assert self._heat is not None
        assert self._pressed is not None
        self._is_dragging = True
        columns, rows = round(dx / self.view.column_px), round(dy / self.view.row_px)
        if columns or rows:
            self.view.pan(columns, rows, self._heat)
            self._pressed += QPoint(columns * self.view.column_px, rows * self.view.row_px)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_dragging, self._is_dragging, self._pressed = self._is_dragging, False, None
        if was_dragging or self._heat is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        px = self._heat.grid.px(self.view.row_at(round(event.position().y())))
        if px and event.position().y() < self.view.height:
            self.picked.emit(px)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.go_live()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._cursor = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        step = (event.angleDelta().y() > 0) - (event.angleDelta().y() < 0)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(0, step)
        else:
            self._zoom(step, 0)
        event.accept()

    def _zoom(self, rows: int, time: int) -> None:
        if rows:
            self.view.zoom_rows(rows)
        if time:
            self.view.zoom_time(time)
        if self._heat is not None:
            self.view.follow(self._heat)
        self.update()

    def change_contrast(self, steps: int) -> None:
        """Let walls stand out more, or less."""
        self.view.change_contrast(steps)
        self.update()

    def make_menu(self) -> QMenu:
        """All that keys and wheel do, with their keys."""
        texts, menu = self._context.texts, QMenu(self)
        menu.setAccessibleName(texts("heatmap.name"))
        for name, keys, act in (
            ("taller", "PgUp", lambda: self._zoom(1, 0)),
            ("lower", "PgDn", lambda: self._zoom(-1, 0)),
            ("closer", "+", lambda: self._zoom(0, 1)),
            ("wider", "-", lambda: self._zoom(0, -1)),
            ("more", "]", lambda: self.change_contrast(1)),
            ("less", "[", lambda: self.change_contrast(-1)),
            ("newest", "Home", self.go_live),
        ):
            if name in {"closer", "more", "newest"}:
                menu.addSeparator()
            action = menu.addAction(f"{texts(f'heatmap.menu.{name}')}\t{keys}")
            action.triggered.connect(lambda _=False, act=act: act())
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        is_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        menu = self.make_menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(self.rect().center()) if is_key else event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, is_shift = Qt.Key(event.key()), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        pans = {
            Qt.Key.Key_Left: (PAN_COLUMNS, 0),
            Qt.Key.Key_Right: (-PAN_COLUMNS, 0),
            Qt.Key.Key_Up: (0, PAN_ROWS),
            Qt.Key.Key_Down: (0, -PAN_ROWS),
        }
        zooms = {
            Qt.Key.Key_Plus: (0, 1),
            Qt.Key.Key_Equal: (0, 1),
            Qt.Key.Key_Minus: (0, -1),
            Qt.Key.Key_PageUp: (1, 0),
            Qt.Key.Key_PageDown: (-1, 0),
        }
        if event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier):
            super().keyPressEvent(event)  # the window's
        elif key in pans and not is_shift and self._heat is not None:
            self.view.pan(*pans[key], self._heat)
            self.update()
        elif key in zooms:
            self._zoom(*zooms[key])
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            self.change_contrast(1 if key is Qt.Key.Key_BracketRight else -1)
        elif key is Qt.Key.Key_Home:
            self.go_live()
        else:
            super().keyPressEvent(event)


class HeatmapPanel(Panel):
    """호가 히트맵 of the venue that the group's ladder shows, or of all venues' books added together."""

    title_key = "depth_heatmap.title"
    shows_issue = True
    is_calm = True

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        context = self.context  # in the colours of the issue's market
        self.canvas = HeatCanvas(context)
        self.setFocusProxy(self.canvas)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.canvas)
        self.canvas.picked.connect(context.selection.set_px)
        self._maps: dict[SymbolTab, HeatMap] = {}

    def stored(self) -> dict[str, Any]:
        view = self.canvas.view
        row, zoom = view.zoom
        is_own = (view.zoom, view.contrast) != (HeatView().zoom, CONTRAST_AT_FIRST)
        return {"row": row, "zoom": zoom, "contrast": view.contrast} if is_own else {}

    def take_stored(self, stored: dict[str, Any]) -> None:
        self.canvas.view.take_zoom(stored.get("row"), stored.get("zoom"), stored.get("contrast"))

    @property
    def subtitle(self) -> str:
        issue = self.context.market.instruments.get(self.symbol)
        if issue is None:
            return ""
        view, texts = self.canvas.view, self.context.texts
        step = f"{view.step_ns / 1e9:g}"
        name = f"{texts.name(issue)} · {caption(self.venue, texts) or issue.venue}"
        return texts("heatmap.subtitle" if view.is_following else "heatmap.subtitle_held", name=name, step=step)

    @property
    def venue(self) -> str:
        """The tab of the group's ladder."""
        return self.context.actions.venue_at(self.group)

    def concerns(self, frame: Frame) -> bool:
        market = frame.market
        moved = market.books or market.trades or market.elsewhere or market.instruments
        return bool(moved or frame.selection or frame.orders.orders)

    def on_frame(self, frame: Frame) -> None:
        """Every book and trade of the issues shown lately is kept, also while the panel is hidden."""
        market = self.context.market
        for (symbol, venue), heat in self._maps.items():
            if has_new_book(frame.market, heat.instrument, venue):
                self._take_book(heat, symbol, venue)
            trades = new_trades(frame.market, symbol, venue)
            if trades:
                heat.on_trades(trades)
            heat.advance(market.trade_ns)
        super().on_frame(frame)

    def _take_book(self, heat: HeatMap, symbol: str, venue: str) -> None:
        books = books_of(self.context.market, symbol, venue)
        if books:
            heat.on_book(as_update(combine(books), books) if venue == COMBINED else books[0])

    def refresh(self, _now_ns: int) -> None:
        symbol, venue = self.symbol, self.venue
        working = self.context.orders.working(symbol) if symbol else ()
        own = own_orders(tuple(view for view in working if is_at(venue, view.venue)))
        self.canvas.show_heat(self._map(symbol, venue), own)

    def _map(self, symbol: str, venue: str = HOME) -> HeatMap | None:
        market, key = self.context.market, (symbol, venue)
        issue, heat = market.instruments.get(symbol), self._maps.get(key)
        if issue is None or (heat is not None and heat.instrument == issue):
            return heat
        self._maps.pop(key, None)
        if len(self._maps) >= MAPS_KEPT:
            del self._maps[next(iter(self._maps))]
        heat = self._maps[key] = HeatMap(issue)
        self._take_book(heat, symbol, venue)
        heat.on_trades(self.context.universe.recent_of(venues_shown(market, issue, venue), symbol))
        return heat
