"""Linking a template: static references are replaced by what they stand for, operators get their dictionary entry.

Both depend on where the processor stands (FAST 1.1, 6.1): the current template, which a static reference changes, and
the current application type, which a typeRef changes and a reference passes on.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from hts.wire.fast.dictionary import Entry
from hts.wire.fast.errors import TemplateError
from hts.wire.fast.instructions import (
    DynamicRef,
    Group,
    Instruction,
    Scalar,
    Sequence,
    StaticRef,
    Template,
    TwinDecimal,
)

_PREDEFINED: Final = ("global", "template", "type")
INSTRUCTIONS_MAX: Final = 20_000  # a chain of references can double at each link


class _Linker:
    def __init__(self, templates: Mapping[str, Template]) -> None:
        self._templates = templates
        self._path: list[str] = []
        self._count = 0

    def template(self, template: Template, type_name: str) -> list[Instruction]:
        if template.name in self._path:
            raise TemplateError("S1", f"references without a circle expected, found {' -> '.join(self._path)}")
        self._path.append(template.name)
        body = self.body(template.body, template.name, type_name if template.type_name is None else template.type_name)
        self._path.pop()
        return body

    def body(self, body: tuple[Instruction, ...], template: str, type_name: str) -> list[Instruction]:
        linked: list[Instruction] = []
        for instruction in body:
            self._count += 1
            if self._count > INSTRUCTIONS_MAX:
                raise TemplateError("S1", f"at most {INSTRUCTIONS_MAX} instructions expected in {self._path[0]}")
            if isinstance(instruction, StaticRef):
                found = self._templates.get(instruction.template)
                if found is None:
                    raise TemplateError("D8", f"{template}: a known template expected, found {instruction.template}")
                linked.extend(self.template(found, type_name))
            else:
                linked.append(self._one(instruction, template, type_name))
        names = [i.name for i in linked if not isinstance(i, StaticRef)]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise TemplateError("S1", f"{template}: each name once expected, found {twice} twice after references")
        return linked

    def _one(self, instruction: Instruction, template: str, type_name: str) -> Instruction:
        replace = msgspec.structs.replace
        if isinstance(instruction, Scalar):
            return _with_entry(instruction, template, type_name)
        if isinstance(instruction, TwinDecimal):
            return replace(
                instruction,
                exponent=_with_entry(instruction.exponent, template, type_name),
                mantissa=_with_entry(instruction.mantissa, template, type_name),
            )
        if isinstance(instruction, DynamicRef):
            return replace(instruction, type_name=type_name)
        assert isinstance(instruction, Group | Sequence), instruction
        inner = type_name if instruction.type_name is None else instruction.type_name
        body = tuple(self.body(instruction.body, template, inner))
        done = replace(instruction, body=body, has_map=any(i.takes_bit for i in body))
        if isinstance(done, Sequence):
            return replace(done, length=_with_entry(done.length, template, type_name))
        return done


def _with_entry(field: Scalar, template: str, type_name: str) -> Scalar:
    name = field.dictionary
    owner = {"global": "", "template": template, "type": type_name}.get(name, name)
    scope = name if name in _PREDEFINED else "user"
    return msgspec.structs.replace(field, entry=Entry(scope, owner, field.key))


def link(templates: Mapping[str, Template], template: Template, type_name: str) -> tuple[Instruction, ...]:
    """The instructions of `template`. Raises TemplateError D8, or S1 for a circle or a name twice."""
    return tuple(_Linker(templates).template(template, type_name))
