"""docs/wire stays in step with resources/protocols: every table has a page, every row of a table is in it."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from hts.app import tables
from hts.app.decoders import LOADERS
from hts.app.fix_tables import load_dictionary
from hts.model.enums import Phase
from hts.wire.fix.validate import SessionRejectReason
from hts.wire.layout.table import parse_table
from hts.wire.link import messages as link
from hts.wire.link.frames import FrameType
from hts.wire.mdcs.layout import MdcsLayout

ROOT = Path(__file__).resolve().parents[2]
PROTOCOLS = ROOT / "resources" / "protocols"
PAGES = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs" / "wire").glob("*.md"))}
FIX_CODECS = ("orders", "order_reports", "market", "book_changes", "queries")
TABLES = sorted(path.stem for path in PROTOCOLS.glob("*.toml"))


def pages_of(name):
    """Pages that say they are about this table."""
    return [text for text in PAGES.values() if f"`resources/protocols/{name}.toml`" in text]


def sections(text):
    """(heading, rows of its tables as lists of cells)."""
    parts = re.split(r"^#+ +(.*)$", text, flags=re.MULTILINE)
    for heading, body in zip(parts[1::2], parts[2::2], strict=True):
        lines = [line for line in body.splitlines() if line.startswith("|")]
        yield heading, [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_a_page(name):
    assert pages_of(name), f"docs/wire: expected a page that names `resources/protocols/{name}.toml`, found none"


@pytest.mark.parametrize("path", sorted(PROTOCOLS.glob("*/*.txt")), ids=lambda path: path.stem)
def test_every_dictionary_has_a_page(path):
    named = (path.relative_to(ROOT).as_posix(), path.parent.relative_to(ROOT).as_posix())
    assert any(name in text for text in PAGES.values() for name in named)


def layout_tables():
    """Tables of the generic binary form."""
    for name in TABLES:
        table = tables.load(tables.PROTOCOLS, name)
        if "message" in table and "protocol" in table:
            yield name, parse_table(table)


@pytest.mark.parametrize(("name", "table"), list(layout_tables()), ids=lambda value: value if value is str else "")
def test_every_message_and_field_of_a_binary_table_is_on_its_page(name, table):
    found = [section for text in pages_of(name) for section in sections(text)]
    missing = []
    for message in table.messages:
        rows = [row for heading, rows in found if message.name in heading for row in rows]
        if not rows and message.fields:
            missing.append(message.name)
        missing += [
            f"{message.name}: {field.offset} {field.length} {field.name}"
            for field in message.fields
            if not any(is_row_of(row, field) for row in rows)
        ]
    assert missing == []


def is_row_of(row, field):
    """A row has the offset first, the length when it is fixed, and the name."""
    has_length = field.length < 0 or str(field.length) in row
    return row[0] == str(field.offset) and has_length and field.name in row


def test_the_live_records_are_on_their_page_to_the_last_byte():
    layout = MdcsLayout.parse(tables.load(tables.PROTOCOLS, "krx_mdcs"))
    by_code = {record.tr_codes[0][:4].decode(): record for record in layout.records.values()}
    seen = set()
    for heading, rows in sections(PAGES["krx_md.md"]):
        record = by_code.get(heading.split(" ")[0])
        if record is None:
            continue
        seen.add(record.kind)
        assert f"{record.length} bytes" in heading
        fields = {field.offset: field for field in record.fields}
        at = 0
        for offset, length, kind, name, *_ in rows[2:]:
            assert int(offset) == at
            if kind:
                field = fields[at]
                assert (field.length, field.kind, field.name) == (int(length), kind, name)
            at += int(length)
        assert at == record.length
    assert seen == set(layout.records)


def rows_under(page, heading):
    """Rows of the tables right below a heading, without their heads."""
    found = dict(sections(PAGES[page]))
    return [row for row in found[heading] if not set(row[0]) <= {"-"}][1:]


def test_the_messages_of_fix_are_on_its_page_by_their_names_in_both_versions():
    """Every MsgType(35) that the codecs write or read, and no other."""
    codecs = "".join((ROOT / "hts" / "wire" / "fix" / f"{name}.py").read_text("utf-8") for name in FIX_CODECS)
    written = set(re.findall(r'(?:body_of\(\s*|msg_type=|self\._body\(\s*)"(\w{1,2})"', codecs))
    rows = rows_under("fix.md", "Application messages (4.4 and 5.0 SP2)")
    assert {row[0] for row in rows} == written
    for begin_string in ("FIX.4.4", "FIXT.1.1"):
        dictionary = load_dictionary(begin_string)
        assert {row[0]: row[1] for row in rows} == {row[0]: dictionary.message(row[0]).name for row in rows}


def test_the_versions_of_fix_are_on_its_page():
    for begin_string, version, appl_ver_id, _, messages, fields in rows_under("fix.md", "Versions")[:3]:
        dictionary = load_dictionary(begin_string)
        counted = (len(dictionary.msg_types()), len(dictionary.tags()))
        assert (dictionary.version, dictionary.appl_ver_id) == (version, appl_ver_id)
        assert counted == (int(messages), int(fields))


def test_the_reasons_of_refusal_are_on_the_page_of_fix():
    told = {int(row[0]) for row in rows_under("fix.md", "What is refused with Reject(3)")}
    assert told == {int(reason) for reason in SessionRejectReason} - {3, 7, 8, 99}  # never ours to say


def test_the_templates_of_the_fast_feed_are_on_their_page():
    page = dict(sections(PAGES["fast_feed.md"]))
    space = "{http://www.fixprotocol.org/ns/fast/td/1.1}"
    templates = ET.parse(PROTOCOLS / "fast_feed.xml").getroot().findall(f"{space}template")
    assert len(templates) == 5
    for template in templates:
        told = [
            (row[0].lstrip(". "), row[1]) for row in page[f"{template.get('name')}: template {template.get('id')}"][2:]
        ]
        there = []
        for element in template.iter():
            if element.tag == f"{space}sequence":
                there.append((element.get("name"), element.find(f"{space}length").get("id")))
            elif element.get("id") and element.tag not in (f"{space}template", f"{space}length"):
                there.append((element.get("name"), element.get("id")))
        assert told == there
    phases = [(int(code), phase) for code, phase in page["Phases"][2:]]
    assert phases == [(code, phase.value) for code, phase in enumerate(Phase)]


def test_the_link_is_on_its_page():
    page = dict(sections(PAGES["link.md"]))
    kinds = [(int(row[0]), row[1]) for row in page["Frames"] if row[0].isdigit() and row[1].isupper()]
    assert kinds == [(int(kind), kind.name) for kind in FrameType]
    assert f"Version {link.VERSION}." in PAGES["link.md"]
    for heading, packed in (("BOOK", link._BOOK), ("TRADE", link._TRADE)):
        at = 0
        for offset, length, *_ in page[heading][2:]:
            assert int(offset) == at
            at += int(length)
        assert at == packed.size
        assert f"{packed.size} bytes" in PAGES["link.md"]


def test_every_protocol_of_hts_decode_is_in_its_document():
    text = (ROOT / "docs" / "decode.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`(\w+)`", text.split("## Protocols", 1)[1]))
    assert sorted(set(LOADERS) - listed) == []
