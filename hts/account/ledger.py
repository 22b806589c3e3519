"""Cash, holdings and reservations of all accounts, one currency each.

Theory of operation. A fill moves cash against a holding, costs included; nothing else does. So two identities hold
after every transition and are asserted here:

    cash + cost of the holdings == opening cash + realised profit
    shares bought - shares sold == shares held

`reserved` is cash promised to working buy orders: it is the sum of what each of them holds (`Order.held`), changed by
the difference whenever one order changes. Settlement at T+2 is not modelled: bought shares can be sold at once, and
proceeds buy again at once, as Korean brokers allow.
"""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from hts.account.position import Position, after_fill
from hts.model.enums import Side
from hts.model.units import Notional, Px, Qty


class Money(Struct, frozen=True, kw_only=True):
    """One account in one currency."""

    account: str
    currency: str
    opening: Notional
    cash: Notional
    cost: Notional = Notional(0)  # of all holdings in this currency
    reserved: Notional = Notional(0)
    realised: Notional = Notional(0)
    fees: Notional = Notional(0)
    taxes: Notional = Notional(0)

    @property
    def buying_power(self) -> Notional:
        """Cash that is not promised to a working order."""
        return Notional(self.cash - self.reserved)


class Ledger:
    """Money per account and currency, positions per account and symbol."""

    def __init__(self) -> None:
        self._money: dict[tuple[str, str], Money] = {}
        self._positions: dict[tuple[str, str], Position] = {}

    def open(self, account: str, currency: str, cash: Notional) -> None:
        """An account with its opening cash; opened once."""
        assert (account, currency) not in self._money, (account, currency)
        self._money[account, currency] = Money(account=account, currency=currency, opening=cash, cash=cash)

    def has_account(self, account: str) -> bool:
        """Whether the account was opened in any currency."""
        return any(name == account for name, _ in self._money)

    def home_currency(self, account: str) -> str:
        """The currency in which the account was opened first; "" when it never was."""
        return next((currency for name, currency in self._money if name == account), "")

    def money(self, account: str, currency: str) -> Money | None:
        """The account's money in a currency, if it was opened in it."""
        return self._money.get((account, currency))

    def position(self, account: str, symbol: str) -> Position | None:
        """The holding, also when it is closed again; None when there never was one."""
        return self._positions.get((account, symbol))

    def qty(self, account: str, symbol: str) -> Qty:
        """Shares held."""
        position = self._positions.get((account, symbol))
        return position.qty if position else Qty(0)

    def all_money(self) -> Iterator[Money]:
        """Every account and currency, in the order of opening."""
        return iter(self._money.values())

    def positions(self) -> Iterator[Position]:
        """Every holding, in the order of its first fill."""
        return iter(self._positions.values())

    def hold(self, account: str, currency: str, change: int) -> None:
        """Promise `change` more (or less) cash to working orders."""
        if change == 0:
            return
        money = self._money[account, currency]
        reserved = money.reserved + change
        assert reserved >= 0, (money, change)
        self._money[account, currency] = replace(money, reserved=Notional(reserved))

    def book_fill(
        self,
        account: str,
        currency: str,
        symbol: str,
        *,
        side: Side,
        px: Px,
        qty: Qty,
        fee: Notional,
        tax: Notional,
    ) -> None:
        """A fill moves cash and shares; both identities are asserted."""
        key = (account, symbol)
        before = self._positions.get(key) or Position(account=account, symbol=symbol, currency=currency)
        after = after_fill(before, side, px=px, qty=qty, fee=fee, tax=tax)
        self._positions[key] = after
        money = self._money[account, currency]
        money = replace(
            money,
            cash=Notional(money.cash - side.sign * px * qty - fee - tax),
            cost=Notional(money.cost + after.cost - before.cost),
            realised=Notional(money.realised + after.realised - before.realised),
            fees=Notional(money.fees + fee),
            taxes=Notional(money.taxes + tax),
        )
        assert money.cash + money.cost == money.opening + money.realised, money
        self._money[account, currency] = money
