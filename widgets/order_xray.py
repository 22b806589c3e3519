"""One order under the x-ray: why it took its time, why it went where it went, why it was refused.

Keys: Up and Down choose a message, Left and Right a field of it, Alt+Left and Alt+Right the order before and after,
Alt+Up and Alt+Down the parts of a routed order, Home follows the newest order, Ctrl+C copies the whole trace. The menu
exports it and chooses the columns of quotes, ways and messages.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from hts.desk.frame import Frame
from hts.desk.order_xray_route import plan_columns, seen_columns
from hts.desk.order_xray_sheets import xray_sheets
from hts.desk.order_xray_state import Xray, XrayState, trace_text
from hts.desk.order_xray_wire import fields_text, hex_text, message_columns
from hts.desk.tables import BOUGHT, SOLD, Column
from hts.model.units import NO_ID
from themes import fonts, metrics
from widgets.menus import pop_up
from widgets.order_xray_checks import ChecksPainter
from widgets.order_xray_lanes import LanesPainter
from widgets.order_xray_refusal import RefusalPainter
from widgets.order_xray_refused import RefusedPainter
from widgets.order_xray_route import RoutePainter
from widgets.order_xray_spoken import FACTS, VERDICT, SpokenXrayPanel
from widgets.order_xray_table import XrayTable
from widgets.order_xray_way import WayPainter
from widgets.order_xray_wire import MESSAGES_SHOWN, WirePainter
from widgets.painting import Brush, TextCache
from widgets.panel import PanelContext
from widgets.spoken_rows import tell_current
from widgets.table_columns import ColumnDialog
from widgets.table_export import ask_path, export_lines

WIDE = 980  # from here on wire and router stand side by side
ROUTE_SHARE = 42, 100
ROUTE_H = 210
CHECKS_MIN = 58  # pixels in which a few rules can be read
WIRE_MIN = 130  # in a narrow panel: a few messages and the bytes of one


class OrderXrayPanel(SpokenXrayPanel):
    """주문 X-ray."""

    title_key = "order_xray.title"
    shows_money = True

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        fonts.load_mono()
        self._state = XrayState(context.answers, context.market, context.orders, context.query, context.texts)
        self._xray: Xray | None = None
        self._cache = TextCache()
        self._way = WayPainter(context.tokens, context.texts)
        texts, columns = context.texts, dict[str, Sequence[Column[Any]]]()
        columns |= {"seen": seen_columns(texts), "plans": plan_columns(texts), "messages": message_columns(texts)}
        self.tables = {name: XrayTable(made, context.tokens, self.update) for name, made in columns.items()}
        self._wire = WirePainter(context.tokens, context.texts, self.tables["messages"])
        self._route = RoutePainter(context.tokens, context.texts, self.tables["seen"], self.tables["plans"])
        self._lanes = LanesPainter(context.tokens, context.texts)
        self._checks = ChecksPainter(context.tokens, context.texts)
        self._why = RefusalPainter(context.tokens, context.texts)
        self._refused = RefusedPainter(context.tokens, context.texts)
        self._side = QRect()
        self._message = self._first = 0
        self._field = -1
        self.setAccessibleName(context.texts(self.title_key))
        self.setMinimumSize(560, 320)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def shown(self) -> Xray | None:
        """What is on the panel now."""
        return self._xray

    @property
    def subtitle(self) -> str:
        texts = self.context.texts
        if self._xray is None:
            return ""
        name = texts("order_xray.pinned", order=str(self._xray.view.order_id))
        return name if self.context.answers.looked_at else f"{name} · {texts('order_xray.newest')}"

    def concerns(self, frame: Frame) -> bool:
        return bool(frame.answers or frame.orders.orders or frame.orders.works or frame.orders.fills)

    def refresh(self, now_ns: int) -> None:  # noqa: ARG002  times in here are the order's own
        self._state.ask()
        before, self._xray = self._xray, self._state.now()
        if self._xray is None or before is None or before.view.order_id != self._xray.view.order_id:
            self._message, self._first, self._field = 0, 0, -1
        if self._xray is not None:
            issue = self.context.market.instruments.get(self._xray.view.symbol)
            self._route.px_decimals = issue.px_decimals if issue is not None else 0
            self._message = min(self._message, max(len(self._xray.messages) - 1, 0))
            head = self._xray.head
            self.setAccessibleDescription(f"{head.verdict} {head.route}")
        self.update()

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), self._cache)
        tokens = self.context.tokens
        brush.fill(0, 0, self.width(), self.height(), tokens.panel)
        self._lanes.paint(brush, QRect(), None)  # those of the order before take no click any more
        self._wire.forget()
        self._refused.forget()
        if self._xray is None:
            text = self._cache.elided("body", self.context.texts("order_xray.no_order"), self.width() - 24)
            brush.center(self.width() / 2, self.height() // 2, text, "body", tokens.text2)
            return
        self._paint_verdict(brush, self._xray)
        self._paint_facts(brush, self._xray, VERDICT)
        top = VERDICT + FACTS
        self._way.paint(brush, QRect(0, top, self.width(), self._way.height), self._xray)
        top += self._way.height
        self._paint_below(brush, self._xray, top)
        if self.hasFocus():
            brush.fill(0, 0, self.width(), 2, tokens.own)

    def _paint_below(self, brush: Brush, xray: Xray, top: int) -> None:
        width, left = self.width(), self.height() - top
        self._side = QRect()
        if left < 60:
            return
        if width >= WIDE:
            route = width * ROUTE_SHARE[0] // ROUTE_SHARE[1]
            self._paint_wire(brush, xray, QRect(0, top, width - route - 1, left))
            self._paint_side(brush, xray, QRect(width - route, top, route, left))
            brush.vline(width - route - 1, top, left, self.context.tokens.line2)
            return
        route = ROUTE_H if left > ROUTE_H + WIRE_MIN else 0
        self._paint_wire(brush, xray, QRect(0, top, width, left - route))
        if route:
            self._paint_side(brush, xray, QRect(0, self.height() - route, width, route))

    def _paint_wire(self, brush: Brush, xray: Xray, box: QRect) -> None:
        """The messages; before those of an order that has none why it never left, and without a side the rules."""
        if xray.why and not xray.messages:
            height = min(self._why.height(xray.why), box.height())
            self._why.paint(brush, QRect(box.x(), box.y(), box.width(), height), xray.why)
            box = box.adjusted(0, height, 0, 0)
            if box.height() < CHECKS_MIN:
                return
            if xray.checks and box.width() == self.width() and box.bottom() + 1 == self.height():
                self._checks.paint(brush, box, xray)
                return
        self._wire.paint(brush, box, xray, self._message, self._field, self._first)

    def _paint_side(self, brush: Brush, xray: Xray, box: QRect) -> None:
        """Why there and why so: what refused it, or where it went, its parts, and then the rules."""
        self._side = box
        brush.fill(box.x(), box.y(), box.width(), box.height(), self.context.tokens.panel)
        if xray.why and xray.messages:
            height = min(self._why.height(xray.why), box.height())
            self._why.paint(brush, QRect(box.x(), box.y(), box.width(), height), xray.why)
            box = box.adjusted(0, height, 0, 0)
        if xray.head.is_refusal and xray.checks:
            height = min(self._checks.height(xray, box.width()), box.height())
            self._checks.paint(brush, QRect(box.x(), box.y(), box.width(), height), xray)
            box = box.adjusted(0, height, 0, 0)
            if box.height() > ROUTE_H // 2:
                end = self._route.paint(brush, box, xray) + 2
                self._refused.paint(brush, box.adjusted(0, end - box.y(), 0, 0), xray.refused)
            return
        lanes = self._lanes.height(xray.lanes)
        self._lanes.paint(brush, QRect(box.x(), box.y(), box.width(), lanes), xray.lanes)
        box = box.adjusted(0, lanes, 0, 0)
        end = self._route.paint(brush, box, xray) + 2
        if box.bottom() - end > CHECKS_MIN:
            self._checks.paint(brush, QRect(box.x(), end, box.width(), box.bottom() - end + 1), xray)

    def _paint_verdict(self, brush: Brush, xray: Xray) -> None:
        """The two sentences that answer why, before any figure."""
        tokens, head = self.context.tokens, xray.head
        room = self.width() - 2 * metrics.EDGE_PAD - 12
        brush.fill(0, 0, self.width(), VERDICT, tokens.warn_tint if head.is_refusal else tokens.header)
        color = tokens.attention if head.is_refusal or xray.way.over_count else tokens.healthy
        brush.fill(metrics.EDGE_PAD, 9, 6, 28, color)
        x = metrics.EDGE_PAD + 14
        brush.left(x, 20, brush.texts.elided("price_strong", head.verdict, room), "price_strong", tokens.text)
        brush.left(x, 38, brush.texts.elided("body", head.route, room), "body", tokens.text2)

    def _paint_facts(self, brush: Brush, xray: Xray, top: int) -> None:
        tokens = self.context.tokens
        brush.fill(0, top, self.width(), FACTS, tokens.panel)
        brush.hline(0, top + FACTS - 1, self.width(), tokens.line)
        tones = {BOUGHT: tokens.buy, SOLD: tokens.sell, 3: tokens.attention, 0: tokens.text}
        widths = [
            max(brush.texts.width("secondary", f.label), brush.texts.width("body_medium", f.value)) for f in xray.facts
        ]
        room = self.width() - 2 * metrics.EDGE_PAD - sum(widths)
        gap = min(max(room / max(len(widths) - 1, 1), 10), 42)
        x = float(metrics.EDGE_PAD)
        for fact, width in zip(xray.facts, widths, strict=True):
            if x + width > self.width() - metrics.EDGE_PAD + 1:
                return
            brush.left(x, top + 15, fact.label, "secondary", tokens.text3)
            brush.left(x, top + 32, fact.value, "body_medium", tones[fact.tone])
            x += width + gap

    # Gestures

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, alt = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        steps: dict[tuple[int, bool], Callable[[], None]] = {
            (Qt.Key.Key_Up, False): lambda: self._choose_message(self._message - 1),
            (Qt.Key.Key_Down, False): lambda: self._choose_message(self._message + 1),
            (Qt.Key.Key_Left, False): lambda: self._choose_field(self._field - 1),
            (Qt.Key.Key_Right, False): lambda: self._choose_field(self._field + 1),
            (Qt.Key.Key_Left, True): lambda: self._state.step(-1),
            (Qt.Key.Key_Right, True): lambda: self._state.step(1),
            (Qt.Key.Key_Up, True): lambda: self._state.step_part(-1),
            (Qt.Key.Key_Down, True): lambda: self._state.step_part(1),
            (Qt.Key.Key_Home, False): lambda: self.context.answers.look_at(NO_ID),
        }
        act = steps.get((key, alt))
        if act is not None:
            act()
        elif key == Qt.Key.Key_C and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.copy_trace()
        else:
            super().keyPressEvent(event)

    def _choose_message(self, number: int) -> None:
        count = len(self._xray.messages) if self._xray is not None else 0
        if not 0 <= number < count:
            return
        self._message, self._field = number, -1
        self._first = min(max(self._first, number - MESSAGES_SHOWN + 1), number)
        tell_current(self)
        self.update()

    def _choose_field(self, number: int) -> None:
        message = self._xray.messages[self._message] if self._xray is not None and self._xray.messages else None
        if message is not None:
            self._field = min(max(number, -1), len(message.fields) - 1)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        found = self._wire.field_at(point.x(), point.y())
        if found >= 0 and found != self._field:
            self._choose_field(found)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        found = self._wire.message_at(point.x(), point.y())
        other = self._lanes.lane_at(point.x(), point.y()) or self._refused.row_at(point.x(), point.y())
        if found >= 0:
            self._choose_message(found)
        elif other is not None:
            self.context.answers.look_at(other.order_id)
        super().mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._choose_message(self._message + (1 if event.angleDelta().y() < 0 else -1))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        rows: tuple[tuple[str, Callable[[], None]], ...] = (
            ("order_xray.menu_copy_trace", self.copy_trace),
            ("order_xray.menu_copy_hex", lambda: self._copy_message(hex=True)),
            ("order_xray.menu_copy_fields", lambda: self._copy_message(hex=False)),
            ("order_xray.menu_export", self.export),
            *((f"order_xray.menu_columns.{name}", partial(self._choose_columns, name)) for name in self.tables),
            ("order_xray.menu_previous", lambda: self._state.step(-1)),
            ("order_xray.menu_next", lambda: self._state.step(1)),
            ("order_xray.menu_follow", lambda: self.context.answers.look_at(NO_ID)),
        )
        for key, act in rows:
            menu.addAction(self.context.texts(key)).triggered.connect(lambda _=False, act=act: act())
        pop_up(menu, event.globalPos())

    def choose_columns(self, name: str) -> ColumnDialog:
        """Open the column chooser of one of the tables."""
        self._dialog = ColumnDialog(self.tables[name], self.context.texts, self)
        self._dialog.open()
        return self._dialog

    def _choose_columns(self, name: str) -> None:
        self.choose_columns(name)

    def export(self) -> None:
        """Ask for a file and write the whole trace."""
        path = ask_path(self, self.context.texts, "order_xray")
        if path is not None:
            self.export_to(path)

    def export_to(self, path: Path) -> bool:
        """The way with verdict, rules and routing; in Excel the tables, messages and fields on sheets of their own."""
        if self._xray is None:
            return False
        chosen = {name: table.choice.shown for name, table in self.tables.items()}
        sheets = xray_sheets(self._xray, self.context.texts, self._route.px_decimals, **chosen)
        return export_lines(path, sheets, self.context.texts, self.context.say)

    def stored(self) -> dict[str, Any]:
        kept = {name: found for name, table in self.tables.items() if (found := table.stored())}
        return {"tables": kept} if kept else {}

    def take_stored(self, stored: dict[str, Any]) -> None:
        kept = stored.get("tables")
        for name, table in self.tables.items():
            table.take_stored(kept.get(name) if isinstance(kept, dict) else None)
        self.update()

    def copy_trace(self) -> None:
        """The whole trace as text."""
        if self._xray is not None:
            QGuiApplication.clipboard().setText(trace_text(self._xray, self.context.texts))

    def _copy_message(self, *, hex: bool) -> None:  # noqa: A002  what it is called
        if self._xray is not None and self._xray.messages:
            message = self._xray.messages[self._message]
            QGuiApplication.clipboard().setText(hex_text(message) if hex else fields_text(message))
