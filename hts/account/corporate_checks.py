"""Whether an event can be what was meant, before anybody may confirm it.

In 2018 a Korean broker's clerk paid a dividend of 1,000 won per share to the employees' stock plan as 1,000 shares per
share: 2.8 billion shares of a company that had 89 million, and some were sold. Nothing compared the figure with the
shares that exist, one person was enough, and money and shares were entered in the same field. So each event is held
against the issue's listed shares, against what the issuer announced in all, and against what such a figure usually is;
a figure that would be sensible in the other unit is named as such.
"""

from fractions import Fraction

from msgspec import Struct

from hts.model.corporate import MILLI, CorporateEvent, EventFinding, EventKind
from hts.model.units import Px, Qty
from hts.rules.corporate import CorporateLimits


class IssueFacts(Struct, frozen=True, kw_only=True):
    """What is known of the issue: shares that exist (0: unknown), its last price, and what our clients hold of it."""

    listed_shares: Qty
    last_px: Px
    held_qty: Qty


def check_event(event: CorporateEvent, facts: IssueFacts, limits: CorporateLimits) -> tuple[EventFinding, ...]:
    """Everything that speaks against the event; nothing where it may be confirmed."""
    found = [*_check_terms(event), *_check_dates(event)]
    if found:
        return tuple(found)
    if facts.listed_shares and facts.held_qty > facts.listed_shares * limits.held_of_listed:
        most = int(facts.listed_shares * limits.held_of_listed)
        found.append(EventFinding(rule="held_over_listed", found=facts.held_qty, limit=most))
    if event.cash_milli:
        found += _check_cash(event, facts, limits)
    if event.new:
        found += _check_shares(event, facts, limits)
    return tuple(found)


def _check_terms(event: CorporateEvent) -> list[EventFinding]:
    """Money and shares are different fields, and each kind of event has its own."""
    wrong = ""
    is_cash = event.kind is EventKind.CASH_DIVIDEND
    if event.old <= 0 or event.new < 0 or event.cash_milli < 0 or event.issue_px < 0:
        wrong = "sign"
    elif is_cash != (event.cash_milli > 0):
        wrong = "cash"
    elif is_cash == (event.new > 0):
        wrong = "shares"
    elif (event.kind is EventKind.RIGHTS) != (event.issue_px > 0):
        wrong = "issue_px"
    elif event.kind in (EventKind.MERGER, EventKind.SPIN_OFF, EventKind.RIGHTS) and not event.other_symbol:
        wrong = "other_symbol"
    elif event.kind is EventKind.SPLIT and event.new <= event.old:
        wrong = "split"
    elif event.kind is EventKind.REVERSE_SPLIT and event.new >= event.old:
        wrong = "reverse_split"
    return [EventFinding(rule="terms", found=event.new, limit=event.old, detail=wrong)] if wrong else []


def _check_dates(event: CorporateEvent) -> list[EventFinding]:
    if not event.ex_date <= event.record_date:
        return [EventFinding(rule="dates", found=event.ex_date, limit=event.record_date)]
    waits = event.kind.brings_shares or event.kind in (EventKind.CASH_DIVIDEND, EventKind.RIGHTS)
    if waits and event.pay_date < event.record_date:
        return [EventFinding(rule="dates", found=event.pay_date, limit=event.record_date)]
    return []


def _check_cash(event: CorporateEvent, facts: IssueFacts, limits: CorporateLimits) -> list[EventFinding]:
    found: list[EventFinding] = []
    most = int(facts.last_px * limits.cash_of_price * MILLI)
    if facts.last_px and event.cash_milli > most:
        found.append(EventFinding(rule="cash_of_price", found=event.cash_milli, limit=most))
    return found + _check_announced(event, facts, Fraction(event.cash_milli, MILLI))


def _check_shares(event: CorporateEvent, facts: IssueFacts, limits: CorporateLimits) -> list[EventFinding]:
    found: list[EventFinding] = []
    ratio = Fraction(event.new, event.old)
    most = _ratio_limit(event.kind, limits)
    if max(ratio, 1 / ratio if event.kind.exchanges_shares else ratio) > most:
        found.append(EventFinding(rule="ratio", found=event.new, limit=int(most * event.old)))
    total = int(facts.held_qty * ratio)
    if event.kind is EventKind.STOCK_DIVIDEND and facts.listed_shares:
        new_max = int(facts.listed_shares * limits.new_shares_of_listed)
        if total > new_max:
            found.append(EventFinding(rule="new_shares_over_listed", found=total, limit=new_max))
    if event.kind.brings_shares and ratio > most and ratio <= facts.last_px * limits.cash_of_price:
        # So many shares for one are not thinkable, so much money for one is.
        found.append(EventFinding(rule="unit", found=event.new, limit=int(most * event.old), detail="money_as_shares"))
    if event.kind.brings_shares or event.kind is EventKind.RIGHTS:
        found += _check_announced(event, facts, ratio)
    return found


def _ratio_limit(kind: EventKind, limits: CorporateLimits) -> Fraction:
    if kind is EventKind.STOCK_DIVIDEND:
        return limits.stock_dividend_ratio
    if kind is EventKind.RIGHTS:
        return limits.rights_ratio
    return limits.split_ratio if kind.exchanges_shares else limits.bonus_ratio


def _check_announced(event: CorporateEvent, facts: IssueFacts, per_share: Fraction) -> list[EventFinding]:
    """The issuer's own total: our clients cannot get more, and all shares together should get about that."""
    if not event.announced_total:
        return []
    ours = int(facts.held_qty * per_share)
    if ours > event.announced_total:
        return [EventFinding(rule="over_announced", found=ours, limit=event.announced_total)]
    of_all = int(facts.listed_shares * per_share)
    if of_all and not event.announced_total // 2 <= of_all <= event.announced_total * 2:
        return [EventFinding(rule="not_as_announced", found=of_all, limit=event.announced_total)]
    return []
