from hts.model.enums import ExecType, Side
from hts.model.reports import RequestsLost
from hts.model.requests import OrderMassStatusRequest
from hts.model.units import Notional
from hts.model.views import AccountView, FillView, NoticeView, OrderView, PositionView, StatusView
from tests.engine.kit import CASH, Desk, a_ready_desk, again, requests, views
from tests.engine.test_cancels import a_desk_with
from tests.support.builders import ACCOUNT, SYMBOL, VENUE, a_fill, a_replace_intent, a_report, an_intent


def test_newly_attached_terminal_gets_the_whole_trading_state():
    desk = a_ready_desk()
    desk.intent(an_intent())
    desk.report(a_report(venue_seq=desk.next_seq))
    shown = {type(view): view for view in views(desk.report(a_fill(4, 4, desk.next_seq)))}
    status, *rest = desk.engine.snapshot_views()
    assert isinstance(status, StatusView)
    assert rest == [shown[kind] for kind in (AccountView, PositionView, OrderView, FillView)]


def test_recovered_core_shows_the_same_state_except_its_latencies():
    desk = a_ready_desk()
    desk.intent(an_intent())
    desk.report(a_report(venue_seq=desk.next_seq))
    born_again = Desk(desk.journal)
    before = [again(v, ack_us=0) if isinstance(v, OrderView) else v for v in desk.engine.snapshot_views()[1:]]
    assert list(born_again.engine.snapshot_views()[1:]) == before


def test_time_on_the_wire_is_told_by_the_runner():
    desk = a_ready_desk()
    (order,) = requests(desk.intent(an_intent(key_ns=desk.mono_ns - 100_000)))
    desk.engine.on_sent(order, desk.mono_ns + 50_000)
    desk.engine.on_sent(OrderMassStatusRequest(mass_status_req_id=1), desk.mono_ns)
    desk.mono_ns += 450_000
    effects = desk.report(a_report(venue_seq=desk.next_seq))
    assert [(v.sent_us, v.ack_us) for v in views(effects) if isinstance(v, OrderView)] == [(150, 400)]
    status = desk.engine.snapshot_views()[0]
    assert (status.sent_us_p50, status.sent_us_p99, status.ack_us_p50, status.ack_us_p99) == (150, 150, 400, 400)


def test_adopted_order_of_an_issue_that_is_not_listed_holds_its_value_without_costs():
    desk = Desk()
    desk.start()
    status = a_report(ExecType.ORDER_STATUS, 1, cl_ord_id=40, symbol="123456")
    desk.log_on(reports=[status])
    money = desk.engine.core.state.ledger.money(ACCOUNT, "KRW")
    assert (money.cash, money.reserved) == (CASH, Notional(710_000))


def test_adopted_sale_holds_no_cash():
    desk = a_ready_desk()
    desk.report(a_report(venue_seq=desk.next_seq, cl_ord_id=40, side=Side.SELL))
    assert desk.engine.core.state.ledger.money(ACCOUNT, "KRW").reserved == 0
    assert desk.engine.core.state.orders.open_qty(ACCOUNT, SYMBOL, Side.SELL) == 10


def test_what_the_venue_said_to_an_order_that_it_could_not_take_is_told():
    desk = a_desk_with(an_intent())
    effects = desk.report(RequestsLost(venue=VENUE, cl_ord_ids=(1,), text="Signature problem"))
    told = [(v.key, v.detail) for v in views(effects) if isinstance(v, NoticeView)]
    assert told == [("notice.not_taken", f"{SYMBOL}: Signature problem")]
    assert not desk.engine.core.state.orders.get(1).is_working


def test_lost_amend_is_told_and_not_repeated():
    desk = a_desk_with(an_intent())
    desk.intent(a_replace_intent(1, 70_900, 10))
    effects = desk.report(RequestsLost(venue=VENUE, cl_ord_ids=(2, 99)))
    assert requests(effects) == []
    assert [v.key for v in views(effects) if isinstance(v, NoticeView)] == ["notice.replace_lost"]
    assert desk.engine.core.state.orders.get(1).pending == ()
