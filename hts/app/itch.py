"""`hts itch FILE`: order books from a recorded ITCH 5.0 feed.

FILE holds messages with two bytes of length before each (zero is as good: the type tells the length), or, with
--framing mold, MoldUDP64 packets one behind the other. With --lose N the messages are carried over two MoldUDP64 lines
that each lose N of 100 packets and reorder the others, and what both lost is asked for again: the books must come out
the same, and the counters of the receiver are shown.

    stdout     one line per issue: best prices with quantity and orders, live orders; with --json one JSON object
    stderr     what did not fit the books (an excerpt deletes orders that it never added), and what was lost
    exit       0 everything fitted, 1 something did not, 2 the input cannot be used
"""

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from hts.app import tables
from hts.app.framings import cut
from hts.base.errors import ConfigError, RemoteProtocolError
from hts.marketdata.l3_book import L3Books, Level
from hts.wire.itch.fast import LENGTHS, decode, feed
from hts.wire.layout.codec import BinaryLayout
from hts.wire.layout.values import scaled
from hts.wire.moldudp.packets import MoldCodec
from hts.wire.moldudp.receiver import Lost, Messages, MoldConfig, MoldReceiver
from hts.wire.moldudp.sender import MoldSender

PRICE_SCALE = 4
_PACKET_NS = 1_000_000
_LATE_NS = 20 * _PACKET_NS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts itch`."""
    parser.add_argument("file", type=Path, help="recorded feed")
    parser.add_argument("--framing", choices=("len16", "mold"), default="len16", help="default len16")
    parser.add_argument("--lose", type=int, metavar="N", default=0, help="carry it over two lines losing N of 100")
    parser.add_argument("--seed", type=int, default=1, help="dice of --lose; default 1")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """The exit status. Raises ConfigError."""
    if not 0 <= options.lose <= 90:
        raise ConfigError(f"--lose: 0 to 90 of 100 packets expected, found {options.lose}")
    try:
        data = options.file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{options.file}: {error.strerror}") from error
    reader = FeedReader()
    try:
        if options.framing == "mold":
            _from_packets(data, reader)
        elif options.lose:
            _over_lines(list(_messages(data)), reader, options.lose, random.Random(options.seed))
        else:
            reader.take(_messages(data))
    except RemoteProtocolError as error:
        raise ConfigError(f"{options.file}: {error}") from error
    _show(reader, as_json=options.json)
    return 1 if reader.misfits or reader.lost else 0


class FeedReader:
    """Books and names of the issues; counts what does not fit, because recordings are often excerpts."""

    def __init__(self) -> None:
        self.books = L3Books()
        self.names: dict[int, str] = {}
        self.messages = self.misfits = self.lost = 0
        self.first_misfit = ""
        self.lines: dict[str, Any] = {}
        self.add = self._tolerant(self.books.add)
        self.reduce = self._tolerant(self.books.reduce)
        self.delete = self._tolerant(self.books.delete)
        self.replace = self._tolerant(self.books.replace)

    def take(self, messages: Iterable[bytes]) -> None:
        """Apply messages in order. Raises RemoteProtocolError for one that cannot be read."""
        parts = []
        for message in messages:
            self.messages += 1
            if message[:1] == b"R":
                found = decode(message)
                self.names[found[1]] = found[4].decode("ascii").rstrip(" ")
            parts.append(len(message).to_bytes(2, "big") + message)
        feed(b"".join(parts), self)

    def _tolerant(self, change: Callable[..., None]) -> Callable[..., None]:
        def apply(*values: int) -> None:
            try:
                change(*values)
            except RemoteProtocolError as error:
                self.misfits += 1
                self.first_misfit = self.first_misfit or str(error)

        return apply


def _messages(data: bytes) -> Iterable[bytes]:
    at = 0
    while at < len(data):
        told = int.from_bytes(data[at : at + 2], "big")
        size = told or LENGTHS.get(data[at + 2] if at + 2 < len(data) else -1, 0)
        if not size or at + 2 + size > len(data):
            raise RemoteProtocolError(f"a whole message at byte {at} expected, found {len(data) - at} bytes")
        yield data[at + 2 : at + 2 + size]
        at += 2 + size


def _codec() -> MoldCodec:
    return MoldCodec(BinaryLayout.parse(tables.load(tables.PROTOCOLS, "moldudp64")))


def _from_packets(data: bytes, reader: FeedReader) -> None:
    from hts.app.decoders_layout import MoldDecoder

    layout = BinaryLayout.parse(tables.load(tables.PROTOCOLS, "moldudp64"))
    receiver = MoldReceiver(MoldCodec(layout), MoldConfig(), next_seq=0)
    now = 0
    for now, (_, packet) in enumerate(cut(data, "raw", lambda d: MoldDecoder(layout).frames(d, "raw"))):
        receiver.receive_packet("A", packet, now)
        _drain(receiver, reader)
    # Nobody answers requests about a recording: what is still missing is given up.
    while (due := receiver.next_timer_ns()) is not None:
        now = max(now, due)
        receiver.next_request(now)
        _drain(receiver, reader)
    _remember(receiver, reader)


def _over_lines(messages: list[bytes], reader: FeedReader, lose: int, dice: random.Random) -> None:
    """Two bad lines and a good re-request server."""
    sender = MoldSender(_codec(), "REPLAY")
    for message in messages:
        sender.append(message)
    on_way = [
        (number * _PACKET_NS + dice.randrange(_LATE_NS), line, packet)
        for number, packet in enumerate(sender.flush(0))
        for line in "AB"
        if dice.randrange(100) >= lose
    ]
    receiver = MoldReceiver(_codec(), MoldConfig(reorder_ns=_LATE_NS))
    now = 0
    for now, line, packet in sorted(on_way):
        receiver.receive_packet(line, packet, now)
        _answer(receiver, sender, now)
        _drain(receiver, reader)
    sender.end()
    receiver.receive_packet("A", sender.on_timer(now) or b"", now)
    while (due := receiver.next_timer_ns()) is not None:
        now = max(now, due)
        _answer(receiver, sender, now)
        _drain(receiver, reader)
    _remember(receiver, reader)


def _answer(receiver: MoldReceiver, sender: MoldSender, now: int) -> None:
    while (request := receiver.next_request(now)) is not None:
        receiver.receive_packet("R", sender.answer(request) or b"", now)


def _drain(receiver: MoldReceiver, reader: FeedReader) -> None:
    while (event := receiver.next_event()) is not None:
        if isinstance(event, Messages):
            reader.take(event.messages)
        elif isinstance(event, Lost):
            reader.lost += event.count


def _remember(receiver: MoldReceiver, reader: FeedReader) -> None:
    stats = receiver.stats
    reader.lines = {
        "first": stats.first,
        "doubles": stats.doubles,
        "gaps": stats.gaps,
        "requests": stats.requests,
        "lost": stats.lost,
    }


def _show(reader: FeedReader, *, as_json: bool) -> None:
    books = {
        book: (reader.books.best(book, is_bid=True), reader.books.best(book, is_bid=False)) for book in reader.names
    }
    if as_json:
        issues = {
            reader.names[book]: {"bid": _plain(bid), "ask": _plain(ask)} for book, (bid, ask) in sorted(books.items())
        }
        found = {"messages": reader.messages, "orders": len(reader.books), "misfits": reader.misfits}
        print(json.dumps({**found, "lost": reader.lost, "lines": reader.lines, "issues": issues}))
    else:
        for book, (bid, ask) in sorted(books.items()):
            print(f"{reader.names[book]:8} {_text(bid):>28}  {_text(ask)}")
    lines = f"; lines {reader.lines}" if reader.lines else ""
    misfit = f", first: {reader.first_misfit}" if reader.misfits else ""
    print(
        f"hts itch: {reader.messages} messages, {len(reader.books)} live orders, {reader.misfits} changes did not fit"
        f"{misfit}{lines}",
        file=sys.stderr,
    )


def _plain(level: Level | None) -> dict[str, Any] | None:
    return None if level is None else {"px": scaled(level[0], PRICE_SCALE), "qty": level[1], "orders": level[2]}


def _text(level: Level | None) -> str:
    return "-" if level is None else f"{scaled(level[0], PRICE_SCALE)} x {level[1]} ({level[2]})"
