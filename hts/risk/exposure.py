"""What one scope has at stake: positions from fills, and what its working orders may still add.

Two phases. An order that risk passed reserves its whole quantity at once (`OpenOrder`); each report of the venue then
says what is left, and the difference is released. So the sum of positions and open orders never runs behind what
could happen at the venue, and after the last report nothing stays reserved.
"""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct, field

from hts.model.enums import Side
from hts.model.scopes import Scope

InHouse = Callable[[str, int], int]
"""(unit, amount) -> amount of the house currency's smallest unit; units are those of hts.risk.reckoning."""


class Marks(Protocol):
    """What positions are reckoned with. Prices are 0 where unknown."""

    def mark_px(self, symbol: str) -> int:
        """The last price."""
        ...

    def base_px(self, symbol: str) -> int:
        """The price from which the day's result is counted."""
        ...

    def in_house(self, unit: str, amount: int) -> int:
        """An amount of a unit (hts.risk.reckoning) in the house currency's smallest."""
        ...

    def gain_in_house(self, unit: str, amount: int) -> int:
        """The same of a gain, which sets losses of other issues off."""
        ...


class OpenOrder(Struct, frozen=True, kw_only=True):
    """A working order as risk sees it. `leaves_qty` 0: it is over and nothing is reserved for it any more.

    `px` is the limit, 0 for an order without one. `unit`: what price times quantity counts in.
    """

    order_id: int
    scopes: tuple[Scope, ...]
    symbol: str
    unit: str
    side: Side
    px: int
    leaves_qty: int


class SymbolExposure(Struct, kw_only=True):
    """One issue. `flow` is the money that fills brought (+) or cost (-) today, costs included, in `unit`.

    `start_qty` is what was held when the day began; `fill_px` the price of the newest fill.
    """

    unit: str = ""
    qty: int = 0
    start_qty: int = 0
    flow: int = 0
    fill_px: int = 0
    open_qty: dict[Side, int] = field(default_factory=lambda: {Side.BUY: 0, Side.SELL: 0})
    resting: dict[Side, dict[int, int]] = field(default_factory=lambda: {Side.BUY: {}, Side.SELL: {}})

    def pnl_at(self, mark_px: int, base_px: int) -> int:
        """The day's result with the holding reckoned at `mark_px`, and at `base_px` when the day began."""
        return self.flow + self.qty * mark_px - self.start_qty * base_px

    def worst_qty(self, side: Side, qty: int) -> int:
        """The signed position if everything open on `side`, and `qty` more, fills and nothing of the other side."""
        return self.qty + side.sign * (self.open_qty[side] + qty)

    def reduces(self, side: Side, qty: int, held_qty: int) -> bool:
        """Whether `qty` more on `side` only makes a position of `held_qty` smaller."""
        return held_qty * side.sign < 0 and self.open_qty[side] + qty <= abs(held_qty)

    @property
    def state(self) -> tuple[object, ...]:
        """For the state hash."""
        sides = (Side.BUY, Side.SELL)
        opened = tuple((self.open_qty[side], tuple(sorted(self.resting[side].items()))) for side in sides)
        return (self.unit, self.qty, self.start_qty, self.flow, self.fill_px, opened)


_NOTHING = SymbolExposure()


