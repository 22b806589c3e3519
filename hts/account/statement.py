"""What an account's owner is told: balances, holdings, and each line of the ledger with the cash after it."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from hts.account.ledger import Ledger
from hts.account.money import Money
from hts.account.position import Position, mean_px
from hts.model.units import Notional


class LedgerLine(Struct, frozen=True, kw_only=True):
    """One fact that moved money. Amounts in the currency's smallest unit, signed from the account's side."""

    trade_ns: int
    kind: str  # of the record
    account: str
    currency: str
    text: str
    amount: Notional  # change of cash
    fee: Notional
    tax: Notional
    realised: Notional
    income: Notional
    interest: Notional
    cash: Notional  # after it


class BalanceLine(Struct, frozen=True, kw_only=True):
    """The evening's money of one account and currency."""

    account: str
    currency: str
    opening: Notional
    cash: Notional
    settled: Notional
    d1: Notional
    d2: Notional
    cost: Notional
    loans: Notional
    realised: Notional
    fees: Notional
    taxes: Notional
    income: Notional
    interest: Notional
    flows: Notional


class HoldingLine(Struct, frozen=True, kw_only=True):
    """One row of holdings: own money, or one loan date."""

    account: str
    symbol: str
    currency: str
    credit: str
    loan_date: int
    due_date: int
    qty: int
    mean_px: int
    cost: Notional
    fifo_cost: Notional
    value: Notional
    unrealised: Notional
    realised: Notional
    loan: Notional
    accrued: Notional


class TotalLine(Struct, frozen=True, kw_only=True):
    """An account over all its currencies, in its base currency; "all" adds up the accounts of one base currency."""

    account: str
    currency: str
    cash: Notional
    holdings: Notional
    total: Notional
    realised: Notional
    unrealised: Notional
    fx_profit: Notional  # what evenings gained by rates alone
    unknown: str  # currencies without a rate, left out


class LedgerTracker:
    """Watches a ledger while records are applied to it and says what each did to money."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._seen: dict[tuple[str, str], Money] = {}

    def lines(self, record: Any) -> Iterator[LedgerLine]:
        """The lines of a record that was just applied."""
        for money in self._ledger.all_money():
            key = (money.account, money.currency)
            before = self._seen.get(key)
            self._seen[key] = money
            if money is before:
                continue
            line = _line(record, before, money)
            if line is not None:
                yield line


def balance(money: Money, d1: int, d2: int, date: int) -> BalanceLine:
    """`d1`, `d2`: the next two settlement days of the account's market."""
    return BalanceLine(
        account=money.account,
        currency=money.currency,
        opening=money.opening,
        cash=money.cash,
        settled=money.cash_on(date),
        d1=money.cash_on(d1),
        d2=money.cash_on(d2),
        cost=money.cost,
        loans=money.loans,
        realised=money.realised,
        fees=money.fees,
        taxes=money.taxes,
        income=money.income,
        interest=money.interest,
        flows=money.flows,
    )


def holding(row: Position, value: int) -> HoldingLine:
    """A row with its market value."""
    return HoldingLine(
        account=row.account,
        symbol=row.symbol,
        currency=row.currency,
        credit=row.credit,
        loan_date=row.loan_date,
        due_date=row.due_date,
        qty=row.qty,
        mean_px=mean_px(row),
        cost=row.cost,
        fifo_cost=row.fifo_cost,
        value=Notional(value),
        unrealised=Notional(value - row.cost),
        realised=row.realised,
        loan=row.loan,
        accrued=Notional(row.accrued_micro // 1_000_000),
    )


def _line(record: Any, before: Money | None, after: Money) -> LedgerLine | None:
    old = before or Money(account=after.account, currency=after.currency, opening=after.opening, cash=Notional(0))
    changes = {
        "amount": after.cash - old.cash,
        "fee": after.fees - old.fees,
        "tax": after.taxes - old.taxes,
        "realised": after.realised - old.realised,
        "income": after.income - old.income,
        "interest": after.interest - old.interest,
    }
    if not any(changes.values()):
        return None
    amounts = {name: Notional(change) for name, change in changes.items()}
    return LedgerLine(
        trade_ns=record.trade_ns,
        kind=str(record.__struct_config__.tag),
        account=after.account,
        currency=after.currency,
        text=_text(record),
        cash=after.cash,
        **amounts,
    )


def _text(record: Any) -> str:
    """Which issue, and what for, in codes that no language owns."""
    report = getattr(record, "report", None)
    if report is not None and hasattr(report, "last_qty"):
        return f"{report.symbol} {report.side.name} {report.last_qty} at {report.last_px}"
    claim = getattr(record, "entitlement", None)
    if claim is not None:
        return f"{claim.symbol} {claim.event_id}"
    parts = [str(value) for name in ("symbol", "ref", "event_id", "kind") if (value := getattr(record, name, ""))]
    return " ".join(parts)
