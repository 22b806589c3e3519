"""What panels of past days have in common: chips for the days, the currency and the export, and when to reckon anew."""

from typing import Any, Protocol

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from hts.desk.frame import Frame
from hts.desk.past_trades import PastTrades
from hts.desk.trade_journal_state import Span
from themes import metrics
from widgets.controls import Button
from widgets.currency_chip import CurrencyChip
from widgets.panel import PanelContext
from widgets.tables_panel import TablePanel
from widgets.tables_view import TableView


class PastState(Protocol):
    """What such a panel shows."""

    past: PastTrades
    span: Span
    currency: str
    day: int


class PastPanel(TablePanel):
    """`state` says what is shown; `reckoned` is the number of facts that it was reckoned from, -1 for anew."""

    state: PastState
    currency: CurrencyChip
    reckoned = -1

    def __init__(
        self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1, view: TableView
    ) -> None:
        super().__init__(context, parent, group=group, view=view)
        context.answers.past.ask_again()  # what came while no such panel was open

    def again(self) -> None:
        """Reckon anew at the next frame."""
        self.reckoned = -1
        self.mark_dirty()

    def chip_row(self) -> QHBoxLayout:
        """An empty row for chips and fields."""
        row = QHBoxLayout()
        row.setContentsMargins(metrics.EDGE_PAD, 3, metrics.EDGE_PAD, 3)
        row.setSpacing(metrics.CHIP_GAP)
        return row

    def chip(self, row: QBoxLayout, key: str) -> Button:
        """One chip with a text of the catalogue."""
        chip = Button(self.context.tokens, self.context.texts(key), look="chip", height=metrics.CHIP)
        row.addWidget(chip)
        return chip

    def end_chips(self, row: QBoxLayout) -> None:
        """The currency, and the export at the right edge."""
        self.currency = CurrencyChip(self.context.tokens, self.context.texts("journal.currency"), self.choose_currency)
        row.addWidget(self.currency)
        row.addStretch(1)
        self.chip(row, "journal.export").clicked.connect(self._export)

    def choose_currency(self, currency: str) -> None:
        """What was dealt in another currency, on whatever days."""
        self.state.currency, self.state.day = currency, 0
        self.again()

    def concerns(self, frame: Frame) -> bool:
        return bool(frame.answers or frame.orders.fills)

    def on_frame(self, frame: Frame) -> None:
        if frame.orders.fills:
            self.state.past.ask_again()
        super().on_frame(frame)

    def stored(self) -> dict[str, Any]:
        return {**super().stored(), "span": self.state.span.name, "currency": self.state.currency}

    def take_stored(self, stored: dict[str, Any]) -> None:
        super().take_stored(stored)
        self.state.span = next((one for one in Span if one.name == stored.get("span")), self.state.span)
        currency = stored.get("currency")
        self.state.currency = currency if isinstance(currency, str) else ""
        self.again()
