"""The parts of one day of the simulated venue, and how a day is found or begun in the log."""

from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from hts.model.enums import Market, Phase
from hts.model.instruments import Instrument
from hts.model.units import NO_ID, ClOrdID, Px
from hts.rules.dates import NS, krx_date, krx_local_ns
from hts.rules.market_rules import MarketRules
from hts.sim.agents import Agents
from hts.sim.checkpoint import Checkpoint, decode_checkpoint, encode_checkpoint
from hts.sim.commands import AGENTS, REPLAY, AnyCommand, Cancel, Command, IndexPrint, PublicPrint
from hts.sim.events import MEMBER_EVENTS, MemberEvent, SimEvent
from hts.sim.exchange import Exchange
from hts.sim.fast_feed import FastFeed
from hts.sim.fix_drop_copy import FixDropCopy
from hts.sim.fix_logins import FixServing
from hts.sim.history import HistoryBook
from hts.sim.index_live import IndexBoard, IndexRule
from hts.sim.korea import korean_profile
from hts.sim.log_records import DayStarted, LogRecord, RunStarted, Saved, Tick
from hts.sim.members import INTERNAL
from hts.sim.native.native_kind import Feed, NativeKind
from hts.sim.native.ouch_service import OuchService
from hts.sim.order_entry import MemberLogin, OrderEntry
from hts.sim.publisher import Publisher, PublisherConfig
from hts.sim.replay import ReplayListing
from hts.sim.scenario import USUAL, Scenario
from hts.sim.venue_acts import acts_of
from hts.sim.venue_fix import fix_services
from hts.sim.venue_service import Service
from hts.wire.fast.templates import TemplateSet
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
    `replay`: lists a recording on the day that it is given. `checkpoint_commands`: a restart never applies many more.
    `fix`: who may log on over FIX; None: the venue does not listen for it. `rules`: the Korean tables, with the layouts
    and members of UMS and MDCS; or a venue with protocols of its own. `scenario`: what is special about each day.
    `fast`: templates of its FIX/FAST feed; None: it has none. `indices`: computed from the venue's issues and told to
    it.
    """

    name: str = "KRX"
    rules: MarketRules | NativeKind
    ums: UmsLayout | None = None
    mdcs: MdcsLayout | None = None
    members: tuple[MemberLogin, ...] = ()
    after_date: int
    seed: int = 1
    start_s: int | None = None
    speed_milli: int = 1000
    intensity: float = 1.0
    replay: Callable[[int], ReplayListing] | None = None
    checkpoint_commands: int = 50_000
    fix: FixServing | None = None
    fast: TemplateSet | None = None
    scenario: Scenario = USUAL
    indices: tuple[IndexRule, ...] = ()

    @property
    def member_sessions(self) -> tuple[str, ...]:
        """Every session that may enter orders."""
        fix = self.fix.orders if self.fix is not None else ()
        return (*(member.comp_id for member in self.members), *(login.comp_id for login in fix))

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

    def day_at(self, epoch: int, trade_ns: int) -> DayStarted:
        """The first day of a venue that joins others at a venue time."""
        trading_date = self.rules.calendar.next_trading_day(krx_date(trade_ns - 24 * 3600 * NS))
        return replace(self._day(epoch, trading_date, ()), trade_ns=trade_ns)

    def begins_ns(self, trading_date: int) -> int:
        """Venue time at which a waiting day is worth waking for: its first session, or where a day starts."""
        first = self.rules.schedule(trading_date).steps[0]
        return min(first.start_ns - OPEN_AHEAD_S * NS, self.first_ns(trading_date))

    def day_after(self, day: DayStarted, closes: Iterable[tuple[str, int]]) -> DayStarted:
        """The day that rolls after `day`; its base prices are the closes."""
        trading_date = self.rules.calendar.next_trading_day(day.trading_date)
        next_day = self._day(day.epoch + 1, trading_date, tuple(closes))
        first = self.rules.schedule(trading_date).steps[0]
        if first.phase is not Phase.AFTER_MARKET:
            return next_day
        # A night session begins the day; the first day of all leaves it out, to begin with the day's own opening.
        return replace(next_day, trade_ns=first.start_ns - OPEN_AHEAD_S * NS)

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
    one of the day before, already rolled, with the connections that still stand; `services` those of the other
    ports, which roll when they are given.
    """

    def __init__(
        self,
        config: VenueConfig,
        day: DayStarted,
        run: int,
        order_entry: OrderEntry | OuchService | None = None,
        services: dict[str, Service] | None = None,
    ) -> None:
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
        self._last_flow_id = 0
        self._told: list[MemberEvent] = []
        profile = (
            config.rules.profile(day.trading_date)
            if isinstance(config.rules, NativeKind)
            else korean_profile(config.rules, day.trading_date)
        )
        self.exchange = Exchange(profile, instruments, day.trading_date, day.seed, replays=replays)
        self.order_entry = order_entry or _order_entry(config, day, instruments)
        if services is None and config.fix is not None:
            services = fix_services(config.name, config.fix, instruments, day.epoch, self.exchange)
        self.services: dict[str, Service] = services or {}
        self.agents = (
            Agents(day.seed, instruments, day.trading_date, config.intensity, config.scenario)
            if config.intensity > 0
            else None
        )
        origin = {i.symbol: int(i.base_px) for i in config.rules.instruments(day.trading_date)}
        self.indices = IndexBoard(config.indices, config.name, instruments, origin)
        self.acts = acts_of(config.scenario, day.trading_date, origin, config.member_sessions)
        dates = config.rules.calendar.trading_days_before(day.trading_date, HISTORY_DAYS)
        self.history = HistoryBook(instruments, dates, day.seed)
        session = day.epoch * FEED_SESSIONS_PER_DAY + run
        self.fast = FastFeed(config.fast, instruments, self.exchange, session) if config.fast is not None else None
        self.publisher: Publisher | Feed | None = None
        if isinstance(config.rules, NativeKind):
            self.publisher = config.rules.market_data(instruments, self.exchange, day.trading_date, day.epoch, run)
        elif config.mdcs is not None:
            feed = PublisherConfig(session=session)
            self.publisher = Publisher(config.mdcs, instruments, self.exchange, feed)

    @property
    def told(self) -> tuple[MemberEvent, ...]:
        """All that the members were told today, oldest first."""
        return tuple(self._told)

    @property
    def listeners(self) -> tuple[OrderEntry | OuchService | Service, ...]:
        """Whatever serves a port of the venue and hears its events."""
        return (self.order_entry, *self.services.values())

    def restore(self, record: LogRecord) -> None:
        """Apply a record out of the log: nothing is written, sent or published."""
        if isinstance(record, Saved):
            self._load(decode_checkpoint(record.data))
        elif isinstance(record, (DayStarted, RunStarted)):
            self.last_ns = max(self.last_ns, record.trade_ns)
        elif isinstance(record, Tick):
            self.last_ns = record.trade_ns
            self._learn(self.exchange.advance(record.trade_ns))
        else:
            self.last_ns = record.trade_ns
            command = record.command
            for service in self.listeners:
                service.restore(command)
            if self.agents is not None:
                self.agents.observe(command)
            self._learn(self.apply(command, record.trade_ns))

    def apply(self, command: AnyCommand, trade_ns: int) -> tuple[SimEvent, ...]:
        """Carry a command out at the exchange."""
        if command.session == REPLAY:
            self.replayed += 1
        elif command.session == AGENTS:
            self._last_flow_id = max(self._last_flow_id, command.cl_ord_id)
        elif isinstance(command, IndexPrint):
            self.indices.learn(command)
        return self.exchange.apply(command, trade_ns)

    def tell(
        self, events: tuple[SimEvent, ...], trade_ns: int, mono_ns: int, answered: Callable[[], None] | None = None
    ) -> None:
        """Members and background flow hear of what happened; the feed is published by the batch.

        `answered` is called when the members' own sessions have it, before anyone else.
        """
        self.order_entry.on_events(events, trade_ns, mono_ns)
        if answered is not None:
            answered()
        for service in self.services.values():
            service.on_events(events, trade_ns, mono_ns)
        if self.agents is not None:
            self.agents.on_events(events)
        self._told += [event for event in events if isinstance(event, MEMBER_EVENTS) and event.session not in INTERNAL]

    def save(self) -> Saved:
        """A checkpoint of the day as it stands."""
        numbers = self.order_entry.sequence_numbers()
        for service in self.services.values():
            numbers = numbers | service.sequence_numbers()
        checkpoint = Checkpoint(
            day=self.day,
            runs=self.run,
            trade_ns=self.last_ns,
            replayed=self.replayed,
            exchange=self.exchange.save(),
            told=tuple(self._told),
            in_seqs=tuple((session, next_in_seq) for session, (next_in_seq, _) in numbers.items()),
            last_flow_id=self._last_flow_id,
            bars=self.publisher.today.minutes() if self.publisher is not None else (),
        )
        return Saved(data=encode_checkpoint(checkpoint))

    def closes(self) -> list[tuple[str, int]]:
        """The day's last price of each issue that traded, its base price otherwise; replayed issues aside."""
        return [
            (instrument.symbol, self.exchange.close_px(instrument.symbol))
            for instrument in self.exchange.instruments
            if instrument.market is not Market.REPLAY
        ]

    def _learn(self, events: tuple[SimEvent, ...]) -> None:
        self.tell(events, self.last_ns, 0)
        if self.publisher is not None:
            self.publisher.restore(events)

    def _load(self, saved: Checkpoint) -> None:
        self.last_ns = saved.trade_ns
        self.replayed = saved.replayed
        self._last_flow_id = saved.last_flow_id
        self.exchange.load(saved.exchange)
        self._told = list(saved.told)
        for service in self.listeners:
            service.on_events(saved.told, saved.trade_ns, 0)
            for session, next_in_seq in saved.in_seqs:
                number = self._used_by(session) if isinstance(service, FixDropCopy) else NO_ID
                service.restore(Command(session=session, cl_ord_id=number, in_seq=next_in_seq - 1))
        if self.agents is not None:
            self.agents.on_events(self.exchange.standing())
            self.agents.observe(Cancel(session=AGENTS, cl_ord_id=ClOrdID(saved.last_flow_id), orig_cl_ord_id=NO_ID))
        if self.publisher is not None:
            self.publisher.today.resume(saved.bars)

    def _used_by(self, session: str) -> ClOrdID:
        """The greatest number of a session's requests: what it cancelled for others is told to them alone."""
        member = self.exchange.members.get(session)
        return max(member.used_ids, default=NO_ID) if member is not None else NO_ID


def restored_day(config: VenueConfig, records: list[LogRecord]) -> VenueDay:
    """The newest day as its log tells it."""
    first = records[0]
    if isinstance(first, Saved):
        saved = decode_checkpoint(first.data)
        day, runs = saved.day, saved.runs
    else:
        assert isinstance(first, DayStarted), first
        day, runs = first, 0
    runs += sum(isinstance(record, RunStarted) for record in records)
    restored = VenueDay(config, day, runs + 1)
    for record in records:
        restored.restore(record)
    return restored


def _order_entry(config: VenueConfig, day: DayStarted, instruments: tuple[Instrument, ...]) -> OrderEntry | OuchService:
    if isinstance(config.rules, NativeKind):
        return config.rules.order_entry(instruments, day.trading_date, day.epoch, day.trade_ns)
    assert config.ums is not None, config.name
    return OrderEntry(
        config.ums,
        config.members,
        epoch=day.epoch,
        trading_date=day.trading_date,
        speed_milli=config.speed_milli,
        venue_comp_id=config.name,
    )


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
