import copy

import pytest

from hts.base.errors import ConfigError
from hts.wire.iso20022.layout import Iso20022Layout
from tests.wire.iso20022.samples import LAYOUT, ROOT, TABLE

PAGE = (ROOT / "docs/wire/iso20022.md").read_text(encoding="utf-8")


def test_versions():
    assert [(m.version, m.root) for m in LAYOUT.by_class.values()] == [
        ("sese.023.001.11", "SctiesSttlmTxInstr"),
        ("sese.024.001.12", "SctiesSttlmTxStsAdvc"),
        ("sese.025.001.11", "SctiesSttlmTxConf"),
        ("semt.002.001.11", "SctiesBalCtdyRpt"),
        ("semt.017.001.12", "SctiesTxPstngRpt"),
        ("seev.031.001.14", "CorpActnNtfctn"),
        ("seev.036.001.15", "CorpActnMvmntConf"),
        ("camt.053.001.12", "BkToCstmrStmt"),
    ]


def damaged(path, value):
    table = copy.deepcopy(TABLE)
    at = table
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return table


ROWS = ("group", "Reason", "fields")


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (ROWS, ["code Cd/Cd Code 1"], "Reason: fields .* expected, found"),
        (ROWS, ["code Cd/Cd Code", "text X Max210 ?"], "rows of field, path, type"),
        (ROWS, ["code Cd/Cd Nothing 1", "text X Max210 ?"], "a type of .type. expected, found Nothing"),
        (ROWS, ["code Cd Code 1", "text Cd Max210 ?"], "an element name of its own expected at Cd"),
        (ROWS, ["code Cd Code 1", "text Cd/X Max210 ?"], "an element with elements expected at Cd/X"),
        (ROWS, ["code C<d Code 1", "text X Max210 ?"], "an element name of its own"),
        (ROWS, ["code Cd Group:Reason 1", "text X Max210 ?"], "that does not hold itself"),
        (("group", "DealPrice", "one_of"), [["nothing"]], "choices among its fields"),
        (("type", "Code", "kind"), "float", "kind of .* expected, found float"),
        (("type", "Code", "length"), "4", "type Code"),
        (("message",), {"Other": {"fields": []}}, "restore the file"),
        (("message",), None, "restore the file"),
    ],
)
def test_damaged_table_is_one_clear_line(path, value, line):
    with pytest.raises(ConfigError, match=line):
        Iso20022Layout.parse(damaged(path, value))


def test_page_lists_every_message_and_row_of_the_table():
    missing = [
        f"{name}: {field}"
        for kind in ("message", "group")
        for name, table in TABLE[kind].items()
        for field, path, type_name, presence in (row.split() for row in table["fields"])
        if f"| `{field}` | `{path}` | {type_name} | {presence} |" not in section(name)
    ]
    assert missing == []
    rows = sum(len(table["fields"]) for kind in ("message", "group") for table in TABLE[kind].values())
    assert sum(line.startswith("| `") for line in PAGE.splitlines()) == rows + len(TABLE["type"])


def section(name):
    return PAGE.partition(f"### {name}\n")[2].partition("\n### ")[0]


def test_page_lists_every_type():
    assert [name for name in TABLE["type"] if f"| `{name}` |" not in PAGE] == []
