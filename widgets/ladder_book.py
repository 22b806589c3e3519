"""What the mouse does on the ladder's body.

A press on a side's column means an order there, at once, within the handler. A press on an own chip cancels on release,
or amends when it was dragged to another price; on a stop's chip likewise. The right button, and any button in the STOP
area, means a stop. Nothing scrolls by itself while the pointer is over the body. A drag ends without effect with
Escape or the right button, and tells it when its order has ended, orders were locked or the core has gone meanwhile.
"""

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QMouseEvent, QWheelEvent

from hts.desk.figures import qty_text
from hts.desk.ladder import LadderState
from hts.model.enums import Side
from themes import metrics
from widgets.ladder_canvas import ABOVE_ROWS, Held, LadderCanvas

DRAG_START_PX = 4  # less is a click
WHEEL_ROWS = 3


class LadderBook(LadderCanvas):
    """Signals carry what the trader meant; the panel sends it in the same call.

    placed(side, px, is_second): a click in a side's column, the second one of a double click.
    picked(px): a click on a price.                 stopped(side, px): a stop is wished for.
    canceled(order_ids): a click on a chip.         amended(order_ids, px): a chip dropped at another price.
    stop_canceled(work_ids), stop_moved(work_ids, px): the same of stops.
    head_clicked(side): the head of a column of own orders.
    lost(key): a drag ended because of what happened meanwhile.
    left(): the pointer is gone, so the axis may follow the market again.
    """

    placed = Signal(object, int, bool)
    picked = Signal(int)
    stopped = Signal(object, int)
    canceled = Signal(object)
    amended = Signal(object, int)
    stop_canceled = Signal(object)
    stop_moved = Signal(object, int)
    head_clicked = Signal(object)
    lost = Signal(str)
    left = Signal()

    @property
    def is_dragging(self) -> bool:
        """Whether a chip is being moved."""
        return bool(self._drag_px)

    def check_drag(self, *, is_armed: bool, is_linked: bool) -> None:
        """Once per frame: a drag ends when what it moves is gone or cannot be sent any more."""
        held, state = self._pressed, self._state
        if held is None or state is None:
            return
        key = ""
        if not is_linked:
            key = "ladder.drag_link"
        elif _is_gone(held, state):
            key = "ladder.drag_ended"
        elif self.is_dragging and not is_armed:
            key = "ladder.drag_locked"
        if key:
            was_dragging = self.is_dragging
            self._end_drag()
            if was_dragging:
                self.lost.emit(key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._press(event, is_second=False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._press(event, is_second=True)

    def _press(self, event: QMouseEvent, *, is_second: bool) -> None:
        point = event.position().toPoint()
        px, side = self._at(point)
        if self._painter is None:
            return
        if event.button() is Qt.MouseButton.RightButton:
            self._press_right(px, side)
        elif event.button() is not Qt.MouseButton.LeftButton:
            return
        elif not px:
            self._press_head(point)
        elif side is None:
            self.picked.emit(px)
        else:
            held = self._held_at(point, px, side)
            if held is not None:
                self._pressed = held
            elif self._painter.columns.is_stop_at(point.x()):
                self.stopped.emit(side, px)
            else:
                self.placed.emit(side, px, is_second)

    def _press_right(self, px: int, side: Side | None) -> None:
        """During a drag it lets go; else it means a stop: on the price column the side that would not fill at once."""
        if self._pressed is not None:
            self._end_drag()
        elif px and self._state is not None:
            self.stopped.emit(side or (Side.BUY if px > self._state.last_px else Side.SELL), px)

    def _press_head(self, point: QPoint) -> None:
        """The heads of own orders, which cancel a side."""
        assert self._painter is not None
        top = metrics.LADDER_INSTRUMENT
        if not top <= point.y() < top + metrics.LADDER_HEAD:
            return
        columns, x = self._painter.columns, point.x()
        if columns.own_sell <= x < columns.ask:
            self.head_clicked.emit(Side.SELL)
        elif columns.own_buy <= x < columns.buy_stop:
            self.head_clicked.emit(Side.BUY)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        px, side = self._at(point)
        held = self._pressed
        if held is not None:
            started = abs(point.y() - held.at.y()) >= DRAG_START_PX
            if held.can_move and (started or self._drag_px):
                self._set_drag(px)
            return
        is_stop = self._painter is not None and self._painter.columns.is_stop_at(point.x())
        self._set_hover(px, side, is_stop=is_stop)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        held, to_px = self._pressed, self._drag_px
        if held is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        self._end_drag()
        if not to_px:
            (self.stop_canceled if held.is_stop else self.canceled).emit(held.ids)
        elif to_px != held.px and self.rect().contains(event.position().toPoint()):
            (self.stop_moved if held.is_stop else self.amended).emit(held.ids, to_px)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._pressed is not None:
            self._end_drag()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._state is not None and event.angleDelta().y():
            self._state.scroll.scroll(WHEEL_ROWS if event.angleDelta().y() > 0 else -WHEEL_ROWS)
            self._state.has_changed = True
            self._show_rows(self._state.rows())
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        if self._state is not None:
            self._state.scroll.hovering = True

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._set_hover(0, None)
        if self._state is not None:
            self._state.scroll.hovering = False
        self.left.emit()

    def _at(self, point: QPoint) -> tuple[int, Side | None]:
        """Price and side under a point; price 0 outside the rows."""
        row = (point.y() - ABOVE_ROWS) // metrics.LADDER_ROW
        if self._state is None or self._painter is None or not 0 <= row < len(self.rows):
            return 0, None
        return self.rows[row].px, self._painter.columns.side_at(point.x())

    def _held_at(self, point: QPoint, px: int, side: Side) -> Held | None:
        """The chip under a point: a stop's lies over an order's where they share a column."""
        assert self._painter is not None
        assert self._state is not None
        row = self.rows[self._state.row_of(px)]
        stop, own = (row.sell_stop, row.sell) if side is Side.SELL else (row.buy_stop, row.buy)
        if stop is not None:
            left, width = self._painter.stop_rect(self._cache.width("secondary", qty_text(stop.qty)), side)
            if left <= point.x() < left + width:
                return Held(point, side, px, stop.qty, stop.work_ids, is_stop=True, can_move=stop.can_move)
        if own is not None:
            left, width = self._painter.chip_rect(self._cache.width("price_strong", qty_text(own.qty)), side)
            if left <= point.x() < left + width:
                return Held(point, side, px, own.qty, own.order_ids)
        return None


def _is_gone(held: Held, state: LadderState) -> bool:
    """Whether nothing is left of the orders or stops under the button."""
    if held.is_stop:
        return not any(set(held.ids) & set(cell.work_ids) for cell in state.stops.values())
    return all(state.orders.order(order_id) is None for order_id in held.ids)
