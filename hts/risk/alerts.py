"""The sink of alerts: what stands, what is over, who has seen it. Bounded; the same trouble is one alert.

Two kinds of trouble. A condition holds until it ends (a line is down, a scope is stopped): `update` takes all that hold
now, raises the new ones and ends the rest. An incident happens (an order was refused): `note` counts it, and it ends by
itself when it has not happened for a while. An alert that is over and acknowledged is forgotten; when the sink is full,
the least important oldest one makes room.
"""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from hts.model.alerts import AlertKind, AlertView, Severity
from hts.model.denials import Unit

ALERTS_MAX: Final = 200
QUIET_NS: Final = 60_000_000_000  # an incident that has not happened for so long is over
REPEAT_NS: Final = 10_000_000_000  # an incident that goes on is told again so often, with its count
_RANK: Final = {Severity.INFO: 0, Severity.WARNING: 1, Severity.CRITICAL: 2}

Key = tuple[AlertKind, str]


class Trouble(Struct, frozen=True, kw_only=True):
    """Something that holds, or happened. The same kind and subject is the same trouble."""

    kind: AlertKind
    severity: Severity
    subject: str
    figure: int = 0
    limit: int = 0
    unit: Unit = Unit.NONE

    @property
    def key(self) -> Key:
        """What makes it the same."""
        return (self.kind, self.subject)


def warning(kind: AlertKind, subject: str, *, figure: int = 0, limit: int = 0, unit: Unit = Unit.NONE) -> Trouble:
    """Something that should be looked at, and stops nothing."""
    severity = Severity.WARNING
    return Trouble(kind=kind, severity=severity, subject=subject, figure=figure, limit=limit, unit=unit)


class AlertSink:
    """Functions return the alerts that changed and are to be shown, in order."""

    def __init__(self) -> None:
        self._alerts: dict[int, AlertView] = {}
        self._standing: dict[Key, int] = {}
        self._incidents: set[Key] = set()
        self._told_ns: dict[int, int] = {}
        self._last_id = 0

    @property
    def alerts(self) -> tuple[AlertView, ...]:
        """All that stand or are not acknowledged, oldest first."""
        return tuple(self._alerts.values())

    def update(self, holding: Iterable[Trouble], now_ns: int) -> list[AlertView]:
        """All conditions that hold now: new ones are raised, graver ones told again, those that are gone end."""
        changed: list[AlertView] = []
        current = {trouble.key: trouble for trouble in holding}
        for trouble in current.values():
            known = self._find(trouble.key)
            if known is None:
                changed.append(self._raise(trouble, now_ns))
            elif known.severity is not trouble.severity:
                changed.append(self._put(_as_now(known, trouble, now_ns), now_ns))
        for key, alert_id in list(self._standing.items()):
            quiet = key in self._incidents and now_ns - self._alerts[alert_id].last_ns >= QUIET_NS
            if quiet or (key not in self._incidents and key not in current):
                changed.append(self._end(key, now_ns))
        return changed

    def note(self, incident: Trouble, now_ns: int) -> list[AlertView]:
        """It happened, again: told at once the first time, then now and then with its count."""
        known = self._find(incident.key)
        if known is None:
            self._incidents.add(incident.key)
            return [self._raise(incident, now_ns)]
        again = replace(_as_now(known, incident, now_ns), count=known.count + 1)
        if known.severity is incident.severity and now_ns - self._told_ns[known.alert_id] < REPEAT_NS:
            self._alerts[known.alert_id] = again
            return []
        return [self._put(again, now_ns)]

    def acknowledge(self, alert_id: int, user: str, now_ns: int) -> AlertView | None:
        """Somebody has seen it; None when there is no such alert, or somebody had seen it before."""
        known = self._alerts.get(alert_id)
        if known is None or known.acknowledged_by:
            return None
        seen = self._put(replace(known, acknowledged_by=user or "?"), now_ns)
        if seen.is_over:
            self._forget(alert_id)
        return seen

    # -- leaves

    def _find(self, key: Key) -> AlertView | None:
        alert_id = self._standing.get(key)
        return None if alert_id is None else self._alerts[alert_id]

    def _raise(self, trouble: Trouble, now_ns: int) -> AlertView:
        if len(self._alerts) >= ALERTS_MAX:
            self._forget(min(self._alerts.values(), key=_importance).alert_id)
        self._last_id += 1
        self._standing[trouble.key] = self._last_id
        return self._put(
            AlertView(
                alert_id=self._last_id,
                kind=trouble.kind,
                severity=trouble.severity,
                subject=trouble.subject,
                figure=trouble.figure,
                limit=trouble.limit,
                unit=trouble.unit,
                first_ns=now_ns,
                last_ns=now_ns,
            ),
            now_ns,
        )

    def _end(self, key: Key, now_ns: int) -> AlertView:
        alert = self._alerts[self._standing.pop(key)]
        self._incidents.discard(key)
        over = self._put(replace(alert, is_over=True), now_ns)
        if over.acknowledged_by:
            self._forget(over.alert_id)
        return over

    def _put(self, alert: AlertView, now_ns: int) -> AlertView:
        self._alerts[alert.alert_id] = alert
        self._told_ns[alert.alert_id] = now_ns
        return alert

    def _forget(self, alert_id: int) -> None:
        alert = self._alerts.pop(alert_id)
        self._told_ns.pop(alert_id)
        key = (alert.kind, alert.subject)
        if self._standing.get(key) == alert_id:
            del self._standing[key]
            self._incidents.discard(key)


def _as_now(known: AlertView, trouble: Trouble, now_ns: int) -> AlertView:
    return replace(
        known,
        severity=trouble.severity,
        figure=trouble.figure,
        limit=trouble.limit,
        unit=trouble.unit,
        last_ns=now_ns,
    )


def _importance(alert: AlertView) -> tuple[bool, int, int]:
    """What makes room first: what is over, then what matters least, then what is oldest."""
    return (not alert.is_over, _RANK[alert.severity], alert.last_ns)
