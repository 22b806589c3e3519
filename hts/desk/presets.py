"""Quick quantities: the trader's own for an issue, else the usual ones of the settings, in the lots of the issue.

Own ones are kept in one file of the home; a file that does not hold is set aside, and the usual ones are used.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from hts.desk.parsed import json_of
from hts.model.instruments import Instrument

FILE: Final = "quantities.json"
LOTS: Final = (1, 2, 5, 10, 20, 50)  # of an issue whose lot the usual quantities do not fit
ISSUES_MAX: Final = 5_000


def in_lots(usual: tuple[int, ...], lot: int) -> tuple[int, ...]:
    """The usual quantities where all of them are whole lots; else as many of 1, 2, 5, 10, 20 and 50 lots."""
    if all(qty % lot == 0 for qty in usual):
        return usual
    more = tuple(LOTS[-1] * (number + 2) for number in range(len(usual) - len(LOTS)))
    return tuple(lots * lot for lots in (*LOTS, *more)[: len(usual)])


class Presets:
    """`usual` are those of the settings. `save(text)` is False when the disk refuses: they last the session then."""

    def __init__(self, usual: tuple[int, ...], save: Callable[[str], bool] = lambda _text: True) -> None:
        self.usual = usual
        self._save = save
        self._own: dict[str, tuple[int, ...]] = {}

    def load(self, text: str, save: Callable[[str], bool], set_aside: Callable[[str], None]) -> None:
        """Take what a file holds, and write there from now on."""
        self._save = save
        if not text:
            return
        try:
            self._own = dict(_parsed(json_of(text)))
        except (ValueError, TypeError, KeyError, AttributeError) as fault:
            set_aside(str(fault))

    def of(self, issue: Instrument | None) -> tuple[int, ...]:
        """As many as `usual`: what an issue has of its own in whole lots of today, and the usual ones in its lots."""
        if issue is None:
            return self.usual
        usual = in_lots(self.usual, issue.lot)
        own = _padded(self._own.get(issue.symbol, ()), len(usual))
        return tuple(theirs if mine % issue.lot else mine or theirs for mine, theirs in zip(own, usual, strict=True))

    def has_own(self, symbol: str) -> bool:
        """Whether the issue has quantities of its own."""
        return symbol in self._own

    def fitted(self, issue: Instrument, qty: int) -> int:
        """The quantity to begin with when the trader turns to an issue.

        Its first own one; else what was chosen before, where that is whole lots of it; else the first of its list.
        """
        if self.has_own(issue.symbol) or qty % issue.lot:
            return self.of(issue)[0]
        return qty

    def keep(self, issue: Instrument, slot: int, qty: int) -> bool:
        """Make a quantity the issue's own in a place (0 is the first); False for one that is not whole lots."""
        if qty <= 0 or qty % issue.lot or not 0 <= slot < len(self.usual):
            return False
        own = list(_padded(self._own.get(issue.symbol, ()), len(self.usual)))
        own[slot] = qty
        self._own[issue.symbol] = tuple(own)
        while len(self._own) > ISSUES_MAX:
            del self._own[next(iter(self._own))]
        self._write()
        return True

    def forget(self, symbol: str) -> None:
        """The issue has the usual quantities again."""
        if self._own.pop(symbol, None) is not None:
            self._write()

    def _write(self) -> None:
        self._save(json.dumps({"version": 1, "issues": {symbol: list(own) for symbol, own in self._own.items()}}))


def _padded(own: tuple[int, ...], count: int) -> tuple[int, ...]:
    """0 where the issue has none of its own."""
    return (*own[:count], *[0] * (count - len(own)))


def _parsed(table: Any) -> Iterable[tuple[str, tuple[int, ...]]]:
    """Rows of a file. Raises ValueError, TypeError, KeyError or AttributeError for anything else."""
    for symbol, own in table["issues"].items():
        if not isinstance(symbol, str) or not all(type(qty) is int and 0 <= qty < 10**9 for qty in own):
            raise ValueError(f"expected quantities of an issue, found {symbol!r}: {own!r}")
        yield symbol, tuple(own)
