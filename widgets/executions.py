"""Best execution: routed orders against arrival price and best single venue, and what each day comes to.

Keys on an order: X shows its x-ray, C the chart. Enter on a day narrows the orders to it, and widens them again.
"""

from collections.abc import Hashable
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hts.desk.executions import ExecutionDay, ExecutionRow, cbp_text, mix_shares, mix_text
from hts.desk.executions_state import ExecutionsState
from hts.desk.figures import qty_text, signed_money
from hts.desk.ratios import sign
from hts.desk.tables import Column
from hts.desk.trade_journal_state import Span
from hts.model.units import ClOrdID
from hts.model.venues import HOME_VENUE
from themes import metrics
from widgets.controls import Button
from widgets.painting import Brush
from widgets.panel import PanelContext
from widgets.past_panel import PastPanel
from widgets.table_export import export_lines
from widgets.tables_menu import TableMenu, stored_of, take_stored_of
from widgets.tables_panel import CHART, XRAY
from widgets.tables_view import TableView

MIX_BAR_MIN = 96  # narrower columns have the figures alone
USUAL_MIX = "KRX 88 · NXT 88"  # bars of most rows end at the same place
DAYS_ROWS = 6


class ExecutionsView(TableView):
    """Tables with a bar of venues: the home venue's part dark, those of others lighter."""

    def paint_cell(self, brush: Brush, row: Any, at: tuple[int, Column[Any]], y: int, base: int) -> None:
        begin, end = self.cell_edges(at[0])
        if at[1].key != "mix" or not row.by_venue or end - begin < MIX_BAR_MIN:
            super().paint_cell(brush, row, at, y, base)
            return
        text = mix_text(row.by_venue)
        room = max(brush.texts.width("secondary", USUAL_MIX), brush.texts.width("secondary", text))
        width = round(end - room) - begin - 8
        brush.right(end, base, text, "secondary", self.tokens.text2)
        if width < 16:
            return
        for venue, left, part in mix_shares(row.by_venue, width):
            ink = self.tokens.profile if venue == HOME_VENUE else self.tokens.text3
            brush.fill(begin + left, y + 6, max(part - 1, 1), metrics.TABLE_ROW - 13, ink)

    def paint_footer(self, brush: Brush, footer: ExecutionDay, base: int) -> None:
        """The sum under the columns of the days."""
        for i, column in self.shown_columns():
            begin, end = self.cell_edges(i)
            if column.key in _FOOTED:
                ink = self.tones[sign(footer.saved_best_single)] if column.key == "saved" else self.tokens.text
                brush.right(end, base, column.text(footer), "title", ink)
            elif column.key == "date":
                brush.left(begin, base, column.text(footer), "title", self.tokens.text)


_FOOTED = frozenset({"orders", "value", "saved", "saved_bp", "simple", "slippage", "short"})


class ExecutionsPanel(PastPanel):
    """최선집행."""

    title_key = "executions.title"
    empty: ClassVar[tuple[str, str]] = ("executions.empty", "")
    state: ExecutionsState
    letters: ClassVar[dict[str, str]] = {XRAY: "table.menu_xray", CHART: "table.menu_chart"}

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        self.state = ExecutionsState(
            context.answers, context.market, context.query, context.texts, account=context.orders.account_id
        )
        super().__init__(context, parent, group=group, view=ExecutionsView(self.state.table, context.tokens, footer=0))
        self._build()
        self.setMinimumSize(420, 260)

    def _build(self) -> None:
        context, texts = self.context, self.context.texts
        self.days = ExecutionsView(self.state.days, context.tokens)
        self.days.setAccessibleName(texts("executions.days"))
        self._fit_days()
        self.days.activated.connect(self.choose_day)
        self.menus = {"days": TableMenu(self, self.days, title_key="executions.days").attach()}
        box = self.layout()
        assert isinstance(box, QVBoxLayout)
        box.setSpacing(0)
        box.insertLayout(0, self._make_chips())
        box.insertWidget(1, self.days)
        box.insertSpacing(2, metrics.GUTTER)

    def _fit_days(self) -> None:
        """As many rows as there are days, up to a few: the orders have the rest."""
        rows = min(max(len(self.state.days), 1), DAYS_ROWS)
        height = metrics.TABLE_HEAD + rows * metrics.TABLE_ROW + metrics.TABLE_FOOTER
        if height != self.days.height():
            self.days.setFixedHeight(height)

    def _make_chips(self) -> QHBoxLayout:
        row = self.chip_row()
        self.chips: dict[object, Button] = {}
        for span in Span:
            chip = self.chip(row, f"journal.span.{span.name.lower()}")
            chip.clicked.connect(lambda _=False, span=span: self.choose_span(span))
            self.chips[span] = chip
        self.end_chips(row)
        return row

    @property
    def subtitle(self) -> str:
        state, texts = self.state, self.context.texts
        if state.past.fault:
            return texts("journal.fault", why=state.past.fault)
        if not state.past.is_whole:
            return texts("journal.loading", count=len(state.past.fills))
        saved = signed_money(state.total.saved_best_single, state.shown_currency)
        return texts("executions.told", count=qty_text(state.total.orders), saved=saved,
                     bp=cbp_text(state.total.saved_cbp))  # fmt: skip

    def choose_span(self, span: Span) -> None:
        """Other days."""
        self.state.span, self.state.day = span, 0
        self.again()

    def choose_day(self, date: Hashable) -> None:
        """One day's orders, or those of all again."""
        self.state.day = int(str(date)) if self.state.day != date else 0
        self.again()

    def refresh(self, now_ns: int) -> None:
        state = self.state
        state.ask()
        if state.past.count != self.reckoned:
            self.reckoned = state.past.count
            state.reckon()
            self._fit_days()
            self.currency.tell(state.currencies, state.shown_currency)
            for span, chip in self.chips.items():
                chip.show_as(chip.text(), "chosen" if span is state.span else "chip")
        self.days.select(state.day or None)
        self.days.show_rows(now_ns, state.total)
        self.show_rows(now_ns, None)

    def row_symbol(self, row: ExecutionRow) -> str:
        return row.route.symbol

    def row_order(self, row: ExecutionRow) -> ClOrdID:
        return row.route.work_id

    def export_to(self, path: Path) -> bool:
        """Orders; as Excel the days too."""
        texts = self.context.texts
        sheets = [(texts(self.title_key), self.view.exported()), (texts("executions.days"), self.days.exported())]
        return export_lines(path, sheets, texts, self.context.say)

    def stored(self) -> dict[str, Any]:
        return {**super().stored(), **stored_of(self.menus)}

    def take_stored(self, stored: dict[str, Any]) -> None:
        super().take_stored(stored)
        take_stored_of(self.menus, stored)
