"""Osaka's order protocol at the simulator's own order entry: contracts by number, tokens of others, mass cancel."""

from hts.gateway.osaka_dialect import FOREIGN, OsakaDialect
from hts.gateway.ouch_talk import OuchTalk
from hts.model.enums import ExecType, OrdStatus, TimeInForce
from hts.model.reasons import Reason
from hts.model.reports import ExecutionReport, OrderMassCancelReport, RequestsLost, SessionDown, SessionUp
from hts.model.requests import OrderCancelRequest, OrderMassCancelRequest
from hts.sim.native.itch_ose import book_ids
from tests.support.native_market import NativeMarket
from tests.support.order_member import ACCOUNT, Member, a_member, life


def kinds(told):
    return [type(event) for event in told]


def test_before_the_directory_has_come_no_message_is_read_and_none_is_lost():
    market = NativeMarket("OSE")
    market.orders._logins = {
        name: type(login)(username=name, password="paper", cancel_on_disconnect=False)
        for name, login in market.orders._logins.items()
    }
    first = a_member("OSE", market)
    said = first.want(first.order(1), first.order(2, px=first.px - 10))
    first.cut()
    ids = {}
    again = Member(market)
    again.gateway._talk = OuchTalk(market.ouch, OsakaDialect(lambda: ids), lambda _trade_ns: 0)
    up, down = again.start()
    assert (type(up), down.reason) == (SessionUp, "protocol_fault")
    assert "a contract of the day's directory expected, found 1001" in down.detail
    assert again.want(again.order(3)) == [RequestsLost(venue="OSE", cl_ord_ids=(3,))]
    ids.update(book_ids(market.instruments))
    up, *reports = again.wait()
    assert isinstance(up, SessionUp)
    assert life(reports) == life(said)
    assert [report.symbol for report in reports] == [first.symbol] * 2


def test_what_the_system_cancels_is_the_rest_of_an_immediate_order_or_the_end_of_the_line():
    member = a_member("OSE")
    _, rest = member.want(member.order(1, time_in_force=TimeInForce.IOC))
    assert (rest.exec_type, rest.reason_code) == (ExecType.CANCELED, Reason.NO_LIQUIDITY)
    member.want(member.order(2))
    member.cut()
    assert kinds(member.carry()) == [SessionDown]
    *_, canceled = member.wait()
    assert (canceled.cl_ord_id, canceled.reason_code) == (2, Reason.CANCEL_ON_DISCONNECT)


def test_a_mass_cancel_names_each_order_and_itself_also_after_a_restart_of_the_venue():
    member = a_member("OSE")
    member.want(member.order(1), member.order(2, account="8801-2745-02"), member.order(3))
    *orders, report = member.want(OrderMassCancelRequest(cl_ord_id=4, account=ACCOUNT))
    assert [(order.cl_ord_id, order.exec_type) for order in orders] == [(1, ExecType.CANCELED), (3, ExecType.CANCELED)]
    assert (type(report), report.cl_ord_id, report.account) == (OrderMassCancelReport, 4, ACCOUNT)
    again = NativeMarket("OSE")
    for trade_ns, command in member.market.log:
        again.orders.restore(command)
        again.orders.on_events(again.exchange.apply(command, trade_ns), trade_ns, 0)
    before, after = (market.orders._streams["HTS01"]._packets for market in (member.market, again))
    assert (len(before), after) == (6, before)
    assert member.want(OrderMassCancelRequest(cl_ord_id=5, account=ACCOUNT, symbol=member.symbol)) == [
        RequestsLost(venue="OSE", cl_ord_ids=(5,))
    ]


def test_an_order_under_another_s_token_is_told_and_can_be_cancelled():
    member = a_member("OSE")
    fields = {
        "order_token": "desk-7", "order_book_id": 1001, "side": "B", "quantity": 2, "price": member.px,
        "time_in_force": 0, "open_close": 4, "client_account": "other", "customer_info": "", "exchange_info": "",
    }  # fmt: skip
    member.market.apply(*member.market.orders._dialect.commands(_decoded(member.market, fields), "HTS01"))
    (adopted,) = member.carry()
    assert isinstance(adopted, ExecutionReport)
    assert (adopted.cl_ord_id > FOREIGN, adopted.account, adopted.order_qty) == (True, "other", 2)
    (canceled,) = member.want(member.about(OrderCancelRequest, 9, adopted.cl_ord_id))
    assert (canceled.cl_ord_id, canceled.orig_cl_ord_id, canceled.ord_status) == (
        9,
        adopted.cl_ord_id,
        OrdStatus.CANCELED,
    )
    (late,) = member.want(member.about(OrderCancelRequest, 10, adopted.cl_ord_id))
    assert (late.cl_ord_id, late.reason_code) == (10, Reason.TOO_LATE)


def _decoded(market, fields):
    return market.ouch.decode(market.ouch.encode("enter_order", fields), "client")
