"""From the core's state to alerts: looked at once a second, and told where something happens."""

from collections.abc import Iterator
from typing import Final

from hts.engine.core import Batch, Core
from hts.engine.entry import deny
from hts.engine.freeze import scope_name
from hts.engine.line_watch import line_troubles, too_many_reconnects
from hts.engine.venue import Venue, subject_of
from hts.model.alerts import AlertKind, Severity
from hts.model.denials import Denial, Rule, Unit
from hts.model.effects import Publish
from hts.model.intents import AckAlert
from hts.model.records import IntentDone
from hts.model.scopes import HaltCause
from hts.model.views import LinkState
from hts.oms.order import Order
from hts.risk.alerts import Trouble, warning
from hts.risk.checks import FLOW_RULES, LIMIT_RULES
from hts.risk.guard import Guard
from hts.risk.near import near_limits

LIMITS: Final = frozenset(rule.rule for rule in (*LIMIT_RULES, *FLOW_RULES))
UNDO_PATIENCE_NS: Final = 10_000_000_000
_US_PER_MS: Final = 1_000
_RUNAWAYS: Final = frozenset({HaltCause.UNFILLED_ORDERS, HaltCause.LOSS_RATE, HaltCause.SELF_CROSS})


def watch(batch: Batch) -> None:
    """All conditions as they are now."""
    core = batch.core
    for venue in core.venues.values():
        lost = venue.market.losses.look(venue.market.sequencer.stats, batch.mono_ns)
        if lost:
            _note(batch, warning(AlertKind.MARKET_DATA_GAPS, venue.name, figure=lost, unit=Unit.COUNT))
    for view in core.alerts.update(conditions(core), batch.trade_ns):
        batch.add(Publish(view))


def conditions(core: Core) -> Iterator[Trouble]:
    """What holds: lines that are down, scopes that are stopped, limits nearly used up, answers that come late,
    changes that wait for the close, terminals that may only look.
    """
    for venue in core.venues.values():
        if venue.link.was_up and venue.link.state is not LinkState.UP:
            yield _critical(AlertKind.ORDERS_DOWN, venue.name)
        if venue.copies.was_up and venue.copies.state is not LinkState.UP:
            yield warning(AlertKind.COPIES_DOWN, venue.name)
        yield from _waiting_undos(venue, core.mono_ns)
        if venue.market.link is LinkState.DOWN:
            yield _critical(AlertKind.MARKET_DATA_DOWN, venue.name)
    for guard in core.state.guards:
        if guard.is_halted:
            yield _halt(guard)
        else:
            yield from near_limits(guard, core)
    yield from line_troubles(core)
    for scope in core.state.guards.queued:
        yield warning(AlertKind.CHANGE_QUEUED, scope_name(scope))
    for other in core.other_builds:
        yield warning(AlertKind.BUILD_MIX, other)
    *_, ack_us = core.latency.percentiles()
    most_ms = core.config.latency_alert_ms
    if most_ms and ack_us > most_ms * _US_PER_MS:
        figure_ms = ack_us // _US_PER_MS
        yield warning(AlertKind.LATENCY, "p99", figure=figure_ms, limit=most_ms, unit=Unit.MS)


def _waiting_undos(venue: Venue, mono_ns: int) -> Iterator[Trouble]:
    """Trades that were taken back, of fills that nobody told us: what we hold may not be what the venue says."""
    for exec_id, since_ns in venue.copies.since.items():
        if mono_ns - since_ns >= UNDO_PATIENCE_NS:
            undo = venue.copies.undos[exec_id]
            yield Trouble(
                kind=AlertKind.UNDO_WAITS,
                severity=Severity.CRITICAL,
                subject=subject_of(undo),
                figure=int(undo.report.last_qty),
            )


def _critical(kind: AlertKind, subject: str) -> Trouble:
    return Trouble(kind=kind, severity=Severity.CRITICAL, subject=subject)


def _halt(guard: Guard) -> Trouble:
    if guard.cause is HaltCause.REJECT_STORM:
        kind = AlertKind.REJECT_STORM
    elif guard.cause in _RUNAWAYS:
        kind = AlertKind.RUNAWAY
    else:
        kind = AlertKind.KILL_SWITCH if guard.is_killed else AlertKind.HALTED
    figure, _, limit = guard.detail.rpartition(" ")[2].partition("/")
    is_breaker = figure.isdigit() and limit.isdigit() and kind in (AlertKind.REJECT_STORM, AlertKind.RUNAWAY)
    return Trouble(
        kind=kind,
        severity=Severity.CRITICAL,
        subject=str(guard.scope),
        figure=int(figure) if is_breaker else 0,
        limit=int(limit) if is_breaker else 0,
        unit=Unit.COUNT if is_breaker else Unit.NONE,
    )


def note_denial(batch: Batch, account: str, denial: Denial) -> None:
    """A limit stood in the way of an order."""
    if denial.rule in LIMITS:
        subject = f"{denial.scope or f'account:{account}'} {denial.rule.value}"
        over = Trouble(
            kind=AlertKind.LIMIT_OVER,
            severity=Severity.WARNING,
            subject=subject,
            figure=denial.figure,
            limit=denial.limit,
            unit=denial.unit,
        )
        _note(batch, over)


def note_reject(batch: Batch, order: Order) -> None:
    """The venue refused an order."""
    subject = f"account:{order.account} {order.venue}"
    _note(
        batch,
        Trouble(kind=AlertKind.REJECTED, severity=Severity.WARNING, subject=subject, figure=order.reason_code),
    )


def note_reconnect(batch: Batch, venue: Venue) -> None:
    """The order line stands again; of the first logon of a day nothing is told."""
    found = too_many_reconnects(batch.core, venue)
    if found is not None:
        _note(batch, found)


def _note(batch: Batch, trouble: Trouble) -> None:
    for view in batch.core.alerts.note(trouble, batch.trade_ns):
        batch.show(view)


def acknowledge(batch: Batch, intent: AckAlert) -> None:
    """A person has seen an alert. Of a broken trade whose fill is not known, that ends the waiting for it."""
    seen = batch.core.alerts.acknowledge(intent.alert_id, intent.user or intent.account, batch.trade_ns)
    if seen is None:
        deny(batch, intent, Denial(rule=Rule.NOTHING_TO_DO))
        return
    batch.record(
        IntentDone(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            request_id=intent.request_id,
            account=intent.account,
            count=1,
        )
    )
    batch.show(seen)
    if seen.kind is AlertKind.UNDO_WAITS:
        for venue in batch.core.venues.values():
            if venue.copies.leave(seen.subject):
                batch.notice("undo_left", seen.subject)
