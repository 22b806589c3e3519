"""Tokyo, its PTS, Osaka and New York through the core: real processes, each venue's own feed and order wire."""

import sys

import pytest

from hts.app.foreign_tables import foreign_rules
from hts.model.denials import Rule
from hts.model.enums import OrdStatus, Phase, Side
from hts.model.instruments import Instrument
from hts.model.intents import CancelOrder, ReplaceOrder, RouteOrder
from hts.model.quotes import BookUpdate
from hts.model.routing import Remainder, RouteRequest
from hts.model.views import AccountView, LinkState
from tests.support.market import ACCOUNT, Market

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(sys.platform == "win32", reason="kills by POSIX signals"),
]
TOKYO = ("TSE", "JNX", "ODX", "OSE")
YEN = 300_000_000
CENTS = 10_000_000
RESTING_LOTS = {"TSE": 2, "JNX": 3, "ODX": 4, "OSE": 2, "NASDAQ": 2}


class WorldTerminal:
    """A terminal that keeps issues, books and money by venue and currency."""

    def __init__(self, market, venues):
        self.books = {}
        self.issues = {}
        self.money = {}
        self.plain = market.terminal()
        take = self.plain._take
        self.plain._take = lambda message: (self._keep(message), take(message))
        self.plain.until(
            lambda: (
                set(self.plain.statuses) == set(venues)
                and all(
                    s.orders is LinkState.UP and s.market_data is LinkState.UP and s.phase is Phase.CONTINUOUS
                    for s in self.plain.statuses.values()
                )
            ),
            f"{venues} up",
        )

    def _keep(self, message):
        view = getattr(message, "view", message)
        match view:
            case BookUpdate():
                self.books[view.venue, view.symbol] = view
            case Instrument():
                self.issues[view.venue, view.symbol] = view
            case AccountView():
                self.money[view.currency] = view

    def book(self, venue, symbol):
        """A book with both sides."""

        def both():
            book = self.books.get((venue, symbol))
            return book if book is not None and book.levels[0] and book.levels[1] else None

        return self.plain.until(both, f"book of {symbol} at {venue}")

    def buy(self, venue, symbol, px, qty):
        """A limit order that is accepted by the core; its number."""
        outcome = self.plain.outcome(self.plain.order(Side.BUY, px, qty=qty, symbol=symbol, venue=venue))
        assert outcome.accepted, outcome
        return outcome.order_id

    def order(self, order_id):
        return self.plain.orders[order_id]

    def until_status(self, order_id, status):
        self.plain.until(
            lambda: order_id in self.plain.orders and self.order(order_id).ord_status is status, f"{order_id} {status}"
        )


@pytest.fixture
def market(tmp_path):
    market = Market(tmp_path)
    yield market
    market.clean_up()


def up(market, venues, clock, text):
    market.paths.home.mkdir(parents=True, exist_ok=True)
    market.paths.config.write_text(text, encoding="utf-8")
    market.up("--clock", clock, "--venues", ",".join(venues))
    return WorldTerminal(market, venues)


