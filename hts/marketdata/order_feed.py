"""One venue's feed by order as quotes: issues, order books, the day's figures and phases, whatever protocol told them.

Theory of operation. A reader of a protocol says what happened (an order came, traded, left; a phase began), and takes
the quotes that follow when a packet is read: issues first, then phases, each trade, and the newest book of every issue
that was touched. A book is the best ten prices of what is shown; market orders count in the totals and have no price.

The day's figures come from the trades heard here. Who listens from the middle of a day does not know its earlier
trades: a snapshot of orders tells none. They live through snapshots and through a venue's new start on the same day.

What does not fit the books raises RemoteProtocolError: then something was lost, and only a snapshot helps.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from hts.base.errors import RemoteProtocolError
from hts.marketdata.day_trades import DayTrades, MarketDay
from hts.marketdata.l3_book import L3Books
from hts.marketdata.minute_bars import MINUTE_NS, MinuteBars
from hts.model.enums import Phase
from hts.model.instruments import Instrument
from hts.model.quotes import BOOK_DEPTH, AnyQuote, BookUpdate, InstrumentDef, PhaseUpdate, TradeUpdate
from hts.model.units import Px
from hts.rules.dates import DAY_BEGINS_S
from hts.rules.sessions import DaySchedule

ALL_LEVELS: Final = 1 << 30
BUY_AGGRESSOR, SELL_AGGRESSOR = "1", "2"
_ROW: Final = 4  # numbers of a level: both prices, both quantities
_NONE: Final = (0,) * (_ROW * BOOK_DEPTH)

Issues = Callable[[int, Mapping[str, Px]], tuple[Instrument, ...]]
"""issues(trading_date, closes of the day before): the venue's list, which its feed does not tell in full."""


class Resting(NamedTuple):
    """What an execution needs to know of the order that it names."""

    symbol: str
    is_bid: bool
    px: int


