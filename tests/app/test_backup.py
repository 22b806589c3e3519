"""A backup is whole or refused, and no restored core uses a ClOrdID again."""

import io
import json
import tarfile

import pytest

from hts.app.backup import back_up
from hts.app.cli import main
from hts.app.journal_copy import MANIFEST, without_secrets
from hts.app.paths import home_paths, prepare_home
from hts.app.restore import IDS_PER_S, id_floor, restore
from hts.base.errors import ConfigError, CorruptRecord
from hts.io.clock import SystemClock
from hts.io.files import FileStorage
from hts.journal.archive import Archive
from hts.journal.opening import Stamp, compact, open_state, take_snapshot
from hts.journal.replay import START, read_journal
from hts.journal.writer import JournalWriter
from hts.model.records import IdBlockReserved, VenueSessionStarted
from hts.model.requests import NewOrderSingle
from tests.engine.kit import Desk, requests
from tests.support.builders import an_intent
from tests.support.notebook import Notebook
from tests.support.records import AT, one_of_each

STAMP = Stamp(build="b", config_hash="c")
SETTINGS = '[venue]\nseed = 4\npassword = "hunter2"\n[gateway]\nkeystore_passphrase = "x"\n'


@pytest.fixture
def paths(tmp_path):
    """A home with archive, snapshots, settings, and a write that a crash cut off."""
    paths = home_paths(tmp_path / "home")
    prepare_home(paths)
    storage, archive = FileStorage(paths.journal), FileStorage(paths.archive)
    writer, notebook = JournalWriter(storage, START), Notebook()
    for day in (20261123, 20261124, 20261125):
        started = VenueSessionStarted(trade_ns=AT["trade_ns"], mono_ns=1, venue="KRX", epoch=day, trading_date=day)
        records = [started, *one_of_each()]
        writer.append_many(records)
        notebook.recover(records)
        take_snapshot(notebook, writer, storage, STAMP)
    compact(storage, Archive(archive))
    storage.append("00000003.journal", b"half a frame")
    paths.config.write_text(SETTINGS)
    for one in (storage, archive):
        one.close()
    return paths


def read_home(paths):
    storage, archive = FileStorage(paths.journal), FileStorage(paths.archive)
    try:
        return list(read_journal(storage, older=Archive(archive)).records)
    finally:
        storage.close()
        archive.close()


def now() -> int:
    return SystemClock().wall_ns()


def test_a_restored_home_has_every_record_and_goes_on_above_every_id(paths, tmp_path):
    manifest = back_up(paths, tmp_path / "b.tgz")
    assert manifest.records == 3 * (1 + len(one_of_each()))
    assert sorted(name.rpartition(".")[2] for name in manifest.files) == [
        "gz",
        "journal",
        "journal",
        "snapshot",
        "snapshot",
        "toml",
    ]
    other = home_paths(tmp_path / "other")
    at_ns = now()
    _, first_id = restore(other, tmp_path / "b.tgz", at_ns)
    assert first_id == id_floor(at_ns) + 1
    *records, block = read_home(other)
    assert records == read_home_whole(paths)
    assert isinstance(block, IdBlockReserved)
    storage = FileStorage(other.journal)
    found = Notebook()
    opened = open_state(found, storage, archive=Archive(FileStorage(other.archive)), stamp=STAMP)
    assert opened.snapshot is not None
    assert found.records == [*records, block]


def read_home_whole(paths):
    storage, archive = FileStorage(paths.journal), FileStorage(paths.archive)
    contents = read_journal(storage, older=Archive(archive))
    assert contents.torn is not None
    return list(contents.records)


def test_secrets_stay_at_home(paths, tmp_path):
    back_up(paths, tmp_path / "b.tgz")
    with tarfile.open(tmp_path / "b.tgz") as tar:
        found = tar.extractfile("config.toml").read().decode()
        assert not any("run/" in name or "token" in name for name in tar.getnames())
    assert found == "[venue]\nseed = 4\n[gateway]\n"
    assert without_secrets("pin = 1\nspeed = 2\ndb.api_token=3\n") == "speed = 2\n"


