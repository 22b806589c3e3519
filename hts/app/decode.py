"""`hts decode --protocol NAME FILE`: what was on the wire, message by message.

    stdout     JSON lines, one per message, every field by its name; with --explain a table per message instead
    stderr     what could not be read, and how many bytes are left over, exactly
    exit       0 every byte was read, 1 a message was damaged or bytes are left over, 2 the input cannot be used

FILE may be "-". --framing says how the messages lie in the file: an outer framing (pcap, hex), an inner one (raw:
the protocol's own delimiting, len16, soup, mold), or both ("pcap+soup"). docs/decode.md has examples.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec import Struct

from hts.app import tables
from hts.app.decoders import LOADERS, Decoded, Decoder, DecoderOptions, Field, load_decoder, utc
from hts.app.fast_feed import load_feed_templates
from hts.app.feed_lines import FastLine, FlexLines, Lines, MoldLines, merge
from hts.app.framings import Leftover, Piece, cut_hex
from hts.base.errors import ConfigError, RemoteProtocolError
from hts.wire.layout.codec import BinaryLayout
from hts.wire.moldudp.packets import MoldCodec
from hts.wire.pcap.captured import CaptureError
from hts.wire.pcap.headers import Datagram, Segment, read_headers
from hts.wire.pcap.packets import FILE_HEADER, read_packets
from hts.wire.pcap.streams import Run, StreamTable

INNER = ("raw", "len16", "soup", "mold")
OUTER = ("pcap", "hex")
_BYTES_SHOWN = 16
_RAW_SHOWN = 64
_COLUMNS = ((0, 60), (1, 2 * _BYTES_SHOWN + 3), (2, 28))  # cell of a row, its widest column


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("file", metavar="FILE", help='captured bytes; "-" reads standard input')
    parser.add_argument("--protocol", required=True, metavar="NAME", choices=sorted(LOADERS), help=", ".join(LOADERS))
    parser.add_argument(
        "--framing",
        metavar="NAME",
        type=_framing,
        default=("", ""),
        help="raw, len16, soup, mold, pcap, hex, or an outer and an inner one: pcap+soup, hex+len16",
    )
    parser.add_argument(
        "--port", type=int, metavar="N", help="of a capture, only what this TCP or UDP port takes part in"
    )
    parser.add_argument("--explain", action="store_true", help="offset, length, bytes and meaning of every field")
    parser.add_argument(
        "--merge",
        action="store_true",
        help="of a captured feed (mold, flex_mbo, fast_feed): in order, each once",
    )
    parser.add_argument("--templates", type=Path, metavar="FILE", help="FAST templates (XML)")


def _framing(text: str) -> tuple[str, str]:
    outer, _, inner = text.partition("+")
    if outer in INNER and not inner:
        return "", outer
    if outer in OUTER and inner in ("", *INNER):
        return outer, inner
    raise argparse.ArgumentTypeError(
        f"one of {', '.join(INNER + OUTER)} or an outer and an inner one (pcap+soup) expected, found {text!r}"
    )


class Count(Struct):
    """What was read, and what was not."""

    messages: int = 0
    faults: int = 0
    left: int = 0


def run(options: argparse.Namespace) -> int:
    """The exit status."""
    decoder = load_decoder(options.protocol, DecoderOptions(templates=options.templates))
    outer, inner = options.framing
    framing = inner or decoder.framings[0]
    if framing not in decoder.framings:
        raise ConfigError(
            f"framing of {options.protocol}: one of {', '.join(decoder.framings)} expected, found {framing}"
        )
    if options.port is not None and outer != "pcap":
        raise ConfigError("--port: a capture expected (--framing pcap)")
    if options.merge and outer != "pcap":
        raise ConfigError("--merge: a capture expected (--framing pcap)")
    count = Count()
    show = _explained if options.explain else _as_line
    pieces = _pieces(_read(options.file), outer, options.port, count)
    if options.merge:
        pieces = merge(_lines(options.protocol, framing), pieces)
    for piece in pieces:
        for where, message in _messages(decoder, piece, framing, count):
            sys.stdout.write(show(piece, where, message) + "\n")
    sys.stdout.flush()
    faults = f", {count.faults} that cannot be read" if count.faults else ""
    _tell(f"{count.messages} messages{faults}, {count.left} bytes left over")
    return 1 if count.faults or count.left else 0


def _lines(protocol: str, framing: str) -> Lines:
    """What puts the lines of a feed together. Raises ConfigError for a protocol that has none."""
    if protocol == "fast_feed":
        return FastLine(load_feed_templates(), _tell)
    if protocol == "flex_mbo":
        return FlexLines(BinaryLayout.parse(tables.load(tables.PROTOCOLS, "jpx_flex_mbo_1_1")), _tell)
    if protocol == "moldudp64" or framing == "mold":
        return MoldLines(MoldCodec(BinaryLayout.parse(tables.load(tables.PROTOCOLS, "moldudp64"))), _tell)
    known = "flex_mbo, fast_feed, moldudp64 or a framing of mold"
    raise ConfigError(f"--merge: {known} expected, found {protocol} in {framing}")


def _read(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise ConfigError(f"{name}: {error.strerror}") from error


def _pieces(data: bytes, outer: str, port: int | None, count: Count) -> Iterable[Piece]:
    if outer == "hex":
        return [Piece(data=cut_hex(data))]
    return _captured(data, port, count) if outer == "pcap" else [Piece(data=data)]


def _captured(data: bytes, port: int | None, count: Count) -> Iterator[Piece]:
    """Datagrams as they come, and TCP streams when they are complete."""
    streams, others = StreamTable(), 0
    try:
        for packet in read_packets(data):
            try:
                found = read_headers(packet.link, packet.data)
            except RemoteProtocolError as error:
                count.faults += 1
                missing = f" ({packet.missing} bytes were not captured)" if packet.missing else ""
                _tell(f"packet at {packet.offset}: {error}{missing}")
                continue
            if found is None:
                others += 1
            elif not _takes_part(found, port):
                continue
            elif isinstance(found, Datagram):
                where = f"udp {found.source}>{found.target}"
                yield Piece(where=where, time_ns=packet.time_ns, data=found.payload)
            else:
                yield from map(_stream_piece, streams.take(found, packet.time_ns))
    except CaptureError as error:
        if error.offset < FILE_HEADER:
            raise
        count.left += len(data) - error.offset
        _tell(f"offset {error.offset}: {len(data) - error.offset} bytes left over: {error}")
    yield from map(_stream_piece, streams.end())
    if others:
        _tell(f"{others} packets that are neither TCP nor UDP")


def _takes_part(packet: Datagram | Segment, port: int | None) -> bool:
    return port is None or any(end.rpartition(":")[2] == str(port) for end in (packet.source, packet.target))


def _stream_piece(run: Run) -> Piece:
    where = f"tcp {run.source}>{run.target}"
    if run.missing:
        _tell(f"{where}: {run.missing} bytes were not captured")
    return Piece(where=where, time_ns=run.time_ns, data=run.data)


def _tell(text: str) -> None:
    print(f"hts decode: {text}", file=sys.stderr)


def _messages(decoder: Decoder, piece: Piece, framing: str, count: Count) -> Iterator[tuple[int, Decoded]]:
    """Messages of one piece with their offsets; tells stderr about the rest."""
    place = f"{piece.where} " if piece.where else ""
    try:
        for offset, frame in decoder.frames(piece.data, framing):
            try:
                message = decoder.decode(frame)
            except RemoteProtocolError as error:
                count.faults += 1
                _tell(f"{place}offset {offset}, {len(frame)} bytes: {error}")
                continue
            count.messages += 1
            if message.rest:
                count.left += len(message.rest)
                text = f"{len(message.rest)} bytes after {message.name}: {_hex(message.rest, _RAW_SHOWN)}"
                _tell(f"{place}offset {offset}: {text}")
            yield offset, message
    except Leftover as left:
        rest = piece.data[left.offset :]
        count.left += len(rest)
        text = f"{len(rest)} bytes left over: {left}; {_hex(rest, _RAW_SHOWN)}"
        _tell(f"{place}offset {left.offset}: {text}")


# -- JSON lines --


def _as_line(piece: Piece, offset: int, message: Decoded) -> str:
    head: dict[str, Any] = {"offset": offset}
    if piece.where:
        head["from"] = piece.where
    if piece.time_ns:
        head["captured_ns"] = piece.time_ns
    return json.dumps(head | _as_object(message), ensure_ascii=False)


def _as_object(message: Decoded) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for field in message.fields:
        name, count = field.name, 1
        while name in fields:  # a message that holds a field twice against its rules still shows both
            count += 1
            name = f"{field.name}#{count}"
        fields[name] = _plain(field.value)
    found: dict[str, Any] = {"message": message.name, "fields": fields}
    if message.parts:
        found["parts"] = [_as_object(part) for part in message.parts]
    if message.rest:
        found["rest"] = message.rest.hex()
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value


# -- tables for people --


def _explained(piece: Piece, offset: int, message: Decoded) -> str:
    place = f" in {piece.where}" if piece.where else ""
    moment = f", captured {utc(piece.time_ns)}" if piece.time_ns else ""
    return "\n".join([f"== {message.name} at {offset}{place}{moment}", *_rows(message, "  "), ""])


def _rows(message: Decoded, indent: str) -> Iterator[str]:
    cells = [(field.name, _hex(field.raw, _BYTES_SHOWN), _shown(field)) for field in message.fields]
    names, raws, values = (min(limit, max((len(row[n]) for row in cells), default=0)) for n, limit in _COLUMNS)
    for field, (name, raw, value) in zip(message.fields, cells, strict=True):
        note = f"  {field.note}" if field.note else ""
        row = f"{field.offset:>5} {field.length:>4}  {name:<{names}}  {raw:<{raws}}  {value:<{values}}{note}"
        yield indent + row.rstrip()
    for part in message.parts:
        yield f"{indent}-- {part.name}"
        yield from _rows(part, indent + "  ")
    if message.rest:
        yield f"{indent}left over: {_hex(message.rest, _RAW_SHOWN)}"


def _shown(field: Field) -> str:
    value = _plain(field.value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _hex(raw: bytes, limit: int) -> str:
    return raw.hex() if len(raw) <= limit else raw[:limit].hex() + "..."
