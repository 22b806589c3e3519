import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.base.errors import ConfigError
from hts.desk.settings import OPTIONS, Kind, Settings
from hts.desk.settings_file import HEAD, json_of, read_strict, read_tolerant, toml_of

OWN = {"look.convention": "us", "entry.presets": (1, 5), "sound.on": False, "look.theme": 'a "b"'}


def values_of(option):
    number = st.integers(option.low, option.high)
    return {
        Kind.SWITCH: st.booleans(),
        Kind.NUMBER: number,
        Kind.CHOICE: st.sampled_from(option.choices or ("",)),
        Kind.NAME: st.text(min_size=1, max_size=20),
        Kind.NUMBERS: st.lists(number, min_size=1, max_size=6).map(tuple),
    }[option.kind]


def test_only_what_differs_is_written():
    assert toml_of(Settings()) == HEAD
    assert toml_of(Settings(OWN)) == (
        HEAD + '[look]\ntheme = "a \\"b\\""\nconvention = "us"\n[entry]\npresets = [1, 5]\n[sound]\non = false\n'
    )
    assert json.loads(json_of(Settings(OWN))) == {
        "look": {"convention": "us", "theme": 'a "b"'},
        "entry": {"presets": [1, 5]},
        "sound": {"on": False},
    }


def test_a_name_with_a_delete_character_is_read_again():
    own = Settings({"look.theme": "a\x7f"})
    assert read_strict(toml_of(own), "a.toml") == own.own


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_what_is_written_is_read_again_in_both_forms(data):
    options = data.draw(st.lists(st.sampled_from(OPTIONS), max_size=3))
    own = Settings({option.name: data.draw(values_of(option)) for option in options})
    assert read_strict(toml_of(own), "a.toml") == own.own
    assert read_strict(json_of(own), "a.json") == own.own


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[look\n", "f: expected TOML, found"),
        ("{", "f: expected JSON, found"),
        ("[look]\nthem = 'x'", "f: expected the name of a setting, found 'look.them'; did you mean look.theme?"),
        ("zzz = 1", "f: expected the name of a setting, found 'zzz'; remove that line"),
        ('{"zzz": {"qqq": 1}}', "f: expected the name of a setting, found 'zzz.qqq'; remove that line"),
        (
            "[notify]\nseconds = 99",
            "f: notify.seconds: expected a whole number from 2 to 60, found 99; correct that line",
        ),
        ("[sound]\non = 'yes'", "f: sound.on: expected true or false, found 'yes'; correct that line"),
        (f"[look]\ntheme = '{'x' * 10_000}'", "f: look.theme: expected a name of at most 64 characters, found 'xxxx"),
    ],
)
def test_an_import_that_does_not_hold_says_why(text, says):
    with pytest.raises(ConfigError) as caught:
        read_strict(text, "f")
    assert str(caught.value).startswith(says)
    assert len(str(caught.value)) < 300


def test_one_bad_line_of_the_homes_file_costs_that_line_alone():
    values, faults = read_tolerant("[look]\nscale = 400\nconvention = 'us'\n[odd]\nx = 1\n", "settings.toml")
    assert values == {"look.convention": "us"}
    assert faults == (
        "settings.toml: look.scale: expected a whole number from 90 to 150, found 400; correct that line",
        "settings.toml: expected the name of a setting, found 'odd.x'; remove that line",
    )


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    try:
        read_tolerant(text, "f")
    except ConfigError as fault:
        assert "expected" in str(fault)
