"""Events and ends of contracts, night by night, with the sums that must hold."""

from fractions import Fraction

import pytest

from hts.account.batch_events import unconfirmed
from hts.account.position import MARGIN, SHORT, Lot
from hts.model.corporate import CorporateEvent, EventKind
from hts.model.records_account import (
    ContractExpired,
    ContractMarked,
    EventApplied,
    EventConfirmed,
    EventDone,
    EventEntered,
    EventWithdrawn,
    RightsSubscribed,
)
from tests.account.nights import AT, MON, THU, TUE, WED, a_book, night_of, of_kind, play, trade

LOAN = {"credit": MARGIN, "is_opening": True, "loan_date": MON, "financed_ppm": 600_000}
FREE = {"settle_date": 0}


def an_event(kind: EventKind, **given) -> CorporateEvent:
    terms = {"event_id": "E", "symbol": "005930", "market": "KR", "currency": "KRW"}
    terms |= {"ex_date": TUE, "record_date": WED, "pay_date": THU}
    return CorporateEvent(kind=kind, **(terms | given))


def enter(book, event, confirmed=True):
    book.apply(EventEntered(event=event, user="kim", **AT))
    if confirmed:
        book.apply(EventConfirmed(event_id=event.event_id, user="lee", **AT))


def held(book, account="kr", symbol="005930"):
    position = book.ledger.position(account, symbol)
    return position.qty, position.cost, position.lots


def test_split_changes_quantity_and_average_not_cost():
    book = a_book(kr=1_000_000)
    trade(book, "kr 005930 BUY 3 at 10000", MON, **FREE)
    trade(book, "kr 005930 BUY 4 at 10050", MON, **FREE)
    enter(book, an_event(EventKind.SPLIT, new=5, old=1))
    play(book, MON, {"005930": 10_100})
    lots = (Lot(open_date=MON, qty=15, cost=30_000), Lot(open_date=MON, qty=20, cost=40_200))
    assert held(book) == (35, 70_200, lots)
    assert book.ledger.money("kr", "KRW").cash == 1_000_000 - 70_200
    assert of_kind(play(book, TUE), EventApplied) == []


def test_reverse_split_pays_for_what_is_left_over():
    book = a_book(kr=1_000_000)
    trade(book, "kr 005930 BUY 27 at 1000", MON, **FREE)
    enter(book, an_event(EventKind.REVERSE_SPLIT, new=1, old=10))
    play(book, MON, {"005930": 1_234})
    assert held(book)[:2] == (2, 27_000)
    money = book.ledger.money("kr", "KRW")
    assert (money.cash, money.income) == (973_000 + 8_638, 8_638)  # seven tenths of 12,340


def test_holding_too_small_for_one_share_is_paid_out():
    book = a_book(kr=1_000_000)
    trade(book, "kr 005930 BUY 7 at 1000", MON, **FREE)
    enter(book, an_event(EventKind.REVERSE_SPLIT, new=1, old=10))
    play(book, MON, {"005930": 1_000})
    money = book.ledger.money("kr", "KRW")
    assert held(book) == (0, 0, ())
    assert (money.cash, money.realised, money.income) == (1_000_000, -7_000, 7_000)


def test_cash_dividend_is_fixed_on_the_ex_date_and_paid_net_later():
    book = a_book(kr=10_000_000)
    trade(book, "kr 005930 BUY 100 at 10000", MON, **FREE)
    enter(book, an_event(EventKind.CASH_DIVIDEND, cash_milli=361_500))
    play(book, MON, {"005930": 10_000})
    trade(book, "kr 005930 SELL 100 at 9900", TUE, **FREE)  # ex-dividend: it stays ours
    play(book, TUE)
    cash = book.ledger.money("kr", "KRW").cash
    play(book, WED)  # the pay date is the next day
    money = book.ledger.money("kr", "KRW")
    assert (money.cash - cash, money.income) == (36_150 - 5_567, 36_150 - 5_567)
    assert play(book, WED) == []


def test_stock_dividend_comes_on_its_listing_day():
    book = a_book(kr=10_000_000)
    trade(book, "kr 005930 BUY 103 at 10000", MON, **FREE)
    enter(book, an_event(EventKind.STOCK_DIVIDEND, new=3, old=100))
    play(book, MON, {"005930": 10_300})
    assert held(book)[0] == 103
    play(book, TUE)
    assert held(book)[0] == 103
    play(book, WED)
    # three shares and nine hundredths, paid at the price after the event: 10,000
    assert held(book)[:2] == (106, 1_030_000)
    assert book.ledger.money("kr", "KRW").income == 900


