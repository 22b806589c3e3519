import random

import pytest
from msgspec.structs import replace

from hts.desk.issue_day import day_limits, nice_ceiling
from hts.desk.ladder import LadderState, RowMaker
from hts.desk.ladder_orders import UNKNOWN, OwnCell, OwnState
from hts.desk.ladder_rows import Holding, LadderRow, OffScreen, Totals
from hts.model.enums import Phase, Side
from tests.desk.scene import NAVER_ISSUE, a_book, a_position, a_trade, an_order
from tests.desk.test_actions import a_stop


def a_ladder(count: int = 5) -> LadderState:
    """The comp's market through a small window: 238,000 down to 236,000."""
    state = LadderState(NAVER_ISSUE, count)
    state.on_book(a_book())
    state.on_trade(a_trade())
    state.recentre()
    return state


def test_rows_hold_the_book_the_last_trade_and_own_orders():
    state = a_ladder()
    state.on_order(an_order(1, Side.SELL, 238_000, 30))
    state.on_order(an_order(2, Side.BUY, 236_000, 50))
    sell = OwnCell(qty=30, order_ids=(1,), state=OwnState.WORKING, ahead=1_893, progress=0)
    buy = OwnCell(qty=50, order_ids=(2,), state=OwnState.WORKING, ahead=2_981, progress=0)
    assert state.rows() == [
        LadderRow(px=238_000, bp=917, tone=1, is_published=True, ask_qty=1_893, ask_share=94, sell=sell),
        LadderRow(
            px=237_500,
            bp=894,
            tone=1,
            is_published=True,
            is_last=True,
            is_fifth=True,
            is_best_ask=True,
            ask_qty=412,
            ask_share=20,
            volume_share=740,
            last_qty=37,
        ),
        LadderRow(px=237_000, bp=872, tone=1, is_published=True, bid_qty=1_206, bid_share=60),
        LadderRow(px=236_500, bp=849, tone=1, is_published=True, bid_qty=3_544, bid_share=177),
        LadderRow(px=236_000, bp=826, tone=1, is_published=True, bid_qty=2_981, bid_share=149, buy=buy),
    ]
    assert state.has_changed is False


def test_one_changed_level_changes_one_row():
    state = a_ladder()
    before = state.rows()
    state.on_book(a_book(bids=(1_300, *a_book().levels[7::4])))
    after = state.rows()
    assert [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b] == [2]


def test_names_of_the_days_prices_stand_at_their_rows():
    state = LadderState(NAVER_ISSUE, 5)
    state.on_trade(a_trade(px=217_500, qty=1, side="2", high_px=219_000, low_px=217_500, open_px=218_000))
    state.recentre()
    assert [(row.px, row.tone, row.tags, row.last_qty) for row in state.rows()] == [
        (218_500, 1, (), 0),
        (218_000, 0, ("open", "base"), 0),
        (217_500, -1, ("low",), -1),
        (217_000, -1, (), 0),
        (216_500, -1, (), 0),
    ]


def test_average_and_vwap_stand_at_the_next_lower_price():
    state = LadderState(NAVER_ISSUE, 5)
    state.on_trade(a_trade(px=233_500))
    state.on_position(a_position())
    state.recentre()
    assert [(row.px, row.average_px, row.vwap_px) for row in state.rows()] == [
        (234_500, 0, 0),
        (234_000, 0, 0),
        (233_500, 0, 233_912),
        (233_000, 233_063, 0),
        (232_500, 0, 0),
    ]


def test_what_is_off_screen_stands_above_and_below():
    state = a_ladder()
    state.on_order(an_order(1, Side.SELL, 241_500, 30))
    assert state.off_screen() == (
        [
            OffScreen(key="upper", px=283_000, bp=2_982, tone=1),
            OffScreen(key="own_sell", px=241_500, bp=1_078, tone=1, qty=30),
            OffScreen(key="high", px=239_000, bp=963, tone=1),
        ],
        [
            OffScreen(key="open", px=221_500, bp=161, tone=1),
            OffScreen(key="low", px=220_500, bp=115, tone=1),
            OffScreen(key="lower", px=153_000, bp=-2_982, tone=-1),
        ],
    )


def test_a_call_auction_centres_on_the_expected_price_and_marks_it():
    state = LadderState(NAVER_ISSUE, 5)
    state.on_book(
        a_book(
            asks=(5, 6, 7), bids=(8, 9, 10), ask=220_500, bid=220_000, expected_px=220_000, expected_qty=77,
            phase=Phase.OPEN_CALL,
        )
    )  # fmt: skip
    state.recentre()
    assert [(row.px, row.is_expected, row.ask_qty, row.bid_qty) for row in state.rows()] == [
        (221_000, False, 6, 0),
        (220_500, False, 5, 0),
        (220_000, True, 0, 8),
        (219_500, False, 0, 9),
        (219_000, False, 0, 10),
    ]


def test_totals_and_their_balance():
    assert a_ladder().totals() == Totals(ask_qty=52_684, bid_qty=50_899, ask_share=508)
    assert a_ladder().totals().difference == -1_785
    assert LadderState(NAVER_ISSUE).totals() == Totals(ask_qty=0, bid_qty=0, ask_share=500)


def test_a_holding_is_marked_to_the_last_price():
    state = a_ladder()
    assert state.holding() is None
    state.on_position(a_position())
    assert state.holding() == Holding(qty=80, average_px=233_063, pnl=354_960, bp=190, ticks=9)


