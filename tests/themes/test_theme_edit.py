from themes.contrasts import measure
from themes.conventions import custom_of
from themes.palettes import DARK, LIGHT
from themes.theme_edit import ThemeEdit
from themes.theme_file import ThemeFile
from themes.tokens import Tokens


def an_edit(choice="kr", **colors):
    return ThemeEdit(ThemeFile(name="Mine", base="dark", colors=colors), custom_of(choice))


def test_a_change_is_seen_in_the_tokens_and_taken_back():
    edit = an_edit()
    edit.key = "panel"
    assert edit.set_color(" #000000 ")
    edit.key = "red_ink"
    assert edit.set_color("#ff0000")
    assert edit.tokens == Tokens.parse({**DARK, "panel": "#000000", "red_ink": "#ff0000"})
    assert edit.tokens.up.name() == "#ff0000"
    assert edit.is_changed
    edit.undo()
    edit.undo()
    edit.undo()
    assert not edit.is_changed


def test_what_is_no_colour_changes_nothing():
    edit = an_edit()
    assert not any(edit.set_color(text) for text in ("", "red", "#12345", "#12345g", "#" * 10_000, "🙂"))
    assert edit.theme.colors == {}


def test_contrasts_of_the_chosen_colour_begin_with_the_worst():
    edit = an_edit(text2="#303030")
    edit.key = "text2"
    measured = edit.measured()
    assert {one.pair.ink for one in measured} == {"text2"}
    relations = [one.ratio / one.pair.least for one in measured]
    assert relations == sorted(relations)
    assert not measured[0].holds
    assert edit.failing()["text2"] == sum(not one.holds for one in measure(edit.tokens))


def test_the_convention_decides_which_pairs_a_family_is_part_of():
    inks = {}
    for convention in ("kr", "us"):
        edit = an_edit(convention)
        edit.key = "red_ink"
        inks[convention] = {one.pair.ink for one in edit.measured()}
    assert inks == {"kr": {"up"}, "us": {"down"}}
    edit.key = "line"
    assert edit.measured() == ()
    edit = an_edit("market")  # red is up in one market and down in another; each pair of two keys is told once
    edit.key = "red_ink"
    assert {one.pair.ink for one in edit.measured()} == {"up"}
    edit.key = "green_ink"
    assert {one.pair.ink for one in edit.measured()} == {"up"}
    edit = an_edit("market", green_ink="#101010")
    assert edit.failing()["green_ink"] > 0
    assert "green_ink" not in an_edit("kr", green_ink="#101010").failing()


def test_lighter_keeps_the_hue_and_stops_at_white():
    edit = an_edit()
    edit.key = "blue_ink"
    before = edit.tokens.down.hslHue()
    edit.lighten(5)
    assert abs(edit.tokens.down.hslHue() - before) <= 1
    for _ in range(40):
        edit.lighten(5)
    assert edit.color == "#ffffff"
    edit.reset()
    assert edit.color == DARK["blue_ink"]
    edit.lighten(-200)
    assert edit.color == "#000000"


def test_another_base_keeps_what_was_changed():
    edit = an_edit(panel="#000000")
    edit.take_base("light")
    assert edit.theme.table == {**LIGHT, "panel": "#000000"}
