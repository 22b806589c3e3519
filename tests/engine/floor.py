"""KRX and NXT as a test moves them by hand: quotes in, requests out, reports back in."""

from msgspec.structs import replace

from hts.engine.engine import Engine
from hts.model.effects import PublishQuote
from hts.model.enums import CxlRejResponseTo, ExecType, LastLiquidityInd, OrdStatus, Phase
from hts.model.quotes import BookUpdate, InstrumentDef, Packet, PhaseUpdate, TradeUpdate
from hts.model.records import OrderEntered
from hts.model.reports import OrderCancelReject, SessionDown, SessionUp
from hts.model.requests import NewOrderSingle, OrderCancelReplaceRequest, OrderCancelRequest
from hts.model.work import WorkView
from tests.engine.kit import Desk, a_config, a_snapshot, fee, mass_status_end, views
from tests.support.builders import DATE, SYMBOL, TRADE_NS, a_report, an_instrument

BOTH = ("KRX", "NXT")


def book(venue, asks=(), bids=(), phase=Phase.CONTINUOUS, symbol=SYMBOL):
    """Levels as (px, qty), best first."""
    levels = []
    for at in range(10):
        ask = asks[at] if at < len(asks) else (0, 0)
        bid = bids[at] if at < len(bids) else (0, 0)
        levels += [ask[0], bid[0], ask[1], bid[1]]
    return BookUpdate(symbol, TRADE_NS, tuple(levels), 0, 0, 0, 0, phase, venue)


def trade(px, cum_qty=360_000, venue="KRX", *, qty=1, at_ns=TRADE_NS, symbol=SYMBOL):
    return TradeUpdate(symbol, at_ns, px, qty, "1", px, px, px, cum_qty, px * cum_qty, Phase.CONTINUOUS, venue)


class Clocked(Desk):
    """A desk whose trade time can be moved too."""

    trade_ns = TRADE_NS

    def at(self):
        return self.trade_ns, self.mono_ns