class OrderFeed:
    """See the module's text. `schedule(trading_date)` gives the times of the phases that follow."""

    def __init__(self, venue: str, issues: Issues, schedule: Callable[[int], DaySchedule]) -> None:
        self.venue = venue
        self.trading_date = 0
        self.trade_ns = 0  # the newest time told
        self.bars = MinuteBars(DAY_BEGINS_S.get(venue, 0))
        self._issues = issues
        self._schedule_of = schedule
        self._schedule: DaySchedule | None = None
        self._instruments: dict[str, Instrument] = {}
        self._numbers: dict[str, int] = {}
        self._books = L3Books()
        self._resting: dict[int, Resting] = {}
        self._day = MarketDay()
        self._expected: dict[str, tuple[int, int]] = {}
        self._phase = Phase.CLOSED
        self._phases: dict[str, Phase] = {}
        self._listed: dict[str, None] = {}  # issues to be told, in order
        self._turned: dict[str, None] = {}  # issues whose phase is to be told; "" is the market
        self._touched: dict[str, None] = {}
        self._trades: list[TradeUpdate] = []

    # -- the day

    def open_day(self, trading_date: int) -> None:
        """A feed begins, for a day that may be running already: nothing of its orders and phases is known."""
        if trading_date != self.trading_date:
            instruments = self._issues(trading_date, self._closes())
            self._instruments = {instrument.symbol: instrument for instrument in instruments}
            self._numbers = {symbol: at for at, symbol in enumerate(self._instruments)}
            self._schedule = self._schedule_of(trading_date)
            self._day.begin()
            self.trading_date = trading_date
            self.bars.begin_day()
        self._phase = Phase.CLOSED
        self._turned[""] = None
        self._listed = dict.fromkeys(self._instruments)
        self.forget_orders()

    def _closes(self) -> dict[str, Px]:
        """What the next day's base prices come from: nothing at the start, when no day was heard."""
        days = {symbol: self._day.of(symbol) for symbol in self._instruments}
        return {
            symbol: Px(day.last) if (day := days[symbol]) is not None and day.last else instrument.base_px
            for symbol, instrument in self._instruments.items()
        }

    def forget_orders(self) -> None:
        """What stands in the books is told anew, and issues have no phase of their own until they are told one."""
        self._books.clear()
        self._resting = {}
        self._expected = {}
        self._phases = {}
        self._trades = []
        self._touched = dict.fromkeys(self._instruments)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The day's issues."""
        return tuple(self._instruments)

    def instrument(self, symbol: str) -> Instrument:
        """Raises RemoteProtocolError for an issue that is not on the day's list."""
        try:
            return self._instruments[symbol]
        except KeyError:
            raise RemoteProtocolError(f"{self.venue}: an issue of the day's list expected, found {symbol!r}") from None

    def is_listed(self, symbol: str) -> bool:
        """Whether the issue is on the day's list."""
        return symbol in self._instruments

    def change_terms(self, symbol: str, **terms: Any) -> None:
        """The feed's own directory knows better than the list."""
        before = self.instrument(symbol)
        after = replace(before, **terms)
        if after != before:
            self._instruments[symbol] = after
            self._listed[symbol] = None

    # -- orders

    def add(self, symbol: str, key: int, *, is_bid: bool, qty: int, px: int) -> None:
        """An order is shown. `px` 0: at the market."""
        number = self._numbers.get(symbol)
        if number is None:  # not on our list: followed, so that the rest adds up, and not told
            number = self._numbers[symbol] = len(self._numbers)
        self._books.add(number, key, is_bid, qty, px)
        self._resting[key] = Resting(symbol, is_bid, px)
        self._touched[symbol] = None

    def reduce(self, key: int, qty: int) -> None:
        """A shown order lost `qty` and keeps its place."""
        resting = self._find(key)
        self._books.reduce(key, qty)
        self._touched[resting.symbol] = None
        self._drop_if_gone(key)

    def delete(self, key: int) -> Resting:
        """A shown order is gone."""
        resting = self._find(key)
        self._books.delete(key)
        del self._resting[key]
        self._touched[resting.symbol] = None
        return resting

    def replace(self, key: int, new_key: int, qty: int, px: int) -> None:
        """A shown order has other terms and the last place in its queue."""
        resting = self._find(key)
        self._books.replace(key, new_key, qty, px)
        if new_key != key:
            del self._resting[key]
        self._resting[new_key] = resting._replace(px=px)
        self._touched[resting.symbol] = None

    def change_qty(self, key: int, qty: int) -> None:
        """A shown order has another, smaller quantity in its old place."""
        left = self._books.qty_of(key)
        if not 0 < qty <= left:
            raise RemoteProtocolError(f"order {key}: a quantity up to {left} expected, found {qty}")
        if qty < left:
            self.reduce(key, left - qty)

    def resting(self, key: int) -> Resting | None:
        """The order, where it is shown."""
        return self._resting.get(key)

    def execute(
        self, key: int, qty: int, trade_ns: int, px: int | None = None, *, prints: bool = True, match: int = 0
    ) -> None:
        """A shown order traded, at its own price unless told. An auction's executions do not print."""
        resting = self._find(key)
        self._books.reduce(key, qty)
        self._touched[resting.symbol] = None
        self._drop_if_gone(key)
        if prints:
            side = SELL_AGGRESSOR if resting.is_bid else BUY_AGGRESSOR
            self.print_trade(resting.symbol, resting.px if px is None else px, qty, side, trade_ns, match)

    def print_trade(  # noqa: PLR0917
        self, symbol: str, px: int, qty: int, side: str, trade_ns: int, match: int = 0
    ) -> None:
        """A trade is told. `side` is the aggressor's, empty in an auction; `match` names it where it may be broken."""
        if not qty or not px or not self.is_listed(symbol):
            return
        figures = self._day.trade(symbol, trade_ns, px, qty, match)
        self.bars.trade(symbol, trade_ns, px, qty)
        self.trade_ns = max(self.trade_ns, trade_ns)
        self._expected.pop(symbol, None)
        self._tell_trade(symbol, figures, px, qty, side)

    def break_trade(self, match: int, trade_ns: int) -> None:
        """A trade never was: the day's figures and its minute go on without it. One that was not heard is left."""
        self.trade_ns = max(self.trade_ns, trade_ns)
        broken = self._day.take_back(match)
        if broken is None:
            return
        symbol, gone = broken
        figures = self._day.of(symbol)
        assert figures is not None
        start_ns = gone.trade_ns - gone.trade_ns % MINUTE_NS
        left = figures.kept.between(start_ns, start_ns + MINUTE_NS)
        self.bars.take_back(symbol, start_ns, gone.px, gone.qty, [(one.px, one.qty) for one in left])
        self._tell_trade(symbol, figures, figures.last or self.instrument(symbol).base_px, 0, "")

    @property
    def missed_breaks(self) -> int:
        """Breaks of trades that are kept no longer: the day's figures still have them."""
        return self._day.missed

    def _tell_trade(self, symbol: str, figures: DayTrades, px: int, qty: int, side: str) -> None:
        self._trades.append(
            TradeUpdate(
                symbol, self.trade_ns, px, qty, side, figures.open, figures.high, figures.low, figures.cum_qty,
                figures.cum_value, self.phase_of(symbol), self.venue,
            )
        )  # fmt: skip

    def expect(self, symbol: str, px: int, qty: int) -> None:
        """Where a running call would uncross now; zeros when it would not."""
        if self.is_listed(symbol) and self._expected.get(symbol, (0, 0)) != (px, qty):
            self._expected[symbol] = (px, qty)
            self._touched[symbol] = None

    def _find(self, key: int) -> Resting:
        found = self._resting.get(key)
        if found is None:
            raise RemoteProtocolError(f"{self.venue}: an order of the book expected, found {key}")
        return found

    def _drop_if_gone(self, key: int) -> None:
        if key not in self._books:
            del self._resting[key]

    # -- phases

    def phase_of(self, symbol: str) -> Phase:
        """The issue's own phase where it was told, else the market's."""
        return self._phases.get(symbol, self._phase)

    @property
    def phase(self) -> Phase:
        """The market's."""
        return self._phase

    def scheduled_phase(self, trade_ns: int) -> Phase:
        """What the day's plan says of a time."""
        return self._schedule.phase_at(trade_ns) if self._schedule is not None else Phase.CLOSED

    def turn(self, symbol: str, phase: Phase, trade_ns: int) -> None:
        """A phase begins, of an issue or of the market (`symbol` empty), which overrides its issues."""
        self.trade_ns = max(self.trade_ns, trade_ns)
        if not symbol:
            self._phase = phase
            self._phases = {}
            self._touched.update(dict.fromkeys(self._instruments))
            self._turned = {"": None}
        elif self.is_listed(symbol) and self.phase_of(symbol) is not phase:
            self._phases[symbol] = phase
            self._turned[symbol] = None
            self._touched[symbol] = None

    def agree(self, symbol: str) -> None:
        """The issue has no phase of its own any more."""
        if self._phases.pop(symbol, None) is not None:
            self._turned[symbol] = None
            self._touched[symbol] = None

    def _settle_phases(self) -> None:
        """A market whose issues all turned to the same phase has turned: some feeds tell it issue by issue only."""
        if self._phases and len(self._phases) == len(self._instruments) and len(set(self._phases.values())) == 1:
            self.turn("", next(iter(self._phases.values())), self.trade_ns)

    # -- quotes

    def take(self) -> tuple[AnyQuote, ...]:
        """What has changed since the last call, in the order in which it can be used."""
        self._settle_phases()
        quotes: list[AnyQuote] = [InstrumentDef(instrument=self._instruments[symbol]) for symbol in self._listed]
        quotes += [self._phase_update(symbol) for symbol in self._turned]
        quotes += self._trades
        quotes += [self._book(symbol) for symbol in self._touched if symbol in self._instruments]
        self._listed = {}
        self._turned = {}
        self._touched = {}
        self._trades = []
        return tuple(quotes)

    def whole(self) -> tuple[AnyQuote, ...]:
        """Everything as it stands: what a snapshot gives."""
        self._listed = dict.fromkeys(self._instruments)
        self._touched = dict.fromkeys(self._instruments)
        self._turned = {"": None} | dict.fromkeys(self._phases)
        return self.take()

    def _phase_update(self, symbol: str) -> PhaseUpdate:
        return PhaseUpdate(symbol, self.trade_ns, self.phase_of(symbol), self._next_start_ns(), self.venue)

    def _next_start_ns(self) -> int:
        steps = self._schedule.steps if self._schedule is not None else ()
        return next((step.start_ns for step in steps if step.start_ns > self.trade_ns), 0)

    def _book(self, symbol: str) -> BookUpdate:
        number = self._numbers[symbol]
        asks, asked = _side(self._books.levels(number, is_bid=False, depth=ALL_LEVELS))
        bids, bid = _side(self._books.levels(number, is_bid=True, depth=ALL_LEVELS))
        levels = list(_NONE)
        for at, (px, qty) in enumerate(asks):
            levels[at * _ROW], levels[at * _ROW + 2] = px, qty
        for at, (px, qty) in enumerate(bids):
            levels[at * _ROW + 1], levels[at * _ROW + 3] = px, qty
        phase = self.phase_of(symbol)
        expected = (0, 0) if phase.is_continuous else self._expected.get(symbol, (0, 0))
        return BookUpdate(symbol, self.trade_ns, tuple(levels), asked, bid, *expected, phase, self.venue)


def _side(levels: Iterable[tuple[int, int, int]]) -> tuple[list[tuple[int, int]], int]:
    """The published levels of a side and all that stands there."""
    shown: list[tuple[int, int]] = []
    total = 0
    for px, qty, _ in levels:
        total += qty
        if px and len(shown) < BOOK_DEPTH:
            shown.append((px, qty))
    return shown, total
