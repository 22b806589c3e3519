"""Golden bytes, written by hand from the tables, one or more for each family; and what encode refuses."""

import pytest

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.wire.layout.codec import Decoded
from hts.wire.layout.values import Field, scaled
from tests.support.wire_layout import layout_of, zeros

GOLDEN = [
    (
        "itch50",
        "add_order",
        "41 0002 0000 1c522027c055 0000000000000000 42 000003e8 424f422020202020 0000cfaf",
        {
            "stock_locate": 2,
            "tracking_number": 0,
            "timestamp": 0x1C522027C055,
            "order_reference_number": 0,
            "side": "B",
            "shares": 1000,
            "stock": "BOB",
            "price": 53167,
        },
    ),
    (
        "itch50",
        "mwcb_decline_level",
        "56 0000 0000 000000000001 0000000005f5e100 0000000000000002 ffffffffffffffff",
        {
            "stock_locate": 0,
            "tracking_number": 0,
            "timestamp": 1,
            "level_1": 100_000_000,
            "level_2": 2,
            "level_3": 2**64 - 1,
        },
    ),
    (
        "ouch42",
        "cancel_order",
        "58 4142433031 202020202020202020 00000000",
        {"order_token": "ABC01", "shares": 0},
    ),
    (
        "ouch50",
        "order_restated",
        "52 0000000000000005 00000007 52 000c 05 16 00000064 05 05 000003e8",
        {
            "timestamp": 5,
            "user_ref_num": 7,
            "reason": "R",
            "appendage": {"display_quantity": 100, "max_floor": 1000},
        },
    ),
    (
        "ouch50",
        "rejected",
        "4a 0000000000000005 00000007 001d 4f31202020202020202020202020",
        {"timestamp": 5, "user_ref_num": 7, "reason": 0x1D, "cl_ord_id": "O1"},
    ),
    (
        "soupbintcp",
        "login_request",
        "002f 4c 4854533120 20 7365637265742020 2020 202020202020202020202020202020202020202020202020202020203432",
        {"username": "HTS1", "password": "secret", "requested_session": "", "requested_sequence_number": 42},
    ),
    (
        "soupbintcp",
        "login_accepted",
        "001f 41 20202020202044415931 2020202020202020202020202020202020202031",
        {"session": "DAY1", "sequence_number": 1},
    ),
    (
        "moldudp64",
        "downstream_packet_header",
        "44415931202020202020 0000000000000009 0003",
        {"session": "DAY1", "sequence_number": 9, "message_count": 3},
    ),
    (
        "moldudp64",
        "request_packet",
        "44415931202020202020 0000000000000009 03e8",
        {"session": "DAY1", "sequence_number": 9, "requested_message_count": 1000},
    ),
    (
        "jnx_itch_1_6",
        "order_executed",
        "45 3b9ac9ff 0000000000000011 00000064 0000000000000022",
        {"nanoseconds": 999_999_999, "order_number": 17, "executed_quantity": 100, "match_number": 34},
    ),
    (
        "jnx_itch_2_0",
        "trading_state",
        "48 00000001 37323033 44415920 54",
        {"nanoseconds": 1, "orderbook_id": "7203", "group": "DAY", "trading_state": "T"},
    ),
    (
        "jnx_ouch_2_01",
        "cancel_order",
        "58 00000007 00000064",
        {"order_token": 7, "quantity": 100},
    ),
    (
        "odx_ouch_2_0",
        "order_rejected",
        "4a 0000000000000005 00000007 58",
        {"timestamp": 5, "order_token": 7, "order_rejected_reason": "X"},
    ),
    (
        "odx_itch_2_2",
        "seconds",
        "54 00007e90",
        {"seconds": 32_400},
    ),
    (
        "ose_itch_5_0_6",
        "tick_size_table_entry",
        "4c 00000000 00000102 0000000000000005 ffffff9c 7fffffff",
        {
            "nanoseconds": 0,
            "order_book_id": 258,
            "tick_size": 5,
            "price_from": -100,
            "price_to": 2**31 - 1,
        },
    ),
    (
        "ose_ouch_5_0",
        "order_rejected",
        "4a 0000000000000005 54312020202020202020202020 20 fff3caff",
        {"timestamp_nanoseconds": 5, "order_token": "T1", "reject_code": -800_001},
    ),
    (
        "jpx_flex_mbo_1_1",
        "add_order",
        "41 000003e8 00000007 42 000000000064 00000000017d7840 00 01",
        {
            "time_microseconds": 1000,
            "order_id": 7,
            "side": "B",
            "quantity": 100,
            "price": 25_000_000,
            "order_condition": 0,
            "modification_flag": 1,
        },
    ),
    (
        "jpx_flex_mbo_1_1",
        "tcp_request",
        "0010 52 464c45583031 05 00 00000009 00c350",
        {
            "packet_type": "R",
            "user_id": "FLEX01",
            "multicast_group_number": 5,
            "number_of_system_reboots": 0,
            "sequence_number": 9,
            "requested_message_count": 50_000,
        },
    ),
    (
        "arrowhead_ours",
        "mass_canceled",
        (
            "003a 4d41 0000000000000005 00000007 7237 2020202020202020202020202020 0002 00000001 0000000000000064"
            " 00000003 00000000000000c8"
        ),
        {
            "timestamp": 5,
            "request_number": 7,
            "client_reference": "r7",
            "orders": (
                {"orig_request_number": 1, "canceled_quantity": 100},
                {"orig_request_number": 3, "canceled_quantity": 200},
            ),
        },
    ),
]


