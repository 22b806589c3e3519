from msgspec.structs import replace

from hts.desk.ladder import LadderState
from hts.desk.ladder_auction import AT_MARKET, POINTS_MAX, AuctionView, CallFill, CoursePoint
from hts.desk.ladder_orders import UNKNOWN
from hts.desk.ladder_rows import LadderRow
from hts.desk.spoken import call_fill_text, ladder_row_text
from hts.model.enums import OrdStatus, OrdType, Phase, Side, TimeInForce
from tests.desk.scene import NAVER_ISSUE, NINE, SECOND, Scene, a_book, an_order

AT_8_40 = NINE - 1_200 * SECOND


def what_it_leaves(px=220_000, qty=100, bids=(40, 9, 10), *, at_s=0, phase=Phase.OPEN_CALL, **changes):
    """Korea's book in a call: what the uncross would leave, here buys of the first of `bids` at the price."""
    return a_book(
        asks=(5, 6, 7), bids=bids, ask=px + 500, bid=px, expected_px=px, expected_qty=qty, phase=phase,
        trade_ns=AT_8_40 + at_s * SECOND, **changes,
    )  # fmt: skip


def whole_book():
    """A venue that tells every order. Demand at 220,000 and better: 30 + 20 + 50 = 100, supply 10 + 25 + 45 = 80."""
    bids = ((221_000, 30), (220_500, 20), (220_000, 50))
    asks = ((219_000, 10), (219_500, 25), (220_000, 45))
    levels = [
        part for (ask, asked), (bid, wanted) in zip(asks, bids, strict=True) for part in (ask, bid, asked, wanted)
    ]
    return a_book(phase=Phase.OPEN_CALL, expected_px=220_000, expected_qty=80, levels=(*levels, *(0,) * 28))


def a_call(book=None, *orders) -> LadderState:
    state = LadderState(NAVER_ISSUE, 5)
    state.on_book(book or what_it_leaves())
    for order in orders:
        state.on_order(order)
    return state


def fills(state):
    return state.call.fills(state.orders)


def part(qty, least, most):
    return CallFill(qty=qty, least=least, most=most)


def test_better_orders_trade_whole_worse_ones_wait_and_at_the_price_the_last_are_left():
    state = a_call(
        None,
        an_order(1, Side.BUY, 221_000, 20),  # better than 220,000
        an_order(2, Side.BUY, 219_500, 7),  # worse
        an_order(3, Side.BUY, 220_000, 60),  # 40 are left there: at least 20 trade, at most all 60 of 100 less 20
        an_order(4, Side.SELL, 219_000, 8),
        an_order(5, Side.SELL, 220_000, 9),  # no sells are left at the price: all trade
        an_order(6, Side.SELL, 220_500, 10),
    )
    assert fills(state) == {
        (Side.BUY, 221_000): part(20, 20, 20),
        (Side.BUY, 220_000): part(60, 20, 60),
        (Side.BUY, 219_500): part(7, 0, 0),
        (Side.SELL, 219_000): part(8, 8, 8),
        (Side.SELL, 220_000): part(9, 9, 9),
        (Side.SELL, 220_500): part(10, 0, 0),
    }
    view = state.auction()
    assert (view.buy, view.sell) == (part(87, 40, 80), part(27, 17, 17))


def test_never_more_than_the_call_trades_the_best_of_ours_first():
    """100 trade: 90 at the better price, so at most 10 at the expected one, although 60 stand there."""
    state = a_call(None, an_order(1, Side.BUY, 220_000, 60), an_order(2, Side.BUY, 221_000, 90))
    assert fills(state) == {(Side.BUY, 221_000): part(90, 90, 90), (Side.BUY, 220_000): part(60, 10, 10)}


