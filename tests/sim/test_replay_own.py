"""A day that the simulator played, replayed: left alone, the book is the recorded one again."""

import pytest

from hts.base.errors import RemoteProtocolError
from hts.model.enums import Phase, TimeInForce
from hts.rules.dates import krx_local_ns
from hts.sim.command_log import CommandLog
from hts.sim.commands import Enter, Halt
from hts.sim.replay_own import load_own
from hts.sim.venue_day import VenueDay
from tests.sim.test_replay_dbn import DAY, START_NS, listed, play, shown
from tests.sim.test_venue import PX, SAMSUNG, Shell, buy, sell

MORNING_S = 9 * 3600 - 20


def recorded(shell):
    """The day's records, and a new exchange of that day."""
    log = CommandLog(shell.storage)
    return log.whole_day(), VenueDay(shell.config, log.whole_day()[0], run=1).exchange


@pytest.fixture(scope="module")
def morning():
    """Twenty seconds of the opening call and forty of trading, by the background flow."""
    shell = Shell(start_s=MORNING_S, intensity=3.0, checkpoint_commands=400)
    shell.run(60_000)
    assert shell.venue.day.exchange.phase() is Phase.CONTINUOUS
    return shell


def test_left_alone_the_book_is_the_recorded_one(morning):
    records, exchange = recorded(morning)
    listing = load_own(records, exchange, START_NS, SAMSUNG)
    assert (listing.instrument.symbol, listing.instrument.currency) == ("R05930", "KRW")
    assert listing.instrument.ticks == exchange.issues[SAMSUNG].instrument.ticks
    assert listing.notes == ()
    replayed = listed(listing)
    play(replayed, listing)
    assert len(listing.commands) > 100
    there = morning.venue.day.exchange
    assert shown(replayed, "R05930", 10) == shown(there, SAMSUNG, 10)
    sent = [timed.command for timed in listing.commands if isinstance(timed.command, Enter)]
    traded = sum(command.qty for command in sent if command.time_in_force is TimeInForce.IOC)
    assert traded == replayed.day("R05930").cum_qty > 0


def test_checkpoints_do_not_cut_the_day(morning):
    assert len(morning.storage.names()) > 1
    records, _ = recorded(morning)
    assert sum(type(record).__name__ == "DayStarted" for record in records) == 1
    assert not [record for record in records if type(record).__name__ == "Saved"]


def test_the_busiest_issue_is_taken_where_none_is_named(morning):
    records, exchange = recorded(morning)
    assert load_own(records, exchange, START_NS).instrument.symbol[1:] in {s[1:] for s in exchange.issues}


def test_an_unknown_issue_and_an_empty_day_are_refused(morning):
    records, exchange = recorded(morning)
    with pytest.raises(RemoteProtocolError, match="an issue of the day expected, found 999999"):
        load_own(records, exchange, START_NS, "999999")
    with pytest.raises(RemoteProtocolError, match="orders expected, found none"):
        load_own(records[:1], exchange, START_NS)
    empty = Shell(start_s=MORNING_S)
    with pytest.raises(RemoteProtocolError, match=f"continuous trading of {SAMSUNG} expected, found none"):
        load_own(*recorded(empty), START_NS, SAMSUNG)


def test_after_a_halt_the_book_is_brought_up():
    """Orders of the opening stand in their order; what came and went during a halt is there after it, not before."""
    shell = Shell(start_s=9 * 3600 + 60)
    shell.connect(1)
    for message in (sell(1, px=PX + 500), buy(2, px=PX - 500), buy(3, px=PX - 500)):
        shell.say(1, message)
    shell.venue.act(Halt(session="VENUE", symbol=SAMSUNG, on=True), shell.mono_ns)
    halted = shell.venue.day.exchange.phase(SAMSUNG)
    shell.venue.act(Halt(session="VENUE", symbol=SAMSUNG, on=False), shell.mono_ns)
    assert halted is Phase.HALTED
    shell.run(31 * 60_000)
    shell.say(1, buy(4, px=PX - 1_000))
    assert shell.venue.day.exchange.phase(SAMSUNG) is Phase.CONTINUOUS
    listing = load_own(*recorded(shell), START_NS, SAMSUNG)
    replayed = listed(listing)
    play(replayed, listing)
    assert shown(replayed, "R05930") == shown(shell.venue.day.exchange, SAMSUNG)
    first = listing.commands[0]
    assert krx_local_ns(DAY, 9 * 3600) == START_NS <= first.trade_ns
