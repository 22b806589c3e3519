"""An order line that stands and is not well: silent, refusing much, or reconnected again and again."""

from collections.abc import Iterator
from typing import Final

from hts.engine.config import LineAlerts
from hts.engine.core import Core
from hts.engine.venue import Venue
from hts.model.alerts import AlertKind
from hts.model.denials import Unit
from hts.model.views import LinkState
from hts.risk.alerts import Trouble, warning

ANSWERS_MIN: Final = 10  # of fewer orders in a minute no share is told: one refusal of one order is all of them
_MS: Final = 1_000_000
_ALL_BP: Final = 10_000


def line_troubles(core: Core) -> Iterator[Trouble]:
    """What holds of the lines that somebody set thresholds for."""
    for limits in core.config.line_alerts:
        venue = core.venues.get(limits.venue)
        if venue is not None:
            yield from _silence(venue, limits, core.mono_ns)
            yield from _refusals(venue, limits, core.mono_ns)


def too_many_reconnects(core: Core, venue: Venue) -> Trouble | None:
    """Whether the reconnect that has just been is one of too many in the day."""
    count = venue.link.reconnects
    for limits in core.config.line_alerts:
        if limits.venue == venue.name and limits.reconnects and count >= limits.reconnects:
            return warning(AlertKind.RECONNECTS, venue.name, figure=count, limit=limits.reconnects, unit=Unit.COUNT)
    return None


def _silence(venue: Venue, limits: LineAlerts, mono_ns: int) -> Iterator[Trouble]:
    silent_ns = mono_ns - venue.link.heard_ns
    if limits.silent_ns and venue.link.state is LinkState.UP and silent_ns > limits.silent_ns:
        yield warning(
            AlertKind.ORDERS_SILENT,
            venue.name,
            figure=silent_ns // _MS,
            limit=limits.silent_ns // _MS,
            unit=Unit.MS,
        )


def _refusals(venue: Venue, limits: LineAlerts, mono_ns: int) -> Iterator[Trouble]:
    link = venue.link
    accepted, rejected = link.answers.look(mono_ns, link.accepted, link.rejected)
    total = accepted + rejected
    if limits.rejects_bp and total >= ANSWERS_MIN and rejected * _ALL_BP > limits.rejects_bp * total:
        share_bp = rejected * _ALL_BP // total
        yield warning(AlertKind.REJECT_RATE, venue.name, figure=share_bp, limit=limits.rejects_bp, unit=Unit.BP)
