"""The parts of one day of the simulated venue, and how a day is found or begun in the log."""

from collections.abc import Callable, Iterable

from msgspec import Struct

from hts.model.enums import Phase
from hts.model.units import NO_ID, Px
from hts.rules.dates import NS, krx_local_ns
from hts.rules.market_rules import MarketRules
from hts.sim.agents import Agents
from hts.sim.commands import REPLAY, AnyCommand, PublicPrint
from hts.sim.events import SimEvent
from hts.sim.exchange import Exchange
from hts.sim.history import HistoryBook
from hts.sim.log_records import DayStarted, LogRecord, RunStarted, Tick
from hts.sim.order_entry import MemberLogin, OrderEntry
from hts.sim.publisher import Publisher, PublisherConfig
from hts.sim.replay import ReplayListing
from hts.wire.mdcs.layout import MdcsLayout
from hts.wire.ums.layout import UmsLayout

FEED_SESSIONS_PER_DAY = 10_000
OPEN_AHEAD_S = 30  # the paper market starts so long before its opening
HISTORY_DAYS = 490  # two years
NO_REPLAY: tuple[tuple[int, AnyCommand], ...] = ()


class VenueConfig(Struct, frozen=True, kw_only=True):
    """What the composition root decides.

    `after_date`: the first day is the next trading day. `start_s`: second of the day, KRX time, at which a day
    starts; None: shortly before its opening. `intensity` 0: no background flow; `mdcs` None: no feed (both in tests).
    `replay`: lists a recording on the day that it is given.
    """

    rules: MarketRules
    ums: UmsLayout
    mdcs: MdcsLayout | None
    members: tuple[MemberLogin, ...]
    after_date: int
    seed: int = 1
    start_s: int | None = None
    speed_milli: int = 1000
    intensity: float = 1.0
    replay: Callable[[int], ReplayListing] | None = None

    def first_ns(self, trading_date: int) -> int:
        """Venue time at which a day starts."""
        if self.start_s is not None:
            return krx_local_ns(trading_date, self.start_s)
        steps = self.rules.schedule(trading_date).steps
        return next(step.start_ns for step in steps if step.phase is Phase.CONTINUOUS) - OPEN_AHEAD_S * NS

    def new_day(self, epoch: int) -> DayStarted:
        """The first day that a fresh venue plays."""
        trading_date = self.rules.calendar.next_trading_day(self.after_date)
        return self._day(epoch, trading_date, ())

    def day_after(self, day: DayStarted, closes: Iterable[tuple[str, int]]) -> DayStarted:
        """The day that rolls after `day`; its base prices are the closes."""
        trading_date = self.rules.calendar.next_trading_day(day.trading_date)
        return self._day(day.epoch + 1, trading_date, tuple(closes))

    def _day(self, epoch: int, trading_date: int, closes: tuple[tuple[str, int], ...]) -> DayStarted:
        return DayStarted(
            epoch=epoch,
            trading_date=trading_date,
            seed=self.seed,
            trade_ns=self.first_ns(trading_date),
            closes=closes,
        )


class VenueDay:
    """Exchange, sessions, feed and flow of one day; none of them knows of the others.

    `run`: number of the process that plays it. `last_ns`: trade time of the newest record applied. `order_entry`: the
    one of the day before, already rolled, with the connections that still stand.
    """

    def __init__(self, config: VenueConfig, day: DayStarted, run: int, order_entry: OrderEntry | None = None) -> None:
        self.day = day
        self.run = run
        self.last_ns = day.trade_ns
        closes = {symbol: Px(px) for symbol, px in day.closes}
        instruments = config.rules.instruments(day.trading_date, closes)
        listing = config.replay(day.trading_date) if config.replay else None
        replays = {}
        self.replay = NO_REPLAY
        if listing is not None:
            instruments += (listing.instrument,)
            replays[listing.instrument.symbol] = (listing.start_ns, 0)
            self.replay = _flow_of(listing)
        self.replayed = 0
        self.exchange = Exchange(config.rules, instruments, day.trading_date, day.seed, replays=replays)
        self.order_entry = order_entry or OrderEntry(
            config.ums,
            config.members,
            epoch=day.epoch,
            trading_date=day.trading_date,
            speed_milli=config.speed_milli,
        )
        self.agents = (
            Agents(day.seed, instruments, day.trading_date, config.intensity) if config.intensity > 0 else None
        )
        dates = config.rules.calendar.trading_days_before(day.trading_date, HISTORY_DAYS)
        self.history = HistoryBook(instruments, dates, day.seed)
        self.publisher: Publisher | None = None
        if config.mdcs is not None:
            feed = PublisherConfig(session=day.epoch * FEED_SESSIONS_PER_DAY + run)
            self.publisher = Publisher(config.mdcs, instruments, self.exchange, feed)

    def restore(self, record: LogRecord) -> None:
        """Apply a record out of the log: nothing is written, sent or published."""
        if isinstance(record, (DayStarted, RunStarted)):
            self.last_ns = max(self.last_ns, record.trade_ns)
            return
        self.last_ns = record.trade_ns
        if isinstance(record, Tick):
            self._learn(self.exchange.advance(record.trade_ns))
            return
        command = record.command
        self.order_entry.restore(command)
        if command.session == REPLAY:
            self.replayed += 1
        elif self.agents is not None:
            self.agents.observe(command)
        self._learn(self.exchange.apply(command, record.trade_ns))

    def tell(self, events: tuple[SimEvent, ...], trade_ns: int, mono_ns: int) -> None:
        """Members and background flow hear of what happened; the feed is published by the batch."""
        self.order_entry.on_events(events, trade_ns, mono_ns)
        if self.agents is not None:
            self.agents.on_events(events)

    def closes(self) -> list[tuple[str, int]]:
        """The day's last price of each issue that traded, its base price otherwise; replayed issues aside."""
        return [
            (instrument.symbol, self.exchange.day(instrument.symbol).last_px or int(instrument.base_px))
            for instrument in self.exchange.instruments
            if instrument.currency == "KRW"
        ]

    def _learn(self, events: tuple[SimEvent, ...]) -> None:
        self.tell(events, self.last_ns, 0)
        if self.publisher is not None:
            self.publisher.restore(events)


def _flow_of(listing: ReplayListing) -> tuple[tuple[int, AnyCommand], ...]:
    """Commands and hidden prints of a recording in the order of their times."""
    symbol = listing.instrument.symbol
    flow: list[tuple[int, AnyCommand]] = [(timed.trade_ns, timed.command) for timed in listing.commands]
    flow += [
        (
            hidden.trade_ns,
            PublicPrint(session=REPLAY, cl_ord_id=NO_ID, symbol=symbol, side=hidden.side, px=hidden.px, qty=hidden.qty),
        )
        for hidden in listing.prints
    ]
    return tuple(sorted(flow, key=lambda timed: timed[0]))
