"""Facts about accounts that are no orders: money, loans, events, settlement, calls, and the jobs of the night.

What a table or a quote had to say stands in the record, so that applying it asks nobody.
"""

from typing import Union

from hts.model.corporate import CorporateEvent, Entitlement
from hts.model.record import Record
from hts.model.units import Notional, Qty


class AccountProfileSet(Record, frozen=True, kw_only=True, tag="profile"):
    """What kind of account it is: "cash", "kr_margin", "jp_margin", "us_margin"; its base currency and cost method."""

    account: str
    kind: str
    base_currency: str
    cost_method: str  # "average" or "fifo"
    user: str = ""


class FeeSetChosen(Record, frozen=True, kw_only=True, tag="fees"):
    """From a trading day on the account's fees are those of a set; no name: the broker's plain fee.

    `traded`: what it had traded in `month` (YYYYMM) outside of these books, in the currency's smallest unit.
    """

    account: str
    from_date: int
    fee_set: str
    month: int = 0
    traded: Notional = Notional(0)
    user: str = ""


class UnpaidAllowed(Record, frozen=True, kw_only=True, tag="misu"):
    """미수 was unlocked for an account, or locked again: purchases may exceed cash until they settle."""

    account: str
    on: bool
    user: str


class AccountRestricted(Record, frozen=True, kw_only=True, tag="frozen"):
    """Up to and with a day the account pays every purchase in full (미수동결계좌)."""

    account: str
    until_date: int
    reason: str


class CashPosted(Record, frozen=True, kw_only=True, tag="cash"):
    """Money came or went without a trade. `kind`: "flow", "income", "interest" (positive: received)."""

    account: str
    currency: str
    kind: str
    amount: Notional
    ref: str


class FxRateSet(Record, frozen=True, kw_only=True, tag="fx"):
    """A rate: `num` smallest units of `quote` for `den` of `base`."""

    base: str
    quote: str
    num: int
    den: int
    source: str


class CurrencyConverted(Record, frozen=True, kw_only=True, tag="convert"):
    """Money of one currency became money of another. Provisional: trued up at the next morning's rate."""

    account: str
    ref: str
    sold_currency: str
    sold: Notional
    bought_currency: str
    bought: Notional
    num: int  # of the middle rate, quote = what is sold, base = what is bought
    den: int
    is_provisional: bool = False


class ConversionTruedUp(Record, frozen=True, kw_only=True, tag="trueup"):
    """A provisional conversion got its final rate: `returned` of the sold currency comes back (negative: is taken)."""

    account: str
    ref: str
    returned: Notional


class Translated(Record, frozen=True, kw_only=True, tag="translated"):
    """What an account's money and holdings of one currency are worth in its base currency on the evening of a day."""

    account: str
    currency: str
    date: int
    own_value: Notional
    base_value: Notional
    num: int
    den: int


class InterestAccrued(Record, frozen=True, kw_only=True, tag="accrued"):
    """A loan's interest up to and with a day, in millionths of the smallest unit."""

    account: str
    symbol: str
    credit: str
    loan_date: int
    to_date: int
    micro: int


class UnpaidInterestCharged(Record, frozen=True, kw_only=True, tag="late"):
    """Late fee of one day on cash below zero."""

    account: str
    currency: str
    date: int
    amount: Notional


class LoanRepaid(Record, frozen=True, kw_only=True, tag="repaid"):
    """The oldest open repayment of this loan settled; its interest is paid."""

    account: str
    symbol: str
    credit: str
    loan_date: int
    settle_date: int
    interest: Notional


class LadderMoved(Record, frozen=True, kw_only=True, tag="ladder"):
    """All that was due up to a day has moved."""

    account: str
    currency: str
    date: int


class ObligationNetted(Record, frozen=True, kw_only=True, tag="netted"):
    """What an account delivers and receives of one issue at one venue on one day; the instruction carries `tx_id`."""

    tx_id: str
    account: str
    venue: str
    symbol: str
    isin: str
    currency: str
    trade_date: int
    settle_date: int
    qty: int  # positive: we receive shares
    amount: Notional  # positive: we receive money


class SettlementAdvised(Record, frozen=True, kw_only=True, tag="sese24"):
    """The depository said how far an instruction is (sese.024)."""

    tx_id: str
    status: str
    reason: str = ""
    ref: str = ""  # of the document: the same one counts once


class SettlementConfirmed(Record, frozen=True, kw_only=True, tag="sese25"):
    """The depository settled an instruction, or part of it (sese.025)."""

    tx_id: str
    qty: Qty  # not signed
    amount: Notional
    effective_date: int
    ref: str = ""


class EventEntered(Record, frozen=True, kw_only=True, tag="event"):
    """A corporate action was entered and found plausible; a second user is to confirm it."""

    event: CorporateEvent
    user: str


