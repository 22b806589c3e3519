import json

import pytest

from hts.app.terminal_layout import load_layout, save_layout, set_aside
from hts.base.errors import ConfigError


def test_what_was_stored_comes_back_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "layout.json"
    save_layout(path, {"a": 1})
    save_layout(path, {"a": 2})
    assert load_layout(path) == {"a": 2}
    assert [entry.name for entry in tmp_path.iterdir()] == ["layout.json"]


def test_no_file_is_no_layout(tmp_path):
    assert load_layout(tmp_path / "layout.json") == {}


@pytest.mark.parametrize("content", [b"", b'{"a":', b"[1]", b"\xff\xfe\x00", b"null"])
def test_a_damaged_file_is_set_aside_with_one_line(tmp_path, content):
    path = tmp_path / "layout.json"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="expected a stored layout, found .*; it is kept as layout.damaged") as fault:
        load_layout(path)
    assert "\n" not in str(fault.value)
    assert (path.exists(), (tmp_path / "layout.damaged").read_bytes()) == (False, content)


def test_a_file_that_is_far_too_large_is_not_even_read(tmp_path):
    path = tmp_path / "layout.json"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a hole: it takes no room
    with pytest.raises(
        ConfigError, match=r"found 1099511627776 bytes, more than 16777216; it is kept as layout.damaged"
    ):
        load_layout(path)


def test_a_layout_that_does_not_fit_is_set_aside_too(tmp_path):
    path = tmp_path / "layout.json"
    path.write_text(json.dumps({"layouts": {}}), encoding="utf-8")
    assert set_aside(path, "x").endswith("it is kept as layout.damaged and the default layout is open")


def test_a_disk_that_refuses_is_one_line(tmp_path):
    with pytest.raises(ConfigError, match="cannot store the layout: No such file or directory; free some space"):
        save_layout(tmp_path / "missing" / "layout.json", {})
