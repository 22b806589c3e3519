"""Sequences of special and sequential trade quotes, worked by hand. A yen is ten; the last price is 1,000 yen unless
said, where the width is 30 yen and the daily limit 300.
"""

from hts.model.enums import Side
from hts.rules.dates import NS
from hts.rules.krx_limits import PriceLimits
from hts.sim.call_book import CallBook, Uncross
from hts.sim.tse import sequential_quote, special_quote
from hts.sim.tse.closing import Close, Kind, closing_execution, closing_range
from hts.sim.tse.sequential_quote import Run, SequentialQuote
from hts.sim.tse.special_quote import QuoteTerms, SpecialQuote, next_outcome
from tests.support.foreign_rules import foreign_rules, foreign_tables

DAY = 20261124
RULE = foreign_rules().quote_rule(DAY)
TICKS = special_quote.TickTable(starts=(0, 10_000, 30_000), steps=(1, 5, 10))
TERMS = QuoteTerms(TICKS, PriceLimits(13_000, 7_000), RULE)
LAST = 10_000
MINUTES_3 = 180 * NS
LOT = 100


def test_the_facts_behind_the_cases():
    assert RULE.width_at(LAST) == 300
    assert RULE.width_at(10_600) == 300
    assert RULE.width_at(9_400) == 150
    assert foreign_tables()["jp_prices"]["quote_width"][0]["special_s"] == 180


def test_an_opening_within_one_width_executes_at_once():
    book = CallBook({10_300: 200}, {10_200: 100})
    assert next_outcome(book, TERMS, LAST, None, 0) == Uncross(10_300, 100)


def test_a_special_quote_climbs_every_three_minutes_until_the_book_executes():
    # Sellers wait from 1,080 yen on; buyers at market want 300 shares.
    book = CallBook({}, {10_800: 500}, market_bid=300)
    first = next_outcome(book, TERMS, LAST, None, 0)
    assert first == SpecialQuote(Side.BUY, 10_300, MINUTES_3)
    assert next_outcome(book, TERMS, LAST, first, MINUTES_3 - 1) == first
    second = next_outcome(book, TERMS, LAST, first, MINUTES_3)
    assert second == SpecialQuote(Side.BUY, 10_600, 2 * MINUTES_3)
    # The next step, 1,090 yen, reaches the sellers, who wait at 1,080 with more than enough.
    assert next_outcome(book, TERMS, LAST, second, 2 * MINUTES_3) == Uncross(10_800, 300)


def test_an_order_that_answers_the_quote_ends_it():
    book = CallBook({}, {10_800: 500}, market_bid=300)
    shown = next_outcome(book, TERMS, LAST, None, 0)
    answered = CallBook({}, {10_800: 500, 10_250: 400}, market_bid=300)
    assert next_outcome(answered, TERMS, LAST, shown, NS) == Uncross(10_250, 300)


def test_half_an_answer_does_not():
    shown = SpecialQuote(Side.BUY, 10_300, MINUTES_3)
    answered = CallBook({}, {10_800: 500, 10_250: 200}, market_bid=300)
    assert next_outcome(answered, TERMS, LAST, shown, NS) == shown


def test_a_special_quote_falls_with_the_smaller_width_below():
    book = CallBook({9_300: 500}, {}, market_ask=300)
    first = next_outcome(book, TERMS, LAST, None, 0)
    assert first == SpecialQuote(Side.SELL, 9_700, MINUTES_3)
    second = next_outcome(book, TERMS, LAST, first, MINUTES_3)
    assert second == SpecialQuote(Side.SELL, 9_550, 2 * MINUTES_3)  # below 1,000 yen the width is 15
    third = next_outcome(book, TERMS, LAST, second, 2 * MINUTES_3)
    assert third == SpecialQuote(Side.SELL, 9_400, 3 * MINUTES_3)
    assert next_outcome(book, TERMS, LAST, third, 3 * MINUTES_3) == Uncross(9_300, 300)


def test_at_the_daily_limit_it_stays():
    book = CallBook({}, {}, market_bid=300)
    shown = None
    for step in range(11):
        shown = next_outcome(book, TERMS, LAST, shown, step * MINUTES_3)
    assert shown == SpecialQuote(Side.BUY, 13_000, 10 * MINUTES_3, is_limit=True)
    assert next_outcome(book, TERMS, LAST, shown, 100 * MINUTES_3) == shown