def test_borrower_of_shares_owes_what_the_lender_would_have_got():
    book = a_book(kr=10_000_000)
    trade(
        book, "kr 005930 SELL 100 at 10000", MON, credit=SHORT, is_opening=True, loan_date=MON, financed_ppm=1_000_000
    )
    enter(book, an_event(EventKind.CASH_DIVIDEND, cash_milli=100_000))
    for day in (MON, TUE, WED):
        play(book, day, {"005930": 10_000})
    assert book.ledger.money("kr", "KRW").income == -10_000


def test_bonus_shares_are_collateral_of_the_same_loan():
    book = a_book(kr=10_000_000)
    trade(book, "kr 005930 BUY 10 at 10000", MON, **LOAN)
    enter(book, an_event(EventKind.BONUS, new=1, old=2))
    for day in (MON, TUE, WED):
        play(book, day, {"005930": 10_000})
    row = book.ledger.row("kr", "005930", MARGIN, MON)
    assert (row.qty, row.cost, row.loan) == (15, 100_000, 60_000)


def test_merger_moves_cost_loan_and_lots():
    book = a_book(kr=10_000_000)
    trade(book, "kr 005930 BUY 9 at 10000", MON, **LOAN)
    trade(book, "kr 005930 BUY 6 at 10001", MON, **FREE)
    trade(book, "kr 000660 BUY 1 at 500", MON, **FREE)
    enter(book, an_event(EventKind.MERGER, new=2, old=3, other_symbol="000660"))
    play(book, MON, {"005930": 10_000})
    assert held(book)[:2] == (0, 0)
    loan = book.ledger.row("kr", "000660", MARGIN, MON)
    own = book.ledger.row("kr", "000660", "", 0)
    assert (loan.qty, loan.cost, loan.loan) == (6, 90_000, 54_000)
    assert (own.qty, own.cost, [lot.cost for lot in own.lots]) == (5, 60_506, [500, 60_006])


def test_spin_off_takes_a_part_of_the_cost():
    book = a_book(kr=10_000_000)
    trade(book, "kr 005930 BUY 10 at 10000", MON, **FREE)
    trade(book, "kr 005930 BUY 10 at 20000", MON, **FREE)
    trade(book, "kr 005930 SELL 5 at 20000", MON, **FREE)  # averages and lots now differ
    enter(book, an_event(EventKind.SPIN_OFF, new=1, old=5, other_symbol="000660", cost_ppm=250_000))
    play(book, MON, {"005930": 20_000})
    assert held(book)[:2] == (15, 225_000 - 56_250)
    assert held(book, symbol="000660")[:2] == (3, 56_250)
    whole = [book.ledger.position("kr", symbol) for symbol in ("005930", "000660")]
    assert sum(one.fifo_cost for one in whole) == 250_000
    assert sum(one.realised for one in whole) == 25_000 and sum(one.fifo_realised for one in whole) == 50_000


def test_rights_are_an_issue_of_their_own_until_the_new_shares_are_listed():
    book = a_book(kr=10_000_000)
    trade(book, "kr 005930 BUY 50 at 10000", MON, **FREE)
    event = an_event(EventKind.RIGHTS, new=2, old=10, issue_px=7_000, other_symbol="005930R", pay_date=20261130)
    enter(book, event)
    play(book, MON, {"005930": 10_000})
    assert held(book, symbol="005930R")[:2] == (10, 0)
    subscribed = {"event_id": "E", "account": "kr", "credit": "", "loan_date": 0, "qty": 6, "amount": 42_000}
    book.apply(RightsSubscribed(**subscribed, **AT))
    assert book.ledger.money("kr", "KRW").cash == 9_500_000 - 42_000
    assert held(book, symbol="005930.NEW")[:2] == (6, 42_000)
    for day in (TUE, WED, THU):
        play(book, day)
    assert held(book)[0] == 50
    play(book, 20261127)
    assert held(book)[:2] == (56, 542_000)
    assert held(book, symbol="005930R")[0] == held(book, symbol="005930.NEW")[0] == 0


