"""Orders of accounts with rules: what is held, what a fill costs and when it settles, what the night makes of it."""

from msgspec.structs import replace

from hts.account.batch import JOBS
from hts.account.booking import Booking
from hts.account.position import MARGIN
from hts.account.profile import KR_MARGIN
from hts.model.bracket import Exits
from hts.model.corporate import CorporateEvent, EventKind
from hts.model.denials import Rule
from hts.model.enums import CashMargin, ExecType, OrdType, Phase, Side, TimeInForce
from hts.model.intents import Flatten, StartBasket
from hts.model.quotes import InstrumentDef
from hts.model.records import FillTerms, OrderEntered, ReportReceived
from hts.model.records_account import (
    BatchJobDone,
    CurrencyConverted,
    EventConfirmed,
    EventEntered,
    FxRateSet,
    LiquidationEnded,
    LiquidationScheduled,
    ObligationNetted,
    UnpaidAllowed,
)
from hts.model.requests import NewOrderSingle
from hts.model.views import AccountView, LotView, PositionView
from hts.model.work import BasketLine
from hts.rules.settlement import Settlement
from tests.engine.kit import (
    Desk,
    a_ready_desk,
    a_snapshot,
    mass_status_end,
    records,
    replies,
    requests,
    session_up,
    views,
)
from tests.support.account_rules import account_rules
from tests.support.builders import ACCOUNT, AT, DATE, a_fill, a_report, an_instrument, an_intent

WED, THU = 20261125, 20261126
RULES = account_rules()


def a_desk(kind="cash", **fields) -> Desk:
    return a_ready_desk(rules=RULES, kind=kind, **fields)


def of_kind(effects, *kinds):
    return [record for record in records(effects) if isinstance(record, kinds)]


def fill(desk, px, qty, exec_id, **fields):
    """A market-making venue: the newest order fills whole."""
    order = list(desk.engine.core.state.orders)[-1]
    terms = {"cl_ord_id": order.order_id, "side": order.side, "px": order.px, "order_qty": order.order_qty}
    terms |= {"credit": order.credit, "is_short": order.is_short, "request_id": order.request_id}
    desk.report(a_report(venue_seq=desk.next_seq, **terms))
    return desk.report(a_fill(qty, qty, desk.next_seq, exec_id=exec_id, last_px=px, **(terms | fields)))


def test_fill_carries_the_terms_of_its_day():
    desk = a_desk()
    desk.intent(an_intent(qty=10))
    (stored,) = of_kind(fill(desk, 71_000, 10, 1), ReportReceived)
    assert (stored.fee, stored.tax) == (106, 0)
    assert stored.terms == FillTerms(value=710_000, trade_date=DATE, settle_date=WED)
    money = desk.engine.core.state.ledger.money(ACCOUNT, "KRW")
    assert money.pending == ((WED, -710_106),)
    assert money.settled == 100_000_000


def a_desk_with_three_sales():
    """Sales at 71,000, 71,300 and 71,800 under ExecIDs 2 to 4; 142.0, 142.6 and 143.6 won of tax."""
    desk = a_desk()
    desk.intent(an_intent(qty=30))
    fill(desk, 71_000, 30, 1)
    for number, (px, qty) in enumerate([(71_000, 1), (71_300, 1), (71_800, 1)], 2):
        desk.intent(an_intent(f"s{number}", side=Side.SELL, qty=qty, px=71_000))
        fill(desk, px, qty, number)
    return desk


def test_tax_is_that_of_the_days_sales_together_also_after_a_correction():
    """142.0 + 142.0 + 143.6 = 427.6: the third fill has paid the won that the second one no longer begins."""
    desk = a_desk_with_three_sales()
    second = list(desk.engine.core.state.orders)[2]
    correction = a_report(
        ExecType.TRADE_CORRECT, desk.next_seq, cl_ord_id=second.order_id, side=Side.SELL, order_qty=1, px=71_000,
        exec_ref_id=3, exec_id=99, last_px=71_000, last_qty=1, cum_qty=1, leaves_qty=0,
    )  # fmt: skip
    desk.report(correction)
    ledger = desk.engine.core.state.ledger
    assert ledger.money(ACCOUNT, "KRW").taxes == 427
    assert sorted((fill.exec_id, fill.tax) for fill in ledger.day_fills()) == [(1, 0), (2, 142), (4, 144), (99, 141)]


