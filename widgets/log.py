"""The log panel: notices, warnings, refusals and fired alerts, calm and complete; chips and words pick."""

from typing import Any

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hts.desk.figures import clock_text
from hts.desk.frame import Frame
from hts.desk.log import KINDS, LogRow, LogTable
from hts.desk.tables import Column
from themes import metrics
from widgets.controls import Button
from widgets.keys import OwnField
from widgets.painting import Brush
from widgets.panel import Panel, PanelContext
from widgets.tables_empty import Empty
from widgets.tables_menu import TableMenu
from widgets.tables_view import TableView


class LogView(TableView):
    """Kinds in their colours: refusals and warnings stand out, notices do not."""

    def __init__(self, table: LogTable, context: PanelContext) -> None:
        super().__init__(table, context.tokens)
        self._texts = context.texts

    def cell_style(self, row: LogRow, column: Column[Any]) -> tuple[str, QColor]:
        if column.key == "kind":
            inks = {
                "refusal": self.tokens.attention,
                "warning": self.tokens.attention,
                "alert": self.tokens.own,
                "notice": self.tokens.text2,
            }
            return "body_medium" if row.kind != "notice" else "body", inks[row.kind]
        return super().cell_style(row, column)

    def tooltip_of(self, row: LogRow) -> str:
        if row.count == 1:
            return row.text
        since = self._texts("log.again", count=row.count, first=clock_text(row.first_ns), last=clock_text(row.trade_ns))
        return f"{row.text}\n{since}"

    def paint_footer(self, brush: Brush, footer: tuple[int, int], base: int) -> None:
        shown, total = footer
        text = self._texts("log.count", shown=shown, total=total)
        brush.left(metrics.EDGE_PAD, base, text, "secondary", self.tokens.text2)


class LogPanel(Panel):
    """알림·로그."""

    title_key = "log.title"
    is_calm = True

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        self._table = LogTable(context.texts)
        self._table.take(context.orders, context.market, 0)  # told before: only their own times are known
        self.view = LogView(self._table, context)
        self.view.grows_at_top = True
        self.view.empty = Empty(context, "log.empty", "")
        self.view.setParent(self)  # before the fields in the tab order: a window that opens lets keys trade
        self.view.setAccessibleName(context.texts(self.title_key))
        self.setFocusProxy(self.view)
        self.menu = TableMenu(self, self.view).attach()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._make_filter())
        column.addWidget(self.view, 1)

    def _make_filter(self) -> QHBoxLayout:
        tokens, texts = self.context.tokens, self.context.texts
        row = QHBoxLayout()
        row.setContentsMargins(metrics.CELL_PAD, 3, metrics.CELL_PAD, 3)
        row.setSpacing(metrics.CHIP_GAP)
        self.chips: dict[str, Button] = {}
        for kind in KINDS:
            chip = self.chips[kind] = Button(tokens, texts(f"log.{kind}"), look="chip", height=metrics.FIELD)
            chip.clicked.connect(lambda _=False, kind=kind: self.toggle(kind))
            row.addWidget(chip)
        self.words = OwnField()
        self.words.setFixedHeight(metrics.FIELD)
        self.words.setMaxLength(100)
        self.words.setAccessibleName(texts("log.find"))
        self.words.setPlaceholderText(texts("log.find"))
        self.words.textChanged.connect(lambda _: self._filter(self._table.wanted))
        row.addWidget(self.words, 1)
        return row

    def toggle(self, kind: str) -> None:
        """Show a kind, or not; none chosen shows all."""
        self._filter(self._table.wanted ^ {kind})

    def _filter(self, wanted: frozenset[str]) -> None:
        self._table.set_filter(wanted, self.words.text())
        for kind, chip in self.chips.items():
            chip.show_as(chip.text(), "chosen" if kind in wanted else "chip")
        self.mark_dirty()

    @property
    def subtitle(self) -> str:
        return self.context.texts("log.subtitle", count=self._table.unfiltered)

    def stored(self) -> dict[str, Any]:
        return self.menu.stored()

    def take_stored(self, stored: dict[str, Any]) -> None:
        self.menu.take_stored(stored)

    def concerns(self, frame: Frame) -> bool:
        return frame.orders.notices

    def refresh(self, now_ns: int) -> None:
        self._table.take(self.context.orders, self.context.market, self.context.market.trade_ns)
        self.view.show_rows(now_ns, (len(self._table), self._table.unfiltered))
