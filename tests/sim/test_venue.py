import pytest

from hts.base.errors import CorruptRecord, StorageError
from hts.model.enums import Phase, Side
from hts.rules.dates import NS
from hts.sim.command_log import CommandLog
from hts.sim.log_records import Logged, Saved, Tick
from hts.sim.replay import load_replay
from hts.sim.venue import ROLL_AFTER_NS
from hts.wire.ums import messages as ums
from tests.sim.venue_shell import Shell
from tests.support.storage import MemoryStorage
from tests.support.venue import DAY, SAMSUNG, at
from tests.support.wire_ums import a_client, an_order
from tests.wire.mdcs.samples import LAYOUT as MDCS

PX = 272_000


def an_open_shell(**changes) -> Shell:
    """A quiet venue in continuous trading, HTS01 logged on over connection 1."""
    shell = Shell(start_s=9 * 3600 + 60, **changes)
    shell.connect(1)
    return shell


def buy(cl_ord_id, px=PX, qty=10, **changes):
    return an_order(cl_ord_id, px=px, qty=qty, **changes)


def sell(cl_ord_id, px=PX, qty=10, **changes):
    return buy(cl_ord_id, px, qty, side=Side.SELL, **changes)


def test_the_paper_market_starts_shortly_before_its_opening():
    shell = Shell()
    assert (shell.venue.epoch, shell.venue.trading_date, shell.now[0]) == (1, DAY, at("08:59:30"))
    assert shell.venue.day.exchange.phase() is Phase.OPEN_CALL
    shell.run(61_000)
    assert shell.venue.day.exchange.phase() is Phase.CONTINUOUS


def test_a_fast_clock_plays_a_minute_in_three_seconds():
    shell = Shell(speed_milli=20_000)
    shell.run(3050)
    assert shell.venue.day.exchange.phase() is Phase.CONTINUOUS
    assert shell.now[0] == at("09:00:31")


def test_orders_of_a_member_trade_over_the_wire():
    shell = an_open_shell()
    for message in (sell(1), buy(2, qty=4), buy(3, px=PX + 100)):
        shell.say(1, message)
    assert shell.messages(1) == [
        "LoggedOn", ("NEW", 1, 0), ("NEW", 2, 0), ("TRADE", 1, 4), ("TRADE", 2, 4), ("REJECTED", 3, 0),
    ]  # fmt: skip


def test_the_widest_numbers_of_the_wire_are_refused_and_logged():
    shell = an_open_shell()
    widest = 2**64 - 1
    for message in (
        buy(widest, px=2**63 - 1, qty=widest),
        buy(widest - 1, px=-(2**63)),
        sell(1),
        ums.AmendOrder(
            cl_ord_id=widest - 2, orig_cl_ord_id=1, request_id="r" * 36, account="8801-2745-01", symbol=SAMSUNG,
            side=Side.SELL, px=2**63 - 1, qty=widest,
        ),
    ):  # fmt: skip
        shell.say(1, message)
    told = [("REJECTED", widest, 0), ("REJECTED", widest - 1, 0), ("NEW", 1, 0), "CancelReject"]
    assert shell.messages(1)[1:] == told
    before = shell.venue.state_hash()
    shell.kill()
    assert shell.venue.state_hash() == before


def test_every_command_is_in_the_log_before_it_is_applied():
    shell = an_open_shell()
    shell.say(1, sell(1))
    before = shell.venue.day.exchange.state_hash()
    shell.storage.room = 10
    with pytest.raises(StorageError, match="no space left"):
        shell.say(1, sell(2))
    assert shell.venue.day.exchange.state_hash() == before
    assert shell.messages(1)[-1] == ("NEW", 1, 0)


def test_a_restart_has_the_same_orders_and_numbers_and_tells_what_was_missed():
    shell = an_open_shell()
    for message in (sell(1), sell(2, px=PX + 500), buy(3, qty=4), ums.CancelOrder(
        cl_ord_id=4, orig_cl_ord_id=2, request_id="r-4", account="8801-2745-01", symbol=SAMSUNG, side=Side.SELL
    )):  # fmt: skip
        shell.say(1, message)
    before = shell.venue.state_hash()
    numbers = shell.venue.day.order_entry.sequence_numbers()
    assert numbers["HTS01"] == (5, 7)
    shell.kill()
    assert shell.venue.state_hash() == before
    assert shell.venue.day.order_entry.sequence_numbers() == numbers
    shell.connect(2, a_client(epoch=1, next_in_seq=5, next_out_seq=5))
    shell.say(2, buy(5, qty=6))
    assert shell.messages(2) == [
        "LoggedOn", ("TRADE", 3, 4), ("CANCELED", 4, 0), ("NEW", 5, 0), ("TRADE", 1, 6), ("TRADE", 5, 6),
    ]  # fmt: skip
    assert shell.messages(1)[4:6] == [("TRADE", 1, 4), ("TRADE", 3, 4)]


