"""Japannext and ODX as venues of the engine: price and time, Tokyo's base prices and limits, finer steps.

At ODX designated liquidity providers never meet each other. Orders of the day end with their session; what the night
does not fill is gone in the morning.
"""

from hts.model.enums import OrdType, Phase, TimeInForce
from hts.model.instruments import Instrument
from hts.rules.foreign_rules import ForeignRules
from hts.sim.issue import Issue
from hts.sim.issue_rules import IssueRules, Pair
from hts.sim.order import Order
from hts.sim.profile import PhaseRule, Replays, VenueProfile
from hts.sim.timetable import Change, day_changes

LIQUIDITY_PROVIDER = "L"
_TAKES = PhaseRule(takes={OrdType.LIMIT: frozenset({TimeInForce.DAY, TimeInForce.IOC})})


class PtsRules(IssueRules):
    """One issue."""

    qty_may_grow = False

    def carries(self, issue: Issue, order: Order, phase: Phase) -> bool:  # noqa: ARG002
        """Nothing outlives its session."""
        return phase not in (Phase.PAUSE, Phase.CLOSED)


class OdxRules(PtsRules):
    """At ODX providers of liquidity do not trade with each other."""

    has_pairs = True

    def pair(self, issue: Issue, incoming: Order, resting: Order) -> Pair:  # noqa: ARG002
        """Two providers pass each other by."""
        both = incoming.client_type == resting.client_type == LIQUIDITY_PROVIDER
        return Pair.SKIP if both else Pair.TRADE


def pts_profile(rules: ForeignRules, venue: str) -> VenueProfile:
    """The venue under the dated tables."""

    def timetable(date: int, seed: int, replays: Replays | None) -> tuple[Change, ...]:
        return day_changes(rules.schedule(venue, date), seed, replays)

    def issue_rules(instrument: Instrument) -> IssueRules:
        return OdxRules(instrument) if venue == "ODX" else PtsRules(instrument)

    return VenueProfile(
        venue=venue,
        phases={Phase.CONTINUOUS: _TAKES, Phase.AFTER_MARKET: _TAKES},
        timetable=timetable,
        rules=issue_rules,
        tells_orders=True,
        takes_min_qty=True,
        takes_post_only=True,
    )
