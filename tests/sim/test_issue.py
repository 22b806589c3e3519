from hts.model.enums import Phase
from hts.model.quotes import BookUpdate
from hts.sim.figures import DayFigures
from tests.support.venue import BUY, SAMSUNG, SELL, an_exchange, at, enter, run, words

BOOK = ("book", SAMSUNG)


def test_a_market_order_sweeps_and_its_rest_waits_before_every_limit_order():
    exchange = an_exchange()
    run(exchange, enter(1, SELL, 272_000, 3), enter(2, SELL, 273_000, 3), enter(3, BUY, 271_000, 5))
    assert run(exchange, enter(4, BUY, 0, 10)) == [
        ("accepted", 4, 10),
        ("traded", 1, 272_000, 3, 0), ("traded", 4, 272_000, 3, 7), ("print", 272_000, 3, "1"),
        ("traded", 2, 273_000, 3, 0), ("traded", 4, 273_000, 3, 4), ("print", 273_000, 3, "1"),
        BOOK,
    ]  # fmt: skip
    # It is deemed a step above the best bid, and a seller who asks more gets what he asks.
    assert exchange.depth(SAMSUNG).levels[:8] == (0, 271_500, 0, 4, 0, 271_000, 0, 5)
    assert run(exchange, enter(5, SELL, 272_500, 1))[1:4] == [
        ("traded", 4, 272_500, 1, 3), ("traded", 5, 272_500, 1, 0), ("print", 272_500, 1, "2"),
    ]  # fmt: skip
    assert run(exchange, enter(6, SELL, 270_000, 4))[1:] == [
        ("traded", 4, 271_500, 3, 0), ("traded", 6, 271_500, 3, 1), ("print", 271_500, 3, "2"),
        ("traded", 3, 271_000, 1, 4), ("traded", 6, 271_000, 1, 0), ("print", 271_000, 1, "2"),
        BOOK,
    ]  # fmt: skip


def test_the_opening_call_uncrosses_at_one_price():
    exchange = an_exchange("08:50:00")
    run(
        exchange,
        enter(1, BUY, 273_000, 5),
        enter(2, BUY, 272_000, 10),
        enter(3, SELL, 271_000, 8),
        enter(4, SELL, 272_000, 4),
        enter(5, SELL, 274_000, 9),
    )
    assert exchange.expected(SAMSUNG) == (272_000, 12)
    book = exchange.depth(SAMSUNG)
    assert (book.expected_px, book.expected_qty, book.levels[:8]) == (
        272_000, 12, (274_000, 272_000, 9, 3, 0, 0, 0, 0),
    )  # fmt: skip
    told = [word for word in words(exchange.advance(at("09:00:30"))) if word[0] != "book"]
    assert told == [
        ("traded", 1, 272_000, 5, 0), ("traded", 3, 272_000, 5, 3),
        ("traded", 2, 272_000, 3, 7), ("traded", 3, 272_000, 3, 0),
        ("traded", 2, 272_000, 4, 3), ("traded", 4, 272_000, 4, 0),
        ("print", 272_000, 12, ""),
        ("phase", "", "continuous"),
    ]  # fmt: skip
    assert exchange.day(SAMSUNG) == DayFigures(272_000, 272_000, 272_000, 272_000, 12, 12 * 272_000)
    assert exchange.expected(SAMSUNG) is None


def test_a_market_order_in_the_opening_call_trades_first():
    exchange = an_exchange("08:50:00")
    run(exchange, enter(1, BUY, 280_000, 5), enter(2, SELL, 270_000, 6), enter(3, BUY, 0, 4))
    # What the uncross would leave: the market order is gone first, then two of the limit order's five shares.
    book = exchange.depth(SAMSUNG)
    assert (book.expected_qty, book.levels[:8], book.total_bid_qty) == (6, (0, 280_000, 0, 3, 0, 0, 0, 0), 9)
    told = [word for word in words(exchange.advance(at("09:00:30"))) if word[0] == "traded"]
    px = told[0][2]
    assert told == [
        ("traded", 3, px, 4, 0), ("traded", 2, px, 4, 2), ("traded", 1, px, 2, 3), ("traded", 2, px, 2, 0),
    ]  # fmt: skip


