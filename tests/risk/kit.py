"""Proposals to test with: one that passes everything, and what a scenario changes."""

from msgspec.structs import asdict

from hts.model.enums import OrdType, Phase, Side, TimeInForce
from hts.model.scopes import FIRM, Scope, ScopeKind
from hts.risk.checks import Pass, check
from hts.risk.exposure import OpenOrder
from hts.risk.guard import Guard
from hts.risk.limits import OFF, RiskLimits
from hts.risk.proposal import Act, Proposal
from tests.support.builders import ACCOUNT, SYMBOL, VENUE, a_book, an_instrument

NOW = 10_000_000_000
MS = 1_000_000
OF_ACCOUNT = Scope(kind=ScopeKind.ACCOUNT, name=ACCOUNT)
OF_STRATEGY = Scope(kind=ScopeKind.STRATEGY, name="twap")
KEY = (SYMBOL, Side.BUY, OrdType.LIMIT, 71_000, 10)


class FixedMarks:
    """Last prices by symbol; the day began at the same ones unless told; one dollar cent is 14 won."""

    def __init__(self, marks=None, bases=None):
        self._marks = {SYMBOL: 71_000, **(marks or {})}
        self._bases = bases or {}

    def mark_px(self, symbol):
        return self._marks.get(symbol, 0)

    def base_px(self, symbol):
        return self._bases.get(symbol, self.mark_px(symbol))

    def in_house(self, currency, amount):
        return amount * 14 if currency == "USD" else amount

    gain_in_house = in_house


MARKS = FixedMarks()


def limits(**fields):
    """Everything off but what is named."""
    return RiskLimits(**{**asdict(OFF), **fields})


def a_guard(scope=OF_ACCOUNT, restricted=None, **fields):
    return Guard(scope, limits(**fields), restricted)


def the_firm(**fields):
    return a_guard(FIRM, **fields)


def holding(guard, qty, px=71_000, symbol=SYMBOL, costs=0):
    """The guard's scope has bought (or with a negative quantity sold short) so many shares."""
    side = Side.BUY if qty > 0 else Side.SELL
    guard.exposure.book_fill(symbol, "KRW", side=side, px=px, qty=abs(qty), costs=costs)
    return guard


def working(guard, *orders, side=Side.BUY, px=70_000):
    """The guard's scope has orders of these quantities working."""
    for number, qty in enumerate(orders, len(guard.exposure.of(SYMBOL).resting[side]) + 100):
        guard.exposure.move(None, an_open_order(number, qty, side=side, px=px))
    return guard


def an_open_order(order_id=1, leaves_qty=10, **fields):
    values = {"scopes": (OF_ACCOUNT, FIRM), "symbol": SYMBOL, "unit": "KRW", "side": Side.BUY, "px": 70_000}
    return OpenOrder(order_id=order_id, leaves_qty=leaves_qty, **{**values, **fields})


def a_proposal(**fields):
    values = {
        "account": ACCOUNT,
        "venue": VENUE,
        "symbol": SYMBOL,
        "side": Side.BUY,
        "ord_type": OrdType.LIMIT,
        "time_in_force": TimeInForce.DAY,
        "px": 71_000,
        "qty": 10,
        "instrument": an_instrument(listed_shares=1_000_000, prev_volume=50_000),
        "phase": Phase.CONTINUOUS,
        "last_px": 71_000,
        "is_ready": True,
        "venue_up": True,
        "has_listing": True,
        "md_age_ms": 5,
        "books": (a_book(),),
        "needed": 710_106,
        "buying_power": 100_000_000,
        "sellable_qty": 50,
        "held_qty": 50,
        "guards": (a_guard(),),
        "marks": MARKS,
        "mono_ns": NOW,
    }
    return Proposal(**{**values, **fields})


def denial_of(act=Act.NEW, **fields):
    """The denial of one proposal, None when it passes."""
    found = check(a_proposal(**fields), act)
    return None if isinstance(found, Pass) else found


def denials(name, values, act=Act.NEW, **fields):
    """The denials of one proposal per value of one field."""
    return [denial_of(act, **{**fields, name: value}) for value in values]


def by_guard(guards, act=Act.NEW, **fields):
    """The denials of one proposal under each of these guards of the account."""
    return [denial_of(act, **fields, guards=(guard,)) for guard in guards]
