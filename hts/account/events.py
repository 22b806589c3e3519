"""Corporate actions of the books: entered by one person, confirmed by another, applied once per row, paid once.

entered -> confirmed -> ex-date: exchanged, or a claim is noted -> pay date: money, or shares that may be sold
        -> withdrawn
"""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from hts.account.adjust import exchange, lapse, move, receive, spin_off, subscribe
from hts.account.corporate_checks import IssueFacts, check_event
from hts.account.ledger import Ledger
from hts.account.money import MoneyChange
from hts.account.position import Position
from hts.model.corporate import CorporateEvent, Entitlement, EventFinding, EventKind
from hts.model.records_account import (
    EntitlementPaid,
    EventApplied,
    EventConfirmed,
    EventDone,
    EventEntered,
    EventWithdrawn,
    RightsListed,
    RightsSubscribed,
)
from hts.rules.corporate import CorporateLimits

RowName = tuple[str, str, str, int]  # account, symbol, credit, loan date


class EventState(Struct, frozen=True, kw_only=True):
    """One event on its way."""

    event: CorporateEvent
    entered_by: str
    confirmed_by: str = ""
    withdrawn: bool = False
    is_done: bool = False
    applied: tuple[RowName, ...] = ()


class Events:
    """Events by id, and the claims that wait for their pay date."""

    def __init__(self) -> None:
        self._by_id: dict[str, EventState] = {}
        self.claims: dict[tuple[str, RowName], Entitlement] = {}

    def __iter__(self) -> Iterator[EventState]:
        return iter(self._by_id.values())

    def get(self, event_id: str) -> EventState | None:
        """The event of that name."""
        return self._by_id.get(event_id)

    # -- what people do: a refusal is a value, nothing is recorded then

    def why_not_enter(
        self, event: CorporateEvent, user: str, facts: IssueFacts, limits: CorporateLimits
    ) -> tuple[EventFinding, ...]:
        """What speaks against entering an event: it is implausible, already there, or nobody answers for it."""
        if event.event_id in self._by_id:
            return (EventFinding(rule="known_event", found=1, limit=0, detail=event.event_id),)
        if not user:
            return (EventFinding(rule="no_user", found=0, limit=1),)
        return check_event(event, facts, limits)

    def why_not_confirm(self, event_id: str, user: str) -> tuple[EventFinding, ...]:
        """What speaks against confirming it: four eyes belong to two people."""
        state = self._by_id.get(event_id)
        if state is None or state.withdrawn:
            return (EventFinding(rule="unknown_event", found=0, limit=1, detail=event_id),)
        if not user or user == state.entered_by:
            return (EventFinding(rule="same_user", found=1, limit=2, detail=user),)
        if state.confirmed_by:
            return (EventFinding(rule="known_event", found=1, limit=0, detail=event_id),)
        return ()

    # -- facts

    def enter(self, record: EventEntered) -> None:
        """Somebody entered it."""
        self._by_id[record.event.event_id] = EventState(event=record.event, entered_by=record.user)

    def confirm(self, record: EventConfirmed) -> None:
        """Somebody else looked at it too."""
        state = self._by_id[record.event_id]
        assert record.user != state.entered_by, record
        self._by_id[record.event_id] = replace(state, confirmed_by=record.user)

    def withdraw(self, record: EventWithdrawn) -> None:
        """It is not to be."""
        state = self._by_id[record.event_id]
        assert not state.applied, record
        self._by_id[record.event_id] = replace(state, withdrawn=True)

    def end(self, record: EventDone) -> None:
        """All rows have had it."""
        self._by_id[record.event_id] = replace(self._by_id[record.event_id], is_done=True)

    def apply(self, record: EventApplied, ledger: Ledger) -> None:
        """The ex-date of one row."""
        claim = record.entitlement
        name = (claim.account, claim.symbol, claim.credit, claim.loan_date)
        state = self._by_id[claim.event_id]
        assert name not in state.applied, record
        self._by_id[claim.event_id] = replace(state, applied=(*state.applied, name))
        row = ledger.row(*name)
        assert row is not None, record
        event = state.event
        if event.kind is EventKind.MERGER:
            left, arrived = move(row, _row_for(ledger, row, event.other_symbol), new=record.lot_new, old=record.lot_old)
            ledger.put_row(left, _in_lieu(record.cash_in_lieu))
            ledger.put_row(arrived)
        elif event.kind.exchanges_shares:
            adjusted = exchange(row, record.lot_new, record.lot_old, record.cash_in_lieu)
            ledger.put_row(adjusted.rows[0], adjusted.change)
        elif event.kind is EventKind.SPIN_OFF:
            to = _row_for(ledger, row, event.other_symbol)
            left, arrived = spin_off(row, to, new=record.lot_new, old=record.lot_old, cost_ppm=event.cost_ppm)
            ledger.put_row(left, _in_lieu(record.cash_in_lieu))
            ledger.put_row(arrived)
        elif event.kind is EventKind.RIGHTS:
            ledger.put_row(receive(_row_for(ledger, row, event.other_symbol), claim.qty, event.ex_date))
        else:
            self.claims[claim.event_id, name] = claim

    def subscribe(self, record: RightsSubscribed, ledger: Ledger) -> None:
        """Rights and money become new shares that wait for their listing."""
        event = self._by_id[record.event_id].event
        rights = ledger.row(record.account, event.other_symbol, record.credit, record.loan_date)
        assert rights is not None, record
        left, arrived = subscribe(rights, _row_for(ledger, rights, new_symbol(event)), record.qty, record.amount)
        ledger.put_row(left)
        ledger.put_row(arrived, MoneyChange(cash=-record.amount, cost=record.amount))

    def list_new(self, record: RightsListed, ledger: Ledger) -> None:
        """The new shares join the old ones; what is left of the rights is worth nothing."""
        event = self._by_id[record.event_id].event
        name = (record.credit, record.loan_date)
        new = ledger.row(record.account, new_symbol(event), *name)
        if new is not None and new.qty:
            left, arrived = move(new, _row_for(ledger, new, event.symbol), new=1, old=1)
            ledger.put_row(left)
            ledger.put_row(arrived)
        rights = ledger.row(record.account, event.other_symbol, *name)
        if rights is not None and rights.qty:
            lapsed = lapse(rights)
            ledger.put_row(lapsed.rows[0], lapsed.change)

    def pay(self, record: EntitlementPaid, ledger: Ledger) -> None:
        """A claim is met: money net of tax, or shares."""
        name = (record.account, record.symbol, record.credit, record.loan_date)
        claim = self.claims.pop((record.event_id, name))
        row = ledger.row(*name)
        assert row is not None, record
        net = claim.cash - claim.tax
        change = MoneyChange(cash=net, income=net) if net else None
        if claim.qty:
            ledger.put_row(receive(row, claim.qty, claim.pay_date), change)
        elif change is not None:
            ledger.post(row.account, row.currency, change)


def new_symbol(event: CorporateEvent) -> str:
    """Shares that are subscribed to and not yet listed, as an issue of its own."""
    return f"{event.symbol}.NEW"


def _in_lieu(cash: int) -> MoneyChange | None:
    return MoneyChange(cash=cash, income=cash) if cash else None


def _row_for(ledger: Ledger, row: Position, symbol: str) -> Position:
    """The row of another issue beside this one, under the same loan."""
    found = ledger.row(row.account, symbol, row.credit, row.loan_date)
    if found is not None:
        return found
    return Position(
        account=row.account, symbol=symbol, currency=row.currency, credit=row.credit, loan_date=row.loan_date
    )
