"""FAST stream to messages.

Theory of operation. Bytes arrive in any cuts. `next_event` tries to read one message from the front of the buffer; if
the bytes end first, the previous values it changed are put back, and it is tried again when at least the byte that
was missing has come. So a message is read once in the usual case (a datagram holds whole messages), and the decoder
has no half-read state that could go wrong. The price is paid by a peer who sends one byte at a time, and it is bounded
by `message_bytes_max`.

After an error the previous values are those before the bad message, but nobody knows where the next one begins: the
decoder gives the same error until `restart` is called (feeds: at the next datagram or after a reset message).
"""

from collections.abc import Iterator
from typing import Any, Final, cast

from hts.wire.fast.dictionary import TEMPLATE_ID, UNDEFINED, Dictionaries
from hts.wire.fast.errors import LIMIT, FastRemoteError, Fault, Incomplete
from hts.wire.fast.instructions import DynamicRef, Group, Instruction, Scalar, Sequence, Template, TwinDecimal
from hts.wire.fast.messages import FastLimits, FastMessage, Fields, Trace
from hts.wire.fast.operators import READS
from hts.wire.fast.presence import PresenceBits
from hts.wire.fast.scalars import UINT32, Reader
from hts.wire.fast.templates import TemplateSet
from hts.wire.fast.values import FieldType, Scaled

DEFAULT_LIMITS: Final = FastLimits()
_COMPACT: Final = 65_536


class FastDecoder:
    """One stream. `blocks`: each block of messages is led by its size. `strict`: R6 to R9 are errors too.

    `reset_ids` are templates whose arrival resets the dictionaries, beside those that say so themselves.
    """

    def __init__(
        self,
        templates: TemplateSet,
        *,
        blocks: bool = False,
        strict: bool = False,
        reset_ids: frozenset[int] = frozenset(),
        limits: FastLimits = DEFAULT_LIMITS,
    ) -> None:
        self._templates = templates
        self._blocks = blocks
        self._strict = strict
        self._reset_ids = reset_ids
        self._limits = limits
        self._memory = Dictionaries()
        self._buffer = bytearray()
        self._start = 0  # place in the buffer of the first byte that no message has used
        self._gone = 0  # bytes of the stream before the buffer
        self._need = 1
        self._block_end: int | None = None
        self._failure: FastRemoteError | None = None
        self.traces: list[Trace] | None = None

    @property
    def offset(self) -> int:
        """Bytes of the stream that whole messages have used."""
        return self._gone + self._start

    @property
    def leftover(self) -> int:
        """Bytes received beyond the last whole message."""
        return len(self._buffer) - self._start

    def receive_data(self, data: bytes) -> None:
        """Bytes of the stream, cut anywhere. Call next_event until it gives None."""
        if self._failure is not None:
            return
        if self._start >= _COMPACT or self._start == len(self._buffer):
            del self._buffer[: self._start]
            if self._block_end is not None:
                self._block_end -= self._start
            self._gone += self._start
            self._start = 0
        self._buffer += data

    def next_event(self) -> FastMessage | None:
        """The next message, or None when more bytes are needed. Raises FastRemoteError."""
        if self._failure is not None:
            raise self._failure
        if self.leftover < self._need:
            return None
        message_at = self.offset
        try:
            return self._next()
        except Incomplete as incomplete:
            self._memory.rollback()
            self._need = incomplete.need - self._start
            bound = self._limits.block_bytes_max if self._blocks else self._limits.message_bytes_max
            if self._need <= bound + 10:  # a block's size comes before its bytes
                return None
            fault = Fault(LIMIT, f"a message of at most {bound} bytes expected, found more")
        except Fault as found:
            self._memory.rollback()
            fault = found
        self._failure = FastRemoteError(fault.code, str(fault), message_at)
        self._buffer.clear()
        self._start = 0
        raise self._failure

    def end(self) -> None:
        """The stream has ended. Raises FastRemoteError if it did so within a message."""
        if self._failure is None and self.leftover:
            raise FastRemoteError(LIMIT, f"a whole message expected, found {self.leftover} bytes of one", self.offset)

    def restart(self) -> None:
        """Forget bytes and error, keep the previous values: for the next datagram of a feed."""
        self._gone += len(self._buffer)
        self._buffer.clear()
        self._start = 0
        self._need = 1
        self._block_end = None
        self._failure = None

    def reset(self) -> None:
        """All previous values undefined; the other side does the same at the same place of the stream."""
        self._memory.reset()
        self._memory.commit()

    def _next(self) -> FastMessage:
        end = len(self._buffer)
        at = self._start
        reader = self._reader(at, end)
        if self._blocks and self._block_end is None:
            self._block_end = self._read_block_end(reader)
            self._start = reader.at
        if self._block_end is not None:
            reader.end = self._block_end
        try:
            message = _Segment(
                self._templates,
                reader,
                self._memory,
                limits=self._limits,
                reset_ids=self._reset_ids,
                traces=self.traces,
            ).read()
        except Incomplete as incomplete:
            if self._block_end is None:
                raise
            raise Fault(LIMIT, "the block to end after a message, found it to end within one") from incomplete
        if self._strict and reader.reported:
            raise Fault(reader.reported[0], "the shortest encoding expected, found an overlong one")
        if reader.at - at > self._limits.message_bytes_max:
            raise Fault(LIMIT, f"a message of at most {self._limits.message_bytes_max} bytes expected")
        self._memory.commit()
        self._start = reader.at
        self._need = 1
        if self._block_end is not None and self._start >= self._block_end:
            self._block_end = None
        return message

    def _read_block_end(self, reader: Reader) -> int:
        # The only integer that may be overlong (10.6.1): a sender reserves its bytes before it knows the size.
        size = cast("int", reader.unsigned(nullable=False, bounds=UINT32, overlong_allowed=True))
        if size == 0:
            raise Fault("D12", "a block of at least one byte expected, found an empty one")
        if size > self._limits.block_bytes_max:
            raise Fault(LIMIT, f"a block of at most {self._limits.block_bytes_max} bytes expected, found {size}")
        if reader.at + size > reader.end:
            raise Incomplete(reader.at + size)
        return reader.at + size

    def _reader(self, at: int, end: int) -> Reader:
        limits = self._limits
        return Reader(self._buffer, at, end, length_max=limits.field_bytes_max, budget=limits.combined_bytes_max)


