"""Seeded days on the exchange: sums hold, books do not cross, everything repeats."""

from random import Random

import msgspec
import pytest

from hts.model.enums import TimeInForce
from hts.sim.commands import Amend, Cancel, Enter, MassCancel
from hts.sim.events import OrderTraded, Traded
from hts.sim.exchange_state import ExchangeState
from tests.support.venue import BUY, HYNIX, SAMSUNG, SELL, amend, an_exchange, at, cancel, enter, run, words

IOC, FOK = TimeInForce.IOC, TimeInForce.FOK


def flow(seed: int, count: int):
    """Seeded commands of two members over a whole day, in all phases."""
    dice = Random(seed)
    known: dict[str, list[int]] = {"HTS01": [1], "AGENTS": [1]}
    trade_ns = at("08:45:00")
    for number in range(2, count):
        trade_ns += dice.randrange(2 * (at("15:31:00") - at("08:45:00")) // count)
        session = dice.choice(("HTS01", "AGENTS"))
        symbol = dice.choice((SAMSUNG, HYNIX))
        base, step = (272_000, 500) if symbol == SAMSUNG else (1_718_000, 1000)
        px = base + step * dice.randrange(-6, 7)
        ids = known[session]
        what = dice.random()
        if what < 0.7:
            px = 0 if dice.random() < 0.1 else px
            tif = dice.choice((TimeInForce.DAY,) * 5 + (IOC, FOK))
            side = dice.choice((BUY, SELL))
            qty = dice.randrange(1, 40)
            yield trade_ns, enter(number, side, px, qty, session=session, symbol=symbol, time_in_force=tif)
            ids.append(number)
        elif what < 0.85:
            yield trade_ns, cancel(number, dice.choice(ids[-30:]), session)
        elif what < 0.99:
            yield trade_ns, amend(number, dice.choice(ids[-30:]), px, dice.randrange(1, 40), session)
        else:
            yield trade_ns, MassCancel(session=session, symbol=symbol)


@pytest.mark.parametrize("seed", range(8))
def test_a_seeded_day_keeps_its_sums_and_repeats_itself(seed):
    commands = list(flow(seed, 1500))
    exchange, again = an_exchange("08:00:00", seed=seed), an_exchange("08:00:00", seed=seed)
    events = [event for trade_ns, command in commands for event in exchange.apply(command, trade_ns)]
    events += exchange.advance(at("18:00:00"))
    for trade_ns, command in commands:
        again.advance(trade_ns)
        again.apply(command, trade_ns)
    again.advance(at("18:00:00"))
    assert exchange.state_hash() == again.state_hash()
    fills = [event for event in events if isinstance(event, OrderTraded)]
    prints = [event.trade for event in events if isinstance(event, Traded)]
    assert len(fills) > 100
    assert sum(e.last_qty * e.side.sign for e in fills) == 0
    assert sum(e.last_qty for e in fills) == 2 * sum(trade.qty for trade in prints)
    assert [e.exec_id for e in fills] == list(range(1, len(fills) + 1))
    last = {(e.session, e.order_id): e for e in events if hasattr(e, "leaves_qty")}
    assert all(e.ord_status.is_terminal and e.leaves_qty == 0 for e in last.values())
    assert all(e.leaves_qty + e.cum_qty == e.order_qty for e in fills)
    better = [e for e in fills if e.px and (e.last_px - e.px) * e.side.sign > 0]
    assert better == []


@pytest.mark.parametrize("seed", range(3))
def test_in_continuous_trading_the_book_is_never_crossed(seed):
    exchange = an_exchange("08:00:00", seed=seed)
    for trade_ns, command in flow(seed, 1500):
        exchange.apply(command, trade_ns)
        for symbol in (SAMSUNG, HYNIX):
            book = exchange.depth(symbol)
            ask_px, bid_px = book.levels[:2]
            assert ask_px == 0 or bid_px < ask_px
            assert list(book.levels[1::4]) == sorted(book.levels[1::4], reverse=True)


def test_every_kind_of_command_is_told_apart_by_the_state_hash():
    seen = set()
    for commands in ([], [enter(1, BUY, 271_000, 2)], [enter(1, BUY, 271_000, 3)], [enter(1, BUY, 271_500, 2)]):
        exchange = an_exchange()
        run(exchange, *commands)
        seen.add(exchange.state_hash())
        run(exchange, enter(9, SELL, 273_000, 1), amend(10, 9, 273_500, 1))
        seen.add(exchange.state_hash())
        run(exchange, cancel(11, 10))
        seen.add(exchange.state_hash())
    assert len(seen) == 12
    assert {type(command) for _, command in flow(1, 400)} == {Enter, Cancel, Amend, MassCancel}


@pytest.mark.parametrize("stop", [0, 40, 700, 1100, 1498])
def test_a_saved_exchange_goes_on_as_if_nothing_had_happened(stop):
    exchange = an_exchange("08:00:00", seed=3)
    commands = list(flow(3, 1500))
    for trade_ns, command in commands[:stop]:
        exchange.apply(command, trade_ns)
    saved = msgspec.msgpack.decode(msgspec.msgpack.encode(exchange.save()), type=ExchangeState)
    again = an_exchange("07:00:00", seed=3)
    again.load(saved)
    assert again.state_hash() == exchange.state_hash()
    for trade_ns, command in commands[stop:]:
        assert again.apply(command, trade_ns) == exchange.apply(command, trade_ns)
    assert again.advance(at("18:00:00")) == exchange.advance(at("18:00:00"))
    assert again.state_hash() == exchange.state_hash()
    assert again.depth(SAMSUNG) == exchange.depth(SAMSUNG)


def test_what_stands_is_told_to_one_who_joins():
    exchange = an_exchange("10:00:00", with_apple=True)
    run(exchange, enter(1, SELL, 272_000, 9), enter(2, BUY, 272_000, 4), enter(3, BUY, 271_000, 1), cancel(4, 3))
    assert words(exchange.standing()) == [("accepted", 1, 5), ("phase", "", "continuous")]
    early = an_exchange("08:00:00", with_apple=True)
    early.advance(at("08:40:00"))
    assert words(early.standing()) == [("phase", "", "open_call"), ("phase", "AAPL", "closed")]
