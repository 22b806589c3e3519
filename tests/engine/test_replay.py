"""Random trading days with cuts, crashes and lost journal tails.

After every step a second state, fed with the journal alone, has the hash of the live one. When all is quiet every
order that the venue knows stands exactly once in the core, with the same quantities.
"""

import random

import pytest

from hts.engine.config import EngineConfig
from hts.engine.core_state import CoreState
from hts.engine.state_hash import state_hash
from hts.model.enums import DisconnectPolicy, OrdType, Side, TimeInForce
from hts.model.intents import (
    CancelAll,
    CancelLast,
    Flatten,
    SetDisconnectPolicy,
    SetKillSwitch,
)
from hts.model.reasons import Reason
from hts.model.records import IdBlockReserved
from hts.model.reports import RequestsLost, SessionDown
from hts.model.requests import OrderMassStatusRequest, StartSession
from hts.risk.guards import HouseLimits
from hts.risk.limits import RiskLimits
from tests.engine.fake_venue import FakeVenue, bought_and_sold
from tests.engine.kit import Desk, a_config, a_snapshot
from tests.support.builders import ACCOUNT, SYMBOL, VENUE, a_cancel_intent, a_replace_intent, an_intent

LIMITS = RiskLimits(duplicate_window_ms=0, orders_per_second=0)
STEPS = 220
CONFIG: EngineConfig = a_config(limits=LIMITS)


