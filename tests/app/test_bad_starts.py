"""What can be wrong before a process listens: each is one line, exit status 2, and nothing is changed."""

import shutil
import socket

import pytest

from hts.app import cli, tables
from hts.app.build import build_name
from hts.app.config import load_config
from hts.app.paths import home_paths, prepare_home
from hts.app.replay import replay_home
from hts.app.supervisor_child import EXIT_USER_ERROR
from hts.io.files import FileStorage
from hts.io.lockfile import LockFile
from hts.io.ports import free_port_base
from hts.journal.replay import START, segment_name
from hts.journal.writer import JournalWriter
from tests.support.market import Market
from tests.support.records import some_records

pytestmark = pytest.mark.processes


@pytest.fixture
def paths(tmp_path):
    paths = home_paths(tmp_path)
    prepare_home(paths)
    return paths


@pytest.fixture
def bundle(monkeypatch, tmp_path):
    """The program's tables, to be damaged."""
    shutil.copytree(tables.resources_directory(), tmp_path / "bundle" / "resources")
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path / "bundle"), raising=False)
    return tmp_path / "bundle" / "resources"


def refusal(paths, capsys, *words):
    """The one line."""
    status = cli.main([words[0], "--port-base", str(free_port_base()), "--home", str(paths.home), *words[1:]])
    errors = capsys.readouterr().err
    assert (status, errors.count("\n")) == (2, 1), errors
    return errors


def test_the_two_exit_statuses_for_user_errors_are_one():
    assert cli.EXIT_USER_ERROR == EXIT_USER_ERROR


def test_a_damaged_journal_is_refused_and_left_alone(paths, capsys):
    storage = FileStorage(paths.journal)
    JournalWriter(storage, START).append_many(some_records(3))
    storage.close()
    segment = paths.journal / segment_name(1)
    data = bytearray(segment.read_bytes())
    data[70] ^= 1
    segment.write_bytes(data)
    said = refusal(paths, capsys, "core")
    assert "journal segment 00000001.journal is damaged at offset 32" in said
    assert segment.read_bytes() == data


def test_a_damaged_command_log_is_refused(paths, capsys):
    paths.venue.mkdir()
    (paths.venue / "venue-000001-0000.log").write_bytes(b"\x01" * 100)
    assert "venue-000001-0000.log: damaged at byte 0" in refusal(paths, capsys, "sim")


@pytest.mark.parametrize("command", ["core", "sim"])
@pytest.mark.parametrize(
    "damage",
    [
        ("protocols/krx_ums.toml", "offset = 16", "offset = ", "krx_ums.toml: expected TOML, found: Invalid value"),
        ("protocols/krx_ums.toml", "offset = 24, length = 8", "offset = 20, length = 8", "offset 24 or more expected"),
        ("protocols/krx_ums.toml", 'type = "u64"', 'type = "u63"', "a known type expected, found 'u63'"),
        ("protocols/krx_mdcs.toml", "[684, 1, ", "[670, 1, ", "end_keyword"),
        ("market/fees.toml", "rate =", "rare =", "market tables: complete ones expected, found KeyError('rate')"),
        ("market/universe.toml", "code =", "cold =", "market tables: complete ones expected, found KeyError('code')"),
    ],
)
def test_a_damaged_table_names_the_place(paths, capsys, bundle, damage, command):
    table, right, wrong, words = damage
    text = (bundle / table).read_text()
    assert right in text
    (bundle / table).write_text(text.replace(right, wrong))
    assert words in refusal(paths, capsys, command)


@pytest.mark.parametrize(("command", "what"), [("core", "a core"), ("sim", "a simulator")])
def test_a_second_one_in_the_same_home_is_refused(paths, capsys, command, what):
    lock = LockFile(paths.core_lock if command == "core" else paths.venue_lock)
    lock.acquire(build_name())
    assert f"{what} already runs here (process " in refusal(paths, capsys, command)
    lock.release()


def test_a_busy_port_stops_the_start_in_one_line(tmp_path):
    market = Market(tmp_path)
    with socket.create_server(("127.0.0.1", market.port_base)):
        done = market.hts("up", "--port-base", str(market.port_base))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert done.stderr.startswith(f"hts: the simulator cannot start: cannot listen on 127.0.0.1:{market.port_base}: ")
    assert market.hts("status").returncode == 1
    market.clean_up()


def test_another_build_is_not_attached_to(paths, capsys):
    lock = LockFile(paths.lock)
    lock.acquire("0.0.1+older")
    said = refusal(paths, capsys, "up")
    assert f"another build runs here (found 0.0.1+older, this is {build_name()}); stop it with hts stop" in said
    lock.release()


def test_a_replay_without_a_display_is_refused_before_anything_starts(paths, capsys, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert "no display found" in refusal(paths, capsys, "replay", "none.csv")
    assert LockFile(paths.lock).holder() is None


def test_a_replay_lives_in_a_home_of_its_own_with_dollars(tmp_path):
    (tmp_path / "config.toml").write_text("[venue]\nport_base = 30000\n")
    paths, config = replay_home(tmp_path, None)
    assert (paths.home, config.venue.port_base) == (tmp_path / "replay", 30_140)
    assert (config.core.cash_usd_cents, load_config(tmp_path / "config.toml").core.cash_usd_cents) == (100_000_000, 0)
