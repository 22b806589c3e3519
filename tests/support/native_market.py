"""A venue of one day with its native order entry, feed and snapshot service, driven in memory; and clients for it."""

import random
from types import SimpleNamespace

import msgspec

from hts.marketdata.l3_book import L3Books
from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.units import ClOrdID, Px, Qty
from hts.rules.dates import NS
from hts.rules.venue_days import local_ns, new_york_offset_s
from hts.sim.commands import AGENTS, Amend, Cancel, Enter
from hts.sim.exchange import Exchange
from hts.sim.matching import BUY, SELL
from hts.sim.native.arrowhead_orders import ArrowheadOrders
from hts.sim.native.flex_feed import FlexFeed
from hts.sim.native.flex_recovery import FlexRecovery
from hts.sim.native.glimpse import Glimpse
from hts.sim.native.itch_nasdaq import NasdaqItch
from hts.sim.native.itch_ose import OseItch, book_ids
from hts.sim.native.itch_pts import PtsItch, orderbook_id
from hts.sim.native.mold_feed import MoldFeed
from hts.sim.native.ouch_nasdaq import NasdaqOuch
from hts.sim.native.ouch_ose import OseOuch
from hts.sim.native.ouch_pts import PtsOuch
from hts.sim.native.ouch_service import OuchLogin, OuchService
from hts.wire.flex.packets import FlexCodec
from hts.wire.moldudp.packets import MoldCodec
from hts.wire.moldudp.receiver import Messages, MoldConfig, MoldReceiver
from hts.wire.ouch.session import OuchClient
from hts.wire.soupbin.client import SoupClient
from tests.support.foreign_rules import foreign_rules, foreign_tables
from tests.support.wire_layout import layout_of

DAY = 20261124
LOGINS = (OuchLogin(username="HTS01", password="paper"), OuchLogin(username="HTS02", password="paper"))
TOKYO_MIDNIGHT = local_ns(DAY, 0, 9 * 3600)
NEW_YORK_MIDNIGHT = local_ns(DAY, 0, new_york_offset_s(DAY))
MS = 1_000_000


def noon(venue):
    return local_ns(DAY, 10 * 3600, new_york_offset_s(DAY) if venue == "NASDAQ" else 9 * 3600)


