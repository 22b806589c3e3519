"""The venue's drop copy over FIX 4.4 or 5.0 SP2: a session like that of orders, on which at most cancels are asked for.

Each ExecutionReport(8) is a copy; OnBehalfOfCompID(115) names the session that entered the order. ClOrdIDs are unique
within a session only: those of other sessions are folded into numbers that none of ours has. Where our own order
session calls a fill by its match (OUCH), a copy of ours is put into the same words: TrdMatchID(880) for ExecID(17).

Where the venue lets the session cancel for its member, CancelOnBehalf and MassCancelOnBehalf leave as F and q. A
cancelled order is told by its copy, a refusal by 9; what was on its way when the line broke the engine asks again.
"""

from collections.abc import Callable
from hashlib import blake2b
from typing import Final

from msgspec.structs import replace

from hts.base.errors import RemoteProtocolError
from hts.gateway.actions import Dial, Hangup
from hts.gateway.fix import FixConfig, FixOrderGateway
from hts.model.enums import ExecType
from hts.model.reports import (
    AnyReport,
    BehalfRefused,
    CopyDown,
    CopyUnread,
    CopyUp,
    ExecutionReport,
    OrderCancelReject,
    ReportCopied,
    SessionDown,
    SessionUp,
)
from hts.model.units import ClOrdID, ExecID
from hts.wire.fix.application import Decimals
from hts.wire.fix.codec import FixMessage
from hts.wire.fix.orders import ON_BEHALF_OF
from hts.wire.fix.shapes import Inspector
from hts.wire.fix.signing import Sign
from hts.wire.fix.store import FixStore

REFUSED: Final = "0"  # MassCancelResponse(531)
MATCH_ID: Final = 880
NAMES: Final = (11, 41)
FOREIGN: Final = 1 << 62  # ClOrdIDs of other sessions
BUST: Final = 1 << 62  # of a match: the ExecID of what broke it (hts.gateway.ouch_orders)
CORRECTION: Final = 1 << 61
ELSEWHERE: Final = 1 << 60  # of another system's fills, where ours are called by their match


def foreign_id(session: str, name: str) -> ClOrdID:
    """A number for another session's ClOrdID(11), always the same."""
    digest = blake2b(f"{session}\0{name}".encode(), digest_size=8).digest()
    return ClOrdID(FOREIGN | int.from_bytes(digest, "big") >> 3)


