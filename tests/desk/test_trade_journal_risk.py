"""The first risk of trips, by hand; and of a bracket that went through the engine into its journal."""

import pytest
from msgspec.structs import replace

from hts.desk.past_trades import PastTrades
from hts.desk.standing_fills import standing
from hts.desk.trade_journal import Journal
from hts.desk.trade_journal_figures import figures_of
from hts.desk.trade_journal_risk import note_risks
from hts.journal.past_fills import FillScan
from hts.journal.replay import START
from hts.journal.writer import JournalWriter
from hts.model.bracket import Exits
from hts.model.enums import ExecType, OrdStatus, Side
from hts.model.past_fills import FillsPage, PastFill, PastStop
from hts.router.past_route import past_route
from tests.desk.scene import ACCOUNT, NAVER, NINE
from tests.desk.test_trade_journal import MINUTE, past
from tests.engine.kit import a_ready_desk
from tests.support.builders import a_report, an_intent
from tests.support.storage import MemoryStorage


def a_stop(px, minute=0, side=Side.SELL, **more):
    known = {"stop_id": 90 + minute, "account": ACCOUNT, "symbol": NAVER, "trade_date": 20261120}
    return PastStop(**known | more, side=side, px=px, trade_ns=NINE + minute * MINUTE)


def trips_of(fills, *stops):
    journal = Journal()
    journal.feed(fills)
    note_risks(journal.trips, stops)
    return journal.trips


def order_of(fill):
    return fill.fill.order_id


WON = (past(1, Side.BUY, 1_000, 10), past(4, Side.SELL, 1_100, 10, fee=30))


def test_the_result_is_told_as_a_multiple_of_the_way_to_the_first_stop():
    """10 shares, 40 to the stop: 400 at risk; 1,000 less 30 of costs are 2.425 times that."""
    (trip,) = trips_of(WON, a_stop(960, protects=order_of(WON[0])))
    assert (trip.risk, trip.stop_px, trip.r_centi) == (400, 960, 243)
    (without,) = trips_of(WON)
    assert (without.risk, without.r_centi) == (0, None)


def test_of_a_short_the_stop_lies_above():
    fills = (past(1, Side.SELL, 1_000, 10), past(4, Side.BUY, 1_020, 10))
    (trip,) = trips_of(fills, a_stop(1_050, minute=2, side=Side.BUY), a_stop(960, minute=2))
    assert (trip.risk, trip.r_centi) == (500, -40)


@pytest.mark.parametrize(
    "stop",
    [
        a_stop(960),  # before anything was held
        a_stop(960, minute=4),  # when all was sold
        a_stop(960, minute=2, side=Side.BUY),
        a_stop(960, minute=2, symbol="005930"),
        a_stop(960, minute=2, account="another"),
        a_stop(960, minute=2, row="margin"),
        a_stop(960, minute=2, protects=77),  # came with another order
        a_stop(1_000, minute=2),  # nothing was at risk
        a_stop(1_010, minute=2),
    ],
)
def test_what_is_no_first_stop_of_the_trip_gives_no_multiple(stop):
    (trip,) = trips_of(WON, stop)
    assert (trip.risk, trip.stop_px, trip.r_centi) == (0, 0, None)


def test_the_first_stop_counts_and_not_where_it_was_placed_again():
    (trip,) = trips_of(WON, a_stop(1_090, minute=3), a_stop(980, minute=2))
    assert (trip.risk, trip.stop_px) == (200, 980)
    (locked,) = trips_of(WON, a_stop(1_010, minute=2), a_stop(980, minute=3))
    assert locked.risk == 0  # the first one had nothing at risk any more


