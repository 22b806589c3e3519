"""What the ladder and the quote panel both read from a book and a day's trades: levels, sums, scale, averages, VI."""

from collections.abc import Iterable
from fractions import Fraction

from hts.desk.ladder_rows import Totals
from hts.desk.ratios import divide
from hts.desk.vi_prices import vi_prices
from hts.model.instruments import Instrument
from hts.model.quotes import BookUpdate, TradeUpdate

BALANCED = 500  # permille of the ask side where neither side has anything


NO_LIMIT_FACTOR = 20  # of the base price: no market's limits are so wide


class IssueDay:
    """The newest trade with the day's figures, and where the static interruption is reckoned from.

    static_vi: how far from the last call's price a trade is interrupted; None where the venue has no such rule.
    """

    def __init__(self, instrument: Instrument, static_vi: Fraction | None = None) -> None:
        self.trade: TradeUpdate | None = None
        self._instrument = instrument
        self._static_vi = static_vi
        self._call_px = 0

    def on_trades(self, trades: Iterable[TradeUpdate]) -> None:
        """Trades, oldest first: an auction's begins a new reference."""
        for trade in trades:
            if not trade.side:
                self._call_px = trade.px
            self.trade = trade

    @property
    def vi_prices(self) -> tuple[int, int]:
        """Nearest prices, above and below, at which the static interruption comes; zeros where there is none."""
        opened = self.trade.open_px if self.trade is not None else 0
        return vi_prices(self._instrument, self._call_px or opened, self._static_vi)

    @property
    def vwap_px(self) -> int:
        """Volume-weighted average price of the day, 0 before the first trade."""
        trade = self.trade
        return divide(trade.cum_value, trade.cum_qty) if trade is not None and trade.cum_qty else 0

    @property
    def turnover(self) -> int:
        """거래대금: what was turned over today, in whole units of the currency."""
        issue, value = self._instrument, self.trade.cum_value if self.trade is not None else 0
        return int(value * issue.multiplier // 10**issue.px_decimals)


def levels_of(book: BookUpdate) -> tuple[dict[int, int], dict[int, int]]:
    """Ask and bid quantity by price, the best first."""
    asks, bids = (
        zip(book.levels[0::4], book.levels[2::4], strict=True),
        zip(book.levels[1::4], book.levels[3::4], strict=True),
    )
    return {px: qty for px, qty in asks if px}, {px: qty for px, qty in bids if px}


def totals_of(book: BookUpdate | None) -> Totals:
    """Sums of the published book."""
    ask, bid = (book.total_ask_qty, book.total_bid_qty) if book is not None else (0, 0)
    return Totals(ask_qty=ask, bid_qty=bid, ask_share=ask * 1000 // (ask + bid) if ask + bid else BALANCED)


def nice_ceiling(value: int) -> int:
    """Smallest of 1, 2, 3, 5, 7 times a power of ten that is not below `value`; 1 for nothing."""
    scale = 1
    while scale * 10 < value:
        scale *= 10
    return next(step * scale for step in (1, 2, 3, 5, 7, 10) if step * scale >= value)


def day_limits(issue: Instrument) -> tuple[int, int]:
    """The lowest and the highest price of the day; zeros where the market sets none and its table ends far away."""
    if issue.lower_px <= issue.ticks.steps[0] and issue.upper_px > NO_LIMIT_FACTOR * issue.base_px:
        return 0, 0
    return int(issue.lower_px), int(issue.upper_px)
