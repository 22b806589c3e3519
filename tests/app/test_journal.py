"""`hts journal` on a home directory with three days in it."""

import csv
import io
import json

import pytest

from hts.app.cli import main
from hts.app.journal_rows import parse_time
from hts.app.paths import home_paths
from hts.base.errors import ConfigError
from hts.io.files import FileStorage
from hts.journal.opening import Stamp, take_snapshot
from hts.journal.replay import START
from hts.journal.writer import JournalWriter
from hts.model.records import CancelEntered, ReportReceived, VenueSessionStarted
from tests.support.notebook import Notebook
from tests.support.records import ACCOUNT, AT, one_of_each

DAYS = (20261123, 20261124, 20261125)


@pytest.fixture
def home(tmp_path):
    storage = FileStorage(home_paths(tmp_path).journal)
    writer, notebook = JournalWriter(storage, START), Notebook()
    for count, day in enumerate(DAYS):
        started = VenueSessionStarted(
            trade_ns=AT["trade_ns"] + count, mono_ns=1, venue="KRX", epoch=day, trading_date=day
        )
        records = [started, *one_of_each()]
        writer.append_many(records)
        notebook.recover(records)
        take_snapshot(notebook, writer, storage, Stamp(build="b", config_hash="c"))
    storage.close()
    return tmp_path


def hts(capsys, *words):
    """Exit status and what was printed."""
    status = main(["journal", *map(str, words)])
    return status, capsys.readouterr().out


def test_verify_tells_a_sound_journal(home, capsys):
    status, out = hts(capsys, "verify", "--home", home, "--json")
    found = json.loads(out)
    assert (status, found["sound"], found["segments"]) == (0, True, 3)
    assert found["records"] == 3 * (1 + len(one_of_each()))
    assert hts(capsys, "verify", "--home", home)[1].rstrip().endswith("sound")


def test_verify_names_the_damage(home, capsys):
    path = home / "journal" / "00000002.journal"
    data = bytearray(path.read_bytes())
    data[200] ^= 1
    path.write_bytes(data)
    status, out = hts(capsys, "verify", "--home", home)
    assert status == 1
    assert "00000002.journal at offset" in out
    assert out.rstrip().endswith("NOT SOUND")


def test_show_follows_an_order_through_its_requests(home, capsys):
    cancel = next(record for record in one_of_each() if isinstance(record, CancelEntered))
    for any_id in (cancel.orig_cl_ord_id, cancel.cl_ord_id):
        status, out = hts(capsys, "show", "--home", home, "--order", any_id, "--json")
        found = json.loads(out)
        assert status == 0
        assert {row["order"] for row in found["records"]} == {cancel.orig_cl_ord_id}
        assert {"cancel"} <= {row["kind"] for row in found["records"]}


def test_show_by_account_kind_and_time(home, capsys):
    rows = json.loads(hts(capsys, "show", "--home", home, "--account", ACCOUNT, "--json")[1])["records"]
    assert {row["account"] for row in rows} == {ACCOUNT}
    reports = sum(isinstance(record, ReportReceived) for record in one_of_each())
    assert json.loads(hts(capsys, "show", "--home", home, "--kind", "report", "--json")[1])["count"] == 3 * reports
    assert json.loads(hts(capsys, "show", "--home", home, "--since", "2027-01-01", "--json")[1])["count"] == 0
    text = hts(capsys, "show", "--home", home, "--limit", 2)[1]
    assert text.count("\n") == 3
    assert "--limit 0 shows all" in text


def test_export_as_lines_and_as_a_table(home, capsys):
    lines = hts(capsys, "export", "--home", home)[1].splitlines()
    assert len(lines) == 3 * (1 + len(one_of_each()))
    assert json.loads(lines[0])["record"]["type"] == "session"
    rows = list(csv.DictReader(io.StringIO(hts(capsys, "export", "--home", home, "--format", "csv")[1])))
    assert [row["seq"] for row in rows] == [str(number) for number in range(1, len(lines) + 1)]


def test_compact_archives_and_prune_deletes(home, capsys):
    moved = json.loads(hts(capsys, "compact", "--home", home, "--json")[1])
    assert moved["moved"] == ["20261123-00000001.journal.gz"]
    assert hts(capsys, "verify", "--home", home)[0] == 0
    deleted = json.loads(hts(capsys, "prune", "--home", home, "--before", "2026-11-24", "--json")[1])
    assert deleted["deleted"] == ["20261123-00000001.journal.gz"]
    status, out = hts(capsys, "verify", "--home", home)
    assert status == 0
    assert "pruned: 00000002.journal at offset 0: segments 1 to 1 are no longer kept" in out


def test_what_cannot_be_used_is_said(home, tmp_path_factory, capsys):
    empty = tmp_path_factory.mktemp("empty")
    assert main(["journal", "verify", "--home", str(empty)]) == 2
    assert "expected a journal, found none" in capsys.readouterr().err
    assert main(["journal", "prune", "--home", str(home), "--before", "tomorrow"]) == 2
    assert "expected a day like" in capsys.readouterr().err


def test_times():
    assert parse_time("1970-01-01T00:00:01.5", "--since") == 1_500_000_000
    assert parse_time("1970-01-02", "--since") == 86_400_000_000_000
    with pytest.raises(ConfigError, match="--until: expected a day or a time"):
        parse_time("noon", "--until")
