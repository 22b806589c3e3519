"""Whether a message follows its dictionary; if not, the SessionRejectReason(373) and the tag to blame.

FIX 4.4 volume 2, "Reject (session-level)". The order of the checks: header before body before trailer, the message
type, then field by field as on the wire (tag, value present, place, repetition, format, code, group), at last what is
missing.
"""

import enum
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from hts.wire.fix.codec import MSG_TYPE, FixMessage
from hts.wire.fix.dictionary import Dictionary, MemberList

USER_DEFINED_MIN: Final = 5_000  # FIX 4.4 volume 1, "User Defined Fields"
ENTRIES_MAX: Final = 100_000


class SessionRejectReason(enum.IntEnum):
    """SessionRejectReason(373)."""

    INVALID_TAG_NUMBER = 0
    REQUIRED_TAG_MISSING = 1
    TAG_NOT_DEFINED_FOR_MESSAGE_TYPE = 2
    UNDEFINED_TAG = 3
    TAG_WITHOUT_VALUE = 4
    VALUE_OUT_OF_RANGE = 5
    INCORRECT_DATA_FORMAT = 6
    DECRYPTION_PROBLEM = 7
    SIGNATURE_PROBLEM = 8
    COMP_ID_PROBLEM = 9
    SENDING_TIME_ACCURACY_PROBLEM = 10
    INVALID_MSG_TYPE = 11
    TAG_APPEARS_MORE_THAN_ONCE = 13
    TAG_OUT_OF_ORDER = 14
    GROUP_FIELDS_OUT_OF_ORDER = 15
    INCORRECT_NUM_IN_GROUP_COUNT = 16
    INVALID_APPLICATION_VERSION = 18
    OTHER = 99


REASON_TEXTS: Final = {
    SessionRejectReason.INVALID_TAG_NUMBER: "Invalid tag number",
    SessionRejectReason.REQUIRED_TAG_MISSING: "Required tag missing",
    SessionRejectReason.TAG_NOT_DEFINED_FOR_MESSAGE_TYPE: "Tag not defined for this message type",
    SessionRejectReason.UNDEFINED_TAG: "Undefined tag",
    SessionRejectReason.TAG_WITHOUT_VALUE: "Tag specified without a value",
    SessionRejectReason.VALUE_OUT_OF_RANGE: "Value is incorrect (out of range) for this tag",
    SessionRejectReason.INCORRECT_DATA_FORMAT: "Incorrect data format for value",
    SessionRejectReason.DECRYPTION_PROBLEM: "Decryption problem",
    SessionRejectReason.SIGNATURE_PROBLEM: "Signature problem",
    SessionRejectReason.COMP_ID_PROBLEM: "CompID problem",
    SessionRejectReason.SENDING_TIME_ACCURACY_PROBLEM: "SendingTime accuracy problem",
    SessionRejectReason.INVALID_MSG_TYPE: "Invalid MsgType",
    SessionRejectReason.TAG_APPEARS_MORE_THAN_ONCE: "Tag appears more than once",
    SessionRejectReason.TAG_OUT_OF_ORDER: "Tag specified out of required order",
    SessionRejectReason.GROUP_FIELDS_OUT_OF_ORDER: "Repeating group fields out of order",
    SessionRejectReason.INCORRECT_NUM_IN_GROUP_COUNT: "Incorrect NumInGroup count for repeating group",
    SessionRejectReason.INVALID_APPLICATION_VERSION: "Invalid/Unsupported Application Version",
    SessionRejectReason.OTHER: "Other",
}

_Reason = SessionRejectReason


class Refusal(Struct, frozen=True, kw_only=True):
    """Why a message is rejected. `ref_tag` is RefTagID(371), None where no single tag is to blame.

    `detail` are more words for Text(58) than the reason's own.
    """

    reason: SessionRejectReason
    ref_tag: int | None = None
    detail: str = ""

    @property
    def text(self) -> str:
        return f"{REASON_TEXTS[self.reason]}: {self.detail}" if self.detail else REASON_TEXTS[self.reason]


