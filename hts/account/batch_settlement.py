"""The night's first jobs: the closes to work with, and what the day's trades have to deliver."""

from collections.abc import Iterator

from hts.account.night import Night
from hts.account.obligations import Net, netted
from hts.model.records_account import AccountRecord, ClosesNoted, ObligationNetted


def note_closes(night: Night) -> Iterator[AccountRecord]:
    """Write down the prices, so that a night that is taken up again goes on with the same ones."""
    if night.book.closed_on >= night.date:
        return
    symbols = dict.fromkeys(row.symbol for row in night.book.ledger.all_rows() if row.qty)
    closes = tuple((symbol, px) for symbol in symbols if (px := night.close(symbol)) > 0)
    if closes:
        yield ClosesNoted(date=night.date, closes=closes, **night.at)


def net_obligations(night: Night) -> Iterator[AccountRecord]:
    """One instruction per account, venue, issue and settlement day; contracts settle with the exchange, in cash."""
    nets = netted(fill for fill in night.book.ledger.day_fills() if night.rules.product(fill.symbol) is None)
    for net in nets:
        if night.book.obligations.get(net.tx_id) is None and (net.qty or net.amount):
            yield _instruction(night, net)


def _instruction(night: Night, net: Net) -> ObligationNetted:
    issue = night.issue(net.symbol)
    return ObligationNetted(
        tx_id=net.tx_id,
        account=net.account,
        venue=net.venue,
        symbol=net.symbol,
        isin=issue.isin if issue else "",
        currency=net.currency,
        trade_date=net.trade_date,
        settle_date=net.settle_date,
        qty=net.qty,
        amount=net.amount,
        **night.at,
    )
