"""Market data after decoding. Prices and quantities are plain ints in these hot values."""

from typing import Union

from msgspec import Struct

from hts.model.enums import Phase
from hts.model.instruments import Instrument
from hts.model.venues import HOME_VENUE

BOOK_DEPTH = 10


class InstrumentDef(Struct, frozen=True, kw_only=True, tag="def"):
    """One issue of the day's list (KRX A0 record)."""

    instrument: Instrument


class BookUpdate(Struct, frozen=True, tag="book", array_like=True):
    """The whole published book of an issue: every update replaces the one before.

    `levels` has 40 ints: (ask_px, bid_px, ask_qty, bid_qty) for level 1..10, zeros where there is none.
    """

    symbol: str
    trade_ns: int
    levels: tuple[int, ...]
    total_ask_qty: int
    total_bid_qty: int
    expected_px: int  # call auction: price and quantity at which it would uncross now; else 0
    expected_qty: int
    phase: Phase
    venue: str = HOME_VENUE


class TradeUpdate(Struct, frozen=True, tag="trade", array_like=True):
    """One trade and the day's figures after it. `side` is the aggressor: "1" buy, "2" sell, "" in an auction.

    `qty` 0: nothing traded. A snapshot tells the figures, or the venue broke a trade and they are without it.
    """

    symbol: str
    trade_ns: int
    px: int
    qty: int
    side: str
    open_px: int
    high_px: int
    low_px: int
    cum_qty: int
    cum_value: int
    phase: Phase
    venue: str = HOME_VENUE


class PhaseUpdate(Struct, frozen=True, tag="phase", array_like=True):
    """A market-operation message. `symbol` is empty when the whole venue changes phase.

    `until_ns` is the scheduled start of the next phase (0 when unknown), for countdowns.
    """

    symbol: str
    trade_ns: int
    phase: Phase
    until_ns: int
    venue: str = HOME_VENUE


AnyQuote = Union[InstrumentDef, BookUpdate, TradeUpdate, PhaseUpdate]


class Packet(Struct, frozen=True, kw_only=True):
    """One market data packet of a line: header decoded, records still bytes."""

    line: str  # "A", "B", or "R" for retransmitted
    session: int  # the venue's feed session; a new one starts at sequence 1 again
    first_seq: int
    count: int  # 0: heartbeat; first_seq is then the next sequence number
    payload: bytes
    trade_ns: int = 0  # the venue's time when it built the packet
    venue: str = HOME_VENUE


class Snapshot(Struct, frozen=True, kw_only=True):
    """The whole state of a feed session, valid just before sequence number `next_seq`."""

    session: int
    next_seq: int
    trade_ns: int
    quotes: tuple[AnyQuote, ...]
    venue: str = HOME_VENUE


class RetransmitRefused(Struct, frozen=True, kw_only=True):
    """The venue does not have the records [first_seq, first_seq + count) any more: only a snapshot helps."""

    venue: str
    session: int
    first_seq: int
    count: int
    detail: str


class MdUp(Struct, frozen=True, kw_only=True):
    """Packets arrive on at least one line."""

    venue: str


class MdDown(Struct, frozen=True, kw_only=True):
    """No packet on any line for too long. `reason` is a key of the text catalogue."""

    venue: str
    reason: str
    detail: str = ""


class MdBroken(Struct, frozen=True, kw_only=True):
    """What came in order does not add up (an order that trades and never came): only a snapshot helps."""

    venue: str
    detail: str


class MdFault(Struct, frozen=True, kw_only=True):
    """Something on the feed could not be used; one clear line for a person, with how often it happened so far."""

    venue: str
    detail: str
    count: int


class Bar(Struct, frozen=True, array_like=True):
    """One bar; `start_ns` is its first nanosecond in venue time."""

    start_ns: int
    open_px: int
    high_px: int
    low_px: int
    close_px: int
    qty: int
    value: int