# What one tag must satisfy at the top of a message: form of the value, codes, list of codes, group that it counts.
_Rule = tuple[Callable[[bytes], object], dict[bytes, str], bool, MemberList | None]


class _Plan(Struct, frozen=True, kw_only=True):
    """A message of the dictionary, header and trailer included, ready to be checked against."""

    rules: dict[int, _Rule]
    body: MemberList
    required: tuple[int, ...]


class Validator:
    """Checks messages of one version. User-defined tags are refused unless `allow_user_defined`."""

    def __init__(self, dictionary: Dictionary, *, allow_user_defined: bool = False) -> None:
        self._dictionary = dictionary
        self._allow_user_defined = allow_user_defined
        self._plans: dict[str, _Plan] = {}
        self._header_groups = {tag for group in dictionary.header.groups.values() for tag in group.order}

    def check(self, message: FixMessage) -> Refusal | None:
        """The first thing that is wrong, None for a good message."""
        refusal = self._parts_out_of_order(message)
        if refusal is not None:
            return refusal
        plan = self._plans.get(message.msg_type) or self._make_plan(message.msg_type)
        if plan is None:
            return Refusal(reason=_Reason.INVALID_MSG_TYPE)
        return _Walk(self._dictionary, message, plan, allow_user_defined=self._allow_user_defined).check()

    def _parts_out_of_order(self, message: FixMessage) -> Refusal | None:
        """FIX 4.4 volume 2, "Message Format": standard header, body, standard trailer."""
        header, trailer = self._dictionary.header.order, self._dictionary.trailer.order
        nested = self._header_groups
        part = 0
        for tag in message.tags:
            if tag in header or (part == 0 and tag in nested):
                if part > 0:
                    return Refusal(reason=_Reason.TAG_OUT_OF_ORDER, ref_tag=tag)
            elif tag in trailer:
                part = 2
            elif part == 2:
                return Refusal(reason=_Reason.TAG_OUT_OF_ORDER, ref_tag=tag)
            else:
                part = 1
        return None

    def _make_plan(self, msg_type: str) -> _Plan | None:
        definition = self._dictionary.message(msg_type)
        if definition is None:
            return None
        parts = (self._dictionary.header, definition.members, self._dictionary.trailer)
        rules: dict[int, _Rule] = {}
        for part in parts:
            for tag in part.order:
                field = self._dictionary.field(tag)
                assert field is not None, tag
                # MsgType(35) was looked up, so its codes need no second look.
                codes = field.codes if tag != MSG_TYPE else {}
                rules.setdefault(tag, (field.matcher, codes, field.is_multiple, part.groups.get(tag)))
        required = tuple(sorted(tag for part in parts for tag in part.required))
        self._plans[msg_type] = plan = _Plan(rules=rules, body=definition.members, required=required)
        return plan


