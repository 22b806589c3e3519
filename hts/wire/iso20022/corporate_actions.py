"""seev.031 and seev.036: what issuers do to holders."""

import datetime as dt
from decimal import Decimal

from msgspec import Struct

from hts.wire.iso20022.amount import Amount


class SignedQuantity(Struct, frozen=True, kw_only=True):
    """Units, long or short."""

    side: str
    quantity: Decimal


class EligibleAccount(Struct, frozen=True, kw_only=True):
    """One account that an event concerns."""

    safekeeping_account: str | None = None
    account_owner: str | None = None
    balance: SignedQuantity | None = None


class Ratio(Struct, frozen=True, kw_only=True):
    """`new` units for `old` ones."""

    new: Decimal
    old: Decimal


class SecuritiesExpected(Struct, frozen=True, kw_only=True):
    """Securities that an option brings or takes."""

    isin: str
    direction: str
    quantity: Decimal | None = None
    payment_date: dt.date
    ratio: Ratio | None = None


class DividendRate(Struct, frozen=True, kw_only=True):
    """Money per unit."""

    amount: Amount


class CashExpected(Struct, frozen=True, kw_only=True):
    """Money that an option brings or takes."""

    direction: str
    gross_amount: Amount | None = None
    net_amount: Amount | None = None
    withholding_tax: Amount | None = None
    payment_date: dt.date
    gross_rates: tuple[DividendRate, ...] = ()


class EventOption(Struct, frozen=True, kw_only=True):
    """What the holder may choose, or gets."""

    number: str
    type: str
    currency: str | None = None
    is_default: bool
    response_deadline: dt.datetime | None = None
    securities: tuple[SecuritiesExpected, ...] = ()
    cash: tuple[CashExpected, ...] = ()


class CorporateActionNotice(Struct, frozen=True, kw_only=True):
    """seev.031: an event is coming."""

    notification_id: str | None = None
    notification_type: str
    completeness: str
    confirmation: str
    previous_notification_id: str | None = None
    event_id: str
    official_event_id: str | None = None
    event_type: str
    participation: str
    isin: str
    description: str | None = None
    for_all_accounts: bool = False
    accounts: tuple[EligibleAccount, ...] = ()
    announcement_date: dt.date | None = None
    record_date: dt.date | None = None
    ex_date: dt.date | None = None
    options: tuple[EventOption, ...] = ()


class SecuritiesPosted(Struct, frozen=True, kw_only=True):
    """Securities that an event brought or took."""

    isin: str
    direction: str
    quantity: Decimal
    posting_date: dt.date
    payment_date: dt.date | None = None


class CashPosted(Struct, frozen=True, kw_only=True):
    """Money that an event brought or took."""

    direction: str
    amount: Amount
    gross_amount: Amount | None = None
    net_amount: Amount | None = None
    withholding_tax: Amount | None = None
    posting_date: dt.date
    value_date: dt.date | None = None
    payment_date: dt.date | None = None


class CorporateActionConfirmation(Struct, frozen=True, kw_only=True):
    """seev.036: an event was paid."""

    confirmation_id: str | None = None
    notification_id: str | None = None
    event_id: str
    official_event_id: str | None = None
    event_type: str
    isin: str
    description: str | None = None
    safekeeping_account: str
    account_owner: str | None = None
    balance_side: str
    balance: Decimal
    option_number: str
    option_type: str
    securities: tuple[SecuritiesPosted, ...] = ()
    cash: tuple[CashPosted, ...] = ()
