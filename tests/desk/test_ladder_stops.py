from fractions import Fraction

import pytest
from msgspec.structs import replace

from hts.desk.ladder import LadderState
from hts.desk.ladder_stops import StopCell, StopState, stop_cells
from hts.desk.vi_prices import vi_prices
from hts.model.conditional import FillCondition, TimeCondition, TrailCondition, TrailUnit
from hts.model.enums import Phase, Side
from hts.model.work import WorkState
from tests.desk.scene import NAVER_ISSUE, SAMSUNG_ISSUE, a_book, a_trade
from tests.desk.test_actions import a_stop

ARMED = StopState.ARMED


def cells(*views, issue=NAVER_ISSUE):
    return stop_cells(views, issue)


def test_a_stop_stands_at_its_price_on_its_side():
    assert cells(a_stop(1, Side.SELL, 230_000, 80), a_stop(2, Side.BUY, 240_000, 20)) == {
        (Side.SELL, 230_000): StopCell(qty=80, work_ids=(1,), state=ARMED, can_move=True),
        (Side.BUY, 240_000): StopCell(qty=20, work_ids=(2,), state=ARMED, can_move=True),
    }
    assert cells(a_stop(1, Side.SELL, 230_000), issue=SAMSUNG_ISSUE) == {}


def test_stops_at_one_price_add_up_and_move_together():
    waiting = replace(a_stop(2, Side.SELL, 230_000, 20), state=WorkState.WAITING)
    assert cells(a_stop(1, Side.SELL, 230_000, 80), waiting) == {
        (Side.SELL, 230_000): StopCell(qty=100, work_ids=(1, 2), state=ARMED, can_move=True)
    }


def test_stops_between_two_rows_stand_in_one_of_them_together():
    """Japannext has finer steps than the rows, which are Tokyo's."""
    state = LadderState(NAVER_ISSUE, 41)
    stops = [a_stop(1, Side.SELL, 218_100, 80), a_stop(2, Side.SELL, 218_400, 20), a_stop(3, Side.BUY, 218_200, 5)]
    state.on_works(stops)
    (row,) = [row for row in state.rows() if row.sell_stop or row.buy_stop]
    assert (row.px, row.sell_stop.qty, row.sell_stop.work_ids, row.buy_stop.work_ids) == (218_000, 100, (1, 2), (3,))


def test_a_stop_moves_together_with_a_trail_that_stands_there():
    trail = replace(
        a_stop(2, Side.SELL, 0, 20, condition=TrailCondition(distance=2_500, unit=TrailUnit.PX)), extreme_px=237_500
    )
    for views in ((a_stop(1, Side.SELL, 235_000, 80), trail), (trail, a_stop(1, Side.SELL, 235_000, 80))):
        (cell,) = cells(*views).values()
        assert (cell.qty, cell.can_move, cell.is_trail) == (100, True, False)
    assert [cell.is_trail for cell in cells(trail).values()] == [True]


@pytest.mark.parametrize(
    "state", [WorkState.DONE, WorkState.ENDED, WorkState.FAILED, WorkState.TRIGGERED, WorkState.ENDING]
)
def test_what_is_over_or_on_its_way_is_not_shown(state):
    assert cells(replace(a_stop(1, Side.SELL, 230_000), state=state)) == {}


def test_exits_of_a_bracket_are_shown_until_they_are_in_the_book():
    take = a_stop(1, Side.SELL, 0, 50, condition=FillCondition(), px=241_000, protects=7)
    waiting = replace(take, state=WorkState.WAITING)
    cell = StopCell(qty=50, work_ids=(1,), state=StopState.WAITING, is_profit=True, can_move=True)
    assert cells(waiting) == {(Side.SELL, 241_000): cell}
    assert cells(take) == {}


@pytest.mark.parametrize(
    ("unit", "distance", "px"),
    [(TrailUnit.PX, 2_500, 235_000), (TrailUnit.TICKS, 4, 235_500), (TrailUnit.PPM, 20_000, 232_500)],
)
def test_a_trail_stands_behind_its_extreme(unit, distance, px):
    trail = TrailCondition(distance=distance, unit=unit)
    view = a_stop(1, Side.SELL, 0, 50, condition=trail)
    assert cells(view) == {}
    assert list(cells(replace(view, extreme_px=237_500))) == [(Side.SELL, px)]


def test_a_time_has_no_price():
    assert cells(a_stop(1, Side.SELL, 0, 50, condition=TimeCondition(trade_ns=5))) == {}


def test_rows_carry_stops_and_those_off_screen_are_named():
    state = LadderState(NAVER_ISSUE, 11)
    state.on_book(a_book())
    state.recentre()
    state.on_works([a_stop(1, Side.SELL, 236_000, 80), a_stop(2, Side.SELL, 160_000, 20)])
    row = state.rows()[state.row_of(236_000)]
    assert row.sell_stop == StopCell(qty=80, work_ids=(1,), state=ARMED, can_move=True)
    assert row.buy_stop is None
    assert [(mark.key, mark.px, mark.qty) for mark in state.off_screen()[1] if mark.qty] == [("stop", 160_000, 20)]


@pytest.mark.parametrize(
    ("reference", "prices"),
    [(237_500, (261_500, 213_500)), (0, (0, 0)), (280_000, (0, 252_000)), (160_000, (176_000, 0))],
)
def test_the_static_interruption_is_marked_within_the_days_limits(reference, prices):
    issue = replace(NAVER_ISSUE, upper_px=283_000, lower_px=152_700)
    assert vi_prices(issue, reference, Fraction(1, 10)) == prices
    assert vi_prices(issue, reference, None) == (0, 0)


def test_an_auctions_price_is_the_new_reference():
    state = LadderState(NAVER_ISSUE, static_vi=Fraction(1, 10))
    assert state.day.vi_prices == (0, 0)
    state.on_trade(a_trade(px=240_000))
    opened = a_trade().open_px
    assert state.day.vi_prices == vi_prices(NAVER_ISSUE, opened, Fraction(1, 10))
    state.on_trade(a_trade(px=244_000, side=""))
    state.on_trade(a_trade(px=250_000))
    assert state.day.vi_prices == vi_prices(NAVER_ISSUE, 244_000, Fraction(1, 10))


def test_a_call_shows_price_and_quantity_that_it_would_trade():
    state = LadderState(NAVER_ISSUE)
    state.on_book(replace(a_book(), phase=Phase.OPEN_CALL, expected_px=237_000, expected_qty=12_345))
    state.recentre()
    found = [(row.px, row.expected_qty) for row in state.rows() if row.is_expected]
    assert found == [(237_000, 12_345)]
    assert len([row for row in state.rows() if row.expected_qty]) == 1
