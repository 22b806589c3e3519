"""How working orders are painted: three squares for how far each has come, and for a refused one why."""

from hts.desk.figures import us_text
from hts.desk.tables_orders import OrderRow, OrdersTable
from hts.model.enums import OrdStatus
from themes import metrics
from widgets.painting import Brush
from widgets.panel import PanelContext
from widgets.tables_view import TableView

SQUARE = 5
SQUARE_STEP = 6
STATE_GAP = 8  # between the state's word and its milliseconds


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
        """Why it was refused; of another one how long each step took."""
        if not row.sentence:
            view = row.view
            steps = {"sent": us_text(view.sent_us), "accepted": us_text(view.ack_us)}
            return self._texts("orders.steps", **steps) if view.ack_us else ""
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
        word, _, ms = self.columns[i].text(row).rpartition(" ")
        waiting = row.view.ord_status in (OrdStatus.PENDING_NEW, OrdStatus.PENDING_REPLACE, OrdStatus.PENDING_CANCEL)
        color = tokens.own if waiting else tokens.text
        begin += 3 * SQUARE_STEP + 5
        x = brush.left(begin, base, brush.texts.elided("body", word, end - begin), "body", color)
        if x + STATE_GAP + brush.texts.width("secondary", ms) <= end:
            brush.right(end, base, ms, "secondary", tokens.text2)

    def paint_footer(self, brush: Brush, footer: tuple[OrderRow | None, str], base: int) -> None:
        """The last refusal, whole: what waits is said only where there is room for it."""
        refused, waiting_text = footer
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
        if waiting_text:
            waiting = texts("orders.waiting", value=waiting_text)
            begin = right - brush.texts.width("secondary", waiting) - 12
            if x + brush.texts.width("body", text) <= begin:
                brush.right(right, base, waiting, "secondary", tokens.text2)
                right = round(begin)
        if text:
            brush.left(x, base, brush.texts.elided("body", text, right - x), "body", tokens.text)
