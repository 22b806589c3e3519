"""Below the form: value, fee, tax, break-even, cash needed and left."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from hts.desk.figures import px_text, qty_text
from hts.desk.order_entry import Preview
from hts.desk.spoken_charts import SpokenPlace
from hts.model.enums import Side
from themes import metrics
from widgets.controls import TEXTS
from widgets.painting import Brush
from widgets.panel import PanelContext
from widgets.spoken_places import SpeaksPlaces

LINES = 7
PPM_OF_PERCENT = 10_000


class CostPreview(SpeaksPlaces, QWidget):
    """Read-only lines; empty while there is no price."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._context = context
        self._rows: tuple[tuple[str, str, bool], ...] = ()
        self.setAccessibleName(context.texts("order_entry.costs"))

    @property
    def full_height(self) -> int:
        """Room for all lines of a buy."""
        return metrics.TABLE_HEAD + 10 + LINES * metrics.LADDER_ROW

    @property
    def least_height(self) -> int:
        """With less room than for the head and two lines it is better left out."""
        return metrics.TABLE_HEAD + 10 + 2 * metrics.LADDER_ROW

    def spoken_places(self) -> list[SpokenPlace]:
        """The lines, for screen readers."""
        return [SpokenPlace(text=f"{label} {figure}") for label, figure, _ in self._rows]

    def spoken_rect(self, number: int) -> QRect:
        """A line's place; empty for one that has no room."""
        shown = self._shown()
        if number not in shown:
            return QRect()
        return QRect(
            0, metrics.TABLE_HEAD + 5 + shown.index(number) * metrics.LADDER_ROW, self.width(), metrics.LADDER_ROW
        )

    def _shown(self) -> list[int]:
        """Numbers of the lines that have room, in their order: the main ones go before the others."""
        count = max((self.height() - metrics.TABLE_HEAD - 5) // metrics.LADDER_ROW, 0)
        ranked = sorted(range(len(self._rows)), key=lambda number: (not self._rows[number][2], number))
        return sorted(ranked[:count])

    def spoken_current(self) -> int:
        """It takes no keyboard."""
        return -1

    def show_preview(
        self, preview: Preview | None, side: Side, px_decimals: int, *, route: Sequence[tuple[str, int]] = ()
    ) -> None:
        """Take what the form would cost, and over which venues it would go."""
        rows = self._lines(preview, side, px_decimals) if preview is not None else ()
        if route:
            parts = "  ·  ".join(f"{venue} {qty_text(qty)}" for venue, qty in route)
            rows = ((self._context.texts("order_entry.route"), parts, True), *rows)
        if rows != self._rows:
            self._rows = rows
            self.update()

    def _lines(self, preview: Preview, side: Side, px_decimals: int) -> tuple[tuple[str, str, bool], ...]:
        """(label, figure, whether it is a main figure)."""
        texts = self._context.texts
        buys = side is Side.BUY

        def money(amount: int) -> str:
            return px_text(amount, preview.money_decimals)

        fee = money(preview.fee)
        if preview.fee_low:
            fee = texts("order_entry.fee_range", low=money(preview.fee_low), high=fee)
        lines = [
            (texts("order_entry.value"), money(preview.value), True),
            (texts("order_entry.fee"), fee, False),
            (texts("order_entry.tax_later" if buys else "order_entry.tax"), money(preview.tax), False),
        ]
        if buys and preview.break_even_px:
            ticks = texts("order_entry.ticks", count=qty_text(preview.break_even_ticks))
            even = f"{px_text(preview.break_even_px, px_decimals)}  {ticks}"
            lines.append((texts("order_entry.break_even"), even, False))
        if preview.deposit:
            part = texts("order_entry.deposit", percent=str(preview.deposit_ppm // PPM_OF_PERCENT))
            lines.append((part, money(preview.deposit), True))
        if preview.deposit and buys:
            rest = "order_entry.rest_lent" if preview.is_lent else "order_entry.rest_unpaid"
            lines.append((texts(rest), money(preview.total - preview.deposit), False))
            return tuple(lines)
        lines.append((texts("order_entry.needed" if buys else "order_entry.gained"), money(preview.total), True))
        lines.append((texts("order_entry.cash_after"), money(preview.cash_after), False))
        return tuple(lines)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush = Brush(painter, TEXTS)
        tokens, texts = self._context.tokens, self._context.texts
        painter.fillRect(event.rect(), tokens.panel)
        width = self.width()
        brush.hline(0, 0, width, tokens.line)
        brush.fill(0, 1, width, metrics.TABLE_HEAD, tokens.header)
        base = metrics.baseline(1, metrics.TABLE_HEAD)
        brush.left(10, base, texts("order_entry.costs"), "tab", tokens.text)
        y = metrics.TABLE_HEAD + 5
        for number in self._shown():
            label, figure, main = self._rows[number]
            base = metrics.baseline(y, metrics.LADDER_ROW)
            brush.left(10, base, label, "body", tokens.text2)
            role, ink = ("title", tokens.text) if main else ("body", tokens.text)
            brush.right(width - 10, base, figure, role, ink)
            y += metrics.LADDER_ROW
