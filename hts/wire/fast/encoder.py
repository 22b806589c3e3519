"""Messages to FAST stream; the mirror image of the decoder, with the choices listed in operators.py.

A message that cannot be encoded leaves the previous values as they were, so that the stream stays in step.
"""

from collections.abc import Mapping
from typing import Any

from hts.wire.fast import scalars
from hts.wire.fast.dictionary import TEMPLATE_ID, Dictionaries
from hts.wire.fast.errors import FastLocalError, Fault
from hts.wire.fast.instructions import DynamicRef, Group, Instruction, Operator, Scalar, Sequence, Template, TwinDecimal
from hts.wire.fast.messages import FastMessage
from hts.wire.fast.operators import WRITES
from hts.wire.fast.presence import PresenceWriter
from hts.wire.fast.templates import TemplateSet
from hts.wire.fast.values import FieldType, Scaled, to_field


class FastEncoder:
    """One stream.

    `identifier_always`: the template identifier is in every message, as feeds over UDP send it; else only where it
    differs from the one before, as the copy operator allows. `reset_ids` as with the decoder.
    """

    def __init__(
        self, templates: TemplateSet, *, identifier_always: bool = False, reset_ids: frozenset[int] = frozenset()
    ) -> None:
        self._templates = templates
        self._identifier_always = identifier_always
        self._reset_ids = reset_ids
        self._memory = Dictionaries()

    def encode(self, template: str | int, fields: Mapping[str, Any]) -> bytes:
        """One message. Raises FastLocalError."""
        try:
            data = self._segment(self._templates.named(template), "", fields)
        except Fault as fault:
            self._memory.rollback()
            raise FastLocalError(fault.code, f"{template}: {fault}") from fault
        self._memory.commit()
        return bytes(data)

    def encode_message(self, message: FastMessage) -> bytes:
        """What a decoder gave."""
        return self.encode(message.template, message.fields)

    def reset(self) -> None:
        """All previous values undefined."""
        self._memory.reset()
        self._memory.commit()

    def _segment(self, template: Template, type_name: str, fields: Mapping[str, Any]) -> bytearray:
        bits, body = PresenceWriter(), bytearray()
        number = template.identifier
        if number is None:
            raise Fault("D9", f"a template with a number expected, found {template.name}")
        is_sent = self._identifier_always or self._memory.get(TEMPLATE_ID, FieldType.UINT32) != number
        bits.put(is_sent)
        if is_sent:
            body += scalars.unsigned(number, nullable=False)
        self._memory.put(TEMPLATE_ID, FieldType.UINT32, number)
        if template.resets or number in self._reset_ids:
            self._memory.reset()
        self._body(self._templates.program(template, type_name).body, fields, body, bits)
        return bytearray(bits.data()) + body

    def _body(
        self, body: tuple[Instruction, ...], fields: Mapping[str, Any], out: bytearray, bits: PresenceWriter
    ) -> None:
        if not isinstance(fields, Mapping):
            raise Fault("D1", f"fields by name expected, found {type(fields).__name__}")
        names = {getattr(instruction, "name", "") for instruction in body}
        unknown = [name for name in fields if name not in names]
        if unknown:
            raise Fault("D1", f"fields of the template expected, found {unknown[0]!r}")
        for instruction in body:
            name = getattr(instruction, "name", "")
            try:
                self._one(instruction, fields.get(name), out, bits)
            except Fault as fault:
                raise Fault(fault.code, f"{name}: {fault}") from fault

    def _one(self, instruction: Instruction, value: Any, out: bytearray, bits: PresenceWriter) -> None:
        if value is None and not _may_be_none(instruction):
            raise Fault("D1", "a value for a mandatory field expected, found none")
        if isinstance(instruction, Scalar):
            converted = None if value is None else to_field(instruction.kind, value)
            WRITES[instruction.operator](instruction, converted, out, bits, self._memory)
        elif isinstance(instruction, TwinDecimal):
            self._twin(instruction, value, out, bits)
        elif isinstance(instruction, Sequence):
            self._sequence(instruction, value, out, bits)
        elif isinstance(instruction, Group):
            if instruction.is_optional:
                bits.put(value is not None)
            if value is not None:
                self._inner(instruction, value, out)
        else:
            assert isinstance(instruction, DynamicRef), instruction
            self._dynamic(instruction, value, out)

    def _twin(self, field: TwinDecimal, value: Any, out: bytearray, bits: PresenceWriter) -> None:
        write_exponent, write_mantissa = WRITES[field.exponent.operator], WRITES[field.mantissa.operator]
        if value is None:
            write_exponent(field.exponent, None, out, bits, self._memory)
            return
        scaled = to_field(FieldType.DECIMAL, value)
        if field.exponent.operator is Operator.CONSTANT:
            scaled = _rescaled(scaled, field.exponent.initial)
        write_exponent(field.exponent, scaled.exponent, out, bits, self._memory)
        write_mantissa(field.mantissa, scaled.mantissa, out, bits, self._memory)

    def _sequence(self, sequence: Sequence, value: Any, out: bytearray, bits: PresenceWriter) -> None:
        if value is not None and not isinstance(value, list | tuple):
            raise Fault("D1", f"a tuple of elements expected, found {type(value).__name__}")
        count = None if value is None else len(value)
        WRITES[sequence.length.operator](sequence.length, count, out, bits, self._memory)
        for element in value or ():
            self._inner(sequence, element, out)

    def _inner(self, group: Group | Sequence, fields: Any, out: bytearray) -> None:
        bits, body = PresenceWriter(), bytearray()
        self._body(group.body, fields, body, bits)
        if group.has_map:
            out += bits.data()
        out += body

    def _dynamic(self, reference: DynamicRef, value: Any, out: bytearray) -> None:
        if not isinstance(value, FastMessage):
            raise Fault("D1", f"a FastMessage expected, found {type(value).__name__}")
        out += self._segment(self._templates.named(value.template), reference.type_name, value.fields)


def _may_be_none(instruction: Instruction) -> bool:
    if isinstance(instruction, Scalar) and instruction.operator is Operator.CONSTANT:
        return True
    return getattr(instruction, "is_optional", False)


def _rescaled(value: Scaled, exponent: int) -> Scaled:
    """The same number with the exponent that the template fixes."""
    mantissa, rest = value.mantissa, 0
    if value.exponent > exponent:
        mantissa *= 10 ** (value.exponent - exponent)
    elif value.exponent < exponent:
        mantissa, rest = divmod(mantissa, 10 ** (exponent - value.exponent))
    if rest:
        raise Fault("D3", f"a multiple of 10^{exponent} expected, found {value.to_decimal()}")
    return Scaled(exponent, mantissa).checked()
