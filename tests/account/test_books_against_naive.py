"""The ledger against the schoolbook: 100,000 seeded events, sums compared all along, everything at each day's end."""

import random

from hts.account.ledger import Ledger
from hts.account.money import MoneyChange
from hts.model.enums import Side
from tests.account.kit import a_fill
from tests.account.naive import NaiveBooks

EVENTS = 100_000
PER_DAY = 400
SYMBOLS = ("s", "t", "u")
OPEN = 10_000_000_000


def play_day(dice: random.Random, ledger: Ledger, naive: NaiveBooks, day: int, first_id: int) -> None:
    ids: list[int] = []
    for number in range(first_id, first_id + PER_DAY):
        what = dice.random()
        if what < 0.003 and ids:
            gone = ids.pop(dice.randrange(len(ids)))
            assert ledger.cancel_fill("KRX", gone)
            naive.cancel(gone)
        elif what < 0.02:
            amount = dice.randint(-5_000, 5_000)
            ledger.post("a", "KRW", MoneyChange(cash=amount, flows=amount))
            naive.post("flow", amount)
        else:
            px, qty = dice.randint(900, 1_100), dice.randint(1, 60)
            symbol = dice.choice(SYMBOLS)
            held = ledger.qty("a", symbol)
            wanted = dice.choice(list(Side)) if abs(held) < 200 else (Side.SELL if held > 0 else Side.BUY)
            fill = a_fill(
                wanted,
                px,
                qty,
                number,
                symbol=symbol,
                fee=px * qty * 15 // 100_000,
                tax=px * qty // 500,
                trade_date=day,
                settle_date=day + 2,
                deposit_ppm=dice.choice((400_000, 1_000_000)),
            )
            ledger.book(fill)
            naive.book(fill)
            ids.append(number)


def compare(ledger: Ledger, naive: NaiveBooks, day: int) -> None:
    money = ledger.money("a", "KRW")
    assert money.cash == naive.cash()
    assert [money.cash_on(at) for at in (day, day + 1, day + 2)] == [
        naive.cash_on(at) for at in (day, day + 1, day + 2)
    ]
    assert (money.fees, money.taxes) == naive.costs()
    assert sum(amount for _, amount in money.allowances) == naive.unpaid(day)
    for symbol in SYMBOLS:
        position = ledger.position("a", symbol)
        assert position.qty == naive.qty(symbol)
        cost, _, closings = naive.average(symbol)
        assert abs(position.cost - cost) <= closings + 1
        lots: list[tuple[int, int, int]] = []
        for date, units, px in naive.fifo(symbol):
            if lots and (lots[-1][0], lots[-1][2]) == (date, px):
                lots[-1] = (date, lots[-1][1] + units, px)
            else:
                lots.append((date, units, px))
        assert [(lot.open_date, lot.qty, lot.cost) for lot in position.lots] == [
            (date, units, units * px) for date, units, px in lots
        ]
    assert money.cost == sum(ledger.position("a", symbol).cost for symbol in SYMBOLS)
    assert money.realised == sum(ledger.position("a", symbol).realised for symbol in SYMBOLS)


def test_a_hundred_thousand_events_lose_no_won():
    dice = random.Random(20261123)
    ledger = Ledger()
    ledger.open("a", "KRW", OPEN)
    naive = NaiveBooks(OPEN)
    for at in range(EVENTS // PER_DAY):
        day = 20_270_000 + at
        ledger.start_day("KRX", day)
        ledger.settle("a", "KRW", day)
        play_day(dice, ledger, naive, day, at * PER_DAY + 1)
        if at % 50 == 49:
            compare(ledger, naive, day)