def test_a_restart_at_every_command_of_a_busy_opening_finds_the_state_of_that_moment():
    shell = Shell(intensity=0.5)
    shell.connect(1)
    states = []
    for number in range(1, 40):
        shell.say(1, sell(number, px=PX + 500 * (number % 5 - 2)) if number % 2 else buy(number))
        states.append((len(shell.log()), shell.venue.state_hash()))
        shell.run(1700)
    assert shell.venue.day.exchange.phase() is Phase.CONTINUOUS
    assert shell.venue.day.exchange.day(SAMSUNG).cum_qty > 0
    name = shell.storage.names()[0]
    for size, state in states[::6]:
        disk = MemoryStorage()
        disk.append(name, shell.log()[:size])
        again = Shell(storage=disk, intensity=0.0)
        assert again.venue.state_hash() == state
        disk.append(name, b"\0\0\0")


def test_the_flow_goes_on_after_a_restart_with_new_ids():
    shell = Shell(intensity=0.5)
    shell.run(40_000)
    shell.kill()
    shell.run(20_000)
    records = CommandLog(shell.storage).recover()
    ids = [r.command.cl_ord_id for r in records if isinstance(r, Logged) and r.command.cl_ord_id]
    assert len(ids) == len(set(ids)) > 2000
    assert shell.venue.day.exchange.day(SAMSUNG).cum_qty > 0


def test_a_sleepy_shell_gives_the_same_flow():
    def commands(every_ms):
        shell = Shell(intensity=0.3)
        shell.run(45_000, every_ms=every_ms)
        return [r for r in CommandLog(shell.storage).recover() if isinstance(r, Logged)]

    exact = commands(0)
    assert len(exact) > 500
    assert commands(40)[: len(exact) - 20] == exact[: len(exact) - 20]


def test_venue_time_is_never_told_twice_across_restarts():
    shell = Shell(speed_milli=10_000)
    told = []
    for _ in range(4):
        shell.run(2_345)
        told.append(shell.now[0])
        shell.kill()
        told.append(shell.now[0])
    assert told == sorted(told)
    assert told[-1] - at("08:59:30") < 4 * (2345 + 2000) * 10 * NS // 1000


def test_scheduled_changes_are_logged_before_they_are_told():
    shell = Shell(start_s=15 * 3600 + 19 * 60)
    shell.run(700_000, every_ms=100_000)
    changes = [at("15:20:00"), shell.venue.day.exchange.agenda.timetable[6].at_ns]
    ticks = [r.trade_ns for r in CommandLog(shell.storage).recover() if isinstance(r, Tick)]
    assert [ns for ns in changes if ns not in ticks] == []


def test_fresh_begins_a_new_day_without_orders():
    shell = an_open_shell()
    shell.say(1, sell(1))
    shell.kill(fresh=True)
    assert (shell.venue.epoch, shell.venue.trading_date) == (2, DAY)
    assert shell.venue.day.exchange.order_state("HTS01") == ()
    client = shell.connect(2, a_client(epoch=1, next_in_seq=2, next_out_seq=2))
    assert (client.epoch, client.next_in_seq, client.next_out_seq) == (2, 1, 1)
    shell.kill()
    assert shell.venue.epoch == 2


