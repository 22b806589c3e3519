"""Fills, routing decisions and first stops of all days, asked from the core page by page, kept once for all panels."""

from collections.abc import Callable, Sequence

from hts.model.past_fills import FillsPage, PastFill, PastRoute, PastStop
from hts.model.queries import AnyQuery, RequestFills
from hts.model.units import ClOrdID

ALL_DATES = 99_999_999


class PastTrades:
    """`ask` once, `ask_again` when there is more; pages come through `take`.

    `routes` holds the first decision of each routed order: those after it deal with what the first one left.
    """

    def __init__(self) -> None:
        self._question: RequestFills | None = None
        self._query: Callable[[AnyQuery], None] | None = None
        self.fills: list[PastFill] = []
        self._by_symbol: dict[str, list[PastFill]] = {}
        self.routes: dict[ClOrdID, PastRoute] = {}
        self.stops: list[PastStop] = []
        self.currencies: dict[str, None] = {}  # of the fills, in the order in which they came
        self.is_whole = False
        self.fault = ""

    def ask(self, account: str, query: Callable[[AnyQuery], None]) -> None:
        """Ask for all of an account; a second panel finds what the first has asked for."""
        if self._question is None:
            self._query = query
            self._question = RequestFills(account=account, first_date=0, last_date=ALL_DATES)
            query(self._question)

    def ask_again(self) -> None:
        """The account has new fills, or the core was away: go on behind the last page."""
        if self._question is not None and self._query is not None and self.is_whole:
            self.is_whole = False
            self._query(self._question)

    def on_up(self) -> None:
        """The core is there again: what was asked may have gone with the link, and there may be more."""
        if self._question is not None and self._query is not None:
            self.is_whole = False
            self._query(self._question)

    def take(self, page: FillsPage) -> None:
        """Take a page; one that nobody waits for is passed over."""
        question = self._question
        if question is None or page.account != question.account or page.after != question.after or self.is_whole:
            return
        self.fills += page.fills
        for fill in page.fills:
            self._by_symbol.setdefault(fill.fill.symbol, []).append(fill)
        self.stops += page.stops
        self.currencies.update((fill.currency, None) for fill in page.fills)
        for route in page.routes:
            self.routes.setdefault(route.work_id, route)
        self.fault = page.fault
        self._question = RequestFills(account=page.account, first_date=0, last_date=ALL_DATES, after=page.next)
        self.is_whole = page.is_last
        if not page.is_last and self._query is not None:
            self._query(self._question)

    def of(self, symbol: str) -> Sequence[PastFill]:
        """The fills of one issue so far, those that were taken back included."""
        return self._by_symbol.get(symbol, ())

    def count_of(self, symbol: str) -> int:
        """How many these are."""
        return len(self._by_symbol.get(symbol, ()))

    @property
    def count(self) -> int:
        """Fills, decisions and stops so far: whoever shows them looks whether it has grown."""
        return len(self.fills) + len(self.routes) + len(self.stops)
