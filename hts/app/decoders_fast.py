"""`hts decode` of FAST: every field of every message, with its bytes.

FAST has no length and no delimiter: only reading a message tells where it ends. So one decoder of the wire cuts the
frames, and a second one, in step with it, reads each frame and tells where its fields lie. Both keep the previous
values from one piece of a capture to the next, as the feed's receiver does. A damaged message loses the rest of its
piece; what follows it is read with the previous values of before.

An encoder goes along too: where the sender took other choices than it would (docs/wire/fast.md), the message's
template_id says so. That is how an overlong or needlessly resent field is found in a feed.
"""

from collections.abc import Iterator
from pathlib import Path

from hts.app.decoders import Decoded, Field
from hts.app.framings import Leftover, cut
from hts.base.errors import ConfigError, RemoteProtocolError
from hts.wire.fast.decoder import FastDecoder
from hts.wire.fast.encoder import FastEncoder
from hts.wire.fast.errors import FastLocalError, FastRemoteError, TemplateError
from hts.wire.fast.messages import FastMessage, Trace
from hts.wire.fast.templates import TemplateSet


def load_templates(path: Path | None) -> TemplateSet:
    """Of `--templates FILE`. Raises ConfigError."""
    if path is None:
        raise ConfigError("fast: a template file (XML) expected: --templates FILE")
    try:
        return TemplateSet.parse(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path}: cannot read: {error.strerror or error}") from error
    except TemplateError as error:
        raise ConfigError(f"{path}: {error}") from error


class FastStreamDecoder:
    """One feed."""

    framings = ("raw", "len16")

    def __init__(self, templates: TemplateSet) -> None:
        self._cutter = FastDecoder(templates)
        self._reader = FastDecoder(templates)
        self._encoder: FastEncoder | None = FastEncoder(templates)

    def frames(self, data: bytes, framing: str) -> Iterator[tuple[int, bytes]]:
        """Messages, cut by reading them."""
        return cut(data, framing, self._raw)

    def _raw(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        cutter = self._cutter
        cutter.restart()
        origin = cutter.offset
        cutter.receive_data(data)
        at = 0
        while at < len(data):
            try:
                message = cutter.next_event()
            except FastRemoteError as error:
                raise Leftover(at, str(error)) from error
            if message is None:
                raise Leftover(at, f"a whole message expected, found {len(data) - at} bytes of one")
            end = cutter.offset - origin
            yield at, data[at:end]
            at = end

    def decode(self, frame: bytes) -> Decoded:
        """Raises RemoteProtocolError."""
        reader = self._reader
        reader.restart()
        traces: list[Trace] = []
        reader.traces = traces
        start = reader.offset
        reader.receive_data(frame)
        message = reader.next_event()
        if message is None:
            raise RemoteProtocolError(f"a whole message expected, found {len(frame)} bytes of one")
        length = reader.offset - start
        choices = self._choices(message, frame[:length])
        return Decoded(name=message.template, fields=tuple(_fields(traces, frame, choices)), rest=frame[length:])

    def _choices(self, message: FastMessage, raw: bytes) -> str:
        if self._encoder is None:
            return ""
        try:
            again = self._encoder.encode_message(message)
        except FastLocalError:
            # Its previous values are no longer the stream's, so it has nothing more to say.
            self._encoder = None
            return ""
        return "" if again == raw else f", sent in {len(raw)} bytes where our encoder takes {len(again)}"


def _fields(traces: list[Trace], frame: bytes, choices: str) -> Iterator[Field]:
    seen: dict[str, int] = {}
    for trace in traces:
        seen[trace.name] = seen.get(trace.name, 0) + 1
        # A length may have the name of a field; the second one is told apart.
        name = trace.name if seen[trace.name] == 1 else f"{trace.name}#{seen[trace.name]}"
        raw = frame[trace.offset : trace.offset + trace.length]
        note = trace.note + choices if name == "template_id" else trace.note
        yield Field(name=name, offset=trace.offset, length=trace.length, raw=raw, value=trace.value, note=note)