def test_an_order_id_is_never_used_again_though_the_backup_is_old(tmp_path):
    """The original goes on after the backup; the restored core must not meet its ids."""
    desk = Desk()
    desk.start()
    original = home_paths(tmp_path / "original")
    prepare_home(original)
    storage = FileStorage(original.journal)
    writer = JournalWriter(storage, START)
    writer.append_many(desk.journal)
    back_up(original, tmp_path / "old.tgz")
    desk.hear_list()
    desk.log_on()
    used = {
        request.cl_ord_id
        for number in range(20)
        for request in requests(desk.intent(an_intent(f"r{number}", qty=number + 1)))
        if isinstance(request, NewOrderSingle)
    }
    assert used
    other = home_paths(tmp_path / "other")
    restore(other, tmp_path / "old.tgz", now())
    again = Desk(read_home(other))
    again.start()
    again.hear_list()
    again.log_on()
    (order,) = [r for r in requests(again.intent(an_intent("new"))) if isinstance(r, NewOrderSingle)]
    assert order.cl_ord_id > max(used)
    assert order.cl_ord_id > id_floor(now()) - 60 * IDS_PER_S


def test_the_floor_grows_faster_than_ids_can_be_used():
    year_ns = 365 * 86_400 * 10**9
    begin_ns = now()
    assert id_floor(begin_ns + year_ns) - id_floor(begin_ns) == 365 * 86_400 * 10_000
    assert id_floor(0) == 0


@pytest.mark.parametrize("damage", ["flip", "cut", "stranger", "exchange", "missing"])
def test_a_damaged_or_foreign_backup_is_refused_and_nothing_is_put_in_place(paths, tmp_path, damage):
    file = tmp_path / "b.tgz"
    back_up(paths, file)
    members = {}
    with tarfile.open(file) as tar:
        members = {member.name: tar.extractfile(member).read() for member in tar}
    name = "journal/00000003.journal"
    if damage == "flip":
        data = bytearray(members[name])
        data[100] ^= 1
        members[name] = bytes(data)
    elif damage == "stranger":
        members["../evil"] = b"x"
    elif damage == "exchange":
        manifest = json.loads(members[MANIFEST])
        manifest["chain"] = "00" * 16
        members[MANIFEST] = json.dumps(manifest).encode()
    elif damage == "missing":
        del members[name]
    write_tar(file, members)
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:-200])
    other = home_paths(tmp_path / "other")
    with pytest.raises((ConfigError, CorruptRecord)):
        restore(other, file, now())
    assert not other.journal.exists()
    assert not (tmp_path / "evil").exists()
    assert list(other.home.iterdir()) == []


def write_tar(file, members):
    with tarfile.open(file, "w:gz") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def test_a_clock_behind_the_backup_is_refused(paths, tmp_path):
    manifest = back_up(paths, tmp_path / "b.tgz")
    with pytest.raises(ConfigError, match="set the clock first"):
        restore(home_paths(tmp_path / "other"), tmp_path / "b.tgz", manifest.made_ns - 1)


def test_the_commands(paths, tmp_path, capsys):
    file = tmp_path / "b.tgz"
    assert main(["backup", str(file), "--home", str(paths.home), "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert main(["backup", str(file), "--home", str(paths.home)]) == 2
    assert "File exists" in capsys.readouterr().err
    assert main(["restore", str(file), "--home", str(tmp_path / "new"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["records"], found["chain"]) == (made["records"], made["chain"])
    assert main(["restore", str(file), "--home", str(tmp_path / "new")]) == 2
    assert "--replace keeps it aside" in capsys.readouterr().err
    assert main(["restore", str(file), "--home", str(tmp_path / "new"), "--replace"]) == 0
    kept = [path.name for path in (tmp_path / "new").iterdir() if path.name.startswith("journal.before-restore")]
    assert len(kept) == 1


def test_a_damaged_journal_is_not_backed_up(paths, tmp_path):
    path = paths.journal / "00000002.journal"
    data = bytearray(path.read_bytes())
    data[90] ^= 1
    path.write_bytes(data)
    with pytest.raises(Exception, match="the journal is damaged: 00000002"):
        back_up(paths, tmp_path / "b.tgz")
    assert not (tmp_path / "b.tgz").exists()
