"""Bodies of the link's frames: msgpack of tagged values, fixed structs for books and trades."""

from struct import Struct as Packed
from struct import error as StructError  # noqa: N812  the module's own name says nothing
from typing import TypeVar

import msgspec
from msgspec import Struct

from hts.base.errors import RemoteProtocolError
from hts.model.enums import Phase
from hts.model.instruments import Instrument
from hts.model.intents import AnyIntent
from hts.model.queries import AnyQuery
from hts.model.quotes import BookUpdate, PhaseUpdate, TradeUpdate
from hts.model.venues import VENUE_PLACE, VENUES
from hts.model.views import AnyView
from hts.model.wide import decode_wide, encode_wide

VERSION = 3  # 3: order traces, latencies, risk, past fills


class Hello(Struct, frozen=True, kw_only=True):
    """First frame of a client. `run_id` and `last_event` say what it already has (empty and 0: nothing)."""

    version: int
    build: str
    token: str
    name: str
    run_id: str = ""
    last_event: int = 0

    def __repr__(self) -> str:
        return f"Hello(version={self.version}, name={self.name!r}, token=<hidden>)"


class Welcome(Struct, frozen=True, kw_only=True):
    """The core's answer. `resumed`: the missing events follow; else a whole snapshot follows.

    The core states its build and the fingerprint of its settings. `read_only`: the client is of another build; it may
    look, and none of its intents is carried out. `asks_login`: nothing is shown before a login.
    """

    version: int
    build: str
    run_id: str
    client: int
    resumed: bool
    config_hash: str = ""
    read_only: bool = False
    asks_login: bool = False


class Refused(Struct, frozen=True, kw_only=True):
    """The core's last frame: what was expected, what was found, what to do."""

    reason: str


class SnapshotBegin(Struct, frozen=True, kw_only=True):
    """Forget what you know of orders, fills, positions and accounts; the whole state follows."""


class SnapshotEnd(Struct, frozen=True, kw_only=True):
    """The snapshot is complete up to this order event."""

    last_event: int


class Event(Struct, frozen=True):
    """A numbered order event."""

    sequence: int
    view: AnyView


_BOOK = Packed(">24sq40qqqqqBB")
_TRADE = Packed(">24sqqqcqqqqqBB")
_PHASES = tuple(Phase)
_PHASE_CODE = {phase: code for code, phase in enumerate(_PHASES)}

encode_body = msgspec.msgpack.Encoder(enc_hook=encode_wide).encode
M = TypeVar("M")


def _checked(what: str, decoder: "msgspec.msgpack.Decoder[M]", body: bytes) -> M:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, AssertionError) as error:
        # A value that no model can hold (a tick table going down) fails an assertion of the model: the peer's fault.
        raise RemoteProtocolError(f"{what}: expected its published fields, found {error}") from error


_HELLO = msgspec.msgpack.Decoder(Hello)
_WELCOME = msgspec.msgpack.Decoder(Welcome)
_REFUSED = msgspec.msgpack.Decoder(Refused)
_INTENT: "msgspec.msgpack.Decoder[AnyIntent]" = msgspec.msgpack.Decoder(AnyIntent)
_QUERY: "msgspec.msgpack.Decoder[AnyQuery]" = msgspec.msgpack.Decoder(AnyQuery)
_VIEW: "msgspec.msgpack.Decoder[AnyView]" = msgspec.msgpack.Decoder(AnyView, dec_hook=decode_wide)
_PHASE_UPDATE = msgspec.msgpack.Decoder(PhaseUpdate)
_INSTRUMENT = msgspec.msgpack.Decoder(Instrument)


def decode_hello(body: bytes) -> Hello:
    """Raises RemoteProtocolError."""
    return _checked("hello", _HELLO, body)


def decode_welcome(body: bytes) -> Welcome:
    """Raises RemoteProtocolError."""
    return _checked("welcome", _WELCOME, body)


