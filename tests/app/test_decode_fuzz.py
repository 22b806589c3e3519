"""Every decoder of `hts decode`: whatever comes, messages or a documented error."""

import contextlib
import random
import time

import pytest

from hts.app.decoders import LOADERS, DecoderOptions
from hts.app.tables import resources_directory
from hts.base.errors import RemoteProtocolError
from tests.support.capture import PORTS, capture_session
from tests.support.fuzz import fuzz_seconds
from tests.wire.mdcs.samples import BOOK_RECORD, TRADE_RECORD

TEMPLATES = resources_directory() / "protocols" / "fast_feed.xml"
SECONDS_OURS = fuzz_seconds(0.35)  # six protocols
SECONDS_EACH = fuzz_seconds(0.1)
PORT_OF = {"ums": "orders", "krx_md": "A", "krx_recovery": "recovery", "link": "link"}


@pytest.fixture(scope="module")
def captured():
    """Frames of a real session by protocol."""
    from hts.app.decode import Count, _pieces

    with pytest.MonkeyPatch.context() as patch:
        file = capture_session(patch, seed=5, orders=30).file()
    found = {"mdcs": [BOOK_RECORD, TRADE_RECORD], "koscom_udp": [b"I006FFBB1" + b"0" * 70 + b"\xff"]}
    for protocol, port in PORT_OF.items():
        decoder = LOADERS[protocol](DecoderOptions())
        pieces = list(_pieces(file, "pcap", PORTS[port], Count()))
        found[protocol] = [frame for piece in pieces for _, frame in decoder.frames(piece.data, "raw")]
    return found


def damaged(dice, frame):
    data = bytearray(frame)
    for _ in range(dice.randrange(1, 5)):
        kind, at = dice.randrange(4), dice.randrange(len(data) + 1)
        if kind == 0 and at < len(data):
            data[at] = dice.randrange(256)
        elif kind == 1:
            del data[at : at + dice.randrange(1, 9)]
        elif kind == 2:
            data[at:at] = dice.randbytes(dice.randrange(1, 9))
        elif at < len(data):
            data[at] ^= 1 << dice.randrange(8)
    return bytes(data)


def read_all(decoder, data, framing):
    with contextlib.suppress(RemoteProtocolError):
        for _, frame in decoder.frames(data, framing):
            read(decoder, frame)


def read(decoder, frame):
    with contextlib.suppress(RemoteProtocolError):
        decoder.decode(frame)


@pytest.mark.parametrize("protocol", ["ums", "krx_md", "krx_recovery", "link", "mdcs", "koscom_udp"])
def test_damaged_frames_of_a_real_session(protocol, captured):
    dice = random.Random(protocol)
    decoder = LOADERS[protocol](DecoderOptions())
    frames = captured[protocol]
    until = time.monotonic() + SECONDS_OURS
    rounds = 0
    while time.monotonic() < until:
        read(decoder, damaged(dice, dice.choice(frames)))
        some = b"".join(dice.choices(frames, k=3))
        read_all(decoder, damaged(dice, some[-3000:]), "raw")
        rounds += 1
    assert rounds > 20


@pytest.mark.parametrize("protocol", sorted(LOADERS))
def test_random_bytes(protocol):
    decoder = LOADERS[protocol](DecoderOptions(templates=TEMPLATES))
    dice = random.Random(protocol)
    until = time.monotonic() + SECONDS_EACH
    while time.monotonic() < until:
        data = dice.randbytes(dice.randrange(200))
        if dice.random() < 0.5:
            data = bytes(byte & 0x7F for byte in data)
        read_all(decoder, data, dice.choice(decoder.framings))
        read(decoder, data)
