"""What kind of account it is, and what it may leave unpaid."""

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

CASH_ACCOUNT: Final = "cash"  # everything is paid in full
KR_MARGIN: Final = "kr_margin"  # deposits by issue class once 미수 is unlocked, 신용융자, 대주
JP_MARGIN: Final = "jp_margin"  # 信用取引
US_MARGIN: Final = "us_margin"  # Reg-T
KINDS: Final = (CASH_ACCOUNT, KR_MARGIN, JP_MARGIN, US_MARGIN)
MARKET_OF: Final = {CASH_ACCOUNT: "KR", KR_MARGIN: "KR", JP_MARGIN: "JP", US_MARGIN: "US"}
AVERAGE: Final = "average"
FIFO: Final = "fifo"


class FeeChoice(Struct, frozen=True, kw_only=True):
    """The fee set of an account from a day on; no name: the plain fee.

    `traded` in `month` (YYYYMM) is what the account had traded that our books do not know, in the smallest unit of the
    currency of the market in question: it counts for the tiers.
    """

    from_date: int
    fee_set: str
    month: int = 0
    traded: int = 0


PLAIN_FEES: Final = FeeChoice(from_date=0, fee_set="")


class Profile(Struct, frozen=True, kw_only=True):
    """Rules of one account. `restricted_until`: up to and with that day every purchase is paid in full."""

    account: str
    kind: str = CASH_ACCOUNT
    base_currency: str = "KRW"
    cost_method: str = AVERAGE
    may_leave_unpaid: bool = False
    restricted_until: int = 0
    restricted_for: str = ""
    fee_choices: tuple[FeeChoice, ...] = ()  # oldest first

    def fees_on(self, date: int) -> FeeChoice:
        """The choice that holds on a day."""
        begun = [choice for choice in self.fee_choices if choice.from_date <= date]
        return begun[-1] if begun else PLAIN_FEES

    def next_fees(self, date: int) -> FeeChoice | None:
        """The choice that holds from a day after this one on; None where nothing else is chosen."""
        return next((choice for choice in self.fee_choices if choice.from_date > date), None)

    def with_fees(self, choice: FeeChoice) -> "Profile":
        """The profile once a set is chosen; a choice for the same day, or a later one that never held, is replaced.

        Those before it stay: what holds today may be followed by more than one that is still to come.
        """
        kept = tuple(one for one in self.fee_choices if one.from_date < choice.from_date)
        return replace(self, fee_choices=(*kept, choice))

    def leaves_unpaid(self, date: int) -> bool:
        """Whether a purchase of that day may be paid in part until it settles."""
        return self.kind == KR_MARGIN and self.may_leave_unpaid and date > self.restricted_until

    @property
    def may_borrow(self) -> bool:
        """Whether credit orders are taken."""
        return self.kind != CASH_ACCOUNT
