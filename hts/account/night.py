"""What a job of the night works with."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from msgspec import Struct

from hts.account.book import AccountBook
from hts.account.fee_plan import plan_on
from hts.account.money import Money
from hts.account.position import Position
from hts.account.profile import Profile
from hts.account.valuation import Valuation, value_of
from hts.model.instruments import Instrument
from hts.model.records_account import AccountRecord
from hts.rules.account_rules import AccountRules
from hts.rules.fees import CostRates, market_code

HOME_MARKET = "KR"


class Night(Struct, frozen=True, kw_only=True):
    """The evening of `date`. The first job notes each `close`; all go by that. `finals`: final prices of contracts.

    Both times go into every record.
    """

    book: AccountBook
    rules: AccountRules
    date: int
    trade_ns: int
    close: Callable[[str], int]
    issue: Callable[[str], Instrument | None]
    finals: Mapping[str, int] = {}
    mono_ns: int = 0

    @property
    def at(self) -> dict[str, Any]:
        """The times of a record."""
        return {"trade_ns": self.trade_ns, "mono_ns": self.mono_ns}

    @property
    def next_date(self) -> int:
        """The home market's next business day."""
        return self.rules.settlement.later(HOME_MARKET, self.date, 1)

    def market(self, symbol: str) -> str:
        """The market of an issue; the home market's where the issue is not known."""
        issue = self.issue(symbol)
        return self.rules.settlement.market(issue.listing_venue) if issue else HOME_MARKET

    def next_day(self, market: str) -> int:
        """The next business day of a market."""
        return self.rules.settlement.later(market, self.date, 1)

    def value(self, symbol: str, px: int, qty: int) -> int:
        """Money of so many shares or contracts, signed like the quantity."""
        issue = self.issue(symbol)
        if issue is None:
            return px * qty
        value = self.rules.value(issue, px, abs(qty))
        return int(value) if qty >= 0 else -int(value)

    def mark(self, row: Position) -> int:
        """A row's shares at the close; at their cost where no close is known."""
        px = self.book.closes.get(row.symbol) or self.close(row.symbol)
        return self.value(row.symbol, px, row.qty) if px else row.cost

    def close_value(self, symbol: str) -> int:
        """Money of one share at the close."""
        return self.value(symbol, self.book.closes.get(symbol, 0), 1)

    def costs(self, account: str, symbol: str) -> CostRates:
        """What selling an issue costs; nothing where it is not known."""
        issue = self.issue(symbol)
        if issue is None:
            return CostRates(fee=Fraction(0), sell_tax=Fraction(0))
        plan = plan_on(self.book, self.rules.fees, account, market_code(issue.market), self.date)
        return self.rules.costs(issue, self.date, plan)

    def rows(self, account: str, currency: str) -> list[Position]:
        """An account's rows of one currency that hold something."""
        return [row for row in self.book.ledger.rows(account) if row.currency == currency and row.qty]

    def valuation(self, account: str, currency: str) -> Valuation:
        """What they are worth."""
        return value_of(self.rows(account, currency), self.mark)

    def all_money(self) -> Iterator[tuple[Profile, Money]]:
        """Every account and currency with its rules, as they stand now."""
        for key in [(money.account, money.currency) for money in self.book.ledger.all_money()]:
            money = self.book.ledger.money(*key)
            assert money is not None, key
            yield self.book.profile(key[0]), money


Job = Callable[[Night], Iterable[AccountRecord]]
