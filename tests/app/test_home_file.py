import pytest

from hts.app.home_file import ASIDE_MAX, BYTES_MAX, put_aside, read_text, replace_text
from hts.base.errors import ConfigError


def test_a_file_is_replaced_whole_and_read_again(tmp_path):
    path = tmp_path / "more" / "a.toml"
    assert read_text(path) == ""
    replace_text(path, "가 = 1\n")
    replace_text(path, "나 = 2\n")
    assert read_text(path) == "나 = 2\n"
    assert [p.name for p in path.parent.iterdir()] == ["a.toml"]


def test_a_disk_that_refuses_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.toml"
    replace_text(path, "old")
    (tmp_path / "a.toml.new").mkdir()
    with pytest.raises(ConfigError, match="cannot write"):
        replace_text(path, "new")
    assert read_text(path) == "old"


def test_what_cannot_be_a_text_of_ours_says_so(tmp_path):
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot read"):
        read_text(path)
    path.write_bytes(b"a" * (BYTES_MAX + 1))
    with pytest.raises(ConfigError, match="expected at most 1048576 bytes"):
        read_text(path)
    assert put_aside(path) == "it is kept as a.toml.damaged"
    assert read_text(path) == ""
    assert "could not be renamed" in put_aside(path)


def test_what_was_set_aside_before_stays(tmp_path):
    path = tmp_path / "a.toml"
    for number in range(ASIDE_MAX + 2):
        path.write_text(str(number), encoding="utf-8")
        put_aside(path)
    kept = {entry.name: entry.read_text(encoding="utf-8") for entry in tmp_path.iterdir()}
    first = {"a.toml.damaged": "0"} | {f"a.toml.damaged{number}": str(number - 1) for number in range(2, ASIDE_MAX)}
    assert kept == first | {f"a.toml.damaged{ASIDE_MAX}": str(ASIDE_MAX + 1)}  # the newest; disks are finite
