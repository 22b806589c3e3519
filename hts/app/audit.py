"""What a venue says it did, against what the core has written down.

The venue's drop copy is read over the wire from its first message of the day: UMS in Korea, FIX elsewhere
(hts.app.audit_fix). The core's journal is read from disk. Neither asks the other, so `lost` and `duplicated` are
nobody's own opinion of himself.
"""

import socket
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from hts.app import tables
from hts.app.audit_fix import CopyNames, read_fix_copy
from hts.app.config import VenueSettings
from hts.app.core_gateways import KOREAN, orders_by_fix
from hts.app.paths import HomePaths
from hts.app.venue_ports import venue_ports
from hts.base.errors import ConfigError
from hts.io.files import FileStorage
from hts.io.loopback import HOST
from hts.journal.archive import Archive
from hts.journal.replay import read_journal
from hts.model.enums import ExecType
from hts.model.records import OrderEntered, ReportReceived, VenueSessionStarted
from hts.model.reports import ExecutionReport
from hts.model.venues import HOME_VENUE, TOLD_BY_MATCH
from hts.wire.ums.codec import FrameReader
from hts.wire.ums.events import LoggedOut, MessageReceived, ProtocolFault
from hts.wire.ums.layout import UmsLayout
from hts.wire.ums.messages import Execution, Heartbeat
from hts.wire.ums.session import UmsSession
from hts.wire.ums.states import Role

PATIENCE_S: Final = 60.0
HEARTBEAT_NS: Final = 1_000_000_000  # a heartbeat with the next number tells that all has been read
RECEIVE_BYTES: Final = 1 << 16

Said = tuple[str, int, int, int, int]
"""One report as both sides know it: ExecType, ClOrdID, number of the fill, CumQty, LeavesQty."""

SaidOf = Callable[[ExecutionReport], Said]


class Audit(Struct, frozen=True, kw_only=True):
    """`lost`: said by the venue, not in the journal. `duplicated`: in the journal oftener than said."""

    reports: int
    orders: int
    fills: int
    lost: int
    duplicated: int
    entered_twice: int  # ClOrdIDs that the journal entered more than once
    examples: tuple[str, ...] = ()


def read_drop_copy(venue: VenueSettings, name: str = HOME_VENUE) -> list[Execution]:
    """Every Execution of the member's day at a venue of Korea. Raises ConfigError when it refuses or stays silent."""
    port = venue_ports(venue.port_base, name).order_entry
    layout = UmsLayout.parse(tables.load(tables.PROTOCOLS, "krx_ums"))
    session = UmsSession(
        layout,
        role=Role.INITIATOR,
        comp_id=venue.drop_copy,
        peer_id=name,
        password=venue.password,
        heartbeat_ns=HEARTBEAT_NS,
    )
    try:
        with socket.create_connection((HOST, port), timeout=PATIENCE_S) as peer:
            return _read(peer, session, FrameReader(layout))
    except OSError as error:
        raise ConfigError(f"drop copy at {HOST}:{port}: {error}") from error


def _read(peer: socket.socket, session: UmsSession, frames: FrameReader) -> list[Execution]:
    found: list[Execution] = []
    deadline = time.monotonic() + PATIENCE_S
    now = time.monotonic_ns()
    session.connected(now, now)
    while time.monotonic() < deadline:
        peer.sendall(session.data_to_send())
        data = peer.recv(RECEIVE_BYTES)
        if not data:
            raise ConfigError("drop copy: expected the day's reports, found a closed connection")
        now = time.monotonic_ns()
        session.receive_data(data, now, now)
        session.on_timer(now, now)
        _take(session, found)
        frames.append(data)
        while (frame := frames.next_frame()) is not None:
            if isinstance(frame.message, Heartbeat) and frame.seq == session.next_in_seq:
                return found
    raise ConfigError(f"drop copy: expected its end within {PATIENCE_S:g} s, found {len(found)} reports and no end")


def _take(session: UmsSession, found: list[Execution]) -> None:
    while (event := session.next_event()) is not None:
        if isinstance(event, MessageReceived) and isinstance(event.message, Execution):
            found.append(event.message)
        elif isinstance(event, LoggedOut | ProtocolFault):
            raise ConfigError(f"drop copy: expected the day's reports, found the session ended: {event.text}")


def said_by_venue(executions: list[Execution]) -> Counter[Said]:
    """How often each report was told."""
    return Counter((e.exec_type.value, e.cl_ord_id, e.exec_id, e.cum_qty, e.leaves_qty) for e in executions)


def written_by_core(paths: HomePaths, venue: str, said_of: SaidOf) -> tuple[Counter[Said], Counter[int]]:
    """How often each report of the venue's newest day was applied, and how often each ClOrdID was entered."""
    storage, archive = FileStorage(paths.journal), FileStorage(paths.archive)
    try:
        records = read_journal(storage, older=Archive(archive)).records
    finally:
        storage.close()
        archive.close()
    reports: Counter[Said] = Counter()
    entered: Counter[int] = Counter()
    for record in records:
        if isinstance(record, VenueSessionStarted) and record.venue == venue:
            reports.clear()
        elif isinstance(record, OrderEntered):
            entered[record.cl_ord_id] += 1
        elif isinstance(record, ReportReceived) and isinstance(record.report, ExecutionReport):
            report = record.report
            if report.exec_type is not ExecType.ORDER_STATUS and report.venue == venue:
                reports[said_of(report)] += 1
    return reports, entered


def audit(paths: HomePaths, settings: VenueSettings, venue: str = HOME_VENUE) -> Audit:
    """Compare both. The core must be quiet: what is on its way would count as lost."""
    if venue in KOREAN:
        executions = read_drop_copy(settings, venue)
        told, said_of = said_by_venue(executions), _said_in_korea
    else:
        by_px = venue in TOLD_BY_MATCH and not orders_by_fix(settings)
        told = Counter(read_fix_copy(settings, venue, by_px=by_px))
        said_of = CopyNames(by_px=by_px).said
    written, entered = written_by_core(paths, venue, said_of)
    lost, duplicated = told - written, written - told
    examples = [f"lost {said}" for said in list(lost)[:5]] + [f"duplicated {said}" for said in list(duplicated)[:5]]
    kinds: Counter[str] = Counter()
    for said, count in told.items():
        kinds[said[0]] += count
    return Audit(
        reports=told.total(),
        orders=kinds[ExecType.NEW.value] + kinds[ExecType.REJECTED.value],
        fills=kinds[ExecType.TRADE.value],
        lost=lost.total(),
        duplicated=duplicated.total(),
        entered_twice=sum(count > 1 for count in entered.values()),
        examples=tuple(examples),
    )


def _said_in_korea(report: ExecutionReport) -> Said:
    return (report.exec_type.value, report.cl_ord_id, report.exec_id, report.cum_qty, report.leaves_qty)
