"""The thresholds of an order line: silence, the share of rejects, reconnects. Just at them nothing is told."""

import pytest

from hts.engine.config import LineAlerts
from hts.engine.line_watch import ANSWERS_MIN
from hts.engine.minute import MINUTE_NS
from hts.engine.recovery import STATUS_TIMER
from hts.model.alerts import AlertKind, AlertView, Severity
from hts.model.denials import Unit
from hts.model.enums import ExecType
from hts.model.reports import SessionDown
from tests.engine.kit import a_ready_desk, session_up, views
from tests.support.builders import DATE, VENUE, a_report, an_intent

S = 1_000_000_000
MS = 1_000_000


def a_desk(**limits):
    return a_ready_desk(line_alerts=(LineAlerts(venue=VENUE, **limits), LineAlerts(venue="LSE", **limits)))


def alerts(effects):
    found = [view for view in views(effects) if isinstance(view, AlertView)]
    assert {(one.subject, one.severity) for one in found} <= {(VENUE, Severity.WARNING)}
    return [(one.kind, one.figure, one.limit, one.unit, one.is_over) for one in found]


def look(desk):
    return alerts(desk.take(desk.engine.on_timer(STATUS_TIMER, *desk.at())))


def test_a_line_that_stands_and_brings_nothing_is_an_alert_until_it_speaks():
    desk = a_desk(silent_ns=45 * S)
    desk.mono_ns += 45 * S
    assert look(desk) == []
    desk.mono_ns += MS
    silent = (AlertKind.ORDERS_SILENT, 45_001, 45_000, Unit.MS)
    assert look(desk) == [(*silent, False)]
    assert look(desk) == []
    desk.engine.on_line_heard(VENUE, desk.mono_ns)
    assert look(desk) == [(*silent, True)]


def test_a_line_that_is_down_is_told_as_that_and_nothing_else():
    desk = a_desk(silent_ns=45 * S)
    desk.report(SessionDown(venue=VENUE, reason="tcp_lost"))
    desk.mono_ns += 46 * S
    found = desk.take(desk.engine.on_timer(STATUS_TIMER, *desk.at()))
    assert [view.kind for view in views(found) if isinstance(view, AlertView)] == [AlertKind.ORDERS_DOWN]


def answer(desk, exec_types):
    for exec_type in exec_types:
        desk.intent(an_intent(f"r{len(desk.sent)}", px=71_000 - 100 * (len(desk.sent) % 50)))
        sent = desk.sent[-1]
        desk.report(a_report(exec_type, desk.next_seq, cl_ord_id=sent.cl_ord_id, px=sent.px, reason_code=3))


@pytest.mark.parametrize(
    ("accepted", "rejected", "share_bp"),
    [(9, 1, None), (8, 2, 2_000), (0, ANSWERS_MIN - 1, None), (0, ANSWERS_MIN, 10_000)],
)
def test_a_share_of_refused_orders_over_the_threshold(accepted, rejected, share_bp):
    desk = a_desk(rejects_bp=1_000)
    answer(desk, [ExecType.NEW] * accepted + [ExecType.REJECTED] * rejected)
    found = [one for one in look(desk) if one[0] is AlertKind.REJECT_RATE]
    wanted = (AlertKind.REJECT_RATE, share_bp, 1_000, Unit.BP)
    assert found == ([] if share_bp is None else [(*wanted, False)])
    if found:
        desk.mono_ns += MINUTE_NS
        assert [one for one in look(desk) if one[0] is AlertKind.REJECT_RATE] == [(*wanted, True)]


def reconnect(desk, epoch=1, date=DATE):
    desk.report(SessionDown(venue=VENUE, reason="tcp_lost"))
    return [one for one in alerts(desk.report(session_up(epoch, date))) if one[0] is AlertKind.RECONNECTS]


def test_each_reconnect_from_the_threshold_on_is_told_once_and_a_day_begins_anew():
    desk = a_desk(reconnects=2)
    assert reconnect(desk) == []
    assert reconnect(desk) == [(AlertKind.RECONNECTS, 2, 2, Unit.COUNT, False)]
    assert reconnect(desk) == []  # counted: within ten seconds it is not told again
    (alert,) = [one for one in desk.engine.core.alerts.alerts if one.kind is AlertKind.RECONNECTS]
    assert (alert.figure, alert.count) == (3, 2)
    assert reconnect(desk, epoch=2, date=DATE + 1) == []
    assert desk.engine.core.venues[VENUE].link.reconnects == 0


def test_without_thresholds_nothing_is_told():
    desk = a_desk()
    desk.mono_ns += 3_600 * S
    assert look(desk) == [] == [one for _ in range(3) for one in reconnect(desk)]
