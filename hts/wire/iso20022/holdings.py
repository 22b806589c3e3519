"""semt.002 and semt.017: holdings, and what moved them."""

import datetime as dt
from decimal import Decimal

from msgspec import Struct

from hts.wire.iso20022.amount import Amount


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