def test_a_quote_turns_when_the_other_side_pushes():
    shown = SpecialQuote(Side.BUY, 10_300, MINUTES_3)
    book = CallBook({9_000: 500}, {}, market_ask=300)
    assert next_outcome(book, TERMS, LAST, shown, NS) == SpecialQuote(Side.SELL, 9_700, NS + MINUTES_3)


def test_a_quote_goes_when_nothing_crosses_any_more():
    shown = SpecialQuote(Side.BUY, 10_300, MINUTES_3)
    assert next_outcome(CallBook({9_900: 100}, {10_800: 100}), TERMS, LAST, shown, NS) is None


def test_a_quote_stays_on_the_grid():
    terms = QuoteTerms(TICKS, PriceLimits(37_000, 23_000), RULE)
    # 2,998.5 yen and 50: 3,048.5 is off the grid above 3,000 yen and moves back.
    assert special_quote.step_from(terms, 29_985, Side.BUY) == 30_480
    assert special_quote.step_from(terms, 30_040, Side.SELL) == 29_340


# -- continuous trading --


def stopped(px, side=Side.BUY, *, last=LAST, run=None, now=0):
    run = sequential_quote.run_at(run, last, now, RULE.sequential_s)
    return sequential_quote.stop_before(px, side, TERMS, last_px=last, run=run, now_ns=now)


def test_prints_within_a_width_go_on():
    assert stopped(10_300) is None
    assert stopped(9_700, Side.SELL) is None


def test_a_jump_becomes_a_special_quote():
    assert stopped(10_305) == SpecialQuote(Side.BUY, 10_300, MINUTES_3)
    assert stopped(9_699, Side.SELL) == SpecialQuote(Side.SELL, 9_700, MINUTES_3)


def test_many_small_prints_become_a_sequential_trade_quote():
    run = Run(LAST, 0)
    # 1,000 -> 1,030 -> 1,060 is two widths; 1,065 would be further within sixty seconds.
    assert stopped(10_600, last=10_300, run=run, now=10 * NS) is None
    assert stopped(10_650, last=10_600, run=run, now=20 * NS) == SequentialQuote(Side.BUY, 10_600, 80 * NS)


def test_after_sixty_seconds_a_new_run_begins():
    assert stopped(10_650, last=10_600, run=Run(LAST, 0), now=60 * NS) is None


def test_a_sequential_quote_ends_in_an_itayose_within_one_more_width():
    shown = SequentialQuote(Side.BUY, 10_600, 60 * NS)
    for asks, expected in (({10_550: 400}, Uncross(10_550, 300)), ({10_800: 300}, Uncross(10_800, 300))):
        assert sequential_quote.resolve(CallBook({10_900: 300}, asks), TERMS, shown) == expected


def test_what_is_still_too_far_goes_on_as_a_special_quote():
    shown = SequentialQuote(Side.BUY, 10_600, 60 * NS)
    after = sequential_quote.resolve(CallBook({11_500: 300}, {11_200: 400}), TERMS, shown)
    assert after == SpecialQuote(Side.BUY, 10_900, 60 * NS + MINUTES_3)


def test_nothing_left_ends_it_without_a_trade():
    shown = SequentialQuote(Side.BUY, 10_600, 60 * NS)
    assert sequential_quote.resolve(CallBook({10_400: 300}, {10_700: 300}), TERMS, shown) is None


# -- the close --


def closing(bids, asks, *, last=LAST, terms=TERMS, **market):
    return closing_execution(CallBook(bids, asks, **market), terms, last, LOT)


def test_the_closing_range_is_two_widths():
    assert closing_range(TERMS, LAST) == (9_400, 10_600)


def test_a_close_within_the_range():
    assert closing({10_500: 300}, {10_400: 300}) == Close(10_400, 300, Kind.AUCTION)


def test_a_close_beyond_the_range_is_a_special_execution_at_its_bound():
    assert closing({}, {10_500: 200, 10_700: 500}, market_bid=400) == Close(10_600, 200, Kind.SPECIAL)
    assert closing({9_500: 100, 9_000: 500}, {}, market_ask=400) == Close(9_400, 100, Kind.SPECIAL)


def test_no_close_without_a_lot_on_each_side_at_the_bound():
    assert closing({}, {10_700: 500}, market_bid=400) is None
    assert closing({}, {10_600: 50}, market_bid=400) is None
    assert closing({9_900: 100}, {10_100: 100}) is None


def test_a_close_at_the_daily_limit_is_allocated():
    terms = QuoteTerms(TICKS, PriceLimits(10_500, 9_500), RULE)
    assert closing({}, {10_400: 800}, terms=terms, market_bid=3300) == Close(10_500, 800, Kind.LIMIT)
