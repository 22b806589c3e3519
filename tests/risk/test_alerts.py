"""The sink: one alert per trouble, told when it begins, gets graver, goes on, ends, and is seen."""

from msgspec.structs import replace

from hts.model.alerts import AlertKind, AlertView, Severity
from hts.model.denials import Unit
from hts.risk.alerts import ALERTS_MAX, QUIET_NS, REPEAT_NS, AlertSink, Trouble

DOWN = Trouble(kind=AlertKind.ORDERS_DOWN, severity=Severity.CRITICAL, subject="KRX")
OVER = Trouble(
    kind=AlertKind.LIMIT_OVER,
    severity=Severity.WARNING,
    subject="account:A1 order_rate",
    figure=21,
    limit=20,
    unit=Unit.PER_SECOND,
)


def a_view(trouble, alert_id=1, at=10, **fields):
    names = ("kind", "severity", "subject", "figure", "limit", "unit")
    values = {name: getattr(trouble, name) for name in names}
    return AlertView(alert_id=alert_id, **{**values, "first_ns": at, "last_ns": at, **fields})


def test_a_condition_is_told_when_it_begins_and_when_it_ends():
    sink = AlertSink()
    found = [sink.update([DOWN], 10), sink.update([DOWN], 20), sink.update([], 30), sink.update([], 40)]
    assert found == [[a_view(DOWN)], [], [a_view(DOWN, is_over=True)], []]
    assert sink.alerts == (a_view(DOWN, is_over=True),)  # nobody has seen it yet


def test_a_condition_that_gets_graver_is_told_again():
    sink = AlertSink()
    mild = replace(DOWN, severity=Severity.WARNING)
    assert sink.update([mild], 10) == [a_view(mild)]
    assert sink.update([DOWN], 20) == [a_view(DOWN, last_ns=20)]


def test_a_condition_that_comes_back_is_a_new_alert():
    sink = AlertSink()
    sink.update([DOWN], 10)
    sink.update([], 20)
    assert sink.update([DOWN], 30) == [a_view(DOWN, alert_id=2, at=30)]


def test_the_same_incident_is_one_alert_with_a_count():
    sink = AlertSink()
    found = [sink.note(OVER, at) for at in (10, 11, 12, 10 + REPEAT_NS)]
    assert found == [[a_view(OVER)], [], [], [a_view(OVER, last_ns=10 + REPEAT_NS, count=4)]]
    other = replace(OVER, subject="account:A2 order_rate")
    assert sink.note(other, 13) == [a_view(other, alert_id=2, at=13)]


def test_an_incident_is_over_after_a_quiet_while():
    sink = AlertSink()
    sink.note(OVER, 10)
    assert sink.update([], 10 + QUIET_NS - 1) == []
    assert sink.update([], 10 + QUIET_NS) == [a_view(OVER, is_over=True)]
    assert sink.note(OVER, 20 + QUIET_NS) == [a_view(OVER, alert_id=2, at=20 + QUIET_NS)]


def test_seen_and_over_is_forgotten_whatever_comes_first():
    first, second = AlertSink(), AlertSink()
    for sink in (first, second):
        sink.update([DOWN], 10)
    assert first.acknowledge(1, "kim", 20) == a_view(DOWN, acknowledged_by="kim")
    assert first.alerts == (a_view(DOWN, acknowledged_by="kim"),)
    assert first.update([], 30) == [a_view(DOWN, acknowledged_by="kim", is_over=True)]
    second.update([], 20)
    assert second.acknowledge(1, "kim", 30) == a_view(DOWN, acknowledged_by="kim", is_over=True)
    assert (first.alerts, second.alerts) == ((), ())


def test_nobody_acknowledges_twice_or_what_is_not_there():
    sink = AlertSink()
    sink.update([DOWN], 10)
    assert sink.acknowledge(1, "", 20) == a_view(DOWN, acknowledged_by="?")
    assert (sink.acknowledge(1, "lee", 30), sink.acknowledge(7, "lee", 30)) == (None, None)


def test_a_full_sink_forgets_what_matters_least():
    sink = AlertSink()
    sink.update([DOWN], 1)
    for number in range(ALERTS_MAX):
        sink.note(replace(OVER, subject=f"a{number}"), 10 + number)
    kept = {alert.subject for alert in sink.alerts}
    assert len(kept) == ALERTS_MAX
    assert DOWN.subject in kept  # the gravest stays though it is the oldest
    assert "a0" not in kept
    assert sink.note(replace(OVER, subject="a0"), 500)[0].count == 1


def test_what_is_over_makes_room_first():
    sink = AlertSink()
    sink.update([DOWN], 1)
    sink.update([], 2)
    for number in range(ALERTS_MAX):
        sink.note(replace(OVER, subject=f"a{number}"), 10 + number)
    assert DOWN.subject not in {alert.subject for alert in sink.alerts}
    assert "a0" in {alert.subject for alert in sink.alerts}
