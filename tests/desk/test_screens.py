from pathlib import Path

import pytest

from hts.app.desk_files import DeskFiles
from hts.app.terminal_screens import load_screens
from hts.base.errors import ConfigError
from hts.desk.screens import ScreenNumbers

ROOT = Path(__file__).resolve().parents[2]


def test_the_users_rows_replace_add_and_take_away():
    shipped = ScreenNumbers({"0600": "panel.chart", "8282": "panel.ladder", "100": "panel.ladder"})
    own = ScreenNumbers.parse('[own]\n"7" = "cancel.all"\n[kiwoom]\n"0600" = "panel.quote"\n"8282" = ""\n', "mine")
    both = shipped.with_rows_of(own)
    assert dict(both) == {"0600": "panel.quote", "100": "panel.ladder", "7": "cancel.all"}
    assert both.of("panel.ladder") == ("100",)


@pytest.mark.parametrize(
    ("toml", "fault"),
    [
        ("[own", "expected TOML"),
        ("[other]\n", "expected tables own, kiwoom, found 'other'"),
        ('[own]\n"a b" = "x"\n', "found 'a b'"),
        ('[own]\n"1" = 3\n', "found '1' = 3"),
        ('own = "x"\n', "found 'own'"),
    ],
)
def test_a_damaged_table_is_one_clear_line(toml, fault):
    with pytest.raises(ConfigError, match=fault):
        ScreenNumbers.parse(toml, "mine")


def test_a_damaged_file_is_set_aside_and_what_ships_is_used(tmp_path):
    (tmp_path / "screens.toml").write_bytes(b"\xff\xfe[own")
    files = DeskFiles(tmp_path)
    numbers, _ = load_screens(files)
    assert dict(numbers)["0600"] == "panel.chart"
    assert len(files.problems) == 1
    assert "kept as screens.toml.damaged" in files.problems[0]
    assert (tmp_path / "screens.toml.damaged").exists()


def test_a_table_that_does_not_hold_is_set_aside_too(tmp_path):
    (tmp_path / "screens.toml").write_text("[other]\n", encoding="utf-8")
    files = DeskFiles(tmp_path)
    assert dict(load_screens(files)[0])["0600"] == "panel.chart"
    assert "expected tables own, kiwoom" in files.problems[0]


def test_the_users_file_is_read(tmp_path):
    (tmp_path / "screens.toml").write_text('[own]\n"7777" = "cancel.all"\n', encoding="utf-8")
    files = DeskFiles(tmp_path)
    numbers, _ = load_screens(files)
    assert (dict(numbers)["7777"], files.problems) == ("cancel.all", [])
