"""Where things are, and who may read the token."""

import stat
import sys
from pathlib import Path

import pytest

from hts.app.paths import home_directory, home_paths, prepare_home, read_or_make_token, read_token, temporary_home
from hts.base.errors import ConfigError


def test_the_option_wins_over_the_variable_and_that_over_the_platform(monkeypatch, tmp_path):
    monkeypatch.setenv("HTS_HOME", str(tmp_path / "variable"))
    assert home_directory(str(tmp_path / "option")) == tmp_path / "option"
    assert home_directory() == tmp_path / "variable"
    monkeypatch.delenv("HTS_HOME")
    assert home_directory().name == "hts"


def test_everything_lies_below_the_home():
    home = Path("/h")
    paths = home_paths(home)
    places = [paths.journal, paths.venue, paths.log, paths.lock, paths.core_socket, paths.control_socket, paths.token]
    assert all(home in place.parents for place in places)


def test_a_home_with_a_long_name_has_its_sockets_elsewhere_and_always_the_same(tmp_path):
    home = tmp_path / ("h" * 100)
    paths = home_paths(home)
    assert len(str(paths.control_socket)) <= 100
    assert (home_paths(home).run, home_paths(tmp_path / ("i" * 100)).run != paths.run) == (paths.run, True)
    assert paths.journal == home / "journal"


@pytest.mark.skipif(sys.platform == "win32", reason="modes are a POSIX notion")
def test_directories_and_token_are_the_users_alone(tmp_path):
    paths = home_paths(tmp_path / "home")
    prepare_home(paths)
    read_or_make_token(paths.token)
    modes = [stat.S_IMODE(place.stat().st_mode) for place in (paths.home, paths.run, paths.log, paths.token)]
    assert modes == [0o700, 0o700, 0o700, 0o600]


def test_the_token_is_made_once(tmp_path):
    first = read_or_make_token(tmp_path / "token")
    assert (len(first), read_or_make_token(tmp_path / "token"), read_token(tmp_path / "token")) == (64, first, first)


def test_a_damaged_token_is_one_clear_line(tmp_path):
    (tmp_path / "token").write_text("half")
    with pytest.raises(ConfigError, match="expected a token of 64 characters, found 4; stop hts, delete the file"):
        read_token(tmp_path / "token")


def test_no_token_means_that_no_core_has_run_here(tmp_path):
    with pytest.raises(ConfigError, match="start the core first"):
        read_token(tmp_path / "token")


def test_a_file_where_the_home_should_be_is_one_clear_line(tmp_path):
    (tmp_path / "home").write_text("")
    with pytest.raises(ConfigError, match="home: cannot be used"):
        prepare_home(home_paths(Path(tmp_path / "home")))


def test_a_temporary_home_leaves_nothing_behind_wherever_its_sockets_lie(monkeypatch, tmp_path):
    long = tmp_path / ("t" * 100)
    long.mkdir()
    for directory in (tmp_path, long):
        monkeypatch.setattr("tempfile.tempdir", str(directory))
        with temporary_home("hts-test-") as paths:
            prepare_home(paths)
            assert paths.run.is_dir()
        assert (paths.home.exists(), paths.run.exists()) == (False, False)
