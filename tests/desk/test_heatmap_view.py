import pytest

from hts.desk.heatmap import STEPS_NS, HeatMap
from hts.desk.heatmap_view import ROW_PX, ZOOMS, HeatView
from tests.desk.scene import NAVER_ISSUE, NINE, a_book

MINUTE = 60_000_000_000


@pytest.fixture
def heat():
    made = HeatMap(NAVER_ISSUE)
    made.on_book(a_book(trade_ns=NINE))
    made.advance(NINE + MINUTE)
    return made


@pytest.fixture
def view(heat):
    made = HeatView()
    made.resize(600, 240)
    made.go_live(heat)
    return made


def test_the_newest_column_ends_at_the_right_edge(view, heat):
    newest = (NINE + MINUTE) // STEPS_NS[0]
    assert (view.last, view.x(newest), view.columns, view.rows) == (newest, 598, 300, 20)
    assert view.top - view.rows // 2 == heat.reference_row


def test_pixels_lead_back_to_columns_and_rows(view):
    cells = [(view.first, view.bottom), (view.last, view.top), (view.last - 7, view.top - 3)]
    assert [(view.column_at(view.x(c) + 1), view.row_at(view.y(r) + 11)) for c, r in cells] == cells


def test_following_moves_the_axis_only_when_the_market_left_the_middle(view, heat):
    before = view.top
    heat.on_book(a_book(trade_ns=NINE + MINUTE, ask=239_000, bid=238_500))
    view.follow(heat)
    near = view.top
    heat.on_book(a_book(trade_ns=NINE + MINUTE, ask=245_000, bid=244_500))
    view.follow(heat)
    assert near == before
    assert view.top - view.rows // 2 == heat.reference_row


def test_a_pan_ends_the_following_until_the_trader_goes_back(view, heat):
    view.pan(40, 0, heat)
    heat.advance(NINE + 2 * MINUTE)
    view.follow(heat)
    panned = (view.is_following, view.last)
    view.go_live(heat)
    assert panned == (False, (NINE + MINUTE) // STEPS_NS[0] - 40)
    assert (view.is_following, view.last) == (True, (NINE + 2 * MINUTE) // STEPS_NS[0])


def test_a_pan_stays_within_what_is_kept(view, heat):
    view.pan(10**6, 10**6, heat)
    ring = heat.levels[0]
    oldest = (view.last, view.row_at(view.height // 2))
    view.pan(-(10**6), -(10**6), heat)
    assert oldest == (ring.first, len(heat.grid) - 1)
    assert (view.last, view.row_at(view.height // 2)) == (ring.last, 0)


def test_panning_back_to_the_newest_follows_again(view, heat):
    view.pan(5, 0, heat)
    view.pan(-5, 0, heat)
    assert view.is_following


def test_zooms_keep_the_middle_and_the_right_edge(view):
    middle, end_ns = view.top - view.rows // 2, (view.last + 1) * view.step_ns
    for steps in (*[1] * 20, *[-1] * 40):
        view.zoom_rows(steps)
        view.zoom_time(steps)
        assert view.top - view.rows // 2 == middle
        assert 0 <= end_ns - (view.last + 1) * view.step_ns < STEPS_NS[-1]
    assert (view.row_px, (view.level, view.column_px)) == (ROW_PX[0], ZOOMS[-1])


def test_another_size_keeps_the_middle(view):
    middle = view.top - view.rows // 2
    view.resize(300, 500)
    assert view.top - view.rows // 2 == middle
