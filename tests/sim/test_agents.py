"""The background flow, judged by the market it makes."""

from collections import Counter
from statistics import mean, median, pstdev, variance

import pytest
from msgspec.structs import replace

from hts.model.enums import Market, OrdType, Phase, Side, TimeInForce
from hts.model.units import ClOrdID, Qty
from hts.sim import agents_flow
from hts.sim.agents import NEVER_NS, Agents
from hts.sim.agents_flow import WORKING_MAX
from hts.sim.agents_path import FairPath, market_walk, price_grid
from hts.sim.agents_profile import profile_of
from hts.sim.commands import AGENTS, Cancel, Enter
from hts.sim.events import CancelRefused, OrderAccepted, OrderRejected, PhaseChanged, Traded
from tests.sim.crowd import DAY, SECOND_NS, Crowd, at


@pytest.fixture(scope="module")
def morning():
    """From 08:59:30 to a while after the opening auction, whose end is drawn within half a minute of 09:00."""
    return Crowd(seed=1).run(at(9, 2), pictures=True)


@pytest.fixture(scope="module")
def trading(morning):
    """Pictures of continuous trading, the first ten seconds left out."""
    return [p for p in morning.pictures if p.books["005930"].phase is Phase.CONTINUOUS][10:]


def test_the_exchange_refuses_nothing(morning):
    assert [e for e in morning.events if isinstance(e, OrderRejected | CancelRefused)] == []
    assert {command.session for _, command in morning.commands} == {AGENTS}


def test_the_spread_is_one_or_two_ticks(morning, trading):
    for instrument in morning.instruments:
        level_of = {px: level for level, px in enumerate(price_grid(instrument))}
        books = [p.books[instrument.symbol].levels for p in trading]
        spreads = [level_of[levels[0]] - level_of[levels[1]] for levels in books]
        assert median(spreads) <= 2, instrument.symbol
        assert mean(spread <= 2 for spread in spreads) > 0.85, instrument.symbol


def test_ten_levels_stand_on_both_sides(morning, trading):
    for instrument in morning.instruments:
        full = [all(p.books[instrument.symbol].levels) for p in trading]
        assert mean(full) > 0.85, instrument.symbol


def test_the_book_is_never_empty(trading):
    assert all(book.levels[0] and book.levels[1] for picture in trading for book in picture.books.values())


def test_quantities_grow_away_from_the_touch(trading):
    def of_level(k: int) -> float:
        return mean(
            (book.levels[4 * k + 2] + book.levels[4 * k + 3]) / (book.total_ask_qty + book.total_bid_qty)
            for picture in trading
            for book in picture.books.values()
        )

    assert of_level(0) < of_level(2) < of_level(7)


