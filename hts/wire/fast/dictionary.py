"""Previous values (FAST 1.1, 6.3.1), and taking them back when a message turns out to be half or wrong.

An entry is named by dictionary and key. Its state is undefined (not in the map), empty (None) or assigned. All
dictionaries of a stream lie in one map: the scope is part of the name.
"""

from typing import Any, Final, NamedTuple

from hts.wire.fast.errors import Fault
from hts.wire.fast.values import FieldType

UNDEFINED: Final = object()
EMPTY: Final = None


class Entry(NamedTuple):
    """Names one previous value. `scope` is global, template, type or user; `owner` which of them."""

    scope: str
    owner: str
    key: str


TEMPLATE_ID: Final = Entry("global", "", "\0template identifier")  # no name of a field has a NUL

_Slot = tuple[FieldType, Any]


class Dictionaries:
    """The previous values of one stream."""

    __slots__ = ("_entries", "_undo")

    def __init__(self) -> None:
        self._entries: dict[Entry, _Slot] = {}
        self._undo: dict[Entry, _Slot | None] = {}

    def get(self, entry: Entry, kind: FieldType) -> Any:
        """UNDEFINED, EMPTY or the value."""
        slot = self._entries.get(entry)
        if slot is None:
            return UNDEFINED
        if slot[0] is not kind and slot[1] is not EMPTY:
            raise Fault("D4", f"key {entry.key}: previous value of type {kind.value} expected, found {slot[0].value}")
        return slot[1]

    def put(self, entry: Entry, kind: FieldType, value: Any) -> None:
        """Assign, or make EMPTY."""
        self._undo.setdefault(entry, self._entries.get(entry))
        self._entries[entry] = (kind, value)

    def reset(self) -> None:
        """Everything undefined."""
        for entry, slot in self._entries.items():
            self._undo.setdefault(entry, slot)
        self._entries.clear()

    def commit(self) -> None:
        """The message is whole: what it changed stays."""
        self._undo.clear()

    def rollback(self) -> None:
        """As it was at the last commit."""
        for entry, slot in self._undo.items():
            if slot is None:
                self._entries.pop(entry, None)
            else:
                self._entries[entry] = slot
        self._undo.clear()