def instruments_of(venue):
    """The venue's list; Nasdaq's within a range that the tests stay in."""
    found = foreign_rules().instruments(venue, DAY)[:6]
    if venue != "NASDAQ":
        return found
    return tuple(
        msgspec.structs.replace(i, lower_px=Px(i.base_px * 9 // 10), upper_px=Px(i.base_px * 11 // 10)) for i in found
    )


class NativeMarket:
    """Exchange, services and feed; every call happens at `trade_ns`, which the tests move."""

    def __init__(self, venue, *, itch="", ouch="", instruments=None):
        self.venue = venue
        self.trade_ns = noon(venue)
        self.instruments = instruments or instruments_of(venue)
        rules = SimpleNamespace(schedule=lambda day: foreign_rules().schedule(venue, day))
        self.exchange = Exchange(rules, self.instruments, DAY, seed=1)
        self.itch, self.ouch = layout_of(itch or ITCH[venue]), layout_of(ouch or OUCH[venue])
        soup = layout_of("soupbintcp")
        self.orders = OuchService(self._dialect(), soup, LOGINS, session_name="D1", first_ns=self.trade_ns - 3600 * NS)
        if venue == "TSE":
            self.feed = FlexFeed(FlexCodec(self.itch), self.instruments, self.exchange)
            self.recovery = FlexRecovery(self.itch, self.feed)
        else:
            codec = MoldCodec(layout_of("moldudp64"))
            self.feed = MoldFeed(codec, self._encoder(), self.instruments, self.exchange, "F1")
            self.glimpse = Glimpse(soup, {"HTS01": "paper"}, self.feed.snapshot)
        self.log = []
        self._sent = {}
        self.datagrams = []
        self._advance()
        self.feed.open(self.trade_ns, 0)
        self._collect()

    def _dialect(self):
        if self.venue == "NASDAQ":
            return NasdaqOuch(self.ouch, NEW_YORK_MIDNIGHT)
        if self.venue == "OSE":
            return OseOuch(self.ouch, {number: symbol for symbol, number in book_ids(self.instruments).items()})
        if self.venue == "TSE":
            return ArrowheadOrders(self.ouch)
        return PtsOuch(
            self.ouch, TOKYO_MIDNIGHT, {orderbook_id(self.itch, i.symbol): i.symbol for i in self.instruments}
        )

    def _encoder(self):
        if self.venue == "OSE":
            return OseItch(self.itch, {i.symbol: (20261210, None, False) for i in self.instruments})
        if self.venue != "NASDAQ":
            return PtsItch(self.itch, TOKYO_MIDNIGHT)
        rows = {row["code"]: row for row in foreign_tables()["us_universe"]["issue"]}
        return NasdaqItch(self.itch, NEW_YORK_MIDNIGHT, rows, lambda px: 100 if px <= 2_500_000 else 40)

    def _advance(self):
        self.exchange.advance(self.trade_ns)

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
        issue = self.exchange._issues[symbol]
        found = {BUY: [], SELL: []}
        for side, level, quantities in issue.book.content():
            found[side].append((issue.grid.prices[level], list(quantities)))
        return found


ITCH = {
    "NASDAQ": "itch50",
    "JNX": "jnx_itch_2_0",
    "ODX": "odx_itch_2_2",
    "OSE": "ose_itch_5_0_6",
    "TSE": "jpx_flex_mbo_1_1",
}
OUCH = {
    "NASDAQ": "ouch50",
    "JNX": "jnx_ouch_2_01",
    "ODX": "odx_ouch_2_0",
    "OSE": "ose_ouch_5_0",
    "TSE": "arrowhead_ours",
}


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


class FeedReader:
    """Books built from the feed of a venue, as an outside listener builds them."""

    def __init__(self, market, session="F1", next_seq=1):
        self.market = market
        self.books = L3Books()
        self.receiver = MoldReceiver(
            MoldCodec(layout_of("moldudp64")), MoldConfig(), session=session, next_seq=next_seq
        )
        self.names = {}
        self.messages = []
        self.now = 0

    def read(self, datagrams):
        """Packets of a line; holes are asked for as the protocol says."""
        for data in datagrams:
            self.receiver.receive_packet("A", data, self.now)
        self.take()

    def recover(self):
        """Ask for what is missing until nothing is."""
        asked = 0
        while self.receiver.has_gap and asked < 1000:
            self.now += 10 * MS
            request = self.receiver.next_request(self.now)
            if request is not None:
                asked += 1
                answer = self.market.feed.answer(request)
                assert answer is not None
                self.receiver.receive_packet("R", answer, self.now)
                self.take()
        return asked

    def take(self):
        while (event := self.receiver.next_event()) is not None:
            if isinstance(event, Messages):
                for message in event.messages:
                    self.apply(message)

    def apply(self, message):
        decoded = self.market.itch.decode(message)
        self.messages.append((decoded.name, decoded.fields))
        apply_message(self.books, self.names, decoded.name, decoded.fields)

    def book(self, symbol):
        """As NativeMarket.book."""
        sides = self.books._sides.get(self.names[symbol], ({}, {}))
        return {
            BUY: [(px, list(queue.values())) for px, queue in sorted(sides[1].items(), reverse=True)],
            SELL: [(px, list(queue.values())) for px, queue in sorted(sides[0].items())],
        }


def apply_message(books, names, name, fields):
    """One message of any of the ITCH versions, by its field names."""
    if name == "order_book_directory":
        names[fields["symbol"]] = fields["order_book_id"]
    elif "order_book_id" in fields:
        apply_ose(books, name, fields)
    elif name in ("stock_directory", "orderbook_directory"):
        symbol = fields.get("stock") or fields["orderbook_id"]
        names[str(symbol)] = fields.get("stock_locate") or symbol
    elif name.startswith(("add_order", "order_added")):
        book = fields.get("stock_locate") or fields["orderbook_id"]
        side = fields.get("side") or fields["buy_sell_indicator"]
        qty = fields.get("shares") or fields["quantity"]
        books.add(book, _ref(fields), side == "B", qty, fields["price"])
    elif name in ("order_executed", "order_executed_with_price", "order_cancel"):
        qty = next(fields[k] for k in ("executed_shares", "cancelled_shares", "executed_quantity") if k in fields)
        books.reduce(_ref(fields), qty)
    elif name in ("order_delete", "order_deleted"):
        books.delete(_ref(fields))
    elif name in ("order_replace", "order_replaced"):
        old = fields.get("original_order_reference_number") or fields["original_order_number"]
        new = fields.get("new_order_reference_number") or fields["new_order_number"]
        books.replace(old, new, fields.get("shares") or fields["quantity"], fields["price"])


def apply_ose(books, name, fields):
    """Osaka's messages: an order keeps its number, a replacement that has no new position keeps its place."""
    if name == "add_order_no_mpid":
        books.add(
            fields["order_book_id"], fields["order_id"], fields["side"] == "B", fields["quantity"], fields["price"]
        )
    elif name.startswith("order_executed"):
        books.reduce(fields["order_id"], fields["executed_quantity"])
    elif name == "order_delete":
        books.delete(fields["order_id"])
    elif name == "order_replace" and fields["new_orderbook_position"]:
        books.delete(fields["order_id"])
        books.add(
            fields["order_book_id"], fields["order_id"], fields["side"] == "B", fields["quantity"], fields["price"]
        )
    elif name == "order_replace":
        queue, px = books._orders[fields["order_id"]]
        books.reduce(fields["order_id"], queue[px][fields["order_id"]] - fields["quantity"])


def _ref(fields):
    return fields.get("order_reference_number") or fields["order_number"]


class FlexReader:
    """Books built from the FLEX feed."""

    def __init__(self, market, next_seq=1):
        self.market = market
        self.codec = FlexCodec(market.itch)
        self.books = L3Books()
        self.next_seq = next_seq
        self.missing = []
        self.tags = []

    def read(self, packets, *, snapshot=False):
        for data in packets:
            packet = self.codec.decode(data)
            if not snapshot:
                if packet.seq != self.next_seq:
                    self.missing.append((self.next_seq, packet.seq - self.next_seq))
                    self.recover()
                self.next_seq = packet.seq + 1
            for tag in packet.tags:
                self.tags.append(tag)
                self.apply(packet.issue_code, tag.name, tag.fields)

    def ask(self, kind, seq=0, count=0, conn=1):
        """A request over TCP; the packets of the answer."""
        fields = {
            "packet_type": kind, "user_id": "FLEX01", "multicast_group_number": 1, "number_of_system_reboots": 0,
            "sequence_number": seq, "requested_message_count": count,
        }  # fmt: skip
        recovery = self.market.recovery
        recovery.connected(conn, self.market.trade_ns, 0)
        recovery.receive_data(conn, self.market.itch.encode("tcp_request", fields), self.market.trade_ns, 0)
        data = dict(recovery.data_to_send()).get(conn, b"")
        packets = []
        while data:
            size = int.from_bytes(data[:2], "big")
            if size == 0:
                return packets
            packets.append(data[2 : 2 + size])
            data = data[2 + size :]
        return None

    def recover(self):
        seq, count = self.missing[-1]
        self.read(self.ask("R", seq, count))

    def apply(self, issue, name, fields):
        if name == "add_order":
            order = fields["order_id"]
            if fields["modification_flag"]:
                queue, px = self.books._orders[order]
                self.books.reduce(order, queue[px][order] - fields["quantity"])
            else:
                self.books.add(issue, order, fields["side"] == "B", fields["quantity"], fields["price"] // 1000)
        elif name.startswith("order_executed"):
            self.books.reduce(fields["order_id"], fields["volume"])
        elif name == "order_delete" and not fields["modification_flag"]:
            self.books.delete(fields["order_id"])

    def book(self, symbol):
        sides = self.books._sides.get(symbol, ({}, {}))
        return {
            BUY: [(px, list(queue.values())) for px, queue in sorted(sides[1].items(), reverse=True)],
            SELL: [(px, list(queue.values())) for px, queue in sorted(sides[0].items())],
        }


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
            return Enter(
                session=AGENTS, cl_ord_id=ClOrdID(self.next_id), symbol=issue.symbol, ord_type=OrdType.LIMIT,
                side=dice.choice((Side.BUY, Side.SELL)), px=px, qty=Qty(qty),
                time_in_force=TimeInForce.IOC if dice.random() < 0.1 else TimeInForce.DAY,
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
