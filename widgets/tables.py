"""The account's tables: holdings, working orders, fills."""

from collections.abc import Callable, Hashable
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from hts.desk.figures import qty_text, signed_text
from hts.desk.frame import Frame
from hts.desk.ratios import bp_text, sign
from hts.desk.tables_fills import FillsTable
from hts.desk.tables_orders import OrderRow, OrdersTable
from hts.desk.tables_positions import PositionsTable, PositionTotals
from hts.model.enums import OrdStatus
from hts.model.units import ClOrdID
from themes import metrics
from widgets.painting import Brush
from widgets.panel import Panel, PanelContext
from widgets.tables_view import TableView

SQUARE = 5
SQUARE_STEP = 6


class TablePanel(Panel):
    """A panel of one table: a double click chooses the row's issue everywhere."""

    shows_money = True

    def __init__(self, context: PanelContext, parent: QWidget | None, *, group: int, view: TableView) -> None:
        super().__init__(context, parent, group=group)
        self.view = view
        view.setAccessibleName(context.texts(self.title_key))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(view)
        view.activated.connect(self._choose)
        view.menu_asked.connect(self._open_menu)

    def symbol_of(self, key: Hashable) -> str:
        """The issue that a row speaks of, "" when it is gone."""
        row = self.view.table.find(key)
        return self.row_symbol(self.view.table.row(row)) if row >= 0 else ""

    def row_symbol(self, row: Any) -> str:
        """The issue of a row."""
        return str(row.view.symbol)

    def menu_actions(self, key: Hashable) -> list[tuple[str, Callable[[], object]]]:
        """Text keys and acts of the context menu."""
        actions: list[tuple[str, Callable[[], object]]] = []
        if key is not None:
            actions.append(("orders.menu_select", lambda: self._choose(key)))
        return [*actions, ("orders.menu_copy", self.view.copy)]

    def _choose(self, key: Hashable) -> None:
        symbol = self.symbol_of(key)
        if symbol:
            self.context.selection.choose(symbol, self.group)

    def _open_menu(self, key: Hashable, point: QPoint) -> None:
        menu = QMenu(self)
        for text_key, act in self.menu_actions(key):
            menu.addAction(self.context.texts(text_key)).triggered.connect(lambda _=False, act=act: act())
        menu.popup(point)

    def show_rows(self, now_ns: int, footer: Any) -> None:
        """Update the view; come back at the next frame while something still flashes."""
        if self.view.show_rows(now_ns, footer):
            self.mark_dirty()


class PositionsView(TableView):
    """Holdings with their sums under the columns."""

    def __init__(self, table: PositionsTable, context: PanelContext) -> None:
        super().__init__(table, context.tokens)
        self._texts = context.texts

    def paint_footer(self, brush: Brush, footer: PositionTotals, base: int) -> None:
        tokens, texts = self.tokens, self._texts
        tone = self.tones[sign(footer.pnl)]
        brush.left(metrics.EDGE_PAD, base, texts("positions.total"), "title", tokens.text)
        for i, column in self.shown_columns():
            _, end = self.cell_edges(i)
            if column.key == "last":
                cost = texts("positions.cost", value=qty_text(footer.cost))
                brush.right(end, base, cost, "secondary", tokens.text2)
            elif column.key == "pnl":
                brush.right(end, base, signed_text(footer.pnl), "title", tone)
            elif column.key == "percent":
                brush.right(end, base, bp_text(footer.pnl_bp), "title", tone)
            elif column.key == "value":
                brush.right(end, base, qty_text(footer.value), "title", tokens.text)


