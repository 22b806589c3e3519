"""One trip in full, by hand."""

from msgspec.structs import replace

from hts.desk.trade_detail import BARS_MAX, bars_around, detail, saved_by_routing
from hts.model.enums import Side
from hts.model.quotes import Bar
from hts.model.views import BarsView
from tests.desk.scene import NAVER, NINE
from tests.desk.test_executions import route
from tests.desk.test_trade_journal import MINUTE, past
from tests.desk.test_trade_journal_state import WON, Desk, page


def costly(one, fee, tax=0, work_id=0):
    return replace(one, work_id=work_id, fill=replace(one.fill, fee=fee, tax=tax))


def desk(*fills, routes=(), bars=()):
    made = Desk()
    made.state.ask()
    if bars:
        made.scene.market.on_bars(BarsView(symbol=NAVER, timeframe_s=60, bars=bars))
    made.take(replace(page(*fills), routes=tuple(routes)))
    return made


def lines(made, number=0):
    found = detail(made.state.table.row(number), made.state.past, made.scene.texts)
    return {fact.label: (fact.value, fact.tone) for fact in found}


def test_costs_return_and_what_was_kept_of_the_best():
    bars = (Bar(NINE + MINUTE, 1_000, 1_200, 900, 1_000, 1, 1),)
    found = lines(desk(costly(WON[0], 10), costly(WON[1], 20, 30), bars=bars))
    assert found["Gross"] == ("+1,000", 1)
    assert (found["Fees"], found["Taxes"], found["Net"]) == (("−30", 0), ("−30", 0), ("+940", 1))
    assert found["Return"] == ("+9.40%", 1)
    # 1,000 of the 2,000 that were there
    assert (found["Best way (MFE)"], found["Kept of the best"]) == (("+2,000", 0), ("50%", 0))


def test_an_open_trip_has_no_exit_and_keeps_nothing_yet():
    found = lines(desk(past(1, Side.SELL, 1_000, 10)))
    assert (found["Side"], found["Exit"], found["Held"]) == (("Sell", -1), ("—", 0), ("open", 0))
    assert "Kept of the best" not in found


def test_routed_orders_tell_what_they_saved():
    made = desk(
        costly(WON[0], 0, work_id=7), costly(WON[1], 0, work_id=8), routes=[route(7), route(8, saved_best_single=-20)]
    )
    trip = made.state.trips[0]
    assert (saved_by_routing(trip, made.state.past), lines(made)["Saved by routing"]) == (30, ("+30", 1))
    assert saved_by_routing(desk(*WON).state.trips[0], made.state.past.__class__()) is None


def test_minutes_around_a_trip_and_none_where_its_own_are_not_known():
    trip = desk(*WON).state.trips[0]
    minutes = [Bar(trip.open_ns // MINUTE * MINUTE + n * MINUTE, 1, 1, 1, 1, 1, 1) for n in range(-40, 400)]
    found = bars_around(trip, minutes, 0)
    assert (found[0].start_ns >= trip.open_ns - 20 * MINUTE, found[-1].start_ns <= trip.close_ns + 15 * MINUTE) == (
        True,
        True,
    )
    assert 30 < len(found) < 40
    assert bars_around(trip, minutes[60:], 0) == []
    assert len(bars_around(replace_close(trip), minutes, trip.open_ns + 300 * MINUTE)) <= BARS_MAX


def replace_close(trip):
    trip.close_ns = 0
    return trip
