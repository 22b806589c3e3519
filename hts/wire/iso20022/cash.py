"""camt.053: cash accounts."""

import datetime as dt
from decimal import Decimal

from msgspec import Struct

from hts.wire.iso20022.amount import Amount


class Period(Struct, frozen=True, kw_only=True):
    """From and to."""

    from_time: dt.datetime
    to_time: dt.datetime


class CashBalance(Struct, frozen=True, kw_only=True):
    """`type` OPBD opening booked, CLBD closing booked, and others of the ISO list."""

    type: str
    amount: Amount
    direction: str
    date: dt.date


class CashEntry(Struct, frozen=True, kw_only=True):
    """One booking. `status` BOOK is booked, PDNG pending."""

    reference: str | None = None
    amount: Amount
    direction: str
    is_reversal: bool | None = None
    status: str
    booking_date: dt.date | None = None
    value_date: dt.date | None = None
    servicer_reference: str | None = None
    transaction_code: str
    transaction_code_issuer: str | None = None
    text: str | None = None


class CashStatement(Struct, frozen=True, kw_only=True):
    """One account over one period."""

    statement_id: str
    sequence: Decimal | None = None
    created: dt.datetime | None = None
    period: Period | None = None
    iban: str | None = None
    account: str | None = None
    currency: str | None = None
    owner: str | None = None
    balances: tuple[CashBalance, ...]
    entries: tuple[CashEntry, ...] = ()


class CashStatements(Struct, frozen=True, kw_only=True):
    """camt.053: what moved on cash accounts."""

    message_id: str
    created: dt.datetime
    statements: tuple[CashStatement, ...]
