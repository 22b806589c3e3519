"""Nextrade as a venue of the engine, and what it takes over from KRX as the day goes.

`KrxLink` reads KRX's public events and says what Nextrade is told: halts, circuit breakers, the closing price, and
until it had interruptions of its own also KRX's. The composition applies these commands at the events' times.
"""

from collections.abc import Iterable, Mapping

from hts.model.enums import Phase
from hts.model.instruments import Instrument
from hts.model.reasons import Reason
from hts.model.units import Px
from hts.rules.kr_rules import KrIssue, breaker, issue_day, sidecars
from hts.rules.market_rules import MarketRules
from hts.sim.commands import VENUE, AnyCommand, Halt, ReferencePx
from hts.sim.crossing import match_fixed
from hts.sim.events import PhaseChanged, SimEvent
from hts.sim.exchange import Exchange
from hts.sim.issue_rules import IssueRules
from hts.sim.korea.breakers import KrxMarket
from hts.sim.korea.krx_profile import ORDERS_PER_SECOND, phase_rules
from hts.sim.korea.nxt_rules import CLOSE_TOLD, NxtRules
from hts.sim.profile import Replays, VenueProfile
from hts.sim.timetable import Change, day_changes

_STOPPED = frozenset({Phase.HALTED, Phase.RESUME_CALL})
_AFTER_CLOSE = frozenset({Phase.ACCEPT, Phase.POST_CLOSE_PRICE, Phase.AFTER_MARKET, Phase.SINGLE_PRICE, Phase.CLOSED})


class NxtMarket(KrxMarket):
    """KRX's closing prices for the board that trades at them, and KRX's sidecar, which holds here too.

    The leading futures are told to both venues (IndexPrint). KRX's circuit breaker comes as a halt, by `KrxLink`.
    """

    def _watch_breaker(self, exchange: Exchange, name: str, events: list[SimEvent]) -> None:
        """KRX watches its index."""

    def told(self, exchange: Exchange, command: AnyCommand, events: list[SimEvent]) -> None:
        """A price of KRX, or a leading future."""
        if not isinstance(command, ReferencePx) or command.kind != "close":
            super().told(exchange, command, events)
            return
        issue = exchange.issues.get(command.symbol)
        if issue is None:
            return
        issue.rules.marks[CLOSE_TOLD] = command.px
        board = issue.fixed
        board.px = command.px
        for order in board.orders():
            order.px = command.px
        if board.is_open and issue.fixed_phase.is_fixed_price:
            board.is_matching = True
            match_fixed(issue, exchange.trade_ns, events)


def nxt_profile(rules: MarketRules, trading_date: int, krx_volumes: Mapping[str, int] | None = None) -> VenueProfile:
    """The venue on a day. `krx_volumes`: KRX's volume of the day before by issue, where it is known."""
    table, volumes = rules.kr_rules, krx_volumes or {}

    def timetable(date: int, seed: int, replays: Replays | None) -> tuple[Change, ...]:
        return day_changes(rules.at("NXT").schedule(date), seed, replays)

    def issue_rules(instrument: Instrument) -> IssueRules:
        return NxtRules(instrument, _day_of(table, instrument, trading_date, volumes))

    def market() -> NxtMarket:
        return NxtMarket(breaker(table, trading_date), sidecars(table, trading_date))

    return VenueProfile(
        venue="NXT",
        phases=phase_rules(rules, "NXT", trading_date),
        timetable=timetable,
        rules=issue_rules,
        market=market,
        orders_per_second=ORDERS_PER_SECOND,
    )


def _day_of(
    table: Mapping[str, object], instrument: Instrument, trading_date: int, volumes: Mapping[str, int]
) -> KrIssue:
    return issue_day(table, instrument, trading_date, "NXT", krx_volume=volumes.get(instrument.symbol, 0))


class KrxLink:
    """From KRX's events to Nextrade's commands. `has_own_vi`: Nextrade no longer stops with KRX's interruptions."""

    def __init__(self, krx: Exchange, *, has_own_vi: bool) -> None:
        self._krx = krx
        self._has_own_vi = has_own_vi
        self._stopped: set[str] = set()
        self._closed: set[str] = set()

    def commands(self, events: Iterable[SimEvent]) -> list[AnyCommand]:
        """What Nextrade is told of these events, in their order."""
        told: list[AnyCommand] = []
        for event in events:
            if isinstance(event, PhaseChanged):
                symbols = [event.symbol] if event.symbol else list(self._krx.issues)
                for symbol in symbols:
                    told += self._told_of(symbol)
        return told

    def _told_of(self, symbol: str) -> list[AnyCommand]:
        phase = self._krx.phase(symbol)
        told: list[AnyCommand] = []
        stops = phase in _STOPPED or (phase is Phase.VI_CALL and not self._has_own_vi)
        if stops and symbol not in self._stopped:
            self._stopped.add(symbol)
            reason = Reason.CIRCUIT_BREAKER if phase is Phase.HALTED else Reason.HALTED
            told.append(Halt(session=VENUE, symbol=symbol, on=True, reason=reason))
        elif not stops and symbol in self._stopped:
            self._stopped.discard(symbol)
            told.append(Halt(session=VENUE, symbol=symbol, on=False))
        if phase in _AFTER_CLOSE and symbol not in self._closed and self._krx.issues[symbol].turns > 1:
            self._closed.add(symbol)
            close_px = Px(self._krx.close_px(symbol))
            told.append(ReferencePx(session=VENUE, symbol=symbol, kind="close", px=close_px))
        return told
