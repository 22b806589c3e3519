"""Books built from the native feeds of a venue, as outside listeners build them."""

from hts.marketdata.l3_book import L3Books
from hts.sim.matching import BUY, SELL
from hts.wire.flex.packets import FlexCodec
from hts.wire.moldudp.packets import MoldCodec
from hts.wire.moldudp.receiver import Messages, MoldConfig, MoldReceiver
from tests.support.wire_layout import layout_of

MS = 1_000_000


class FeedReader:
    """Books built from the feed of a venue, as an outside listener builds them."""

    def __init__(self, market, session="2026112401", next_seq=1):
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
            "packet_type": kind, "user_id": "FLEX01", "multicast_group_number": 1,
            "number_of_system_reboots": self.market.feed.reboots, "sequence_number": seq,
            "requested_message_count": count,
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
