"""When all is quiet: do terminal, core and venue believe the same?

orders      every order of the venue stands once in the core, with the same quantities and the same end or life, those
            of another system too; nothing works in the core that does not work at the venue
fills       the venue's fills are the terminal's fills, each once, with what they did to the book and the right costs;
            they are read from the drop copy, over UMS or over FIX, with those of another system under our account
copies      the drop copy told all that the venue has noted, each once and in order
refusals    the venue had to refuse nothing that our own risk should have
money       position = sum of fills; cash = opening cash + sales - purchases - costs
cancels     an order whose cancel was accepted is over
work        what is over never reached beyond its whole either
screen      the terminal's orders are the core's
"""

from collections import Counter
from collections.abc import Mapping

from msgspec.structs import replace

from hts.engine.engine import Engine
from hts.gateway.fix_drop_copy import foreign_id
from hts.lab.copy_reader import CopyReader
from hts.lab.core_node import CoreNode
from hts.lab.ports import Parts
from hts.lab.setting import ACCOUNT, OTHER_SYSTEM, Membership
from hts.lab.steps import CONTRACTS, Children, Violate, check_work
from hts.lab.summed import as_summed
from hts.lab.terminal import Terminal
from hts.lab.told import Told, missing_copies, standing_fills, told_by_copies, told_by_ums
from hts.lab.trader import Trader
from hts.lab.venue_node import VenueNode
from hts.lab.watch import Watch
from hts.model.enums import Side
from hts.model.instruments import Instrument
from hts.model.intents import CancelOrder
from hts.model.reasons import LocalCause, Reason
from hts.model.units import ClOrdID, Notional
from hts.model.views import OrderView
from hts.sim.events import OrderRejected, OrderStated
from hts.sim.fix_names import unpacked
from hts.sim.native_names import NATIVE_NAMES
from hts.sim.venue import Venue

OURS_TO_REFUSE = frozenset(
    {
        Reason.UNKNOWN_SYMBOL,
        Reason.BAD_TICK,
        Reason.PRICE_LIMIT,
        Reason.BAD_QTY,
        Reason.BAD_LOT,
        Reason.DUPLICATE_CL_ORD_ID,
        Reason.UNKNOWN_ACCOUNT,
    }
)

Members = Mapping[str, Membership]
"""How the house is connected, by venue."""
Standing = Mapping[tuple[str, str], Told]
"""Fills that stand, by venue and ExecID."""


class Settlement:
    """Compares whenever all is quiet; what earlier days brought is carried over by `close_day`."""

    def __init__(
        self, *, watch: Watch, parts: Parts, trader: Trader, core: CoreNode, venues: Mapping[str, VenueNode]
    ) -> None:
        self._watch = watch
        self._layout = parts.ums
        self._readers = {
            name: CopyReader(node, parts.reader_inspector)
            for name, node in venues.items()
            if parts.reader_inspector is not None
        }
        self._members = {name: parts.membership(name) for name in venues}
        self._trader = trader
        self._core = core
        self._venues = venues
        self._shares: Counter[str] = Counter()  # held at the beginning of the day
        self._cash = Counter({parts.currency: int(parts.cash)})
        self._old: set[int] = set()  # orders of earlier days

    def check(self) -> list[str]:
        """A sentence for everything that does not agree now."""
        found: list[str] = []
        self._check(found.append)
        return found

    def _check(self, violate: Violate) -> None:
        trader, engine = self._trader, self._core.engine
        processes = {name: node.venue for name, node in self._venues.items()}
        if engine is None or None in processes.values():
            violate("core and venues should all be up when all has settled")
            return
        up = {name: process for name, process in processes.items() if process is not None}
        told = self._known(engine, self._executions(violate))
        self._watch.check_orders(engine)
        check_work(violate, engine.core.state, engine.core.state.works, Children())
        _orders(violate, engine, up, self._members)
        for terminal in trader.terminals:
            _fills(violate, engine, terminal, told, self._members)
            _screen(violate, engine, terminal, self._old)
        _costs(violate, engine, trader.terminal, up)
        _refusals(violate, up, self._members)
        self._money(violate, engine, told)
        _cancels(violate, engine, trader)
        if trader.waiting:
            violate(f"{len(trader.waiting)} intents have no answer, the first is {next(iter(trader.waiting))}")

    def close_day(self) -> None:
        """Carry over what the day brought; the venues' drop copies begin anew."""
        engine = self._core.engine
        assert engine is not None, "a day is closed when all is up"
        self._shares, self._cash = self._booked(self._known(engine, self._executions(self._watch.violate)))
        self.begin_day()

    def begin_day(self) -> None:
        """What is known by now may be gone from the core, and its numbers at the venue may come again."""
        self._old.update(order_id for terminal in self._trader.terminals for order_id in terminal.orders)

    def _executions(self, violate: Violate) -> list[Told]:
        found: list[Told] = []
        for name, node in self._venues.items():
            reader = self._readers.get(name)
            if reader is None:
                found += told_by_ums(self._layout, node)
                continue
            copies = reader.read()
            found += told_by_copies(node, copies, ACCOUNT)
            parted = missing_copies(node, copies)
            if parted:
                violate(parted)
        return found

    def _known(self, engine: Engine, told: list[Told]) -> dict[tuple[str, str], Told]:
        """The fills that stand, as the core can know them."""
        forgetful = {name for name, node in self._venues.items() if node.has_lost_numbers}
        return as_summed(
            standing_fills(told), self._trader.terminal.fills.values(), lambda one: _order_of(engine, one), forgetful
        )

    def _listed(self, venue: str, symbol: str) -> Instrument:
        process = self._venues[venue].venue
        assert process is not None, venue
        return process.day.exchange.issues[symbol].instrument

    def _booked(self, told: Standing) -> tuple[Counter[str], Counter[str]]:
        """Shares, and cash by currency: the day's beginning, the venues' fills, and their costs as they were shown."""
        shares, cash = Counter(self._shares), Counter(self._cash)
        for fill in told.values():
            issue = self._listed(fill.venue, fill.symbol)
            shares[fill.symbol] += fill.side.sign * fill.last_qty
            cash[issue.currency] -= fill.side.sign * int(issue.money(fill.last_px, fill.last_qty))
        for shown in self._trader.terminal.fills.values():
            cash[self._listed(shown.venue, shown.symbol).currency] -= shown.fee + shown.tax
        return shares, cash

    def _money(self, violate: Violate, engine: Engine, told: Standing) -> None:
        shares, cash = self._booked(told)
        ledger = engine.core.state.ledger
        held = {position.symbol: int(position.qty) for position in ledger.positions()}
        for symbol in shares.keys() | held.keys():
            if shares[symbol] != held.get(symbol, 0):
                violate(f"{symbol}: fills sum up to {shares[symbol]}, the position is {held.get(symbol, 0)}")
            issue = engine.core.state.issue(symbol)
            is_contract = issue is not None and issue.security_type in CONTRACTS
            if held.get(symbol, 0) < 0 and not is_contract and not self._watch.may_lack(symbol):
                violate(f"{symbol}: sold {-held[symbol]} shares that were not held")
        for row in ledger.rows(ACCOUNT):
            cash[row.currency] += row.loan  # contracts: the exchange finances all of them
        found = {money.currency: int(money.cash) for money in ledger.all_money()}
        if len(found) > 1:
            cash.update(self._core.converted())
        for currency in cash.keys() | found.keys():
            if cash[currency] != found.get(currency, 0):
                violate(f"cash: {cash[currency]} {currency} expected from the fills, found {found.get(currency)}")
        if any(fill.tax and fill.side is Side.BUY for fill in self._trader.terminal.fills.values()):
            violate("a purchase was taxed")


