"""Calls and forced sales on the field's own examples, night by night."""

import pytest

from hts.account.position import MARGIN, SHORT
from hts.model.records_account import (
    AccountRestricted,
    CashPosted,
    LiquidationEnded,
    LiquidationScheduled,
    MarginCallClosed,
    MarginCalled,
)
from tests.account.nights import AT, FRI, MON, THU, TUE, WED, a_book, of_kind, play, trade

KR_LOAN = {"credit": MARGIN, "is_opening": True, "loan_date": MON, "financed_ppm": 600_000, "due_date": 20270221}
JP_LOAN = {"credit": MARGIN, "is_opening": True, "loan_date": TUE, "financed_ppm": 1_000_000}


def planned(records):
    return [
        (one.kind, one.symbol, one.credit, one.qty, one.date, one.is_buy)
        for one in of_kind(records, LiquidationScheduled)
    ]


def test_unpaid_purchase_freezes_the_account_and_is_sold_on_the_third_day():
    book = a_book(kr=1_000_000)
    trade(book, "kr 005930 BUY 80 at 50000", MON, deposit_ppm=250_000)
    assert book.ledger.money("kr", "KRW").buying_power == 0
    closes = {"005930": 50_000}
    assert of_kind(play(book, MON, closes) + play(book, TUE, closes), MarginCalled) == []
    records = play(book, WED, closes)
    late = 3_000_000 * 95 // (1000 * 365)  # one day
    assert [(one.kind, one.due_date, one.shortfall) for one in of_kind(records, MarginCalled)] == [
        ("misu", THU, 3_000_000 + late)
    ]
    # thirty calendar days from the next trading day
    assert [one.until_date for one in of_kind(records, AccountRestricted)] == [20261225]
    assert not book.profile("kr").leaves_unpaid(20261225)
    # (3,000,000 + late fee) / (50,000 x 0.7 x (1 - 0.00015 - 0.002)) = 85.92: 86, and there are 80
    assert planned(records) == [("misu", "005930", "", 80, THU, False)]


def test_unpaid_purchase_is_forgotten_when_it_is_paid_in_time():
    book = a_book(kr=1_000_000)
    trade(book, "kr 005930 BUY 80 at 50000", MON, deposit_ppm=250_000)
    play(book, MON)
    play(book, TUE)
    book.apply(CashPosted(account="kr", currency="KRW", kind="flow", amount=3_000_000, ref="in", **AT))
    assert of_kind(play(book, WED), MarginCalled, AccountRestricted, LiquidationScheduled) == []


def test_small_sums_do_not_freeze():
    book = a_book(kr=100_000)
    trade(book, "kr 005930 BUY 19 at 10000", MON, deposit_ppm=200_000)
    play(book, TUE)
    records = play(book, WED, {"005930": 10_000})
    assert of_kind(records, AccountRestricted) == []
    assert planned(records) == [("misu", "005930", "", 13, THU, False)]  # 90,023 at 6,985 a share


@pytest.mark.parametrize(("cash", "owed", "frozen"), [(90_027, 99_999, 0), (90_026, 100_000, 1)])
def test_from_a_hundred_thousand_won_on_the_account_is_frozen(cash, owed, frozen):
    """A day's late fee of 26 won is in it."""
    book = a_book(kr=cash)
    trade(book, "kr 005930 BUY 19 at 10000", MON, deposit_ppm=200_000)
    play(book, TUE)
    records = play(book, WED, {"005930": 10_000})
    assert [one.shortfall for one in of_kind(records, MarginCalled)] == [owed]
    assert len(of_kind(records, AccountRestricted)) == frozen


def test_loan_below_the_ratio_is_called_and_sold_on_the_third_day():
    book = a_book(kr=400_000)
    trade(book, "kr 005930 BUY 100 at 10000", MON, **KR_LOAN)
    assert (book.ledger.money("kr", "KRW").cash, book.ledger.money("kr", "KRW").loans) == (0, 600_000)
    assert of_kind(play(book, MON, {"005930": 8_400}), MarginCalled) == []  # exactly 140 %
    records = play(book, TUE, {"005930": 8_390})
    assert [
        (one.kind, one.date, one.due_date, one.ratio_ppm, one.shortfall) for one in of_kind(records, MarginCalled)
    ] == [("kr_margin", TUE, WED, 1_398_333, 1_000)]
    assert planned(records) == []
    records = play(book, WED, {"005930": 8_000})
    # a share sold at 5,600 less costs frees 2,400 - 8,000 + 5,588 < 0: the whole row goes
    assert planned(records) == [("kr_margin", "005930", MARGIN, 100, THU, False)]
    assert book.forced[next(iter(book.forced))].loan_date == MON


