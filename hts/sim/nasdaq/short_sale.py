"""Rule 201 of Regulation SHO: after a fall of ten percent shorts may only be above the best bid."""

NO_RESTRICTION, TRIGGERED, REMAINS = 0, 1, 2
_MARK = "short_sale"


class ShortSaleTest:
    """The price test of one issue; its state is a whole number in `marks`."""

    def __init__(self, trigger_px: int, marks: dict[str, int], *, was_triggered: bool = False) -> None:
        self._trigger_px = trigger_px
        self._marks = marks
        if was_triggered:
            marks[_MARK] = REMAINS

    @property
    def action(self) -> int:
        """The code of the feed's message."""
        return self._marks.get(_MARK, NO_RESTRICTION)

    @property
    def is_on(self) -> bool:
        """Whether shorts are tested."""
        return self.action != NO_RESTRICTION

    def on_trade(self, px: int) -> bool:
        """A trade in market hours; True when it throws the switch."""
        if self.action == TRIGGERED or px > self._trigger_px:
            return False
        self._marks[_MARK] = TRIGGERED
        return True

    def refuses(self, px: int, best_bid: int, *, is_market: bool) -> bool:
        """Whether a short order is refused now: not above the best bid while the test is on."""
        return self.is_on and best_bid > 0 and (is_market or px <= best_bid)
