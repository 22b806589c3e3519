"""A venue of one day with its native order entry, feed and snapshot service, driven in memory; and clients for it."""

import random

from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.units import ClOrdID, Px, Qty
from hts.rules.dates import NS, parse_time_s
from hts.sim.commands import AGENTS, Amend, Cancel, Enter
from hts.sim.exchange import Exchange
from hts.sim.matching import BUY, SELL
from hts.sim.native.native_kind import FEED_TABLES, ORDER_TABLES, NativeKind
from hts.sim.native.ouch_service import OuchLogin
from hts.wire.ouch.session import OuchClient
from hts.wire.soupbin.client import SoupClient
from tests.support.foreign_rules import foreign_rules
from tests.support.wire_layout import layout_of

DAY = 20261124
LOGINS = (OuchLogin(username="HTS01", password="paper"), OuchLogin(username="HTS02", password="paper"))
MS = 1_000_000


def kind_of(venue, *, itch="", ouch=""):
    return NativeKind(
        venue=venue,
        rules=foreign_rules(),
        orders=layout_of(ouch or ORDER_TABLES[venue]),
        feed=layout_of(itch or FEED_TABLES[venue]),
        soup=layout_of("soupbintcp"),
        mold=layout_of("moldudp64"),
        logins=LOGINS,
    )


class NativeMarket:
    """Exchange, services and feed; every call happens at `trade_ns`, which the tests move."""

    def __init__(self, venue, *, itch="", ouch="", instruments=None, at="10:00:00"):
        self.venue = venue
        self.kind = kind_of(venue, itch=itch, ouch=ouch)
        self.trade_ns = self.at(at)
        self.instruments = instruments or foreign_rules().instruments(venue, DAY)[:6]
        self.exchange = Exchange(self.kind.profile(DAY), self.instruments, DAY, 1)
        self.itch, self.ouch = self.kind.feed, self.kind.orders
        first_ns = self.trade_ns - 3600 * NS
        self.orders = self.kind.order_entry(self.instruments, DAY, 1, first_ns)
        self.feed = self.kind.market_data(self.instruments, self.exchange, DAY, 1, 1)
        self.recovery = self.glimpse = self.kind.recovery(self.feed)
        self.log = []
        self._sent = {}
        self.datagrams = []
        self.exchange.advance(self.trade_ns)
        self.feed.open(self.trade_ns, 0)
        self._collect()

    def at(self, text):
        """A time of the venue's trading day."""
        return self.kind.midnight_ns(DAY) + parse_time_s(text) * NS

    def apply(self, *commands):
        """Carry commands out, tell members and feed; the events."""
        self.trade_ns += MS
        told = []
        for command in commands:
            self.log.append((self.trade_ns, command))
            events = self.exchange.apply(command, self.trade_ns)
            self.orders.on_events(events, self.trade_ns, 0)
            told += events
        self.feed.on_events(told, self.trade_ns, 0)
        self._collect()
        return told

    def advance(self, trade_ns):
        """Time passes at the venue."""
        self.trade_ns = trade_ns
        events = self.exchange.advance(trade_ns)
        self.orders.on_events(events, trade_ns, 0)
        self.feed.on_events(events, trade_ns, 0)
        self._collect()
        return events

    def roll(self, session="2026112402"):
        """A new day of the order sessions, with an exchange of its own."""
        self.orders.roll(self.instruments, 2, 0)
        self.exchange = Exchange(self.kind.profile(DAY), self.instruments, DAY, 2)
        self.exchange.advance(self.trade_ns)
        self.orders.start_day(self.kind.dialect(self.instruments, DAY), session, self.trade_ns)

    def receive(self, conn, data):
        """Bytes of a client."""
        commands = self.orders.receive_data(conn, data, self.trade_ns, 0)
        return self.apply(*commands) if commands else []

    def sent_to(self, conn):
        """Bytes for a client since the last time."""
        for to, data in self.orders.data_to_send():
            self._sent[to] = self._sent.get(to, b"") + data
        return self._sent.pop(conn, b"")

    def lose(self, conn):
        """A connection is gone."""
        return self.apply(*self.orders.disconnected(conn, self.trade_ns, 0))

    def _collect(self):
        self.datagrams += [data for line, data in self.feed.datagrams() if line == "A"]

    def book(self, symbol):
        """{side: [(price, quantities in queue order)]} of what rests at the exchange."""
        issue = self.exchange.issues[symbol]
        found = {BUY: [], SELL: []}
        for side in (BUY, SELL):
            for level in issue.book.levels_from_best(side):
                handles = list(issue.book.queue(side, level))
                quantities = [issue.book.qty[handle] for handle in handles]
                is_market = issue.owner[handles[0]].is_market
                found[side].append((0 if is_market else issue.grid.prices[level], quantities))
        return found


