"""The money of one account in one currency, and its ladder of days.

    cash + cost of the holdings == opening + realised + loans + income - interest + flows

`cash` counts every trade at once (the D+2 line of a Korean screen). `pending` says which part of it moves on which
later day, so that `cash_on(day)` is the ladder D+0, D+1, D+2. `allowances` are the parts of unsettled purchases that
the deposit rate let the buyer leave unpaid; on their day they are gone, and what is then below zero is 미수.
"""

from msgspec import Struct
from msgspec.structs import replace

from hts.model.units import Notional

Steps = tuple[tuple[int, int], ...]  # (date, amount), dates ascending, amounts not zero


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
    loans: Notional = Notional(0)  # lenders' part of the cost; negative: proceeds that they keep
    income: Notional = Notional(0)  # dividends and the like, tax withheld already
    interest: Notional = Notional(0)  # paid on loans and on unpaid purchases
    flows: Notional = Notional(0)  # paid in or out, currency bought or sold
    pending: Steps = ()
    allowances: Steps = ()

    @property
    def buying_power(self) -> Notional:
        """Cash that is not promised to a working order, with what a deposit rate allows to leave unpaid."""
        allowed = sum(amount for _, amount in self.allowances) if self.allowances else 0
        return Notional(self.cash - self.reserved + allowed)

    @property
    def settled(self) -> Notional:
        """Cash that has moved."""
        return Notional(self.cash - sum(amount for _, amount in self.pending))

    def cash_on(self, date: int) -> Notional:
        """Cash as it will be when all of a day has settled."""
        return Notional(self.cash - sum(amount for at, amount in self.pending if at > date))


class MoneyChange(Struct, frozen=True, kw_only=True):
    """What a fact does to money."""

    cash: int = 0
    cost: int = 0
    realised: int = 0
    fees: int = 0
    taxes: int = 0
    loans: int = 0
    income: int = 0
    interest: int = 0
    flows: int = 0
    settle_date: int = 0
    allowance: int = 0


def after(money: Money, change: MoneyChange, sign: int = 1) -> Money:
    """The money after a change, or with `sign` -1 as though it had never been."""
    pending, allowances = money.pending, money.allowances
    if change.settle_date:
        pending = with_step(pending, change.settle_date, sign * change.cash)
        allowances = with_step(allowances, change.settle_date, sign * change.allowance)
    changed = replace(
        money,
        cash=Notional(money.cash + sign * change.cash),
        cost=Notional(money.cost + sign * change.cost),
        realised=Notional(money.realised + sign * change.realised),
        fees=Notional(money.fees + sign * change.fees),
        taxes=Notional(money.taxes + sign * change.taxes),
        loans=Notional(money.loans + sign * change.loans),
        income=Notional(money.income + sign * change.income),
        interest=Notional(money.interest + sign * change.interest),
        flows=Notional(money.flows + sign * change.flows),
        pending=pending,
        allowances=allowances,
    )
    check(changed)
    return changed


def settle(money: Money, date: int) -> Money:
    """What was due up to a day has moved."""
    return replace(
        money,
        pending=tuple(step for step in money.pending if step[0] > date),
        allowances=tuple(step for step in money.allowances if step[0] > date),
    )


def check(money: Money) -> None:
    """The identity at the top."""
    has = money.cash + money.cost
    came = money.opening + money.realised + money.loans + money.income - money.interest + money.flows
    assert has == came, money


def with_step(steps: Steps, date: int, amount: int) -> Steps:
    """The steps with an amount more on a date."""
    if amount == 0:
        return steps
    for at, (when, what) in enumerate(steps):
        if when == date:
            rest = what + amount
            return (*steps[:at], (date, rest), *steps[at + 1 :]) if rest else (*steps[:at], *steps[at + 1 :])
        if when > date:
            return (*steps[:at], (date, amount), *steps[at:])
    return (*steps, (date, amount))
