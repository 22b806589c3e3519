"""Small XML trees from untrusted bytes.

Both users of XML on our wires (FAST templates, ISO 20022) need elements, attributes and text, and nothing else of XML.
So whatever else may be in a document is refused before it can cost anything: a document type (with it every entity,
external or exponential), processing instructions, any encoding but UTF-8, and sizes beyond the given limits. Memory is
bounded by the limits, because the parser is stopped from within, at the first element too many.
"""

from collections.abc import Iterator
from typing import Final, NoReturn
from xml.parsers import expat

from msgspec import Struct

from hts.base.errors import RemoteProtocolError

_NAMESPACE_MARK: Final = "\n"  # cannot stand in a namespace URI of a parsed attribute: XML makes it a blank
# Expat goes by the first bytes even where the encoding is given to it.
_UTF_16_MARKS: Final = (b"\xfe\xff", b"\xff\xfe")


class XmlLimits(Struct, frozen=True, kw_only=True):
    """What a document may hold. Bytes, elements, nesting, attributes of one element, characters of one text."""

    bytes_max: int = 8 * 1024 * 1024
    elements_max: int = 200_000
    depth_max: int = 40
    attributes_max: int = 32
    text_max: int = 65_536


DEFAULT_LIMITS: Final = XmlLimits()


class Element(Struct, kw_only=True):
    """One element. `attributes` by name; one of a namespace is "{namespace}name".

    `line` is where it begins; `start` and `end` are its first byte and the one after its last.
    """

    namespace: str
    name: str
    attributes: dict[str, str]
    line: int
    start: int = 0
    end: int = 0
    text: str = ""
    children: list["Element"] = []

    def walk(self) -> Iterator["Element"]:
        """Itself and all below it, in the order of the document."""
        pending = [self]
        while pending:
            element = pending.pop()
            yield element
            pending.extend(reversed(element.children))


def parse_xml(data: bytes, limits: XmlLimits = DEFAULT_LIMITS) -> Element:
    """The root element. Raises RemoteProtocolError with line and column."""
    if len(data) > limits.bytes_max:
        raise RemoteProtocolError(f"XML: at most {limits.bytes_max} bytes expected, found {len(data)}")
    if data[:2] in _UTF_16_MARKS or b"\0" in data[:4]:
        raise RemoteProtocolError("XML: UTF-8 expected, found UTF-16 or UTF-32")
    return _Builder(limits).parse(data)


class _Builder:
    def __init__(self, limits: XmlLimits) -> None:
        self._limits = limits
        self._root: Element | None = None
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._text_lengths: list[int] = []
        self._count = 0
        self._data = b""
        # The encoding given here overrules the document's own, so that no decoder of expat's is chosen by the sender.
        parser = expat.ParserCreate("utf-8", _NAMESPACE_MARK)
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.ProcessingInstructionHandler = self._instruction
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        self._parser = parser

    def parse(self, data: bytes) -> Element:
        self._data = data
        try:
            self._parser.Parse(data, True)
        except expat.ExpatError as error:
            text = expat.ErrorString(error.code)
            raise RemoteProtocolError(
                f"XML line {error.lineno} column {error.offset + 1}: a well-formed document expected, found: {text}"
            ) from error
        assert self._root is not None, "expat refuses a document without an element"
        return self._root

    def _refuse(self, text: str) -> NoReturn:
        line, column = self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1
        raise RemoteProtocolError(f"XML line {line} column {column}: {text}")

    def _declaration(self, version: str, encoding: str | None, _standalone: int) -> None:
        if version != "1.0":
            self._refuse(f"version 1.0 expected, found {version}")
        if encoding is not None and encoding.upper() not in ("UTF-8", "US-ASCII"):
            self._refuse(f"encoding UTF-8 expected, found {encoding[:40]}")

    def _doctype(self, name: str, *_rest: object) -> None:
        self._refuse(f"no document type expected, found <!DOCTYPE {name[:40]}")

    def _entity(self, name: str, *_rest: object) -> None:
        self._refuse(f"no entity expected, found {name[:40]}")

    def _instruction(self, target: str, _text: str) -> None:
        self._refuse(f"no processing instruction expected, found <?{target[:40]}")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        limits = self._limits
        self._count += 1
        if self._count > limits.elements_max:
            self._refuse(f"at most {limits.elements_max} elements expected")
        if len(self._open) >= limits.depth_max:
            self._refuse(f"at most {limits.depth_max} levels of elements expected")
        if len(attributes) > limits.attributes_max:
            self._refuse(f"at most {limits.attributes_max} attributes expected, found {len(attributes)}")
        namespace, _, name = tag.rpartition(_NAMESPACE_MARK)
        element = Element(
            namespace=namespace,
            name=name,
            attributes={_clark(key): value for key, value in attributes.items()},
            line=self._parser.CurrentLineNumber,
            start=self._parser.CurrentByteIndex,
        )
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)
        self._texts.append([])
        self._text_lengths.append(0)

    def _characters(self, text: str) -> None:
        self._text_lengths[-1] += len(text)
        if self._text_lengths[-1] > self._limits.text_max:
            self._refuse(f"at most {self._limits.text_max} characters of text expected in {self._open[-1].name[:40]}")
        self._texts[-1].append(text)

    def _end(self, _tag: str) -> None:
        self._text_lengths.pop()
        element = self._open.pop()
        element.text = "".join(self._texts.pop())
        at = self._parser.CurrentByteIndex
        # Expat stands at the beginning of an end tag, but behind the tag of an empty element.
        is_empty_tag = not element.children and not element.text and self._data[at - 2 : at] == b"/>"
        element.end = at if is_empty_tag else self._data.index(b">", at) + 1


def _clark(key: str) -> str:
    namespace, _, name = key.rpartition(_NAMESPACE_MARK)
    return f"{{{namespace}}}{name}" if namespace else name