def test_tax_is_that_of_the_days_sales_together_also_after_a_bust():
    """The third fill pays the won that the second one had begun."""
    desk = a_desk_with_three_sales()
    ledger = desk.engine.core.state.ledger
    assert ledger.money(ACCOUNT, "KRW").taxes == 428
    assert [fill.tax for fill in ledger.day_fills()] == [0, 142, 142, 144]
    second = list(desk.engine.core.state.orders)[2]
    bust = a_report(
        ExecType.TRADE_CANCEL, desk.next_seq, cl_ord_id=second.order_id, side=Side.SELL, order_qty=1, px=71_000,
        exec_ref_id=3, exec_id=99, last_px=71_300, last_qty=1, cum_qty=0, leaves_qty=1,
    )  # fmt: skip
    desk.report(bust)
    assert ledger.money(ACCOUNT, "KRW").taxes == 285  # 285.6: the won is given back
    assert ledger.qty(ACCOUNT, "005930") == 28


def test_deposit_by_issue_class_once_unpaid_purchases_are_unlocked():
    desk = a_desk(KR_MARGIN, cash=1_000_000)
    (denied,) = requests(desk.intent(an_intent("r1", qty=60))) or [None]
    assert denied is None
    desk.engine.core.state.apply(UnpaidAllowed(account=ACCOUNT, on=True, user="kim", **AT))
    effects = desk.intent(an_intent("r2", qty=60))  # 4,260,000 at a deposit of 20 %
    (entered,) = of_kind(effects, OrderEntered)
    assert entered.reserved == 852_000 + 639
    fill(desk, 71_000, 60, 1)
    money = desk.engine.core.state.ledger.money(ACCOUNT, "KRW")
    assert (money.cash, money.buying_power) == (1_000_000 - 4_260_639, 1_000_000 - 852_639)


def test_loan_pays_a_part_and_is_paid_back_by_its_date():
    desk = a_desk(KR_MARGIN)
    effects = desk.intent(an_intent("r1", qty=10, credit=CashMargin.MARGIN_OPEN))
    assert of_kind(effects, OrderEntered)[0].reserved == 284_000 + 106
    (stored,) = of_kind(fill(desk, 71_000, 10, 1), ReportReceived)
    assert (stored.terms.financed_ppm, stored.terms.due_date) == (600_000, 20270221)
    row = desk.engine.core.state.ledger.row(ACCOUNT, "005930", MARGIN, DATE)
    assert (row.qty, row.loan, row.due_date) == (10, 426_000, 20270221)
    assert requests(desk.intent(an_intent("r2", side=Side.SELL, qty=10))) == []  # these are not own shares
    closing = {"side": Side.SELL, "credit": CashMargin.MARGIN_CLOSE, "loan_date": DATE}
    assert len(requests(desk.intent(an_intent("r3", qty=10, **closing)))) == 1
    fill(desk, 72_000, 10, 2)
    assert desk.engine.core.state.ledger.money(ACCOUNT, "KRW").loans == 0


def test_new_day_runs_the_nights_before_it_once():
    desk = a_desk()
    desk.intent(an_intent(qty=10))
    fill(desk, 71_000, 10, 1)
    effects = desk.report(session_up(epoch=2, trading_date=WED))
    jobs = [(record.date, record.job) for record in of_kind(effects, BatchJobDone)]
    assert jobs == [(date, name) for date in (DATE, 20261124) for name, _ in JOBS]
    again = Desk(journal=desk.journal, rules=RULES)
    assert again.engine.state_hash == desk.engine.state_hash
    assert of_kind(desk.report(session_up(epoch=3, trading_date=WED)), BatchJobDone) == []


def shown(effects, kind):
    return [view for view in views(effects) if isinstance(view, kind)]


def test_screens_are_told_ladder_lots_and_loans():
    desk = a_desk(KR_MARGIN)
    desk.intent(an_intent("r1", qty=10, credit=CashMargin.MARGIN_OPEN))
    fill(desk, 71_000, 10, 1)
    desk.intent(an_intent("r2", qty=5))
    effects = fill(desk, 70_900, 5, 2)
    (position,) = shown(effects, PositionView)
    assert position.lots == (
        LotView(open_date=DATE, qty=10, cost=710_000, credit=MARGIN, loan_date=DATE, due_date=20270221, loan=426_000),
        LotView(open_date=DATE, qty=5, cost=354_500),
    )
    assert (position.unrealised, position.loan, position.currency) == (500, 426_000, "KRW")
    (account,) = shown(effects, AccountView)
    paid = 284_106 + 354_553
    assert (account.d0, account.d1, account.d2, account.cash) == (10**8, 10**8, 10**8 - paid, 10**8 - paid)
    assert (account.kind, account.loans, account.holdings) == (KR_MARGIN, 426_000, 15 * 71_000 - 426_000)
    # deposit, 70 % of own shares and the shares on loan, over the loan
    collateral = 10**8 - paid + 248_500 + 710_000
    assert (account.collateral, account.margin_used) == (collateral, 596_400)
    assert account.maintenance_ppm == collateral * 10**6 // 426_000
    assert (account.total_currency, account.total) == ("KRW", 10**8 - paid + 15 * 71_000 - 426_000)


