"""A saved state, and the command log, lead to the same venue: same hash, same events ever after."""

import random

import msgspec
import pytest

from hts.model.enums import OrdType, Side, TimeInForce
from hts.sim.commands import Halt
from hts.sim.exchange import Exchange
from hts.sim.exchange_state import ExchangeState
from hts.sim.grid import bounded, unbounded
from hts.sim.korea import krx_profile, nxt_profile
from hts.sim.log_records import Logged, decode, encode
from tests.sim.test_engine_naive import KRX_KINDS, PLAIN_KINDS, an_order, with_smp
from tests.support.krx_day import NEW, SAMSUNG, at, index
from tests.support.market_rules import market_rules
from tests.support.plain_venue import DAY, SYMBOL, a_profile, an_instrument, enter
from tests.support.venue import amend, cancel


class Flow:
    """Seeded commands for one issue of a venue."""

    def __init__(self, exchange, symbol, kinds, *, extras):
        self.fast, self.symbol, self.kinds, self.extras = exchange, symbol, kinds, extras
        self.number = 0

    def command(self, dice):
        self.number += 1
        what = dice.random()
        orders = self.fast.issues[self.symbol].resting()
        if what < 0.7 or not orders:
            fields = with_smp(dice, an_order(dice, self, 1, self.kinds, extras=self.extras))
            return enter(
                self.number, fields.pop("side"), fields.pop("px"), fields.pop("qty"), symbol=self.symbol, **fields
            )
        order = dice.choice(orders)
        if what < 0.85:
            return cancel(self.number, order.order_id, order.session)
        return amend(self.number, order.order_id, order.px, max(order.order_qty - 1, 1), order.session)


def reborn(exchange, make):
    """A new exchange with the saved state, through its bytes."""
    data = msgspec.msgpack.encode(exchange.save())
    new = make()
    new.load(msgspec.msgpack.decode(data, type=ExchangeState))
    return new


def plain(grid, tells_orders):
    def make():
        return Exchange(a_profile(grid=grid, tells_orders=tells_orders), (an_instrument(),), DAY, 1)

    return make, SYMBOL, PLAIN_KINDS, (10, 20, 30), True


def korean(profile_of, times):
    def make():
        rules = market_rules()
        instruments = [i for i in rules.instruments(NEW) if i.symbol == SAMSUNG]
        return Exchange(profile_of(rules, NEW), tuple(instruments), NEW, 1)

    return make, SAMSUNG, KRX_KINDS, tuple(at(time) for time in times), False


VENUES = {
    "bounded": plain(bounded, tells_orders=True),
    "unbounded": plain(unbounded, tells_orders=True),
    "KRX": korean(krx_profile, ("08:35:00", "09:01:00", "15:21:00", "15:45:00", "16:01:00")),
    "NXT": korean(nxt_profile, ("08:05:00", "09:01:00", "15:35:00", "15:45:00")),
}


@pytest.mark.parametrize("name", VENUES)
def test_a_saved_venue_goes_on_as_if_nothing_had_been(name):
    make, symbol, kinds, times, extras = VENUES[name]
    exchange = make()
    flow = Flow(exchange, symbol, kinds, extras=extras)
    dice = random.Random(name)
    log = []
    for start in times:
        exchange.advance(start)
        twin = reborn(exchange, make)
        assert twin.state_hash() == exchange.state_hash()
        for number in range(150):
            command, now = (
                flow.command(dice),
                start + number * (1 if start < 100 else 50_000_000) // 150 * (start > 100),
            )
            log.append(encode(Logged(trade_ns=now, command=command)))
            assert twin.apply(command, now) == exchange.apply(command, now), command
            if number % 30 == 0:
                assert twin.state_hash() == exchange.state_hash()
                twin = reborn(exchange, make)
    end = exchange.day_end_ns
    assert twin.advance(end) == exchange.advance(end)
    assert twin.state_hash() == exchange.state_hash()
    again = make()
    for body in log:
        record = decode(body)
        again.apply(record.command, record.trade_ns)
    again.advance(end)
    assert again.state_hash() == exchange.state_hash()


def test_interruptions_halts_breakers_and_sidecars_survive_a_restart():
    make = VENUES["KRX"][0]
    exchange = make()
    exchange.advance(at("09:10:00"))
    steps = [
        ("09:10:00", enter(1, Side.SELL, 285_000, 5, symbol=SAMSUNG)),
        ("09:10:01", enter(2, Side.BUY, 285_000, 3, symbol=SAMSUNG)),  # interrupted
        ("09:15:00", index("KOSPI200F", 6)),
        ("09:17:00", enter(3, Side.BUY, 280_000, 3, symbol=SAMSUNG, is_program=True)),
        ("09:19:00", index("KOSPI", -9)),
        ("09:30:00", enter(4, Side.BUY, 280_000, 3, symbol=SAMSUNG)),
        ("10:00:00", Halt(session="VENUE", symbol=SAMSUNG, on=True)),
        ("10:10:00", Halt(session="VENUE", symbol=SAMSUNG, on=False)),
        ("10:20:00", enter(5, Side.BUY, 280_000, 3, symbol=SAMSUNG)),
        (
            "15:45:00",
            enter(6, Side.BUY, 0, 3, symbol=SAMSUNG, ord_type=OrdType.LIMIT, time_in_force=TimeInForce.AT_CLOSE),
        ),
    ]
    for time, command in steps:
        twin = reborn(exchange, make)
        assert twin.advance(at(time)) == exchange.advance(at(time)), time
        assert twin.apply(command, at(time)) == exchange.apply(command, at(time)), time
        assert twin.state_hash() == exchange.state_hash()
    twin = reborn(exchange, make)
    assert twin.advance(at("20:00:00")) == exchange.advance(at("20:00:00"))


def test_the_hash_covers_every_place_and_what_the_rules_remember():
    make = VENUES["bounded"][0]
    exchange = make()
    exchange.advance(20)
    hashes = {exchange.state_hash()}
    more = [
        {"px": 90, "qty": 5, "display_qty": 2},
        {"px": 90, "qty": 5, "is_hidden": True},
        {"px": 0, "qty": 5, "ord_type": OrdType.MIDPOINT},
        {"px": 99, "qty": 5, "ord_type": OrdType.STOP_LIMIT, "stop_px": 99},
        {"px": 90, "qty": 5, "time_in_force": TimeInForce.AT_CLOSE},
    ]
    for number, fields in enumerate(more, 1):
        exchange.apply(enter(number, Side.BUY, fields.pop("px"), fields.pop("qty"), **fields), 20)
        hashes.add(exchange.state_hash())
    exchange.issues[SYMBOL].rules.marks["seen"] = 1
    hashes.add(exchange.state_hash())
    assert len(hashes) == len(more) + 2
