"""KRX as a venue of the engine: the dated tables become a profile."""

from hts.model.enums import Market, Phase
from hts.model.instruments import Instrument
from hts.rules.kr_rules import breaker, issue_day, order_types, sidecars
from hts.rules.market_rules import MarketRules
from hts.sim.grid import Grid, bounded, unbounded
from hts.sim.issue_rules import IssueRules
from hts.sim.korea.breakers import KrxMarket
from hts.sim.korea.krx_rules import KrxRules, ReplayedRules
from hts.sim.profile import PhaseRule, Replays, VenueProfile
from hts.sim.timetable import Change, day_changes

# The venue's contract with its members, not a published rule: orders per second and session.
ORDERS_PER_SECOND = 50


def krx_profile(rules: MarketRules, trading_date: int) -> VenueProfile:
    """The venue on a day."""
    table = rules.kr_rules

    def timetable(date: int, seed: int, replays: Replays | None) -> tuple[Change, ...]:
        return day_changes(rules.at("KRX").schedule(date), seed, replays)

    def issue_rules(instrument: Instrument) -> IssueRules:
        if instrument.market is Market.REPLAY:
            return ReplayedRules(instrument)
        return KrxRules(instrument, issue_day(table, instrument, trading_date))

    def grid(instrument: Instrument) -> Grid:
        if instrument.market is Market.REPLAY:
            return bounded(instrument)
        return (
            unbounded(instrument) if issue_day(table, instrument, trading_date).is_liquidation else bounded(instrument)
        )

    def market() -> KrxMarket:
        return KrxMarket(breaker(table, trading_date), sidecars(table, trading_date))

    return VenueProfile(
        venue="KRX",
        phases=phase_rules(rules, "KRX", trading_date),
        timetable=timetable,
        rules=issue_rules,
        market=market,
        grid=grid,
        orders_per_second=ORDERS_PER_SECOND,
    )


def phase_rules(rules: MarketRules, venue: str, trading_date: int) -> dict[Phase, PhaseRule]:
    """What each phase takes."""
    takes = order_types(rules.kr_rules, venue, trading_date)
    return {phase: PhaseRule(takes=kinds) for phase, kinds in takes.items()}
