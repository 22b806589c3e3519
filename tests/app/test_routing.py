"""`hts routing`: the day's best execution, read back out of a journal that a running core wrote."""

import csv
import json

import pytest

from hts.app import cli
from hts.app.paths import home_paths
from hts.app.routing import day_of
from hts.base.errors import ConfigError
from hts.io.files import FileStorage
from hts.journal.replay import START
from hts.journal.writer import JournalWriter
from tests.engine.floor import a_floor
from tests.engine.test_work_route import sweep
from tests.support.builders import DATE


def a_day():
    floor = a_floor()
    floor.intent(sweep(qty=80))
    floor.accept(2, 3)
    floor.fill(2, 50)
    floor.fill(3, 30)
    return floor.desk.journal


def test_a_day_has_its_decisions_and_the_fills_of_their_children():
    date, decided, fills = day_of(a_day())
    assert date == DATE
    assert [record.order_id for record in decided] == [1]
    assert [(fill.order_id, fill.venue, fill.px, fill.qty) for fill in fills] == [
        (1, "KRX", 71_000, 50),
        (1, "NXT", 71_100, 30),
    ]
    assert [fill.cost for fill in fills] == [532, 319]  # 1.5 in 10,000, cut to the won


def test_a_day_that_the_journal_does_not_have():
    with pytest.raises(ConfigError, match=rf"expected a day of the journal, found {DATE}"):
        day_of(a_day(), 20200101)


def test_the_command_writes_csv_html_and_json(tmp_path, capsys):
    home = tmp_path / "home"
    paths = home_paths(home)
    storage = FileStorage(paths.journal)
    JournalWriter(storage, START).append_many(a_day())
    storage.close()
    out = tmp_path / "day.csv"
    assert cli.main(["routing", "--home", str(home), "--out", str(out), "--json"]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [(one["order_id"], one["filled_qty"], one["slippage_cbp"]) for one in said["orders"]] == [(1, 80, 528)]
    assert [(one["venue"], one["filled_qty"]) for one in said["venues"]] == [("KRX", 50), ("NXT", 30)]
    (row,) = csv.DictReader(out.read_text(encoding="utf-8").splitlines())
    assert (row["value"], row["venues"]) == ("5683000", "KRX:50 NXT:30")
    page = tmp_path / "day.html"
    assert cli.main(["routing", "--home", str(home), "--out", str(page), "--lang", "ko"]) == 0
    assert "<h1>최선집행" in page.read_text(encoding="utf-8")


def test_another_suffix_is_refused(tmp_path, capsys):
    assert cli.main(["routing", "--home", str(tmp_path), "--out", "day.doc"]) == 2
    assert "expected a name that ends in .html or .csv" in capsys.readouterr().err