def decode_refused(body: bytes) -> Refused:
    """Raises RemoteProtocolError."""
    return _checked("refusal", _REFUSED, body)


def decode_intent(body: bytes) -> AnyIntent:
    """Raises RemoteProtocolError."""
    return _checked("intent", _INTENT, body)


def decode_query(body: bytes) -> AnyQuery:
    """Raises RemoteProtocolError."""
    return _checked("query", _QUERY, body)


def decode_view(body: bytes) -> AnyView:
    """Raises RemoteProtocolError."""
    return _checked("view", _VIEW, body)


def decode_phase(body: bytes) -> PhaseUpdate:
    """Raises RemoteProtocolError."""
    return _checked("phase", _PHASE_UPDATE, body)


def decode_instrument(body: bytes) -> Instrument:
    """Raises RemoteProtocolError."""
    return _checked("instrument", _INSTRUMENT, body)


def encode_book(book: BookUpdate) -> bytes:
    """Body of a BOOK frame: symbol (24, ASCII, zero padded), trade_ns, 40 levels, totals, expected price and
    quantity, phase, venue.
    """
    return _BOOK.pack(
        book.symbol.encode("ascii"),
        book.trade_ns,
        *book.levels,
        book.total_ask_qty,
        book.total_bid_qty,
        book.expected_px,
        book.expected_qty,
        _PHASE_CODE[book.phase],
        VENUE_PLACE[book.venue],
    )


def decode_book(body: bytes) -> BookUpdate:
    """Raises RemoteProtocolError."""
    try:
        fields = _BOOK.unpack(body)
        symbol, levels = _symbol(fields[0]), fields[2:42]
        total_ask, total_bid, expected_px, expected_qty, phase, place = fields[42:]
        return BookUpdate(
            symbol, fields[1], levels, total_ask, total_bid, expected_px, expected_qty, _PHASES[phase], VENUES[place]
        )
    except (StructError, IndexError, UnicodeDecodeError) as error:
        raise RemoteProtocolError(f"book: expected {_BOOK.size} bytes, found {len(body)}: {error}") from error


def subject_of(body: bytes) -> bytes:
    """Whose book a BOOK frame's body is: symbol and venue as they are written."""
    return body[:24] + body[-1:]


def encode_trade(trade: TradeUpdate) -> bytes:
    """Body of a TRADE frame: symbol, trade_ns, price, quantity, aggressor, the day's figures, phase, venue."""
    return _TRADE.pack(
        trade.symbol.encode("ascii"),
        trade.trade_ns,
        trade.px,
        trade.qty,
        (trade.side or " ").encode("ascii"),
        trade.open_px,
        trade.high_px,
        trade.low_px,
        trade.cum_qty,
        trade.cum_value,
        _PHASE_CODE[trade.phase],
        VENUE_PLACE[trade.venue],
    )


def decode_trade(body: bytes) -> TradeUpdate:
    """Raises RemoteProtocolError."""
    try:
        symbol, trade_ns, px, qty, side, open_px, high_px, low_px, cum_qty, cum_value, phase, place = _TRADE.unpack(
            body
        )
        aggressor = side.decode("ascii").strip()
        figures = (open_px, high_px, low_px, cum_qty, cum_value)
        return TradeUpdate(_symbol(symbol), trade_ns, px, qty, aggressor, *figures, _PHASES[phase], VENUES[place])
    except (StructError, IndexError, UnicodeDecodeError) as error:
        raise RemoteProtocolError(f"trade: expected {_TRADE.size} bytes, found {len(body)}: {error}") from error


_SYMBOLS: dict[bytes, str] = {}  # those that came, as they are written
SYMBOLS_KEPT_MAX = 8_192


def _symbol(field: bytes) -> str:
    found = _SYMBOLS.get(field)
    if found is None:
        if len(_SYMBOLS) >= SYMBOLS_KEPT_MAX:
            _SYMBOLS.clear()
        found = _SYMBOLS[field] = field.rstrip(b"\0").decode("ascii")
    return found