def _orders(violate: Violate, engine: Engine, venues: Mapping[str, Venue], members: Members) -> None:
    orders = engine.core.state.orders
    # A venue numbers its orders anew each day: what the new day closed has a number of the day before.
    today = [order for order in orders if order.local_cause != LocalCause.VENUE_NEW_DAY]
    numbers = Counter((order.venue, order.venue_order_id) for order in today if order.venue_order_id)
    days = {name: venue.trading_date for name, venue in venues.items()}
    working = set()
    for name, venue in venues.items():
        for stated in _stated(venue, members[name]):
            order = orders.find(_name_of(name, stated, members[name]))
            if order is None:
                violate(f"order {stated.order_id} of {name} is unknown to the core")
                continue
            if not stated.ord_status.is_terminal:
                working.add(order.order_id)
            if numbers[name, order.venue_order_id] > 1 and days[name]:
                violate(f"{name} order {order.venue_order_id} stands {numbers[name, order.venue_order_id]} times")
            ours = (order.venue, order.order_qty, order.cum_qty, order.leaves_qty, order.px, order.ord_status)
            theirs = (name, stated.order_qty, stated.cum_qty, stated.leaves_qty, stated.px, stated.ord_status)
            if ours != theirs:
                violate(f"order {order.order_id}: the core has {ours}, the venue {theirs}")
    for order in orders:
        if order.is_working and order.order_id not in working:
            violate(f"order {order.order_id} works in the core as {order.ord_status.name}, and not at the venue")


def _stated(venue: Venue, membership: Membership) -> list[OrderStated]:
    """Our orders at a venue, and those that another system entered for our account."""
    exchange = venue.day.exchange
    theirs = [order for order in exchange.order_state(OTHER_SYSTEM) if order.account == ACCOUNT]
    return [*exchange.order_state(membership.session), *theirs]


def _name_of(venue: str, stated: OrderStated, membership: Membership) -> ClOrdID:
    """The order's first name in the house: its number at the venue, or what the member's own name for it was."""
    if stated.session == OTHER_SYSTEM:
        return foreign_id(OTHER_SYSTEM, unpacked(stated.request_id)[0])
    if membership.by_fix:
        return ClOrdID(int(unpacked(stated.request_id)[0]))
    name_of = NATIVE_NAMES.get(venue)
    return stated.order_id if name_of is None else ClOrdID(int(name_of(stated.request_id)))