def test_each_order_counts_to_its_own_stop_and_one_without_to_the_trips_first():
    """10 at 1,000 down to 960 are 400; 5 at 1,050 to 1,030 are 100; 2 at 1,060 without a stop to 960 are 200."""
    fills = (
        past(1, Side.BUY, 1_000, 10),
        past(2, Side.BUY, 1_050, 5, work_id=20),
        past(3, Side.BUY, 1_060, 2),
        past(5, Side.SELL, 1_100, 17),
    )
    stops = (a_stop(960, minute=1, protects=order_of(fills[0])), a_stop(1_030, minute=2, protects=20))
    (trip,) = trips_of(fills, *stops)
    assert (trip.risk, trip.stop_px) == (700, 960)


def test_money_is_that_of_the_contract_and_not_price_times_shares():
    fills = tuple(replace(one, value=one.value * 50) for one in WON)
    (trip,) = trips_of(fills, a_stop(960, minute=2))
    assert (trip.risk, trip.r_centi) == (20_000, 250)  # 50,000 less 30


def test_an_open_trip_has_a_risk_and_no_multiple_yet():
    (trip,) = trips_of(WON[:1], a_stop(960, minute=400))
    assert (trip.risk, trip.r_centi) == (400, None)


def test_means_are_of_the_trips_that_had_a_stop():
    """+2.5 and -1: their mean is 0.75, their money 600 for 800; the third had no stop."""
    fills = (
        past(1, Side.BUY, 1_000, 10), past(2, Side.SELL, 1_100, 10), past(3, Side.BUY, 1_000, 10),
        past(4, Side.SELL, 960, 10), past(5, Side.BUY, 1_000, 10), past(6, Side.SELL, 500, 10),
    )  # fmt: skip
    stops = (a_stop(960, protects=order_of(fills[0])), a_stop(960, minute=3))
    figures = figures_of(trips_of(fills, *stops))
    assert (figures.r_count, figures.r_mean, figures.per_risk, figures.count) == (2, 75, 75, 3)
    heavier = figures_of(trips_of([*fills[:2], replace(fills[2], value=20_000), *fills[3:]], *stops))
    assert (heavier.r_mean, heavier.per_risk) == (
        -525,
        -783,
    )  # the second lost 10,400 of 800: -13; (1,000 - 10,400)/1,200


def test_stops_come_with_the_pages_of_fills():
    told, asked = PastTrades(), []
    told.ask(ACCOUNT, asked.append)
    stop = a_stop(960)
    told.take(
        FillsPage(
            account=ACCOUNT, first_date=0, last_date=99_999_999, after=(0, 0), fills=WON, next=(1, 3), is_last=True,
            stops=(stop,),
        )
    )  # fmt: skip
    assert (told.stops, told.count) == ([stop], 3)


def test_a_bracket_of_a_session_is_counted_from_its_fill_to_its_stop():
    """Bought 30 at 71,000 with a stop 10 ticks of 100 below; the better fill at 70,900 has less at risk."""
    desk = a_ready_desk()
    exits = Exits(take_ticks=20, stop_ticks=10)
    desk.intent(an_intent(request_id="b", side=Side.BUY, px=71_000, qty=30, exits=exits))
    order = list(desk.engine.core.state.orders)[-1]
    common = {"cl_ord_id": order.cl_ord_id, "side": Side.BUY, "px": 71_000, "order_qty": 30}
    desk.report(a_report(ExecType.NEW, desk.next_seq, **common, leaves_qty=30, cum_qty=0))
    filled = {"ord_status": OrdStatus.FILLED, "exec_id": 1, "last_px": 70_900, "last_qty": 30}
    desk.report(a_report(ExecType.TRADE, desk.next_seq, **common, **filled, leaves_qty=0, cum_qty=30))
    storage = MemoryStorage()
    JournalWriter(storage, START).append_many(desk.journal)
    (name,), found = storage.names(), []
    list(FillScan(past_route).steps(name, storage.read(name), found))
    fills = [one for one in found if isinstance(one, PastFill)]
    (trip,) = trips_of(standing(fills), *(one for one in found if isinstance(one, PastStop)))
    assert (trip.stop_px, trip.risk) == (70_000, 27_000)
