"""From chunks of the wire to an order's messages, by the decoders of `hts decode`. Runs in the terminal, when asked."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from hts.app.decoders import LOADERS, Decoded, Decoder, DecoderOptions, load_decoder
from hts.base.errors import RemoteProtocolError
from hts.desk.order_xray_wire import WireField, WireMessage
from hts.model.trace import TraceView, WireChunk

MESSAGES_MAX: Final = 200
VALUE_SHOWN_MAX: Final = 80
ORDER_NUMBER: Final = "order_number"  # arrowhead tells a fill by it alone


def wire_messages(trace: TraceView) -> tuple[WireMessage, ...]:
    """The messages of the trace that speak of the order, oldest first. A chunk that cannot be read is shown whole."""
    names = Names(trace.ids)
    found: list[WireMessage] = []
    for chunk in trace.chunks:
        found += _of_chunk(chunk, names)
        if len(found) >= MESSAGES_MAX:
            break
    return tuple(found[:MESSAGES_MAX])


class Names:
    """What an order is called: by us in any field, and by its venue in the field in which the venue told it."""

    def __init__(self, ids: Iterable[int]) -> None:
        self._ids = {str(one) for one in ids}
        self._told: set[tuple[str, Any]] = set()

    def are_in(self, decoded: Decoded) -> bool:
        """Whether a message speaks of the order; what the venue calls it there is remembered."""
        fields = [(field.name, field.value) for field in decoded.fields]
        if not any(_named(value) in self._ids or (name, value) in self._told for name, value in fields):
            return False
        self._told.update((name, value) for name, value in fields if name == ORDER_NUMBER and value)
        return True


def _of_chunk(chunk: WireChunk, names: Names) -> list[WireMessage]:
    if chunk.protocol not in LOADERS:
        return [_unread(chunk, f"no decoder for {chunk.protocol or chunk.venue}")]
    decoder = _decoder(chunk.protocol)
    ours = list(_speaking_of(decoder, chunk, chunk.data, names))
    if not ours and chunk.before:
        # The message may have begun in the chunk before.
        ours = list(_speaking_of(decoder, chunk, chunk.before + chunk.data, names, ends_after=len(chunk.before)))
    return ours or [_unread(chunk, "no message in it names the order")]


def _speaking_of(
    decoder: Decoder, chunk: WireChunk, data: bytes, names: Names, ends_after: int = 0
) -> Iterator[WireMessage]:
    """Messages that end behind `ends_after` and name the order."""
    try:
        for offset, frame in decoder.frames(data, decoder.framings[0]):
            if offset + len(frame) <= ends_after:
                continue
            try:
                decoded = decoder.decode(frame)
            except RemoteProtocolError:
                continue
            if names.are_in(decoded):
                yield _message(chunk, frame, decoded)
    except RemoteProtocolError:
        return  # the rest is the beginning of a message that the next chunk ends


def _named(value: Any) -> str:
    """A value as an order's id is written in decimal; "" for what cannot be one."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    text = str(value).strip().lstrip("0")
    return text if text.isdecimal() else ""


def _message(chunk: WireChunk, frame: bytes, decoded: Decoded) -> WireMessage:
    fields = tuple(
        WireField(name=f.name, offset=f.offset, length=f.length, value=_text(f.value), note=f.note)
        for f in decoded.fields
    )
    return WireMessage(
        venue=chunk.venue,
        protocol=chunk.protocol,
        name=decoded.name,
        is_sent=chunk.is_sent,
        mono_ns=chunk.mono_ns,
        data=frame,
        fields=fields,
    )


def _unread(chunk: WireChunk, fault: str) -> WireMessage:
    return WireMessage(
        venue=chunk.venue,
        protocol=chunk.protocol,
        name="",
        is_sent=chunk.is_sent,
        mono_ns=chunk.mono_ns,
        data=chunk.data,
        fault=fault,
    )


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        text = value.hex(" ")
    elif isinstance(value, Decimal):
        text = format(value, "f")
    else:
        text = str(value).strip()
    return text if len(text) <= VALUE_SHOWN_MAX else text[:VALUE_SHOWN_MAX] + "…"


@lru_cache(maxsize=16)
def _decoder(protocol: str) -> Decoder:
    return load_decoder(protocol, DecoderOptions())
