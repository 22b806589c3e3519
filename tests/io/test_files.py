"""The storage port on real files."""

import os
import stat
import sys
from pathlib import Path

import pytest

from hts.base.errors import StorageError
from hts.io.files import RESERVED_BYTES, FileStorage


@pytest.fixture
def storage(tmp_path):
    storage = FileStorage(tmp_path / "deep" / "journal")
    yield storage
    storage.close()


def test_an_append_creates_and_a_second_one_continues(storage):
    storage.append("b", b"one")
    storage.append("a", b"x")
    storage.append("b", b"two")
    assert (storage.names(), storage.read("b"), storage.read("a")) == (["a", "b"], b"onetwo", b"x")


def test_another_process_sees_the_bytes_at_once(storage, tmp_path):
    storage.append("a", b"here")
    assert (tmp_path / "deep" / "journal" / "a").read_bytes() == b"here"


def test_an_append_after_a_cut_goes_to_the_new_end(storage):
    storage.append("a", b"onetwo")
    storage.truncate("a", 3)
    storage.append("a", b"!")
    storage.sync("a")
    assert storage.read("a") == b"one!"


def test_a_cut_needs_no_append_before(storage, tmp_path):
    storage.append("a", b"onetwo")
    again = FileStorage(tmp_path / "deep" / "journal")
    again.truncate("a", 3)
    assert storage.read("a") == b"one"
    again.close()


@pytest.mark.skipif(os.name == "nt", reason="modes are a POSIX notion")
def test_only_the_user_may_read(storage, tmp_path):
    storage.append("a", b"x")
    directory = tmp_path / "deep" / "journal"
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (directory, directory / "a")]
    assert modes == [0o700, 0o600]


def test_a_name_that_is_a_directory_is_one_clear_line(storage, tmp_path):
    (tmp_path / "deep" / "journal" / "a").mkdir()
    with pytest.raises(StorageError, match="a: cannot open: Is a directory"):
        storage.append("a", b"x")
    with pytest.raises(StorageError, match="a: cannot read: Is a directory"):
        storage.read("a")
    assert storage.names() == []


def test_a_file_where_the_directory_should_be_is_one_clear_line(tmp_path):
    (tmp_path / "f").write_text("")
    with pytest.raises(StorageError, match="f: cannot make the directory"):
        FileStorage(tmp_path / "f")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_clear_line(storage, tmp_path):
    (tmp_path / "deep" / "journal" / "a").symlink_to("/dev/full")
    with pytest.raises(StorageError, match="a: cannot write 3 bytes: No space left on device"):
        storage.append("a", b"one")


def test_a_removed_segment_is_gone_and_a_late_sync_does_not_bring_it_back(tmp_path):
    storage = FileStorage(tmp_path / "journal")
    storage.append("a", b"one")
    storage.append("b", b"two")
    storage.remove("a")
    storage.sync("a")
    storage.remove("never")
    assert storage.names() == ["b"]
    storage.append("a", b"again")
    storage.sync("a")
    assert storage.read("a") == b"again"
    storage.close()


def blocks(path):
    """Bytes that the file system keeps for a file."""
    return path.stat().st_blocks * 512


@pytest.fixture
def growing(tmp_path):
    storage = FileStorage(tmp_path, growing=".journal")
    yield storage
    storage.close()


@pytest.mark.skipif(sys.platform != "linux", reason="blocks are reserved on Linux")
def test_blocks_lie_ready_behind_a_growing_file_and_its_size_is_that_of_its_bytes(growing, tmp_path):
    path = tmp_path / "1.journal"
    growing.append("1.journal", b"one")
    growing.sync("1.journal")
    if blocks(path) < RESERVED_BYTES:
        pytest.skip("this file system reserves nothing, or is nearly full")
    assert (path.stat().st_size, growing.read("1.journal")) == (3, b"one")
    growing.append("1.journal", b"two")
    growing.sync("1.journal")
    assert (growing.read("1.journal"), path.stat().st_size) == (b"onetwo", 6)
    growing.append("1.journal", bytes(RESERVED_BYTES))
    growing.sync("1.journal")
    assert blocks(path) > 2 * RESERVED_BYTES, "there is always some more"
    growing.append("1.snapshot", b"all")
    growing.sync("1.snapshot")
    assert blocks(tmp_path / "1.snapshot") < RESERVED_BYTES, "it is written once"


@pytest.mark.skipif(sys.platform != "linux", reason="blocks are reserved on Linux")
@pytest.mark.parametrize("act", ["the next", "the end", "a cut"])
def test_what_a_file_does_not_need_any_more_is_given_back(growing, tmp_path, act):
    growing.append("1.journal", b"one")
    growing.sync("1.journal")
    if act == "the next":
        growing.append("2.journal", b"two")
    elif act == "a cut":
        growing.truncate("1.journal", 2)
    else:
        growing.close()
    path = tmp_path / "1.journal"
    assert path.read_bytes() == (b"on" if act == "a cut" else b"one")
    assert blocks(path) < RESERVED_BYTES


def test_a_file_system_that_reserves_nothing_takes_appends_all_the_same(growing, monkeypatch):
    monkeypatch.setattr("hts.io.files._reserve_blocks", lambda descriptor, start, count: None)
    growing.append("1.journal", b"one")
    growing.sync("1.journal")
    growing.append("1.journal", b"two")
    growing.append("2.journal", b"three")
    assert (growing.read("1.journal"), growing.read("2.journal")) == (b"onetwo", b"three")
