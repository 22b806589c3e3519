"""What makes the one engine a venue: data, and the rules object of each issue.

A venue is a `VenueProfile`. `Exchange(profile, instruments, trading_date, seed)` then is that venue's day: commands
(hts.sim.commands) and time in, events (hts.sim.events) out. Theory of operation:

- `phases` says which order types and conditions a phase takes; what is not listed is refused with TYPE_NOT_ALLOWED.
  A phase's behaviour follows from its name (hts.model.enums.Phase): continuous, call, fixed price, or nothing.
- `timetable(trading_date, seed, replays)` lists the day's changes (hts.sim.timetable); rules plan more of them.
- `rules(instrument)` makes the IssueRules of an issue (hts.sim.issue_rules): bands, calls, priorities, conversions.
- `grid(instrument)`: `bounded` for issues with daily limits, `unbounded` for the rest.
- `market()` makes the MarketRules of the venue: what concerns all issues at once (circuit breaker, sidecar).
- `tells_orders`: the feed by order is told (BookOrderAdded ...), for ITCH and FLEX publishers.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from hts.model.enums import Market, OrdType, Phase, TimeInForce
from hts.model.instruments import Instrument
from hts.model.reasons import Reason
from hts.sim.commands import AnyCommand, Enter
from hts.sim.events import SimEvent
from hts.sim.grid import Grid, bounded
from hts.sim.issue_rules import IssueRules
from hts.sim.timetable import Change

if TYPE_CHECKING:
    from hts.sim.exchange import Exchange

Replays = Mapping[str, tuple[int, int]]
Conditions = frozenset[TimeInForce]
Timetable = Callable[[int, int, Replays | None], tuple[Change, ...]]

DAY_ONLY: Conditions = frozenset({TimeInForce.DAY})
AT_ONCE: Conditions = frozenset({TimeInForce.IOC, TimeInForce.FOK})
DAY_OR_AT_ONCE: Conditions = DAY_ONLY | AT_ONCE


class PhaseRule(Struct, frozen=True, kw_only=True):
    """What a phase takes. `takes`: conditions by order type."""

    takes: Mapping[OrdType, Conditions] = {}
    cancels: bool = True
    amends: bool = True


CLOSED_RULE = PhaseRule(amends=False)


class WholeMarket:
    """What concerns the venue as a whole. The plain venue has nothing of the kind."""

    def __init__(self) -> None:
        self.marks: dict[str, int] = {}

    def refusal(self, exchange: "Exchange", command: Enter, instrument: Instrument) -> Reason:  # noqa: ARG002
        """Why no order of this kind is taken in the whole market."""
        return Reason.NONE

    def told(self, exchange: "Exchange", command: AnyCommand, events: list[SimEvent]) -> None:
        """A command of the venue itself: an index, a halt, a price of another venue."""

    def asked(self, exchange: "Exchange", change: Change, events: list[SimEvent]) -> None:
        """A planned question of the whole market has come due."""


class VenueProfile(Struct, frozen=True, kw_only=True):
    """A venue's data and rules. `orders_per_second`: of one member, by the venue's own time; 0 for no limit."""

    venue: str
    phases: Mapping[Phase, PhaseRule]
    timetable: Timetable
    rules: Callable[[Instrument], IssueRules]
    market: Callable[[], WholeMarket] = WholeMarket
    grid: Callable[[Instrument], Grid] = bounded
    orders_per_second: int = 50
    tells_orders: bool = False
    takes_iceberg: bool = False
    takes_hidden: bool = False
    takes_min_qty: bool = False
    takes_post_only: bool = False
    free_markets: frozenset[Market] = frozenset({Market.REPLAY})  # listed, but outside of the venue's own timetable

    def phase_rule(self, phase: Phase) -> PhaseRule:
        """What a phase takes; nothing where the profile is silent."""
        return self.phases.get(phase, CLOSED_RULE)
