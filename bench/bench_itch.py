"""ITCH 5.0: decode and order-by-order books of a made stream of 300,000 messages and 50 issues, messages per second.

The peer is the package `itchfeed` in plain Python with the smallest book on top (a dict of orders, a dict of levels),
measured in the same run where it is installed; rounds of both alternate, the median is told. The stream is made by
bench/core/gen_itch.py of the shared data, and the books are checked against what that script says they must be. The
last line printed is a JSON list of rows: name, value, unit, aim, and the peer's value where there is one.
"""

import importlib.util
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kit import SHARED, finish, row

from hts.app import tables
from hts.marketdata.l3_book import L3Books
from hts.wire.itch.fast import LENGTHS, decode, feed
from hts.wire.layout.codec import BinaryLayout

MESSAGES = 300_000
ROUNDS = 5
GENERATOR = SHARED / "bench" / "core" / "gen_itch.py"


def made_stream(directory: Path) -> tuple[bytes, dict]:
    """The stream, and what must come out of it."""
    if not GENERATOR.exists():
        sys.exit(f"expected the stream's generator at {GENERATOR} (HTS_SHARED), found none")
    spec = importlib.util.spec_from_file_location("gen_itch", GENERATOR)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    path = directory / "itch.bin"
    module.generate(MESSAGES, 50, 7, str(path))
    return path.read_bytes(), json.loads(path.with_suffix(".bin.json").read_text(encoding="utf-8"))


def our_books(data: bytes) -> L3Books:
    books = L3Books()
    assert feed(data, books) == len(data)
    return books


def our_values(data: bytes) -> None:
    """Every value of every message."""
    at, end = 0, len(data)
    while at < end:
        size = LENGTHS[data[at + 2]]
        decode(data[at + 2 : at + 2 + size])
        at += 2 + size


def by_table(data: bytes) -> None:
    layout = BinaryLayout.parse(tables.load(tables.PROTOCOLS, "itch50"))
    at, end = 0, len(data)
    while at < end:
        size = LENGTHS[data[at + 2]]
        layout.decode(data[at + 2 : at + 2 + size])
        at += 2 + size


def check(books: L3Books, expected: dict) -> None:
    assert len(books) == expected["live_orders"], (len(books), expected["live_orders"])
    for book, (bid_px, bid_qty, ask_px, ask_qty, _) in expected["bbo"].items():
        bid, ask = books.best(int(book), is_bid=True), books.best(int(book), is_bid=False)
        assert ((bid or (0, 0))[:2], (ask or (0, 0))[:2]) == ((bid_px, bid_qty), (ask_px, ask_qty)), book


def peer_books() -> Callable[[bytes], dict] | None:
    """itchfeed with a dict of orders and a dict of levels; None where it is not installed."""
    os.environ.setdefault("ITCH_NO_CPP", "1")
    try:
        from itch.parser import MessageParser
    except ImportError:
        return None

    def take(side: dict, px: int, qty: int) -> None:
        left = side[px] - qty
        if left:
            side[px] = left
        else:
            del side[px]

    def run(data: bytes) -> dict:
        orders: dict[int, list[Any]] = {}
        books: dict[tuple[int, bytes], dict[int, int]] = {}
        for message in MessageParser().parse_stream(data):
            kind = message.message_type
            if kind in (b"A", b"F"):
                side = books.setdefault((message.stock_locate, message.buy_sell_indicator), {})
                px = message.price
                orders[message.order_reference_number] = [side, px, message.shares]
                side[px] = side.get(px, 0) + message.shares
            elif kind == b"D":
                take(*orders.pop(message.order_reference_number))
            elif kind == b"U":
                order = orders.pop(message.order_reference_number)
                take(*order)
                side, px = order[0], message.price
                orders[message.new_order_reference_number] = [side, px, message.shares]
                side[px] = side.get(px, 0) + message.shares
            elif kind in (b"E", b"C", b"X"):
                order = orders[message.order_reference_number]
                qty = message.cancelled_shares if kind == b"X" else message.executed_shares
                take(order[0], order[1], qty)
                order[2] -= qty
                if not order[2]:
                    del orders[message.order_reference_number]
        return orders

    return run


def rate(call: Callable[[bytes], object], data: bytes, count: int) -> float:
    begin = time.perf_counter()
    call(data)
    return count / (time.perf_counter() - begin)


def main() -> list[dict]:
    with tempfile.TemporaryDirectory() as directory:
        data, expected = made_stream(Path(directory))
    count = expected["total"]
    check(our_books(data), expected)
    peer = peer_books()
    calls = {"books": our_books, "values": our_values, "by_table": by_table}
    if peer is not None:
        assert len(peer(data)) == expected["live_orders"]
        calls["peer"] = peer
    rates = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            rates[name].append(rate(call, data, count))
    median = {name: statistics.median(found) for name, found in rates.items()}
    more: dict[str, Any] = {}
    aim = ""
    if peer is not None:
        more = {"peer": "itchfeed + dict", "peer_value": round(median["peer"])}
        aim = f">= {1.5 * median['peer']:.0f}"
    return [
        row("itch.books", median["books"], "messages/s", aim, **more),
        row("itch.values", median["values"], "messages/s"),
        row("itch.by_table", median["by_table"], "messages/s"),
    ]


if __name__ == "__main__":
    finish(main())
