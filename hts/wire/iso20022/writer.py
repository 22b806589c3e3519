"""Values to documents."""

from typing import Any
from xml.sax.saxutils import escape

from msgspec import Struct

from hts.base.errors import LocalProtocolError
from hts.wire.iso20022.layout import REPEATED, Iso20022Layout, Node, StructLayout
from hts.wire.iso20022.messages import AnyDocument
from hts.wire.iso20022.scalars import BadValue, to_text

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def write(layout: Iso20022Layout, message: AnyDocument) -> bytes:
    """The document, UTF-8, without blanks between elements. Raises LocalProtocolError."""
    found = layout.by_class.get(type(message))
    if found is None:
        raise LocalProtocolError(f"ISO 20022: a message of the table expected, found {type(message).__name__}")
    out = [_HEAD, f'<Document xmlns="{found.namespace}"><{found.root}>']
    try:
        _write_struct(found.body, message, out)
    except BadValue as error:
        raise LocalProtocolError(f"{found.version}: {error}") from error
    out.append(f"</{found.root}></Document>\n")
    return "".join(out).encode()


def _write_struct(layout: StructLayout, value: Any, out: list[str]) -> None:
    if not isinstance(value, layout.cls):
        raise BadValue(f"{layout.name} expected, found {type(value).__name__}")
    check_choices(layout, value)
    for node in layout.nodes:
        _write_node(node, value, out)


def check_choices(layout: StructLayout, value: Struct) -> None:
    """Alternatives of the schema."""
    for most, choices in ((1, layout.choices), (0, layout.one_of)):
        for choice in choices:
            given = layout.given(value, choice)
            if len(given) > 1 or len(given) < 1 - most:
                many = "at most" if most else "exactly"
                found = ", ".join(given) or "none"
                raise BadValue(f"{layout.name}: {many} one of {', '.join(choice)} expected, found {found}")


def _write_node(node: Node, value: Any, out: list[str]) -> None:
    if not node.field:
        at = len(out)
        out.append(f"<{node.name}>")
        for child in node.children:
            _write_node(child, value, out)
        if len(out) == at + 1:
            out.pop()
        else:
            out.append(f"</{node.name}>")
        return
    given = getattr(value, node.field)
    if node.presence == "+" and not given:
        raise BadValue(f"{node.field}: at least one expected, found none")
    for one in given if node.presence in REPEATED else (given,):
        try:
            _write_leaf(node, one, out)
        except BadValue as error:
            raise BadValue(f"{node.field}: {error}") from error


def _write_leaf(node: Node, value: Any, out: list[str]) -> None:
    is_status = node.scalar is not None and node.scalar.kind in ("empty", "const")
    if node.presence == "?" and (value is None or (is_status and value is False)):
        return
    if node.group is not None:
        out.append(f"<{node.name}>")
        _write_struct(node.group, value, out)
        out.append(f"</{node.name}>")
        return
    assert node.scalar is not None, node.name
    text, currency = to_text(node.scalar, value)
    attribute = f' Ccy="{currency}"' if currency else ""
    out.append(f"<{node.name}{attribute}>{escape(text)}</{node.name}>")
