# ruff: noqa: INP001  a script, not a package
"""Writes resources/protocols/fix/*.txt from the public FIX dictionaries in XML: `make_fix_tables.py DIRECTORY`.

The compact form is one line per thing, so that a program can find a line without reading the others:

    F 54 Side CHAR 1=BUY 2=SELL               field: tag, name, type, codes
    F 96 RawData DATA@95 ...                  a data field names the field with its length
    C Parties 453(448 447 452 802(523 803))   component: members
    M D app NewOrderSingle 11! Parties 55     message: MsgType(35), category, name, members
    H 8! 9! 35! ...     T 93 89 10!           header and trailer
    V FIX.4.4                                 version

A member is a tag or the name of a component; `!` marks what is required; `tag(members)` is a repeating group.
"""

import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Final

TARGET: Final = Path(__file__).resolve().parents[1] / "resources" / "protocols" / "fix"
VERSIONS: Final = {"FIX42": "fix42", "FIX44": "fix44", "FIX50SP2": "fix50sp2", "FIXT11": "fixt11"}
DATA_TYPES: Final = ("DATA", "XMLDATA")
LENGTH_ENDINGS: Final = ("Len", "Length", "len")

# Names that the rule "data field's name + Len" does not find.
LENGTH_NAMES: Final = {
    "EncodedUnderlyingMarketDisruptionFallbackUnderlierSecurityDesc": (
        "EncodedUnderlyingMarketDisruptionFallbackUnderlierSecDescLen"
    ),
}
# A code is an example in words, not a code: the field is open text.
NOT_CODES: Final = {"SettlLocation": ("ISO Country Code",)}


def main(directory: Path) -> None:
    """Write one table per dictionary."""
    for stem, name in VERSIONS.items():
        root = ET.parse(directory / f"{stem}.xml").getroot()  # noqa: S314  files of this machine
        lines = [f"# made by tools/make_fix_tables.py from {stem}.xml of QuickFIX; see LICENSE.quickfix", *table(root)]
        (TARGET / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (TARGET / "LICENSE.quickfix").write_bytes((directory / "LICENSE.quickfix").read_bytes())


def table(root: ET.Element) -> Iterator[str]:
    """The lines of one dictionary."""
    fields = {name_of(e): e for e in found(root, "fields")}
    tags = {name: e.get("number", "") for name, e in fields.items()}
    pack = f" SP{root.get('servicepack')}" if root.get("servicepack") not in (None, "0") else ""
    yield f"V {root.get('type')}.{root.get('major')}.{root.get('minor')}{pack}"
    for key, part in (("H", "header"), ("T", "trailer")):
        text = members(root.find(part), tags)
        if text:
            yield f"{key} {text}"
    for e in found(root, "messages"):
        yield f"M {e.get('msgtype')} {e.get('msgcat')} {name_of(e)} {members(e, tags)}".rstrip()
    for e in found(root, "components"):
        yield f"C {name_of(e)} {members(e, tags)}".rstrip()
    for e in sorted(fields.values(), key=lambda e: int(e.get("number", "0"))):
        yield field_line(e, tags)


def field_line(e: ET.Element, tags: dict[str, str]) -> str:
    name, kind = name_of(e), e.get("type", "")
    if kind in DATA_TYPES:
        kind += f"@{length_tag(name, tags)}"
    codes = [f"{v.get('enum')}={v.get('description')}" for v in e if v.get("enum") not in NOT_CODES.get(name, ())]
    return " ".join(["F", tags[name], name, kind, *codes])


def length_tag(name: str, tags: dict[str, str]) -> str:
    """The tag of the field that tells a data field's length."""
    names = [LENGTH_NAMES[name]] if name in LENGTH_NAMES else [name + ending for ending in LENGTH_ENDINGS]
    return next(tags[n] for n in names if n in tags)


def members(parent: ET.Element | None, tags: dict[str, str]) -> str:
    return " ".join(member(e, tags) for e in parent) if parent is not None else ""


def member(e: ET.Element, tags: dict[str, str]) -> str:
    mark = "!" if e.get("required") == "Y" else ""
    if e.tag == "component":
        return name_of(e) + mark
    if e.tag == "group":
        return f"{tags[name_of(e)]}{mark}({members(e, tags)})"
    return tags[name_of(e)] + mark


def found(root: ET.Element, part: str) -> list[ET.Element]:
    element = root.find(part)
    return list(element) if element is not None else []


def name_of(e: ET.Element) -> str:
    return e.get("name", "")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
