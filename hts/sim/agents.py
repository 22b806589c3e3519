"""The background flow: a seeded crowd that trades all issues of the simulated market.

Theory of operation
-------------------
Arrivals are self-exciting: each issue has a base rate (its share of the flow, times the hour's activity) and an
excitement that every accepted order and every print raises and time lowers. The day is cut into slices of 100 ms;
at a slice's start the dice are seeded anew from (seed, slice) and the slice's arrival times are drawn. At each
arrival the issue's `IssueFlow` decides what to do, looking at the book as the exchange's events have left it.

So nothing but the book, the excitement, the trend and the id counter is carried from slice to slice, and all four
come from events: feeding the day's events again after a restart brings them back, and the flow goes on. The same
seed with the same events gives the same commands.

A timer that comes a little late is caught up with; after a pause (the machine slept, the venue was restarted) the
flow goes on from now.
"""

import math
from collections.abc import Callable, Iterable

from hts.model.enums import Market, Phase, Side, TimeInForce
from hts.model.instruments import Instrument
from hts.model.units import ClOrdID, Px, Qty
from hts.rules.dates import krx_local_ns
from hts.sim.agents_book import IssueBook
from hts.sim.agents_flow import IssueFlow
from hts.sim.agents_parents import Parents
from hts.sim.agents_path import FairPath, market_walk, price_grid
from hts.sim.agents_profile import SECOND_NS, activity, profile_of, seeded
from hts.sim.commands import AGENTS, AnyCommand, Enter
from hts.sim.events import (
    OrderAccepted,
    OrderAmended,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderTraded,
    PhaseChanged,
    SimEvent,
    Traded,
)
from hts.sim.scenario import USUAL, Scenario

SLICE_NS = 100_000_000
NEVER_NS = 2**63 - 1
_PREPARE_NS = 4_000_000  # between the books of two issues when the day begins
_CATCH_UP_NS = 200_000_000
_DECISIONS_PER_S = 130.0  # of the whole market at intensity 1, without excitement
_CALL_SHARE = 0.7  # of the continuous rate
_DECAY_NS = 1_000_000_000
_PER_ORDER = 0.35  # further arrivals caused by one accepted order, on average
_PER_PRINT = 0.45  # by one print
_EXCITEMENT_MAX = 4.0  # multiples of the base rate
_RATE_MIN = 1e-6  # decisions per second where a scenario wants none

_OFF_HOURS_SHARE = 0.2  # of the usual rate, before and after the main session
_OFF_HOURS = frozenset({Phase.PRE_MARKET, Phase.AFTER_MARKET})

# Phases with background flow.
_PLAYED = _OFF_HOURS | {Phase.OPEN_CALL, Phase.CONTINUOUS, Phase.CLOSE_CALL, Phase.VI_CALL, Phase.RESUME_CALL}


class _Issue:
    """One issue's flow with what decides when it acts."""

    __slots__ = ("excited_ns", "excitement", "flow", "phase", "rate", "symbol")

    def __init__(self, flow: IssueFlow, rate: float) -> None:
        self.flow = flow
        self.symbol = flow.instrument.symbol
        self.rate = rate  # decisions per second of an average moment
        self.phase = Phase.CLOSED
        self.excitement = 0.0  # further decisions per second
        self.excited_ns = 0


