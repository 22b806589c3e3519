"""The table of messages, checked and compiled to trees of elements.

Rows of one message whose paths begin alike share elements, so the rows make a tree. Writing walks it from the left,
which is the order that the schemas demand; reading walks it beside the document.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn

import msgspec
from msgspec import Struct

from hts.base.errors import ConfigError
from hts.wire.iso20022.messages import CLASSES
from hts.wire.iso20022.scalars import KINDS, ScalarType

_PRESENCES: Final = ("1", "?", "*", "+")
REPEATED: Final = frozenset("*+")
_GROUP: Final = "Group:"


class Node(Struct, kw_only=True):
    """One element. A leaf has `field` and either `scalar` or `group`; another one has children."""

    name: str
    field: str = ""
    presence: str = ""
    scalar: ScalarType | None = None
    group: "StructLayout | None" = None
    children: list["Node"] = []


class StructLayout(Struct, kw_only=True):
    """A message or group: its class, the elements below it, and the alternatives of the schema.

    At most one field of each of `choices` may be given, exactly one of each of `one_of`. `statements` are the fields
    whose False says nothing.
    """

    name: str
    cls: type[Struct]
    nodes: list[Node]
    rows: list[tuple[str, str, str, str]]
    choices: list[tuple[str, ...]]
    one_of: list[tuple[str, ...]]
    statements: frozenset[str]

    def given(self, value: Struct, choice: tuple[str, ...]) -> list[str]:
        """The fields of a choice that say something."""
        return [
            field
            for field in choice
            if (found := getattr(value, field)) is not None
            and found != ()
            and not (found is False and field in self.statements)
        ]


class MessageLayout(Struct, kw_only=True):
    """One message with its version."""

    version: str
    namespace: str
    root: str
    body: StructLayout


class Iso20022Layout(Struct, kw_only=True):
    """Every message by namespace, and by class."""

    by_namespace: dict[str, MessageLayout]
    by_class: dict[type[Struct], MessageLayout]

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> "Iso20022Layout":
        """From the parsed file. Raises ConfigError."""
        try:
            messages = _Parser(table).messages()
        except (KeyError, TypeError, AttributeError) as error:
            raise ConfigError(f"iso20022.toml: {error!r}; restore the file") from error
        return cls(
            by_namespace={message.namespace: message for message in messages},
            by_class={message.body.cls: message for message in messages},
        )


def _refuse(text: str) -> NoReturn:
    raise ConfigError(f"iso20022.toml: {text}")


class _Parser:
    def __init__(self, table: Mapping[str, Any]) -> None:
        self._table = table
        self._types = {name: _scalar(name, row) for name, row in table["type"].items()}
        self._groups: dict[str, StructLayout] = {}
        self._path: list[str] = []

    def messages(self) -> list[MessageLayout]:
        return [
            MessageLayout(
                version=row["version"],
                namespace=self._table["namespace"] + row["version"],
                root=row["root"],
                body=self._struct(name, row),
            )
            for name, row in self._table["message"].items()
        ]

    def _group(self, name: str) -> StructLayout:
        if name not in self._groups:
            if name not in self._table["group"] or name in self._path:
                _refuse(f"a table [group.{name}] that does not hold itself expected")
            self._path.append(name)
            self._groups[name] = self._struct(name, self._table["group"][name])
            self._path.pop()
        return self._groups[name]

    def _struct(self, name: str, row: Mapping[str, Any]) -> StructLayout:
        cls = CLASSES.get(name)
        if cls is None:
            _refuse(f"one of {', '.join(CLASSES)} expected, found {name}")
        rows = [_split(name, text) for text in row["fields"]]
        found, expected = [field for field, *_ in rows], list(cls.__struct_fields__)
        if found != expected:
            _refuse(f"{name}: fields {expected} expected, found {found}")
        nodes: list[Node] = []
        for field, path, kind, presence in rows:
            leaf = _place(name, nodes, path)
            leaf.field, leaf.presence = field, presence
            if kind.startswith(_GROUP):
                leaf.group = self._group(kind.removeprefix(_GROUP))
            elif kind in self._types:
                leaf.scalar = self._types[kind]
            else:
                _refuse(f"{name}.{field}: a type of [type] expected, found {kind}")
        choices, one_of = ([tuple(choice) for choice in row.get(key, ())] for key in ("choices", "one_of"))
        if any(field not in found for choice in choices + one_of for field in choice):
            _refuse(f"{name}: choices among its fields expected")
        stated = ("empty", "const")
        statements = frozenset(f for f, _, kind, _ in rows if kind in self._types and self._types[kind].kind in stated)
        return StructLayout(
            name=name, cls=cls, nodes=nodes, rows=rows, choices=choices, one_of=one_of, statements=statements
        )


def _split(name: str, text: str) -> tuple[str, str, str, str]:
    parts = text.split()
    if len(parts) != 4 or parts[3] not in _PRESENCES:
        _refuse(f"{name}: rows of field, path, type and one of {' '.join(_PRESENCES)} expected, found {text!r}")
    return parts[0], parts[1], parts[2], parts[3]


def _place(name: str, nodes: list[Node], path: str) -> Node:
    """The new leaf at `path`. An element is continued only while it is the last one: the order is the document's."""
    parts = path.split("/")
    for part in parts[:-1]:
        if not nodes or nodes[-1].name != part:
            _check_new(name, nodes, part, path)
            nodes.append(Node(name=part))
        if nodes[-1].field:
            _refuse(f"{name}: an element with elements expected at {path}, found a field")
        nodes = nodes[-1].children
    _check_new(name, nodes, parts[-1], path)
    nodes.append(Node(name=parts[-1]))
    return nodes[-1]


def _check_new(name: str, nodes: list[Node], part: str, path: str) -> None:
    if not re.fullmatch("[A-Za-z][A-Za-z0-9]*", part) or any(node.name == part for node in nodes):
        _refuse(f"{name}: an element name of its own expected at {path}, found {part}")


def _scalar(name: str, row: Mapping[str, Any]) -> ScalarType:
    if row.get("kind") not in KINDS:
        _refuse(f"type {name}: kind of {', '.join(KINDS)} expected, found {row.get('kind')}")
    try:
        return msgspec.convert({"name": name, **row}, ScalarType)
    except msgspec.ValidationError as error:
        _refuse(f"type {name}: {error}")
