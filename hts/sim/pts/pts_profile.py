"""Japannext and ODX as venues of the engine: price and time, Tokyo's base prices and limits, finer steps.

At ODX designated liquidity providers never meet each other. Orders of the day end with their session; what the night
does not fill is gone in the morning.
"""

from hts.model.enums import CashMargin, OrdType, Phase, TimeInForce
from hts.model.instruments import Instrument
from hts.model.reasons import Reason
from hts.rules.foreign_rules import ForeignRules
from hts.sim.commands import AnyCommand, Enter, ReferencePx
from hts.sim.events import SimEvent
from hts.sim.exchange import Exchange
from hts.sim.issue import Issue
from hts.sim.issue_rules import IssueRules, Pair
from hts.sim.order import Order
from hts.sim.profile import PhaseRule, Replays, VenueProfile, WholeMarket
from hts.sim.timetable import Change, day_changes

LIQUIDITY_PROVIDER = "L"
TOKYO_CLOSE = "tokyo_close"
_TAKES = PhaseRule(takes={OrdType.LIMIT: frozenset({TimeInForce.DAY, TimeInForce.IOC})})


class PtsMarket(WholeMarket):
    """Hears Tokyo's closes."""

    def told(self, exchange: Exchange, command: AnyCommand, events: list[SimEvent]) -> None:  # noqa: ARG002
        """A price of Tokyo."""
        if isinstance(command, ReferencePx) and command.symbol in exchange.issues:
            exchange.issues[command.symbol].rules.marks[TOKYO_CLOSE] = command.px


class PtsRules(IssueRules):
    """One issue. Margin orders are taken within `margin`, [start, end) in UTC nanoseconds, only."""

    qty_may_grow = False

    def __init__(self, instrument: Instrument, margin: tuple[tuple[int, int], ...]) -> None:
        super().__init__(instrument)
        self._margin = margin

    def refusal(self, issue: Issue, command: Enter, trade_ns: int) -> Reason:  # noqa: ARG002
        """Margin orders outside of Tokyo's hours."""
        if command.credit is CashMargin.CASH or any(start <= trade_ns < end for start, end in self._margin):
            return Reason.NONE
        return Reason.NOT_ELIGIBLE

    def close_px(self, issue: Issue) -> int:
        """Tokyo's close, where it was told; the next day's base price."""
        return self.marks.get(TOKYO_CLOSE) or issue.last_px

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


def pts_profile(rules: ForeignRules, venue: str, trading_date: int) -> VenueProfile:
    """The venue under the dated tables."""

    def timetable(date: int, seed: int, replays: Replays | None) -> tuple[Change, ...]:
        return day_changes(rules.schedule(venue, date), seed, replays)

    margin = rules.margin_windows(venue, trading_date)

    def issue_rules(instrument: Instrument) -> IssueRules:
        return OdxRules(instrument, margin) if venue == "ODX" else PtsRules(instrument, margin)

    return VenueProfile(
        venue=venue,
        phases={Phase.CONTINUOUS: _TAKES, Phase.AFTER_MARKET: _TAKES},
        timetable=timetable,
        rules=issue_rules,
        market=PtsMarket,
        tells_orders=True,
        takes_min_qty=True,
        takes_post_only=True,
    )