@pytest.mark.parametrize(("name", "message", "text", "fields"), GOLDEN, ids=[f"{g[0]}.{g[1]}" for g in GOLDEN])
def test_golden_bytes(name, message, text, fields):
    layout = layout_of(name)
    data = bytes.fromhex(text.replace(" ", ""))
    assert layout.encode(message, fields).hex(" ") == data.hex(" ")
    sender = layout.row(message).sender
    assert layout.decode_as(message, data) == Decoded(message, sender, fields)
    if layout.row(message).type:
        assert layout.decode(data, sender) == Decoded(message, sender, fields)


def test_explain_gives_place_bytes_scaled_value_and_meaning():
    layout = layout_of("itch50")
    data = bytes.fromhex("450001 0000 00000000000a 0000000000000011 00000064 0000000000000022".replace(" ", ""))
    assert layout.explain(data)[-2:] == [
        Field("executed_shares", 19, 4, b"\0\0\0\x64", 100),
        Field("match_number", 23, 8, b"\0\0\0\0\0\0\0\x22", 34),
    ]
    price = layout.explain(bytes.fromhex(GOLDEN[0][2].replace(" ", "")))[-1]
    assert price == Field("price", 32, 4, b"\0\0\xcf\xaf", "5.3167")
    side = layout.explain(bytes.fromhex(GOLDEN[0][2].replace(" ", "")))[5]
    assert side == Field("side", 19, 1, b"B", "B", "buy")


def test_explain_names_each_option_with_its_length_and_tag():
    layout = layout_of("ouch50")
    data = bytes.fromhex(GOLDEN[3][2].replace(" ", ""))
    assert [(f.name, f.offset, f.value) for f in layout.explain(data)[4:]] == [
        ("appendage_length", 14, 12),
        ("appendage.display_quantity.length", 16, 5),
        ("appendage.display_quantity.tag", 17, 22),
        ("appendage.display_quantity", 18, 100),
        ("appendage.max_floor.length", 22, 5),
        ("appendage.max_floor.tag", 23, 5),
        ("appendage.max_floor", 24, 1000),
    ]


def test_a_code_of_blanks_keeps_its_meaning():
    layout = layout_of("jpx_flex_mbo_1_1")
    data = layout.encode("trading_status", zeros(layout, "trading_status"))
    found = {f.name: (f.value, f.meaning) for f in layout.explain(data)}
    assert found["status_flag"] == ("", "other")


def test_negative_and_small_prices_are_scaled_exactly():
    assert [scaled(v, 4) for v in (-5, 0, 12, 123_400, -123_456_789)] == [
        "-0.0005",
        "0.0000",
        "0.0012",
        "12.3400",
        "-12345.6789",
    ]
    assert scaled(7, 0) == "7"


