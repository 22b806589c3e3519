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

from hts.app.decoders import LOADERS, Decoded, Decoder, DecoderOptions, Field, load_decoder
from hts.app.framings import Leftover, Piece, cut_hex
from hts.base.errors import ConfigError, RemoteProtocolError

INNER = ("raw", "len16", "soup", "mold")
OUTER = ("pcap", "hex")
_BYTES_SHOWN = 16
_RAW_SHOWN = 64


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
    parser.add_argument("--explain", action="store_true", help="offset, length, bytes and meaning of every field")
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
    count = Count()
    show = _explained if options.explain else _as_line
    for piece in _pieces(_read(options.file), outer):
        for where, message in _messages(decoder, piece, framing, count):
            sys.stdout.write(show(piece, where, message) + "\n")
    sys.stdout.flush()
    faults = f", {count.faults} that cannot be read" if count.faults else ""
    print(f"hts decode: {count.messages} messages{faults}, {count.left} bytes left over", file=sys.stderr)
    return 1 if count.faults or count.left else 0


def _read(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise ConfigError(f"{name}: {error.strerror}") from error


def _pieces(data: bytes, outer: str) -> Iterable[Piece]:
    if outer == "hex":
        return [Piece(data=cut_hex(data))]
    return [Piece(data=data)]


def _messages(decoder: Decoder, piece: Piece, framing: str, count: Count) -> Iterator[tuple[int, Decoded]]:
    """Messages of one piece with their offsets; tells stderr about the rest."""
    place = f"{piece.where} " if piece.where else ""
    try:
        for offset, frame in decoder.frames(piece.data, framing):
            try:
                message = decoder.decode(frame)
            except RemoteProtocolError as error:
                count.faults += 1
                print(f"hts decode: {place}offset {offset}, {len(frame)} bytes: {error}", file=sys.stderr)
                continue
            count.messages += 1
            if message.rest:
                count.left += len(message.rest)
                text = f"{len(message.rest)} bytes after {message.name}: {_hex(message.rest, _RAW_SHOWN)}"
                print(f"hts decode: {place}offset {offset}: {text}", file=sys.stderr)
            yield offset, message
    except Leftover as left:
        rest = piece.data[left.offset :]
        count.left += len(rest)
        text = f"{len(rest)} bytes left over: {left}; {_hex(rest, _RAW_SHOWN)}"
        print(f"hts decode: {place}offset {left.offset}: {text}", file=sys.stderr)


# -- JSON lines --


def _as_line(piece: Piece, offset: int, message: Decoded) -> str:
    head: dict[str, Any] = {"offset": offset}
    if piece.where:
        head["from"] = piece.where
    if piece.time_ns:
        head["captured_ns"] = piece.time_ns
    return json.dumps(head | _as_object(message), ensure_ascii=False)


def _as_object(message: Decoded) -> dict[str, Any]:
    fields = {f.name: _plain(f.value) for f in message.fields}
    assert len(fields) == len(message.fields), f"{message.name}: a field name twice"
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
    return "\n".join([f"== {message.name} at {offset}{place}", *_rows(message, "  "), ""])


def _rows(message: Decoded, indent: str) -> Iterator[str]:
    width = max((len(f.name) for f in message.fields), default=0)
    for field in message.fields:
        yield indent + _row(field, width)
    for part in message.parts:
        yield f"{indent}-- {part.name}"
        yield from _rows(part, indent + "  ")
    if message.rest:
        yield f"{indent}left over: {_hex(message.rest, _RAW_SHOWN)}"


def _row(field: Field, width: int) -> str:
    shown = _hex(field.raw, _BYTES_SHOWN)
    value = _plain(field.value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    note = f"  ({field.note})" if field.note else ""
    return f"{field.offset:>5} {field.length:>4}  {field.name:<{width}}  {shown:<{_BYTES_SHOWN * 2 + 3}}  {text}{note}"


def _hex(raw: bytes, limit: int) -> str:
    return raw.hex() if len(raw) <= limit else raw[:limit].hex() + "..."
