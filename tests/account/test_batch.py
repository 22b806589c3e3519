"""The night as a whole: what it does it does once, wherever it is cut."""

from hts.account.batch import JOBS, is_over, missed_nights, run_night
from hts.account.position import MARGIN, SHORT
from hts.model.corporate import CorporateEvent, EventKind
from hts.model.records_account import (
    BatchJobDone,
    CurrencyConverted,
    EventConfirmed,
    EventEntered,
    ObligationNetted,
)
from tests.account.nights import AT, FRI, MON, THU, TUE, WED, a_book, a_rate, copy_of, night_of, of_kind, play, trade

CLOSES = {"005930": 7_900, "000660": 52_000, "7203": 2_500, "AAPL": 13_000, "NK225M-202612": 50_100}
SHORT_SALE = {"credit": SHORT, "is_opening": True, "loan_date": MON, "financed_ppm": 1_000_000}


def a_past():
    """Accounts of every kind in every kind of trouble."""
    book = a_book(kr=2_000_000, jp=3_000_000, us=1_000_000)
    a_rate(book, "USD", "KRW", 29, 2)
    loan = {"credit": MARGIN, "is_opening": True, "financed_ppm": 600_000}
    trade(book, "kr 005930 BUY 100 at 10000", MON, loan_date=MON, **loan)
    trade(book, "kr 005930 BUY 50 at 10010", MON, loan_date=20261120, due_date=THU, **loan)
    trade(book, "kr 005930 SELL 20 at 10020", MON, credit=MARGIN)
    trade(book, "kr 000660 BUY 60 at 50000", MON, deposit_ppm=300_000)
    converted = {"account": "kr", "ref": "r1", "sold_currency": "KRW", "bought_currency": "USD"}
    provisional = {"sold": 152_250, "bought": 10_000, "num": 29, "den": 2, "is_provisional": True}
    book.apply(CurrencyConverted(**converted, **provisional, **AT))
    trade(book, "jp 7203 BUY 1000 at 3000", MON, loan_date=MON, credit=MARGIN, is_opening=True, financed_ppm=1_000_000)
    trade(book, "jp 7203 SELL 200 at 3000", MON, **SHORT_SALE)
    trade(book, "jp NK225M-202612 BUY 3 at 50000", MON, financed_ppm=1_000_000, is_opening=True)
    trade(book, "us AAPL BUY 100 at 20000", MON)
    event = {"symbol": "005930", "market": "KR", "currency": "KRW", "record_date": WED}
    dividend = CorporateEvent(
        event_id="D", kind=EventKind.CASH_DIVIDEND, ex_date=TUE, pay_date=THU, cash_milli=123_456, **event
    )
    split = CorporateEvent(event_id="S", kind=EventKind.SPLIT, ex_date=WED, new=3, old=2, **event)
    for one in (dividend, split):
        book.apply(EventEntered(event=one, user="kim", **AT))
        book.apply(EventConfirmed(event_id=one.event_id, user="lee", **AT))
    return book


def facts(record):
    """A record without how many its job made in this run."""
    return (record.date, record.job) if isinstance(record, BatchJobDone) else record


def test_jobs_run_in_order_and_end_once():
    book = a_past()
    records = play(book, MON, CLOSES)
    assert [record.job for record in of_kind(records, BatchJobDone)] == [name for name, _ in JOBS]
    assert sum(record.count for record in of_kind(records, BatchJobDone)) == len(records) - len(JOBS)
    assert is_over(night_of(book, MON)) and not is_over(night_of(book, TUE))
    assert play(book, MON, CLOSES) == []


def test_night_that_is_cut_anywhere_ends_in_the_same_state():
    for nights in ((MON,), (MON, TUE), (MON, TUE, WED), (MON, TUE, WED, THU)):
        book = a_past()
        for day in nights[:-1]:
            play(book, day, CLOSES)
        before = copy_of(book)
        records = play(book, nights[-1], CLOSES)
        assert len(records) > len(JOBS)
        for cut in range(len(records)):
            again = copy_of(before)
            for record in records[:cut]:
                again.apply(record)
            rest = play(again, nights[-1], dict.fromkeys(CLOSES, 1) if cut else CLOSES)  # other prices come too late
            assert [facts(record) for record in rest] == [facts(record) for record in records[cut:]], (nights, cut)
            assert again.state() == book.state()


def test_every_kind_of_night_happens():
    book = a_past()
    seen = set()
    for day in (MON, TUE, WED, THU, FRI):
        seen |= {type(record).__name__ for record in play(book, day, CLOSES)}
    assert seen == {
        "AccountRestricted", "BatchJobDone", "ClosesNoted", "ContractMarked", "ConversionTruedUp", "EntitlementPaid",
        "EventApplied", "EventDone", "InterestAccrued", "LadderMoved", "LiquidationEnded", "LiquidationScheduled",
        "LoanRepaid", "MarginCalled", "ObligationNetted", "Translated", "UnpaidInterestCharged",
    }  # fmt: skip


def test_obligations_are_netted_per_day_venue_issue_and_currency():
    book = a_past()
    found = of_kind(play(book, MON, CLOSES), ObligationNetted)
    assert [(one.account, one.venue, one.symbol, one.settle_date, one.qty, one.amount) for one in found] == [
        ("kr", "KRX", "005930", WED, 130, -(1_000_000 + 500_500 - 200_400)),
        ("kr", "KRX", "000660", WED, 60, -3_000_000),
        ("jp", "TSE", "7203", WED, 800, -2_400_000),
        ("us", "NASDAQ", "AAPL", TUE, 100, -2_000_000),
    ]


def test_nights_that_were_missed_are_made_up_in_order():
    book = a_past()
    assert missed_nights(night_of(book, THU), 20261202) == (THU, FRI, 20261130, 20261201)
    assert missed_nights(night_of(book, THU), THU) == ()


def test_a_job_sees_what_it_did_before_it_was_killed():
    book = a_past()
    run = run_night(night_of(book, MON, CLOSES))
    first = next(run)
    book.apply(first)
    assert first.closes[0] == ("005930", 7_900)
    assert next(run_night(night_of(book, MON, CLOSES))) == BatchJobDone(
        date=MON, job="prices", count=0, trade_ns=MON, mono_ns=0
    )


def test_trade_after_its_night_was_run_opens_the_night_again():
    book = a_past()
    play(book, MON, CLOSES)
    trade(book, "us AAPL SELL 30 at 20100", MON)
    book.reopen(MON)
    assert not is_over(night_of(book, MON))
    more = of_kind(play(book, MON, CLOSES), ObligationNetted)
    assert [(one.tx_id, one.qty, one.amount) for one in more] == [("20261124NASDAQAAPLus.2", -30, 603_000)]
    assert is_over(night_of(book, MON))
    book.reopen(TUE)
    assert is_over(night_of(book, MON))
