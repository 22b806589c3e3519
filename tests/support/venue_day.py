"""One issue of a venue with its own rules, played by hand: orders in, short words out."""

from hts.model.enums import OrdType, Phase, Side
from hts.model.units import ClOrdID, Px, Qty
from hts.rules.dates import NS, parse_time_s
from hts.sim.commands import Cancel, Enter
from hts.sim.events import (
    Announced,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderRestated,
    OrderTraded,
    PhaseChanged,
)
from hts.sim.exchange import Exchange
from tests.support.foreign_rules import foreign_rules
from tests.support.native_market import DAY, kind_of


class VenueDay:
    """`events` are those of the newest call."""

    def __init__(self, venue, symbol, at, day=DAY):
        self.kind = kind_of(venue)
        self.day = day
        self.symbol = symbol
        instruments = [i for i in foreign_rules().instruments(venue, day) if i.symbol == symbol]
        self.exchange = Exchange(self.kind.profile(day), tuple(instruments), day, 1)
        self.next_id = 0
        self.to(at)

    def ns(self, text):
        return self.kind.midnight_ns(self.day) + parse_time_s(text) * NS

    def to(self, at):
        self.events = self.exchange.advance(self.ns(at) if isinstance(at, str) else at)
        return self.words()

    def enter(self, side, px, qty, member="A", **more):
        self.next_id += 1
        more.setdefault("ord_type", OrdType.LIMIT if px else OrdType.MARKET)
        command = Enter(session=member, cl_ord_id=ClOrdID(self.next_id), symbol=self.symbol, side=side, px=Px(px),
                        qty=Qty(qty), **more)  # fmt: skip
        return self.apply(command)

    def cancel(self, number, member="A"):
        self.next_id += 1
        return self.apply(Cancel(session=member, cl_ord_id=ClOrdID(self.next_id), orig_cl_ord_id=ClOrdID(number)))

    def apply(self, command):
        self.events = self.exchange.apply(command, self.exchange.trade_ns)
        return self.words()

    @property
    def issue(self):
        return self.exchange.issues[self.symbol]

    @property
    def phase(self) -> Phase:
        return self.issue.phase

    def words(self):
        """What is told, in short."""
        return [word for event in self.events if (word := word_of(event)) is not None]


def word_of(event):
    match event:
        case OrderTraded(is_aggressor=False) if event.side is Side.BUY:
            return ("passive_buy", event.last_px, event.last_qty, event.session)
        case OrderTraded(is_aggressor=True):
            return ("trade", event.last_px, event.last_qty)
        case OrderRejected():
            return ("rejected", event.reason)
        case OrderCanceled() | OrderExpired():
            return (type(event).__name__, event.cl_ord_id, event.reason)
        case OrderRestated():
            return ("restated", event.cl_ord_id, event.reason, event.px)
        case PhaseChanged():
            return ("phase", event.phase)
        case Announced():
            return (event.what, *(value for name, value in event.values))
    return None