class _Walk:
    """One pass over the fields of one message."""

    def __init__(self, dictionary: Dictionary, message: FixMessage, plan: _Plan, *, allow_user_defined: bool) -> None:
        self._dictionary = dictionary
        self._tags: Sequence[int] = message.tags
        self._values: Sequence[bytes] = message.values
        self._plan = plan
        self._allow_user_defined = allow_user_defined

    def check(self) -> Refusal | None:
        tags, values, rules = self._tags, self._values, self._plan.rules
        seen: set[int] = set()
        at = 0
        while at < len(tags):
            tag, value = tags[at], values[at]
            rule = rules.get(tag)
            if rule is None or not value:
                refusal = self._odd_field(at)
                if refusal is not None:
                    return refusal
            if tag in seen:
                return Refusal(reason=_Reason.TAG_APPEARS_MORE_THAN_ONCE, ref_tag=tag)
            seen.add(tag)
            at += 1
            if rule is None:
                continue
            has_format, codes, is_multiple, group = rule
            if has_format(value) is None:
                return Refusal(reason=_Reason.INCORRECT_DATA_FORMAT, ref_tag=tag)
            if codes and value not in codes and not (is_multiple and all(c in codes for c in value.split(b" "))):
                return Refusal(reason=_Reason.VALUE_OUT_OF_RANGE, ref_tag=tag)
            if group is not None:
                found = self._group(at, tag, int(value), group)
                if isinstance(found, Refusal):
                    return found
                at = found
        missing = next((tag for tag in self._plan.required if tag not in seen), None)
        return None if missing is None else Refusal(reason=_Reason.REQUIRED_TAG_MISSING, ref_tag=missing)

    def _group(self, at: int, count_tag: int, count: int, group: MemberList) -> int | Refusal:
        """Behind the last entry of a group. FIX 4.4 volume 1, "Repeating Groups"."""
        first = group.first
        if count > ENTRIES_MAX:
            return Refusal(reason=_Reason.INCORRECT_NUM_IN_GROUP_COUNT, ref_tag=count_tag)
        for _ in range(count):
            if at >= len(self._tags) or self._tags[at] != first:
                is_member = at < len(self._tags) and self._tags[at] in group.order
                # The first field of an entry is required, whatever the dictionary says, since it begins the entry.
                reason = _Reason.GROUP_FIELDS_OUT_OF_ORDER if is_member else _Reason.INCORRECT_NUM_IN_GROUP_COUNT
                return Refusal(reason=reason, ref_tag=self._tags[at] if is_member else count_tag)
            found = self._entry(at, group)
            if isinstance(found, Refusal):
                return found
            at = found
        if at < len(self._tags) and self._tags[at] == first and first not in self._plan.body.order:
            return Refusal(reason=_Reason.INCORRECT_NUM_IN_GROUP_COUNT, ref_tag=count_tag)
        return at

    def _entry(self, at: int, group: MemberList) -> int | Refusal:
        """Behind one entry, which begins at `at`."""
        order, first = group.order, group.first
        place = -1
        seen: set[int] = set()
        while at < len(self._tags):
            tag = self._tags[at]
            if tag not in order or (tag == first and place >= 0):
                break
            refusal = self._without_value(at)
            if refusal is not None:
                return refusal
            if order[tag] <= place:
                reason = _Reason.TAG_APPEARS_MORE_THAN_ONCE if tag in seen else _Reason.GROUP_FIELDS_OUT_OF_ORDER
                return Refusal(reason=reason, ref_tag=tag)
            refusal = self._bad_value(at)
            if refusal is not None:
                return refusal
            place = order[tag]
            seen.add(tag)
            at += 1
            nested = group.groups.get(tag)
            if nested is not None:
                found = self._group(at, tag, int(self._values[at - 1]), nested)
                if isinstance(found, Refusal):
                    return found
                at = found
        missing = next((tag for tag in group.required if tag not in seen), None)
        return at if missing is None else Refusal(reason=_Reason.REQUIRED_TAG_MISSING, ref_tag=missing)

    def _is_user_defined(self, tag: int) -> bool:
        return self._allow_user_defined and tag >= USER_DEFINED_MIN and self._dictionary.field(tag) is None

    def _odd_field(self, at: int) -> Refusal | None:
        """A field that the message does not have, or one without a value."""
        tag = self._tags[at]
        is_user_defined = self._is_user_defined(tag)
        if self._dictionary.field(tag) is None and not is_user_defined:
            return Refusal(reason=_Reason.INVALID_TAG_NUMBER, ref_tag=tag)
        refusal = self._without_value(at)
        if refusal is None and not is_user_defined:
            refusal = Refusal(reason=_Reason.TAG_NOT_DEFINED_FOR_MESSAGE_TYPE, ref_tag=tag)
        return refusal

    def _without_value(self, at: int) -> Refusal | None:
        if not self._values[at]:
            return Refusal(reason=_Reason.TAG_WITHOUT_VALUE, ref_tag=self._tags[at])
        return None

    def _bad_value(self, at: int) -> Refusal | None:
        tag, value = self._tags[at], self._values[at]
        field = self._dictionary.field(tag)
        if field is None:
            return None
        if not field.has_format(value):
            return Refusal(reason=_Reason.INCORRECT_DATA_FORMAT, ref_tag=tag)
        if not field.has_code(value):
            return Refusal(reason=_Reason.VALUE_OUT_OF_RANGE, ref_tag=tag)
        return None
