"""Nasdaq as a venue of the engine."""

from hts.model.enums import OrdType, Phase, TimeInForce
from hts.model.instruments import Instrument
from hts.rules.dates import NS
from hts.rules.foreign_rules import ForeignRules
from hts.rules.sessions import DaySchedule
from hts.rules.venue_days import local_ns, new_york_offset_s
from hts.sim.events import SimEvent
from hts.sim.exchange import Exchange
from hts.sim.grid import unbounded
from hts.sim.issue_rules import IssueRules
from hts.sim.nasdaq.nasdaq_rules import CutOff, NasdaqRules, NasdaqTerms
from hts.sim.profile import PhaseRule, Replays, VenueProfile, WholeMarket
from hts.sim.timetable import Change, day_changes

ORDERS_PER_SECOND = 200
IMBALANCE, FAST = "imbalance", "fast"
_EXTENDED = frozenset({TimeInForce.GTC, TimeInForce.GTD, TimeInForce.IOC})
_CROSSES = frozenset({TimeInForce.AT_OPEN, TimeInForce.AT_CLOSE})
_MARKET_HOURS = _EXTENDED | {TimeInForce.DAY, TimeInForce.AT_CLOSE}
_HIDDEN = frozenset({TimeInForce.DAY, TimeInForce.GTC, TimeInForce.GTD, TimeInForce.IOC})
PHASES = {
    Phase.PRE_MARKET: PhaseRule(
        takes={OrdType.LIMIT: _EXTENDED | _CROSSES | {TimeInForce.DAY}, OrdType.MARKET: _CROSSES}
    ),
    Phase.CONTINUOUS: PhaseRule(
        takes={
            OrdType.LIMIT: _MARKET_HOURS,
            OrdType.MARKET: frozenset({TimeInForce.DAY, TimeInForce.IOC, TimeInForce.AT_CLOSE}),
            OrdType.STOP: frozenset({TimeInForce.DAY}),
            OrdType.STOP_LIMIT: frozenset({TimeInForce.DAY}),
            OrdType.MIDPOINT: _HIDDEN,
            OrdType.PRIMARY_PEG: _HIDDEN,
        }
    ),
    Phase.VI_CALL: PhaseRule(
        takes={
            OrdType.LIMIT: frozenset({TimeInForce.DAY, TimeInForce.GTC, TimeInForce.GTD, TimeInForce.AT_CLOSE}),
            OrdType.MARKET: frozenset({TimeInForce.DAY, TimeInForce.AT_CLOSE}),
        }
    ),
    Phase.AFTER_MARKET: PhaseRule(takes={OrdType.LIMIT: _EXTENDED}),
}


class NasdaqMarket(WholeMarket):
    """Imbalance messages and the moment from which cross orders stand fast."""

    def asked(self, exchange: Exchange, change: Change, events: list[SimEvent]) -> None:
        """A planned moment before a cross."""
        what, _, name = change.asks.partition(" ")
        times = TimeInForce[name]
        for issue in exchange.issues.values():
            rules = issue.rules
            assert isinstance(rules, NasdaqRules), rules
            if what == FAST:
                rules.stand_fast(times)
            else:
                rules.tell_imbalance(issue, times, exchange.trade_ns, events)


def nasdaq_profile(rules: ForeignRules, trading_date: int) -> VenueProfile:
    """The venue under the dated tables."""
    schedule = rules.schedule("NASDAQ", trading_date)
    terms = NasdaqTerms(
        luld=rules.luld_rule(trading_date),
        midnight_ns=local_ns(trading_date, 0, new_york_offset_s(trading_date)),
        cutoffs=_cutoffs(rules, schedule),
    )

    def timetable(date: int, seed: int, replays: Replays | None) -> tuple[Change, ...]:
        day = rules.schedule("NASDAQ", date)
        changes = [*day_changes(day, seed, replays), *_cross_changes(rules, day)]
        return tuple(sorted(changes, key=lambda change: change.at_ns))

    def issue_rules(instrument: Instrument) -> IssueRules:
        close_px = int(instrument.prev_close_px)
        return NasdaqRules(
            instrument,
            terms,
            tier=rules.luld_tier(instrument.symbol),
            round_lot=rules.us_round_lot(close_px, trading_date),
            short_trigger_px=rules.reg_sho_trigger(close_px, trading_date),
        )

    return VenueProfile(
        venue="NASDAQ",
        phases=PHASES,
        timetable=timetable,
        rules=issue_rules,
        market=NasdaqMarket,
        grid=unbounded,
        orders_per_second=ORDERS_PER_SECOND,
        tells_orders=True,
        takes_iceberg=True,
        takes_hidden=True,
        takes_min_qty=True,
        takes_post_only=True,
    )


def _cross_ns(schedule: DaySchedule, phase: Phase) -> int:
    return next(step.start_ns for step in schedule.steps if step.phase is phase)


def _cutoffs(rules: ForeignRules, schedule: DaySchedule) -> dict[TimeInForce, CutOff]:
    found = {}
    for times, cross, phase in _CROSS_NAMES:
        row = rules.cross_times(cross, schedule.trading_date)
        at_ns = _cross_ns(schedule, phase)
        found[times] = CutOff(market_ns=at_ns - row["market_until_s"] * NS, limit_ns=at_ns - row["limit_until_s"] * NS)
    return found


def _cross_changes(rules: ForeignRules, schedule: DaySchedule) -> list[Change]:
    """Imbalance messages, and from when on cross orders stand fast."""
    changes: list[Change] = []
    for times, cross, phase in _CROSS_NAMES:
        row = rules.cross_times(cross, schedule.trading_date)
        at_ns = _cross_ns(schedule, phase)
        fast_ns = at_ns - row["change_until_s"] * NS
        changes.append(Change(at_ns=fast_ns, phase=phase, asks=f"{FAST} {times.name}"))
        early, every = row.get("early_imbalance_s", row["imbalance_s"]), row["imbalance_every_s"]
        seconds = [*range(early, row["imbalance_s"], -row.get("early_imbalance_every_s", every))]
        seconds += range(row["imbalance_s"], 0, -every)
        changes += [
            Change(at_ns=at_ns - second * NS, phase=phase, asks=f"{IMBALANCE} {times.name}") for second in seconds
        ]
    return changes


_CROSS_NAMES = (
    (TimeInForce.AT_OPEN, "opening", Phase.OPEN_CALL),
    (TimeInForce.AT_CLOSE, "closing", Phase.CLOSE_CALL),
)
