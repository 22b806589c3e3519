import pytest

from hts.desk.settings import BY_NAME, OPTIONS, SECTIONS, Kind, Settings
from hts.desk.texts import LANGUAGES
from tests.desk.test_texts import catalogue


def test_every_option_fits_its_own_default():
    assert [option.name for option in OPTIONS if not option.fits(option.default)] == []
    assert len(BY_NAME) == len(OPTIONS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_option_is_explained_in_every_language(language):
    texts = catalogue(language)
    keys = [f"setting.section.{section}" for section in SECTIONS]
    for option in OPTIONS:
        keys += [option.title_key, option.why_key, *(option.choice_key(choice) for choice in option.choices)]
        keys += [f"unit.{option.unit}"] if option.unit else []
    assert [key for key in keys if not texts.has(key)] == []
    short = [option.name for option in OPTIONS if len(texts(option.why_key)) < 15]
    assert short == []


@pytest.mark.parametrize(
    ("name", "fitting", "others"),
    [
        ("sound.on", [True, False], [0, 1, "true", None]),
        ("notify.seconds", [2, 60], [1, 61, True, "6", 6.0]),
        ("look.convention", ["kr", "us"], ["eu", "", 1]),
        ("look.theme", ["dark", "밤"], ["", 3, "x" * 65]),
        ("entry.presets", [(1,), [5, 10], (1, 2, 3, 4, 5, 6)], [(), (0,), (1, 2, 3, 4, 5, 6, 7), ("1",), 10]),
    ],
)
def test_only_what_fits_is_taken(name, fitting, others):
    settings = Settings()
    assert all(settings.set(name, value) for value in fitting)
    kept = settings.value(name)
    assert not any(settings.set(name, value) for value in others)
    assert settings.value(name) == kept


def test_changes_are_told_once_and_a_reset_is_one():
    settings = Settings({"notify.seconds": 9})
    assert settings.drain() == frozenset()
    settings.set("notify.seconds", 9)
    assert settings.drain() == frozenset()
    settings.set("look.convention", "us")
    settings.set("notify.seconds", 12)
    assert settings.drain() == {"look.convention", "notify.seconds"}
    settings.reset("notify.seconds")
    assert settings.own == {"look.convention": "us"}
    settings.reset()
    assert settings.own == {}
    assert settings.drain() == {"look.convention", "notify.seconds"}


def test_what_is_expected_is_told_in_words():
    assert [BY_NAME[name].expected for name in ("sound.on", "notify.seconds", "look.density", "entry.presets")] == [
        "true or false",
        "a whole number from 2 to 60",
        '"compact" or "normal" or "comfortable"',
        "a list of 1 to 6 whole numbers from 1 to 1000000",
    ]
    assert {option.kind for option in OPTIONS} == set(Kind)
