"""Reading and validating in one pass: what nearly every message is, of any shape.

Theory of operation. For each MsgType(35) the dictionary gives three tables, of header, body and trailer, keyed by the
tag as it is written on the wire: one look-up says whether the field may stand there and how its value is checked. A
message that passes is valid by the rules of hts.wire.fix.validate. Whatever is odd (an unknown tag, `054` for `54`, a
value that is not one of the codes, a tag twice, a data field, parts out of order) ends the pass without a verdict, and
the full validator decides and names the fault. So this file never refuses; it only says "surely good".

Most fields of a stream come again and again as they are (`55=005930`, `54=1`, `40=2`): those that passed are remembered
by their bytes, up to a bound, and are not checked a second time. Numbers of orders, times and the like are not.
"""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from hts.wire.fix.codec import MSG_TYPE, SOH, FixMessage
from hts.wire.fix.dictionary import Dictionary, FieldDef, MemberList
from hts.wire.fix.validate import ENTRIES_MAX
from hts.wire.fix.values import DATA, compiled

_TEXTS: Final = frozenset(("STRING", "EXCHANGE", "XID", "XIDREF"))
_NUMBERS: Final = frozenset(
    ("INT", "LENGTH", "NUMINGROUP", "SEQNUM", "TAGNUM", "FLOAT", "PRICE", "QTY", "PRICEOFFSET", "AMT", "PERCENTAGE")
)
_DIGITS_MAX: Final = 18
_FIRST: Final = [8, 9, MSG_TYPE]
KNOWN_MAX: Final = 256
KNOWN_BYTES_MAX: Final = 40
_NEVER_AGAIN: Final = frozenset(("SEQNUM", "UTCTIMESTAMP", "UTCTIMEONLY", "TZTIMESTAMP"))

# Tag; its codes, None for none; the matcher of its form, None for any text; whether up to 18 digits are of that form;
# whether its values come again.
_Rule = tuple[int, frozenset[bytes] | None, Callable[[bytes], object] | None, bool, bool]
_Rules = dict[bytes, _Rule]


class _Part(Struct, frozen=True):
    """Header, body or trailer. `known` are fields that passed: their bytes -> tag and value."""

    rules: _Rules
    known: dict[bytes, tuple[int, bytes]]


class _Group(Struct, frozen=True):
    """The members of one entry: their rules, places, inner groups, and which must be there."""

    rules: _Rules
    places: dict[int, int]
    inner: dict[int, MemberList]
    required: frozenset[int]


class _Plan(Struct, frozen=True):
    """One message. The rules hold no field that counts entries: those are in `counts`, by part."""

    msg_type: str
    third: bytes  # the third field
    parts: tuple[_Part, _Part, _Part]
    required: frozenset[int]
    counts: dict[bytes, tuple[int, _Rule]]  # part (0, 1, 2) and rule
    groups: dict[int, MemberList]


class FlatMessage(FixMessage):
    """A message without groups: each tag once. Lists and places are made when somebody asks for them."""

    __slots__ = ("_by_tag",)

    def __init__(self, frame: bytes, by_tag: dict[int, bytes], msg_type: str) -> None:
        # Not through super(): this is made for each message.
        self.frame = frame
        self.msg_type = msg_type
        self._by_tag = by_tag

    @property
    def tags(self) -> list[int]:  # type: ignore[override]
        return list(self._by_tag)

    @property
    def values(self) -> list[bytes]:  # type: ignore[override]
        return list(self._by_tag.values())

    @property
    def index(self) -> dict[int, int]:  # type: ignore[override]
        return {tag: place for place, tag in enumerate(self._by_tag)}

    def __contains__(self, tag: int) -> bool:
        return tag in self._by_tag

    def get(self, tag: int) -> bytes | None:
        """The value of a tag, None where it is absent."""
        return self._by_tag.get(tag)


