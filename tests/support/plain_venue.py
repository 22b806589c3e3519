"""A venue with every feature of the engine and no rules of its own, to test the engine with."""

from hts.model.enums import Market, OrdType, Phase, TimeInForce
from hts.model.instruments import Instrument, TickTable
from hts.sim.commands import Enter
from hts.sim.events import (
    Announced,
    BookOrderAdded,
    BookOrderDeleted,
    BookOrderExecuted,
    BookOrderReduced,
)
from hts.sim.exchange import Exchange
from hts.sim.grid import bounded, unbounded
from hts.sim.issue_rules import IssueRules
from hts.sim.profile import PhaseRule, VenueProfile
from hts.sim.timetable import FIXED, Change
from tests.support import venue

SYMBOL = "PLAIN"
DAY = 20261123
EVERYTHING = PhaseRule(takes=dict.fromkeys(OrdType, frozenset(TimeInForce)))
TIMES = ((0, Phase.CLOSED), (10, Phase.OPEN_CALL), (20, Phase.CONTINUOUS), (30, Phase.CLOSE_CALL), (40, Phase.CLOSED))

PHASES = (
    Phase.OPEN_CALL,
    Phase.CONTINUOUS,
    Phase.CLOSE_CALL,
    Phase.ACCEPT,
    Phase.PRE_CLOSE_PRICE,
    Phase.RESUME_CALL,
    Phase.VI_CALL,
)


def an_instrument(symbol=SYMBOL, **changes) -> Instrument:
    fields = {
        "symbol": symbol,
        "isin": "US0000000000",
        "market": Market.NASDAQ,
        "name_ko": symbol,
        "name_en": symbol,
        "ticks": TickTable(starts=(0, 100), steps=(1, 5)),
        "trading_date": DAY,
        "base_px": 95,
        "upper_px": 150,
        "lower_px": 50,
    }
    return Instrument(**(fields | changes))


def timetable(_date, _seed, _replays):
    changes = [
        Change(at_ns=at, phase=phase, until_ns=after)
        for (at, phase), (after, _) in zip(TIMES, (*TIMES[1:], (0, Phase.CLOSED)), strict=True)
    ]
    changes += [
        Change(at_ns=12, phase=Phase.ACCEPT, board=FIXED),
        Change(at_ns=14, phase=Phase.PRE_CLOSE_PRICE, board=FIXED),
        Change(at_ns=16, phase=Phase.CLOSED, board=FIXED),
    ]
    return tuple(sorted(changes, key=lambda change: change.at_ns))


class PlainRules(IssueRules):
    """`AT_CLOSE` with a limit type goes to the fixed-price board while that is open."""

    def goes_to_fixed(self, issue, command):
        return issue.fixed.is_open and command.time_in_force is TimeInForce.GTC


def a_profile(**changes) -> VenueProfile:
    fields = {
        "venue": "PLAIN",
        "phases": dict.fromkeys(PHASES, EVERYTHING),
        "timetable": timetable,
        "rules": PlainRules,
        "grid": bounded,
        "orders_per_second": 0,
        "takes_iceberg": True,
        "takes_hidden": True,
        "takes_min_qty": True,
        "takes_post_only": True,
    }
    return VenueProfile(**(fields | changes))


def a_plain_exchange(at_ns=20, *, is_bounded=True, tells_orders=False, instruments=(), **changes) -> Exchange:
    profile = a_profile(grid=bounded if is_bounded else unbounded, tells_orders=tells_orders, **changes)
    exchange = Exchange(profile, instruments or (an_instrument(),), DAY, 1)
    exchange.advance(at_ns)
    return exchange


def enter(cl_ord_id, side, px, qty, **more) -> Enter:
    fields = {
        "session": "HTS01",
        "symbol": SYMBOL,
        "ord_type": OrdType.LIMIT if px else OrdType.MARKET,
        "time_in_force": TimeInForce.DAY,
    }
    return Enter(cl_ord_id=cl_ord_id, side=side, px=px, qty=qty, **(fields | more))


WORDS = {
    BookOrderAdded: lambda e: ("added", e.venue_order_id, e.px, e.qty),
    BookOrderExecuted: lambda e: ("executed", e.venue_order_id, e.px, e.qty, e.leaves_qty),
    BookOrderReduced: lambda e: ("reduced", e.venue_order_id, e.by, e.leaves_qty),
    BookOrderDeleted: lambda e: ("deleted", e.venue_order_id),
    Announced: lambda e: ("announced", e.what, *e.values),
}


def words(events) -> list[tuple]:
    """Events as short tuples; book changes are left out."""
    told = [WORDS[type(e)](e) if type(e) in WORDS else venue.words([e])[0] for e in events]
    return [word for word in told if word[0] != "book"]


def run(exchange, *commands, at_ns=0) -> list[tuple]:
    """Apply commands at one time (default: now); all their events in words."""
    now = at_ns or exchange.trade_ns
    return [word for command in commands for word in words(exchange.apply(command, now))]