def test_call_is_closed_when_the_price_comes_back():
    book = a_book(kr=400_000)
    trade(book, "kr 005930 BUY 100 at 10000", MON, **KR_LOAN)
    play(book, MON, {"005930": 8_000})
    records = play(book, TUE, {"005930": 9_000})
    assert [one.cause for one in of_kind(records, MarginCallClosed)] == ["met"]
    assert planned(records) == [] and book.calls == {}


def test_loan_past_its_term_is_closed():
    book = a_book(kr=10_000_000)
    trade(book, "kr 005930 BUY 100 at 10000", MON, **(KR_LOAN | {"due_date": WED}))
    assert planned(play(book, MON, {"005930": 10_000})) == []
    assert planned(play(book, TUE, {"005930": 10_000})) == [("term", "005930", MARGIN, 100, WED, False)]
    records = play(book, WED, {"005930": 10_000})
    assert [one.cause for one in of_kind(records, LiquidationEnded)] == ["day_over"]  # it was planned for that day
    assert planned(records) == [("term", "005930", MARGIN, 100, THU, False)]


def test_japanese_call_is_cured_by_money_not_by_a_better_price():
    book = a_book(jp=1_000_000)
    trade(book, "jp 7203 BUY 1000 at 3000", TUE, **JP_LOAN)
    assert book.ledger.money("jp", "JPY").cash == 1_000_000
    records = play(book, TUE, {"7203": 2_500})  # 1,000,000 - 500,000 of 3,000,000: 16.7 %
    assert [(one.due_date, one.ratio_ppm, one.shortfall) for one in of_kind(records, MarginCalled)] == [
        (THU, 166_666, 100_000)
    ]
    assert planned(play(book, WED, {"7203": 2_900})) == []
    records = play(book, THU, {"7203": 2_900})
    assert planned(records) == [("jp_margin", "7203", MARGIN, 1_000, FRI, False)]


@pytest.mark.parametrize(("paid", "closed"), [(99_999, []), (100_000, ["met"]), (100_001, ["met"])])
def test_japanese_call_is_met_to_the_last_yen(paid, closed):
    book = a_book(jp=1_000_000)
    trade(book, "jp 7203 BUY 1000 at 3000", TUE, **JP_LOAN)
    play(book, TUE, {"7203": 2_500})
    book.apply(CashPosted(account="jp", currency="JPY", kind="flow", amount=paid, ref="in", **AT))
    assert [one.cause for one in of_kind(play(book, WED, {"7203": 2_500}), MarginCallClosed)] == closed


def test_japanese_call_is_met_by_closing_a_part():
    book = a_book(jp=1_000_000)
    trade(book, "jp 7203 BUY 1000 at 3000", TUE, **JP_LOAN)
    play(book, TUE, {"7203": 2_500})
    trade(book, "jp 7203 SELL 200 at 2500", WED, credit=MARGIN)  # 600,000 closed relieve 120,000
    records = play(book, WED, {"7203": 2_500})
    assert [one.cause for one in of_kind(records, MarginCallClosed)] == ["met"]
    assert of_kind(records, MarginCalled) == []  # (1,000,000 - 100,000 - 400,000) of 2,400,000 is 20.8 %
    assert planned(records) == [] and book.calls == {}


def test_borrowed_shares_lose_when_the_price_rises():
    book = a_book(jp=1_000_000)
    opened = {"credit": SHORT, "is_opening": True, "loan_date": TUE, "financed_ppm": 1_000_000}
    trade(book, "jp 7203 SELL 1000 at 3000", TUE, **opened)
    assert of_kind(play(book, TUE, {"7203": 3_400}), MarginCalled) == []  # exactly 20 %
    assert [one.shortfall for one in of_kind(play(book, WED, {"7203": 3_401}), MarginCalled)] == [1_000]
    records = play(book, THU, {"7203": 3_500}) + play(book, FRI, {"7203": 3_500})
    assert planned(records) == [("jp_margin", "7203", SHORT, 1_000, 20261130, True)]


def test_new_york_calls_below_a_quarter():
    book = a_book(us=1_000_000)
    trade(book, "us AAPL BUY 100 at 20000", MON)  # 20,000 dollars on 10,000 of equity
    assert of_kind(play(book, MON, {"AAPL": 13_334}), MarginCalled) == []
    records = play(book, TUE, {"AAPL": 13_000})
    # equity 3,000 of 13,000 dollars; 3,250 are asked for
    assert [(one.kind, one.due_date, one.shortfall) for one in of_kind(records, MarginCalled)] == [
        ("us_margin", 20261201, 25_000 + 229)  # and a day's interest of the debit balance
    ]
    for day in (WED, FRI, 20261130):
        assert planned(play(book, day, {"AAPL": 13_000})) == []
    assert planned(play(book, 20261201, {"AAPL": 13_000})) == [("us_margin", "AAPL", "", 9, 20261202, False)]
