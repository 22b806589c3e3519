"""What Nextrade decides about one issue: KRX's limits, ticks and short sale rule, a market around KRX's calls.

An order lives from the pre-market to the after-market unless it is good for its session only (GTX). Midpoint and stop
orders end with the main market. An issue that has traded its share of KRX's volume takes no more orders.
"""

from hts.model.enums import OrdType, Phase, TimeInForce
from hts.model.reasons import Reason
from hts.sim.commands import Enter, Halt
from hts.sim.events import SimEvent
from hts.sim.issue import Issue
from hts.sim.issue_rules import IssueRules
from hts.sim.korea.krx_rules import KrxRules
from hts.sim.order import Order
from hts.sim.timetable import Change

NS = 1_000_000_000
CLOSE_TOLD = "close_told"  # KRX's closing price, once it is known
RESUME_CALL_S = 30  # call before the venue goes on after a halt, from 2026-09-14 on
_SESSIONS_WITHOUT_SHORTS = frozenset({Phase.PRE_MARKET, Phase.OPEN_CALL, Phase.AFTER_MARKET})
_MAIN_ONLY = frozenset({OrdType.MIDPOINT, OrdType.STOP_LIMIT})


class NxtRules(KrxRules):
    """A Nextrade issue on one day."""

    market_rests = False

    def refusal(self, issue: Issue, command: Enter, trade_ns: int) -> Reason:
        """The cap of volume, no short sales outside of the main market, and what KRX refuses."""
        if self.day.nxt_cap_qty and issue.figures.cum_qty >= self.day.nxt_cap_qty:
            return Reason.VOLUME_CAP
        if command.is_short and issue.phase in _SESSIONS_WITHOUT_SHORTS:
            return Reason.SHORT_SALE_BANNED
        return super().refusal(issue, command, trade_ns)

    def goes_to_fixed(self, issue: Issue, command: Enter) -> bool:  # noqa: ARG002
        """Orders at KRX's closing price say so."""
        return command.time_in_force is TimeInForce.AT_CLOSE

    def uncrosses(self, issue: Issue, change: Change) -> bool:
        """Every call ends in a price, but for a halt."""
        return IssueRules.uncrosses(self, issue, change)

    def meets(self, issue: Issue, change: Change) -> Change | None:
        """A halted issue waits for KRX."""
        return IssueRules.meets(self, issue, change)

    def carries(self, issue: Issue, order: Order, phase: Phase) -> bool:
        """Orders outlive the pauses between the sessions, unless they are good for one session."""
        if phase is Phase.CLOSED:
            return False
        if phase in {Phase.VI_CALL, Phase.RESUME_CALL, Phase.HALTED} or issue.phase in {
            Phase.VI_CALL,
            Phase.RESUME_CALL,
            Phase.HALTED,
        }:
            return True
        if order.time_in_force is TimeInForce.GTX:
            return False
        return phase is Phase.CONTINUOUS or order.acts_as not in _MAIN_ONLY

    def entered(self, issue: Issue, left: Phase, trade_ns: int, events: list[SimEvent]) -> None:  # noqa: ARG002
        """A call after a halt ends by itself."""
        if issue.phase is Phase.RESUME_CALL:
            ends = Change(at_ns=issue.until_ns, symbol=issue.symbol, phase=Phase.CONTINUOUS)
            issue.plan(ends, issue.until_ns)

    def fixed_px(self, issue: Issue, phase: Phase) -> int:  # noqa: ARG002
        """KRX's closing price; 0 until it is known: orders are collected meanwhile."""
        return self.marks.get(CLOSE_TOLD, 0)

    def close_px(self, issue: Issue) -> int:
        """The next day's base price is KRX's close, whatever trades here after it."""
        return self.marks.get(CLOSE_TOLD, 0) or issue.last_px

    def halted(self, issue: Issue, market_phase: Phase, command: Halt) -> Change | None:
        """KRX has stopped the issue."""
        return IssueRules.halted(self, issue, market_phase, command)

    def resumed(self, issue: Issue, market_phase: Phase, until_ns: int, trade_ns: int) -> Change | None:
        """KRX trades the issue again: by a call of half a minute since the venue has calls, at once before."""
        if self.day.vi is None or not market_phase.is_continuous:
            return Change(at_ns=trade_ns, symbol=issue.symbol, phase=market_phase, until_ns=until_ns)
        ends_ns = trade_ns + RESUME_CALL_S * NS
        return Change(at_ns=trade_ns, symbol=issue.symbol, phase=Phase.RESUME_CALL, until_ns=ends_ns)
