"""What concerns a whole KRX market: circuit breaker (서킷브레이커) and sidecar (사이드카).

Both watch figures that the venue is told (IndexPrint): the market's index, its leading future. A condition must hold
without a break for a minute; the minute's end is a planned question, so that it needs no further print.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from hts.model.enums import Market, Phase
from hts.model.instruments import Instrument
from hts.model.reasons import Reason
from hts.rules.dates import krx_local_ns
from hts.rules.kr_rules import Breaker, Sidecar
from hts.sim import exchange_day
from hts.sim.commands import AnyCommand, Enter, IndexPrint
from hts.sim.events import Announced, SimEvent
from hts.sim.korea.krx_rules import SIDECAR
from hts.sim.profile import WholeMarket
from hts.sim.timetable import Change

if TYPE_CHECKING:
    from hts.sim.exchange import Exchange

NS = 1_000_000_000
MARKETS: Mapping[str, Market] = {"KOSPI": Market.KOSPI, "KOSDAQ": Market.KOSDAQ}
LAST_STAGE = 3


class KrxMarket(WholeMarket):
    """The state is in `marks`: `KOSPI.stage`, `KOSPI.since` (0: the condition does not hold), and so on."""

    def __init__(self, breaker: Breaker, sidecars: tuple[Sidecar, ...]) -> None:
        super().__init__()
        self.breaker = breaker
        self.sidecars = sidecars

    def refusal(self, exchange: "Exchange", command: Enter, instrument: Instrument) -> Reason:  # noqa: ARG002
        """While the breaker halts a market its issues take nothing but cancels."""
        halted_until = self.marks.get(f"{instrument.market.name}.halted_until", 0)
        return Reason.CIRCUIT_BREAKER if exchange.trade_ns < halted_until else Reason.NONE

    def told(self, exchange: "Exchange", command: AnyCommand, events: list[SimEvent]) -> None:
        """A figure has moved."""
        if not isinstance(command, IndexPrint):
            return
        self.marks[f"{command.name}.value"], self.marks[f"{command.name}.base"] = command.value, command.base
        self._watch(exchange, events)

    def asked(self, exchange: "Exchange", change: Change, events: list[SimEvent]) -> None:
        """A minute may be over, or a sidecar's five."""
        if change.asks == "sidecar_ends":
            assert change.market is not None
            self._end_sidecar(exchange, change.market, events)
        else:
            self._watch(exchange, events)

    # -- circuit breaker --

    def _watch(self, exchange: "Exchange", events: list[SimEvent]) -> None:
        for name in MARKETS:
            if f"{name}.base" in self.marks:
                self._watch_breaker(exchange, name, events)
        for sidecar in self.sidecars:
            self._watch_sidecar(exchange, sidecar, events)

    def _watch_breaker(self, exchange: "Exchange", name: str, events: list[SimEvent]) -> None:
        stage = self.marks.get(f"{name}.stage", 0) + 1
        if stage > LAST_STAGE or exchange.trade_ns < self.marks.get(f"{name}.halted_until", 0):
            return
        if not self._is_deep(name, stage) or not self._is_trading(exchange):
            self.marks[f"{name}.since"] = 0
            return
        clock_from = self._local_ns(exchange, self.breaker.clock_from_s)
        if self._holds(exchange, f"{name}.since", self.breaker.sustain_s, not_before_ns=clock_from):
            late = exchange.trade_ns > self._local_ns(exchange, self.breaker.not_after_s)
            if stage == LAST_STAGE or not late:
                self._halt(exchange, name, stage, events)

    def _is_deep(self, name: str, stage: int) -> bool:
        """Whether the index has fallen as far as the stage says, and a step further than the stage before."""
        value, base = self.marks[f"{name}.value"], self.marks[f"{name}.base"]
        if base - value < base * self.breaker.stages[stage - 1]:
            return False
        before = self.marks.get(f"{name}.stage_value", 0)
        return not before or before - value >= base * self.breaker.extra_drop

    def _halt(self, exchange: "Exchange", name: str, stage: int, events: list[SimEvent]) -> None:
        market, now = MARKETS[name], exchange.trade_ns
        self.marks[f"{name}.stage"], self.marks[f"{name}.stage_value"] = stage, self.marks[f"{name}.value"]
        self.marks[f"{name}.since"] = 0
        told = (("market", ord(market.value)), ("stage", stage), ("value", self.marks[f"{name}.value"]))
        events.append(Announced(trade_ns=now, symbol="", what="circuit_breaker", values=told))
        self._end_sidecar(exchange, market, events)
        if stage == LAST_STAGE:
            exchange_day.carry_out(exchange, Change(at_ns=now, market=market, phase=Phase.CLOSED), events)
            return
        call_ns = now + self.breaker.halt_s * NS
        go_on_ns = call_ns + self.breaker.call_s * NS
        self.marks[f"{name}.halted_until"] = call_ns
        halt = Change(at_ns=now, market=market, phase=Phase.HALTED, until_ns=call_ns)
        exchange_day.carry_out(exchange, halt, events)
        exchange.agenda.plan(Change(at_ns=call_ns, market=market, phase=Phase.RESUME_CALL, until_ns=go_on_ns))
        any_issue = next(issue for issue in exchange.issues.values() if issue.instrument.market is market)
        ends_ns = go_on_ns + any_issue.random_ns(self.breaker.random_s)
        exchange.agenda.plan(Change(at_ns=ends_ns, market=market, phase=Phase.CONTINUOUS))

    # -- sidecar --

    def _watch_sidecar(self, exchange: "Exchange", sidecar: Sidecar, events: list[SimEvent]) -> None:
        name, now = sidecar.market.name, exchange.trade_ns
        if self.marks.get(f"{name}.sidecar") or any(f"{figure}.base" not in self.marks for figure, _ in sidecar.moves):
            return
        way = self._way(sidecar)
        if way != self.marks.get(f"{name}.way", 0):
            self.marks[f"{name}.way"], self.marks[f"{name}.moved_since"] = way, 0
        if not way or not self._is_trading(exchange):
            self.marks[f"{name}.moved_since"] = 0
            return
        if not self._holds(exchange, f"{name}.moved_since", sidecar.sustain_s):
            return
        opens, ends = (self._local_ns(exchange, s) for s in (sidecar.not_before_s, sidecar.not_after_s))
        if opens <= now <= ends and now >= self.marks.get(f"{name}.halted_until", 0):
            self._begin_sidecar(exchange, sidecar, way, events)

    def _way(self, sidecar: Sidecar) -> int:
        """1: all figures are up as far as it takes, -1: down, 0: neither."""
        moves = [
            Fraction(self.marks[f"{figure}.value"] - self.marks[f"{figure}.base"], self.marks[f"{figure}.base"])
            for figure, _ in sidecar.moves
        ]
        ratios = [ratio for _, ratio in sidecar.moves]
        if all(move >= ratio for move, ratio in zip(moves, ratios, strict=True)):
            return 1
        return -1 if all(move <= -ratio for move, ratio in zip(moves, ratios, strict=True)) else 0

    def _begin_sidecar(self, exchange: "Exchange", sidecar: Sidecar, way: int, events: list[SimEvent]) -> None:
        name, now = sidecar.market.name, exchange.trade_ns
        ends_ns = now + sidecar.pause_s * NS
        self.marks[f"{name}.sidecar"] = 1  # once a day
        for issue in exchange.issues.values():
            if issue.instrument.market is sidecar.market:
                issue.rules.marks[SIDECAR] = 1 if way > 0 else 2
                for order in [order for order in issue.resting(fixed=False) if not issue.rules.joins(issue, order)]:
                    if order.home is not issue.dormant:
                        issue.send_dormant(order, now, events)
        told = (("market", ord(sidecar.market.value)), ("way", way), ("until_ns", ends_ns))
        events.append(Announced(trade_ns=now, symbol="", what="sidecar", values=told))
        ends = Change(at_ns=ends_ns, market=sidecar.market, phase=Phase.CONTINUOUS, asks="sidecar_ends")
        exchange.agenda.plan(ends)

    def _end_sidecar(self, exchange: "Exchange", market: Market, events: list[SimEvent]) -> None:
        """Program orders that had to rest join the book again."""
        for issue in exchange.issues.values():
            if issue.instrument.market is market and issue.rules.marks.get(SIDECAR):
                issue.rules.marks[SIDECAR] = 0
                issue.wake_dormant(exchange.trade_ns, events)
                issue.settle(exchange.trade_ns, events)

    # -- common --

    def _holds(self, exchange: "Exchange", since: str, sustain_s: int, *, not_before_ns: int = 0) -> bool:
        """Whether a condition that holds now has held for so long; the first time its end is planned."""
        now = exchange.trade_ns
        if not self.marks.get(since):
            self.marks[since] = begun = max(now, not_before_ns)
            exchange.agenda.plan(Change(at_ns=begun + sustain_s * NS, phase=exchange.market_phase, asks="watch"))
        return now >= self.marks[since] + sustain_s * NS

    @staticmethod
    def _is_trading(exchange: "Exchange") -> bool:
        return exchange.market_phase in {Phase.CONTINUOUS, Phase.CLOSE_CALL}

    @staticmethod
    def _local_ns(exchange: "Exchange", second: int) -> int:
        return krx_local_ns(exchange.trading_date, second)
