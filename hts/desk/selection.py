"""What the trader has chosen: issue and venue of each link group, the order quantity, the price in the order form.

A click in the watchlist sets the symbol here; every panel of the same group follows at the next frame.
"""

from collections.abc import Collection
from typing import Any

from hts.desk.presets import Presets
from hts.model.units import NO_ID, ClOrdID

GROUPS = (1, 2, 3, 4)
ACTIVE = 0  # in place of a group: the active one
CODE_MAX = 32  # characters of an issue's or a venue's code
QTY_PRESETS = (10, 30, 50, 100, 300, 500)


class Selection:
    """symbol per link group; `qty` is the quantity of the next order; `quick` the quantities that keys choose."""

    def __init__(self, symbol: str = "", qty: int = QTY_PRESETS[0], presets: tuple[int, ...] = QTY_PRESETS) -> None:
        self._symbols = dict.fromkeys(GROUPS, symbol)
        self._before = dict.fromkeys(GROUPS, "")
        self._venues = dict.fromkeys(GROUPS, "")
        self._missing: dict[int, str] = {}  # issues of before that are not listed: something else is shown meanwhile
        self._active = GROUPS[0]
        self.qty = qty
        self.quick = Presets(presets)
        self.px = 0  # limit price in the order form; 0 follows the market
        self.picked = NO_ID  # the working order that keys act on; none: the newest of the issue
        self._changed = True

    @property
    def active(self) -> int:
        """The link group that keys and the order form act on: the one of the panel with the keyboard."""
        return self._active

    def activate(self, group: int) -> None:
        """Let keys and form act on another group; the form's price follows the market again."""
        if group != self._active:
            if self.symbol(group) != self.symbol():
                self.picked = NO_ID
            self._active = group
            self.px = 0
            self._changed = True

    def symbol(self, group: int = ACTIVE) -> str:
        """The group's issue; empty before the first choice."""
        return self._symbols[group or self._active]

    def choose(self, symbol: str, group: int = ACTIVE) -> None:
        """Make `symbol` the group's issue; the form's price follows the market again."""
        group = group or self._active
        self._missing.pop(group, None)
        if self._symbols[group] != symbol:
            self._before[group] = self._symbols[group]
            self._symbols[group] = symbol
            self.px = 0
            if group == self._active:
                self.picked = NO_ID
            self._changed = True

    def back(self) -> bool:
        """The active group's issue before this one, so that twice is there and back; False without one."""
        before = self._before[self._active]
        if before:
            self.choose(before)
        return bool(before)

    def venue(self, group: int = ACTIVE) -> str:
        """The venue that the group trades at, as its ladder's tab says: empty for the issue's home."""
        return self._venues[group or self._active]

    def choose_venue(self, venue: str, group: int = ACTIVE) -> None:
        """Trade the group's issue at a venue from now on; the form's price follows that market again."""
        group = group or self._active
        if self._venues[group] != venue:
            self._venues[group] = venue
            if group == self._active:
                self.px = 0
            self._changed = True

    def choose_everywhere(self, symbol: str) -> None:
        """Make `symbol` the issue of all groups: the first choice after the start."""
        for group in GROUPS:
            self.choose(symbol, group)

    def state(self) -> dict[str, list[str]]:
        """Issue and venue of each group, for storing."""
        return {str(group): [self._missing.get(group) or self._symbols[group], self._venues[group]] for group in GROUPS}

    def restore(self, stored: Any) -> None:
        """Take what was stored, as far as it holds; before the core has said which issues there are."""
        for group in GROUPS:
            row = stored.get(str(group)) if isinstance(stored, dict) else None
            if not isinstance(row, list) or len(row) != 2 or not all(map(_is_code, row)) or not row[0]:
                continue
            if row[0] != self._missing.get(group):  # a window that is made anew: it is known that nobody lists it
                self.choose(row[0], group)
            self.choose_venue(row[1], group)

    def settle(self, known: Collection[str]) -> None:
        """The core has said which issues there are: a group whose issue is none of them shows the first one.

        When its own is listed later, as by a venue that was down, the group turns to it unless somebody chose another.
        """
        first = next(iter(known), "")
        for group in GROUPS if first else ():
            missing = self._symbols[group]
            if missing not in known:
                self.choose(first, group)
                if missing:
                    self._missing[group] = missing

    def listed(self, symbol: str) -> None:
        """An issue came to be known."""
        for group in [group for group, missing in self._missing.items() if missing == symbol]:
            self.choose(symbol, group)

    def pick(self, order_id: ClOrdID) -> None:
        """Let keys act on this working order; NO_ID for the newest of the issue again."""
        if order_id != self.picked:
            self.picked = order_id
            self._changed = True

    def set_qty(self, qty: int) -> None:
        """Quantity of the next order, at least 1."""
        self.qty = max(qty, 1)
        self._changed = True

    def set_px(self, px: int) -> None:
        """Limit price of the form; 0 follows the market."""
        self.px = max(px, 0)
        self._changed = True

    def touch(self) -> None:
        """Something beside the choice changed that forms and ladders show."""
        self._changed = True

    def drain(self) -> bool:
        """Whether anything changed since the last call."""
        changed, self._changed = self._changed, False
        return changed


def _is_code(text: object) -> bool:
    return isinstance(text, str) and len(text) <= CODE_MAX and text.isprintable()
