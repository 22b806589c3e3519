"""`hts decode` of ISO 20022 documents: every element with a text, whether we have a field for it or not."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from hts.app.decoders import Decoded, Field
from hts.app.framings import Leftover, cut
from hts.wire.iso20022.layout import Iso20022Layout, Node
from hts.wire.iso20022.reader import find_message, read
from hts.wire.xml_tree import Element, parse_xml

_END: Final = re.compile(rb"</(?:[A-Za-z0-9_.-]{1,40}:)?Document[ \t\r\n]*>[ \t\r\n]*")


class IsoDecoder:
    """Documents, each read by the codec itself before its elements are listed."""

    framings = ("raw", "len16")

    def __init__(self, layout: Iso20022Layout) -> None:
        self._layout = layout

    def frames(self, data: bytes, framing: str) -> Iterator[tuple[int, bytes]]:
        """Documents one after the other, by their last tag."""
        return cut(data, framing, _raw)

    def decode(self, frame: bytes) -> Decoded:
        """Raises RemoteProtocolError."""
        found = read(self._layout, frame)
        message, body = find_message(self._layout, parse_xml(frame))
        fields = tuple(_fields(body, body.name, message.body.nodes, frame))
        return Decoded(name=f"{type(found.message).__name__} {found.version}", fields=fields)


def _raw(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        end = _END.search(data, at)
        if end is None:
            raise Leftover(at, "a document up to </Document> expected")
        yield at, data[at : end.end()]
        at = end.end()


def _fields(element: Element, path: str, nodes: list[Node], frame: bytes) -> Iterator[Field]:
    names = Counter(child.name for child in element.children)
    seen: Counter[str] = Counter()
    for child in element.children:
        seen[child.name] += 1
        # Repeated elements are numbered.
        inner = f"{path}.{child.name}" + (f"[{seen[child.name]}]" if names[child.name] > 1 else "")
        node = next((n for n in nodes if n.name == child.name), None)
        below = [] if node is None else node.group.nodes if node.group is not None else node.children
        raw, length = frame[child.start : child.end], child.end - child.start
        if not child.children:
            note = "not read" if node is None or node.scalar is None else f"{node.field}, {node.scalar.name}"
            yield Field(name=inner, offset=child.start, length=length, raw=raw, value=child.text, note=note)
        for key, value in child.attributes.items():
            yield Field(name=f"{inner}@{key}", offset=child.start, length=length, raw=raw, value=value)
        yield from _fields(child, inner, below, frame)