class PositionsPanel(TablePanel):
    """잔고."""

    title_key = "positions.title"

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        self._table = PositionsTable(context.texts)
        super().__init__(context, parent, group=group, view=PositionsView(self._table, context))

    @property
    def subtitle(self) -> str:
        return self.context.texts("positions.count", count=len(self._table))

    def concerns(self, frame: Frame) -> bool:
        held = self.context.orders.positions
        moved = any(symbol in held for symbol in frame.market.trades)
        return bool(moved or frame.orders.positions or frame.market.instruments or frame.selection)

    def row_symbol(self, row: Any) -> str:
        return str(row.symbol)

    def refresh(self, now_ns: int) -> None:
        self._table.update(self.context.market, self.context.orders)
        self.view.select(self.symbol)
        self.show_rows(now_ns, self._table.totals)


class OrdersView(TableView):
    """Working orders with their three squares; a refused order tells why across its figures."""

    def __init__(self, table: OrdersTable, context: PanelContext) -> None:
        super().__init__(table, context.tokens)
        self._texts = context.texts

    def paint_row(self, brush: Brush, row: OrderRow, y: int, base: int) -> None:
        for i, column in self.shown_columns():
            if row.sentence and column.key == "type":
                self._paint_sentence(brush, row, i, base)
                return
            if column.key == "state":
                self._paint_state(brush, row, i, y, base)
            else:
                self.paint_cell(brush, row, (i, column), y, base)

    def _paint_sentence(self, brush: Brush, row: OrderRow, i: int, base: int) -> None:
        """The state's word, the order and why; the order gives way to the reason where both have no room."""
        begin, _ = self.cell_edges(i)
        end = self.viewport().width() - metrics.EDGE_PAD
        word = self._texts(f"status.{row.view.ord_status.name.lower()}")
        begin = round(brush.left(begin, base, word, "body_medium", self.tokens.attention)) + 8
        text = f"{row.wish(self._texts)}  {row.sentence}"
        if brush.texts.width("body", text) > end - begin:
            text = row.sentence
        if brush.texts.width("body", text) > end - begin:
            # The rule and its figures; what to do stands in the footer and under the pointer.
            text = brush.texts.elided("body", row.reason, end - begin)
        brush.left(begin, base, text, "body", self.tokens.text2)

    def tooltip_of(self, row: OrderRow) -> str:
        if not row.sentence:
            return ""
        side = self._texts(f"side.{row.view.side.name.lower()}")
        return f"{row.name} {side} {row.wish(self._texts)} · {row.sentence}"

    def _paint_state(self, brush: Brush, row: OrderRow, i: int, y: int, base: int) -> None:
        """Squares for sent, accepted, filled; the state's word; milliseconds to the acceptance."""
        tokens = self.tokens
        begin, end = self.cell_edges(i)
        top = y + (metrics.TABLE_ROW - SQUARE) // 2
        for square in range(3):
            lit = tokens.text2 if square < row.reached else tokens.line2
            color = tokens.own if square == 2 and row.reached == 3 else lit
            brush.fill(begin + square * SQUARE_STEP, top, SQUARE, SQUARE, color)
        word, _, ms = self.table.columns[i].text(row).rpartition(" ")
        waiting = row.view.ord_status in (OrdStatus.PENDING_NEW, OrdStatus.PENDING_REPLACE, OrdStatus.PENDING_CANCEL)
        color = tokens.own if waiting else tokens.text
        brush.left(begin + 3 * SQUARE_STEP + 5, base, word, "body", color)
        brush.right(end, base, ms, "secondary", tokens.text2)

    def paint_footer(self, brush: Brush, footer: tuple[OrderRow | None, int], base: int) -> None:
        """The last refusal, whole: what waits is said only where there is room for it."""
        refused, waiting_value = footer
        tokens, texts, width = self.tokens, self._texts, self.viewport().width()
        right, x = width - metrics.EDGE_PAD, metrics.EDGE_PAD
        text = ""
        if refused is not None:
            side = texts(f"side.{refused.view.side.name.lower()}")
            word = texts(f"status.{refused.view.ord_status.name.lower()}")
            brush.fill(x, base - 7, 6, 6, tokens.attention)
            x = round(brush.left(x + 12, base, word, "body_medium", tokens.attention)) + 8
            text = f"{refused.name} {side} · {refused.sentence}"
            if brush.texts.width("body", text) > right - x:
                text = refused.sentence
        if waiting_value:
            waiting = texts("orders.waiting", value=qty_text(waiting_value))
            begin = right - brush.texts.width("secondary", waiting) - 12
            if x + brush.texts.width("body", text) <= begin:
                brush.right(right, base, waiting, "secondary", tokens.text2)
                right = round(begin)
        if text:
            brush.left(x, base, brush.texts.elided("body", text, right - x), "body", tokens.text)


