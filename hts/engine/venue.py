"""One venue as this process sees it: its order session, its market data, what is to be told to it."""

from collections.abc import Callable

from msgspec import Struct, field

from hts.engine.market import Market
from hts.engine.minute import Minute
from hts.model.quotes import AnyQuote
from hts.model.reports import ReportCopied
from hts.model.units import ClOrdID, ExecID
from hts.model.views import LinkState

Decode = Callable[[bytes, int], tuple[AnyQuote, ...]]


class VenueLink(Struct, kw_only=True):
    """The order session as this process sees it. Trading at the venue is locked until it is UP, that is reconciled."""

    state: LinkState = LinkState.DOWN
    detail: str = ""
    speed_milli: int = 1000
    was_up: bool = False  # since this process began
    ups: int = 0  # logons since then
    downs: int = 0
    heard_ns: int = 0  # machine time of its last message
    reconnects: int = 0  # logons of the trading day but for the first
    accepted: int = 0  # orders, since this process began
    rejected: int = 0
    answers: Minute = field(default_factory=lambda: Minute(2))  # of the two before
    mass_status_count: int = 0
    mass_status_req_id: int = 0
    reported: set[ClOrdID] = field(default_factory=set)  # orders that the mass status named
    cancelled_again: set[ClOrdID] = field(default_factory=set)  # lost cancels repeated in this session


class Copies(Struct, kw_only=True):
    """The venue's drop copy as this process sees it, and what it told too early to be taken.

    `parked`: of a day that our order session has not begun; `undos`: of fills that our session has not told, `since`
    when. `is_full`: some had to be left, and so must all that follow. `may_cancel`: other systems' orders, by it;
    `must_repeat`: it broke since they were asked for.
    """

    state: LinkState = LinkState.DOWN
    was_up: bool = False
    may_cancel: bool = False
    must_repeat: bool = False
    parked: list[ReportCopied] = field(default_factory=list)
    undos: dict[ExecID, ReportCopied] = field(default_factory=dict)
    since: dict[ExecID, int] = field(default_factory=dict)
    is_full: bool = False

    def leave(self, subject: str) -> int:
        """Wait no longer for the fills of those that an alert was about; returns how many."""
        left = [exec_id for exec_id, copied in self.undos.items() if subject_of(copied) == subject]
        for exec_id in left:
            del self.undos[exec_id], self.since[exec_id]
        return len(left)


def subject_of(undo: ReportCopied) -> str:
    """How an alert names a trade that was taken back."""
    return f"{undo.venue} {undo.report.symbol} {undo.report.cl_ord_id}"


class Venue:
    """What one engine keeps of one venue beside the journaled state. A venue that is down stops no other."""

    def __init__(self, name: str, decode: Decode) -> None:
        self.name = name
        self.decode = decode
        self.market = Market(name)
        self.link = VenueLink()
        self.is_session_started = False
        self.copies = Copies()
        self.cancel_when_up = False  # the last terminal went while the venue could not be reached

    @property
    def is_up(self) -> bool:
        """Whether requests may be sent."""
        return self.link.state is LinkState.UP
