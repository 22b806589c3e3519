"""Short ways to say what happens to the books."""

from hts.account.booking import Booking
from hts.account.ledger import Ledger
from hts.model.enums import Side

OPEN = 10_000_000
DAY = 20261123  # a Monday
DAY2 = 20261125


def a_ledger(cash: int = OPEN, currency: str = "KRW") -> Ledger:
    ledger = Ledger()
    ledger.open("a", currency, cash)
    return ledger


def a_fill(side: Side, px: int, qty: int, exec_id: int = 0, **given) -> Booking:
    terms = {
        "account": "a",
        "currency": "KRW",
        "symbol": "s",
        "value": px * qty,
        "venue": "KRX",
        "trade_date": DAY,
        "settle_date": DAY2,
    }
    return Booking(side=side, px=px, qty=qty, exec_id=exec_id, **(terms | given))


def bought(px: int, qty: int, exec_id: int = 0, **given) -> Booking:
    return a_fill(Side.BUY, px, qty, exec_id, **given)


def sold(px: int, qty: int, exec_id: int = 0, **given) -> Booking:
    return a_fill(Side.SELL, px, qty, exec_id, **given)
