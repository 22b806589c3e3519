"""Which colour is up: a custom of a market, not of a theme.

A theme has three families of the same six tones. A convention says which family is up (and buy, and the bid side) and
which is down; `roles` puts them into the directional roles of `themes.tokens.Tokens`.
"""

from collections.abc import Mapping
from typing import Final

# Convention -> family of up, family of down.
CONVENTIONS: Final = {
    "kr": ("red", "blue"),
    "jp": ("red", "green"),
    "us": ("green", "red"),
}
FAMILIES: Final = ("red", "blue", "green")

# Tone of a family -> the role it has for up and for down.
_TONES: Final = {
    "ink": ("up", "down"),
    "soft": ("up_soft", "down_soft"),
    "fill": ("buy_fill", "sell_fill"),
    "bar": ("bid_bar", "ask_bar"),
    "bar2": ("bid_bar2", "ask_bar2"),
    "tint": ("up_tint", "down_tint"),
}
FAMILY_KEYS: Final = tuple(f"{family}_{tone}" for family in FAMILIES for tone in _TONES)
DIRECTIONS: Final = frozenset(role for pair in _TONES.values() for role in pair)


def roles(table: Mapping[str, str], convention: str) -> dict[str, str]:
    """A theme's table with the families put into directional roles. Raises KeyError for an unknown convention."""
    up, down = CONVENTIONS[convention]
    made = {key: value for key, value in table.items() if key not in FAMILY_KEYS}
    for tone, (up_role, down_role) in _TONES.items():
        made[up_role] = table[f"{up}_{tone}"]
        made[down_role] = table[f"{down}_{tone}"]
    return made


def source_of(role: str, convention: str) -> str:
    """The table key that a role's colour comes from: itself, or a tone of a family."""
    up, down = CONVENTIONS[convention]
    for tone, (up_role, down_role) in _TONES.items():
        if role in (up_role, down_role):
            return f"{up if role == up_role else down}_{tone}"
    return role
