from dataclasses import fields

import pytest

from themes.tokens import DARK, THEMES, Tokens, contrast

NORMAL = 4.5
LARGE = 3.0

PAIRS = [
    *[
        (role, ground, NORMAL)
        for role in ("text", "text2", "text3", "up", "down", "own", "attention", "healthy")
        for ground in ("panel", "header")
    ],
    *[(role, "raised", NORMAL) for role in ("text", "text2", "text3", "up", "down", "own", "attention", "healthy")],
    *[(role, "panel", NORMAL) for role in ("up_soft", "down_soft", "ma5", "ma20", "ma60", "vwap")],
    *[("on_fill", ground, NORMAL) for ground in ("buy_fill", "sell_fill", "paper", "danger")],
    ("on_own", "own", NORMAL),
    ("own", "own_dim", NORMAL),
    *[(role, bar, NORMAL) for role in ("text", "text2") for bar in ("ask_bar", "bid_bar")],
    *[("text", bar, NORMAL) for bar in ("ask_bar2", "bid_bar2")],
    *[("text", ground, NORMAL) for ground in ("field", "selected", "hover", "up_tint", "down_tint", "own_tint")],
    ("attention", "warn_tint", NORMAL),
    ("ctl", "panel", LARGE),
]


@pytest.mark.parametrize("name", THEMES)
def test_text_is_readable_on_every_ground_it_stands_on(name):
    tokens = Tokens.parse(THEMES[name])
    low = [
        f"{role} on {ground}: {ratio:.2f} < {least}"
        for role, ground, least in PAIRS
        if (ratio := contrast(getattr(tokens, role), getattr(tokens, ground))) < least - 0.05
    ]
    assert low == []


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_has_every_role_and_no_other(name):
    assert sorted(THEMES[name]) == sorted(field.name for field in fields(Tokens))


def test_contrast_of_black_and_white_is_twenty_one():
    tokens = Tokens.parse({**DARK, "text": "#ffffff", "panel": "#000000"})
    assert round(contrast(tokens.panel, tokens.text), 3) == 21
