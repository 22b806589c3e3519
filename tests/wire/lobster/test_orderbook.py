"""Orderbook lines, right and wrong."""

import pytest

from hts.wire.lobster.messages import LobsterError
from hts.wire.lobster.orderbook import BookRow, parse_orderbook

TWO_LEVELS = "5859400,200,5853300,18,5859800,100,5853000,150"


def test_levels_from_the_touch_down_and_a_side_that_ends_early():
    one_ask = "5859400,200,5853300,18,9999999999,0,5853000,150"
    empty = "9999999999,0,-9999999999,0,9999999999,0,-9999999999,0"
    text = f"{TWO_LEVELS}\r\n{one_ask}\n{empty}\n"
    assert parse_orderbook(text) == (
        BookRow(asks=((5_859_400, 200), (5_859_800, 100)), bids=((5_853_300, 18), (5_853_000, 150)), depth=2),
        BookRow(asks=((5_859_400, 200),), bids=((5_853_300, 18), (5_853_000, 150)), depth=2),
        BookRow(asks=(), bids=(), depth=2),
    )


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("", "line 2: expected 4 fields per level, at most 200 levels, found 1"),
        ("1,2,3", "line 2: expected 4 fields per level, at most 200 levels, found 3"),
        (",".join(["1"] * 804), "line 2: expected 4 fields per level, at most 200 levels, found 804"),
        ("5859400,200,5853300,18", "line 2: expected 2 levels as in line 1, found 1"),
        ("5859400,200,5853300,x,5859800,100,5853000,150", "line 2: expected an integer price or size, found 'x'"),
        ("5859400,200,5853300,18,5859400,100,5853000,150", "line 2: expected rising ask prices"),
        ("5859400,200,5853300,18,5859800,100,5853300,150", "line 2: expected falling bid prices"),
        ("5859400,0,5853300,18,5859800,100,5853000,150", "line 2: expected ask prices and sizes above 0"),
        ("5859400,200,-1,18,5859800,100,5853000,150", "line 2: expected bid prices and sizes above 0"),
        ("9999999999,0,5853300,18,5859800,100,5853000,150", "line 2: expected no ask level below an empty one"),
        ("1" * 16_001, "line 2: expected at most 16000 characters, found 16001"),
    ],
)
def test_a_wrong_line_is_named_with_what_was_expected(line, complaint):
    with pytest.raises(LobsterError) as caught:
        parse_orderbook(f"{TWO_LEVELS}\n{line}\n{TWO_LEVELS}")
    assert str(caught.value).startswith(complaint)


def test_an_empty_file_is_refused():
    with pytest.raises(LobsterError, match="line 1: expected a book, found an empty file"):
        parse_orderbook("")
