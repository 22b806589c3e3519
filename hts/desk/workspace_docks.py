"""Where the panels of a workspace stand, as a tree: what a file can hold, and the docking library's own account of it.

The library stores its state as XML with the places of torn-off windows in Qt's binary form. Here it becomes rows,
columns and stacks with sizes in pixels, and is written anew from them: the library never reads bytes of a foreign file.
"""

import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal
from xml.parsers import expat

from msgspec import Struct

LAYOUT_VERSION: Final = 1
DEPTH_MAX: Final = 20  # rows in columns in rows
SIDE_MAX: Final = 30_000  # pixels: more is no monitor's
XML_MAX: Final = 1_048_576
_GEOMETRY: Final = struct.Struct(">IHH4i4iiBBi4i")  # Qt's, version 3
_MAGIC: Final = 0x1D9D0CB


class Stack(Struct, frozen=True, kw_only=True, tag_field="kind", tag="stack", forbid_unknown_fields=True):
    """Panels behind one another; `front` is seen."""

    panels: tuple[str, ...]
    front: str


class Parts(Struct, frozen=True, kw_only=True, tag_field="kind", tag="parts", forbid_unknown_fields=True):
    """Parts beside or above one another, each with its size along that way."""

    along: Literal["row", "column"]
    sizes: tuple[int, ...]
    parts: "tuple[Stack | Parts, ...]"


Part = Stack | Parts


class Window(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The main window's inside, or a torn-off one with its `place`: x, y, width, height on the desktop."""

    inside: Part | None = None
    place: tuple[int, int, int, int] | None = None


def panels_in(part: Part | None) -> Iterator[str]:
    """The panels' names from the first to the last."""
    if isinstance(part, Stack):
        yield from part.panels
    elif part is not None:
        for inner in part.parts:
            yield from panels_in(inner)


def kept_part(part: Part | None, is_kept: Callable[[str], bool]) -> Part | None:
    """The part without the panels that are not kept; None when nothing is left of it."""
    if part is None:
        return None
    if isinstance(part, Stack):
        panels = tuple(name for name in part.panels if is_kept(name))
        front = part.front if part.front in panels else next(iter(panels), "")
        return Stack(panels=panels, front=front) if panels else None
    left = [(kept, size) for one, size in zip(part.parts, part.sizes, strict=True) if (kept := kept_part(one, is_kept))]
    if len(left) == 1 < len(part.parts):
        return left[0][0]
    return Parts(along=part.along, sizes=tuple(s for _, s in left), parts=tuple(p for p, _ in left)) if left else None


def part_fault(part: Part | None, depth: int = 0) -> str:
    """What is wrong with a tree that has the right shape; nothing when it holds."""
    if part is None:
        return ""
    if isinstance(part, Stack):
        return "" if part.front in part.panels else "expected a front that is one of the stack's panels"
    if depth >= DEPTH_MAX:
        return f"expected at most {DEPTH_MAX} rows and columns within one another"
    if not part.parts or len(part.sizes) != len(part.parts):
        return f"expected a size for each of {len(part.parts)} parts, found {len(part.sizes)}"
    if any(not 0 <= size <= SIDE_MAX for size in part.sizes):
        return f"expected sizes from 0 to {SIDE_MAX}, found {max(part.sizes, key=abs)}"
    return next(filter(None, (part_fault(one, depth + 1) for one in part.parts)), "")


def place_fault(place: tuple[int, int, int, int] | None) -> str:
    """What is wrong with the place of a torn-off window."""
    if place is None or (all(abs(n) <= SIDE_MAX for n in place) and min(place[2:]) > 0):
        return ""
    return f"expected a place within {SIDE_MAX} pixels, found {list(place)}"


# The library's XML


def docks_xml(windows: Sequence[Window]) -> bytes:
    """What the library is given."""
    containers = "".join(_container(window) for window in windows)
    head = f'<QtAdvancedDockingSystem Version="1" UserVersion="{LAYOUT_VERSION}" Containers="{len(windows)}">'
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}{containers}</QtAdvancedDockingSystem>'.encode()


