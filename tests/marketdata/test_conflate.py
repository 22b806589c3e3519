import msgspec

from hts.marketdata.conflate import Conflator
from hts.model.quotes import InstrumentDef
from tests.wire.mdcs.samples import BOOK, OPERATION, SAMSUNG, TRADE


def test_latest_book_wins_and_every_trade_is_kept():
    conflator = Conflator()
    newer = msgspec.structs.replace(BOOK, total_ask_qty=1)
    later = msgspec.structs.replace(TRADE, qty=11)
    definition = InstrumentDef(instrument=SAMSUNG)
    for quote in (BOOK, TRADE, OPERATION, newer, later, definition, definition, OPERATION):
        conflator.put(quote)
    assert conflator.drain() == [definition, OPERATION, TRADE, later, newer]
    assert conflator.drain() == []
    assert conflator.conflated == 3


def test_oldest_trades_fall_off():
    conflator = Conflator(trades_max=2)
    trades = [msgspec.structs.replace(TRADE, qty=qty) for qty in (1, 2, 3)]
    for trade in trades:
        conflator.put(trade)
    assert conflator.drain() == trades[1:]
    assert conflator.conflated == 1
