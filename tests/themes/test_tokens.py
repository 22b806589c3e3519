import gc

import pytest

from themes.contrasts import PAIRS, TEXT_MIN, measure
from themes.conventions import CONVENTIONS, CURRENCIES, DIRECTIONS, FAMILY_KEYS, SIDES, custom_of, source_of
from themes.palettes import DARK, LIGHT, THEMES
from themes.tokens import ROLES, Fork, Tokens, contrast

# What the eye of a colour-blind person makes of linear red, green and blue (Machado, Oliveira, Fernandes 2009, full
# strength): without red cones, without green cones.
WITHOUT = {
    "red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}
APART_MIN = 0.25  # in linear red, green, blue: black and white are 1.73 apart


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("name", THEMES)
def test_what_is_read_stands_out_from_its_ground(name, convention):
    low = [
        f"{each.pair.ink} on {each.pair.ground}: {each.ratio:.2f} < {each.pair.least}"
        for each in measure(Tokens.parse(THEMES[name], convention))
        if not each.holds
    ]
    assert low == []


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_high_contrast_reads_at_seven_to_one_on_its_panel(convention):
    measured = measure(Tokens.parse(THEMES["high_contrast"], convention))
    low = [each for each in measured if each.pair.ground == "panel" and each.pair.least == TEXT_MIN and each.ratio < 7]
    assert low == []


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_has_every_key_and_no_other(name):
    assert sorted(THEMES[name]) == sorted(set(ROLES) - {*DIRECTIONS, *SIDES} | set(FAMILY_KEYS))


def test_every_role_with_text_is_measured():
    measured = {role for pair in PAIRS for role in (pair.ink, pair.ground)}
    # Hairlines and context: seen, never read.
    only_lines = {"line", "line2", "edge", "profile", "heat1", "heat2", "heat3", "heat4", "up_bar", "down_bar"}
    assert set(ROLES) - only_lines - measured == set()


def test_contrast_of_black_and_white_is_twenty_one():
    tokens = Tokens.parse({**DARK, "text": "#ffffff", "panel": "#000000"})
    assert round(contrast(tokens.panel, tokens.text), 3) == 21


def test_a_convention_says_which_family_is_up():
    assert [
        (tokens.up.name(), tokens.down.name(), tokens.buy_fill.name(), tokens.ask_bar.name())
        for tokens in (Tokens.parse(DARK, convention) for convention in ("kr", "jp", "us"))
    ] == [
        (DARK["red_ink"], DARK["blue_ink"], DARK["red_fill"], DARK["blue_bar"]),
        (DARK["red_ink"], DARK["green_ink"], DARK["red_fill"], DARK["green_bar"]),
        (DARK["green_ink"], DARK["red_ink"], DARK["green_fill"], DARK["red_bar"]),
    ]
    assert [source_of("up", each) for each in CONVENTIONS] == ["red_ink", "red_ink", "green_ink"]
    assert source_of("panel", "us") == "panel"


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("name", ["safe_dark", "safe_light"])
@pytest.mark.parametrize("missing", WITHOUT)
def test_up_and_down_stay_apart_for_a_colour_blind_eye(name, convention, missing):
    tokens = Tokens.parse(THEMES[name], convention)
    up, down = (_seen(getattr(tokens, role), WITHOUT[missing]) for role in ("up", "down"))
    assert sum((a - b) ** 2 for a, b in zip(up, down, strict=True)) ** 0.5 > APART_MIN


def test_tokens_change_in_place():
    tokens = Tokens.parse(DARK)
    kept = tokens.panel
    tokens.become(Tokens.parse(LIGHT, "us"))
    assert kept.name() == LIGHT["panel"]
    assert tokens == Tokens.parse(LIGHT, "us")


BY_MARKET = custom_of("market")
RED, BLUE, GREEN = DARK["red_ink"], DARK["blue_ink"], DARK["green_ink"]


def directions(tokens):
    return tokens.up.name(), tokens.down.name()


def test_directions_follow_the_market_and_sides_the_trader():
    tokens = Tokens.parse(DARK, BY_MARKET)
    assert directions(tokens) == directions(tokens.of("KRW")) == directions(tokens.of("JPY")) == (RED, BLUE)
    assert directions(tokens.of("USD")) == (GREEN, RED)
    assert directions(tokens.of("")) == directions(tokens.of("CHF")) == (RED, BLUE)
    assert {(t.buy.name(), t.sell.name(), t.bid_bar.name()) for t in map(tokens.of, CURRENCIES)} == {
        (RED, BLUE, DARK["red_bar"])
    }
    assert directions(Tokens.parse(DARK, custom_of("market_green")).of("JPY")) == (RED, GREEN)
    american = Tokens.parse(DARK, custom_of("market", "us"))
    assert (american.buy.name(), american.of("KRW").buy.name(), directions(american.of("KRW"))) == (
        GREEN, GREEN, (RED, BLUE),
    )  # fmt: skip


@pytest.mark.parametrize("choice", CONVENTIONS)
def test_one_countrys_custom_colours_every_market_and_the_sides(choice):
    tokens = Tokens.parse(DARK, custom_of(choice, "jp"))
    assert {directions(tokens.of(currency)) for currency in CURRENCIES} == {directions(tokens)}
    assert (tokens.buy.name(), tokens.sell.name()) == directions(tokens)


def test_markets_and_forks_change_with_the_whole_in_place():
    tokens = Tokens.parse(DARK, BY_MARKET)
    fork = Fork(tokens)
    kept = tokens.of("USD").up, fork.tokens.up, fork.tokens.panel
    assert fork.follow("USD")
    assert not fork.follow("USD")
    assert [color.name() for color in kept] == [GREEN, GREEN, DARK["panel"]]
    tokens.become(Tokens.parse(LIGHT, BY_MARKET))
    assert [color.name() for color in kept] == [LIGHT["green_ink"], LIGHT["green_ink"], LIGHT["panel"]]
    tokens.become(Tokens.parse(LIGHT, "kr"))
    assert [color.name() for color in kept] == [LIGHT["red_ink"], LIGHT["red_ink"], LIGHT["panel"]]
    assert not fork.follow("KRW")  # under one custom no market differs: nothing has to be painted again
    tokens.become(Tokens.parse(LIGHT, BY_MARKET))
    assert directions(fork.tokens) == (LIGHT["red_ink"], LIGHT["blue_ink"])
    assert directions(tokens) == (LIGHT["red_ink"], LIGHT["blue_ink"])


def test_a_fork_goes_with_what_held_it():
    tokens = Tokens.parse(DARK)
    fork = Fork(tokens)
    assert len(tokens.forks) == 1
    del fork
    gc.collect()
    assert len(tokens.forks) == 0


def _seen(color, eye):
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    ]
    return [sum(weight * part for weight, part in zip(row, linear, strict=True)) for row in eye]
