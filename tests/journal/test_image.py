"""Whatever a state is made of comes back; code stays out, and nothing but our classes is made."""

from collections import Counter, defaultdict, deque

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.base.errors import CorruptRecord
from hts.journal.image import decode_into, encode, is_code
from hts.model.enums import Side
from hts.model.units import Px
from hts.oms.ids import ClOrdIDs
from hts.risk.throttle import RateWindow
from hts.sim.venue_outputs import Outputs
from tests.support.records import one_of_each

plain = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=5) | st.binary(max_size=5)
keys = st.integers(0, 99) | st.text(max_size=3) | st.tuples(st.text(max_size=3), st.sampled_from(Side))
trees = st.recursive(
    plain | st.sampled_from(Side) | st.sampled_from(one_of_each()),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.lists(inner, max_size=3).map(lambda items: deque(items, 7))
        | st.dictionaries(keys, inner, max_size=3)
        | st.sets(keys, max_size=3)
        | st.frozensets(keys, max_size=3)
    ),
    max_leaves=12,
)


def through(tree):
    """What comes back in an object that had nothing."""
    kept, found = ClOrdIDs(4), ClOrdIDs(4)
    kept.anything = tree
    decode_into(found, encode(kept))
    return found.anything


@given(trees)
def test_every_tree_comes_back(tree):
    found = through(tree)
    assert found == tree
    assert type(found) is type(tree)


def test_a_deque_keeps_its_bound_and_a_dict_its_order():
    assert through(deque([1], 3)).maxlen == 3
    assert list(through({2: "b", 1: "a"})) == [2, 1]


def test_counters_defaults_and_named_tuples():
    assert through(Counter(a=2)) == Counter(a=2)
    assert through(defaultdict(list, {1: [2]})) == {1: [2]}
    outputs = Outputs([(1, b"x")], [], [], [2], [])
    assert type(through(outputs)) is Outputs
    assert through(outputs) == outputs


def test_an_object_is_filled_in_place_and_its_attributes_are_its_own():
    ids, found = ClOrdIDs(10), ClOrdIDs(10)
    ids.reserve(1, 10)
    ids.note_used(4)
    decode_into(found, encode(ids))
    assert vars(found) == vars(ids)
    found.note_used(9)
    assert ids.next_id == 5


def test_an_object_met_twice_is_one_object_again():
    window = RateWindow(3)
    first, second = through([window, window])
    assert first is second
    first.note(5)
    assert second.state == (5,)


def test_code_is_left_out_and_the_fresh_one_stays():
    class Holder(ClOrdIDs):
        pass

    Holder.__module__, Holder.__qualname__ = ClOrdIDs.__module__, ClOrdIDs.__qualname__
    assert is_code(through)
    assert is_code({int: through})
    assert not is_code({})
    kept, found = ClOrdIDs(4), ClOrdIDs(4)
    kept.table, found.table = {1: kept.take}, {1: found.take}
    kept.number = 7
    decode_into(found, encode(kept))
    assert (found.number, found.table) == (7, {1: found.take})


def test_what_cannot_be_kept_is_named():
    ids = ClOrdIDs(4)
    ids.strange = {1: [object()]}
    with pytest.raises(TypeError, match=r"ClOrdIDs\.strange: expected a value that can be kept, found object"):
        encode(ids)


@pytest.mark.parametrize(
    "node",
    [
        ["o", "os:system", []],
        ["v", "subprocess:Popen", b"\x80"],
        ["o", "hts.journal.image:encode", []],
        ["o", "hts.base.nowhere:Thing", []],
        ["e", "hts.model.enums:Side", "neither"],
        ["v", "hts.oms.ids:ClOrdIDs", b"\x80"],
        ["v", "hts.model.records:VenueSeqSeen", b"\x80"],
        ["?", 1],
        ["r", 5],
    ],
)
def test_bytes_of_something_else_refuse(node):
    with pytest.raises(CorruptRecord):
        decode_into(ClOrdIDs(4), msgspec.msgpack.encode(["o", "hts.oms.ids:ClOrdIDs", [["next_id", node]]]))


@pytest.mark.parametrize("value", [{}, {"next_id": 7}, 5, None, "x", True])
def test_a_plain_value_is_no_state(value):
    with pytest.raises(CorruptRecord, match="an object of ClOrdIDs expected"):
        decode_into(ClOrdIDs(4), msgspec.msgpack.encode(value))


@given(st.binary(max_size=40))
def test_any_bytes_refuse_or_change_an_object(data):
    try:
        decode_into(ClOrdIDs(4), data)
    except CorruptRecord:
        return
    assert not isinstance(msgspec.msgpack.decode(data), dict)


def test_new_types_are_their_values():
    assert through(Px(5)) == 5
