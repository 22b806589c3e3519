"""What mouse and keys mean on a chart: pan, zoom, scale, resize panes, drag orders, draw.

One gesture at a time. What a press begins is decided by what is under it, in this order: a tool in hand, the border of
a pane, an axis, an own order, a drawing, and else the view itself. Esc gives any of them up.
"""

from math import exp
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent

from hts.desk.chart_frames import CLOSE, HIGH, LOW, OPEN
from hts.desk.drawings import Anchor, Kind
from widgets.chart_axes import TIME_HEIGHT
from widgets.chart_keys import KEY_PAN, ZOOM, ChartKeys
from widgets.chart_marks import Drag, Hit
from widgets.chart_writing import Writing

if TYPE_CHECKING:
    from widgets.chart_canvas import ChartCanvas

CLICK_PX = 4  # a press that moved less is a click
SNAP_PX = 10
WHEEL_STEP = 120
SCALE_PX = 150.0  # so far a drag along an axis makes e times as much of it


class Hand:
    """The gestures of one canvas. `mode` is what the mouse is doing: "", pan, order, draw, price, time, border.

    While the keyboard holds an own line it is "held".
    """

    def __init__(self, canvas: "ChartCanvas") -> None:
        self._canvas = canvas
        self.mode = ""
        self._begin = QPointF()
        self._ranges: tuple[list[float], list[float]] = ([], [])
        self._pane_key = ""
        self._cancel: Hit | None = None
        self._writing: Writing | None = None
        self.keys = ChartKeys(canvas, self)

    # Mouse

    def press(self, event: QMouseEvent) -> None:
        """Begin a gesture."""
        canvas, at = self._canvas, event.position()
        canvas.setFocus(Qt.FocusReason.MouseFocusReason)
        if self.mode == "held":
            self.give_up()
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self._begin = at
        self._ranges = (list(canvas.price_box.viewRange()[0]), list(canvas.price_box.viewRange()[1]))
        plane, border = canvas.price_plane, canvas.stack.border_at(at.y())
        last = canvas.plane_of(canvas.stack.panes[-1])
        if canvas.pen.tool is not None and plane.has(at.x(), at.y()):
            self.place(self.anchor(at), at)
        elif border is not None and at.x() < plane.right:
            self.mode, self._pane_key = "border", border.key
        elif at.y() >= last.bottom:
            self.mode = "time"
        elif at.x() >= plane.right:
            self.mode = "price" if at.y() < plane.bottom else ""
        elif not (plane.has(at.x(), at.y()) and self._take(at)):
            self.mode = "pan"
            canvas.setCursor(Qt.CursorShape.ClosedHandCursor)

    def _take(self, at: QPointF) -> bool:
        """An order's line, its cross, the chip to the newest bar, or a drawing."""
        canvas = self._canvas
        hit = canvas.marks_layer.order_at(at)
        if hit is not None and hit.is_cross:
            self._cancel = hit
            return True
        if hit is not None:
            self.start_drag(hit)
            return True
        chip = canvas.notes_layer.newest
        if chip is not None and chip[0] <= at.x() <= chip[0] + chip[2] and chip[1] <= at.y() <= chip[1] + chip[3]:
            canvas.show_newest()
            return True
        drawn = canvas.drawing_layer.hit(at.x(), at.y())
        if drawn is None:
            if canvas.board.selected:
                canvas.board.selected = 0
                canvas.viewport().update()
            return False
        canvas.pen.take(drawn, self.anchor(at, snaps=drawn.handle >= 0))
        self.mode = "draw"
        canvas.viewport().update()
        return True

    def move(self, event: QMouseEvent) -> None:
        """Go on with a gesture, or point."""
        canvas, at = self._canvas, event.position()
        delta = at - self._begin
        if self.mode == "order":
            self.drag_to(at)
        elif self.mode == "draw":
            selected = canvas.board.find(canvas.board.selected)
            canvas.pen.drag(self.anchor(at, snaps=selected is not None and selected.kind is not Kind.MEASURE))
            canvas.viewport().update()
        elif self.mode == "pan":
            self._pan(delta)
        elif self.mode == "price":
            self._scale_price(exp(delta.y() / SCALE_PX))
        elif self.mode == "time":
            self.zoom_to(self._ranges[0], exp(-delta.x() / SCALE_PX), self._ranges[0][1])
        elif self.mode == "border":
            self._resize(at.y())
        elif canvas.pen.tool is not None:
            canvas.pen.hover(self.anchor(at))
            canvas.viewport().update()
        self.point(at)

    def release(self, event: QMouseEvent) -> None:
        """End a gesture; the right button asks for the menu."""
        canvas, mode = self._canvas, self.mode
        if event.button() is Qt.MouseButton.RightButton:
            if not self.give_up():
                canvas.menu_asked.emit(event.globalPosition().toPoint())
            return
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self.mode = ""
        if mode == "order":
            self.drop(is_kept=canvas.price_plane.has(event.position().x(), event.position().y()))
        elif mode == "draw":
            canvas.pen.release()
            canvas.drawn.emit()
        elif self._cancel is not None:
            hit, self._cancel = canvas.marks_layer.order_at(event.position()), None
            if hit is not None and hit.is_cross:
                canvas.canceled.emit(hit.order)
        canvas.viewport().update()
        self.point(event.position())

    def double_click(self, event: QMouseEvent) -> None:
        """An axis fits again; a text can be written anew; a pane's study can be edited."""
        canvas, at = self._canvas, event.position()
        plane = canvas.price_plane
        pane = canvas.stack.at(at.y())
        drawn = canvas.drawing_layer.hit(at.x(), at.y()) if plane.has(at.x(), at.y()) else None
        if at.x() >= plane.right and at.y() < plane.bottom:
            self.fit()
        elif at.y() >= canvas.plane_of(canvas.stack.panes[-1]).bottom:
            canvas.show_newest()
        elif drawn is not None:
            drawing = canvas.board.find(drawn.drawing_id)
            if drawing is not None and drawing.kind is Kind.TEXT:
                self._write(at, drawing.text)
        elif pane is not None and pane is not canvas.price_pane and pane.lines.studies:
            canvas.edited.emit(pane.lines.studies[0].study)

    def wheel(self, event: QWheelEvent) -> None:
        """Zoom at the pointer; sideways, or with Shift, pan; on the price axis, scale."""
        canvas = self._canvas
        delta, at = event.angleDelta(), event.position()
        turns = delta.y() / WHEEL_STEP
        left, right = canvas.price_box.viewRange()[0]
        if delta.x() or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            by = (delta.x() or delta.y()) / WHEEL_STEP * KEY_PAN * (right - left)
            canvas.price_box.setXRange(left - by, right - by, padding=0)
        elif at.x() >= canvas.price_plane.right:
            self._ranges = (list(canvas.price_box.viewRange()[0]), list(canvas.price_box.viewRange()[1]))
            self._scale_price(ZOOM**-turns)
        else:
            # With the newest bar in view it keeps its place: the trader wants to see more of the past.
            last = len(canvas.series) - 1
            pinned = last if left <= last <= right else canvas.price_plane.index_at(at.x())
            self.zoom_to([left, right], ZOOM**-turns, pinned)
        event.accept()

    def leave(self) -> None:
        """The pointer has gone."""
        if not self.mode:
            self._canvas.cross.set(None, None, "")

    def _pan(self, delta: QPointF) -> None:
        canvas = self._canvas
        (left, right), (low, high) = self._ranges
        plane = canvas.price_plane
        by = delta.x() / plane.bar_px
        canvas.price_box.setXRange(left - by, right - by, padding=0)
        if canvas.is_manual:
            dy = delta.y() * (high - low) / plane.height
            canvas.price_box.setYRange(low + dy, high + dy, padding=0)

    def _scale_price(self, factor: float) -> None:
        """Make the prices' range `factor` times as large around its middle: the trader has it in hand from now on."""
        canvas = self._canvas
        low, high = self._ranges[1]
        middle, half = (low + high) / 2, (high - low) / 2 * factor
        self.set_manual(on=True)
        canvas.price_box.setYRange(middle - half, middle + half, padding=0)

    def zoom_to(self, begin: list[float], factor: float, pinned: float) -> None:
        """Show `factor` times as many bars around a place that stays."""
        left, right = begin
        box = self._canvas.price_box
        box.setXRange(pinned - (pinned - left) * factor, pinned + (right - pinned) * factor, padding=0)

    def _resize(self, y: float) -> None:
        canvas = self._canvas
        pane = next((p for p in canvas.stack.panes if p.key == self._pane_key), None)
        if pane is not None:
            share = (canvas.plane_of(pane).bottom - y) / max(canvas.viewport().height() - TIME_HEIGHT, 1)
            canvas.resized.emit(pane.key, share)

    def set_manual(self, *, on: bool) -> None:
        """Whether the trader has the range of prices in hand."""
        self._canvas.is_manual = self._canvas.price_pane.axis.is_manual = on

    def fit(self) -> None:
        """Let prices fit the bars in view again."""
        self.set_manual(on=False)
        self._canvas.fit_values()
        self._canvas.viewport().update()

    # Own orders

    def start_drag(self, hit: Hit) -> bool:
        """Take an order's line, unless orders cannot be amended now."""
        canvas = self._canvas
        if not canvas.can_amend:
            canvas.refused.emit("refusal.locked")
            return False
        if not hit.order.can_move:
            canvas.refused.emit("chart.drag.fixed")
            return False
        canvas.marks_layer.drag = Drag(hit.order, hit.order.px, hit.offset)
        self.mode = "order"
        return True

    def drag_to(self, at: QPointF) -> None:
        """Move the line to the valid price under the pointer."""
        canvas, drag = self._canvas, self._canvas.marks_layer.drag
        if drag is not None:
            px = canvas.snap(canvas.price_plane.value_at(at.y() - drag.offset))
            if px != drag.px:
                drag.px = px
                canvas.viewport().update()

    def drop(self, *, is_kept: bool) -> None:
        """Let the line go; ask for the new price unless the drag was given up."""
        canvas = self._canvas
        drag, canvas.marks_layer.drag = canvas.marks_layer.drag, None
        canvas.viewport().update()
        if drag is not None and is_kept and drag.px != drag.order.px:
            canvas.amended.emit(drag.order, drag.px)

    # Drawing

    def anchor(self, at: QPointF, *, snaps: bool = True) -> Anchor:
        """Time and price at a point; near a bar's open, high, low or close, exactly that."""
        canvas, plane = self._canvas, self._canvas.price_plane
        series = canvas.series
        x, px = plane.index_at(at.x()), max(plane.value_at(at.y()), 1e-6)
        near = round(x)
        if snaps and canvas.settings.snaps and 0 <= near < len(series):
            prices = series.columns[[OPEN, HIGH, LOW, CLOSE], near].tolist()
            best = min(prices, key=lambda one: abs(plane.y_of(one) - at.y()))
            if abs(plane.y_of(best) - at.y()) <= SNAP_PX:
                return Anchor(int(series.start_ns[near]), float(best))
        return Anchor(max(series.time_at(x), 0), float(px))

    def place(self, anchor: Anchor, at: QPointF) -> None:
        """Place an anchor of the tool in the hand; `at` is where it is on the screen."""
        canvas = self._canvas
        made = canvas.pen.press(anchor)
        if made is not None and made.kind is Kind.TEXT:
            self._write(at, "")
        elif made is not None:
            canvas.setCursor(Qt.CursorShape.CrossCursor)
            canvas.drawn.emit()
        elif canvas.board.is_full:
            canvas.refused.emit("chart.draw.full")
        canvas.viewport().update()

    def _write(self, at: QPointF, text: str) -> None:
        """A field where the text will stand."""
        canvas = self._canvas
        self._writing = Writing(canvas, text)
        self._writing.written.connect(self._written)
        self._writing.open_at(at.toPoint())

    def _written(self, text: str) -> None:
        canvas = self._canvas
        if canvas.pen.tool is Kind.TEXT:
            canvas.pen.write(text)
        else:
            canvas.board.rewrite(canvas.board.selected, text)
        canvas.drawn.emit()
        canvas.setFocus()
        canvas.viewport().update()

    # Keys

    def give_up(self) -> bool:
        """End the gesture without its effect; whether there was one."""
        canvas, mode = self._canvas, self.mode
        self.mode, self._cancel = "", None
        if mode in ("order", "held"):
            self.drop(is_kept=False)
            canvas.say("")
            return True
        if canvas.pen.cancel():
            canvas.setCursor(Qt.CursorShape.CrossCursor)
            canvas.viewport().update()
            return True
        return bool(mode)

    def key(self, event: QKeyEvent) -> bool:
        """Whether a key means something here; all others are the window's."""
        return self.keys.press(event)

    # Crosshair

    def point(self, at: QPointF) -> None:
        """Bar and value under the pointer."""
        canvas = self._canvas
        plane, pane = canvas.price_plane, canvas.stack.at(at.y())
        if pane is None or not plane.left <= at.x() < plane.right or not len(canvas.series):
            canvas.cross.set(None, None, "")
            self._show_cursor(at, is_inside=False)
            return
        index = min(max(round(plane.index_at(at.x())), 0), len(canvas.series) - 1)
        canvas.cross.set(index, canvas.plane_of(pane).value_at(at.y()), pane.key)
        self._show_cursor(at, is_inside=True)

    def _show_cursor(self, at: QPointF, *, is_inside: bool) -> None:
        canvas, shapes = self._canvas, Qt.CursorShape
        if self.mode in ("pan", "draw"):
            return
        plane = canvas.price_plane
        hit = canvas.marks_layer.order_at(at) if is_inside else None
        if canvas.stack.border_at(at.y()) is not None and is_inside:
            shape = shapes.SplitVCursor
        elif hit is not None:
            shape = shapes.PointingHandCursor if hit.is_cross else shapes.SizeVerCursor
        elif at.x() >= plane.right and at.y() < plane.bottom:
            shape = shapes.SizeVerCursor
        elif not is_inside:
            shape = shapes.SizeHorCursor
        elif canvas.pen.tool is None and plane.has(at.x(), at.y()) and canvas.drawing_layer.hit(at.x(), at.y()):
            shape = shapes.SizeAllCursor
        else:
            shape = shapes.CrossCursor
        canvas.setCursor(shape)
