from fractions import Fraction

from hts.account.position import MARGIN
from hts.model.records_account import (
    ConversionTruedUp,
    CurrencyConverted,
    InterestAccrued,
    LadderMoved,
    LoanRepaid,
    Translated,
    UnpaidInterestCharged,
)
from tests.account.nights import AT, FRI, MON, THU, TUE, WED, a_book, a_rate, of_kind, play, trade

LOAN = {"credit": MARGIN, "is_opening": True, "loan_date": MON, "financed_ppm": 600_000}


def test_ladder_moves_each_evening():
    book = a_book(kr=1_000_000)
    trade(book, "kr 005930 BUY 10 at 10000", MON)
    trade(book, "kr 005930 SELL 4 at 11000", TUE)
    money = book.ledger.money("kr", "KRW")
    assert [money.cash_on(day) for day in (MON, WED, THU)] == [1_000_000, 900_000, 944_000]
    for day, settled in ((MON, 1_000_000), (TUE, 1_000_000), (WED, 900_000), (THU, 944_000)):
        assert of_kind(play(book, day), LadderMoved) == [
            LadderMoved(account="kr", currency="KRW", date=day, trade_ns=day, mono_ns=0)
        ]
        assert book.ledger.money("kr", "KRW").settled == settled
    assert book.ledger.money("kr", "KRW").cash == 944_000


def test_loan_bears_interest_from_settlement_to_settlement():
    book = a_book(kr=10_000_000)
    trade(book, "kr 005930 BUY 1000 at 10000", MON, **LOAN)
    for day in (MON, TUE, WED):
        assert [record.micro for record in of_kind(play(book, day), InterestAccrued)] in ([], [0])
    accrued = of_kind(play(book, THU), InterestAccrued)  # one day of 6,000,000 at 4.9 %
    assert [record.micro for record in accrued] == [6_000_000 * 49 * 1_000_000 // (1000 * 365)]
    trade(book, "kr 005930 SELL 1000 at 10100", FRI, credit=MARGIN)
    assert book.ledger.qty("kr", "005930") == 0
    cash = book.ledger.money("kr", "KRW").cash
    play(book, FRI)
    play(book, 20261130)
    repaid = of_kind(play(book, 20261201), LoanRepaid)
    interest = 6_000_000 * 6 * 49 // (1000 * 365)  # from the 25th to the 1st
    assert [(record.settle_date, record.interest) for record in repaid] == [(20261201, interest)]
    money = book.ledger.money("kr", "KRW")
    assert (money.cash, money.interest, money.loans) == (cash - interest, interest, 0)
    assert of_kind(play(book, 20261202), LoanRepaid) == []


def test_cash_below_zero_pays_a_late_fee_over_the_weekend():
    book = a_book(kr=1_000_000)
    trade(book, "kr 005930 BUY 400 at 10000", WED, deposit_ppm=200_000)
    assert of_kind(play(book, WED), UnpaidInterestCharged) == []
    play(book, THU)
    charged = of_kind(play(book, FRI), UnpaidInterestCharged)
    assert [record.amount for record in charged] == [3_000_000 * 95 * 3 // (1000 * 365)]


def test_provisional_conversion_gets_the_mornings_rate():
    book = a_book(kr=10_000_000)
    a_rate(book, "USD", "KRW", 29, 2)
    book.apply(
        CurrencyConverted(
            account="kr",
            ref="r1",
            sold_currency="KRW",
            sold=1_522_500,  # 1,000 dollars at 1450 and a buffer of 5 %
            bought_currency="USD",
            bought=100_000,
            num=29,
            den=2,
            is_provisional=True,
            **AT,
        )
    )
    assert (book.ledger.money("kr", "KRW").cash, book.ledger.money("kr", "USD").cash) == (8_477_500, 100_000)
    a_rate(book, "USD", "KRW", 146, 10)
    records = play(book, MON)
    # 1,460,000 and a spread of a quarter percent
    assert [record.returned for record in of_kind(records, ConversionTruedUp)] == [1_522_500 - 1_463_650]
    assert book.ledger.money("kr", "KRW").cash == 10_000_000 - 1_463_650
    assert book.provisional == {}
    assert of_kind(play(book, TUE), ConversionTruedUp) == []


def test_evening_tells_price_from_rate():
    book = a_book(kr=10_000_000)
    a_rate(book, "USD", "KRW", 29, 2)
    converted = {"account": "kr", "ref": "r1", "sold_currency": "KRW", "bought_currency": "USD"}
    book.apply(CurrencyConverted(sold=2_900_000, bought=200_000, num=29, den=2, **converted, **AT))
    trade(book, "kr AAPL BUY 5 at 26000", MON)
    closes = {"AAPL": 26_000}
    assert [(one.own_value, one.base_value) for one in of_kind(play(book, MON, closes), Translated)] == [
        (200_000, 2_900_000)
    ]
    a_rate(book, "USD", "KRW", 15, 1)
    closes = {"AAPL": 27_000}
    assert [(one.own_value, one.base_value) for one in of_kind(play(book, TUE, closes), Translated)] == [
        (205_000, 3_075_000)
    ]
    assert book.fx_profit == {("kr", "USD"): 100_000}  # 2,000 dollars of yesterday, 50 won dearer
    assert book.rate("KRW", "USD") == Fraction(1, 15)


def test_debit_balance_of_a_margin_account_bears_the_brokers_rate():
    book = a_book(us=1_000_000)
    trade(book, "us AAPL BUY 100 at 20000", MON)
    assert of_kind(play(book, MON, {"AAPL": 20_000}), UnpaidInterestCharged) == []  # it settles tomorrow
    charged = of_kind(play(book, WED, {"AAPL": 20_000}), UnpaidInterestCharged)
    # 10,000 dollars at 8.25 % over two days: Thanksgiving lies between
    assert [one.amount for one in charged] == [1_000_000 * 825 * 2 // (10_000 * 360)]
