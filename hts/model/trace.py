"""One order's way through the house: when each hop was done, and the bytes that were on the wire.

Times are of the machine's monotonic clock, the same one in terminal and core while both run on one machine.
"""

from enum import Enum

from msgspec import Struct

from hts.model.denials import Rule, Unit
from hts.model.enums import ExecType
from hts.model.units import ClOrdID


class Hop(Enum):
    """A part of an order's way, named by what is done at its end; the value is the key of the text catalogue."""

    KEY = "key"  # key handler, until the bytes are with the socket: the terminal knows
    LINK = "link"  # until the core has read the intent; without the terminal's stamp it begins at the key
    CHECK = "check"  # until risk has passed it and the request is made
    JOURNAL = "journal"  # until the record is written
    ENCODE = "encode"  # until the venue's message is made, the wait for slices before it included
    WIRE = "wire"  # until the operating system has the bytes
    VENUE = "venue"  # until the venue's answer was read
    PUBLISH = "publish"  # until the view was handed to the terminals' connections
    RETURN = "return"  # until the terminal read it, at its next frame
    PAINT = "paint"  # until the frame with it was painted


CORE_HOPS = (Hop.LINK, Hop.CHECK, Hop.JOURNAL, Hop.ENCODE, Hop.WIRE, Hop.VENUE, Hop.PUBLISH)


class OrderWay(Struct, frozen=True, kw_only=True):
    """Ends of hops in nanoseconds, 0 where one was not reached or is not known."""

    key_ns: int = 0
    read_ns: int = 0
    decided_ns: int = 0
    journaled_ns: int = 0
    encoded_ns: int = 0
    wire_ns: int = 0
    ack_ns: int = 0
    published_ns: int = 0


class Told(Struct, frozen=True, kw_only=True):
    """A report of the venue about the order, when it was read."""

    exec_type: ExecType
    mono_ns: int
    qty: int = 0
    px: int = 0


class WireChunk(Struct, frozen=True, kw_only=True):
    """Bytes as they went to the socket or came from it; `before` are those that came just before on the same line.

    A chunk that came may hold several messages, and the first may have begun in `before`.
    """

    venue: str
    protocol: str  # as `hts decode` calls it
    is_sent: bool
    mono_ns: int
    data: bytes
    before: bytes = b""


class CheckTold(Struct, frozen=True, kw_only=True):
    """What a rule of risk said: `figure` against `limit`, both in `unit`; NONE where there is only yes or no.

    `scope` is whose limit it was, "" for the account's own or the order's.
    """

    rule: Rule
    is_passed: bool = True
    figure: int = 0
    limit: int = 0
    unit: Unit = Unit.NONE
    scope: str = ""
    detail: str = ""


class TraceView(Struct, frozen=True, kw_only=True, tag="trace"):
    """All that the core knows of an order's way, in answer to RequestOrderTrace.

    `ids` are the ClOrdIDs of the chain. `forgotten`: the core kept bytes of younger orders in their place. `checks` are
    the rules that were asked of the newest act on it, in their order; none where it is no longer among the newest.
    """

    order_id: ClOrdID
    is_known: bool = True
    ids: tuple[ClOrdID, ...] = ()
    way: OrderWay = OrderWay()
    told: tuple[Told, ...] = ()
    chunks: tuple[WireChunk, ...] = ()
    forgotten: bool = False
    checks: tuple[CheckTold, ...] = ()
    trade_ns: int = 0  # the venue's time and the machine's, taken together at the answer
    mono_ns: int = 0


class HopCounts(Struct, frozen=True, kw_only=True):
    """A histogram of one hop at one venue, in nanoseconds (hts.base.histogram)."""

    hop: Hop
    venue: str
    counts: tuple[tuple[int, int], ...]
    largest: int


class VenueHealth(Struct, frozen=True, kw_only=True):
    """What one venue's lines have been through since the core began. `silent_ms` is -1 where its feed is down."""

    venue: str
    next_in_seq: int = 0
    epoch: int = 0
    sessions: int = 0  # logons
    session_downs: int = 0
    delivered: int = 0  # records of the feed in order
    duplicates: int = 0  # of lines A and B together: the slower copy
    gaps: int = 0
    retransmits: int = 0
    snapshots: int = 0
    overflows: int = 0
    misfits: int = 0
    silent_ms: int = -1


class LatencyView(Struct, frozen=True, kw_only=True, tag="latency"):
    """Histograms of all hops the core sees and the lines' health, in answer to RequestLatency.

    `answered`: the newest answered orders, and when each answer was handed to the terminals' connections. A terminal of
    the same machine knows from it how long the answers took from there.
    """

    hops: tuple[HopCounts, ...]
    venues: tuple[VenueHealth, ...]
    mono_ns: int
    trade_ns: int
    clients: int = 0
    answered: tuple[tuple[ClOrdID, int], ...] = ()
