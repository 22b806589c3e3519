"""Round trips against the accounts' own arithmetic, and the sums against the core's realised result."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hts.account.position import Position, after_fill
from hts.desk.standing_fills import standing
from hts.desk.trade_journal import Journal, Method, note_excursion
from hts.desk.trade_journal_figures import GroupBy, by_day, curve, daily_ratio, drawdown_of, figures_of, grouped
from hts.journal.past_fills import FillScan
from hts.journal.replay import START
from hts.journal.writer import JournalWriter
from hts.model.enums import ExecType, OrdStatus, Side
from hts.model.past_fills import PastFill
from hts.model.quotes import Bar
from hts.router.past_route import past_route
from tests.desk.scene import NAVER, NINE, SAMSUNG, SECOND, Scene, a_fill
from tests.engine.kit import a_ready_desk
from tests.engine.test_fees_by_venue import ADDED, REMOVED, a_paying_floor, bought, with_set
from tests.support.builders import ACCOUNT, a_report, an_intent
from tests.support.storage import MemoryStorage

MINUTE = 60 * SECOND
DAY = 86_400 * SECOND


def past(number, side, px, qty, symbol=NAVER, *, at=None, date=20261120, fee=0, tax=0, **more):
    fill = a_fill(
        number, side, px, qty, symbol, fee=fee, tax=tax, trade_ns=NINE + number * MINUTE if at is None else at
    )
    return PastFill(fill=fill, currency="KRW", value=px * qty, trade_date=date, **more)


def journal(*fills, method=Method.AVERAGE):
    made = Journal(method)
    made.feed(fills)
    return made


FILLS = st.lists(
    st.tuples(
        st.sampled_from(list(Side)), st.integers(1, 9_999), st.integers(1, 40), st.integers(0, 9), st.integers(0, 2)
    ),
    min_size=1,
    max_size=24,
)


@settings(max_examples=60)
@given(FILLS, st.sampled_from(list(Method)))
def test_every_fill_does_to_the_result_what_the_account_books(fills, method):
    position = Position(account="a", symbol=NAVER, currency="KRW")
    made = Journal(method)
    for number, (side, px, qty, fee, day) in enumerate(fills, 1):
        date = 20261120 + day * (number // 8)
        position = after_fill(position, side, px=px, qty=qty, fee=fee, tax=fee // 2, trade_date=date)
        made.feed([past(number, side, px, qty, fee=fee, tax=fee // 2, date=date)])
        booked = position.realised if method is Method.AVERAGE else position.fifo_realised
        assert sum(one.amount for one in made.realised) == booked
        assert sum(trip.net for trip in made.trips) == booked
        assert sum(trip.costs for trip in made.trips) == position.fees + position.taxes
        assert sum(trip.position for trip in made.trips if trip.is_open) == position.qty


def test_the_sums_of_a_session_are_the_cores_to_the_won():
    """Orders and reports through the engine; what its journal holds is read back and reckoned."""
    desk = a_ready_desk()
    trades = ((Side.BUY, 71_000, 30), (Side.BUY, 71_300, 17), (Side.SELL, 71_200, 20), (Side.SELL, 70_900, 27))
    for number, (side, px, qty) in enumerate(trades, 1):
        desk.intent(an_intent(request_id=f"t{number}", side=side, px=px, qty=qty))
        order = list(desk.engine.core.state.orders)[-1]
        common = {"cl_ord_id": order.cl_ord_id, "side": side, "px": px, "order_qty": qty}
        desk.report(a_report(ExecType.NEW, desk.next_seq, **common, leaves_qty=qty, cum_qty=0))
        filled = {"ord_status": OrdStatus.FILLED, "exec_id": number, "last_px": px, "last_qty": qty}
        desk.report(a_report(ExecType.TRADE, desk.next_seq, **common, **filled, leaves_qty=0, cum_qty=qty))
    money = desk.engine.core.state.ledger.money(ACCOUNT, "KRW")
    assert money.fees > 0
    storage = MemoryStorage()
    JournalWriter(storage, START).append_many(desk.journal)
    (name,), fills = storage.names(), []
    list(FillScan(past_route).steps(name, storage.read(name), fills))
    made = journal(*standing(fills))
    assert len(fills) == len(trades)
    assert sum(trip.net for trip in made.trips) == money.realised
    assert (sum(trip.fees for trip in made.trips), sum(trip.taxes for trip in made.trips)) == (money.fees, money.taxes)
    assert figures_of(made.trips).net == money.realised


def test_a_trip_goes_from_flat_to_flat():
    made = journal(
        past(1, Side.BUY, 1_000, 10, fee=5, strategy="gap"),
        past(2, Side.BUY, 1_100, 10, fee=5),
        past(3, Side.SELL, 1_200, 5, fee=5, tax=3),
        past(4, Side.SELL, 1_000, 15, fee=5, tax=3),
    )
    (trip,) = made.trips
    # 10 x 1,000 + 10 x 1,100 = 21,000; 5 x 1,200 + 15 x 1,000 = 21,000; costs 26.
    assert (trip.qty, trip.entry_px, trip.exit_px, trip.net, trip.costs) == (20, 1_050, 1_050, -26, 26)
    assert (trip.held_ns, trip.strategy, trip.fills, trip.position) == (3 * MINUTE, "gap", 4, 0)


def test_a_fill_that_turns_a_position_ends_one_trip_and_begins_another():
    long, short = journal(
        past(1, Side.BUY, 1_000, 10), past(2, Side.SELL, 1_100, 15, fee=7), past(3, Side.BUY, 1_050, 5)
    ).trips
    assert (long.net, long.fees, long.is_open, long.side) == (1_000 - 7, 7, False, Side.BUY)
    assert (short.net, short.fees, short.qty, short.side) == (250, 0, -5, Side.SELL)


def test_methods_differ_while_shares_are_held_and_agree_at_the_end():
    fills = (past(1, Side.BUY, 100, 10), past(2, Side.BUY, 200, 10), past(3, Side.SELL, 300, 10))
    results = {method: sum(t.net for t in journal(*fills, method=method).trips) for method in Method}
    assert results == {Method.AVERAGE: 1_500, Method.FIFO: 2_000}
    done = (*fills, past(4, Side.SELL, 300, 10))
    assert {sum(t.net for t in journal(*done, method=method).trips) for method in Method} == {3_000}


def test_shares_on_credit_are_trips_of_their_own():
    made = journal(past(1, Side.BUY, 100, 10), past(2, Side.BUY, 100, 5, row="margin"), past(3, Side.SELL, 110, 10))
    assert [(trip.key[2], trip.is_open) for trip in made.trips] == [("", False), ("margin", True)]


def test_what_the_venue_took_back_does_not_count():
    wrong, right = past(1, Side.BUY, 100, 10), past(2, Side.BUY, 90, 10, undoes=1)
    (stands,) = standing([wrong, right])
    as_right = replace(right.fill, exec_id=wrong.fill.exec_id, trade_ns=wrong.fill.trade_ns)
    assert stands == replace(right, fill=as_right)  # at the time and under the number of what it corrects
    bust = replace(right, fill=replace(right.fill, qty=0), value=0)
    assert standing([wrong, bust]) == []
    assert standing([wrong, wrong]) == [wrong]


def closed(net, *, symbol=NAVER, at=0, number=1, strategy=""):
    begin = past(number, Side.BUY, 10_000, 1, symbol, at=NINE + at, strategy=strategy)
    return journal(begin, past(number + 1, Side.SELL, 10_000 + net, 1, symbol, at=NINE + at + MINUTE)).trips[0]


def test_figures_by_hand():
    figures = figures_of([closed(300), closed(100), closed(-200), closed(0)])
    assert (figures.count, figures.wins, figures.losses, figures.net) == (4, 2, 1, 200)
    # Average win 200, average loss 200; 400 won for 200 lost; 200 over 4 trips.
    assert (figures.payoff, figures.factor, figures.expectancy, figures.win_bp) == (100, 200, 50, 5_000)
    assert (figures.best, figures.worst, figures.held_ns) == (300, -200, MINUTE)
    assert figures_of([]).count == 0
    assert (figures_of([closed(5)]).payoff, figures_of([closed(5)]).factor) == (0, 0)


def test_the_deepest_fall_is_from_a_peak():
    points = [(0, 100), (1, 40), (2, 300), (3, 150), (4, 400), (5, 320)]
    fall = drawdown_of(points)
    assert (fall.amount, fall.peak, fall.trough) == (150, 2, 3)
    assert drawdown_of([(0, -70)]).amount == 70
    assert drawdown_of([]).amount == 0


def test_results_by_day_and_in_time():
    made = journal(past(1, Side.BUY, 100, 1, fee=1), past(2, Side.SELL, 150, 1, fee=1, date=20261123))
    assert (by_day(made.realised), [value for _, value in curve(made.realised)]) == (
        {20261120: -1, 20261123: 49}, [-1, 48],
    )  # fmt: skip


def test_groups():
    trips = [
        closed(300, strategy="gap"), closed(-100, symbol=SAMSUNG, at=3_600 * SECOND, number=3),
        closed(50, at=3 * DAY, number=5),
    ]  # fmt: skip
    texts = Scene(language="en").texts
    tags = {trips[0].key: ("a", "b")}

    def rows(by):
        return [(row.name, row.figures.net) for row in grouped(trips, by, texts, str, tags)]

    assert rows(GroupBy.SYMBOL) == [(NAVER, 350), (SAMSUNG, -100)]
    assert rows(GroupBy.HOUR) == [("09:00", 350), ("10:00", -100)]
    assert rows(GroupBy.WEEKDAY) == [("Mon", 50), ("Fri", 200)]  # 2026-11-20 was a Friday
    assert rows(GroupBy.SETUP) == [("gap", 300), ("none", -50)]
    assert sorted(rows(GroupBy.TAG)) == [("a", 300), ("b", 300), ("none", -50)]


def test_worst_and_best_on_the_way_by_the_minutes_within_it():
    (trip,) = journal(past(1, Side.BUY, 1_000, 10), past(4, Side.SELL, 1_010, 10)).trips
    bars = [
        Bar(NINE + i * MINUTE, 1_000, high, low, 1_000, 1, 1)
        for i, (high, low) in enumerate(
            ((5_000, 1), (1_040, 990), (1_080, 985), (1_020, 995), (1_010, 1_000), (9_000, 1))
        )
    ]
    note_excursion(trip, bars, NINE)
    assert (trip.mfe, trip.mae, trip.has_excursion) == (800, -150, True)
    (short,) = journal(past(1, Side.SELL, 1_000, 10), past(4, Side.BUY, 1_010, 10)).trips
    note_excursion(short, bars[1:5], NINE)
    assert (short.mfe, short.mae) == (150, -800)


def test_the_ratio_of_days_by_hand():
    """100, 300, 200: mean 200, deviations -100, 100, 0, variance 20,000 / 2, so 200 / 100 = 2.00.

    3, -1, 1, 1: mean 1, squares 4, 4, 0, 0, variance 8 / 3, so 1 / 1.6330 = 0.61.
    """
    assert [daily_ratio(days) for days in ((100, 300, 200), (-100, -300, -200), (3, -1, 1, 1))] == [200, -200, 61]
    assert [daily_ratio(days) for days in ((), (5,), (7, 7, 7), (5, -5))] == [0, 0, 0, 0]


@pytest.mark.parametrize("scope", ["order", "day"])
def test_a_bill_that_changes_with_a_fill_taken_back_is_the_accounts_bill_here_too(scope):
    rules = with_set(fee={"mode": "down", "scope": scope}, at_least=100)
    floor = a_paying_floor("mine", rules)
    number, _ = bought(floor, "NXT", (7, ADDED), (9, REMOVED), (3, REMOVED))
    other, _ = bought(floor, "KRX", (4, ADDED))
    floor.undo(number, 2, 9)
    floor.undo(other, floor.exec_id - 1, 4)
    storage = MemoryStorage()
    JournalWriter(storage, START).append_many(floor.desk.journal)
    (name,), found = storage.names(), []
    list(FillScan(past_route).steps(name, storage.read(name), found))
    made = journal(*standing(one for one in found if isinstance(one, PastFill)))
    fees = floor.desk.engine.core.state.ledger.money(ACCOUNT, "KRW").fees
    assert sum(trip.fees for trip in made.trips) == fees
    shown = {(one.venue, one.exec_id): one.fee for one in floor.desk.engine.core.state.fills if one.qty}
    assert {(one.venue, one.exec_id): one.fee for one in (p.fill for p in standing(found))} == shown


def test_minutes_around_a_trip_say_nothing_of_it():
    (trip,) = journal(past(1, Side.BUY, 1_000, 10), past(3, Side.SELL, 1_000, 10)).trips
    note_excursion(trip, [Bar(NINE + n * MINUTE, 1, 9_999, 1, 1, 1, 1) for n in (-1, 0, 4, 5)], NINE)
    assert not trip.has_excursion


def undone(number, undoes, side, px, qty, **more):
    return replace(past(number, side, px, qty, **more), undoes=undoes)


def of_order(order_id, made):
    return replace(made, fill=replace(made.fill, order_id=order_id))


def test_a_corrected_fill_stays_where_it_was_in_time_and_keeps_the_name_of_its_trip():
    first = past(1, Side.BUY, 1_000, 10, fee=5)
    fills = [first, past(2, Side.SELL, 1_100, 10), undone(3, 1, Side.BUY, 990, 10, fee=7)]
    (trip,) = journal(*standing(fills)).trips
    assert (trip.side, trip.open_ns, trip.net, trip.key[3]) == (Side.BUY, first.fill.trade_ns, 1_100 - 7, 1)
    again = [*fills, undone(4, 3, Side.BUY, 980, 10, fee=6)]
    assert [trip.net for trip in journal(*standing(again)).trips] == [1_200 - 6]
    gone = [*again, undone(5, 4, Side.BUY, 0, 0)]
    assert [one.fill.exec_id for one in standing(gone)] == [2]


def test_a_fill_of_an_earlier_day_that_is_taken_back_is_gone_with_its_costs():
    """The number is used again on the next day, by another order: that fill stays."""
    fills = [
        of_order(7, past(1, Side.BUY, 1_000, 10, fee=5, date=20261120)),
        of_order(8, past(1, Side.BUY, 2_000, 1, fee=2, date=20261123)),
    ]
    bust = of_order(7, undone(9, 1, Side.BUY, 0, 0, fee=-5, date=20261124))
    later = of_order(8, past(2, Side.BUY, 2_000, 1, fee=3, date=20261124))  # not charged what came back
    assert [(one.fill.order_id, one.fill.fee) for one in standing([*fills, later, bust])] == [(8, 2), (8, 3)]
    dearer = of_order(7, undone(9, 1, Side.BUY, 1_010, 10, fee=1, date=20261124))
    found = standing([*fills, dearer])
    assert [(one.fill.px, one.fill.fee, one.trade_date) for one in found] == [
        (1_010, 6, 20261120),
        (2_000, 2, 20261123),
    ]
    nobody = of_order(6, undone(9, 1, Side.BUY, 0, 0, date=20261124))
    assert standing([*fills, nobody]) == fills
