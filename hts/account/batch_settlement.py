"""The night's first jobs: the closes to work with, and what the day's trades have to deliver."""

from collections.abc import Iterator

from msgspec.structs import replace

from hts.account.night import Night
from hts.account.obligations import Net, netted
from hts.model.records_account import AccountRecord, ClosesNoted, ObligationNetted
from hts.model.units import Notional


def note_closes(night: Night) -> Iterator[AccountRecord]:
    """Write down the prices, so that a night that is taken up again goes on with the same ones."""
    if night.book.closed_on >= night.date:
        return
    symbols = dict.fromkeys(row.symbol for row in night.book.ledger.all_rows() if row.qty)
    closes = tuple((symbol, px) for symbol in symbols if (px := night.close(symbol)) > 0)
    if closes:
        yield ClosesNoted(date=night.date, closes=closes, **night.at)


def net_obligations(night: Night) -> Iterator[AccountRecord]:
    """One instruction per account, venue, issue and settlement day; contracts settle with the exchange, in cash.

    What came after the night was run once, a late fill or a bust, is instructed as the difference.
    """
    nets = netted(fill for fill in night.book.ledger.day_fills() if night.rules.product(fill.symbol) is None)
    for net in nets:
        before = [one.netted for one in night.book.obligations if _is_same(net, one.netted)]
        qty = net.qty - sum(one.qty for one in before)
        amount = net.amount - sum(one.amount for one in before)
        if qty or amount:
            tx_id = f"{net.tx_id[:32]}.{len(before) + 1}" if before else net.tx_id
            yield _instruction(night, replace(net, qty=qty, amount=Notional(amount)), tx_id)


def _is_same(net: Net, one: ObligationNetted) -> bool:
    ours = (net.account, net.venue, net.symbol, net.currency, net.settle_date)
    return ours == (one.account, one.venue, one.symbol, one.currency, one.settle_date)


def _instruction(night: Night, net: Net, tx_id: str) -> ObligationNetted:
    issue = night.issue(net.symbol)
    return ObligationNetted(
        tx_id=tx_id,
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
