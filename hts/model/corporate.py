"""Corporate actions as the back office enters them."""

from enum import Enum

from msgspec import Struct

from hts.model.units import Px, Qty


class EventKind(Enum):
    """What an issuer does."""

    SPLIT = "split"
    REVERSE_SPLIT = "reverse_split"
    BONUS = "bonus"  # 무상증자
    RIGHTS = "rights"  # 유상증자
    CASH_DIVIDEND = "cash_dividend"
    STOCK_DIVIDEND = "stock_dividend"
    MERGER = "merger"
    SPIN_OFF = "spin_off"

    @property
    def brings_shares(self) -> bool:
        """Whether holders get shares of the same issue without paying for them."""
        return self in (EventKind.BONUS, EventKind.STOCK_DIVIDEND)

    @property
    def exchanges_shares(self) -> bool:
        """Whether the old shares become others, `new` for `old`."""
        return self in (EventKind.SPLIT, EventKind.REVERSE_SPLIT, EventKind.MERGER)


MILLI = 1_000  # cash per share is counted in thousandths of the currency's smallest unit


class CorporateEvent(Struct, frozen=True, kw_only=True):
    """One event of one issue. `new` shares come for (or instead of) `old` ones.

    `cash_milli`: per share held, in thousandths of the smallest unit. `announced_total`: what the issuer says that it
    pays in all, money (smallest units) or shares; 0 when it says nothing. `other_symbol`: the survivor of a merger, the
    company spun off, the subscription right. `cost_ppm`: the part of the old cost that a spin-off takes along.
    """

    event_id: str
    kind: EventKind
    symbol: str
    market: str  # "KR", "JP", "US"
    currency: str
    ex_date: int
    record_date: int
    pay_date: int = 0  # money, or the day on which new shares are listed
    new: int = 0
    old: int = 1
    issue_px: Px = Px(0)
    cash_milli: int = 0
    announced_total: int = 0
    other_symbol: str = ""
    cost_ppm: int = 0


class EventFinding(Struct, frozen=True, kw_only=True):
    """Why an event may not pass: the rule by name, the figure found, and what it may be at most."""

    rule: str
    found: int
    limit: int
    detail: str = ""


class Entitlement(Struct, frozen=True, kw_only=True):
    """What a row is to get of an event, fixed on the ex-date and paid on the pay date."""

    event_id: str
    account: str
    symbol: str
    credit: str
    loan_date: int
    held_qty: Qty
    qty: Qty = Qty(0)  # shares to come
    cash: int = 0  # before tax; negative where a short seller owes it
    tax: int = 0
    pay_date: int = 0
    to_symbol: str = ""