def _container(window: Window) -> str:
    inside = window.inside
    if isinstance(inside, Stack):  # the library's outermost is a splitter
        inside = Parts(along="column", sizes=(SIDE_MAX,), parts=(inside,))
    floating = "" if window.place is None else f"<Geometry>{_geometry(window.place)}</Geometry>"
    shown = _part(inside) if inside is not None else '<Splitter Orientation="|" Count="0"><Sizes></Sizes></Splitter>'
    return f'<Container Floating="{int(window.place is not None)}">{floating}{shown}</Container>'


def _part(part: Part) -> str:
    if isinstance(part, Stack):
        widgets = "".join(f'<Widget Name="{name}" Closed="0"/>' for name in part.panels)
        return f'<Area Tabs="{len(part.panels)}" Current="{part.front}">{widgets}</Area>'
    mark = "|" if part.along == "row" else "-"
    inner = "".join(_part(one) for one in part.parts)
    sizes = "".join(f"{size} " for size in part.sizes)
    return f'<Splitter Orientation="{mark}" Count="{len(part.parts)}">{inner}<Sizes>{sizes}</Sizes></Splitter>'


def _geometry(place: tuple[int, int, int, int]) -> str:
    x, y, width, height = place
    rect = (x, y, x + width - 1, y + height - 1)
    return _GEOMETRY.pack(_MAGIC, 3, 0, *rect, *rect, 0, 0, 0, 0, *rect).hex(" ")


class _Open(Struct, kw_only=True):
    """An element that is being read."""

    name: str
    attributes: dict[str, str]
    parts: list[Part] = []
    panels: list[str] = []
    place: tuple[int, int, int, int] | None = None
    sizes: tuple[int, ...] = ()
    text: str = ""


def read_docks(xml: bytes) -> tuple[Window, ...]:
    """What the library stored, as trees. Raises ValueError for what it did not write."""
    if len(xml) > XML_MAX:
        raise ValueError(f"expected at most {XML_MAX} bytes of docks, found {len(xml)}")
    return _Reader().read(xml)


class _Reader:
    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._windows: list[Window] = []

    def read(self, xml: bytes) -> tuple[Window, ...]:
        parser = expat.ParserCreate("utf-8")
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(xml, True)
        except expat.ExpatError as fault:
            raise ValueError(f"expected the docks' XML, found {fault}") from fault
        for window in self._windows:
            fault_found = part_fault(window.inside) or place_fault(window.place)
            if fault_found:
                raise ValueError(fault_found)
        return tuple(self._windows)

    def _refuse(self, *_: object) -> None:
        raise ValueError("expected no document type")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > 2 * DEPTH_MAX:
            raise ValueError("rows and columns nested too deep")
        self._open.append(_Open(name=name, attributes=attributes))

    def _characters(self, text: str) -> None:
        self._open[-1].text += text

    def _end(self, _name: str) -> None:
        done = self._open.pop()
        above = self._open[-1] if self._open else _Open(name="", attributes={})
        if done.name == "Widget":
            above.panels.append(done.attributes.get("Name", ""))
        elif done.name == "Area" and done.panels:
            front = done.attributes.get("Current", "")
            names = tuple(done.panels)
            above.parts.append(Stack(panels=names, front=front if front in names else names[0]))
        elif done.name == "Sizes":
            above.sizes = tuple(int(size) for size in done.text.split())
        elif done.name == "Geometry":
            above.place = _place(done.text)
        elif done.name == "Splitter" and done.parts:
            along: Literal["row", "column"] = "row" if done.attributes.get("Orientation") == "|" else "column"
            above.parts.append(Parts(along=along, sizes=done.sizes, parts=tuple(done.parts)))
        elif done.name == "Container":
            self._windows.append(Window(inside=next(iter(done.parts), None), place=done.place))


def _place(text: str) -> tuple[int, int, int, int]:
    try:
        magic, _, _, *rest = _GEOMETRY.unpack(bytes.fromhex(text))
    except struct.error as fault:
        raise ValueError(f"expected a window's place, found {fault}") from fault
    if magic != _MAGIC:
        raise ValueError(f"expected a window's place, found {magic:#x}")
    left, top, right, bottom = rest[4:8]
    return left, top, right - left + 1, bottom - top + 1
