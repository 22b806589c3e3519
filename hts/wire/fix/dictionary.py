"""A FIX dictionary: fields, messages, components and groups of one version, from the tables in resources/protocols/fix.

The text has one line per thing (the form is described in tools/make_fix_tables.py and docs/wire/fix.md). A line is
parsed when its thing is asked for, so that the 6,000 fields of FIX 5.0 SP2 cost nothing until they are met.

FIXT.1.1 has the header, the trailer and the administrative messages; FIX 5.0 SP2 has the rest. `Dictionary.parse`
takes both texts then; for the older versions one text holds everything.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct

from hts.base.errors import ConfigError
from hts.wire.fix.values import DATA, MULTIPLE, PATTERNS, compiled

# DefaultApplVerID(1137) and ApplVerID(1128) of the application versions that travel over FIXT.1.1.
APPL_VER_IDS: Final = {"FIX.5.0": "7", "FIX.5.0 SP1": "8", "FIX.5.0 SP2": "9"}
_TOKENS: Final = re.compile(r"[^\s()]+|[()]")


class FieldDef(Struct, frozen=True, kw_only=True):
    """One field. `length_tag` is the field that tells a data field's length, 0 for none."""

    tag: int
    name: str
    type: str
    codes: dict[bytes, str]
    length_tag: int = 0

    @property
    def is_multiple(self) -> bool:
        """The value is a list of codes with blanks between them."""
        return self.type in MULTIPLE

    @property
    def matcher(self) -> Callable[[bytes], object]:
        """None for a value that does not have the form of the data type, else something."""
        return compiled(self.type).fullmatch

    def has_format(self, value: bytes) -> bool:
        """Whether the value has the form of the data type."""
        return compiled(self.type).fullmatch(value) is not None

    def has_code(self, value: bytes) -> bool:
        """Whether the value, or each value of a list, is one of the field's codes, if it has any."""
        codes = self.codes
        if not codes or value in codes:
            return True
        return self.is_multiple and all(part in codes for part in value.split(b" "))

    def meaning(self, value: bytes) -> str:
        """The name of a code, "" for none."""
        return self.codes.get(value, "")


class MemberList(Struct, frozen=True, kw_only=True):
    """Fields of a message, the header, the trailer or one entry of a group, components resolved.

    `order` gives each tag its place; the tags inside of groups are not in it. `required` are the tags that must be
    present whatever else is.
    """

    order: dict[int, int]
    required: tuple[int, ...]
    groups: dict[int, "MemberList"]

    @property
    def first(self) -> int:
        """The tag that begins each entry of a group."""
        return next(iter(self.order))


class MessageDef(Struct, frozen=True, kw_only=True):
    """One message. `category` is "admin" or "app"."""

    msg_type: str
    category: str
    name: str
    members: MemberList

    @property
    def is_admin(self) -> bool:
        return self.category == "admin"


