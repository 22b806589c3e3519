"""Which limits a scope has nearly used up, while there is still time to do something."""

from collections.abc import Iterator
from typing import Final

from hts.model.alerts import AlertKind, Severity
from hts.model.denials import Unit
from hts.risk.alerts import Trouble
from hts.risk.exposure import Marks
from hts.risk.guard import Guard
from hts.risk.limits import OFF

NEAR_PERCENT: Final = 80


def near_limits(guard: Guard, marks: Marks) -> Iterator[Trouble]:
    """Working orders, the day's loss and refusals in a minute, at four fifths of their limit and more."""
    limits = guard.limits
    if limits is OFF:
        return
    figures = [("working_orders", guard.exposure.working, limits.working_orders_max, Unit.COUNT)]
    if limits.daily_loss_max:
        figures.append(("daily_loss", -guard.exposure.pnl(marks), limits.daily_loss_max, Unit.NOTIONAL))
    if limits.unfilled_orders_max:
        figures.append(("unfilled_orders", guard.unfilled, limits.unfilled_orders_max, Unit.COUNT))
    for name, figure, limit, unit in figures:
        if limit and figure * 100 >= limit * NEAR_PERCENT:
            yield Trouble(
                kind=AlertKind.LIMIT_NEAR,
                severity=Severity.WARNING,
                subject=f"{guard.scope} {name}",
                figure=figure,
                limit=limit,
                unit=unit,
            )
