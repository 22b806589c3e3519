"""What the order form may offer: order types by venue and phase, credit kinds, times of a reserved order.

Types come from the table that the core judges by (`resources/risk/eligibility.toml`); what it does not name is not
offered. Over all venues an order is a limit or takes any price. Stops are not among the types: the ladder and the stop
keys place them, and the core watches them.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from hts.model.enums import CashMargin, OrdType, Phase, Side, TimeInForce
from hts.model.instruments import Instrument
from hts.model.views import AccountView, PositionView
from hts.rules.margin import PPM

Term = tuple[OrdType, TimeInForce]
"""An order type and how long it stands."""

Terms = Callable[[str, Phase], Sequence[Term]]
"""What a venue takes in a phase; nothing where it takes no orders."""


Features = Callable[[str, Phase], frozenset[str]]
"""Terms beside type and price that a venue takes in a phase, by the order's fields ("display_qty", "post_only")."""


class Attributes(Struct, frozen=True, kw_only=True):
    """What an order says beside its price: shown quantity (0: all), least at once (0: any), rest or nothing."""

    display_qty: int = 0
    min_qty: int = 0
    post_only: bool = False


PLAIN_ATTRIBUTES = Attributes()


class Deposits(Protocol):
    """Millionths of its value that an order of an account must have when it is entered."""

    def __call__(self, issue: Instrument, account: AccountView, side: Side, /, *, is_credit: bool) -> int: ...


GENERIC: tuple[Term, ...] = (
    (OrdType.LIMIT, TimeInForce.DAY),
    (OrdType.LIMIT, TimeInForce.IOC),
    (OrdType.LIMIT, TimeInForce.FOK),
    (OrdType.MARKET, TimeInForce.DAY),
    (OrdType.MARKET, TimeInForce.IOC),
    (OrdType.MARKET, TimeInForce.FOK),
)
ROUTED: tuple[Term, ...] = ((OrdType.LIMIT, TimeInForce.DAY), (OrdType.MARKET, TimeInForce.IOC))
RESERVED: tuple[Term, ...] = ((OrdType.LIMIT, TimeInForce.DAY), (OrdType.MARKET, TimeInForce.DAY))
PRICED = frozenset({OrdType.LIMIT, OrdType.LIMIT_OR_CLOSE})
LEFT_OUT = frozenset({OrdType.STOP, OrdType.STOP_LIMIT})
TYPE_ORDER = (
    OrdType.LIMIT,
    OrdType.MARKET,
    OrdType.BEST_COUNTER,
    OrdType.BEST_OWN,
    OrdType.MIDPOINT,
    OrdType.LIMIT_OR_CLOSE,
)
CASH = "cash"  # the kind of an account without credit

SECOND_NS = 1_000_000_000
MINUTE_NS = 60 * SECOND_NS
DAY_NS = 24 * 60 * MINUTE_NS
SEOUL_NS = 9 * 60 * MINUTE_NS
SATURDAY = 5


def generic_terms(_venue: str, phase: Phase) -> Sequence[Term]:
    """Without a table: call auctions take plain day orders, everything else takes everything."""
    day = tuple(term for term in GENERIC if term[1] is TimeInForce.DAY)
    return day if phase.is_call else GENERIC


def no_features(_venue: str, _phase: Phase) -> frozenset[str]:
    """Without a table: plain orders alone."""
    return frozenset()


def all_of_it(_issue: Instrument, _account: AccountView, _side: Side, *, is_credit: bool) -> int:
    """Without a table: everything, on credit too."""
    del is_credit
    return PPM


def ordered(terms: Sequence[Term]) -> tuple[Term, ...]:
    """As a form lists them: by type in its usual order, day orders first."""
    kept = [term for term in terms if term[0] not in LEFT_OUT]
    conditions = list(TimeInForce)

    def place(term: Term) -> tuple[int, int]:
        kind = TYPE_ORDER.index(term[0]) if term[0] in TYPE_ORDER else len(TYPE_ORDER)
        return kind, 0 if term[1] is TimeInForce.DAY else 1 + conditions.index(term[1])

    return tuple(sorted(kept, key=place))


def credits_of(account: AccountView | None) -> tuple[CashMargin, ...]:
    """Kinds of payment that the account has the right to: cash alone unless it was given credit."""
    if account is None or account.kind in ("", CASH):
        return (CashMargin.CASH,)
    return tuple(CashMargin)


def unlocked(kinds: tuple[CashMargin, ...], position: PositionView | None, *, is_open: bool) -> tuple[CashMargin, ...]:
    """Those of an account's kinds that may be taken: none that opens credit while it is locked at this terminal.

    What is held on credit can be closed all the same: a lock shall keep nobody in.
    """
    if is_open or len(kinds) == 1:
        return kinds
    owes = position is not None and any(lot.credit for lot in position.lots)
    return (CashMargin.CASH, CashMargin.MARGIN_CLOSE) if owes else (CashMargin.CASH,)


class ReserveTime(Struct, frozen=True, kw_only=True):
    """When a reserved order is sent. `key` and `count` make its words ("order_entry.after", 5)."""

    key: str
    count: int
    trade_ns: int


def reserve_times(trade_ns: int) -> tuple[ReserveTime, ...]:
    """Some minutes from now, and the next opening, closing call and close by the clock of Seoul."""
    minutes = tuple(
        ReserveTime(key="order_entry.after", count=minutes, trade_ns=trade_ns + minutes * MINUTE_NS)
        for minutes in (1, 5, 10, 30, 60)
    )
    clock = tuple(
        ReserveTime(key=f"order_entry.{key}", count=0, trade_ns=_next_at(trade_ns, hour, minute))
        for key, hour, minute in (("at_open_call", 8, 31), ("at_open", 9, 1), ("at_close_call", 15, 21))
    )
    return minutes + clock


def _next_at(trade_ns: int, hour: int, minute: int) -> int:
    """The next time that the clock in Seoul shows hour and minute on a weekday; holidays are not looked at."""
    midnight = (trade_ns + SEOUL_NS) // DAY_NS * DAY_NS - SEOUL_NS
    at = midnight + (hour * 60 + minute) * MINUTE_NS
    if at <= trade_ns:
        at += DAY_NS
    while weekday_of(at) >= SATURDAY:
        at += DAY_NS
    return at


def weekday_of(trade_ns: int) -> int:
    """By the clock in Seoul; Monday is 0. The first day of 1970 was a Thursday."""
    return ((trade_ns + SEOUL_NS) // DAY_NS + 3) % 7
