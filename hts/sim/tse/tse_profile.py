"""Tokyo as a venue of the engine."""

from hts.model.enums import OrdType, Phase, TimeInForce
from hts.model.instruments import Instrument
from hts.rules.foreign_rules import ForeignRules
from hts.sim.issue_rules import IssueRules, NegotiatedTerms
from hts.sim.profile import DAY_ONLY, PhaseRule, Replays, VenueProfile
from hts.sim.timetable import Change, day_changes
from hts.sim.tse.tse_rules import TseRules

_BEFORE_OPEN = frozenset({TimeInForce.DAY, TimeInForce.AT_OPEN, TimeInForce.AT_CLOSE})
_SESSION = frozenset({TimeInForce.DAY, TimeInForce.IOC, TimeInForce.AT_CLOSE})
_NO_IOC = frozenset({TimeInForce.DAY, TimeInForce.AT_CLOSE})
# At the closing price of the day before, of the morning or of the day (ToSTNeT-2), by time.
_FIXED = PhaseRule(takes={OrdType.LIMIT: frozenset({TimeInForce.GTX}), OrdType.MARKET: frozenset({TimeInForce.GTX})})


def tse_profile(rules: ForeignRules, trading_date: int) -> VenueProfile:
    """The venue under the dated tables."""
    quote_rule = rules.quote_rule(trading_date)
    from_ns, until_ns = rules.negotiated_window(trading_date)
    negotiated = NegotiatedTerms(
        from_ns=from_ns, until_ns=until_ns, px_range=rules.off_floor_rule(trading_date).single_range
    )

    def timetable(date: int, seed: int, replays: Replays | None) -> tuple[Change, ...]:
        return day_changes(rules.schedule("TSE", date), seed, replays)

    def issue_rules(instrument: Instrument) -> IssueRules:
        trigger_px = rules.tse_short_trigger(int(instrument.base_px), trading_date)
        return TseRules(instrument, quote_rule, trigger_px, negotiated)

    return VenueProfile(
        venue="TSE",
        phases={
            Phase.OPEN_CALL: _rule(_BEFORE_OPEN),
            Phase.CONTINUOUS: _rule(_SESSION),
            Phase.SPECIAL_QUOTE: _rule(_NO_IOC),
            # Conditions cannot be changed any more once the closing call has begun.
            Phase.PRE_CLOSE_PRICE: _FIXED,
            Phase.POST_CLOSE_PRICE: _FIXED,
            Phase.CLOSE_CALL: PhaseRule(takes={OrdType.LIMIT: _NO_IOC, OrdType.MARKET: _NO_IOC}),
        },
        timetable=timetable,
        rules=issue_rules,
        tells_orders=True,
    )


def _rule(conditions: frozenset[TimeInForce]) -> PhaseRule:
    return PhaseRule(takes={OrdType.LIMIT: conditions, OrdType.MARKET: conditions, OrdType.LIMIT_OR_CLOSE: DAY_ONLY})
