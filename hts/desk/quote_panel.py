"""The quote panel's values: ten levels a side with what changed in them, totals, strength, ticks, the day.

A level's change (증감) is against the book before at the same price, and stands for CHANGE_NS: a figure that is gone
after one frame cannot be read. A price that was not published before has no change, since what stood there is unknown.
In a call the venue publishes three levels and an expected price; nothing else is made up.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from msgspec import Struct

from hts.desk.combined import as_update, combine
from hts.desk.issue_day import IssueDay, day_limits, levels_of, nice_ceiling, totals_of
from hts.desk.ratios import change_bp, sign
from hts.model.enums import Phase
from hts.model.instruments import Instrument
from hts.model.quotes import BOOK_DEPTH, BookUpdate, TradeUpdate

CHANGE_NS = 2_000_000_000


class QuoteRow(Struct, frozen=True, kw_only=True):
    """One level. `change` is signed, 0 for none; `share` the bar's permille; `own_qty` what we have there."""

    px: int
    qty: int
    bp: int
    tone: int
    change: int = 0
    share: int = 0
    own_qty: int = 0
    is_last: bool = False
    tag: str = ""


class TickRow(Struct, frozen=True, kw_only=True):
    """One trade of the list; `tone` of its price, `side` +1 bought, -1 sold, 0 in an auction."""

    trade_ns: int
    px: int
    qty: int
    tone: int
    side: int


class DayRow(Struct, frozen=True, kw_only=True):
    """One figure of the day: its text key, a price, a quantity or money, and a price's tone."""

    key: str
    value: int
    is_px: bool
    tone: int = 0
    is_money: bool = False


class QuoteHead(Struct, frozen=True, kw_only=True):
    """The issue's line. In a call with an expected price that is what `px` tells."""

    px: int
    change: int
    bp: int
    is_expected: bool
    expected_qty: int
    phase: Phase


class QuoteFoot(Struct, frozen=True, kw_only=True):
    """Totals of the published book, the ask side's permille of both, strength in hundredths of a percent, VWAP."""

    ask_qty: int
    bid_qty: int
    ask_share: int
    strength_bp: int
    vwap_px: int = 0


class QuoteView(Struct, frozen=True, kw_only=True):
    """All that is shown. Asks stand highest first, bids likewise; each has `depth` rows."""

    head: QuoteHead
    asks: tuple[QuoteRow | None, ...]
    bids: tuple[QuoteRow | None, ...]
    day: tuple[DayRow, ...]
    ticks: tuple[TickRow, ...]
    foot: QuoteFoot


