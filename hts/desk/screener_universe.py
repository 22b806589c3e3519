"""Every issue of the day side by side: the figures that ranking, screener, map and alerts compare, as columns.

Theory of operation: once per frame `on_changes` takes what the market brought. Each trade is added to its issue's flow
(bought and sold volume by venue) and to the issue's newest trades; that is all that happens per trade. A row of the
table is written only when a column is asked for and only for issues that traded since, so that a panel that looks
twice a second costs the same in a busy market as in a quiet one.
"""

from collections import deque
from collections.abc import Hashable, Iterable, Mapping
from functools import cached_property

from msgspec import Struct

from hts.base.arrays import Floats, Ints, np
from hts.desk.market import MarketChanges, MarketState
from hts.desk.screener_days import Days, State
from hts.desk.screener_minutes import MINUTE_NS, Minutes
from hts.desk.venue_quotes import VenueSymbol
from hts.model.instruments import Instrument
from hts.model.queries import RequestBars
from hts.model.quotes import Bar, TradeUpdate
from hts.model.views import BarsView
from hts.rules.dates import DAY_BEGINS_S

RECENT_MAX = 24  # newest trades kept per venue and issue, for lists that open later
DAYS = 130  # days of history kept per issue
DAY_S, MINUTE_S = 86_400, 60
NS_PER_S = 1_000_000_000
DAY_NS = DAY_S * NS_PER_S
KST_NS = 9 * 3600 * NS_PER_S
ROWS_MIN = 64
FIGURES = ("px", "base_px", "open_px", "high_px", "low_px", "qty", "value", "buy_qty", "sell_qty")
PX, BASE, *_ = range(len(FIGURES))


class Flow(Struct):
    """Volume since the terminal attached, by who was the aggressor. Trades of auctions are on neither side."""

    buy_qty: int = 0
    sell_qty: int = 0

    @property
    def strength_bp(self) -> int:
        """체결강도: bought volume per sold volume in hundredths of a percent; 0 while nothing was sold."""
        return self.buy_qty * 10_000 // self.sell_qty if self.sell_qty else 0