def trade(terminal, venue, symbol):
    """Bought at the ask: the fills. An amend and a cancel of another order work too.

    The working order has a size of its own at each venue: the same twice at once would be a slip of the finger.
    """
    issue = terminal.plain.until(lambda: terminal.issues.get((venue, symbol)), f"{symbol} listed at {venue}")
    book = terminal.book(venue, symbol)
    taken = terminal.buy(venue, symbol, issue.ticks.move(book.levels[0], 3), int(issue.lot))
    terminal.until_status(taken, OrdStatus.FILLED)
    resting_px = issue.ticks.floor(book.levels[1] * 97 // 100)
    working = terminal.buy(venue, symbol, resting_px, RESTING_LOTS[venue] * int(issue.lot))
    terminal.until_status(working, OrdStatus.NEW)
    lower_px = issue.ticks.down(resting_px)
    assert terminal.plain.link.send(
        ReplaceOrder(
            request_id=f"amend {venue}",
            account=ACCOUNT,
            cl_ord_id=terminal.order(working).cl_ord_id,
            px=lower_px,
            qty=issue.lot,
        )
    )
    terminal.plain.until(lambda: terminal.order(working).px == lower_px, f"amended at {venue}")
    terminal.until_status(working, OrdStatus.NEW)
    assert terminal.order(working).leaves_qty == issue.lot
    newest = terminal.order(working).cl_ord_id
    assert terminal.plain.link.send(CancelOrder(request_id=f"out {venue}", account=ACCOUNT, cl_ord_id=newest))
    terminal.until_status(working, OrdStatus.CANCELED)
    return issue, [fill for fill in terminal.plain.fills.values() if fill.order_id == taken]


def route(terminal):
    """An order over Tokyo and its PTS takes what the books of several venues offer."""
    books = [terminal.book(venue, "9432") for venue in ("TSE", "JNX", "ODX")]
    step = terminal.issues["TSE", "9432"].ticks
    qty = sum(sorted(book.levels[2] for book in books)[:2]) // 100 * 100 + 100  # more than any two best levels alone
    request = RouteRequest(
        side=Side.BUY,
        qty=qty,
        px=step.ceil(max(book.levels[0] for book in books) * 102 // 100),
        remainder=Remainder.CANCEL,
    )
    sent = RouteOrder(request_id="sweep", account=ACCOUNT, symbol="9432", request=request)
    assert terminal.plain.link.send(sent)
    work_id = terminal.plain.outcome("sweep").order_id

    def over():
        parts = [order for order in terminal.plain.orders.values() if order.parent_id == work_id]
        return parts if parts and all(order.ord_status.is_terminal for order in parts) else None

    parts = terminal.plain.until(over, "a sweep over the venues")
    assert {part.venue for part in parts} <= {"TSE", "JNX", "ODX"}
    assert sum(part.cum_qty for part in parts) > 0


def test_tokyo_its_pts_and_osaka_trade_in_yen(market):
    terminal = up(market, TOKYO, "2026-11-24 09:01:00", f"[core]\ncash_jpy = {YEN}\n")
    paid = {}
    for venue, symbol in (("TSE", "7203"), ("ODX", "6758"), ("JNX", "7203")):
        issue, fills = trade(terminal, venue, symbol)
        assert (issue.currency, issue.px_decimals, issue.lot, issue.listing_venue) == ("JPY", 1, 100, "TSE")
        assert sum(fill.qty for fill in fills) == 100
        assert all(fill.px % issue.ticks.step_at(fill.px) == 0 for fill in fills)
        if symbol == "7203":
            assert issue.ticks.step_at(fills[0].px) == (5 if venue == "TSE" else 1)  # half a yen, a tenth at the PTS
        assert all((fill.fee, fill.tax) == (0, 0) for fill in fills)  # the zero course
        paid[symbol] = paid.get(symbol, 0) + sum(fill.px * fill.qty // 10 for fill in fills)
    terminal.plain.until(lambda: terminal.money["JPY"].cash == YEN - sum(paid.values()), "yen paid")
    position = terminal.plain.positions["7203"]
    assert (position.qty, position.cost, position.currency) == (200, paid["7203"], "JPY")
    assert terminal.money["KRW"].cash == 100_000_000
    wrong = next(f for f in terminal.plain.fills.values() if f.venue == "TSE")
    done = market.hts("bust", str(wrong.exec_id), "--venue", "TSE", "--px", f"{(wrong.px + 50) / 10}")
    assert done.returncode == 0, done.stderr
    paid["7203"] += 50 * wrong.qty // 10  # five yen more for each share
    terminal.plain.until(lambda: terminal.money["JPY"].cash == YEN - sum(paid.values()), "the corrected price paid")
    assert terminal.plain.positions["7203"].cost == paid["7203"]
    route(terminal)
    future = min(
        (issue for (venue, _), issue in terminal.issues.items() if venue == "OSE"), key=lambda one: one.multiplier
    ).symbol  # a large one alone is above the account's value limit
    issue, fills = trade(terminal, "OSE", future)
    assert (issue.currency, issue.px_decimals, sum(fill.qty for fill in fills)) == ("JPY", 0, 1)
    large = next(s for v, s in terminal.issues if v == "OSE" and s.startswith("NK225F-"))
    refused = terminal.plain.outcome(
        terminal.plain.order(Side.BUY, terminal.book("OSE", large).levels[0], symbol=large, venue="OSE")
    )
    assert refused.denial is not None
    assert refused.denial.rule is Rule.VALUE_LIMIT
    terminal.plain.until(lambda: terminal.plain.positions.get(future), "a contract held")
    assert terminal.plain.positions[future].qty == 1
    before = {(order.order_id, order.ord_status) for order in terminal.plain.orders.values()}
    market.kill("core")
    terminal.plain.until(lambda: terminal.plain.refusals, "the link is down")
    terminal.plain.until(lambda: terminal.plain.is_complete and "7203" in terminal.plain.positions, "back")
    assert {(order.order_id, order.ord_status) for order in terminal.plain.orders.values()} == before
    assert (terminal.plain.positions["7203"].qty, terminal.money["JPY"].cash) == (200, terminal.money["JPY"].cash)
    terminal.plain.until(
        lambda: {(s.orders, s.market_data) for s in terminal.plain.statuses.values()} == {(LinkState.UP, LinkState.UP)},
        "reconciled",
    )


def test_new_york_trades_in_dollars_with_its_fees(market):
    terminal = up(market, ("NASDAQ",), "2026-11-24 23:31:00", "")
    issue, fills = trade(terminal, "NASDAQ", "AAPL")
    assert (issue.currency, issue.px_decimals, issue.lot) == ("USD", 4, 1)
    (fill,) = fills
    value = fill.px * fill.qty // 100  # cents
    assert fill.px % issue.ticks.step_at(fill.px) == 0
    assert fill.fee == value * 7 // 10_000  # 0.07 %, cut to cents
    terminal.plain.until(lambda: terminal.money["USD"].cash == CENTS - value - fill.fee, "dollars paid")
    position = terminal.plain.positions["AAPL"]
    assert (position.qty, position.cost, position.currency) == (1, value, "USD")
    rules = foreign_rules()
    assert terminal.plain.statuses["NASDAQ"].trading_date == rules.us_calendar.next_trading_day(20261123) == 20261124
    undone = market.hts("bust", str(fill.exec_id), "--venue", "NASDAQ", "--px", "1.00")
    assert (undone.returncode, "breaks trades and corrects none" in undone.stderr) == (2, True)
    undone = market.hts("bust", str(fill.exec_id), "--venue", "NASDAQ")
    assert undone.returncode == 0, undone.stderr
    terminal.plain.until(lambda: terminal.plain.positions["AAPL"].qty == 0, "the trade never was")
    terminal.plain.until(lambda: terminal.money["USD"].cash == CENTS, "dollars and fees are back")
    assert terminal.order(fill.order_id).cum_qty == 0
    over = terminal.plain.outcome(
        terminal.plain.order(Side.BUY, terminal.book("NASDAQ", "AAPL").levels[0], qty=1_000_000, symbol="AAPL")
    )
    assert not over.accepted  # more than the dollars buy, whatever won there is
