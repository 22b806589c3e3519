"""An order gateway over SoupBinTCP with its connection to a market in memory."""

from hts.gateway.actions import Dial, Hangup
from hts.gateway.arrowhead import ArrowheadTalk
from hts.gateway.osaka_dialect import OsakaDialect
from hts.gateway.ouch import OuchConfig, OuchOrderGateway
from hts.gateway.ouch_dialects import NasdaqDialect, PtsDialect
from hts.gateway.ouch_talk import OuchTalk
from hts.gateway.redial import RedialPlan
from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.reports import SessionUp
from hts.model.requests import NewOrderSingle, StartSession
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.commands import AGENTS, Enter
from hts.sim.native.itch_ose import book_ids
from tests.support.native_market import DAY, NativeMarket
from tests.support.wire_layout import layout_of

ACCOUNT = "8801-2745-01"
MS = 1_000_000
LOGIN_ACCEPTED = 33  # bytes of the packet
TRADED = {
    "NASDAQ": ("AAPL", 2_600_000, 1_000),
    "JNX": ("7203", 30_000, 10),
    "ODX": ("7203", 30_000, 10),
    "TSE": ("7203", 30_000, 10),
    "OSE": ("NK225F-202612", 50_000, 10),
}


def a_talk(market):
    if market.venue == "TSE":
        return ArrowheadTalk(market.ouch)
    dialects = {"NASDAQ": NasdaqDialect(), "OSE": OsakaDialect(lambda: book_ids(market.instruments))}
    dialect = dialects.get(market.venue) or PtsDialect(firm_id=7)
    return OuchTalk(market.ouch, dialect, lambda _trade_ns: market.kind.midnight_ns(DAY))


class Member:
    """A gateway with its connection to a market in memory."""

    conns = 0

    def __init__(self, market, **config):
        self.market = market
        self.symbol, self.px, self.step = TRADED[market.venue]
        self.mono_ns = 0
        self.told = []
        self.conn = None
        self.is_deaf = False  # the venue hears nothing more: what is sent is lost on the way
        self.is_slow = False  # what follows the venue's answer to a login is held up
        self._held = b""
        values = {"venue": market.venue, "username": "HTS01", "password": "paper", "account": ACCOUNT}
        self.gateway = OuchOrderGateway(
            OuchConfig(**{**values, "redial": RedialPlan(delay_ns=200 * MS), **config}),
            a_talk(market),
            layout_of("soupbintcp"),
            lambda _trade_ns: DAY,
        )

    def now(self):
        return self.market.trade_ns, self.mono_ns

    def start(self, epoch=0, next_in_seq=1, *, cancels=True):
        return self.want(StartSession(epoch=epoch, next_in_seq=next_in_seq, cancel_on_disconnect=cancels))

    def want(self, *requests):
        """Requests, and what the venue says to them."""
        for request in requests:
            self.gateway.send(request, *self.now())
        return self.carry()

    def carry(self):
        moved = True
        while moved:
            moved = self._events()
            data = self.gateway.data_to_send()
            if data and self.conn is not None and not self.is_deaf:
                moved = True
                self.market.receive(self.conn, data)
            back = self._held + (self.market.sent_to(self.conn) if self.conn is not None else b"")
            self._held = b""
            if self.is_slow:
                at = 0 if self.gateway._soup.is_up else LOGIN_ACCEPTED
                back, self._held = back[:at], back[at:]
            if back:
                moved = True
                self.gateway.receive_data(back, *self.now())
        found, self.told = self.told, []
        return found

    def _events(self):
        moved = False
        while (event := self.gateway.next_event()) is not None:
            moved = True
            if isinstance(event, Dial):
                Member.conns += 1
                self.conn = Member.conns
                self.market.orders.connected(self.conn, self.market.trade_ns, 0)
                self.gateway.connected(*self.now())
            elif isinstance(event, Hangup):
                data = self.gateway.data_to_send()
                if data:
                    self.market.receive(self.conn, data)
                self.cut("closed")
            else:
                self.told.append(event)
        return moved

    def cut(self, reason="connection reset"):
        conn, self.conn, self.is_deaf, self._held = self.conn, None, False, b""
        self.market.lose(conn)
        self.gateway.disconnected(reason, *self.now())

    def wait(self, until_ns=0):
        """Let the gateway's next timer come, or that time."""
        self.mono_ns = max(self.mono_ns, until_ns or self.gateway.next_timer_ns())
        self.gateway.on_timer(*self.now())
        return self.carry()

    def pause(self):
        """A second in which the venue has nothing to say but that it is there."""
        self.mono_ns += 1_000 * MS
        self.market.orders.on_timer(*self.now())
        return self.carry()

    def order(self, cl_ord_id=1, **fields):
        values = {
            "cl_ord_id": cl_ord_id,
            "request_id": f"r{cl_ord_id}",
            "account": ACCOUNT,
            "symbol": self.symbol,
            "side": Side.BUY,
            "ord_type": OrdType.LIMIT,
            "time_in_force": TimeInForce.DAY,
            "px": self.px,
            "qty": 300,
        }
        return NewOrderSingle(**{**values, **fields})

    def about(self, kind, cl_ord_id, orig, **fields):
        named = {"account": ACCOUNT, "symbol": self.symbol, "side": Side.BUY, "request_id": f"r{cl_ord_id}"}
        return kind(cl_ord_id=cl_ord_id, orig_cl_ord_id=orig, **named, **fields)

    def offer(self, qty, px=None):
        """The background sells."""
        self.market.apply(
            Enter(
                session=AGENTS,
                cl_ord_id=ClOrdID(1),
                symbol=self.symbol,
                side=Side.SELL,
                px=Px(px or self.px),
                qty=Qty(qty),
            )
        )
        return self.carry()


def a_member(venue, market=None, **fields):
    member = Member(market or NativeMarket(venue), **fields)
    (up,) = member.start()
    assert isinstance(up, SessionUp)
    assert (up.venue, up.trading_date) == (venue, DAY)
    return member


def life(reports):
    return [(r.exec_type, r.cl_ord_id, r.ord_status, r.last_qty, r.leaves_qty, r.cum_qty) for r in reports]