def test_a_night_shows_what_it_moved():
    desk = a_desk()
    desk.intent(an_intent(qty=10))
    fill(desk, 71_000, 10, 1)
    effects = desk.report(session_up(epoch=2, trading_date=THU))
    (account,) = shown(effects, AccountView)
    assert (account.d0, account.cash) == (10**8 - 710_106, 10**8 - 710_106)
    assert [view.qty for view in shown(effects, PositionView)] == [10]


def test_forced_sale_is_entered_when_the_venue_takes_orders():
    desk = a_desk()
    desk.intent(an_intent(qty=10))
    fill(desk, 71_000, 10, 1)
    plan = {"account": ACCOUNT, "symbol": "005930", "credit": "", "loan_date": 0, "is_buy": False, "qty": 7}
    planned = LiquidationScheduled(request_id="F1", date=DATE, kind="misu", **plan, **AT)
    desk.intent(an_intent("own", side=Side.SELL, qty=10, px=72_000))
    own = list(desk.engine.core.state.orders)[-1]
    desk.report(a_report(venue_seq=desk.next_seq, cl_ord_id=own.order_id, side=Side.SELL, px=72_000))
    desk.engine.core.state.apply(planned)
    desk.journal.append(planned)
    first = desk.take(desk.engine.on_timer("status", *desk.at()))
    assert [type(one).__name__ for one in requests(first)] == ["OrderCancelRequest"]
    cancelled = {"cl_ord_id": requests(first)[0].cl_ord_id, "orig_cl_ord_id": own.order_id, "side": Side.SELL}
    desk.report(a_report(ExecType.CANCELED, desk.next_seq, px=72_000, **cancelled))
    second = desk.take(desk.engine.on_timer("status", *desk.at()))
    (order,) = requests(second)
    assert isinstance(order, NewOrderSingle)
    assert (order.request_id, order.side, order.ord_type, order.qty, order.strategy, order.user) == (
        "F1", Side.SELL, OrdType.MARKET, 7, "forced", "misu",
    )  # fmt: skip
    assert [one.cause for one in of_kind(second, LiquidationEnded)] == ["entered"]
    assert requests(desk.take(desk.engine.on_timer("status", *desk.at()))) == []
    assert Desk(journal=desk.journal, rules=RULES).engine.state_hash == desk.engine.state_hash


def test_forced_sale_waits_for_its_day_and_for_the_opening_call():
    desk = a_desk()
    plan = {"account": ACCOUNT, "symbol": "005930", "credit": "", "loan_date": 0, "is_buy": False, "qty": 7}
    desk.engine.core.state.apply(LiquidationScheduled(request_id="F1", date=THU, kind="misu", **plan, **AT))
    assert records(desk.take(desk.engine.on_timer("status", *desk.at()))) == []
    desk.engine.on_snapshot(a_snapshot(phase=Phase.CLOSED), *desk.at())
    asked = desk.report(session_up(epoch=2, trading_date=THU))
    desk.report(mass_status_end(asked, desk.next_seq))
    assert requests(desk.take(desk.engine.on_timer("status", *desk.at()))) == []


def a_foreign_desk() -> Desk:
    desk = a_desk()
    apple = an_instrument("AAPL", currency="USD", px_decimals=2, base_px=26_000, upper_px=39_000, lower_px=13_000)
    snapshot = a_snapshot()
    quotes = (*snapshot.quotes, InstrumentDef(instrument=apple))
    desk.take(desk.engine.on_snapshot(replace(snapshot, quotes=quotes), *desk.at()))
    return desk