class Client:
    """A trader at a native order entry, in memory."""

    def __init__(self, market, conn, username="HTS01", next_seq=1, **login):
        self.market, self.conn = market, conn
        soup = SoupClient(layout_of("soupbintcp"), username=username, password="paper", next_seq=next_seq, **login)
        self.ouch = OuchClient(market.ouch, soup)
        market.orders.connected(conn, market.trade_ns, 0)
        soup.connected(0)
        self.carry()

    def carry(self):
        """Bytes both ways until nothing moves."""
        soup = self.ouch.soup
        while True:
            up = soup.data_to_send()
            if up:
                self.market.receive(self.conn, up)
            down = self.market.sent_to(self.conn)
            if down:
                soup.receive_data(down, 0)
            if not up and not down:
                return

    def send(self, name, **fields):
        """A request; what the venue says to it and since the last time."""
        self.ouch.send(name, fields, 0)
        self.carry()
        return self.said()

    def said(self):
        """(message, fields) since the last time, or the session's event."""
        found = []
        while (event := self.ouch.next_event()) is not None:
            found.append((event.message.name, event.message.fields) if hasattr(event, "message") else event)
        return found


class RandomFlow:
    """Commands of the background flow: entries, amends and cancels around the base price."""

    def __init__(self, market, seed):
        self.dice = random.Random(seed)
        self.market = market
        self.next_id = 1
        self.working = {}

    def command(self):
        dice = self.dice
        self.next_id += 1
        kind = dice.random()
        if kind < 0.6 or not self.working:
            issue = dice.choice(self.market.instruments)
            px = issue.ticks.move(issue.base_px, dice.randrange(-8, 9))
            qty = issue.lot * dice.randrange(1, 8)
            self.working[self.next_id] = (self.next_id, px, qty, issue)
            more = {}
            if self.market.venue == "NASDAQ" and dice.random() < 0.3:
                more = dice.choice(({"is_hidden": True}, {"display_qty": Qty(max(qty // 3, 1))}))
            return Enter(
                session=AGENTS, cl_ord_id=ClOrdID(self.next_id), symbol=issue.symbol, ord_type=OrdType.LIMIT,
                side=dice.choice((Side.BUY, Side.SELL)), px=px, qty=Qty(qty),
                time_in_force=TimeInForce.IOC if dice.random() < 0.1 and not more else TimeInForce.DAY, **more,
            )  # fmt: skip
        order = dice.choice(list(self.working))
        latest, px, qty, issue = self.working[order]
        if kind < 0.8:
            del self.working[order]
            return Cancel(session=AGENTS, cl_ord_id=ClOrdID(self.next_id), orig_cl_ord_id=ClOrdID(latest))
        if dice.random() < 0.5 and qty > issue.lot:
            qty -= issue.lot
        else:
            px = issue.ticks.move(px, dice.choice((-1, 1)))
        self.working[order] = (self.next_id, px, qty, issue)
        return Amend(
            session=AGENTS, cl_ord_id=ClOrdID(self.next_id), orig_cl_ord_id=ClOrdID(latest), px=Px(px), qty=Qty(qty)
        )
