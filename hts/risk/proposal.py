"""What the checks are asked about: an order that wants to leave, with all that they need to know."""

from enum import Enum

from msgspec import Struct

from hts.model.enums import CashMargin, OrdType, Phase, Side, TimeInForce
from hts.model.instruments import Instrument
from hts.model.quotes import BookUpdate
from hts.risk.book_reach import Reach, best_px, reach
from hts.risk.eligibility import GENERIC, Eligibility
from hts.risk.exposure import Marks, OpenOrder
from hts.risk.guard import Guard
from hts.risk.reckoning import price_unit

_WITHOUT_LIMIT_PX = frozenset({OrdType.MARKET, OrdType.STOP})


class Act(Enum):
    """What is proposed: a new order, an amend, or the order that closes a position at the end of a Flatten."""

    NEW = "new"
    AMEND = "amend"
    FLATTEN = "flatten"

    __hash__ = object.__hash__


class Permissions(Struct, frozen=True, kw_only=True):
    """What an account may do beside buying and selling with its own money.

    `located_qty` are the shares of the issue that are borrowed or reserved for it and not yet sold.
    """

    margin: bool = False
    short: bool = False
    located_qty: int = 0


CASH_ONLY = Permissions()


class Proposal(Struct, kw_only=True):
    """A new order, or an order as an amend would make it.

    `guards` are those of its scopes, the account's first. `needed` is the cash to hold for it, costs included;
    `buying_power` and `sellable_qty` already contain what the order itself holds when it is amended, and
    `unproved_qty` of the latter came without a trade and nobody has confirmed them yet. `cum_qty`, `old_px`, `old_qty`
    are those of the order before an amend, `order_id` its number (0 for a new one). `md_age_ms` is how long the
    market data line has been silent, negative when it never spoke; `books` are the venues' newest books of the issue.
    `reference_px` is the last price of up to a minute ago (0: only the newest is known): a market that is being pushed
    does not move it. `average_qty` is what the issue trades on a usual day (0: only yesterday's volume is known).
    `short_floor_px` is the lowest price for a short sale now, 0 where no rule is in force.
    """

    account: str = ""
    parent_id: int = 0  # the order that it is a part of
    account_known: bool = True
    venue: str = ""
    symbol: str
    side: Side
    ord_type: OrdType
    time_in_force: TimeInForce
    px: int
    qty: int
    order_id: int = 0
    cum_qty: int = 0
    old_px: int = 0
    old_qty: int = 0
    display_qty: int = 0
    min_qty: int = 0
    post_only: bool = False
    is_short: bool = False
    credit: CashMargin = CashMargin.CASH
    instrument: Instrument | None
    phase: Phase
    last_px: int
    reference_px: int = 0
    is_ready: bool
    venue_up: bool
    has_listing: bool
    md_age_ms: int
    books: tuple[BookUpdate, ...] = ()
    needed: int
    buying_power: int
    sellable_qty: int
    unproved_qty: int = 0
    held_qty: int = 0
    average_qty: int = 0
    permissions: Permissions = CASH_ONLY
    short_floor_px: int = 0
    eligibility: Eligibility = GENERIC
    guards: tuple[Guard, ...]
    marks: Marks
    mono_ns: int

    @property
    def listed(self) -> Instrument:
        """The issue; checks after `unknown_symbol` can rely on it."""
        assert self.instrument is not None, self.symbol
        return self.instrument

    @property
    def has_limit_px(self) -> bool:
        """Whether `px` says the worst price at which it may trade."""
        return self.px != 0 and self.ord_type not in _WITHOUT_LIMIT_PX

    @property
    def open_qty(self) -> int:
        """What can still trade."""
        return self.qty - self.cum_qty

    @property
    def new_qty(self) -> int:
        """What the order adds to what is already reserved: an amend cannot raise the quantity."""
        return 0 if self.order_id else self.qty

    @property
    def worst_px(self) -> int:
        """The price to reckon with: the limit, or for a market order the worst at which it can buy, or the last."""
        if self.px:
            return self.px
        return (self.listed.upper_px or self.last_px) if self.side is Side.BUY else self.last_px

    @property
    def value(self) -> int:
        """Value of what can still trade, in the house currency."""
        return self.marks.in_house(price_unit(self.listed), (self.px or self.worst_px) * (self.qty - self.cum_qty))

    @property
    def average_volume(self) -> int:
        """Shares that trade on a usual day; 0 when nothing is known."""
        if self.average_qty:
            return self.average_qty
        assert self.instrument is not None, self.symbol
        return self.instrument.prev_volume

    @property
    def counter_px(self) -> int:
        """The best price of the other side at any venue; 0 when there is none."""
        return best_px(self.books, self.side.other)

    @property
    def reach(self) -> Reach:
        """How far an order without a price would walk into what the books show."""
        return reach(self.books, self.side, self.open_qty)

    @property
    def opened(self) -> OpenOrder:
        """The order as it would be reserved."""
        return OpenOrder(
            order_id=self.order_id,
            scopes=(),
            symbol=self.symbol,
            unit=price_unit(self.listed),
            side=self.side,
            px=self.px,
            leaves_qty=self.new_qty,
        )

    def reduces_in(self, guard: Guard) -> bool:
        """Whether the order only makes the scope's position smaller; the account's is what its ledger says."""
        issue = guard.exposure.of(self.symbol)
        held = self.held_qty if guard is self.guards[0] else issue.qty
        return issue.reduces(self.side, self.new_qty, held)