def test_after_the_close_the_next_day_rolls_from_its_closes():
    shell = Shell(start_s=15 * 3600 + 25 * 60)
    shell.connect(1)
    for message in (sell(1, px=PX + 500), buy(2, px=PX + 500), sell(3, px=PX + 5000)):
        shell.say(1, message)
    shell.run(331_000)
    end_ns = shell.venue.day.exchange.day_end_ns
    assert shell.messages(1)[-3:] == [("TRADE", 2, 10), ("TRADE", 1, 10), ("EXPIRED", 3, 0)]
    assert end_ns == at("20:00:00")
    shell.run((end_ns + ROLL_AFTER_NS - shell.now[0]) // 1_000_000 + 1)
    assert (shell.venue.epoch, shell.venue.trading_date) == (2, 20261124)
    assert shell.clients == {}
    base = {i.symbol: i.base_px for i in shell.venue.day.exchange.instruments}
    assert (base[SAMSUNG], base["000660"]) == (PX + 500, 1_718_000)
    shell.kill()
    assert {i.symbol: i.base_px for i in shell.venue.day.exchange.instruments} == base
    assert shell.venue.epoch == 2


def test_cancel_on_disconnect_is_logged_like_any_command():
    shell = Shell(start_s=9 * 3600 + 60)
    shell.connect(1, a_client(cancel_on_disconnect=True))
    shell.say(1, sell(1))
    shell.cut(1)
    before = shell.venue.state_hash()
    assert [order.leaves_qty for order in shell.venue.day.exchange.order_state("HTS01")] == [0]
    shell.kill()
    assert shell.venue.state_hash() == before


def test_a_damaged_log_is_refused_and_fresh_is_the_way_on():
    shell = an_open_shell()
    for number in range(1, 9):
        shell.say(1, sell(number, px=PX + 500 * number))
    shell.storage.flip("venue-000001-0000.log", 120)
    with pytest.raises(CorruptRecord, match="--fresh"):
        shell.kill()
    shell.start(fresh=True)
    assert shell.venue.epoch == 2


def test_the_feed_opens_a_new_session_with_each_process_and_day():
    shell = Shell(mdcs=MDCS)
    sessions = [shell.venue.day.publisher.session]
    shell.kill()
    sessions.append(shell.venue.day.publisher.session)
    shell.kill(fresh=True)
    sessions.append(shell.venue.day.publisher.session)
    assert sessions == [10_001, 10_002, 20_001]


def test_the_feed_publishes_what_happens_on_both_lines():
    shell = an_open_shell(mdcs=MDCS)
    shell.datagrams.clear()
    shell.say(1, sell(1))
    assert [line for line, _ in shell.datagrams] == ["A", "B"]


def test_todays_bars_survive_a_restart():
    shell = an_open_shell(mdcs=MDCS)
    shell.say(1, sell(1))
    shell.say(1, buy(2, qty=4))
    bars = shell.venue.day.publisher.today.bars(SAMSUNG, 60)
    assert [(bar.start_ns, bar.close_px, bar.qty) for bar in bars] == [(at("09:01:00"), PX, 4)]
    shell.kill()
    assert shell.venue.day.publisher.today.bars(SAMSUNG, 60) == bars


RECORDING = """\
34200.000000000,1,11,18,5853300,1
34200.500000000,1,12,10,5854000,-1
34201.000000000,5,0,7,5853700,1
34202.000000000,4,12,4,5854000,-1
34203.000000000,3,11,18,5853300,1
"""


def test_a_recording_is_played_once_at_its_times_across_a_restart():
    def listing(trading_date):
        assert trading_date == DAY
        return load_replay(RECORDING, None, at("09:01:00"))

    shell = Shell(start_s=9 * 3600 + 50, replay=listing)
    shell.run(10_700)
    shell.kill()
    shell.run(10_000)
    played = [r for r in CommandLog(shell.storage).recover() if isinstance(r, Logged)]
    assert [type(record.command).__name__ for record in played] == ["Enter", "Enter", "PublicPrint", "Enter", "Cancel"]
    # The clock goes on a second after the last logged time: what was due meanwhile happens then.
    assert [record.trade_ns - at("09:01:00") for record in played] == [0, NS // 2, NS * 3 // 2, 2 * NS, 3 * NS]
    assert shell.venue.day.exchange.day("AAPL").cum_qty == 11
    assert shell.venue.day.exchange.depth("AAPL").levels[:4] == (58_540, 0, 6, 0)


def test_a_restart_from_a_checkpoint_is_a_restart_from_the_whole_log():
    def a_day(checkpoint_commands):
        shell = Shell(intensity=0.4, mdcs=MDCS, checkpoint_commands=checkpoint_commands)
        shell.connect(1)
        for number in range(1, 30):
            shell.say(1, sell(number, px=PX + 500 * (number % 7 - 3)) if number % 2 else buy(number))
            shell.run(1500)
        return shell

    whole, saved = a_day(10**9), a_day(300)
    assert len(whole.storage.names()) == 1
    assert len(saved.storage.names()) > 5
    state, bars = saved.venue.state_hash(), saved.venue.day.publisher.today.minutes()
    assert whole.venue.state_hash() == state
    saved.kill()
    whole.kill()
    assert saved.venue.recovered < 400 < whole.venue.recovered
    assert [saved.venue.state_hash(), whole.venue.state_hash()] == [state, state]
    assert saved.venue.day.publisher.today.minutes() == bars
    assert (saved.venue.day.run, whole.venue.day.run) == (2, 2)
    for shell in (whole, saved):
        shell.connect(2, a_client(epoch=1, next_in_seq=1, next_out_seq=30))
    assert saved.messages(2) == whole.messages(2)
    assert saved.messages(2)[1:] == saved.messages(1)[1:]
    saved.run(20_000)
    saved.kill()
    assert saved.venue.day.run == 3
    records = CommandLog(saved.storage).recover()
    assert sum(isinstance(record, Logged) for record in records) < 400


def test_the_flow_knows_its_orders_after_a_checkpoint():
    shell = Shell(intensity=0.4, checkpoint_commands=300)
    shell.run(60_000)
    shell.kill()
    shell.run(20_000)
    book = shell.venue.day.agents.flow(SAMSUNG).book
    depth = shell.venue.day.exchange.depth(SAMSUNG)
    best = [book.grid[side.best()] for side in (book.asks, book.bids)]
    assert best == list(depth.levels[:2])


def test_a_checkpoint_that_is_none_is_refused():
    shell = Shell()
    log = CommandLog(shell.storage)
    log.recover()
    log.start_part(Saved(data=b"not compressed"))
    with pytest.raises(CorruptRecord, match="a checkpoint of 14 bytes cannot be read"):
        shell.kill()
