"""Each scenario that comes with the program: what it promises happens."""

from math import expm1
from statistics import median

import pytest

from hts.app.scenarios import load_scenario, scenario_list
from hts.base.errors import ConfigError
from hts.model.enums import Market, Phase, Side
from hts.model.quotes import BookUpdate
from hts.rules.dates import krx_local_ns
from hts.sim.agents import Agents
from hts.sim.agents_path import FairPath, market_walk, price_grid
from hts.sim.agents_profile import profile_of
from hts.sim.commands import Enter
from hts.sim.events import Announced, OrderTraded, PhaseChanged, Traded
from hts.sim.index_live import IndexRule
from hts.sim.korea.interruption import STATIC
from hts.sim.scenario import USUAL, parse_scenario
from tests.sim.crowd import DAY, Crowd, at
from tests.sim.venue_shell import Shell
from tests.support.market_rules import market_rules
from tests.support.venue import SAMSUNG
from tests.support.wire_ums import an_order
from tests.wire.mdcs.samples import LAYOUT as MDCS

PX = 272_000


def a_crowd(name: str, start_ns: int, *, issues: int = 3, intensity: float = 0.3) -> Crowd:
    """The flow of a scenario against the real exchange, without the venue around it."""
    crowd = Crowd(start_ns=start_ns, issues=issues, intensity=intensity)
    scenario = load_scenario(name)
    crowd.agents = Agents(1, crowd.instruments, DAY, intensity, scenario)
    crowd.agents.on_events(crowd.exchange.standing())
    return crowd


def prints(crowd: Crowd, symbol: str = SAMSUNG) -> list:
    return [e.trade for e in crowd.events if isinstance(e, Traded) and e.trade.symbol == symbol]


def spread_of(book: BookUpdate) -> int:
    return book.levels[0] - book.levels[1]


def path(name: str, symbol: str = SAMSUNG) -> FairPath:
    instrument = next(i for i in market_rules().instruments(DAY) if i.symbol == symbol)
    scenario = load_scenario(name) if name else USUAL
    return FairPath(
        instrument, profile_of(instrument, 1), price_grid(instrument), market_walk(1), seed=1,
        midnight_ns=krx_local_ns(DAY, 0), scenario=scenario,
    )  # fmt: skip


def fair_px(name: str, trade_ns: int) -> float:
    instrument = next(i for i in market_rules().instruments(DAY) if i.symbol == SAMSUNG)
    grid, position = price_grid(instrument), path(name).at(trade_ns)
    return grid[int(position)]


def test_every_shipped_scenario_is_listed_and_read():
    lines = scenario_list().splitlines()
    names = [line.split()[0] for line in lines]
    assert len(names) == 12
    assert {"quiet", "trend", "gap_open", "vi_cascade", "circuit_breaker", "flash_crash", "fat_finger"} < set(names)
    assert {"feed_outage_a", "feed_outage_both", "reject_storm", "opening_burst", "morning_vi"} < set(names)
    assert [load_scenario(name).name for name in names] == names
    assert load_scenario(None) is USUAL


def test_a_wrong_scenario_is_one_line():
    with pytest.raises(ConfigError, match="--scenario: one of .*quiet.* expected, found nosuch"):
        load_scenario("nosuch")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({}, "title"),
        ({"title": "x", "dirft": []}, "a known table expected, found dirft"),
        ({"title": "x", "drift": [{"from": "10:00:00", "to": "09:00:00", "by": 0.1}]}, "a beginning before the end"),
        ({"title": "x", "drift": [{"from": "25:00:00", "to": "09:00:00", "by": 0.1}]}, "25:00:00"),
        ({"title": "x", "rate": [{"from": "09:00:00", "to": "10:00:00", "factor": -1}]}, "a factor of 0 or more"),
        ({"title": "x", "reaction": -0.1}, "a reaction of 0 to 5 ticks expected"),
        ({"title": "x", "reaction": 5.1}, "a reaction of 0 to 5 ticks expected"),
        ({"title": "x", "outage": [{"from": "09:00:00", "to": "10:00:00", "lines": ["C"]}]}, "lines A and B"),
        ({"title": "x", "order": [{"at": "09:00:00", "symbol": "A", "side": "hold", "takes": 1}]}, "HOLD"),
    ],
)
def test_a_damaged_scenario_names_what_is_wrong(table, says):
    with pytest.raises(ConfigError, match=f"scenario x: complete tables expected, found .*{says}"):
        parse_scenario("x", table)


