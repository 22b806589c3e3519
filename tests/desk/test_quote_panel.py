from fractions import Fraction

import msgspec

from hts.desk.quote_panel import CHANGE_NS, DayRow, QuoteFoot, QuoteHead, QuoteRow, QuoteState, TickRow
from hts.model.enums import Phase
from tests.desk.scene import NAVER_ASKS, NAVER_ISSUE, a_book, a_trade

NOW = 5_000_000_000


def a_state(*, vi=Fraction(1, 10)):
    state = QuoteState(NAVER_ISSUE, vi)
    state.on_trades([a_trade()])
    state.on_books([a_book()], NOW)
    return state


def view(state, *, ticks=(), own=None, strength_bp=0):
    return state.view(ticks, own or {}, strength_bp)


def test_asks_stand_highest_first_with_bars_by_the_largest_size():
    """NAVER's base is 218,000: 237,500 is +8.94 %. The largest of all sizes is 18,450, so the scale is 20,000."""
    asks, bids = view(a_state(), own={(True, 242_000): 30}).asks, view(a_state()).bids
    assert asks[0] == QuoteRow(px=242_000, qty=3_388, bp=1_101, tone=1, share=169, own_qty=30)
    assert asks[9] == QuoteRow(px=237_500, qty=412, bp=894, tone=1, share=20, is_last=True)
    assert [row.px for row in bids] == [237_000 - 500 * i for i in range(10)]


def test_a_change_is_told_at_the_same_price_and_only_for_a_while():
    state = a_state()
    state.on_books([a_book(asks=(500, *NAVER_ASKS[1:]))], NOW + 1)
    shown = [row.change for row in view(state).asks if row.change]
    state.on_books([a_book(asks=(500, *NAVER_ASKS[1:]))], NOW + 1 + CHANGE_NS)
    assert (shown, [row.change for row in view(state).asks if row.change]) == ([88], [])


def test_a_price_that_was_not_published_before_has_no_change():
    state = a_state()
    state.on_books([a_book(ask=238_000, asks=NAVER_ASKS)], NOW + 1)
    rows = view(state).asks
    assert (rows[0].px, rows[0].change, rows[9].change) == (242_500, 0, 412 - 1_893)


def test_a_call_tells_the_expected_price_and_the_levels_there_are():
    book = a_book(
        asks=(6_842, 11_207, 8_931),
        bids=(18_240, 9_473, 12_115),
        phase=Phase.OPEN_CALL,
        expected_px=237_000,
        expected_qty=412_388,
    )
    state = a_state()
    state.on_books([book], NOW)
    shown = view(state)
    assert shown.head == QuoteHead(
        px=237_000, change=19_000, bp=872, is_expected=True, expected_qty=412_388, phase=Phase.OPEN_CALL
    )
    assert [row.px if row else 0 for row in (*shown.asks, *shown.bids)] == [
        *[0] * 7,
        238_500,
        238_000,
        237_500,
        237_000,
        236_500,
        236_000,
        *[0] * 7,
    ]


def test_the_interruption_is_reckoned_from_the_last_call():
    """Opened at 221,500: 243,650 is reached at 244,000 (ticks of 500), 199,350 at 199,300 (ticks of 100)."""
    state = a_state()
    opened = state.day.vi_prices
    state.on_trades([a_trade(px=230_000, side="")])
    assert (opened, state.day.vi_prices) == ((244_000, 199_300), (253_000, 207_000))


def test_no_interruption_without_a_rule_a_trade_or_within_the_days_limits():
    narrow = QuoteState(msgspec.structs.replace(NAVER_ISSUE, upper_px=240_000, lower_px=200_000), Fraction(1, 10))
    narrow.on_trades([a_trade()])
    assert (
        a_state(vi=None).day.vi_prices,
        QuoteState(NAVER_ISSUE, Fraction(1, 10)).day.vi_prices,
        narrow.day.vi_prices,
    ) == (
        (0, 0),
        (0, 0),
        (0, 0),
    )


def test_the_day_and_the_ticks():
    ticks = [a_trade(px=217_500, qty=5, side="2"), a_trade(px=218_000, qty=7, side="")]
    shown = view(a_state(), ticks=ticks)
    assert shown.day == (
        DayRow(key="open", value=221_500, is_px=True, tone=1),
        DayRow(key="high", value=239_000, is_px=True, tone=1),
        DayRow(key="low", value=220_500, is_px=True, tone=1),
        DayRow(key="base", value=218_000, is_px=True),
        DayRow(key="upper", value=283_000, is_px=True, tone=1),
        DayRow(key="lower", value=153_000, is_px=True, tone=-1),
        DayRow(key="vi_up", value=244_000, is_px=True, tone=1),
        DayRow(key="vi_down", value=199_300, is_px=True, tone=-1),
        DayRow(key="volume", value=4_218_905, is_px=False),
        DayRow(key="turnover", value=986_852_506_360, is_px=False, is_money=True),
    )
    at = a_trade().trade_ns
    assert shown.ticks == (
        TickRow(trade_ns=at, px=218_000, qty=7, tone=0, side=0),
        TickRow(trade_ns=at, px=217_500, qty=5, tone=-1, side=-1),
    )


def test_the_foot_sums_the_whole_published_book():
    foot = view(a_state(), strength_bp=11_842).foot
    assert foot == QuoteFoot(ask_qty=52_684, bid_qty=50_899, ask_share=508, strength_bp=11_842, vwap_px=233_912)


def test_books_of_two_venues_are_added_per_price():
    state = QuoteState(NAVER_ISSUE)
    state.on_books([a_book(), a_book(venue="NXT", asks=(88,), bids=())], NOW)
    assert view(state).asks[9].qty == 500


def test_before_the_first_book_the_levels_are_empty():
    shown = view(QuoteState(NAVER_ISSUE))
    assert (shown.asks, shown.head.px, shown.day[0].value) == ((None,) * 10, 218_000, 0)


def test_the_days_turnover_is_in_the_currency():
    issue = msgspec.structs.replace(NAVER_ISSUE, px_decimals=2, multiplier=10)
    state = QuoteState(issue)
    assert {row.key: row.value for row in view(state).day}["turnover"] == 0
    state.on_trades([a_trade(px=25_000, cum_qty=12_345, cum_value=12_345 * 25_000)])  # 250.00 each, ten to a contract
    assert {row.key: row.value for row in view(state).day}["turnover"] == 30_862_500
