"""The phases of a trading day, by date, and how the tables of KRX and Nextrade give them.

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
    """The board where all trades have one price begins a phase of its own, beside the book's.

    `goes_with`: the step of the book with whose random instant it begins.
    """

    phase: Phase
    start_ns: int
    until_ns: int = 0
    goes_with: Phase | None = None


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


def day_schedule(table: Mapping[str, Any], trading_date: int, venue: str = "KRX") -> DaySchedule:
    """The day's steps from the parsed sessions.toml. LookupError for a day before the venue's first regime."""
    regime = row_at([row for row in table["regime"] if row["venue"] == venue], trading_date)
    special = {parse_date(row["date"]): row for row in table.get("special_day", ())}.get(trading_date, {})
    steps = [step for row in regime["steps"] for step in _steps(row, trading_date, special)]
    assert [step.start_ns for step in steps] == sorted(step.start_ns for step in steps), steps
    rows = regime["fixed"]
    starts = [_at_ns(row, row["at"], trading_date, special) for row in rows]
    fixed = tuple(
        FixedStep(
            phase=Phase(row["phase"]),
            start_ns=start_ns,
            until_ns=until_ns,
            goes_with=Phase(row["with"]) if "with" in row else None,
        )
        for row, start_ns, until_ns in zip(rows, starts, [*starts[1:], 0], strict=True)
    )
    return DaySchedule(trading_date=trading_date, regime=regime["id"], steps=tuple(steps), fixed=fixed)


def _steps(row: Mapping[str, Any], trading_date: int, special: Mapping[str, Any]) -> list[PhaseStep]:
    """One step of a row, or several where it repeats; none where the special day has no such phase."""
    if row["shift"] == "gone" and special.get("open_shift_min"):
        return []
    disclosed = row.get("disclosed_from")
    first = PhaseStep(
        phase=Phase(row["phase"]),
        start_ns=_at_ns(row, row["at"], trading_date, special),
        random_s=0 if "every_min" in row else row.get("random_s", 0),
        disclosed_from_ns=_at_ns(row, disclosed, trading_date, special) if disclosed else 0,
    )
    if "every_min" not in row:
        return [first]
    every_ns = row["every_min"] * 60 * 1_000_000_000
    until_ns = krx_local_ns(trading_date, parse_time_s(row["until"]))
    starts = range(first.start_ns + every_ns, until_ns, every_ns)
    return [first, *(PhaseStep(phase=first.phase, start_ns=at, random_s=row["random_s"]) for at in starts)]


def _at_ns(row: Mapping[str, Any], at: str, trading_date: int, special: Mapping[str, Any]) -> int:
    minutes = {
        "open": special.get("open_shift_min", 0),
        "close": special.get("close_shift_min", 0),
    }.get(row["shift"], 0)
    return krx_local_ns(trading_date, parse_time_s(at) + minutes * 60)