def test_home_money_pays_for_a_foreign_order_at_a_provisional_rate():
    desk = a_foreign_desk()
    assert {(one.base, one.quote) for one in desk.journal if isinstance(one, FxRateSet)} == {
        ("USD", "KRW"), ("JPY", "KRW"), ("USD", "JPY"),
    }  # fmt: skip
    order = an_intent("r1", symbol="AAPL", px=26_000, qty=10, time_in_force=TimeInForce.DAY)
    effects = desk.intent(order)
    (converted,) = of_kind(effects, CurrencyConverted)
    needed = 260_000 + 39  # the issue is listed at a Korean venue here: Korean costs
    assert (converted.bought, converted.sold) == (needed, -(-needed * 29 * 105 // 200))
    ledger = desk.engine.core.state.ledger
    assert ledger.money(ACCOUNT, "USD").buying_power == 0
    assert ledger.money(ACCOUNT, "KRW").cash == 100_000_000 - converted.sold
    shown = {one.view.currency: one.view.cash for one in effects if isinstance(getattr(one, "view", None), AccountView)}
    assert shown == {"USD": needed, "KRW": 100_000_000 - converted.sold}
    kinds = [type(record).__name__ for record in records(effects)]
    assert kinds.index("CurrencyConverted") < kinds.index("OrderEntered")


def test_foreign_order_beyond_all_means_is_refused():
    desk = a_foreign_desk()
    effects = desk.intent(an_intent("r1", symbol="AAPL", px=26_000, qty=300))
    assert (requests(effects), of_kind(effects, CurrencyConverted)) == ([], [])


def a_desk_with_an_event(market: str, new: int = 100, old: int = 101) -> Desk:
    """A resting order that lives on, and a split whose ex-date is the day after tomorrow."""
    desk = a_desk()
    desk.intent(an_intent(qty=10, px=70_000, time_in_force=TimeInForce.GTC))
    desk.report(a_report(venue_seq=desk.next_seq, px=70_000, time_in_force=TimeInForce.GTC))
    terms = {"symbol": "005930", "market": market, "currency": "KRW", "ex_date": WED, "record_date": THU}
    event = CorporateEvent(event_id="S", kind=EventKind.REVERSE_SPLIT, new=new, old=old, **terms)
    for record in (EventEntered(event=event, user="kim", **AT), EventConfirmed(event_id="S", user="lee", **AT)):
        desk.engine.core.state.apply(record)
        desk.journal.append(record)
    return desk


def begin_the_ex_date(desk: Desk, monkeypatch):
    monkeypatch.setattr(Settlement, "carries_over", lambda *_: True)  # a venue that keeps GTC orders
    asked = desk.report(session_up(epoch=2, trading_date=WED))
    told = a_report(ExecType.ORDER_STATUS, desk.next_seq, px=70_000, time_in_force=TimeInForce.GTC)
    desk.report(told)
    return requests(desk.report(mass_status_end(asked, desk.next_seq, 1)))


def test_order_of_before_is_cancelled_on_the_ex_date(monkeypatch):
    desk = a_desk_with_an_event("KR")
    (cancel,) = begin_the_ex_date(desk, monkeypatch)
    assert (type(cancel).__name__, cancel.orig_cl_ord_id) == ("OrderCancelRequest", 1)
    assert Desk(journal=desk.journal, rules=RULES).engine.state_hash == desk.engine.state_hash


def test_order_of_before_is_amended_where_that_is_the_custom(monkeypatch):
    desk = a_desk_with_an_event("US")
    (amend,) = begin_the_ex_date(desk, monkeypatch)
    assert (type(amend).__name__, amend.px, amend.qty) == ("OrderCancelReplaceRequest", 70_700, 9)
    assert begin_again(desk) == []


def test_order_that_cannot_be_amended_is_cancelled(monkeypatch):
    desk = a_desk_with_an_event("US", 1, 10)  # ten times the price is beyond the day's limit
    (cancel,) = begin_the_ex_date(desk, monkeypatch)
    assert (type(cancel).__name__, cancel.orig_cl_ord_id) == ("OrderCancelRequest", 1)


def begin_again(desk: Desk):
    """The session breaks and comes back on the same day."""
    asked = desk.report(session_up(epoch=2, trading_date=WED))
    told = a_report(ExecType.ORDER_STATUS, desk.next_seq, px=70_000, time_in_force=TimeInForce.GTC)
    desk.report(told)
    sent = requests(desk.report(mass_status_end(asked, desk.next_seq, 1)))
    return [one for one in sent if type(one).__name__ == "OrderCancelReplaceRequest"]


def test_venue_of_another_market_nets_its_fills_and_runs_no_night():
    desk = Desk(rules=RULES, venues=("KRX", "NASDAQ"))
    desk.start()
    for venue in ("KRX", "NASDAQ"):
        desk.report(replace(session_up(), venue=venue))
    booking = Booking(
        account=ACCOUNT, currency="KRW", symbol="AAPL", side=Side.BUY, px=100, qty=3, value=300, venue="NASDAQ",
        trade_date=DATE, settle_date=20261124,
    )  # fmt: skip
    desk.engine.core.state.ledger.book(booking)
    effects = desk.report(replace(session_up(epoch=2, trading_date=20261124), venue="NASDAQ"))
    assert [one.qty for one in of_kind(effects, ObligationNetted)] == [3]
    assert of_kind(effects, BatchJobDone) == []
    assert list(desk.engine.core.state.ledger.day_fills()) == []


def test_books_come_back_whole_from_a_snapshot():
    desk = a_desk(KR_MARGIN)
    desk.intent(an_intent("r1", qty=10, credit=CashMargin.MARGIN_OPEN))
    fill(desk, 71_000, 10, 1)
    desk.report(session_up(epoch=2, trading_date=WED))
    again = Desk(rules=RULES, kind=KR_MARGIN)
    assert again.engine.restore(desk.engine.image(), desk.engine.state_hash)
    for one in (desk, again):
        asked = one.report(session_up(epoch=3, trading_date=THU))
        one.report(mass_status_end(asked, one.next_seq))
    assert again.engine.state_hash == desk.engine.state_hash
    row = again.engine.core.state.ledger.row(ACCOUNT, "005930", MARGIN, DATE)
    assert row.accrued_to == WED
    assert again.engine.core.state.book.ledger is again.engine.core.state.ledger


def test_position_on_loan_is_closed_by_paying_back():
    desk = a_desk(KR_MARGIN)
    desk.intent(an_intent("r1", qty=10, credit=CashMargin.MARGIN_OPEN))
    fill(desk, 71_000, 10, 1)
    (order,) = requests(desk.intent(Flatten(request_id="f1", account=ACCOUNT, symbol="005930")))
    assert (order.side, order.qty, order.credit) == (Side.SELL, 10, CashMargin.MARGIN_CLOSE)
    fill(desk, 71_000, 10, 2)
    money = desk.engine.core.state.ledger.money(ACCOUNT, "KRW")
    assert (money.loans, money.cost) == (0, 0)


def test_exits_of_a_purchase_on_credit_pay_its_loan_back():
    desk = a_desk(KR_MARGIN)
    exits = Exits(take_ticks=10, stop_ticks=5)
    desk.intent(an_intent("r1", qty=10, credit=CashMargin.MARGIN_OPEN, exits=exits))
    effects = fill(desk, 71_000, 10, 1)
    (take,) = of_kind(effects, OrderEntered)
    assert (take.side, take.qty, take.px, take.credit) == (Side.SELL, 10, 72_000, CashMargin.MARGIN_CLOSE)
    (answer,) = replies(
        desk.intent(an_intent("r2", side=Side.SELL, qty=1, credit=CashMargin.MARGIN_CLOSE, exits=exits))
    )
    assert answer.denial.detail == "conditional.refusal.exits"  # what closes has nothing to be closed


def test_what_a_basket_sells_counts_in_money_and_not_in_steps_of_its_price():
    """Tokyo's prices have a tenth of a yen: ten shares at 3,000.0 yen pay for 30,000 yen, not for 300,000."""
    desk = a_desk(cash=1_000_000)
    tokyo = {"currency": "JPY", "px_decimals": 1, "base_px": 30_000, "upper_px": 37_000, "lower_px": 23_000}
    quotes = (
        *a_snapshot().quotes,
        *(InstrumentDef(instrument=an_instrument(one, **tokyo)) for one in ("7203", "6758")),
    )
    desk.take(desk.engine.on_snapshot(replace(a_snapshot(), quotes=quotes), *desk.at()))
    desk.intent(an_intent("r1", symbol="7203", px=30_000, qty=10))
    said = {"symbol": "7203", "px": 30_000, "request_id": "r1"}
    desk.report(a_report(venue_seq=desk.next_seq, **said))
    desk.report(a_fill(10, 10, desk.next_seq, exec_id=1, last_px=30_000, **said))
    sold = BasketLine(symbol="7203", side=Side.SELL, qty=10, px=30_000)
    for qty, wrong in ((60, Rule.CASH), (30, None)):  # 180,000 and 90,000 yen; the rest of the money buys about 70,000
        bought = BasketLine(symbol="6758", side=Side.BUY, qty=qty, px=30_000)
        basket = StartBasket(request_id=f"k{qty}", account=ACCOUNT, lines=(sold, bought), minutes=5)
        (answer,) = replies(desk.intent(basket))
        assert (answer.denial and answer.denial.rule) is wrong
