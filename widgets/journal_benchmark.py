"""The chip that names the journal's benchmark; its menu chooses another one, or none."""

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from hts.desk.trade_journal_state import JournalState
from themes import metrics
from widgets.controls import Button
from widgets.issue_search import IssueSearch
from widgets.menus import literal, pop_up
from widgets.panel import PanelContext

CHOICES_MAX = 40
GROUPS = range(1, 5)


class BenchmarkChip(Button):
    """`choose(symbol)` is called with what was chosen, "" for none."""

    def __init__(
        self, context: PanelContext, state: JournalState, choose: Callable[[str], None], *, group: int
    ) -> None:
        super().__init__(context.tokens, context.texts("journal.compare_none"), look="chip", height=metrics.CHIP)
        self._context, self._state, self._choose, self._group = context, state, choose, group
        self.setToolTip(context.texts("journal.compare_how"))
        self.clicked.connect(self.pop_up)

    def tell(self, symbol: str) -> None:
        """What is chosen."""
        texts, issue = self._context.texts, self._context.market.instruments.get(symbol)
        name = texts.name(issue) if issue is not None else symbol
        text = texts("journal.compare", name=name) if symbol else texts("journal.compare_none")
        self.show_as(text, "chosen" if symbol else "chip")
        self.setAccessibleName(text)

    def symbols(self) -> list[str]:
        """What can be chosen: what is, what the link groups show, what was traded, then the venue's list."""
        state, instruments = self._state, self._context.market.instruments
        linked = [self._context.selection.symbol(group) for group in (self._group, *GROUPS)]
        wanted = dict.fromkeys([state.benchmark, *linked, *(trip.symbol for trip in state.trips), *instruments])
        known = ((symbol, instruments[symbol]) for symbol in wanted if symbol in instruments)
        return [symbol for symbol, issue in known if issue.currency == state.shown_currency][:CHOICES_MAX]

    def pop_up(self) -> QMenu:
        """Open the menu under the chip; it goes when it is closed."""
        texts, now = self._context.texts, self._state.benchmark
        menu = QMenu(texts("journal.compare_how"), self)
        menu.setAccessibleName(menu.title())
        currency = self._state.shown_currency
        IssueSearch(menu, self._context, self._choose, lambda issue: issue.currency == currency)
        group = QActionGroup(menu)
        for symbol in ("", *self.symbols()):
            issue = self._context.market.instruments.get(symbol)
            name = f"{texts.name(issue)}  {symbol}" if issue is not None else texts("journal.compare_none")
            action = group.addAction(menu.addAction(literal(name)))
            action.setCheckable(True)
            action.setChecked(symbol == now)
            action.triggered.connect(lambda _=False, symbol=symbol: self._choose(symbol))
            if not symbol:
                menu.addSeparator()
        pop_up(menu, self.mapToGlobal(QPoint(0, self.height())))
        return menu