class QuickReader:
    """Messages of one version. Holds one plan per MsgType(35) that was met, one rule per tag, one group per list.

    FIX 5.0 SP2 repeats the same lists in most messages: what they share is built once, and groups when they are met.
    """

    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self._lengths = dictionary.data_lengths()
        self._plans: dict[bytes, _Plan] = {}
        self._rule_of: dict[int, _Rule | None] = {}
        self._groups: dict[int, tuple[MemberList, _Group]] = {}  # by the list's identity, kept alive beside it

    def read(self, frame: bytes, msg_type: bytes) -> FixMessage | None:
        """The message if it surely follows the dictionary, else None."""
        plan = self._plans.get(msg_type) or self._make_plan(msg_type)
        parts = frame.split(SOH)
        if plan is None or parts.pop() or len(parts) < len(_FIRST) or not frame.startswith(b"8="):
            return None
        place = 0
        rules, known = plan.parts[0].rules, plan.parts[0].known
        by_tag: dict[int, bytes] = {}
        for part in parts:
            hit = known.get(part)
            if hit is not None:
                by_tag[hit[0]] = hit[1]
                continue
            name, _, value = part.partition(b"=")
            rule = rules.get(name)
            while rule is None:
                place += 1
                if place == 3:
                    return self._with_groups(frame, parts, plan) if plan.counts else None
                rules, known = plan.parts[place].rules, plan.parts[place].known
                rule = rules.get(name)
            tag, codes, match, is_number, comes_again = rule
            if codes is not None:
                if value not in codes:
                    return None
            elif match is None:
                if not value:
                    return None
            elif not (is_number and value.isdigit() and len(value) <= _DIGITS_MAX) and match(value) is None:
                return None
            by_tag[tag] = value
            if comes_again and len(part) <= KNOWN_BYTES_MAX:
                if len(known) >= KNOWN_MAX:
                    known.clear()
                known[part] = (tag, value)
        # Three fields first, in this order; none twice; none missing.
        if parts[2] != plan.third or not parts[1].startswith(b"9="):
            return None
        if len(by_tag) != len(parts) or not by_tag.keys() >= plan.required:
            return None
        return FlatMessage(frame, by_tag, plan.msg_type)

    def _make_plan(self, msg_type: bytes) -> _Plan | None:
        dictionary = self._dictionary
        definition = dictionary.message(msg_type.decode("ascii", "replace"))
        if definition is None:
            return None
        members = (dictionary.header, definition.members, dictionary.trailer)
        parts = [self._rules(part) for part in members]
        parts[0][b"%d" % MSG_TYPE] = (MSG_TYPE, frozenset((msg_type,)), None, False, True)
        groups = {tag: group for part in members for tag, group in part.groups.items()}
        counts = {}
        for number, rules in enumerate(parts):
            for tag in groups:
                rule = rules.pop(b"%d" % tag, None)
                if rule is not None:
                    counts[b"%d" % tag] = (number, rule)
        required = frozenset(tag for part in members for tag in part.required)
        self._plans[msg_type] = plan = _Plan(
            definition.msg_type, b"35=" + msg_type, _three(parts), required, counts, groups
        )
        return plan

    def _rules(self, members: MemberList) -> _Rules:
        """Without data fields and their lengths, which are left to the full validator."""
        found = {}
        for tag in members.order:
            if tag not in self._rule_of:
                field = self._dictionary.field(tag)
                assert field is not None, tag
                is_data = field.type in DATA or tag in self._lengths
                self._rule_of[tag] = None if is_data else _rule(field)
            rule = self._rule_of[tag]
            if rule is not None:
                found[b"%d" % tag] = rule
        return found

    def _group(self, members: MemberList) -> _Group:
        known = self._groups.get(id(members))
        if known is None:
            group = _Group(self._rules(members), members.order, members.groups, frozenset(members.required))
            known = self._groups[id(members)] = (members, group)
        return known[1]

    def _with_groups(self, frame: bytes, parts: list[bytes], plan: _Plan) -> FixMessage | None:
        """A message with repeating groups; see `read`."""
        pieces = [part.partition(b"=") for part in parts]
        tables = [part.rules for part in plan.parts]
        tags: list[int] = []
        seen: set[int] = set()
        part, at, end = 0, 0, len(pieces)
        while at < end:
            name, _, value = pieces[at]
            counted = plan.counts.get(name)
            if counted is not None:
                if counted[0] < part:
                    return None
                part, rule = counted
            else:
                while part < 3 and name not in tables[part]:
                    part += 1
                if part == 3:
                    return None
                rule = tables[part][name]
            if not _is_good(value, rule) or rule[0] in seen:
                return None
            seen.add(rule[0])
            tags.append(rule[0])
            at += 1
            if counted is not None:
                at = self._entries(pieces, at, plan.groups[rule[0]], tags)
                if at < 0:
                    return None
        if tags[:3] != _FIRST or not plan.required.issubset(seen):
            return None
        return FixMessage(frame, tags, [value for _, _, value in pieces])

    def _entries(self, pieces: list[tuple[bytes, bytes, bytes]], at: int, members: MemberList, tags: list[int]) -> int:
        """Behind the last entry of the group whose count stands before `at`; -1: the full validator must look."""
        group = self._group(members)
        rules, places, inner = group.rules, group.places, group.inner
        end, count = len(pieces), int(pieces[at - 1][2])
        if count > ENTRIES_MAX:
            return -1
        for _ in range(count):
            place, start = -1, len(tags)
            while at < end:
                name, _, value = pieces[at]
                rule = rules.get(name)
                if rule is None:
                    break
                tag = rule[0]
                # An entry's first member begins the next entry, whose members come by rising place.
                if places[tag] <= place or (place < 0 and places[tag]):
                    break
                if not _is_good(value, rule):
                    return -1
                place = places[tag]
                tags.append(tag)
                at += 1
                if tag in inner:
                    at = self._entries(pieces, at, inner[tag], tags)
                    if at < 0:
                        return -1
            if place < 0 or not group.required.issubset(tags[start:]):
                return -1
        # One more entry than the count says, or a member of the entry in the wrong place.
        return -1 if at < end and pieces[at][0] in rules else at


def _three(tables: list[_Rules]) -> tuple[_Part, _Part, _Part]:
    header, body, trailer = (_Part(rules, {}) for rules in tables)
    return header, body, trailer


def _rule(field: FieldDef) -> _Rule:
    if field.codes:
        return field.tag, frozenset(code for code in field.codes if field.has_format(code)), None, False, True
    match = None if field.type in _TEXTS else compiled(field.type).fullmatch
    is_unique = field.type in _NEVER_AGAIN or (field.name.endswith("ID") and not field.name.endswith("CompID"))
    return field.tag, None, match, field.type in _NUMBERS, not is_unique


def _is_good(value: bytes, rule: _Rule) -> bool:
    _, codes, match, is_number, _ = rule
    if codes is not None:
        return value in codes
    if match is None:
        return bool(value)
    return (is_number and value.isdigit() and len(value) <= _DIGITS_MAX) or match(value) is not None
