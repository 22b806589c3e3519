"""Seeded nonsense, about a second each: an event or a documented error, bounded memory, the state still right."""

import random
import time

import pytest

from hts.base.errors import RemoteProtocolError
from hts.wire.fix.codec import join, wrap
from hts.wire.fix.framing import FrameReader, Garbled
from hts.wire.fix.market import MarketMessages
from hts.wire.fix.orders import OrderMessages
from hts.wire.fix.shapes import Inspector
from hts.wire.fix.states import Role, State
from tests.support.fuzz import fuzz_seconds
from tests.wire.fix.kit import ORDER_TEXT, Side, a_dictionary, a_frame
from tests.wire.fix.test_every_message import a_message

SECONDS = fuzz_seconds(1.2)
PIECES = [b"8=FIX.4.4\x01", b"8=FIX", b"9=", b"10=", b"\x0110=000\x01", b"\x01", b"=", b"35=A\x01", b"9=99999\x01"]


def until_time_is_up():
    end = time.monotonic() + SECONDS
    number = 0
    while time.monotonic() < end:
        yield number
        number += 1


def mutated(dice: random.Random, data: bytes) -> bytes:
    """A few bytes changed, cut, doubled or put in."""
    body = bytearray(data)
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(body) + 1)
        kind = dice.randrange(4)
        if kind == 0 and at < len(body):
            body[at] = dice.randrange(256)
        elif kind == 1:
            del body[at : at + dice.randrange(20)]
        elif kind == 2:
            body[at:at] = dice.choice(PIECES)
        else:
            body[at:at] = body[at : at + dice.randrange(40)]
    return bytes(body)


def test_fuzzed_frames():
    dice = random.Random(1)
    reader = FrameReader(message_bytes_max=2_000)
    good = a_frame("35=0|34=2|49=A|52=20261123-00:00:00|56=B|")
    seen = 0
    for _ in until_time_is_up():
        reader.append(mutated(dice, good) if dice.randrange(3) else good)
        while (found := reader.next_frame()) is not None:
            seen += isinstance(found, bytes)
            assert isinstance(found, bytes | Garbled)
        assert reader.kept_bytes <= 4_100
    assert seen > 100


@pytest.mark.parametrize("begin_string", ["FIX.4.4", "FIXT.1.1"])
def test_fuzzed_messages(begin_string):
    """Frames with a right length and checksum and nonsense in them."""
    dice = random.Random(2)
    dictionary = a_dictionary(begin_string)
    inspector = Inspector(dictionary)
    types, tags = dictionary.msg_types(), dictionary.tags()
    values = [
        "1",
        "0",
        "-1",
        "2",
        "A",
        "Y",
        "N",
        "20261123",
        "20261123-00:00:00",
        "KRW",
        "x" * 300,
        "",
        "9" * 5000,
        "ü",
    ]
    for _ in until_time_is_up():
        fields = "".join(f"{dice.choice(tags)}={dice.choice(values)}|" for _ in range(dice.randrange(20)))
        frame = a_frame(f"35={dice.choice(types)}|34=1|49=A|52=20261123-00:00:00|56=B|{fields}", begin_string)
        try:
            message, _refusal = inspector.inspect(mutated(dice, frame) if dice.randrange(2) else frame)
        except RemoteProtocolError:
            continue
        assert len(message.tags) == len(message.values)