class Dictionary:
    """Fields and messages of one version.

    begin_string      BeginString(8) on the wire: FIX.4.2, FIX.4.4, FIXT.1.1
    version           of the application messages: FIX.4.2, FIX.4.4, FIX.5.0 SP2
    appl_ver_id       the code of the version in ApplVerID(1128), "" before FIXT
    """

    def __init__(self, lines: "_Lines", transport: "_Lines") -> None:
        self.begin_string = transport.version
        self.version = lines.version
        self.appl_ver_id = APPL_VER_IDS.get(lines.version, "")
        self._sources = (transport, lines) if transport is not lines else (lines,)
        self._fields: dict[int, FieldDef] = {}
        self._messages: dict[str, MessageDef] = {}
        self._tags: dict[str, int] = {}
        self.header = self._members(transport, transport.header)
        self.trailer = self._members(transport, transport.trailer)

    @staticmethod
    def parse(text: str, transport: str | None = None) -> "Dictionary":
        """Read the table of a version, and for FIX 5.0 the one of its transport. Raises ConfigError."""
        lines = _Lines(text)
        return Dictionary(lines, lines if transport is None else _Lines(transport))

    def field(self, tag: int) -> FieldDef | None:
        """The field of a tag, None where the version has none."""
        if tag not in self._fields:
            # Only tags of the tables are remembered: a peer cannot make the cache grow.
            text = next((s.fields[tag] for s in self._sources if tag in s.fields), None)
            if text is None:
                return None
            self._fields[tag] = _field(text)
        return self._fields[tag]

    def message(self, msg_type: str) -> MessageDef | None:
        """The message of a MsgType(35), None where the version has none."""
        if msg_type not in self._messages:
            source = next((s for s in self._sources if msg_type in s.messages), None)
            if source is None:
                return None
            category, _, rest = source.messages[msg_type].partition(" ")
            name, _, members = rest.partition(" ")
            self._messages[msg_type] = MessageDef(
                msg_type=msg_type, category=category, name=name, members=self._members(source, members)
            )
        return self._messages[msg_type]

    def tag(self, name: str) -> int:
        """The tag of a field's name. Raises ConfigError."""
        if not self._tags:
            for source in self._sources:
                for tag, text in source.fields.items():
                    self._tags[text.split(" ", 3)[1]] = tag
        if name not in self._tags:
            raise ConfigError(f"{self.version}: a field's name expected, found {name}")
        return self._tags[name]

    def msg_types(self) -> list[str]:
        """Every MsgType(35) of the version."""
        return sorted({msg_type for source in self._sources for msg_type in source.messages})

    def tags(self) -> list[int]:
        """Every tag of the version."""
        return sorted({tag for source in self._sources for tag in source.fields})

    def data_lengths(self) -> dict[int, int]:
        """Tag of a length field -> tag of the data field that follows it."""
        found = {}
        for source in self._sources:
            for tag in source.data_tags():
                definition = self.field(tag)
                assert definition is not None, tag
                found[definition.length_tag] = tag
        return found

    def _members(self, source: "_Lines", text: str) -> MemberList:
        tokens = iter(_TOKENS.findall(text))
        return _Reader(source).members(tokens)


class _Lines:
    """The lines of one table by kind and key, not yet parsed."""

    def __init__(self, text: str) -> None:
        self.version = self.header = self.trailer = ""
        self.fields: dict[int, str] = {}
        self.messages: dict[str, str] = {}
        self.components: dict[str, str] = {}
        self.parsed: dict[str, MemberList] = {}  # components that were met
        for line in text.splitlines():
            kind, _, rest = line.partition(" ")
            key, _, more = rest.partition(" ")
            if kind == "F":
                self.fields[int(key)] = rest
            elif kind == "C":
                self.components[key] = more
            elif kind == "M":
                self.messages[key] = more
            elif kind == "V":
                self.version = rest
            elif kind == "H":
                self.header = rest
            elif kind == "T":
                self.trailer = rest
        if not self.version or not self.messages:
            raise ConfigError("FIX dictionary: lines V and M expected, found none")

    def data_tags(self) -> Iterator[int]:
        for tag, text in self.fields.items():
            if "DATA@" in text:
                yield tag


class _Reader:
    """Member lists from tokens, components resolved."""

    def __init__(self, source: _Lines) -> None:
        self._source = source

    def members(self, tokens: Iterator[str]) -> MemberList:
        order: dict[int, int] = {}
        required: list[int] = []
        groups: dict[int, MemberList] = {}
        last = 0
        for word in tokens:
            if word == ")":
                break
            if word == "(":
                groups[last] = self.members(tokens)
                continue
            name = word.rstrip("!")
            is_required = name != word
            if name.isdigit():
                last = int(name)
                order.setdefault(last, len(order))
                if is_required:
                    required.append(last)
                continue
            part = self._component(name)
            for tag in part.order:
                order.setdefault(tag, len(order))
            groups.update(part.groups)
            # A component that may be absent demands nothing of a message without it.
            required.extend(part.required if is_required else ())
        return MemberList(order=order, required=tuple(sorted(set(required))), groups=groups)

    def _component(self, name: str) -> MemberList:
        source = self._source
        if name not in source.components:
            raise ConfigError(f"{source.version}: a component expected, found {name}")
        if name not in source.parsed:
            source.parsed[name] = self.members(iter(_TOKENS.findall(source.components[name])))
        return source.parsed[name]


def _field(text: str) -> FieldDef:
    tag, name, kind, *codes = text.split(" ")
    type_name, _, length_tag = kind.partition("@")
    if type_name not in PATTERNS or (type_name in DATA) != bool(length_tag):
        raise ConfigError(f"FIX field {tag} {name}: a data type expected, found {kind}")
    pairs = (code.split("=", 1) for code in codes)
    return FieldDef(
        tag=int(tag),
        name=name,
        type=type_name,
        codes={code.encode(): meaning for code, meaning in pairs},
        length_tag=int(length_tag or 0),
    )
