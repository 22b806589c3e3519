"""Settlement: what is to be delivered and received, netted per day, venue, issue and currency, until it has moved.

    netted -> advised (accepted, matched, pending, failing ...) -> confirmed in full
                                                               -> in part, or not by its day: a break

A break is not an event but a fact about the open obligations on a day; `breaks` lists them with their age.
"""

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from hts.account.booking import Booking
from hts.model.enums import Side
from hts.model.records_account import ObligationNetted, SettlementAdvised, SettlementConfirmed
from hts.model.units import Notional

REFS_MAX = 10_000  # documents of some weeks; older ones are not sent again


class Obligation(Struct, frozen=True, kw_only=True):
    """One instruction. `settled_qty` and `settled_amount` are what was confirmed; amounts from our side, signed."""

    netted: ObligationNetted
    status: str = "instructed"
    reason: str = ""
    settled_qty: int = 0
    settled_amount: int = 0
    settled_on: int = 0

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left."""
        return self.settled_qty == abs(self.netted.qty) and self.settled_amount == abs(self.netted.amount)


class SettlementBreak(Struct, frozen=True, kw_only=True):
    """Why an instruction is not as it should be, and for how many business days."""

    tx_id: str
    account: str
    venue: str
    symbol: str
    settle_date: int
    kind: str  # "late", "quantity", "amount", "rejected", "unknown"
    expected: int
    found: int
    age_days: int
    detail: str = ""


class Net(Struct, frozen=True, kw_only=True):
    """The sum of a day's fills."""

    account: str
    venue: str
    symbol: str
    currency: str
    trade_date: int
    settle_date: int
    qty: int = 0
    amount: Notional = Notional(0)

    @property
    def tx_id(self) -> str:
        """The instruction's name: the same fills always make the same."""
        return f"{self.settle_date}{self.venue}{self.symbol}{self.account}"[:35]


class Obligations:
    """Instructions by name, and confirmations that none of them asked for."""

    def __init__(self) -> None:
        self._by_id: dict[str, Obligation] = {}
        self.unknown: list[SettlementConfirmed | SettlementAdvised] = []
        self.refs: list[str] = []  # documents that were read

    def __iter__(self) -> Iterator[Obligation]:
        return iter(self._by_id.values())

    def get(self, tx_id: str) -> Obligation | None:
        """The obligation of an instruction."""
        return self._by_id.get(tx_id)

    def net(self, record: ObligationNetted) -> None:
        """An instruction goes out."""
        assert record.tx_id not in self._by_id, record
        self._by_id[record.tx_id] = Obligation(netted=record)

    def advise(self, record: SettlementAdvised) -> None:
        """How far it is."""
        self._note(record.ref)
        known = self._by_id.get(record.tx_id)
        if known is None:
            self.unknown.append(record)
        else:
            self._by_id[record.tx_id] = replace(known, status=record.status, reason=record.reason)

    def confirm(self, record: SettlementConfirmed) -> None:
        """It moved, or a part of it."""
        self._note(record.ref)
        known = self._by_id.get(record.tx_id)
        if known is None:
            self.unknown.append(record)
            return
        after = replace(
            known,
            settled_qty=known.settled_qty + record.qty,
            settled_amount=known.settled_amount + record.amount,
            settled_on=record.effective_date,
        )
        self._by_id[record.tx_id] = replace(after, status="settled" if after.is_settled else "partial")

    def has_read(self, ref: str) -> bool:
        """Whether a document was taken before."""
        return ref in self.refs

    def _note(self, ref: str) -> None:
        if ref:
            assert ref not in self.refs, ref
            self.refs = [*self.refs[-REFS_MAX:], ref]

    def forget_settled(self, before_date: int) -> None:
        """What moved whole before a day is in the journal only."""
        self._by_id = {
            tx_id: one for tx_id, one in self._by_id.items() if not (one.is_settled and one.settled_on < before_date)
        }

    def breaks(self, date: int, age: Callable[[str, int], int]) -> tuple[SettlementBreak, ...]:
        """All that is wrong on the evening of a day. `age`: business days of a venue since a date."""
        found = [_break_of(one, age(one.netted.venue, one.netted.settle_date)) for one in self]
        known = [one for one in found if one is not None and one.settle_date <= date]
        return (*known, *(_unknown(record) for record in self.unknown))


def netted(fills: Iterable[Booking]) -> tuple[Net, ...]:
    """Fills summed per account, settlement day, venue, issue and currency; what nets to nothing stays as a row.

    The amount is the trades' own: fees and taxes are between the broker and its client.
    """
    sums: dict[tuple[str, int, str, str, str], Net] = {}
    for fill in fills:
        if not fill.settle_date:
            continue
        key = (fill.account, fill.settle_date, fill.venue, fill.symbol, fill.currency)
        before = sums.get(key) or Net(
            account=fill.account,
            venue=fill.venue,
            symbol=fill.symbol,
            currency=fill.currency,
            trade_date=fill.trade_date,
            settle_date=fill.settle_date,
        )
        sign = 1 if fill.side is Side.BUY else -1
        sums[key] = replace(
            before, qty=before.qty + sign * fill.qty, amount=Notional(before.amount - sign * fill.value)
        )
    return tuple(sums.values())


def cash_by_venue(obligations: Iterable[Obligation], settle_date: int) -> dict[tuple[str, str], int]:
    """Money to pay (negative) or receive on a day, per venue and currency."""
    sums: dict[tuple[str, str], int] = {}
    for one in obligations:
        if one.netted.settle_date == settle_date:
            key = (one.netted.venue, one.netted.currency)
            sums[key] = sums.get(key, 0) + one.netted.amount
    return sums


def _break_of(one: Obligation, age_days: int) -> SettlementBreak | None:
    net = one.netted
    kind, expected, found = "", 0, 0
    if one.status == "rejected":
        kind = "rejected"
    elif one.settled_qty > abs(net.qty):
        kind, expected, found = "quantity", abs(net.qty), one.settled_qty
    elif one.settled_qty == abs(net.qty) and one.settled_on and one.settled_amount != abs(net.amount):
        kind, expected, found = "amount", abs(net.amount), one.settled_amount
    elif not one.is_settled and age_days > 0:
        kind, expected, found = "late", abs(net.qty), one.settled_qty
    if not kind:
        return None
    return SettlementBreak(
        tx_id=net.tx_id,
        account=net.account,
        venue=net.venue,
        symbol=net.symbol,
        settle_date=net.settle_date,
        kind=kind,
        expected=expected,
        found=found,
        age_days=max(0, age_days),
        detail=one.reason or one.status,
    )


def _unknown(record: SettlementConfirmed | SettlementAdvised) -> SettlementBreak:
    found = record.qty if isinstance(record, SettlementConfirmed) else 0
    return SettlementBreak(
        tx_id=record.tx_id,
        account="",
        venue="",
        symbol="",
        settle_date=0,
        kind="unknown",
        expected=0,
        found=found,
        age_days=0,
    )