def script(dice: random.Random, side: Side) -> bytes:
    """A plausible message with a number near the expected one."""
    seq = max(0, side.session.next_in_seq + dice.choice((0, 0, 0, 0, 1, 3, -1, 100)))
    dup = dice.choice(("", "", "43=Y|122=20261123-00:00:00|", "43=Y|"))
    kind, more = dice.choice(
        [
            ("0", ""),
            ("0", "112=TEST|"),
            ("1", "112=x|"),
            ("2", f"7={dice.randrange(6)}|16={dice.randrange(4)}|"),
            ("3", "45=1|"),
            ("4", f"36={seq + dice.randrange(4)}|123=Y|"),
            ("4", f"36={seq + dice.randrange(3)}|"),
            ("A", "98=0|108=30|141=Y|"),
            ("A", "98=0|108=30|"),
            ("D", ORDER_TEXT),
            ("D", "11=1|"),
            ("5", ""),
            ("ZZ", ""),
        ]
    )
    return side.peer(seq, kind, dup + more, at_s=dice.choice((0, 0, 0, 0, 0, 130)))


@pytest.mark.parametrize("role", list(Role))
def test_bad_peers_of_a_session(role):
    dice = random.Random(3)
    side = Side(role)
    ups = 0
    for _ in until_time_is_up():
        if side.session.state in (State.DISCONNECTED, State.CLOSING):
            side.events.clear()
            side.connect()
            side.receive(side.peer(max(1, side.session.next_in_seq), "A", "98=0|108=5|"))
            ups += side.session.is_up
        data = script(dice, side)
        side.receive(mutated(dice, data) if not dice.randrange(8) else data)
        if not dice.randrange(10) and side.session.next_timer_ns() is not None:
            side.tick()
        if side.session.is_up and not dice.randrange(4):
            side.send("8", ((37, b"1"),))
        assert side.session.next_in_seq >= 1
        assert side.store.next_in_seq <= side.session.next_in_seq
    assert ups > 20


READERS = {
    **dict.fromkeys(("D", "F", "G", "q", "AF"), "read_request"),
    "H": "read_status_request",
    "V": "read_market_data_request",
    "Y": "read_market_data_reject",
    "W": "read_snapshot",
    "X": "read_incremental",
    "x": "read_security_list_request",
    "y": "read_security_list",
    "g": "read_trading_session_status_request",
    "h": "read_trading_session_status",
    "AN": "read_request_for_positions",
    "AO": "read_positions_ack",
    "AP": "read_position_report",
    "j": "read_business_reject",
}
ODD = [
    b"-7",
    b"0",
    b"1",
    b"12345678901234567",
    b"1.5",
    b"P",
    b"y",
    b"20261301",
    b"20260230-00:00:00",
    b"NONE: x",
    b"M R",
]


@pytest.mark.parametrize("begin_string", ["FIX.4.4", "FIXT.1.1"])
def test_fuzzed_application_messages(begin_string):
    """Valid by the dictionary or nearly, with odd values: a value of the model, or a documented error."""
    dice = random.Random(4)
    dictionary = a_dictionary(begin_string)
    orders = OrderMessages(dictionary, lambda _symbol: 1)
    market = MarketMessages(dictionary, lambda _symbol: 1)
    inspector = Inspector(dictionary)
    sources = {kind: a_message(dictionary, kind, dice, is_whole=False) for kind in (*READERS, "8", "9", "r")}
    wholes = {kind: inspector.parse(a_message(dictionary, kind, dice, is_whole=True)).fields() for kind in sources}
    read = refused = 0
    for _ in until_time_is_up():
        kind = dice.choice(list(sources))
        fields = list(inspector.parse(sources[kind]).fields())[2:-1]
        for _ in range(dice.randrange(12)):
            fields.insert(dice.randrange(1, len(fields) + 1), dice.choice(wholes[kind]))
        for _ in range(dice.randrange(4)):
            at = dice.randrange(1, len(fields))
            fields[at] = (fields[at][0], dice.choice(ODD))
        try:
            message = inspector.parse(wrap(begin_string.encode(), join(fields)))
            if kind in ("8", "9", "r"):
                orders.read_report(message, "KRX")
            else:
                getattr(market if hasattr(market, READERS[kind]) else orders, READERS[kind])(message)
            read += 1
        except RemoteProtocolError as error:
            assert str(error)
            refused += 1
    assert read > 20
    assert refused > 20