class _Segment:
    """Reads one message."""

    def __init__(
        self,
        templates: TemplateSet,
        reader: Reader,
        memory: Dictionaries,
        *,
        limits: FastLimits,
        reset_ids: frozenset[int],
        traces: list[Trace] | None,
    ) -> None:
        self._templates = templates
        self._reader = reader
        self._memory = memory
        self._limits = limits
        self._reset_ids = reset_ids
        self._traces = traces
        self._elements = 0
        self._depth = 0
        self._origin = reader.at

    def read(self, type_name: str = "", path: str = "") -> FastMessage:
        """A segment with a template identifier."""
        reader = self._reader
        self._enter()
        bits = self._map(path)
        at = reader.at
        template = self._template(bits)
        self._trace(at, f"{path}template_id", template.identifier, template.name)
        if template.resets or template.identifier in self._reset_ids:
            self._memory.reset()
        body = self._templates.program(template, type_name).body
        try:
            fields = self._body(body, bits, path)
        except Fault as fault:
            raise Fault(fault.code, f"{template.name}: {fault}") from fault
        self._check_surplus(bits)
        self._depth -= 1
        reported = tuple(dict.fromkeys(reader.reported))
        return FastMessage(
            template=template.name, template_id=template.identifier or 0, fields=fields, reported=reported
        )

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > self._limits.depth_max:
            raise Fault(LIMIT, f"at most {self._limits.depth_max} segments within each other expected")

    def _template(self, bits: PresenceBits) -> Template:
        if bits.take():
            number = self._reader.unsigned(nullable=False, bounds=UINT32)
        else:
            number = self._memory.get(TEMPLATE_ID, FieldType.UINT32)
            if number is UNDEFINED:
                raise Fault("D5", "a template identifier expected in the first message")
        template = self._templates.named(cast("int", number))
        self._memory.put(TEMPLATE_ID, FieldType.UINT32, number)
        return template

    def _map(self, path: str) -> PresenceBits:
        at = self._reader.at
        bits = PresenceBits.read(self._reader)
        self._trace(at, f"{path}presence_map", bits.text, "one bit per field that may be left out")
        return bits

    def _check_surplus(self, bits: PresenceBits) -> None:
        if bits.has_surplus:
            self._reader.reported.append("R8")

    def _trace(self, at: int, name: str, value: Any, note: str = "") -> None:
        if self._traces is not None:
            offset, length = at - self._origin, self._reader.at - at
            self._traces.append(Trace(name=name, offset=offset, length=length, value=value, note=note))

    def _body(self, body: tuple[Instruction, ...], bits: PresenceBits, path: str) -> Fields:
        fields: Fields = {}
        for instruction in body:
            try:
                if isinstance(instruction, Scalar):
                    value = self._scalar(instruction, bits, path)
                elif isinstance(instruction, TwinDecimal):
                    value = self._twin(instruction, bits, path)
                elif isinstance(instruction, Sequence):
                    value = self._sequence(instruction, bits, path)
                elif isinstance(instruction, Group):
                    value = self._group(instruction, bits, path)
                else:
                    assert isinstance(instruction, DynamicRef), instruction
                    value = self.read(instruction.type_name, f"{path}{instruction.name}.")
            except Fault as fault:
                raise Fault(fault.code, f"{path}{_name(instruction)}: {fault}") from fault
            if value is not None:
                fields[instruction.name] = value
        return fields

    def _scalar(self, field: Scalar, bits: PresenceBits, path: str) -> Any:
        at = self._reader.at
        value = READS[field.operator](field, self._reader, bits, self._memory)
        if isinstance(value, Scaled):
            value = value.to_decimal()
        if self._traces is not None:
            self._trace(at, path + field.name, value, _note(field, is_present=value is not None))
        return value

    def _twin(self, field: TwinDecimal, bits: PresenceBits, path: str) -> Any:
        at, reader, memory = self._reader.at, self._reader, self._memory
        exponent = READS[field.exponent.operator](field.exponent, reader, bits, memory)
        value = None
        # Without an exponent the mantissa has neither bytes nor a presence bit (10.5.1).
        if exponent is not None:
            mantissa = READS[field.mantissa.operator](field.mantissa, reader, bits, memory)
            value = Scaled(exponent, mantissa).checked().to_decimal()
        if self._traces is not None:
            operators = f"{field.exponent.operator.value or 'none'} and {field.mantissa.operator.value or 'none'}"
            tag = f"tag {field.identifier}, " if field.identifier else ""
            self._trace(at, path + field.name, value, f"{tag}decimal, {operators}")
        return value

    def _group(self, group: Group, bits: PresenceBits, path: str) -> Fields | None:
        if group.is_optional and not bits.take():
            return None
        return self._inner(group, f"{path}{group.name}.")

    def _inner(self, group: Group | Sequence, path: str) -> Fields:
        if not group.has_map:
            return self._body(group.body, PresenceBits(), path)
        bits = self._map(path)
        fields = self._body(group.body, bits, path)
        self._check_surplus(bits)
        return fields

    def _sequence(self, sequence: Sequence, bits: PresenceBits, path: str) -> tuple[Fields, ...] | None:
        at, length = self._reader.at, sequence.length
        count = READS[length.operator](length, self._reader, bits, self._memory)
        if self._traces is not None:
            name = f"{sequence.name}.length" if "\0" in length.name else length.name
            self._trace(at, path + name, count, _note(length, is_present=count is not None))
        if count is None:
            return None
        # An element may need no byte at all, so the bytes of the message do not bound their number.
        self._elements += count
        if self._elements > self._limits.elements_max:
            raise Fault(LIMIT, f"at most {self._limits.elements_max} elements in a message expected")
        return tuple(self._elements_of(sequence, count, path))

    def _elements_of(self, sequence: Sequence, count: int, path: str) -> Iterator[Fields]:
        for number in range(1, count + 1):
            yield self._inner(sequence, f"{path}{sequence.name}[{number}].")


def _name(instruction: Instruction) -> str:
    return getattr(instruction, "name", "templateRef")


def _note(field: Scalar, *, is_present: bool) -> str:
    tag = f"tag {field.identifier}, " if field.identifier else ""
    operator = f", {field.operator.value}" if field.operator.value else ""
    return f"{tag}{field.kind.value}{operator}{'' if is_present else ', absent'}"