class QuoteState:
    """One issue's quote at one venue, or at all together.

    static_vi: how far from the last call's price a trade is interrupted; None where the venue has no such rule.
    """

    def __init__(self, instrument: Instrument, static_vi: Fraction | None = None) -> None:
        self.instrument = instrument
        self.book: BookUpdate | None = None
        self.day = IssueDay(instrument, static_vi)
        self._sizes: dict[tuple[bool, int], int] = {}  # (is_ask, px) -> published quantity
        self._changes: dict[tuple[bool, int], tuple[int, int]] = {}  # -> (change, shown until)

    def on_books(self, books: Sequence[BookUpdate], now_ns: int) -> None:
        """The newest book of each venue shown, the home's first."""
        book = books[0] if len(books) == 1 else as_update(combine(books), books)
        asks, bids = levels_of(book)
        sizes = {(True, px): qty for px, qty in asks.items()} | {(False, px): qty for px, qty in bids.items()}
        before = self._sizes
        for key, qty in sizes.items():
            if key in before and qty != before[key]:
                self._changes[key] = (qty - before[key], now_ns + CHANGE_NS)
        self._changes = {key: one for key, one in self._changes.items() if one[1] > now_ns and key in sizes}
        self._sizes, self.book = sizes, book

    def on_trades(self, trades: Iterable[TradeUpdate]) -> None:
        """Trades, oldest first: the newest one has the day's figures, an auction's begins a new reference."""
        self.day.on_trades(trades)

    @property
    def next_expiry_ns(self) -> int:
        """When the next change disappears; 0 when none is shown."""
        return min((until for _, until in self._changes.values()), default=0)

    def view(self, ticks: Sequence[TradeUpdate], own: dict[tuple[bool, int], int], strength_bp: int) -> QuoteView:
        """What is shown now. `ticks` oldest first; `own` has own working quantity by (is_ask, price)."""
        asks, bids = self._levels(own)
        base = self.instrument.base_px
        return QuoteView(
            head=self._head(),
            asks=asks,
            bids=bids,
            day=self._day(),
            ticks=tuple(
                TickRow(
                    trade_ns=trade.trade_ns,
                    px=trade.px,
                    qty=trade.qty,
                    tone=sign(trade.px - base),
                    side=(trade.side == "1") - (trade.side == "2"),
                )
                for trade in reversed(ticks)
            ),
            foot=self._foot(strength_bp),
        )

    def _head(self) -> QuoteHead:
        book, trade, base = self.book, self.day.trade, self.instrument.base_px
        is_expected = book is not None and book.phase.is_call and book.expected_px > 0
        px = book.expected_px if book is not None and is_expected else (trade.px if trade is not None else base)
        return QuoteHead(
            px=px,
            change=px - base,
            bp=change_bp(px, base),
            is_expected=is_expected,
            expected_qty=book.expected_qty if book is not None and is_expected else 0,
            phase=book.phase if book is not None else Phase.CLOSED,
        )

    def _levels(
        self, own: dict[tuple[bool, int], int]
    ) -> tuple[tuple[QuoteRow | None, ...], tuple[QuoteRow | None, ...]]:
        book = self.book
        if book is None:
            return (None,) * BOOK_DEPTH, (None,) * BOOK_DEPTH
        scale = nice_ceiling(max(self._sizes.values(), default=0))
        tags = self._tags()
        last = self.day.trade.px if self.day.trade is not None else 0

        def row(is_ask: bool, px: int, qty: int) -> QuoteRow | None:
            if not px:
                return None
            base = self.instrument.base_px
            return QuoteRow(
                px=px,
                qty=qty,
                bp=change_bp(px, base),
                tone=sign(px - base),
                change=self._changes.get((is_ask, px), (0, 0))[0],
                share=qty * 1000 // scale,
                own_qty=own.get((is_ask, px), 0),
                is_last=px == last,
                tag=tags.get(px, ""),
            )

        levels = book.levels[: 4 * BOOK_DEPTH]
        asks = [row(True, px, qty) for px, qty in zip(levels[0::4], levels[2::4], strict=True)]
        bids = [row(False, px, qty) for px, qty in zip(levels[1::4], levels[3::4], strict=True)]
        rest: list[QuoteRow | None] = [None] * (BOOK_DEPTH - len(asks))
        return (*rest, *reversed(asks)), (*bids, *rest)

    def _tags(self) -> dict[int, str]:
        issue, trade = self.instrument, self.day.trade
        lower_px, upper_px = day_limits(issue)
        tags: dict[int, str] = {issue.base_px: "base"}
        if upper_px:
            tags |= {upper_px: "upper", lower_px: "lower"}
        if trade is not None:
            tags |= {trade.open_px: "open", trade.low_px: "low", trade.high_px: "high"}
        return tags

    def _day(self) -> tuple[DayRow, ...]:
        issue, trade = self.instrument, self.day.trade
        base = issue.base_px
        above, below = self.day.vi_prices
        lower_px, upper_px = day_limits(issue)

        def price(key: str, px: int) -> DayRow:
            return DayRow(key=key, value=px, is_px=True, tone=sign(px - base) if px else 0)

        opened = (trade.open_px, trade.high_px, trade.low_px) if trade is not None else (0, 0, 0)
        return (
            price("open", opened[0]),
            price("high", opened[1]),
            price("low", opened[2]),
            price("base", base),
            price("upper", upper_px),
            price("lower", lower_px),
            price("vi_up", above),
            price("vi_down", below),
            DayRow(key="volume", value=trade.cum_qty if trade is not None else 0, is_px=False),
            DayRow(key="turnover", value=self.day.turnover, is_px=False, is_money=True),
        )

    def _foot(self, strength_bp: int) -> QuoteFoot:
        sums = totals_of(self.book)
        return QuoteFoot(
            ask_qty=sums.ask_qty,
            bid_qty=sums.bid_qty,
            ask_share=sums.ask_share,
            strength_bp=strength_bp,
            vwap_px=self.day.vwap_px,
        )
