"""DER, as far as a signature of strangers needs it: one element after another, every length believed only if it fits.

Only definite, shortest lengths and tags of one byte are read (X.690 section 10): what is written otherwise is no DER,
and two readers would see two things in it. There is no recursion here: whoever reads says how deep he goes.
"""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from hts.auth.errors import CertificateUnread

INTEGER: Final = 0x02
OCTET_STRING: Final = 0x04
OID: Final = 0x06
SEQUENCE: Final = 0x30
SET: Final = 0x31
_LONG: Final = 0x80  # of a length: the low bits say in how many bytes it stands
_LENGTH_BYTES_MAX: Final = 3
_TAG_OF_MORE_BYTES: Final = 0x1F


class Element(Struct, frozen=True):
    """One element: its tag, its content, and all its bytes."""

    tag: int
    content: bytes
    whole: bytes


def elements(data: bytes) -> Iterator[Element]:
    """All elements that `data` is made of. Raises CertificateUnread."""
    at = 0
    while at < len(data):
        start, tag = at, data[at]
        if tag & _TAG_OF_MORE_BYTES == _TAG_OF_MORE_BYTES:
            raise _bad("a tag of one byte")
        at, size = _length(data, at + 1)
        if size > len(data) - at:
            raise _bad(f"{size} bytes of content", f"{len(data) - at}")
        yield Element(tag, data[at : at + size], data[start : at + size])
        at += size


def only(data: bytes, tag: int) -> Element:
    """The one element that `data` is. Raises CertificateUnread."""
    found = list(elements(data))
    if len(found) != 1 or found[0].tag != tag:
        raise _bad(f"one element of tag {tag:#x}", f"{len(found)} of {', '.join(hex(one.tag) for one in found[:4])}")
    return found[0]


def oid(element: Element) -> str:
    """An object identifier, dotted. Raises CertificateUnread."""
    data = element.content
    if element.tag != OID or not data or data[-1] & 0x80:
        raise _bad("an object identifier")
    numbers, number, is_first = [], 0, True
    for byte in data:
        if is_first and byte == _LONG:
            raise _bad("an object identifier in its shortest form")
        number, is_first = number << 7 | byte & 0x7F, not byte & 0x80
        if is_first:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(str(one) for one in (first, numbers[0] - 40 * first, *numbers[1:]))


def _length(data: bytes, at: int) -> tuple[int, int]:
    """Where the content begins, and its size."""
    if at >= len(data):
        raise _bad("a length", "the end")
    first = data[at]
    if first < _LONG:
        return at + 1, first
    count = first & 0x7F
    if not 1 <= count <= _LENGTH_BYTES_MAX or at + 1 + count > len(data):
        raise _bad(f"a definite length of at most {_LENGTH_BYTES_MAX} bytes", f"{first:#x}")
    size = int.from_bytes(data[at + 1 : at + 1 + count], "big")
    if size < _LONG or size >> 8 * (count - 1) == 0:
        raise _bad("a length in its shortest form", f"{first:#x}")
    return at + 1 + count, size


def _bad(expected: str, found: str = "others") -> CertificateUnread:
    return CertificateUnread(f"DER: {expected} expected, found {found}")
