import pytest

from hts.app.desk_files import SIZE_MAX, DeskFiles


@pytest.fixture
def files(tmp_path):
    return DeskFiles(tmp_path)


def names(directory):
    return [path.name for path in directory.iterdir()]


def test_what_was_saved_is_loaded_and_nothing_else_is_left(files, tmp_path):
    assert files.load("screens.json") == ""
    assert files.save("screens.json", "{}")
    assert files.save("screens.json", '{"한글": 1}')
    assert (files.load("screens.json"), names(tmp_path), files.problems) == ('{"한글": 1}', ["screens.json"], [])


def test_a_file_that_is_not_text_is_set_aside(files, tmp_path):
    (tmp_path / "screens.json").write_bytes(b"\xff\xfe\x00")
    assert files.load("screens.json") == ""
    assert names(tmp_path) == ["screens.json.damaged"]
    assert "kept as screens.json.damaged" in files.problems[0]


def test_a_file_that_is_too_large_is_set_aside(files, tmp_path):
    with (tmp_path / "screens.json").open("wb") as file:
        file.truncate(SIZE_MAX + 1)
    assert (files.load("screens.json"), names(tmp_path)) == ("", ["screens.json.damaged"])


def test_a_place_that_cannot_be_written_is_one_line_and_the_old_file_stays(files, tmp_path):
    files.save("screens.json", "old")
    (tmp_path / "screens.json.new").mkdir()
    assert not files.save("screens.json", "new")
    assert (files.load("screens.json"), len(files.problems)) == ("old", 1)


def test_an_export_that_fails_says_where(files, tmp_path):
    assert files.export(tmp_path / "a.csv", "x") == ""
    assert (tmp_path / "a.csv").read_text() == "x"
    assert "choose another place" in files.export(tmp_path / "no" / "a.csv", "x")


def test_a_file_of_the_users_is_read_or_says_why_not(files, tmp_path):
    (tmp_path / "good.csv").write_bytes("\ufeff종목".encode())
    (tmp_path / "bad.csv").write_bytes(b"\xff\xff")
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(SIZE_MAX + 1)
    assert files.fetch(tmp_path / "good.csv") == ("종목", "")
    faults = [files.fetch(tmp_path / name)[1] for name in ("bad.csv", "large.csv", "none.csv")]
    assert [fault.split(": ", 1)[1][:18] for fault in faults] == [
        "expected text in U",
        "expected at most 4",
        "cannot read it: No",
    ]