class Universe:
    """symbols: all issues in the venue's order; a column's i-th value is that of the i-th symbol.

    recent: (venue, symbol) -> newest trades, oldest first. flows: (venue, symbol) -> Flow.
    version: changes whenever a figure may have.
    """

    def __init__(self) -> None:
        self.symbols: list[str] = []
        self.recent: dict[VenueSymbol, deque[TradeUpdate]] = {}
        self.flows: dict[VenueSymbol, Flow] = {}
        self.version = 0
        self.of_days: dict[Hashable, State] = {}  # what was reckoned from past days alone
        self.rates: Mapping[str, float] = {}  # won for one unit of a currency, to compare sums of several
        self.minutes = Minutes()
        self._taken: list[tuple[str, BarsView]] = []  # minutes that nobody else asked for
        self.wants_days = False  # somebody looks at past days: they are asked for, an issue at a time
        self._market: MarketState | None = None
        self._issues: dict[str, Instrument] = {}
        self._rows: dict[str, int] = {}
        self._last: dict[str, TradeUpdate] = {}
        self._dirty: set[str] = set()
        self._with_days: set[str] = set()

    # The columns are made with the first issues: a window shows itself before there are any.

    @cached_property
    def _table(self) -> Ints:
        return np.zeros((ROWS_MIN, len(FIGURES)), np.int64)

    @cached_property
    def _scale(self) -> Floats:
        return np.ones(ROWS_MIN)

    @cached_property
    def _rate(self) -> Floats:
        return np.ones(ROWS_MIN)

    @cached_property
    def _days(self) -> Days:
        return Days(*(np.full((ROWS_MIN, DAYS), np.nan) for _ in range(4)))

    def __len__(self) -> int:
        return len(self.symbols)

    def on_changes(self, market: MarketState, changes: MarketChanges) -> None:
        """Take one frame's changes."""
        self._market = market
        if changes.instruments:
            self._take_instruments(market)
        for trades in changes.trades.values():
            self._take_trades(trades)
            self._last[trades[-1].symbol] = trades[-1]
            self._dirty.add(trades[-1].symbol)
            if self.minutes.follows(trades[-1].symbol):
                self.minutes.on_trades(trades[-1].symbol, trades, self._scale_of(trades[-1].symbol))
        for trades in changes.trades_elsewhere.values():
            self._take_trades(trades)
        for symbol, view in self._taken:
            market.forget_bars(symbol, view)
        self._taken.clear()
        for symbol, timeframe_s in changes.bars:
            if timeframe_s == DAY_S and symbol in self._rows:
                self._take_days(symbol, market.bars[symbol, timeframe_s].bars, market.trade_ns)
            elif timeframe_s == MINUTE_S and self.minutes.awaits(symbol):
                self._take_minutes(symbol, market)
        self.version += bool(changes.trades or changes.instruments or changes.bars)

    def _take_instruments(self, market: MarketState) -> None:
        for symbol, issue in market.instruments.items():
            if symbol not in self._rows:
                self._rows[symbol] = len(self.symbols)
                self.symbols.append(symbol)
                self._grow()
            if self._issues.get(symbol) != issue:
                self._issues[symbol] = issue
                self._scale[self._rows[symbol]] = 10.0**issue.px_decimals
                self._rate[self._rows[symbol]] = self.rates.get(issue.currency, 1.0)
                self._dirty.add(symbol)
                trade = market.trades.get(symbol)
                if trade is not None:
                    self._last.setdefault(symbol, trade)

    def _grow(self) -> None:
        self.of_days.clear()
        if len(self.symbols) > len(self._table):
            more = len(self._table)
            self._table = np.vstack([self._table, np.zeros((more, len(FIGURES)), np.int64)])
            self._scale = np.concatenate([self._scale, np.ones(more)])
            self._rate = np.concatenate([self._rate, np.ones(more)])
            empty = np.full((more, DAYS), np.nan)
            days = self._days
            self._days = Days(*(np.vstack([old, empty]) for old in (days.close, days.high, days.low, days.qty)))

    def _take_trades(self, trades: tuple[TradeUpdate, ...]) -> None:
        key = (trades[0].venue, trades[0].symbol)
        flow = self.flows.get(key)
        if flow is None:
            flow = self.flows[key] = Flow()
            self.recent[key] = deque(maxlen=RECENT_MAX)
        for trade in trades:
            if trade.side == "1":
                flow.buy_qty += trade.qty
            elif trade.side == "2":
                flow.sell_qty += trade.qty
        self.recent[key].extend(trades)

    def _take_days(self, symbol: str, bars: Iterable[Bar], trade_ns: int) -> None:
        """Days before today; today is the row of the table."""
        shift_ns = KST_NS - DAY_BEGINS_S.get(self._issues[symbol].venue, 0) * NS_PER_S
        today = (trade_ns + shift_ns) // DAY_NS
        past = [bar for bar in bars if (bar.start_ns + shift_ns) // DAY_NS < today][-DAYS:]
        row, days = self._rows[symbol], self._days
        scale = self._scale[row]
        for target, values in (
            (days.close, [bar.close_px / scale for bar in past]),
            (days.high, [bar.high_px / scale for bar in past]),
            (days.low, [bar.low_px / scale for bar in past]),
            (days.qty, [bar.qty for bar in past]),
        ):
            target[row] = np.nan
            if past:
                target[row, -len(past) :] = values
        self._with_days.add(symbol)
        self.of_days.clear()

    def _take_minutes(self, symbol: str, market: MarketState) -> None:
        """Kept as columns; the bars themselves only where a chart or the journal had them before."""
        view, trade = market.bars[symbol, MINUTE_S], market.trades.get(symbol)
        cum_qty = trade.cum_qty if trade is not None else 0
        self.minutes.take(symbol, view.bars, self._scale_of(symbol), cum_qty)
        if self.minutes.is_alone(symbol):
            self._taken.append((symbol, view))

    def _scale_of(self, symbol: str) -> float:
        return float(self._scale[self._rows[symbol]]) if symbol in self._rows else 1.0

    def ask_minutes(self) -> RequestBars | None:
        """The next question for minutes, if any is wanted."""
        market = self._market
        found = self.minutes.next_question(lambda symbol: market is not None and (symbol, MINUTE_S) in market.bars)
        if found is None:
            return None
        symbol, count = found
        known = market.bars.get((symbol, MINUTE_S)) if market is not None else None
        if known is not None and known.bars and market is not None:
            # Charts share the history: an answer that begins behind what they have would leave a hole in it.
            since_ns = market.trade_ns - known.bars[-1].start_ns
            count = max(count, since_ns // MINUTE_NS + 2)
        return RequestBars(symbol=symbol, timeframe_s=MINUTE_S, count=count, venue=self._issues[symbol].venue)

    # What panels ask

    def issue(self, symbol: str) -> Instrument:
        """The issue of the day's list."""
        return self._issues[symbol]

    def row_of(self, symbol: str) -> int:
        """Number of the issue's value in each column; -1 for an unknown one."""
        return self._rows.get(symbol, -1)

    def has_days(self, symbol: str) -> bool:
        """Whether an issue's past days came."""
        return symbol in self._with_days

    def without_days(self) -> list[str]:
        """Issues whose past days are not known yet."""
        return [symbol for symbol in self.symbols if symbol not in self._with_days]

    def figures(self) -> Ints:
        """The table: one row per issue, columns as in FIGURES. Valid until the next frame."""
        for symbol in self._dirty:
            self._write(symbol)
        self._dirty.clear()
        return self._table[: len(self.symbols)]

    def figure(self, name: str) -> Ints:
        """One column of the table."""
        column: Ints = self.figures()[:, FIGURES.index(name)]
        return column

    @property
    def scale(self) -> Floats:
        """What a price is divided by to be in whole currency units."""
        return self._scale[: len(self.symbols)]

    @property
    def rate(self) -> Floats:
        """What a sum in the issue's own currency is multiplied by to be compared with those in others."""
        return self._rate[: len(self.symbols)]

    @property
    def days(self) -> Days:
        """Past days of all issues."""
        count, days = len(self.symbols), self._days
        return Days(days.close[:count], days.high[:count], days.low[:count], days.qty[:count])

    def issue_values(self, name: str) -> Floats:
        """A field of the instruments ("prev_volume", "listed_shares") as a column."""
        return np.array([getattr(self._issues[symbol], name) for symbol in self.symbols], np.float64)

    def flow(self, venues: Iterable[str], symbol: str) -> Flow:
        """The issue's flow at some venues together."""
        found = [self.flows[key] for key in ((venue, symbol) for venue in venues) if key in self.flows]
        return Flow(sum(one.buy_qty for one in found), sum(one.sell_qty for one in found))

    def recent_of(self, venues: Iterable[str], symbol: str) -> list[TradeUpdate]:
        """The newest prints of an issue at some venues, oldest first."""
        found = [trade for venue in venues for trade in self.recent.get((venue, symbol), ())]
        return sorted(found, key=lambda trade: trade.trade_ns)

    def _write(self, symbol: str) -> None:
        row = self._rows.get(symbol)
        if row is None:
            return
        issue, trade = self._issues[symbol], self._last.get(symbol)
        if trade is None:
            self._table[row] = (issue.base_px, issue.base_px, 0, 0, 0, 0, 0, 0, 0)
            return
        flow = self.flows.get((trade.venue, symbol), Flow())
        self._table[row] = (
            trade.px,
            issue.base_px,
            trade.open_px,
            trade.high_px,
            trade.low_px,
            trade.cum_qty,
            trade.cum_value,
            flow.buy_qty,
            flow.sell_qty,
        )
