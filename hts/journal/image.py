"""The bytes of a whole state: every value and object below it, without naming them one by one.

Theory of operation. A state is a tree of plain containers, values (`msgspec.Struct`, enums, named tuples) and objects
of ours. `encode` walks it; each node becomes a MessagePack value that says what it was. `decode_into` walks a freshly
built state and the bytes side by side: containers and values are built anew, an object that the fresh state has in the
same place is kept and its attributes are set. What is code and not state (methods, tables of methods) is left out, and
the fresh object's own stays.

Nothing in the bytes can run code: a class is looked up by name among the modules of this package that are loaded, and
is only ever filled with attributes. An object that is reached twice is one object again.
"""

import sys
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from enum import Enum
from types import BuiltinMethodType, FunctionType, MethodType
from typing import Any, Final

import msgspec
from msgspec import Struct

from hts.base.errors import CorruptRecord
from hts.model.wide import decode_wide, encode_wide

PACKAGE: Final = "hts."
_CODE: Final = (FunctionType, MethodType, BuiltinMethodType)
_PLAIN: Final = frozenset({bool, int, float, str, bytes, type(None)})
_KINDS: Final[dict[type, str]] = {list: "l", tuple: "t", set: "s", frozenset: "f"}

_encoder = msgspec.msgpack.Encoder(enc_hook=encode_wide)
_names: dict[type, str] = {}
_decoders: dict[type, msgspec.msgpack.Decoder[Any]] = {}


def encode(state: object) -> bytes:
    """Everything that `state` holds. Raises TypeError, naming the place, for what cannot be kept."""
    return _encoder.encode(_Writer().write(state, type(state).__name__))


def decode_into(state: object, data: bytes) -> None:
    """Give a freshly built `state` what the bytes hold. Raises CorruptRecord when they are not of such a state."""
    try:
        found = _Reader().read(msgspec.msgpack.decode(data), state)
    except (msgspec.MsgspecError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise CorruptRecord(f"a state of another shape than {type(state).__name__}: {error}") from error
    if found is not state:
        raise CorruptRecord(f"a state: an object of {type(state).__name__} expected, found {type(found).__name__}")


def is_code(value: object) -> bool:
    """Methods, functions and containers of them: they belong to the program."""
    if isinstance(value, dict):
        return bool(value) and all(isinstance(one, _CODE) for one in value.values())
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(one, _CODE) for one in value)
    return isinstance(value, _CODE)


class _Writer:
    """One walk; remembers the objects it has met."""

    def __init__(self) -> None:
        self._met: dict[int, int] = {}
        self._kept: list[object] = []  # so that no id is used twice

    def write(self, value: Any, place: str) -> Any:  # one row per kind of value
        kind = type(value)
        if kind in _PLAIN:
            return value
        if issubclass(kind, Struct):  # most of what is no plain value
            return ["v", _name_of(kind), _encoder.encode(value)]
        if kind in _KINDS:
            items = sorted(value, key=repr) if kind in (set, frozenset) else value
            return [_KINDS[kind], [self.write(one, place) for one in items]]
        if kind in (dict, Counter, defaultdict):
            pairs = [[self.write(key, place), self.write(one, place)] for key, one in value.items()]
            return ["d" if kind is dict else "c" if kind is Counter else "dd", pairs]
        if kind is deque:
            return ["q", value.maxlen, [self.write(one, place) for one in value]]
        if isinstance(value, Enum):
            return ["e", _name_of(kind), value.value]
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return ["n", _name_of(kind), [self.write(one, place) for one in value]]
        if kind.__module__.startswith(PACKAGE):
            return self._write_object(value, place)
        raise TypeError(f"{place}: expected a value that can be kept, found {kind.__name__}")

    def _write_object(self, value: object, place: str) -> Any:
        number = self._met.get(id(value))
        if number is not None:
            return ["r", number]
        self._met[id(value)] = len(self._met)
        self._kept.append(value)
        found = _attributes(value)
        parts = [[name, self.write(one, f"{place}.{name}")] for name, one in found.items() if not is_code(one)]
        return ["o", _name_of(type(value)), parts]


