"""Rule 201 of Regulation SHO: after a fall of ten percent shorts may only be above the best bid."""

NO_RESTRICTION, TRIGGERED, REMAINS = "0", "1", "2"


class ShortSaleTest:
    """The price test of one issue; `action` is the code of the feed's message."""

    def __init__(self, trigger_px: int, *, was_triggered: bool = False) -> None:
        self._trigger_px = trigger_px
        self.action = REMAINS if was_triggered else NO_RESTRICTION

    @property
    def is_on(self) -> bool:
        """Whether shorts are tested."""
        return self.action != NO_RESTRICTION

    def on_trade(self, px: int) -> bool:
        """A trade in regular hours; True when it throws the switch."""
        if self.action == TRIGGERED or px > self._trigger_px:
            return False
        self.action = TRIGGERED
        return True

    def refuses(self, px: int, best_bid: int, *, is_market: bool) -> bool:
        """Whether a short order is refused now: not above the best bid while the test is on."""
        return self.is_on and best_bid > 0 and (is_market or px <= best_bid)
