"""What the core tells about itself: alerts begin, end and are acknowledged."""

from hts.engine.halts import RELEASE_FROM_NS
from hts.engine.recovery import STATUS_TIMER
from hts.model.alerts import AlertKind, AlertView, Severity
from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import ExecType, Phase
from hts.model.intents import AckAlert, SetKillSwitch, SetLimits, SetTradingState
from hts.model.quotes import MdDown, Packet
from hts.model.reports import SessionDown
from hts.model.scopes import Scope, ScopeKind, TradingState
from hts.risk.alerts import QUIET_NS, REPEAT_NS
from hts.risk.limits import RiskLimits, ScopeLimits
from tests.engine.kit import Desk, a_ready_desk, a_snapshot, replies, views
from tests.support.builders import ACCOUNT, TRADE_NS, VENUE, a_report, an_intent

TWAP = Scope(kind=ScopeKind.STRATEGY, name="twap")


def alerts(effects):
    return [view for view in views(effects) if isinstance(view, AlertView)]


def told(effects):
    return [(view.kind, view.severity, view.subject, view.is_over) for view in alerts(effects)]


def look(desk):
    return desk.take(desk.engine.on_timer(STATUS_TIMER, *desk.at()))


def test_all_is_well():
    desk = a_ready_desk()
    assert alerts(look(desk)) == []


def test_lines_that_are_down_are_critical_until_they_are_back():
    desk = a_ready_desk()
    desk.report(SessionDown(venue=VENUE, reason="tcp_lost"))
    desk.engine.on_md_down(MdDown(venue=VENUE, reason="md_silent"), *desk.at())
    critical = Severity.CRITICAL
    down = [(AlertKind.ORDERS_DOWN, critical, VENUE, False), (AlertKind.MARKET_DATA_DOWN, critical, VENUE, False)]
    assert told(look(desk)) == down
    assert told(look(desk)) == []
    desk.log_on()
    assert told(look(desk)) == [(AlertKind.ORDERS_DOWN, critical, VENUE, True)]


def test_a_kill_switch_stands_as_an_alert():
    desk = a_ready_desk()
    desk.intent(SetKillSwitch(request_id="k", account=ACCOUNT, on=True))
    assert told(look(desk)) == [(AlertKind.KILL_SWITCH, Severity.CRITICAL, f"account:{ACCOUNT}", False)]


def test_a_scope_that_a_person_stopped_stands_as_an_alert_until_it_goes_on():
    desk = a_ready_desk()
    stop = SetTradingState(request_id="s", account=ACCOUNT, state=TradingState.HALTED, scope=TWAP, reason="lunch 3/4")
    desk.intent(stop)
    (halted,) = alerts(look(desk))
    assert (halted.kind, halted.severity, halted.subject) == (AlertKind.HALTED, Severity.CRITICAL, "strategy:twap")
    assert (halted.figure, halted.limit, halted.unit) == (0, 0, Unit.NONE)  # what a person says is no figure
    desk.intent(SetTradingState(request_id="r", account=ACCOUNT, state=TradingState.ACTIVE, scope=TWAP))
    code = desk.engine.core.state.guards.release_code(desk.mono_ns)
    desk.mono_ns += RELEASE_FROM_NS
    desk.intent(SetTradingState(request_id="c", account=ACCOUNT, state=TradingState.ACTIVE, scope=TWAP, code=code))
    assert told(look(desk)) == [(AlertKind.HALTED, Severity.CRITICAL, "strategy:twap", True)]


def test_a_strategy_out_of_control_tells_its_figures():
    limits = RiskLimits(unfilled_orders_max=2, duplicate_window_ms=0)
    desk = a_ready_desk(scopes=(ScopeLimits(scope=TWAP, limits=limits),))
    for number in (1, 2):
        desk.intent(an_intent(f"r{number}", px=71_000 - 100 * number, strategy="twap"))
    (runaway,) = [view for view in alerts(look(desk)) if view.kind is AlertKind.RUNAWAY]
    assert (runaway.subject, runaway.severity) == ("strategy:twap", Severity.CRITICAL)
    assert (runaway.figure, runaway.limit, runaway.unit) == (2, 2, Unit.COUNT)


def test_a_storm_tells_its_figures():
    desk = a_ready_desk(limits=RiskLimits(rejects_per_minute=2, duplicate_window_ms=0))
    for number in (1, 2):
        desk.intent(an_intent(f"r{number}"))
        rejected = desk.report(a_report(ExecType.REJECTED, desk.next_seq, cl_ord_id=number, reason_code=3))
    assert told(rejected)[:1] == []  # told once, then counted
    (storm,) = [view for view in alerts(look(desk)) if view.kind is AlertKind.REJECT_STORM]
    assert (storm.figure, storm.limit, storm.unit, storm.severity) == (2, 2, Unit.COUNT, Severity.CRITICAL)


def test_a_refused_order_of_the_venue():
    desk = a_ready_desk()
    desk.intent(an_intent("r1"))
    effects = desk.report(a_report(ExecType.REJECTED, desk.next_seq, reason_code=3))
    (view,) = alerts(effects)
    assert (view.kind, view.subject, view.figure) == (AlertKind.REJECTED, f"account:{ACCOUNT} KRX", 3)


