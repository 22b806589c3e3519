"""The engine and the naive venue agree on every command: outcome, trades, and the book with its queues."""

import os
import random

import pytest

from hts.model.enums import Side, TimeInForce
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.commands import Amend, Cancel, Enter
from hts.sim.events import CancelRefused, OrderAmended, OrderCanceled, OrderRejected, OrderTraded
from hts.sim.exchange import Exchange
from hts.sim.matching import BUY, SELL
from tests.support.foreign_rules import foreign_rules
from tests.support.naive_venue import NaiveVenue
from tests.support.native_market import DAY, kind_of

SYMBOLS = {"TSE": "7203", "JNX": "7203", "ODX": "7203", "NASDAQ": "AAPL", "OSE": "NK225F-202612"}
COMMANDS = int(os.environ.get("HTS_NAIVE_COMMANDS", "6000"))
BOOK_EVERY = 50
RESTING_MAX = 100
HOUR_10 = 36_000 * 1_000_000_000


def an_exchange(venue):
    kind = kind_of(venue)
    instruments = tuple(i for i in foreign_rules().instruments(venue, DAY) if i.symbol == SYMBOLS[venue])
    exchange = Exchange(kind.profile(DAY), instruments, DAY, 1)
    exchange.advance(kind.midnight_ns(DAY) + HOUR_10)
    return exchange


class Flow:
    """Seeded commands, some of them bad; prices stay near the base, where no band or quote interferes."""

    def __init__(self, venue, instrument, seed):
        self.venue, self.instrument, self.dice = venue, instrument, random.Random(seed)
        self.ids = []
        self.next_id = 0

    def command(self, naive):
        self.next_id += 1
        if len(naive.resting) > RESTING_MAX:
            oldest = naive.resting[0]
            return Cancel(session=oldest.session, cl_ord_id=ClOrdID(self.next_id), orig_cl_ord_id=oldest.cl_ord_id)
        kind = self.dice.random()
        if kind < 0.62 or not self.ids:
            return self._enter()
        session, orig = self.dice.choice(self.ids[-60:])
        more = {"session": session, "cl_ord_id": ClOrdID(self.next_id), "orig_cl_ord_id": ClOrdID(orig)}
        if kind < 0.82:
            return Cancel(**more)
        self.ids.append((session, self.next_id))
        return Amend(**more, px=Px(self._px()), qty=Qty(self._qty()))

    def _enter(self):
        dice, session = self.dice, f"M{self.dice.randrange(3)}"
        self.ids.append((session, self.next_id))
        times = {"OSE": [TimeInForce.IOC, TimeInForce.FOK]}.get(self.venue, [TimeInForce.IOC])
        qty = self._qty()
        more = {}
        if self.venue == "NASDAQ" and dice.random() < 0.2 and qty > 1:
            more = dice.choice(({"is_hidden": True}, {"display_qty": Qty(max(qty // 4, 1))}))
        if self.venue in ("NASDAQ", "JNX", "ODX") and not more and dice.random() < 0.1:
            more = {"post_only": True}
        at_once = not more and dice.random() < 0.15
        if self.venue == "ODX" and dice.random() < 0.4:
            more |= {"client_type": "L"}
        return Enter(
            session=session, cl_ord_id=ClOrdID(self.next_id), symbol=self.instrument.symbol,
            side=dice.choice((Side.BUY, Side.SELL)), px=Px(self._px()), qty=Qty(qty),
            time_in_force=dice.choice(times) if at_once else TimeInForce.DAY, **more,
        )  # fmt: skip

    def _px(self):
        px = self.instrument.ticks.move(self.instrument.base_px, self.dice.randrange(-6, 7))
        bad = self.dice.random()
        return px + 1 if bad < 0.02 and self.instrument.ticks.step_at(px) > 1 else 0 if bad < 0.03 else px

    def _qty(self):
        bad = self.dice.random()
        return 0 if bad < 0.01 else self.instrument.lot * self.dice.randrange(1, 9) + (bad > 0.99)


def outcome(events):
    """The engine's events in the naive venue's words."""
    fills = {}
    for event in events:
        if isinstance(event, OrderTraded):
            fills.setdefault(event.match_id, {})[event.is_aggressor] = event
    trades = [(f[False].venue_order_id, f[True].venue_order_id, f[True].last_px, f[True].last_qty)
              for _, f in sorted(fills.items())]  # fmt: skip
    first = events[0]
    if isinstance(first, OrderRejected | CancelRefused):
        return first.reason, trades
    if isinstance(first, OrderCanceled):
        return "canceled", trades
    if isinstance(first, OrderAmended):
        return "amended", trades
    return "killed" if any(isinstance(e, OrderCanceled) for e in events) else "entered", trades


def book_of(exchange, symbol):
    issue = exchange.issues[symbol]
    return {
        side: [
            (issue.grid.prices[level], [issue.book.qty[handle] for handle in issue.book.queue(side, level)])
            for level in issue.book.levels_from_best(side)
        ]
        for side in (BUY, SELL)
    }


@pytest.mark.parametrize("venue", list(SYMBOLS))
def test_the_engine_agrees_with_the_naive_venue(venue):
    exchange = an_exchange(venue)
    instrument = exchange.instruments[0]
    rules = exchange.issues[instrument.symbol].rules
    naive = NaiveVenue(instrument, providers_pass=venue == "ODX", qty_may_grow=rules.qty_may_grow)
    flow = Flow(venue, instrument, seed=5)
    now, traded, refused = exchange.trade_ns, 0, 0
    for number in range(COMMANDS):
        command = flow.command(naive)
        now += 10_000_000  # below the members' throttle
        found = outcome(exchange.apply(command, now))
        expected = naive.apply(command)
        assert found == expected, (number, command)
        traded += len(expected[1])
        refused += not isinstance(expected[0], str)
        if number % BOOK_EVERY == 0:
            assert book_of(exchange, instrument.symbol) == naive.book(), number
    assert book_of(exchange, instrument.symbol) == naive.book()
    assert traded > COMMANDS // 10
    assert refused > COMMANDS // 50
