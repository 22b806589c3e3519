"""What the exchange does by itself on a trading day, and when exactly."""

from collections.abc import Mapping
from random import Random

from msgspec import Struct

from hts.model.enums import Market, Phase
from hts.rules.sessions import DaySchedule

MILLISECOND_NS = 1_000_000
BOOK = ""
FIXED = "fixed"


class Change(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """At `at_ns` a phase begins: of everything (`symbol` and `market` empty), of one market, or of one issue.

    `disclosed`: whether the book is published from now on. `repeats`: the phase goes on, only its book opens.
    `board`: BOOK, or FIXED for the board where all trades have one price. `serial`: the turn of the issue in which a
    rule planned the change; it is void in any other (-1: always valid). `expires`: only this order of the issue ends.
    `asks`: nothing begins, the issue's rules are asked what to do.
    """

    at_ns: int
    symbol: str = ""
    market: Market | None = None
    phase: Phase
    until_ns: int = 0
    disclosed: bool = True
    repeats: bool = False
    board: str = BOOK
    serial: int = -1
    expires: int = 0
    asks: str = ""


def day_changes(
    schedule: DaySchedule, seed: int, replays: Mapping[str, tuple[int, int]] | None = None
) -> tuple[Change, ...]:
    """The day's changes in time order. The random ends of calls are drawn from the seed and the date, by milliseconds.

    `replays`: trade time of (start, end) per replayed issue; an end of 0 leaves it open until the market closes.
    """
    dice = Random(f"{seed} {schedule.trading_date}")
    changes: list[Change] = []
    drawn: dict[Phase, int] = {}  # when each phase really begins
    for step, after in zip(schedule.steps, [*schedule.steps[1:], None], strict=True):
        at_ns = step.start_ns + dice.randrange(step.random_s * 1000 + 1) * MILLISECOND_NS
        drawn[step.phase] = at_ns
        until_ns = after.start_ns if after else 0
        is_dark = step.disclosed_from_ns > at_ns
        changes.append(Change(at_ns=at_ns, phase=step.phase, until_ns=until_ns, disclosed=not is_dark))
        if is_dark:
            changes.append(Change(at_ns=step.disclosed_from_ns, phase=step.phase, until_ns=until_ns, repeats=True))
    changes += [
        Change(
            at_ns=drawn[step.goes_with] if step.goes_with else step.start_ns,
            phase=step.phase,
            until_ns=step.until_ns,
            board=FIXED,
        )
        for step in schedule.fixed
    ]
    for symbol, (start_ns, end_ns) in sorted((replays or {}).items()):
        changes.append(Change(at_ns=start_ns, symbol=symbol, phase=Phase.CONTINUOUS, until_ns=end_ns))
        if end_ns:
            changes.append(Change(at_ns=end_ns, symbol=symbol, phase=Phase.CLOSED))
    # At one instant the fixed-price board closes before the book goes on, and opens after it.
    return tuple(
        sorted(changes, key=lambda change: (change.at_ns, change.board != FIXED or change.phase != Phase.CLOSED))
    )
