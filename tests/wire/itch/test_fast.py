"""The two by-hand readers of ITCH against the table-driven one, on every message, on a made flow and on a recording."""

import os
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hts.base.errors import RemoteProtocolError
from hts.marketdata.l3_book import L3Books
from hts.wire.itch.fast import LENGTHS, decode, feed
from tests.support.fuzz import fuzz_rounds
from tests.support.wire_layout import layout_of, values_of

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("HTS_SHARED", ROOT.parent / "shared"))
RECORDED = SHARED / "data" / "itch" / "ritch_ex20101224.TEST_ITCH_50"
ITCH = layout_of("itch50")
QUIET = settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def comparable(raw, by_table):
    """The by-hand value in the table's terms: text without its padding."""
    return raw.decode("ascii").rstrip(" ") if isinstance(by_table, str) else raw


def unpadded(value):
    return value.rstrip(" ") if isinstance(value, str) else value


class Recorder:
    """Keeps the calls instead of a book."""

    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        return lambda *values: self.calls.append((name, *values))


def block(data):
    return len(data).to_bytes(2, "big") + data


def test_lengths_are_the_tables():
    assert {ord(ITCH.row(name).type): ITCH.row(name).length for name in ITCH.names} == LENGTHS


@QUIET
@given(st.data())
def test_decode_gives_what_the_table_gives(data):
    for name in ITCH.names:
        values = data.draw(values_of(ITCH, name))
        raw = ITCH.encode(name, values)
        kind, *found = decode(raw)
        assert kind == ITCH.row(name).type.encode()
        expected = [values[f.name] for f in ITCH.row(name).fields[1:]]
        assert list(map(comparable, found, expected)) == list(map(unpadded, expected))


def a_flow(dice, count):
    """Messages about a handful of orders, among others that no book wants."""
    alive, messages, next_id = {}, [], 1
    head = {"stock_locate": 1, "tracking_number": 0, "timestamp": 0}
    for _ in range(count):
        kind = dice.choice("AAAFDUECXPS") if alive else "A"
        if kind in "AF":
            head["stock_locate"] = dice.randrange(1, 4)
            add = {"order_reference_number": next_id, "side": dice.choice("BS"), "shares": dice.randrange(1, 900)}
            add |= {"stock": "BOB", "price": dice.randrange(1, 9) * 100}
            alive[next_id] = add["shares"]
            next_id += 1
            more = {"attribution": "MMKR"} if kind == "F" else {}
            messages.append(ITCH.encode("add_order_mpid" if more else "add_order", head | add | more))
            continue
        order = dice.choice(list(alive))
        name = {"order_reference_number": order}
        if kind == "D":
            del alive[order]
            messages.append(ITCH.encode("order_delete", head | name))
        elif kind == "U":
            del alive[order]
            alive[next_id] = dice.randrange(1, 900)
            new = {"original_order_reference_number": order, "new_order_reference_number": next_id}
            new |= {"shares": alive[next_id], "price": dice.randrange(1, 9) * 100}
            next_id += 1
            messages.append(ITCH.encode("order_replace", head | new))
        elif kind in "ECX":
            qty = dice.randrange(1, alive[order] + 1)
            alive[order] -= qty
            if not alive[order]:
                del alive[order]
            if kind == "X":
                messages.append(ITCH.encode("order_cancel", head | name | {"cancelled_shares": qty}))
                continue
            name |= {"executed_shares": qty, "match_number": 1}
            more = {"printable": "Y", "execution_price": 5} if kind == "C" else {}
            messages.append(ITCH.encode("order_executed_with_price" if more else "order_executed", head | name | more))
        elif kind == "S":
            messages.append(ITCH.encode("system_event", head | {"event_code": "Q"}))
        else:
            trade = {"side": "B", "shares": 1, "stock": "BOB", "price": 1, "match_number": 1}
            messages.append(ITCH.encode("trade_non_cross", head | name | trade))
    return messages


def apply_by_table(messages, book):
    for raw in messages:
        found = ITCH.decode(raw)
        f = found.fields
        if found.name in ("add_order", "add_order_mpid"):
            book.add(f["stock_locate"], f["order_reference_number"], f["side"] == "B", f["shares"], f["price"])
        elif found.name in ("order_executed", "order_executed_with_price"):
            book.reduce(f["order_reference_number"], f["executed_shares"])
        elif found.name == "order_cancel":
            book.reduce(f["order_reference_number"], f["cancelled_shares"])
        elif found.name == "order_delete":
            book.delete(f["order_reference_number"])
        elif found.name == "order_replace":
            new = f["new_order_reference_number"]
            book.replace(f["original_order_reference_number"], new, f["shares"], f["price"])


