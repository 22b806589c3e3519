"""Parsing and validation in one match: message shapes that were met before.

Theory of operation. A peer's messages of one type mostly carry the same tags in the same order. When a shape (the
tuple of tags, and the counts of its groups) has passed the full validation some times, it is turned into one regular
expression over the whole frame: each tag literally, each value by its data type and codes. A frame that matches is
valid, since everything but the values is fixed by the shape and the values are checked by the expression; its values
are the match's groups. A frame that matches no shape is read by hts.wire.fix.quick, and if that has no verdict by
`split` and `Validator`, which decide.

Shapes are learned only from valid messages, and only so many, so that a peer cannot spend our memory or time.
"""

import re
from typing import Final

from msgspec import Struct

from hts.base.errors import RemoteProtocolError
from hts.wire.fix.codec import FixMessage, split
from hts.wire.fix.dictionary import Dictionary, FieldDef, MemberList
from hts.wire.fix.quick import QuickReader
from hts.wire.fix.validate import Refusal, Validator
from hts.wire.fix.values import DATA, PATTERNS

SEEN_BEFORE_LEARNED: Final = 3
EAGER_MESSAGES: Final = 64  # the first ones are all looked at for shapes, later ones one in LOOK_EVERY
LOOK_EVERY: Final = 64
MISSES_MAX: Final = 16
SHAPES_PER_TYPE_MAX: Final = 4
SHAPES_MAX: Final = 64
COUNTED_MAX: Final = 256
FIELDS_MAX: Final = 90
CODES_IN_PATTERN_MAX: Final = 24
_MSG_TYPE_FROM: Final = 10
_MSG_TYPE_TO: Final = 40

_Key = tuple[int | bytes, ...]


class Shape(Struct, frozen=True):
    """One learned shape. `codes` are the values that must be looked up: (place, codes)."""

    pattern: "re.Pattern[bytes]"
    tags: tuple[int, ...]
    index: dict[int, int]
    codes: tuple[tuple[int, frozenset[bytes]], ...]


class _Known:
    """The learned shapes of one MsgType(35), and how many messages in a row matched none of them."""

    __slots__ = ("misses", "shapes")

    def __init__(self) -> None:
        self.shapes: list[Shape] = []
        self.misses = 0


