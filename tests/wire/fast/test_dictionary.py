import pytest

from hts.wire.fast.dictionary import EMPTY, UNDEFINED, Dictionaries, Entry
from hts.wire.fast.errors import Fault
from hts.wire.fast.values import FieldType

A, B = Entry("global", "", "A"), Entry("user", "d", "A")


def test_entries_of_different_dictionaries_are_apart():
    memory = Dictionaries()
    memory.put(A, FieldType.INT32, 1)
    assert (memory.get(A, FieldType.INT32), memory.get(B, FieldType.INT32)) == (1, UNDEFINED)


def test_rollback_restores_what_was_committed():
    memory = Dictionaries()
    memory.put(A, FieldType.INT32, 1)
    memory.commit()
    memory.put(A, FieldType.INT32, 2)
    memory.put(B, FieldType.INT32, EMPTY)
    memory.reset()
    memory.put(B, FieldType.INT32, 3)
    memory.rollback()
    assert (memory.get(A, FieldType.INT32), memory.get(B, FieldType.INT32)) == (1, UNDEFINED)


def test_another_type_is_d4_unless_empty():
    memory = Dictionaries()
    memory.put(A, FieldType.INT32, 1)
    with pytest.raises(Fault, match="previous value of type uInt32 expected, found int32") as fault:
        memory.get(A, FieldType.UINT32)
    assert fault.value.code == "D4"
    memory.put(A, FieldType.INT32, EMPTY)
    assert memory.get(A, FieldType.UINT32) is EMPTY
