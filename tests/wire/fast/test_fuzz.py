"""Whatever arrives: messages or the documented error, in bounded memory; and the stream goes on after a restart."""

import random

from hts.wire.fast.decoder import FastDecoder
from hts.wire.fast.errors import CODES, FastRemoteError
from hts.wire.fast.messages import FastLimits
from tests.support.fuzz import fuzz_rounds
from tests.wire.fast.support import encode_all, templates
from tests.wire.fast.test_decoder import BOOK, GOLDEN

LIMITS = FastLimits(message_bytes_max=2_000, block_bytes_max=3_000, elements_max=500, combined_bytes_max=20_000)
WIDE = templates(
    '<string name="a" presence="optional"><tail/></string><byteVector name="b"><delta/></byteVector>'
    '<string name="c" charset="unicode" presence="optional"><delta value="x"/></string><int64 name="d"><delta/></int64>'
    '<decimal name="e" presence="optional"><exponent><increment/></exponent><mantissa><copy/></mantissa></decimal>'
    '<sequence name="f" presence="optional"><length><copy/></length><templateRef/></sequence>'
    '<group name="g" presence="optional"><uInt32 name="h" presence="optional"><constant value="3"/></uInt32></group>',
    '<uInt64 name="i"><increment value="5"/></uInt64>',
)
ROWS = [
    {"a": "abc", "b": b"xyz", "c": "한", "d": -5, "f": (), "g": {"h": 3}},
    {"a": "abd", "b": b"xy", "d": 2**62, "g": {}},
]
SEEDS = [(BOOK, bytes.fromhex(text)) for text in GOLDEN] + [(WIDE, data) for data in encode_all(WIDE, ROWS)]
ROUNDS = fuzz_rounds(1_500)


def damaged(dice, data):
    raw = bytearray(data * dice.randrange(1, 4))
    for _ in range(dice.randrange(4)):
        kind = dice.randrange(4)
        at = dice.randrange(len(raw)) if raw else 0
        if kind == 0 and raw:
            raw[at] ^= 1 << dice.randrange(8)
        elif kind == 1:
            del raw[at : at + dice.randrange(4)]
        elif kind == 2:
            raw[at:at] = dice.randbytes(dice.randrange(1, 30))
        else:
            raw[at:at] = bytes([dice.choice((0x00, 0x7F, 0x80, 0xFF))]) * dice.randrange(1, 40)
    return bytes(raw)


def play(dice, decoder, data):
    """How many messages and errors came."""
    messages, size = 0, dice.choice((1, 5, 10_000))
    for at in range(0, len(data), size):
        decoder.receive_data(data[at : at + size])
        try:
            while decoder.next_event() is not None:
                messages += 1
        except FastRemoteError as error:
            assert error.code in CODES
            return messages, 1
    assert decoder.leftover <= max(LIMITS.block_bytes_max, LIMITS.message_bytes_max) + 10
    return messages, 0


def test_thousands_of_damaged_streams_give_messages_or_documented_errors():
    total = errors = 0
    for seed in range(ROUNDS):
        dice = random.Random(seed)
        found, data = dice.choice(SEEDS)
        decoder = FastDecoder(found, blocks=dice.random() < 0.2, strict=dice.random() < 0.2, limits=LIMITS)
        for _ in range(3):
            messages, faults = play(dice, decoder, damaged(dice, data))
            total, errors = total + messages, errors + faults
            decoder.restart()
    assert total > ROUNDS // 2
    assert errors > ROUNDS // 2