APPENDAGES = {
    "0004 05 16 0000": "an option of 1 to 3 bytes expected, found 5",
    "0001 00": "an option of 1 to 0 bytes expected, found 0",
    "0004 03 16 0000": r"display_quantity: 4 bytes expected, found 2",
    "000c 05 16 00000001 05 16 00000001": "each tag once expected, found 22 twice",
    "0006 02 c8 01 02 c8 01": "each tag once expected, found 200 twice",
    "0002 0116 01": "2 bytes expected, found 3",
    "ffff": "65535 bytes expected, found 0",
}


@pytest.mark.parametrize("appendage", APPENDAGES)
def test_a_broken_appendage_is_told(appendage):
    layout = layout_of("ouch50")
    data = bytes.fromhex("52 0000000000000005 00000007 52".replace(" ", "") + appendage.replace(" ", ""))
    with pytest.raises(RemoteProtocolError, match=f"order_restated: appendage.*{APPENDAGES[appendage]}"):
        layout.decode(data)


def test_an_option_that_the_table_does_not_know_is_kept_as_bytes():
    layout = layout_of("ouch50")
    data = bytes.fromhex("52 0000000000000005 00000007 52 0004 03 c8 abcd".replace(" ", ""))
    found = layout.decode(data)
    assert found.fields["appendage"] == {"tag_200": b"\xab\xcd"}
    assert layout.encode(found.name, found.fields) == data


WRONG = [
    ("add_order", {"shares": -1}, "shares: uint of 4 bytes expected, found -1"),
    ("add_order", {"shares": 2**32}, "shares: uint of 4 bytes expected, found 4294967296"),
    ("add_order", {"timestamp": 2**48}, "timestamp: uint of 6 bytes expected, found 281474976710656"),
    ("add_order", {"timestamp": "now"}, "timestamp: uint of 6 bytes expected, found 'now'"),
    ("add_order", {"stock": "TOOLONGER"}, "stock: 8 characters at most expected, found 'TOOLONGER'"),
    ("add_order", {"stock": "BOB "}, "stock: no space at the padded end expected, found 'BOB '"),
    ("add_order", {"stock": "BÖB"}, "stock: printable ASCII expected, found 'BÖB'"),
    ("add_order", {"side": ""}, "side: 1 characters at most expected, found ''"),
    ("stock_trading_action", {"reserved": b""}, "reserved: 1 bytes expected, found b''"),
]


@pytest.mark.parametrize(("message", "change", "text"), WRONG, ids=[w[2] for w in WRONG])
def test_a_value_that_does_not_fit_is_our_mistake(message, change, text):
    layout = layout_of("itch50")
    with pytest.raises(LocalProtocolError) as caught:
        layout.encode(message, {**zeros(layout, message), **change})
    assert str(caught.value) == f"{message}: {text}"


def test_an_unknown_name_and_an_unknown_option_are_our_mistake():
    with pytest.raises(LocalProtocolError, match="a message of the table expected, found 'enter_quote'"):
        layout_of("ouch50").encode("enter_quote", {})
    fields = {"timestamp": 1, "user_ref_num": 1, "reason": "R", "appendage": {"colour": 1}}
    with pytest.raises(LocalProtocolError, match="an option of the table expected, found 'colour'"):
        layout_of("ouch50").encode("order_restated", fields)


LIES = {
    "0020 41 20202020202044415931 2020202020202020202020202020202020202031": "packet_length: 31 expected, found 32",
    "001f 41 20202020202044415931 2020202020202020202020202020202020202078": "sequence_number: digits expected",
    "001f 41 20202020202044415900 2020202020202020202020202020202020202031": "session: printable ASCII expected",
}


@pytest.mark.parametrize("text", LIES)
def test_a_length_that_lies_and_text_that_is_none_are_told(text):
    with pytest.raises(RemoteProtocolError, match=f"login_accepted.*{LIES[text]}"):
        layout_of("soupbintcp").decode(bytes.fromhex(text.replace(" ", "")))


def test_a_count_that_lies_is_told():
    data = bytes.fromhex(GOLDEN[-1][2].replace(" ", "").replace("20200002", "20200003"))
    with pytest.raises(RemoteProtocolError, match="mass_canceled.order_count: 2 expected, found 3"):
        layout_of("arrowhead_ours").decode(data)
    with pytest.raises(RemoteProtocolError, match="orders: rows of 12 bytes expected, found 23 bytes"):
        layout_of("arrowhead_ours").decode(data[:-1])
