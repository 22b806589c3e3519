"""Money of one currency turned into another, and what all of it is worth in the account's base currency."""

from collections.abc import Callable, Iterable
from fractions import Fraction

from msgspec import Struct

from hts.account.money import Money
from hts.model.units import Notional
from hts.rules.fx import translated

Rate = Callable[[str, str], Fraction | None]


class BaseTotal(Struct, frozen=True, kw_only=True):
    """An account over all its currencies, in one. `unknown`: currencies that nobody quoted; they are left out."""

    account: str
    currency: str
    cash: Notional
    holdings: Notional
    realised: Notional
    unrealised: Notional
    unknown: tuple[str, ...] = ()


class CurrencySum(Struct, frozen=True, kw_only=True):
    """One currency of an account: its money and what its holdings are worth net of loans."""

    money: Money
    holdings: int
    unrealised: int


def provisional_cost(amount: int, rate: Fraction, buffer: Fraction) -> Notional:
    """Home money that is taken for `amount` of foreign money until the morning's rate is known; begun up."""
    exactly = amount * rate * (1 + buffer)
    return Notional(-(-exactly.numerator // exactly.denominator))


def convertible(home: int, rate: Fraction, buffer: Fraction) -> int:
    """Foreign money that `home` money surely buys."""
    if home <= 0:
        return 0
    exactly = home / (rate * (1 + buffer))
    return exactly.numerator // exactly.denominator


def true_up(sold: int, bought: int, final_rate: Fraction, spread: Fraction) -> Notional:
    """What comes back of a provisional conversion at the final rate; negative when it was not enough."""
    exactly = bought * final_rate * (1 + spread)
    return Notional(sold + (-exactly.numerator // exactly.denominator))


def in_base(account: str, currency: str, sums: Iterable[CurrencySum], rate: Rate) -> BaseTotal:
    """Add up the currencies of an account, or of several accounts, at middle rates."""
    cash = holdings = realised = unrealised = 0
    unknown: list[str] = []
    for one in sums:
        found = rate(one.money.currency, currency)
        if found is None:
            unknown.append(one.money.currency)
            continue
        cash += translated(one.money.cash, found)
        holdings += translated(one.holdings, found)
        realised += translated(one.money.realised, found)
        unrealised += translated(one.unrealised, found)
    return BaseTotal(
        account=account,
        currency=currency,
        cash=Notional(cash),
        holdings=Notional(holdings),
        realised=Notional(realised),
        unrealised=Notional(unrealised),
        unknown=tuple(unknown),
    )
