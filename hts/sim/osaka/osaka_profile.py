"""Osaka as a venue of the engine: index futures by day and night, calls at both ends of each.

The price may move within steps (8, 12, 16 % for index futures); a trade at the bound of a step stops the contract for
ten minutes, and the next step opens. At the last step trading goes on at the bound.
"""

from fractions import Fraction

from hts.model.enums import OrdType, Phase, TimeInForce
from hts.model.instruments import Instrument
from hts.rules.dates import NS
from hts.rules.foreign_rules import ForeignRules
from hts.sim.events import PhaseChanged, SimEvent
from hts.sim.issue import Issue
from hts.sim.issue_rules import IssueRules
from hts.sim.order import Order
from hts.sim.profile import PhaseRule, Replays, VenueProfile
from hts.sim.timetable import Change, day_changes

_CALL = PhaseRule(takes={OrdType.LIMIT: frozenset({TimeInForce.DAY})})
_OPEN = PhaseRule(
    takes={
        OrdType.LIMIT: frozenset({TimeInForce.DAY, TimeInForce.IOC, TimeInForce.FOK}),
        OrdType.MARKET: frozenset({TimeInForce.IOC, TimeInForce.FOK}),
    }
)


class OsakaRules(IssueRules):
    """One contract. `ratios` are the steps, `halt_s` the stop between them."""

    has_band = True

    def __init__(self, instrument: Instrument, ratios: tuple[Fraction, ...], halt_s: int) -> None:
        super().__init__(instrument)
        self._ratios = ratios
        self._halt_s = halt_s

    def limits(self, issue: Issue) -> tuple[int, int]:  # noqa: ARG002
        """The bounds of the running step."""
        ratio = self._ratios[self.marks.get("step", 0)]
        base, ticks = int(self.instrument.base_px), self.instrument.ticks
        width = base * ratio.numerator // ratio.denominator
        lower = max(ticks.ceil(base - width), self.instrument.lower_px)
        return lower, min(ticks.floor(base + width), self.instrument.upper_px)

    def band(self, issue: Issue) -> tuple[int, int]:
        """No trade lies outside of the running step."""
        return self.limits(issue)

    def carries(self, issue: Issue, order: Order, phase: Phase) -> bool:  # noqa: ARG002
        """Orders live through the night's end into the day, and end with it."""
        return phase is not Phase.CLOSED

    def settled(self, issue: Issue, trade_ns: int, events: list[SimEvent]) -> None:
        """A trade at the bound of a step stops the contract."""
        if not issue.phase.is_continuous or issue.figures.last_px not in self.limits(issue):
            return
        if self.marks.get("step", 0) + 1 >= len(self._ratios):
            return
        self.marks["step"] = self.marks.get("step", 0) + 1
        back, until_ns = issue.phase, issue.until_ns
        at_ns = trade_ns + self._halt_s * NS
        halted = Change(at_ns=trade_ns, symbol=issue.symbol, phase=Phase.HALTED, until_ns=at_ns)
        if issue.turn(halted, trade_ns, events):
            told = PhaseChanged(trade_ns=trade_ns, symbol=issue.symbol, phase=issue.phase, until_ns=at_ns)
            events.append(told)
        issue.plan(Change(at_ns=at_ns, phase=back, until_ns=until_ns), at_ns)


def osaka_profile(rules: ForeignRules, trading_date: int) -> VenueProfile:
    """The venue under the dated tables."""
    ratios, halt_s = rules.price_steps("OSE", trading_date)

    def timetable(date: int, seed: int, replays: Replays | None) -> tuple[Change, ...]:
        return day_changes(rules.schedule("OSE", date), seed, replays)

    def issue_rules(instrument: Instrument) -> IssueRules:
        return OsakaRules(instrument, ratios, halt_s)

    return VenueProfile(
        venue="OSE",
        phases={
            Phase.OPEN_CALL: _CALL,
            Phase.CLOSE_CALL: _CALL,
            Phase.CONTINUOUS: _OPEN,
            Phase.AFTER_MARKET: _OPEN,
        },
        timetable=timetable,
        rules=issue_rules,
        tells_orders=True,
    )
