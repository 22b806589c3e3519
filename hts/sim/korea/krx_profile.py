"""KRX as a venue of the engine."""

from hts.model.enums import Market, OrdType, Phase
from hts.model.instruments import Instrument
from hts.rules.market_rules import MarketRules
from hts.sim.issue_rules import IssueRules
from hts.sim.korea.krx_rules import KrxRules, ReplayedRules
from hts.sim.profile import DAY_ONLY, DAY_OR_AT_ONCE, PhaseRule, Replays, VenueProfile
from hts.sim.timetable import Change, day_changes

_CALL = PhaseRule(takes={OrdType.LIMIT: DAY_ONLY, OrdType.MARKET: DAY_ONLY})
_CONTINUOUS = PhaseRule(takes={OrdType.LIMIT: DAY_OR_AT_ONCE, OrdType.MARKET: DAY_OR_AT_ONCE})

# The venue's contract with its members, not a published rule: orders per second and session.
ORDERS_PER_SECOND = 50


def krx_profile(rules: MarketRules) -> VenueProfile:
    """The venue under the dated tables."""

    def timetable(trading_date: int, seed: int, replays: Replays | None) -> tuple[Change, ...]:
        return day_changes(rules.schedule(trading_date), seed, replays)

    return VenueProfile(
        venue="KRX",
        phases={
            Phase.OPEN_CALL: _CALL,
            Phase.CONTINUOUS: _CONTINUOUS,
            Phase.CLOSE_CALL: _CALL,
        },
        timetable=timetable,
        rules=_issue_rules,
        orders_per_second=ORDERS_PER_SECOND,
    )


def _issue_rules(instrument: Instrument) -> IssueRules:
    return ReplayedRules(instrument) if instrument.market is Market.REPLAY else KrxRules(instrument)