def test_orders_of_one_price_are_one_cell_of_which_the_rest_is_taken_once():
    """30 + 25 = 55 shares, 40 of the price are left: at least 15 of ours trade."""
    state = a_call(None, an_order(1, Side.BUY, 220_000, 30), an_order(2, Side.BUY, 220_000, 25))
    assert fills(state) == {(Side.BUY, 220_000): part(55, 15, 55)}


def test_a_whole_book_tells_what_trades_at_the_price_and_the_place_bounds_it_from_below():
    """80 trade; 50 of the buys are better, so 30 of the 50 at the price; we stand behind 20: at least 10 of our 15."""
    state = a_call(whole_book())
    state.on_order(an_order(1, Side.BUY, 220_000, 15))
    assert state.orders.ahead(1) == 50, "everything that was published when we joined"
    assert fills(state) == {(Side.BUY, 220_000): part(15, 0, 15)}, "20 are left, we may be among them"
    state.orders.on_trade(220_000, 30)
    assert fills(state) == {(Side.BUY, 220_000): part(15, 10, 15)}
    assert state.auction().imbalance == 20


def test_sells_of_a_whole_book_that_all_trade():
    """10 + 25 of the sells are better, 45 trade at the price, which is all that stands there."""
    state = a_call(whole_book())
    state.on_order(an_order(1, Side.SELL, 220_000, 45))
    assert fills(state) == {(Side.SELL, 220_000): part(45, 45, 45)}


def test_a_whole_book_whose_price_lies_deeper_than_it_is_published_promises_nothing():
    book = whole_book()
    levels = list(book.levels)
    levels[9] = levels[11] = 0  # the bid at 220,000
    state = a_call(replace(book, levels=tuple(levels)), an_order(1, Side.BUY, 220_000, 15))
    assert fills(state) == {(Side.BUY, 220_000): part(15, 0, 15)}


def test_who_takes_part():
    """Market orders trade first; what is for the other call, on its way, pegged or at another venue does not."""
    state = a_call(
        None,
        an_order(1, Side.BUY, 0, 30, ord_type=OrdType.MARKET),
        an_order(2, Side.BUY, 221_000, 40, time_in_force=TimeInForce.AT_CLOSE),
        an_order(3, Side.BUY, 221_500, 50, ord_status=OrdStatus.PENDING_NEW),
        an_order(4, Side.BUY, 222_000, 60, ord_type=OrdType.MIDPOINT),
        an_order(5, Side.BUY, 222_500, 70, venue="NXT"),
        an_order(6, Side.SELL, 219_500, 5, time_in_force=TimeInForce.AT_OPEN),
        an_order(7, Side.SELL, 221_000, 6, ord_type=OrdType.LIMIT_OR_CLOSE),
    )
    assert fills(state) == {
        (Side.BUY, AT_MARKET): part(30, 30, 30),
        (Side.SELL, 219_500): part(5, 5, 5),
        (Side.SELL, 221_000): part(6, 0, 0),
    }
    state.on_book(what_it_leaves(phase=Phase.CLOSE_CALL))
    assert fills(state) == {
        (Side.BUY, AT_MARKET): part(30, 30, 30),
        (Side.BUY, 221_000): part(40, 40, 40),
        (Side.SELL, AT_MARKET): part(6, 6, 6),
    }, "a limit or close is a market order in the closing call"


def test_the_rows_of_a_call_tell_the_price_what_it_leaves_and_our_fills():
    state = a_call(None, an_order(1, Side.BUY, 220_000, 60), an_order(2, Side.SELL, 220_500, 3))
    state.recentre()
    cells = state.orders.cells()
    published = {"tone": 1, "is_published": True}
    assert state.rows() == [
        LadderRow(px=221_000, bp=138, ask_qty=6, ask_share=120, **published),
        LadderRow(
            px=220_500, bp=115, ask_qty=5, ask_share=100, is_best_ask=True, sell=cells[Side.SELL, 220_500],
            sell_fill=part(3, 0, 0), **published,
        ),
        LadderRow(
            px=220_000, bp=92, bid_qty=40, bid_share=800, is_expected=True, is_fifth=True, expected_qty=100,
            imbalance=40, buy=cells[Side.BUY, 220_000], buy_fill=part(60, 20, 60), **published,
        ),
        LadderRow(px=219_500, bp=69, bid_qty=9, bid_share=180, **published),
        LadderRow(px=219_000, bp=46, bid_qty=10, bid_share=200, **published),
    ]  # fmt: skip