def test_an_opening_at_the_upper_limit_shares_out_by_tiers():
    exchange = an_exchange("08:50:00")
    bids = [enter(n, BUY, 353_500, qty) for n, qty in enumerate((1000, 200, 10_000, 5000), 1)]
    run(exchange, *bids, enter(9, SELL, 353_500, 13_100))
    told = words(exchange.advance(at("09:04:00")))
    assert [(word[1], word[3]) for word in told if word[0] == "traded" and word[1] != 9] == [
        (1, 550), (2, 150), (3, 9850), (4, 2550),
    ]  # fmt: skip


def test_a_closing_at_the_upper_limit_goes_by_time():
    exchange = an_exchange("15:25:00")
    bids = [enter(n, BUY, 353_500, qty) for n, qty in enumerate((1000, 200, 10_000, 5000), 1)]
    run(exchange, *bids, enter(9, SELL, 353_500, 1200))
    told = words(exchange.advance(at("15:34:00")))
    assert [(word[1], word[3]) for word in told if word[0] == "traded" and word[1] != 9] == [(1, 1000), (2, 200)]


def test_orders_that_do_not_meet_in_the_call_stand_in_the_open_market():
    exchange = an_exchange("08:50:00")
    run(exchange, enter(1, BUY, 271_000, 5), enter(2, SELL, 273_000, 5))
    exchange.advance(at("09:00:30"))
    assert exchange.depth(SAMSUNG) == BookUpdate(
        SAMSUNG, exchange.trade_ns, (273_000, 271_000, 5, 5) + (0,) * 36, 5, 5, 0, 0, Phase.CONTINUOUS
    )


def test_the_call_is_dark_for_ten_minutes_then_shows_three_levels():
    exchange = an_exchange("08:35:00")
    run(exchange, *(enter(n, BUY, 270_000 + 500 * n, n) for n in range(1, 6)))
    assert exchange.depth(SAMSUNG).levels == (0,) * 40
    told = words(exchange.advance(at("08:40:00")))
    assert told == [("book", i.symbol) for i in exchange.instruments]
    levels = exchange.depth(SAMSUNG).levels
    assert [levels[at * 4 + 1] for at in range(4)] == [272_500, 272_000, 271_500, 0]


def test_market_orders_left_over_in_a_call_show_at_their_deemed_price():
    exchange = an_exchange("08:50:00")
    run(exchange, enter(1, SELL, 270_000, 2), enter(2, BUY, 0, 5), enter(3, BUY, 271_000, 1))
    book = exchange.depth(SAMSUNG)
    assert (book.expected_px, book.expected_qty) == (272_000, 2)
    assert book.levels[:8] == (0, 272_000, 0, 3, 0, 271_000, 0, 1)
    exchange.advance(at("09:00:30"))
    assert exchange.depth(SAMSUNG).levels[:8] == (0, 271_500, 0, 3, 0, 271_000, 0, 1)


def test_market_orders_of_both_sides_meet_at_the_base_price():
    exchange = an_exchange("08:50:00")
    run(exchange, enter(1, SELL, 0, 5), enter(2, BUY, 0, 5))
    assert exchange.expected(SAMSUNG) == (272_000, 5)
    told = [word for word in words(exchange.advance(at("09:00:30"))) if word[0] == "traded"]
    assert told == [("traded", 2, 272_000, 5, 0), ("traded", 1, 272_000, 5, 0)]


def test_market_and_limit_orders_at_the_daily_limit_rank_by_time():
    exchange = an_exchange("08:50:00")
    run(exchange, enter(8, BUY, 353_500, 1), enter(9, SELL, 353_500, 1))
    exchange.advance(at("09:05:00"))  # the opening was put off once; a trade at its price interrupts nothing
    run(exchange, enter(1, BUY, 353_500, 3), enter(2, BUY, 0, 3), enter(3, BUY, 353_500, 3))
    told = run(exchange, enter(4, SELL, 190_500, 7))
    assert [word for word in told if word[0] == "traded" and word[1] != 4] == [
        ("traded", 1, 353_500, 3, 0), ("traded", 2, 353_500, 3, 0), ("traded", 3, 353_500, 1, 2),
    ]  # fmt: skip
