"""Books with a past, and nights to play on them."""

from copy import deepcopy

from hts.account.batch import run_night
from hts.account.book import AccountBook
from hts.account.booking import Booking
from hts.account.night import Night
from hts.account.profile import JP_MARGIN, KR_MARGIN, US_MARGIN
from hts.model.enums import Market, Side
from hts.model.instruments import Instrument, TickTable
from hts.model.records_account import AccountProfileSet, FxRateSet
from tests.support.account_rules import account_rules

RULES = account_rules()
AT = {"trade_ns": 1, "mono_ns": 0}
MON, TUE, WED, THU, FRI = 20261123, 20261124, 20261125, 20261126, 20261127
KINDS = {"kr": (KR_MARGIN, "KRW"), "jp": (JP_MARGIN, "JPY"), "us": (US_MARGIN, "USD")}


def an_issue(symbol: str, market: Market = Market.KOSPI, **given) -> Instrument:
    terms = {"isin": "KR7005930003", "name_ko": symbol, "name_en": symbol, "base_px": 10_000}
    terms |= {"upper_px": 13_000, "lower_px": 7_000, "ticks": TickTable(starts=(0,), steps=(10,))}
    return Instrument(symbol=symbol, market=market, **(terms | given))


ISSUES = {
    issue.symbol: issue
    for issue in (
        an_issue("005930", listed_shares=1_000_000),
        an_issue("000660"),
        an_issue("7203", Market.TSE, currency="JPY", venue="TSE", listing_venue="TSE"),
        an_issue("AAPL", Market.NASDAQ, currency="USD", px_decimals=2, venue="NASDAQ", listing_venue="NASDAQ"),
        *(
            an_issue(f"K2O-202612-{strike}", Market.KRX_DERIVATIVES, px_decimals=2, venue="KRX", listing_venue="KRX")
            for strike in ("C700.0", "P700.0", "C702.5")
        ),
        an_issue("NK225M-202612", Market.OSE, currency="JPY", venue="OSE", listing_venue="OSE"),
    )
}


def a_book(**cash: int) -> AccountBook:
    """Accounts by kind: a_book(kr=1_000_000)."""
    book = AccountBook()
    for name, amount in cash.items():
        kind, currency = KINDS[name]
        book.ledger.open(name, currency, amount)
        book.apply(AccountProfileSet(account=name, kind=kind, base_currency=currency, cost_method="average", **AT))
    return book


def a_rate(book: AccountBook, base: str, quote: str, num: int, den: int) -> None:
    book.apply(FxRateSet(base=base, quote=quote, num=num, den=den, source="test", **AT))


def trade(book: AccountBook, text: str, date: int, **given) -> None:
    """A fill as "account symbol BUY 10 at 10000"."""
    account, symbol, side_name, qty_text, _, px_text = text.split()
    side, px, qty = Side[side_name], int(px_text), int(qty_text)
    issue = ISSUES[symbol]
    terms = {
        "currency": issue.currency,
        "value": RULES.value(issue, px, qty),
        "venue": issue.venue,
        "trade_date": date,
        "settle_date": RULES.settlement.settle_date(issue.venue, date),
    }
    book.ledger.book(Booking(account=account, symbol=symbol, side=side, px=px, qty=qty, **(terms | given)))


def night_of(book: AccountBook, date: int, closes: dict[str, int] | None = None, **given) -> Night:
    marks = closes or {}
    return Night(
        book=book, rules=RULES, date=date, trade_ns=date, close=lambda s: marks.get(s, 0), issue=ISSUES.get, **given
    )


def play(book: AccountBook, date: int, closes: dict[str, int] | None = None, **given) -> list:
    """Run a night; its records."""
    records = []
    for record in run_night(night_of(book, date, closes, **given)):
        book.apply(record)
        records.append(record)
    return records


def of_kind(records: list, *kinds: type) -> list:
    return [record for record in records if isinstance(record, kinds)]


def copy_of(book: AccountBook) -> AccountBook:
    """A second book with the same state, made without any of the code under test."""
    return deepcopy(book)
