"""Which colours stand on which, and how far apart they must be.

Text needs 4.5:1 on its ground (WCAG 2, level AA); large text, frames of controls, lines of a chart and squares need
3:1. Depth bars and tints are exempt: the figure that they illustrate stands beside them as text.
"""

from typing import Final

from msgspec import Struct

from themes.tokens import Tokens, contrast

TEXT_MIN: Final = 4.5
GRAPHIC_MIN: Final = 3.0
ROUNDING: Final = 0.05  # a figure is shown with one decimal


class Pair(Struct, frozen=True):
    """`ink` on `ground` needs at least `least`."""

    ink: str
    ground: str
    least: float


class Measured(Struct, frozen=True):
    """A pair with its contrast."""

    pair: Pair
    ratio: float

    @property
    def holds(self) -> bool:
        return self.ratio >= self.pair.least - ROUNDING


_GROUPS: Final = ("group1", "group2", "group3", "group4")
_INKS: Final = ("text", "text2", "text3", "up", "down", "buy", "sell", "own", "attention", "healthy")

PAIRS: Final = (
    *(Pair(ink, ground, TEXT_MIN) for ink in _INKS for ground in ("panel", "header", "raised")),
    *(Pair(ink, "panel", TEXT_MIN) for ink in ("ma5", "ma20", "ma60", "vwap")),
    *(
        Pair("on_fill", ground, TEXT_MIN)
        for ground in ("up_fill", "down_fill", "buy_fill", "sell_fill", "paper", "danger")
    ),
    *(Pair(ink, "panel", TEXT_MIN) for ink in ("up_soft", "down_soft", "bid_soft", "ask_soft")),
    Pair("on_own", "own", TEXT_MIN),
    Pair("own", "own_dim", TEXT_MIN),
    *(Pair(ink, bar, TEXT_MIN) for ink in ("text", "text2") for bar in ("ask_bar", "bid_bar")),
    *(Pair("text", bar, TEXT_MIN) for bar in ("ask_bar2", "bid_bar2")),
    *(Pair("text", tint, TEXT_MIN) for tint in ("field", "selected", "hover", "up_tint", "down_tint", "own_tint")),
    *(Pair("text", tint, TEXT_MIN) for tint in ("buy_tint", "sell_tint")),
    *(Pair(ink, "field", TEXT_MIN) for ink in ("text2", "text3")),
    *(Pair(ink, "selected", TEXT_MIN) for ink in ("text2", "up", "down", "buy", "sell", "own")),
    Pair("up", "up_tint", TEXT_MIN),
    Pair("down", "down_tint", TEXT_MIN),
    Pair("buy", "buy_tint", TEXT_MIN),
    Pair("sell", "sell_tint", TEXT_MIN),
    Pair("own", "own_tint", TEXT_MIN),
    Pair("attention", "warn_tint", TEXT_MIN),
    *(Pair(ink, "panel", GRAPHIC_MIN) for ink in ("ctl", "danger", *_GROUPS)),
    *(Pair(ink, "header", GRAPHIC_MIN) for ink in _GROUPS),
    Pair("own", "gutter", GRAPHIC_MIN),
)


def measure(tokens: Tokens) -> tuple[Measured, ...]:
    """Every pair's contrast, in the order of PAIRS."""
    return tuple(Measured(pair, contrast(getattr(tokens, pair.ink), getattr(tokens, pair.ground))) for pair in PAIRS)
