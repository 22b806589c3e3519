"""Volatility interruptions (변동성완화장치): when a provisional price is too far away, and what follows.

Dynamic: against the last price before the incoming order; static: against the last call's price of the day (the base
price before the opening). The trade that would be too far does not print. In continuous trading the issue goes into a
call of two minutes and up to thirty seconds more; a call that prices too far goes on for as long. The price that such
a call finds never interrupts again.
"""

from hts.model.enums import Phase
from hts.rules.kr_rules import ViRule
from hts.sim.events import Announced, SimEvent
from hts.sim.issue import Issue
from hts.sim.timetable import Change

NS = 1_000_000_000
DYNAMIC, STATIC = 1, 2
STATIC_REFERENCE = "static_px"
EXTENDED = "extended_in"  # the turn in which a call was made longer
BACK = "back"  # place of the phase that a VI call returns to
BACK_PHASES = (Phase.CONTINUOUS, Phase.PRE_MARKET, Phase.AFTER_MARKET)
FARTHEST = 1 << 60


def static_px(issue: Issue) -> int:
    """What the static interruption measures from."""
    return issue.rules.marks.get(STATIC_REFERENCE, 0) or issue.instrument.base_px


def band(issue: Issue, rule: ViRule) -> tuple[int, int]:
    """Lowest and highest price that do not interrupt now."""
    low, high = 0, FARTHEST
    dynamic = rule.dynamic.get(issue.phase)
    for reference, ratio in ((issue.last_px, dynamic), (static_px(issue), rule.static)):
        if ratio is None:
            continue
        # the nearest prices at which the move reaches the ratio do interrupt
        move = reference * ratio.numerator
        up = -(-(reference * ratio.denominator + move) // ratio.denominator) - 1
        down = (reference * ratio.denominator - move) // ratio.denominator + 1
        if issue.instrument.base_px < rule.small_base_px:
            up = max(up, issue.instrument.ticks.move(issue.instrument.ticks.floor(reference), rule.small_ticks))
            down = min(down, issue.instrument.ticks.move(issue.instrument.ticks.ceil(reference), -rule.small_ticks))
        low, high = max(low, down), min(high, up)
    return low, high


def kind_of(issue: Issue, rule: ViRule, px: int) -> int:
    """DYNAMIC, STATIC, both added, or 0: which interruption a price would set off."""
    dynamic = rule.dynamic.get(issue.phase)
    kind = 0
    if dynamic is not None and _is_far(px, issue.last_px, dynamic.numerator, dynamic.denominator):
        kind += DYNAMIC
    if _is_far(px, static_px(issue), rule.static.numerator, rule.static.denominator):
        kind += STATIC
    if kind and issue.instrument.base_px < rule.small_base_px:
        low, high = band(issue, rule)
        return kind if not low <= px <= high else 0
    return kind


def interrupt(issue: Issue, rule: ViRule, px: int, trade_ns: int, events: list[SimEvent]) -> None:
    """Continuous trading stops before a trade at `px`; a call begins."""
    kind = kind_of(issue, rule, px) or DYNAMIC  # measured from the last price before the order's own trades
    back = issue.phase
    issue.rules.marks[BACK] = BACK_PHASES.index(back)
    until_ns = trade_ns + rule.call_s * NS
    events.append(announced(issue, kind, px, trade_ns))
    ends_ns = until_ns + issue.random_ns(rule.random_s)
    issue.turn(Change(at_ns=trade_ns, symbol=issue.symbol, phase=Phase.VI_CALL, until_ns=until_ns), trade_ns, events)
    events.append(issue.phase_event(trade_ns))
    issue.plan(Change(at_ns=ends_ns, symbol=issue.symbol, phase=back), ends_ns)


def announced(issue: Issue, kind: int, px: int, trade_ns: int) -> Announced:
    """Everyone hears of an interruption."""
    values = (("kind", kind), ("px", px), ("last_px", issue.last_px), ("static_px", static_px(issue)))
    return Announced(trade_ns=trade_ns, symbol=issue.symbol, what="vi", values=values)


def _is_far(px: int, reference: int, numerator: int, denominator: int) -> bool:
    return abs(px - reference) * denominator >= reference * numerator
