"""The values of the messages; which element each field lies in is told by the table (docs/wire/iso20022.md).

Amounts and quantities are exact decimals, never floating point; dates without a time zone are dates of the market.
A field that is a bare statement (`matched`, `accepted` ...) is True where the element is there. Codes are of ISO's
lists.
"""

import datetime as dt
from decimal import Decimal
from typing import Final, Union

from msgspec import Struct


class Amount(Struct, frozen=True, kw_only=True):
    """Money, not negative; its direction stands beside it."""

    currency: str
    value: Decimal


class DealPrice(Struct, frozen=True, kw_only=True):
    """The price of a trade. One of `is_yield` and `form` says what it is."""

    is_yield: bool | None = None
    form: str | None = None
    price: Amount


class Party(Struct, frozen=True, kw_only=True):
    """One link of a settlement chain. `bic` names it."""

    bic: str
    safekeeping_account: str | None = None
    processing_id: str | None = None


class SettlementParties(Struct, frozen=True, kw_only=True):
    """Depository and the two parties nearest to it."""

    depository: str | None = None
    party1: Party | None = None
    party2: Party | None = None


class SignedAmount(Struct, frozen=True, kw_only=True):
    """Money and its direction, seen by the owner of the account."""

    amount: Amount
    direction: str


class Reason(Struct, frozen=True, kw_only=True):
    """Why something is as it is. `code` is of the ISO list that goes with the status."""

    code: str
    text: str | None = None


class Valuation(Struct, frozen=True, kw_only=True):
    """A value in the base currency of the account."""

    amount: Amount
    is_positive: bool


class HoldingPrice(Struct, frozen=True, kw_only=True):
    """A price a holding was valued at. `type` MRKT is the market price."""

    type: str
    price: Amount
    form: str
    quoted: dt.date | None = None


class Holding(Struct, frozen=True, kw_only=True):
    """One instrument in the account."""

    isin: str
    description: str | None = None
    side: str
    quantity: Decimal
    available_quantity: Decimal | None = None
    prices: tuple[HoldingPrice, ...] = ()
    value: Valuation | None = None
    book_value: Valuation | None = None


class OpeningBalance(Struct, frozen=True, kw_only=True):
    """Units at the beginning."""

    side: str
    quantity: Decimal


class ClosingBalance(Struct, frozen=True, kw_only=True):
    """Units at the end."""

    side: str
    quantity: Decimal


class PostedAmount(Struct, frozen=True, kw_only=True):
    """Money that moved with a posting."""

    amount: Amount
    direction: str


class Posting(Struct, frozen=True, kw_only=True):
    """One movement on the account. `activity` SETT is settlement, CORP a corporate action."""

    tx_id: str
    servicer_tx_id: str | None = None
    trade_id: str | None = None
    corporate_action_event_id: str | None = None
    activity: str
    movement: str
    payment: str
    quantity: Decimal
    amount: PostedAmount | None = None
    trade_date: dt.date | None = None
    effective_date: dt.date
    settlement_date: dt.date | None = None


class InstrumentPostings(Struct, frozen=True, kw_only=True):
    """What moved in one instrument."""

    isin: str
    description: str | None = None
    opening: OpeningBalance | None = None
    closing: ClosingBalance | None = None
    postings: tuple[Posting, ...]


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


class SettlementInstruction(Struct, frozen=True, kw_only=True):
    """sese.023: settle this trade."""

    tx_id: str
    movement: str
    payment: str
    common_id: str | None = None
    corporate_action_event_id: str | None = None
    trade_ids: tuple[str, ...] = ()
    trade_date: dt.date | None = None
    settlement_date: dt.date
    deal_price: DealPrice | None = None
    isin: str
    description: str | None = None
    quantity: Decimal
    account_owner: str | None = None
    safekeeping_account: str
    transaction_type: str
    partial_settlement: str | None = None
    delivering: SettlementParties | None = None
    receiving: SettlementParties | None = None
    settlement_amount: SignedAmount | None = None


class SettlementStatus(Struct, frozen=True, kw_only=True):
    """sese.024: how far an instruction is. At most one of each row of statuses is given."""

    tx_id: str
    servicer_tx_id: str | None = None
    market_tx_id: str | None = None
    accepted: bool = False
    rejected: bool = False
    rejected_reasons: tuple[Reason, ...] = ()
    matched: bool = False
    unmatched: bool = False
    unmatched_reasons: tuple[Reason, ...] = ()
    pending: bool = False
    pending_reasons: tuple[Reason, ...] = ()
    failing: bool = False
    failing_reasons: tuple[Reason, ...] = ()


class SettlementConfirmation(Struct, frozen=True, kw_only=True):
    """sese.025: this was settled."""

    tx_id: str
    servicer_tx_id: str | None = None
    market_tx_id: str | None = None
    movement: str
    payment: str
    common_id: str | None = None
    partial_settlement: str | None = None
    trade_ids: tuple[str, ...] = ()
    trade_date: dt.date | None = None
    settlement_date: dt.date | None = None
    effective_date: dt.date
    deal_price: DealPrice | None = None
    isin: str
    description: str | None = None
    settled_quantity: Decimal
    previously_settled_quantity: Decimal | None = None
    remaining_quantity: Decimal | None = None
    account_owner: str | None = None
    safekeeping_account: str
    transaction_type: str
    delivering: SettlementParties | None = None
    receiving: SettlementParties | None = None
    settled_amount: SignedAmount | None = None


class HoldingsStatement(Struct, frozen=True, kw_only=True):
    """semt.002: what is held."""

    page: str
    is_last_page: bool
    statement_id: str | None = None
    statement_date: dt.date
    frequency: str
    update_type: str
    basis: str
    has_activity: bool
    has_sub_accounts: bool
    account_owner: str | None = None
    safekeeping_account: str
    holdings: tuple[Holding, ...] = ()
    total_value: Valuation | None = None


class TransactionsStatement(Struct, frozen=True, kw_only=True):
    """semt.017: what moved."""

    page: str
    is_last_page: bool
    statement_id: str | None = None
    from_date: dt.date
    to_date: dt.date
    basis: str
    has_activity: bool
    has_sub_accounts: bool
    account_owner: str | None = None
    safekeeping_account: str
    instruments: tuple[InstrumentPostings, ...] = ()


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


class CashStatements(Struct, frozen=True, kw_only=True):
    """camt.053: what moved on cash accounts."""

    message_id: str
    created: dt.datetime
    statements: tuple[CashStatement, ...]


AnyDocument = Union[
    SettlementInstruction,
    SettlementStatus,
    SettlementConfirmation,
    HoldingsStatement,
    TransactionsStatement,
    CorporateActionNotice,
    CorporateActionConfirmation,
    CashStatements,
]
CLASSES: Final[dict[str, type[Struct]]] = {
    cls.__name__: cls
    for cls in (
        DealPrice,
        Party,
        SettlementParties,
        SignedAmount,
        Reason,
        Valuation,
        HoldingPrice,
        Holding,
        OpeningBalance,
        ClosingBalance,
        PostedAmount,
        Posting,
        InstrumentPostings,
        SignedQuantity,
        EligibleAccount,
        Ratio,
        SecuritiesExpected,
        DividendRate,
        CashExpected,
        EventOption,
        SecuritiesPosted,
        CashPosted,
        Period,
        CashBalance,
        CashEntry,
        CashStatement,
        SettlementInstruction,
        SettlementStatus,
        SettlementConfirmation,
        HoldingsStatement,
        TransactionsStatement,
        CorporateActionNotice,
        CorporateActionConfirmation,
        CashStatements,
    )
}
