"""From the market to a chart's series: what to ask the core for, history, trades, style, comparisons, replay.

`source` holds the bars as they traded, `shown` what the chart paints: the source itself, bars made of it, or the past
that is played again.
"""

from collections.abc import Callable, Sequence

from hts.desk.chart import Series
from hts.desk.chart_compare import Compared
from hts.desk.chart_frames import CLOSE, DAY_S, NS_PER_S, OPEN
from hts.desk.chart_hours import MINUTE_S, is_regular, regular_history
from hts.desk.chart_marks import Marks
from hts.desk.chart_settings import ChartSettings
from hts.desk.chart_styles import HeikinAshi, Renko, Style
from hts.desk.combined import with_day
from hts.desk.market import MarketChanges, MarketState
from hts.desk.regular_hours import Hours, always_whole
from hts.desk.replay import Replay
from hts.desk.venue_bars import BarsKey
from hts.desk.venue_tabs import COMBINED, HOME, history_of, new_trades, trades_of, venues_shown
from hts.model.instruments import Instrument
from hts.model.queries import RequestBars
from hts.model.quotes import Bar, TradeUpdate
from hts.rules.dates import DAY_BEGINS_S

DAYS_COUNT = 520  # two years; how many minutes is a setting


class ChartFeed:
    """One chart's bars."""

    def __init__(
        self,
        market: MarketState,
        settings: ChartSettings,
        minutes: Callable[[], int],
        hours: Hours = always_whole,
    ) -> None:
        """`minutes` tells how many minute bars are asked for, `hours` when a venue's regular session was."""
        self._market = market
        self._minutes = minutes
        self._hours = hours
        self._settings = settings
        self.instrument: Instrument | None = None
        self.venue = HOME  # whose bars are shown: a tab of hts.desk.venue_tabs
        self.source = Series(settings.timeframe_s)
        self.shown: Series = self.source
        self.compared: tuple[Compared, ...] = ()
        self.replay: Replay | None = None
        self._asked: set[BarsKey] = set()
        self._has: set[BarsKey] = set()

    @property
    def has_history(self) -> bool:
        """Whether the history came; trades before it are within it."""
        return not self.source.source_s or self._keys <= self._has

    @property
    def _keys(self) -> set[BarsKey]:
        """Every history that the bars are made of."""
        issue = self.instrument
        if issue is None:
            return set()
        venues = venues_shown(self._market, issue, self.venue)
        return {(venue, issue.symbol, source_s) for venue in venues for source_s in self._sources}

    @property
    def _sources(self) -> tuple[int, ...]:
        """Time frames of the histories that the bars are made of: days of the regular session need minutes too."""
        source_s = self.source.source_s
        return (DAY_S, MINUTE_S) if source_s == DAY_S and self._settings.is_regular else (source_s,)

    def _history(self, issue: Instrument, venue: str) -> Sequence[Bar] | None:
        """What is known of the past of a tab's venues."""
        source_s, begin_s = self.source.source_s, self.source.begin_s
        if self._settings.is_regular:
            return regular_history(self._market, issue, venue, source_s, hours=self._hours, begin_s=begin_s)
        return history_of(self._market, issue, venue, source_s)

    def _series(self) -> Series:
        """An empty one of the settings."""
        assert self.instrument is not None
        settings, begin_s = self._settings, DAY_BEGINS_S.get(self.instrument.venue, 0)
        return Series(settings.timeframe_s, begin_s, is_regular=settings.is_regular)

    def choose(self, instrument: Instrument, settings: ChartSettings, venue: str = HOME) -> None:
        """Another issue, venue, time frame, style or comparison; what stays the same is kept."""
        before, self._settings = self._settings, settings
        known = self.instrument
        is_other = known is None or known.symbol != instrument.symbol or venue != self.venue
        self.instrument, self.venue = instrument, venue
        shown = (before.timeframe_s, before.is_regular)
        if is_other or shown != (settings.timeframe_s, settings.is_regular):
            self.replay = None
            self.source = self._series()
            self._has -= self._keys
            self._asked.clear()
            self._show_known()
            self.compared = ()
            self._dress()
        elif before.style is not settings.style:
            self._dress()
        self._choose_compared(settings)

    def _show_known(self) -> None:
        """Shown at once; the answer replaces it with what came since."""
        assert self.instrument is not None
        known = self._history(self.instrument, self.venue)
        if known is not None:
            self.source.replace(known)

    def _choose_compared(self, settings: ChartSettings) -> None:
        own, listed = self.instrument, self._market.instruments
        wanted = [
            one for one in settings.compare if own is not None and one.symbol in listed and one.symbol != own.symbol
        ]
        if not self.source.source_s or [one.symbol for one in wanted] == [one.symbol for one in self.compared]:
            return
        there = {one.symbol: one for one in self.compared}
        for symbol in there.keys() - {one.symbol for one in wanted}:
            keys = self._keys_of(there[symbol])  # its trades are not followed any more: it begins anew
            self._asked -= keys
            self._has -= keys
        self.compared = tuple(
            there.get(one.symbol) or Compared(one.symbol, self._series(), one.color) for one in wanted
        )
        for one in self.compared:
            if one.symbol not in there:
                self._show_compared(one)

    def _keys_of(self, other: Compared) -> set[BarsKey]:
        """The histories of an issue that is compared."""
        venue = self._market.instruments[other.symbol].venue
        return {(venue, other.symbol, source_s) for source_s in self._sources}

    def _show_compared(self, other: Compared) -> None:
        """What is known of its past."""
        known = self._history(self._market.instruments[other.symbol], HOME)
        if known is not None:
            other.series.replace(known)

    def _dress(self) -> None:
        """The series in its style."""
        base, style = self.replay.series if self.replay else self.source, self._settings.style
        if style is Style.HEIKIN_ASHI:
            self.shown = HeikinAshi(base)
        elif style is Style.RENKO:
            px = int(base.columns[CLOSE, -1]) if len(base) else 0
            tick = self.instrument.ticks.step_at(max(px, 1)) if self.instrument is not None else 1
            self.shown = Renko(base, tick)
        else:
            self.shown = base
        self.follow()

    def follow(self) -> None:
        """Bring a made series up to date; once per frame."""
        if isinstance(self.shown, HeikinAshi | Renko):
            self.shown.follow()

    def questions(self) -> list[RequestBars]:
        """What has to be asked for now; each question is told once until `forget`."""
        if self.instrument is None or not self.source.source_s:
            return []
        wanted = [(self.instrument, venue) for venue in venues_shown(self._market, self.instrument, self.venue)]
        others = [self._market.instruments[one.symbol] for one in self.compared]
        wanted += [(other, other.venue) for other in others]
        found = []
        for issue, venue in wanted:
            for source_s in self._sources:
                key = (venue, issue.symbol, source_s)
                if key not in self._asked:
                    self._asked.add(key)
                    count = DAYS_COUNT if source_s == DAY_S else self._minutes()
                    found.append(RequestBars(symbol=issue.symbol, timeframe_s=source_s, count=count, venue=venue))
        return found

    def forget(self) -> None:
        """An answer or trades were lost with the link: ask for everything again."""
        self._asked.clear()

    @property
    def awaits(self) -> bool:
        """Whether an answer is outstanding."""
        return bool(self._asked - self._has)

    def on_changes(self, changes: MarketChanges) -> bool:
        """Take history and trades; whether all bars are others now."""
        is_new = self._take_history(changes)
        if not is_new and self.has_history and self.instrument is not None:
            for trade in self._trades(changes, self.instrument.symbol):
                self._count(self.source, trade)
        for other in self.compared:
            self._follow_compared(other, changes)
        return is_new and self.replay is None

    def _take_history(self, changes: MarketChanges) -> bool:
        """Whether an answer of one of the venues came: all bars are made anew."""
        issue = self.instrument
        if issue is None or not (changes.bars or changes.bars_elsewhere):
            return False
        came = {key for key in self._keys if key in changes.bars_elsewhere}
        came |= {(issue.venue, *key) for key in changes.bars} & self._keys
        known = self._history(issue, self.venue) if came else None
        if known is None:
            return False
        self.source.replace(known)
        # An answer that comes after the question was given up is shown, and asked for again.
        self._has |= came & self._asked
        return True

    def shows(self, venue: str, trade_ns: int) -> bool:
        """Whether something that happened then is within what the bars are made of."""
        return not self._settings.is_regular or is_regular(self._hours, venue, trade_ns, self.source.begin_s)

    def _count(self, series: Series, trade: TradeUpdate) -> None:
        """A trade into the bars."""
        if self.shows(trade.venue, trade.trade_ns):
            series.on_trade(trade)

    def _trades(self, changes: MarketChanges, symbol: str) -> list[TradeUpdate]:
        """New trades of the venue; of all venues together they carry the day's figures of all."""
        trades = new_trades(changes, symbol, self.venue)
        if self.venue != COMBINED or not trades:
            return trades
        newest = trades_of(self._market, symbol, self.venue)
        return [with_day(trade, newest) for trade in trades]

    def _follow_compared(self, other: Compared, changes: MarketChanges) -> None:
        keys, venue = self._keys_of(other), self._market.instruments[other.symbol].venue
        came = {(venue, *key) for key in changes.bars} & keys
        if came:
            self._show_compared(other)
            self._has |= came
        elif keys <= self._has:
            for trade in changes.trades.get(other.symbol, ()):
                self._count(other.series, trade)

    # Replay

    def begin_replay(self, at: int) -> bool:
        """Play the past from bar number `at` on; False when there is none."""
        if len(self.source) < 3:
            return False
        self.replay = Replay(self.source, at)
        self._dress()
        return True

    def end_replay(self) -> None:
        """Back to the present."""
        self.replay = None
        self._dress()

    def redress(self) -> None:
        """The replay jumped: made bars begin anew."""
        self._dress()

    def replay_marks(self) -> Marks:
        """Of the past only the last price is shown: own orders and fills are the present's."""
        if self.replay is None or not len(self.replay.series):
            return Marks()
        last = self.replay.series.columns[:, -1]
        direction = int(last[CLOSE] > last[OPEN]) - int(last[CLOSE] < last[OPEN])
        return Marks(last_px=int(last[CLOSE]), direction=direction)

    def countdown(self) -> str:
        """Minutes and seconds until the last bar ends by the newest venue time; empty where nobody waits for it."""
        timeframe_s = self.source.timeframe_s
        if self.replay is not None or not 0 < timeframe_s < DAY_S or not len(self.source):
            return ""
        left_ns = int(self.source.start_ns[-1]) + timeframe_s * NS_PER_S - self._market.trade_ns
        if not 0 <= left_ns <= timeframe_s * NS_PER_S:
            return ""
        seconds = left_ns // NS_PER_S
        return f"{seconds // 60:02d}:{seconds % 60:02d}"
