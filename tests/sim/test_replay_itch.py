"""A recorded ITCH 5.0 feed on the real exchange."""

import struct

import pytest

from hts.base.errors import RemoteProtocolError
from hts.sim.replay_itch import load_itch
from tests.sim.test_replay_dbn import START_NS, listed, play, shown
from tests.support.recordings import recording

NS = 1_000_000_000
FORMATS = {
    "R": "8s20x", "A": "QcI8sI", "E": "QIQ", "C": "QIQcI", "X": "QI", "D": "Q", "U": "QQII", "P": "QcI8sIQ",
}  # fmt: skip


def message(kind: str, at_s: int, *values, locate: int = 1) -> bytes:
    """Two bytes of length, the head (type, locate, tracking, 48 bits of time), the values."""
    head = kind.encode() + struct.pack(">HH", locate, 0) + (at_s * NS).to_bytes(6, "big")
    body = head + struct.pack(">" + FORMATS[kind], *values)
    return len(body).to_bytes(2, "big") + body


def add(at_s: int, ref: int, side: bytes, px: int, qty: int, *, locate: int = 1) -> bytes:
    return message("A", at_s, ref, side, qty, b"ABC     ", px, locate=locate)


DAY = b"".join(
    [
        message("R", 1, b"ABC     "),
        message("R", 1, b"XYZ     ", locate=2),
        add(10, 1, b"B", 100_000, 300),
        add(11, 2, b"B", 100_000, 200),
        add(12, 3, b"S", 100_500, 500),
        add(12, 9, b"S", 77_700, 1, locate=2),
        message("E", 13, 1, 100, 7),
        message("X", 14, 2, 50),
        message("U", 15, 3, 4, 400, 100_300),
        message("P", 16, 0, b"B", 10, b"ABC     ", 100_100, 8),
        message("C", 17, 4, 100, 9, b"Y", 100_200),
        message("D", 18, 2),
        message("E", 19, 55, 1, 10),
    ]
)


def test_every_message_of_the_book_by_hand():
    listing = load_itch(DAY, START_NS)
    assert (listing.instrument.symbol, listing.instrument.px_decimals, listing.instrument.ticks.steps) == (
        "ABC",
        2,
        (1,),
    )
    exchange = listed(listing)
    play(exchange, listing)
    assert shown(exchange, "ABC") == ([(1000, 200)], [(1003, 300)])
    assert [(p.px, p.qty, p.side, (p.trade_ns - START_NS) // NS) for p in listing.prints] == [
        (1001, 10, "2", 6),
        (1002, 100, "", 7),
    ]
    assert listing.notes == ("record 10: order 55 was never added",)


def test_an_issue_by_name_and_names_that_are_not_there():
    assert load_itch(DAY, START_NS, "XYZ").instrument.base_px == 777
    with pytest.raises(RemoteProtocolError, match="a symbol of the recording's directory expected, found NONE"):
        load_itch(DAY, START_NS, "NONE")
    with pytest.raises(RemoteProtocolError, match="added orders expected, found none"):
        load_itch(message("R", 1, b"ABC     "), START_NS)
    with pytest.raises(RemoteProtocolError, match="a whole message expected"):
        load_itch(DAY[:-1], START_NS)


def test_the_recorded_excerpt_gives_the_book_that_the_feed_s_reader_gives():
    data = recording("itch", "ritch_ex20101224.TEST_ITCH_50").read_bytes()
    listing = load_itch(data, START_NS, "BOB")
    assert len(listing.commands) > 3000
    exchange = listed(listing)
    play(exchange, listing)
    assert listing.instrument.symbol == "BOB"
    assert listing.end_ns > listing.start_ns + 7 * 3600 * NS
