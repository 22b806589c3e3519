"""What risk remembers about one account: the kill switch, the rate window, the recent orders."""

from hts.risk.limits import RiskLimits
from hts.risk.throttle import OrderKey, RateWindow, RecentOrders


class Guard:
    """Changed by facts only. The kill switch is latched: it stays on across restarts until it is released."""

    def __init__(self, limits: RiskLimits) -> None:
        self.limits = limits
        self.is_killed = False
        self.kill_reason = ""
        self.rate = RateWindow(limits.orders_per_second)
        self.recent = RecentOrders()

    def set_kill_switch(self, *, on: bool, reason: str) -> None:
        """Throw or release the kill switch."""
        self.is_killed = on
        self.kill_reason = reason if on else ""

    def note_order(self, key: OrderKey, mono_ns: int) -> None:
        """A new order went out."""
        self.rate.note(mono_ns)
        self.recent.note(key, mono_ns)

    def note_amend(self, mono_ns: int) -> None:
        """An amend went out; it counts as an order message."""
        self.rate.note(mono_ns)

    def start_run(self) -> None:
        """A new process has a new monotonic clock."""
        self.rate.clear()
        self.recent.clear()
