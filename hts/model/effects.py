"""What the engine wants done. The runner commits all Appends of a batch first, then the rest strictly in order."""

from typing import Union

from msgspec import Struct

from hts.model.instruments import Instrument
from hts.model.quotes import BookUpdate, PhaseUpdate, TradeUpdate
from hts.model.records import AnyRecord
from hts.model.requests import AnyRequest
from hts.model.views import AnyView


class Append(Struct, frozen=True):
    """Write a record to the journal before anything else of this batch leaves the house."""

    record: AnyRecord


class Send(Struct, frozen=True):
    """Hand a request to the venue's gateway."""

    venue: str
    request: AnyRequest


class Publish(Struct, frozen=True):
    """Show something to every attached client."""

    view: AnyView


class PublishQuote(Struct, frozen=True):
    """Show market data; conflated per symbol and client."""

    quote: BookUpdate | TradeUpdate | PhaseUpdate | Instrument


class Reply(Struct, frozen=True):
    """Answer one client."""

    client: int
    view: AnyView


class SetTimer(Struct, frozen=True):
    """Call engine.on_timer(timer, ...) at `mono_ns`; the same name again moves it."""

    timer: str
    mono_ns: int


class CancelTimer(Struct, frozen=True):
    """Forget a timer."""

    timer: str


class SyncThen(Struct, frozen=True):
    """Sync the journal to disk, then call engine.on_synced(token, ...)."""

    token: int


class RequestRetransmit(Struct, frozen=True):
    """Ask a venue's market data service for packets [first_seq, first_seq + count) of a feed session."""

    venue: str
    session: int
    first_seq: int
    count: int


class RequestSnapshot(Struct, frozen=True):
    """Ask a venue's market data service for the whole state: issue list, phases, books."""

    venue: str


class RequestHistory(Struct, frozen=True, kw_only=True):
    """Ask a venue's market data service for the newest `count` bars; the answer is a BarsView."""

    venue: str
    symbol: str
    timeframe_s: int
    count: int


Effect = Union[
    Append,
    Send,
    Publish,
    PublishQuote,
    Reply,
    SetTimer,
    CancelTimer,
    SyncThen,
    RequestRetransmit,
    RequestSnapshot,
    RequestHistory,
]
Effects = tuple[Effect, ...]