class _Reader:
    """One walk back; `fresh` is what the fresh state has in the same place, if anything."""

    def __init__(self) -> None:
        self._met: list[object] = []

    def read(self, node: Any, fresh: object = None) -> Any:
        if not isinstance(node, list):
            return node
        read = _READERS.get(node[0])
        if read is None:
            raise ValueError(f"an unknown kind {node[0]!r}")
        return read(self, node, fresh)

    def _items(self, node: list[Any]) -> list[Any]:
        return [self.read(one) for one in node[-1]]

    def _pairs(self, node: list[Any], fresh: object) -> dict[Any, Any]:
        known = fresh if isinstance(fresh, dict) else {}
        found = {}
        for key_node, value_node in node[1]:
            key = self.read(key_node)
            found[key] = self.read(value_node, known.get(key))
        return found

    def _defaults(self, node: list[Any], fresh: object) -> dict[Any, Any]:
        factory = fresh.default_factory if isinstance(fresh, defaultdict) else None
        return defaultdict(factory, self._pairs(node, fresh))

    def _object(self, node: list[Any], fresh: object) -> object:
        cls = _class_of(node[1])
        made: Any = fresh if type(fresh) is cls else cls.__new__(cls)
        self._met.append(made)
        for name, value in node[2]:
            setattr(made, name, self.read(value, getattr(made, name, None)))
        return made

    def _met_before(self, node: list[Any]) -> object:
        return self._met[node[1]]


_READERS: Final[dict[str, Callable[[_Reader, list[Any], object], Any]]] = {
    "l": lambda reader, node, _: reader._items(node),  # noqa: SLF001  the rows belong to the reader
    "t": lambda reader, node, _: tuple(reader._items(node)),  # noqa: SLF001
    "s": lambda reader, node, _: set(reader._items(node)),  # noqa: SLF001
    "f": lambda reader, node, _: frozenset(reader._items(node)),  # noqa: SLF001
    "q": lambda reader, node, _: deque(reader._items(node), node[1]),  # noqa: SLF001
    "d": lambda reader, node, fresh: reader._pairs(node, fresh),  # noqa: SLF001
    "c": lambda reader, node, fresh: Counter(reader._pairs(node, fresh)),  # noqa: SLF001
    "dd": lambda reader, node, fresh: reader._defaults(node, fresh),  # noqa: SLF001
    "e": lambda _, node, __: _class_of(node[1])(node[2]),
    "v": lambda _, node, __: _struct(node[1], node[2]),
    "n": lambda reader, node, _: _class_of(node[1])(*reader._items(node)),  # noqa: SLF001
    "o": lambda reader, node, fresh: reader._object(node, fresh),  # noqa: SLF001
    "r": lambda reader, node, _: reader._met_before(node),  # noqa: SLF001
}


def _attributes(value: object) -> dict[str, Any]:
    found = dict(getattr(value, "__dict__", {}))
    for cls in type(value).__mro__:
        for name in getattr(cls, "__slots__", ()):
            if hasattr(value, name):
                found[name] = getattr(value, name)
    return found


def _name_of(cls: type) -> str:
    name = _names.get(cls)
    if name is None:
        name = _names[cls] = f"{cls.__module__}:{cls.__qualname__}"
    return name


def _class_of(name: str) -> Any:
    module, _, path = name.partition(":")
    if not module.startswith(PACKAGE):
        raise ValueError(f"expected a class of {PACKAGE}*, found {name}")
    found: Any = sys.modules[module]
    for part in path.split("."):
        found = getattr(found, part)
    if not isinstance(found, type) or found.__module__ != module:
        raise TypeError(f"expected a class, found {name}")
    return found


def _struct(name: str, data: bytes) -> Any:
    cls = _class_of(name)
    decoder = _decoders.get(cls)
    if decoder is None:
        if not issubclass(cls, Struct):
            raise TypeError(f"expected a value, found {name}")
        decoder = _decoders[cls] = msgspec.msgpack.Decoder(cls, dec_hook=decode_wide)
    return decoder.decode(data)
