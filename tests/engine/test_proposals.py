"""What risk is told: floors of short sales, shares nobody has proved, the books that count, what may be borrowed."""

import pytest
from msgspec.structs import replace

from hts.account.position import Lot, Position
from hts.account.profile import KR_MARGIN, Profile
from hts.engine.proposals import books_of, permissions_of, short_floor, unproved
from hts.risk.proposal import CASH_ONLY, Permissions
from hts.risk.short_rules import ShortRule, ShortRules
from tests.engine.kit import a_ready_desk
from tests.support.builders import ACCOUNT, SYMBOL, a_trade, an_instrument

UPTICK = ShortRules(by_venue={"KRX": ShortRule(kind="uptick")})
ISSUE = an_instrument(listed_shares=1_000)


def held(qty, adjusted_qty=0):
    lots = (Lot(open_date=20261123, qty=qty, cost=0),)
    bought = qty - adjusted_qty
    return Position(
        account=ACCOUNT,
        symbol=SYMBOL,
        currency="KRW",
        qty=qty,
        bought_qty=bought,
        adjusted_qty=adjusted_qty,
        lots=lots,
    )


@pytest.mark.parametrize(("prices", "floor"), [((71_000, 71_100), 71_100), ((71_200, 71_100), 71_200)])
def test_floor_of_a_short_sale_follows_the_trades(prices, floor):
    core = a_ready_desk(short_rules=UPTICK).engine.core
    for px in prices:
        core.home.market.books.apply_trade(a_trade(px))
    assert short_floor(core, core.home, ISSUE, 10, 0) == floor
    assert short_floor(core, core.home, None, 10, 0) == 0


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (held(1_000, adjusted_qty=900), 0),  # all that exist, and no more
        (held(1_001, adjusted_qty=900), 900),
        (held(1_001), 0),  # bought: every share of it has a trade
    ],
)
def test_shares_without_a_trade_are_unproved_while_more_are_held_than_exist(row, expected):
    core = a_ready_desk().engine.core
    core.state.ledger.put_row(row)
    assert unproved(core, ACCOUNT, SYMBOL, ISSUE) == expected
    assert unproved(core, ACCOUNT, SYMBOL, an_instrument()) == 0  # nobody knows how many exist


def test_books_of_a_silent_line_do_not_count():
    desk = a_ready_desk()
    core = desk.engine.core
    assert len(books_of(core, core.home, SYMBOL, desk.mono_ns)) == 1
    core.home.market.go_silent()
    assert books_of(core, core.home, SYMBOL, desk.mono_ns) == ()


def test_an_account_of_the_right_kind_may_borrow_what_the_lender_has():
    core = a_ready_desk(lending_bp=1_000).engine.core
    assert permissions_of(core, ACCOUNT, ISSUE) == CASH_ONLY
    core.state.book.profiles[ACCOUNT] = Profile(account=ACCOUNT, kind=KR_MARGIN)
    assert permissions_of(core, ACCOUNT, ISSUE) == Permissions(margin=True, short=True, located_qty=100)
    sold = replace(held(-40), credit="short", lots=(Lot(open_date=20261123, qty=-40, cost=0),), loan_date=20261123)
    sold = replace(sold, bought_qty=0, sold_qty=40)
    core.state.ledger.put_row(sold)
    assert permissions_of(core, ACCOUNT, ISSUE).located_qty == 60
