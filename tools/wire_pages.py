# ruff: noqa: INP001  a script, not a package
"""Writes the tables of the protocol pages in docs/wire from resources/protocols.

Usage: python tools/wire_pages.py. The text above the first generated line of a page is written by people and is kept.
A test compares pages and tables.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from hts.app import tables  # noqa: E402
from hts.wire.layout.codec import BinaryLayout  # noqa: E402
from hts.wire.layout.table import FieldRow, MessageRow, ProtocolTable  # noqa: E402

PAGES = {
    "itch50": ("itch50",),
    "moldudp64": ("moldudp64",),
    "soupbintcp": ("soupbintcp",),
    "ouch": ("ouch42", "ouch50"),
    "jnx": ("jnx_itch_1_6", "jnx_itch_2_0", "jnx_ouch_1_11", "jnx_ouch_2_01"),
    "odx": ("odx_itch_2_2", "odx_ouch_2_0"),
    "ose": ("ose_itch_5_0_6", "ose_ouch_5_0"),
    "flex": ("jpx_flex_mbo_1_1",),
    "arrowhead": ("arrowhead_ours",),
}
BEGIN = "<!-- The rest is written by tools/wire_pages.py from the tables. -->"
CODES_INLINE = 6
SENDERS = {"client": "client to venue", "venue": "venue to client", "both": "both ways"}


def page_path(page: str) -> Path:
    """Where a page lies."""
    return ROOT / "docs" / "wire" / f"{page}.md"


def generated(page: str) -> str:
    """The generated part of a page."""
    parts = [BEGIN, ""]
    for name in PAGES[page]:
        layout = BinaryLayout.parse(tables.load(tables.PROTOCOLS, name))
        parts += _protocol(name, layout.table)
    return "\n".join(parts).rstrip("\n") + "\n"


def _protocol(name: str, table: ProtocolTable) -> list[str]:
    far: dict[str, dict[str, str]] = {}
    lines = [f"## {table.name} {table.version}", "", f"`resources/protocols/{name}.toml`. {table.notes}", ""]
    lines += [f"Source: {table.source}.", ""]
    for row in table.messages:
        lines += _message(row, far)
    if table.options:
        lines += [
            "### Options of an appendage",
            "",
            "| tag | length | type | option | notes |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| {o.tag} | {o.field.length} | {o.field.kind} | {o.field.name} | {_notes(o.field, '', far)} |"
            for o in table.options
        ]
        lines.append("")
    for title, codes in far.items():
        lines += [f"### Codes: {title}", "", "| code | meaning |", "|---|---|"]
        lines += [f"| {_code(code)} | {meaning} |" for code, meaning in codes.items()]
        lines.append("")
    return lines


def _message(row: MessageRow, far: dict[str, dict[str, str]]) -> list[str]:
    kind = f" `{row.type}`" if row.type else ""
    size = f"{row.length} bytes" + (" and more" if row.tail else "")
    note = f" {row.notes.rstrip('.')}." if row.notes else ""
    lines = [f"### {row.name}{kind}", "", f"{SENDERS[row.sender]}, {size}.{note}", ""]
    lines += ["| offset | length | type | field | notes |", "|---|---|---|---|---|"]
    lines += [_row(field, row.name, far) for field in row.fields]
    for field in row.fields:
        lines += [_row(inner, row.name, far, f"{field.name}[].", "+") for inner in field.fields]
    return [*lines, ""]


def _row(field: FieldRow, where: str, far: dict[str, dict[str, str]], prefix: str = "", plus: str = "") -> str:
    length = "rest" if field.is_tail else str(field.length)
    kind = field.kind if field.kind == field.type else f"{field.kind} ({field.type})"
    return f"| {plus}{field.offset} | {length} | {kind} | {prefix}{field.name} | {_notes(field, where, far)} |"


def _notes(field: FieldRow, where: str, far: dict[str, dict[str, str]]) -> str:
    notes = [field.notes] if field.notes else []
    if field.scale:
        notes.append(f"{field.scale} implied decimals")
    if field.less:
        notes.append(f"the message's length less {field.less}")
    if 0 < len(field.codes) <= CODES_INLINE:
        notes.append(", ".join(f"{_code(code)} {meaning}" for code, meaning in field.codes.items()))
    elif field.codes:
        title = field.name if far.get(field.name, field.codes) == field.codes else f"{field.name} of {where}"
        far[title] = field.codes
        notes.append(f"codes below: {title}")
    return "; ".join(notes).replace("|", "/")


def _code(code: str) -> str:
    return f"`{code}`" if code.strip() else "blank"


def main() -> None:
    """Write every page."""
    for page in PAGES:
        path = page_path(page)
        text = path.read_text(encoding="utf-8").partition(BEGIN)[0]
        path.write_text(text + generated(page), encoding="utf-8")


if __name__ == "__main__":
    main()
