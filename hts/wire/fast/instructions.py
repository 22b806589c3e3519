"""What a template says, as values: parsed (by name) and linked (static references put in, dictionary entries named)."""

from enum import Enum
from typing import Any, Union

from msgspec import Struct

from hts.wire.fast.dictionary import Entry
from hts.wire.fast.values import BOUNDS, TEXTS, FieldType


class Operator(Enum):
    """Field operators; values are the element names."""

    NONE = ""
    CONSTANT = "constant"
    DEFAULT = "default"
    COPY = "copy"
    INCREMENT = "increment"
    DELTA = "delta"
    TAIL = "tail"

    def applies_to(self, kind: FieldType) -> bool:
        """Section 6.3: increment is for integers, tail for what has a tail."""
        if self is Operator.INCREMENT:
            return kind in BOUNDS
        return self is not Operator.TAIL or kind in TEXTS


_BIT_ALWAYS = frozenset((Operator.DEFAULT, Operator.COPY, Operator.INCREMENT, Operator.TAIL))


class Scalar(Struct, frozen=True, kw_only=True):
    """A field of a primitive type. `initial` is None where the template gives no value.

    `dictionary` and `key` are the operator's; `entry` is known after linking.
    """

    name: str
    identifier: str
    kind: FieldType
    is_optional: bool = False
    operator: Operator = Operator.NONE
    initial: Any = None
    dictionary: str = "global"
    key: str = ""
    entry: Entry | None = None

    @property
    def takes_bit(self) -> bool:
        """Whether it has a bit in the presence map (10.5.1)."""
        return self.operator in _BIT_ALWAYS or (self.operator is Operator.CONSTANT and self.is_optional)

    @property
    def place(self) -> Entry:
        """The entry of its previous value."""
        assert self.entry is not None, f"{self.name} is not linked"
        return self.entry


class TwinDecimal(Struct, frozen=True, kw_only=True):
    """A decimal whose exponent and mantissa have operators of their own. Optional where the exponent is."""

    name: str
    identifier: str
    exponent: Scalar
    mantissa: Scalar

    @property
    def is_optional(self) -> bool:
        """Presence is carried by the exponent."""
        return self.exponent.is_optional

    @property
    def takes_bit(self) -> bool:
        """Whether one of the two has a bit."""
        return self.exponent.takes_bit or self.mantissa.takes_bit


class Group(Struct, frozen=True, kw_only=True):
    """Fields under one name and one presence bit. `has_map` is known after linking."""

    name: str
    identifier: str
    is_optional: bool
    type_name: str | None
    body: tuple["Instruction", ...]
    has_map: bool = False

    @property
    def takes_bit(self) -> bool:
        """In the map around it."""
        return self.is_optional


class Sequence(Struct, frozen=True, kw_only=True):
    """Elements of the same instructions after their number."""

    name: str
    identifier: str
    length: Scalar
    type_name: str | None
    body: tuple["Instruction", ...]
    has_map: bool = False

    @property
    def is_optional(self) -> bool:
        """Presence is carried by the length."""
        return self.length.is_optional

    @property
    def takes_bit(self) -> bool:
        """The length's bit, in the map around it."""
        return self.length.takes_bit


class StaticRef(Struct, frozen=True, kw_only=True):
    """Stands for the instructions of another template; gone after linking."""

    template: str
    takes_bit: bool = False


class DynamicRef(Struct, frozen=True, kw_only=True):
    """A whole message segment stands here; its template is named in the stream."""

    name: str
    type_name: str = ""
    takes_bit: bool = False
    is_optional: bool = False


Instruction = Union[Scalar, TwinDecimal, Group, Sequence, StaticRef, DynamicRef]


class Template(Struct, frozen=True, kw_only=True):
    """One template as written. `identifier` is its number on the wire, or None."""

    name: str
    identifier: int | None
    type_name: str | None
    resets: bool
    body: tuple[Instruction, ...]


class Program(Struct, frozen=True, kw_only=True):
    """One template, linked."""

    template: Template
    body: tuple[Instruction, ...]
