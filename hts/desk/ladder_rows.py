"""What the ladder shows, as frozen values of ints: a row, a mark off screen, the totals, the holding."""

from msgspec import Struct

from hts.desk.ladder_auction import CallFill
from hts.desk.ladder_orders import OwnCell
from hts.desk.ladder_stops import StopCell


class LadderRow(Struct, frozen=True, kw_only=True):
    """What one row shows; zeros and empty values are not painted.

    tone: sign of the price against the base price. Shares are permilles of the bar's full length.
    last_qty: signed size of the last trade when it was at this price; positive when a buyer was the aggressor.
    Shares elsewhere are the part of a bar that other venues than the home have.
    tags: keys of the prices of the day that are here ("high", "low", "open", "base", "upper", "lower", "vi").
    expected_qty: what a call auction would trade at this price now.
    imbalance: what it would leave there, positive on the buy side.
    sell_fill, buy_fill: how much of the own orders it would fill; None where there is no call or no order.
    """

    px: int
    bp: int
    tone: int
    is_published: bool = False
    is_last: bool = False
    is_expected: bool = False
    is_fifth: bool = False
    is_best_ask: bool = False
    ask_qty: int = 0
    ask_share: int = 0
    ask_share_elsewhere: int = 0
    bid_qty: int = 0
    bid_share: int = 0
    bid_share_elsewhere: int = 0
    volume_share: int = 0
    last_qty: int = 0
    sell: OwnCell | None = None
    buy: OwnCell | None = None
    tags: tuple[str, ...] = ()
    average_px: int = 0
    vwap_px: int = 0
    sell_stop: StopCell | None = None
    buy_stop: StopCell | None = None
    expected_qty: int = 0
    imbalance: int = 0
    sell_fill: CallFill | None = None
    buy_fill: CallFill | None = None


class OffScreen(Struct, frozen=True, kw_only=True):
    """A price of interest above or below the visible rows; `qty` counts the shares of own orders."""

    key: str
    px: int
    bp: int
    tone: int
    qty: int = 0


class Totals(Struct, frozen=True, kw_only=True):
    """Sums of the published book; `ask_share` is the ask side's permille of both."""

    ask_qty: int
    bid_qty: int
    ask_share: int

    @property
    def difference(self) -> int:
        """Bid less ask."""
        return self.bid_qty - self.ask_qty


class Holding(Struct, frozen=True, kw_only=True):
    """The position row. `pnl` is unrealised, without costs, in the currency's smallest unit."""

    qty: int
    average_px: int
    pnl: int
    bp: int
    ticks: int
    money_decimals: int = 0
