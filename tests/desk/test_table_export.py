import io

import openpyxl
import pytest

from hts.desk import table_export
from hts.desk.table_export import NoWriterError, cell, csv, lines_of, number, tsv, xlsx
from hts.desk.tables import Column

COLUMNS = (
    Column(key="n", head="종목", width=1, text=lambda r: r[0], order=str),
    Column(key="p", head="손익", width=1, text=lambda r: r[1], order=str),
)
LINES = lines_of(COLUMNS, [("삼성전자", "+1,234"), ("=cmd()", "−5.50"), ("005930", "—")])


def test_figures_are_figures_and_formulas_are_texts():
    assert LINES == [["종목", "손익"], ["삼성전자", "+1234"], ["'=cmd()", "-5.50"], ["005930", ""]]
    assert [cell(text) for text in ("-", "@a", "+3", "−0.1")] == ["'-", "'@a", "+3", "-0.1"]


def test_texts_that_are_numbers():
    found = [number(text) for text in ("+1234", "-5.50", "005930", "0.5", "", "12:30", "0", "1.2.3")]
    assert found == [1234, -5.5, None, 0.5, None, None, 0, None]


def test_csv_and_tsv():
    assert csv([["a,b", 'c"d']]) == '"a,b","c""d"\r\n'
    assert tsv([["a\tb", "c\nd"], ["1", "2"]]) == "a b\tc d\n1\t2\n"


def test_an_excel_sheet_holds_numbers_and_keeps_codes():
    book = openpyxl.load_workbook(io.BytesIO(xlsx([("매매일지", LINES), ("둘", [["x"]])])))
    sheet = book["매매일지"]
    assert book.sheetnames == ["매매일지", "둘"]
    assert [[c.value for c in row] for row in sheet.iter_rows()] == [
        ["종목", "손익"], ["삼성전자", 1234], ["'=cmd()", -5.5], ["005930", None],
    ]  # fmt: skip
    assert sheet.freeze_panes == "A2"


def test_without_the_library_it_is_said(monkeypatch):
    def missing(_name):
        raise ImportError("No module named 'openpyxl'")

    monkeypatch.setattr(table_export, "import_module", missing)
    with pytest.raises(NoWriterError):
        xlsx([("a", [["b"]])])
