import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.base.errors import RemoteProtocolError
from hts.model.enums import Phase
from hts.model.quotes import BookUpdate, TradeUpdate
from hts.model.venues import VENUES
from hts.wire.link import messages
from tests.support.builders import an_instrument

I64 = st.integers(-(2**63), 2**63 - 1)
BOOK = BookUpdate("0126Z0", 7, tuple(range(40)), 41, 42, 43, 44, Phase.OPEN_CALL, "NXT")
TRADE = TradeUpdate("005930", 7, 8, 9, "1", 10, 11, 12, 13, 14, Phase.CONTINUOUS, "TSE")


def test_book_bytes_follow_the_published_layout():
    golden = (
        b"0126Z0" + bytes(18) + b"".join(struct.pack(">q", n) for n in [7, *range(40), 41, 42, 43, 44]) + b"\x04\x01"
    )
    assert messages.encode_book(BOOK) == golden
    assert messages.decode_book(golden) == BOOK


def test_trade_bytes_follow_the_published_layout():
    golden = (
        b"005930"
        + bytes(18)
        + struct.pack(">qqq", 7, 8, 9)
        + b"1"
        + struct.pack(">qqqqq", 10, 11, 12, 13, 14)
        + b"\x05\x02"
    )
    assert messages.encode_trade(TRADE) == golden
    assert messages.decode_trade(golden) == TRADE


@given(st.tuples(*[I64] * 40), I64, st.sampled_from(Phase), st.sampled_from(VENUES))
def test_book_round_trip(levels, total, phase, venue):
    book = BookUpdate("A", 1, levels, total, total, total, total, phase, venue)
    assert messages.decode_book(messages.encode_book(book)) == book


@pytest.mark.parametrize(
    "decode",
    [
        messages.decode_book,
        messages.decode_trade,
        messages.decode_intent,
        messages.decode_view,
        messages.decode_query,
        messages.decode_hello,
        messages.decode_welcome,
        messages.decode_phase,
        messages.decode_instrument,
    ],
)
@given(body=st.binary(max_size=400))
def test_any_bytes_are_a_value_or_a_documented_error(decode, body):
    try:
        decode(body)
    except RemoteProtocolError as error:
        assert "expected" in str(error)


def test_a_token_is_not_shown():
    assert "s3cret" not in repr(messages.Hello(version=1, build="b", token="s3cret", name="n"))


def test_a_value_that_no_model_can_hold_is_the_peers_fault():
    body = messages.encode_body(an_instrument())
    broken = body.replace(b"\xa6starts\x97\x00", b"\xa6starts\x97\x01")
    assert broken != body
    with pytest.raises(RemoteProtocolError, match="instrument: expected its published fields"):
        messages.decode_instrument(broken)