def _fills(violate: Violate, engine: Engine, terminal: Terminal, told: Standing, members: Members) -> None:
    """Where the order wire calls a fill by its match, the drop copy has another name for it: its order names it."""
    theirs = Counter(
        (
            _fill_name(engine, fill, members[fill.venue]),
            (fill.symbol, fill.side, fill.last_px, fill.last_qty, members[fill.venue].heard(fill.liquidity).name),
        )
        for fill in told.values()
    )
    ours = Counter(
        (
            (fill.venue, int(fill.order_id if members[fill.venue].is_told_by_match(fill.venue) else fill.exec_id)),
            (fill.symbol, fill.side, int(fill.px), int(fill.qty), members[fill.venue].heard(fill.liquidity).name),
        )
        for fill in terminal.fills.values()
        if fill.qty
    )
    for name, fill in sorted((theirs - ours).elements(), key=repr):
        violate(f"fill {name} {fill} of the venue is unknown to the terminal")
    for name, fill in sorted((ours - theirs).elements(), key=repr):
        violate(f"fill {name} {fill} of the terminal is unknown to the venue")


def _fill_name(engine: Engine, fill: Told, membership: Membership) -> tuple[str, int]:
    if not membership.is_told_by_match(fill.venue):
        return fill.venue, int(fill.exec_id)
    return fill.venue, int(_order_of(engine, fill))


def _order_of(engine: Engine, fill: Told) -> ClOrdID:
    order = engine.core.state.orders.find(fill.cl_ord_id)
    return order.order_id if order is not None else fill.cl_ord_id


def _costs(violate: Violate, engine: Engine, terminal: Terminal, venues: Mapping[str, Venue]) -> None:
    """What the day's tables say of the venues' own lists: each fill's fee, and the tax of all sales of an issue."""
    listed = {
        (name, instrument.symbol): _as_listed(venue, instrument)
        for name, venue in venues.items()
        for instrument in venue.day.exchange.instruments
    }
    day: Counter[tuple[str, Side]] = Counter()
    paid: Counter[tuple[str, Side]] = Counter()
    expected: Counter[tuple[str, Side]] = Counter()
    for fill in terminal.fills.values():
        issue, date = listed[fill.venue, fill.symbol], venues[fill.venue].trading_date
        rates, place = engine.core.rates(fill.account, issue, date), (fill.symbol, fill.side)
        value = issue.money(fill.px, fill.qty)
        fee = rates.fee_of(value, fill.qty, fill.liquidity)
        if fill.fee != fee:
            violate(f"fill {fill.exec_id}: fee {fee} expected, found {fill.fee}")
        day[place] += value
        paid[place] += fill.tax
        tax = rates.tax_of(value, fill.side, fill.qty)
        expected[place] = rates.tax_of(Notional(day[place]), fill.side) if rates.tax_by_day else expected[place] + tax
    for place in day:
        if paid[place] != expected[place]:
            violate(f"{place[0]} {place[1].name}: tax {expected[place]} of the day expected, found {paid[place]}")


def _as_listed(venue: Venue, instrument: Instrument) -> Instrument:
    """As the core lists it: what is traded at Nextrade is listed at the KRX, anything else where it is traded."""
    name = venue.config.name
    return replace(instrument, venue=name, listing_venue=instrument.listing_venue if venue.config.ums else name)


def _refusals(violate: Violate, venues: Mapping[str, Venue], members: Members) -> None:
    """What a venue may not have to refuse: our own risk knows the same rules."""
    for name, venue in venues.items():
        session = members[name].session
        for event in venue.day.told:
            if isinstance(event, OrderRejected) and event.session == session and event.reason in OURS_TO_REFUSE:
                violate(f"order {event.cl_ord_id} was rejected by {name} for {event.reason.name}")


def _cancels(violate: Violate, engine: Engine, trader: Trader) -> None:
    orders = engine.core.state.orders
    for request_id, intent in trader.intents.items():
        outcome = trader.outcomes.get(request_id)
        if not isinstance(intent, CancelOrder) or outcome is None or not outcome.accepted:
            continue
        order = orders.find(intent.cl_ord_id)
        if order is not None and order.is_working:
            violate(
                f"order {order.order_id}: cancel {request_id} was accepted, and it still is {order.ord_status.name}"
            )
    for order in orders:
        if order.pending:
            violate(f"order {order.order_id}: {len(order.pending)} requests are still without an answer")


def _screen(violate: Violate, engine: Engine, terminal: Terminal, old: set[int]) -> None:
    """The terminal shows the core's orders; of earlier days it may still show what is over."""
    ours = {order.order_id: _timeless(engine.core.order_view(order)) for order in engine.core.state.orders}
    shown = {order_id: _timeless(order) for order_id, order in terminal.orders.items()}
    for order_id in sorted(ours.keys() | shown.keys()):
        if order_id not in ours and order_id in old and shown[order_id].ord_status.is_terminal:
            continue
        if ours.get(order_id) != shown.get(order_id):
            violate(f"order {order_id}: the terminal shows {shown.get(order_id)}, the core has {ours.get(order_id)}")


def _timeless(view: OrderView) -> OrderView:
    """Latency figures belong to one process and do not survive it."""
    return replace(view, sent_us=0, ack_us=0)
