"""The colours of a table's tones: directions as in the market of a row's issue, sides as the trader wants them."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtGui import QColor

from hts.desk.tables import BOUGHT, SOLD
from themes.conventions import CURRENCIES
from themes.tokens import Tokens

Tones = Mapping[int | None, QColor]


class RowTones:
    """`own` are the tones of what belongs to no market."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.own = _tones(tokens)
        self._markets = {currency: _tones(tokens.of(currency)) for currency in CURRENCIES}

    def of(self, row: Any) -> Tones:
        """Of a row; one that tells of an issue has a `currency`."""
        return self._markets.get(getattr(row, "currency", ""), self.own)

    def flash(self, row: Any, direction: int) -> QColor:
        """The ground of a cell that changed just now, 1 up or -1 down."""
        tokens = self._tokens.of(getattr(row, "currency", ""))
        return tokens.up_tint if direction > 0 else tokens.down_tint


def _tones(tokens: Tokens) -> Tones:
    """See hts.desk.tables.Column."""
    return {
        None: tokens.text,
        0: tokens.text,
        1: tokens.up,
        -1: tokens.down,
        2: tokens.own,
        3: tokens.attention,
        BOUGHT: tokens.buy,
        SOLD: tokens.sell,
    }
