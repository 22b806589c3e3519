"""The night's jobs on holdings: events whose ex-date or pay date is the next day, and contracts that end.

An event takes effect in the night before its ex-date, on what is held then. One that nobody confirmed does not: it is
named in the report and stays (`unconfirmed`).
"""

from collections.abc import Iterator
from fractions import Fraction

from hts.account.adjust import exchanged_qty, fraction_left
from hts.account.events import EventState, RowName, new_symbol
from hts.account.night import Night
from hts.account.position import Position
from hts.model.corporate import MILLI, CorporateEvent, Entitlement, EventKind
from hts.model.records_account import (
    AccountRecord,
    ContractExpired,
    ContractMarked,
    EntitlementPaid,
    EventApplied,
    EventDone,
    RightsListed,
)
from hts.model.units import Notional, Qty
from hts.rules.corporate import theoretical_px
from hts.rules.fees import dividend_tax, truncate
from hts.rules.index_products import end_days


def apply_events(night: Night) -> Iterator[AccountRecord]:
    """Ex-dates, then pay dates."""
    for state in list(night.book.events):
        if is_due(night, state) and state.confirmed_by:
            yield from _apply_event(night, state.event)
    for (event_id, name), claim in list(night.book.events.claims.items()):
        if claim.pay_date <= night.next_day(night.market(claim.symbol)):
            yield EntitlementPaid(
                event_id=event_id, account=name[0], symbol=name[1], credit=name[2], loan_date=name[3], **night.at
            )
    yield from _list_new_shares(night)


def _list_new_shares(night: Night) -> Iterator[AccountRecord]:
    for state in list(night.book.events):
        event = state.event
        is_over = event.kind is EventKind.RIGHTS and state.is_done
        if not is_over or event.pay_date > night.next_day(event.market):
            continue
        names = (event.other_symbol, new_symbol(event))
        waiting = [row for row in night.book.ledger.all_rows() if row.symbol in names and row.qty]
        for account, credit, loan_date in dict.fromkeys((row.account, row.credit, row.loan_date) for row in waiting):
            yield RightsListed(event_id=event.event_id, account=account, credit=credit, loan_date=loan_date, **night.at)


def is_due(night: Night, state: EventState) -> bool:
    """Whether the event's ex-date has come and it has not been dealt with."""
    return not state.is_done and not state.withdrawn and state.event.ex_date <= night.next_day(state.event.market)


def unconfirmed(night: Night) -> tuple[str, ...]:
    """Events whose ex-date has come and that no second person has looked at."""
    return tuple(state.event.event_id for state in night.book.events if is_due(night, state) and not state.confirmed_by)


def expire_contracts(night: Night) -> Iterator[AccountRecord]:
    """Futures are marked to the evening's price; what ended is closed at its final value."""
    for row in list(night.book.ledger.all_rows()):
        product = night.rules.product(row.symbol)
        if product is None or row.qty == 0:
            continue
        market = "KR" if product["venue"].startswith("KRX") else "JP"
        calendar = night.rules.settlement.calendar(market)
        _, final_date = end_days(product["last_day"], calendar, int(row.symbol.split("-")[1]))
        settle_date = night.next_day(market)
        if final_date <= night.date:
            yield _expired(night, row, settle_date, str(product["kind"]))
        elif product["kind"] == "future" and row.symbol in night.book.closes:
            value = night.mark(row)
            if value != row.cost:
                yield ContractMarked(
                    account=row.account,
                    symbol=row.symbol,
                    date=night.date,
                    settle_date=settle_date,
                    value=Notional(value),
                    **night.at,
                )


def _expired(night: Night, row: Position, settle_date: int, kind: str) -> ContractExpired:
    """A future ends at the final price; an option is worth what it is in the money."""
    final_px = night.finals.get(row.symbol)
    if final_px is None:
        final_px = night.book.closes.get(row.symbol, 0)
    elif kind == "option":
        final_px = _intrinsic(row.symbol, final_px, night)
    return ContractExpired(
        account=row.account,
        symbol=row.symbol,
        currency=row.currency,
        date=night.date,
        settle_date=settle_date,
        final_px=final_px,
        value=Notional(abs(night.value(row.symbol, final_px, row.qty))),
        **night.at,
    )


def _intrinsic(symbol: str, final_px: int, night: Night) -> int:
    """What a unit of an option pays for the index's final value, both in the unit of its prices."""
    right_and_strike = symbol.split("-")[2]
    issue = night.issue(symbol)
    scale = 10 ** (issue.px_decimals if issue else 0)
    strike = Fraction(right_and_strike[1:]) * scale
    inside = final_px - strike if right_and_strike[0] == "C" else strike - final_px
    return max(0, int(inside))


def _apply_event(night: Night, event: CorporateEvent) -> Iterator[AccountRecord]:
    state = night.book.events.get(event.event_id)
    assert state is not None, event
    rows = [row for row in night.book.ledger.all_rows() if row.symbol == event.symbol and row.qty]
    for row in rows:
        name: RowName = (row.account, row.symbol, row.credit, row.loan_date)
        if name not in state.applied:
            yield _applied(night, event, row)
    yield EventDone(event_id=event.event_id, **night.at)


def _applied(night: Night, event: CorporateEvent, row: Position) -> EventApplied:
    qty = exchanged_qty(row.qty, event.new, event.old) if event.new else 0
    cash = row.qty * event.cash_milli
    cash = cash // MILLI if cash >= 0 else -(-cash // MILLI)
    in_lieu = _in_lieu(night, event, row) if event.new and event.kind is not EventKind.RIGHTS else 0
    cash += in_lieu if event.kind.brings_shares else 0
    rate = dividend_tax(night.rules.fees, event.market, night.date)
    return EventApplied(
        entitlement=Entitlement(
            event_id=event.event_id,
            account=row.account,
            symbol=row.symbol,
            credit=row.credit,
            loan_date=row.loan_date,
            held_qty=row.qty,
            qty=Qty(qty),
            cash=cash,
            # Who borrowed shares and sold them owes the lender the whole dividend: nothing is withheld from that.
            tax=truncate(Notional(cash), rate) if cash > 0 and event.kind is EventKind.CASH_DIVIDEND else 0,
            pay_date=event.pay_date,
            to_symbol=event.other_symbol,
        ),
        lot_new=event.new,
        lot_old=event.old,
        cash_in_lieu=Notional(0 if event.kind.brings_shares else in_lieu),
        adjusts_orders=night.rules.corporate.open_orders(event.market, night.date) == "adjust",
        **night.at,
    )


def _in_lieu(night: Night, event: CorporateEvent, row: Position) -> int:
    """Money for the part of a share that cannot be delivered, at the price after the event, cut."""
    over, under = fraction_left(row.qty, event.new, event.old)
    close = night.book.closes.get(event.symbol, 0)
    px = theoretical_px(event.kind.value, close, new=event.new, old=event.old, issue_px=event.issue_px)
    unit = Fraction(night.close_value(event.symbol), close) if close else Fraction(0)
    exactly = px * unit * abs(over) / under
    whole = exactly.numerator // exactly.denominator
    return whole if over >= 0 else -whole
