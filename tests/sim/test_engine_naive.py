"""The engine and the naive venue under the same seeded commands: HTS_ENGINE_COMMANDS of them, 100,000 in a campaign."""

import os
import random

import pytest

from hts.model.enums import OrdType, Phase, Side, TimeInForce
from hts.sim.commands import Enter
from hts.sim.events import OrderAccepted, OrderCanceled, OrderExpired, OrderTraded, PhaseChanged
from hts.sim.exchange import Exchange
from hts.sim.grid import bounded, unbounded
from hts.sim.korea import krx_profile, nxt_profile
from tests.sim.naive_venue import NaiveVenue
from tests.support.krx_day import NEW, at
from tests.support.market_rules import market_rules
from tests.support.plain_venue import DAY, SYMBOL, a_profile, an_instrument
from tests.support.venue import amend, cancel

COMMANDS = int(os.environ.get("HTS_ENGINE_COMMANDS", "3000"))
T, C = OrdType, TimeInForce
SAMSUNG = "005930"


class Pair:
    """Both venues; every act is made at both and compared."""

    def __init__(self, exchange, naive, symbol):
        self.fast, self.naive, self.symbol = exchange, naive, symbol
        self.number = 0
        self.left = {}

    def phases(self, events):
        """Scheduled phases of the issue among the events."""
        return [e.phase for e in events if isinstance(e, PhaseChanged) and e.symbol in ("", self.symbol)]

    def told(self, events):
        fills, halves = [], {}
        for event in events:
            if isinstance(event, OrderTraded):
                self.left[event.order_id] = event.leaves_qty
                pair = halves.setdefault(event.match_id, {})
                pair[event.side] = event
                if len(pair) == 2:
                    buy, sell = pair[Side.BUY], pair[Side.SELL]
                    fills.append((buy.order_id, sell.order_id, buy.last_px, buy.last_qty))
            elif isinstance(event, (OrderAccepted,)):
                self.left[event.order_id] = event.leaves_qty
            elif isinstance(event, (OrderCanceled, OrderExpired)):
                self.left[event.order_id] = 0
        self.left = {number: qty for number, qty in self.left.items() if qty}
        return fills

    def enter(self, now, **fields):
        self.number += 1
        command = Enter(session=f"M{self.number % 7}", cl_ord_id=self.number, symbol=self.symbol, **fields)
        events = self.fast.apply(command, now)
        fills = self.told(events)
        if isinstance(events[0], OrderAccepted):
            self.naive.enter(command, events[0].px)
            assert fills == self.naive.fills, (
                command.ord_type,
                command.time_in_force,
                command.side,
                command.px,
                command.qty,
                command.smp_id,
                command.smp_mode,
            )
        return isinstance(events[0], OrderAccepted)

    def cancel(self, now, dice):
        order = self.pick(dice)
        if order:
            self.number += 1
            events = self.fast.apply(cancel(1_000_000 + self.number, order.order_id, order.session), now)
            fills = self.told(events)
            self.naive.cancel(order.order_id)
            assert fills == self.naive.fills

    def reduce(self, now, dice):
        order = self.pick(dice)
        if order and order.leaves_qty > 1 and not order.is_market:
            by = dice.randrange(1, order.leaves_qty)
            self.number += 1
            self.fast.apply(
                amend(1_000_000 + self.number, order.order_id, order.px, order.order_qty - by, order.session), now
            )
            self.naive.reduce(order.order_id, by)

    def pick(self, dice):
        orders = self.fast.issues[self.symbol].resting()
        return dice.choice(orders) if orders else None

    def advance(self, now, carries):
        events = self.fast.advance(now)
        fills = self.told(events)
        found = []
        for phase in self.phases(events):
            if phase is not self.naive.phase:
                self.naive.begin(phase, carries(phase))
                found += self.naive.fills
        assert fills == found
        self.check()

    def check(self):
        issue = self.fast.issues[self.symbol]
        state = sorted((o.order_id, o.leaves_qty, issue.book.qty[o.handle] if o.handle else 0) for o in issue.resting())
        assert state == self.naive.state()
        assert issue.phase is self.naive.phase
        assert issue.last_px == self.naive.last


