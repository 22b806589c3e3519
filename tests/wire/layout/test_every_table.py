"""Every message of every shipped table: round trip, cut at every byte, lies, noise."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from tests.support.fuzz import fuzz_rounds
from tests.support.wire_layout import NAMES, every_message, layout_of, table_of, values_of, zeros

MESSAGES = every_message()
IDS = [f"{name}.{message}" for name, message in MESSAGES]
QUIET = settings(max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck))
FUZZ_ROUNDS = fuzz_rounds(60_000)


def decode(layout, message, data):
    row = layout.row(message)
    return layout.decode(data, row.sender) if row.type else layout.decode_as(message, data)


def test_the_tables_have_all_their_messages():
    assert {name: len(layout_of(name).names) for name in NAMES} == {
        "arrowhead_ours": 18,
        "itch50": 23,
        "jnx_itch_1_6": 11,
        "jnx_itch_2_0": 11,
        "jnx_ouch_1_11": 10,
        "jnx_ouch_2_01": 10,
        "jpx_flex_mbo_1_1": 12,
        "moldudp64": 3,
        "odx_itch_2_2": 10,
        "odx_ouch_2_0": 10,
        "ose_itch_5_0_6": 14,
        "ose_ouch_5_0": 12,
        "ouch42": 19,
        "ouch50": 19,
        "soupbintcp": 10,
    }


def test_only_arrowhead_is_ours():
    assert [name for name in NAMES if not layout_of(name).table.real] == ["arrowhead_ours"]


@pytest.mark.parametrize("name", NAMES)
def test_a_message_leaves_no_byte_without_a_name(name):
    layout = layout_of(name)
    for message in layout.names:
        data = layout.encode(message, zeros(layout, message))
        found = layout.explain(data, name=message)
        assert b"".join(f.raw for f in found if f.length) == data
        assert not [f.name for f in found if f.name.startswith("unused")]


@pytest.mark.parametrize("name", NAMES)
@QUIET
@given(st.data())
def test_what_is_written_is_read(name, data):
    layout = layout_of(name)
    for message in layout.names:
        values = data.draw(values_of(layout, message))
        raw = layout.encode(message, values)
        found = decode(layout, message, raw)
        assert (found.name, found.fields) == (message, values)
        assert layout.encode(found.name, found.fields) == raw
        assert b"".join(f.raw for f in layout.explain(raw, name=message)) == raw


@pytest.mark.parametrize(("name", "message"), MESSAGES, ids=IDS)
def test_cut_at_every_byte_it_is_an_error_that_names_the_lengths(name, message):
    layout = layout_of(name)
    data = layout.encode(message, zeros(layout, message))
    for end in range(len(data)):
        with pytest.raises(RemoteProtocolError, match="expected, found"):
            layout.decode_as(message, data[:end])
    if layout.row(message).tail is None:
        with pytest.raises(RemoteProtocolError, match=f"{len(data)} bytes expected, found {len(data) + 1}"):
            layout.decode_as(message, data + b"\0")


@pytest.mark.parametrize(("name", "message"), MESSAGES, ids=IDS)
def test_a_field_too_many_or_too_few_is_our_mistake(name, message):
    layout = layout_of(name)
    values = zeros(layout, message)
    for wrong in ({**values, "colour": 1}, dict(list(values.items())[1:]) if values else {"colour": 1}):
        with pytest.raises(LocalProtocolError, match=f"{message}: fields .* expected, found"):
            layout.encode(message, wrong)


@pytest.mark.parametrize("name", [n for n in NAMES if n != "moldudp64"])
def test_an_unknown_type_names_the_known_ones(name):
    layout = layout_of(name)
    with pytest.raises(RemoteProtocolError, match="a message type out of .* expected, found b'~"):
        layout.decode(b"~" * 200)


def test_two_messages_of_one_letter_are_told_apart_by_sender_or_by_size():
    layout = layout_of("ouch50")
    for message in ("replace_order", "order_replaced", "modify_order", "order_modified", "account_query"):
        data = layout.encode(message, zeros(layout, message))
        assert layout.decode(data).name == message
        assert layout.decode(data, layout.row(message).sender).name == message
    data = layout.encode("replace_order", zeros(layout, "replace_order"))
    with pytest.raises(RemoteProtocolError, match="order_replaced: at least 68 bytes expected, found 40"):
        layout.decode(data, "venue")


def test_damaged_messages_are_read_or_refused_in_words():
    dice = random.Random(7)
    layouts = [layout_of(name) for name in NAMES]
    samples = [
        (layout, layout.encode(message, zeros(layout, message))) for layout in layouts for message in layout.names
    ]
    read = refused = 0
    for _ in range(FUZZ_ROUNDS):
        layout, data = dice.choice(samples)
        raw = bytearray(data or b"\0")
        for _ in range(dice.randrange(3)):
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        if dice.random() < 0.2:
            raw = raw[: dice.randrange(len(raw) + 1)] + dice.randbytes(dice.randrange(9))
        try:
            found = layout.decode(bytes(raw))
        except RemoteProtocolError as error:
            assert "expected, found" in str(error) or "expected for" in str(error)
            refused += 1
        else:
            assert layout.row(found.name).sender == found.sender
            layout.explain(bytes(raw))
            read += 1
    assert read > FUZZ_ROUNDS // 4
    assert refused > FUZZ_ROUNDS // 10


@pytest.mark.parametrize("name", NAMES)
def test_a_table_tells_where_its_facts_come_from(name):
    head = table_of(name)["protocol"]
    assert head["source"] and head["version"] and head["notes"]
