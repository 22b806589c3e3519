"""The shipped tables, compiled, and values that fit them."""

from functools import cache

from hypothesis import strategies as st

from hts.app import tables
from hts.wire.layout.codec import BinaryLayout

NAMES = (
    "arrowhead_ours",
    "itch50",
    "jnx_itch_1_6",
    "jnx_itch_2_0",
    "jnx_ouch_1_11",
    "jnx_ouch_2_01",
    "jpx_flex_mbo_1_1",
    "moldudp64",
    "odx_itch_2_2",
    "odx_ouch_2_0",
    "ose_itch_5_0_6",
    "ose_ouch_5_0",
    "ouch42",
    "ouch50",
    "soupbintcp",
)


def table_of(name):
    return tables.load(tables.PROTOCOLS, name)


@cache
def layout_of(name):
    return BinaryLayout.parse(table_of(name))


def every_message():
    """(protocol, message) of all tables."""
    return [(name, message) for name in NAMES for message in layout_of(name).names]


def zeros(layout, message):
    """A value for every field: 0, empty, or one character of a code."""
    return {f.name: _zero(f) for f in _given(layout, message)}


def values_of(layout, message):
    """A strategy of all values that fit the message."""
    return st.fixed_dictionaries({f.name: _strategy(f, layout) for f in _given(layout, message)})


def _given(layout, message):
    table, row = layout.table, layout.row(message)
    at = table.type_offset if row.type else None
    return [f for f in row.fields if f.type not in ("length", "count") and f.offset != at]


def _zero(field):
    if field.type in ("uint", "int", "digits"):
        return 0
    if field.type == "char":
        return next(iter(field.codes), "Z")
    return {"options": {}, "group": (), "rest": b"", "bytes": b"\0" * field.length}.get(field.type, "")


def _strategy(field, layout):
    bits = 8 * max(field.length, 1)
    if field.type == "uint":
        return st.integers(0, (1 << bits) - 1)
    if field.type == "int":
        return st.integers(-(1 << bits - 1), (1 << bits - 1) - 1)
    if field.type == "digits":
        return st.integers(0, 10**field.length - 1)
    if field.type == "char":
        return st.characters(min_codepoint=32, max_codepoint=126)
    if field.type == "text":
        return _text(field.length).map(str.rstrip)
    if field.type == "text_left":
        return _text(field.length).map(str.lstrip)
    if field.type == "rest_text":
        return _text(60)
    if field.type == "rest":
        return st.binary(max_size=60)
    if field.type == "bytes":
        return st.binary(min_size=field.length, max_size=field.length)
    if field.type == "group":
        return st.lists(_row(field.fields, layout), max_size=4).map(tuple)
    assert field.type == "options", field.type
    known = {o.field.name: _strategy(o.field, layout) for o in layout.table.options}
    return st.fixed_dictionaries({}, optional={**known, "tag_200": st.binary(max_size=8)})


def _row(fields, layout):
    return st.fixed_dictionaries({f.name: _strategy(f, layout) for f in fields})


def _text(length):
    return st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=length)