def test_quiet_has_a_quarter_of_the_orders():
    usual, quiet = (a_crowd(name, at(11, 0), intensity=1.0).run(at(11, 0, 20)) for name in ("trend", "quiet"))
    assert 0.15 < len(quiet.commands) / len(usual.commands) < 0.45
    assert all(spread_of(quiet.exchange.depth(i.symbol)) > 0 for i in quiet.instruments)


def test_trend_rises_by_four_percent_from_open_to_close():
    gained = [fair_px("trend", at(h, m)) / fair_px("", at(h, m)) - 1 for h, m in ((9, 0), (12, 10), (15, 20))]
    assert abs(gained[0]) < 0.005
    assert 0.015 < gained[1] < 0.025
    assert 0.037 < gained[2] < 0.045


def test_gap_open_opens_six_percent_lower():
    crowd = a_crowd("gap_open", at(8, 59, 30), intensity=0.5).run(at(9, 0, 40))
    for instrument in crowd.instruments:
        opened = crowd.exchange.day(instrument.symbol).open_px
        assert -0.09 < opened / instrument.base_px - 1 < -0.035, instrument.symbol


def test_flash_crash_thins_the_book_falls_and_recovers():
    crowd = a_crowd("flash_crash", at(10, 59, 40), issues=1, intensity=1.0).run(at(10, 59, 59))
    before, deep = crowd.exchange.day(SAMSUNG).last_px, crowd.exchange.depth(SAMSUNG).total_bid_qty
    crowd.run(at(11, 0, 45))
    low = min(trade.px for trade in prints(crowd))
    assert low / before - 1 < -0.055
    assert crowd.exchange.depth(SAMSUNG).total_bid_qty < 0.6 * deep
    crowd.run(at(11, 2, 10))
    assert abs(crowd.exchange.day(SAMSUNG).last_px / before - 1) < 0.02


def test_fat_finger_sweeps_the_book_in_one_instant():
    crowd = a_crowd("fat_finger", at(10, 29, 50), issues=1).run(at(10, 29, 59))
    before = crowd.exchange.day(SAMSUNG).last_px
    crowd.run(at(10, 30, 0) + 1_000_000)
    (order,) = [c for ns, c in crowd.commands if isinstance(c, Enter) and ns == at(10, 30)]
    instrument = crowd.instruments[0]
    assert (order.side, order.px) == (Side.SELL, instrument.lower_px)
    swept = [e for e in crowd.events if isinstance(e, OrderTraded) and e.order_id == order.cl_ord_id]
    assert len({fill.last_px for fill in swept}) >= 10, "every level that there was"
    assert {fill.trade_ns for fill in swept} == {at(10, 30)}
    assert min(fill.last_px for fill in swept) < before


def test_vi_cascade_interrupts_one_issue_after_the_other():
    scenario = load_scenario("vi_cascade")
    assert [*map(list, (drift.symbols for drift in scenario.drifts))] == [
        ["005930"], ["000660"], ["035420"], ["005380"], ["005930"],
    ]  # fmt: skip
    assert all(abs(expm1(drift.by)) > 0.11 for drift in scenario.drifts), "a static interruption is at ten percent"
    crowd = a_crowd("vi_cascade", at(9, 59, 55), issues=3).run(at(10, 0, 45))
    stopped = [event for event in crowd.events if isinstance(event, Announced) and event.what == "vi"]
    assert [event.symbol for event in stopped] == [SAMSUNG]
    assert dict(stopped[0].values)["kind"] == STATIC
    assert crowd.exchange.phase(SAMSUNG) is Phase.VI_CALL, "two minutes and a random end"
    assert crowd.exchange.phase("000660") is Phase.CONTINUOUS


