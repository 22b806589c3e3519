import pytest

from hts.app.theme_files import FILES_MAX, ThemeShelf, file_stem, low_contrasts
from hts.base.errors import ConfigError
from themes.palettes import DARK, THEMES
from themes.theme_file import ThemeFile
from themes.tokens import Tokens

NIGHT = ThemeFile(name="밤 하늘", base="dark", colors={"panel": "#0c1016"})


def test_a_theme_of_the_users_own_is_stored_and_found_again(tmp_path):
    assert ThemeShelf(tmp_path).store(NIGHT) == "밤_하늘"
    shelf = ThemeShelf(tmp_path)
    assert shelf.problems == []
    assert shelf.names == (*THEMES, "밤_하늘")
    assert shelf.tokens("밤_하늘", "us") == Tokens.parse({**DARK, "panel": "#0c1016"}, "us")


def test_a_broken_file_is_set_aside_with_one_line(tmp_path):
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "odd.toml").write_text('name = "x"\n[colors]\npanel = "black"\n', encoding="utf-8")
    (tmp_path / "themes" / "bytes.toml").write_bytes(b"\xff")
    shelf = ThemeShelf(tmp_path)
    assert shelf.names == tuple(THEMES)
    assert [line.rpartition("; ")[2] for line in shelf.problems] == [
        "it is kept as bytes.toml.damaged",
        "it is kept as odd.toml.damaged",
    ]
    assert ThemeShelf(tmp_path).problems == []


def test_an_unknown_name_tells_the_known_ones(tmp_path):
    with pytest.raises(ConfigError, match="expected dark, light, high_contrast, safe_dark, safe_light, found 'sepia'"):
        ThemeShelf(tmp_path).table("sepia")


def test_a_shipped_theme_cannot_be_overwritten(tmp_path):
    with pytest.raises(ConfigError, match="expected a name that no shipped theme has"):
        ThemeShelf(tmp_path).store(ThemeFile(name="Dark", base="dark", colors={}))


def test_more_themes_than_are_read_are_not_stored(tmp_path):
    shelf = ThemeShelf(tmp_path)
    for number in range(FILES_MAX):
        shelf.store(ThemeFile(name=f"t{number}", base="dark", colors={}))
    with pytest.raises(ConfigError, match=f"expected at most {FILES_MAX} themes; delete one"):
        shelf.store(NIGHT)
    shelf.delete("t0")
    assert shelf.store(NIGHT) in ThemeShelf(tmp_path).own


def test_names_become_file_names():
    assert [file_stem(name) for name in ("My Theme!", "../../etc", "밤", "...", "a" * 60)] == [
        "my_theme",
        "etc",
        "밤",
        "theme",
        "a" * 40,
    ]


def test_low_contrasts_are_told_in_words(qapp):
    tokens = Tokens.parse({**DARK, "text2": "#303030"})
    assert low_contrasts(Tokens.parse(DARK)) == ()
    assert low_contrasts(tokens)[0] == "text2 on panel: 1.4, expected at least 4.5"
