import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.desk.market_map import HEAD, Box, MapCell, MarketMap, squarify
from hts.model.enums import Market
from tests.desk.scene import NAVER, NAVER_ISSUE, SAMSUNG, SAMSUNG_ISSUE, a_trade
from tests.desk.test_screener_universe import Desk
from tests.support.desk_feed import texts

KODEX = "069500"


def test_the_worked_example_of_squares():
    """Areas 6, 6, 4, 3, 2, 2, 1 in 6 x 4, enlarged: the first two stand above each other, then 4 and 3 side by side."""
    boxes = squarify([6, 6, 4, 3, 2, 2, 1], Box(0, 0, 600, 400))
    assert boxes[:4] == [
        Box(0, 0, 300, 200),
        Box(0, 200, 300, 200),
        Box(300, 0, 171, 233),
        Box(471, 0, 129, 233),
    ]


def test_one_weight_fills_everything_and_none_nothing():
    assert squarify([5], Box(3, 4, 10, 20)) == [Box(3, 4, 10, 20)]
    assert squarify([], Box(0, 0, 10, 10)) == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 10_000), min_size=1, max_size=30).map(lambda w: sorted(w, reverse=True)),
    st.integers(0, 300),
    st.integers(0, 300),
)
def test_rectangles_fill_the_box_and_never_overlap(weights, width, height):
    boxes = squarify(weights, Box(7, 9, width, height))
    assert len(boxes) == len(weights)
    painted = bytearray(width * height)
    for box in boxes:
        assert box.x >= 7 and box.x + box.width <= 7 + width
        assert box.y >= 9 and box.y + box.height <= 9 + height
        for y in range(box.y - 9, box.y - 9 + box.height):
            row = slice(y * width + box.x - 7, y * width + box.x - 7 + box.width)
            assert not any(painted[row])
            painted[row] = b"\1" * box.width
    assert all(painted)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(50, 400), min_size=1, max_size=12).map(lambda w: sorted(w, reverse=True)))
def test_areas_are_as_the_weights_are(weights):
    boxes = squarify(weights, Box(0, 0, 2_000, 1_000))
    scale = 2_000 * 1_000 / sum(weights)
    assert all(abs(b.width * b.height - w * scale) < 0.05 * w * scale for b, w in zip(boxes, weights, strict=True))


def a_desk():
    return Desk(
        msgspec.structs.replace(NAVER_ISSUE, listed_shares=1_000),
        msgspec.structs.replace(SAMSUNG_ISSUE, listed_shares=5_000, prev_value=10**15),
        msgspec.structs.replace(NAVER_ISSUE, symbol=KODEX, is_etf=True),
        msgspec.structs.replace(NAVER_ISSUE, symbol="000001", market=Market.KOSDAQ),
    )


def test_areas_are_turnover_and_that_of_the_day_before_for_who_has_not_traded():
    desk = a_desk()
    desk.frame(a_trade(cum_value=3 * 10**15), a_trade(KODEX, cum_value=10**15))
    made = MarketMap(texts())
    made.lay_out(desk.universe, 500, 400)
    groups = made.groups(desk.universe)
    assert [(group.name, [cell.symbol for cell in group.cells]) for group in groups] == [
        ("KOSPI", [NAVER, SAMSUNG]),
        ("ETF", [KODEX]),
    ]
    kospi = groups[0]
    assert kospi.box == Box(0, 0, 400, 400)
    assert kospi.cells[0] == MapCell(symbol=NAVER, name="NAVER", box=Box(0, HEAD, 300, 382), bp=894, currency="KRW")
    assert kospi.bp == (894 * 3 + 0) // 4 + 1  # 670.5, half away from zero


def test_areas_are_capitalisation_when_asked():
    desk = a_desk()
    made = MarketMap(texts())
    made.by = "cap"
    made.lay_out(desk.universe, 100, 100)
    assert [[cell.symbol for cell in group.cells] for group in made.groups(desk.universe)] == [[SAMSUNG, NAVER]]


def test_areas_of_several_currencies_are_compared_in_won():
    yen = msgspec.structs.replace(SAMSUNG_ISSUE, symbol="7203", market=Market.TSE, currency="JPY", px_decimals=1)
    desk = Desk(NAVER_ISSUE, yen, rates={"JPY": 9.5})
    desk.frame(a_trade(cum_value=19 * 10**9), a_trade("7203", cum_value=20 * 10**9))  # 2 billion yen are 19 of won
    made = MarketMap(texts())
    made.lay_out(desk.universe, 400, 200)
    assert [group.box for group in made.groups(desk.universe)] == [Box(0, 0, 200, 200), Box(200, 0, 200, 200)]


def test_places_stay_while_colours_change():
    desk = a_desk()
    desk.frame(a_trade(cum_value=3 * 10**15))
    made = MarketMap(texts())
    made.lay_out(desk.universe, 300, 300)
    before = made.groups(desk.universe)[0].cells
    desk.frame(a_trade(SAMSUNG, px=200_000, cum_value=9 * 10**16))
    after = made.groups(desk.universe)[0].cells
    assert [(cell.symbol, cell.box) for cell in after] == [(cell.symbol, cell.box) for cell in before]
    assert after[1].bp == 599


def test_without_any_weight_there_is_no_map():
    made = MarketMap(texts())
    made.lay_out(Desk().universe, 300, 300)
    assert (made.is_empty, made.groups(Desk().universe)) == (True, [])


def test_a_group_without_room_has_no_head():
    desk = a_desk()
    desk.frame(a_trade(cum_value=3 * 10**15))
    made = MarketMap(texts())
    made.lay_out(desk.universe, 300, 2 * HEAD)
    assert made.groups(desk.universe)[0].cells[0].box.y == 0
