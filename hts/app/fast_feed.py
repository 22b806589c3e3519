"""The FIX/FAST feed's shipped templates, which venues send it, and what `hts decode` makes of it."""

from collections.abc import Iterator
from typing import Final

from hts.app.decoders import Decoded, Field
from hts.app.decoders_fast import FastStreamDecoder
from hts.app.framings import Frames, Leftover
from hts.app.tables import PROTOCOLS, resources_directory
from hts.base.errors import ConfigError, RemoteProtocolError
from hts.wire.fast.errors import TemplateError
from hts.wire.fast.market_feed import HEAD
from hts.wire.fast.templates import TemplateSet

FAST_VENUES: Final = ("ODX",)  # beside its own protocol


def load_feed_templates() -> TemplateSet:
    """Of resources/protocols/fast_feed.xml. Raises ConfigError."""
    path = resources_directory() / PROTOCOLS / "fast_feed.xml"
    try:
        return TemplateSet.parse(path.read_bytes())
    except (OSError, TemplateError) as error:
        raise ConfigError(f"{path}: the templates of the FIX/FAST feed expected, found {error}; restore it") from error


class FastFeedDecoder:
    """Datagrams of the feed: the number, and each message as a part. One piece of a capture is one datagram."""

    framings = ("raw",)

    def __init__(self, templates: TemplateSet) -> None:
        self._templates = templates

    def frames(self, data: bytes, framing: str) -> Frames:  # noqa: ARG002  there is one
        """The datagram, whole."""
        return self._raw(data)

    def _raw(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        if len(data) <= HEAD.size:
            raise Leftover(0, f"FAST datagram: more than {HEAD.size} bytes expected, found {len(data)}")
        yield 0, data

    def decode(self, frame: bytes) -> Decoded:
        """Raises RemoteProtocolError."""
        if len(frame) <= HEAD.size:
            raise RemoteProtocolError(f"FAST datagram: more than {HEAD.size} bytes expected, found {len(frame)}")
        session, seq = HEAD.unpack_from(frame)
        head = (
            Field(name="session", offset=0, length=4, raw=frame[:4], value=session),
            Field(name="sequence_number", offset=4, length=4, raw=frame[4:8], value=seq),
        )
        decoder = FastStreamDecoder(self._templates)  # every datagram begins with its dictionaries reset
        parts = [
            _moved(decoder.decode(message), HEAD.size + at) for at, message in decoder.frames(frame[HEAD.size :], "raw")
        ]
        return Decoded(name="datagram", fields=head, parts=tuple(parts))


def _moved(message: Decoded, by: int) -> Decoded:
    fields = tuple(
        Field(name=f.name, offset=f.offset + by, length=f.length, raw=f.raw, value=f.value, note=f.note)
        for f in message.fields
    )
    return Decoded(name=message.name, fields=fields, parts=message.parts, rest=message.rest)
