"""Orders that the core hears of from a venue first, in a currency that their account has no money of."""

from msgspec.structs import replace

from hts.model.quotes import InstrumentDef
from tests.engine.kit import a_ready_desk, a_snapshot
from tests.support.account_rules import account_rules
from tests.support.builders import ACCOUNT, a_fill, a_report, an_instrument


def test_an_order_that_is_adopted_as_the_first_abroad_is_in_the_issue_s_currency():
    """The journal has lost it, and with it the home money that was turned into yen: it costs yen all the same."""
    desk = a_ready_desk(rules=account_rules(), kind="cash", cash=1_000_000)
    tokyo = {"currency": "JPY", "px_decimals": 1, "base_px": 30_000, "upper_px": 37_000, "lower_px": 23_000}
    listed = InstrumentDef(instrument=an_instrument("7203", **tokyo))
    quotes = (*a_snapshot().quotes, listed)
    desk.take(desk.engine.on_snapshot(replace(a_snapshot(), quotes=quotes), *desk.at()))
    said = {"symbol": "7203", "px": 30_000, "request_id": "lost", "cl_ord_id": 40}
    desk.report(a_report(venue_seq=desk.next_seq, **said))
    ledger = desk.engine.core.state.ledger
    assert ledger.money(ACCOUNT, "JPY").reserved >= 30_000
    desk.report(a_fill(10, 10, desk.next_seq, exec_id=1, last_px=30_000, **said))
    assert (ledger.money(ACCOUNT, "JPY").cash, ledger.money(ACCOUNT, "KRW").cash) == (-30_004, 1_000_000)  # and the fee
    assert (ledger.position(ACCOUNT, "7203").currency, ledger.money(ACCOUNT, "JPY").reserved) == ("JPY", 0)
