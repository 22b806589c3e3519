import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.base.errors import ConfigError
from themes.palettes import DARK, THEMES
from themes.theme_file import ThemeFile

NIGHT = 'name = "Night"\nbase = "dark"\n\n[colors]\npanel = "#0c1016"\n'


def test_only_what_differs_is_kept():
    theme = ThemeFile.parse(NIGHT, "night.toml")
    assert theme == ThemeFile(name="Night", base="dark", colors={"panel": "#0c1016"})
    assert theme.table == {**DARK, "panel": "#0c1016"}
    assert theme.toml() == NIGHT
    assert theme.with_color("panel", DARK["panel"].upper()).colors == {}
    assert theme.with_color("text", "#FFFFFF").colors == {"panel": "#0c1016", "text": "#ffffff"}


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("name = ", "expected TOML"),
        ('base = "dark"', "expected a name of 1 to 40 characters, found None"),
        ('name = "a"\nbase = ["dark"]', "expected base to be dark, light, high_contrast, safe_dark, safe_light"),
        ('name = "a"\nbase = "sepia"', "expected base to be dark, light, high_contrast, safe_dark, safe_light"),
        ('name = "a"\ncolours = 1', "expected name, base, colors, found 'colours'; remove that line"),
        ('name = "a"\n[colors]\npannel = "#000000"', "expected a colour's name, found 'pannel'"),
        ('name = "a"\n[colors]\npanel = "black"', "expected panel = \"#rrggbb\", found 'black'; correct it"),
        ('name = "a"\n[colors]\npanel = 7', 'expected panel = "#rrggbb", found 7'),
        ('name = "a"\ncolors = 3', "expected a table [colors], found 3"),
    ],
)
def test_a_file_that_does_not_hold_says_why(toml, says):
    with pytest.raises(ConfigError) as caught:
        ThemeFile.parse(toml, "mine.toml")
    assert says in str(caught.value)
    assert str(caught.value).startswith("theme mine.toml: ")


@settings(max_examples=40)
@given(
    st.text(min_size=1, max_size=40).filter(lambda text: text == text.strip() and text),
    st.sampled_from(sorted(THEMES)),
    st.dictionaries(st.sampled_from(sorted(DARK)), st.from_regex(r"\A#[0-9a-f]{6}\Z"), max_size=6),
)
def test_what_is_written_is_read_again(name, base, colors):
    kept = {key: color for key, color in colors.items() if color != THEMES[base][key]}
    theme = ThemeFile(name=name, base=base, colors=kept)
    assert ThemeFile.parse(theme.toml(), "mine") == theme
