"""Message lines, right and wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.wire.lobster import messages
from hts.wire.lobster.messages import EventType, LobsterError, LobsterMessage, parse_messages

LINE = "34200.004241176,1,16113575,18,5853300,1"


def test_one_line_of_each_type():
    text = (
        "34200.1,1,11,18,5853300,1\n"
        "34200.25,2,11,8,5853300,1\r\n"
        "34200.250000001,3,11,10,5853300,1\n"
        "34201,4,12,5,5854000,-1\n"
        "34201,5,0,7,5853950,1\n"
        "34202,6,0,700,5853900,-1\n"
        "34203,7,0,0,-1,-1"
    )
    assert parse_messages(text) == (
        a_message(1, 34_200_100_000_000, EventType.SUBMISSION, 11, 18, 5_853_300, 1),
        a_message(2, 34_200_250_000_000, EventType.PARTIAL_CANCEL, 11, 8, 5_853_300, 1),
        a_message(3, 34_200_250_000_001, EventType.DELETION, 11, 10, 5_853_300, 1),
        a_message(4, 34_201_000_000_000, EventType.EXECUTION, 12, 5, 5_854_000, -1),
        a_message(5, 34_201_000_000_000, EventType.HIDDEN_EXECUTION, 0, 7, 5_853_950, 1),
        a_message(6, 34_202_000_000_000, EventType.CROSS, 0, 700, 5_853_900, -1),
        a_message(7, 34_203_000_000_000, EventType.HALT, 0, 0, -1, -1),
    )


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("", "line 2: expected 6 fields, found 1"),
        ("34200.1,1,2,3,4", "line 2: expected 6 fields, found 5"),
        (LINE + ",1", "line 2: expected 6 fields, found 7"),
        ("x,1,2,3,4,1", "line 2: expected seconds of a day with at most 9 decimals, found 'x'"),
        ("34200.1234567890,1,2,3,4,1", "line 2: expected seconds of a day with at most 9 decimals, found"),
        ("86400.0,1,2,3,4,1", "line 2: expected seconds of a day with at most 9 decimals, found '86400.0'"),
        ("-1.0,1,2,3,4,1", "line 2: expected seconds of a day with at most 9 decimals, found '-1.0'"),
        ("34199.9,1,2,3,4,1", "line 2: expected a time not before the line above, found 34199.9"),
        ("34201,8,2,3,4,1", "line 2: expected type 1 to 7, found 8"),
        ("34201,0,2,3,4,1", "line 2: expected type 1 to 7, found 0"),
        ("34201,1.0,2,3,4,1", "line 2: expected an integer type, found '1.0'"),
        ("34201,1,-2,3,4,1", "line 2: expected an order id of 0 or more, found -2"),
        ("34201,1,0,3,4,1", "line 2: expected an order id with type 1, found 0"),
        ("34201,1,2,0,4,1", "line 2: expected a size above 0, found 0"),
        ("34201,4,2,3,-4,1", "line 2: expected a price above 0, found -4"),
        ("34201,1,2, 3,4,1", "line 2: expected an integer size, found ' 3'"),
        ("34201,1,2,3,4,0", "line 2: expected direction 1 or -1, found 0"),
        ("34201,1,2,3,٤,1", "line 2: expected an integer price, found '٤'"),
        ("34201,1,2,3,9999999999999999999,1", "line 2: expected an integer price, found '9999999999999999999'"),
        ("9" * 97, "line 2: expected at most 96 characters, found 97"),
    ],
)
def test_a_wrong_line_is_named_with_what_was_expected(line, complaint):
    with pytest.raises(LobsterError) as caught:
        parse_messages(f"{LINE}\n{line}\n{LINE}")
    assert str(caught.value).startswith(complaint)


def test_an_empty_file_is_refused():
    with pytest.raises(LobsterError, match="line 1: expected a message, found an empty file"):
        parse_messages("")


def test_too_many_lines_are_refused(monkeypatch):
    monkeypatch.setattr(messages, "LINES_MAX", 3)
    assert len(parse_messages(f"{LINE}\n" * 3)) == 3
    with pytest.raises(LobsterError, match="line 4: expected at most 3 lines"):
        parse_messages(f"{LINE}\n" * 4)


@given(st.text(alphabet="0123456789.,-\n\r x", max_size=200))
def test_any_text_is_messages_or_a_complaint_with_a_line(text):
    try:
        parse_messages(text)
    except LobsterError as error:
        assert str(error).startswith("line ")


def a_message(*fields) -> LobsterMessage:
    return LobsterMessage(**dict(zip(LobsterMessage.__struct_fields__, fields, strict=True)))
