"""A damaged table is one clear line; a changed one needs no code."""

import copy

import pytest

from hts.base.errors import ConfigError
from hts.wire.layout.codec import BinaryLayout
from tests.support.wire_layout import layout_of, table_of


def message(table, name):
    return next(row for row in table["message"] if row["name"] == name)


def without_messages(t):
    del t["message"]


def middle_endian(t):
    t["protocol"]["byte_order"] = "middle"


def long_type(t):
    message(t, "enter_order")["type"] = "NOO"


def unknown_sender(t):
    message(t, "enter_order")["sender"] = "trader"


def overlap(t):
    message(t, "enter_order")["fields"][1][0] = 3


def behind_the_end(t):
    message(t, "enter_order")["fields"][-1][1] = 20


def nine_bytes(t):
    message(t, "enter_order")["fields"][1][1] = 9


def unknown_type(t):
    message(t, "enter_order")["fields"][1][2] = "float"


def two_characters(t):
    message(t, "enter_order")["fields"][3][1] = 2


def missing_codes(t):
    del t["codes"]["side"]


def same_name_twice(t):
    t["message"].append(message(t, "enter_order"))


def same_field_twice(t):
    message(t, "enter_order")["fields"][2][3] = "side"


def tail_in_the_middle(t):
    message(t, "mass_canceled")["fields"][1][1:3] = [-1, "rest"]


def tail_of_a_length(t):
    message(t, "mass_canceled")["fields"][-1][1] = 8


def count_of_nothing(t):
    message(t, "mass_canceled")["fields"][4][4]["of"] = "rows"


def length_behind_the_tail(t):
    message(t, "mass_canceled")["length"] = 36


def option_beyond_a_byte(t):
    t["options"] = {"colour": {"tag": 256, "length": 1, "type": "char"}}


def option_tag_twice(t):
    row = {"tag": 1, "length": 1, "type": "char"}
    t["options"] = {"colour": row, "shape": row}


DAMAGES = {
    without_messages: "a complete table expected, found KeyError('message'); restore the file",
    middle_endian: 'byte_order "big" or "little" expected, found \'middle\'',
    long_type: "enter_order: type of 2 expected, found 'NOO'",
    unknown_sender: "enter_order: sender out of ('client', 'venue', 'both') expected, found 'trader'",
    overlap: "enter_order.request_number: offset 4 or more expected, found 3",
    behind_the_end: "enter_order: fields within 66 bytes expected, found 70",
    nine_bytes: "enter_order.request_number: 1 to 8 bytes expected, found 9",
    unknown_type: "enter_order.request_number: a type out of",
    two_characters: "enter_order.side: a length that fits char expected, found 2",
    missing_codes: "a complete table expected, found KeyError('side')",
    same_name_twice: "message names: each once expected, found more of ['enter_order']",
    same_field_twice: "enter_order: field names: each once expected, found more of ['side']",
    tail_in_the_middle: "mass_canceled.timestamp: a tail only at the end expected",
    tail_of_a_length: "mass_canceled.orders: length -1 expected, found 8",
    count_of_nothing: "mass_canceled.order_count: count of a group expected, found 'rows'",
    length_behind_the_tail: "mass_canceled: fields within 36 bytes expected, found 34",
    option_beyond_a_byte: "options.colour: a tag 0 to 255 of fixed length expected",
    option_tag_twice: "option tags: each once expected, found more of ['1']",
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: d.__name__)
def test_a_damaged_table_is_one_clear_line(damage):
    changed = copy.deepcopy(table_of("arrowhead_ours"))
    damage(changed)
    with pytest.raises(ConfigError) as caught:
        BinaryLayout.parse(changed)
    assert str(caught.value).startswith("binary layout")
    assert DAMAGES[damage] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_other_places_and_byte_order_need_no_code():
    changed = copy.deepcopy(table_of("jnx_ouch_2_01"))
    changed["protocol"]["byte_order"] = "little"
    row = message(changed, "cancel_order")
    row["length"] = 12
    row["fields"] = [[1, 3, "uint", "order_token"], [8, 4, "uint", "quantity"]]
    layout = BinaryLayout.parse(changed)
    data = layout.encode("cancel_order", {"order_token": 7, "quantity": 100})
    assert data.hex(" ") == "58 07 00 00 00 00 00 00 64 00 00 00"
    assert layout.decode(data).fields == {"order_token": 7, "quantity": 100}
    assert [(f.name, f.offset, f.length) for f in layout.explain(data)] == [
        ("message_type", 0, 1),
        ("order_token", 1, 3),
        ("unused_4", 4, 4),
        ("quantity", 8, 4),
    ]


def test_shared_types_and_codes_reach_the_fields():
    layout = layout_of("itch50")
    price = {f.name: f for f in layout.row("add_order").fields}["price"]
    assert (price.type, price.kind, price.scale, price.notes) == ("uint", "price4", 4, "at most 200000.0000")
    side = {f.name: f for f in layout.row("add_order").fields}["side"]
    assert side.codes == {"B": "buy", "S": "sell"}
