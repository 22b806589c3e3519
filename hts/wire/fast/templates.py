"""Templates from their XML (FAST 1.1, sections 6, 7, 9 and appendix 1).

Elements are read in the namespace of FAST 1.1, in that of its drafts, and in none, because template files of feeds
come in all three; foreign elements and attributes are passed over, as section 9 asks. Everything else must fit the
schema. A file with one bad template is refused as a whole: half a set would fail later and less clearly.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NoReturn

import msgspec
from msgspec import Struct

from hts.base.errors import RemoteProtocolError
from hts.wire.fast.errors import Fault, TemplateError
from hts.wire.fast.instructions import (
    DynamicRef,
    Group,
    Instruction,
    Operator,
    Program,
    Scalar,
    Sequence,
    StaticRef,
    Template,
    TwinDecimal,
)
from hts.wire.fast.linking import link
from hts.wire.fast.values import FieldType, to_field
from hts.wire.xml_tree import Element, XmlLimits, parse_xml

_NAMESPACES: Final = (
    "http://www.fixprotocol.org/ns/fast/td/1.1",
    "http://www.fixprotocol.org/ns/template-definition",
    "",
)
_RESET: Final = "{http://www.fixprotocol.org/ns/fast/scp/1.1}reset"
LIMITS: Final = XmlLimits(bytes_max=4 * 1024 * 1024, elements_max=100_000, depth_max=20, text_max=4096)
_OPERATORS: Final = {operator.value: operator for operator in Operator if operator is not Operator.NONE}
_KINDS: Final = {kind.value: kind for kind in FieldType if kind is not FieldType.UNICODE}
_FIELD = frozenset(("name", "ns", "id", "presence"))
_CONTAINER = _FIELD | {"dictionary"}


class _Scope(Struct, frozen=True, kw_only=True):
    """What an element inherits from those around it."""

    ns: str = ""
    template_ns: str = ""
    dictionary: str = "global"

    def inner(self, element: Element) -> "_Scope":
        given = element.attributes
        return _Scope(
            ns=given.get("ns", self.ns),
            template_ns=given.get("templateNs", self.template_ns),
            dictionary=given.get("dictionary", self.dictionary),
        )


class TemplateSet:
    """Templates by name and by number, linked and ready to run."""

    def __init__(self, templates: tuple[Template, ...]) -> None:
        self.by_name = {template.name: template for template in templates}
        self.by_id = {t.identifier: t for t in templates if t.identifier is not None}
        self._programs: dict[tuple[str, str], Program] = {}
        for template in templates:
            self.program(template)

    @classmethod
    def parse(cls, data: bytes, identifiers: Mapping[str, int] | None = None) -> "TemplateSet":
        """From XML. `identifiers` numbers templates by name where the file does not. Raises TemplateError."""
        try:
            root = parse_xml(data, LIMITS)
        except RemoteProtocolError as error:
            raise TemplateError("S1", str(error)) from error
        return cls(tuple(_templates(root, identifiers or {})))

    def program(self, template: Template, type_name: str = "") -> Program:
        """The template linked for an application type."""
        found = self._programs.get((template.name, type_name))
        if found is None:
            found = Program(template=template, body=link(self.by_name, template, type_name))
            self._programs[template.name, type_name] = found
        return found

    def named(self, template: str | int) -> Template:
        """By name or number. Raises Fault D9."""
        found = self.by_id.get(template) if isinstance(template, int) else self.by_name.get(template)
        if found is None:
            known = ", ".join(map(str, sorted(self.by_id)[:20]))
            raise Fault("D9", f"a template of {known} expected, found {template}")
        return found


def _refuse(element: Element, text: str, code: str = "S1") -> NoReturn:
    raise TemplateError(code, f"line {element.line}: {text}")


def _templates(root: Element, identifiers: Mapping[str, int]) -> Iterator[Template]:
    if root.namespace not in _NAMESPACES or root.name not in ("templates", "template"):
        _refuse(root, f"<templates> or <template> expected, found <{root.name}>")
    scope, found = _Scope(), [root]
    if root.name == "templates":
        _check(root, ("ns", "templateNs", "dictionary"))
        scope, found = scope.inner(root), list(_children(root))
    names: set[str] = set()
    numbers: set[int] = set()
    for element in found:
        if element.name != "template":
            _refuse(element, f"<template> expected, found <{element.name}>")
        template = _template(element, scope, identifiers)
        if template.name in names or template.identifier in numbers:
            _refuse(element, f"another name and id expected, found {template.name} id {template.identifier} twice")
        names.add(template.name)
        if template.identifier is not None:
            numbers.add(template.identifier)
        yield template


def _template(element: Element, scope: _Scope, identifiers: Mapping[str, int]) -> Template:
    _check(element, ("name", "ns", "templateNs", "id", "dictionary", "reset"))
    scope = scope.inner(element)
    local = element.attributes.get("name", "")
    name = _qualified(element, scope.template_ns)
    number = element.attributes.get("id", "").strip()
    # An id need not be a number (7.1), but only a number can be met in a stream.
    identifier = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None
    resets = element.attributes.get(_RESET, element.attributes.get("reset", "no")).lower()
    type_name, body = _body(element, list(_children(element)), scope)
    return Template(
        name=name,
        identifier=identifiers.get(name, identifiers.get(local, identifier)),
        type_name=type_name,
        resets=resets in ("yes", "y", "true", "1"),
        body=body,
    )


def _children(element: Element) -> Iterator[Element]:
    """The children that are ours; an element of a foreign namespace may stand anywhere (section 9)."""
    if element.text.strip():
        _refuse(element, f"elements in <{element.name}> expected, found text {element.text.strip()[:40]!r}")
    return (child for child in element.children if child.namespace in _NAMESPACES)


def _check(element: Element, allowed: frozenset[str] | tuple[str, ...]) -> None:
    for name in element.attributes:
        if not name.startswith("{") and name not in allowed:
            _refuse(element, f"attributes of <{element.name}>: {', '.join(sorted(allowed))} expected, found {name}")


def _qualified(element: Element, namespace: str, attribute: str = "name") -> str:
    name = element.attributes.get(attribute, "").strip()
    if not name or "\0" in name:
        _refuse(element, f"<{element.name}>: attribute {attribute} expected, found none")
    return f"{{{namespace}}}{name}" if namespace else name


def _body(element: Element, children: list[Element], scope: _Scope) -> tuple[str | None, tuple[Instruction, ...]]:
    type_name = None
    if children and children[0].name == "typeRef":
        first = children.pop(0)
        _check(first, ("name", "ns"))
        type_name = _qualified(first, first.attributes.get("ns", scope.ns))
    found: list[Instruction] = []
    for child in children:
        number = sum(isinstance(done, DynamicRef) for done in found)
        found.append(_instruction(child, scope, number))
    names = [i.name for i in found if not isinstance(i, StaticRef)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        _refuse(element, f"<{element.name}>: each name once expected, found {twice} twice")
    return type_name, tuple(found)


def _instruction(element: Element, scope: _Scope, dynamic_count: int) -> Instruction:
    scope = scope.inner(element)
    if element.name == "templateRef":
        return _reference(element, scope, dynamic_count)
    if element.name == "group":
        _check(element, _CONTAINER)
        type_name, body = _body(element, list(_children(element)), scope)
        return Group(**_head(element, scope), is_optional=_optional(element), type_name=type_name, body=body)
    if element.name == "sequence":
        return _sequence(element, scope)
    if element.name not in _KINDS:
        _refuse(element, f"a field or templateRef expected, found <{element.name}>")
    return _field(element, scope)


def _reference(element: Element, scope: _Scope, dynamic_count: int) -> Instruction:
    _check(element, ("name", "templateNs", "ns", "dictionary"))
    if any(True for _ in _children(element)):
        _refuse(element, "<templateRef> without elements expected")
    if "name" in element.attributes:
        return StaticRef(template=_qualified(element, scope.template_ns))
    return DynamicRef(name="templateRef" if not dynamic_count else f"templateRef{dynamic_count + 1}")


def _head(element: Element, scope: _Scope) -> dict[str, Any]:
    return {"name": _qualified(element, scope.ns), "identifier": element.attributes.get("id", "")}


def _optional(element: Element) -> bool:
    presence = element.attributes.get("presence", "mandatory")
    if presence not in ("mandatory", "optional"):
        _refuse(element, f"presence mandatory or optional expected, found {presence!r}")
    return presence == "optional"


def _sequence(element: Element, scope: _Scope) -> Sequence:
    _check(element, _CONTAINER)
    children = list(_children(element))
    type_refs = [child for child in children[:1] if child.name == "typeRef"]
    children = children[len(type_refs) :]
    head, is_optional = _head(element, scope), _optional(element)
    # An implicit name must not collide with any that a template can give (6.2.5); no name of XML has a NUL.
    length = Scalar(name=head["name"] + "\0length", identifier="", kind=FieldType.UINT32, is_optional=is_optional)
    length = msgspec.structs.replace(length, key=length.name, dictionary=scope.dictionary)
    if children and children[0].name == "length":
        first = children.pop(0)
        _check(first, ("name", "ns", "id"))
        inner = scope.inner(first)
        name = _qualified(first, inner.ns) if "name" in first.attributes else length.name
        length = msgspec.structs.replace(length, name=name, identifier=first.attributes.get("id", ""))
        length = _with_operator(first, list(_children(first)), length, inner)
    type_name, body = _body(element, type_refs + children, scope)
    return Sequence(**head, length=length, type_name=type_name, body=body)


def _field(element: Element, scope: _Scope) -> Instruction:
    kind: FieldType = _KINDS[element.name]
    children = list(_children(element))
    _check(element, _FIELD | {"charset"} if kind is FieldType.ASCII else _FIELD)
    if kind is FieldType.ASCII:
        charset = element.attributes.get("charset", "ascii")
        if charset not in ("ascii", "unicode"):
            _refuse(element, f"charset ascii or unicode expected, found {charset!r}")
        kind = FieldType.UNICODE if charset == "unicode" else kind
    if kind in (FieldType.UNICODE, FieldType.BYTES) and children and children[0].name == "length":
        # It names the length preamble for the application, and changes nothing in the stream (6.2.4).
        _check(children.pop(0), ("name", "ns", "id"))
    head, is_optional = _head(element, scope), _optional(element)
    if kind is FieldType.DECIMAL and any(child.name in ("exponent", "mantissa") for child in children):
        return _twin(element, children, scope, head, is_optional=is_optional)
    return _with_operator(element, children, Scalar(**head, kind=kind, is_optional=is_optional), scope)


def _twin(
    element: Element, children: list[Element], scope: _Scope, head: dict[str, Any], *, is_optional: bool
) -> TwinDecimal:
    if [child.name for child in children] not in (["exponent"], ["mantissa"], ["exponent", "mantissa"]):
        _refuse(element, "<exponent> and <mantissa>, each at most once and in this order, expected")
    # The generated names of the two parts (6.2.2) are the default keys of their operators.
    parts = {
        "exponent": Scalar(
            name=f"{head['name']}\0exponent", identifier="", kind=FieldType.INT32, is_optional=is_optional
        ),
        "mantissa": Scalar(name=f"{head['name']}\0mantissa", identifier="", kind=FieldType.INT64),
    }
    for child in children:
        _check(child, ())
        parts[child.name] = _with_operator(child, list(_children(child)), parts[child.name], scope)
    return TwinDecimal(**head, exponent=parts["exponent"], mantissa=parts["mantissa"])


def _with_operator(element: Element, children: list[Element], field: Scalar, scope: _Scope) -> Scalar:
    if not children:
        return msgspec.structs.replace(field, key=field.name, dictionary=scope.dictionary)
    if len(children) > 1 or children[0].name not in _OPERATORS:
        found = ", ".join(f"<{child.name}>" for child in children)
        _refuse(element, f"<{element.name}>: one operator expected, found {found}")
    child = children[0]
    operator = _OPERATORS[child.name]
    has_context = operator not in (Operator.CONSTANT, Operator.DEFAULT)
    _check(child, ("value", "dictionary", "key", "ns") if has_context else ("value",))
    if any(True for _ in _children(child)):
        _refuse(child, f"<{child.name}> without elements expected")
    if not operator.applies_to(field.kind):
        _refuse(child, f"an operator for a {field.kind.value} expected, found {operator.value}", "S2")
    inner = scope.inner(child)
    initial = _initial(child, field)
    if initial is None and operator is Operator.CONSTANT:
        _refuse(child, f"{field.name}: a constant with a value expected, found none", "S4")
    if initial is None and operator is Operator.DEFAULT and not field.is_optional:
        _refuse(child, f"{field.name}: a mandatory default with a value expected, found none", "S5")
    key = _qualified(child, inner.ns, "key") if "key" in child.attributes else field.name
    return msgspec.structs.replace(field, operator=operator, initial=initial, key=key, dictionary=inner.dictionary)


def _initial(element: Element, field: Scalar) -> Any:
    text = element.attributes.get("value")
    if text is None:
        return None
    try:
        return to_field(field.kind, text)
    except Fault as fault:
        _refuse(element, f"{field.name}: initial value: {fault} [{fault.code}]", "S3")