def test_the_view_of_a_call_and_its_course():
    state = a_call()
    for at_s, px, qty in ((1, 220_000, 100), (2, 220_500, 130), (5, 220_500, 150), (9, 219_500, 150)):
        state.on_book(what_it_leaves(px, qty, at_s=at_s))
    assert state.auction() == AuctionView(
        px=219_500,
        qty=150,
        bp=69,
        tone=1,
        imbalance=40,
        buy=None,
        sell=None,
        course=(
            CoursePoint(AT_8_40, 220_000, 100),
            CoursePoint(AT_8_40 + 2 * SECOND, 220_500, 130),
            CoursePoint(AT_8_40 + 5 * SECOND, 220_500, 150),
            CoursePoint(AT_8_40 + 9 * SECOND, 219_500, 150),
        ),
    )


def test_a_call_ends_with_its_course_and_the_next_one_begins_anew():
    state = a_call(None, an_order(1, Side.BUY, 221_000, 5))
    state.on_book(a_book())
    assert (state.auction(), fills(state), state.call.px) == (None, {}, 0)
    state.on_book(what_it_leaves(at_s=60, phase=Phase.VI_CALL))
    assert state.auction().course == (CoursePoint(AT_8_40 + 60 * SECOND, 220_000, 100),)


def test_a_long_course_keeps_its_ends_and_stays_small():
    state = a_call()
    for i in range(1, 3 * POINTS_MAX):
        state.on_book(what_it_leaves(qty=100 + i, at_s=i))
    course = state.auction().course
    assert POINTS_MAX // 2 < len(course) <= POINTS_MAX
    assert (course[0].qty, course[-1].qty) == (100, 99 + 3 * POINTS_MAX)
    assert list(course) == sorted(course, key=lambda point: point.trade_ns)


def test_a_call_without_an_expected_price_promises_nothing():
    state = a_call(a_book(phase=Phase.OPEN_CALL), an_order(1, Side.BUY, 221_000, 5))
    view = state.auction()
    assert (view.px, view.imbalance, view.buy, view.course, fills(state)) == (0, 0, None, (), {})


def test_what_is_left_at_the_price_is_no_queue():
    """The 40 that are left are the newest; how many stand before us is not told, while the next price tells all."""
    state = a_call(None, an_order(1, Side.BUY, 220_000, 60), an_order(2, Side.BUY, 219_500, 3))
    assert (state.orders.ahead(1), state.orders.ahead(2)) == (UNKNOWN, 9)
    state.on_book(what_it_leaves(bids=(90, 5, 10)))
    assert (state.orders.ahead(1), state.orders.ahead(2)) == (UNKNOWN, 2)
    state.on_book(a_book(ask=220_500, bid=220_000, bids=(90, 5, 10)))
    assert state.orders.ahead(1) == 30, "continuous trading publishes all: 90 less our own 60"


def test_a_fill_in_words():
    texts = Scene(language="en").texts
    words = [call_fill_text(fill, texts) for fill in (part(9, 9, 9), part(9, 0, 0), part(9, 3, 3), part(9, 1, 9))]
    assert words == ["Fills", "Waits", "Part 3", "Part 1~9"]
    state = a_call(None, an_order(1, Side.BUY, 220_000, 60))
    state.recentre()
    assert ladder_row_text(state.rows()[2], texts, 0) == (
        "220,000 +0.92%, bid 40, my buy 60, Expected price 100, Buy Part 20~60"
    )