def state(book):
    return {
        (b, side): [(level, book.queue(b, level[0], is_bid=side)) for level in book.levels(b, is_bid=side, depth=99)]
        for b in book.books()
        for side in (True, False)
    }


@pytest.mark.parametrize("seed", range(5))
def test_feed_leaves_the_book_that_the_table_leaves(seed):
    messages = a_flow(random.Random(seed), 3000)
    fast, slow = L3Books(), L3Books()
    data = b"".join(map(block, messages))
    assert feed(data, fast) == len(data)
    apply_by_table(messages, slow)
    assert len(fast) == len(slow) > 50
    assert state(fast) == state(slow)


def test_feed_stops_before_a_block_that_is_not_whole():
    messages = a_flow(random.Random(9), 200)
    data = b"".join(map(block, messages))
    whole = L3Books()
    feed(data, whole)
    book, kept = L3Books(), b""
    for at in range(0, len(data), 7):
        kept += data[at : at + 7]
        kept = kept[feed(kept, book) :]
    assert kept == b""
    assert state(book) == state(whole)


def test_an_empty_length_means_the_types_own():
    messages = a_flow(random.Random(3), 300)
    told, empty = L3Books(), L3Books()
    feed(b"".join(map(block, messages)), told)
    feed(b"".join(b"\0\0" + m for m in messages), empty)
    assert state(empty) == state(told)


DELETE = "0013 44 0001 0000 000000000000 0000000000000009"
BAD = {
    "0013 7e": "a type out of .* expected, found '~'",
    "0012 44": "'D': length 19 expected, found 18",
    "0024 41 0001 0000 000000000000 0000000000000009 5a 00000001 424f422020202020 00000001": "side B or S expected",
    DELETE: "order 9: an order of the book expected, found none",
}


@pytest.mark.parametrize("text", BAD)
def test_what_cannot_be_read_is_told(text):
    with pytest.raises(RemoteProtocolError, match=BAD[text]):
        feed(bytes.fromhex(text.replace(" ", "")), L3Books())


def test_decode_refuses_lengths_and_types():
    with pytest.raises(RemoteProtocolError, match=r"expected, found b''"):
        decode(b"")
    with pytest.raises(RemoteProtocolError, match="a type out of .* expected, found b'~'"):
        decode(b"~")
    with pytest.raises(RemoteProtocolError, match="19 bytes expected, found 5"):
        decode(b"D1234")


def test_damaged_feeds_give_a_book_or_an_error_in_words():
    dice = random.Random(11)
    data = b"".join(map(block, a_flow(dice, 60)))
    refused = 0
    for _ in range(fuzz_rounds(4000)):
        raw = bytearray(data)
        for _ in range(dice.randrange(1, 4)):
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        book = L3Books(orders_max=50)
        try:
            feed(bytes(raw), book)
        except RemoteProtocolError as error:
            assert "expected, found" in str(error)
            refused += 1
        assert len(book) == sum(len(queue) for levels in state(book).values() for _, queue in levels)
    assert refused > 1000


@pytest.mark.skipif(not RECORDED.exists(), reason=f"recorded ITCH file expected at {RECORDED} (HTS_SHARED), found none")
def test_a_recording_reads_the_same_by_hand_and_by_table():
    # It is an excerpt: some orders are deleted in it that were never added, so it is held call by call, not by books.
    data = RECORDED.read_bytes()
    at, messages = 0, []
    while at < len(data):
        size = LENGTHS[data[at + 2]]
        messages.append(data[at + 2 : at + 2 + size])
        at += 2 + size
    assert (len(messages), at) == (12_012, len(data))
    for raw in messages:
        expected = list(ITCH.decode(raw).fields.values())
        assert list(map(comparable, decode(raw)[1:], expected)) == expected
    fast, slow = Recorder(), Recorder()
    assert feed(data, fast) == len(data)
    apply_by_table(messages, slow)
    assert fast.calls == slow.calls
    assert len(fast.calls) == 7_000