def test_event_that_one_person_alone_has_seen_does_nothing():
    book = a_book(kr=1_000_000)
    trade(book, "kr 005930 BUY 10 at 10000", MON, **FREE)
    enter(book, an_event(EventKind.SPLIT, new=2, old=1), confirmed=False)
    night = night_of(book, MON, {"005930": 10_000})
    assert unconfirmed(night) == ("E",)
    assert of_kind(play(book, MON), EventApplied, EventDone) == []
    with pytest.raises(AssertionError):
        book.apply(EventConfirmed(event_id="E", user="kim", **AT))
    book.apply(EventWithdrawn(event_id="E", user="lee", reason="wrong ratio", **AT))
    assert unconfirmed(night_of(book, TUE)) == ()


def test_future_is_marked_each_evening_and_ends_at_the_special_quotation():
    book = a_book(jp=10_000_000)
    symbol = "NK225M-202612"  # last traded on the 10th of December, settled on the 11th
    trade(book, f"jp {symbol} BUY 2 at 50000", 20261208, financed_ppm=1_000_000, is_opening=True)
    assert book.ledger.money("jp", "JPY").cash == 10_000_000
    records = play(book, 20261208, {symbol: 50_100})
    assert [(one.value, one.settle_date) for one in of_kind(records, ContractMarked)] == [(10_020_000, 20261209)]
    assert of_kind(play(book, 20261209, {symbol: 50_100}), ContractMarked) == []
    records = play(book, 20261211, {symbol: 50_100}, finals={symbol: 49_800})
    assert [(one.final_px, one.value) for one in of_kind(records, ContractExpired)] == [(49_800, 9_960_000)]
    money = book.ledger.money("jp", "JPY")
    assert (money.cash, money.loans, money.realised) == (10_000_000 - 40_000, 0, -40_000)
    assert of_kind(play(book, 20261214), ContractExpired) == []
    assert Fraction(money.cost) == 0


LAST = 20261210  # the second Thursday
CALL, PUT, NEXT = "K2O-202612-C700.0", "K2O-202612-P700.0", "K2O-202612-C702.5"


def ended(symbol, qty, **given):
    """What two options that cost 3.00 each come to: (final price, money for them, profit)."""
    book = a_book(kr=10_000_000)
    side = "BUY" if qty > 0 else "SELL"
    trade(book, f"kr {symbol} {side} {abs(qty)} at 300", MON, **FREE)
    premium = -300 * 2_500 * qty
    before = book.ledger.money("kr", "KRW").cash
    assert before == 10_000_000 + premium
    (end,) = of_kind(play(book, LAST, **given), ContractExpired)
    money = book.ledger.money("kr", "KRW")
    assert (held(book, symbol=symbol)[0], money.realised) == (0, premium + (money.cash - before))
    return end.final_px, money.cash - before, end.settle_date


@pytest.mark.parametrize(
    ("symbol", "index_px", "px"),
    [
        (CALL, 69_999, 0),
        (CALL, 70_000, 0),
        (CALL, 70_001, 1),
        (PUT, 70_001, 0),
        (PUT, 70_000, 0),
        (PUT, 69_999, 1),
        (NEXT, 70_250, 0),  # a strike with a half
        (NEXT, 70_775, 525),
    ],
)
def test_an_option_pays_what_it_is_in_the_money_and_nothing_else(symbol, index_px, px):
    """250,000 won a point, in hundredths of a point; the writer pays what the holder gets."""
    assert ended(symbol, 2, finals={symbol: index_px}) == (px, 2 * px * 2_500, 20261211)
    assert ended(symbol, -2, finals={symbol: index_px}) == (px, -2 * px * 2_500, 20261211)


def test_an_option_without_a_special_quotation_ends_at_its_own_last_price():
    assert ended(CALL, 2, closes={CALL: 410}) == (410, 2 * 410 * 2_500, 20261211)


def test_an_option_lives_until_its_last_day():
    book = a_book(kr=10_000_000)
    trade(book, f"kr {CALL} BUY 2 at 300", MON, **FREE)
    assert of_kind(play(book, 20261209, {CALL: 410}, finals={CALL: 70_400}), ContractExpired, ContractMarked) == []
    assert held(book, symbol=CALL)[0] == 2
