"""sese.023, sese.024, sese.025: settlement of trades."""

import datetime as dt
from decimal import Decimal

from msgspec import Struct

from hts.wire.iso20022.amount import Amount


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