class Floor:
    """A ready core at two venues. `wire` holds what was sent and not yet answered, oldest first."""

    def __init__(  # noqa: PLR0917
        self, journal=(), cash=1_000_000_000, symbols=(SYMBOL,), limits=None, hears=True, rules=None, fee_set=""
    ):
        self.symbols = symbols
        self.quotes = {}
        self.seq = dict.fromkeys(BOTH, 0)
        self.exec_id = 0
        self.venue_seq = {}
        self.desk = Clocked.__new__(Clocked)
        desk = self.desk
        desk.journal, desk.mono_ns, desk.sent = list(journal), 1_000_000_000, []
        config = a_config(venues=BOTH, cash=cash, limits=limits)
        config = replace(config, accounts=tuple(replace(one, fee_set=fee_set) for one in config.accounts))
        decoders = dict.fromkeys(BOTH, lambda payload, _count: self.quotes.pop(payload))
        desk.engine = Engine(config, decoders, fee, rules)
        desk.engine.recover(journal)
        desk.start()
        if hears:
            self.hear_lists()
        self.md = dict.fromkeys(BOTH, 1)

    def hear_lists(self):
        """Both feeds tell the day's issues."""
        for venue in BOTH:
            self.desk.take(self.desk.engine.on_snapshot(self._list(venue), *self.desk.at()))

    def _list(self, venue):
        quotes = (
            *(InstrumentDef(instrument=an_instrument(symbol, venue=venue)) for symbol in self.symbols),
            PhaseUpdate("", TRADE_NS, Phase.CONTINUOUS, 0, venue),
        )
        return a_snapshot(venue=venue, quotes=quotes)

    def log_on(self, venue, *reports):
        up = SessionUp(venue=venue, epoch=1, trading_date=DATE, trade_ns=TRADE_NS, speed_milli=1000)
        asked = self.desk.report(up)
        effects = [self.desk.report(self._number(venue, report)) for report in reports]
        end = mass_status_end(asked, self._next(venue), len(reports))
        return [*effects, self.desk.report(replace(end, venue=venue))]

    def _next(self, venue):
        return self.desk.engine.core.state.day(venue).next_in_seq

    def _number(self, venue, report):
        return replace(report, venue_seq=self._next(venue))

    # -- market data

    def tell(self, *quotes):
        """Quotes of one venue, in one packet."""
        venue = quotes[0].venue
        payload = f"{venue}{self.md[venue]}".encode()
        self.quotes[payload] = quotes
        packet = Packet(
            line="A", session=1, first_seq=self.md[venue], count=len(quotes), payload=payload, trade_ns=TRADE_NS,
            venue=venue,
        )  # fmt: skip
        self.md[venue] += len(quotes)
        self.desk.mono_ns += 10_000_000
        effects = self.desk.take(self.desk.engine.on_packet(packet, *self.desk.at()))
        assert sum(isinstance(effect, PublishQuote) for effect in effects) == len(quotes)
        return effects

    def intent(self, intent):
        return self.desk.intent(intent)

    def pass_time(self, ns, trade_ns=None):
        """The work timer at a later moment; the feeds spoke meanwhile."""
        self.desk.mono_ns += ns
        for venue in self.desk.engine.core.venues.values():
            venue.market.hear(self.desk.mono_ns)
        self.desk.trade_ns += ns if trade_ns is None else trade_ns - self.desk.trade_ns
        return self.desk.take(self.desk.engine.on_timer("work", *self.desk.at()))

    # -- orders

    @property
    def orders(self):
        """(id, venue, side, qty, px, tif) of every order sent so far."""
        entered = [record for record in self.desk.journal if isinstance(record, OrderEntered)]
        return [(r.cl_ord_id, r.venue, r.side.name, int(r.qty), int(r.px), r.time_in_force.name) for r in entered]

    @property
    def cancels(self):
        """Ids of the orders that were asked back, in order."""
        return [request.orig_cl_ord_id for request in self.desk.sent if isinstance(request, OrderCancelRequest)]

    @property
    def amends(self):
        return [(r.orig_cl_ord_id, int(r.px)) for r in self.desk.sent if isinstance(r, OrderCancelReplaceRequest)]

    @property
    def new_orders(self):
        return [request for request in self.desk.sent if isinstance(request, NewOrderSingle)]

    def order(self, number):
        return self.desk.engine.core.state.orders.find(number)

    def _say(self, number, exec_type, **fields):
        order = self.order(number)
        terms = {
            "venue": order.venue, "symbol": order.symbol, "cl_ord_id": order.cl_ord_id,
            "venue_order_id": 9_000 + number, "side": order.side,
            "ord_type": order.ord_type, "time_in_force": order.time_in_force, "px": order.px,
            "order_qty": order.order_qty, "cum_qty": order.cum_qty, "request_id": order.request_id,
        }  # fmt: skip
        return self.desk.report(a_report(exec_type, self._next(order.venue), **{**terms, **fields}))

    def accept(self, *numbers):
        return [self._say(number, ExecType.NEW) for number in numbers]

    def fill(self, number, qty, px=None, liquidity=LastLiquidityInd.UNKNOWN):
        order = self.order(number)
        self.exec_id += 1
        more = {"last_liquidity_ind": liquidity}
        more |= {"last_qty": qty, "last_px": px or int(order.px), "cum_qty": order.cum_qty + qty}
        return self._say(number, ExecType.TRADE, exec_id=self.exec_id, **more)

    def undo(self, number, exec_ref_id, was, qty=0, px=0, **fields):
        """The venue takes back a fill of `was` shares, or says that it was `qty` at `px`."""
        order = self.order(number)
        self.exec_id += 1
        kind = ExecType.TRADE_CORRECT if qty else ExecType.TRADE_CANCEL
        more = {"last_qty": qty or was, "last_px": px or int(order.px), "cum_qty": order.cum_qty - was + qty}
        return self._say(number, kind, exec_id=self.exec_id, exec_ref_id=exec_ref_id, **(more | fields))

    def cancel(self, number):
        """The venue cancels it: by request when one is pending, else by itself (the rest of an IOC)."""
        order = self.order(number)
        request = next((one for one in order.pending if one.is_cancel), None)
        more = {"cl_ord_id": request.cl_ord_id, "orig_cl_ord_id": order.cl_ord_id} if request else {}
        return self._say(number, ExecType.CANCELED, leaves_qty=0, ord_status=OrdStatus.CANCELED, **more)

    def replaced(self, number):
        order = self.order(number)
        (request,) = [one for one in order.pending if not one.is_cancel]
        more = {"cl_ord_id": request.cl_ord_id, "orig_cl_ord_id": order.cl_ord_id, "px": request.px}
        return self._say(number, ExecType.REPLACED, **more)

    def reject(self, number):
        return self._say(number, ExecType.REJECTED, leaves_qty=0, ord_status=OrdStatus.REJECTED, reason_code=12)

    def refuse_cancel(self, number):
        order = self.order(number)
        (request,) = [one for one in order.pending if one.is_cancel]
        return self.desk.report(
            OrderCancelReject(
                venue=order.venue, venue_seq=self._next(order.venue), cl_ord_id=request.cl_ord_id,
                orig_cl_ord_id=order.cl_ord_id, response_to=CxlRejResponseTo.CANCEL, ord_status=order.ord_status,
                reason_code=10, transact_ns=TRADE_NS,
            )
        )  # fmt: skip

    def lose(self, venue):
        return self.desk.report(SessionDown(venue=venue, reason="gone"))

    # -- work

    def work(self, work_id):
        return self.desk.engine.core.state.works.find(work_id)

    def state(self, work_id):
        work = self.work(work_id)
        return work.state.value, work.cause

    def restart(self):
        """The core is killed and started again on its journal; venues are logged on with what they know."""
        working = [order for order in self.desk.engine.core.state.orders if order.is_working]
        before = self.desk.engine.state_hash
        again = Floor(self.desk.journal, symbols=self.symbols)
        again.exec_id = self.exec_id
        assert replay(self.desk.journal) == before
        for venue in BOTH:
            again.log_on(venue, *(status(order) for order in working if order.venue == venue))
        return again


def status(order):
    fields = {
        "venue": order.venue, "symbol": order.symbol, "cl_ord_id": order.cl_ord_id,
        "venue_order_id": order.venue_order_id or 9_999,
        "side": order.side, "ord_type": order.ord_type, "time_in_force": order.time_in_force, "px": order.px,
        "order_qty": order.order_qty, "cum_qty": order.cum_qty, "request_id": order.request_id,
    }  # fmt: skip
    return a_report(ExecType.ORDER_STATUS, 1, **fields)


def replay(journal):
    engine = Engine(a_config(venues=BOTH, cash=1), dict.fromkeys(BOTH, lambda _p, _c: ()), fee)
    engine.recover(journal)
    return engine.state_hash


def a_floor(symbols=(SYMBOL,), **fields):
    floor = Floor(symbols=symbols, **fields)
    for venue in BOTH:
        floor.log_on(venue)
    floor.tell(trade(71_000, venue="KRX"), book("KRX", asks=((71_000, 50), (71_200, 50)), bids=((70_900, 80),)))
    floor.tell(trade(71_000, venue="NXT"), book("NXT", asks=((71_100, 30),), bids=((70_900, 10),)))
    floor.desk.sent.clear()
    return floor


def work_views(effects):
    return [view for view in views(effects) if isinstance(view, WorkView)]
