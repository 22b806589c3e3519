"""What the best-execution view shows: the routed orders of the chosen days, one by one and by day."""

from collections.abc import Callable

from hts.desk.answers import Answers
from hts.desk.executions import (
    ExecutionDay,
    ExecutionRow,
    day_columns,
    days_of,
    execution_columns,
    executions,
    total_of,
)
from hts.desk.market import MarketState
from hts.desk.standing_fills import standing
from hts.desk.tables import ListTable
from hts.desk.texts import Texts
from hts.desk.trade_journal_state import Span, span_dates
from hts.model.queries import AnyQuery


class ExecutionsState:
    """`ask` the core, `reckon` when more has come; then read the tables and `total`.

    `day` narrows the orders to one trading day, 0 for none; the table of days always has all of the span.
    """

    def __init__(
        self,
        answers: Answers,
        market: MarketState,
        query: Callable[[AnyQuery], None],
        texts: Texts,
        *,
        account: str,
    ) -> None:
        self.past = answers.past
        self._market = market
        self._query = query
        self._texts = texts
        self._account = account
        self.span = Span.ALL
        self.day = 0
        self.currency = ""
        self.total: ExecutionDay = total_of(())
        self.table = ListTable[ExecutionRow](execution_columns(texts))
        self.days = ListTable[ExecutionDay](day_columns(texts))

    def ask(self) -> None:
        """Ask for all that was, once."""
        self.past.ask(self._account, self._query)

    @property
    def currencies(self) -> tuple[str, ...]:
        """Of the routed orders."""
        return tuple(dict.fromkeys(route.currency for route in self.past.routes.values()))

    @property
    def shown_currency(self) -> str:
        """The chosen one, or the first."""
        return self.currency if self.currency in self.currencies else next(iter(self.currencies), "")

    def reckon(self, dates: tuple[int, int] | None = None) -> None:
        """All rows anew, of other dates than its own where they are given."""
        currency = self.shown_currency
        routes = [route for route in self.past.routes.values() if route.currency == currency]
        first, last = dates or span_dates((route.trade_date for route in routes), self.span)
        wanted = [route for route in routes if first <= route.trade_date <= last]
        rows = executions(wanted, standing(self.past.fills), self._name, self._decimals)
        self.days.replace(days_of(rows))
        shown = [row for row in rows if row.route.trade_date == self.day] if self.day else rows
        self.total = total_of(shown)
        self.table.replace(reversed(shown))

    def _name(self, symbol: str) -> str:
        issue = self._market.instruments.get(symbol)
        return self._texts.name(issue) if issue is not None else symbol

    def _decimals(self, symbol: str) -> int:
        issue = self._market.instruments.get(symbol)
        return issue.px_decimals if issue is not None else 0
