"""The chart's canvas: panes and axes on the plotting library's view boxes, painted by our layers.

The library carries the scene, the panes' layout and ranges with their limits; bars, lines, axes and marks are painted
by us. The price range fits the bars in view unless the trader took it in hand.

Theory of operation of painting: grid, bars and lines without their last piece are painted into a still picture, and
anew only when a bar begins or the view changes. A paint event copies the dirty part of it and paints over it what
moves: the last bar, marks, drawings, labels, axes, crosshair. So a trade that stays within the range costs a few
strips, whatever is behind them: what moves with a trade stands at the right, from the last bars on, and the figures
at the panes' left follow a few times a second. What a frame changes besides takes several turns (widgets.chart_turns).
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsView, QWidget

from hts.desk.chart import Series
from hts.desk.chart_compare import Compared, Line
from hts.desk.chart_marks import Marks
from hts.desk.chart_past import PastFills
from hts.desk.chart_plane import Plane
from hts.desk.chart_scale import percent_text
from hts.desk.chart_settings import ChartSettings, Scale
from hts.desk.chart_studies import StudySet, panes_of
from hts.desk.drawings import Kind
from hts.desk.drawings_board import Board, Pen
from hts.desk.texts import Texts
from themes.tokens import Tokens
from widgets.chart_axes import TimeAxis
from widgets.chart_candles import BarsLayer
from widgets.chart_cross import Cross
from widgets.chart_drawings import DrawingLayer
from widgets.chart_hand import Hand
from widgets.chart_marks import MarksLayer
from widgets.chart_notes import NotesLayer
from widgets.chart_panes import PRICE, Pane, PaneStack, rect_of
from widgets.chart_ranges import TimeMarks, fits_still, own_of, price_range, touched
from widgets.chart_spoken import SpokenChart
from widgets.chart_still import Still
from widgets.chart_study_lines import CompareLayer, ProfileLayer
from widgets.chart_turns import CanvasTurns
from widgets.painting import Brush, TextCache

MARGIN_PX = 168  # right of the last bar: order labels stand there
BAR_PX = 7.0  # width of a bar's room at first
BARS_MIN = 8
BEYOND = 400  # bars of empty room that the view may reach into the future
NOTICE_MS = 8_000


class ChartCanvas(SpokenChart):
    """pointed(index): the crosshair's bar, -1 for none. canceled(line). amended(line, px as float).

    refused(key): a gesture that may not be, as a text's key. drawn(): the drawings changed. resized(pane, share).
    edited(study): a study is to be edited. menu_asked(point on the screen).
    """

    pointed = Signal(int)
    canceled = Signal(object)
    amended = Signal(object, float)
    refused = Signal(str)
    drawn = Signal()
    resized = Signal(str, float)
    edited = Signal(object)
    menu_asked = Signal(object)
    _is_built = False

    def __init__(
        self, tokens: Tokens, texts: Texts, snap: Callable[[float], int], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, useOpenGL=False, background=tokens.panel)
        self.series = Series(60)
        self.settings = ChartSettings()
        self.studies = StudySet(())
        self.compared: Sequence[Compared] = ()
        self.texts, self.snap, self.tokens = texts, snap, tokens
        self.cache = TextCache()
        self.decimals = 0
        self.can_amend = False  # order lines may be dragged
        self.is_replay = False
        self.first_key: Callable[[QKeyEvent], bool] = lambda _event: False
        self.notice = ""
        self.is_manual = False  # the trader chose the range of prices
        self._appended = self._count = 0
        self._look = 0  # grows with every change of how the canvas looks
        self._view = 0  # grows with every change of ranges and places
        self._planes: tuple[object, dict[Pane, Plane]] = (None, {})
        self.turns = CanvasTurns(self)
        self.times = TimeMarks()
        self.still = Still(self)
        self.pen = Pen(Board())
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        # We say ourselves what is dirty: the view's own book-keeping ends in its own paintEvent, which is not used.
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.NoViewportUpdate)
        self._add_layers(tokens)
        self.cross = Cross(self)
        self.hand = Hand(self)
        self._is_built = True
        self._notice_timer = QTimer(self)
        self._notice_timer.setSingleShot(True)
        self._notice_timer.setInterval(NOTICE_MS)
        self._notice_timer.timeout.connect(lambda: self.say(""))

    def _add_layers(self, tokens: Tokens) -> None:
        self.price_pane = price = Pane(PRICE, tokens, self.cache, self._changed)
        self.stack = PaneStack(price, tokens, self.cache, self._changed)
        self.time_axis = TimeAxis(tokens, self.cache)
        self.bars_layer = BarsLayer(tokens)
        self.profile_layer = ProfileLayer(tokens)
        self.marks_layer = MarksLayer(tokens, self.texts, self.cache)
        self.drawing_layer = DrawingLayer(self)
        compare = CompareLayer(tokens, self.compared_lines)
        self.notes_layer = NotesLayer(self)
        price.layers = [
            price.grid,
            self.profile_layer,
            self.bars_layer,
            price.lines,
            compare,
            self.drawing_layer,
            self.marks_layer,
            self.notes_layer,
        ]
        price.axis.others = self._compared_tags
        self.setCentralItem(self.stack.root)
        self.price_box = price.box
        price.box.sigXRangeChanged.connect(self.fit_values)

    @property
    def board(self) -> Board:
        """The issue's drawings."""
        return self.pen.board

    def set_board(self, board: Board) -> None:
        """Another issue's drawings."""
        self.pen = Pen(board)
        self._repaint()

    def take_tool(self, kind: Kind) -> None:
        """Take up a tool: the next clicks place its anchors."""
        self.pen.keeps = self.settings.keeps_tool
        self.pen.choose(kind)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocus()

    def change_board(self, act: Callable[[], object]) -> None:
        """Change the drawings by one of the board's methods."""
        self.pen.cancel()
        act()
        self.drawn.emit()
        self._repaint()

    # Planes

    def plane_of(self, pane: Pane) -> Plane:
        """A pane's plane as it is now."""
        key = (self._view, self._look)
        if self._planes[0] != key:
            self._planes = (key, {})
        found = self._planes[1].get(pane)
        if found is None:
            is_log = pane is self.price_pane and self.settings.scale is Scale.LOG
            found = self._planes[1][pane] = pane.plane(self.price_box.viewRange()[0], is_log=is_log)
        return found

    @property
    def price_plane(self) -> Plane:
        """The price pane's."""
        return self.plane_of(self.price_pane)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """The dirty part of the still picture, and over it what moves."""
        self.studies.follow_tails(self.series)  # trades may have come since the last frame was shown
        still, rect = self.still.whole(), event.rect()
        painter = QPainter(self.viewport())
        brush = Brush(painter, self.cache)
        brush.copy(0, 0, still)  # clipped by Qt to what is dirty
        plane, shows_end = self.price_plane, rect.right() >= touched(self).left()
        for pane in self.stack.panes:
            plane = self.plane_of(pane)
            if plane.top > rect.bottom() or plane.bottom < rect.top():
                continue
            painter.setClipRect(rect_of(plane) & rect)
            for layer in pane.layers:
                if shows_end or not layer.is_at_end:
                    layer.draw_moving(painter, plane)
            if rect.left() <= pane.label_end:
                self.notes_layer.draw_pane(brush, plane, pane)
            self.cross.draw(brush, plane, pane)
            painter.setClipping(False)
            if rect.right() >= plane.right:
                pane.axis.draw_moving(brush, plane)
        for pane in self.stack.panes[1:]:
            top = int(self.plane_of(pane).top)
            brush.hline(0, top, self.viewport().width(), self.tokens.line2)
        if rect.bottom() >= plane.bottom:
            self.time_axis.draw(brush, plane, int(plane.bottom))
        if self.hasFocus():
            brush.hline(0, 0, self.viewport().width(), self.tokens.own)

    def still_key(self) -> object:
        """What the still picture is made of; another one needs another picture."""
        view = self.viewport()
        return self.series, self.series.appended, self._look, self._view, view.size(), view.devicePixelRatioF()

    def restyle(self) -> None:
        """Paint the still picture anew: it is in the colours of before."""
        self._look += 1
        self.setBackground(self.tokens.panel)
        self._repaint()

    def _repaint(self, *_: object) -> None:
        self.turns.repaint()

    def _changed(self, *_: object) -> None:
        """Ranges or places are others."""
        self._view += 1
        self._repaint()

    # What is shown

    def show_series(self, series: Series, *, keeps_view: bool = False) -> None:
        """Show another series, from its newest bars unless the view is to stay."""
        self.series = series
        self._appended, self._count = series.appended, len(series)
        self.bars_layer.series = self.profile_layer.series = series
        self._show_studies()
        if keeps_view:
            self._limit()
            self.fit_values()
            self._repaint()
        else:
            self.is_manual = False
            self.show_newest()

    def take_settings(self, settings: ChartSettings) -> None:
        """Style, scale, studies and heights; the series stays."""
        self.settings = settings
        if settings.hides_drawings:  # what is not seen is not in the hand: no key deletes or moves it
            self.pen.cancel()
            self.board.selected = 0
        self.bars_layer.style = settings.style
        profiles = [s for s in settings.studies if s.name == "profile" and not s.is_hidden]
        self.profile_layer.rows = int(profiles[0].values[0]) if profiles else 0
        if self.studies.studies != settings.studies:
            self.studies.replace(settings.studies)
        self._show_studies()
        self._look += 1
        self.fit_values()
        self._repaint()

    def _show_studies(self) -> None:
        self.studies.follow(self.series)
        shown = [one for one in self.studies.shown if one.lines]
        self.price_pane.show(self.series, [one for one in shown if one.study.indicator.is_overlay])
        own = panes_of(shown)
        if self.stack.set_keys([key for key, _ in own]):
            self._view += 1
        self.stack.share(self.viewport().height(), self.settings.heights)
        for pane, (_, studies) in zip(self.stack.panes[1:], own, strict=True):
            pane.show(self.series, studies)

    def show_newest(self) -> None:
        """Put the last bar before the margin, at the first width of bars."""
        width = max(self.price_box.width(), 200.0)
        count = len(self.series)
        margin = min(MARGIN_PX, width * 0.3) / BAR_PX
        self._limit()
        self.price_box.setXRange(count + margin - width / BAR_PX, count + margin, padding=0)
        self.fit_values()
        self._repaint()

    def _limit(self) -> None:
        self.price_box.setLimits(xMin=-50, xMax=len(self.series) + BEYOND, minXRange=BARS_MIN)

    def follow(self, marks: Marks, decimals: int) -> None:
        """Once per frame after trades or own changes."""
        self.turns.gather()
        before, self.marks_layer.marks, self.price_pane.axis.marks = self.marks_layer.marks, marks, marks
        self.marks_layer.last_index = len(self.series) - 1
        self.decimals = self.marks_layer.decimals = self.price_pane.axis.decimals = decimals
        self.studies.follow(self.series)
        if self.series.appended != self._appended:
            self._appended = self.series.appended
            self._roll(len(self.series) - self._count)
        elif own_of(before) != own_of(marks) or (not fits_still(self) and self.fit_values()):
            self.fit_values()
            self._repaint()
        self.turns.paint()

    def _roll(self, by: int) -> None:
        """Follow new bars while the last ones are in view; otherwise the trader looks at the past."""
        self._count = len(self.series)
        left, right = self.price_box.viewRange()[0]
        self._limit()
        if by and right >= self._count - by - 1:
            self.price_box.setXRange(left + by, right + by, padding=0)
        self.fit_values()
        self._repaint()

    def mark_past(self, fills: PastFills) -> None:
        """Mark the trader's fills of days before."""
        self.marks_layer.past.fills = fills
        self._look += 1
        self._repaint()

    def say(self, sentence: str) -> None:
        """A sentence at the chart's foot, for a while; an empty one takes it away."""
        self.notice = sentence
        if sentence:
            self._notice_timer.start()
        self._repaint()

    def fit_values(self, *_: object) -> bool:
        """Fit prices and indicators to the bars in view; whether a range changed."""
        left, right = self.price_box.viewRange()[0]
        first, last = int(left), int(right) + 1
        is_changed = False
        for pane in self.stack.panes[1:]:
            is_changed = pane.fit(self.series, first, last) or is_changed
        if self.is_manual:
            return is_changed
        wanted = price_range(self, left, right)
        if wanted is None or self.price_box.viewRange()[1] == wanted:
            return is_changed
        self.price_box.setYRange(*wanted, padding=0)
        return True

    def compared_lines(self, x0: float, x1: float) -> list[tuple[Compared, Line]]:
        """Of every compared issue that has bars there, a point for each pixel at most."""
        step = max(int((x1 - x0) / max(self.price_box.width(), 1.0)), 1)
        found = ((one, one.line(self.series, x0, x1, step)) for one in self.compared)
        return [(one, line) for one, line in found if line is not None]

    def _compared_tags(self) -> list[tuple[str, float, str]]:
        """Where each compared issue ends, for the axis."""
        if not self.compared:
            return []
        lines = self.compared_lines(*self.price_box.viewRange()[0])
        return [(one.color, line.end, percent_text(line.change_percent)) for one, line in lines]

    # Events: the hand knows what they mean.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hand.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hand.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.hand.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.hand.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.hand.wheel(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_held = self.hand.mode or self.pen.is_busy
        if not ((not is_held and self.first_key(event)) or self.hand.key(event)):
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self.menu_asked.emit(self.mapToGlobal(self.rect().center()))

    def leaveEvent(self, _event: QEvent) -> None:
        self.hand.leave()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the newest bars in their place when they are in view."""
        before = self.price_box.width() if self._is_built else 0
        super().resizeEvent(event)
        if not self._is_built:  # the library calls it while it builds
            return
        self.stack.share(self.viewport().height(), self.settings.heights)
        width = self.price_box.width()
        if len(self.series) and before > 0 and width > 0 and width != before:
            left, right = self.price_box.viewRange()[0]
            self.price_box.setXRange(right - (right - left) * width / before, right, padding=0)
        self.fit_values()
        self._repaint()
