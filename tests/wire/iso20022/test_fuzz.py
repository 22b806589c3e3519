"""Whatever arrives as a document: a message, or the documented error."""

import random

from hts.base.errors import RemoteProtocolError
from hts.wire.iso20022.reader import read
from hts.wire.iso20022.writer import write
from tests.support.fuzz import fuzz_rounds
from tests.wire.iso20022.samples import ALL, LAYOUT

ROUNDS = fuzz_rounds(2_000)
SCRAPS = (
    b"<",
    b">",
    b"&",
    b"&#0;",
    b"&amp;",
    b"</",
    b"/>",
    b"<!DOCTYPE a>",
    b"<?a?>",
    b"<![CDATA[x]]>",
    b"\xff",
    b"NaN",
)


def damaged(dice, data):
    raw = bytearray(data)
    for _ in range(dice.randrange(1, 3)):
        at = dice.randrange(len(raw))
        kind = dice.choice((0, 1, 2, 3, 4, 4, 4, 5))
        if kind == 0:
            raw[at] = dice.randrange(256)
        elif kind == 1:
            del raw[at : at + dice.randrange(1, 40)]
        elif kind == 2:
            raw[at:at] = dice.choice(SCRAPS)
        elif kind == 3:
            end = min(len(raw), at + dice.randrange(200))
            raw[at:at] = raw[at:end]
        elif kind == 4:
            digits = [place for place, byte in enumerate(raw) if 0x30 <= byte <= 0x39] or [0]
            raw[dice.choice(digits)] = dice.choice(b"0123456789-+.eE ")
        else:
            names = [place for place, byte in enumerate(raw) if byte == 0x3C] or [0]
            raw[min(dice.choice(names) + 1, len(raw) - 1)] = ord("Z")
        if not raw:
            break
    return bytes(raw)


def test_thousands_of_damaged_documents_give_messages_or_documented_errors():
    documents = [write(LAYOUT, message) for message in ALL]
    good = bad = 0
    for seed in range(ROUNDS):
        dice = random.Random(seed)
        try:
            found = read(LAYOUT, damaged(dice, dice.choice(documents)))
        except RemoteProtocolError:
            bad += 1
        else:
            good += 1
            write(LAYOUT, found.message)
    assert good > ROUNDS // 20
    assert bad > ROUNDS // 2
