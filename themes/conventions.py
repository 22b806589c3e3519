"""Which colour is up and which is a buy: customs of markets and of the trader, not of a theme.

A theme has three families of the same six tones. A convention says which family is up and which is down. Two things
are coloured by it, and they need not follow the same one:

- **directions**: what a market did (prices, changes, candles). They may follow the market of their issue.
- **sides**: what somebody wants or did (buys and sells, bids and asks, who was the aggressor). They are the trader's
  own custom in every market, so that the colour under which one sends never changes with the issue.

`Custom` is both together; `roles` puts families into the roles of `themes.tokens.Tokens`.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

# Convention -> family of up, family of down.
CONVENTIONS: Final = {
    "kr": ("red", "blue"),
    "jp": ("red", "green"),
    "us": ("green", "red"),
}
FAMILIES: Final = ("red", "blue", "green")

# Tone of a family -> the roles it has for up and for down, and for buying and for selling.
_DIRECTIONS: Final = {
    "ink": ("up", "down"),
    "soft": ("up_soft", "down_soft"),
    "fill": ("up_fill", "down_fill"),
    "bar2": ("up_bar", "down_bar"),
    "tint": ("up_tint", "down_tint"),
}
_SIDES: Final = {
    "ink": ("buy", "sell"),
    "soft": ("bid_soft", "ask_soft"),
    "fill": ("buy_fill", "sell_fill"),
    "bar": ("bid_bar", "ask_bar"),
    "bar2": ("bid_bar2", "ask_bar2"),
    "tint": ("buy_tint", "sell_tint"),
}
FAMILY_KEYS: Final = tuple(f"{family}_{tone}" for family in FAMILIES for tone in _SIDES)
DIRECTIONS: Final = tuple(role for pair in _DIRECTIONS.values() for role in pair)
SIDES: Final = tuple(role for pair in _SIDES.values() for role in pair)
_SOURCES: Final = {
    role: (tone, at) for table in (_DIRECTIONS, _SIDES) for tone, pair in table.items() for at, role in enumerate(pair)
}

# Choice of the settings -> currency of an issue -> convention of its market.
MARKETS: Final[Mapping[str, Mapping[str, str]]] = {
    "market": {"KRW": "kr", "JPY": "kr", "USD": "us"},
    "market_green": {"KRW": "kr", "JPY": "jp", "USD": "us"},
}
CURRENCIES: Final = ("KRW", "JPY", "USD")


class Custom(Struct, frozen=True, kw_only=True):
    """`own` colours sides, and directions of what belongs to no market; `markets` says otherwise by currency."""

    own: str = "kr"
    markets: Mapping[str, str] = {}

    def convention(self, currency: str) -> str:
        """That of an issue's directions."""
        return self.markets.get(currency, self.own)

    @property
    def conventions(self) -> tuple[str, ...]:
        """All that are seen, the trader's own first."""
        return tuple(dict.fromkeys((self.own, *self.markets.values())))


def custom_of(choice: str, sides: str = "kr") -> Custom:
    """Of the choice of the settings: a convention for everything, or that of each market and one for the sides."""
    return Custom(own=sides, markets=MARKETS[choice]) if choice in MARKETS else Custom(own=choice)


def roles(table: Mapping[str, str], convention: str) -> dict[str, str]:
    """A theme's table with the families put into directions and sides. Raises KeyError for an unknown convention."""
    CONVENTIONS[convention]
    made = {key: value for key, value in table.items() if key not in FAMILY_KEYS}
    return made | {role: table[source_of(role, convention)] for role in _SOURCES}


def source_of(role: str, convention: str) -> str:
    """The table key that a role's colour comes from: itself, or a tone of a family."""
    if role not in _SOURCES:
        return role
    tone, at = _SOURCES[role]
    return f"{CONVENTIONS[convention][at]}_{tone}"