class Agents:
    """Feeds of `next_timer_ns`/`on_timer` (trade time) and `on_events`; commands come out, session "AGENTS"."""

    def __init__(
        self,
        seed: int,
        instruments: Iterable[Instrument],
        trading_date: int,
        intensity: float = 1.0,
        scenario: Scenario = USUAL,
    ) -> None:
        assert intensity > 0, intensity
        listed = [i for i in instruments if i.market is not Market.REPLAY]
        self._seed = seed
        self._midnight_ns = krx_local_ns(trading_date, 0)
        self._last_id = 0
        self._cancelling: set[ClOrdID] = set()
        market = market_walk(seed)
        profiles = [profile_of(i, seed) for i in listed]
        total = sum(p.weight for p in profiles) or 1.0
        self._issues: list[_Issue] = []
        for instrument, profile in zip(listed, profiles, strict=True):
            grid = price_grid(instrument)
            path = FairPath(
                instrument, profile, grid, market, seed=seed, midnight_ns=self._midnight_ns, scenario=scenario
            )
            flow = IssueFlow(
                instrument,
                profile,
                path,
                IssueBook(grid),
                next_id=self._next_id,
                cancelling=self._cancelling,
                parents=Parents(seed, instrument.symbol),
            )
            flow.reaction = scenario.reaction
            self._issues.append(_Issue(flow, _DECISIONS_PER_S * intensity * profile.weight / total))
        self._by_symbol = {issue.symbol: issue for issue in self._issues}
        self._scenario = scenario
        self._singles = [order for order in scenario.orders if order.symbol in self._by_symbol]
        self._unprepared: list[_Issue] = []
        self._arrivals: list[tuple[int, int]] = []  # (time, issue) of the current slice, latest first
        self._dice = seeded(seed, "agents")
        self._slice = 0
        self._timer_ns = NEVER_NS
        self._learn: dict[type, Callable[..., None]] = {
            OrderAccepted: self._on_accepted,
            OrderRejected: self._on_rejected,
            OrderAmended: self._on_order,
            OrderCanceled: self._on_order,
            OrderExpired: self._on_order,
            OrderTraded: self._on_order,
            Traded: self._on_print,
            PhaseChanged: self._on_phase,
        }

    # -- input --

    def observe(self, command: AnyCommand) -> None:
        """A command of the log, applied again after a restart: its ids are used up."""
        if command.session == AGENTS:
            self._last_id = max(self._last_id, command.cl_ord_id)

    def on_events(self, events: Iterable[SimEvent]) -> None:
        """All events of the exchange in order, those of other members included."""
        for event in events:
            learn = self._learn.get(type(event))
            if learn is not None:
                learn(event)

    def order(self, symbol: str, side: Side, px: int, qty: int) -> Enter:
        """An order that takes at once or not at all, of someone who trades at other venues too."""
        return Enter(
            session=AGENTS,
            cl_ord_id=self._next_id(),
            account=AGENTS,
            symbol=symbol,
            side=side,
            time_in_force=TimeInForce.IOC,
            px=Px(px),
            qty=Qty(qty),
        )

    def flow(self, symbol: str) -> IssueFlow:
        """The crowd of one issue. KeyError for one that it does not trade."""
        return self._by_symbol[symbol].flow

    # -- timer --

    def next_timer_ns(self) -> int:
        """Trade time of the next arrival; `NEVER_NS` while no phase takes orders."""
        return self._timer_ns

    def on_timer(self, trade_ns: int) -> list[AnyCommand]:
        """Commands of all arrivals up to `trade_ns`. Their events are expected before the next call."""
        out: list[AnyCommand] = []
        if trade_ns < self._timer_ns:
            return out
        self._cancelling.clear()  # all events of the earlier commands are in
        if self._unprepared and self._prepare(trade_ns, out):
            return out
        if self._timer_ns < trade_ns - _CATCH_UP_NS:
            self._start_slice(trade_ns)
            while self._arrivals and self._arrivals[-1][0] <= trade_ns:
                self._arrivals.pop()
            self._timer_ns = self._next_due_ns()
        while self._timer_ns <= trade_ns:
            if self._arrivals:
                due_ns, index = self._arrivals.pop()
                if index < 0:
                    single = self._singles[-1 - index]
                    self._by_symbol[single.symbol].flow.single(single, out)
                else:
                    self._decide(self._issues[index], due_ns, out)
            else:
                self._start_slice((self._slice + 1) * SLICE_NS)
            self._timer_ns = self._next_due_ns()
        return out

    def _next_due_ns(self) -> int:
        return self._arrivals[-1][0] if self._arrivals else (self._slice + 1) * SLICE_NS

    def _prepare(self, trade_ns: int, out: list[AnyCommand]) -> bool:
        """The book of one issue that has none (what has gathered before the day is seen); False when all have one."""
        while self._unprepared:
            issue = self._unprepared.pop(0)
            if issue.phase in _PLAYED and issue.flow.book.own_count == 0:
                dice = seeded(self._seed, "prepare", issue.symbol, str(trade_ns))
                out.extend(issue.flow.seed_book(trade_ns, dice, crossing=issue.phase.is_call))
                self._start_slice(trade_ns)
                self._arrivals.clear()  # the others prepare first
                self._timer_ns = trade_ns + _PREPARE_NS
                return True
        return False

    def _decide(self, issue: _Issue, trade_ns: int, out: list[AnyCommand]) -> None:
        if issue.phase.is_continuous:
            issue.flow.decide(trade_ns, self._dice, out)
        elif issue.phase.is_call:
            issue.flow.decide_call(trade_ns, self._dice, out)

    def _start_slice(self, trade_ns: int) -> None:
        """Seed the dice for the slice of `trade_ns` and draw its arrivals."""
        self._slice = trade_ns // SLICE_NS
        start_ns = self._slice * SLICE_NS
        self._dice.seed((self._seed << 64) ^ self._slice)
        self._arrivals.clear()
        throw, exp, log = self._dice.random, math.exp, math.log
        second = (start_ns - self._midnight_ns) / SECOND_NS
        busy = activity(second)
        self._arrivals += self._singles_of(start_ns)
        for index, issue in enumerate(self._issues):
            if issue.phase not in _PLAYED:
                continue
            issue.flow.second = second
            rate = issue.rate * (_CALL_SHARE if issue.phase.is_call else busy)
            if issue.phase in _OFF_HOURS:
                rate = issue.rate * _OFF_HOURS_SHARE
            if self._scenario is not USUAL:
                rate = max(rate * self._scenario.rate(issue.symbol, second), _RATE_MIN)
                issue.flow.depth = self._scenario.depth(issue.symbol, second)
            rate += min(issue.excitement * exp((issue.excited_ns - start_ns) / _DECAY_NS), rate * _EXCITEMENT_MAX)
            mean_ns = SECOND_NS / rate
            at_ns = -log(1.0 - throw()) * mean_ns
            while at_ns < SLICE_NS:
                self._arrivals.append((start_ns + int(at_ns), index))
                at_ns -= log(1.0 - throw()) * mean_ns
        self._arrivals.sort(reverse=True)

    def _singles_of(self, start_ns: int) -> list[tuple[int, int]]:
        """Orders of the scenario in the slice, as arrivals with numbers below 0."""
        found = []
        for number, single in enumerate(self._singles):
            at_ns = self._midnight_ns + single.at_s * SECOND_NS
            if start_ns <= at_ns < start_ns + SLICE_NS:
                found.append((at_ns, -1 - number))
        return found

    # -- learning --

    def _next_id(self) -> ClOrdID:
        self._last_id += 1
        return ClOrdID(self._last_id)

    def _on_accepted(self, event: OrderAccepted) -> None:
        self._on_order(event)
        self._excite(event.symbol, event.trade_ns, _PER_ORDER)

    def _on_order(self, event: OrderAccepted | OrderAmended | OrderCanceled | OrderExpired | OrderTraded) -> None:
        issue = self._by_symbol.get(event.symbol)
        if issue is not None:
            issue.flow.book.on_order(event)
            if event.session == AGENTS and event.cl_ord_id > self._last_id:
                self._last_id = event.cl_ord_id

    def _on_rejected(self, event: OrderRejected) -> None:
        if event.session == AGENTS and event.cl_ord_id > self._last_id:
            self._last_id = event.cl_ord_id

    def _on_print(self, event: Traded) -> None:
        trade = event.trade
        issue = self._by_symbol.get(trade.symbol)
        if issue is not None:
            issue.flow.on_print(trade.trade_ns, trade.side, trade.qty)
            self._excite(trade.symbol, trade.trade_ns, _PER_PRINT)

    def _excite(self, symbol: str, trade_ns: int, children: float) -> None:
        issue = self._by_symbol.get(symbol)
        if issue is None or issue.phase is not Phase.CONTINUOUS:
            return
        issue.excitement *= math.exp(min(0, issue.excited_ns - trade_ns) / _DECAY_NS)
        issue.excitement += children * SECOND_NS / _DECAY_NS
        issue.excited_ns = trade_ns

    def _on_phase(self, event: PhaseChanged) -> None:
        for issue in self._issues:
            if event.symbol in ("", issue.symbol):
                issue.phase = event.phase
        self._unprepared = [i for i in self._issues if i.phase in _PLAYED and i.flow.book.own_count == 0]
        if not any(issue.phase in _PLAYED for issue in self._issues):
            self._timer_ns = NEVER_NS
        elif self._timer_ns == NEVER_NS or self._unprepared:
            self._start_slice(event.trade_ns)
            self._timer_ns = event.trade_ns
