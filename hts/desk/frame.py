"""What one frame brings to the panels."""

from msgspec import Struct

from hts.desk.market import MarketChanges
from hts.desk.orders import OrderChanges


class Frame(Struct, frozen=True, kw_only=True):
    """Changes since the frame before. `now_ns` is the terminal's monotonic time, for flashes and ages."""

    now_ns: int
    market: MarketChanges
    orders: OrderChanges
    selection: bool = False
    armed: bool = False  # the armed state changed
    answers: bool = False  # the core answered a question, or another order is looked at

    def __bool__(self) -> bool:
        return bool(self.market) or bool(self.orders) or self.selection or self.armed or self.answers
