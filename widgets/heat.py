"""The ground of a change: from a neutral grey towards the colour of its direction, and the ink that is read on it."""

from PySide6.QtGui import QColor

from themes.tokens import Tokens, contrast

FULL_BP = 350  # a change of 3.5 % has the full colour


def heat(tokens: Tokens, bp: int) -> QColor:
    """The ground of a change in hundredths of a percent."""
    share = min(abs(bp) / FULL_BP, 1.0) ** 0.75
    full = tokens.up_fill if bp > 0 else tokens.down_fill
    low = tokens.raised
    parts = ((low.red(), full.red()), (low.green(), full.green()), (low.blue(), full.blue()))
    return QColor(*(round(a + (b - a) * share) for a, b in parts))


def heat_ink(tokens: Tokens, bp: int) -> QColor:
    """The better readable of the two inks on that ground."""
    ground = heat(tokens, bp)
    return max(tokens.on_fill, tokens.text, key=lambda ink: contrast(ink, ground))