def test_sizes_are_heavy_tailed_and_often_round(morning):
    taking = [c for _, c in morning.commands if isinstance(c, Enter) and c.time_in_force is TimeInForce.IOC]
    sizes = sorted(c.qty for c in taking if c.symbol == "005930")
    assert sizes[len(sizes) * 98 // 100] > 5 * median(sizes)
    assert sizes[len(sizes) // 20] < median(sizes) / 4
    assert mean(size % 10 == 0 for size in sizes) > 0.5


def test_all_prices_stay_inside_the_limits_and_working_orders_are_bounded(morning):
    for instrument in morning.instruments:
        entered = [c.px for _, c in morning.commands if isinstance(c, Enter) and c.symbol == instrument.symbol]
        assert instrument.lower_px <= min(entered)
        assert max(entered) <= instrument.upper_px
        assert max(p.working[instrument.symbol] for p in morning.pictures) <= WORKING_MAX + 2


def test_the_price_follows_the_efficient_price(morning, trading):
    for instrument in morning.instruments:
        level_of = {px: level for level, px in enumerate(price_grid(instrument))}
        distances = []
        for picture in trading:
            levels = picture.books[instrument.symbol].levels
            distances.append(abs((level_of[levels[0]] + level_of[levels[1]]) / 2 - picture.fair[instrument.symbol]))
        assert mean(distances) < 1, instrument.symbol


def test_the_crowd_sees_the_book_as_it_is(morning):
    for instrument in morning.instruments:
        seen = morning.agents.flow(instrument.symbol).book
        book = morning.exchange.depth(instrument.symbol).levels
        asks = [(seen.grid[level], qty) for level, qty in sorted(seen.asks.qty.items())]
        bids = [(seen.grid[level], qty) for level, qty in sorted(seen.bids.qty.items(), reverse=True)]
        assert asks[:10] == [level for level in zip(book[0::4], book[2::4], strict=True) if level[0]]
        assert bids[:10] == [level for level in zip(book[1::4], book[3::4], strict=True) if level[0]]


def test_the_opening_call_has_a_book_and_a_sensible_price(morning):
    last_call = [p for p in morning.pictures if p.books["005930"].phase is Phase.OPEN_CALL][-1]
    for instrument in morning.instruments:
        book = last_call.books[instrument.symbol]
        assert book.expected_qty > 0
        assert abs(book.expected_px / instrument.base_px - 1) < 0.03
        seen = morning.agents.flow(instrument.symbol).book
        assert len(seen.bids.qty) >= 10
        assert len(seen.asks.qty) >= 10
    opened = [e.trade for e in morning.events if isinstance(e, Traded) and not e.trade.side]
    assert [trade.symbol for trade in opened] == [i.symbol for i in morning.instruments]


def test_the_call_book_is_there_within_the_first_second(morning):
    early = [c for ns, c in morning.commands if ns < at(8, 59, 31) and isinstance(c, Enter)]
    assert Counter(c.symbol for c in early).keys() == {i.symbol for i in morning.instruments}
    assert min(Counter(c.symbol for c in early).values()) >= 40
    first = next(p for p in morning.pictures if p.trade_ns == at(8, 59, 31))
    for symbol, book in first.books.items():
        assert book.expected_qty > morning.agents.flow(symbol).profile.level_qty // 2


def test_rate_and_clustering_of_arrivals(morning):
    minute = [ns for ns, _ in morning.commands if at(9, 1) <= ns < at(9, 2)]
    assert 150 <= len(minute) / 60 <= 300
    accepted = [e for e in morning.events if isinstance(e, OrderAccepted) and at(9, 0, 40) <= e.trade_ns < at(9, 2)]
    dispersions = []
    for instrument in morning.instruments:
        times = {e.trade_ns for e in accepted if e.symbol == instrument.symbol}
        by_second = Counter(ns // SECOND_NS for ns in times)
        counts = [by_second[s] for s in range(at(9, 0, 40) // SECOND_NS, at(9, 2) // SECOND_NS)]
        dispersions.append(variance(counts) / mean(counts))
    assert mean(dispersions) > 1.15  # 1 for independent arrivals


def test_the_day_is_u_shaped():
    counts = []
    for start_ns in (at(9, 5), at(12, 15), at(15, 15)):
        crowd = Crowd(start_ns=start_ns).run(start_ns + 12 * SECOND_NS)
        counts.append(sum(ns >= start_ns + 2 * SECOND_NS for ns, _ in crowd.commands))
    assert counts[0] > 1.7 * counts[1]
    assert counts[2] > 1.2 * counts[1]


def test_the_same_seed_gives_the_same_commands_and_another_seed_others():
    first, again, other = (Crowd(seed, issues=4, intensity=0.25).run(at(9, 0, 35)).commands for seed in (5, 5, 6))
    assert len(first) > 500
    assert first == again
    assert first != other


def test_intensity_scales_the_flow():
    counts = [len(Crowd(issues=5, start_ns=at(11, 0), intensity=i).run(at(11, 0, 10)).commands) for i in (1.0, 3.0)]
    assert 1.8 < counts[1] / counts[0] < 3.5


def test_working_orders_are_bounded_in_a_storm(monkeypatch):
    monkeypatch.setattr(agents_flow, "WORKING_MAX", 24)
    crowd = Crowd(issues=1, start_ns=at(10, 0), intensity=8.0).run(at(10, 0, 5))
    assert len(crowd.commands) > 1500
    assert crowd.agents.flow("005930").book.own_count <= 26  # the first book had more


def test_the_ids_of_logged_commands_are_not_used_again():
    agents = Agents(1, Crowd(issues=1).instruments, DAY, 1.0)
    agents.observe(Cancel(session=AGENTS, cl_ord_id=ClOrdID(500), orig_cl_ord_id=ClOrdID(400)))
    agents.observe(Cancel(session="HTS01", cl_ord_id=ClOrdID(900), orig_cl_ord_id=ClOrdID(1)))
    agents.on_events([PhaseChanged(trade_ns=at(9, 0), symbol="", phase=Phase.CONTINUOUS, until_ns=0)])
    ids = [command.cl_ord_id for command in agents.on_timer(at(9, 0))]
    assert ids
    assert sorted(ids) == list(range(501, 501 + len(ids)))


def test_the_dice_of_a_moment_do_not_depend_on_what_was_thrown_before():
    def arrivals_of_the_second_minute(start_ns: int) -> list[int]:
        """No events come back, so that nothing but the dice differs."""
        agents = Agents(1, Crowd(issues=3).instruments, DAY, 1.0)
        agents.on_events([PhaseChanged(trade_ns=start_ns, symbol="", phase=Phase.CONTINUOUS, until_ns=0)])
        times: list[int] = []
        while (due_ns := agents.next_timer_ns()) < at(9, 1, 1):
            agents.on_timer(due_ns)
            times.append(due_ns)
        return [ns for ns in times if ns > at(9, 1)]

    early = arrivals_of_the_second_minute(at(9, 0, 58))
    assert len(early) > 50
    assert early == arrivals_of_the_second_minute(at(9, 0, 59))


def test_a_restarted_crowd_goes_on_where_it_was():
    crowd = Crowd(issues=5, intensity=0.3).run(at(9, 0, 40))
    reborn = Agents(1, crowd.instruments, DAY, 0.3)
    for _, command in crowd.commands:
        reborn.observe(command)
    reborn.on_events(crowd.events)
    before = crowd.agents
    for instrument in crowd.instruments:
        old, new = before.flow(instrument.symbol), reborn.flow(instrument.symbol)
        assert new.book.bids.own == old.book.bids.own
        assert new.book.asks.own == old.book.asks.own
        assert new.fair(crowd.now_ns) == old.fair(crowd.now_ns)
    crowd.agents, entered, happened = reborn, len(crowd.commands), len(crowd.events)
    crowd.run(at(9, 0, 50))
    flow = crowd.commands[entered:]
    assert 200 < len(flow) < 2000
    assert crowd.commands[entered - 1][1].cl_ord_id < min(c.cl_ord_id for _, c in flow)
    assert [e for e in crowd.events[happened:] if isinstance(e, OrderRejected | CancelRefused)] == []


def test_a_swept_book_fills_again_and_the_price_has_moved():
    crowd = Crowd(issues=3, intensity=0.3).run(at(9, 0, 40))
    instrument = crowd.instruments[0]
    flow = crowd.agents.flow(instrument.symbol)
    fair = flow.fair(crowd.now_ns)
    sweep = Enter(
        session="HTS01",
        cl_ord_id=ClOrdID(1),
        symbol=instrument.symbol,
        side=Side.BUY,
        ord_type=OrdType.MARKET,
        time_in_force=TimeInForce.IOC,
        qty=Qty(sum(flow.book.asks.qty.values())),
    )
    crowd.enter(sweep)
    assert flow.book.asks.qty == {}
    assert flow.fair(crowd.now_ns) > fair + 0.5
    crowd.run(at(9, 0, 44))
    assert all(crowd.exchange.depth(instrument.symbol).levels)


def test_nothing_is_sent_before_and_after_the_day():
    instruments = Crowd(issues=2).instruments
    assert Agents(1, instruments, DAY, 1.0).next_timer_ns() == NEVER_NS
    assert Agents(1, instruments, DAY, 1.0).on_timer(at(10, 0)) == []
    crowd = Crowd(issues=2, start_ns=at(15, 29, 50), intensity=0.3).run(at(15, 35))
    assert crowd.exchange.phase() is Phase.ACCEPT
    assert crowd.agents.next_timer_ns() == NEVER_NS
    assert crowd.agents.flow("005930").book.own_count == 0


def test_the_closing_call_takes_orders_that_wait_and_ends_in_a_price():
    crowd = Crowd(issues=2, start_ns=at(15, 19, 50), intensity=0.3).run(at(15, 20, 30))
    closing = [c for ns, c in crowd.commands if ns >= at(15, 20)]
    assert {c.time_in_force for c in closing if isinstance(c, Enter)} == {TimeInForce.DAY}
    assert any(isinstance(c, Cancel) for c in closing)
    crowd.run(at(15, 31))
    prints = [e.trade for e in crowd.events if isinstance(e, Traded) and e.trade.trade_ns > at(15, 29)]
    assert [trade.symbol for trade in prints] == [i.symbol for i in crowd.instruments]
    assert [e for e in crowd.events if isinstance(e, OrderRejected)] == []


def test_a_machine_that_slept_is_not_flooded():
    crowd = Crowd(issues=3, intensity=0.3).run(at(9, 0, 30))
    assert crowd.agents.on_timer(at(9, 31)) == []
    assert at(9, 31) < crowd.agents.next_timer_ns() <= at(9, 31) + SECOND_NS


def test_a_replayed_issue_is_left_alone():
    replayed = replace(Crowd(issues=1).instruments[0], symbol="AAPL", market=Market.REPLAY)
    agents = Agents(1, [replayed], DAY, 1.0)
    with pytest.raises(KeyError):
        agents.flow("AAPL")


def test_the_efficient_price_moves_like_a_share_in_a_day():
    instruments = Crowd().instruments
    moves = []
    for seed in range(12):
        market = market_walk(seed)
        for instrument in instruments[:6]:
            grid, profile = price_grid(instrument), profile_of(instrument, seed)
            path = FairPath(instrument, profile, grid, market, seed=seed, midnight_ns=at(0, 0))
            assert 0.015 <= profile.sigma <= 0.025
            opened, closed = grid[round(path.at(at(9, 0)))], grid[round(path.at(at(15, 30)))]
            moves.append(closed / opened - 1)
    assert 0.013 < pstdev(moves) < 0.028
