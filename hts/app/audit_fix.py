"""A venue's FIX drop copy from its first message of the day, as what both sides know of each report.

Venues outside of Korea copy over FIX whatever their members trade with. What the copy and the core call alike differs
by protocol: a request has the client's own name where its protocol has one, and a fill has the number of this side's
execution, which OUCH does not tell: there it has its price. A cancel may have a number of the venue's own. So each
report goes under the first name of its order, and an order that expired counts as cancelled: OUCH knows no difference.
The session is the one of FIX 4.4; that of 5.0 is the core's own.
"""

import socket
import time
from typing import Final

from hts.app.config import VenueSettings
from hts.app.core_feeds import px_decimals_of
from hts.app.fix_tables import load_dictionary
from hts.app.venue_ports import venue_ports
from hts.base.errors import ConfigError
from hts.io.loopback import HOST
from hts.model.enums import ExecType
from hts.model.reports import ExecutionReport
from hts.wire.fix.config import SessionConfig
from hts.wire.fix.events import LoggedOut, MessageReceived, SessionFault
from hts.wire.fix.framing import FrameReader
from hts.wire.fix.orders import OrderMessages
from hts.wire.fix.session import FixSession
from hts.wire.fix.shapes import Inspector
from hts.wire.fix.states import Role

PATIENCE_S: Final = 60.0
RECEIVE_BYTES: Final = 1 << 16
BEGIN_STRING: Final = "FIX.4.4"
HEARTBEAT: Final = b"\x0135=0\x01"
FILLS: Final = frozenset({ExecType.TRADE, ExecType.TRADE_CORRECT})

Said = tuple[str, int, int, int, int]


class CopyNames:
    """Reports of one side, in order, to what both sides know. `by_px`: a fill has no number that both know."""

    def __init__(self, *, by_px: bool) -> None:
        self._by_px = by_px
        self._first: dict[int, int] = {}  # the order's first name, by each of its others

    def said(self, report: ExecutionReport) -> Said:
        """See the module's text."""
        name = int(report.cl_ord_id)
        if report.orig_cl_ord_id:
            self._first[name] = self._first.get(report.orig_cl_ord_id, int(report.orig_cl_ord_id))
        kind = ExecType.CANCELED if report.exec_type is ExecType.EXPIRED else report.exec_type
        number = int(report.last_px if self._by_px else report.exec_id) if kind in FILLS else 0
        return (kind.value, self._first.get(name, name), number, report.cum_qty, report.leaves_qty)


def read_fix_copy(settings: VenueSettings, venue: str, *, by_px: bool) -> list[Said]:
    """Every report of the member's day. Raises ConfigError when the venue refuses or stays silent."""
    inspector = Inspector(load_dictionary(BEGIN_STRING))
    config = SessionConfig(
        role=Role.INITIATOR,
        sender_comp_id=f"{settings.member}-DC44",
        target_comp_id=venue,
        heartbeat_s=1,
        next_expected=True,
        logon_fields=((554, settings.password.encode("ascii")),),
    )
    port = venue_ports(settings.port_base, venue).drop_copy
    session, messages = FixSession(config, inspector), OrderMessages(inspector.dictionary, px_decimals_of(venue))
    names, found = CopyNames(by_px=by_px), []
    try:
        with socket.create_connection((HOST, port), timeout=PATIENCE_S) as peer:
            for event in _read(peer, session):
                if event.message.msg_type != "8":
                    continue
                report = messages.read_report(event.message, venue)
                assert isinstance(report, ExecutionReport), report
                found.append(names.said(report))
    except OSError as error:
        raise ConfigError(f"drop copy at {HOST}:{port}: {error}") from error
    return found


def _read(peer: socket.socket, session: FixSession) -> list[MessageReceived]:
    """Until a heartbeat has the number of the next message: all before it has come."""
    found: list[MessageReceived] = []
    frames = FrameReader()
    deadline = time.monotonic() + PATIENCE_S
    session.connected(time.time_ns(), time.monotonic_ns())
    while time.monotonic() < deadline:
        peer.sendall(session.data_to_send())
        data = peer.recv(RECEIVE_BYTES)
        if not data:
            raise ConfigError("drop copy: expected the day's reports, found a closed connection")
        now = (time.time_ns(), time.monotonic_ns())
        session.receive_data(data, *now)
        session.on_timer(*now)
        while (event := session.next_event()) is not None:
            if isinstance(event, MessageReceived):
                found.append(event)
            elif isinstance(event, LoggedOut | SessionFault):
                raise ConfigError(f"drop copy: expected the day's reports, found the session ended: {event.text}")
        frames.append(data)
        while (frame := frames.next_frame()) is not None:
            if (
                isinstance(frame, bytes)
                and HEARTBEAT in frame
                and b"\x0134=%d\x01" % (session.next_in_seq - 1) in frame
            ):
                return found
    raise ConfigError(f"drop copy: expected its end within {PATIENCE_S:g} s, found {len(found)} reports and no end")
