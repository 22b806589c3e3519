"""The compact tables of all KOSCOM records."""

import copy
import tomllib
from pathlib import Path

import pytest

from hts.base.errors import ConfigError, RemoteProtocolError
from hts.wire.mdcs.tables import FixedField, RecordTables
from tests.wire.mdcs.samples import BOOK_RECORD, LAYOUT, SNAPSHOT_RECORD

PROTOCOLS = Path(__file__).resolve().parents[3] / "resources" / "protocols"
MDCS_TABLE = tomllib.loads((PROTOCOLS / "krx_mdcs_full.toml").read_text(encoding="utf-8"))
UDP_TABLE = tomllib.loads((PROTOCOLS / "koscom_udp.toml").read_text(encoding="utf-8"))
MDCS = RecordTables.parse(MDCS_TABLE)
UDP = RecordTables.parse(UDP_TABLE)


def test_every_record_of_the_source_is_there():
    assert (len(MDCS.records), sum(len(r.fields) for r in MDCS.records)) == (121, 3371)
    assert (len(UDP.records), sum(len(r.fields) for r in UDP.records)) == (26, 291)
    assert len({code for r in MDCS.records for code in r.tr_codes}) == 581


def test_a_group_is_written_out():
    futures = next(r for r in MDCS.records if r.id == "IFMSRPD0034")
    level_2 = [f for f in futures.fields if f.name.endswith("_px_2")]
    assert [(f.name, f.offset, f.length) for f in level_2] == [("ask_px_2", 93, 9), ("bid_px_2", 102, 9)]


def test_the_five_live_records_lie_where_the_live_layout_has_them():
    for layout in LAYOUT.records.values():
        code = layout.tr_codes[0].decode()
        (record,) = MDCS.by_key[code, layout.length]
        assert [(f.name, f.offset, f.length, f.kind) for f in record.fields] == [
            (f.name, f.offset, f.length, f.kind) for f in layout.fields
        ]


def test_code_and_length_find_a_record():
    assert [r.id for r in MDCS.candidates(BOOK_RECORD)] == ["IFMSRPD0002"]
    assert [r.id for r in MDCS.candidates(SNAPSHOT_RECORD)] == ["IFMSRPD0021"]
    assert [r.id for r in MDCS.candidates(b"B201S" + b"0" * 130 + b"\xff")] == ["IFMSRPD0062"]
    assert [r.id for r in MDCS.candidates(b"XXXXX123456\xff")] == ["IFNDRCY0003"]
    assert [r.id for r in UDP.candidates(b"I006FCBA1" + b" " * 70 + b"\xff")] == ["I006F_CBA1"]


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (b"B601S\n", "expected end keyword 0xff, found b'\\n'"),
        (b"", "expected end keyword 0xff, found b''"),
        (b"B601S" + b"0" * 100 + b"\xff", "expected 590 bytes, found 106 bytes"),
        (b"B201S" + b"0" * 100 + b"\xff", "expected 136 or 685 bytes, found 106 bytes"),
        (b"ZZ99Z" + b"0" * 100 + b"\xff", "expected a TR code of the table, found 106 bytes"),
        (b"\x00\xfe\x80" + b"\xff", "expected a TR code of the table"),
    ],
)
def test_bytes_that_are_no_record(record, told):
    with pytest.raises(RemoteProtocolError) as error:
        MDCS.candidates(record)
    assert told in str(error.value)


def test_a_job_code_that_is_not_in_the_table():
    with pytest.raises(RemoteProtocolError, match="expected a job code of the table, found 'QQQ1'"):
        UDP.candidates(b"I006FQQQ1" + b" " * 70 + b"\xff")


def test_prices_go_by_market_and_length():
    def prices(code, length, kind="Double"):
        return [p.name for p in MDCS.price(code, FixedField(name="x", offset=0, length=length, kind=kind))]

    assert prices("A301S", 11) == prices("A301Q", 11) == prices("A301G", 11) == ["securities"]
    assert prices("A301B", 11) == ["bonds"]
    assert prices("A301B", 13) == ["bond_yield"]
    assert prices("A301R", 11) == ["repo_rate"]
    assert prices("A301F", 9) == ["points_realtime"]
    assert prices("A304F", 9) == ["units_realtime"]
    assert prices("A006F", 11) == ["points_batch", "rfr_batch"]
    assert prices("A301S", 11, "Long") == prices("M200G", 9) == prices("J9077", 11) == []


def test_markets_are_named():
    assert (MDCS.market("A301F"), MDCS.market("A3ZZZ")) == ("K200 Futures", "")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t["record"][0].update(fields="a:S2 end_keyword:S1"), "expected an end_keyword as byte 10"),
        (lambda t: t["record"][0].update(fields="a:S2 a:S7 end_keyword:S1"), "each field name once"),
        (lambda t: t["record"][0].update(fields="a:Z9 end_keyword:S1"), "found 'a:Z9'"),
        (lambda t: t["record"][0].update(fields="a:S9 b:S0 end_keyword:S1"), "expected a length of 1 or more, found 0"),
        (lambda t: t["record"][0].update(fields="3*( a_#:S3 end_keyword:S1"), "expected a group to be closed"),
        (lambda t: t["record"][0].update(tr_codes="I200"), "expected TR codes of 5 characters"),
        (lambda t: t["record"][0].pop("title"), "found a damaged one (KeyError('title'))"),
        (lambda t: t["prices"].update(bonds=[11, 8, 2]), "price bonds: length 12 expected, found 11"),
        (lambda t: t.pop("markets"), "found a damaged one (KeyError('markets'))"),
    ],
)
def test_a_damaged_table_is_refused(change, told):
    table = copy.deepcopy(MDCS_TABLE)
    change(table)
    with pytest.raises(ConfigError) as error:
        RecordTables.parse(table)
    assert told in str(error.value)


def test_the_page_of_records_is_the_tables():
    from tests.wire.mdcs.koscom_page import page

    assert (PROTOCOLS.parents[1] / "docs" / "wire" / "koscom_records.md").read_text(encoding="utf-8") == page()
