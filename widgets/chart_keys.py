"""What keys mean on a chart. Nothing on it needs the mouse.

Arrows pan, with Shift the crosshair goes from bar to bar. With a tool in the hand arrows move the crosshair by bars and
ticks, and Enter places an anchor. Page Up and Page Down take the next own line into the hand: arrows move it by ticks,
Enter asks for the new price, Delete cancels, Esc lets it go. A chosen drawing moves with Ctrl, Shift and an arrow.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import structs
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent

from hts.desk.chart_frames import CLOSE
from hts.desk.drawings import Anchor, Kind
from widgets.chart_marks import Hit

if TYPE_CHECKING:
    from widgets.chart_canvas import ChartCanvas
    from widgets.chart_hand import Hand

KEY_PAN, KEY_PAN_FAR = 0.1, 0.8  # of the view
ZOOM = 1.25
FAR = 10  # bars and ticks, with Ctrl
PX_MIN = 1e-6
ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


def whole_steps(px: float, ticks: int) -> float:
    """Without an issue a tick is one."""
    return px + ticks


class ChartKeys(QObject):
    """The keyboard's part of a hand. `step` tells the price so many ticks away."""

    def __init__(self, canvas: "ChartCanvas", hand: "Hand") -> None:
        super().__init__(canvas)
        self._canvas, self._hand = canvas, hand
        self.step: Callable[[float, int], float] = whole_steps
        canvas.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """A line that the keyboard holds falls when the keyboard goes elsewhere."""
        if event.type() is QEvent.Type.FocusOut and self._hand.mode == "held":
            self._hand.give_up()
        return False

    def press(self, event: QKeyEvent) -> bool:
        """Whether a key means something here; all others are the window's."""
        canvas, key = self._canvas, Qt.Key(event.key())
        modifiers = event.modifiers()
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        if modifiers & Qt.KeyboardModifier.AltModifier:
            return False
        if key is Qt.Key.Key_Escape:
            return self._hand.give_up()
        if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) and not (control or shift):
            return self._take_line(1 if key is Qt.Key.Key_PageUp else -1)
        if self._hand.mode in ("order", "draw") and key in ENTERS:
            return True  # no order of the form's while the mouse holds something
        if self._hand.mode == "held":
            return self._line_key(key, FAR if control else 1)
        if key in ARROWS and control and shift:
            return self._move_chosen(*ARROWS[key])
        if canvas.pen.tool is not None and (key in ARROWS or key in ENTERS) and not shift:
            return self._tool_key(key, FAR if control else 1)
        return self._board_key(key, control=control, shift=shift) or self._view_key(key, control=control, shift=shift)

    # The view and its crosshair

    def _view_key(self, key: Qt.Key, *, control: bool, shift: bool) -> bool:
        canvas, keys = self._canvas, Qt.Key
        left, right = canvas.price_box.viewRange()[0]
        by = (right - left) * (KEY_PAN_FAR if control else KEY_PAN)
        if key in (keys.Key_Left, keys.Key_Right) and shift:
            return self._nudge(ARROWS[key][0])
        if key in (keys.Key_Left, keys.Key_Right):
            by *= ARROWS[key][0]
            canvas.price_box.setXRange(left + by, right + by, padding=0)
        elif key in (keys.Key_Plus, keys.Key_Equal, keys.Key_Minus) and not control:
            factor = ZOOM if key is keys.Key_Minus else 1 / ZOOM
            self._hand.zoom_to([left, right], factor, min(right, float(len(canvas.series))))
        elif key is keys.Key_Home and not control:
            canvas.price_box.setXRange(0, right - left, padding=0)
        elif key is keys.Key_End and not control:
            canvas.show_newest()
        else:
            return False
        canvas.viewport().update()
        return True

    def _nudge(self, bars: int, ticks: int = 0) -> bool:
        """Move the crosshair; by bars alone it goes along the closes, which is the keyboard's way to read figures."""
        canvas = self._canvas
        last, cross = len(canvas.series) - 1, canvas.cross
        if last < 0:
            return False
        at = last if cross.index is None else min(max(cross.index + bars, 0), last)
        px = float(canvas.series.columns[CLOSE, at])
        if canvas.pen.tool is not None and cross.value is not None and cross.pane_key == canvas.price_pane.key:
            px = max(self.step(cross.value, ticks), PX_MIN) if ticks else cross.value
        cross.set(at, px, canvas.price_pane.key)
        canvas.tell_bar()
        return True

    # Drawings

    def _board_key(self, key: Qt.Key, *, control: bool, shift: bool) -> bool:
        board, keys = self._canvas.board, Qt.Key
        if control and key is keys.Key_Z:
            return self._changed(board.redo() if shift else board.undo())
        if control and key is keys.Key_Y:
            return self._changed(board.redo())
        if key is keys.Key_Delete and not control:
            return self._is_locked() or self._changed(board.remove(board.selected))
        if key in (keys.Key_BracketLeft, keys.Key_BracketRight) and not control:
            if self._canvas.settings.hides_drawings:
                return True
            board.select_next(1 if key is keys.Key_BracketRight else -1)
            self._canvas.viewport().update()
            return True
        return False

    def _is_locked(self) -> bool:
        """Whether a chosen drawing may not be changed; then it is said."""
        canvas = self._canvas
        is_locked = bool(canvas.board.selected) and canvas.settings.locks_drawings
        if is_locked:
            canvas.say(canvas.texts("chart.draw.locked"))
        return is_locked

    def _changed(self, is_changed: bool) -> bool:
        if is_changed:
            self._canvas.drawn.emit()
            self._canvas.viewport().update()
        return is_changed

    def _tool_key(self, key: Qt.Key, by: int) -> bool:
        """Move the crosshair, or place an anchor where it is."""
        canvas, cross = self._canvas, self._canvas.cross
        if key in ARROWS:
            bars, ticks = ARROWS[key]
            self._nudge(bars * by, ticks * by)
        elif cross.index is None:
            self._nudge(0)
        if cross.index is None or cross.value is None:
            return True  # there is no bar to point at
        anchor = Anchor(int(canvas.series.start_ns[cross.index]), float(cross.value))
        if key in ENTERS:
            plane = canvas.price_plane
            self._hand.place(anchor, QPointF(float(plane.x_of(cross.index)), float(plane.y_of(cross.value))))
        else:
            canvas.pen.hover(anchor)
        canvas.viewport().update()
        return True

    def _move_chosen(self, bars: int, ticks: int) -> bool:
        """Move the chosen drawing by a bar or a tick."""
        canvas, series = self._canvas, self._canvas.series
        drawing = canvas.board.find(canvas.board.selected)
        if drawing is None or not len(series):
            return False
        if self._is_locked():
            return True

        def moved(anchor: Anchor) -> Anchor:
            place_ns = max(series.time_at(series.x_of(anchor.trade_ns) + bars), 0) if bars else anchor.trade_ns
            px = max(self.step(anchor.px, ticks), PX_MIN) if ticks and drawing.kind is not Kind.VERTICAL else anchor.px
            return Anchor(place_ns, float(px))

        canvas.board.replace(structs.replace(drawing, anchors=tuple(moved(anchor) for anchor in drawing.anchors)))
        return self._changed(True)

    # Own lines

    def _take_line(self, by: int) -> bool:
        """Take the next own line above or below the one in the hand, else above or below the last price."""
        canvas, hand = self._canvas, self._hand
        marks, drag = canvas.marks_layer.marks, canvas.marks_layer.drag
        if hand.mode not in ("", "held") or not marks.orders:
            return False
        lines = sorted(marks.orders, key=lambda line: line.px * by)
        held = drag.order.order_id if drag is not None else None
        at = next((i for i, line in enumerate(lines) if line.order_id == held), -1)
        if at == len(lines) - 1:
            return True  # it is the last one that way
        if at < 0:
            beyond = (i for i, line in enumerate(lines) if line.px * by > marks.last_px * by)
            at = next(beyond, len(lines)) - 1
            at = at if at + 1 < len(lines) else len(lines) - 2  # none that way: the nearest
        hand.give_up()
        if hand.start_drag(Hit(lines[at + 1], is_cross=False)):
            hand.mode = "held"
            canvas.say(canvas.texts("chart.keys.held"))
        return True

    def _line_key(self, key: Qt.Key, by: int) -> bool:
        canvas, hand, drag = self._canvas, self._hand, self._canvas.marks_layer.drag
        if drag is None:
            return False
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            drag.px = canvas.snap(self.step(drag.px, ARROWS[key][1] * by))
        elif key in ENTERS:
            hand.mode = ""
            hand.drop(is_kept=True)
            canvas.say("")
        elif key is Qt.Key.Key_Delete:
            hand.give_up()
            canvas.canceled.emit(drag.order)
        else:
            return False
        canvas.viewport().update()
        return True