class Session:
    """A core and a venue with a wire between them that can be cut at any message."""

    def __init__(self, seed: int):
        self.dice = random.Random(seed)
        self.venue = FakeVenue()
        self.past = {}  # shares of earlier days
        self.desk = None
        self.synced = 0
        self.count = 0
        self.all_ids = set()
        self._boot([])

    # -- process and wire

    def _boot(self, journal) -> None:
        self.desk = Desk(journal, limits=LIMITS, id_block_size=64)
        self.replica = CoreState((VENUE,), HouseLimits(accounts=LIMITS), id_block_size=64)
        self.replicated = 0
        self.desk.start()
        self.desk.take(self.desk.engine.on_snapshot(a_snapshot(), *self.desk.at()))
        self.wire = []
        self.up = False
        self.told = None

    def crash(self) -> None:
        """The process dies. Its requests of the last batches may still be on the wire; the tail may be lost."""
        for request in self.desk.sent[: self.dice.randint(0, len(self.desk.sent))]:
            if self.up:
                self._to_venue(request)
        journal = self.desk.journal
        if self.dice.random() < 0.3:  # power cut: what was not synced is gone; ids and yesterday always were
            blocks = [n + 1 for n, record in enumerate(journal) if isinstance(record, IdBlockReserved)]
            journal = journal[: self.dice.randint(max([self.synced, *blocks]), len(journal))]
        self._boot(journal)

    def cut(self) -> None:
        """The connection breaks: requests on the wire are lost, and some reports were never read."""
        if not self.up:
            return
        lost = tuple(r.cl_ord_id for r in self.desk.sent if hasattr(r, "cl_ord_id"))
        self.desk.sent.clear()
        self.up = False
        self.desk.report(SessionDown(venue=VENUE, reason="cut"))
        self.lost = lost

    def connect(self) -> None:
        if self.up:
            return
        self.up = True
        self.desk.report(self.venue.session_up())
        lost, self.lost = getattr(self, "lost", ()), ()
        if lost:
            self.desk.report(RequestsLost(venue=VENUE, cl_ord_ids=lost))
        self.told = max(0, self.desk.next_seq - 1 - self.dice.randint(0, 3))  # some are sent twice

    def _to_venue(self, request) -> None:
        if isinstance(request, StartSession):
            return
        if not isinstance(request, OrderMassStatusRequest):
            assert request.cl_ord_id not in self.all_ids, f"{request.cl_ord_id} used twice"
            self.all_ids.add(request.cl_ord_id)
        self.venue.receive(request)

    def pump(self, limit=10**9) -> None:
        """Move messages both ways until quiet, or until `limit` of them have moved."""
        while self.up and limit > 0:
            limit -= 1
            if self.told < len(self.venue.out):
                self.told += 1
                self.desk.report(self.venue.out[self.told - 1])
            elif self.desk.sent:
                self._to_venue(self.desk.sent.pop(0))
            else:
                return

    # -- what people and markets do

    def step(self) -> None:
        self.desk.mono_ns += self.dice.randint(1, 50) * 1_000_000
        self.desk.engine.core.home.market.hear(self.desk.mono_ns)
        if not self.up and self.dice.random() < 0.3:
            self.connect()
        self.dice.choices(
            [self.trade, self.act, self.market, lambda: self.pump(self.dice.randint(1, 4)), self.rare],
            [30, 25, 15, 40, 4],
        )[0]()

    def trade(self) -> None:
        self.count += 1
        dice = self.dice
        ord_type = dice.choice([OrdType.LIMIT, OrdType.LIMIT, OrdType.LIMIT, OrdType.MARKET])
        intent = an_intent(
            f"n{self.count}",
            side=dice.choice(list(Side)),
            ord_type=ord_type,
            time_in_force=dice.choice([TimeInForce.DAY, TimeInForce.DAY, TimeInForce.IOC]),
            px=0 if ord_type is OrdType.MARKET else 71_000 + 100 * dice.randint(-9, 9),
            qty=dice.choice([0, 1, 5, 10, 13, 30]),
        )
        self.desk.intent(intent)
        if dice.random() < 0.1:
            self.desk.intent(intent)

    def act(self) -> None:
        self.count += 1
        dice, request_id = self.dice, f"a{self.count}"
        state = self.desk.engine.core.state
        orders = state.orders.working(ACCOUNT) or list(state.orders)
        order = dice.choice(orders) if orders else None
        kind = dice.randint(0, 9)
        if order is not None and kind < 3:
            self.desk.intent(a_cancel_intent(order.cl_ord_id, request_id))
        elif order is not None and kind < 7:
            qty = dice.choice([order.order_qty, max(1, order.order_qty - 2)])
            self.desk.intent(a_replace_intent(order.cl_ord_id, 71_000 + 100 * dice.randint(-5, 5), qty, request_id))
        elif kind == 7:
            self.desk.intent(CancelLast(request_id=request_id, account=ACCOUNT))
        elif kind == 8:
            self.desk.intent(CancelAll(request_id=request_id, account=ACCOUNT, side=dice.choice([None, *Side])))
        else:
            self.desk.intent(Flatten(request_id=request_id, account=ACCOUNT, symbol=SYMBOL))

    def market(self) -> None:
        working = self.venue.working()
        if working:
            order = self.dice.choice(working)
            self.venue.fill(order, self.dice.randint(1, order.leaves_qty))

    def rare(self) -> None:
        self.count += 1
        kind = self.dice.randint(0, 8)
        if kind < 2:
            self.cut()
        elif kind < 4:
            self.crash()
        elif kind < 6:
            self.connect()
        elif kind == 6:
            for order in self.venue.working():
                self.venue.cancel(order, Reason.MASS_CANCEL)
        elif kind == 7:
            on = self.dice.random() < 0.2
            self.desk.intent(SetKillSwitch(request_id=f"k{self.count}", account=ACCOUNT, on=on, reason="test"))
            policy = self.dice.choice(list(DisconnectPolicy))
            self.desk.intent(SetDisconnectPolicy(request_id=f"p{self.count}", account=ACCOUNT, policy=policy))
            for clients in (1, 0):
                self.desk.take(self.desk.engine.on_clients(clients, *self.desk.at()))
        else:
            self._roll_day()

    def _roll_day(self) -> None:
        """Only after the core has read all: what it never read of yesterday is in nobody's reach."""
        self.settle()
        self.synced = len(self.desk.journal)
        self.cut()
        for symbol, qty in bought_and_sold(self.venue.orders.values()).items():
            self.past[symbol] = self.past.get(symbol, 0) + qty
        self.venue.new_day()

    # -- what must hold

    def check_replica(self) -> None:
        journal = self.desk.journal
        for record in journal[self.replicated :]:
            self.replica.apply(record)
        self.replicated = len(journal)
        assert state_hash(self.replica) == self.desk.engine.state_hash

    def settle(self) -> None:
        self.connect()
        self.pump()
        self.check_replica()

    def check_settled(self) -> None:
        self.settle()
        state = self.desk.engine.core.state
        at_venue = {
            order.entry.cl_ord_id: (order.ord_status, order.leaves_qty, order.cum_qty, order.px, order.order_qty)
            for order in self.venue.orders.values()
        }
        here = {
            order.order_id: (order.ord_status, order.leaves_qty, order.cum_qty, order.px, order.order_qty)
            for order in state.orders
            if order.venue_order_id and not order.local_cause
        }
        assert here == at_venue
        assert [o for o in state.orders if o.pending] == []
        self._check_money()

    def _check_money(self) -> None:
        state = self.desk.engine.core.state
        held = dict(self.past)
        for symbol, qty in bought_and_sold(self.venue.orders.values()).items():
            held[symbol] = held.get(symbol, 0) + qty
        here = {position.symbol: position.qty for position in state.ledger.positions()}
        assert {s: q for s, q in here.items() if q} == {s: q for s, q in held.items() if q}
        (money,) = state.ledger.all_money()
        assert money.reserved == sum(order.held for order in state.orders)
        assert money.cash + money.cost == money.opening + money.realised


@pytest.mark.parametrize("seed", range(40))
def test_replay_has_the_live_hash_at_every_step(seed):
    session = Session(seed)
    session.connect()
    for _ in range(STEPS):
        session.step()
        session.check_replica()
    session.check_settled()
