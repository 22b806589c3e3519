import copy
import os
import tomllib
from pathlib import Path

import pytest

from hts.base.errors import ConfigError, RemoteProtocolError
from hts.wire.mdcs.layout import MdcsLayout
from tests.wire.mdcs.samples import BOOK_RECORD, ISSUE_RECORD, LAYOUT, ROOT, TABLE, TRADE_RECORD

SHARED = Path(os.environ.get("HTS_SHARED", ROOT.parent / "shared"))
SOURCE = SHARED / "protocols" / "krx_mdcs_2_018.toml"


def test_records_have_the_lengths_of_the_source():
    assert {kind: (r.length, r.tr_codes[0], len(r.fields)) for kind, r in LAYOUT.records.items()} == {
        "book": (590, b"B601S", 56),
        "trade": (186, b"A301S", 22),
        "issue": (632, b"A001S", 110),
        "operation": (68, b"A701S", 13),
        "snapshot": (685, b"B201S", 67),
    }


def test_every_offset_length_and_type_is_the_sources():
    if not SOURCE.exists():
        pytest.skip(f"recorded protocol tables not found at {SOURCE}; set HTS_SHARED")
    source = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    for layout in LAYOUT.records.values():
        code = layout.tr_codes[0].decode()
        message = next(m for m in source["message"] if code in m["tr_codes"])
        ours = [(f.offset, f.length, f.kind) for f in layout.fields]
        assert ours == [(f["offset"], f["length"], f["type"]) for f in message["fields"]]


def test_unpack_names_every_field():
    values = LAYOUT.record("trade").unpack(TRADE_RECORD)
    assert list(values) == [f.name for f in LAYOUT.record("trade").fields[:-1]]
    assert (values["isin"], values["trading_price"], values["final_ask_bid_type_code"]) == ("KR7005930003", 71_600, "2")
    assert LAYOUT.record("issue").unpack(ISSUE_RECORD)["abbreviated_issue_name"] == "삼성전자"


def test_split_cuts_records_of_mixed_length():
    payload = BOOK_RECORD + TRADE_RECORD + BOOK_RECORD
    assert [record for _, record in LAYOUT.split(payload, 3)] == [BOOK_RECORD, TRADE_RECORD, BOOK_RECORD]


def test_split_cut_at_every_byte_is_an_error():
    payload = BOOK_RECORD + TRADE_RECORD
    for end in range(1, len(payload)):
        with pytest.raises(RemoteProtocolError):
            LAYOUT.split(payload[:end], 2)


def test_bad_digit_names_the_field():
    wrong = BOOK_RECORD.replace(b"000000003400", b"0000000034 0")
    with pytest.raises(RemoteProtocolError, match=r"field bid_qty_1 at 81: expected 12 digits, found '0000000034 0'"):
        LAYOUT.split(wrong, 1)


def damaged(path, value):
    table = copy.deepcopy(TABLE)
    at = table
    for key in path[:-1]:
        at = at[key]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return table


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (("record",), None, r"expected tables \[record"),
        (("px_decimals",), None, "restore the file"),
        (("record", "trade", "length"), 187, "expected its fields to end at 187, found 186"),
        (("record", "trade", "fields", "opening_price"), None, "expected a field at 80, found today_high at 91"),
        (("record", "trade", "fields", "opening_price"), [80, 11, "Money"], "expected a type of"),
        (("record", "trade", "fields", "opening_price"), [80, 11], "restore the file"),
        (("record", "trade", "fields", "end_keyword"), None, "expected its fields to end at 186, found 185"),
        (("record", "trade", "tr_codes"), ["A30"], "expected TR codes of 5 characters"),
        (("record", "book", "levels", "count"), 9, "expected a field at 461, found total_ask_volume at 507"),
        (("record", "book", "levels", "stride"), "x", "restore the file"),
    ],
)
def test_damaged_layout_file_is_one_clear_line(path, value, line):
    with pytest.raises(ConfigError, match=line):
        MdcsLayout.parse(damaged(path, value))


def test_missing_record_and_field_are_named():
    layout = MdcsLayout.parse(damaged(("record", "trade"), None))
    with pytest.raises(ConfigError, match=r"expected \[record.trade\], found"):
        layout.record("trade")
    with pytest.raises(ConfigError, match="expected a field nonsense, found none"):
        layout.record("book").field("nonsense")
