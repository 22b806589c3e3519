"""What venues have to do with each other: Nextrade follows KRX, the PTS follow Tokyo, arbitrage ties their prices."""

from hts.sim.agents_arbitrage import EVERY_NS, legs
from hts.sim.commands import AnyCommand
from hts.sim.events import PhaseChanged, SimEvent
from hts.sim.exchange import Exchange
from hts.sim.korea import KrxLink
from hts.sim.korea.krx_rules import KrxRules
from hts.sim.pts.tokyo_link import TokyoLink
from hts.sim.venue import Venue

KRX, NXT = "KRX", "NXT"
TSE, PTS = "TSE", ("JNX", "ODX")
PAIRS = (("KRX", "NXT"), ("TSE", "JNX"), ("TSE", "ODX"))


class KoreanLink:
    """Tells Nextrade what happens at KRX, at the time at which it happens."""

    def __init__(self, krx: Venue, nxt: Venue) -> None:
        self._krx = krx
        self._nxt = nxt
        self._of: Exchange | None = None
        self._link: KrxLink | None = None
        krx.on_told = self._told

    def start(self, mono_ns: int) -> None:
        """How things stand, for who was not there when they came about."""
        exchange = self._krx.day.exchange
        standing = tuple(event for event in exchange.standing() if isinstance(event, PhaseChanged))
        self._told(standing, exchange.trade_ns, mono_ns)

    def _told(self, events: tuple[SimEvent, ...], trade_ns: int, mono_ns: int) -> None:
        if not any(isinstance(event, PhaseChanged) for event in events):
            return
        commands = self._krx_link().commands(events)
        if commands:
            self._nxt.enter(commands, trade_ns, mono_ns)

    def _krx_link(self) -> KrxLink:
        """The link of KRX's running day."""
        exchange = self._krx.day.exchange
        if self._link is None or self._of is not exchange:
            self._of = exchange
            self._link = KrxLink(exchange, has_own_vi=_has_own_vi(self._nxt.day.exchange))
        return self._link


class JapaneseLink:
    """Tells the PTS what happens at Tokyo."""

    def __init__(self, tokyo: Venue, others: list[Venue]) -> None:
        self._tokyo = tokyo
        self._others = others
        self._links: dict[str, tuple[Exchange, Exchange, TokyoLink]] = {}
        tokyo.on_told = self._told

    def _told(self, events: tuple[SimEvent, ...], trade_ns: int, mono_ns: int) -> None:
        if not any(isinstance(event, PhaseChanged) for event in events):
            return
        for other in self._others:
            commands = self._link(other).commands(events)
            if commands:
                other.enter(commands, trade_ns, mono_ns)

    def _link(self, other: Venue) -> TokyoLink:
        """The link of both venues' running days."""
        days = (self._tokyo.day.exchange, other.day.exchange)
        found = self._links.get(other.config.name)
        if found is None or found[:2] != days:
            found = self._links[other.config.name] = (*days, TokyoLink(*days))
        return found[2]


class Arbitrage:
    """Looks at two venues' books now and then, and trades where they cross each other."""

    def __init__(self, first: Venue, second: Venue) -> None:
        self._venues = (first, second)
        self._next_ns = 0

    def act(self, mono_ns: int) -> bool:
        """Whether it traded."""
        now_ns = self._venues[0].trade_ns(mono_ns)
        if now_ns < self._next_ns:
            return False
        self._next_ns = now_ns // EVERY_NS * EVERY_NS + EVERY_NS
        days = [venue.day for venue in self._venues]
        if days[0].agents is None or days[1].agents is None:
            return False
        orders: tuple[list[AnyCommand], list[AnyCommand]] = ([], [])
        for symbol, issue in days[0].exchange.issues.items():
            if symbol not in days[1].exchange.issues:
                continue
            books = [day.exchange.depth(symbol) for day in days]
            for leg in legs(books[0], books[1], issue.instrument.lot):
                at = 0 if leg.is_first else 1
                agents = days[at].agents
                if agents is not None:
                    orders[at].append(agents.order(symbol, leg.side, leg.px, leg.qty))
        for venue, commands in zip(self._venues, orders, strict=True):
            venue.enter(commands, now_ns, mono_ns)
        return any(orders)


def _has_own_vi(nxt: Exchange) -> bool:
    """Whether Nextrade has interruptions of its own on this day."""
    rules = next(iter(nxt.issues.values())).rules
    return isinstance(rules, KrxRules) and rules.day.vi is not None