class EventConfirmed(Record, frozen=True, kw_only=True, tag="event_ok"):
    """A second user confirmed an event."""

    event_id: str
    user: str


class EventWithdrawn(Record, frozen=True, kw_only=True, tag="event_no"):
    """An event was taken back before it took effect."""

    event_id: str
    user: str
    reason: str


class EventApplied(Record, frozen=True, kw_only=True, tag="ex"):
    """The ex-date came for one row: exchanged shares, or a claim to what is paid later."""

    entitlement: Entitlement
    lot_new: int = 0  # shares that replace...
    lot_old: int = 0  # ...so many, in each lot
    cash_in_lieu: Notional = Notional(0)
    cost_moved: Notional = Notional(0)  # to `to_symbol`
    adjusts_orders: bool = False


class EntitlementPaid(Record, frozen=True, kw_only=True, tag="paid"):
    """The pay date came: money is booked, new shares are there."""

    event_id: str
    account: str
    symbol: str
    credit: str
    loan_date: int


class RightsSubscribed(Record, frozen=True, kw_only=True, tag="rights"):
    """New shares were subscribed to and paid (청약); they may be sold once they are listed."""

    event_id: str
    account: str
    credit: str
    loan_date: int
    qty: Qty
    amount: Notional


class RightsListed(Record, frozen=True, kw_only=True, tag="rights_new"):
    """Subscribed shares are listed; rights that were not used lapse."""

    event_id: str
    account: str
    credit: str
    loan_date: int


class EventDone(Record, frozen=True, kw_only=True, tag="event_done"):
    """Every row has had its ex-date."""

    event_id: str


class ContractExpired(Record, frozen=True, kw_only=True, tag="expired"):
    """A future or option ended; the holding is closed at its final value."""

    account: str
    symbol: str
    currency: str
    date: int
    settle_date: int
    final_px: int
    value: Notional  # of all contracts held, not signed


class ContractMarked(Record, frozen=True, kw_only=True, tag="marked"):
    """The evening's settlement price of a future: the difference since the last one is paid (갱신차금, 値洗い)."""

    account: str
    symbol: str
    date: int
    settle_date: int
    value: Notional  # of all contracts held at that price, signed


class MarginCalled(Record, frozen=True, kw_only=True, tag="call"):
    """Collateral is short: a call (담보부족, 追証, margin call) with its due day."""

    account: str
    currency: str
    kind: str  # "misu", "kr_loan", "jp", "us", "term"
    date: int
    due_date: int
    ratio_ppm: int
    shortfall: Notional
    flows: Notional = Notional(0)  # paid in and out before it
    credit_value: Notional = Notional(0)  # of all credit positions, as opened, when it was made


class MarginCallClosed(Record, frozen=True, kw_only=True, tag="call_end"):
    """A call was met, or its forced sale is done."""

    account: str
    currency: str
    kind: str
    date: int
    cause: str


class LiquidationScheduled(Record, frozen=True, kw_only=True, tag="force"):
    """A forced sale (반대매매) is to be entered in the opening call of a day, as order `request_id`."""

    request_id: str
    account: str
    symbol: str
    credit: str
    loan_date: int
    is_buy: bool  # covers borrowed shares
    qty: Qty
    date: int
    kind: str


class LiquidationEnded(Record, frozen=True, kw_only=True, tag="force_end"):
    """A scheduled forced sale was entered, or is not needed any more."""

    request_id: str
    cause: str


class ClosesNoted(Record, frozen=True, kw_only=True, tag="closes"):
    """The prices that the night of a day works with, of every issue that is held."""

    date: int
    closes: tuple[tuple[str, int], ...]


class BatchJobDone(Record, frozen=True, kw_only=True, tag="job"):
    """A job of the night is complete; after the last one the next day may begin."""

    date: int
    job: str
    count: int


AccountRecord = Union[
    AccountProfileSet,
    UnpaidAllowed,
    AccountRestricted,
    CashPosted,
    FxRateSet,
    CurrencyConverted,
    ConversionTruedUp,
    Translated,
    InterestAccrued,
    FeeSetChosen,
    UnpaidInterestCharged,
    LoanRepaid,
    LadderMoved,
    ObligationNetted,
    SettlementAdvised,
    SettlementConfirmed,
    EventEntered,
    EventConfirmed,
    EventWithdrawn,
    EventApplied,
    EntitlementPaid,
    RightsSubscribed,
    RightsListed,
    EventDone,
    ContractExpired,
    ContractMarked,
    MarginCalled,
    MarginCallClosed,
    LiquidationScheduled,
    LiquidationEnded,
    ClosesNoted,
    BatchJobDone,
]
