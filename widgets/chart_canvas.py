"""The chart's canvas: price pane, volume pane and axes on the plotting library's view boxes.

The library carries panning, zooming, linked ranges and the scene; bars, axes and marks are painted by our items. The
price range always fits the bars in view.

Theory of operation of painting: the scene, which is grid, bars and averages without their last piece, is painted into
a still picture, and anew only when a bar begins or the view changes. A paint event copies the dirty part of it and
paints over it what moves: the last bar, lines, labels, axes, crosshair. So a trade that stays within the range costs
a few strips, whatever is behind them.
"""

from collections.abc import Callable

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QWidget

from hts.desk.chart import DAY_NS, DAY_S, KST_NS, Series
from hts.desk.chart_marks import Marks
from hts.desk.chart_scale import TimeMark, date_text, price_lines, qty_label, time_marks, volume_top
from hts.desk.figures import clock_text
from hts.desk.texts import Texts
from themes.tokens import Tokens
from widgets.chart_axes import PriceAxis, TimeAxis, VolumeAxis
from widgets.chart_box import PriceBox
from widgets.chart_items import Averages, Candles, Grid, PaneItem, Volumes
from widgets.chart_marks import CrossItem, Drag, MarksItem
from widgets.painting import TextCache

AXIS_WIDTH = 70
VOLUME_HEIGHT = 74
TIME_HEIGHT = 22
MARGIN_PX = 168  # right of the last bar: order labels stand there
BAR_PX = 6.0  # width of a bar's room at first
BARS_MIN = 12
RANGE_PAD = 0.06  # above and below the bars
OWN_REACH = 0.5  # of the bars' range: own orders within it are kept in view


