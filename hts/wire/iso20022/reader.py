"""Documents to values.

A broker's counterparties fill more elements than we have fields for. Those are not an error: their paths come with
the message as `unread`, so that nothing is passed over in silence. What we do read must be right: each element in the
order of the schema, once where it is single, there where it is mandatory, its text within its type.
"""

from collections.abc import Iterator
from typing import Any, Final, cast

from msgspec import Struct

from hts.base.errors import RemoteProtocolError
from hts.wire.iso20022.layout import REPEATED, Iso20022Layout, MessageLayout, Node, StructLayout
from hts.wire.iso20022.messages import AnyDocument
from hts.wire.iso20022.scalars import BadValue, from_text
from hts.wire.iso20022.writer import check_choices
from hts.wire.xml_tree import DEFAULT_LIMITS, Element, XmlLimits, parse_xml

UNREAD_MAX: Final = 1_000  # paths kept of one document; more are counted only in the last one, "..."


class ReadDocument(Struct, frozen=True, kw_only=True):
    """A message and the paths of the elements it has no field for."""

    version: str
    message: AnyDocument
    unread: tuple[str, ...]


def read(layout: Iso20022Layout, data: bytes, limits: XmlLimits = DEFAULT_LIMITS) -> ReadDocument:
    """One document. Raises RemoteProtocolError."""
    root = parse_xml(data, limits)
    message, body = find_message(layout, root)
    reading = _Reading(message)
    value = reading.struct(message.body, body, message.root)
    return ReadDocument(version=message.version, message=cast("AnyDocument", value), unread=tuple(reading.unread))


def find_message(layout: Iso20022Layout, root: Element) -> tuple[MessageLayout, Element]:
    """The layout of a document, and the element below Document."""
    message = layout.by_namespace.get(root.namespace)
    if root.name != "Document" or message is None:
        known = ", ".join(found.version for found in layout.by_namespace.values())
        raise RemoteProtocolError(
            f"ISO 20022 line {root.line}: a Document of {known} expected, "
            f"found {root.name[:40]} of {root.namespace[:80] or 'no namespace'}"
        )
    if [child.name for child in root.children] != [message.root]:
        found = ", ".join(child.name[:40] for child in root.children[:3]) or "nothing"
        raise RemoteProtocolError(f"{message.version} line {root.line}: one {message.root} expected, found {found}")
    return message, root.children[0]


class _Reading:
    def __init__(self, message: MessageLayout) -> None:
        self._message = message
        self.unread: list[str] = []

    def struct(self, layout: StructLayout, element: Element, path: str) -> Struct:
        found: dict[str, Any] = {}
        self._children(layout.nodes, element, path, found)
        for node in leaves(layout.nodes):
            if node.presence == "*" or (node.presence == "+" and node.field in found):
                found[node.field] = tuple(found.get(node.field, ()))
            elif node.presence in "1+" and node.field not in found:
                raise self._error(element, path, f"a value of {node.field} ({node.name}) expected, found none")
        value = layout.cls(**found)
        try:
            check_choices(layout, value)
        except BadValue as error:
            raise self._error(element, path, str(error)) from error
        return value

    def _children(self, nodes: list[Node], element: Element, path: str, found: dict[str, Any]) -> None:
        if element.text.strip():
            raise self._error(element, path, f"elements expected, found text {element.text.strip()[:40]!r}")
        places = {node.name: place for place, node in enumerate(nodes)}
        last = -1
        for child in element.children:
            place = places.get(child.name) if child.namespace == self._message.namespace else None
            if place is None:
                self._pass_over(f"{path}/{child.name}")
                continue
            node = nodes[place]
            if place < last:
                raise self._error(child, path, f"{node.name} before {nodes[last].name} expected, found it behind")
            if place == last and node.presence not in REPEATED:
                raise self._error(child, path, f"one {node.name} expected, found another")
            last = place
            self._node(node, child, f"{path}/{node.name}", found)

    def _node(self, node: Node, element: Element, path: str, found: dict[str, Any]) -> None:
        if not node.field:
            self._children(node.children, element, path, found)
            return
        value = self.struct(node.group, element, path) if node.group is not None else self._leaf(node, element, path)
        if node.presence in REPEATED:
            found.setdefault(node.field, []).append(value)
        else:
            found[node.field] = value

    def _leaf(self, node: Node, element: Element, path: str) -> Any:
        assert node.scalar is not None, path
        for child in element.children:
            if node.scalar.kind != "empty":
                raise self._error(child, path, f"text expected, found element {child.name[:40]}")
            self._pass_over(f"{path}/{child.name}")
        # Blanks around a value count in texts alone (whiteSpace of XML Schema part 2).
        text = element.text if node.scalar.kind == "text" else element.text.strip(" \t\r\n")
        try:
            return from_text(node.scalar, text, element.attributes.get("Ccy"))
        except BadValue as error:
            raise self._error(element, path, str(error)) from error

    def _pass_over(self, path: str) -> None:
        if len(self.unread) < UNREAD_MAX:
            self.unread.append(path)
        else:
            self.unread[-1] = "..."

    def _error(self, element: Element, path: str, text: str) -> RemoteProtocolError:
        return RemoteProtocolError(f"{self._message.version} line {element.line}, {path}: {text}")


def leaves(nodes: list[Node]) -> Iterator[Node]:
    """The elements with fields, in order."""
    for node in nodes:
        if node.field:
            yield node
        else:
            yield from leaves(node.children)
