"""In the order form: what the trader already has in the chosen issue, the holding first, then working orders."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from hts.desk.figures import px_text, qty_text, signed_text
from hts.desk.ratios import divide
from hts.desk.spoken_charts import SpokenPlace, own_text
from hts.model.enums import OrdType, Side
from themes import metrics
from widgets.controls import TEXTS
from widgets.painting import Brush
from widgets.panel import PanelContext
from widgets.spoken_places import SpeaksPlaces

PX_X, QTY_X = 0.46, 0.64  # right edges of price and quantity, as parts of the width


class OwnOrders(SpeaksPlaces, QWidget):
    """Read-only rows; the newest orders that fit."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._context = context
        self._symbol = ""
        self._shows: tuple[object, ...] = ()
        self.setAccessibleName(context.texts("order_entry.own"))

    def show_symbol(self, symbol: str) -> None:
        """Look at the issue's orders and holding again."""
        orders, last_px = self._context.orders, self._context.market.last_px(symbol)
        issue = self._context.market.instruments.get(symbol)
        shows = (symbol, orders.working(symbol), orders.positions.get(symbol), orders.open_pnl(symbol, last_px, issue))
        if shows != self._shows:
            self._symbol, self._shows = symbol, shows
            self.update()

    def spoken_places(self) -> list[SpokenPlace]:
        """The holding, then working orders from the newest back, for screen readers."""
        texts, orders = self._context.texts, self._context.orders
        position = orders.positions.get(self._symbol)
        held = texts("order_entry.holding")
        said = [f"{held} {qty_text(position.qty if position is not None else 0)}"]
        for order in reversed(orders.working(self._symbol) if self._symbol else ()):
            px = texts("ord_type.market") if order.ord_type is OrdType.MARKET else px_text(order.px, self._decimals)
            state = texts(f"status.{order.ord_status.name.lower()}")
            said.append(f"{own_text(order.side, order.leaves_qty, texts)}, {px}, {state}")
        return [SpokenPlace(text=text) for text in said]

    def spoken_rect(self, number: int) -> QRect:
        """A row's place; empty for one that has no room."""
        y = metrics.TABLE_HEAD + 5 + number * metrics.LADDER_ROW
        has_room = y + metrics.LADDER_ROW <= self.height()
        return QRect(0, y, self.width(), metrics.LADDER_ROW) if has_room else QRect()

    def spoken_current(self) -> int:
        """It takes no keyboard."""
        return -1

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush = Brush(painter, TEXTS)
        tokens, texts = self._context.tokens, self._context.texts
        painter.fillRect(event.rect(), tokens.panel)
        if self.height() < metrics.TABLE_HEAD + 2 * metrics.LADDER_ROW:
            return
        brush.hline(0, 0, self.width(), tokens.line)
        brush.fill(0, 1, self.width(), metrics.TABLE_HEAD, tokens.header)
        base = metrics.baseline(1, metrics.TABLE_HEAD)
        brush.left(10, base, texts("order_entry.own"), "tab", tokens.text)
        y = metrics.TABLE_HEAD + 5
        self._paint_holding(brush, y)
        working = self._context.orders.working(self._symbol) if self._symbol else ()
        room = (self.height() - y - metrics.LADDER_ROW) // metrics.LADDER_ROW
        if not working and room > 0:
            brush.left(
                10,
                metrics.baseline(y + metrics.LADDER_ROW, metrics.LADDER_ROW),
                texts("order_entry.none"),
                "body",
                tokens.text3,
            )
        for order in reversed(working[-room:] if room > 0 else ()):
            y += metrics.LADDER_ROW
            base = metrics.baseline(y, metrics.LADDER_ROW)
            buys = order.side is Side.BUY
            word = texts("side.buy" if buys else "side.sell")
            brush.left(10, base, word, "title", tokens.buy if buys else tokens.sell)
            is_market = order.ord_type is OrdType.MARKET
            px = texts("ord_type.market") if is_market else px_text(order.px, self._decimals)
            brush.right(self.width() * PX_X, base, px, "price", tokens.text)
            brush.right(self.width() * QTY_X, base, qty_text(order.leaves_qty), "price_strong", tokens.own)
            state = texts(f"status.{order.ord_status.name.lower()}")
            brush.right(self.width() - 10, base, state, "secondary", tokens.text2)

    @property
    def _decimals(self) -> int:
        issue = self._context.market.instruments.get(self._symbol)
        return issue.px_decimals if issue is not None else 0

    def _paint_holding(self, brush: Brush, y: int) -> None:
        tokens, texts = self._context.tokens, self._context.texts
        base = metrics.baseline(y, metrics.LADDER_ROW)
        brush.left(10, base, texts("order_entry.holding"), "body", tokens.text2)
        position = self._context.orders.positions.get(self._symbol)
        if position is None or position.qty == 0:
            brush.right(self.width() - 10, base, qty_text(0), "body", tokens.text2)
            return
        issue, held = self._context.market.instruments.get(self._symbol), abs(position.qty)
        cost = abs(position.cost)
        average_px = issue.average_px(cost, held) if issue is not None else divide(cost, held)
        average = px_text(average_px, self._decimals)
        brush.right(self.width() * PX_X, base, average, "price", tokens.text)
        brush.right(self.width() * QTY_X, base, qty_text(position.qty), "price_strong", tokens.own)
        result = self._context.orders.open_pnl(self._symbol, self._context.market.last_px(self._symbol), issue)
        money = issue.money_decimals if issue is not None else 0
        there = tokens.of(issue.currency) if issue is not None else tokens
        ink = there.up if result > 0 else there.down if result < 0 else tokens.text
        brush.right(self.width() - 10, base, signed_text(result, money), "body_medium", ink)
