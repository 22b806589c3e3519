from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hts.desk.ladder_grid import LadderScroll, PriceGrid, bands_of
from tests.desk.scene import KRX_TICKS, NAVER_ISSUE, an_instrument


def valid_prices(ticks, lower_px, upper_px):
    """One after the other."""
    return tuple(px for px in range(max(lower_px, 1), upper_px + 1) if ticks.is_valid(px))


def prices(grid):
    return tuple(grid.px(i) for i in range(len(grid)))


@given(st.integers(1, 600_000), st.integers(0, 3_000))
@settings(max_examples=40, deadline=None)
def test_a_grid_is_every_valid_price_in_order(lower_px, more):
    expected = valid_prices(KRX_TICKS, lower_px, lower_px + more)
    assume(expected)
    grid = PriceGrid(an_instrument("1", "one", expected[0], lower_px + more, lower_px))
    assert prices(grid) == expected
    for px in range(lower_px, lower_px + more + 1, max(more // 20, 1)):
        below = [one for one in expected if one <= px]
        assert grid.index(px) == max(len(below) - 1, 0)
        assert grid.row_px(px) == (below or expected)[-1 if below else 0]


def test_a_market_without_limits_takes_no_memory_for_them():
    grid = PriceGrid(an_instrument("1", "one", 260_000, 10**12, 1))
    assert len(grid) > 10**8
    assert grid.px(grid.index(260_000)) == 260_000


def test_prices_follow_the_step_of_their_band():
    bands = (range(1_997, 2_000), range(2_000, 2_016, 5))
    assert bands_of(KRX_TICKS, 1_997, 2_015) == bands


def test_limits_off_the_grid_are_left_out():
    assert [*map(tuple, bands_of(KRX_TICKS, 199_850, 200_999))] == [(199_900,), (200_000, 200_500)]


def test_index_distance_and_price_of_a_grid():
    grid = PriceGrid(an_instrument("1", "one", 200_000, 201_000, 199_700))
    assert prices(grid) == (199_700, 199_800, 199_900, 200_000, 200_500, 201_000)
    assert [grid.index(px) for px in (199_700, 200_400, 201_000, 1)] == [0, 3, 5, 0]
    assert [grid.px(i) for i in (-1, 0, 6)] == [0, 199_700, 0]
    assert grid.distance(200_500, 199_900) == -2


def test_recentring_puts_the_reference_in_the_middle_and_stops_at_the_limits():
    scroll = LadderScroll(100, 11)
    tops = []
    for reference in (50, 2, 99):
        scroll.recentre(reference)
        tops.append(scroll.top)
    assert tops == [55, 10, 99]


def test_the_axis_follows_only_when_the_reference_leaves_the_middle_half():
    scroll = LadderScroll(100, 20)
    scroll.recentre(50)
    assert [(scroll.follow(r), scroll.top) for r in (55, 45, 56)] == [(False, 60), (False, 60), (True, 66)]


def test_nothing_moves_under_the_pointer_until_the_trader_asks():
    scroll = LadderScroll(100, 20)
    scroll.recentre(50)
    scroll.hovering = True
    assert (scroll.follow(80), scroll.top) == (False, 60)
    scroll.recentre(80)
    assert scroll.top == 90


def test_resizing_keeps_the_middle():
    scroll = LadderScroll(100, 20)
    scroll.recentre(50)
    scroll.resize(30)
    assert (scroll.middle, scroll.top, scroll.count) == (50, 65, 30)


def test_an_axis_shorter_than_the_window_shows_all_of_it():
    scroll = LadderScroll(6, 20)
    scroll.recentre(0)
    assert scroll.top == 5


def test_prices_between_two_rows_belong_to_one_of_them():
    grid = PriceGrid(NAVER_ISSUE)
    assert [grid.row_px(px, up=up) for px in (237_000, 237_100) for up in (False, True)] == [
        *(237_000, 237_000),
        *(237_000, 237_500),
    ]
    assert grid.row_px(10**9, up=True) == NAVER_ISSUE.upper_px
    on_rows = {237_000: 5, 237_500: 7}
    assert grid.gathered(on_rows, up=True) == on_rows
    assert grid.gathered(on_rows, up=True) is on_rows  # known to be rows by now
    between = {237_100: 1, 237_400: 2, 237_500: 4, 238_100: 8}
    assert grid.gathered(between, up=True) == {237_500: 7, 238_500: 8}
    assert grid.gathered(between, up=False) == {237_000: 3, 237_500: 4, 238_000: 8}