class Exposure:
    """All issues of one scope."""

    def __init__(self) -> None:
        self.working = 0
        self._issues: dict[str, SymbolExposure] = {}

    def of(self, symbol: str) -> SymbolExposure:
        """The issue's own, to look at; an empty one, shared by all, where there was nothing yet."""
        return self._issues.get(symbol, _NOTHING)

    def _kept(self, symbol: str, unit: str) -> SymbolExposure:
        issue = self._issues.get(symbol)
        if issue is None:
            issue = self._issues[symbol] = SymbolExposure(unit=unit)
        return issue

    def move(self, before: OpenOrder | None, after: OpenOrder) -> None:
        """Reserve, or release, the difference of one order."""
        issue = self._issues.get(after.symbol) or self._kept(after.symbol, after.unit)
        side, left = after.side, after.leaves_qty
        was = before.leaves_qty if before else 0
        issue.open_qty[side] = open_qty = issue.open_qty[side] + left - was
        assert open_qty >= 0, after
        self.working += (left > 0) - (was > 0)
        if left and after.px:
            issue.resting[side][after.order_id] = after.px
        else:
            issue.resting[side].pop(after.order_id, None)

    def book_fill(self, symbol: str, unit: str, *, side: Side, px: int, qty: int, costs: int) -> None:
        """A fill, or with a negative quantity its undoing."""
        issue = self._kept(symbol, unit)
        issue.qty += side.sign * qty
        issue.flow -= side.sign * px * qty + costs
        issue.fill_px = px

    def adjust(self, symbol: str, unit: str, change_qty: int) -> None:
        """Shares came or went without a trade (a corporate action): no result of the day."""
        issue = self._kept(symbol, unit)
        issue.qty += change_qty
        issue.start_qty += change_qty

    @property
    def is_flat(self) -> bool:
        """No position and nothing open."""
        return not any(issue.qty or any(issue.open_qty.values()) for issue in self._issues.values())

    def start_day(self) -> None:
        """Yesterday's result is not today's."""
        for symbol, issue in list(self._issues.items()):
            if issue.qty or any(issue.open_qty.values()):
                issue.start_qty, issue.flow = issue.qty, 0
            else:
                del self._issues[symbol]

    def fill_pnl(self, in_house: InHouse) -> int:
        """The day's result with every holding at the price of its newest fill: known from the journal alone.

        What was held before is reckoned at that price from the start, so only changes of the figure mean something.
        """
        return sum(in_house(issue.unit, issue.pnl_at(issue.fill_px, issue.fill_px)) for issue in self._issues.values())

    def pnl(self, marks: Marks) -> int:
        """The day's result at the last prices, in the house currency."""
        total = 0
        for symbol, issue in self._issues.items():
            result = issue.pnl_at(marks.mark_px(symbol), marks.base_px(symbol))
            total += marks.gain_in_house(issue.unit, result) if result > 0 else marks.in_house(issue.unit, result)
        return total

    def gross_and_net(self, marks: Marks, order: OpenOrder) -> tuple[int, int]:
        """Values at the last prices if all that is open, and this order, filled on each issue's worse side."""
        gross = net = 0
        for symbol in {*self._issues, order.symbol}:
            issue = self.of(symbol)
            extra = order.leaves_qty if symbol == order.symbol else 0
            bought = issue.worst_qty(Side.BUY, extra if order.side is Side.BUY else 0)
            sold = issue.worst_qty(Side.SELL, extra if order.side is Side.SELL else 0)
            per_share = marks.in_house(issue.unit or order.unit, marks.mark_px(symbol))
            gross += per_share * max(abs(bought), abs(sold))
            net += per_share * (bought if order.side is Side.BUY else sold)
        return gross, net

    def at_stake(self, marks: Marks) -> tuple[int, int, int]:
        """(largest position of one issue, gross value, net value) if all that is open filled on its worse side."""
        most = gross = bought_net = sold_net = 0
        for symbol, issue in self._issues.items():
            bought, sold = issue.worst_qty(Side.BUY, 0), issue.worst_qty(Side.SELL, 0)
            per_share = marks.in_house(issue.unit, marks.mark_px(symbol))
            worst = max(abs(bought), abs(sold))
            most = max(most, worst)
            gross += per_share * worst
            bought_net += per_share * bought
            sold_net += per_share * sold
        return most, gross, max(abs(bought_net), abs(sold_net))

    @property
    def state(self) -> tuple[object, ...]:
        """For the state hash."""
        return (self.working, tuple((symbol, issue.state) for symbol, issue in sorted(self._issues.items())))
