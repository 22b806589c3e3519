"""Golden documents by hand, and round trips of samples and of anything the schemas allow."""

import datetime as dt
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.wire.iso20022 import messages as m
from hts.wire.iso20022.amount import Amount
from hts.wire.iso20022.reader import ReadDocument, read
from hts.wire.iso20022.writer import write
from tests.wire.iso20022.golden import CASH, INSTRUCTION, STATUS
from tests.wire.iso20022.samples import ALL, FULL, IDS, LAYOUT, LEAST

GOLDEN = [(FULL[0], INSTRUCTION), (FULL[1], STATUS), (FULL[7], CASH)]


@pytest.mark.parametrize(("message", "golden"), GOLDEN, ids=["sese.023", "sese.024", "camt.053"])
def test_golden_document_both_ways(message, golden):
    assert write(LAYOUT, message).decode() == golden
    found = read(LAYOUT, golden.encode())
    assert found == ReadDocument(version=LAYOUT.by_class[type(message)].version, message=message, unread=())


@pytest.mark.parametrize("message", ALL, ids=IDS)
def test_every_sample_comes_back(message):
    found = read(LAYOUT, write(LAYOUT, message))
    assert (found.message, found.unread) == (message, ())


def test_each_message_has_a_sample_with_every_field():
    assert [type(message) for message in FULL] == list(get_args(m.AnyDocument)) == [type(message) for message in LEAST]
    empty = [
        f"{type(message).__name__}.{field}"
        for message in FULL
        for field in message.__struct_fields__
        if getattr(message, field) in (None, ()) and not isinstance(message, m.SettlementStatus)
    ]
    # The alternative to `accounts`.
    assert empty == []


# -- property --

TEXT = st.text(
    st.characters(min_codepoint=0x20, exclude_categories=("Cs",), exclude_characters="\ufffe\uffff"), min_size=1
)
AMOUNTS = st.decimals(0, 10**13, places=5, allow_nan=False, allow_infinity=False)
TIMES = st.datetimes(
    min_value=dt.datetime(1, 1, 2), timezones=st.sampled_from([None, dt.UTC, dt.timezone(dt.timedelta(hours=9))])
)
SCALARS = {
    "decimal": lambda t: st.decimals(-(10**15), 10**15, places=min(t.fraction, 3)).filter(
        lambda value: t.fraction or value == int(value)
    ),
    "amount": lambda _: st.builds(Amount, currency=st.from_regex("[A-Z]{3}", fullmatch=True), value=AMOUNTS),
    "date": lambda _: st.dates(),
    "datetime": lambda _: TIMES,
    "flag": lambda _: st.booleans(),
    "empty": lambda _: st.just(True),
    "const": lambda _: st.just(True),
    "code": lambda t: st.sampled_from(t.codes),
    "text": lambda t: (
        st.from_regex(t.pattern, fullmatch=True).filter(str.isascii)
        if t.pattern
        else TEXT.map(lambda text: text[: t.length])
    ),
}


def values(layout):
    """Any value of a message or group that the schema allows."""
    rows, given = {}, [field for choice in layout.choices + layout.one_of for field in choice[1:]]
    for node in leaves(layout.nodes):
        one = values(node.group) if node.group is not None else SCALARS[node.scalar.kind](node.scalar)
        if node.field in given:
            continue
        if node.presence in "*+":
            rows[node.field] = st.lists(one, min_size=node.presence == "+", max_size=2).map(tuple)
        elif any(node.field == choice[0] for choice in layout.one_of):
            rows[node.field] = one
        elif node.presence == "?":
            rows[node.field] = (st.just(False) if node.field in layout.statements else st.none()) | one
        else:
            rows[node.field] = one
    return st.builds(layout.cls, **rows)


def leaves(nodes):
    for node in nodes:
        yield from [node] if node.field else leaves(node.children)


ANY = st.one_of([values(layout.body) for layout in LAYOUT.by_class.values()])


@settings(max_examples=80, deadline=None)
@given(message=ANY)
def test_any_message_comes_back(message):
    data = write(LAYOUT, message)
    found = read(LAYOUT, data)
    assert (found.message, found.unread) == (message, ())
    assert write(LAYOUT, found.message) == data