class FixDropCopyGateway(FixOrderGateway):
    """One drop copy session. `own` is our order session's name at the venue."""

    def __init__(
        self,
        config: FixConfig,
        inspector: Inspector,
        px_decimals: Decimals,
        date_of: Callable[[int], int],
        store: FixStore | None = None,
        *,
        own: str,
        by_match: bool = False,
        may_cancel: bool = False,
        sign: Sign | None = None,
    ) -> None:
        """`by_match`: our order session calls fills by their match. `may_cancel`: the venue lets it cancel."""
        super().__init__(config, inspector, px_decimals, date_of, store, sign=sign)
        self._own = own
        self._by_match = by_match
        self._may_cancel = may_cancel
        self._begun = 0  # the date for which the numbers were begun anew

    def _begin_session(self) -> None:
        """A new day has numbers of its own, which the venue has begun to use: a reset would drop what it told since."""
        date = self._date_of(self._trade_ns)
        if self._is_new_day and date != self._begun:
            self._begun = date
            self._store.reset(self._trade_ns)
        self._open_session(reset=self._wants_reset)

    def next_event(self) -> AnyReport | Dial | Hangup | None:
        """The oldest report or instruction not yet taken."""
        event = super().next_event()
        if isinstance(event, SessionUp):
            return CopyUp(
                venue=self.venue, epoch=event.epoch, trading_date=event.trading_date, may_cancel=self._may_cancel
            )
        if isinstance(event, SessionDown):
            return CopyDown(venue=self.venue, reason=event.reason, detail=event.detail)
        return event

    def _message(self, message: FixMessage) -> None:
        """A copy that cannot be read is told and left: asking for it again would bring the same."""
        if message.msg_type == "j":
            super()._message(message)
        try:
            if message.msg_type == "8":
                self._events.append(self._copy(message))
            elif message.msg_type == "9":
                self._events.append(self._refused(message))
            elif message.msg_type == "r":
                _check_mass_cancel(message)
        except RemoteProtocolError as error:
            self._events.append(CopyUnread(venue=self.venue, detail=f"message {message.integer(34)}: {error}"))

    def _refused(self, message: FixMessage) -> BehalfRefused:
        values = list(message.values)
        if (at := message.index.get(41)) is not None:
            values[at] = b"0"  # what we called it by: NONE
        found = self._messages.read_report(FixMessage(message.frame, message.tags, values, message.index), self.venue)
        assert isinstance(found, OrderCancelReject), found
        return BehalfRefused(venue=self.venue, reject=replace(found, venue_seq=2 * found.venue_seq))

    def _copy(self, message: FixMessage) -> ReportCopied:
        system = message.text(ON_BEHALF_OF) or self._own
        is_own = system == self._own
        found = self._messages.read_report(message if is_own else _renamed(message, system), self.venue)
        if not isinstance(found, ExecutionReport):
            raise RemoteProtocolError(f"an execution expected, found {type(found).__name__}")
        report = replace(found, venue_seq=2 * found.venue_seq)
        if not self._by_match:
            return ReportCopied(venue=self.venue, system=system, is_own=is_own, report=report)
        if not is_own:
            return ReportCopied(venue=self.venue, system=system, is_own=False, report=_elsewhere(report))
        return ReportCopied(
            venue=self.venue,
            system=system,
            is_own=True,
            report=_by_match(report, message.integer(MATCH_ID)) if MATCH_ID in message else _of_no_match(report),
            corrected_id=ExecID(report.exec_ref_id | CORRECTION),
        )


def _check_mass_cancel(message: FixMessage) -> None:
    """Each order is told by its copy. Raises RemoteProtocolError for a refusal, which a person is then told."""
    if message.text(531) == REFUSED:
        raise RemoteProtocolError(f"the mass cancel {message.text(11)} was refused: {message.text(58)}")


def _renamed(message: FixMessage, system: str) -> FixMessage:
    """The message with ClOrdIDs that are numbers of ours."""
    values = list(message.values)
    for tag in NAMES:
        at = message.index.get(tag)
        if at is not None:
            values[at] = str(foreign_id(system, message.text(tag))).encode()
    return FixMessage(message.frame, message.tags, values, message.index)


def _by_match(report: ExecutionReport, match_id: int) -> ExecutionReport:
    if report.exec_type is ExecType.TRADE_CANCEL:
        return replace(report, exec_id=ExecID(match_id | BUST), exec_ref_id=ExecID(match_id))
    if report.exec_type is ExecType.TRADE_CORRECT:
        return replace(report, exec_id=ExecID(report.exec_id | CORRECTION), exec_ref_id=ExecID(match_id))
    return report


def _of_no_match(report: ExecutionReport) -> ExecutionReport:
    """A break that does not say of which match: the engine looks for a fill that is like it."""
    if report.exec_type not in (ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT):
        return report
    return replace(report, exec_id=ExecID(report.exec_id | CORRECTION), exec_ref_id=ExecID(0))


def _elsewhere(report: ExecutionReport) -> ExecutionReport:
    """Fills of other systems keep their ExecIDs, which may be the numbers of matches: no fill of ours is called so."""
    exec_id, ref_id = int(report.exec_id), int(report.exec_ref_id)
    return replace(
        report,
        exec_id=ExecID(exec_id | ELSEWHERE if exec_id else 0),
        exec_ref_id=ExecID(ref_id | ELSEWHERE if ref_id else 0),
    )
