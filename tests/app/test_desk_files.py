import pytest

from hts.app.desk_files import SIZE_MAX, DeskFiles
from hts.app.home_file import ASIDE_MAX


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


def test_what_another_window_wrote_in_between_is_kept_beside_and_told(files, tmp_path):
    other = DeskFiles(tmp_path)
    files.load("watch.json")
    other.load("watch.json")
    assert files.save("watch.json", "mine")
    assert other.save("watch.json", "theirs")
    assert (other.load("watch.json"), names(tmp_path).count("watch.json.other")) == ("theirs", 1)
    assert (tmp_path / "watch.json.other").read_text() == "mine"
    (problem,) = other.problems
    assert "another window has written it since this one read it; that is kept as watch.json.other" in problem
    assert other.save("watch.json", "theirs again")  # its own file now
    assert (len(other.problems), files.problems) == (1, [])
    assert files.save("watch.json", "mine again")
    assert sorted(path.read_text() for path in tmp_path.glob("*.other*")) == ["mine", "theirs again"]


def test_two_windows_that_write_the_same_have_nothing_to_tell(files, tmp_path):
    other = DeskFiles(tmp_path)
    files.load("alerts.json")
    other.load("alerts.json")
    assert files.save("alerts.json", "same")
    assert other.save("alerts.json", "same")
    assert (names(tmp_path), other.problems) == (["alerts.json"], [])


def test_what_another_window_wrote_is_not_overwritten_where_it_cannot_be_kept(files, tmp_path):
    other = DeskFiles(tmp_path)
    other.load("watch.json")
    files.save("watch.json", "mine")
    for number in ("", *range(2, ASIDE_MAX + 1)):
        (tmp_path / f"watch.json.other{number}").mkdir()
    assert not other.save("watch.json", "theirs")
    assert files.load("watch.json") == "mine"
    assert "cannot keep what another window wrote" in other.problems[0]