def test_rows_and_prices_name_each_other():
    state = a_ladder()
    assert [state.row_of(px) for px in (238_000, 236_000, 240_000)] == [0, 4, -4]
    assert [state.px_of(row) for row in (0, 4, 5)] == [238_000, 236_000, 235_500]


def test_scales_are_round_so_that_they_change_rarely():
    assert [nice_ceiling(n) for n in (0, 1, 4, 10, 11, 18_450, 51_000)] == [1, 1, 5, 10, 20, 20_000, 70_000]


def test_the_queue_is_known_where_the_book_is_published():
    state = a_ladder()
    prices = (242_500, 242_000, 237_500, 237_000, 232_500, 232_000)
    for i, px in enumerate(prices):
        state.on_order(an_order(i + 1, Side.SELL if px > 237_000 else Side.BUY, px, 1))
    assert [cell.ahead for cell in state.orders.cells().values()] == [UNKNOWN, 3_388, 412, 1_206, 2_950, UNKNOWN]
    state.on_order(an_order(9, Side.BUY, 237_500, 1))
    assert state.orders.cells()[Side.BUY, 237_500].ahead == 0


def test_a_combined_ladder_adds_the_venues_and_tells_the_part_elsewhere():
    state = LadderState(NAVER_ISSUE, 5, has_queues=False)
    state.on_combined((a_book(), a_book(venue="NXT", asks=(88,), bids=(), ask=237_500)))
    state.on_order(an_order(1, Side.SELL, 237_500, 30, venue="NXT"))
    state.on_trade(a_trade(qty=100))
    state.recentre()
    row = state.rows()[state.row_of(237_500)]
    assert (row.ask_qty, row.ask_share, row.ask_share_elsewhere, row.bid_share_elsewhere) == (500, 25, 4, 0)
    assert row.sell == OwnCell(qty=30, order_ids=(1,), state=OwnState.WORKING, ahead=UNKNOWN, progress=0)


def test_another_view_of_the_axis_shows_the_same_rows_under_the_same_pointer():
    seen, other = a_ladder(), LadderState(NAVER_ISSUE, 9)
    seen.scroll.scroll(3)
    seen.scroll.hovering = True
    other.scroll.take_place(seen.scroll)
    assert ([row.px for row in other.rows()], other.scroll.hovering) == ([row.px for row in seen.rows()], True)


def test_a_holding_of_another_price_unit_is_told_in_the_money_of_its_currency():
    state = LadderState(replace(NAVER_ISSUE, currency="USD", px_decimals=2 + 2))
    state.on_trade(a_trade(px=250_000))
    state.on_position(a_position(qty=-10, cost=-25_500))  # sold at 25.5000 dollars, in cents
    held = state.holding()
    assert (held.average_px, held.pnl, held.money_decimals) == (255_000, 500, 2)


@pytest.mark.parametrize("seed", range(20))
def test_bare_rows_are_what_the_long_way_makes(seed):
    rng, state = random.Random(seed), a_ladder(30)
    for _ in range(30):
        px = 237_000 + 500 * rng.randint(-6, 6)
        asks = tuple(rng.choice([0, 5, 400]) for _ in range(10))
        phase = rng.choice([Phase.CONTINUOUS, Phase.CONTINUOUS, Phase.CLOSE_CALL])
        state.on_book(
            a_book(ask=px + 500, bid=px, asks=asks, phase=phase, expected_px=px if phase.is_call else 0, expected_qty=9)
        )
        state.on_trade(a_trade(px=px, qty=rng.randint(1, 90), side=rng.choice("12 ")))
        state.on_order(an_order(rng.randint(1, 6), rng.choice([Side.BUY, Side.SELL]), px + 1_500, 30))
        state.on_position(a_position(qty=rng.choice([-5, 0, 80])))
        state.on_works([a_stop(1, Side.SELL, px - 1_000, 5)] if rng.random() < 0.5 else [])
        frame = RowMaker(state)
        assert state.rows() == [frame.marked_row(row.px) for row in state.rows()]


def test_a_venue_with_finer_steps_loses_nothing_between_the_rows():
    """Japannext trades in tenths of a yen where Tokyo's step is half a yen, and the rows are Tokyo's."""
    state = LadderState(NAVER_ISSUE, 21)
    book = a_book(asks=(3, 4), bids=(5, 6), ask=237_600, bid=237_400, step=100)
    state.on_book(book)
    state.on_order(an_order(1, Side.BUY, 237_300, 6))
    state.on_order(an_order(2, Side.BUY, 237_100, 2))
    state.on_order(an_order(3, Side.SELL, 237_700, 9))
    state.on_trade(a_trade(px=237_600, qty=30))
    state.recentre()
    rows = {row.px: row for row in state.rows()}
    assert (rows[238_000].ask_qty, rows[237_000].bid_qty) == (7, 11)
    assert rows[238_000].is_best_ask
    assert (rows[237_000].buy.qty, rows[237_000].buy.order_ids, rows[238_000].sell.qty) == (8, (1, 2), 9)
    assert rows[237_500].is_last
    assert rows[237_500].volume_share > 0
    assert sum(row.ask_qty for row in rows.values()) == 7


def test_where_the_market_sets_no_limits_none_are_named():
    issue = replace(NAVER_ISSUE, lower_px=1, upper_px=10**10)
    state = LadderState(issue, 11)
    assert day_limits(issue) == (0, 0)
    assert [key for key, px in state.prices_of_interest() if px] == []
    assert day_limits(NAVER_ISSUE) == (NAVER_ISSUE.lower_px, NAVER_ISSUE.upper_px)