def test_a_morning_of_interruptions_has_one_every_two_and_a_half_minutes():
    """So that at any moment after the first an issue is in its call of two minutes or about to be."""
    drifts = load_scenario("morning_vi").drifts
    first_s = 9 * 3600 + 6 * 60
    assert [(drift.from_s, drift.to_s) for drift in drifts] == [
        (first_s + i * 150, first_s + i * 150 + 30) for i in range(6)
    ]
    assert len({*drifts[0].symbols.union(*(drift.symbols for drift in drifts))}) == 6
    assert all(abs(expm1(drift.by)) > 0.11 for drift in drifts), "a static interruption is at ten percent"


def test_circuit_breaker_brings_the_index_below_its_first_stage():
    rule = IndexRule(name="KOSPI", venue="KRX", market=Market.KOSPI, weighting="cap", base=410_000)
    shell = Shell(
        scenario=load_scenario("circuit_breaker"), indices=(rule,), intensity=0.15, start_s=9 * 3600 + 59 * 60 + 50,
        speed_milli=10_000,
    )  # fmt: skip
    values, told = [], []
    shell.venue.on_told = lambda events, _trade_ns, _mono_ns: told.extend(events)
    for _ in range(53):
        shell.run(1000)
        values.append(shell.venue.day.indices.values().get("KOSPI", 410_000))
    assert values[0] > 400_000
    assert min(values) < 410_000 * 0.92, "eight percent below the close of the day before"
    stages = [dict(e.values)["stage"] for e in told if isinstance(e, Announced) and e.what == "circuit_breaker"]
    assert stages == [1]
    assert [e.phase for e in told if isinstance(e, PhaseChanged) and e.phase is Phase.HALTED]
    assert shell.venue.day.exchange.phase(SAMSUNG) is Phase.HALTED, "the market stands for twenty minutes"


def test_reject_storm_refuses_new_orders_for_twenty_seconds():
    shell = Shell(scenario=load_scenario("reject_storm"), start_s=10 * 3600 + 19 * 60 + 55)
    shell.connect(1)
    shell.say(1, an_order(1, px=PX, qty=1))
    shell.run(6_000)
    shell.say(1, an_order(2, px=PX, qty=1))
    shell.run(20_000)
    shell.say(1, an_order(3, px=PX, qty=1))
    assert [m[:2] for m in shell.messages(1)[1:]] == [("NEW", 1), ("REJECTED", 2), ("NEW", 3)]
    assert shell.heard[1][2].message.text == "member is blocked"


def test_a_restart_in_the_storm_keeps_it_and_ends_it():
    shell = Shell(scenario=load_scenario("reject_storm"), start_s=10 * 3600 + 19 * 60 + 55)
    shell.run(6_000)
    shell.kill()
    shell.connect(1)
    shell.say(1, an_order(2, px=PX, qty=1))
    shell.run(20_000)
    shell.say(1, an_order(3, px=PX, qty=1))
    assert [m[:2] for m in shell.messages(1)[1:]] == [("REJECTED", 2), ("NEW", 3)]


@pytest.mark.parametrize(("name", "seconds", "left"), [("feed_outage_a", 30, {"B"}), ("feed_outage_both", 10, set())])
def test_a_feed_outage_silences_its_lines_and_ends(name, seconds, left):
    shell = Shell(scenario=load_scenario(name), mdcs=MDCS, intensity=0.3, start_s=10 * 3600 + 9 * 60 + 58)
    shell.run(1_000)
    assert {line for line, _ in shell.datagrams} == {"A", "B"}
    shell.run(2_100)
    shell.datagrams.clear()
    shell.run((seconds - 2) * 1000)
    assert {line for line, _ in shell.datagrams} == left
    shell.run(2_000)
    shell.datagrams.clear()
    shell.run(1_000)
    assert {line for line, _ in shell.datagrams} == {"A", "B"}


def test_opening_burst_is_many_times_as_busy():
    counts = []
    for name in ("trend", "opening_burst"):
        crowd = a_crowd(name, at(9, 1, 0), intensity=0.3).run(at(9, 1, 10))
        counts.append(sum(ns >= at(9, 1, 2) for ns, _ in crowd.commands))
    assert counts[1] > 4 * counts[0]
    assert median(spread_of(crowd.exchange.depth(i.symbol)) for i in crowd.instruments) > 0