def an_order(dice, pair, step, kinds, *, extras):
    """Fields of a random order around the last price, most of them plain."""
    issue = pair.fast.issues[pair.symbol]
    ticks, last = issue.instrument.ticks, issue.last_px
    side = dice.choice((Side.BUY, Side.SELL))
    kind = dice.choice(kinds)
    away = dice.choice((-6, -3, -2, -1, 0, 1, 2, 3, 4, 6, 9, 12)) * side.sign
    px = int(ticks.move(ticks.floor(last), -away))
    px = min(max(px, issue.instrument.lower_px), issue.instrument.upper_px)
    tif = dice.choice((C.DAY, C.DAY, C.DAY, C.IOC, C.FOK)) if issue.phase.is_continuous else C.DAY
    fields = {"side": side, "ord_type": kind, "time_in_force": tif, "px": px, "qty": dice.randrange(1, 40) * step}
    if kind in (T.MARKET, T.STOP, T.MIDPOINT, T.PRIMARY_PEG, T.BEST_COUNTER, T.BEST_OWN):
        fields["px"] = 0
    if kind in (T.STOP, T.STOP_LIMIT):
        fields |= {
            "time_in_force": C.DAY,
            "stop_px": int(ticks.move(ticks.floor(last), side.sign * dice.randrange(1, 5))),
        }
    if extras and kind is T.LIMIT and dice.random() < 0.4:
        what = dice.randrange(4)
        if what == 0 and tif is C.DAY:
            fields["display_qty"] = dice.randrange(1, fields["qty"] + 1)
        elif what == 1 and tif is C.DAY:
            fields |= {"is_hidden": True, "min_qty": dice.choice((0, fields["qty"] // 2))}
        elif what == 2 and tif is C.IOC:
            fields["min_qty"] = fields["qty"] // 2
        elif tif is C.DAY:
            fields["post_only"] = True
    return fields


PLAIN_KINDS = (*(T.LIMIT,) * 12, T.MARKET, T.STOP, T.STOP_LIMIT, T.MIDPOINT, T.PRIMARY_PEG, T.BEST_COUNTER, T.BEST_OWN)


def plain_carries(phase):
    return lambda order: phase is not Phase.CLOSED


@pytest.mark.parametrize("grid", [bounded, unbounded], ids=["bounded", "unbounded"])
def test_the_plain_venue_equals_the_naive_one(grid):
    done, seed = 0, 0
    while done < COMMANDS:
        seed += 1
        dice = random.Random(seed)
        instrument = an_instrument()
        pair = Pair(Exchange(a_profile(grid=grid), (instrument,), DAY, seed), NaiveVenue(instrument), SYMBOL)
        for start, share in ((10, 0.1), (20, 0.7), (30, 0.2)):
            pair.advance(start, plain_carries)
            for number in range(int(share * 800)):
                act(dice, pair, start, PLAIN_KINDS if start == 20 else (T.LIMIT,), extras=True)
                done += 1
                if number % 40 == 0:
                    pair.check()
        pair.advance(40, plain_carries)


def act(dice, pair, now, kinds, *, extras=False, step=1):
    what = dice.random()
    if what < 0.68:
        pair.enter(now, **an_order(dice, pair, step, kinds, extras=extras))
    elif what < 0.88:
        pair.cancel(now, dice)
    else:
        pair.reduce(now, dice)


KRX_KINDS = (
    *(T.LIMIT,) * 10, T.MARKET, T.STOP_LIMIT, T.MIDPOINT, T.BEST_COUNTER, T.BEST_OWN, T.LIMIT_OR_CLOSE,
)  # fmt: skip


def krx_carries(phase):
    if phase in (Phase.CLOSED, Phase.ACCEPT):
        return lambda order: False
    if phase is Phase.CLOSE_CALL:
        return lambda order: order.kind is not T.MIDPOINT and not order.asleep
    return lambda order: True


def nxt_carries(phase):
    if phase is Phase.CLOSED:
        return lambda order: False
    if phase in (Phase.PAUSE, Phase.OPEN_CALL, Phase.AFTER_MARKET):
        return lambda order: order.kind is not T.MIDPOINT and not order.asleep
    return lambda order: True


def a_korean_pair(profile, seed, *, rests, tiers):
    rules = market_rules()
    instrument = next(i for i in rules.instruments(NEW) if i.symbol == SAMSUNG)
    exchange = Exchange(profile, (instrument,), NEW, seed)
    vi = exchange.issues[SAMSUNG].rules.day.vi
    naive = NaiveVenue(instrument, rests=rests, vi=(vi.dynamic, vi.static), tiers=tiers)
    return Pair(exchange, naive, SAMSUNG)


def with_smp(dice, fields):
    if dice.random() < 0.1:
        fields |= {"smp_id": dice.choice(("A", "B")), "smp_mode": dice.choice((0, 1, 2, 3))}
    return fields


@pytest.mark.parametrize(
    ("make", "rests", "carries", "hours"),
    [
        (
            krx_profile,
            True,
            krx_carries,
            (("08:45:00", 0.15), ("09:01:00", 0.6), ("15:21:00", 0.15), ("16:01:00", 0.1)),
        ),
        (nxt_profile, False, nxt_carries, (("08:05:00", 0.2), ("09:01:00", 0.5), ("15:31:00", 0.1), ("15:41:00", 0.2))),
    ],
    ids=["KRX", "NXT"],
)
def test_a_korean_venue_equals_the_naive_one(make, rests, carries, hours):
    done, seed = 0, 0
    seen = set()
    while done < COMMANDS:
        seed += 1
        dice = random.Random(seed)
        pair = a_korean_pair(make(market_rules(), NEW), seed, rests=rests, tiers=rests)
        for time, share in hours:
            pair.advance(at(time), carries)
            now = at(time)
            for number in range(int(share * 800)):
                now += dice.randrange(400_000_000)
                pair.advance(now, carries)
                kinds = KRX_KINDS if pair.naive.phase.is_continuous else (T.LIMIT, T.LIMIT, T.MARKET)
                what = dice.random()
                if what < 0.7:
                    pair.enter(now, **with_smp(dice, an_order(dice, pair, 1, kinds, extras=False)))
                elif what < 0.88:
                    pair.cancel(now, dice)
                else:
                    pair.reduce(now, dice)
                done += 1
                seen.add(pair.naive.phase)
                if number % 40 == 0:
                    pair.check()
        pair.advance(at("20:00:00"), carries)
    assert Phase.VI_CALL in seen or make is nxt_profile


def test_the_comparison_sees_what_it_should():
    """The seeded flow reaches trades of every kind, not only resting orders."""
    dice = random.Random(1)
    instrument = an_instrument()
    pair = Pair(Exchange(a_profile(), (instrument,), DAY, 1), NaiveVenue(instrument), SYMBOL)
    pair.advance(20, plain_carries)
    prints, hidden = 0, 0
    for _ in range(600):
        act(dice, pair, 20, PLAIN_KINDS, extras=True)
        prints += len(pair.naive.fills) > 0
        hidden += any(order.hidden for order in pair.naive.orders)
    assert prints > 100
    assert hidden > 100