class OrdersPanel(TablePanel):
    """미체결: Delete cancels the selected order, also when locked."""

    title_key = "orders.title"

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        self._table = OrdersTable(context.texts)
        self._symbols: set[str] = set(context.market.instruments)
        super().__init__(context, parent, group=group, view=OrdersView(self._table, context))
        self.view.deleted.connect(self._cancel)

    @property
    def subtitle(self) -> str:
        return self.context.texts("orders.count", count=self._table.working_count)

    @property
    def selected_order(self) -> ClOrdID | None:
        """The selected order while it works."""
        key = self.view.selected
        view = self.context.orders.orders.get(ClOrdID(key)) if isinstance(key, int) else None
        return view.order_id if view is not None and not view.ord_status.is_terminal else None

    def concerns(self, frame: Frame) -> bool:
        return bool(frame.orders.orders or frame.market.instruments)

    def on_frame(self, frame: Frame) -> None:
        self._symbols |= frame.orders.symbols
        if frame.market.instruments:
            self._symbols |= set(self.context.market.instruments)
        super().on_frame(frame)

    def menu_actions(self, key: Hashable) -> list[tuple[str, Callable[[], object]]]:
        if self.selected_order is None:
            return super().menu_actions(key)
        symbol = self.symbol_of(key)
        return [
            ("orders.menu_cancel", lambda: self._cancel(key)),
            ("orders.menu_cancel_symbol", lambda: self.context.actions.cancel_all(symbol)),
            *super().menu_actions(key),
        ]

    def refresh(self, now_ns: int) -> None:
        symbols, self._symbols = self._symbols, set()
        self._table.update(self.context.market, self.context.orders, symbols)
        self.show_rows(now_ns, (self._table.last_refused, self._table.waiting_value))

    def _cancel(self, key: Hashable) -> None:
        order_id = self.selected_order
        if order_id is not None and order_id == key:
            self.context.actions.cancel(order_id)


class FillsView(TableView):
    """Fills with the day's realised result and costs."""

    def __init__(self, table: FillsTable, context: PanelContext) -> None:
        super().__init__(table, context.tokens)
        self._texts = context.texts

    def paint_footer(self, brush: Brush, footer: tuple[int, int, int], base: int) -> None:
        realised, fees, taxes = footer
        tokens, texts = self.tokens, self._texts
        x = brush.left(metrics.EDGE_PAD, base, texts("fills.realised"), "secondary", tokens.text2) + 10
        x = brush.left(x, base, signed_text(realised), "title", self.tones[sign(realised)])
        costs = texts("fills.costs", fee=qty_text(fees), tax=qty_text(taxes))
        right = self.viewport().width() - metrics.EDGE_PAD
        brush.right(right, base, brush.texts.elided("secondary", costs, right - x - 12), "secondary", tokens.text2)


class FillsPanel(TablePanel):
    """체결."""

    title_key = "fills.title"

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        self._table = FillsTable(context.texts)
        super().__init__(context, parent, group=group, view=FillsView(self._table, context))

    @property
    def subtitle(self) -> str:
        return self.context.texts("fills.count", count=len(self._table))

    def concerns(self, frame: Frame) -> bool:
        return bool(frame.orders.fills or frame.orders.account)

    def refresh(self, now_ns: int) -> None:
        self._table.update(self.context.market, self.context.orders)
        account = self.context.orders.account
        self.show_rows(now_ns, (account.realised if account is not None else 0, self._table.fees, self._table.taxes))
