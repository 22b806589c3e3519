"""The phases of a KRX trading day, by date.

A day is a list of steps. Each begins at its scheduled instant, delayed by a random time of up to `random_s` seconds
where the rule says that the call before it ends at random (Enforcement Rules section 35(1)); the exchange
draws that time.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from hts.model.enums import Phase
from hts.rules.dates import krx_local_ns, parse_date, parse_time_s, row_at


class PhaseStep(Struct, frozen=True, kw_only=True):
    """A phase begins. `disclosed_from_ns`: from when on a call's book is published (0: at once)."""

    phase: Phase
    start_ns: int
    random_s: int = 0
    disclosed_from_ns: int = 0


class FixedStep(Struct, frozen=True, kw_only=True):
    """The board where all trades have one price begins a phase of its own, beside the book's."""

    phase: Phase
    start_ns: int
    until_ns: int = 0


class DaySchedule(Struct, frozen=True, kw_only=True):
    """A trading day's steps in order; before the first the market is closed. `fixed`: of the fixed-price board."""

    trading_date: int
    regime: str
    steps: tuple[PhaseStep, ...]
    fixed: tuple[FixedStep, ...] = ()

    def phase_at(self, trade_ns: int) -> Phase:
        """The scheduled phase, random ends not counted."""
        phase = Phase.CLOSED
        for step in self.steps:
            if step.start_ns > trade_ns:
                break
            phase = step.phase
        return phase


_OPENING = (Phase.PRE_OPEN, Phase.OPEN_CALL, Phase.CONTINUOUS)
_CLOSING = (Phase.CLOSE_CALL, Phase.CLOSED)


def day_schedule(table: Mapping[str, Any], trading_date: int) -> DaySchedule:
    """The day's steps from the parsed sessions.toml. LookupError for a day before its first regime."""
    regime = row_at(table["regime"], trading_date)
    shifts = {parse_date(row["date"]): row for row in table.get("special_day", ())}.get(trading_date, {})
    opening = [_step(regime, phase, trading_date, shifts.get("open_shift_min", 0)) for phase in _OPENING]
    closing = [_step(regime, phase, trading_date, shifts.get("close_shift_min", 0)) for phase in _CLOSING]
    steps = tuple(opening + closing)
    assert [step.start_ns for step in steps] == sorted(step.start_ns for step in steps), steps
    return DaySchedule(trading_date=trading_date, regime=regime["id"], steps=steps)


def _step(regime: Mapping[str, Any], phase: Phase, trading_date: int, shift_min: int) -> PhaseStep:
    row = regime[phase.value]
    disclosed = row.get("disclosed_from")
    return PhaseStep(
        phase=phase,
        start_ns=krx_local_ns(trading_date, parse_time_s(row["at"]) + shift_min * 60),
        random_s=row.get("random_s", 0),
        disclosed_from_ns=krx_local_ns(trading_date, parse_time_s(disclosed) + shift_min * 60) if disclosed else 0,
    )
