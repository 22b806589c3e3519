import pytest

from hts.app.home_settings import HomeSettings
from hts.base.errors import ConfigError


def test_changes_are_kept_and_the_first_start_is_known(tmp_path):
    store = HomeSettings(tmp_path)
    assert store.is_first
    store.settings.set("look.convention", "us")
    store.save()
    again = HomeSettings(tmp_path)
    assert (again.is_first, again.problems) == (False, ())
    assert again.settings.own == {"look.convention": "us"}


def test_a_file_that_is_no_settings_file_is_set_aside(tmp_path):
    (tmp_path / "settings.toml").write_text("[look", encoding="utf-8")
    store = HomeSettings(tmp_path)
    assert store.settings.own == {}
    assert store.problems[0].endswith("it is kept as settings.toml.damaged and the defaults hold")
    assert [path.name for path in tmp_path.iterdir()] == ["settings.toml.damaged"]


@pytest.mark.parametrize("name", ["mine.toml", "mine.json"])
def test_settings_go_to_another_machine_whole(tmp_path, name):
    one, other = HomeSettings(tmp_path / "one"), HomeSettings(tmp_path / "other")
    one.settings.set("entry.presets", (7, 8))
    one.export_to(tmp_path / name)
    other.settings.set("sound.on", value=False)
    other.import_from(tmp_path / name)
    assert other.settings.own == {"entry.presets": (7, 8)}


def test_a_file_does_not_unlock_credit_and_says_so(tmp_path):
    one, other = HomeSettings(tmp_path / "one"), HomeSettings(tmp_path / "other")
    one.settings.set("entry.credit", value=True)
    one.settings.set("sound.on", value=False)
    one.export_to(tmp_path / "mine.toml")
    assert "credit = true" in (tmp_path / "mine.toml").read_text(encoding="utf-8")
    assert other.import_from(tmp_path / "mine.toml") == {"entry.credit"}
    assert other.settings.own == {"sound.on": False}
    other.settings.set("entry.credit", value=True)  # by hand
    assert other.import_from(tmp_path / "mine.toml") == frozenset()
    assert other.settings.flag("entry.credit")
    (tmp_path / "bare.toml").write_text("", encoding="utf-8")
    assert other.import_from(tmp_path / "bare.toml") == frozenset()
    assert not other.settings.flag("entry.credit")


def test_an_import_that_does_not_hold_changes_nothing(tmp_path):
    store = HomeSettings(tmp_path)
    store.settings.set("sound.on", value=False)
    (tmp_path / "bad.toml").write_text("[look]\nconvention = 'us'\nscale = 1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="look.scale"):
        store.import_from(tmp_path / "bad.toml")
    with pytest.raises(ConfigError, match="found nothing there"):
        store.import_from(tmp_path / "none.toml")
    assert store.settings.own == {"sound.on": False}