def test_an_order_over_a_limit_and_one_that_is_only_wrong():
    desk = a_ready_desk(limits=RiskLimits(order_qty_max=9))
    (view,) = alerts(desk.intent(an_intent("r1")))
    assert (view.kind, view.subject) == (AlertKind.LIMIT_OVER, f"account:{ACCOUNT} qty_limit")
    assert (view.figure, view.limit, view.unit) == (10, 9, Unit.QTY)
    assert alerts(desk.intent(an_intent("r2"))) == []  # the same again: counted
    assert alerts(desk.intent(an_intent("r3", qty=0))) == []


def test_limits_nearly_used_up():
    desk = a_ready_desk(limits=RiskLimits(working_orders_max=5, duplicate_window_ms=0))
    for number in range(4):
        desk.intent(an_intent(f"r{number}"))
    (view,) = alerts(look(desk))
    assert (view.kind, view.figure, view.limit) == (AlertKind.LIMIT_NEAR, 4, 5)


def test_late_answers():
    desk = a_ready_desk(latency_alert_ms=100)
    for number, late_ns in ((1, 100_000_000), (2, 102_000_000)):
        desk.intent(an_intent(f"r{number}", px=71_000 - 100 * number))
        request = desk.sent[-1]
        desk.engine.on_sent(request, desk.mono_ns)
        desk.mono_ns += late_ns
        desk.report(a_report(venue_seq=desk.next_seq, cl_ord_id=number, px=request.px))
        found = told(look(desk))
    assert found == [(AlertKind.LATENCY, Severity.WARNING, "p99", False)]


def test_a_person_acknowledges_and_a_new_terminal_sees_what_stands():
    desk = a_ready_desk()
    desk.report(SessionDown(venue=VENUE, reason="tcp_lost"))
    (alert,) = alerts(look(desk))
    assert alert in desk.engine.snapshot_views()
    effects = desk.intent(AckAlert(request_id="a1", account=ACCOUNT, alert_id=alert.alert_id, user="kim"))
    (seen,) = alerts(effects)
    assert (seen.acknowledged_by, seen.first_ns) == ("kim", TRADE_NS)
    assert replies(effects)[0].accepted
    again = desk.intent(AckAlert(request_id="a2", account=ACCOUNT, alert_id=alert.alert_id))
    assert replies(again)[0].denial == Denial(rule=Rule.NOTHING_TO_DO)


def lose(desk, count, later_ns=0):
    """Records that neither line brings, and the look that follows once they were asked for."""
    sequencer = desk.engine.core.venues[VENUE].market.sequencer
    next_seq = sequencer.next_seq + count
    packet = Packet(venue=VENUE, line="A", session=1, first_seq=next_seq, count=1, payload=b"")
    desk.engine.on_packet(packet, *desk.at())
    desk.mono_ns += 1_000_000_000
    desk.engine.on_timer(f"md.{VENUE}", *desk.at())
    found = alerts(desk.engine.on_timer(STATUS_TIMER, TRADE_NS + later_ns, desk.mono_ns))
    desk.engine.on_snapshot(a_snapshot(next_seq=next_seq + 1), *desk.at())
    return [(one.kind, one.severity, one.subject, one.figure, one.count, one.is_over) for one in found]


def test_a_feed_that_loses_more_than_a_little_is_told_while_it_goes_on():
    desk = a_ready_desk()
    gaps, warning = AlertKind.MARKET_DATA_GAPS, Severity.WARNING
    assert lose(desk, 9) == []
    assert lose(desk, 1) == [(gaps, warning, VENUE, 10, 1, False)]
    assert told(look(desk)) == []  # no more was lost
    assert lose(desk, 5, REPEAT_NS) == [(gaps, warning, VENUE, 15, 2, False)]
    (alert,) = desk.engine.core.alerts.alerts
    desk.intent(AckAlert(request_id="a", account=ACCOUNT, alert_id=alert.alert_id, user="kim"))
    over = desk.engine.on_timer(STATUS_TIMER, TRADE_NS + REPEAT_NS + QUIET_NS, desk.mono_ns)
    assert told(over) == [(gaps, warning, VENUE, True)]
    assert desk.engine.core.alerts.alerts == ()


def test_a_loosening_that_waits_for_the_close_stands_as_an_alert_until_it_holds():
    limits = RiskLimits(order_qty_max=10, duplicate_window_ms=0)
    desk = a_ready_desk(limits=limits)
    queued, warning = AlertKind.CHANGE_QUEUED, Severity.WARNING
    for number, qty in enumerate((20, 30)):
        desk.intent(SetLimits(request_id=f"l{number}", account=ACCOUNT, limits={"order_qty_max": qty}))
    assert told(look(desk)) == [(queued, warning, f"account:{ACCOUNT}", False)]
    assert told(look(desk)) == []
    again = Desk(desk.journal, limits=limits)
    again.start()
    assert (queued, warning, f"account:{ACCOUNT}", False) in told(look(again))  # it still waits, and is told anew
    desk.engine.on_snapshot(a_snapshot(phase=Phase.CLOSED, next_seq=2), *desk.at())
    assert told(look(desk)) == [(queued, warning, f"account:{ACCOUNT}", True)]


def test_a_terminal_of_another_build_stands_as_an_alert_while_it_is_attached():
    desk = a_ready_desk()
    mix, warning = AlertKind.BUILD_MIX, Severity.WARNING
    desk.engine.on_other_builds(("desk 9.9",))
    assert told(look(desk)) == [(mix, warning, "desk 9.9", False)]
    assert told(look(desk)) == []
    desk.engine.on_other_builds(())
    assert told(look(desk)) == [(mix, warning, "desk 9.9", True)]