class Inspector:
    """Reads frames of one version: the message, and why it is to be rejected."""

    def __init__(self, dictionary: Dictionary, *, allow_user_defined: bool = False) -> None:
        self.dictionary = dictionary
        self._validator = Validator(dictionary, allow_user_defined=allow_user_defined)
        self._quick = QuickReader(dictionary)
        self._data_lengths = dictionary.data_lengths()
        self._known: dict[bytes, _Known] = {}
        self._shape_count = 0
        self._seen: dict[_Key, int] = {}
        self._looked = 0  # valid messages without a shape
        self._counting: dict[str, frozenset[int]] = {}  # by MsgType(35)

    def inspect(self, frame: bytes) -> tuple[FixMessage, Refusal | None]:
        """The message of a whole frame and the first fault. Raises RemoteProtocolError where it has no fields."""
        start = frame.find(b"\x0135=", _MSG_TYPE_FROM, _MSG_TYPE_TO)
        msg_type = frame[start + 4 : frame.find(b"\x01", start + 4)]
        known = self._known.get(msg_type)
        # Where shapes keep changing, trying the old ones is seldom worth the time.
        if known is not None and (known.misses < MISSES_MAX or known.misses % LOOK_EVERY == 0):
            for shape in known.shapes:
                found = shape.pattern.fullmatch(frame)
                if found is not None:
                    values = found.groups()
                    for place, codes in shape.codes:
                        if values[place] not in codes:
                            break
                    else:
                        known.misses = 0
                        return FixMessage(frame, shape.tags, values, shape.index), None
        quick = self._quick.read(frame, msg_type)
        message = self.parse(frame) if quick is None else quick
        refusal = self._validator.check(message) if quick is None else None
        if known is not None:
            known.misses += 1
        if refusal is None and (known is None or len(known.shapes) < SHAPES_PER_TYPE_MAX):
            self._looked += 1
            if self._looked <= EAGER_MESSAGES or self._looked % LOOK_EVERY == 0:
                self._count(msg_type, message)
        return message, refusal

    def parse(self, frame: bytes) -> FixMessage:
        """The message of a frame, whether it follows the dictionary or not. Raises RemoteProtocolError."""
        tags, values = split(frame, self._data_lengths)
        if tags[:3] != [8, 9, 35]:
            raise RemoteProtocolError(f"fields 8, 9 and 35 expected first, found {tags[:3]}")
        return FixMessage(frame, tags, values)

    def validate(self, message: FixMessage) -> Refusal | None:
        """The first fault of a message that `parse` read."""
        return self._validator.check(message)

    def _count(self, msg_type: bytes, message: FixMessage) -> None:
        """Remember that a valid message had this shape; learn it when it has come often enough."""
        if self._shape_count >= SHAPES_MAX or len(message.tags) > FIELDS_MAX:
            return
        counts = self._counting.get(message.msg_type)
        if counts is None:
            counts = self._counting[message.msg_type] = _group_tags(self.dictionary, message.msg_type)
        fields = zip(message.tags, message.values, strict=True)
        key: _Key = (msg_type, *(value if tag in counts else tag for tag, value in fields))
        seen = self._seen.get(key, 0) + 1
        if seen < SEEN_BEFORE_LEARNED:
            if len(self._seen) >= COUNTED_MAX:
                self._seen.clear()
            self._seen[key] = seen
            return
        self._seen.pop(key, None)
        shape = self._learn(message, counts)
        if shape is not None:
            self._known.setdefault(msg_type, _Known()).shapes.append(shape)
            self._shape_count += 1

    def _learn(self, message: FixMessage, counts: frozenset[int]) -> Shape | None:
        parts: list[bytes] = []
        codes: list[tuple[int, frozenset[bytes]]] = []
        for place, (tag, value) in enumerate(zip(message.tags, message.values, strict=True)):
            field = self.dictionary.field(tag)
            if field is None or field.type in DATA:
                return None
            source = re.escape(value) if tag in counts or tag in (8, 35) else _source(field)
            if source is None:
                source = PATTERNS[field.type]
                codes.append((place, frozenset(field.codes)))
            parts.append(b"%d=(%b)\x01" % (tag, source))
        return Shape(
            pattern=re.compile(b"".join(parts), re.DOTALL),
            tags=tuple(message.tags),
            index=message.index,
            codes=tuple(codes),
        )


def _source(field: FieldDef) -> bytes | None:
    """The expression of a field's values; None where its codes are too many and are to be looked up."""
    codes = sorted(field.codes)
    if not codes:
        return PATTERNS[field.type]
    if field.is_multiple:
        one = b"(?:" + b"|".join(re.escape(code) for code in codes) + b")"
        return one + b"(?: " + one + b")*+"
    if all(len(code) == 1 for code in codes):
        return b"[" + b"".join(re.escape(code) for code in codes) + b"]"
    if len(codes) > CODES_IN_PATTERN_MAX:
        return None
    return b"(?:" + b"|".join(re.escape(code) for code in codes) + b")"


def _group_tags(dictionary: Dictionary, msg_type: str) -> frozenset[int]:
    """Every tag of a message that counts entries; their values are a part of the shape."""
    definition = dictionary.message(msg_type)
    assert definition is not None, msg_type
    found: set[int] = set()
    waiting: list[MemberList] = [dictionary.header, definition.members, dictionary.trailer]
    while waiting:
        members = waiting.pop()
        found.update(members.groups)
        waiting.extend(members.groups.values())
    return frozenset(found)
