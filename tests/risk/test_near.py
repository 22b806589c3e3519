"""Limits at four fifths."""

from hts.model.alerts import AlertKind, Severity
from hts.model.denials import Unit
from hts.risk.alerts import Trouble
from hts.risk.guard import Guard
from hts.risk.limits import OFF
from hts.risk.near import near_limits
from tests.risk.kit import KEY, MARKS, OF_ACCOUNT, OF_STRATEGY, FixedMarks, a_guard, holding, working


def near(subject, figure, limit, unit):
    kind, severity = AlertKind.LIMIT_NEAR, Severity.WARNING
    return Trouble(kind=kind, severity=severity, subject=subject, figure=figure, limit=limit, unit=unit)


def test_working_orders():
    guards = [working(a_guard(working_orders_max=10), *[1] * count) for count in (7, 8, 9)]
    name = f"{OF_ACCOUNT} working_orders"
    expected = [[], [near(name, 8, 10, Unit.COUNT)], [near(name, 9, 10, Unit.COUNT)]]
    assert [list(near_limits(guard, MARKS)) for guard in guards] == expected


def test_loss_of_the_day():
    """10 shares at 71,000 have fallen to 70,200: 8,000 lost."""
    marks = FixedMarks({"005930": 70_200})
    found = [list(near_limits(holding(a_guard(daily_loss_max=most), 10), marks)) for most in (10_000, 10_001)]
    assert found == [[near(f"{OF_ACCOUNT} daily_loss", 8_000, 10_000, Unit.NOTIONAL)], []]


def test_orders_without_a_fill():
    guard = a_guard(OF_STRATEGY, unfilled_orders_max=5)
    for number in range(4):
        guard.note_order(KEY, number)
    assert list(near_limits(guard, MARKS)) == [near("strategy:twap unfilled_orders", 4, 5, Unit.COUNT)]


def test_no_limits_no_alerts():
    assert list(near_limits(Guard(OF_ACCOUNT, OFF), MARKS)) == []