class ChartCanvas(pg.GraphicsView):  # type: ignore[misc]  # the library is untyped
    """pointed(index): the crosshair's bar, -1 for none. canceled(order_id). amended(order_id, px as float)."""

    pointed = Signal(int)
    canceled = Signal(object)
    amended = Signal(object, float)

    def __init__(
        self, tokens: Tokens, texts: Texts, snap: Callable[[float], int], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, useOpenGL=False, background=tokens.panel)
        self.series = Series(60)
        self._texts, self._snap, self._ground = texts, snap, tokens.panel
        self._cache = TextCache()
        self._appended = 0
        self._time_marks: tuple[object, list[TimeMark]] = (None, [])
        self._cross: tuple[int | None, float | None, bool] = (None, None, False)
        self._still = QPixmap()
        self._still_key: object = None
        self.stills = 0  # still pictures painted since the start, for tests
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        # We say ourselves what is dirty: the view's own book-keeping ends in its own paintEvent, which is not used.
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.NoViewportUpdate)
        self._make_panes(tokens)
        self._add_items(tokens)
        self.scene().sigMouseMoved.connect(self._point_at)

    def _make_panes(self, tokens: Tokens) -> None:
        self.price_box = PriceBox(self)
        self.volume_box = pg.ViewBox(enableMenu=False)
        self.volume_box.setMouseEnabled(x=True, y=False)
        self.volume_box.setXLink(self.price_box)
        self.price_axis = PriceAxis(tokens, self._cache, self.price_lines)
        self.volume_axis = VolumeAxis(tokens, self._cache, self._volume_label)
        self.time_axis = TimeAxis(tokens, self._cache, self.time_marks)
        self.price_axis.linkToView(self.price_box)
        self.volume_axis.linkToView(self.volume_box)
        self.time_axis.linkToView(self.price_box)
        layout = pg.GraphicsLayout()
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addItem(self.price_box, 0, 0)
        layout.addItem(self.price_axis, 0, 1)
        layout.addItem(self.volume_box, 1, 0)
        layout.addItem(self.volume_axis, 1, 1)
        layout.addItem(self.time_axis, 2, 0)
        self.price_axis.setWidth(AXIS_WIDTH)
        self.volume_axis.setWidth(AXIS_WIDTH)
        self.time_axis.setHeight(TIME_HEIGHT)
        grid = layout.layout
        grid.setRowFixedHeight(1, VOLUME_HEIGHT)
        grid.setRowFixedHeight(2, TIME_HEIGHT)
        grid.setColumnFixedWidth(1, AXIS_WIDTH)
        self._layout = layout
        self.setCentralItem(layout)
        for box in (self.price_box, self.volume_box):
            box.disableAutoRange()
            box.sigRangeChanged.connect(self._repaint)
            box.sigResized.connect(self._repaint)
        self.price_box.sigXRangeChanged.connect(self._fit_values)

    def _add_items(self, tokens: Tokens) -> None:
        def series() -> Series:
            return self.series

        lines = {"ma5": tokens.ma5, "ma20": tokens.ma20, "ma60": tokens.ma60, "vwap": tokens.vwap}
        self.marks_item = MarksItem(tokens, self._texts, self._cache)
        price_items = (
            Grid(self._price_grid, tokens.line, tokens.line2),
            Candles(series, tokens.up, tokens.down),
            Averages(series, lines),
            self.marks_item,
            CrossItem(tokens, self._cache, lambda: (self._cross[0], None if self._cross[2] else self._cross[1])),
        )
        volume_items = (
            Grid(self._volume_grid, tokens.line, tokens.line2),
            Volumes(series, tokens.bid_bar2, tokens.ask_bar2),
            CrossItem(tokens, self._cache, lambda: (self._cross[0], self._cross[1] if self._cross[2] else None)),
        )
        self._moving: tuple[tuple[pg.ViewBox, tuple[PaneItem, ...]], ...] = (
            (self.price_box, price_items),
            (self.volume_box, volume_items),
        )
        for box, items in self._moving:
            for item in items:
                box.addItem(item, ignoreBounds=True)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """The dirty part of the still picture, and over it what moves."""
        self.scene().prepareForPaint()
        still, rect = self._still_picture(), event.rect()
        ratio = still.devicePixelRatio()
        painter = QPainter(self.viewport())
        source = QRectF(rect.x() * ratio, rect.y() * ratio, rect.width() * ratio, rect.height() * ratio)
        painter.drawPixmap(QRectF(rect), still, source)
        to_viewport = self.viewportTransform()
        for box, items in self._moving:
            painter.setClipRect(box.sceneBoundingRect())
            for item in items:
                if item.moves:
                    item.move(painter, item.sceneTransform() * to_viewport)
        painter.setClipping(False)
        for axis in (self.price_axis, self.volume_axis, self.time_axis):
            # The library's bounding rectangle of an axis is wider than the axis.
            corner = axis.mapToScene(QPointF(0, 0))
            if QRectF(corner, axis.size()).intersects(QRectF(rect)):
                painter.translate(corner)
                axis.move(painter)
                painter.translate(-corner)

    def _still_picture(self) -> QPixmap:
        view = self.viewport()
        ratio = view.devicePixelRatioF()
        ranges = (self.price_box.viewRange(), self.volume_box.viewRange()[1])
        key = (self.series, self.series.appended, ranges, view.size(), ratio)
        if key != self._still_key:
            self._still_key = key
            self.stills += 1
            self._still = QPixmap(view.size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            self._still.fill(self._ground)
            painter = QPainter(self._still)
            self.render(painter, QRectF(view.rect()), view.rect())
            painter.end()
        return self._still

    def restyle(self) -> None:
        """Paint the still picture anew: it is in the colours of before."""
        self._still_key = None
        self.setBackground(self._ground)
        self._repaint()

    def _repaint(self, *_: object) -> None:
        self.viewport().update()

    # What is shown

    def show_series(self, series: Series) -> None:
        """Show another series from its newest bars."""
        self.series = series
        self._appended = series.appended
        self.show_newest()

    def show_newest(self) -> None:
        """Put the last bar before the margin, at the first width of bars."""
        width = max(self.price_box.width(), 200.0)
        count = len(self.series)
        margin = MARGIN_PX / BAR_PX
        self.price_box.setLimits(xMin=-50, xMax=count + 400, minXRange=BARS_MIN)
        self.price_box.setXRange(count + margin - width / BAR_PX, count + margin, padding=0)
        self._fit_values()
        self.viewport().update()

    def follow(self, marks: Marks, decimals: int) -> None:
        """Once per frame after trades or own changes."""
        before, self.marks_item.marks, self.price_axis.marks = self.marks_item.marks, marks, marks
        self.marks_item.decimals = self.price_axis.decimals = decimals
        if self.series.appended != self._appended:
            by = self.series.appended - self._appended
            self._appended = self.series.appended
            self._roll(by)
        elif self._fit_values() or own_of(before) != own_of(marks):
            self.viewport().update()
        else:
            self.viewport().update(self._touched(before, marks))

    def price_lines(self) -> list[int]:
        """Prices that have a line."""
        low, high = self.price_box.viewRange()[1]
        return price_lines(low, high, self.price_box.height())

    def time_marks(self) -> list[TimeMark]:
        """Bars that have a label."""
        left, right = self.price_box.viewRange()[0]
        first, last = max(int(left), 0), min(int(right) + 1, len(self.series))
        if last <= first:
            return []
        key = (first, last, self.price_box.width(), self._appended)
        if self._time_marks[0] != key:
            bar_px = self.price_box.width() / max(right - left, 1e-9)
            stride = max(int(0.5 / bar_px), 1)
            starts = self.series.start_ns[first:last:stride]
            marks = time_marks(starts, first, bar_px, self.series.timeframe_s, stride)
            self._time_marks = (key, marks)
        return self._time_marks[1]

    def _price_grid(self) -> tuple[list[int], list[tuple[int, bool]]]:
        return self.price_lines(), [(mark.index, mark.is_session) for mark in self.time_marks()]

    def _volume_grid(self) -> tuple[list[int], list[tuple[int, bool]]]:
        top = self.volume_box.viewRange()[1][1]
        return [int(top * (1 - 1 / VOLUME_HEIGHT))], self._price_grid()[1]

    def _volume_label(self) -> str:
        return qty_label(round(self.volume_box.viewRange()[1][1]), self._texts.language)

    def _roll(self, by: int) -> None:
        """Follow new bars while the last ones are in view; otherwise the trader looks at the past."""
        left, right = self.price_box.viewRange()[0]
        self.price_box.setLimits(xMax=len(self.series) + 400)
        if right >= len(self.series) - by - 1:
            self.price_box.setXRange(left + by, right + by, padding=0)
        self._fit_values()
        self.viewport().update()

    def _fit_values(self, *_: object) -> bool:
        """Fit prices and volumes to the bars in view; whether a range changed."""
        left, right = self.price_box.viewRange()[0]
        low, high, qty = self.series.extent(int(left), int(right) + 1)
        if high <= 0:
            return False
        # Own prices that are near come into view; a far one would flatten the bars.
        near = (high - low) * OWN_REACH
        marks = self.marks_item.marks
        own = [order.px for order in marks.orders] + ([marks.average_px] if marks.average_px else [])
        reached = [px for px in own if low - near <= px <= high + near]
        low, high = min(low, *reached, high), max(high, *reached, low)
        pad = max((high - low) * RANGE_PAD, high * 0.0005, 1.0)
        wanted = ([low - pad, high + pad], [0.0, volume_top(qty * 1.05)])
        if (self.price_box.viewRange()[1], self.volume_box.viewRange()[1]) == wanted:
            return False
        self.price_box.setYRange(*wanted[0], padding=0)
        self.volume_box.setYRange(*wanted[1], padding=0)
        return True

    def _touched(self, before: Marks, after: Marks) -> QRect:
        """The last bars; with the last price, all but the time axis.

        One rectangle always: clipping to several costs more than copying what lies between them.
        """
        rect = self.price_box.sceneBoundingRect()
        bottom = int(self.volume_box.sceneBoundingRect().bottom())
        if (before.last_px, before.pnl) != (after.last_px, after.pnl):
            return QRect(0, 0, self.viewport().width(), bottom)
        left, right = self.price_box.viewRange()[0]
        bar_px = rect.width() / max(right - left, 1e-9)
        x = rect.left() + (len(self.series) - 2 - left) * bar_px
        return QRect(int(x) - 3, 0, int(2 * bar_px) + 10, bottom)

    # Gestures

    def start_drag(self, point: QPointF) -> bool:
        """Whether an order line is taken at a point of the scene."""
        hit = self.marks_item.order_at(point)
        if hit is None or hit.is_cross:
            return False
        self.marks_item.drag = Drag(hit.order, hit.order.px, hit.offset)
        return True

    def drag_to(self, point: QPointF) -> None:
        """Move the line that was taken."""
        drag = self.marks_item.drag
        if drag is not None:
            px = self._snap(self.price_box.mapSceneToView(point - QPointF(0, drag.offset)).y())
            if px != drag.px:
                drag.px = px
                self.viewport().update()

    def drop(self, *, is_kept: bool) -> None:
        """Let the line go; ask for the new price unless the drag was given up."""
        drag, self.marks_item.drag = self.marks_item.drag, None
        self.viewport().update()
        if drag is not None and is_kept and drag.px != drag.order.px:
            self.amended.emit(drag.order.order_id, drag.px)

    def click_at(self, point: QPointF) -> None:
        """A click on a label's cross cancels its order."""
        hit = self.marks_item.order_at(point)
        if hit is not None and hit.is_cross:
            self.canceled.emit(hit.order.order_id)

    def _point_at(self, point: QPointF) -> None:
        in_volume = self.volume_box.sceneBoundingRect().contains(point)
        in_price = self.price_box.sceneBoundingRect().contains(point)
        if not (in_volume or in_price) or not len(self.series):
            self._set_cross(None, None, in_volume=False)
            return
        at = (self.volume_box if in_volume else self.price_box).mapSceneToView(point)
        index = min(max(round(at.x()), 0), len(self.series) - 1)
        self._set_cross(index, at.y(), in_volume=in_volume)
        hit = self.marks_item.order_at(point) if in_price else None
        self.setCursor(Qt.CursorShape.SizeVerCursor if hit and not hit.is_cross else Qt.CursorShape.CrossCursor)

    def _set_cross(self, index: int | None, value: float | None, *, in_volume: bool) -> None:
        if (index, value, in_volume) == self._cross:
            return
        self._cross = (index, value, in_volume)
        self.price_axis.cross_px = None if in_volume or value is None else self._snap(value)
        self.time_axis.cross = None if index is None else (index, bar_time_text(self.series, index))
        self.pointed.emit(-1 if index is None else index)
        self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._set_cross(None, None, in_volume=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the newest bars in their place when they are in view."""
        super().resizeEvent(event)
        if hasattr(self, "price_box") and len(self.series):
            self._fit_values()


def own_of(marks: Marks) -> tuple[object, ...]:
    """What moves labels and lines of the trader's own; the rest changes with the last price."""
    return marks.orders, marks.fills, marks.average_px, marks.position_qty


def bar_time_text(series: Series, index: int) -> str:
    """Date of a day bar; date and time of the others."""
    start_ns = int(series.start_ns[index])
    date = date_text((start_ns + KST_NS) // DAY_NS)
    return date if series.timeframe_s == DAY_S else f"{date} {clock_text(start_ns)[:5]}"
